"""The EVM of the embedded chain: eth-tester's py-evm backend, standing on a Store instead of memory.

Opened, not rebuilt from genesis. This module is imported only when something must be executed, since py-evm
takes most of a second to import; it decides nothing about locks, snapshots or what a block index holds.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol, TypeAlias

import rlp  # noqa: TID253 (this module is itself imported late)
from eth.chains.base import MiningChain  # noqa: TID253
from eth.constants import CREATE_CONTRACT_ADDRESS, GENESIS_PARENT_HASH  # noqa: TID253
from eth.db.atomic import AtomicDB  # noqa: TID253
from eth.db.backends.base import BaseDB  # noqa: TID253
from eth.exceptions import HeaderNotFound, VMError  # noqa: TID253
from eth.vm.forks.prague import PragueVM  # noqa: TID253
from eth.vm.interrupt import EVMMissingData  # noqa: TID253
from eth.vm.spoof import SpoofTransaction  # noqa: TID253
from eth_tester.backends.pyevm.main import (  # noqa: TID253
    PyEVMBackend,
    get_account_keys_from_mnemonic,
    get_default_genesis_params,
)
from eth_typing import BlockNumber
from eth_utils.exceptions import ValidationError  # noqa: TID253
from rlp.exceptions import RLPException  # noqa: TID253
from trie.exceptions import BadTrieProof, MissingTrieNode  # noqa: TID253

from wallet.address import to_checksum
from wallet.chain.base import DEV_ADDRESSES, DEV_BALANCE, CallRequest, Head, RawBlock
from wallet.chain.errors import Refused, Reverted, StateDamaged
from wallet.chain.eth_tester import CHAIN_ID
from wallet.chain.history import MinedLog, MinedTx
from wallet.chain.primitives import Transaction, address_bytes, created_address
from wallet.chain.store import Store

MNEMONIC: Final = "test test test test test test test test test test test junk"

_ZERO: Final = b"\0" * 20
_MISSING: Final = (BadTrieProof, EVMMissingData, HeaderNotFound, KeyError, MissingTrieNode, RLPException)

Signed: TypeAlias = tuple[int, bytes, Transaction]
"""A transaction's number in its batch, its bytes, and what they say."""


def is_missing_data(cause: Exception) -> bool:
    """Whether the EVM stumbled over a store that is not whole."""
    return isinstance(cause, _MISSING)


class _Data(BaseDB):
    """A Store in the shape py-evm wants."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def __getitem__(self, key: bytes) -> bytes:
        value = self._store.get(key)
        if value is None:
            raise KeyError(key)
        return value

    def __setitem__(self, key: bytes, value: bytes) -> None:
        self._store.put(key, value)

    def __delitem__(self, key: bytes) -> None:
        self._store.put(key, None)

    def _exists(self, key: bytes) -> bool:
        return self._store.get(key) is not None


class _Chain(MiningChain):
    """Eth-tester's chain: Prague rules from block 0, a constant gas limit, no proof of anything."""

    chain_id = CHAIN_ID
    vm_configuration = ((BlockNumber(0), PragueVM),)
    next_time: Callable[[int], int] | None = None

    def create_header_from_parent(self, parent_header: Any, **params: Any) -> Any:
        params["gas_limit"] = parent_header.gas_limit
        # Repeatable, unlike eth-tester's: two runs of the same blocks have the same hashes.
        params.setdefault("mix_hash", parent_header.hash)
        if self.next_time is not None:
            params.setdefault("timestamp", self.next_time(parent_header.timestamp))
        return super().create_header_from_parent(parent_header, **params)

    def get_transaction_builder(self) -> Any:
        return self.get_vm().get_transaction_builder()


@dataclass(frozen=True, slots=True)
class MinedBlock:
    """A block that the EVM has made and stored."""

    head: Head
    parent: bytes
    transactions: tuple[MinedTx, ...]


