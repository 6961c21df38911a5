"""Between a node's JSON and our values. Whatever has not the right shape raises BadAnswer."""

from __future__ import annotations

import re
from typing import Any, Final

from wallet.address import to_checksum
from wallet.chain.base import CallRequest, Head, Log, Receipt, Topics
from wallet.chain.errors import BadAnswer
from wallet.chain.jsonrpc import RpcError

_NUMBER: Final = re.compile(r"0x[0-9a-fA-F]{1,64}")
_DATA: Final = re.compile(r"0x(?:[0-9a-fA-F]{2})*")
_HALTED: Final = re.compile(
    r"revert|opcode|out ?of ?gas|invalid jump|stack (?:under|over)flow|(?:vm execution|evm) error",
    re.IGNORECASE,
)
_NOT_HALTED: Final = re.compile(r"insufficient funds|fee|nonce|intrinsic", re.IGNORECASE)


def quantity(value: Any, what: str) -> int:
    """A hexadecimal number."""
    if not isinstance(value, str) or not _NUMBER.fullmatch(value):
        raise _bad(what, "a number", value)
    return int(value, 16)


def data(value: Any, what: str, length: int | None = None) -> bytes:
    """Hexadecimal bytes, of `length` if given."""
    if not isinstance(value, str) or not _DATA.fullmatch(value):
        raise _bad(what, "data", value)
    raw = bytes.fromhex(value[2:])
    if length is not None and len(raw) != length:
        raise _bad(what, f"{length} bytes", value)
    return raw


def block_head(value: Any) -> Head | None:
    if value is None:
        return None
    fields = _mapping(value, "a block")
    return Head(
        quantity(fields.get("number"), "a block's number"),
        data(fields.get("hash"), "a block's hash", 32),
        quantity(fields.get("timestamp"), "a block's time"),
    )


def receipt_of(value: Any, tx_hash: bytes) -> Receipt | None:
    """None while not mined (some nodes give a receipt without block for a waiting transaction)."""
    if value is None:
        return None
    fields = _mapping(value, "a receipt")
    if fields.get("blockNumber") is None:
        return None
    if data(fields.get("transactionHash"), "a receipt's transaction", 32) != tx_hash:
        raise _bad("a receipt", f"that of 0x{tx_hash.hex()}", fields.get("transactionHash"))
    contract = fields.get("contractAddress")
    ok = quantity(fields.get("status"), "a receipt's status") == 1
    return Receipt(
        tx_hash=tx_hash,
        ok=ok,
        block_number=quantity(fields["blockNumber"], "a receipt's block"),
        block_hash=data(fields.get("blockHash"), "a receipt's block hash", 32),
        gas_used=quantity(fields.get("gasUsed"), "a receipt's gas"),
        logs=tuple(logs_of(fields.get("logs"))),
        contract=to_checksum(data(contract, "a receipt's contract", 20)) if contract and ok else None,
    )


def logs_of(value: Any) -> list[Log]:
    if not isinstance(value, list):
        raise _bad("a question for events", "a list", value)
    return [_log(_mapping(item, "an event")) for item in value]


def _log(fields: dict[str, Any]) -> Log:
    topics = fields.get("topics")
    if not isinstance(topics, list):
        raise _bad("an event's topics", "a list", topics)
    return Log(
        address=to_checksum(data(fields.get("address"), "an event's address", 20)),
        topics=tuple(data(t, "an event's topic", 32) for t in topics),
        data=data(fields.get("data"), "an event's data"),
        block_number=quantity(fields.get("blockNumber"), "an event's block"),
        tx_hash=data(fields.get("transactionHash"), "an event's transaction", 32),
        index=quantity(fields.get("logIndex"), "an event's index"),
    )


def call_fields(request: CallRequest) -> dict[str, str]:
    fields = {"data": "0x" + request.data.hex()}
    if request.to is not None:
        fields["to"] = request.to
    if request.sender is not None:
        fields["from"] = request.sender
    if request.value:
        fields["value"] = hex(request.value)
    if request.gas is not None:
        fields["gas"] = hex(request.gas)
    return fields


def topics_filter(topics: Topics) -> list[Any]:
    choices = [[topic] if isinstance(topic, bytes) else topic for topic in topics]
    return [["0x" + t.hex() for t in wanted] if wanted else None for wanted in choices]


def revert_of(error: RpcError) -> bytes | None:
    """The revert data in a node's error, in any of the ways nodes put it; None if it is no revert."""
    found = _hidden(error.data)
    if found is not None:
        return found
    if error.number == 3 or (_HALTED.search(error.text) and not _NOT_HALTED.search(error.text)):
        return b""
    return None


def _hidden(value: Any) -> bytes | None:
    if isinstance(value, str):
        text = value.removeprefix("Reverted ").strip()
        return bytes.fromhex(text[2:]) if _DATA.fullmatch(text) else None
    if isinstance(value, dict):
        for key in ("data", "result", "return", "output"):
            found = _hidden(value.get(key))
            if found is not None:
                return found
        for inner in value.values():
            if isinstance(inner, dict):
                found = _hidden(inner)
                if found is not None:
                    return found
    return None


def _mapping(value: Any, what: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise _bad(what, "an object", value)
    return value


def _bad(what: str, expected: str, value: Any) -> BadAnswer:
    shown = repr(value)
    shown = shown[:80] + "…" if len(shown) > 80 else shown
    return BadAnswer(
        f"the node answered {what} with {shown} where {expected} belongs",
        hint="is this an Ethereum node, and a whole one?",
        asked=what,
    )
