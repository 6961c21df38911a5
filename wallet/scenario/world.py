"""Everything of one case while it is played: people, products, cards and documents by their names.

Verbs take from here what a step names and put back what it makes. Names that are not there are the file's
fault: InvalidInput with what there is. Nothing here moves money by itself but `give` and `add_person`.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

from wallet.bindings.digital_yuan import DigitalYuan
from wallet.chain.base import Capability, ChainError
from wallet.errors import InvalidInput
from wallet.keccak import keccak256
from wallet.scenario import result
from wallet.scenario.hands import Impostor, Witness
from wallet.scenario.held import Carry, Document, HeldCard, Person, name_taken, plain, unknown
from wallet.scenario.look import look
from wallet.services.calltree import Names, call_tree, lines
from wallet.services.fund import COIN
from wallet.services.owner import create_owner
from wallet.services.records import find_card
from wallet.services.sending import Item, send, send_all
from wallet.signing.contract import ContractSigner
from wallet.signing.signer import KeySigner, Signer
from wallet.signing.transaction import transaction_hash
from wallet.stories.backing import Backing

if TYPE_CHECKING:
    from wallet.chain.base import Chain
    from wallet.eip712.domain import Domain
    from wallet.eip712.schema import Message
    from wallet.ledger import Recovery
    from wallet.scenario.document import Actor, Product
    from wallet.scenario.post import Mode
    from wallet.scenario.stage import Ground
    from wallet.services.context import Context
    from wallet.services.publish import Listing
    from wallet.stories.stage import Stage

T = TypeVar("T")
PLATFORM_ROLES: Final = (
    "operator", "bank", "insurer", "platform", "fund", "government", "association", "certifier",
)  # fmt: skip
"""Who is there without being named, each with coin for gas."""
RICH: Final = 1_000_000
"""Fen that a consumer has at the start, unless the file says otherwise."""


@dataclass(slots=True)
class World:
    """One case under way."""

    ground: Ground
    seed: int
    cast: dict[str, Actor] = field(default_factory=dict)
    """What the file says of those who take part."""
    offers: dict[str, Product] = field(default_factory=dict)
    """What it says of products, on sale already or not."""
    people: dict[str, Person] = field(default_factory=dict)
    products: dict[str, Listing] = field(default_factory=dict)
    cards: dict[str, HeldCard] = field(default_factory=dict)
    documents: dict[str, Document] = field(default_factory=dict)
    contracts: dict[str, str] = field(default_factory=dict)
    """Addresses of what a case deployed or opened (guarantors too), by name; their money is looked at."""
    marks: dict[str, str] = field(default_factory=dict)
    """Snapshots that a case took, by name."""
    signed: list[result.Signed] = field(default_factory=list)
    """Every signature given so far."""
    extra: dict[str, Any] = field(default_factory=dict)
    """What a family of verbs keeps for itself, under its own name."""
    _drawn: int = 0
    _backing: Backing | None = None

    entering: str = ""
    """Who or what is being brought on stage."""
    folder: Path = Path()
    """Of the scenario's file, for what it names beside itself."""
    rewritten: bool = False
    """Set by a step after which the chain no longer knows what came before."""
    first_block: int = 0
    """Nothing of this case happened before this block."""

    def __post_init__(self) -> None:
        self.first_block = self.chain.head().number
        for role in PLATFORM_ROLES:
            self._enter(role, role, self.stage.people[role])
        self.stage.people = {name: one.signer for name, one in self.people.items()}
        self.stage.operator = self.stage.people["operator"]

    # ------------------------------------------------------------------------------------------- the ground

    @property
    def stage(self) -> Stage:
        """The platform with its preset; `stage.admit`, `stage.sell_product`, … work on this case."""
        return self.ground.stage

    @property
    def context(self) -> Context:
        """What services take first. Ask for it anew each time: `recover` opens another."""
        return self.ground.stage.context

    @property
    def chain(self) -> Chain:
        return self.context.chain

    @property
    def now(self) -> int:
        """Chain time, unix seconds."""
        return self.chain.now()

    @property
    def operator(self) -> Signer:
        """The platform's operator, who carries what nobody else is named for."""
        return self.people["operator"].signer

    @property
    def backing(self) -> Backing:
        """The system's guarantors, opened with their capital when first asked for."""
        if self._backing is None:
            self.open_guarantors()
        assert self._backing is not None
        return self._backing

    def open_guarantors(self) -> None:
        """Let the system's guarantors begin; their contracts are `insurer contract`, `fund contract`, …"""
        self._backing = Backing(self.stage)
        self.stage.cover_of = self._backing.cover
        for one in self._backing.standing:
            self.contracts[one.keeper_role + " contract"] = one.address

    def draw(self, what: str = "") -> bytes:
        """The next 32 bytes from the seed: salts, references, numbers that nobody chose."""
        self._drawn += 1
        return keccak256(f"prepaid scenario {self.seed} {what} {self._drawn}".encode())

    def salt(self) -> int:
        """The next 64-bit salt of a purchase."""
        return int.from_bytes(self.draw("salt")[:8])

    def reopen(self) -> Recovery:
        """The journal closed and opened again, as the next command would; `context` is another then."""
        recovery = self.ground.reopen()
        if self._backing is not None:
            self._backing.context = self.context
            for one in self._backing.standing:
                one.context = self.context
        return recovery

    # --------------------------------------------------------------------------------------------- people

    def add_person(
        self, name: str, role: str, *, money: int | None = None, coin: bool | None = None,
        contract_wallet: bool = False,
    ) -> Person:  # fmt: skip
        """Somebody new, with a key from the seed; coin for everybody but consumers, money as told."""
        key = KeySigner(keccak256(f"prepaid scenario {self.seed} {name}".encode()))
        if role != "consumer" if coin is None else coin:
            self.give_coin(key.address)
        self._enter(name, role, key)
        if contract_wallet:
            witness = self.people[name].key
            self.give_coin(key.address)  # a contract acts through its key
            owner = create_owner(self.context, self.operator, key=key.address, guardian=self.operator.address)
            self.people[name] = Person(name, role, ContractSigner(owner.address, witness), witness)
        self.stage.people[name] = self.people[name].signer
        wealth = (RICH if role == "consumer" else 0) if money is None else money
        if wealth:
            self.give(name, wealth)
        return self.people[name]

    def give(self, name: str, fen: int) -> None:
        """New money from the issuer for a person or any other place with a name."""
        call = DigitalYuan(self.context.platform.token).mint(self.address(name), fen)
        send(self.context, self.operator, call, f"give {name}")

    def give_coin(self, address: str) -> None:
        """Coin for gas, where there is none yet."""
        if self.chain.balance(address):
            return
        if Capability.SET_BALANCE in self.chain.capabilities:
            self.chain.set_balance(address, COIN)
        else:
            send_all(self.context, self.operator, [Item(address, b"", "coin", value=COIN)], "coin")

    def person(self, name: str) -> Person:
        """Who is called so."""
        return self._find(self.people, name, "person")

    def signer(self, name: str, signed_by: str | None = None) -> Signer:
        """Somebody's hand; with `signed_by`, another's hand under somebody's address."""
        own = self.person(name).signer
        if signed_by is None or signed_by == name:
            return own
        hand = self.person(signed_by).key
        if isinstance(own, ContractSigner):
            return ContractSigner(own.address, Impostor(own.key, hand))
        return Impostor(own, hand)

    def carrier(self, by: str | None) -> Signer:
        """Who sends a transaction and pays its gas: `by`, else the operator."""
        return self.operator if by is None else self.signer(by)

    def address(self, name: str) -> str:
        """The address of a person, contract, `wallet of X`, or part of the platform (`token`, `Disputes`)."""
        if name in self.people:
            return self.people[name].signer.address
        if name in self.contracts:
            return self.contracts[name]
        if name.startswith("wallet of "):
            return self.context.wallet_of(self.address(name.removeprefix("wallet of "))).address
        platform = self.context.platform
        found = platform.parts.get(name) or platform.templates.get(name)
        found = found or getattr(platform, name.replace("-", "_").replace(" ", "_"), None)
        if isinstance(found, str) and found.startswith("0x") and len(found) == 42:
            return found
        raise unknown("place", name, [*self.people, *self.contracts, "wallet of …", "token"])

    def name_of(self, address: str) -> str:
        """The name of an address, else the address itself."""
        return self.places().get(address, address)

    def places(self) -> dict[str, str]:
        """Address -> name of everybody and everything that can have money in this case."""
        found = {address: name for name, address in self.contracts.items()}
        for name, one in self.people.items():
            found[one.signer.address] = name
            if one.role not in PLATFORM_ROLES:
                found[self.context.wallet_of(one.signer.address).address] = f"wallet of {name}"
        return found

    def everything(self) -> dict[str, str]:
        """The same with every contract of the platform, for names in reports."""
        found = {address: name for name, address in self.context.platform.contracts().items()}
        for name, one in self.people.items():
            found[self.context.wallet_of(one.signer.address).address] = f"wallet of {name}"
        return found | self.places()

    # ------------------------------------------------------------------------------------ cards and papers

    def card(self, name: str) -> HeldCard:
        """The card of this name."""
        return self._find(self.cards, name, "card")

    def card_name(self, card: bytes) -> str:
        """The name of a card by its id, else its id."""
        found = next((name for name, one in self.cards.items() if one.record.card == card), "")
        return found or "0x" + card.hex()

    def new_card(self, name: str) -> None:
        """Refuse a name that another card has, before anything is bought under it."""
        if name in self.cards:
            raise name_taken("card", name)

    def place(self, name: str, address: str) -> None:
        """A contract that is there from now on, under a name that nobody else has."""
        self.new_place(name)
        self.contracts[name] = address

    def new_place(self, name: str) -> None:
        """Refuse a name that another place has, before anything is made under it."""
        if name in self.people or name in self.contracts or name.startswith("wallet of "):
            raise name_taken("place", name)

    def keep_card(self, name: str, card: str, *, owner: str, merchant: str) -> HeldCard:
        """A card that was just opened, under the name of the file."""
        record = find_card(self.context, card, owner=self.address(owner))
        self.cards[name] = HeldCard(name, record, owner, merchant)
        return self.cards[name]

    def product(self, name: str) -> Listing:
        """What is on sale under this name."""
        return self._find(self.products, name, "product")

    def document(self, name: str, kind: str = "") -> Document:
        """The document of this name; InvalidInput if it is of another kind."""
        found = self._find(self.documents, name, "document")
        if kind and found.kind != kind:
            raise InvalidInput(
                f"document {name} is a {found.kind}, not a {kind}",
                hint="name another document",
                code="scenario-document-kind",
                name=name,
                found=found.kind,
                kind=kind,
            )
        return found

    def keep(
        self, name: str | None, kind: str, content: Any, *, card: str = "", carry: Carry | None = None
    ) -> Document:
        """A document under the name that the step gives it with `as`; also as the newest of its card."""
        latest = f"{kind} of {card}" if card else kind
        if name in self.documents:
            raise name_taken("document", name)
        made = Document(name or latest, kind, card, content, carry)
        for key in {latest, made.name}:
            self.documents[key] = made
        return made

    # ---------------------------------------------------------------------------------------------- looking

    def look(self) -> result.Look:
        """How everything stands now."""
        return look(self)

    def tree(self) -> str:
        """The calls of the last transaction, with names; empty where this chain does not trace."""
        if Capability.TRACE not in self.chain.capabilities or not self.ground.post.sent:
            return ""
        names, platform = self.everything(), self.context.platform
        try:
            last = transaction_hash(self.ground.post.sent[-1])
            tree = call_tree(self.chain, last, platform, names)
        except ChainError:  # it never arrived, or is gone again
            return ""
        return "\n".join(lines(tree, Names(self.chain, platform, names)))

    # ---------------------------------------------------------------------------------------------- faults

    @contextmanager
    def faulty(self, *, gas: int | None = None, submission: Mode = "") -> Iterator[None]:
        """While it lasts, everything is sent with this gas limit, and is lost or sent twice on its way."""
        hands = [one.key for one in self.people.values()]
        self.ground.post.mode = submission
        for hand in hands:
            hand.gas = gas
        try:
            yield
        finally:
            self.ground.post.mode = ""
            for hand in hands:
                hand.gas = None

    # ---------------------------------------------------------------------------------------------- inside

    def _enter(self, name: str, role: str, signer: Signer) -> None:
        witness = Witness(name, signer, self._note)
        self.people[name] = Person(name, role, witness, witness)

    def _note(self, who: str, message: Message, domain: Domain) -> None:
        ids = {one.record.card: name for name, one in self.cards.items()}
        names = self.places()
        values = dict(zip((name for name, _ in message.SCHEMA.fields), message.values(), strict=True))
        card = values.get("card")
        known = ids.get(card, "") if isinstance(card, bytes) else ""
        self.signed.append(
            result.Signed(who, message.SCHEMA.name, known, {k: plain(v, names) for k, v in values.items()})
        )

    def _find(self, there: dict[str, T], name: str, what: str) -> T:
        if name not in there:
            raise unknown(what, name, list(there))
        return there[name]
