"""What can go wrong between Solidity sources and an artefact.

CompileError      (2)  the sources are at fault: file, line, column, what the compiler said
CompilerMissing   (4)  no acceptable compiler anywhere; lists what was looked at
CompilerRefused   (4)  the compiler named by the user is another version
ArtefactMissing   (4)  no artefact of that name was shipped, or its file is damaged
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from wallet.errors import EnvironmentFault, InvalidInput


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One message of the compiler.

    `path` is where the user finds the file ("" if the message is about no file); `line` and
    `column` count from 1 (0 if unknown); `severity` is "error", "warning" or "info".
    """

    severity: str
    kind: str
    message: str
    path: str = ""
    line: int = 0
    column: int = 0
    excerpt: str = ""

    def __str__(self) -> str:
        where = (
            f"{self.path}:{self.line}:{self.column}: " if self.line else f"{self.path}: " if self.path else ""
        )
        return f"{where}{self.kind}: {self.message}"

    def as_dict(self) -> dict[str, Any]:
        """The same as plain values, for JSON."""
        return {name: getattr(self, name) for name in self.__slots__}


class CompileError(InvalidInput):
    """Sources that do not compile. `diagnostics` holds every error, the first one in the message."""

    code = "compile-failed"

    def __init__(self, diagnostics: tuple[Diagnostic, ...], *, hint: str = "") -> None:
        first, more = diagnostics[0], len(diagnostics) - 1
        tail = f" (and {more} more)" if more else ""
        super().__init__(
            f"{first}{tail}",
            hint=hint or first.excerpt,
            where=f"{first.path}:{first.line}:{first.column}" if first.line else first.path or None,
            file=first.path,
            line=first.line,
            column=first.column,
            errors=[d.as_dict() for d in diagnostics],
        )
        self.diagnostics = diagnostics


class CompilerMissing(EnvironmentFault):
    """No compiler of the pinned version was found."""

    code = "compiler-missing"


class CompilerRefused(EnvironmentFault):
    """The compiler the user named is not the pinned version, or does not run."""

    code = "compiler-refused"


class ArtefactMissing(EnvironmentFault):
    """No readable artefact of that name."""

    code = "artefact-missing"
