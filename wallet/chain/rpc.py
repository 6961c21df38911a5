"""Any node by URL: what every Ethereum node answers, and what a laboratory has where the node says so.

Also what the anvil and hardhat backends stand on. A node is not believed: what does not have the shape of an
answer is told as such, with the question. Reorganisations are what `confirmations` are for.
"""

from __future__ import annotations

import re
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final, Self

from wallet.chain.base import (
    BatchRefused,
    CallRequest,
    Capability,
    ChainError,
    ChainIdentity,
    ChainOptions,
    ChainTimeout,
    Head,
    Log,
    RawBlock,
    Receipt,
    Refused,
    Reverted,
    Topics,
    TransactionUnknown,
    Unsupported,
    is_local_chain,
)
from wallet.chain.jsonrpc import JsonRpc, RpcError
from wallet.chain.laboratory import Laboratory
from wallet.chain.local import check_identity
from wallet.chain.raw_blocks import read_block, read_header
from wallet.chain.reasons import revert_data
from wallet.chain.rpc_values import (
    block_head,
    call_fields,
    data,
    logs_of,
    quantity,
    receipt_of,
    revert_of,
    topics_filter,
)
from wallet.chain.stuck import free_stuck
from wallet.keccak import keccak256

_BATCH: Final = 200
_BATCH_BYTES: Final = 1_000_000
_LONG_FOR_LOCAL: Final = 0.1
"""Seconds between two looks after which a node of our own machine should have mined it."""
_STATE_GONE: Final = re.compile(r"missing|pruned|out.?of.?range|not found|header", re.IGNORECASE)
_TOO_WIDE: Final = re.compile(r"range|limit|too many|more than|exceed|too large|size", re.IGNORECASE)


