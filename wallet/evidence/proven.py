"""Whether events stand where their records say: proof in the receipts' trie, under the header of their block.

Also names the field at fault when a record and all hashes after it were made anew: the proven event is read
again and compared value by value.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from wallet.evidence.blocks import Header, RawLog, RawReceipt, read_header, read_receipt
from wallet.evidence.bodies import EVENT, WITHDRAWN
from wallet.evidence.canonical import leaves
from wallet.evidence.events import Undecodable, by_name, declarations
from wallet.evidence.file import EvidenceFile, Proof
from wallet.evidence.findings import Finding
from wallet.evidence.tries import ProofBroken, value_at
from wallet.keccak import keccak256


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a proven event stands. `transaction` is the raw transaction, None where that was not proven."""

    header: Header
    index: int
    log: RawLog
    transaction: bytes | None


@dataclass(slots=True)
class Proofs:
    """What the proofs of a file show: by record number, and every header by its hash (0x text).

    `refuted` are the records whose event the chain has otherwise.
    """

    standing: dict[int, Standing] = field(default_factory=dict)
    headers: dict[str, Header] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    without_transaction: list[int] = field(default_factory=list)
    refuted: set[int] = field(default_factory=set)


def withdrawn(bodies: Mapping[int, dict[str, Any]]) -> set[int]:
    """Numbers of the records whose events the chain took back."""
    return {body["record"] for body in bodies.values() if body["kind"] == WITHDRAWN}


def check_proofs(file: EvidenceFile, bodies: Mapping[int, dict[str, Any]], without: set[int]) -> Proofs:
    """Check every event but those in `without`, whose proofs nobody claims to have."""
    found = Proofs()
    events = {number: body for number, body in bodies.items() if body["kind"] == EVENT}
    first_use = {body["block_hash"]: number for number, body in reversed(events.items())}
    broken = _read_headers(file, found, first_use)
    found.findings += _continuity(found.headers, first_use)
    seen: dict[tuple[str, str], tuple[RawReceipt, bytes | None] | None] = {}
    for number, body in events.items():
        if number in without:
            continue
        header = found.headers.get(body["block_hash"])
        proof = file.proofs.get(body["transaction"])
        if header is None:
            if body["block_hash"] not in broken:
                found.findings.append(Finding(number, "block_hash", "absent", {"is": body["block_hash"]}))
        elif header.number != body["block"]:
            values = {"is": str(body["block"]), "should": str(header.number)}
            found.findings.append(Finding(number, "block", "differs", values))
        elif proof is None:
            found.findings.append(Finding(number, "transaction", "absent", {"is": body["transaction"]}))
        else:
            key = body["block_hash"], body["transaction"]
            if key not in seen:
                seen[key] = _walk(number, body, header, proof, found)
            stands = seen[key]
            if stands is not None:
                _compare(number, body, header, proof, stands, found)
    return found


def check_values(number: int, body: dict[str, Any]) -> Iterator[Finding]:
    """Whether an event's values are what its topics and data say."""
    declared = by_name().get(body["event"])
    raw = RawLog(_bytes(body["address"]), tuple(_bytes(one) for one in body["topics"]), _bytes(body["data"]))
    told = declarations().get(raw.topics[0]) if raw.topics else None
    if declared is None:
        yield Finding(number, "event", "unknown", {"is": body["event"]})
        return
    if told is not None and told != declared:
        yield Finding(number, "event", "differs", {"is": body["event"], "should": told.name})
        return
    for name in ("stage", "contract"):
        if body[name] != getattr(declared, name):
            values = {"is": body[name], "should": getattr(declared, name)}
            yield Finding(number, name, "differs", values)
    try:
        yield from _differences(number, body["values"], declared.read(raw))
    except Undecodable as bad:
        yield Finding(number, bad.place, "unreadable", {"why": str(bad)})


def _read_headers(file: EvidenceFile, found: Proofs, first_use: Mapping[str, int]) -> set[str]:
    """Fill `found.headers`; returns the names of those that are none."""
    broken: set[str] = set()
    for name, text in file.headers.items():
        raw = _bytes(text)
        actual = "0x" + keccak256(raw).hex()
        try:
            header = read_header(raw)
        except ValueError:
            header = None
        if header is None or actual != name or text != "0x" + raw.hex():
            user = first_use.get(name, first_use.get(actual))
            found.findings.append(Finding(user, f"headers.{name}", "header", {"is": actual}))
            broken |= {name, actual}
        else:
            found.headers[name] = header
    return broken


def _continuity(headers: Mapping[str, Header], first_use: Mapping[str, int]) -> Iterator[Finding]:
    """Headers that cannot be of one chain: two of one number, or one that does not follow the one before."""
    by_number: dict[int, Header] = {}
    for header in headers.values():
        by_number.setdefault(header.number, header)
    for name, header in headers.items():
        before = by_number.get(header.number - 1)
        alone = by_number[header.number] is header
        if not alone or (before is not None and header.parent != before.hash):
            yield Finding(first_use.get(name), f"headers.{name}", "continuity", {"block": str(header.number)})


