"""Bars side by side: as text for a terminal, and as one plain SVG file that any browser shows.

Takes labels and amounts in fen and draws; what they mean is said by whoever asks.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Final

from cli.text import Style, pad, width
from wallet.money import format_yuan

CELLS: Final = 40
COLOURS: Final = ("#c0392b", "#d68910", "#2471a3")
_GLYPHS: Final = ("█", "▒", "░")
_LEFT, _RIGHT, _BAR, _GAP, _TOP = 260, 130, 12, 14, 70


@dataclass(frozen=True, slots=True)
class Bar:
    """One group of bars: its label, and (name, fen) of each; every group has the same names."""

    label: str
    values: tuple[tuple[str, int], ...]


def bars(groups: Sequence[Bar], style: Style) -> str:
    """A line for each amount above zero, all to one scale, and what the glyphs stand for."""
    most = _most(groups)
    size = max(width(group.label) for group in groups)
    paint = (style.red, style.yellow, style.cyan)
    lines = [
        "  ".join(f"{paint[i](_GLYPHS[i])} {name}" for i, (name, _) in enumerate(groups[0].values)),
    ]
    for group in groups:
        label = group.label
        for i, (_, fen) in enumerate(group.values):
            if fen or (i == 0 and not any(value for _, value in group.values)):
                cells = -(-fen * CELLS // most)
                lines.append(f"{pad(label, size)}  {paint[i](_GLYPHS[i] * cells)} {format_yuan(fen)}")
                label = ""
    return "\n".join(lines)


def svg(title: str, groups: Sequence[Bar]) -> str:
    """The same as a picture of its own, 900 wide."""
    most, span = _most(groups), 900 - _LEFT - _RIGHT
    rows = len(groups[0].values)
    height = _TOP + len(groups) * (rows * _BAR + _GAP) + 20
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="900" height="{height}" viewBox="0 0 900 {height}" '
        f'font-family="sans-serif" font-size="13">',
        f'<rect width="900" height="{height}" fill="white"/>',
        f'<text x="20" y="26" font-size="17">{escape(title)}</text>',
    ]
    for i, (name, _) in enumerate(groups[0].values):
        parts.append(f'<rect x="{20 + i * 290}" y="40" width="12" height="12" fill="{COLOURS[i]}"/>')
        parts.append(f'<text x="{38 + i * 290}" y="51">{escape(name)}</text>')
    top = _TOP
    for group in groups:
        middle = top + rows * _BAR // 2 + 5
        parts.append(f'<text x="{_LEFT - 10}" y="{middle}" text-anchor="end">{escape(group.label)}</text>')
        for i, (_, fen) in enumerate(group.values):
            length = fen * span // most
            y = top + i * _BAR
            size = f'width="{length}" height="{_BAR - 2}"'
            parts.append(f'<rect x="{_LEFT}" y="{y}" {size} fill="{COLOURS[i]}"/>')
            place = f'x="{_LEFT + length + 5}" y="{y + 9}"'
            parts.append(f'<text {place} font-size="10" fill="#555">{format_yuan(fen)}</text>')
        top += rows * _BAR + _GAP
    return "\n".join([*parts, "</svg>", ""])


def _most(groups: Sequence[Bar]) -> int:
    return max((fen for group in groups for _, fen in group.values), default=1) or 1
