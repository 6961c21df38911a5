"""The gas page of the programmes is fresh: what it says is what receipts say now."""

import pytest

from tests.gas.anvil_world import ANVIL
from tests.gas.systems import FILE, measure, render

pytestmark = [
    pytest.mark.anvil,
    pytest.mark.skipif(not ANVIL.exists(), reason="anvil is not installed: npm install"),
]


def test_gas_of_each_programme_matches_receipts() -> None:
    """A change of gas shows in the diff of docs/gas-systems.md, or this fails: run `make gas`."""
    assert FILE.read_text(encoding="utf-8") == render(measure())
