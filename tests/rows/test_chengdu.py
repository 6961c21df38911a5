"""Chengdu, row 28 (others stand with gate, score and transfer): part of the money, by the merchant's tier."""

from __future__ import annotations

import pytest

from tests.rows.counter import counter


@pytest.mark.parametrize(("tier", "held"), [(0, 300_000), (1, 210_000), (2, 150_000), (3, 90_000)])
def test_row_28_the_held_share_follows_the_merchants_tier(tier: int, held: int) -> None:
    """Off the whitelist all of 3,000 yuan stays held; on it 70, 50 or 30 per cent."""
    with counter("chengdu", tier=tier) as shop:
        before = shop.money()
        card = shop.buy("wen", "rehabilitation").card
        assert shop.show(card).held == held
        assert shop.money() - before == 300_000 - held


HELD = {"order-at-sale": [150_000, 150_000, 45_000], "current-balance": [142_500, 112_500, 22_500]}


@pytest.mark.parametrize(("reading", "held"), HELD.items())
def test_row_30_both_readings_of_the_share_are_run(reading: str, held: list[int]) -> None:
    """Of an order at sale, worked off first; or of what is unperformed: held after 1, 5, 17 of 20 uses."""
    with counter(f"chengdu/{reading}", tier=2) as shop:
        card = shop.buy("wen", "rehabilitation").card
        found = []
        for uses in (1, 4, 12):
            shop.use("wen", card, uses)
            found.append(shop.show(card).held)
        assert found == held
