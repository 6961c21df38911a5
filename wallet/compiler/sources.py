"""Collects Solidity files and everything they import, before any compiler starts.

Every source is handed to the compiler by content, so the same bytes that were hashed are compiled,
wherever the files lie. Imports are found by reading the text; the compiler checks them again.

Names a source can be imported by:
- relative to the importing file;
- `prepaid/…`: the sources of this package, so that a copied template compiles anywhere;
- anything else (`@openzeppelin/…`): a package in a `node_modules` folder above the project.
"""

from __future__ import annotations

import hashlib
import os
import posixpath
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from wallet.compiler.faults import CompileError, Diagnostic
from wallet.compiler.locate import node_modules
from wallet.errors import InvalidInput

OWN_PREFIX = "prepaid/"

# Comments and strings are matched together so that neither hides in the other.
_TOKEN = re.compile(r"//[^\n]*|/\*.*?\*/|\"(?:\\.|[^\"\\\n])*\"|'(?:\\.|[^'\\\n])*'", re.DOTALL)
_IMPORT = re.compile(r"\bimport\b[^;\"']*([\"'])(?P<name>[^\"'\n]*)\1", re.DOTALL)


def package_sources() -> Path:
    """Folder of the Solidity sources this package brings: `wallet/sources`, in a checkout `contracts`."""
    package = Path(__file__).resolve().parent.parent
    shipped = package / "sources"
    return shipped if shipped.is_dir() else package.parent / "contracts"


@dataclass(frozen=True, slots=True)
class Source:
    """One file: its name in the compiler's world, where it lies, its text, and the names it imports."""

    name: str
    path: Path
    text: str
    imports: tuple[str, ...]

    @property
    def digest(self) -> str:
        """SHA-256 of the text."""
        return hashlib.sha256(self.text.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class SourceSet:
    """The files to compile (`roots`, by name) and all files by name, what they import included."""

    roots: tuple[str, ...]
    files: Mapping[str, Source]

    def closure(self, name: str) -> tuple[Source, ...]:
        """The named file and everything it imports, directly or not, sorted by name."""
        seen: set[str] = set()
        waiting = [name]
        while waiting:
            if (current := waiting.pop()) not in seen:
                seen.add(current)
                waiting.extend(self.files[current].imports)
        return tuple(self.files[each] for each in sorted(seen))


def collect(folder: Path, *, only: Iterable[Path] | None = None, prefix: str = "") -> SourceSet:
    """Read every `*.sol` below `folder` (or the files in `only`, which lie below it) with its imports.

    A file is named by its path below `folder`, behind `prefix`. Raises InvalidInput where there is
    nothing to compile or a file cannot be read, CompileError (with file and line) where an import leads
    nowhere.
    """
    folder = _plain(folder)
    paths = _below(folder) if only is None else sorted(map(_plain, only))
    roots: dict[str, Path] = {}
    for path in paths:
        if not path.is_relative_to(folder):
            raise InvalidInput(
                f"{path} is not in {folder}",
                hint="compile the folder it is in",
                code="outside-folder",
                file=str(path),
            )
        roots[prefix + path.relative_to(folder).as_posix()] = path
    if not roots:
        raise InvalidInput(
            f"{folder}: no Solidity file here",
            hint="name a folder with .sol files, or copy a template into it with `prepaid template new`",
            code="no-sources",
            folder=str(folder),
        )
    files: dict[str, Source] = {}
    waiting = list(roots.items())
    while waiting:
        name, path = waiting.pop()
        if name in files:
            continue
        text = _read(path)
        found = tuple(_imports(text, name, path, folder))
        files[name] = Source(name, path, text, tuple(sorted({each for each, _ in found})))
        waiting.extend(found)
    return SourceSet(tuple(sorted(roots)), files)


def _plain(path: Path) -> Path:
    """Absolute, without `..`; unlike `resolve()` a link in the folder stays where it is."""
    return Path(os.path.abspath(path))  # noqa: PTH100 (see above)


def _below(folder: Path) -> list[Path]:
    """The project's own files: not those of packages, and nothing in hidden folders."""
    return sorted(
        path
        for path in folder.rglob("*.sol")
        if not any(part == "node_modules" or part.startswith(".") for part in path.relative_to(folder).parts)
    )


def _read(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8")
    except OSError as error:
        raise InvalidInput(
            f"{path}: cannot be read ({error.strerror or error})",
            hint="name a Solidity file; `prepaid template new NAME` writes one to start from",
            code="unreadable-source",
            file=str(path),
        ) from error
    except UnicodeDecodeError as error:
        raise InvalidInput(
            f"{path}: cannot be read (byte {error.start + 1} is not UTF-8 text)",
            hint="save it as UTF-8, or leave it out",
            code="unreadable-source",
            file=str(path),
        ) from error


def _imports(text: str, name: str, path: Path, folder: Path) -> Iterator[tuple[str, Path]]:
    """(name, path) of each file that `text` imports."""
    code = _TOKEN.sub(lambda match: match[0] if match[0][0] in "\"'" else _blank(match[0]), text)
    strings = [match.span() for match in _TOKEN.finditer(code)]
    for match in _IMPORT.finditer(code):
        if any(start < match.start() < end for start, end in strings):
            continue
        wanted = match["name"]
        target = (
            posixpath.normpath(posixpath.join(posixpath.dirname(name), wanted))
            if wanted.startswith(".")
            else wanted
        )
        where = _find(target, folder)
        if where is None:
            line = text.count("\n", 0, match.start()) + 1
            problem = Diagnostic("error", "ImportError", f"{wanted!r} was not found", str(path), line, 1)
            raise CompileError((problem,), hint=_import_advice(target))
        yield target, where


def _find(name: str, folder: Path) -> Path | None:
    """The file behind an import's name. Own sources and packages come before the project's files."""
    if name.startswith(("../", "/")):
        return None
    if name.startswith(OWN_PREFIX):
        tries = [package_sources() / name.removeprefix(OWN_PREFIX)]
    else:
        tries = [folder / name, *(modules / name for modules in node_modules(folder))]
    return next((path for path in tries if path.is_file()), None)


def _import_advice(name: str) -> str:
    if name.startswith(OWN_PREFIX):
        return f"these are the sources this package brings: {package_sources()}"
    if name.startswith("../"):
        return "imports may not leave the folder that is compiled; move the file into it"
    if name.startswith("@"):
        return f"run `npm install {'/'.join(name.split('/')[:2])}` in the project"
    return "the path is relative to the importing file if it begins with ./ or ../"


def _blank(comment: str) -> str:
    return re.sub(r"[^\n]", " ", comment)
