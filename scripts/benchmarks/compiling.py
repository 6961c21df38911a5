"""Compiling with nothing changed against compiling anew."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from benchmarks.figures import Figure, alternate, seconds
from wallet.compiler import Compilation, Compiler, find_compiler
from wallet.compiler.compile import Locator, compile_sources
from wallet.compiler.sources import OWN_PREFIX, SourceSet, collect, package_sources

SMALL = (f"{OWN_PREFIX}interfaces/", f"{OWN_PREFIX}libraries/")
"""What is compiled to show that the measurement runs: many files without much code."""


def measure(folder: Path, *, quick: bool) -> Iterator[Figure]:
    """One figure. Compiling anew takes so long that once is enough; unchanged, the median of a few."""

    def run(compiler: Locator) -> Compilation:
        sources = collect(package_sources(), prefix=OWN_PREFIX)
        roots = tuple(name for name in sources.roots if not quick or name.startswith(SMALL))
        return compile_sources(SourceSet(roots, sources.files), compiler, cache=folder / "cache")

    anew: list[Compilation] = []
    took = seconds(lambda: anew.append(run(lambda: find_compiler(download=False))))
    again: list[Compilation] = []
    (unchanged,) = alternate(2 if quick else 9, lambda: seconds(lambda: again.append(run(_none))))
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


def _none() -> Compiler:
    """The compiler of the later runs: looking for one at all fails."""
    raise AssertionError("a compiler was looked for though nothing changed")
