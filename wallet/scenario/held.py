"""What a case knows by name: people, cards and signed documents; and how values are shown to people."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from wallet.errors import InvalidInput

if TYPE_CHECKING:
    from wallet.scenario.hands import Witness
    from wallet.scenario.world import World
    from wallet.services.records import CardRecord
    from wallet.signing.signer import Signer


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with a key. `role` is consumer, merchant, stranger, or one of the platform's."""

    name: str
    role: str
    signer: Signer
    """Signs and sends; of a contract account, for the contract."""
    key: Witness


@dataclass(frozen=True, slots=True)
class HeldCard:
    """A card by its name in the file, with whose it is and who sold it (names)."""

    name: str
    record: CardRecord
    owner: str
    merchant: str

    @property
    def id(self) -> str:
        """As services take it."""
        return "0x" + self.record.card.hex()


class Carry(Protocol):
    """How a document reaches the chain: by whose hand, and whether the wallet's own checks come first."""

    def __call__(self, world: World, carrier: Signer, content: Any) -> Any: ...


@dataclass(frozen=True, slots=True)
class Document:
    """Something signed that can be carried later, in any order, twice. `kind` says what: "charge", …"""

    name: str
    kind: str
    card: str
    content: Any
    """What the signing service returned for it (ChargeRequest, Authorisation, …)."""
    carry: Carry | None = None
    """None for what is not carried to the chain, such as a charge."""


def unknown(what: str, name: str, there: list[str]) -> InvalidInput:
    """The file names what is not there."""
    known = ", ".join(there[:20]) or "none yet"
    return InvalidInput(
        f"no {what} is called {name!r} here",
        hint=f"there are: {known}",
        code="scenario-unknown-name",
        what=what,
        name=name,
        known=known,
    )


def name_taken(what: str, name: str) -> InvalidInput:
    """Two of one name."""
    return InvalidInput(
        f"there is a {what} called {name!r} already",
        hint="give the new one another name with `as:`",
        code="scenario-name-taken",
        what=what,
        name=name,
    )


def plain(value: Any, names: dict[str, str]) -> Any:
    """A value as reports show it: bytes as hex, addresses by name."""
    if isinstance(value, bytes):
        return "0x" + value.hex()
    if isinstance(value, tuple):
        return [plain(one, names) for one in value]
    if isinstance(value, str):
        return names.get(value, value)
    return value
