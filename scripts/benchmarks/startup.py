"""`prepaid --help` against `python -c "import web3"`: what a person waits for before anything happens."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from statistics import median

from benchmarks.figures import Figure, alternate, median_ratio, seconds

PREPAID = Path(sys.executable).with_name("prepaid")


def measure(*, quick: bool) -> Iterator[Figure]:
    """One figure, from alternating runs after one of each that warms the disk's cache."""
    rounds = 1 if quick else 11
    _start(PREPAID, "--help")
    _start(sys.executable, "-c", "import web3")
    ours, theirs = alternate(
        rounds,
        lambda: seconds(lambda: _start(PREPAID, "--help")),
        lambda: seconds(lambda: _start(sys.executable, "-c", "import web3")),
    )
    yield Figure(
        "help",
        "time of `prepaid --help`, against `import web3`",
        median_ratio(ours, theirs),
        reach=0.35,
        details={
            "runs": rounds,
            "help_seconds": round(median(ours), 3),
            "import_web3_seconds": round(median(theirs), 3),
        },
    )


def _start(*command: str | Path) -> None:
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, timeout=60)
