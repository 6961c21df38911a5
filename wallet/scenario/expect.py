"""Holds what a step expects against what was seen. Every difference is told, not only the first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import fields, is_dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any

from wallet.errors import InvalidInput, PrepaidError
from wallet.rules import Unit
from wallet.scenario.beside import CARD_KINDS
from wallet.scenario.held import unknown
from wallet.scenario.matcher import Expected, Kind, shown_as
from wallet.scenario.result import Event, Look, Mismatch

if TYPE_CHECKING:
    from wallet.scenario.beside import CardExpect, EventExpect, Expect, Fails


def differences(
    expect: Expect, before: Look, after: Look, events: Sequence[Event], line: int
) -> list[Mismatch]:
    """All in which `after`, and what changed since `before`, is otherwise than expected.

    Raises InvalidInput (`scenario-unknown-name`) for a name that nobody has.
    """
    found: list[Mismatch] = []
    for name, wanted in expect.balances.items():
        _known("place of money", name, after.balances)
        found += _compare(f"balances: {name}", wanted, after.balances[name], "money", line)
    found += _changes(expect, before, after, line)
    for name, card in expect.cards.items():
        _known("card", name, after.cards)
        found += _card(name, card, after, line)
    for name, wanted in expect.merchants.items():
        _known("merchant", name, after.merchants)
        found += _compare(f"merchants: {name}", wanted, after.merchants[name], "text", line)
    found += _events(expect.events, events, line)
    for name in expect.no_events:
        for event in events:
            if same(event.name, name):
                found.append(Mismatch(f"no-events: {name}", "none", f"{event.contract}: {event.name}", line))
    if expect.at is not None:
        found += _compare("at", expect.at, after.at, "moment", line)
    return found


def given(wanted: dict[str, Expected], answer: Any, line: int) -> list[Mismatch]:
    """What of a step's answer is otherwise. Raises InvalidInput where the answer has no such field."""
    found: list[Mismatch] = []
    for path, expected in wanted.items():
        found += _compare(f"gives: {path}" if path else "gives", expected, part(answer, path), "any", line)
    return found


def refused(wanted: Fails, error: PrepaidError, values: dict[str, Any], line: int) -> list[Mismatch]:
    """How a refusal is another one than expected."""
    names = names_of(error)
    if not any(same(wanted.error, one) for one in names):
        return [Mismatch("fails", wanted.error, f"{names[0]}: {error.message}", line)]
    found: list[Mismatch] = []
    there = {key(name): value for name, value in values.items()}
    for name, expected in wanted.with_.items():
        if key(name) not in there:
            raise unknown(f"value of {names[0]}", name, [one.replace("_", "-") for one in values])
        found += _compare(f"fails: {name}", expected, there[key(name)], "any", line)
    return found


def names_of(error: PrepaidError) -> list[str]:
    """What an error may be called: the contract's name for it, and its code."""
    name = getattr(error, "name", "")
    return [name, error.error_code] if name else [error.error_code]


def part(answer: Any, path: str) -> Any:
    """A field of an answer: `refund`, `card.status`, `0.paid`."""
    for step in path.split(".") if path else ():
        if isinstance(answer, list | tuple):
            answer = answer[int(step)] if step.isdigit() and int(step) < len(answer) else None
            continue
        there = answer if isinstance(answer, dict) else _fields(answer)
        if key(step) not in (names := {key(str(name)): name for name in there}):
            raise unknown("part of the answer", step, [str(name).replace("_", "-") for name in there])
        answer = there[names[key(step)]]
    return answer


def key(name: str) -> str:
    """A name without what tells `maxPay`, `max-pay` and `max_pay` apart."""
    return name.replace("-", "").replace("_", "").lower()


def same(one: str, other: str) -> bool:
    """Whether both are one name."""
    return key(one) == key(other)


def _fields(answer: Any) -> dict[str, Any]:
    if not is_dataclass(answer):
        return {}
    return {place.name: getattr(answer, place.name) for place in fields(answer)}


def _known(what: str, name: str, there: dict[str, Any]) -> None:
    if name not in there:
        raise unknown(what, name, list(there))


def _changes(expect: Expect, before: Look, after: Look, line: int) -> Iterator[Mismatch]:
    others = expect.changes.get("others")
    for name in expect.changes:
        if name != "others":
            _known("place of money", name, after.balances)
    for name, has in after.balances.items():
        wanted = expect.changes.get(name, others)
        if wanted is not None and name != "others":
            change = has - before.balances.get(name, 0)
            yield from _compare(f"changes: {name}", wanted, change, "signed", line)


def _card(name: str, wanted: CardExpect, after: Look, line: int) -> Iterator[Mismatch]:
    seen = after.cards[name]
    for field in type(wanted).model_fields:
        expected = getattr(wanted, field)
        if expected is None:
            continue
        kind: Kind = CARD_KINDS.get(field, "money")
        unit = Unit(seen.unit) if kind == "quantity" else None
        yield from _compare(f"cards: {name}: {field}", expected, getattr(seen, field), kind, line, unit)


def _events(wanted: Sequence[EventExpect], events: Sequence[Event], line: int) -> Iterator[Mismatch]:
    """The expected events in their order; others may stand between."""
    at = 0
    for one in wanted:
        where = one.place.line or line
        closest: list[Mismatch] | None = None
        for place in range(at, len(events)):
            if not same(events[place].name, one.name):
                continue
            wrong = _event(one, events[place], where)
            if not wrong:
                at, closest = place + 1, []
                break
            closest = closest or wrong
        if closest is None:
            there = ", ".join(event.name for event in events[at:]) or "none"
            yield Mismatch(f"events: {one.name}", "happens", there, where)
        else:
            yield from closest


def _event(wanted: EventExpect, event: Event, line: int) -> list[Mismatch]:
    there = {key(name): value for name, value in event.values.items()}
    found: list[Mismatch] = []
    for name, expected in wanted.values.items():
        if key(name) not in there:
            raise unknown(f"value of {event.name}", name, list(event.values))
        found += _compare(f"events: {event.name}: {name}", expected, there[key(name)], "any", line)
    return found


def _compare(
    what: str, wanted: Expected, seen: Any, kind: Kind, line: int, unit: Unit | None = None
) -> list[Mismatch]:
    value = seen.name.lower().replace("_", "-") if isinstance(seen, Enum) else seen
    where = wanted.place.line if wanted.place is not None else line
    try:
        if wanted.check(value, kind, unit):
            return []
    except (ValueError, InvalidInput) as problem:
        return [Mismatch(what, wanted.text, f"{shown_as(value, kind, unit)} ({problem})", where)]
    if kind == "any" and isinstance(value, int) and not isinstance(value, bool) and "¥" in wanted.text:
        kind = "signed" if value < 0 else "money"
    return [Mismatch(what, wanted.text, shown_as(value, kind, unit), where)]
