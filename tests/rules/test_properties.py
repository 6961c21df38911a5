"""What holds for every card under the reference rules, whatever the terms."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.rules.strategies import NOW, Product, products, totals
from wallet.rules import (
    Card,
    Cause,
    Closing,
    Status,
    StoredValue,
    TemplateFailed,
    Unit,
    Usage,
    WouldRevert,
    close_card,
    consume,
    open_card,
    quote,
)
from wallet.rules.refund_math import after_gift, by_list, by_ratio, to_hold
from wallet.terms import FULL, Terms

fen = st.integers(0, 10**9)


class Bad:
    """A template that answers whatever it is told to."""

    unit = Unit.YUAN

    def __init__(self, answer: Callable[[], int]) -> None:
        self._answer = answer

    def capacity(self, terms: Terms) -> int:
        return terms.face

    def released(self, terms: Terms, usage: Usage) -> int:
        return self._answer()

    def entitlement(self, terms: Terms, usage: Usage, cause: Cause) -> int:
        return self._answer()


def play(product: Product, path: list[tuple[int, int]]) -> list[tuple[Card, int]]:
    """The card after opening and after each consumption, with the fen that moved."""
    steps = [open_card(product.template, product.terms, NOW)]
    for used, listed in path:
        card = steps[-1][0]
        steps.append(
            consume(product.template, product.terms, card, used_after=used, listed_after=listed, now=NOW)
        )
    return steps


@given(products(), st.data())
def test_released_and_held_are_the_principal(product: Product, data: st.DataObject) -> None:
    """Conservation at every step, and neither total ever falls."""
    steps = play(product, data.draw(totals(product)))
    released = 0
    for card, paid in steps:
        assert card.released + card.held == product.terms.principal
        assert card.released == released + paid
        assert card.held >= 0
        assert paid >= 0
        released = card.released


@given(products(), st.data(), st.integers(0, 40 * 86_400), st.one_of(st.none(), st.integers(0, 10**6)))
def test_an_exit_accounts_for_every_fen(
    product: Product, data: st.DataObject, later: int, stopped: int | None
) -> None:
    """Refund and the merchant's rest are what was held; a shortfall only where more is owed than held."""
    card, _ = play(product, data.draw(totals(product)))[-1]
    stopped_at = None if stopped is None else (NOW + stopped if stopped else 0)
    closing = close_card(product.template, product.terms, card, NOW + later, stopped_at=stopped_at)
    assert closing.refund + closing.to_collect == card.held
    assert closing.refund >= 0
    assert closing.to_collect >= 0
    assert (closing.shortfall == 0) or (closing.to_collect == 0)
    expected = {Status.SHORT: closing.shortfall, Status.OWING: closing.to_collect, Status.CLOSED: 0}
    assert closing.card.held == expected[closing.card.status]


