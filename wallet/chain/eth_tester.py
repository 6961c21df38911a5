"""The embedded chain: eth-tester's EVM, kept on disk between commands in one SQLite file.

Needs nothing running. Each transaction sent alone is a block of its own; a batch becomes as few blocks as
the gas limit allows. Reading blocks, receipts and events does not even load the EVM. One process at a time.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

from wallet.chain.base import (
    BatchRefused,
    CallRequest,
    Capability,
    ChainBusy,
    ChainError,
    ChainIdentity,
    ChainOptions,
    Head,
    Log,
    RawBlock,
    Receipt,
    Refused,
    StateDamaged,
    StateUnwritable,
    Topics,
    TransactionUnknown,
)
from wallet.chain.history import History
from wallet.chain.local import Clock, InstantChain, check_identity, check_seconds
from wallet.chain.primitives import address_bytes, read_transaction
from wallet.chain.store import Store, check_copy, lock_of, remove, take

if TYPE_CHECKING:
    from wallet.chain.pyevm import Evm, MinedBlock, Signed

T = TypeVar("T")

CHAIN_ID: Final = 131277322940537
"""Eth-tester's own; its web3 provider answers nothing else."""


class EthTesterChain(InstantChain):
    """The chain in `path`, created if it is not there; in memory if `path` is None.

    Holds the file's lock until `close`. Raises ChainBusy, StateDamaged, StateUnwritable, ChainChanged.
    """

    name = "eth-tester"
    capabilities = frozenset(
        {
            Capability.SNAPSHOT,
            Capability.TIME_TRAVEL,
            Capability.MINE,
            Capability.SET_BALANCE,
            Capability.RESET,
            Capability.RESTART,
            Capability.SAVE,
            Capability.PERSISTENT,
            Capability.DURABLE_SNAPSHOTS,
            Capability.REAL_GAS,
            Capability.PAST_STATE,
            Capability.RECEIPTS,
        }
    )

    def __init__(self, path: Path | None, options: ChainOptions | None = None) -> None:
        self._options = options or ChainOptions()
        self._path = path
        self.notices = []
        self._evm: Evm | None = None
        self._lock = None if path is None else lock_of(path, self._options.lock_wait)
        if self._lock is not None and path is not None:
            take(self._lock, path)
        try:
            self._open()
            check_identity(self.identity(), self._options.expect, self.name)
        except BaseException:
            self.close()
            raise

    # --------------------------------------------------------------------- opening and closing

    def _open(self) -> None:
        if self._path is None:
            self._store = Store(None)
            self._lay_down(self._store)
        else:
            if not self._path.exists():
                self._create(self._path)
            self._store = Store(self._path)
        self._history = History(self._store)
        if self._history.head() is None:
            raise StateDamaged(self._store.path, "it holds no block")
        self._clock = Clock(self._history.meta("clock") or "wall", self._history.meta("offset") or 0)

    def _create(self, path: Path) -> None:
        """Build the first block beside `path`, so that a chain's file is either absent or whole."""
        beside = path.with_name(path.name + ".new")
        try:
            remove(beside)
            remove(path)
            store = Store(beside, new=True)
            try:
                self._lay_down(store)
            finally:
                store.close()
            beside.replace(path)
        except OSError as cause:
            raise StateUnwritable(path, cause.strerror or str(cause)) from cause

    def _lay_down(self, store: Store) -> None:
        from wallet.chain.pyevm import Evm

        options, history = self._options, History(store)
        repeatable = options.clock == "steps" and options.genesis_time is not None
        moment = int(time.time()) if options.genesis_time is None else options.genesis_time
        with store.write() as db:
            # Two chains begun in the same second must not be taken for one another.
            head = Evm.create(store, moment, b"" if repeatable else os.urandom(16))
            history.add_block(db, head, bytes(32), ())
            history.set_meta(db, "clock", options.clock)
            history.set_meta(db, "offset", moment - int(time.time()))

    def close(self) -> None:
        """Let go of the file. Harmless when closed already."""
        self._evm = None
        if hasattr(self, "_store"):
            self._store.close()
        if self._lock is not None:
            self._lock.release()

    @property
    def _vm(self) -> Evm:
        if self._evm is None:
            from wallet.chain.pyevm import Evm

            self._evm = Evm(self._store, self._clock.next)
        return self._evm

    @contextmanager
    def _reading(self) -> Iterator[Evm]:
        """The EVM, with missing or unreadable data told as what it is."""
        evm = self._vm
        try:
            yield evm
        except ChainError:
            raise
        except Exception as cause:
            from wallet.chain.pyevm import is_missing_data

            if not is_missing_data(cause):
                raise
            self._evm = None
            raise StateDamaged(self._store.path, f"data of a block is missing ({cause})") from cause

    @contextmanager
    def _writing(self) -> Iterator[tuple[sqlite3.Connection, Evm]]:
        """One change of the chain. If it fails, file, EVM and clock are as before."""
        offset = self._clock.offset
        try:
            with self._reading() as evm, self._store.write() as db:
                yield db, evm
        except BaseException:
            self._evm = None
            self._clock.offset = offset
            raise

    # --------------------------------------------------------------------- reading

    def chain_id(self) -> int:
        return CHAIN_ID

    def identity(self) -> ChainIdentity:
        first = self.block(0)
        if first is None:
            raise StateDamaged(self._store.path, "its first block is missing")
        return ChainIdentity(CHAIN_ID, first.hash)

    def head(self) -> Head:
        head = self._history.head()
        if head is None:
            raise StateDamaged(self._store.path, "it holds no block")
        return head

    def block(self, number: int) -> Head | None:
        return self._history.block(number)

    def now(self) -> int:
        return self._clock.next(self.head().timestamp)

    def base_fee(self) -> int:
        return self._ask(lambda evm: evm.base_fee())

    def balance(self, address: str) -> int:
        return self._ask(lambda evm: int(evm.state().get_balance(address_bytes(address))))

    def nonce(self, address: str) -> int:
        return self._ask(lambda evm: int(evm.state().get_nonce(address_bytes(address))))

    def code(self, address: str) -> bytes:
        return self._ask(lambda evm: bytes(evm.state().get_code(address_bytes(address))))

    def call(self, request: CallRequest, block: int | None = None) -> bytes:
        if block is not None and self.block(block) is None:
            raise ChainError(f"the {self.name} chain has no block {block}", code="no-such-block")
        return self._ask(lambda evm: evm.call(request, block))

    def estimate_gas(self, request: CallRequest) -> int:
        return self._ask(lambda evm: evm.estimate(request))

    def _ask(self, question: Callable[[Evm], T]) -> T:
        with self._reading() as evm:
            return question(evm)

    def knows(self, tx_hash: bytes) -> bool:
        return self._history.known(tx_hash)

    def receipts(self, hashes: Sequence[bytes]) -> list[Receipt | None]:
        return self._history.receipts(hashes)

    def revert_data(self, tx_hash: bytes) -> bytes:
        output = self._history.output(tx_hash)
        if output is None:
            raise TransactionUnknown(tx_hash, self.name)
        return output

    def logs(
        self,
        addresses: str | Sequence[str] | None = None,
        topics: Topics = (),
        from_block: int = 0,
        to_block: int | None = None,
    ) -> list[Log]:
        wanted = [addresses] if isinstance(addresses, str) else addresses
        last = self.head().number if to_block is None else to_block
        return self._history.logs(wanted, topics, from_block, last)

    def raw_block(self, number: int) -> RawBlock | None:
        return None if self.block(number) is None else self._ask(lambda evm: evm.raw_block(number))

    # --------------------------------------------------------------------- sending

    def send_many(self, raws: Sequence[bytes]) -> list[bytes]:
        hashes: list[bytes] = []
        batch: list[Signed] = []
        refused: dict[int, Refused] = {}
        met: set[bytes] = set()
        for number, raw in enumerate(raws):
            try:
                tx = read_transaction(raw)
            except Refused as cause:
                refused[number] = cause
                continue
            hashes.append(tx.hash)
            if tx.hash not in met and not self._history.known(tx.hash):
                batch.append((number, raw, tx))
            met.add(tx.hash)
        while batch:
            with self._writing() as (db, evm):
                made, batch = evm.make_block(batch, refused)
                self._record(db, made)
        if refused:
            raise BatchRefused(refused, len(raws))
        return hashes

    def _record(self, db: sqlite3.Connection, made: MinedBlock | None) -> None:
        if made is not None:
            self._history.add_block(db, made.head, made.parent, made.transactions)

    # --------------------------------------------------------------------- laboratory

    def snapshot(self) -> str:
        """The newest block's hash; it may be reverted to from any later process."""
        head = self.head()
        with self._store.write() as db:
            self._history.add_snapshot(db, head.hash, self._clock.offset)
        return "0x" + head.hash.hex()

    def revert(self, snapshot: str) -> None:
        try:
            block_hash = bytes.fromhex(snapshot.removeprefix("0x"))
        except ValueError:
            block_hash = b""
        found = self._history.snapshot(block_hash)
        if found is None:
            raise ChainError(
                f"the {self.name} chain has no snapshot {snapshot}",
                hint="name one that `prepaid chain snapshot` gave, taken before the newest revert",
                code="no-such-snapshot",
            )
        row, offset = found
        with self._writing() as (db, evm):
            evm.go_to(block_hash)
            self._history.go_to(db, block_hash)
            self._history.drop_snapshots_after(db, row)
            self._history.set_meta(db, "offset", offset)
            self._clock.offset = offset

    def advance(self, seconds: int) -> Head:
        check_seconds(seconds)
        moment = self.now() + seconds
        with self._writing() as (db, evm):
            made = evm.make_empty(moment)
            self._record(db, made)
            self._clock.set(moment)
            self._history.set_meta(db, "offset", self._clock.offset)
        return made.head

    def mine(self, blocks: int = 1) -> Head:
        for _ in range(blocks):
            with self._writing() as (db, evm):
                self._record(db, evm.make_empty())
        return self.head()

    def set_balance(self, address: str, wei: int) -> None:
        with self._writing() as (db, evm):
            self._record(db, evm.make_balance(address, wei))

    def reset(self) -> None:
        self._evm = None
        self._store.close()
        if self._path is not None:
            remove(self._path)
        self._open()

    def restart(self) -> None:
        """Drop the EVM and read the file again, which stays locked; without one, there is nothing to read."""
        self._evm = None
        if self._path is not None:
            self._store.close()
            self._open()

    def save(self, path: Path) -> None:
        self._store.copy_to(path)

    def load(self, path: Path) -> None:
        """Take the chain of a saved file in this one's place. Its identity is the saved one's."""
        check_copy(path)
        self._evm = None
        if self._path is None:
            self._store.close()
            self._store = Store(None, copy_of=path)
        else:
            beside = self._path.with_name(self._path.name + ".new")
            try:
                remove(beside)
                shutil.copyfile(path, beside)
                self._store.close()
                remove(self._path)
                beside.replace(self._path)
            except OSError as cause:
                with suppress(OSError):  # half a copy would only fill the disk further
                    remove(beside)
                raise StateUnwritable(self._path, cause.strerror or str(cause)) from cause
            self._store = Store(self._path)
        self._history = History(self._store)
        self._clock = Clock(self._history.meta("clock") or "wall", self._history.meta("offset") or 0)

    def web3(self) -> Any:
        """This chain as a web3.Web3, through eth-tester's provider, which searches long chains slowly."""
        from eth_tester import EthereumTester
        from web3 import EthereumTesterProvider, Web3

        from wallet.chain.pyevm import TesterBackend

        tester = EthereumTester(backend=TesterBackend(lambda: self._vm, self))
        return Web3(EthereumTesterProvider(tester))


def discard(path: Path, wait: float) -> None:
    """Delete a chain's file without opening it, so that a damaged one can go too. Raises ChainBusy."""
    lock = lock_of(path, wait)
    take(lock, path)
    try:
        remove(path)
    except OSError as cause:
        raise StateUnwritable(path, cause.strerror or str(cause)) from cause
    finally:
        lock.release()


def holder(path: Path) -> int | None:
    """The process that has this chain open, if any."""
    lock = lock_of(path, 0)
    if not path.exists():
        return None
    try:
        take(lock, path)
    except ChainBusy as busy:
        return busy.pid
    lock.release()
    return None
