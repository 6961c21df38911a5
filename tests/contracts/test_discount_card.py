"""Cards with a price cut on everything: `discount_card.tree`."""

from __future__ import annotations

from functools import cache
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.contracts.craft import force
from tests.contracts.harness import Contract, Refused, World, raises
from wallet.eip712 import keccak256
from wallet.rules import Cause, DiscountCard, TemplateFailed, Usage
from wallet.terms import GIFT_FIRST, LIST, Terms


@cache
def shared() -> World:
    """One world for all: rules are pure, so nothing is ever left behind."""
    return World()


@cache
def rules() -> Contract:
    """The template itself, asked directly."""
    return shared().deploy("DiscountCard")


def terms(factor: int = 8_000, **fields: Any) -> Terms:
    """2000 yuan, everything at 80 % of its price; the law's formulas."""
    card: dict[str, Any] = {"principal": 200_000, "consumer_formula": LIST, "params0": factor, **fields}
    # The contract takes any 48 bits, Python's tools no more than a plausible price.
    return force(shared().terms(template=rules(), **{**card, "principal": 1}), principal=card["principal"])


def released(card: Terms, used: int, listed: int) -> int:
    return int(rules().released(card, (used, listed, 0, 0, 0, 0)))


def owed(card: Terms, used: int, listed: int, cause: Cause) -> int:
    return int(rules().entitlement(card, (used, listed, 0, 0, 0, 0), int(cause)))


def test_released_takes_each_use_at_its_reduced_price() -> None:
    uses = ((0, 0), (7_200, 9_000), (72_000, 90_000), (200_000, 250_000))
    assert [released(terms(), *use) for use in uses] == [0, 7_200, 72_000, 200_000]


def test_released_telescopes_to_the_principal_however_the_uses_are_split() -> None:
    card = terms(7_777, principal=99_991)
    everything = 128_573  # the first list price whose reduced one reaches the principal
    for step in (997, 10_007, everything):
        totals = [*range(0, everything, step), everything]
        at = [released(card, DiscountCard.reduced(card, listed), listed) for listed in totals]
        assert min(b - a for a, b in pairwise(at)) >= 0
        assert at[-1] == 99_991


def test_released_splits_each_use_by_ratio_where_a_bonus_was_given() -> None:
    card = terms(bonus=50_000)
    assert [released(card, used, 2 * used) for used in (25_000, 250_000)] == [20_000, 200_000]


def test_released_keeps_back_the_custody_share() -> None:
    card = terms(custody_bps=4_000)
    assert [released(card, used, 2 * used) for used in (0, 100_000, 200_000)] == [120_000, 160_000, 200_000]


def test_released_reverts_when_more_is_used_than_principal_and_bonus() -> None:
    with raises("Template_Overdrawn", 230_001, 230_000):
        released(terms(bonus=30_000), 230_001, 10**6)


def test_released_reverts_when_a_use_costs_more_than_the_discount_leaves() -> None:
    assert released(terms(), 7_200, 9_001) == 7_200
    with raises("Template_NotDiscounted", 7_201, 7_200):
        released(terms(), 7_201, 9_001)
    # Cheaper than promised is welcome.
    assert released(terms(), 3_600, 9_000) == 3_600


def test_released_reverts_for_a_discount_that_is_none() -> None:
    for factor in (0, 10_001, 1 << 255):
        with raises("Template_TermsInvalid", "discount", factor):
            released(terms(factor), 0, 0)


def test_entitlement_owes_everything_to_a_consumer_who_used_nothing() -> None:
    assert {owed(terms(), 0, 0, cause) for cause in Cause} == {200_000}


def test_entitlement_deducts_the_reduced_price_when_the_consumer_is_not_the_cause() -> None:
    assert owed(terms(), 72_000, 90_000, Cause.NOT_CONSUMER) == 128_000


