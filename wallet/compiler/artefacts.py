"""Compiled contracts as values, and the ones that ship with the package.

The shipped ones stand in `wallet/artefacts/`, one file a contract, written by `make artefacts` and kept
in git, so that nobody needs a compiler until sources change. Nothing here compiles.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from wallet.compiler.faults import ArtefactMissing

SHIPPED: Final = Path(__file__).resolve().parent.parent / "artefacts"
MOCKS: Final = SHIPPED / "mocks"
"""Hostile contracts for tests; only in a checkout, never in the wheel."""
MANIFEST: Final = "manifest.json"
GENERATED: Final = "by `make artefacts` from contracts/; do not edit"


@dataclass(frozen=True, slots=True)
class Artefact:
    """One compiled contract.

    `bytecode` creates it (constructor arguments not appended), `runtime` is the code on chain with
    zeros where immutables go; both are empty for interfaces and abstract contracts. `source` is the
    name of the file it stands in; `settings` are the compiler's, its version included as "compiler".
    """

    name: str
    abi: list[dict[str, Any]]
    bytecode: bytes
    runtime: bytes
    source: str
    settings: dict[str, Any]


def load_artefact(name: str) -> Artefact:
    """The shipped artefact of a contract, for example "SubWallet". Raises ArtefactMissing."""
    for folder in (SHIPPED, MOCKS):
        path = folder / f"{name}.json"
        if path.is_file():
            return _read(path)
    raise ArtefactMissing(
        f"no artefact of a contract {name!r}",
        hint=f"known: {', '.join(artefact_names())}",
        name=name,
    )


def artefact_names() -> tuple[str, ...]:
    """Names of all shipped artefacts, mocks not included, sorted."""
    return tuple(sorted(path.stem for path in SHIPPED.glob("*.json") if path.name != MANIFEST))


def manifest() -> dict[str, Any]:
    """What the shipped artefacts were made from: "compiler", "settings", and "sources" with the
    fingerprint of each file (name -> SHA-256 over it, its imports, compiler and settings)."""
    return _load(SHIPPED / MANIFEST)


def artefact_to_json(artefact: Artefact) -> str:
    """Deterministic JSON text, one line a field so that a change shows where it is."""
    fields = {
        "name": artefact.name,
        "source": artefact.source,
        "settings": artefact.settings,
        "abi": artefact.abi,
        "bytecode": artefact.bytecode.hex(),
        "runtime": artefact.runtime.hex(),
    }
    described = {"generated": GENERATED, **fields}
    lines = (
        f"{json.dumps(key)}:{json.dumps(value, separators=(',', ':'))}" for key, value in described.items()
    )
    return "{" + ",\n".join(lines) + "}\n"


def artefact_from_json(fields: Mapping[str, Any]) -> Artefact:
    """Undo `artefact_to_json`. Raises KeyError, ValueError or TypeError on anything else."""
    return Artefact(
        name=str(fields["name"]),
        abi=list(fields["abi"]),
        bytecode=bytes.fromhex(fields["bytecode"]),
        runtime=bytes.fromhex(fields["runtime"]),
        source=str(fields["source"]),
        settings=dict(fields["settings"]),
    )


def _read(path: Path) -> Artefact:
    try:
        return artefact_from_json(_load(path))
    except (KeyError, ValueError, TypeError) as error:
        raise _damaged(path, error) from error


def _load(path: Path) -> dict[str, Any]:
    try:
        return dict(json.loads(path.read_text("utf-8")))
    except (OSError, ValueError, TypeError) as error:
        raise _damaged(path, error) from error


def _damaged(path: Path, error: Exception) -> ArtefactMissing:
    return ArtefactMissing(
        f"{path}: not a readable artefact ({error})",
        hint="reinstall the package, or run `make artefacts` in a checkout",
        file=str(path),
    )
