"""What the strategies draw is valid: on a platform, and to the fen as the reference model says."""

from __future__ import annotations

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from wallet.rules import WouldRevert
from wallet.testing import Action, Lab, Product, play, predict
from wallet.testing.paths import VERBS
from wallet.testing.strategies import KINDS, fen, paths, products, usages


@given(st.data())
@settings(max_examples=50)
def test_amounts_stay_within_their_bounds(data: st.DataObject) -> None:
    least = data.draw(st.integers(0, 500))
    most = data.draw(st.integers(least, 100_000))
    assert least <= data.draw(fen(most, least=least)) <= most


@given(st.data())
@settings(max_examples=50)
def test_every_usage_has_an_answer(data: st.DataObject) -> None:
    product = data.draw(products())
    usage = data.draw(usages(product))
    assert 0 <= usage.released <= product.principal
    assert usage.used <= product.capacity


@pytest.mark.parametrize("kind", KINDS)
def test_every_path_is_taken_by_the_chain_and_comes_out_as_predicted(prepaid_lab: Lab, kind: str) -> None:
    @given(st.data())
    @settings(max_examples=10)
    def each(data: st.DataObject) -> None:
        product = data.draw(products(kind))
        actions = data.draw(paths(product))
        with prepaid_lab.fresh() as platform:
            assert play(platform, product, actions) == predict(product, actions)
            platform.assert_conserved()

    each()


def test_everything_that_can_happen_is_drawn() -> None:
    """On a card whose exit costs a tenth, and which ends by itself when its time or its merchant is gone."""
    ends = {"term_days": 60, "expiry_policy": 1, "refund_on_closure": 1}
    numbers = {"principal": 100_000, "exit_fee_bps": 1_000, "exit_fee_cap": 100_000, **ends}
    product = Product("StoredValue", numbers)
    seen: set[str] = set()

    @given(st.data())
    @settings(max_examples=50, derandomize=True, phases=[Phase.generate])
    def each(data: st.DataObject) -> None:
        seen.update(action.verb for action in data.draw(paths(product)))

    each()
    assert seen == set(VERBS)


def test_what_is_not_legal_is_not_predicted() -> None:
    product = Product("StoredValue", {"principal": 100_000})
    with pytest.raises(WouldRevert):
        predict(product, [Action("leave"), Action("use", 1, 1)])
    with pytest.raises(WouldRevert):
        predict(product, [Action("collect")])
