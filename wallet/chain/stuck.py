"""A way out for transactions that anvil has forgotten in its queue.

Anvil 1.7.1, mining on arrival, can miss that a transaction's turn has come if it arrives in the very moment
in which the one before it is mined: it then waits with the account's next nonce for ever, and all others
after it. Taken out of the pool and handed in again they are mined. Other nodes lack these methods and are
left alone.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any

from wallet.chain.errors import ChainError
from wallet.chain.jsonrpc import RpcError
from wallet.chain.rpc_values import quantity


def free_stuck(ask: Callable[..., Any]) -> None:
    """Hand in again what waits in anvil's queue although its turn has come; `ask` puts one question.

    What dies between taking out and handing in is lost to the node, not to its sender, whose journal has it.
    """
    # A node without these methods, or with other answers, has no such queue to be helped with.
    with suppress(ChainError, LookupError, TypeError, AttributeError):
        pool = ask("txpool_content")
        for sender, queued in pool["queued"].items():
            turn = quantity(ask("eth_getTransactionCount", sender, "latest"), "eth_getTransactionCount")
            if str(turn) in queued:  # else one before it is missing, and waiting is right
                _hand_in_again(ask, sender, {**queued, **pool["pending"].get(sender, {})})


def _hand_in_again(ask: Callable[..., Any], sender: str, waiting: dict[str, dict[str, Any]]) -> None:
    hashes = [waiting[nonce]["hash"] for nonce in sorted(waiting, key=int)]
    raws = [ask("eth_getRawTransactionByHash", tx_hash) for tx_hash in hashes]
    if not all(raws):
        return
    ask("anvil_removePoolTransactions", sender)
    for raw in raws:
        with suppress(RpcError):  # another process may have been faster
            ask("eth_sendRawTransaction", raw)
