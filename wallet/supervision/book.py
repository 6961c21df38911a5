"""All facts in one file of the state folder, beside the journal and as safe as that.

Facts are added and never changed. The book follows the chain: what was said on blocks that the chain no
longer has (rolled back, forgotten) is set aside. It holds names, licences and bank accounts, which never go
on a chain; the file is its owner's alone.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from wallet.errors import EnvironmentFault
from wallet.ledger.store import BUSY_SECONDS, connect, reading, writing
from wallet.supervision.facts import MAY_SAY, Fact, Role

NAME = "supervision.sqlite"

_TABLES = """
CREATE TABLE fact (
  number INTEGER PRIMARY KEY AUTOINCREMENT, chain TEXT NOT NULL, kind TEXT NOT NULL, subject TEXT NOT NULL,
  role TEXT NOT NULL, said_by TEXT NOT NULL, at INTEGER NOT NULL, block INTEGER NOT NULL,
  block_hash BLOB NOT NULL, data TEXT NOT NULL, gone INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX fact_subject ON fact (chain, subject) WHERE gone = 0;
CREATE INDEX fact_kind ON fact (chain, kind) WHERE gone = 0
"""
SCRIPTS = (_TABLES,)


class Book:
    """The book of one chain. Use `Book.open`, and close it (or use `with`)."""

    def __init__(self, db: sqlite3.Connection, path: Path, chain: str) -> None:
        self._db, self.path, self.chain = db, path, chain

    @classmethod
    def open(
        cls, path: Path, chain: str, *, busy_seconds: float = BUSY_SECONDS, durable: bool = True
    ) -> Self:
        """Open or create the book at `path` for the chain `chain` (its identity). Raises EnvironmentFault."""
        with _named(path):
            # Before SQLite does, so that its own files beside it are nobody else's either.
            with suppress(OSError):
                path.touch(mode=0o600)
            db = connect(path, busy_seconds=busy_seconds, scripts=SCRIPTS, durable=durable)
        return cls(db, path, chain)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the file; what was said is already on disk."""
        self._db.close()

    def say(self, facts: Iterable[Fact]) -> list[Fact]:
        """Write `facts` down, all or none, and return them with their numbers."""
        written = []
        with _named(self.path), writing(self._db, self.path) as db:
            for one in facts:
                data = json.dumps(one.data, ensure_ascii=False, sort_keys=True)
                row = (self.chain, one.kind, one.subject, one.role, one.by, one.at, one.block, one.block_hash)
                number = db.execute(
                    "INSERT INTO fact (chain, kind, subject, role, said_by, at, block, block_hash, data)"
                    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                    (*row, data),
                ).lastrowid
                written.append(
                    Fact(
                        one.kind, one.subject, one.role, one.by, one.at, one.block, one.block_hash,
                        json.loads(data), number or 0,
                    )
                )  # fmt: skip
        return written

    def facts(
        self, *, subject: str | None = None, kinds: Sequence[str] = (), since: int = 0, newest: int = 0
    ) -> list[Fact]:
        """Facts in the order in which they were said: all, or those about `subject`, of `kinds`, at or after
        the time `since`; with `newest` only that many of the last ones."""
        query, values = "chain = ? AND gone = 0 AND at >= ?", [self.chain, since]
        if subject is not None:
            query, values = query + " AND subject = ?", [*values, subject]
        if kinds:
            query, values = query + f" AND kind IN ({', '.join('?' * len(kinds))})", [*values, *kinds]
        text = f"SELECT * FROM fact WHERE {query} ORDER BY number"  # noqa: S608 (only marks are put in)
        if newest:
            text = f"SELECT * FROM ({text} DESC LIMIT {int(newest)}) ORDER BY number"  # noqa: S608
        with _named(self.path), reading(self.path):
            return [_fact(row) for row in self._db.execute(text, values)]

    def subjects(self, kind: str) -> list[str]:
        """Whom facts of this kind are about, in the order of the first one."""
        text = (
            "SELECT subject FROM fact WHERE chain = ? AND kind = ? AND gone = 0"
            " GROUP BY subject ORDER BY min(number)"
        )
        with _named(self.path), reading(self.path):
            return [str(row[0]) for row in self._db.execute(text, (self.chain, kind))]

    def follow(self, stands: Callable[[int, bytes], bool]) -> int:
        """Set aside what was said on blocks that no longer stand; how many facts that were.

        `stands(number, hash)` asks the chain. What a chain loses it loses from its end, so the search stops
        at the newest fact whose block is there. A fact belongs to the block that was newest when it was said.
        """
        query = "SELECT number, block, block_hash FROM fact WHERE chain = ? AND gone = 0 ORDER BY number DESC"
        first, asked = None, None
        with _named(self.path), reading(self.path):
            for number, *block in self._db.execute(query, (self.chain,)):
                if block != asked and stands(*block):
                    break
                first, asked = number, block
        if first is None:
            return 0
        with _named(self.path), writing(self._db, self.path) as db:
            done = db.execute(
                "UPDATE fact SET gone = 1 WHERE chain = ? AND gone = 0 AND number >= ?", (self.chain, first)
            )
            return done.rowcount

    def check(self) -> None:
        """Read the whole file; EnvironmentFault (`book-corrupt`) if any page is damaged."""
        with _named(self.path), reading(self.path):
            verdict = self._db.execute("PRAGMA integrity_check(1)").fetchone()[0]
            if verdict != "ok":
                raise sqlite3.DatabaseError(verdict)


def _fact(row: sqlite3.Row) -> Fact:
    kind, data = str(row["kind"]), json.loads(row["data"])
    if kind not in MAY_SAY or not isinstance(data, dict):
        raise ValueError(f"fact {row['number']} is of no known kind")
    return Fact(
        kind, row["subject"], Role(row["role"]), row["said_by"], row["at"], row["block"], row["block_hash"],
        data, row["number"],
    )  # fmt: skip


@contextmanager
def _named(path: Path) -> Iterator[None]:
    """A damaged book has another way out than a damaged journal: nothing can tell again what it held."""
    try:
        yield
    except EnvironmentFault as fault:
        if fault.error_code != "ledger-corrupt":
            raise
        raise EnvironmentFault(
            fault.message,
            hint=f"bring back a copy of it, or move it away (mv '{path}' '{path}.broken') and start anew",
            code="book-corrupt",
            path=str(path),
        ) from fault
