"""Where figures come from: `sources.toml`, the one list of public places, and how a figure names one.

A reference is a key of that list with an article after it, if there is one (`spc-2025-4 art. 14`), or a row
of the programme table (`row 7`), whose words stand in `rows.toml`.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from wallet.systems.rows import LAST_ROW

FOLDER = Path(__file__).parent
_REFERENCE = re.compile(r"([a-z0-9][a-z0-9-]*)(?: (.+))?")
_ROW = re.compile(r"row ([1-9][0-9]?)")


@dataclass(frozen=True, slots=True)
class Source:
    """One public text: its name in both languages, and addresses where it was read (none: nowhere)."""

    key: str
    en: str
    zh: str
    addresses: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reference:
    """A source, and the place in it. `row` is set instead where a row of the programme table is meant."""

    source: Source | None
    place: str = ""
    row: int = 0


@cache
def known_sources() -> Mapping[str, Source]:
    """The list that comes along."""
    return read_sources(tomllib.loads((FOLDER / "sources.toml").read_text("utf-8")))


def read_sources(tables: Mapping[str, Any]) -> dict[str, Source]:
    """Sources as tables of a TOML file; ValueError says what is wrong with one."""
    found = {}
    for key, table in tables.items():
        if not isinstance(table, dict) or not {"en", "zh"} <= table.keys() <= {"en", "zh", "at"}:
            raise ValueError(f"source {key} needs en and zh, may have at, and nothing else")
        at = table.get("at", [])
        found[key] = Source(key, table["en"], table["zh"], tuple([at] if isinstance(at, str) else at))
    return found


def find_reference(text: str, sources: Mapping[str, Source]) -> Reference:
    """What `text` refers to; ValueError for a key that is not in the list, or a row that is none."""
    row = _ROW.fullmatch(text)
    if row is not None:
        if int(row[1]) > LAST_ROW:
            raise ValueError(f"the programme table has {LAST_ROW} rows, not {row[1]}")
        return Reference(None, row=int(row[1]))
    match = _REFERENCE.fullmatch(text)
    if match is None or match[1] not in sources:
        raise ValueError(f"{text!r} names no source: give one of sources.toml, or `row N`")
    return Reference(sources[match[1]], match[2] or "")


def find_references(texts: Iterable[str], sources: Mapping[str, Source]) -> tuple[Reference, ...]:
    """All of them."""
    return tuple(find_reference(text, sources) for text in texts)
