"""What the command line says, in English and Chinese.

Each language is one flat table of templates under the same keys (a test compares them). Library errors
carry an English message of their own; a table may hold `error.<code>`, which then takes its place.

What every command may need stands in `en.py` and `zh.py`; a part of the product brings its own words, both
languages side by side, in `areas/<part>.py`, read when a key is not in the first table.
"""

from __future__ import annotations

import string
from importlib import import_module
from typing import Any, Final

from wallet.errors import InvalidInput

LANGUAGES: Final = ("en", "zh")

AREAS: Final[tuple[str, ...]] = (
    "cards",
    "chain",
    "demo",
    "dispute",
    "evidence",
    "moving",
    "supervision",
    "system",
    "figures",
    "vectors",
    "support",
    "forms",
    "guarantee",
    "scenario",
)
"""Modules below `areas/`. `TEXT` holds key: (English, Chinese); `ERRORS`, if there is one, the Chinese rows
for errors of that part, as in `zh_errors`, those of its contracts included."""


class _Words(string.Formatter):
    """`str.format`, and `{days:s}` for the s of a plural: nothing where the number is one."""

    def format_field(self, value: Any, form: str) -> str:
        if form == "s":
            return "" if str(value) == "1" else "s"
        return str(super().format_field(value, form))


_WORDS: Final = _Words()


class Messages:
    """The table of one language; call it with a key and the values of its template."""

    __slots__ = ("_table", "_whole", "lang")

    def __init__(self, lang: str) -> None:
        self.lang = lang
        self._table: dict[str, str] = dict(import_module(f"cli.messages.{lang}").TEXT)
        self._whole = False

    def __call__(self, key: str, **values: Any) -> str:
        template = self.first(key)
        if template is None:
            raise KeyError(key)
        return _WORDS.vformat(template, (), values) if values else template

    def first(self, *keys: str) -> str | None:
        """The text of the first key that exists, as it stands."""
        for key in keys:
            if key not in self._table:
                self._complete()
            if key in self._table:
                return self._table[key]
        return None

    def names(self) -> frozenset[str]:
        self._complete()
        return frozenset(self._table)

    def _complete(self) -> None:
        """Read the areas' tables, once."""
        if not self._whole:
            place = LANGUAGES.index(self.lang)
            for area in area_modules():
                self._table.update({key: words[place] for key, words in area.TEXT.items()})
            self._whole = True


def area_modules() -> list[Any]:
    """The modules named in `AREAS`."""
    return [import_module(f"cli.messages.areas.{name}") for name in AREAS]


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
