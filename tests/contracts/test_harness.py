"""The harness itself: what contract tests rely on."""

from __future__ import annotations

import pytest

from tests.contracts.harness import CLOSED, OPEN, World, mutant, raises


@pytest.mark.parametrize("via", ["open", "sig", "permit", "authorization"])
def test_a_card_opens_each_way_is_used_and_ends(world: World, via: str) -> None:
    """Open, consume, terminate: money moves as the events say."""
    terms = world.terms(bonus=30_000)
    before = world.balance(world.alice)
    card = world.open(world.alice, terms, via)
    assert card == world.card_id(world.alice, terms)
    assert world.named("Opened")[0].args["card"] == card
    assert world.named("Opened")[0].args["terms"] == terms.values()
    assert world.consume(world.alice, terms, used=3_000) == 2307
    assert world.card(world.alice, terms).held == 97_693
    assert world.card(world.alice, terms).status == OPEN
    refund = world.terminate(world.alice, terms)
    assert world.named("Closed")[0].args["refund"] == refund
    assert world.balance(world.alice) == before - 2307
    assert world.card(world.alice, terms).status == CLOSED


def test_errors_carry_their_name_and_values(world: World) -> None:
    """Custom errors, those of other contracts, and what `raises` does when they do not come."""
    terms = world.terms()
    world.open(world.alice, terms)
    with raises("SubWallet_DeadlinePassed", 5, world.now) as caught:
        world.consume(world.alice, terms, used=1, deadline=5)
    assert caught.values == (5, world.now)
    with raises("DigitalYuan_NotIssuer", world.bob):
        world.yuan.mint(world.bob, 5, sender=world.bob)
    with raises("ERC20InsufficientBalance"):
        world.yuan.transfer(world.bob, 5, sender=world.stranger)
    with pytest.raises(AssertionError, match="the call succeeded"), raises("Anything"):
        world.balance(world.bob)
    with pytest.raises(AssertionError, match="value 0"), raises("DigitalYuan_NotIssuer", world.alice):
        world.yuan.mint(world.bob, 5, sender=world.bob)


def test_a_refused_call_leaves_everything_as_it_was(world: World) -> None:
    """pyrevm must undo what a failing transaction did before it failed."""
    terms = world.terms()
    wallet = world.wallet(world.alice)
    with raises("ERC20InsufficientAllowance"):
        wallet.open(terms, sender=world.alice)
    assert world.card(world.alice, terms) == (0,) * 8
    assert wallet.openedCount() == 0


def test_rollback_undoes_state_and_time(world: World) -> None:
    """Nested, with exceptions inside."""
    terms = world.terms()
    now = world.now
    with world.rollback():
        world.open(world.alice, terms)
        with world.rollback():
            world.advance(days=3)
            world.wallet(world.alice).terminate(terms, 0, sender=world.alice)
        assert world.card(world.alice, terms).status == OPEN
        assert world.now == now
    assert world.card(world.alice, terms).status == 0


def test_a_mutant_compiles_from_changed_text() -> None:
    """The broken variants of the invariant search are made this way."""
    old = "if (msg.sender != consumer) revert Errors.SubWallet_NotConsumer(msg.sender, consumer);"
    world = World(sub_wallet=mutant("core/Cards.sol", "SubWallet", (old, "")))
    terms = world.terms()
    world.open(world.alice, terms, sender=world.bob)
    with pytest.raises(AssertionError, match="0 times"):
        mutant("core/SubWallet.sol", "SubWallet", ("no such text", ""))
