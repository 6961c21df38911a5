"""The invariant search for as long as one likes:

    python -m tests.contracts.fuzz --calls 1000000 --jobs 2
    python -m tests.contracts.fuzz --seed 7 --calls 1000      (one shard again, as in a report)

Exits with 1 and prints the shortest failing sequence if a guarantee breaks. Shard number n of a run has the
seed that was given plus n; without --seed the clock chooses, and the report says which it was.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from itertools import count
from multiprocessing import get_context

from tests.contracts.invariants.search import SHARD, Found, Report, Stage, search


def shard(seed: int, calls: int, shrink: float) -> Report | str:
    """One shard: its report, or its finding as text (a finding cannot travel between processes whole)."""
    try:
        return search(seed, calls, Stage(unreliable=seed % 4 == 3), shrink=shrink)
    except Found as found:
        return f"seed {seed}, after {found.finding.calls} calls\n{found}"


def shards(first: int, calls: int, jobs: int, shrink: float) -> Iterator[Report | str]:
    """Shards until `calls` calls are made, several at a time."""
    seeds = count(first)
    left = calls
    with ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as pool:
        running: set[Future[Report | str]] = set()
        while running or left > 0:
            while left > 0 and len(running) < jobs:
                running.add(pool.submit(shard, next(seeds), min(left, SHARD), shrink))
                left -= SHARD
            done, running = wait(running, return_when=FIRST_COMPLETED)
            for each in done:
                yield each.result()


def main() -> int:
    """Run, report, and say by the exit status whether everything held."""
    parser = argparse.ArgumentParser(prog="python -m tests.contracts.fuzz", description="Invariant search.")
    parser.add_argument("--calls", type=int, default=1_000_000, help="how many calls to make (1000000)")
    parser.add_argument("--seed", type=int, help="first seed; the clock's if not given")
    parser.add_argument("--jobs", type=int, default=1, help="processes (1)")
    parser.add_argument("--shrink", type=float, default=120, help="most seconds to shorten a finding (120)")
    options = parser.parse_args()
    first = options.seed if options.seed is not None else time.time_ns() // 1000 % 10**12
    print(f"first seed {first}, {options.calls} calls, {options.jobs} processes", flush=True)
    began, total = time.monotonic(), Report()
    for result in shards(first, options.calls, options.jobs, options.shrink):
        if isinstance(result, str):
            print(f"\nA guarantee is broken: {result}")
            return 1
        total.calls += result.calls
        total.succeeded += result.succeeded
        total.cards += result.cards
        total.coverage += Counter(result.coverage)
        rate = total.calls / (time.monotonic() - began)
        end = "\r" if sys.stdout.isatty() else "\n"
        text = f"{total.calls:,} calls, {total.succeeded:,} succeeded, {total.cards:,} cards, {rate:,.0f}/s"
        print(f"{text:70}", end=end, flush=True)
    print(f"\nEvery guarantee held. First seed {first}.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
