"""Steps put in fewer ones are worth the same, to the fen."""

from __future__ import annotations

from hypothesis import assume, given
from hypothesis import strategies as some

from wallet.vectors.milestones import _DEAREST, _LONGEST, _fits, regrouped

PRICES = some.one_of(some.integers(0, 99), some.integers(0, 1 << 42))
RUNS = some.lists(some.tuples(PRICES, some.integers(1, 30)), max_size=20)


def worth(runs: list[tuple[int, int]], done: int, part: int) -> int:
    """Fen of `done` steps in full and `part` ten-thousandths of the next one, counted one by one."""
    prices = [price for price, count in runs for _ in range(count)]
    done, part = done + part // 10_000, part % 10_000
    begun = prices[done] * part // 10_000 if done < len(prices) else 0
    return sum(prices[:done]) + begun


@given(RUNS, some.integers(0, 700), some.integers(0, 30_000))
def test_few_steps_are_worth_what_many_were(runs: list[tuple[int, int]], done: int, part: int) -> None:
    """What is done, what is begun and the whole, up to what steps can cost that a card has room for."""
    assume(worth(runs, 1 << 30, 0) <= _DEAREST * _LONGEST)
    few, done_of_few, part_of_few = regrouped(runs, done, part)
    assert _fits(few)
    assert worth(few, done_of_few, 0) == worth(runs, done + part // 10_000, 0)
    assert worth(few, done_of_few, part_of_few) == worth(runs, done, part)
    assert worth(few, 1 << 30, 0) == worth(runs, 1 << 30, 0)
