"""Chengdu, rows 28, 30 and 31 (others stand with gate, score, transfer): part of the money, by tier."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.rows.counter import Counter, counter
from wallet import systems
from wallet.chain.base import ChainOptions
from wallet.chain.revm import RevmChain
from wallet.services import onboard
from wallet.stories.stage import staged
from wallet.systems import load_system

SHIPPED = Path(systems.__file__).with_name("chengdu.toml")


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


@pytest.mark.parametrize(("applies", "paid"), [("new-orders", 4_500), ("all-orders", 0)])
def test_row_31_a_downgrade_counts_for_new_orders_and_for_old_ones_where_the_terms_say_so(
    applies: str, paid: int, tmp_path: Path
) -> None:
    """Bought at tier 3, then tier 1: a new card holds 70 per cent. An old one goes on at 30 (45 yuan a
    session are left to pay), or pays nothing until its share has caught up; nothing is taken back."""
    own = tmp_path / "own.toml"
    own.write_text(SHIPPED.read_text("utf-8").replace('"new-orders"', f'"{applies}"'), "utf-8")
    with staged(load_system(own).under("current-balance"), RevmChain(ChainOptions())) as stage:
        shop = Counter(stage, tier=3)
        old = shop.buy("wen", "rehabilitation").card
        onboard.set_tier(shop.context, stage.operator, shop.merchant.address, 1)
        assert shop.show(shop.buy("xia", "rehabilitation").card).held == 210_000
        before = shop.show(old).held
        assert before == 90_000
        assert shop.use("wen", old, 1).paid == paid
        assert shop.show(old).held == before - paid
