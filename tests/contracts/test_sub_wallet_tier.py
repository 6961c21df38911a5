"""A merchant's credit tier and the cards it sold: `sub_wallet_tier.tree`."""

from __future__ import annotations

from typing import Any

import pytest

from tests.contracts.craft import RETURN_TOP, TIER, USED, push, template, word
from tests.contracts.harness import World, raises
from wallet.rules import UNCONFIRMED
from wallet.terms import Terms

LADDER = {"ladder1": 3_000, "ladder2": 5_000, "ladder3": 7_000}
BY_TIER = push(TIER) + b"\x35" + push(USED) + b"\x35\x02" + RETURN_TOP
"""Releases tier times use."""


def opened(world: World, **fields: Any) -> Terms:
    """A card of Alice's whose template releases the tier times what was used."""
    rules = world.admit(template(BY_TIER, word(0)))
    terms = world.terms(**{"template": rules, **LADDER, **fields})
    world.open(world.alice, terms)
    return terms


def set_tier(world: World, tier: int) -> None:
    world.merchants.setTier(world.shop, tier, sender=world.operator)


def with_registry() -> tuple[World, Any]:
    """A world whose sub-wallets ask a registry that answers about tiers as it is told."""
    world = World()
    registry = world.deploy("HostileRegistry")
    world.found(merchants=registry)
    return world, registry


@pytest.mark.parametrize("tier", [1, 2, 3])
def test_ladder_keeps_the_tier_at_opening_and_tells_the_template(world: World, tier: int) -> None:
    set_tier(world, tier)
    terms = opened(world)
    assert world.card(world.alice, terms).marks == tier
    for later in (0, 3):
        with world.rollback():
            set_tier(world, later)
            assert world.consume(world.alice, terms, 1_000) == tier * 1_000


def test_ladder_keeps_none_for_a_merchant_without_a_tier(world: World) -> None:
    terms = opened(world)
    set_tier(world, 3)
    assert world.card(world.alice, terms).marks == 0
    assert world.consume(world.alice, terms, 1_000) == 0


def test_ladder_keeps_none_when_the_registry_fails_or_answers_nonsense() -> None:
    world, registry = with_registry()
    registry.rank(2)
    assert world.card(world.alice, opened(world)).marks == 2
    for answer in (1, 2, 3):  # reverts, burns its gas, answers too little
        registry.decide(answer)
        assert world.card(world.alice, opened(world)).marks == 0
    registry.decide(0)
    for nonsense in (4, 5, 7, 1 << 8, (1 << 256) - 1):
        registry.rank(nonsense)
        assert world.card(world.alice, opened(world)).marks == 0


def test_ladder_keeps_the_tier_through_every_change_of_the_card(world: World) -> None:
    set_tier(world, 2)
    terms = opened(world, certifier=world.certifier)
    world.certify(world.alice, terms, 1_000)
    assert world.card(world.alice, terms).marks == 2 | UNCONFIRMED
    assert world.consume(world.alice, terms, 1_000) == 2_000
    world.find(world.alice, terms, not_consumer=True, listed=1)
    world.bump_epoch(world.alice, terms, 9)
    assert world.card(world.alice, terms).marks & 3 == 2
    world.terminate(world.alice, terms)
    assert world.card(world.alice, terms).marks & 3 == 2


def test_ladder_asks_nobody_where_the_terms_have_none() -> None:
    world, registry = with_registry()
    registry.rank(3)
    bare = dict.fromkeys(LADDER, 0)
    terms = opened(world, **bare, ladder_for_all=1)
    assert world.card(world.alice, terms).marks == 0
    registry.decide(1)
    assert world.consume(world.alice, terms, 1_000) == 0


def test_ladder_counts_a_tier_that_fell_since(world: World) -> None:
    set_tier(world, 3)
    terms = opened(world, ladder_for_all=1)
    set_tier(world, 1)
    assert world.consume(world.alice, terms, 1_000) == 1_000
    set_tier(world, 0)
    assert world.consume(world.alice, terms, 2_000) == 0
    set_tier(world, 3)
    assert world.consume(world.alice, terms, 3_000) == 8_000


def test_ladder_does_not_count_a_tier_that_rose_since(world: World) -> None:
    set_tier(world, 1)
    terms = opened(world, ladder_for_all=1)
    set_tier(world, 3)
    assert world.consume(world.alice, terms, 1_000) == 1_000


def test_ladder_counts_no_tier_when_the_registry_fails_or_answers_nonsense() -> None:
    world, registry = with_registry()
    registry.rank(3)
    terms = opened(world, ladder_for_all=1)
    for answer in (1, 2, 3):
        with world.rollback():
            registry.decide(answer)
            assert world.consume(world.alice, terms, 1_000) == 0
    registry.rank(1 << 100)
    assert world.consume(world.alice, terms, 1_000) == 0
    with raises("SubWallet_GasTooLow"):
        message = world.consumption(world.alice, terms, 2_000)
        signature = world.sign(world.alice, world.alice, message)
        world.wallet(world.alice).consume(terms, message.values()[1:], signature, gas=210_000)


def test_ladder_never_takes_back_what_was_released(world: World) -> None:
    set_tier(world, 3)
    terms = opened(world, ladder_for_all=1)
    assert world.consume(world.alice, terms, 10_000) == 30_000
    set_tier(world, 1)
    assert world.consume(world.alice, terms, 11_000) == 0
    assert world.card(world.alice, terms)[2:4] == (30_000, 70_000)
