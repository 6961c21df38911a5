"""One file with everything that shows what happened to a card: sealed records, signatures, proofs of events.

What was sealed here stands in it as it was sealed; a store that was edited since is refused, with the record
and the field. Events that this machine had not seen are read from the chain first, so that a lost ledger
costs the signatures it held and nothing else.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from wallet.chain.base import Capability, Log, Unsupported
from wallet.errors import EnvironmentFault, InvalidInput
from wallet.evidence.blocks import RawLog, read_header, read_receipt
from wallet.evidence.bodies import (
    EVENT,
    NO_TRIES,
    PROVEN,
    RETENTION_DAYS,
    SeenEvent,
    card_body,
    event_body,
    export_body,
)
from wallet.evidence.canonical import ALGORITHMS, Json
from wallet.evidence.events import MERCHANTS, SUB_WALLET, by_name, declarations
from wallet.evidence.file import EvidenceFile, Proof
from wallet.evidence.findings import Finding, Note
from wallet.evidence.intact import check_chain, check_shapes
from wallet.evidence.proven import withdrawn
from wallet.evidence.record import NONE_BEFORE, Record, read_record, seal
from wallet.evidence.tries import BlockTrie
from wallet.evidence.verify import verify
from wallet.keccak import keccak256
from wallet.ledger import Seal
from wallet.services.context import Context
from wallet.services.records import CardRecord, find_card, remembered_card
from wallet.services.sealing import (
    ALGORITHM,
    addresses_of,
    card_facts,
    cover_of,
    event_seals,
    see,
    withdrawal_seal,
)

_DAY = 86_400
_MERCHANT_EVENTS = tuple(one.topic for one in declarations().values() if one.contract == MERCHANTS)


@dataclass(frozen=True, slots=True)
class Exported:
    """A file ready to be written. `seal` is its last hash, worth keeping elsewhere.

    `late` are the records that were read from the chain only now; `unsigned` names the events whose signature
    is not in the file, `unproven` the records whose block the chain no longer gives.
    """

    card: str
    file: EvidenceFile
    seal: str
    records: int
    events: int
    proven: bool
    late: tuple[int, ...]
    unsigned: tuple[Note, ...]
    unproven: tuple[int, ...]


def export(
    context: Context,
    wanted: str,
    *,
    algorithm: str = ALGORITHM,
    retention_days: int = RETENTION_DAYS,
    headers: bool = False,
    from_chain: bool = False,
) -> Exported:
    """The evidence of a card (its id or the start of it).

    `headers` adds the headers of all blocks between the first and the last, so that the hash of the last one
    ties them all down. `from_chain` leaves what is kept here aside. Raises EnvironmentFault
    (`evidence-altered`) if the records kept here are not as they were sealed, InvalidInput for a card nobody
    knows, an unknown hash, or a retention below three years.
    """
    _require(algorithm, retention_days)
    record = remembered_card(context, wanted) or find_card(context, wanted)
    before = () if from_chain else _kept(context, record)
    seen = list(_on_chain(context, record))
    if from_chain:
        bodies = _from_chain(context, record, seen)
    else:
        context.journal.seal([*_late(context, record, before, seen), *_gone(context, record, before)])
        bodies = [one.body for one in _kept(context, record)]
    if len(bodies) < 2:
        raise _nothing(record)
    numbered = dict(enumerate(bodies))
    files = _Proofs(context, numbered)
    export_ = export_body(
        len(bodies),
        exported_at=context.chain.now(),
        backend=context.chain.name,
        block=context.chain.head().number,
        receipts=PROVEN if files.has_tries else NO_TRIES,
        retention_days=retention_days,
        keep_until=files.latest + retention_days * _DAY,
        unproven=sorted(files.unproven),
        cover=cover_of(context, record.terms),
    )
    records = tuple(_sealed([*bodies, export_], algorithm))
    if headers and files.has_tries:
        files.link()
    file = EvidenceFile(records, files.headers, files.proofs)
    report = verify(file.to_bytes())
    if report.findings:  # hashes that were made anew do not help whoever edited the store
        raise _altered(record, report.findings[0])
    return Exported(
        card="0x" + record.card.hex(),
        file=file,
        seal=records[-1].hash,
        records=len(records),
        events=sum(1 for body in bodies if body["kind"] == EVENT),
        proven=files.has_tries,
        late=() if from_chain else tuple(range(max(1, len(before)), len(bodies))),
        unsigned=tuple(note for note in report.notes if note.code == "unsigned"),
        unproven=tuple(sorted(files.unproven)),
    )


def _require(algorithm: str, retention_days: int) -> None:
    if algorithm not in ALGORITHMS:
        known = ", ".join(ALGORITHMS)
        raise InvalidInput(
            f"hash: {algorithm!r} is none of {known}",
            hint="leave it out for sha256",
            code="evidence-algorithm",
            value=algorithm,
            known=known,
        )
    if not RETENTION_DAYS <= retention_days <= 36_500:
        raise InvalidInput(
            f"retention: {retention_days} days are not between {RETENTION_DAYS} and 36500",
            hint="records of prepaid cards are kept for three years at least",
            code="evidence-retention",
            days=retention_days,
            least=RETENTION_DAYS,
        )


def _kept(context: Context, record: CardRecord) -> tuple[Record, ...]:
    """The records of the card that are kept here, found to be as they were sealed."""
    found: list[Record] = []
    for number, text in enumerate(context.journal.sealed(context.identity, record.card)):
        try:
            found.append(read_record(text))
        except ValueError as bad:
            raise _altered(record, Finding(number, "body", "unreadable", {"why": str(bad)})) from bad
    if found:
        for finding in (*check_chain(found, ALGORITHM), *check_shapes(found, whole=False)):
            raise _altered(record, finding)
    return tuple(found)


def _on_chain(context: Context, record: CardRecord) -> Iterator[SeenEvent]:
    """Every event that belongs into the card's evidence, in the order of the chain."""
    platform, chain = context.platform, context.chain
    logs = _about_card(context, record)
    if logs:
        closed = [log.block_number for log in logs if log.topics[0] == by_name()["Closed"].topic]
        merchant = bytes(12) + bytes.fromhex(record.terms.merchant[2:])
        first = min(log.block_number for log in logs)
        last = max(closed, default=None)
        logs += chain.logs(platform.merchant_registry, [_MERCHANT_EVENTS, merchant], first, last)
    logs.sort(key=lambda log: (log.block_number, log.index))
    for log, block_hash, position in _placed(context, logs):
        seen = see(declarations()[log.topics[0]], log, block_hash, position)
        if seen is not None:
            yield seen


