"""A node's blocks as they were hashed, put together from its JSON.

Few nodes give the bytes themselves, and not under one name; the JSON holds all of them. A header is believed
only if it hashes to the hash that the node gives: fields that a later fork added would be noticed here, and
are then asked for as bytes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

from wallet.chain.base import RawBlock
from wallet.chain.errors import Unsupported
from wallet.chain.jsonrpc import RpcError
from wallet.chain.rpc_values import data, quantity
from wallet.keccak import keccak256
from wallet.rlp import Rlp, minimal, rlp_encode

Ask = Callable[..., Any]
AskMany = Callable[[Sequence[tuple[str, Sequence[Any]]]], list[Any]]

_FIELDS: Final = (
    "parentHash", "sha3Uncles", "miner", "stateRoot", "transactionsRoot", "receiptsRoot", "logsBloom",
    "difficulty", "number", "gasLimit", "gasUsed", "timestamp", "extraData", "mixHash", "nonce",
)  # fmt: skip
_LATER: Final = (
    "baseFeePerGas", "withdrawalsRoot", "blobGasUsed", "excessBlobGas", "parentBeaconBlockRoot",
    "requestsHash", "blockAccessListHash", "slotNumber",
)  # fmt: skip
"""Each fork put its own behind those of the one before (EIP-1559, 4895, 4844, 4788, 7685, …)."""
_NUMBERS: Final = frozenset(
    (
        "difficulty", "number", "gasLimit", "gasUsed", "timestamp", "baseFeePerGas", "blobGasUsed",
        "excessBlobGas", "slotNumber",
    )
)  # fmt: skip
_RAW_TRANSACTION: Final = ("eth_getRawTransactionByHash", "debug_getRawTransaction")


def read_header(ask: Ask, number: int, backend: str) -> bytes | None:
    """The RLP of a block's header, None if there is no such block. Raises Unsupported, BadAnswer."""
    found = ask("eth_getBlockByNumber", hex(number), False)
    return None if found is None else _header(ask, found, number, backend)


def read_block(ask: Ask, ask_many: AskMany, number: int, backend: str) -> RawBlock | None:
    """The whole block, None if there is no such block. Raises Unsupported, BadAnswer."""
    found = ask("eth_getBlockByNumber", hex(number), False)
    if found is None:
        return None
    header = _header(ask, found, number, backend)
    hashes = [data(one, "a block's transaction", 32) for one in found.get("transactions", ())]
    receipts = tuple(_receipt(one) for one in _receipts(ask, ask_many, number, hashes))
    return RawBlock(header, receipts, _transactions(ask_many, hashes))


def _header(ask: Ask, fields: dict[str, Any], number: int, backend: str) -> bytes:
    block_hash = data(fields.get("hash"), "a block's hash", 32)
    names = [*_FIELDS]
    for name in _LATER:
        if fields.get(name) is None:
            break
        names.append(name)
    header = rlp_encode([_field(name, fields.get(name)) for name in names])
    if keccak256(header) == block_hash:
        return header
    try:
        header = data(ask("debug_getRawHeader", hex(number)), "a block's header")
    except RpcError:
        header = b""
    if keccak256(header) == block_hash:
        return header
    raise Unsupported(
        f"give a header of block {number} that hashes to its hash", backend, hint="ask another node"
    )


def _field(name: str, value: Any) -> bytes:
    what = f"a block's {name}"
    return minimal(quantity(value, what)) if name in _NUMBERS else data(value, what)


def _receipts(ask: Ask, ask_many: AskMany, number: int, hashes: Sequence[bytes]) -> list[dict[str, Any]]:
    try:
        found = ask("eth_getBlockReceipts", hex(number))
    except RpcError:  # not every node knows it
        found = ask_many([("eth_getTransactionReceipt", ["0x" + h.hex()]) for h in hashes])
    if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
        return []  # pruned, say; what is missing shows in the trie's root
    return found


def _receipt(fields: dict[str, Any]) -> bytes:
    """As the trie holds it: before Byzantium with a state root, since then with a status."""
    root = fields.get("root")
    first = data(root, "a receipt's root") if root else _number(fields, "status")
    logs: list[Rlp] = [
        [
            data(log.get("address"), "an event's address", 20),
            [data(topic, "an event's topic", 32) for topic in log.get("topics", ())],
            data(log.get("data"), "an event's data"),
        ]
        for log in fields.get("logs", ())
    ]
    bloom = data(fields.get("logsBloom"), "a receipt's bloom")
    body = rlp_encode([first, _number(fields, "cumulativeGasUsed"), bloom, logs])
    return minimal(quantity(fields.get("type", "0x0"), "a receipt's type")) + body


def _number(fields: dict[str, Any], name: str) -> bytes:
    return minimal(quantity(fields.get(name), f"a receipt's {name}"))


def _transactions(ask_many: AskMany, hashes: Sequence[bytes]) -> tuple[bytes, ...] | None:
    for method in _RAW_TRANSACTION:
        found = ask_many([(method, ["0x" + h.hex()]) for h in hashes])
        if any(isinstance(one, RpcError) or one is None for one in found):
            continue
        raws = tuple(data(one, "a transaction") for one in found)
        if [keccak256(raw) for raw in raws] == list(hashes):
            return raws
    return None
