"""The product's compiler kept warm: npm's takes two seconds to start, and every break is compiled by itself.

The request is the product's own but for one thing: half of the time goes into making the code small, so what
is judged leaves that out (`QUICK`). What it does is the same, and a run begins by asking the judges about
whole contracts made so. What no judge sees is compiled once more as it would ship. A native compiler starts
at once and is called for each request instead.
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from wallet.compiler import Artefact, find_compiler
from wallet.compiler.cache import Cache, fingerprint
from wallet.compiler.compile import _artefact
from wallet.compiler.pin import OUTPUTS, SETTINGS
from wallet.compiler.sources import Source, SourceSet

WORKER = Path(__file__).with_name("solc_worker.js")
QUICK = {"enabled": True, "runs": 200, "details": {"cse": False, "constantOptimizer": False, "yul": False}}
"""The optimiser without its slow steps; the code is half as long again."""
RESTART_AFTER = 150
"""Requests that one process answers: a WebAssembly memory never shrinks."""


class Refusal(Exception):
    """The compiler's first error, as it words it."""


class Warm:
    """A compiler process that answers request after request; started when it is first needed."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[str] | None = None
        self._answered = 0
        self._owner = os.getpid()

    def artefacts(
        self, sources: SourceSet, root: str, cache: Cache | None = None, *, quick: bool = True
    ) -> dict[str, Artefact]:
        """The contracts of one file by name, quickly or as they ship. Raises Refusal."""
        closure = sources.closure(root)
        key = fingerprint(closure) + ("-quick" if quick else "")
        if cache and (known := cache.read(key)) is not None:
            return {each.name: each for each in known[0]}
        output = self.ask(closure, {root: {"*": list(OUTPUTS)}}, quick=quick)
        found = [_artefact(root, name, data) for name, data in sorted(output["contracts"][root].items())]
        if cache:
            cache.write(key, found, ())
        return {each.name: each for each in found}

    def trees(self, sources: SourceSet) -> dict[str, Any]:
        """The syntax tree of every file."""
        output = self.ask(sources.files.values(), {"*": {"": ["ast"]}})
        return {name: data["ast"] for name, data in output["sources"].items()}

    def ask(self, files: Iterable[Source], outputs: Any, *, quick: bool = False) -> dict[str, Any]:
        """The answer to one request. Raises Refusal."""
        settings = {**SETTINGS, "optimizer": QUICK} if quick else SETTINGS
        request = {
            "language": "Solidity",
            "sources": {source.name: {"content": source.text} for source in files},
            "settings": {**settings, "outputSelection": outputs},
        }
        answer: dict[str, Any] = json.loads(self._exchange(json.dumps(request)))
        for note in answer.get("errors", ()):
            if note["severity"] == "error":
                raise Refusal(note["message"])
        return answer

    def close(self) -> None:
        """End the process; the next request starts another. A copy of this process leaves it alone."""
        if self._process is not None and os.getpid() == self._owner:
            self._process.kill()
            with contextlib.suppress(BrokenPipeError):
                self._process.communicate()
        self._process, self._answered = None, 0

    def _exchange(self, request: str) -> str:
        if self._answered >= RESTART_AFTER and os.getpid() == self._owner:
            self.close()
        for _ in range(2):  # a copy of this process may have ended the one that we know
            if self._process is None:
                self._process = self._start()
            assert self._process.stdin is not None
            assert self._process.stdout is not None
            self._answered += 1
            with contextlib.suppress(BrokenPipeError):
                self._process.stdin.write(request + "\n")
                self._process.stdin.flush()
                if answer := self._process.stdout.readline():
                    return answer
            self.close()
        raise Refusal("the compiler ended without an answer")

    def _start(self) -> subprocess.Popen[str]:
        compiler = find_compiler()
        return subprocess.Popen(
            ["node", str(WORKER), str(compiler.path)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
