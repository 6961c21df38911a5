"""Compiled files kept by content, so that unchanged sources start no compiler.

The key of a file is a fingerprint of its own text, the text of everything it imports, the settings
and the compiler's version. An entry that is missing, truncated or altered is as good as absent: it is
compiled again. Nothing is ever invalidated; deleting the folder is always safe.

Names are part of the key, for the compiler lays functions out in the order of their files' names; what
else is compiled in the same call does not change a file's code (a test compares).
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from wallet.compiler.artefacts import Artefact, artefact_from_json, artefact_to_json
from wallet.compiler.faults import Diagnostic
from wallet.compiler.pin import OUTPUTS, SETTINGS, SOLC_LONG_VERSION
from wallet.compiler.sources import Source

FORMAT = 1
"""Part of every key: raise it when entries change their form."""


def fingerprint(closure: Iterable[Source]) -> str:
    """SHA-256 (hex) of everything that decides how the closure's file compiles."""
    decides: Mapping[str, Any] = {
        "format": FORMAT,
        "compiler": SOLC_LONG_VERSION,
        "settings": SETTINGS,
        "outputs": OUTPUTS,
        "sources": {source.name: source.digest for source in closure},
    }
    return hashlib.sha256(json.dumps(decides, sort_keys=True).encode()).hexdigest()


class Cache:
    """A folder of entries named by key. Several processes may use one folder at a time."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def read(self, key: str) -> tuple[tuple[Artefact, ...], tuple[Diagnostic, ...]] | None:
        """Artefacts and warnings stored under `key`, or None."""
        try:
            digest, _, body = (self.folder / f"{key}.json").read_text("utf-8").partition("\n")
            if digest != hashlib.sha256(body.encode()).hexdigest():
                return None
            entry = json.loads(body)
            return (
                tuple(artefact_from_json(each) for each in entry["artefacts"]),
                tuple(Diagnostic(**each) for each in entry["warnings"]),
            )
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def write(self, key: str, artefacts: Iterable[Artefact], warnings: Iterable[Diagnostic]) -> None:
        """Store, whole or not at all. A full disk or read-only folder costs speed, nothing else."""
        body = json.dumps(
            {
                "artefacts": [json.loads(artefact_to_json(each)) for each in artefacts],
                "warnings": [each.as_dict() for each in warnings],
            },
            separators=(",", ":"),
        )
        draft = self.folder / f"{key}.{os.getpid()}.draft"
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            draft.write_text(f"{hashlib.sha256(body.encode()).hexdigest()}\n{body}", "utf-8")
            draft.replace(self.folder / f"{key}.json")
        except OSError:
            with contextlib.suppress(OSError):
                draft.unlink(missing_ok=True)
