"""The story of one card, played on a real chain step by step; `prepaid demo` tells it.

Every amount is read back from the chain after the step, and compared with what was said before it: a step
whose outcome differs ends the story with ExpectationFailed. May be played again on the same chain.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from cli.desk import Desk
from cli.figures import Figures, figures
from cli.messages.errors import message_of
from wallet.errors import ExpectationFailed, InvalidInput
from wallet.money import format_yuan

if TYPE_CHECKING:
    from wallet.exchange import Authorisation
    from wallet.services.buy import Bought

MERCHANT: Final = "示例口腔"
PRODUCT: Final = "洗牙储值卡 1000 送 300"
PRICE: Final = 100_000
BONUS: Final = 30_000
MONEY: Final = 150_000
CHARGES: Final = (("C-17", "洗牙", 3_000), ("C-18", "补牙", 8_650))
"""Number, item and face value (fen) of the two consumptions."""

NOTHING: Final = Figures(0, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class Step:
    """One scene: what is said, where the money is afterwards, and what on the chain shows it."""

    name: str
    text: str
    figures: Figures = NOTHING
    sentence: str = ""
    addresses: dict[str, str] = field(default_factory=dict)
    transactions: tuple[str, ...] = ()
    card: str = ""


def play(desk: Desk) -> Iterator[Step]:
    """Yield each step when it has happened."""
    teller = _Teller(desk)
    yield teller.platform()
    yield teller.merchant()
    yield teller.product()
    yield teller.money()
    yield teller.buy()
    for number, item, used in CHARGES:
        yield teller.consume(number, item, used)
    yield teller.replay()
    yield teller.terminate()
    yield teller.accounts()


class _Teller:
    """What the scenes share: the people, the card, and the first authorisation, which is tried twice."""

    def __init__(self, desk: Desk) -> None:
        self.desk, self.context, self.t = desk, desk.context, desk.session.t
        self.operator = desk.signer("operator", "operator")
        self.seller = desk.signer("merchant", "merchant")
        self.alice = desk.signer("alice", "alice")
        self.bought: Bought | None = None
        self.used: list[Authorisation] = []
        self.had = 0

    @property
    def card(self) -> str:
        assert self.bought is not None
        return self.bought.card

    def platform(self) -> Step:
        from wallet.services.deploy import deploy

        self.context, done = deploy(self.context, self.operator)
        place = done.deployment
        addresses = {
            "token": place.token, "factory": place.factory, "merchant_registry": place.merchant_registry,
            "catalogue": place.catalogue, "template": place.templates["StoredValue"],
        }  # fmt: skip
        return Step("platform", self.t("demo.step.platform"), addresses=addresses)

    def merchant(self) -> Step:
        from wallet.services.onboard import apply_to_sell, approve, merchant_of

        address, sent = self.seller.address, []
        status = merchant_of(self.context, address).status
        if status != "approved":
            if status == "none":
                sent.append(apply_to_sell(self.context, self.seller, MERCHANT, "示例执照").transaction)
            sent.append(approve(self.context, self.operator, address).transaction)
        text = self.t("demo.step.merchant", merchant=MERCHANT)
        return Step("merchant", text, addresses={"merchant": address}, transactions=tuple(sent))

    def product(self) -> Step:
        from wallet.services.publish import find_product, publish, terms_for

        sent: tuple[str, ...] = ()
        try:
            key = "0x" + find_product(self.context, PRODUCT).key.hex()
        except InvalidInput:
            terms = terms_for(
                self.context, merchant=self.seller.address, template="StoredValue", principal=PRICE,
                bonus=BONUS,
            )  # fmt: skip
            done = publish(self.context, self.seller, terms, PRODUCT)
            key, sent = done.product, (done.transaction,)
        text = self.t("demo.step.product", price=format_yuan(PRICE), bonus=format_yuan(BONUS), name=PRODUCT)
        return Step("product", text, addresses={"product": key}, transactions=sent)

    def money(self) -> Step:
        from wallet.services.fund import fund

        done = fund(self.context, self.operator, self.alice.address, MONEY)
        self.had = done.on_hand
        text = self.t("demo.step.money", amount=format_yuan(done.on_hand))
        addresses = {"consumer": self.alice.address}
        return Step("money", text, addresses=addresses, transactions=(done.transaction,))

    def buy(self) -> Step:
        from wallet.services.buy import buy, preview_purchase

        purchase = preview_purchase(self.context, self.alice.address, PRODUCT)
        done = self.bought = buy(self.context, self.alice, purchase, carrier=self.seller)
        text = self.t("demo.step.buy", frozen=format_yuan(done.frozen), wallet=done.sub_wallet)
        return self._step(
            "buy", text, done.transactions, sentence=purchase.sentence,
            expected=Figures(PRICE, PRICE, 0, 0), addresses={"sub_wallet": done.sub_wallet},
        )  # fmt: skip

    def consume(self, number: str, item: str, used: int) -> Step:
        from wallet.services.authorise import authorise, preview_charge
        from wallet.services.charge import make_charge
        from wallet.services.consume import consume
        from wallet.signing.policy import Policy

        before = self._figures()
        charge = make_charge(self.context, self.seller, self.card, used, number, item=item).document
        request = preview_charge(self.context, self.alice.address, charge, Policy())
        signed = authorise(self.context, self.alice, request)
        self.used.append(signed.document)
        done = consume(self.context, self.seller, signed.document)
        text = self.t("demo.step.consume", number=number, paid=format_yuan(done.paid))
        expected = Figures(PRICE, before.held - signed.pays, before.released + signed.pays, 0)
        return self._step(
            f"consume {number}", text, (done.transaction,), sentence=signed.sentence, expected=expected
        )

    def replay(self) -> Step:
        from wallet.services.consume import consume_many

        # Carried side by side, the refusal is the contract's own, not our wallet's.
        before = self._figures()
        (done,) = consume_many(self.context, self.seller, self.used[:1])
        self._require(bool(done.error), "an authorisation was taken twice")
        reason = message_of(done.error, done.values, self.t, done.message)
        text = self.t("demo.step.replay", number=CHARGES[0][0], reason=reason)
        sent = (done.transaction,) if done.transaction else ()
        return self._step("replay", text, sent, expected=before)

    def terminate(self) -> Step:
        from wallet.services.terminate import preview_termination, terminate

        before = self._figures()
        leaving = preview_termination(self.context, self.card, owner=self.alice.address)
        done = terminate(self.context, self.alice, leaving)
        text = self.t("demo.step.terminate", refund=format_yuan(done.refund))
        expected = Figures(PRICE, 0, before.released, before.held)
        return self._step(
            "terminate", text, (done.transaction,), sentence=leaving.sentence, expected=expected
        )

    def accounts(self) -> Step:
        from wallet.services.cards import balance

        now, alice = self._figures(), balance(self.context, self.alice.address)
        self._require(alice.on_hand == self.had - now.released, "the consumer's balance")
        text = self.t(
            "demo.step.accounts",
            paid_in=format_yuan(now.paid_in),
            released=format_yuan(now.released),
            refunded=format_yuan(now.refunded),
            on_hand=format_yuan(alice.on_hand),
        )
        return self._step("accounts", text, (), expected=now)

    def _figures(self) -> Figures:
        from wallet.services.cards import show_card

        return figures(show_card(self.context, self.card))

    def _step(
        self,
        name: str,
        text: str,
        transactions: tuple[str, ...],
        *,
        expected: Figures,
        sentence: str = "",
        addresses: dict[str, str] | None = None,
    ) -> Step:
        now = self._figures()
        self._require(now == expected, f"{name}: {now} is not {expected}")
        return Step(name, text, now, sentence, addresses or {}, transactions, self.card)

    def _require(self, holds: bool, what: str) -> None:
        if not holds:
            raise ExpectationFailed(f"the story did not come out as told: {what}", code="story")
