"""What the journal holds, as immutable values. Nothing here reads or writes a file."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class State(StrEnum):
    """Where a transaction stands, as far as we know.

    prepared: signed and written down, perhaps not sent.  sent: the chain took it.  mined: in a block.
    final: deep enough in the chain.  failed: in a block, but the contract refused; or never accepted.
    forgotten: the chain does not have it and will not have it by itself.
    """

    PREPARED = "prepared"
    SENT = "sent"
    MINED = "mined"
    FINAL = "final"
    FAILED = "failed"
    FORGOTTEN = "forgotten"


PENDING = (State.PREPARED, State.SENT)
"""States in which a nonce is taken and the outcome is still open."""


@dataclass(frozen=True, slots=True)
class Transaction:
    """One signed transaction. `chain` is the chain's identity, `raw` exactly the bytes that are sent."""

    hash: bytes
    chain: str
    sender: str
    nonce: int
    purpose: str
    raw: bytes
    state: State
    block: int | None = None
    block_hash: bytes | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Authorisation:
    """One message a person signed. `pays` is the most it lets move, in fen; times are unix seconds.

    `message` holds what is needed to use it again (fields, signature's context) as plain JSON values.
    """

    digest: bytes
    chain: str
    kind: str
    card: bytes
    signer: str
    pays: int
    deadline: int
    signed_at: int
    signature: bytes
    message: dict[str, Any]


@dataclass(frozen=True, slots=True)
class KnownCard:
    """A card we have met: a convenience only, the chain can always tell it again."""

    card: bytes
    chain: str
    owner: str
    wallet: str
    terms: bytes
    label: str = ""


@dataclass(frozen=True, slots=True)
class Seal:
    """Something to be sealed as the next record of a card; `subject` names it, so that it is sealed once.

    `make(number, previous)` returns the record as text and its hash; `previous` is the hash of the record
    before, empty for the first. It is called under the journal's lock.
    """

    chain: str
    card: bytes
    subject: bytes
    make: Callable[[int, str], tuple[str, str]]
