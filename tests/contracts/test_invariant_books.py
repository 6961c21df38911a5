"""The measuring stick of the invariant search, measured by hand."""

from __future__ import annotations

from datetime import datetime

import pytest

from tests.contracts.harness import CLOSED, OPEN, OWING, SHORT, CardState
from tests.contracts.invariants.books import (
    CHINA,
    Book,
    Standing,
    Violation,
    accrued_at_most,
    check_card,
    days,
    fee_may_apply,
    least_refund,
)
from tests.contracts.invariants.setting import Setting
from wallet.terms import Terms

DAY = 86_400


def at(text: str) -> int:
    """Unix time of a moment in China."""
    return int(datetime.fromisoformat(text).replace(tzinfo=CHINA).timestamp())


OPENED = at("2027-03-01 23:59:59")


def terms(**numbers: int) -> Terms:
    """1000 yuan somewhere."""
    someone = "0x" + "11" * 20
    return Terms.build(token=someone, merchant=someone, template=someone, principal=100_000, **numbers)


def card(used: int = 0, listed: int = 0, released: int = 0) -> CardState:
    """An open card of 1000 yuan."""
    return CardState(used, listed, released, 100_000 - released, OPENED, OPEN, 0, 0)


def test_days_are_dates_in_china() -> None:
    """The opening day does not count, and a day ends at 24:00 in China."""
    assert days(OPENED, OPENED) == 0
    assert days(OPENED, OPENED + 1) == 1
    assert days(at("2027-03-01 00:00:00"), at("2027-03-01 23:59:59")) == 0
    assert days(OPENED, at("2027-03-08 23:59:59")) == 7
    assert days(OPENED + 5, OPENED) == 0


@pytest.mark.parametrize(
    ("numbers", "state", "stopped", "due"),
    [
        ({}, card(), 0, 100_000),
        ({}, card(30_000, 30_000, 20_000), 0, 70_000),  # used at list price
        ({}, card(30_000, 5_000, 20_000), 0, 80_000),  # what was released
        ({}, card(0, 250_000, 0), 0, 0),  # never below nothing
        ({"exit_fee_bps": 1_000, "exit_fee_cap": 500}, card(), 0, 99_500),
        ({"exit_fee_bps": 1_000, "exit_fee_cap": 10**6}, card(0, 50_000), 0, 45_000),
        ({"exit_fee_bps": 1_000, "exit_fee_cap": 500, "cooling_days": 7}, card(), 0, 100_000),
        (
            {"exit_fee_bps": 1_000, "exit_fee_cap": 500, "term_days": 1, "expiry_policy": 1},
            card(),
            0,
            100_000,
        ),
        ({"exit_fee_bps": 1_000, "exit_fee_cap": 500}, card(), OPENED + 1, 100_000),
        ({"exit_fee_bps": 1_000, "exit_fee_cap": 500}, card(), None, 100_000),
        ({"accrual": 1_000, "accrual_days": 1}, card(), 0, 98_000),
        ({"accrual": 1_000, "accrual_days": 1}, card(), OPENED + 1, 99_000),
    ],
)
def test_the_least_refund_two_days_after_opening(
    numbers: dict[str, int], state: CardState, stopped: int | None, due: int
) -> None:
    """What must come back, case by case."""
    now = at("2027-03-03 12:00:00")
    assert least_refund(terms(**numbers), state, now, stopped) == due


def test_time_earns_by_full_periods_after_cooling_off() -> None:
    """Nothing in cooling-off; then every full period since the opening day counts."""
    monthly = terms(accrual=1_000, accrual_days=30, cooling_days=40)
    assert accrued_at_most(monthly, OPENED, OPENED + 40 * DAY) == 0
    assert accrued_at_most(monthly, OPENED, OPENED + 41 * DAY) == 1_000
    assert accrued_at_most(monthly, OPENED, OPENED + 60 * DAY) == 2_000


def test_use_may_end_cooling_off() -> None:
    """Where the terms say that use ends it, and where the consumer had the same goods before."""
    now = OPENED + 1
    assert not fee_may_apply(terms(cooling_days=7), card(5, 5), now)
    assert fee_may_apply(terms(cooling_days=7, cooling_use=2), card(5, 5), now)
    assert fee_may_apply(terms(cooling_days=7, declared=1), card(), now)


def test_a_stop_before_the_opening_does_not_count() -> None:
    """Only the first stop at or after the opening matters."""
    standing = Standing(stops=[10, 20, 30])
    assert [standing.stopped_since(moment) for moment in (5, 20, 21, 31)] == [10, 20, 30, 0]


@pytest.mark.parametrize(
    ("was", "now", "name"),
    [
        (card(5, 5, 5), card(4, 5, 5), "totals never fall"),
        (card(5, 5, 5), card(5, 5, 5)._replace(epoch=1, opened_at=1), "a card's opening stays"),
        (card(), card()._replace(held=99_999), "released + held = principal while open"),
        (card()._replace(status=CLOSED, held=0), card(), "closed stays closed"),
        (card()._replace(status=SHORT, held=5), card()._replace(status=SHORT, held=4), "closed stays closed"),
        (card()._replace(status=OWING, held=9), card()._replace(status=OWING, held=8), "closed stays closed"),
        (card(), card()._replace(status=CLOSED), "a closed card holds nothing"),
        (card(), card()._replace(status=SHORT), "a shortfall is what the merchant had in advance"),
    ],
)
def test_a_card_that_changes_wrongly_is_seen(was: CardState, now: CardState, name: str) -> None:
    """Each rule about a single card can fail."""
    setting = Setting()
    consumer, template = setting.consumers[0], setting.templates[setting.world.stored_value]
    book = Book(0, 0, consumer, terms(), bytes(32), template, True, was)
    with pytest.raises(Violation) as caught:
        check_card(book, now)
    assert caught.value.name == name
