"""Where sealed records are kept: one chain of them for each card, only ever added to.

Each is written in the same commit as what it seals, so that neither is ever there without the other. What a
record says and how it is hashed is its maker's business; nothing here changes or deletes one.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable

from wallet.ledger.records import Seal


def append(db: sqlite3.Connection, seals: Iterable[Seal]) -> int:
    """Add those of `seals` whose subject is not sealed yet, inside a transaction; returns how many."""
    there = "SELECT 1 FROM seal WHERE chain = ? AND card = ? AND subject = ?"
    tips: dict[tuple[str, bytes], tuple[int, str]] = {}
    met: set[tuple[str, bytes, bytes]] = set()
    rows = []
    for one in seals:
        name = one.chain, one.card, one.subject
        if name in met:
            continue
        met.add(name)
        if db.execute(there, name).fetchone() is not None:
            continue
        number, previous = tips.get((one.chain, one.card)) or _tip(db, one)
        text, made = one.make(number, previous)
        rows.append((one.chain, one.card, number, one.subject, text, made))
        tips[one.chain, one.card] = number + 1, made
    db.executemany("INSERT INTO seal VALUES (?, ?, ?, ?, ?, ?)", rows)
    return len(rows)


def sealed(db: sqlite3.Connection, chain: str, card: bytes) -> list[str]:
    """All records of a card, in order, as they were written."""
    query = "SELECT record FROM seal WHERE chain = ? AND card = ? ORDER BY number"
    return [str(row[0]) for row in db.execute(query, (chain, card))]


def _tip(db: sqlite3.Connection, one: Seal) -> tuple[int, str]:
    query = "SELECT number, hash FROM seal WHERE chain = ? AND card = ? ORDER BY number DESC LIMIT 1"
    row = db.execute(query, (one.chain, one.card)).fetchone()
    return (0, "") if row is None else (int(row[0]) + 1, str(row[1]))
