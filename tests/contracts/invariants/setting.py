"""The stage of one search: people, merchants, tokens and templates on a fresh chain.

Four consumers (the last a contract with a changing key), three merchants, two separate payees, two
certifiers, two guarantors, somebody who pays shortfalls, an honest and a hostile token, every real template
and a hostile one. Reading is done here too, as cheaply as the search needs it after every call.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from tests.contracts.evm import GAS
from tests.contracts.harness import CHAIN_ID, Account, CardState, Contract, World
from tests.contracts.invariants.hostile import Hostile, hostile_template
from wallet.compiler import Artefact
from wallet.eip712 import NO_COVER, Domain, cover_hash, digital_yuan_domain, sub_wallet_domain
from wallet.rules import REFERENCE_TEMPLATES, Template

RICH = 10**14
CARD_OF = bytes.fromhex("b5664018")
BALANCE_OF = bytes.fromhex("70a08231")


@dataclass(slots=True, eq=False)
class Consumer:
    """A consumer; `signer` is the key in force, which changes only for the one that is a contract."""

    name: str
    address: str
    signer: Account
    contract: Contract | None
    wallet: Contract
    domain: Domain


class Setting:
    """See the module. `balances()` covers every address that can hold digital yuan here. With `unreliable`
    the sub-wallets ask a registry that fails or lies about who stopped, as it is told."""

    def __init__(self, sub_wallet: Artefact | None = None, *, unreliable: bool = False) -> None:
        world = self.world = World(sub_wallet=sub_wallet)
        self.unreliable = unreliable
        if unreliable:
            world.found(sub_wallet=sub_wallet, merchants=world.deploy("HostileRegistry"))
        self.consumers = [self._consumer(name) for name in ("ann", "ben", "cao")]
        self.consumers.append(self._recoverable("dan"))
        self.merchants = [world.account(f"merchant {number}") for number in range(3)]
        self.payees = [world.account(f"payee {number}") for number in range(2)]
        for merchant in self.merchants if not unreliable else ():
            world.approve_merchant(merchant)
        self.certifiers = [world.account(f"certifier {number}") for number in range(2)]
        self.payer = world.account("payer")
        self.outsiders = [world.operator, world.issuer, world.stranger, world.account("thief")]
        self.guarantors = [world.deploy("HostileGuarantor") for _ in range(2)]
        self.pledges: dict[bytes, list[tuple[str, int]]] = {NO_COVER: []}
        self.yuan, self.token = world.yuan, world.deploy("HostileToken")
        self.yuan_domain = digital_yuan_domain(CHAIN_ID, self.yuan.address)
        self.token_domain = digital_yuan_domain(CHAIN_ID, self.token.address)
        self.templates: dict[str, Template] = {
            **{world.template(name): model for name, model in REFERENCE_TEMPLATES.items()},
            world.admit(world.deploy(hostile_template())): Hostile(),
        }
        self.hostile_template = list(self.templates)[-1]
        for consumer in self.consumers:
            world.fund(consumer, RICH)
            self.token.mint(consumer, RICH)
            self.yuan.approve(consumer.wallet, RICH, sender=self.payer)
        world.fund(self.payer, RICH)
        self._holders = [
            *(consumer.address for consumer in self.consumers),
            *(consumer.wallet.address for consumer in self.consumers),
            *(account.address for account in (*self.merchants, *self.payees, *self.outsiders)),
            *(account.address for account in (*self.certifiers, self.payer, *self.guarantors)),
            *(account.address for account in (world.alice, world.bob, world.shop)),
            *(c.address for c in (self.yuan, self.token, world.implementation, world.factory, world.relay)),
        ]
        self._asked = [
            (holder, BALANCE_OF + bytes(12) + bytes.fromhex(holder[2:])) for holder in self._holders
        ]

    def cover(self, pledges: list[tuple[str, int]]) -> bytes:
        """The cover of these pledges, remembered."""
        made = cover_hash(pledges)
        self.pledges[made] = pledges
        return made

    def balances(self) -> dict[str, int]:
        """Digital yuan of everybody, fen by address."""
        call, yuan, caller = self.world.evm.message_call, self.yuan.address, self.world.stranger.address
        return {
            holder: int.from_bytes(call(caller, yuan, data, gas=100_000, is_static=True))
            for holder, data in self._asked
        }

    def card(self, consumer: Consumer, card: bytes) -> CardState:
        """A card's state as the contract tells it."""
        answer = self.world.evm.message_call(
            self.world.stranger.address,
            consumer.wallet.address,
            CARD_OF + card,
            gas=1_000_000,
            is_static=True,
        )
        return CardState(*(int.from_bytes(answer[at : at + 32]) for at in range(0, 256, 32)))

    def send(self, sender: str, to: Contract, function: str, *args: Any, gas: int = GAS) -> None:
        """A transaction in the name of any address; a consumer that is a contract acts through its key."""
        who = next((each for each in self.consumers if each.contract and each.address == sender), None)
        if who is None or who.contract is None:
            to.send(function, *args, sender=sender, gas=gas)
        else:
            data = to.encode(function, *args)
            who.contract.send("execute", to, data, sender=who.signer, gas=gas)

    @contextmanager
    def undone(self) -> Iterator[None]:
        """Like `World.rollback`, for blocks that do not move time."""
        point = self.world.evm.snapshot()
        try:
            yield
        finally:
            self.world.evm.revert(point)

    def _consumer(self, name: str) -> Consumer:
        account = self.world.account(name)
        wallet = self.world.wallet(account)
        return Consumer(name, account.address, account, None, wallet, _domain(wallet))

    def _recoverable(self, name: str) -> Consumer:
        key, guardian = self.world.account(f"{name}'s key"), self.world.account("guardian")
        contract = self.world.deploy("RecoverableOwner", key, guardian)
        wallet = self.world.wallet(contract)
        return Consumer(name, contract.address, key, contract, wallet, _domain(wallet))


def _domain(wallet: Contract) -> Domain:
    return sub_wallet_domain(CHAIN_ID, wallet.address)
