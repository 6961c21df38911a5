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
    check_conserved,
    days,
    fee_may_apply,
    least_refund,
    on_conditions_at_most,
)
from tests.contracts.invariants.setting import Setting
from wallet.rules import FOUND, NOT_CONSUMER
from wallet.terms import ON_CONDITIONS, Terms

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


def some_book(state: CardState) -> Book:
    """A card of somebody's in this state."""
    setting = Setting()
    template = setting.templates[setting.kinds["StoredValue"]]
    return Book(0, 0, setting.consumers[0], terms(), bytes(32), template, True, state)


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
        ({"exit_fee_bps": 1_000, "exit_fee_cap": 500}, card()._replace(marks=NOT_CONSUMER), 0, 100_000),
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


def test_certificates_release_no_more_than_advance_or_time_and_nothing_in_cooling_off() -> None:
    """The greater of the two plain fields, and only where the terms release on conditions."""
    numbers = {"advance": 1_500, "accrual": 1_000, "accrual_days": 1, "cooling_days": 2}
    by_itself = terms(**numbers, trigger=ON_CONDITIONS)
    assert on_conditions_at_most(by_itself, OPENED, OPENED + 2 * DAY) == 0
    assert on_conditions_at_most(by_itself, OPENED, OPENED + 3 * DAY) == 3_000
    assert on_conditions_at_most(by_itself.change(accrual=1), OPENED, OPENED + 3 * DAY) == 1_500
    assert on_conditions_at_most(by_itself.change(cooling_days=0), OPENED, OPENED) == 1_500
    assert on_conditions_at_most(terms(**numbers), OPENED, OPENED + 3 * DAY) == 0


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
        (card()._replace(marks=1), card()._replace(marks=2), "a card's opening stays"),
        (card()._replace(status=OWING, held=9), card()._replace(status=OWING, held=8), "closed stays closed"),
        (card(), card()._replace(status=CLOSED), "a closed card holds nothing"),
        (card(), card()._replace(status=SHORT), "a shortfall is what the merchant had in advance"),
    ],
)
def test_a_card_that_changes_wrongly_is_seen(was: CardState, now: CardState, name: str) -> None:
    """Each rule about a single card can fail."""
    with pytest.raises(Violation) as caught:
        check_card(some_book(was), now)
    assert caught.value.name == name


@pytest.mark.parametrize(
    ("was", "now", "kind"),
    [
        (card(5, 5, 5), card(5, 4, 5)._replace(epoch=1, marks=FOUND), "find"),
        (
            card()._replace(status=SHORT, released=9, held=5),
            card()._replace(status=SHORT, released=9, held=4),
            "repay",
        ),
        (
            card()._replace(status=SHORT, released=9, held=5),
            card()._replace(status=CLOSED, released=9, held=0),
            "repay",
        ),
        (card()._replace(status=OWING, held=9), card()._replace(status=CLOSED, held=0), "collect"),
    ],
)
def test_a_card_may_change_by_the_right_act_only(was: CardState, now: CardState, kind: str) -> None:
    """A finding lowers the total at list price, a payment the shortfall, a collection what is owed."""
    book = some_book(was)
    check_card(book, now, {kind})
    with pytest.raises(Violation):
        check_card(book, now)


def test_what_was_paid_of_a_shortfall_is_counted() -> None:
    """Missing and made good together stay what was missing at the end."""
    book = some_book(card()._replace(status=SHORT, released=60_000, held=40_000))
    book.paid, book.refunded, book.shortfall = 60_000, 40_000, 40_000
    check_conserved(book)
    book.made_good = 1
    with pytest.raises(Violation) as caught:
        check_conserved(book)
    assert caught.value.name == "a shortfall is paid once, to the consumer"


def test_what_moved_to_another_card_is_counted() -> None:
    """It has left the card like any refund."""
    book = some_book(card()._replace(status=CLOSED, released=30_000, held=0))
    book.paid, book.moved = 30_000, 69_999
    with pytest.raises(Violation) as caught:
        check_conserved(book)
    assert caught.value.name == "paid + refunded + moved + held = paid in"
    book.refunded = 1
    check_conserved(book)
