"""Compiling with nothing changed against compiling anew."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from benchmarks.figures import Figure, alternate, seconds
from wallet.compiler import Compilation, compile_own

NOWHERE = Path("no", "such", "solc")
"""Named as the compiler of the second run: looking for one at all would fail."""


def measure(folder: Path, *, quick: bool) -> Iterator[Figure]:
    """One figure. Compiling anew takes so long that once is enough; unchanged, the median of a few."""
    cache = folder / "cache"
    anew: list[Compilation] = []
    took = seconds(lambda: anew.append(compile_own(cache=cache, download=False)))
    again: list[Compilation] = []
    (unchanged,) = alternate(
        2 if quick else 9,
        lambda: seconds(lambda: again.append(compile_own(cache=cache, solc=NOWHERE, download=False))),
    )
    assert anew[0].compiled
    assert all(one.artefacts == anew[0].artefacts for one in again)
    started = sum(one.compiler is not None or bool(one.compiled) for one in again)
    middle = sorted(unchanged)[len(unchanged) // 2]
    yield Figure(
        "compile-unchanged",
        "time to compile with nothing changed, against compiling anew",
        middle / took,
        details={
            "files": len(anew[0].compiled),
            "compilers_started": started,
            "unchanged_seconds": round(middle, 4),
            "anew_seconds": round(took, 2),
        },
    )
