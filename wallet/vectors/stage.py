"""The platform that vectors are played on: deployed once, put back to its beginning before each vector.

Everybody who acts is here with a key; all signatures are made and checked for real, and one carrier takes
them to the chain. Only a laboratory chain will do: time has to move, and everything is undone in the end.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, TypeVar

from wallet.bindings.digital_yuan import DigitalYuan
from wallet.bindings.disputes import Disputes
from wallet.bindings.runtime import Call, ask
from wallet.chain.base import Receipt
from wallet.chain.local import MAX_ADVANCE
from wallet.keccak import keccak256
from wallet.services.context import Context
from wallet.services.deploy import deploy
from wallet.services.onboard import apply_to_sell, approve, merchant_of
from wallet.services.sending import GAS, Item, send_all, succeeded
from wallet.signing.signer import KeySigner
from wallet.terms import Terms

T = TypeVar("T")

RICH: Final = 10**17
"""Fen each consumer has: more than any card can cost."""
_DAY, _CHINA, _NOON = 86_400, 8 * 3600, 12 * 3600
_END: Final = 253_000_000_000
"""A moment in the year 9987: dates end soon after."""


class NotPlayable(Exception):
    """What a vector asks for lies outside what any card or service takes; the reason is for people."""


class Stage:
    """A platform with an operator (who carries), two merchants, and as many consumers as a vector needs."""

    def __init__(self, context: Context, people: Callable[[int], KeySigner]) -> None:
        """Build it on the chain of `context`. `people(n)` is the n-th account that has coin for gas."""
        from wallet.vectors.guarantors import Guarantors  # which stand on a stage

        self.operator, self.merchant, self.other_merchant, self.consumer = map(people, range(4))
        self.certifier, self.bank, self.newcomer = (people(n) for n in (4, 5, 6))
        self.context, _ = deploy(context, self.operator)
        self.token = DigitalYuan(self.context.platform.token)
        self.disputes = Disputes(self.context.platform.parts["Disputes"])
        self._salt = 0
        for merchant, name in ((self.merchant, "甲店"), (self.other_merchant, "乙店")):
            self._admit(merchant, name)
        self.welcome(self.consumer)
        self.guarantors = Guarantors(self)
        self._to_noon()
        self._beginning = self.context.chain.snapshot()

    def clear(self) -> None:
        """Undo everything since the beginning, time included."""
        self.context.chain.revert(self._beginning)

    # --------------------------------------------------------------------------------------------- people

    def another_consumer(self, number: int, money: int = RICH) -> KeySigner:
        """A consumer beside the first: has money and a sub-wallet, and no coin for gas."""
        signer = KeySigner(keccak256(b"prepaid vectors consumer " + number.to_bytes(4)))
        self.welcome(signer, money)
        return signer

    def welcome(self, consumer: KeySigner, money: int = RICH) -> None:
        """Give a consumer money, and a sub-wallet where there is none."""
        wallet = self.context.wallet_of(consumer.address).address
        if not self.context.chain.code(wallet):
            self.do(self.context.factory.create(consumer.address))
        self.give(consumer.address, money)

    def balance(self, address: str) -> int:
        """Fen on hand."""
        return self.ask(self.token.balance_of(address))

    def give(self, address: str, fen: int) -> None:
        """Put money into an account."""
        if fen:
            self.do(self.token.mint(address, fen))

    # ---------------------------------------------------------------------------------------------- doing

    def do(self, *calls: Call[Any], by: KeySigner | None = None, gas: int = GAS) -> list[Receipt]:
        """Send calls in order and wait; raises the contract's typed error if one refuses."""
        items = [Item.of(call, f"vector {call.name}", gas) for call in calls]
        receipts = send_all(self.context, by or self.operator, items, "vector")
        return [succeeded(self.context, receipt) for receipt in receipts]

    def offer(self, terms: Terms) -> None:
        """Let the merchant put such cards on sale, if they are not: guarantors accept no others."""
        if not self.ask(self.context.catalogue.is_on_sale(terms.product_id)):
            merchant = self.merchant if terms.merchant == self.merchant.address else self.other_merchant
            self.do(self.context.catalogue.publish(terms.product(), "例卡"), by=merchant)

    def ask(self, call: Call[T]) -> T:
        """The answer of a call that changes nothing."""
        return ask(self.context.chain, call)

    def salt(self) -> int:
        """A number no other card has."""
        self._salt += 1
        return self._salt

    @property
    def now(self) -> int:
        """The time a transaction sent now would see."""
        return self.context.chain.now()

    def wait_until(self, moment: int) -> None:
        """Let time pass up to a unix time; nothing if it is past."""
        ahead = moment - self.now
        if moment > _END:
            raise NotPlayable(f"{ahead // _DAY} days reach beyond the calendar")
        while ahead > 0:
            self.context.chain.advance(min(ahead, MAX_ADVANCE))
            ahead = moment - self.now

    # --------------------------------------------------------------------------------------------- inside

    def _admit(self, merchant: KeySigner, name: str) -> None:
        status = merchant_of(self.context, merchant.address).status
        if status == "none":
            apply_to_sell(self.context, merchant, name, "示例执照")
        if status != "approved":
            approve(self.context, self.operator, merchant.address)

    def _to_noon(self) -> None:
        """Days are calendar dates: at noon in UTC+8 a few seconds more never make another date."""
        passed = (self.now + _CHINA) % _DAY
        self.wait_until(self.now + (_NOON - passed) % _DAY)
