"""Plain-text layout: columns that stay aligned with Chinese in them, bars, and colour only on a terminal.

Nothing is ever cut or wrapped, so that output can be piped, searched and copied.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from unicodedata import combining, east_asian_width

BAR_WIDTH = 50

_HARMFUL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
"""Control characters, and those that turn the direction of writing around."""

_COLOUR = re.compile(r"\x1b\[[0-9;]*m")
_OWN = re.compile(r"(\x1b\[(?:0|1|2|3[1236])m)")
"""Exactly what `Style` writes."""


def width(text: str) -> int:
    """Terminal cells taken by `text`: wide and full-width characters take two, colours none."""
    text = _COLOUR.sub("", text)
    return sum(0 if combining(char) else 2 if east_asian_width(char) in "WF" else 1 for char in text)


def harmless(text: str, style: Style) -> str:
    """`text` with what would steer a terminal written out; lines, tabs and the colours of `style` stay."""
    parts = _OWN.split(text) if style.enabled else [text]
    return "".join(part if number % 2 else _HARMFUL.sub(_written, part) for number, part in enumerate(parts))


def _written(match: re.Match[str]) -> str:
    return match[0].encode("unicode_escape").decode("ascii")


def pad(text: str, cells: int, *, right: bool = False) -> str:
    fill = " " * (cells - width(text))
    return fill + text if right else text + fill


@dataclass(frozen=True, slots=True)
class Style:
    """ANSI attributes, or nothing at all where output is no terminal."""

    enabled: bool = False

    def _wrap(self, text: str, code: str) -> str:
        return f"\x1b[{code}m{text}\x1b[0m" if self.enabled and text else text

    def bold(self, text: str) -> str:
        return self._wrap(text, "1")

    def dim(self, text: str) -> str:
        return self._wrap(text, "2")

    def red(self, text: str) -> str:
        return self._wrap(text, "31")

    def green(self, text: str) -> str:
        return self._wrap(text, "32")

    def yellow(self, text: str) -> str:
        return self._wrap(text, "33")

    def cyan(self, text: str) -> str:
        return self._wrap(text, "36")


PLAIN = Style()


def table(
    head: Sequence[str], rows: Iterable[Sequence[str]], *, right: Iterable[int] = (), style: Style = PLAIN
) -> str:
    """Rows under a heading; columns numbered in `right` are right-aligned (numbers)."""
    body = [list(row) for row in rows]
    sizes = [max(width(row[i]) for row in [list(head), *body]) for i in range(len(head))]
    to_right = frozenset(right)

    def line(cells: Sequence[str]) -> str:
        parts = (pad(cell, sizes[i], right=i in to_right) for i, cell in enumerate(cells))
        return "  ".join(parts).rstrip()

    return "\n".join([style.bold(line(head)), *map(line, body)])


def pairs(rows: Iterable[tuple[str, str]], *, indent: str = "") -> str:
    """`label  value` lines with the values aligned."""
    items = list(rows)
    size = max((width(label) for label, _ in items), default=0)
    return "\n".join(f"{indent}{pad(label, size)}  {value}".rstrip() for label, value in items)


def shares(parts: Sequence[int], cells: int = BAR_WIDTH) -> list[int]:
    """Split `cells` in proportion to `parts`; every part above zero gets at least one cell."""
    total = sum(parts)
    if total <= 0:
        return [0] * len(parts)
    sizes = [max(part * cells // total, 1 if part else 0) for part in parts]
    while sum(sizes) != cells:
        largest = max(range(len(parts)), key=lambda i: parts[i])
        sizes[largest] += 1 if sum(sizes) < cells else -1
    return sizes
