"""Amounts in a card's own unit, written and read."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wallet.errors import InvalidInput
from wallet.rules import Unit
from wallet.rules.quantities import format_quantity, parse_quantity


@given(st.sampled_from(list(Unit)), st.integers(0, 10**9 - 1))
def test_what_is_written_is_read_again(unit: Unit, amount: int) -> None:
    assert parse_quantity(format_quantity(amount, unit), unit) == amount


@pytest.mark.parametrize(
    ("unit", "text", "amount"),
    [
        (Unit.YUAN, "30", 3_000),
        (Unit.YUAN, "0", 0),
        (Unit.SESSION, "2", 2),
        (Unit.MILESTONE, "0.5", 5_000),
        (Unit.MILESTONE, "24", 240_000),
        (Unit.MILESTONE, "1.0001", 10_001),
    ],
)
def test_each_unit_is_read_in_its_own_way(unit: Unit, text: str, amount: int) -> None:
    assert parse_quantity(text, unit) == amount


@pytest.mark.parametrize(
    ("unit", "text"),
    [
        (Unit.YUAN, "1.005"),
        (Unit.SESSION, "1.5"),
        (Unit.MONTH, "-1"),
        (Unit.MONTH, "二"),
        (Unit.VISIT, ""),
        (Unit.SESSION, "９"),
        (Unit.SESSION, "9" * 10),
        (Unit.MILESTONE, "0.00001"),
        (Unit.MILESTONE, ".5"),
        (Unit.MILESTONE, "1e3"),
    ],
)
def test_anything_else_is_refused_by_name(unit: Unit, text: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        parse_quantity(text, unit, where="TOTAL")
    assert caught.value.error_code == "invalid-amount"
    assert "TOTAL" in caught.value.message
    assert caught.value.hint