def test_entitlement_deducts_the_price_before_discount_when_the_consumer_is_the_cause() -> None:
    assert owed(terms(), 72_000, 90_000, Cause.CONSUMER) == 110_000


def test_entitlement_deducts_the_full_price_of_half_price_uses_from_a_consumer_who_is_the_cause() -> None:
    """Ten lessons at 200 yuan: three at their price, two at half of it."""
    card = terms(10_000)
    assert released(card, 80_000, 100_000) == 80_000
    assert owed(card, 80_000, 100_000, Cause.CONSUMER) == 100_000
    assert owed(card, 80_000, 100_000, Cause.NOT_CONSUMER) == 120_000


def test_entitlement_follows_a_list_price_that_was_found_too_high_down_to_the_markets() -> None:
    """Three lessons of 200 yuan, said to cost 10000 each; the market's price is 400."""
    assert owed(terms(200), 60_000, 3_000_000, Cause.CONSUMER) == 0
    assert owed(terms(200), 60_000, 120_000, Cause.CONSUMER) == 80_000


def test_entitlement_lets_gifts_go_first_where_the_terms_are_better_than_the_law() -> None:
    card = terms(bonus=30_000, not_consumer_formula=GIFT_FIRST)
    assert [owed(card, used, 2 * used, Cause.NOT_CONSUMER) for used in (30_000, 30_001)] == [200_000, 199_999]


def test_entitlement_owes_nothing_rather_than_less_than_nothing() -> None:
    assert owed(terms(), 192_000, 240_000, Cause.CONSUMER) == 0
    assert owed(terms(), 300_000, 240_000, Cause.NOT_CONSUMER) == 0


def test_in_a_sub_wallet_refuses_a_charge_above_the_discount_and_refunds_what_the_law_says(
    world: World,
) -> None:
    template = world.admit(world.deploy("DiscountCard"))
    for stops, back in ((False, 110_000), (True, 128_000)):
        with world.rollback():
            card = world.terms(
                template=template, principal=200_000, consumer_formula=LIST, **DiscountCard.at(8_000)
            )
            world.open(world.alice, card)
            reason = keccak256(b"Template_NotDiscounted(uint256,uint256)")[:4]
            with raises("SubWallet_TemplateFailed", template, reason):
                world.consume(world.alice, card, 72_001, listed_after=90_000)
            assert world.consume(world.alice, card, 72_000, listed_after=90_000) == 72_000
            if stops:
                world.merchants.stop(world.shop, sender=world.operator)
            assert world.terminate(world.alice, card) == back


@given(
    principal=st.integers(1, 2**47),
    bonus=st.one_of(st.just(0), st.integers(0, 2**47)),
    factor=st.one_of(st.integers(0, 10_001), st.sampled_from([8_000, 10_000])),
    numbers=st.tuples(*[st.integers(0, 2)] * 3, st.integers(0, 1), st.integers(0, 10_000)),
    listed=st.integers(0, 2**48 - 1),
    part=st.integers(0, 1_000_100),
    cause=st.sampled_from(list(Cause)),
)
@settings(max_examples=100, deadline=None)
def test_reference_rules_answers_as_the_python_rules_do(
    principal: int,
    bonus: int,
    factor: int,
    numbers: tuple[int, ...],
    listed: int,
    part: int,
    cause: Cause,
) -> None:
    card = terms(
        factor,
        principal=principal,
        bonus=bonus,
        settlement_formula=numbers[0],
        consumer_formula=numbers[1],
        not_consumer_formula=numbers[2],
        schedule=numbers[3],
        custody_bps=numbers[4],
    )
    used = DiscountCard.reduced(card, listed) * part // 10**6
    model = Usage(used=used, listed=listed)
    assert owed(card, used, listed, cause) == DiscountCard().entitlement(card, model, cause)
    try:
        expected = DiscountCard().released(card, model)
    except TemplateFailed:
        with pytest.raises(Refused):
            released(card, used, listed)
    else:
        assert released(card, used, listed) == expected
