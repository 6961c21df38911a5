"""Who bears what when a merchant is gone, against worked examples and against plainer ways to count."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wallet.law.waterfall import (
    ADVANCE_FIRST,
    PROPORTIONAL,
    in_custody,
    insured,
    last_with_more,
    premium_parts,
    share_out,
    waterfall,
)

FEN = st.integers(0, 10**9)


@pytest.mark.parametrize(
    ("custody_bps", "schedule", "available", "custody", "paid", "loss"),
    [
        (10_000, PROPORTIONAL, (0, 0, 0), 60_000, (0, 0, 0), 0),  # all held: Jinan, Ningbo, Suzhou
        (7_000, PROPORTIONAL, (0, 0, 0), 42_000, (0, 0, 0), 18_000),  # 30 % released in proportion
        (7_000, ADVANCE_FIRST, (0, 0, 0), 60_000, (0, 0, 0), 0),  # the same share, the held part spent last
        (3_000, ADVANCE_FIRST, (0, 0, 0), 30_000, (0, 0, 0), 30_000),
        (2_000, PROPORTIONAL, (48_000, 0, 0), 12_000, (48_000, 0, 0), 0),  # 20 % held, 80 % insured: Shenzhen
        (2_000, PROPORTIONAL, (45_600, 0, 0), 12_000, (45_600, 0, 0), 2_400),  # with 5 % deductible
        (0, PROPORTIONAL, (0, 60_000, 0), 0, (0, 60_000, 0), 0),  # the platform pays first: Meituan
        (5_000, PROPORTIONAL, (10_000, 10_000, 5_000), 30_000, (10_000, 10_000, 5_000), 5_000),
    ],
)
def test_a_card_of_1000_with_300_given_and_520_used(
    custody_bps: int,
    schedule: str,
    available: tuple[int, ...],
    custody: int,
    paid: tuple[int, ...],
    loss: int,
) -> None:
    """600.00 are unperformed; each source pays in its turn."""
    held = in_custody(100_000, 60_000, custody_bps, schedule)
    found = waterfall(60_000, held, available)
    assert (found.custody, found.paid, found.consumer_loss) == (custody, paid, loss)


def test_the_insured_share_and_the_larger_deductible() -> None:
    assert insured(48_000, 60_000, share_bps=8_000) == 48_000
    assert insured(48_000, 60_000, share_bps=8_000, deductible_bps=500) == 45_600
    assert insured(48_000, 60_000, share_bps=8_000, deductible_bps=500, deductible_fen=3_000) == 45_000
    assert insured(48_000, 60_000, share_bps=5_000) == 30_000
    assert insured(1_000, 60_000, deductible_fen=2_000) == 0
    assert insured(48_000, 60_000, promised=10_000) == 10_000


@given(FEN, FEN, st.lists(FEN, max_size=4))
def test_every_fen_of_the_entitlement_is_borne_by_somebody(
    owed: int, held: int, available: list[int]
) -> None:
    found = waterfall(owed, held, available)
    assert found.custody + sum(found.paid) + found.consumer_loss == owed
    assert found.custody <= held
    assert all(0 <= got <= most for got, most in zip(found.paid, available, strict=True))
    # Nobody pays while one before it could still pay.
    for place, got in enumerate(found.paid):
        assert got == 0 or (held <= owed and found.paid[:place] == tuple(available[:place]))


@given(st.integers(0, 10**9), st.integers(0, 10_000), st.permutations([5_000, 2_500, 1_501, 999]))
def test_the_premium_is_paid_to_the_fen(sum_insured: int, rate_bps: int, split: list[int]) -> None:
    premium = sum_insured * rate_bps // 10_000
    for shares in (split, [*split, 0], [10_000, 0, 0, 0]):
        parts = premium_parts(sum_insured, rate_bps, shares)
        assert sum(parts) == premium
        assert all(part == 0 for part, share in zip(parts, shares, strict=True) if share == 0)
    assert premium_parts(80_000, 100, [10_000]) == [800]


@given(st.lists(st.integers(0, 10**6), min_size=1, max_size=12), st.integers(0, 10**7))
def test_a_pot_is_shared_by_the_largest_remainder(claims: list[int], pot: int) -> None:
    """Sums exactly; nobody is more than a fen from its exact part; whoever gets the fen more had the larger
    remainder, or the same one and filed earlier."""
    parts = share_out(claims, pot)
    whole = sum(claims)
    assert sum(parts) == min(pot, whole)
    if whole <= pot:
        assert parts == claims
        return
    exact = [Fraction(claim * pot, whole) for claim in claims]
    assert all(abs(part - share) < 1 for part, share in zip(parts, exact, strict=True))
    more = [part > share for part, share in zip(parts, exact, strict=True)]
    rest = [share - share.__floor__() for share in exact]
    for i in range(len(claims)):
        for j in range(len(claims)):
            if more[i] and not more[j]:
                assert (rest[i], -i) > (rest[j], -j)


@given(st.lists(st.integers(1, 10**6), min_size=1, max_size=12), st.data())
def test_one_number_pair_says_who_gets_more(claims: list[int], data: st.DataObject) -> None:
    """What is proposed on chain: counting with it gives the same parts."""
    whole = sum(claims)
    pot = data.draw(st.integers(0, whole - 1))
    least, last = last_with_more(claims, pot)
    counted = []
    for place, claim in enumerate(claims):
        share, rest = divmod(claim * pot, whole)
        counted.append(share + (rest > least or (rest == least and place <= last)))
    assert counted == share_out(claims, pot)
