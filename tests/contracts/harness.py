"""The whole system on an in-process chain, for contract tests: fast enough to build anew for every test.

    from tests.contracts.harness import World, raises

    world = World()
    alice, shop = world.alice, world.shop              # a funded consumer, an approved merchant
    terms = world.terms(principal=100_000, bonus=30_000, cooling_days=7)
    card = world.open(alice, terms)                    # via="open" | "sig" | "permit" | "authorization"
    paid = world.consume(alice, terms, used=3_000)     # signs and sends; returns fen moved
    assert world.card(alice, terms).held == 100_000 - paid
    with raises("SubWallet_DeadlinePassed", 5, world.now):
        world.consume(alice, terms, used=6_000, deadline=5)
    world.advance(days=8)
    wallet = world.wallet(alice)                       # a Contract: any function by its Solidity name
    refund = wallet.terminate(terms, 0, sender=alice)
    work = world.terms(template=world.template("Milestones"), certifier=world.certifier, …)
    world.certify(alice, work, used=5_000, listed=40_000)    # the certifier signs, a stranger carries
    covered = world.terms(pledges=[(guarantor, 50_000)])     # opened by world.open(alice, covered), as any
    world.transfer(alice, terms, other_terms, min_moved=500)
    world.find(alice, terms, not_consumer=True)              # the merchant concedes, and it is applied
    assert world.named("Closed")[0].args["refund"] == refund
    with world.rollback(): ...                         # undone at the end, time included

Contracts are compiled from `contracts/` through the product's own compiler and cache, so a test never sees a
stale artefact. `world.deploy("HostileToken", …)` creates anything under `contracts/`, mocks included. Any
address without code may be a `sender`; contracts act through their own functions. Money is fen.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tests.contracts.builds import CACHE, artefact, mutant
from tests.contracts.evm import CHAIN_ID, Chain, Contract, Event, Refused, address_of, plain, raises
from tests.contracts.papers import (
    CLOSED,
    NONE,
    OPEN,
    OWING,
    SHORT,
    Account,
    CardState,
    Papers,
    calldata,
)
from wallet.compiler import Artefact
from wallet.eip712 import (
    BumpEpoch,
    Consume,
    Domain,
    Permit,
    Transfer,
    cover_hash,
    digital_yuan_domain,
    sub_wallet_domain,
)
from wallet.terms import Terms

__all__ = [
    "CACHE",
    "CHAIN_ID",
    "CLOSED",
    "NONE",
    "OPEN",
    "OWING",
    "SHORT",
    "Account",
    "CardState",
    "Chain",
    "Contract",
    "Event",
    "Refused",
    "World",
    "artefact",
    "calldata",
    "mutant",
    "raises",
]

NEGOTIATION_DAYS = 7
RICH = 10**12
"""Fen that each consumer of a World starts with."""


class World(Papers):
    """A chain with every platform contract, two consumers (alice, bob), an approved merchant (shop), a
    recipient to split from it (payee), an operator, an issuer, an arbiter, a certifier and a stranger who
    relays.

    `sub_wallet` replaces the SubWallet implementation by another artefact, a broken one for instance.
    """

    def __init__(self, *, sub_wallet: Artefact | None = None) -> None:
        super().__init__()
        self.learn(artefact("Errors").abi)
        self._accounts: dict[str, Account] = {}
        self._wallets: dict[str, Contract] = {}
        self._templates: dict[str, str] = {}
        self._salt = 0
        self._pledges: dict[bytes, list[tuple[str, int]]] = {}
        self.operator, self.issuer, self.stranger = map(self.account, ("operator", "issuer", "stranger"))
        self.arbiter, self.certifier = map(self.account, ("arbiter", "certifier"))
        self.alice, self.bob, self.shop, self.payee = map(self.account, ("alice", "bob", "shop", "payee"))
        self.yuan = self.deploy("DigitalYuan", self.issuer)
        self.templates = self.deploy("TemplateRegistry")
        self.merchants = self.deploy("MerchantRegistry", self.operator)
        self.disputes = self.deploy("Disputes", self.operator, self.arbiter, NEGOTIATION_DAYS)
        self.found(sub_wallet=sub_wallet)
        self.catalogue = self.deploy("ProductCatalogue", self.operator, self.templates, self.merchants)
        self.relay = self.deploy("Relay")
        self.stored_value, self.sessions = self.template("StoredValue"), self.template("Sessions")
        self.approve_merchant(self.shop)
        for consumer in (self.alice, self.bob):
            self.fund(consumer)

    # ----------------------------------------------------------------------------------- people and money

    def account(self, name: str) -> Account:
        """The account of that name; its key follows from the name."""
        return self._accounts.setdefault(name, Account(name))

    def fund(self, account: Any, fen: int = RICH) -> None:
        """Mint digital yuan to an account."""
        self.yuan.mint(account, fen, sender=self.issuer)

    def balance(self, holder: Any, token: Any = None) -> int:
        """Fen (or units of `token`) of an account, contract or address."""
        return int((token or self.yuan).balanceOf(holder))

    def approve_merchant(self, merchant: Any) -> None:
        """Let an account apply and be approved."""
        self.merchants.applyToSell("a merchant", bytes(32), sender=merchant)
        self.merchants.approve(merchant, sender=self.operator)

    # ------------------------------------------------------------------------------------------ contracts

    def deploy(self, what: str | Artefact, *args: Any) -> Contract:
        """Create a contract by name or artefact."""
        return super().deploy(artefact(what) if isinstance(what, str) else what, *args)

    def found(
        self, *, sub_wallet: Artefact | None = None, merchants: Any = None, disputes: Any = None
    ) -> None:
        """Deploy implementation and factory; sub-wallets made from now on ask the registries named here."""
        self.merchants, self.disputes = merchants or self.merchants, disputes or self.disputes
        registries = (self.templates, self.merchants, self.disputes)
        self.implementation = self.deploy(sub_wallet or "SubWallet", *registries)
        self.factory = self.deploy("SubWalletFactory", self.implementation)
        self._wallets.clear()

    def admit(self, source: Contract | bytes) -> str:
        """Register a template's code (a contract, or raw runtime code); the admitted address."""
        if isinstance(source, bytes):
            source = self.deploy_runtime(source)
        return str(self.templates.register(source))

    def template(self, name: str) -> str:
        """The admitted template with the code of the contract of that name."""
        if name not in self._templates or not self.code(self._templates[name]):
            self._templates[name] = self.admit(self.deploy(name))
        return self._templates[name]

    def deploy_runtime(self, runtime: bytes) -> Contract:
        """Create a contract with exactly this runtime code, through creation code that returns it."""
        creation = b"\x61" + len(runtime).to_bytes(2) + bytes.fromhex("80600a5f395ff3") + runtime
        return self.at(self.create(creation), artefact("IPrepaidTemplate"))

    def wallet(self, consumer: Any) -> Contract:
        """The consumer's sub-wallet, created if it does not exist yet."""
        key = address_of(consumer)
        if key not in self._wallets:
            self._wallets[key] = self.at(self.factory.walletOf(key), artefact("SubWallet"))
        wallet = self._wallets[key]
        if not self.code(wallet.address):  # never made, or its making was rolled back
            events = self.events
            self.factory.create(key, sender=self.stranger)
            self.events = events
        return wallet

    def domain(self, consumer: Any) -> Domain:
        """EIP-712 domain of the consumer's sub-wallet."""
        return sub_wallet_domain(CHAIN_ID, self.wallet(consumer).address)

    # ---------------------------------------------------------------------------------------------- cards

    def terms(
        self,
        *,
        days_to_buy: int = 30,
        salt: int | None = None,
        pledges: Sequence[tuple[Any, int]] = (),
        **fields: Any,
    ) -> Terms:
        """A purchase with a fresh salt. Any field or number of `Terms.build`; unless given, 1000 yuan of
        stored value at `shop`, paid in digital yuan, all of it in custody. `pledges`, (guarantor, limit) in
        order, become its cover and are remembered for opening it."""
        if pledges:
            promised = [(address_of(guarantor), limit) for guarantor, limit in pledges]
            fields["cover"] = cover_hash(promised)
            self._pledges[fields["cover"]] = promised
        if salt is None:
            self._salt += 1
            salt = self._salt
        base = {
            "token": self.yuan,
            "merchant": self.shop,
            "template": self.stored_value,
            "principal": 100_000,
            "salt": salt,
            "buy_by": self.now + days_to_buy * 86_400,
        }
        return Terms.build(**{key: plain(value) for key, value in {**base, **fields}.items()})

    def pledges_of(self, terms: Terms) -> list[tuple[str, int]]:
        """The pledges behind the terms' cover, none if there is none."""
        return self._pledges.get(terms.cover, [])

    def card_id(self, consumer: Any, terms: Terms) -> bytes:
        """The card's id, computed off chain."""
        return terms.card_id(self.domain(consumer))

    def card(self, consumer: Any, terms: Terms) -> CardState:
        """The card's state."""
        return CardState(*self.wallet(consumer).cardOf(self.card_id(consumer, terms)))

    def open(
        self, consumer: Account, terms: Terms, via: str = "open", *, sender: Any = None, signer: Any = None
    ) -> bytes:
        """Buy the card in one of four ways ("open", "sig", "permit", "authorization"); its id. Allowances
        are given where the way needs one; the three signed ways are sent by a stranger. A card whose terms
        were made with `pledges` is opened with them ("open" and "authorization" only)."""
        wallet, token = self.wallet(consumer), self.at(terms.token, artefact("DigitalYuan"))
        signer, carrier = signer or consumer, sender or self.stranger
        if via in ("open", "sig"):
            token.approve(wallet, terms.principal, sender=consumer)
        pledges = self.pledges_of(terms)
        if via == "open" and pledges:
            return wallet.openCovered(terms, pledges, sender=sender or consumer)
        if via == "open":
            return wallet.open(terms, sender=sender or consumer)
        if via == "sig":
            return wallet.openBySig(terms, self.sign(signer, consumer, terms), sender=carrier)
        if via == "permit":
            nonce = token.nonces(consumer)
            permit = Permit(consumer.address, wallet.address, terms.principal, nonce, terms.buy_by)
            made = signer.sign(permit, digital_yuan_domain(CHAIN_ID, terms.token))
            parts = (made[64], made[:32], made[32:64])
            signature = self.sign(signer, consumer, terms)
            return wallet.openWithPermit(terms, terms.buy_by, *parts, signature, sender=carrier)
        assert via == "authorization", via
        signature = self.sign_authorization(signer, consumer, terms)
        if pledges:
            return wallet.openCoveredWithAuthorization(terms, pledges, signature, sender=carrier)
        return wallet.openWithAuthorization(terms, signature, sender=carrier)

    # ------------------------------------------------------------------------------------ signed and sent

    def consume(
        self,
        consumer: Account,
        terms: Terms,
        used: int,
        *,
        signer: Any = None,
        sender: Any = None,
        **fields: Any,
    ) -> int:
        """Sign one consumption and let a stranger carry it; fen moved."""
        message = self.consumption(consumer, terms, used, **fields)
        signature = self.sign(signer or consumer, consumer, message)
        return self.send_consume(consumer, terms, message, signature, sender=sender)

    def send_consume(
        self, consumer: Any, terms: Terms, message: Consume, signature: bytes, *, sender: Any = None
    ) -> int:
        """Carry a signed consumption to the chain."""
        carrier = sender or self.stranger
        return int(self.wallet(consumer).consume(terms, calldata(message), signature, sender=carrier))

    def consume_many(
        self,
        consumer: Any,
        terms: Terms,
        messages: Sequence[Consume],
        signatures: Sequence[bytes],
        *,
        sender: Any = None,
    ) -> int:
        """Carry several signed consumptions of one card in one transaction."""
        values = [calldata(message) for message in messages]
        wallet = self.wallet(consumer)
        return int(wallet.consumeMany(terms, values, list(signatures), sender=sender or self.stranger))

    def redeem(
        self,
        consumer: Account,
        terms: Terms,
        used: int,
        *,
        signer: Any = None,
        sender: Any = None,
        **fields: Any,
    ) -> int:
        """Sign one voucher and let a stranger carry it; fen moved."""
        message = self.voucher(consumer, terms, used, **fields)
        signature = self.sign(signer or consumer, consumer, message)
        wallet = self.wallet(consumer)
        return int(wallet.redeem(terms, calldata(message), signature, sender=sender or self.stranger))

    def certify(
        self,
        consumer: Any,
        terms: Terms,
        used: int,
        *,
        listed: int | None = None,
        signer: Account | None = None,
        sender: Any = None,
        **fields: Any,
    ) -> int:
        """Let `certifier` (or another signer) sign one certificate and a stranger carry it; fen moved."""
        if listed is not None:
            fields["listed_after"] = listed
        message = self.certificate(consumer, terms, used, **fields)
        signature = self.sign(signer or self.certifier, consumer, message)
        wallet = self.wallet(consumer)
        return int(wallet.certify(terms, calldata(message), signature, sender=sender or self.stranger))

    def transfer(
        self,
        consumer: Account,
        old: Terms,
        new: Terms,
        min_moved: int = 0,
        *,
        signer: Any = None,
        sender: Any = None,
        **fields: Any,
    ) -> bytes:
        """Sign a transfer into a new card (guarantors as `new` was made) and let a stranger carry it; the new
        card's id. A top-up needs an allowance beforehand."""
        base = {
            "card": self.card_id(consumer, old),
            "new_card": self.card_id(consumer, new),
            "min_moved": min_moved,
            "deadline": self.now + 3600,
        }
        if "epoch" not in fields:
            fields["epoch"] = self.card(consumer, old).epoch
        message = Transfer(**{**base, **fields})
        signature = self.sign(signer or consumer, consumer, message)
        parts = (self.pledges_of(new), message.min_moved, message.deadline, signature)
        wallet = self.wallet(consumer)
        return bytes(wallet.transferCardBySig(old, new, *parts, sender=sender or self.stranger))

    def find(
        self, consumer: Any, terms: Terms, *, not_consumer: bool = False, listed: int = (1 << 256) - 1
    ) -> None:
        """Let the merchant concede, and a stranger apply it to the card."""
        wallet = self.wallet(consumer)
        self.disputes.concede(wallet, terms, not_consumer, listed, sender=terms.merchant)
        wallet.applyFinding(terms, sender=self.stranger)

    def terminate(
        self,
        consumer: Account,
        terms: Terms,
        min_refund: int = 0,
        *,
        signer: Any = None,
        sender: Any = None,
        **fields: Any,
    ) -> int:
        """Sign a termination and let a stranger carry it; fen refunded."""
        message = self.termination(consumer, terms, min_refund, **fields)
        signature = self.sign(signer or consumer, consumer, message)
        parts = (message.min_refund, message.deadline, signature)
        return int(self.wallet(consumer).terminateBySig(terms, *parts, sender=sender or self.stranger))

    def bump_epoch(
        self, consumer: Account, terms: Terms, epoch: int, *, signer: Any = None, deadline: int | None = None
    ) -> None:
        """Sign a bump to `epoch` and let a stranger carry it."""
        until = self.now + 3600 if deadline is None else deadline
        card = self.card_id(consumer, terms)
        signature = self.sign(signer or consumer, consumer, BumpEpoch(card, epoch, until))
        self.wallet(consumer).bumpEpochBySig(card, epoch, until, signature, sender=self.stranger)
