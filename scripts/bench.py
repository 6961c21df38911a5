"""`make bench`: speed and memory as ratios, both sides measured in this run, in turn, on this machine.

    python scripts/bench.py [--quick] [--json] [NAME...]

Ratios travel between machines, absolute figures do not: they are shown beside them, for orientation. Exit
status 1 if a ratio that has something to reach does not reach it (not asked of --quick, which only shows
that everything runs).
"""

from __future__ import annotations

import argparse
import json
import platform
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path

from benchmarks import compiling, history, memory, scenarios, startup, throughput
from benchmarks.figures import Figure

SCHEMA = "prepaid.bench/1"

Measure = Callable[[Path, bool], Iterator[Figure]]

MEASUREMENTS: dict[str, Measure] = {
    "help": lambda _, quick: startup.measure(quick=quick),
    "consume": lambda folder, quick: throughput.measure(folder, quick=quick),
    "scenarios": lambda folder, quick: scenarios.measure(folder, quick=quick),
    "compile": lambda folder, quick: compiling.measure(folder, quick=quick),
    "history": lambda folder, quick: history.measure(folder, quick=quick),
    "memory": lambda folder, quick: memory.measure(folder, quick=quick),
}


def main(arguments: list[str]) -> int:
    """Run what is asked for and print it; the exit status."""
    parser = argparse.ArgumentParser(description="Speed and memory, as ratios from one run.")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"only these: {', '.join(MEASUREMENTS)}")
    parser.add_argument("--quick", action="store_true", help="tiny amounts: shows that it runs, not how fast")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    options = parser.parse_args(arguments)
    unknown = set(options.names) - MEASUREMENTS.keys()
    if unknown:
        parser.error(f"no measurement is called {', '.join(sorted(unknown))}")

    figures: list[Figure] = []
    with tempfile.TemporaryDirectory(prefix="prepaid-bench-") as root:
        for name in options.names or MEASUREMENTS:
            folder = Path(root) / name
            folder.mkdir()
            for figure in MEASUREMENTS[name](folder, options.quick):
                figures.append(figure)
                if not options.json:
                    print(shown(figure), flush=True)
    if options.json:
        print(json.dumps(envelope(figures, options.quick), ensure_ascii=False, indent=2))
    return int(not options.quick and any(figure.reached is False for figure in figures))


def shown(figure: Figure) -> str:
    """One figure for people: the ratio, what it is to reach, and the absolute figures behind it."""
    ratio = "—" if figure.ratio is None else f"{figure.ratio:.3g}"
    goal = ""
    if figure.reach is not None:
        word = "at most" if figure.better == "most" else "at least"
        goal = f"  ({word} {figure.reach:g}: {'reached' if figure.reached else 'MISSED'})"
    behind = ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in figure.details.items())
    return f"{ratio:>8} ×  {figure.title}{goal}\n            {behind}"


def envelope(figures: list[Figure], quick: bool) -> dict[str, object]:
    """The whole run for programs."""
    return {
        "schema": SCHEMA,
        "quick": quick,
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.machine()}",
        "figures": [{**asdict(figure), "reached": figure.reached} for figure in figures],
    }


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
