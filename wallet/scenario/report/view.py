"""A run turned into what the HTML templates show: texts and whole numbers, nothing left to compute.

Nothing is escaped here; the templates do that, in one place.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePath
from typing import Final

from wallet.scenario.report import rows
from wallet.scenario.report.chart import Chart, charts
from wallet.scenario.report.plain import brief, clock, day, day_number, seconds, used, yuan
from wallet.scenario.report.sequence import Sequence, sequence
from wallet.scenario.report.words import STANDING, STATUS
from wallet.scenario.result import CardLook, CaseResult, Failure, RunResult, StepResult

Words = tuple[str, str]
_ELSEWHERE: Final = ("gas", "transaction", "transactions")
"""What services return and a step shows anyway."""


@dataclass(frozen=True, slots=True)
class SentRow:
    """One transaction."""

    text: str
    gas: str
    error: str
    hash: str


@dataclass(frozen=True, slots=True)
class StepView:
    """One step of the timeline: done, refused (as expected) or failed. `day` is "" if it is the same."""

    number: int
    place: Words
    gas: str
    state: str
    title: Words
    stamp: str
    day: str
    since: int
    clock: str
    moves: tuple[tuple[str, str], ...]
    error: rows.ErrorView | None
    signed: tuple[tuple[str, str, str], ...]
    sent: tuple[SentRow, ...]
    events: tuple[rows.EventRow, ...]
    gives: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class CardView:
    """One card: its chart, and how it stood in the end as (key of the word, amount)."""

    name: str
    status: Words
    chart: Chart
    figures: tuple[tuple[str, Words], ...]


@dataclass(frozen=True, slots=True)
class FailureView:
    """Why a case did not pass."""

    failure: Failure
    at: str
    error: rows.ErrorView | None
    money: tuple[rows.MoneyRow, ...]
    events: tuple[rows.EventRow, ...]


@dataclass(frozen=True, slots=True)
class CaseView:
    """One case, ready to show. `tags` are the numbers of its tags in the filter, `row` is its example's."""

    number: int
    case: CaseResult
    row: str
    took: str
    gas: str
    tags: tuple[int, ...]
    failure: FailureView | None
    steps: tuple[StepView, ...]
    picture: Sequence | None
    cards: tuple[CardView, ...]
    money: tuple[rows.MoneyRow, ...]
    together: rows.MoneyRow | None
    merchants: tuple[tuple[str, Words], ...]
    gas_rows: tuple[rows.GasRow, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """All cases of one system; `tags` are those of any of them."""

    number: int
    system: str
    tags: tuple[int, ...]
    cases: tuple[CaseView, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """The whole report."""

    result: RunResult
    verdict: Words
    took: str
    gas: str
    counts: tuple[tuple[str, int, int], ...]
    """Status, how many, and how many stand before it in the bar."""
    groups: tuple[Group, ...]
    attention: tuple[CaseView, ...]
    tags: tuple[tuple[str, int], ...]
    verbs: tuple[rows.GasRow, ...]


def page(result: RunResult) -> Page:
    """Everything the templates need to show `result`."""
    tagged: dict[str, int] = {}
    systems: dict[str, list[tuple[int, CaseResult]]] = {}
    for number, case in enumerate(result.cases, start=1):
        systems.setdefault(case.system, []).append((number, case))
        for tag in dict.fromkeys(case.tags):
            tagged[tag] = tagged.get(tag, 0) + 1
    tags = {tag: i for i, tag in enumerate(sorted(tagged), start=1)}
    groups = tuple(
        _group(i, system, [_case(number, case, tags) for number, case in cases])
        for i, (system, cases) in enumerate(sorted(systems.items()), start=1)
    )
    bad = [each for group in groups for each in group.cases if each.case.status in ("failed", "broken")]
    steps = [step for case in result.cases for step in case.steps]
    return Page(
        result,
        _verdict(result),
        seconds(result.seconds),
        f"{sum(case.gas for case in result.cases):,}",
        tuple(_counts(result)),
        groups,
        tuple(sorted(bad, key=lambda each: each.number)),
        tuple((tag, tagged[tag]) for tag in tags),
        rows.by_verb(steps),
    )


def _verdict(result: RunResult) -> Words:
    cases, skipped = len(result.cases), result.count("skipped")
    bad = result.count("failed") + result.count("broken")
    if bad:
        return (
            f"{bad} of {cases} scenarios did not go as written.",
            f"{cases} 个场景中有 {bad} 个与预期不符。",
        )
    if not cases:
        return "Nothing was played.", "没有执行任何场景。"
    if cases == skipped:
        return "Nothing could be played here.", "此链无法执行任何场景。"
    if skipped:
        played = f"{cases - skipped} of {cases}"
        return (
            f"Every scenario that could be played went as written: {played}.",
            f"可执行的场景全部符合预期：共 {cases} 个，执行 {cases - skipped} 个。",
        )
    if cases == 1:
        return "The scenario went as written.", "场景符合预期。"
    return f"All {cases} scenarios went as written.", f"全部 {cases} 个场景符合预期。"


def _counts(result: RunResult) -> Iterator[tuple[str, int, int]]:
    before = 0
    for status in STATUS:
        many = sum(case.status == status for case in result.cases)
        yield status, many, before
        before += many


def _group(number: int, system: str, cases: list[CaseView]) -> Group:
    return Group(number, system, tuple(sorted({tag for each in cases for tag in each.tags})), tuple(cases))


def _case(number: int, case: CaseResult, tags: dict[str, int]) -> CaseView:
    last = case.steps[-1].after if case.steps else None
    first = case.steps[0].before if case.steps else None
    return CaseView(
        number,
        case,
        _row(case.name),
        seconds(case.seconds),
        f"{case.gas:,}",
        tuple(tags[tag] for tag in dict.fromkeys(case.tags)),
        _failure(case.failure) if case.failure is not None else None,
        tuple(_steps(case)),
        sequence(case),
        tuple(_card(chart, card) for chart, card in charts(case)),
        rows.money(first, last),
        rows.together(first, last),
        tuple((name, _standing(one, "已关闭")) for name, one in last.merchants.items()) if last else (),
        rows.by_step(case.steps),
    )


def _row(name: str) -> str:
    """`[2]` of a case that is the second row of its examples."""
    found = re.search(r"\[[0-9]+\]$", name)
    return found[0] if found else ""


def _steps(case: CaseResult) -> Iterator[StepView]:
    begin = case.steps[0].before.at if case.steps else 0
    last_day = ""
    for step in case.steps:
        at = step.after.at
        today = day(at)
        yield StepView(
            step.number,
            _place(step, case),
            f"{gas:,} gas" if (gas := sum(one.gas for one in step.sent)) else "",
            "failed" if not step.ok else "refused" if step.error is not None else "done",
            step.title,
            f"{today}T{clock(at)}+08:00",
            today if today != last_day else "",
            day_number(at) - day_number(begin),
            clock(at),
            tuple((row.name, row.change) for row in rows.money(step.before, step.after) if row.moved),
            rows.error(step.error),
            tuple((one.who, one.what, _signed_values(one.card, one.values)) for one in step.signed),
            tuple(
                SentRow(brief(f"{one.by} → {one.to} · {one.purpose}"), f"{one.gas:,}", one.error, one.hash)
                for one in step.sent
            ),
            rows.events(step.events, is_brief=True),
            rows.briefly({name: raw for name, raw in step.gives.items() if name not in _ELSEWHERE}),
        )
        last_day = today


def _place(step: StepResult, case: CaseResult) -> Words:
    """Its line, and its file's name where that was included."""
    if step.file != case.file:
        return (f"{PurePath(step.file).name}:{step.line}",) * 2
    return f"line {step.line}", f"第 {step.line} 行"


def _signed_values(card: str, values: dict[str, object]) -> str:
    """The card by its name, where it has one, then the message's other values."""
    named = {name: raw for name, raw in values.items() if name != "card" or not card}
    parts = [f"{name} {text}" for name, text in rows.briefly(named)]
    return ", ".join([card, *parts] if card else parts)


def _failure(failure: Failure) -> FailureView:
    return FailureView(
        failure,
        f"{day(failure.at)} {clock(failure.at)}",
        rows.error(failure.error),
        rows.money(failure.before, failure.after),
        rows.events(failure.events),
    )


def _standing(status: str, closed: str) -> Words:
    return status, closed if status == "closed" else STANDING.get(status, status)


def _card(chart: Chart, card: CardLook) -> CardView:
    money = {
        "released": card.released,
        "held": card.held,
        "entitled": card.entitled,
        "shortfall": card.shortfall,
        "due": card.due,
    }
    figures = (
        ("paid", (yuan(card.principal), "")),
        ("used", used(card.used, card.unit)),
        *((key, (yuan(fen), "")) for key, fen in money.items()),
    )
    return CardView(chart.name, _standing(card.status, "已终止"), chart, figures)
