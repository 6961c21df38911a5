"""An EVM in this process (pyrevm): no files, no waiting, thousands of transactions a second.

For checks, property tests and simulations. Blocks, nonces, receipts and time are kept here, since pyrevm has
none of them. Its gas is too low (storage stays warm between transactions), fees are not charged, and past
states are gone; take gas figures from another backend.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal

from wallet.address import to_checksum
from wallet.chain.base import (
    DEV_ADDRESSES,
    DEV_BALANCE,
    BatchRefused,
    CallRequest,
    Capability,
    ChainError,
    ChainIdentity,
    ChainOptions,
    Head,
    Log,
    Receipt,
    Refused,
    Reverted,
    StateDamaged,
    Topics,
    TransactionUnknown,
    Unsupported,
)
from wallet.chain.local import Clock, InstantChain, check_identity, check_seconds
from wallet.chain.primitives import Transaction, read_transaction
from wallet.chain.revm_engine import GAS_LIMIT, Checkpoint, Engine, Outcome, text
from wallet.home import write_atomic
from wallet.keccak import keccak256

CHAIN_ID: Final = 31337
_BASE_FEE: Final = 7
_ZERO: Final = "0x" + "0" * 40
_SAVED: Final = "prepaid.revm/1"


@dataclass(frozen=True, slots=True)
class _Mark:
    """A snapshot: the engine's checkpoint, and how long our lists were."""

    checkpoint: Checkpoint
    blocks: int
    transactions: int
    logs: int
    history: int
    nonces: dict[str, int]
    offset: int


