"""A card as a picture that a room can read: what the merchant has, what is frozen, what came back.

Takes figures in fen and draws; where they come from and what they mean is settled elsewhere.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from dataclasses import dataclass

from cli.messages import Messages
from cli.text import BAR_WIDTH, Style, pairs, shares
from wallet.money import format_yuan


@dataclass(frozen=True, slots=True)
class Picture:
    """One card. Money in fen; `owed` is what would come back if the card ended now (None once it has ended).

    After closing, `waiting` is what the merchant has still to collect and `shortfall` what the consumer is
    still owed by others; before, both are zero.
    """

    card: str
    title: str
    status: str
    paid_in: int
    bonus: int
    released: int
    frozen: int
    refunded: int
    owed: int | None = None
    waiting: int = 0
    shortfall: int = 0
    facts: tuple[tuple[str, str], ...] = ()


def draw(picture: Picture, t: Messages, style: Style, *, cells: int = BAR_WIDTH) -> str:
    """The picture as lines of text."""
    parts = (
        ("█", style.green, t("draw.released"), picture.released),
        ("▒", style.cyan, t("draw.frozen"), picture.frozen),
        ("░", style.yellow, t("draw.refunded"), picture.refunded),
        ("▚", style.dim, t("draw.waiting"), picture.waiting),
    )
    sizes = shares([amount for *_, amount in parts], cells)
    bar = "".join(colour(glyph * size) for (glyph, colour, *_), size in zip(parts, sizes, strict=True))
    legend = [
        (f"{colour(glyph)} {label}", format_yuan(amount).rjust(12))
        for glyph, colour, label, amount in parts
        if amount or glyph != "▚"
    ]
    given = t("draw.given", amount=format_yuan(picture.bonus)) if picture.bonus else ""
    lines = [
        f"{style.bold(picture.title)}  {picture.card}  {_status(picture, style)}",
        t("draw.paid-in", amount=format_yuan(picture.paid_in)) + given,
        "",
        f"  {bar}",
        pairs(legend, indent="  "),
        "",
    ]
    if picture.owed is not None:
        lines.append(style.bold(t("draw.owed", amount=format_yuan(picture.owed))))
    if picture.shortfall:
        lines.append(style.red(t("draw.shortfall", amount=format_yuan(picture.shortfall))))
    if picture.facts:
        lines.append(pairs(picture.facts))
    return "\n".join(lines).rstrip()


def _status(picture: Picture, style: Style) -> str:
    colour = style.dim if picture.owed is None else style.green
    return colour(f"[{picture.status}]")


def watch(frame: Callable[[], str], *, every: float = 1.0) -> None:
    """Keep the newest frame on the screen until Ctrl-C. Draws over the old one, so nothing flickers."""
    sys.stdout.write("\x1b[?25l\x1b[2J")
    try:
        while True:
            lines = frame().splitlines()
            sys.stdout.write("\x1b[H" + "".join(f"{line}\x1b[K\n" for line in lines) + "\x1b[J")
            sys.stdout.flush()
            time.sleep(every)
    except KeyboardInterrupt:
        return
    finally:
        sys.stdout.write("\x1b[?25h\n")
        sys.stdout.flush()
