"""One line for a case, and everything about a failure, as people read it in a terminal."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from cli.messages.errors import translated
from cli.session import Session
from cli.text import pairs, table
from cli.values import format_time
from wallet.money import format_yuan

if TYPE_CHECKING:
    from wallet.scenario.result import CaseResult, Failure, Look, Problem


def case_line(case: CaseResult, session: Session) -> str:
    """`✓ name`, with the reason where it did not pass."""
    style = session.style
    marks = {
        "passed": style.green("✓"),
        "failed": style.red("✗"),
        "broken": style.red("!"),
        "skipped": style.yellow("–"),
    }
    line = f"{marks[case.status]} {case.name}"
    if case.status != "passed":
        line += f"  {style.dim(session.t(f'scenario.{case.status}-case'))} {case.reason}"
    return line


def failure_lines(case: CaseResult, session: Session) -> Iterator[str]:
    """The failure, complete: nobody should have to run it again to know more."""
    t, style, failure = session.t, session.style, case.failure
    yield style.bold(f"{t(f'scenario.{case.status}-case')} {case.title[0 if t.lang == 'en' else 1]}")
    if failure is None:
        yield f"  {case.file}:{case.line}: {case.reason}"
        return
    yield f"  {failure.file}:{failure.line}: {_step(case, failure, session)}"
    yield from mismatch_lines(failure, session)
    if failure.at:
        yield f"  {t('scenario.chain-time')} {format_time(failure.at)}"
    named = {name for one in failure.mismatches for name in re.findall(r"[^:]+$", one.what)}
    yield from _money(failure.before, failure.after, {name.strip() for name in named}, session)
    if failure.events:
        yield f"  {t('scenario.events')}"
        for event in failure.events:
            yield f"    {event.contract} {event.name}({_values(event.values)})"
    if failure.calls:
        yield f"  {t('scenario.calls')}"
        yield from (f"    {line}" for line in failure.calls.splitlines())
    yield f"  {t('scenario.repeat')} {style.cyan(failure.repeat)}"


def mismatch_lines(failure: Failure, session: Session) -> Iterator[str]:
    """What is otherwise than expected, and the error."""
    t, style = session.t, session.style
    for one in failure.mismatches:
        yield f"  {one.what} ({failure.file}:{one.line})"
        yield f"    {style.green(t('scenario.expected'))} {one.expected}"
        yield f"    {style.red(t('scenario.actual'))} {one.actual}"
    if failure.error is not None:
        yield from _problem(failure.error, session)


def _step(case: CaseResult, failure: Failure, session: Session) -> str:
    """The step as a sentence; what was played knows it in both languages."""
    if session.t.lang != "en" and case.steps:
        last = case.steps[-1]
        if failure.step.startswith(f"{last.number}. "):
            return f"{last.number}. {last.verb}: {last.title[1]}"
    return failure.step


def _problem(problem: Problem, session: Session) -> Iterator[str]:
    words = translated(problem.code, problem.values, session.t)
    message, hint = words or (problem.message, problem.hint)
    yield f"  {session.style.red(session.t('scenario.error'))} {problem.code}: {message}"
    if problem.values:
        yield f"    {_values(problem.values)}"
    if hint:
        yield f"    → {hint}"


def _values(values: dict[str, Any]) -> str:
    return ", ".join(f"{name}={value}" for name, value in values.items())


def _money(before: Look | None, after: Look | None, named: set[str], session: Session) -> Iterator[str]:
    """Whose money changed, and whoever was expected of."""
    if before is None or after is None:
        return
    t = session.t
    rows = []
    for name in {**before.balances, **after.balances}:
        first, last = before.balances.get(name, 0), after.balances.get(name, 0)
        if first != last or name in named:
            sign = "+" if last > first else ""
            rows.append((name, format_yuan(first), format_yuan(last), f"{sign}{format_yuan(last - first)}"))
    if rows:
        head = (t("scenario.money"), t("scenario.before"), t("scenario.after"), t("scenario.change"))
        yield from (
            f"  {line}" for line in table(head, rows, right=[1, 2, 3], style=session.style).splitlines()
        )
    moved = [(name, *_cards(name, before, after)) for name in after.cards if _changed(name, before, after)]
    if moved:
        yield from pairs([(name, told) for name, told in moved], indent="  ").splitlines()


def _changed(name: str, before: Look, after: Look) -> bool:
    return before.cards.get(name) != after.cards[name]


def _cards(name: str, before: Look, after: Look) -> tuple[str]:
    """What of a card is otherwise than before."""
    first, last = before.cards.get(name), after.cards[name]
    told = []
    for field in ("status", "used", "listed", "released", "held", "entitled", "shortfall", "due"):
        new, old = getattr(last, field), getattr(first, field, None)
        if new != old and not (first is None and not new):
            said = format_yuan(new) if field not in ("status", "used") and isinstance(new, int) else str(new)
            told.append(f"{field} {said}")
    return (", ".join(told),)
