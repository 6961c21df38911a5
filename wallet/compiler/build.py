"""Writes the shipped artefacts: `python -m wallet.compiler.build` (what `make artefacts` runs).

Everything is compiled afresh in one call, without the cache, so that the files depend on the sources
and nothing else. For a checkout only; an installed package has nothing to build.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from wallet.compiler.artefacts import (
    GENERATED,
    MANIFEST,
    MOCKS,
    SHIPPED,
    Artefact,
    artefact_to_json,
)
from wallet.compiler.cache import fingerprint
from wallet.compiler.compile import compile_own
from wallet.compiler.pin import SETTINGS, SOLC_LONG_VERSION
from wallet.compiler.sources import OWN_PREFIX, collect, package_sources
from wallet.errors import InvalidInput, PrepaidError


def fingerprints() -> dict[str, str]:
    """Fingerprint of each source file of this package as it is now. Starts no compiler."""
    sources = collect(package_sources(), prefix=OWN_PREFIX)
    return {name: fingerprint(sources.closure(name)) for name in sources.roots}


def render(cache: Path | None = None) -> dict[Path, str]:
    """Every file under wallet/artefacts as it should be, by path.

    Starts the compiler, unless a cache is named that knows these sources.
    """
    names: dict[str, str] = {}
    files = {SHIPPED / MANIFEST: _manifest()}
    for artefact in compile_own(cache=cache).artefacts:
        if not _ships(artefact):
            continue
        if (other := names.setdefault(artefact.name, artefact.source)) != artefact.source:
            raise InvalidInput(
                f"two contracts are named {artefact.name}: in {other} and {artefact.source}",
                hint="artefacts are loaded by name, so names must differ",
                code="ambiguous-contract",
                name=artefact.name,
            )
        files[_place(artefact)] = artefact_to_json(artefact)
    return files


def write(files: Mapping[Path, str]) -> Iterator[Path]:
    """Make wallet/artefacts equal to `files`; yields each path that was written or removed."""
    for path in (*SHIPPED.glob("*.json"), *MOCKS.glob("*.json")):
        if path not in files:
            path.unlink()
            yield path
    for path, text in files.items():
        if not path.exists() or path.read_text("utf-8") != text:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8")
            yield path


def _manifest() -> str:
    fields = {
        "generated": GENERATED,
        "compiler": SOLC_LONG_VERSION,
        "settings": SETTINGS,
        "sources": fingerprints(),
    }
    return json.dumps(fields, indent=1) + "\n"


def _ships(artefact: Artefact) -> bool:
    """Contracts that can be created, and interfaces (their ABI describes what others implement).

    Libraries have no functions of their own, and the abstract parts of a contract no use without it.
    """
    named_as_interface = artefact.name[:1] == "I" and artefact.name[1:2].isupper()
    return bool(artefact.abi) and (bool(artefact.bytecode) or named_as_interface)


def _place(artefact: Artefact) -> Path:
    folder = MOCKS if artefact.source.startswith(f"{OWN_PREFIX}mocks/") else SHIPPED
    return folder / f"{artefact.name}.json"


def main() -> int:
    """Write the artefacts and say which changed."""
    try:
        changed = list(write(render()))
    except PrepaidError as error:
        print(f"{error}\n  {error.hint}", file=sys.stderr)
        return error.exit_status
    for path in changed:
        print(f"{'wrote' if path.exists() else 'removed'} {path.relative_to(SHIPPED.parent.parent)}")
    print(f"{len(changed)} artefact files changed")
    return 0


if __name__ == "__main__":
    sys.exit(main())
