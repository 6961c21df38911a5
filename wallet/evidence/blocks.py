"""Block headers and receipts, read from the bytes that were hashed.

A header is a list of whatever a fork put there: only the places that never moved are read. A receipt is
typed (EIP-2718: one byte, then RLP) or legacy.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from wallet.keccak import keccak256
from wallet.rlp import Rlp, rlp_decode

_PARENT, _TRANSACTIONS, _RECEIPTS, _NUMBER, _TIME, _FEWEST = 0, 4, 5, 8, 11, 15
_LEGACY: Final = 0xC0
_STATUS, _LOGS, _RECEIPT_PARTS = 0, 3, 4


@dataclass(frozen=True, slots=True)
class Header:
    """What evidence needs of a block. `timestamp` in unix seconds."""

    hash: bytes
    parent: bytes
    number: int
    timestamp: int
    transactions_root: bytes
    receipts_root: bytes


@dataclass(frozen=True, slots=True)
class RawLog:
    """One event of a receipt: address of 20 bytes, topics, data."""

    address: bytes
    topics: tuple[bytes, ...]
    data: bytes


@dataclass(frozen=True, slots=True)
class RawReceipt:
    """A receipt: whether its transaction succeeded, and its events in order."""

    ok: bool
    logs: tuple[RawLog, ...]


def read_header(raw: bytes) -> Header:
    """The header in its RLP; ValueError if these bytes are none."""
    parts = _list(_decoded(raw), "a header")
    if len(parts) < _FEWEST:
        raise ValueError(f"a header has at least {_FEWEST} parts, these are {len(parts)}")
    return Header(
        hash=keccak256(raw),
        parent=_bytes(parts[_PARENT], 32),
        number=int.from_bytes(_bytes(parts[_NUMBER])),
        timestamp=int.from_bytes(_bytes(parts[_TIME])),
        transactions_root=_bytes(parts[_TRANSACTIONS], 32),
        receipts_root=_bytes(parts[_RECEIPTS], 32),
    )


def read_receipt(raw: bytes) -> RawReceipt:
    """The receipt as its trie holds it; ValueError if these bytes are none."""
    if not raw:
        raise ValueError("a receipt is not empty")
    parts = _list(_decoded(raw if raw[0] >= _LEGACY else raw[1:]), "a receipt")
    if len(parts) < _RECEIPT_PARTS:
        raise ValueError(f"a receipt has at least {_RECEIPT_PARTS} parts, these are {len(parts)}")
    logs = tuple(_log(one) for one in _list(parts[_LOGS], "a receipt's events"))
    return RawReceipt(_bytes(parts[_STATUS]) == b"\1", logs)


def _log(item: Rlp) -> RawLog:
    parts = _list(item, "an event")
    if len(parts) != 3:
        raise ValueError("an event has address, topics and data")
    topics = tuple(_bytes(topic, 32) for topic in _list(parts[1], "topics"))
    return RawLog(_bytes(parts[0], 20), topics, _bytes(parts[2]))


def _decoded(raw: bytes) -> Rlp:
    try:
        return rlp_decode(raw)
    except (IndexError, RecursionError):
        raise ValueError("it is cut off or nested too deeply") from None


def _list(item: Rlp, what: str) -> list[Rlp]:
    if not isinstance(item, list):
        raise ValueError(f"{what} is a list")
    return item


def _bytes(item: Rlp, length: int | None = None) -> bytes:
    if not isinstance(item, bytes) or (length is not None and len(item) != length):
        raise ValueError(f"{length or 'some'} bytes belong there")
    return item
