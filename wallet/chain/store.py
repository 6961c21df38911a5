"""The embedded chain's file: one SQLite database that survives being killed, and says when it did not.

Holds the EVM's own key-value data (trie nodes, headers) and, beside it, tables of blocks, receipts and
events, so that reading a chain's history needs neither the EVM nor a walk over its blocks. One process at a
time.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from wallet.chain.errors import ChainBusy, ChainError, StateDamaged, StateUnwritable
from wallet.home import Busy, FileLock
from wallet.keccak import keccak256

_APPLICATION: Final = 0x70726570
_VERSION: Final = 1
_MAGIC: Final = b"SQLite format 3\0"
_CACHED: Final = 200_000

_SCHEMA: Final = f"""
PRAGMA application_id = {_APPLICATION};
PRAGMA user_version = {_VERSION};
CREATE TABLE kv (key BLOB PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE meta (name TEXT PRIMARY KEY, value NOT NULL) WITHOUT ROWID;
CREATE TABLE blocks (
    id INTEGER PRIMARY KEY, hash BLOB NOT NULL UNIQUE, parent BLOB NOT NULL,
    number INTEGER NOT NULL, timestamp INTEGER NOT NULL);
-- The blocks that count, by number; others were reverted away.
CREATE TABLE canon (number INTEGER PRIMARY KEY, block INTEGER NOT NULL);
CREATE TABLE txs (
    hash BLOB NOT NULL, block INTEGER NOT NULL, position INTEGER NOT NULL, ok INTEGER NOT NULL,
    gas INTEGER NOT NULL, contract TEXT, output BLOB NOT NULL, PRIMARY KEY (hash, block)) WITHOUT ROWID;
CREATE TABLE logs (
    block INTEGER NOT NULL, position INTEGER NOT NULL, tx BLOB NOT NULL, address TEXT NOT NULL,
    topic0 BLOB, topic1 BLOB, topic2 BLOB, topic3 BLOB, data BLOB NOT NULL,
    PRIMARY KEY (block, position)) WITHOUT ROWID;
CREATE INDEX logs_by_topic ON logs (address, topic0, topic1);
CREATE INDEX logs_by_tx ON logs (tx);
CREATE TABLE snapshots (id INTEGER PRIMARY KEY, hash BLOB NOT NULL UNIQUE, offset INTEGER NOT NULL);
"""


def lock_of(path: Path, wait: float) -> FileLock:
    """The lock that whoever uses or replaces the file must hold; not taken yet."""
    return FileLock(path.with_name(path.name + ".lock"), wait)


def take(lock: FileLock, path: Path) -> None:
    """Acquire, or raise ChainBusy naming the holder."""
    try:
        lock.acquire()
    except Busy as busy:
        raise ChainBusy(path, busy.pid, busy.waited) from busy


def remove(path: Path) -> None:
    """Delete the file and what SQLite keeps beside it, which must never meet another database."""
    for name in (path.name, path.name + "-wal", path.name + "-shm", path.name + "-journal"):
        path.with_name(name).unlink(missing_ok=True)


class Store:
    """An open chain file. The caller holds its lock.

    What the EVM writes is collected in memory and reaches the file when the surrounding `write` ends, in one
    SQLite transaction with the index rows: after a kill at any moment the file holds whole blocks only.
    """

    def __init__(self, path: Path | None, *, new: bool = False, copy_of: Path | None = None) -> None:
        """Open `path`, or with `new` lay out an empty one; None keeps everything in memory.

        `copy_of` fills a store in memory from a file.

        Raises StateDamaged, StateUnwritable or ChainBusy.
        """
        self.path = path or Path(":memory:")
        self._pending: dict[bytes, bytes | None] = {}
        self._cache: dict[bytes, bytes] = {}
        if path is not None and not new:
            _look_at(path)
        with self.guard():
            self.db = sqlite3.connect(self.path, isolation_level=None, check_same_thread=False)
            try:
                if copy_of is not None:
                    with sqlite3.connect(copy_of) as source:
                        source.backup(self.db)
                else:
                    self._prepare(new or path is None)
            except BaseException:
                self.db.close()
                raise

    def _prepare(self, new: bool) -> None:
        self.db.execute("PRAGMA locking_mode = EXCLUSIVE")
        if new:
            # Becomes the chain's file only when complete; until then durability would be wasted.
            self.db.execute("PRAGMA journal_mode = MEMORY")
            self.db.executescript(_SCHEMA)
            return
        (application,) = self.db.execute("PRAGMA application_id").fetchone()
        (version,) = self.db.execute("PRAGMA user_version").fetchone()
        if application != _APPLICATION:
            raise StateDamaged(self.path, "it is a database, but not a chain's")
        if version != _VERSION:
            raise _of_another_version(self.path, version)
        # With WAL a killed process loses nothing that was committed, without waiting for the disk each time.
        self.db.execute("PRAGMA journal_mode = WAL")
        self.db.execute("PRAGMA synchronous = NORMAL")
        self.db.execute("BEGIN IMMEDIATE")
        self.db.execute("COMMIT")

    # --------------------------------------------------------------------- the EVM's key-value data

    def get(self, key: bytes) -> bytes | None:
        if key in self._pending:
            return self._pending[key]
        value = self._cache.get(key)
        if value is None:
            with self.guard():
                row = self.db.execute("SELECT value FROM kv WHERE key = ?", (key,)).fetchone()
            if row is not None:
                value = bytes(row[0])
                # Code, headers and trie nodes are filed under their hash: an altered one would seem to run.
                if len(key) == 32 and keccak256(value) != key:
                    raise StateDamaged(self.path, f"what it holds under 0x{key.hex()} was altered")
                self._remember(key, value)
        return value

    def put(self, key: bytes, value: bytes | None) -> None:
        """Collect one change (None deletes) for the next `write`."""
        self._pending[key] = value

    def _remember(self, key: bytes, value: bytes) -> None:
        if len(self._cache) >= _CACHED:
            self._cache.clear()
        self._cache[key] = value

    # --------------------------------------------------------------------- writing

    @contextmanager
    def write(self) -> Iterator[sqlite3.Connection]:
        """One SQLite transaction around one change of the chain; all of it lasts, or nothing.

        Raises StateUnwritable when the file cannot take it; the file is then as before.
        """
        with self.guard():
            self.db.execute("BEGIN IMMEDIATE")
        try:
            with self.guard():
                yield self.db
                self._flush()
                self.db.execute("COMMIT")
        except BaseException:
            self._pending.clear()
            with suppress(sqlite3.Error):  # SQLite has rolled back already after some errors
                self.db.execute("ROLLBACK")
            raise
        for key, value in self._pending.items():
            if value is None:
                self._cache.pop(key, None)
            else:
                self._remember(key, value)
        self._pending.clear()

    def _flush(self) -> None:
        self.db.executemany(
            "INSERT OR REPLACE INTO kv VALUES (?, ?)",
            [(key, value) for key, value in self._pending.items() if value is not None],
        )
        self.db.executemany(
            "DELETE FROM kv WHERE key = ?",
            [(key,) for key, value in self._pending.items() if value is None],
        )

    @contextmanager
    def guard(self) -> Iterator[None]:
        """Turn SQLite's errors into ours, which name the file and the way out."""
        try:
            yield
        except sqlite3.Error as error:
            raise _translated(self.path, error) from error

    def copy_to(self, path: Path) -> None:
        """Write a complete copy, beside the place first so that `path` is never half a chain."""
        beside = path.with_name(f".{path.name}.{os.getpid()}.tmp")
        beside.unlink(missing_ok=True)
        try:
            try:
                self.db.execute("VACUUM INTO ?", (str(beside),))
            except sqlite3.Error as error:
                failure = _translated(path, error)
                # Only writing can be the new file's fault.
                raise (
                    failure if isinstance(failure, StateUnwritable) else _translated(self.path, error)
                ) from error
            beside.replace(path)
        except OSError as cause:
            raise StateUnwritable(path, cause.strerror or str(cause)) from cause
        finally:
            beside.unlink(missing_ok=True)

    def close(self) -> None:
        # Committed data is safe in the log beside the file even if it cannot be merged now.
        with suppress(sqlite3.Error):
            self.db.close()


def _of_another_version(path: Path, version: int) -> StateDamaged:
    return StateDamaged(
        path,
        f"it has format {version}, this program reads {_VERSION}",
        hint="use the version of prepaid-lab that wrote it, or `prepaid chain reset`",
    )


def check_copy(path: Path) -> None:
    """Raise StateDamaged unless `path` is a whole chain file, page by page."""
    _look_at(path)
    with _guarding(path):
        db = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)
        try:
            (application,) = db.execute("PRAGMA application_id").fetchone()
            (version,) = db.execute("PRAGMA user_version").fetchone()
            (verdict,) = db.execute("PRAGMA quick_check(1)").fetchone()
        finally:
            db.close()
    if application != _APPLICATION:
        raise StateDamaged(path, "it is a database, but not a chain's", hint="name a file of `chain save`")
    if version != _VERSION:
        raise _of_another_version(path, version)
    if verdict != "ok":
        raise StateDamaged(path, str(verdict), hint="name another file of `chain save`")


def _look_at(path: Path) -> None:
    """Refuse at once what SQLite would take for a new database: an empty or headless file."""
    try:
        with path.open("rb") as file:
            head = file.read(len(_MAGIC))
    except OSError as cause:
        raise StateDamaged(path, cause.strerror or str(cause)) from cause
    if head != _MAGIC:
        raise StateDamaged(path, "it is empty" if not head else "it is not a chain file")


@contextmanager
def _guarding(path: Path) -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        raise _translated(path, error) from error


def _translated(path: Path, error: sqlite3.Error) -> ChainError:
    name = str(getattr(error, "sqlite_errorname", ""))
    if name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
        return ChainBusy(path, None, 0)
    if name.startswith(("SQLITE_FULL", "SQLITE_IOERR", "SQLITE_READONLY", "SQLITE_CANTOPEN")):
        return StateUnwritable(path, str(error))
    return StateDamaged(path, str(error))
