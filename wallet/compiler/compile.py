"""Solidity sources to artefacts, through py-solc-x and the cache.

Only files whose fingerprint is not in the cache are compiled, all of them in one call that asks for
no outputs of any other file. With nothing changed no compiler is looked for, let alone started.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from wallet.compiler.artefacts import Artefact
from wallet.compiler.cache import Cache, fingerprint
from wallet.compiler.faults import CompileError, CompilerRefused, Diagnostic
from wallet.compiler.locate import ADVICE, Compiler, find_compiler
from wallet.compiler.pin import OUTPUTS, SETTINGS, SOLC_LONG_VERSION
from wallet.compiler.sources import OWN_PREFIX, Source, SourceSet, collect, package_sources
from wallet.errors import InvalidInput

Locator = Callable[[], Compiler]


@dataclass(frozen=True, slots=True)
class Compilation:
    """Result of compiling a folder.

    `artefacts` are sorted by source and name, interfaces and abstract contracts included (empty
    bytecode). `compiled` names the files the compiler worked on, `reused` those the cache knew;
    `compiler` is what was started, None if nothing was.
    """

    artefacts: tuple[Artefact, ...]
    warnings: tuple[Diagnostic, ...]
    compiled: tuple[str, ...]
    reused: tuple[str, ...]
    compiler: Compiler | None

    def artefact(self, name: str) -> Artefact:
        """The contract of that name. Raises InvalidInput if there is none, or more than one."""
        found = [each for each in self.artefacts if each.name == name]
        if len(found) == 1:
            return found[0]
        known = ", ".join(sorted({each.name for each in self.artefacts if each.bytecode}))
        problem = (
            f"contract {name!r} stands in several files" if found else f"no contract {name!r} was compiled"
        )
        where = ", ".join(each.source for each in found)
        raise InvalidInput(
            problem,
            hint=f"it is in {where}" if found else f"compiled: {known}",
            code="no-contract",
            name=name,
        )


def compile_folder(
    folder: Path,
    *,
    cache: Path | None = None,
    solc: Path | None = None,
    only: Iterable[Path] | None = None,
    download: bool = True,
) -> Compilation:
    """Compile the Solidity files of a user's folder.

    `cache` is the folder of the cache (None: compile everything, keep nothing); `solc` the compiler the
    user named; `only` restricts to some files of the folder; `download` allows fetching a compiler.
    Raises InvalidInput (nothing to compile, unreadable), CompileError (file and line), CompilerMissing,
    CompilerRefused.
    """
    folder = Path(folder)
    sources = collect(folder, only=only)
    return compile_sources(
        sources, lambda: find_compiler(explicit=solc, start=folder, download=download), cache=cache
    )


def compile_own(*, cache: Path | None = None, solc: Path | None = None, download: bool = True) -> Compilation:
    """Compile the sources this package brings, under their own names `prepaid/…`."""
    folder = package_sources()
    sources = collect(folder, prefix=OWN_PREFIX)
    return compile_sources(
        sources, lambda: find_compiler(explicit=solc, start=folder, download=download), cache=cache
    )


def compile_sources(sources: SourceSet, locator: Locator, *, cache: Path | None = None) -> Compilation:
    """Compile the roots of `sources`; `locator` is called only if the cache does not know them all."""
    store = Cache(cache) if cache is not None else None
    keys = {name: fingerprint(sources.closure(name)) for name in sources.roots}
    known = {name: entry for name, key in keys.items() if store and (entry := store.read(key)) is not None}
    missing = tuple(name for name in sources.roots if name not in known)
    compiler = locator() if missing else None
    fresh: dict[str, tuple[tuple[Artefact, ...], tuple[Diagnostic, ...]]] = {}
    if compiler is not None:
        output = _run(compiler, sources, missing, cache)
        notes = _diagnostics(output.get("errors", ()), sources.files)
        for name in missing:
            found = tuple(
                _artefact(name, each, data)
                for each, data in sorted(output.get("contracts", {}).get(name, {}).items())
            )
            path = str(sources.files[name].path)
            fresh[name] = (found, tuple(note for note in notes if note.path == path))
            if store:
                store.write(keys[name], *fresh[name])
    results = [known.get(name) or fresh[name] for name in sources.roots]
    return Compilation(
        artefacts=tuple(artefact for found, _ in results for artefact in found),
        warnings=tuple(note for _, notes in results for note in notes),
        compiled=missing,
        reused=tuple(known),
        compiler=compiler,
    )


def _run(
    compiler: Compiler, sources: SourceSet, roots: tuple[str, ...], cache: Path | None
) -> dict[str, Any]:
    """Start the compiler once; standard JSON output. Raises CompileError, CompilerRefused."""
    import solcx
    from solcx.exceptions import SolcError

    needed = {each.name: each for root in roots for each in sources.closure(root)}
    request = {
        "language": "Solidity",
        "sources": {name: {"content": needed[name].text} for name in sorted(needed)},
        "settings": {**SETTINGS, "outputSelection": {name: {"*": list(OUTPUTS)} for name in roots}},
    }
    with TemporaryDirectory(prefix="prepaid-solc-") as scratch:
        try:
            # No base path: every file travels by content, so nothing else on disk can slip in.
            program = _executable(compiler, cache, Path(scratch))
            output: dict[str, Any] = solcx.compile_standard(request, solc_binary=program)
        except SolcError as error:
            found = _diagnostics(getattr(error, "error_dict", None) or (), sources.files)
            errors = tuple(each for each in found if each.severity == "error")
            if errors:
                raise CompileError(errors) from None
            raise _broken(compiler, str(error)) from error
        except (OSError, json.JSONDecodeError) as error:
            raise _broken(compiler, str(error)) from error
    return output


def _executable(compiler: Compiler, cache: Path | None, scratch: Path) -> Path:
    """Kept in the cache where possible, since making one costs a start of node."""
    try:
        return compiler.executable(scratch if cache is None else cache / "bin")
    except OSError:
        return compiler.executable(scratch)


def _broken(compiler: Compiler, reason: str) -> CompilerRefused:
    lines = reason.strip().splitlines() or ["no reason given"]
    return CompilerRefused(
        f"the compiler {compiler.path} ({compiler.origin}) failed: {lines[0]}",
        hint=f"run `prepaid doctor`; {ADVICE}",
        path=str(compiler.path),
        output=reason[-2000:],
    )


def _artefact(source: str, name: str, data: Mapping[str, Any]) -> Artefact:
    return Artefact(
        name=name,
        abi=data.get("abi", []),
        bytecode=_code(name, data["evm"]["bytecode"]["object"]),
        runtime=_code(name, data["evm"]["deployedBytecode"]["object"]),
        source=source,
        settings={"compiler": SOLC_LONG_VERSION, **SETTINGS},
    )


def _code(name: str, text: str) -> bytes:
    try:
        return bytes.fromhex(text)
    except ValueError:
        raise InvalidInput(
            f"contract {name} must be linked with a library",
            hint="make the library's functions internal: they then become part of the contract",
            code="unlinked",
            name=name,
        ) from None


def _diagnostics(
    messages: Iterable[Mapping[str, Any]], files: Mapping[str, Source]
) -> tuple[Diagnostic, ...]:
    return tuple(_diagnostic(message, files) for message in messages)


def _diagnostic(message: Mapping[str, Any], files: Mapping[str, Source]) -> Diagnostic:
    severity, kind = str(message["severity"]), str(message["type"])
    place = message.get("sourceLocation") or {}
    source = files.get(str(place.get("file", "")))
    if source is None:
        return Diagnostic(severity, kind, str(message["message"]), str(place.get("file", "")))
    start = int(place.get("start", -1))
    if start < 0:
        return Diagnostic(severity, kind, str(message["message"]), str(source.path))
    # The compiler counts bytes; people count lines and characters.
    before = source.text.encode()[:start].decode("utf-8", "ignore")
    line = before.count("\n") + 1
    column = len(before) - (before.rfind("\n") + 1) + 1
    excerpt = source.text.split("\n")[line - 1].strip()
    return Diagnostic(severity, kind, str(message["message"]), str(source.path), line, column, excerpt)
