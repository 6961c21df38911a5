"""Whether records are as they were sealed: shapes, hashes of fields, hashes of records, their order.

Finds every alteration whose author did not make all later hashes anew; those that did are for signatures and
proofs to find.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from wallet.errors import EnvironmentFault
from wallet.evidence.bodies import CARD, EXPORT, FORMAT, NO_TRIES, PROVEN, SHAPES
from wallet.evidence.canonical import ALGORITHMS, leaves
from wallet.evidence.findings import Finding
from wallet.evidence.record import NONE_BEFORE, Record, hash_of, seal_of


def algorithm_of(records: Sequence[Record]) -> str:
    """The hash that the records were sealed with: the one that fits, else the one that is named."""
    first = records[0]
    named = first.body.get("hash_algorithm")
    known = [one for one in ALGORITHMS if one == named] or [ALGORITHMS[0]]
    for one in ALGORITHMS:
        try:
            if hash_of(first.seals, first.previous, one) == first.hash:
                return one
        except EnvironmentFault:
            continue
    return known[0]


def check_chain(records: Sequence[Record], algorithm: str) -> Iterator[Finding]:
    """Everything that does not fit, in order."""
    previous = NONE_BEFORE
    for number, record in enumerate(records):
        yield from check_fields(number, record, algorithm)
        if record.previous != previous:
            yield Finding(number, "previous", "link", {"is": record.previous, "should": previous})
        elif hash_of(record.seals, record.previous, algorithm) != record.hash:
            yield Finding(number, "hash", "hash")
        previous = record.hash


def check_fields(number: int, record: Record, algorithm: str) -> Iterator[Finding]:
    """Fields that are not what their hashes say."""
    found = leaves(record.body)
    for path in [*found, *(path for path in record.seals if path not in found)]:
        value, sealed = found.get(path), record.seals.get(path)
        if value is None or sealed is None or seal_of(path, value, algorithm) != sealed:
            yield Finding(number, path, "seal", {} if value is None else {"is": str(value)})


def check_shapes(records: Sequence[Record], *, whole: bool = True) -> Iterator[Finding]:
    """Records that do not have the fields of their kind; `whole` if an export must come last."""
    last = len(records) - 1
    for number, record in enumerate(records):
        body = record.body
        kind = body.get("kind")
        right_place = (kind == CARD) == (number == 0) and (kind == EXPORT) == (whole and number == last)
        if not isinstance(kind, str) or kind not in SHAPES or not right_place:
            yield Finding(number, "kind", "unknown", {"is": str(kind)})
            continue
        bad = _misshapen(body, SHAPES[kind])
        if bad:
            yield Finding(number, bad, "shape")
        elif body["number"] != number:
            yield Finding(number, "number", "number", {"is": str(body["number"]), "should": str(number)})
        elif kind == CARD and body["format"] != FORMAT:
            yield Finding(number, "format", "unknown", {"is": str(body["format"])})
        elif kind == CARD and body["hash_algorithm"] not in ALGORITHMS:
            yield Finding(number, "hash_algorithm", "unknown", {"is": str(body["hash_algorithm"])})
        elif kind == EXPORT and body["receipts"] not in (PROVEN, NO_TRIES):
            yield Finding(number, "receipts", "unknown", {"is": str(body["receipts"])})


def _misshapen(body: dict[str, Any], shape: dict[str, type]) -> str:
    """The first field that is missing, too much, or of the wrong type; empty if none."""
    wanted = {name.rstrip("?"): kind for name, kind in shape.items()}
    for name in body:
        if name not in wanted or not isinstance(body[name], wanted[name]):
            return name
    for name in shape:
        if not name.endswith("?") and name not in body:
            return name
    for name in ("domain", "reference", "terms"):
        if not all(isinstance(one, str) for one in body.get(name, {}).values()):
            return name
    texts, numbers = body.get("topics", []), body.get("unproven", [])
    if not all(isinstance(one, str) for one in texts):
        return "topics"
    for one in body.get("cover", []):
        if not isinstance(one, dict) or set(one) != {"guarantor", "limit"}:
            return "cover"
        if not all(isinstance(text, str) for text in one.values()):
            return "cover"
    return "" if all(isinstance(one, int) for one in numbers) else "unproven"