class RpcChain:
    """A node at `url`. Raises ChainUnreachable, BadAnswer or ChainChanged at once if it is not right."""

    name = "rpc"
    capabilities = frozenset(
        {
            Capability.PERSISTENT,
            Capability.SHARED,
            Capability.REAL_GAS,
            Capability.PAST_STATE,
            Capability.MAY_FORGET,
            Capability.RECEIPTS,
        }
    )
    _tag = "latest"
    """At which block calls are made when none is named."""
    _instant = False
    """Whether a transaction that is neither mined nor waiting can be given up at once."""
    _asks_abilities = True
    """Whether a local node is asked what laboratory methods it has."""

    def __init__(self, url: str, options: ChainOptions | None = None) -> None:
        self._options = options or ChainOptions()
        self._node = JsonRpc(url, self._options.timeout)
        self.notices: list[str] = []
        self._chain_id: int | None = None
        try:
            self.is_local = is_local_chain(self.chain_id(), self._node.shown)
            if self._options.expect is not None:
                check_identity(self.identity(), self._options.expect, f"{self.name} ({self._node.shown})")
            self._laboratory = self._look_around()
        except BaseException:
            self.close()
            raise

    def _look_around(self) -> Laboratory:
        """What this node can do beyond a public one; nothing is asked of somebody else's."""
        if not self._asks_abilities or not self.is_local:
            return Laboratory(self.name, self._ask)
        found = Laboratory.find(self.name, self._ask, self._ask_many)
        self.capabilities = self.capabilities | found.capabilities
        if Capability.TIME_TRAVEL in found.capabilities:
            self._tag = "pending"  # such a node knows the time of its next block
        return found

    @property
    def endpoint(self) -> str | None:
        return self._node.shown

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def close(self) -> None:
        self._node.close()

    def _ask(self, method: str, *params: Any) -> Any:
        return self._node.call(method, *params)

    def _ask_many(self, calls: Sequence[tuple[str, Sequence[Any]]]) -> list[Any]:
        results: list[Any] = []
        for start in range(0, len(calls), _BATCH):
            results += self._node.batch(calls[start : start + _BATCH])
        return results

    def _ask_in_order(self, calls: Sequence[tuple[str, Sequence[Any]]]) -> list[Any]:
        """As `_ask_many`; one by one where a node goes through a batch in an order of its own."""
        if self._laboratory.keeps_order:
            return self._ask_many(calls)
        answers: list[Any] = []
        for method, params in calls:
            try:
                answers.append(self._ask(method, *params))
            except RpcError as error:
                answers.append(error)
        return answers

    # --------------------------------------------------------------------- reading

    def chain_id(self) -> int:
        if self._chain_id is None:
            self._chain_id = quantity(self._ask("eth_chainId"), "eth_chainId")
        return self._chain_id

    def identity(self) -> ChainIdentity:
        first = self.block(0)
        if first is None:
            raise ChainError(
                f"{self._node.shown} does not show its first block, so it cannot be told from another chain",
                hint="use a node that keeps block 0",
                code="chain-unknown",
            )
        return ChainIdentity(self.chain_id(), first.hash)

    def head(self) -> Head:
        head = block_head(self._ask("eth_getBlockByNumber", "latest", False))
        if head is None:
            raise ChainError(f"{self._node.shown} has no newest block", hint="is it still synchronising?")
        return head

    def block(self, number: int) -> Head | None:
        return block_head(self._ask("eth_getBlockByNumber", hex(number), False))

    def now(self) -> int:
        latest, pending = self._ask_many(
            [("eth_getBlockByNumber", ["latest", False]), ("eth_getBlockByNumber", ["pending", False])]
        )
        if isinstance(latest, RpcError):
            raise latest
        times = [
            quantity(b["timestamp"], "a block's time")
            for b in (latest, pending)
            if isinstance(b, dict) and "timestamp" in b
        ]
        return max(times) if times else self.head().timestamp

    def base_fee(self) -> int:
        latest, pending = self._ask_many(
            [("eth_getBlockByNumber", ["latest", False]), ("eth_getBlockByNumber", ["pending", False])]
        )
        fees = [
            quantity(b["baseFeePerGas"], "a block's base fee")
            for b in (latest, pending)
            if isinstance(b, dict) and b.get("baseFeePerGas") is not None
        ]
        # A chain from before EIP-1559 has none; its gas price serves the same purpose.
        return max(fees) if fees else quantity(self._ask("eth_gasPrice"), "eth_gasPrice")

    def balance(self, address: str) -> int:
        return quantity(self._ask("eth_getBalance", address, "latest"), "eth_getBalance")

    def nonce(self, address: str) -> int:
        return quantity(self._ask("eth_getTransactionCount", address, "pending"), "eth_getTransactionCount")

    def code(self, address: str) -> bytes:
        return data(self._ask("eth_getCode", address, "latest"), "eth_getCode")

    def call(self, request: CallRequest, block: int | None = None) -> bytes:
        at = self._tag if block is None else hex(block)
        try:
            return data(self._ask("eth_call", call_fields(request), at), "eth_call")
        except RpcError as error:
            raise self._execution_error(error, block) from error

    def estimate_gas(self, request: CallRequest) -> int:
        extra = [] if self._tag == "latest" else [self._tag]
        try:
            return quantity(self._ask("eth_estimateGas", call_fields(request), *extra), "eth_estimateGas")
        except RpcError as error:
            raise self._execution_error(error, None) from error

    def _execution_error(self, error: RpcError, block: int | None) -> ChainError:
        reverted = revert_of(error)
        if reverted is not None:
            return Reverted(reverted)
        if re.search(r"insufficient|funds|balance", error.text, re.IGNORECASE):
            return Refused(error.text)
        if block is not None and _STATE_GONE.search(error.text):
            return Unsupported(f"answer for block {block} any more ({error.text})", self.name)
        return error

    def knows(self, tx_hash: bytes) -> bool:
        return self._known([tx_hash])[0]

    def _known(self, hashes: Sequence[bytes]) -> list[bool]:
        asked = [("eth_getTransactionByHash", ["0x" + h.hex()]) for h in hashes]
        return [isinstance(answer, dict) for answer in self._ask_many(asked)]

    def receipt(self, tx_hash: bytes) -> Receipt | None:
        return receipt_of(self._ask("eth_getTransactionReceipt", "0x" + tx_hash.hex()), tx_hash)

    def receipts(self, hashes: Sequence[bytes]) -> list[Receipt | None]:
        answers = self._ask_many([("eth_getTransactionReceipt", ["0x" + h.hex()]) for h in hashes])
        for answer in answers:
            if isinstance(answer, RpcError):
                raise answer
        return [receipt_of(answer, h) for answer, h in zip(answers, hashes, strict=True)]

    def wait(self, tx_hash: bytes, timeout: float = 60.0, confirmations: int | None = None) -> Receipt:
        depth = self._options.confirmations if confirmations is None else confirmations
        deadline = time.monotonic() + timeout
        pause = 0.002
        while True:
            receipt = self.receipt(tx_hash)
            if receipt is not None:
                if self._instant or depth <= 0 or self.head().number >= receipt.block_number + depth:
                    return receipt
            elif self._instant and not self.knows(tx_hash) and self.receipt(tx_hash) is None:
                raise TransactionUnknown(tx_hash, self.name)
            elif self.is_local and pause > _LONG_FOR_LOCAL:
                free_stuck(self._ask)
            if time.monotonic() >= deadline:
                break
            time.sleep(min(pause, max(0.0, deadline - time.monotonic())))
            pause = min(pause * 1.5, 1.0)
        if receipt is not None:
            mined = f"transaction 0x{tx_hash.hex()} is in block {receipt.block_number}"
            raise ChainTimeout(
                tx_hash, timeout, detail=f"{mined}, but not {depth} blocks deep after {timeout:g} s"
            )
        if not self.knows(tx_hash):
            raise TransactionUnknown(tx_hash, self.name)
        raise ChainTimeout(
            tx_hash,
            timeout,
            hint="the node holds it but has not mined it: its fee may be low, or an earlier nonce is missing",
        )

    def revert_data(self, tx_hash: bytes) -> bytes:
        receipt = self.receipt(tx_hash)
        if receipt is None:
            raise TransactionUnknown(tx_hash, self.name)
        if receipt.ok:
            return b""
        return revert_data(self._ask, receipt, self.name, local=self.is_local)

    def logs(
        self,
        addresses: str | Sequence[str] | None = None,
        topics: Topics = (),
        from_block: int = 0,
        to_block: int | None = None,
    ) -> list[Log]:
        wanted = [addresses] if isinstance(addresses, str) else addresses
        last = self.head().number if to_block is None else to_block
        if wanted is not None and not wanted:
            return []
        fields: dict[str, Any] = {"topics": topics_filter(topics)}
        if wanted is not None:
            fields["address"] = list(wanted)
        # Some nodes let an event pass that has fewer topics than the filter.
        return [log for log in self._logs(fields, from_block, last) if len(log.topics) >= len(topics)]

    def _logs(self, fields: dict[str, Any], first: int, last: int) -> list[Log]:
        if first > last:
            return []
        asked = {**fields, "fromBlock": hex(first), "toBlock": hex(last)}
        try:
            return logs_of(self._ask("eth_getLogs", asked))
        except RpcError as error:
            # Public nodes limit how much one question may cover.
            if first == last or not _TOO_WIDE.search(error.text):
                raise
        middle = (first + last) // 2
        return self._logs(fields, first, middle) + self._logs(fields, middle + 1, last)

    def raw_block(self, number: int) -> RawBlock | None:
        return read_block(self._ask, self._ask_many, number, self.name)

    def raw_header(self, number: int) -> bytes | None:
        return read_header(self._ask, number, self.name)

    # --------------------------------------------------------------------- sending

    def send_raw(self, raw: bytes) -> bytes:
        try:
            return self.send_many([raw])[0]
        except BatchRefused as batch:
            raise batch.refusals[0] from None

    def send_many(self, raws: Sequence[bytes]) -> list[bytes]:
        hashes = [keccak256(raw) for raw in raws]
        failed: dict[int, RpcError] = {}
        start = 0
        while start < len(raws):
            end, size = start, 0
            while end < len(raws) and end - start < _BATCH and (end == start or size < _BATCH_BYTES):
                size += 2 * len(raws[end])
                end += 1
            calls = [("eth_sendRawTransaction", ["0x" + raw.hex()]) for raw in raws[start:end]]
            for number, answer in enumerate(self._ask_in_order(calls), start):
                if isinstance(answer, RpcError):
                    failed[number] = answer
            start = end
        known = self._known([hashes[number] for number in failed])
        refused: dict[int, Refused] = {}
        for (number, error), there in zip(failed.items(), known, strict=True):
            if there:
                continue
            reverted = revert_of(error)
            if reverted is not None and len(raws) == 1:
                raise Reverted(reverted, hashes[number])
            refused[number] = Refused(error.text, hashes[number])
        if refused:
            raise BatchRefused(refused, len(raws))
        return hashes

    def trace(self, tx_hash: bytes) -> dict[str, Any]:
        try:
            found = self._ask("debug_traceTransaction", "0x" + tx_hash.hex(), {"tracer": "callTracer"})
        except RpcError as error:
            raise Unsupported(
                f"trace that transaction ({error.text})", self.name, hint="anvil can: --chain anvil"
            ) from error
        if not isinstance(found, dict):
            raise Unsupported("trace that transaction", self.name, hint="anvil can: --chain anvil")
        return found

    def snapshot(self) -> str:
        return self._laboratory.snapshot(self.now())

    def revert(self, snapshot: str) -> None:
        self._laboratory.revert(snapshot, self.now)

    def advance(self, seconds: int) -> Head:
        self._laboratory.advance(seconds, self.now())
        return self.head()

    def mine(self, blocks: int = 1) -> Head:
        self._laboratory.mine(blocks)
        return self.head()

    def set_balance(self, address: str, wei: int) -> None:
        self._laboratory.set_balance(address, wei)

    def reset(self) -> None:
        raise self._no("be reset from here")

    def restart(self) -> None:
        raise self._no("be restarted from here")

    def save(self, path: Path) -> None:
        raise self._no("be saved from here")

    def load(self, path: Path) -> None:
        raise self._no("be loaded from here")

    def _no(self, what: str) -> Unsupported:
        return Unsupported(
            what, self.name, hint="a chain of our own can: --chain anvil or --chain eth-tester"
        )

    def web3(self) -> Any:
        """A web3.Web3 on the same node."""
        from web3 import HTTPProvider, Web3

        return Web3(HTTPProvider(self._node.url, request_kwargs={"timeout": self._options.timeout}))
