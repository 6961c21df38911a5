"""Check an evidence file: with nothing but the file, and with what somebody believes in.

What is believed is always said: block hashes that were given, or a chain that can be asked, or nothing. With
nothing, an unaltered file still shows who signed what, but not that any chain ever had those events.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from wallet.address import parse_address
from wallet.chain.base import CallRequest, Log, Reverted
from wallet.eip712.signature import is_magic, is_valid_signature_call
from wallet.evidence.bodies import EVENT, EXPORT, MESSAGE, NO_TRIES
from wallet.evidence.events import SUB_WALLET, by_name
from wallet.evidence.file import Damaged, EvidenceFile, first_difference, read_file
from wallet.evidence.findings import Finding, Line, Note, Report, Root, Trust, Verdict
from wallet.evidence.intact import algorithm_of, check_chain, check_shapes
from wallet.evidence.messages import by_type, digest_of
from wallet.evidence.proven import Proofs, check_proofs, check_values, withdrawn
from wallet.evidence.signed import Dossier, Signatures, check_signatures
from wallet.evidence.story import check_story, dossier_of, unsigned

if TYPE_CHECKING:
    from wallet.chain.base import Chain


def verify(
    data: bytes,
    *,
    block_hashes: Sequence[str] = (),
    chain: Chain | None = None,
    deposited: str = "",
) -> Report:
    """Judge the bytes of a file.

    `block_hashes` (0x text) and `chain` are the root of trust; a block is tied down by its own hash or by
    that of a later block to which the file's headers lead without a gap. `deposited` is the file's last hash
    as somebody else kept it. Raises EnvironmentFault if this Python lacks the file's hash function, and
    ChainError if the chain cannot be asked.
    """
    root = Root.CHAIN if chain is not None else Root.BLOCK_HASHES if block_hashes else Root.NONE
    try:
        file = read_file(data)
    except Damaged as bad:
        found = Finding(bad.record, bad.place, "unreadable", {"why": str(bad)})
        return Report(Verdict.ALTERED, Trust(root, tuple(block_hashes)), (found,))
    return _Check(file, tuple(one.lower() for one in block_hashes), chain, root).report(data, deposited)


class _Check:
    """One file under examination."""

    def __init__(self, file: EvidenceFile, hashes: Sequence[str], chain: Chain | None, root: Root) -> None:
        self.file, self.hashes, self.chain, self.root = file, hashes, chain, root
        self.findings: list[Finding] = []
        self.notes: list[Note] = []

    def report(self, data: bytes, deposited: str) -> Report:
        records = self.file.records
        algorithm = algorithm_of(records)
        self.findings += check_chain(records, algorithm)
        shapes = list(check_shapes(records))
        self.findings += shapes
        seal = records[-1].hash
        if deposited and deposited.lower().removeprefix("0x") != seal:
            self.findings.append(Finding(None, "seal", "deposit", {"is": seal, "should": deposited}))
        bad = {one.record for one in shapes}
        if 0 in bad or len(records) - 1 in bad:
            return self._end(data, seal, Trust(self.root, tuple(self.hashes)))
        bodies: dict[int, dict[str, Any]] = {
            number: dict(one.body) for number, one in enumerate(records) if number not in bad
        }
        return self._judge(data, seal, algorithm, bodies)

    def _judge(self, data: bytes, seal: str, algorithm: str, bodies: dict[int, dict[str, Any]]) -> Report:
        export = bodies[max(bodies)]
        gone = withdrawn(bodies)
        without = self._without_proof(bodies, export, gone)
        proofs = check_proofs(self.file, bodies, without | gone)
        self.findings += proofs.findings
        for number, body in bodies.items():
            if body["kind"] == EVENT and number not in proofs.refuted:
                self.findings += check_values(number, body)
        dossier = dossier_of(bodies, proofs.standing, gone)
        signatures = check_signatures(dossier)
        self.findings += signatures.findings
        self.findings += check_story(dossier)
        self.notes += unsigned(dossier)
        self.notes += (Note(number, "withdrawn") for number in sorted(gone & bodies.keys()))
        self.notes += (Note(number, "transaction-unproven") for number in proofs.without_transaction)
        trust, confirmed = self._trust(dossier, proofs, without - gone)
        unchecked = [number for number in signatures.unchecked if not self._accepted(bodies[number])]
        self.notes += (
            Note(number, "unchecked", {"signer": bodies[number]["signer"]}) for number in unchecked
        )
        unproven = sorted(without - gone - confirmed)
        self.notes += (Note(number, "unproven") for number in unproven)
        weak = bool(unproven or unchecked or proofs.without_transaction)
        facts = _facts(dossier, algorithm, export, proofs, signatures)
        lines = tuple(_lines(bodies, proofs, confirmed))
        return self._end(data, seal, trust, weak=weak, facts=facts, lines=lines)

    def _end(
        self,
        data: bytes,
        seal: str,
        trust: Trust,
        *,
        weak: bool = False,
        facts: dict[str, str] | None = None,
        lines: tuple[Line, ...] = (),
    ) -> Report:
        if not self.findings:
            respelt = first_difference(data, self.file)
            if respelt is not None:
                values = {"why": str(respelt)}
                self.findings.append(Finding(respelt.record, respelt.place, "respelt", values))
        last = len(self.file.records)
        self.findings.sort(key=lambda one: last if one.record is None else one.record)
        if self.findings:
            verdict = Verdict.ALTERED
        elif trust.root is Root.NONE or trust.untied or not trust.tied:
            verdict = Verdict.UNTIED
        else:
            verdict = Verdict.WEAKER if weak else Verdict.VERIFIED
        notes = tuple(sorted(self.notes, key=lambda one: last if one.record is None else one.record))
        return Report(verdict, trust, tuple(_once(self.findings)), notes, lines, facts or {}, seal)

    def _without_proof(
        self, bodies: Mapping[int, dict[str, Any]], export: dict[str, Any], gone: set[int]
    ) -> set[int]:
        events = {number for number, body in bodies.items() if body["kind"] == EVENT}
        if export["receipts"] == NO_TRIES:
            self.notes.append(Note(None, "no-tries", {"backend": export["backend"]}))
            return events
        return events & {one for one in export.get("unproven", ()) if isinstance(one, int)}

    # --------------------------------------------------------------------- what is believed

    def _trust(self, dossier: Dossier, proofs: Proofs, without: set[int]) -> tuple[Trust, set[int]]:
        """How far the root of trust reaches, and the events that the chain itself confirmed."""
        blocks: dict[str, tuple[int, int]] = {}
        for number, body in dossier.bodies.items():
            if body["kind"] == EVENT and number not in dossier.withdrawn:
                blocks.setdefault(body["block_hash"], (number, body["block"]))
        confirmed: set[int] = set()
        if self.chain is not None:
            tied = self._ask(self.chain, dossier, blocks)
            confirmed = self._confirmed(self.chain, dossier, without)
        else:
            tied = self._follow(proofs)
            unused = sorted(set(self.hashes) - proofs.headers.keys())
            self.notes += (Note(None, "hash-unused", {"hash": one}) for one in unused)
        reached = tuple(name for name in blocks if name in tied)
        rest = tuple(name for name in blocks if name not in tied)
        return Trust(self.root, tuple(self.hashes), reached, rest), confirmed

    def _follow(self, proofs: Proofs) -> set[str]:
        """The blocks given, and those that their headers name as parents."""
        believed = set(self.hashes)
        for name, header in sorted(proofs.headers.items(), key=lambda one: -one[1].number):
            if name in believed:
                believed.add("0x" + header.parent.hex())
        return believed & proofs.headers.keys()

    def _ask(self, chain: Chain, dossier: Dossier, blocks: Mapping[str, tuple[int, int]]) -> set[str]:
        """The blocks that the chain has, too; it is also asked whether an event is missing here."""
        if str(chain.chain_id()) != dossier.card["chain_id"]:
            values = {"is": dossier.card["chain_id"], "should": str(chain.chain_id())}
            self.findings.append(Finding(0, "chain_id", "other-chain", values))
            return set()
        tied = set()
        for name, (number, block) in blocks.items():
            head = chain.block(block)
            actual = "" if head is None else "0x" + head.hash.hex()
            if actual == name:
                tied.add(name)
            else:
                values = {"is": name, "should": actual, "block": str(block)}
                self.findings.append(Finding(number, "block_hash", "other-block", values))
        if tied:
            self._look_for_more(chain, dossier)
        return tied

    def _look_for_more(self, chain: Chain, dossier: Dossier) -> None:
        events = [body for body in dossier.bodies.values() if body["kind"] == EVENT]
        there = {(body["transaction"], body["topics"][0], body["data"]) for body in events}
        card, last = dossier.card, dossier.bodies[max(dossier.bodies)]["block"]
        first = min(body["block"] for body in events)
        wallet = parse_address(card["sub_wallet"])
        for log in chain.logs(wallet, [None, bytes.fromhex(card["card"][2:])], first, last):
            topic, transaction = "0x" + log.topics[0].hex(), "0x" + log.tx_hash.hex()
            if (transaction, topic, "0x" + log.data.hex()) not in there:
                values = {"block": str(log.block_number), "transaction": transaction, "event": _name(log)}
                self.findings.append(Finding(None, "records", "missing", values))

    def _confirmed(self, chain: Chain, dossier: Dossier, without: set[int]) -> set[int]:
        """Unproven events that the chain has exactly as the file tells them."""
        confirmed = set()
        for number in without:
            body = dossier.bodies[number]
            receipt = chain.receipt(bytes.fromhex(body["transaction"][2:]))
            logs = () if receipt is None else receipt.logs
            told = [(log.address.lower(), [*_texts(log)], "0x" + log.data.hex()) for log in logs]
            position = body["position"]
            if 0 <= position < len(told) and told[position] == (
                body["address"],
                body["topics"],
                body["data"],
            ):
                confirmed.add(number)
            else:
                values = {"is": body["transaction"], "should": ""}
                self.findings.append(Finding(number, "transaction", "other-block", values))
        return confirmed

    def _accepted(self, body: dict[str, Any]) -> bool:
        """Whether a contract account says, on the chain that is asked, that the signature is its own."""
        if self.chain is None:
            return False
        digest = digest_of(by_type()[body["type"]].schema, body["domain"], body["values"])
        question = is_valid_signature_call(digest, bytes.fromhex(body["signature"][2:]))
        try:
            return is_magic(self.chain.call(CallRequest(parse_address(body["signer"]), question)))
        except Reverted:
            return False


def _once(findings: Sequence[Finding]) -> Iterator[Finding]:
    seen: set[tuple[int | None, str]] = set()
    for one in findings:
        if (one.record, one.field) not in seen:
            seen.add((one.record, one.field))
            yield one


def _facts(
    dossier: Dossier, algorithm: str, export: dict[str, Any], proofs: Proofs, signatures: Signatures
) -> dict[str, str]:
    card = dossier.card
    events = sum(1 for body in dossier.bodies.values() if body["kind"] == EVENT)
    messages = sum(1 for body in dossier.bodies.values() if body["kind"] == MESSAGE)
    return {
        **{name: card[name] for name in ("card", "chain_id", "sub_wallet", "owner", "factory")},
        "merchant": (dossier.terms or {}).get("merchant", ""),
        "algorithm": algorithm,
        "backend": export["backend"],
        "receipts": export["receipts"],
        "records": str(len(dossier.bodies)),
        "events": str(events),
        "proven": str(len(proofs.standing)),
        "messages": str(messages),
        "checked": str(len(signatures.checked)),
        "exported_at": str(export["exported_at"]),
        "keep_until": str(export["keep_until"]),
    }


def _lines(bodies: Mapping[int, dict[str, Any]], proofs: Proofs, confirmed: set[int]) -> Iterator[Line]:
    for number, body in bodies.items():
        kind = body["kind"]
        stage, signer = str(body.get("stage", "")), str(body.get("signer", ""))
        if kind == EVENT:
            stands = proofs.standing.get(number)
            moment = 0 if stands is None else stands.header.timestamp
            there = stands is not None or number in confirmed
            yield Line(number, kind, stage, body["event"], moment, there)
        elif kind == MESSAGE:
            yield Line(number, kind, stage, body["type"].split("(")[0], body["signed_at"], True, signer)
        else:
            yield Line(number, kind, stage, kind, body.get("exported_at", 0), kind != EXPORT)


def _name(log: Log) -> str:
    for declared in by_name().values():
        if declared.contract == SUB_WALLET and declared.topic == log.topics[0]:
            return declared.name
    return "?"


def _texts(log: Log) -> Iterator[str]:
    for topic in log.topics:
        yield "0x" + topic.hex()
