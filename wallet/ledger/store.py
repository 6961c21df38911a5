"""One SQLite file, opened so that it survives `kill -9`, power loss and a full disk.

Write-ahead logging with `synchronous=FULL`: a commit is one flush, it is there or not there, and readers
never wait. Writers queue up for a stated time. Every SQLite failure becomes an EnvironmentFault that names
the file and the way out. The tables below are `journal`'s; another file brings its own.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from wallet.errors import EnvironmentFault

BUSY_SECONDS = 30.0
"""How long a command waits for another one that is writing."""

_TABLES = """
CREATE TABLE tx (
  hash BLOB NOT NULL, chain TEXT NOT NULL, sender TEXT NOT NULL, nonce INTEGER NOT NULL,
  purpose TEXT NOT NULL, raw BLOB NOT NULL, state TEXT NOT NULL,
  block INTEGER, block_hash BLOB, note TEXT NOT NULL DEFAULT '', PRIMARY KEY (chain, hash)
) WITHOUT ROWID;
CREATE UNIQUE INDEX tx_pending ON tx (chain, sender, nonce) WHERE state IN ('prepared', 'sent');
CREATE INDEX tx_block ON tx (chain, block) WHERE block IS NOT NULL;
CREATE INDEX tx_final ON tx (chain) WHERE state = 'mined';
CREATE TABLE authorisation (
  digest BLOB NOT NULL, chain TEXT NOT NULL, kind TEXT NOT NULL, card BLOB NOT NULL,
  signer TEXT NOT NULL, pays INTEGER NOT NULL, deadline INTEGER NOT NULL, signed_at INTEGER NOT NULL,
  signature BLOB NOT NULL, message TEXT NOT NULL, PRIMARY KEY (chain, digest)
);
CREATE INDEX authorisation_time ON authorisation (chain, signer, signed_at);
CREATE INDEX authorisation_card ON authorisation (chain, card);
CREATE TABLE card (
  card BLOB NOT NULL, chain TEXT NOT NULL, owner TEXT NOT NULL, wallet TEXT NOT NULL,
  terms BLOB NOT NULL, label TEXT NOT NULL, PRIMARY KEY (chain, card)
) WITHOUT ROWID;
CREATE TABLE chain (name TEXT PRIMARY KEY, identity TEXT NOT NULL) WITHOUT ROWID;
"""

_SEALS = """
CREATE TABLE seal (
  chain TEXT NOT NULL, card BLOB NOT NULL, number INTEGER NOT NULL, subject BLOB NOT NULL,
  record TEXT NOT NULL, hash TEXT NOT NULL, PRIMARY KEY (chain, card, number)
) WITHOUT ROWID;
CREATE UNIQUE INDEX seal_subject ON seal (chain, card, subject);
"""

JOURNAL = (_TABLES, _SEALS)
"""Script n brings a file of schema n to schema n + 1; new ones are added at the end."""


def connect(
    path: Path,
    *,
    busy_seconds: float = BUSY_SECONDS,
    scripts: Sequence[str] = JOURNAL,
    durable: bool = True,
) -> sqlite3.Connection:
    """Open or create the file at `path`; EnvironmentFault if it is corrupt, newer, full or unreadable.

    Not `durable`, it survives a killed process and no power cut: for what is thrown away in the end.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as problem:
        raise EnvironmentFault(
            f"{path}: {problem.strerror or problem}",
            hint="check the disk and who may write there",
            code="ledger-unwritable",
            path=str(path),
        ) from problem
    with faults(path):
        db = sqlite3.connect(path, timeout=busy_seconds, isolation_level=None)
        db.row_factory = sqlite3.Row
        try:
            db.execute("PRAGMA journal_mode = WAL")
            db.execute(f"PRAGMA synchronous = {'FULL' if durable else 'OFF'}")
            _migrate(db, path, scripts)
        except BaseException:
            db.close()
            raise
        return db


def _migrate(db: sqlite3.Connection, path: Path, scripts: Sequence[str]) -> None:
    if _version(db) < len(scripts):
        db.execute("BEGIN IMMEDIATE")
        try:
            for script in scripts[_version(db) :]:  # another command may have been faster
                for statement in script.split(";"):
                    db.execute(statement)
            db.execute(f"PRAGMA user_version = {max(_version(db), len(scripts))}")
            db.execute("COMMIT")
        except BaseException:
            db.execute("ROLLBACK")
            raise
    version = _version(db)
    if version != len(scripts):
        raise EnvironmentFault(
            f"{path}: journal schema {version}, this program knows {len(scripts)}",
            hint="use the newer program that wrote it, or move the file away",
            code="ledger-version",
            path=str(path),
            version=version,
        )


def _version(db: sqlite3.Connection) -> int:
    return int(db.execute("PRAGMA user_version").fetchone()[0])


@contextmanager
def writing(db: sqlite3.Connection, path: Path) -> Iterator[sqlite3.Connection]:
    """One atomic write under the journal's lock, shared with every other process."""
    with faults(path):
        db.execute("BEGIN IMMEDIATE")
        try:
            yield db
            db.execute("COMMIT")
        except BaseException:
            # After a full disk SQLite may have rolled back by itself already.
            if db.in_transaction:
                db.execute("ROLLBACK")
            raise


@contextmanager
def faults(path: Path) -> Iterator[None]:
    """Turn SQLite's failures into an EnvironmentFault about `path`; others pass."""
    try:
        yield
    except sqlite3.Error as problem:
        raise _fault(path, problem) from problem


@contextmanager
def reading(path: Path) -> Iterator[None]:
    """The same, also for rows that cannot be what was once written."""
    with faults(path):
        try:
            yield
        except ValueError as damage:
            raise sqlite3.DatabaseError(f"a record is damaged: {damage}") from damage


def _fault(path: Path, problem: sqlite3.Error) -> EnvironmentFault:
    text = str(problem).lower()
    if "locked" in text or "busy" in text:
        code, hint = "ledger-busy", "another command is writing; wait for it or end it, then try again"
    elif "full" in text or "disk i/o" in text or "too big" in text:
        code, hint = (
            "ledger-full",
            "free some space and run the command again; nothing was sent unrecorded",
        )
    elif "unable to open" in text or "readonly" in text:
        code, hint = "ledger-unwritable", "check the folder and who may write there"
    else:
        code = "ledger-corrupt"
        hint = (
            f"move it away (mv '{path}' '{path}.broken'); cards are rebuilt from the chain by "
            "`prepaid card list`, and `prepaid card void` voids authorisations that are still out"
        )
    return EnvironmentFault(f"{path}: {problem}", hint=hint, code=code, path=str(path))