class Evm:
    """Executes calls and makes blocks on a store. Blocks must be made inside the store's `write`.

    After any exception from `make_block` the object is of no more use: its caller drops it with the write.
    """

    def __init__(self, store: Store, next_time: Callable[[int], int]) -> None:
        """`next_time` maps a block's timestamp to the earliest one the block after it may carry."""
        logging.getLogger("eth.db").setLevel(logging.CRITICAL)  # it logs what it also raises
        self._store = store
        self._next_time = next_time
        self.chain: Any = self._opened()
        self._warm: tuple[bytes, int, Any, Any] | None = None

    def _opened(self) -> _Chain:
        try:
            chain = _Chain(AtomicDB(_Data(self._store)))
        except (HeaderNotFound, KeyError, ValueError) as cause:
            raise StateDamaged(self._store.path, f"its newest block is not readable ({cause!r})") from cause
        chain.next_time = self._next_time
        return chain

    @staticmethod
    def create(store: Store, timestamp: int, extra: bytes) -> Head:
        """Lay down block 0 with the development accounts. `extra` (up to 32 bytes) tells chains apart."""
        params = get_default_genesis_params({"timestamp": timestamp, "extra_data": extra})
        account = {"balance": DEV_BALANCE, "nonce": 0, "code": b"", "storage": {}}
        state: Any = {address_bytes(address): account for address in DEV_ADDRESSES}
        chain = _Chain.from_genesis(AtomicDB(_Data(store)), params, state)
        head = chain.get_canonical_head()
        return Head(0, head.hash, head.timestamp)

    # --------------------------------------------------------------------- reading

    def state(self) -> Any:
        """The newest state, for reading accounts."""
        return self._next()[0]

    def base_fee(self) -> int:
        return int(self.chain.create_header_from_parent(self.chain.get_canonical_head()).base_fee_per_gas)

    def _next(self) -> tuple[Any, Any]:
        """A free-of-charge state of the block to come; kept while neither head nor second changes."""
        parent = self.chain.get_canonical_head()
        time = self._next_time(parent.timestamp)
        if self._warm is not None and self._warm[:2] == (parent.hash, time):
            return self._warm[2], self._warm[3]
        header = self.chain.create_header_from_parent(parent, timestamp=time).copy(base_fee_per_gas=0)
        state = self.chain.get_vm(header).state
        self._warm = (parent.hash, time, state, header)
        return state, header

    def _at(self, block: int | None) -> tuple[Any, Any]:
        if block is None:
            return self._next()
        header = self.chain.get_canonical_block_header_by_number(block).copy(base_fee_per_gas=0)
        return self.chain.get_vm(header).state, header

    def raw_block(self, number: int) -> RawBlock:
        """A block that counts, from the tries it was stored as."""
        block = self.chain.get_canonical_block_by_number(number)
        receipts = block.get_receipts(self.chain.chaindb)
        return RawBlock(
            rlp.encode(block.header),
            tuple(receipt.encode() for receipt in receipts),
            tuple(transaction.encode() for transaction in block.transactions),
        )

    def call(self, request: CallRequest, block: int | None = None) -> bytes:
        """Raises Reverted, also where execution halts without data."""
        state, header = self._at(block)
        computation = self._run(state, request, request.gas or header.gas_limit)
        if computation.is_error:
            raise Reverted(bytes(computation.output))
        return bytes(computation.output)

    def estimate(self, request: CallRequest) -> int:
        """Enough gas for `request`: what it used, plus what EIP-150 keeps back at each call on the way."""
        state, header = self._next()
        limit = request.gas or header.gas_limit
        computation = self._run(state, request, limit)
        if computation.is_error:
            raise Reverted(bytes(computation.output))
        used = limit - computation.get_gas_remaining()
        guess = min(limit, used + used // 63 + 2_300)
        if self._fits(state, request, guess):
            return int(guess)
        low, high = guess, limit
        while high - low > 1_000:
            middle = (low + high) // 2
            low, high = (low, middle) if self._fits(state, request, middle) else (middle, high)
        return int(high)

    def _fits(self, state: Any, request: CallRequest, gas: int) -> bool:
        try:
            return not self._run(state, request, gas).is_error
        except Refused:
            return False

    def _run(self, state: Any, request: CallRequest, gas: int) -> Any:
        """Execute in `state` and take everything back."""
        sender = address_bytes(request.sender) if request.sender else _ZERO
        unsigned = self.chain.create_unsigned_transaction(
            nonce=state.get_nonce(sender),
            gas_price=0,
            gas=gas,
            to=CREATE_CONTRACT_ADDRESS if request.to is None else address_bytes(request.to),
            value=request.value,
            data=request.data,
        )
        before = state.snapshot()
        try:
            return state.apply_transaction(SpoofTransaction(unsigned, from_=sender))
        except (ValidationError, VMError) as cause:
            raise Refused(str(cause)) from cause
        finally:
            state.revert(before)

    # --------------------------------------------------------------------- blocks

    def make_block(
        self, batch: list[Signed], refused: dict[int, Refused]
    ) -> tuple[MinedBlock | None, list[Signed]]:
        """One block of as much of the batch, in order, as the gas limit allows; and the rest.

        What cannot be in any block goes into `refused` by its number; None if nothing was left to include.
        """
        header = self._header(None)
        vm = self.chain.get_vm(header)
        decode = vm.get_transaction_builder().decode
        ran: list[tuple[Any, Any]] = []
        receipts: list[Any] = []
        mined: list[MinedTx] = []
        done = 0
        for number, raw, tx in batch:
            why = _obstacle(vm.state, header, tx)
            if why == "" and header.gas_used + tx.gas > header.gas_limit:
                break
            done += 1
            if why == "":
                try:
                    decoded = decode(raw)
                    receipt, computation = vm.apply_transaction(header, decoded)
                except (ValidationError, ValueError) as cause:
                    why = str(cause)
            if why:
                refused[number] = Refused(why, tx.hash)
                continue
            used = receipt.gas_used - header.gas_used
            header = vm.add_receipt_to_header(header, receipt)
            ran.append((decoded, computation))
            receipts.append(receipt)
            mined.append(_mined(tx, receipt, computation, used))
        if not mined:
            return None, batch[done:]
        return self._seal(header, vm, [t for t, _ in ran], receipts, mined), batch[done:]

    def make_empty(self, timestamp: int | None = None) -> MinedBlock:
        """One block without transactions, at `timestamp` or when it is due."""
        return self._seal(self._header(timestamp), None, [], [])

    def make_balance(self, address: str, wei: int) -> MinedBlock:
        """One empty block after which `address` has `wei`."""
        header = self._header(None)
        vm = self.chain.get_vm(header)
        vm.state.set_balance(address_bytes(address), wei)
        return self._seal(header, vm, [], [])

    def _header(self, timestamp: int | None) -> Any:
        parent = self.chain.get_canonical_head()
        if timestamp is None:
            return self.chain.create_header_from_parent(parent)
        return self.chain.create_header_from_parent(parent, timestamp=timestamp)

    def _seal(
        self,
        header: Any,
        vm: Any,
        transactions: list[Any],
        receipts: list[Any],
        mined: Sequence[MinedTx] = (),
    ) -> MinedBlock:
        vm = vm or self.chain.get_vm(header)
        filled = vm.set_block_transactions_and_withdrawals(vm.get_block(), header, transactions, receipts)
        block = vm.mine_block(filled).block
        self.chain.chaindb.persist_block(block)
        self.chain.header = self.chain.ensure_header()
        head = Head(block.number, block.hash, block.header.timestamp)
        return MinedBlock(head, block.header.parent_hash, tuple(mined))

    def go_to(self, block_hash: bytes) -> None:
        """Make an earlier block the newest. Must be called inside the store's `write`."""
        db = self.chain.chaindb
        header = db.get_block_header_by_hash(block_hash)
        db._set_as_canonical_chain_head(db.db, header, GENESIS_PARENT_HASH)
        self.chain = self._opened()
        self._warm = None


def _obstacle(state: Any, header: Any, tx: Transaction) -> str:
    """Why this transaction cannot be in the block at all; empty if it can."""
    if tx.chain_id not in (None, CHAIN_ID):
        return f"it is signed for chain {tx.chain_id}, this is chain {CHAIN_ID}"
    nonce = state.get_nonce(tx.sender)
    if tx.nonce != nonce:
        word = "low" if tx.nonce < nonce else "high"
        return f"its nonce {tx.nonce} is too {word}: the next of {to_checksum(tx.sender)} is {nonce}"
    if tx.max_fee < header.base_fee_per_gas:
        return f"it offers {tx.max_fee} wei per gas, the block asks {header.base_fee_per_gas}"
    if tx.gas > header.gas_limit:
        return f"its gas limit {tx.gas} is above the block's {header.gas_limit}"
    if tx.gas < tx.intrinsic_gas:
        return f"its gas limit {tx.gas} is below the {tx.intrinsic_gas} that its bytes alone cost"
    balance, cost = state.get_balance(tx.sender), tx.value + tx.gas * tx.max_fee
    if balance < cost:
        return f"{to_checksum(tx.sender)} has {balance} wei and may need {cost}"
    return ""


def _mined(tx: Transaction, receipt: Any, computation: Any, gas: int) -> MinedTx:
    ok = not computation.is_error
    contract = to_checksum(created_address(tx.sender, tx.nonce)) if tx.to is None and ok else None
    logs = tuple(
        MinedLog(to_checksum(log.address), tuple(t.to_bytes(32) for t in log.topics), bytes(log.data))
        for log in receipt.logs
    )
    return MinedTx(tx.hash, ok, gas, contract, b"" if ok else bytes(computation.output), logs)


class Driver(Protocol):
    """What eth-tester needs of the chain object that owns the file."""

    def send_raw(self, raw: bytes) -> bytes: ...

    def head(self) -> Head: ...

    def now(self) -> int: ...

    def mine(self, blocks: int = 1) -> Head: ...

    def advance(self, seconds: int) -> Head: ...

    def snapshot(self) -> str: ...

    def revert(self, snapshot: str) -> None: ...


class TesterBackend(PyEVMBackend):  # type: ignore[misc]
    """Shows the chain to eth-tester, and so to web3.py. Whatever changes it goes through its owner."""

    def __init__(self, evm: Callable[[], Evm], driver: Driver) -> None:
        # Not the parent's: it would start a chain of its own in memory.
        self._evm = evm
        self._driver = driver
        self._unclaimed = 0
        self.account_keys = get_account_keys_from_mnemonic(
            MNEMONIC, quantity=len(DEV_ADDRESSES), hd_path="m/44'/60'/0'/0"
        )

    @property
    def chain(self) -> Any:
        return self._evm().chain

    def send_raw_transaction(self, raw_transaction: bytes) -> bytes:
        self._unclaimed += 1
        return self._driver.send_raw(bytes(raw_transaction))

    def send_transaction(self, transaction: Any) -> bytes:
        signed = self._get_normalized_and_signed_evm_transaction(transaction)
        return self.send_raw_transaction(signed.encode())

    def mine_blocks(self, num_blocks: int = 1, coinbase: bytes = _ZERO) -> tuple[bytes, ...]:
        """Eth-tester mines after each transaction; ours are mined by then, so that block is handed out."""
        claimed, self._unclaimed = min(self._unclaimed, num_blocks), 0
        first = self._driver.head().hash
        rest = tuple(self._driver.mine().hash for _ in range(num_blocks - claimed))
        return (first,) * claimed + rest

    def time_travel(self, to_timestamp: int) -> int:
        self._driver.advance(to_timestamp - self._driver.now())
        return to_timestamp

    def take_snapshot(self) -> bytes:
        return bytes.fromhex(self._driver.snapshot()[2:])

    def revert_to_snapshot(self, snapshot: bytes) -> None:
        self._driver.revert("0x" + snapshot.hex())