def _about_card(context: Context, record: CardRecord) -> list[Log]:
    """Events in which the card's id stands, from the contracts that may say them."""
    contracts = {one.contract for one in declarations().values()} - {SUB_WALLET}
    known = {name: addresses_of(context, name, record.terms) for name in contracts}
    asked: dict[tuple[str, int], list[bytes]] = {}
    for declared in declarations().values():
        mine = declared.contract == SUB_WALLET
        for address in (record.wallet,) if mine else known[declared.contract]:
            for place in declared.places("card"):
                asked.setdefault((address, place), []).append(declared.topic)
    word, found = bytes(12) + bytes.fromhex(record.wallet[2:]), list[Log]()
    for (address, place), topics in asked.items():
        filter_ = [topics, *[None] * (place - 1), record.card]
        for log in context.chain.logs(address, filter_, context.platform.block):
            wallets = declarations()[log.topics[0]].places("wallet")
            # Somebody else's contract may tell the disputes of a card with the same id.
            if not wallets or log.topics[wallets[0]] == word:
                found.append(log)
    return found


def _placed(context: Context, logs: Sequence[Log]) -> Iterator[tuple[Log, bytes, int]]:
    """Each log with its block's hash and its position among the events of its transaction."""
    hashes = list(dict.fromkeys(log.tx_hash for log in logs))
    receipts = dict(zip(hashes, context.chain.receipts(hashes), strict=True))
    for log in logs:
        receipt = receipts[log.tx_hash]
        if receipt is not None:
            indices = [one.index for one in receipt.logs]
            if log.index in indices:
                yield log, receipt.block_hash, indices.index(log.index)


def _late(
    context: Context, record: CardRecord, kept: Sequence[Record], seen: Iterable[SeenEvent]
) -> Iterator[Seal]:
    """Seals for events of which nothing is kept here yet."""
    there = {
        (one.body["block_hash"], one.body["transaction"], one.body["position"])
        for one in kept
        if one.body["kind"] == EVENT
    }
    facts = card_facts(context, record.card, record.owner)
    for one in seen:
        if one.place not in there:
            yield from event_seals(context, facts, one)


def _gone(context: Context, record: CardRecord, kept: Sequence[Record]) -> Iterator[Seal]:
    """Seals for the withdrawal of events whose blocks the chain took back."""
    here: dict[int, str] = {}
    done = withdrawn({number: one.body for number, one in enumerate(kept)})
    for number, one in enumerate(kept):
        body: dict[str, Any] = one.body
        if body["kind"] != EVENT or number in done:
            continue
        if body["block"] not in here:
            head = context.chain.block(body["block"])
            here[body["block"]] = "" if head is None else "0x" + head.hash.hex()
        if here[body["block"]] != body["block_hash"]:
            yield withdrawal_seal(context, record.card, number, body["block_hash"])


