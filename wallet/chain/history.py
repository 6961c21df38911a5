"""Blocks, receipts and events of the embedded chain, read from tables of its file.

Only blocks that count are shown: what a revert took away stays in the file, so that it can be returned to,
but is never found.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from wallet.chain.base import Head, Log, Receipt, Topics
from wallet.chain.store import Store

_CHUNK: Final = 500
"""Values in one question; SQLite takes at most 32,766."""

_LOG = (
    "SELECT l.address, l.topic0, l.topic1, l.topic2, l.topic3, l.data, c.number, l.tx, l.position "
    "FROM logs l JOIN canon c ON c.block = l.block "
)
_RECEIPT = (
    "SELECT t.hash, t.ok, c.number, b.hash, t.gas, t.contract FROM txs t "
    "JOIN canon c ON c.block = t.block JOIN blocks b ON b.id = t.block WHERE t.hash IN "
)


@dataclass(frozen=True, slots=True)
class MinedLog:
    """An event as the EVM gives it."""

    address: str
    topics: tuple[bytes, ...]
    data: bytes


@dataclass(frozen=True, slots=True)
class MinedTx:
    """A transaction as the EVM ran it. `output` is its revert data if it failed."""

    hash: bytes
    ok: bool
    gas: int
    contract: str | None
    output: bytes
    logs: tuple[MinedLog, ...]


class History:
    """The tables of one store. Every writing method must be called inside the store's `write`."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def _rows(self, sql: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        with self._store.guard():
            return self._store.db.execute(sql, values).fetchall()

    def _row(self, sql: str, values: Sequence[Any] = ()) -> tuple[Any, ...] | None:
        rows = self._rows(sql + " LIMIT 1", values)
        return rows[0] if rows else None

    # --------------------------------------------------------------------- blocks

    def head(self) -> Head | None:
        """The newest block; None only in a store that was just laid out."""
        row = self._row(
            "SELECT c.number, b.hash, b.timestamp FROM canon c JOIN blocks b ON b.id = c.block "
            "ORDER BY c.number DESC"
        )
        return Head(*row) if row else None

    def block(self, number: int) -> Head | None:
        row = self._row(
            "SELECT c.number, b.hash, b.timestamp FROM canon c JOIN blocks b ON b.id = c.block "
            "WHERE c.number = ?",
            (number,),
        )
        return Head(*row) if row else None

    # --------------------------------------------------------------------- transactions and events

    def known(self, tx_hash: bytes) -> bool:
        return bool(
            self._row("SELECT 1 FROM txs t JOIN canon c ON c.block = t.block WHERE t.hash = ?", (tx_hash,))
        )

    def output(self, tx_hash: bytes) -> bytes | None:
        """Revert data of a mined transaction, empty if it succeeded; None if it is not mined."""
        row = self._row(
            "SELECT t.output FROM txs t JOIN canon c ON c.block = t.block WHERE t.hash = ?", (tx_hash,)
        )
        return row[0] if row else None

    def receipts(self, hashes: Sequence[bytes]) -> list[Receipt | None]:
        """In the order asked; None where not mined."""
        found: dict[bytes, Receipt] = {}
        for start in range(0, len(hashes), _CHUNK):
            chunk = list(hashes[start : start + _CHUNK])
            logs: dict[bytes, list[Log]] = {}
            for row in self._rows(f"{_LOG} WHERE l.tx IN {_marks(chunk)} ORDER BY l.position", chunk):
                log = _log(row)
                logs.setdefault(log.tx_hash, []).append(log)
            for tx, ok, number, block, gas, contract in self._rows(_RECEIPT + _marks(chunk), chunk):
                found[tx] = Receipt(tx, bool(ok), number, block, gas, tuple(logs.get(tx, ())), contract)
        return [found.get(h) for h in hashes]

    def logs(self, addresses: Sequence[str] | None, topics: Topics, first: int, last: int) -> list[Log]:
        """Matching events of blocks first..last in chain order."""
        if len(topics) > 4:
            return []
        where = ["c.number BETWEEN ? AND ?"]
        values: list[Any] = [first, last]
        if addresses is not None:
            where.append(f"l.address IN {_marks(addresses)}")
            values += addresses
        for position, topic in enumerate(topics):
            wanted = [topic] if isinstance(topic, bytes) else topic
            if wanted:
                where.append(f"l.topic{position} IN {_marks(wanted)}")
                values += wanted
            else:
                where.append(f"l.topic{position} IS NOT NULL")
        return [
            _log(row)
            for row in self._rows(f"{_LOG} WHERE {' AND '.join(where)} ORDER BY c.number, l.position", values)
        ]

    # --------------------------------------------------------------------- writing

    def add_block(
        self, db: sqlite3.Connection, head: Head, parent: bytes, transactions: Iterable[MinedTx]
    ) -> None:
        """Record a block on top of the newest one."""
        again = db.execute("SELECT id FROM blocks WHERE hash = ?", (head.hash,)).fetchone()
        if again is not None:  # the very same block as before a revert
            db.execute("INSERT INTO canon VALUES (?, ?)", (head.number, again[0]))
            return
        cursor = db.execute(
            "INSERT INTO blocks (hash, parent, number, timestamp) VALUES (?, ?, ?, ?)",
            (head.hash, parent, head.number, head.timestamp),
        )
        block = cursor.lastrowid
        db.execute("INSERT INTO canon VALUES (?, ?)", (head.number, block))
        txs: list[tuple[Any, ...]] = []
        logs: list[tuple[Any, ...]] = []
        for position, tx in enumerate(transactions):
            txs.append((tx.hash, block, position, tx.ok, tx.gas, tx.contract, tx.output))
            for log in tx.logs:
                padded = (*log.topics, None, None, None, None)[:4]
                logs.append((block, len(logs), tx.hash, log.address, *padded, log.data))
        db.executemany("INSERT INTO txs VALUES (?, ?, ?, ?, ?, ?, ?)", txs)
        db.executemany("INSERT INTO logs VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", logs)

    def go_to(self, db: sqlite3.Connection, block_hash: bytes) -> None:
        """Make the given block, and through it its ancestors, the ones that count."""
        row = db.execute("SELECT id, number, parent FROM blocks WHERE hash = ?", (block_hash,)).fetchone()
        db.execute("DELETE FROM canon WHERE number > ?", (row[1],))
        while row is not None:
            block, number, parent = row
            if db.execute("SELECT block FROM canon WHERE number = ?", (number,)).fetchone() == (block,):
                break
            db.execute("INSERT OR REPLACE INTO canon VALUES (?, ?)", (number, block))
            row = db.execute("SELECT id, number, parent FROM blocks WHERE hash = ?", (parent,)).fetchone()

    # --------------------------------------------------------------------- clock and snapshots

    def meta(self, name: str) -> Any:
        row = self._row("SELECT value FROM meta WHERE name = ?", (name,))
        return row[0] if row else None

    def set_meta(self, db: sqlite3.Connection, name: str, value: Any) -> None:
        db.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (name, value))

    def add_snapshot(self, db: sqlite3.Connection, block_hash: bytes, offset: int) -> None:
        db.execute("DELETE FROM snapshots WHERE hash = ?", (block_hash,))
        db.execute("INSERT INTO snapshots (hash, offset) VALUES (?, ?)", (block_hash, offset))

    def snapshot(self, block_hash: bytes) -> tuple[int, int] | None:
        """Its row and its clock offset."""
        row = self._row("SELECT id, offset FROM snapshots WHERE hash = ?", (block_hash,))
        return (row[0], row[1]) if row else None

    def drop_snapshots_after(self, db: sqlite3.Connection, row: int) -> None:
        db.execute("DELETE FROM snapshots WHERE id > ?", (row,))


def _marks(values: Sequence[Any]) -> str:
    return f"({','.join('?' * len(values))})"


def _log(row: tuple[Any, ...]) -> Log:
    address, *topics, data, number, tx, index = row
    return Log(address, tuple(t for t in topics if t is not None), data, number, tx, index)