def _walk(
    number: int, body: dict[str, Any], header: Header, proof: Proof, found: Proofs
) -> tuple[RawReceipt, bytes | None] | None:
    """Receipt and transaction of a proof; None, with a finding, if it proves nothing."""
    where = f"proofs.{body['transaction']}"
    try:
        receipt = read_receipt(_value(header.receipts_root, proof.index, proof.receipt))
    except ProofBroken as bad:
        found.findings.append(_broken(number, f"{where}.receipt", where, bad, len(proof.receipt)))
        return None
    except ValueError as bad:
        found.findings.append(Finding(number, f"{where}.receipt", "proof", {"why": str(bad)}))
        return None
    if not proof.transaction:
        return receipt, None
    try:
        raw = _value(header.transactions_root, proof.index, proof.transaction)
    except ProofBroken as bad:
        found.findings.append(_broken(number, f"{where}.transaction", where, bad, len(proof.transaction)))
        return None
    actual = "0x" + keccak256(raw).hex()
    if actual != body["transaction"]:
        values = {"is": body["transaction"], "should": actual}
        found.findings.append(Finding(number, "transaction", "differs", values))
        return None
    return receipt, raw


def _value(root: bytes, index: int, nodes: Sequence[str]) -> bytes:
    for place, text in enumerate(nodes):
        if text != "0x" + _bytes(text).hex():
            raise ProofBroken(place, "it is not lower hexadecimal")
    return value_at(root, index, [_bytes(text) for text in nodes])


def _broken(number: int, where: str, proof: str, bad: ProofBroken, count: int) -> Finding:
    if bad.node < 0:
        return Finding(number, f"{proof}.index", "proof", {"why": str(bad)})
    place = where if bad.node >= count else f"{where}.{bad.node}"
    return Finding(number, place, "proof", {"why": str(bad)})


def _compare(
    number: int,
    body: dict[str, Any],
    header: Header,
    proof: Proof,
    stands: tuple[RawReceipt, bytes | None],
    found: Proofs,
) -> None:
    """Hold the record against the proven log."""
    receipt, raw = stands
    told = body["address"], list(body["topics"]), body["data"]
    logs = [_told(log) for log in receipt.logs]
    if body["position"] not in range(len(logs)) or (logs[body["position"]] != told and told in logs):
        should = str(logs.index(told)) if told in logs else "?"
        values = {"is": str(body["position"]), "should": should}
        found.findings.append(Finding(number, "position", "differs", values))
        found.refuted.add(number)
        return
    log = receipt.logs[body["position"]]
    if logs[body["position"]] != told:
        found.findings += _against(number, body, log)
        found.refuted.add(number)
        return
    found.standing[number] = Standing(header, proof.index, log, raw)
    if raw is None:
        found.without_transaction.append(number)


def _against(number: int, body: dict[str, Any], log: RawLog) -> list[Finding]:
    """The values that differ from those proven; if none does, the raw part that does."""
    declared = declarations().get(log.topics[0]) if log.topics else None
    findings: list[Finding] = []
    if declared is not None and declared.name == body["event"]:
        with suppress(Undecodable):
            findings = list(_differences(number, body["values"], declared.read(log)))
    if findings:
        return findings
    address, topics, data = _told(log)
    actual = leaves({"address": address, "topics": [*topics], "data": data} if topics else {"data": data})
    claimed = leaves({name: body[name] for name in ("address", "topics", "data")})
    return [
        Finding(number, path, "differs", {"is": str(claimed.get(path)), "should": str(actual.get(path))})
        for path in [*claimed, *(path for path in actual if path not in claimed)]
        if claimed.get(path) != actual.get(path)
    ]


def _differences(number: int, claimed: dict[str, Any], actual: dict[str, Any]) -> Iterator[Finding]:
    ours, theirs = leaves(claimed), leaves(actual)
    for path in [*theirs, *(path for path in ours if path not in theirs)]:
        if ours.get(path) != theirs.get(path):
            values = {"is": str(ours.get(path, "")), "should": str(theirs.get(path, ""))}
            yield Finding(number, f"values.{path}", "differs", values)


def _told(log: RawLog) -> tuple[str, list[str], str]:
    return "0x" + log.address.hex(), ["0x" + topic.hex() for topic in log.topics], "0x" + log.data.hex()


def _bytes(text: str) -> bytes:
    """Bytes of 0x text; of anything else none, which then fits nothing."""
    try:
        return bytes.fromhex(text[2:]) if text.startswith("0x") else b""
    except ValueError:
        return b""
