"""The rule templates this package brings, as text a developer can copy and change.

Copies import `prepaid/…` instead of paths relative to this package, so they compile in any folder.
"""

from __future__ import annotations

import posixpath
import re

from wallet.compiler.sources import OWN_PREFIX, package_sources
from wallet.errors import InvalidInput

_RELATIVE = re.compile(r"^(import\b[^;\"]*\")(\.[^\"]*)(\";)", re.MULTILINE)
_NAME = re.compile(r"[A-Za-z_$][A-Za-z0-9_$]*")


def template_names() -> tuple[str, ...]:
    """Names of the templates that can be copied, sorted, for example "StoredValue"."""
    return tuple(sorted(path.stem for path in (package_sources() / "templates").glob("*.sol")))


def template_source(name: str, *, rename: str | None = None) -> str:
    """Solidity text of a template, ready to stand in a user's folder, its contract renamed to `rename`.

    Raises InvalidInput if there is no such template or `rename` is not a Solidity name.
    """
    if name not in template_names():
        raise InvalidInput(
            f"no template {name!r}",
            hint=f"templates: {', '.join(template_names())}",
            code="no-template",
            name=name,
        )
    if rename is not None and not _NAME.fullmatch(rename):
        raise InvalidInput(
            f"{rename!r} cannot be the name of a contract",
            hint="letters, digits and _, not beginning with a digit, for example MyRule",
            code="invalid-name",
            name=rename,
        )
    text = (package_sources() / "templates" / f"{name}.sol").read_text("utf-8")

    def absolute(match: re.Match[str]) -> str:
        target = posixpath.normpath(posixpath.join(OWN_PREFIX, "templates", match[2]))
        return f"{match[1]}{target}{match[3]}"

    text = _RELATIVE.sub(absolute, text)
    return re.sub(rf"\bcontract {name}\b", f"contract {rename}", text) if rename else text
