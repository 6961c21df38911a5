"""Fuzhou Jin'an, rows 51 to 55 and 59: part of the money, unfrozen as consumed, and what a collapse does."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.rows.counter import Counter, counter
from wallet.services import notice
from wallet.systems import find_system, systems


@pytest.fixture(scope="module")
def shop() -> Iterator[Counter]:
    with counter("fuzhou_jinan") as opened:
        yield opened


def test_row_51_the_preset_exists_with_its_date() -> None:
    system = find_system("fuzhou_jinan").system
    assert "fuzhou_jinan" in systems()
    assert system.since is not None
    assert system.since.isoformat() == "2021-04-14"


def test_row_54_the_unsupervised_part_goes_to_the_merchant_at_sale(shop: Counter) -> None:
    """Half of 4,000 yuan; and the share is a parameter that a file of one's own may change."""
    before = shop.money()
    card = shop.buy("fu", "course").card
    assert (shop.money() - before, shop.show(card).held) == (200_000, 200_000)
    ratio = find_system("fuzhou_jinan").system.custody.ratio
    assert (ratio.value, ratio.unit, ratio.mark) == (5_000, "bps", "design")


def test_row_59_the_frozen_part_falls_by_the_share_consumed(shop: Counter) -> None:
    """Forty lessons: after each the frozen part has fallen by a fortieth, with no step by hand."""
    card = shop.buy("gui", "course").card
    for used in range(1, 41):
        shop.use("gui", card, 1)
        assert abs(shop.show(card).held - 200_000 * (40 - used) // 40) <= 1
    assert shop.show(card).held == 0


def test_row_55_a_collapse_splits_custody_by_the_share_consumed() -> None:
    """Read so: the consumed share is the merchant's, the rest the consumer's; and the other reading."""
    back = {}
    for label in ("fuzhou_jinan", "fuzhou_jinan/return-all"):
        with counter(label) as shop:
            card = shop.buy("hai", "course").card
            shop.use("hai", card, 10)
            before, held = shop.money(), shop.show(card).held
            notice.declare_runaway(shop.context, shop.stage.operator, shop.merchant.address, "倒闭卷款")
            (settled,) = notice.return_custody(shop.context, shop.stage.operator, shop.merchant.address)
            assert settled.cause == "not-consumer"
            assert (settled.refund, shop.money() - before) == (held, 0)
            assert settled.refund + settled.shortfall == 300_000  # three quarters are unperformed
            back[label] = settled.refund
    # A quarter is consumed. By progress, a quarter of the frozen half is the merchant's already; by row 60's
    # words all of it goes back.
    assert back == {"fuzhou_jinan": 150_000, "fuzhou_jinan/return-all": 200_000}
