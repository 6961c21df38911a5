"""Contracts from `contracts/` as they are now, by the product's own compiler and cache; and broken ones.

Run as `python -m tests.contracts.builds` it compiles what changed, so that tests find all of it in the cache.
"""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path

from wallet.compiler import Artefact, find_compiler
from wallet.compiler.compile import Compilation, compile_own, compile_sources
from wallet.compiler.sources import OWN_PREFIX, Source, SourceSet, collect, package_sources

ROOT = Path(__file__).resolve().parents[2]
CACHE = Path(os.environ.get("PREPAID_TEST_CACHE") or ROOT / "build" / "contracts")


@cache
def compilation() -> Compilation:
    """All of `contracts/` as it is now."""
    return compile_own(cache=CACHE)


def artefact(name: str) -> Artefact:
    """A contract under `contracts/` by name, from its present source."""
    return compilation().artefact(name)


def mutant(file: str, contract: str, *changes: tuple[str, str]) -> Artefact:
    """`contract` with each (old, new) piece of text in `contracts/<file>` replaced exactly once.

    Raises AssertionError if a piece is not there exactly once: then the mutation must be written anew.
    """
    sources = collect(package_sources(), prefix=OWN_PREFIX)
    name = OWN_PREFIX + file
    source = sources.files[name]
    text = source.text
    for old, new in changes:
        assert text.count(old) == 1, f"{file}: found {text.count(old)} times, not once: {old!r}"
        text = text.replace(old, new)
    files = {**sources.files, name: Source(name, source.path, text, source.imports)}
    root = next(each for each in files if each.startswith(OWN_PREFIX) and each.endswith(f"/{contract}.sol"))
    return compile_sources(SourceSet((root,), files), find_compiler, cache=CACHE).artefact(contract)


if __name__ == "__main__":
    compilation()
