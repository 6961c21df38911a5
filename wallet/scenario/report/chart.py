"""Held, released and owed of one card over time, laid out as step lines; drawn by `pictures.svg.j2`.

All arithmetic is in whole fen, seconds and pixels. What is missing of what is owed is a field of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate
from typing import Final

from wallet.scenario.report.plain import day, day_number, yuan
from wallet.scenario.result import CardLook, CaseResult, Look

WIDTH: Final = 360
HEIGHT: Final = 214
LEFT: Final = 56
RIGHT: Final = 348
TOP: Final = 14
BOTTOM: Final = 184
_TAIL: Final = 12
_STEP_ROOM: Final = 14
_TICK_ROOM: Final = 66
_STEPS: Final = (1, 2, 5)


@dataclass(frozen=True, slots=True)
class Tick:
    """One mark of an axis, with its label."""

    at: int
    label: str


@dataclass(frozen=True, slots=True)
class Gap:
    """A field between what is held and what is owed."""

    x: int
    y: int
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Chart:
    """One card's picture. `held`, `released`, `entitled` are SVG paths."""

    name: str
    held: str
    released: str
    entitled: str
    gaps: tuple[Gap, ...]
    across: tuple[Tick, ...]
    up: tuple[Tick, ...]
    told: tuple[str, str]
    """The picture in one sentence."""


def charts(case: CaseResult) -> tuple[tuple[Chart, CardLook], ...]:
    """A chart for each card that appears in `case`, with the card as it was seen last.

    Where the chain forgets blocks, a card may be gone in the end, and the clock go back.
    """
    if not case.steps:
        return ()
    looks = [case.steps[0].before, *(step.after for step in case.steps)]
    names = dict.fromkeys(name for look in looks for name in look.cards)
    seen = {name: [look for look in looks if name in look.cards] for name in names}
    return tuple((_chart(name, looks[0], of), of[-1].cards[name]) for name, of in seen.items())


def _chart(name: str, first: Look, looks: list[Look]) -> Chart:
    cards = [look.cards[name] for look in looks]
    xs = _across([look.at for look in looks])
    ends = [*xs[1:], xs[-1] + _TAIL]
    most = max(max(one.held + one.shortfall, one.released, one.entitled, 1) for one in cards)
    step = _nice(most)
    top = step * -(-most // step)

    def y(fen: int) -> int:
        return BOTTOM - (BOTTOM - TOP) * fen // top

    def path(of: Callable[[CardLook], int]) -> str:
        drawn, level = f"M{xs[0]} {y(of(cards[0]))}", y(of(cards[0]))
        for x, card in zip(xs[1:], cards[1:], strict=True):
            if y(of(card)) != level:
                level = y(of(card))
                drawn += f"H{x}V{level}"
        return drawn + f"H{ends[-1]}"

    gaps: list[Gap] = []
    for x, end, card in zip(xs, ends, cards, strict=True):
        upper, lower = y(card.held + card.shortfall), y(card.held)
        before = gaps[-1] if gaps else None
        if before and (before.y, before.height, before.x + before.width) == (upper, lower - upper, x):
            gaps[-1] = replace(before, width=end - before.x)
        elif lower > upper and end > x:
            gaps.append(Gap(x, upper, end - x, lower - upper))
    return Chart(
        name,
        path(lambda card: card.held),
        path(lambda card: card.released),
        path(lambda card: card.entitled),
        tuple(gaps),
        _days(first.at, looks, xs),
        tuple(Tick(y(fen), f"¥{fen // 100:,}") for fen in range(0, top + 1, step)),
        _told(name, looks[0].at, looks[-1].at, cards),
    )


def _across(times: Sequence[int]) -> list[int]:
    """Where each look stands: some room for every step, the rest shared out by time. Never to the left."""
    times = list(accumulate(times, max))
    width, gaps, span = RIGHT - LEFT - _TAIL, len(times) - 1, times[-1] - times[0]
    if not gaps:
        return [LEFT]
    room = min(_STEP_ROOM * gaps, width // 2) if span else width
    shared = [(width - room) * (at - times[0]) // (span or 1) for at in times]
    return [LEFT + room * i // gaps + share for i, share in enumerate(shared)]


def _nice(most: int) -> int:
    """Fen from one mark to the next: 1, 2 or 5 yuan and their tenfolds, at most five marks."""
    power = 100
    while True:
        for one in _STEPS:
            if most <= 4 * one * power:
                return one * power
        power *= 10


def _days(begin: int, looks: Sequence[Look], xs: Sequence[int]) -> tuple[Tick, ...]:
    ticks: list[Tick] = []
    last = -1
    for x, look in zip(xs, looks, strict=True):
        number = day_number(look.at) - day_number(begin)
        if number != last and (not ticks or x - ticks[-1].at >= _TICK_ROOM) and x <= RIGHT - 10:
            ticks.append(Tick(x, str(number)))
            last = number
    return tuple(ticks)


def _told(name: str, begin: int, end: int, cards: Sequence[CardLook]) -> tuple[str, str]:
    first, last = cards[0], cards[-1]
    worst = max(card.shortfall for card in cards)
    english = (
        f"Card {name}, {day(begin)} to {day(end)}: held {yuan(first.held)}, in the end {yuan(last.held)}; "
        f"released {yuan(last.released)}; owed if it ended {yuan(first.entitled)}, "
        f"in the end {yuan(last.entitled)}; "
    )
    chinese = (
        f"卡 {name}，{day(begin)} 至 {day(end)}：冻结 {yuan(first.held)}，最后 {yuan(last.held)}；"
        f"已付商户 {yuan(last.released)}；应退 {yuan(first.entitled)}，最后 {yuan(last.entitled)}；"
    )
    if worst:
        return english + f"missing at worst {yuan(worst)}.", chinese + f"最大缺口 {yuan(worst)}。"
    return english + "nothing was ever missing.", chinese + "从无缺口。"
