"""`make scenarios`: the shipped scenarios on every chain, with the same balances to the fen.

    python -m scripts.scenarios_everywhere [--chains revm,anvil] [--jobs 2] [PATH...]

Each chain plays all of them; then everybody's money and every card after every step is held against what
it was on the first chain. A chain may leave out a scenario only by saying what it cannot do. Exit status 1 if
something failed or differs.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path

from wallet.errors import PrepaidError
from wallet.scenario.load import Case, load
from wallet.scenario.pool import play_all
from wallet.scenario.result import CaseResult, RunResult

SHIPPED = Path(__file__).parent / "scenarios"
CHAINS = ("revm", "eth-tester", "anvil", "hardhat")


def main(arguments: Sequence[str]) -> int:
    """Play, compare, tell; the exit status."""
    parser = argparse.ArgumentParser(description="The shipped scenarios on every chain, to the fen.")
    parser.add_argument("paths", nargs="*", metavar="PATH", default=[str(SHIPPED)])
    parser.add_argument("--chains", default=",".join(CHAINS), metavar="NAME,…")
    parser.add_argument("--jobs", type=int, default=2, metavar="N", help="processes for each chain")
    options = parser.parse_args(arguments)
    try:
        cases = load(options.paths)
        runs = [_played(cases, chain, options.jobs) for chain in options.chains.split(",")]
    except PrepaidError as error:
        print(f"{error}\n  {error.hint}", file=sys.stderr)
        return error.exit_status
    wrong = [line for run in runs for line in failures(run)]
    wrong += [line for run in runs[1:] for line in differences(runs[0], run)]
    print("\n".join(wrong) or f"{len(cases)} scenarios: the same money after every step on every chain")
    return int(bool(wrong))


def _played(cases: Sequence[Case], chain: str, jobs: int) -> RunResult:
    run = play_all(cases, chain=chain, workers=jobs)
    counts = ", ".join(f"{run.count(one)} {one}" for one in ("passed", "failed", "broken", "skipped"))
    print(f"{chain:>10}  {counts}  {run.seconds:.1f} s  {len(cases) / run.seconds:.1f} a second", flush=True)
    for one in run.cases:
        if one.status == "skipped":
            print(f"            left out: {one.name}: {one.reason}")
    return run


def failures(run: RunResult) -> Iterator[str]:
    """What did not pass, with the command that repeats it."""
    for one in run.cases:
        if one.status in ("failed", "broken"):
            repeat = one.failure.repeat if one.failure is not None else ""
            yield f"{run.chain}: {one.name} {one.status}: {one.reason}\n    {repeat}"


def differences(first: RunResult, other: RunResult) -> Iterator[str]:
    """Where two chains that both played a scenario to its end disagree about money."""
    there = {(one.file, one.name): one for one in first.cases}
    for one in other.cases:
        before = there[one.file, one.name]
        if (one.status, before.status) != ("passed", "passed"):
            continue
        for number, (mine, yours) in enumerate(zip(_money(before), _money(one), strict=True), 1):
            if mine != yours:
                yield f"{one.name}, step {number}: {mine} on {first.chain}, {yours} on {other.chain}"
                break


def _money(case: CaseResult) -> list[tuple[list[tuple[str, int]], dict[str, object]]]:
    # What has no name in a scenario has an address, and that is another one on another chain.
    return [
        (
            sorted((name if not name.startswith("0x") else "0x…", fen) for name, fen in at.balances.items()),
            {name: asdict(card) for name, card in at.cards.items()},
        )
        for at in (step.after for step in case.steps)
    ]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
