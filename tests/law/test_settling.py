"""Which ways of settling leave custody short, and by how much: rules against a count of every fen."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from wallet.law.settling import settlement_gaps
from wallet.rules import Cause, DiscountCard, Milestones, Period, Sessions, StoredValue, Usage
from wallet.terms import GIFT_FIRST, LIST, PAID_FIRST, RATIO, Terms

A, B, C = ("0x" + digit * 40 for digit in "123")
formulas = st.sampled_from([RATIO, LIST, GIFT_FIRST])


def terms(principal: int, **numbers: int) -> Terms:
    """A product of that price."""
    return Terms.build(token=A, merchant=B, template=C, principal=principal, **numbers)


def test_principal_first_lacks_the_bonus_share_of_what_was_used() -> None:
    """1000 yuan bought 1300: with the principal used up nothing is held, and 230.77 is owed."""
    (gap,) = settlement_gaps(
        StoredValue(), terms(100_000, bonus=30_000, settlement_formula=LIST, consumer_formula=LIST)
    )
    assert (gap.cause, gap.used, gap.settled, gap.held) == ("not-consumer", 100_000, 100_000, 0)
    assert gap.gap == gap.owed == 23_077


@settings(max_examples=25)
@given(st.integers(1, 90), st.integers(0, 90), formulas, formulas, formulas)
def test_the_worst_case_is_the_worst_of_all(
    principal: int, bonus: int, settles: int, merchant: int, consumer: int
) -> None:
    """Every total of a small card is tried; none is worse than what was said, and what was said is real."""
    product = terms(
        principal, bonus=bonus, settlement_formula=settles, not_consumer_formula=merchant,
        consumer_formula=consumer,
    )  # fmt: skip
    said = {gap.cause: gap.gap for gap in settlement_gaps(StoredValue(), product)}
    for cause, name in ((Cause.NOT_CONSUMER, "not-consumer"), (Cause.CONSUMER, "consumer")):
        worst = 0
        for used in range(product.face + 1):
            usage = Usage(used=used, listed=used)
            held = principal - StoredValue().released(product, usage)
            worst = max(worst, StoredValue().entitlement(product, usage, cause) - held)
        assert said.get(name, 0) == worst


@settings(max_examples=20)
@given(st.integers(1, 10**9), st.integers(0, 10**9), st.integers(0, 10_000))
def test_settling_by_ratio_leaves_no_gap(principal: int, bonus: int, custody: int) -> None:
    """Whatever is held back: the warning is about the way of settling, not about partial custody."""
    product = terms(principal, bonus=bonus, custody_bps=custody, advance=principal, consumer_formula=LIST)
    assert settlement_gaps(StoredValue(), product) == ()


def test_a_refund_better_than_the_settlement_is_found() -> None:
    """Bonus-first for the consumer, settled by ratio: short from the first use on."""
    product = terms(100_000, bonus=30_000, consumer_formula=GIFT_FIRST)
    assert [(gap.cause, gap.used, gap.gap) for gap in settlement_gaps(StoredValue(), product)] == [
        ("consumer", 30_000, 23_076)
    ]
    favourable = product.change(settlement_formula=GIFT_FIRST)
    assert settlement_gaps(StoredValue(), favourable) == ()


def test_each_card_kind_is_measured_in_its_own_unit() -> None:
    sessions = terms(180_000, params0=Sessions.params(10, 2), settlement_formula=PAID_FIRST)
    assert [(gap.used, gap.gap) for gap in settlement_gaps(Sessions(), sessions)] == [(10, 30_000)] * 2
    discount = terms(200_000, params0=8_000, settlement_formula=LIST, consumer_formula=LIST)
    assert [(gap.used, gap.gap) for gap in settlement_gaps(DiscountCard(), discount)] == [(160_000, 40_000)]


def test_what_time_or_steps_earn_has_no_gap() -> None:
    period = terms(**Period.unlimited(365_000, 365))
    steps = terms(**Milestones.plan([60_000, 540_000]))
    assert settlement_gaps(Period(), period) == settlement_gaps(Milestones(), steps) == ()
    assert settlement_gaps(None, period) == ()