@given(products(), st.data(), st.integers(0, 40 * 86_400), st.integers(-1, 10**10))
def test_no_template_takes_more_than_the_bound(
    product: Product, data: st.DataObject, later: int, answer: int
) -> None:
    """Whatever a template answers, the merchant's total at exit is at most the greatest of what was released,
    used at list price, and earned by time alone, plus the capped exit fee; and the consumer never owes."""
    terms = product.terms
    card, _ = play(product, data.draw(totals(product)))[-1]
    owed = quote(Bad(lambda: answer), terms, card, NOW + later).owed
    days = later // 86_400 + 1
    by_time = terms.accrual * (days // terms.accrual_days) if terms.accrual_days else 0
    bound = max(card.released, card.listed, by_time) + terms.exit_fee_cap
    assert 0 <= owed <= terms.principal
    assert terms.principal - owed <= bound


@given(products(), st.data())
def test_a_failing_template_cannot_stop_an_exit(product: Product, data: st.DataObject) -> None:
    """Then the consumer is owed all that was not released."""

    def fail() -> int:
        raise TemplateFailed("broken")

    card, _ = play(product, data.draw(totals(product)))[-1]
    closing = close_card(Bad(fail), product.terms, card, NOW)
    assert closing.refund == product.terms.principal - card.released == card.held
    with pytest.raises(WouldRevert, match="template failed"):
        consume(Bad(fail), product.terms, card, used_after=card.used + 1, listed_after=card.listed, now=NOW)


@given(st.integers(1, 10**9), fen, fen)
def test_formulas_are_ordered(principal: int, bonus: int, used: int) -> None:
    """What the merchant earns: list price at least ratio, ratio at least bonus first."""
    face = principal + bonus
    used = min(used, face)
    ordered = [
        by_list(principal, used),
        by_ratio(principal, used, face),
        after_gift(principal, used, bonus),
    ]
    assert ordered == sorted(ordered, reverse=True)
    assert all(0 <= earned <= principal for earned in ordered)


@given(st.integers(1, 10**9), st.integers(1, 1000), st.lists(st.integers(0, 50), max_size=30))
def test_floors_telescope(principal: int, face: int, steps: list[int]) -> None:
    """Paying each use the difference of two running totals loses nothing, however use is split."""
    used, paid = 0, 0
    for step in steps:
        before, used = by_ratio(principal, used, face), used + step
        paid += by_ratio(principal, used, face) - before
    assert paid == by_ratio(principal, used, face)
    assert by_ratio(principal, face, face) == principal


@given(st.integers(1, 10**9), st.integers(0, FULL), st.data())
def test_advance_first_never_holds_less(principal: int, custody: int, data: st.DataObject) -> None:
    """Of the two schedules, advance first protects the consumer at least as well; both hold within bounds."""
    unperformed = data.draw(st.integers(0, principal))
    proportional = to_hold(principal, unperformed, custody, 0)
    advance_first = to_hold(principal, unperformed, custody, 1)
    assert 0 <= proportional <= advance_first <= unperformed
    assert proportional * FULL >= custody * unperformed


@given(products(), st.data())
def test_a_used_authorisation_does_not_work_twice(product: Product, data: st.DataObject) -> None:
    """Totals must grow: the same totals again, or lower ones, are refused."""
    path = data.draw(totals(product))
    card, _ = play(product, path)[-1]
    for used, listed in [(card.used, card.listed), *path]:
        with pytest.raises(WouldRevert) as caught:
            consume(product.template, product.terms, card, used_after=used, listed_after=listed, now=NOW)
        assert caught.value.values["error"] == "SubWallet_TotalsNotGrowing"


@given(products())
def test_a_closed_card_stays_closed(product: Product) -> None:
    """No second exit and no use after it."""
    card, _ = open_card(product.template, product.terms, NOW)
    closing = close_card(product.template, product.terms, card, NOW)
    assert isinstance(closing, Closing)
    for again in (
        lambda: close_card(product.template, product.terms, closing.card, NOW),
        lambda: consume(product.template, product.terms, closing.card, used_after=1, listed_after=1, now=NOW),
    ):
        with pytest.raises(WouldRevert) as caught:
            again()
        assert caught.value.values["error"] == "SubWallet_CardNotOpen"


def test_limits_in_the_signature_hold() -> None:
    """Neither a charge's nor a voucher's limit is exceeded, and an exit never pays less than demanded."""
    a, b, c = ("0x" + digit * 40 for digit in "123")
    terms = Terms.build(token=a, merchant=b, template=c, principal=100_000, bonus=30_000)
    card, _ = open_card(StoredValue(), terms, NOW)

    def use(**limits: int) -> int:
        return consume(StoredValue(), terms, card, used_after=3_000, listed_after=3_000, now=NOW, **limits)[1]

    assert use(max_pay=2307) == use(max_released=2307) == 2307
    for limits in ({"max_pay": 2306}, {"max_released": 2306}):
        with pytest.raises(WouldRevert) as caught:
            use(**limits)
        assert caught.value.values["error"] == "SubWallet_PaysTooMuch"
    assert close_card(StoredValue(), terms, card, NOW, min_refund=100_000).refund == 100_000
    with pytest.raises(WouldRevert):
        close_card(StoredValue(), terms, card, NOW, min_refund=100_001)
