"""What was signed and what was sent, on disk before anybody else sees it.

Two rules make a crash harmless: an authorisation is recorded before it is shown, a transaction before it
is sent. The journal knows no keys, sends nothing and decides nothing; `outbox` moves transactions along
and `recover` finds out what became of them. Nonces are given out here, under the lock, because two
commands of one account may run at once.
"""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from wallet.errors import InvalidInput
from wallet.ledger import seals as sealing
from wallet.ledger.records import PENDING, Authorisation, KnownCard, Seal, State, Transaction
from wallet.ledger.store import BUSY_SECONDS, connect, faults, reading, writing

OnStep = Callable[[str], None]
"""Told the name of each step once it is done; tests kill the process there."""

_MAX = (1 << 63) - 1
_ADDRESS = re.compile(r"0x[0-9a-fA-F]{40}")


class Journal:
    """The journal in one file. Use `Journal.open`, and close it (or use `with`)."""

    def __init__(
        self, db: sqlite3.Connection, path: Path, on_step: OnStep | None, durable: bool = True
    ) -> None:
        self._db, self.path, self.durable = db, path, durable
        self.step: OnStep = on_step or (lambda _: None)

    @classmethod
    def open(
        cls,
        path: Path,
        *,
        busy_seconds: float = BUSY_SECONDS,
        on_step: OnStep | None = None,
        durable: bool = True,
    ) -> Self:
        """Open or create the journal; EnvironmentFault (`ledger-…`) names the file and the way out."""
        return cls(connect(path, busy_seconds=busy_seconds, durable=durable), path, on_step, durable)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the file; what was recorded is already on disk."""
        self._db.close()

    # ------------------------------------------------------------------------------ authorisations

    def record_authorisations(self, signed: Iterable[Authorisation], seals: Sequence[Seal] = ()) -> None:
        """Write `signed` and `seals` down in one commit. A message signed twice is one authorisation."""
        rows = [
            (
                a.digest, a.chain, a.kind, a.card, a.signer, _small("pays", a.pays),
                _small("deadline", a.deadline), a.signed_at, a.signature,
                json.dumps(a.message, ensure_ascii=False, sort_keys=True),
            )
            for a in signed
        ]  # fmt: skip
        with writing(self._db, self.path) as db:
            db.executemany("INSERT OR IGNORE INTO authorisation VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", rows)
            sealing.append(db, seals)
        self.step("authorisation-recorded")

    def authorisations(
        self, chain: str, *, card: bytes | None = None, signer: str | None = None, since: int = 0
    ) -> list[Authorisation]:
        """Authorisations on `chain` signed at or after `since`, in the order of signing."""
        query = "SELECT * FROM authorisation WHERE chain = ? AND signed_at >= ?"
        values: list[object] = [chain, since]
        for column, value in (("card", card), ("signer", signer)):
            if value is not None:
                query += f" AND {column} = ?"
                values.append(value)
        with reading(self.path):
            rows = self._db.execute(query + " ORDER BY signed_at, rowid", values).fetchall()
            return [
                Authorisation(**{**row, "message": json.loads(row["message"])}) for row in map(dict, rows)
            ]

    def authorised(self, chain: str, signer: str, *, since: int) -> int:
        """Fen that `signer` let move at most by consumptions signed at or after `since`, for daily limits."""
        query = (
            "SELECT coalesce(sum(pays), 0) FROM authorisation"
            " WHERE chain = ? AND signer = ? AND signed_at >= ? AND kind IN ('Consume', 'Voucher')"
        )
        with faults(self.path):
            return int(self._db.execute(query, (chain, signer, since)).fetchone()[0])

    # -------------------------------------------------------------------------------- transactions

    def prepare(
        self,
        chain: str,
        sender: str,
        next_nonce: Callable[[], int],
        drafts: Sequence[tuple[str, Callable[[int], tuple[bytes, bytes]]]],
    ) -> list[Transaction]:
        """Give each draft (purpose, sign) a nonce, let it be signed, and write all down in one commit.

        `sign(nonce)` returns (raw, hash). `next_nonce` asks the chain and is called under the lock, so a
        transaction that another command has just seen mined is never counted twice. Gaps that a forgotten
        transaction left are filled first: a nonce serves once, so old and new cannot both be mined.
        """
        with writing(self._db, self.path) as db:
            nonce = next_nonce()
            query = "SELECT nonce FROM tx WHERE chain = ? AND sender = ? AND nonce >= ? AND state IN (?, ?)"
            taken = {row[0] for row in db.execute(query, (chain, sender, nonce, *PENDING))}
            made = []
            for purpose, sign in drafts:
                while nonce in taken:
                    nonce += 1
                raw, tx_hash = sign(nonce)
                made.append(Transaction(tx_hash, chain, sender, nonce, purpose, raw, State.PREPARED))
                nonce += 1
            # The same bytes can come again only after the chain forgot them: then they start anew.
            db.executemany(
                "INSERT OR REPLACE INTO tx VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                [(t.hash, chain, sender, t.nonce, t.purpose, t.raw, t.state, None, None, "") for t in made],
            )
        self.step("prepared")
        return made

    def mark_sent(self, chain: str, hashes: Iterable[bytes]) -> None:
        """`chain` took these."""
        self._mark(
            "UPDATE tx SET state = 'sent' WHERE chain = ? AND hash = ? AND state = 'prepared'",
            [(chain, tx) for tx in hashes],
        )
        self.step("marked-sent")

    def mark_mined(
        self,
        chain: str,
        rows: Iterable[tuple[bytes, bool, int, bytes]],
        *,
        final: bool,
        seals: Sequence[Seal] = (),
    ) -> None:
        """These (hash, ok, block number, block hash) stand in blocks; `final` if nothing can undo them.

        `seals` are written in the same commit.
        """
        good = State.FINAL if final else State.MINED
        self._mark(
            "UPDATE tx SET state = ?, block = ?, block_hash = ?, note = ? WHERE chain = ? AND hash = ?",
            [
                (good if ok else State.FAILED, number, block, "" if ok else "the contract refused", chain, tx)
                for tx, ok, number, block in rows
            ],
            seals,
        )
        self.step("marked-mined")

    def mark_waiting(self, chain: str, hashes: Iterable[bytes]) -> None:
        """Their block is gone from the chain, which holds them to be mined again."""
        self._mark(
            "UPDATE tx SET state = 'sent', block = NULL, block_hash = NULL WHERE chain = ? AND hash = ?",
            [(chain, tx) for tx in hashes],
        )

    def mark_lost(self, chain: str, hashes: Iterable[bytes], state: State, note: str) -> None:
        """These are not in the chain and will not be: `state` is FORGOTTEN or FAILED, `note` says why."""
        assert state in (State.FORGOTTEN, State.FAILED)
        self._mark(
            "UPDATE tx SET state = ?, block = NULL, block_hash = NULL, note = ? WHERE chain = ? AND hash = ?",
            [(state, note, chain, tx) for tx in hashes],
        )

    def mark_final(self, chain: str, up_to: int) -> None:
        """Everything mined at or below block `up_to` of `chain` is final."""
        self._mark(
            "UPDATE tx SET state = 'final' WHERE chain = ? AND state = 'mined' AND block <= ?",
            [(chain, up_to)],
        )

    def pending(self, chain: str, *, sender: str | None = None) -> list[Transaction]:
        """Transactions on `chain` whose outcome is open, in the order of their nonces."""
        query, values = "SELECT * FROM tx WHERE chain = ? AND state IN (?, ?)", [chain, *PENDING]
        if sender is not None:
            query, values = query + " AND sender = ?", [*values, sender]
        return self._transactions(query + " ORDER BY sender, nonce", values)

    def mined(self, chain: str, *, limit: int, before: int = _MAX) -> list[Transaction]:
        """The newest `limit` transactions that stand in blocks below `before`, newest first."""
        query = "SELECT * FROM tx WHERE chain = ? AND block IS NOT NULL AND block < ?"
        return self._transactions(query + " ORDER BY block DESC LIMIT ?", [chain, before, limit])

    def in_block(self, chain: str, block: int) -> list[Transaction]:
        """All our transactions in block `block`."""
        return self._transactions("SELECT * FROM tx WHERE chain = ? AND block = ?", [chain, block])

    def transaction(self, chain: str, tx_hash: bytes) -> Transaction | None:
        """The transaction with this hash on `chain`, if it is ours."""
        found = self._transactions("SELECT * FROM tx WHERE chain = ? AND hash = ?", [chain, tx_hash])
        return found[0] if found else None

    def done(self, chain: str, purpose: str) -> Transaction | None:
        """The last transaction with exactly this purpose that stands in a block and did not fail."""
        query = "SELECT * FROM tx WHERE chain = ? AND purpose = ? AND state IN ('mined', 'final')"
        found = self._transactions(query + " ORDER BY block DESC LIMIT 1", [chain, purpose])
        return found[0] if found else None

    def ever(self, chain: str, start: str) -> bool:
        """Whether a transaction whose purpose begins with `start` stands in a block and did not fail."""
        query = (
            "SELECT 1 FROM tx WHERE chain = ? AND substr(purpose, 1, ?) = ? AND state IN ('mined', 'final')"
        )
        with faults(self.path):
            return self._db.execute(query + " LIMIT 1", (chain, len(start), start)).fetchone() is not None

    # --------------------------------------------------------------------------------------- cards

    def remember_cards(self, cards: Iterable[KnownCard]) -> None:
        """Keep what the chain told about cards; an empty label leaves a known one as it is."""
        self._mark(
            "INSERT INTO card VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (chain, card) DO UPDATE SET "
            "label = iif(excluded.label = '', label, excluded.label)",
            [(c.card, c.chain, c.owner, c.wallet, c.terms, c.label) for c in cards],
        )

    def cards(self, chain: str, *, owner: str | None = None, start: str = "") -> list[KnownCard]:
        """Known cards on `chain`, all or one owner's, whose ids begin with the hexadecimal digits `start`."""
        query = "SELECT * FROM card WHERE chain = ? AND card BETWEEN ? AND ?"
        values: list[object] = [
            chain,
            bytes.fromhex(start.ljust(64, "0")),
            bytes.fromhex(start.ljust(64, "f")),
        ]
        if owner is not None:
            query, values = query + " AND owner = ?", [*values, owner]
        with reading(self.path):
            found = [KnownCard(**dict(row)) for row in self._db.execute(query + " ORDER BY card", values)]
            for one in found:
                if not (_ADDRESS.fullmatch(one.owner) and _ADDRESS.fullmatch(one.wallet)):
                    raise ValueError(f"card 0x{one.card.hex()} has no address")
            return found

    # ------------------------------------------------------------------------------------- evidence

    def seal(self, seals: Sequence[Seal]) -> int:
        """Add records to cards' evidence; those whose subject is sealed already are left out. How many."""
        with writing(self._db, self.path) as db:
            return sealing.append(db, seals)

    def sealed(self, chain: str, card: bytes) -> list[str]:
        """The sealed records of a card, oldest first, as their maker wrote them."""
        with reading(self.path):
            return sealing.sealed(self._db, chain, card)

    # -------------------------------------------------------------------------------------- chains

    def meet(self, name: str, identity: str) -> str | None:
        """Note which chain stands at `name` now; returns the identity that stood there before, if another."""
        with writing(self._db, self.path) as db:
            row = db.execute("SELECT identity FROM chain WHERE name = ?", (name,)).fetchone()
            if row is None or row[0] != identity:
                db.execute("INSERT OR REPLACE INTO chain VALUES (?, ?)", (name, identity))
        return None if row is None or row[0] == identity else str(row[0])

    def check(self) -> None:
        """Read the whole file; EnvironmentFault (`ledger-corrupt`) if any page is damaged."""
        with faults(self.path):
            verdict = self._db.execute("PRAGMA integrity_check(1)").fetchone()[0]
            if verdict != "ok":
                raise sqlite3.DatabaseError(verdict)

    def _mark(self, statement: str, rows: Sequence[tuple[object, ...]], seals: Sequence[Seal] = ()) -> None:
        if rows:
            with writing(self._db, self.path) as db:
                db.executemany(statement, rows)
                sealing.append(db, seals)

    def _transactions(self, query: str, values: Sequence[object]) -> list[Transaction]:
        with reading(self.path):
            rows = self._db.execute(query, values).fetchall()
            return [Transaction(**{**row, "state": State(row["state"])}) for row in map(dict, rows)]


def _small(name: str, value: int) -> int:
    if not 0 <= value <= _MAX:
        raise InvalidInput(
            f"{name}: {value} is too large to keep a record of",
            hint="use a smaller number",
            code="invalid-amount",
            name=name,
            value=value,
        )
    return value
