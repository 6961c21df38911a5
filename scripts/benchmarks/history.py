"""Reopening an embedded chain of 2,000 transactions and asking it for a card's history.

Measured in processes of their own, as a command does it. Against the log search that eth-tester itself
brings, on the same chain, over its newest blocks only: its time grows with the square of their number.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.figures import Figure
from benchmarks.town import open_town
from wallet.chain import open_chain
from wallet.chain.base import Chain
from wallet.home import Home
from wallet.services.stream import pay_many
from wallet.signing.policy import Policy
from wallet.signing.signer import KeySigner
from wallet.signing.transaction import Transaction

CARDS = 4
TRANSFER_GAS = 21_000


def measure(folder: Path, *, quick: bool) -> Iterator[Figure]:
    """Two figures: reopening with history, and how much longer eth-tester's search takes."""
    transactions, uses, window = (60, 8, 5) if quick else (2_000, 200, 100)
    card = build(folder, transactions, uses)
    seen = [_look(folder, card) for _ in range(2 if quick else 5)]
    search = _look(folder, card, window)
    reopened, told = (median(one[name] for one in seen) for name in ("reopen", "history"))
    details = {
        "transactions": transactions,
        "blocks": seen[0]["blocks"],
        "entries": seen[0]["entries"],
        "reopen_seconds": round(reopened, 4),
        "history_seconds": round(told, 4),
        "evm_loaded": "yes" if any(one["evm"] for one in seen) else "no",
    }
    yield Figure(
        "history",
        f"`card history` over {seen[0]['blocks']} blocks, reopening included, "
        f"against eth-tester's own log search over {window} of them",
        (reopened + told) / search["search"],
        details={**details, "search_blocks": window, "search_seconds": round(search["search"], 3)},
    )


def build(folder: Path, transactions: int, uses: int) -> str:
    """A chain of so many transactions; `uses` of them consume, most others are transfers, a block each.

    Returns the card with the longest history.
    """
    home = Home.create(folder / ".prepaid")
    with open_chain("eth-tester", home) as chain, open_town(folder, chain) as town:
        town.settle(CARDS)
        orders = [use.order for use in town.uses(uses)]
        done = pay_many(town.context, town.merchant, town.consumer, orders, Policy())
        assert not any(one.error for one in done)
        people = (town.operator, town.merchant, town.consumer)
        _fill(chain, town.operator, transactions - sum(chain.nonce(one.address) for one in people))
        return orders[0].card


def _fill(chain: Chain, sender: KeySigner, count: int) -> None:
    first, fee, chain_id = chain.nonce(sender.address), 2 * chain.base_fee(), chain.chain_id()
    for nonce in range(first, first + count):
        transfer = Transaction(chain_id, nonce, sender.address, b"", TRANSFER_GAS, fee)
        chain.send_raw(sender.sign_transaction(transfer))


def _look(folder: Path, card: str, window: int = 0) -> dict[str, Any]:
    command = [sys.executable, "-c", _LOOKING, str(folder), card, str(window)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, timeout=300)
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


_LOOKING = """
import json, sys, time
from pathlib import Path
from wallet.chain import open_chain
from wallet.home import Home
from wallet.services.cards import history
from wallet.services.context import open_context
import wallet.chain.eth_tester

folder, card, window = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
home = Home.find(folder / ".prepaid")
start = time.perf_counter()
chain = open_chain("eth-tester", home)
context, _ = open_context(chain, ledger=folder / "ledger.sqlite", deployments=folder / "deployments")
opened = time.perf_counter()
entries = history(context, card)
told = time.perf_counter()
head = chain.head().number
answer = {"reopen": opened - start, "history": told - opened, "entries": len(entries), "blocks": head + 1,
          "evm": any(name == "eth" or name.startswith("eth.") for name in sys.modules)}
if window:
    node = chain.web3()
    start = time.perf_counter()
    node.eth.get_logs({"fromBlock": head - window + 1, "toBlock": head})
    answer["search"] = time.perf_counter() - start
print(json.dumps(answer))
"""
