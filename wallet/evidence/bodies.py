"""What a record says, by kind: the card it is about, a signed message, an event, a withdrawal, an export.

Made here and nowhere else, so that a file's records all have the shape that its readers demand.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from wallet.eip712.domain import Domain
from wallet.eip712.schema import Message
from wallet.eip712.signature import verify
from wallet.evidence.canonical import Json
from wallet.evidence.events import Declaration
from wallet.evidence.messages import by_type, domain_of, values_of
from wallet.terms import Terms

FORMAT: Final = "prepaid.evidence/1"

CARD, MESSAGE, EVENT, WITHDRAWN, EXPORT = "card", "message", "event", "withdrawn", "export"

BY_KEY, BY_CONTRACT = "key", "contract"
"""Whether a signature is the account's own key's, or one that only the account's contract can judge."""

PROVEN, NO_TRIES = "proven", "none"
"""What a file says of its events: that proofs stand in it, or that the chain it is from has no tries."""

RETENTION_DAYS: Final = 1095
"""Three years: the least that records of prepaid cards are kept (Beijing's card rules, art. 19)."""

SHAPES: Final[dict[str, dict[str, type]]] = {
    CARD: {
        "number": int, "kind": str, "format": str, "hash_algorithm": str, "card": str, "chain_id": str,
        "sub_wallet": str, "owner": str, "factory": str, "implementation": str,
    },
    MESSAGE: {
        "number": int, "kind": str, "stage": str, "type": str, "domain": dict, "values": dict, "signer": str,
        "by": str, "signature": str, "signed_at": int, "reference?": dict, "terms?": dict,
    },
    EVENT: {
        "number": int, "kind": str, "stage": str, "event": str, "contract": str, "address": str, "block": int,
        "block_hash": str, "transaction": str, "position": int, "topics": list, "data": str, "values": dict,
    },
    WITHDRAWN: {"number": int, "kind": str, "record": int, "block_hash": str},
    EXPORT: {
        "number": int, "kind": str, "exported_at": int, "backend": str, "block": int, "receipts": str,
        "retention_days": int, "keep_until": int, "unproven?": list, "cover?": list,
    },
}  # fmt: skip
"""The fields of each kind; those with a question mark may be absent."""


@dataclass(frozen=True, slots=True)
class CardFacts:
    """What every record of one card has in common. `implementation` is the code that sub-wallets run."""

    card: bytes
    chain_id: int
    sub_wallet: str
    owner: str
    factory: str
    implementation: str


@dataclass(frozen=True, slots=True)
class SignedMessage:
    """One signature with what was signed.

    `reference` holds the words behind a charge's hash, `terms` those behind a card's id, where the message
    itself has only the hash.
    """

    message: Message
    domain: Domain
    signer: str
    signature: bytes
    signed_at: int
    reference: dict[str, str] | None = None
    terms: Terms | None = None

    @property
    def digest(self) -> bytes:
        """What was signed: names the message, whoever keeps it."""
        return self.message.digest(self.domain)


@dataclass(frozen=True, slots=True)
class SeenEvent:
    """An event of a contract that is believed, and where it stands: `position` counts in its receipt."""

    declaration: Declaration
    address: str
    topics: tuple[bytes, ...]
    data: bytes
    values: dict[str, Json]
    block: int
    block_hash: bytes
    transaction: bytes
    position: int

    @property
    def place(self) -> tuple[str, str, int]:
        """What tells it from every other event: block hash, transaction, position."""
        return "0x" + self.block_hash.hex(), "0x" + self.transaction.hex(), self.position


def card_body(facts: CardFacts, algorithm: str) -> dict[str, Json]:
    """The first record of every card."""
    return {
        "number": 0,
        "kind": CARD,
        "format": FORMAT,
        "hash_algorithm": algorithm,
        "card": "0x" + facts.card.hex(),
        "chain_id": str(facts.chain_id),
        "sub_wallet": facts.sub_wallet.lower(),
        "owner": facts.owner.lower(),
        "factory": facts.factory.lower(),
        "implementation": facts.implementation.lower(),
    }


def message_body(number: int, signed: SignedMessage) -> dict[str, Json]:
    """A message as it was signed."""
    own = verify(signed.digest, signed.signature, signed.signer)
    body: dict[str, Json] = {
        "number": number,
        "kind": MESSAGE,
        "stage": by_type()[signed.message.SCHEMA.type_string].stage,
        "type": signed.message.SCHEMA.type_string,
        "domain": domain_of(signed.domain),
        "values": values_of(signed.message),
        "signer": signed.signer.lower(),
        "by": BY_KEY if own else BY_CONTRACT,
        "signature": "0x" + signed.signature.hex(),
        "signed_at": signed.signed_at,
    }
    if signed.reference is not None:
        body["reference"] = dict(signed.reference)
    if signed.terms is not None:
        body["terms"] = values_of(signed.terms)
    return body


def event_body(number: int, seen: SeenEvent) -> dict[str, Json]:
    """An event as the chain keeps it, and its values by name."""
    block_hash, transaction, position = seen.place
    return {
        "number": number,
        "kind": EVENT,
        "stage": seen.declaration.stage,
        "event": seen.declaration.name,
        "contract": seen.declaration.contract,
        "address": seen.address.lower(),
        "block": seen.block,
        "block_hash": block_hash,
        "transaction": transaction,
        "position": position,
        "topics": ["0x" + topic.hex() for topic in seen.topics],
        "data": "0x" + seen.data.hex(),
        "values": seen.values,
    }


def withdrawn_body(number: int, record: int, block_hash: str) -> dict[str, Json]:
    """That the chain no longer has the block in which the event of `record` stood."""
    return {"number": number, "kind": WITHDRAWN, "record": record, "block_hash": block_hash}


def export_body(
    number: int,
    *,
    exported_at: int,
    backend: str,
    block: int,
    receipts: str,
    retention_days: int,
    keep_until: int,
    unproven: Sequence[int] = (),
    cover: Sequence[tuple[str, int]] = (),
) -> dict[str, Json]:
    """The last record of a file.

    `unproven` are the records whose proof the chain no longer gives, `cover` who stands behind the card:
    (guarantor, most fen) in the order of which the terms hold the hash.
    """
    body: dict[str, Json] = {
        "number": number,
        "kind": EXPORT,
        "exported_at": exported_at,
        "backend": backend,
        "block": block,
        "receipts": receipts,
        "retention_days": retention_days,
        "keep_until": keep_until,
    }
    if unproven:
        body["unproven"] = list(unproven)
    if cover:
        body["cover"] = [{"guarantor": who.lower(), "limit": str(fen)} for who, fen in cover]
    return body