def _from_chain(context: Context, record: CardRecord, seen: Iterable[SeenEvent]) -> list[dict[str, Json]]:
    facts = card_facts(context, record.card, record.owner)
    first: dict[str, Json] = card_body(facts, ALGORITHM)
    return [first, *(event_body(number, one) for number, one in enumerate(seen, 1))]


def _sealed(bodies: Iterable[dict[str, Json]], algorithm: str) -> Iterator[Record]:
    """The records one after another; as they were sealed here if the hash is the same."""
    previous = NONE_BEFORE
    for body in bodies:
        said = {**body, "hash_algorithm": algorithm} if "hash_algorithm" in body else body
        made = seal(said, previous, algorithm)
        previous = made.hash
        yield made


class _Proofs:
    """Headers and proofs for the events of a file."""

    def __init__(self, context: Context, bodies: dict[int, dict[str, Any]]) -> None:
        self.headers: dict[str, str] = {}
        self.proofs: dict[str, Proof] = {}
        self.unproven: set[int] = set()
        self.latest = 0
        self._chain = context.chain
        self.has_tries = Capability.RECEIPTS in self._chain.capabilities
        gone = withdrawn(bodies)
        events = [(n, body) for n, body in bodies.items() if body["kind"] == EVENT and n not in gone]
        blocks: dict[int, list[tuple[int, dict[str, Any]]]] = {}
        for number, body in events:
            blocks.setdefault(body["block"], []).append((number, body))
        for block, there in blocks.items():
            head = self._chain.block(block)
            self.latest = max(self.latest, 0 if head is None else head.timestamp)
            if self.has_tries and not self._prove(block, there):
                self.unproven |= {number for number, _ in there}

    def link(self) -> None:
        """Add the headers between those there are."""
        numbers = [read_header(bytes.fromhex(one[2:])).number for one in self.headers.values()]
        for number in range(min(numbers, default=0), max(numbers, default=0)):
            raw = self._chain.raw_header(number)
            if raw is not None:
                self.headers["0x" + keccak256(raw).hex()] = "0x" + raw.hex()

    def _prove(self, block: int, events: Sequence[tuple[int, dict[str, Any]]]) -> bool:
        """Prove events of one block; False if the chain does not give what that takes (any more)."""
        try:
            raw = self._chain.raw_block(block)
        except Unsupported:
            return False
        name = "" if raw is None else "0x" + keccak256(raw.header).hex()
        if raw is None or any(body["block_hash"] != name for _, body in events):
            return False
        header = read_header(raw.header)
        receipts = BlockTrie(raw.receipts)
        if receipts.root != header.receipts_root:
            return False
        sent = raw.transactions
        transactions = None if sent is None else BlockTrie(sent)
        if transactions is not None and transactions.root != header.transactions_root:
            transactions = sent = None
        made: dict[str, Proof] = {}
        for _, body in events:
            index = _index(body, raw.receipts, sent)
            if index is None:
                return False
            made[body["transaction"]] = Proof(
                index,
                _texts(receipts.prove(index)),
                () if transactions is None else _texts(transactions.prove(index)),
            )
        self.headers[name] = "0x" + raw.header.hex()
        self.proofs |= made
        return True


def _index(
    body: dict[str, Any], receipts: Sequence[bytes], transactions: Sequence[bytes] | None
) -> int | None:
    """Where a transaction stands in its block: by its hash, else by the event in its receipt."""
    if transactions is not None:
        hashes = ["0x" + keccak256(raw).hex() for raw in transactions]
        return hashes.index(body["transaction"]) if body["transaction"] in hashes else None
    topics = tuple(bytes.fromhex(topic[2:]) for topic in body["topics"])
    wanted = RawLog(bytes.fromhex(body["address"][2:]), topics, bytes.fromhex(body["data"][2:]))
    for index, raw in enumerate(receipts):
        logs = read_receipt(raw).logs
        if body["position"] < len(logs) and logs[body["position"]] == wanted:
            return index
    return None


def _texts(nodes: Iterable[bytes]) -> tuple[str, ...]:
    return tuple("0x" + node.hex() for node in nodes)


def _altered(record: CardRecord, finding: Finding) -> EnvironmentFault:
    card = "0x" + record.card.hex()
    return EnvironmentFault(
        f"the evidence kept of card {card} was altered: record {finding.record}, field `{finding.field}`",
        hint="take the ledger back from a copy; `--from-chain` exports what the chain alone can tell",
        code="evidence-altered",
        card=card,
        record=finding.record,
        field=finding.field,
    )


def _nothing(record: CardRecord) -> InvalidInput:
    card = "0x" + record.card.hex()
    return InvalidInput(
        f"nothing is known of card {card} yet",
        hint="`prepaid card list` shows the cards there are",
        code="unknown-card",
        value=card,
    )
