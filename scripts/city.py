"""Run a whole city on the chain in this process and hold its books against each other (make city).

python -m scripts.city [--merchants 3000] [--system shenzhen] [--seed 17]
"""

from __future__ import annotations

import argparse
import time

from wallet.chain.base import ChainOptions
from wallet.chain.revm import RevmChain
from wallet.money import format_yuan
from wallet.stories.city import MERCHANTS, City, Town
from wallet.stories.stage import staged
from wallet.systems import find_system


def main() -> None:
    """Read the options, run, print."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--merchants", type=int, default=MERCHANTS)
    options.add_argument("--system", default="shenzhen")
    options.add_argument("--seed", type=int, default=17)
    chosen = options.parse_args()
    began = time.monotonic()
    with staged(find_system(chosen.system), RevmChain(ChainOptions())) as stage:
        town = City(stage, merchants=chosen.merchants, seed=chosen.seed).run()
    print(report(town, time.monotonic() - began))


def report(town: Town, seconds: float) -> str:
    """The city in a few lines, district by district."""
    lines = [
        f"{town.districts} districts, {town.merchants} merchants, {town.consumers} consumers, "
        f"{town.cards} cards, {town.transactions} transactions in {seconds:.0f} s",
        f"paid in {format_yuan(town.paid_in)}, released {format_yuan(town.released)}, "
        f"refunded {format_yuan(town.refunded)}, held {format_yuan(town.held)}, "
        f"to collect {format_yuan(town.due)}, missing {format_yuan(town.shortfall)}",
        "three books agree to the fen: this run's, the chain's events, the token's balances",
    ]
    for one in town.seen.districts:
        held = format_yuan(one.totals.held)
        lines.append(f"  {one.name}: {one.merchants} merchants, {one.totals.cards} cards, held {held}")
    return "\n".join(lines)


if __name__ == "__main__":
    main()
