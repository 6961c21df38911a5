"""The stage of one search: people, merchants, tokens, templates, guarantors on a fresh chain.

Four consumers (the last a contract with a changing key), three merchants and two separate payees, three
certifiers (the last a contract), three guarantors that do as they are told and a real fund, an honest and a
hostile token, every template we ship and a hostile one. Reading is done here too, as cheaply as the search
needs it after every call.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from tests.contracts.evm import GAS
from tests.contracts.harness import CHAIN_ID, Account, CardState, Contract, World
from tests.contracts.invariants.hostile import Hostile, own_artefact
from wallet.compiler import Artefact
from wallet.eip712 import Domain, digital_yuan_domain, keccak256, sub_wallet_domain
from wallet.rules import REFERENCE_TEMPLATES, ReferenceTemplate

RICH = 10**14
CARD_OF = bytes.fromhex("b5664018")
BALANCE_OF = bytes.fromhex("70a08231")
CARD_WORDS = 8
FORM = keccak256(b"form of a card with a guarantor")
TIERS = (3, 2, 1)
"""How high the merchants stand to begin with."""


@dataclass(slots=True, eq=False)
class Party:
    """Somebody who signs; `signer` is the key in force, and has another address where a contract signs."""

    name: str
    address: str
    signer: Account


@dataclass(slots=True, eq=False)
class Consumer(Party):
    """A consumer; the key changes only for the one that is a contract."""

    contract: Contract | None
    wallet: Contract
    domain: Domain


class Setting:
    """See the module. `balances()` covers every address that can hold digital yuan here. With `unreliable`
    the sub-wallets ask a registry that fails or lies about who stopped and how high they stand, and one that
    finds things about cards out of thin air, as both are told."""

    def __init__(self, sub_wallet: Artefact | None = None, *, unreliable: bool = False) -> None:
        world = self.world = World(sub_wallet=sub_wallet)
        self.unreliable = unreliable
        if unreliable:
            strangers = {
                "merchants": world.deploy("HostileRegistry"),
                "disputes": world.deploy("HostileDisputes"),
            }
            world.found(sub_wallet=sub_wallet, **strangers)
        self.consumers = [self._consumer(name) for name in ("ann", "ben", "cao")]
        self.consumers.append(self._recoverable("dan"))
        self.merchants = [world.account(f"merchant {number}") for number in range(3)]
        self.payees = [world.account(f"payee {number}") for number in range(2)]
        self.certifiers = [self._party(world.account(f"certifier {number}")) for number in range(2)]
        self.certifiers.append(self._board())
        self.guarantors = [world.deploy("HostileGuarantor") for _ in range(3)]
        self.fund = self._fund()
        self.outsiders = [world.operator, world.issuer, world.arbiter, world.stranger, world.account("thief")]
        for merchant, tier in zip(self.merchants, TIERS, strict=True) if not unreliable else ():
            world.approve_merchant(merchant)
            world.merchants.setTier(merchant, tier, sender=world.operator)
        self.yuan, self.token = world.yuan, world.deploy("HostileToken")
        self.yuan_domain = digital_yuan_domain(CHAIN_ID, self.yuan.address)
        self.token_domain = digital_yuan_domain(CHAIN_ID, self.token.address)
        self.kinds = {name: world.template(name) for name in REFERENCE_TEMPLATES}
        self.hostile_template = world.admit(world.deploy(own_artefact("HostileTemplate")))
        self.templates: dict[str, ReferenceTemplate] = {
            **{self.kinds[name]: template for name, template in REFERENCE_TEMPLATES.items()},
            self.hostile_template: Hostile(),
        }
        self.accounts = (*self.merchants, *self.payees, *self.outsiders)
        for holder in (*self.consumers, *self.accounts):
            world.fund(holder, RICH)
            self.token.mint(holder, RICH)
        self._signers = {each.address: each for each in (*self.consumers, *self.certifiers)}
        self._signers |= {account.address: self._party(account) for account in self.accounts}
        self._holders = [
            *(consumer.address for consumer in self.consumers),
            *(consumer.wallet.address for consumer in self.consumers),
            *(each.address for each in (*self.accounts, *self.certifiers, *self.guarantors, self.fund)),
            *(account.address for account in (world.alice, world.bob, world.shop)),
            *(c.address for c in (self.yuan, self.token, world.implementation, world.factory, world.relay)),
            world.disputes.address,
        ]
        self._asker = world.deploy(own_artefact("Asker")).address
        yuan = _word(self.yuan.address)
        self._balances = _question(BALANCE_OF, 1, ((yuan, _word(holder)) for holder in self._holders))

    def balances(self) -> dict[str, int]:
        """Digital yuan of everybody, fen by address."""
        return dict(zip(self._holders, self._ask(self._balances), strict=True))

    def cards(self, cards: Sequence[tuple[Consumer, bytes]]) -> list[CardState]:
        """The states of cards as the contracts tell them."""
        pairs = ((_word(consumer.wallet.address), card) for consumer, card in cards)
        words = self._ask(_question(CARD_OF, CARD_WORDS, pairs))
        return [CardState(*words[at : at + CARD_WORDS]) for at in range(0, len(words), CARD_WORDS)]

    def guarantor(self, address: str) -> Contract:
        """The guarantor at an address."""
        return next(each for each in self.guarantors if each.address == address)

    def signer_of(self, address: str) -> Party | None:
        """Who signs for an address, None if nobody here does."""
        return self._signers.get(address)

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

    def _ask(self, question: bytes) -> list[int]:
        asker, caller = self._asker, self.world.stranger.address
        answer = self.world.evm.message_call(caller, asker, question, gas=GAS, is_static=True)
        return [int.from_bytes(answer[at : at + 32]) for at in range(0, len(answer), 32)]

    def _party(self, account: Account) -> Party:
        return Party(account.name, account.address, account)

    def _consumer(self, name: str) -> Consumer:
        account = self.world.account(name)
        wallet = self.world.wallet(account)
        return Consumer(name, account.address, account, None, wallet, _domain(wallet))

    def _recoverable(self, name: str) -> Consumer:
        key, guardian = self.world.account(f"{name}'s key"), self.world.account("guardian")
        contract = self.world.deploy("RecoverableOwner", key, guardian)
        wallet = self.world.wallet(contract)
        return Consumer(name, contract.address, key, contract, wallet, _domain(wallet))

    def _fund(self) -> Contract:
        """A real guarantor, rich, that takes whatever is on sale here."""
        world = self.world
        world.catalogue.registerForm(FORM, "a card with a guarantor", sender=world.operator)
        parts = (world.yuan, world.factory, world.merchants, world.disputes, world.catalogue)
        limits = (world.operator, 0b111111, 0, 0, 730, *[RICH] * 3)
        fund = world.deploy("GuaranteeFund", world.operator, *parts, limits)
        world.fund(world.operator, RICH)
        world.yuan.approve(fund, RICH, sender=world.operator)
        fund.payIn(RICH, sender=world.operator)
        for template in (world.template(name) for name in REFERENCE_TEMPLATES):
            fund.listTemplate(template, True, sender=world.operator)
        return fund

    def _board(self) -> Party:
        key, guardian = self.world.account("secretary of the board"), self.world.account("guardian")
        return Party("board", self.world.deploy("RecoverableOwner", key, guardian).address, key)


def _domain(wallet: Contract) -> Domain:
    return sub_wallet_domain(CHAIN_ID, wallet.address)


def _word(address: str) -> bytes:
    return bytes(12) + bytes.fromhex(address[2:])


def _question(selector: bytes, words: int, pairs: Iterable[tuple[bytes, bytes]]) -> bytes:
    """What `Asker` reads."""
    return selector + bytes(28) + (32 * words).to_bytes(32) + b"".join(to + what for to, what in pairs)
