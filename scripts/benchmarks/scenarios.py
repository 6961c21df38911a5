"""Scenarios a second on each backend, beside the same flow in plain web3.py and in Brownie.

The other two deploy once, have merchant and product ready, and check the balances they name. A scenario does
more: its merchant goes through the gate each time, and after every step everybody's money and every card are
looked at and added up. Each way is undone by the chain's snapshot.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.figures import Figure, alternate, median_ratio, seconds
from benchmarks.plain_flow import PlainFlow
from benchmarks.throughput import CARRIER, _keys, _town, _web3_of
from benchmarks.town import Town
from wallet.bindings.digital_yuan import DigitalYuan
from wallet.bindings.runtime import ask
from wallet.compiler.artefacts import load_artefact
from wallet.scenario.load import Case, load
from wallet.scenario.pool import staged
from wallet.scenario.run import play
from wallet.scenario.stage import Stage
from wallet.services.fund import fund
from wallet.services.publish import find_product

ROOT = Path(__file__).resolve().parents[2]
FLOW = Path(__file__).with_name("flow.scenario.yaml")
BROWNIE = ROOT / ".venv-brownie" / "bin" / "python"


@dataclass(frozen=True, slots=True)
class Size:
    """How often one way plays the flow in a round."""

    rounds: int
    each: dict[str, int]
    plain: int
    brownie: int


FULL = Size(3, {"revm": 20, "anvil": 5, "eth-tester": 2, "hardhat": 2}, 5, 3)
QUICK = Size(1, {"revm": 2, "anvil": 1}, 1, 0)


def measure(folder: Path, *, quick: bool) -> Iterator[Figure]:
    """One figure a backend, each against plain web3.py on anvil; then Brownie's way against it."""
    size = QUICK if quick else FULL
    (case,) = load([str(FLOW)])
    with ExitStack() as stack:
        stages = {name: stack.enter_context(staged(name, 1)) for name in size.each}
        flow, terms = _plain(stack.enter_context(_town(folder / "anvil", "anvil", 1)))
        for stage in stages.values():
            _played(case, stage, 1)  # deploys
        flow.play(terms)
        ways = [
            *(lambda s=stage, n=size.each[name]: n / seconds(lambda: _played(case, s, n))
              for name, stage in stages.items()),
            lambda: size.plain / seconds(lambda: [flow.play(terms) for _ in range(size.plain)]),
        ]  # fmt: skip
        *ours, plain = alternate(size.rounds, *ways)
    for name, found in zip(stages, ours, strict=True):
        yield Figure(
            f"scenarios-{name}",
            f"scenarios a second on {name}, against the same flow in plain web3.py on anvil",
            median_ratio(found, plain),
            better="least",
            details={
                "ours_per_second": round(median(found), 2),
                "plain_per_second": round(median(plain), 2),
            },
        )
    there = _brownie(folder, size.brownie)
    if there:
        yield Figure(
            "scenarios-brownie",
            "the same flow a second in Brownie, against plain web3.py, both on anvil",
            there / median(plain),
            better="least",
            details={"brownie_per_second": round(there, 2), "plain_per_second": round(median(plain), 2)},
        )


def _played(case: Case, stage: Stage, times: int) -> None:
    for _ in range(times):
        result = play(case, stage)
        assert result.status == "passed", result.reason


def _plain(town: Town) -> tuple[PlainFlow, tuple[Any, ...]]:
    chain, context = town.context.chain, town.context
    keys = dict(zip(("operator", "merchant", "consumer", "carrier"), _keys(0, 1, 2, CARRIER), strict=True))
    abis = {name: load_artefact(name).abi for name in ("SubWallet", "DigitalYuan")}
    fund(context, town.operator, town.consumer.address, 100_000)
    assert ask(chain, DigitalYuan(context.platform.token).balance_of(town.consumer.address)) >= 100_000
    wallet = context.wallet_of(town.consumer.address).address
    product = find_product(context, "1000 送 300").terms
    terms = product.change(bonus=0).bought(salt=99, buy_by=chain.now() + 6 * 3600)
    return PlainFlow(_web3_of(chain), abis, keys, wallet, context.platform.token), terms.values()


def _brownie(folder: Path, times: int) -> float:
    """Flows a second in Brownie's own environment; 0 where it is not installed (`make brownie` does that)."""
    if not times or not BROWNIE.exists():
        print("Brownie is left out: not asked for, or not installed (`make brownie`)", file=sys.stderr)
        return 0.0
    out = folder / "brownie.json"
    command = [
        str(BROWNIE),
        "scripts/brownie_run.py",
        "run",
        "brownie_stories/flow",
        "main",
        str(times),
        str(out),
    ]
    subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL, timeout=600)
    return 1 / median(json.loads(out.read_text("utf-8")))
