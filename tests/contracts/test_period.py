"""Cards for a time, unlimited or by the month: `period.tree`."""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.contracts.craft import force
from tests.contracts.harness import CLOSED, OWING, Contract, Refused, World, raises
from wallet.rules import Cause, Period, TemplateFailed, Usage
from wallet.terms import COOLING_RATIO, LIST, Terms


@cache
def shared() -> World:
    """One world for all: rules are pure, so nothing is ever left behind."""
    return World()


@cache
def rules() -> Contract:
    """The template itself, asked directly."""
    return shared().deploy("Period")


def terms(**fields: Any) -> Terms:
    card: dict[str, Any] = {"principal": 365_000, **fields}
    # The contract takes any 48 bits, Python's tools no more than a plausible price.
    return force(shared().terms(template=rules(), **{**card, "principal": 1}), principal=card["principal"])


def year(release_days: int = 30, **fields: Any) -> Terms:
    """A year for 3650 yuan: ten a day."""
    return terms(**Period.unlimited(365_000, 365, release_days=release_days), **fields)


def months(**fields: Any) -> Terms:
    """Twelve months for 1200 yuan; a single one costs 150."""
    return terms(**Period.monthly(12), **{"principal": 120_000, "consumer_formula": LIST, **fields})


def released(card: Terms, elapsed: int = 0, used: int = 0, listed: int = 0) -> int:
    return int(rules().released(card, (used, listed, 0, elapsed, 0, 0)))


def owed(card: Terms, cause: Cause, elapsed: int = 0, used: int = 0, listed: int = 0) -> int:
    return int(rules().entitlement(card, (used, listed, 0, elapsed, 0, 0), int(cause)))


def test_released_releases_what_time_has_earned_at_the_end_of_each_period() -> None:
    days = {0: 0, 29: 0, 30: 30_000, 59: 30_000, 60: 60_000, 364: 360_000, 365: 365_000, 900: 365_000}
    assert {day: released(year(), day) for day in days} == days


def test_released_releases_all_at_the_end_of_the_term_where_the_terms_name_no_period() -> None:
    assert [released(year(0), day) for day in (0, 200, 364, 365, 366)] == [0, 0, 0, 365_000, 365_000]


def test_released_releases_nothing_before_cooling_off_is_over() -> None:
    card = year(1, cooling_days=7)
    assert [released(card, day) for day in (1, 7, 8)] == [0, 0, 8_000]


def test_released_takes_no_notice_of_visits() -> None:
    assert released(year(), 30, used=10**6, listed=10**7) == 30_000


def test_released_releases_each_month_that_was_redeemed() -> None:
    assert [released(months(), used=used) for used in (0, 1, 5, 12)] == [0, 10_000, 50_000, 120_000]
    assert [released(months(principal=100), used=used) for used in (1, 11, 12)] == [8, 91, 100]


def test_released_reverts_when_more_months_are_redeemed_than_there_are() -> None:
    with raises("Template_Overdrawn", 13, 12):
        released(months(), used=13)


def test_released_keeps_back_the_custody_share() -> None:
    assert [released(year(custody_bps=4_000), day) for day in (0, 30, 365)] == [219_000, 231_000, 365_000]
    assert released(months(custody_bps=4_000), used=6) == 96_000


def test_released_reverts_without_months_and_without_a_term() -> None:
    with raises("Template_TermsInvalid", "term", 0):
        released(terms())


def test_entitlement_owes_everything_on_the_opening_day() -> None:
    assert {owed(year(), cause) for cause in Cause} == {365_000}


def test_entitlement_deducts_the_days_that_have_passed_whoever_is_the_cause() -> None:
    causes = (Cause.CONSUMER, Cause.NOT_CONSUMER, Cause.EXPIRY)
    # A formula by list price has no place on such a card.
    card = year(consumer_formula=LIST, not_consumer_formula=LIST)
    assert {owed(card, cause, 200, used=50, listed=10**6) for cause in causes} == {165_000}
    assert {owed(card, cause, 146) for cause in causes} == {219_000}


def test_entitlement_owes_nothing_once_the_term_is_over_though_nobody_came() -> None:
    assert [owed(year(), Cause.EXPIRY, day) for day in (364, 365, 366)] == [1_000, 0, 0]


