"""Why a mined transaction failed, from a node that may know no tracer of calls.

Three ways, best first: the tree of calls; the plain list of steps that laboratory nodes give (asked only of
our own machine, for it is long); the same call again on the block before.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any, Final

from wallet.chain.base import Receipt, TransactionUnknown, Unsupported
from wallet.chain.jsonrpc import RpcError
from wallet.chain.rpc_values import data, revert_of

Ask = Callable[..., Any]

_TRACE: Final = "debug_traceTransaction"
_BARE: Final = {"disableMemory": True, "disableStack": True, "disableStorage": True}


def revert_data(ask: Ask, receipt: Receipt, name: str, *, local: bool) -> bytes:
    """What the transaction of `receipt` reverted with. Unsupported if the node `name` cannot tell."""
    tx = "0x" + receipt.tx_hash.hex()
    with suppress(Unsupported, RpcError):
        return data(_traced(ask, tx, {"tracer": "callTracer"}).get("output", "0x"), _TRACE)
    if local:
        with suppress(Unsupported, RpcError):
            return data(_returned(_traced(ask, tx, _BARE)), _TRACE)
    return _replay(ask, receipt, name)


def _traced(ask: Ask, tx: str, how: dict[str, Any]) -> dict[str, Any]:
    found = ask(_TRACE, tx, how)
    if not isinstance(found, dict):
        raise Unsupported("trace that transaction", "node")
    return found


def _returned(found: dict[str, Any]) -> str:
    """Some nodes leave out the 0x."""
    value = str(found.get("returnValue", ""))
    return value if value.startswith("0x") else "0x" + value


def _replay(ask: Ask, receipt: Receipt, name: str) -> bytes:
    """Ask for the same call on the block before, which lacks what its own block did earlier."""
    sent = ask("eth_getTransactionByHash", "0x" + receipt.tx_hash.hex())
    if not isinstance(sent, dict):
        raise TransactionUnknown(receipt.tx_hash, name)
    fields = {k: sent[k] for k in ("from", "to", "gas", "value", "input") if sent.get(k) is not None}
    try:
        ask("eth_call", fields, hex(receipt.block_number - 1))
    except RpcError as error:
        reverted = revert_of(error)
        if reverted is not None:
            return reverted
    raise Unsupported("tell any more why that transaction failed", name, hint="ask an archive node")
