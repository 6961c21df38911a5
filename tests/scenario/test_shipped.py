"""What the shipped scenarios cover; that they pass is `make scenarios`' to say, on every chain."""

from __future__ import annotations

from collections import Counter
from functools import cache
from pathlib import Path

import pytest

from wallet.scenario.document import Expect
from wallet.scenario.load import Case, load
from wallet.systems.load import find_system, systems
from wallet.systems.rows import programme_rows

ROOT = Path(__file__).resolve().parents[2]
SHIPPED = ROOT / "scripts" / "scenarios"
KINDS = {"stored-value", "discount-card", "sessions", "period-unlimited", "period-monthly", "milestones"}


@cache
def shipped() -> tuple[Case, ...]:
    return load([str(SHIPPED)])


def test_there_are_many_and_each_is_called_something_else() -> None:
    """Names tell them apart in reports and on the command line."""
    titles = Counter(case.title for case in shipped() if case.row in (None, 1))
    assert sum(titles.values()) >= 60
    assert not [title for title, count in titles.items() if count > 1]
    assert all(case.title[1] and case.title[1] != case.title[0] for case in shipped())


@pytest.mark.parametrize("system", systems())
def test_every_programme_is_played_for_a_year_and_for_what_sets_it_apart(system: str) -> None:
    """By its tags: `year`, and `systems`."""
    mine = [case for case in shipped() if case.system.partition("/")[0] == system]
    tags = {tag for case in mine for tag in case.tags}
    assert {"year", "systems"} <= tags


def test_every_card_kind_is_ended_by_its_consumer_and_by_its_merchants_stop() -> None:
    """Kinds by their products, endings by the scenarios' tags."""
    ended: dict[str, set[str]] = {}
    for case in shipped():
        for product in case.products.values():
            kind = product.kind
            if product.preset is not None:
                kind = find_system(case.system).product(product.preset)[1].kind
            ended.setdefault(kind, set()).update({"exit", "runaway"} & set(case.tags))
    assert {kind for kind, ways in ended.items() if ways == {"exit", "runaway"}} >= KINDS


def test_both_orders_of_terminate_and_consume_are_there() -> None:
    """Whichever comes first, the other comes to nothing or pays less than nothing."""
    orders = {tag for case in shipped() for tag in case.tags if tag in ("exit-first", "use-first")}
    assert orders == {"exit-first", "use-first"}


def test_rows_that_are_named_exist() -> None:
    """`proves: row 80` would claim what nobody states."""
    known = {str(row.number) for row in programme_rows()}
    named = {one.removeprefix("row ") for case in shipped() for one in case.proves if one.startswith("row ")}
    assert named <= known


def test_every_scenario_expects_exact_money() -> None:
    """Balances, changes, cards' money or a service's answer; `any` and ranges are not enough."""
    for case in shipped():
        assert any(_is_exact(step.expect) or step.gives for step in case.steps), case.id


def _is_exact(expect: Expect | None) -> bool:
    if expect is None:
        return False
    said = [*expect.balances.values(), *expect.changes.values()]
    return any(one.text[:1] in "¥+-0123456789" for one in said) or bool(expect.cards)