class RevmChain(InstantChain):
    """A fresh chain that ends with its process. Raises ChainChanged if a certain one was expected."""

    name = "revm"
    capabilities = frozenset(
        {
            Capability.SNAPSHOT,
            Capability.TIME_TRAVEL,
            Capability.MINE,
            Capability.SET_BALANCE,
            Capability.RESET,
            Capability.SAVE,
            Capability.UNSIGNED,
        }
    )

    def __init__(self, options: ChainOptions | None = None) -> None:
        self._options = options or ChainOptions()
        self.notices = []
        self.reset()
        check_identity(self.identity(), self._options.expect, self.name)

    def reset(self) -> None:
        options = self._options
        now = int(time.time())
        start = now if options.genesis_time is None else options.genesis_time
        repeatable = options.clock == "steps" and options.genesis_time is not None
        self._begin(start, start - now, options.clock, b"" if repeatable else os.urandom(16))

    def _begin(self, start: int, offset: int, clock: Literal["wall", "steps"], seed: bytes) -> None:
        self._engine = Engine(CHAIN_ID, dict.fromkeys(DEV_ADDRESSES, DEV_BALANCE))
        self._seed = seed
        self._clock = Clock(clock, offset)
        self._nonces: dict[str, int] = {}
        self._blocks = [Head(0, keccak256(b"revm" + start.to_bytes(8) + seed), start)]
        self._transactions: list[Receipt] = []
        self._by_hash: dict[bytes, int] = {}
        self._reverts: dict[bytes, bytes] = {}
        self._logs: list[Log] = []
        self._marks: dict[str, _Mark] = {}
        self._history: list[list[Any]] = []

    def close(self) -> None:
        """Nothing to let go of."""

    # --------------------------------------------------------------------- reading

    def chain_id(self) -> int:
        return CHAIN_ID

    def identity(self) -> ChainIdentity:
        return ChainIdentity(CHAIN_ID, self._blocks[0].hash)

    def head(self) -> Head:
        return self._blocks[-1]

    def block(self, number: int) -> Head | None:
        return self._blocks[number] if 0 <= number < len(self._blocks) else None

    def now(self) -> int:
        return self._clock.next(self._blocks[-1].timestamp)

    def base_fee(self) -> int:
        return _BASE_FEE

    def balance(self, address: str) -> int:
        return self._engine.balance(address)

    def nonce(self, address: str) -> int:
        return self._nonces.get(text(address), 0)

    def code(self, address: str) -> bytes:
        return self._engine.code(address)

    def call(self, request: CallRequest, block: int | None = None) -> bytes:
        if block is not None and block != self.head().number:
            raise Unsupported(f"answer for block {block}: it keeps the newest state only", self.name)
        outcome = self._tried(request)
        if not outcome.ok:
            raise Reverted(outcome.output)
        return outcome.output

    def estimate_gas(self, request: CallRequest) -> int:
        """Generous, because pyrevm counts too little: enough also where all storage is cold."""
        outcome = self._tried(request)
        if not outcome.ok:
            raise Reverted(outcome.output)
        return min(GAS_LIMIT, 2 * outcome.gas + 200_000)

    def _tried(self, request: CallRequest) -> Outcome:
        checkpoint = self._engine.checkpoint()
        try:
            return self._engine.run(request, len(self._blocks), self.now())
        finally:
            self._engine.undo(checkpoint)

    def knows(self, tx_hash: bytes) -> bool:
        return tx_hash in self._by_hash

    def receipts(self, hashes: Sequence[bytes]) -> list[Receipt | None]:
        places = [self._by_hash.get(h) for h in hashes]
        return [None if place is None else self._transactions[place] for place in places]

    def revert_data(self, tx_hash: bytes) -> bytes:
        if tx_hash not in self._by_hash:
            raise TransactionUnknown(tx_hash, self.name)
        return self._reverts.get(tx_hash, b"")

    def logs(
        self,
        addresses: str | Sequence[str] | None = None,
        topics: Topics = (),
        from_block: int = 0,
        to_block: int | None = None,
    ) -> list[Log]:
        named = [addresses] if isinstance(addresses, str) else addresses
        wanted = None if named is None else {text(a) for a in named}
        choices = [{t} if isinstance(t, bytes) else set(t or ()) for t in topics]
        last = len(self._blocks) if to_block is None else to_block
        return [
            log
            for log in self._logs
            if from_block <= log.block_number <= last
            and (wanted is None or log.address in wanted)
            and len(log.topics) >= len(choices)
            and all(not c or t in c for c, t in zip(choices, log.topics, strict=False))
        ]

    # --------------------------------------------------------------------- transactions

    def send_many(self, raws: Sequence[bytes]) -> list[bytes]:
        hashes: list[bytes] = []
        refused: dict[int, Refused] = {}
        for number, raw in enumerate(raws):
            try:
                tx = read_transaction(raw)
                hashes.append(tx.hash)
                if tx.hash not in self._by_hash:
                    self._include(tx)
                    self._history.append(["send", raw.hex(), self._blocks[-1].timestamp])
            except Refused as cause:
                refused[number] = cause
        if refused:
            raise BatchRefused(refused, len(raws))
        return hashes

    def execute(self, request: CallRequest) -> Receipt:
        """Run `request` as a transaction of its sender, whoever that is, without a signature or a fee."""
        sender = text(request.sender or _ZERO)
        self._history.append(["execute", _plain(request), 0])
        count = len(self._transactions).to_bytes(8)
        tx_hash = keccak256(b"unsigned" + self._blocks[0].hash + self._blocks[-1].hash + count)
        receipt = self._mine(tx_hash, sender, request)
        self._history[-1][2] = self._blocks[-1].timestamp
        return receipt

    def _include(self, tx: Transaction) -> None:
        sender = to_checksum(tx.sender)
        nonce = self._nonces.get(sender, 0)
        if tx.chain_id not in (None, CHAIN_ID):
            raise Refused(f"it is signed for chain {tx.chain_id}, this is chain {CHAIN_ID}", tx.hash)
        if tx.nonce != nonce:
            word = "low" if tx.nonce < nonce else "high"
            raise Refused(f"its nonce {tx.nonce} is too {word}: the next of {sender} is {nonce}", tx.hash)
        if tx.max_fee < _BASE_FEE:
            raise Refused(f"it offers {tx.max_fee} wei per gas, the block asks {_BASE_FEE}", tx.hash)
        if not tx.intrinsic_gas <= tx.gas <= GAS_LIMIT:
            raise Refused(f"its gas limit {tx.gas} is not in {tx.intrinsic_gas}…{GAS_LIMIT}", tx.hash)
        if self.balance(sender) < tx.value + tx.gas * tx.max_fee:
            raise Refused(f"{sender} cannot afford its value and gas", tx.hash)
        to = None if tx.to is None else to_checksum(tx.to)
        self._mine(tx.hash, sender, CallRequest(to, tx.data, sender, tx.value, tx.gas))

    def _mine(self, tx_hash: bytes, sender: str, request: CallRequest) -> Receipt:
        """One transaction in a block of its own; a failed one leaves nothing but its receipt."""
        nonce = self._nonces.get(sender, 0)
        checkpoint = self._engine.checkpoint()
        moment, number = self.now(), len(self._blocks)
        try:
            if request.to is None:
                self._engine.prepare_creation(sender, nonce)
            outcome = self._engine.run(request, number, moment)
        except BaseException:
            self._engine.undo(checkpoint)
            raise
        if outcome.ok:
            self._engine.keep()
        else:
            self._engine.undo(checkpoint)
        self._nonces[sender] = nonce + 1
        block = self._seal(moment, tx_hash)
        logs = tuple(
            Log(address, topics, data, number, tx_hash, index)
            for index, (address, topics, data) in enumerate(outcome.logs)
        )
        receipt = Receipt(tx_hash, outcome.ok, number, block.hash, outcome.gas, logs, outcome.contract)
        self._by_hash[tx_hash] = len(self._transactions)
        self._transactions.append(receipt)
        self._logs += logs
        if not outcome.ok:
            self._reverts[tx_hash] = outcome.output
        return receipt

    def _seal(self, moment: int, content: bytes) -> Head:
        parent = self._blocks[-1]
        digest = keccak256(parent.hash + moment.to_bytes(8) + content)
        block = Head(parent.number + 1, digest, moment)
        self._blocks.append(block)
        return block

    # --------------------------------------------------------------------- laboratory

    def snapshot(self) -> str:
        name = f"{len(self._marks) + 1}-{self._blocks[-1].hash.hex()[:16]}"
        self._marks[name] = self._mark()
        return name

    def _mark(self) -> _Mark:
        return _Mark(
            self._engine.checkpoint(),
            len(self._blocks),
            len(self._transactions),
            len(self._logs),
            len(self._history),
            dict(self._nonces),
            self._clock.offset,
        )

    def revert(self, snapshot: str) -> None:
        mark = self._marks.get(snapshot)
        if mark is None:
            raise ChainError(f"the revm chain has no snapshot {snapshot}", code="no-such-snapshot")
        self._engine.undo(mark.checkpoint)
        for receipt in self._transactions[mark.transactions :]:
            del self._by_hash[receipt.tx_hash]
            self._reverts.pop(receipt.tx_hash, None)
        del self._blocks[mark.blocks :], self._transactions[mark.transactions :], self._logs[mark.logs :]
        del self._history[mark.history :]
        self._nonces = dict(mark.nonces)
        self._clock.offset = mark.offset
        names = list(self._marks)
        for later in names[names.index(snapshot) :]:
            del self._marks[later]
        self._marks[snapshot] = self._mark()

    def advance(self, seconds: int) -> Head:
        check_seconds(seconds)
        moment = self.now() + seconds
        self._clock.set(moment)
        return self._empty(moment)

    def mine(self, blocks: int = 1) -> Head:
        for _ in range(blocks):
            self._empty(self.now())
        return self.head()

    def _empty(self, moment: int) -> Head:
        self._history.append(["empty", "", moment])
        return self._seal(moment, b"")

    def set_balance(self, address: str, wei: int) -> None:
        self._engine.set_balance(address, wei)
        self._history.append(["balance", [text(address), wei], 0])

    def save(self, path: Path) -> None:
        """Everything that was done, to be done again by `load`: pyrevm cannot give its state away."""
        start = self._blocks[0].timestamp
        saved = {
            "schema": _SAVED,
            "start": start,
            "seed": self._seed.hex(),
            "offset": self._clock.offset,
            "clock": self._clock.mode,
            "history": self._history,
        }
        write_atomic(path, json.dumps(saved, separators=(",", ":")))

    def load(self, path: Path) -> None:
        try:
            saved = json.loads(path.read_text())
            if saved["schema"] != _SAVED:
                raise ValueError("it is not a saved revm chain")
            seed, history = bytes.fromhex(saved["seed"]), list(saved["history"])
            start, offset, clock = int(saved["start"]), int(saved["offset"]), saved["clock"]
        except (OSError, ValueError, TypeError, KeyError) as cause:
            raise StateDamaged(path, str(cause), hint="name a file of `chain save`") from cause
        self._begin(start, offset, clock, seed)
        for kind, what, moment in history:
            self._clock = _Fixed(moment)
            if kind == "send":
                self.send_many([bytes.fromhex(what)])
            elif kind == "execute":
                self.execute(_request(what))
            elif kind == "empty":
                self._empty(moment)
            else:
                self.set_balance(what[0], what[1])
        self._clock = Clock(clock, offset)


class _Fixed(Clock):
    """The time that a block had when it was first made."""

    def __init__(self, moment: int) -> None:
        super().__init__("steps")
        self._moment = moment

    def next(self, parent: int) -> int:
        return self._moment


def _plain(request: CallRequest) -> list[Any]:
    return [request.to, request.data.hex(), request.sender, request.value, request.gas]


def _request(plain: list[Any]) -> CallRequest:
    to, data, sender, value, gas = plain
    return CallRequest(to, bytes.fromhex(data), sender, value, gas)
