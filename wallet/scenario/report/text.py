"""Failures and steps as plain English text, for CI systems and terminals."""

from __future__ import annotations

from collections.abc import Iterator

from wallet.scenario.report.plain import change, clock, day, value, yuan
from wallet.scenario.result import CaseResult, Event, Failure, Look, Problem, StepResult


def failure_text(failure: Failure) -> str:
    """All that a reader needs who has nothing else: place, expected, actual, error, money, calls, repeat."""
    return "\n".join(_failure_lines(failure))


def failure_message(case: CaseResult) -> str:
    """The same in one line."""
    failure = case.failure
    if failure is None:
        return case.reason or "no reason given"
    place = f"{failure.file}:{failure.line}"
    if failure.mismatches:
        first, more = failure.mismatches[0], len(failure.mismatches) - 1
        others = f" (and {more} more)" if more else ""
        return f"{place}: {first.what}: expected {first.expected}, is {first.actual}{others}"
    if failure.error is not None:
        return f"{place}: {failure.error.code}: {failure.error.message}"
    return f"{place}: {case.reason or failure.step}"


def step_text(step: StepResult) -> str:
    """One step in one line, with its date."""
    at = step.after.at
    mark = "ok" if step.ok else "FAILED"
    told = f"{step.number}. {day(at)} {clock(at)}  {mark:6}  {step.title[0]}  ({step.file}:{step.line})"
    if step.error is not None:
        told += f"  refused: {step.error.code}"
    return told


def _failure_lines(failure: Failure) -> Iterator[str]:
    yield f"{failure.file}:{failure.line}: {failure.step}"
    for each in failure.mismatches:
        yield f"  {each.what} (line {each.line})"
        yield f"    expected  {each.expected}"
        yield f"    actual    {each.actual}"
    if failure.error is not None:
        yield from _problem(failure.error)
    yield f"  chain time  {day(failure.at)} {clock(failure.at)} (UTC+8)"
    yield from _money(failure.before, failure.after)
    yield from _events(failure.events)
    if failure.calls:
        yield "  calls"
        yield from (f"    {line}" for line in failure.calls.splitlines())
    yield f"  repeat  {failure.repeat}"


def _problem(problem: Problem) -> Iterator[str]:
    yield f"  error  {problem.code}: {problem.message}"
    if problem.hint:
        yield f"    hint  {problem.hint}"
    for name, raw in problem.values.items():
        yield f"    {name} = {value(raw)}"


def _money(before: Look | None, after: Look | None) -> Iterator[str]:
    if before is None or after is None:
        return
    yield "  balances, before and after"
    for name in {**before.balances, **after.balances}:
        first, last = before.balances.get(name, 0), after.balances.get(name, 0)
        if first or last:
            yield f"    {name}: {yuan(first)}, {yuan(last)} ({change(last - first)})"


def _events(events: tuple[Event, ...]) -> Iterator[str]:
    if events:
        yield "  events (amounts in fen)"
    for event in events:
        values = ", ".join(f"{name}={value(raw)}" for name, raw in event.values.items())
        yield f"    {event.contract}: {event.name}({values})"
