"""Interest on refunds and on credit: whose rate, which days, rounded down part by part.

Source: Supreme People's Court interpretation Fa Shi (2025) No. 4, art. 16 and 17; rates are parameters.
"""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wallet.law.finance import cost, line
from wallet.law.interest import Part, Rate, Rates, interest, rate_of

fen = st.integers(0, 10**12)
bps = st.integers(0, 2_400)
days = st.integers(0, 4_000)


@pytest.mark.parametrize(
    ("amount", "rate_bps", "count", "expected"),
    [
        (60_000, 20, 30, 9),  # the account's own rate
        (60_000, 310, 30, 152),  # 1-year LPR
        (60_000, 150, 30, 73),  # 1-year deposit benchmark
        (60_000, 310, 365, 1_860),  # a whole year is the rate itself
        (1, 310, 30, 0),
        (0, 310, 30, 0),
        (60_000, 310, 0, 0),
    ],
)
def test_worked_examples(amount: int, rate_bps: int, count: int, expected: int) -> None:
    assert interest(amount, rate_bps, count) == expected


@given(fen, bps, days)
def test_interest_is_rounded_down_and_grows(amount: int, rate_bps: int, count: int) -> None:
    """Never more than the exact figure, less than a fen below it; a day more is never less."""
    exact = amount * rate_bps * count
    found = interest(amount, rate_bps, count)
    assert found * 3_650_000 <= exact < (found + 1) * 3_650_000
    assert interest(amount, rate_bps, count + 1) >= found


@given(fen, fen, bps, days)
def test_parts_never_bear_more_than_the_whole(first: int, second: int, rate_bps: int, count: int) -> None:
    """Each part is rounded down by itself: at most a fen is lost for each."""
    parts = [Part(amount, Rate.LPR, rate_bps, count) for amount in (first, second)]
    lost = interest(first + second, rate_bps, count) - sum(part.interest for part in parts)
    assert 0 <= lost <= 1


@pytest.mark.parametrize(
    ("supervised", "consumer", "agreed", "expected"),
    [
        (True, False, (500, 400, 35), (Rate.SUPERVISED, 35)),
        (True, True, (0, 0, 0), (Rate.SUPERVISED, 20)),
        (False, False, (500, 400, 35), (Rate.AGREED, 500)),
        (False, True, (500, 400, 35), (Rate.AGREED, 400)),
        (False, False, (0, 400, 0), (Rate.LPR, 310)),
        (False, True, (500, 0, 0), (Rate.DEPOSIT, 150)),
    ],
)
def test_the_agreed_rate_comes_before_the_law_s(
    supervised: bool, consumer: bool, agreed: tuple[int, int, int], expected: tuple[Rate, int]
) -> None:
    """Art. 16: what was agreed; else by cause; what lies under supervision bears that account's rate."""
    found = rate_of(
        supervised=supervised, consumer_is_cause=consumer, agreed_merchant=agreed[0],
        agreed_consumer=agreed[1], agreed_supervised=agreed[2], usual=Rates(),
    )  # fmt: skip
    assert found == expected


@given(fen, st.integers(0, 10_000), bps, days, st.integers(0, 60))
def test_credit_costs_nothing_while_it_is_free(
    custody: int, line_bps: int, apr: int, count: int, free: int
) -> None:
    """A line is a share of custody; interest counts from the first day that is not free."""
    most = line(custody, line_bps)
    assert most * 10_000 <= custody * line_bps < (most + 1) * 10_000
    assert cost(most, apr, min(count, free), free) == 0
    assert cost(most, apr, free + count, free) == interest(most, apr, count)
