"""A platform's products in Beijing, rows 45, 48 and 50."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.rows.counter import Counter, counter
from wallet.errors import InvalidInput
from wallet.forms import lint
from wallet.services import buy
from wallet.services.form import register_form
from wallet.systems import find_system
from wallet.systems.form import form_of


@pytest.fixture(scope="module")
def shop() -> Iterator[Counter]:
    with counter("meituan") as opened:
        yield opened


def test_row_45_one_product_for_each_of_three_sectors() -> None:
    """Education, sport and beauty, since 2025-09-12, each redeemed in its unit."""
    system = find_system("meituan").system
    assert system.since is not None
    assert system.since.isoformat() == "2025-09-12"
    assert {(one.sector, one.kind) for one in system.products} == {
        ("fitness", "period-monthly"), ("education", "sessions"), ("beauty", "sessions"),
    }  # fmt: skip


def test_row_48_a_form_without_a_clause_for_consumers_who_leave_is_refused(shop: Counter) -> None:
    """The programme's own has one; the same without it is not registered."""
    fair = form_of(find_system("meituan"))
    gone = ("随时终止", "无理由", "选择退款", "非消费者原因")
    without = "\n".join(line for line in fair.splitlines() if not any(words in line for words in gone))
    assert without != fair
    assert lint(fair).ok
    assert lint(without).missing
    with pytest.raises(InvalidInput) as caught:
        register_form(shop.context, shop.stage.operator, without, "缺少条款")
    assert caught.value.error_code == "form-banned"


def test_row_50_what_is_at_risk_is_said_before_paying(shop: Counter) -> None:
    """Nothing is held for a membership here: all of it is at risk, and the sentence says so."""
    consumer = shop.stage.consumer("mei")
    preview = buy.preview_purchase(shop.context, consumer.address, shop.sell("gym-months"))
    assert shop.stage.money(consumer.address) == 10_000_000
    assert (preview.advance, preview.frozen) == (240_000, 0)
    assert "at risk if the merchant disappears: 2400.00" in preview.sentence
