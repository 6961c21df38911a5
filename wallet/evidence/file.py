"""The evidence file: records, the headers of their blocks, and the proofs of their events.

JSON with a fixed spelling, one record, header or proof a line, so that any altered byte is noticed and the
line tells where. What a file proves is judged in `verify`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from wallet.errors import InvalidInput
from wallet.evidence.bodies import FORMAT
from wallet.evidence.canonical import Json, parse, spell
from wallet.evidence.record import Record, read_record
from wallet.home import write_atomic

LARGEST_FILE = 64 * 1024 * 1024
_PARTS = {"format", "headers", "proofs", "records"}
_NAME = re.compile(rb'"(0x[0-9a-f]{64})"')


@dataclass(frozen=True, slots=True)
class Proof:
    """Where a transaction stands in its block, and the nodes of both tries that lead to it (0x text)."""

    index: int
    receipt: tuple[str, ...]
    transaction: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Json]:
        """As it stands in a file; without `transaction` where the node gave no raw transactions."""
        found: dict[str, Json] = {"index": self.index, "receipt": list(self.receipt)}
        return found | ({"transaction": list(self.transaction)} if self.transaction else {})


@dataclass(frozen=True, slots=True)
class EvidenceFile:
    """`headers` maps a block's hash to its header's RLP, `proofs` a transaction's hash to its proof."""

    records: tuple[Record, ...]
    headers: dict[str, str] = field(default_factory=dict)
    proofs: dict[str, Proof] = field(default_factory=dict)

    def to_bytes(self) -> bytes:
        """The one spelling of this file."""
        headers = [spell(hash_) + b":" + spell(self.headers[hash_]) for hash_ in sorted(self.headers)]
        proofs = [spell(hash_) + b":" + spell(self.proofs[hash_].to_dict()) for hash_ in sorted(self.proofs)]
        records = [one.text().encode() for one in self.records]
        return (
            b'{"format":' + spell(FORMAT) + b",\n"
            b'"headers":' + _lines(b"{", headers, b"}") + b",\n"
            b'"proofs":' + _lines(b"{", proofs, b"}") + b",\n"
            b'"records":' + _lines(b"[", records, b"]") + b"}\n"
        )


class Damaged(ValueError):
    """Bytes that are no evidence file. `record` is the number of the record they stand in, if in one."""

    def __init__(self, place: str, why: str, record: int | None = None) -> None:
        super().__init__(why)
        self.place = place
        self.record = record


def write_file(path: Path, file: EvidenceFile) -> None:
    """Write it, whole or not at all."""
    write_atomic(path, file.to_bytes().decode())


def load(path: Path) -> bytes:
    """The bytes of a file. OSError if they cannot be had, InvalidInput (`evidence-file`) for far too many."""
    if path.stat().st_size > LARGEST_FILE:
        raise InvalidInput(
            f"{path}: larger than any evidence file",
            hint="name a file that `prepaid evidence export` wrote",
            code="evidence-file",
            path=str(path),
        )
    return path.read_bytes()


def read_file(data: bytes) -> EvidenceFile:
    """Read a file's bytes; Damaged tells the place of what cannot be read."""
    try:
        text = data.decode()
    except UnicodeDecodeError as bad:
        raise _at(data, bad.start, "it is not UTF-8 there") from None
    try:
        value = parse(text)
    except json.JSONDecodeError as bad:
        raise _at(data, len(text[: bad.pos].encode()), f"it is not JSON there: {bad.msg}") from None
    except ValueError as bad:
        raise Damaged("file", str(bad)) from None
    if not isinstance(value, dict) or value.get("format") != FORMAT:
        raise Damaged("format", f"it does not say {FORMAT!r}")
    for name in (*{"headers", "proofs", "records"} - value.keys(), *value.keys() - _PARTS):
        raise Damaged(name, "it is missing" if name in _PARTS else "it does not belong there")
    return EvidenceFile(
        _records(value["records"]), _headers(value["headers"]), dict(_proofs(value["proofs"]))
    )


def first_difference(data: bytes, file: EvidenceFile) -> Damaged | None:
    """Where the bytes are spelt otherwise than ours, though they say the same; None if nowhere."""
    ours = file.to_bytes()
    if ours == data:
        return None
    length = min(len(ours), len(data))
    at = next((n for n in range(length) if ours[n] != data[n]), length)
    return _at(data, at, "it is spelt otherwise than evidence files are, though it says the same")


def _records(value: Any) -> tuple[Record, ...]:
    if not isinstance(value, list) or not value:
        raise Damaged("records", "they are no list of records")
    found = []
    for number, one in enumerate(value):
        try:
            found.append(read_record(one))
        except (ValueError, RecursionError) as bad:
            raise Damaged("body", str(bad), number) from None
    return tuple(found)


def _headers(value: Any) -> dict[str, str]:
    if not isinstance(value, dict) or not all(isinstance(one, str) for one in value.values()):
        raise Damaged("headers", "they are no texts by block hash")
    return value


def _proofs(value: Any) -> Iterable[tuple[str, Proof]]:
    if not isinstance(value, dict):
        raise Damaged("proofs", "they are no objects by transaction hash")
    for name, one in value.items():
        parts = set(one) if isinstance(one, dict) else set()
        if not {"index", "receipt"} <= parts <= {"index", "receipt", "transaction"}:
            raise Damaged(f"proofs.{name}", "it does not consist of index, receipt and transaction")
        nodes = {part: one.get(part, []) for part in ("receipt", "transaction")}
        for part, texts in nodes.items():
            if not isinstance(texts, list) or not all(isinstance(text, str) for text in texts):
                raise Damaged(f"proofs.{name}.{part}", "its nodes are no list of texts")
        if not isinstance(one["index"], int) or not 0 <= one["index"] < 1 << 24:
            raise Damaged(f"proofs.{name}.index", "it is no position in a block")
        yield name, Proof(one["index"], tuple(nodes["receipt"]), tuple(nodes["transaction"]))


def _lines(opening: bytes, lines: list[bytes], closing: bytes) -> bytes:
    return opening + b"\n" + b",\n".join(lines) + b"\n" + closing


def _at(data: bytes, at: int, why: str) -> Damaged:
    """The part of the file in which byte `at` stands; records stand one a line."""
    before = data[:at]
    _, found, inside = before.rpartition(b'\n"records":[\n')
    if found:
        return Damaged(f"byte {at}", why, inside.count(b"\n"))
    for part in (b"proofs", b"headers"):
        _, found, _ = before.rpartition(b'\n"' + part + b'":{\n')
        if found:
            name = _NAME.match(data, before.rfind(b"\n") + 1)
            return Damaged(f"{part.decode()}.{name[1].decode()}" if name else f"byte {at}", why)
    return Damaged(f"byte {at}", why)
