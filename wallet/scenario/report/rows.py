"""Rows of the report's tables and lists: whose money moved, events, errors and gas, as texts.

Nothing is escaped here; the templates do that, in one place.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from wallet.scenario.report.plain import brief, change, value, yuan
from wallet.scenario.result import Event, Look, Problem, StepResult

_EMPTY: Final = ("", "—", "[]", "{}")


@dataclass(frozen=True, slots=True)
class MoneyRow:
    """Somebody's money before and after."""

    name: str
    before: str
    after: str
    change: str
    moved: bool


@dataclass(frozen=True, slots=True)
class EventRow:
    """One event, its values as text."""

    contract: str
    name: str
    values: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class ErrorView:
    """One error, its values as text."""

    code: str
    message: str
    hint: str
    values: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class GasRow:
    """Gas of one step, or of all of a kind (`number` 0); `share` is its bar in percent of the longest."""

    number: int
    verb: str
    times: int
    sent: int
    average: str
    total: str
    share: int


def error(problem: Problem | None) -> ErrorView | None:
    """The error, if there is one."""
    if problem is None:
        return None
    return ErrorView(problem.code, problem.message, problem.hint, texts(problem.values))


def events(events: Iterable[Event], *, is_brief: bool = False) -> tuple[EventRow, ...]:
    """Each event with its values."""
    made = briefly if is_brief else texts
    return tuple(EventRow(event.contract, event.name, made(event.values)) for event in events)


def texts(values: dict[str, object]) -> tuple[tuple[str, str], ...]:
    """Names and values as text; amounts stay in fen, as contracts have them."""
    return tuple((name, value(raw)) for name, raw in values.items())


def briefly(values: dict[str, object]) -> tuple[tuple[str, str], ...]:
    """The same for reading over: long numbers cut, nothing that is empty."""
    return tuple((name, brief(text)) for name, text in texts(values) if text not in _EMPTY)


def money(before: Look | None, after: Look | None) -> tuple[MoneyRow, ...]:
    """Everybody who had or has something."""
    if before is None or after is None:
        return ()
    names = {**before.balances, **after.balances}
    pairs = [(name, before.balances.get(name, 0), after.balances.get(name, 0)) for name in names]
    return tuple(
        MoneyRow(name, yuan(first), yuan(last), change(last - first), first != last)
        for name, first, last in pairs
        if first or last
    )


def together(before: Look | None, after: Look | None) -> MoneyRow | None:
    """All money before and after: what nobody may make or lose."""
    if before is None or after is None:
        return None
    first, last = sum(before.balances.values()), sum(after.balances.values())
    return MoneyRow("", yuan(first), yuan(last), change(last - first), first != last)


def by_step(steps: tuple[StepResult, ...]) -> tuple[GasRow, ...]:
    """Gas of each step that sent something."""
    spent = [(step, sum(one.gas for one in step.sent)) for step in steps if step.sent]
    most = max((gas for _, gas in spent), default=0) or 1
    return tuple(
        GasRow(step.number, step.verb, 1, len(step.sent), "", f"{gas:,}", 100 * gas // most)
        for step, gas in spent
    )


def by_verb(steps: list[StepResult]) -> tuple[GasRow, ...]:
    """Gas of each kind of step that sent something; the bar shows the average."""
    kinds: dict[str, list[StepResult]] = {}
    for step in steps:
        if step.sent:
            kinds.setdefault(step.verb, []).append(step)
    sums = {verb: sum(one.gas for step in of for one in step.sent) for verb, of in kinds.items()}
    averages = {verb: sums[verb] // len(of) for verb, of in kinds.items()}
    most = max(averages.values(), default=0) or 1
    return tuple(
        GasRow(
            0,
            verb,
            len(of),
            sum(len(step.sent) for step in of),
            f"{averages[verb]:,}",
            f"{sums[verb]:,}",
            100 * averages[verb] // most,
        )
        for verb, of in sorted(kinds.items())
    )