def test_entitlement_deducts_visits_instead_of_days_during_cooling_off() -> None:
    card = year(cooling_days=7)
    assert owed(card, Cause.COOLING_OFF, 5, used=2, listed=6_000) == 359_000
    assert owed(year(cooling_days=7, cooling_use=COOLING_RATIO), Cause.COOLING_OFF, 5, 2, 6_000) == 360_000


def test_entitlement_deducts_redeemed_months_by_their_share() -> None:
    assert owed(months(), Cause.NOT_CONSUMER, 200, used=5, listed=75_000) == 70_000
    assert owed(months(consumer_formula=0), Cause.CONSUMER, used=5) == 70_000


def test_entitlement_deducts_the_price_of_single_months_when_the_consumer_is_the_cause() -> None:
    assert owed(months(), Cause.CONSUMER, used=5, listed=75_000) == 45_000
    assert owed(months(), Cause.CONSUMER, used=9, listed=135_000) == 0


def opened(world: World, **fields: Any) -> Terms:
    """A year of alice's, bought now."""
    template = world.admit(world.deploy("Period"))
    numbers = Period.unlimited(365_000, 365, release_days=30)
    card = world.terms(template=template, **numbers, **fields)
    world.open(world.alice, card)
    return card


def test_in_a_sub_wallet_releases_month_by_month_by_itself_and_shares_the_last_one_by_days(
    world: World,
) -> None:
    card = opened(world, cooling_days=7)
    wallet = world.wallet(world.alice)
    moved = []
    for days in (30, 31):
        world.advance(days=days)
        wallet.settle(card, sender=world.stranger)
        moved.append(world.card(world.alice, card).released)
    assert moved == [30_000, 60_000]
    with raises("SubWallet_NothingDue"):
        wallet.settle(card, sender=world.stranger)
    world.advance(days=9)
    assert world.terminate(world.alice, card) == 365_000 - 70_000
    assert world.card(world.alice, card).status == OWING
    assert wallet.collect(card, sender=world.stranger) == 10_000


def test_in_a_sub_wallet_counts_to_the_day_on_which_the_merchant_stopped(world: World) -> None:
    card = opened(world)
    world.advance(days=146)
    world.merchants.stop(world.shop, sender=world.operator)
    world.advance(days=54)
    world.wallet(world.alice).settle(card, sender=world.stranger)
    assert world.card(world.alice, card).released == 120_000
    assert world.terminate(world.alice, card) == 219_000
    world.wallet(world.alice).collect(card, sender=world.stranger)
    assert world.card(world.alice, card).status == CLOSED
    assert world.balance(world.shop) == 146_000


@given(
    principal=st.integers(1, 2**47),
    params=st.tuples(st.integers(0, 13), st.sampled_from([0, 1, 7, 30, 65_535])),
    days=st.tuples(st.integers(0, 400), st.integers(0, 15), st.integers(0, 500)),
    numbers=st.tuples(*[st.integers(0, 2)] * 4, st.integers(0, 1), st.integers(0, 10_000)),
    totals=st.tuples(st.integers(0, 13), st.integers(0, 2**48 - 1)),
    cause=st.sampled_from(list(Cause)),
)
@settings(max_examples=100, deadline=None)
def test_reference_rules_answers_as_the_python_rules_do(
    principal: int,
    params: tuple[int, int],
    days: tuple[int, int, int],
    numbers: tuple[int, ...],
    totals: tuple[int, int],
    cause: Cause,
) -> None:
    card = terms(
        principal=principal,
        params0=params[0] | params[1] << 16,
        term_days=days[0],
        cooling_days=days[1],
        settlement_formula=numbers[0],
        consumer_formula=numbers[1],
        not_consumer_formula=numbers[2],
        cooling_use=numbers[3],
        schedule=numbers[4],
        custody_bps=numbers[5],
    )
    model = Usage(*totals, elapsed=days[2])
    for ours, theirs in (
        (lambda: Period().released(card, model), lambda: released(card, days[2], *totals)),
        (
            lambda: Period().entitlement(card, model, cause),
            lambda: owed(card, cause, days[2], *totals),
        ),
    ):
        try:
            expected = ours()
        except TemplateFailed:
            with pytest.raises(Refused):
                theirs()
        else:
            assert theirs() == expected
