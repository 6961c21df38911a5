"""The programme table: what each public programme states, row by row, and when a row counts as working."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

LAST_ROW = 79


@dataclass(frozen=True, slots=True)
class Row:
    """One row, in our own words. `system` is the preset it belongs to."""

    number: int
    system: str
    en: str
    zh: str
    works: str


@cache
def programme_rows() -> tuple[Row, ...]:
    """All rows, in order."""
    text = (Path(__file__).parent / "rows.toml").read_text("utf-8")
    return tuple(
        Row(row["row"], row["system"], row["en"], row["zh"], row["works"])
        for row in tomllib.loads(text)["rows"]
    )
