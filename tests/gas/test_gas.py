"""The gas page is fresh: what it says is what receipts say now."""

import pytest

from tests.gas.anvil_world import ANVIL
from tests.gas.measure import FILE, ROWS, measure, render

pytestmark = [
    pytest.mark.anvil,
    pytest.mark.skipif(not ANVIL.exists(), reason="anvil is not installed: npm install"),
]


def test_gas_file_matches_receipts() -> None:
    """A change of gas shows in the diff of docs/gas.md, or this fails: run `make gas` and look at it."""
    assert FILE.read_text(encoding="utf-8") == render(measure())


def test_gas_file_covers_every_row_once() -> None:
    text = FILE.read_text(encoding="utf-8")
    for operation, _, _ in ROWS:
        assert text.count(f"| {operation} |") == 1
