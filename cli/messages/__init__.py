"""What the command line says, in English and Chinese.

Each language is one flat table of templates under the same keys (a test compares them). Library errors
carry an English message of their own; a table may hold `error.<code>`, which then takes its place.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any, Final

from wallet.errors import InvalidInput

LANGUAGES: Final = ("en", "zh")


class Messages:
    """The table of one language; call it with a key and the values of its template."""

    __slots__ = ("_table", "lang")

    def __init__(self, lang: str) -> None:
        self.lang = lang
        self._table: dict[str, str] = import_module(f"cli.messages.{lang}").TEXT

    def __call__(self, key: str, **values: Any) -> str:
        template = self._table[key]
        return template.format(**values) if values else template

    def first(self, *keys: str) -> str | None:
        """The text of the first key that exists, as it stands."""
        return next((self._table[key] for key in keys if key in self._table), None)

    def names(self) -> frozenset[str]:
        return frozenset(self._table)


def pick_language(wanted: str | None) -> str:
    """`zh_CN.UTF-8` is `zh`; nothing at all is `en`; a language without a table raises InvalidInput."""
    if not wanted:
        return "en"
    lang = wanted.replace("-", "_").split("_")[0].split(".")[0].lower()
    if lang not in LANGUAGES:
        raise InvalidInput(
            f"language: {wanted!r} is not spoken here",
            hint="use en or zh (option --lang or variable PREPAID_LANG)",
            code="invalid-language",
            value=wanted,
        )
    return lang
