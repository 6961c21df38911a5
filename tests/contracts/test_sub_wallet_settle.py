"""What happens by itself, as the terms say: `sub_wallet_settle.tree`."""

from __future__ import annotations

from typing import Any

import pytest

from tests.contracts.craft import ELAPSED, OBEDIENT, field, template, word
from tests.contracts.harness import CLOSED, OPEN, RICH, World, raises
from wallet.rules.model import Cause
from wallet.terms import EXPIRY_LAPSE, EXPIRY_REFUND, LIST, Terms

MONTHLY = {"accrual": 10_000, "accrual_days": 30}
ALL = 100_000


def opened(world: World, **fields: Any) -> Terms:
    """A card of Alice's whose template would release everything at once, unless `fields` say otherwise."""
    terms = world.terms(**{"template": world.admit(OBEDIENT), "params0": ALL, "params1": ALL, **fields})
    world.open(world.alice, terms)
    return terms


def settle(world: World, terms: Terms) -> int:
    """Let a stranger settle; fen that came to the merchant."""
    before = world.balance(world.shop)
    world.wallet(world.alice).settle(terms, sender=world.stranger)
    return world.balance(world.shop) - before


def nothing_due(world: World, terms: Terms) -> None:
    with raises("SubWallet_NothingDue", world.card_id(world.alice, terms)):
        settle(world, terms)


def test_settle_pays_what_full_periods_have_earned_and_no_more(world: World) -> None:
    terms = opened(world, **MONTHLY)
    world.advance(days=29)
    nothing_due(world, terms)
    world.advance(days=1)
    assert settle(world, terms) == 10_000
    assert [event.name for event in world.events] == ["Accrued", "Transfer"]
    assert world.events[0].args == {
        "card": world.card_id(world.alice, terms),
        "paid": 10_000,
        "released": 10_000,
    }
    nothing_due(world, terms)
    world.advance(days=70)
    assert settle(world, terms) == 20_000
    world.advance(days=9_999)
    assert settle(world, terms) == 70_000
    assert world.card(world.alice, terms)[2:6] == (ALL, 0, world.card(world.alice, terms).opened_at, OPEN)


def test_settle_counts_days_by_the_calendar_to_the_second(world: World) -> None:
    """A card opened in the first second of a day has earned a day one day later, not a second earlier."""
    world.advance(86_400 - (world.now + 8 * 3600) % 86_400)
    terms = opened(
        world, template=world.admit(template(field(ELAPSED), word(ALL))), accrual=100, accrual_days=1
    )
    world.advance(86_399)
    nothing_due(world, terms)
    world.advance(1)
    assert settle(world, terms) == 1
    world.advance(86_399)
    nothing_due(world, terms)


def test_settle_pays_nothing_before_cooling_off_is_over(world: World) -> None:
    terms = opened(world, accrual=100, accrual_days=1, cooling_days=7)
    for _ in range(7):
        world.advance(days=1)
        nothing_due(world, terms)
    world.advance(days=1)
    assert settle(world, terms) == 800


def test_settle_pays_no_more_than_the_template_answers(world: World) -> None:
    modest = world.admit(template(b"\x61" + ELAPSED.to_bytes(2) + bytes.fromhex("355f5260205ff3"), word(ALL)))
    terms = opened(world, template=modest, **MONTHLY)
    world.advance(days=45)
    assert settle(world, terms) == 45


def test_settle_counts_what_was_released_before(world: World) -> None:
    terms = opened(world, advance=15_000, **MONTHLY)
    world.advance(days=30)
    nothing_due(world, terms)
    world.advance(days=30)
    assert settle(world, terms) == 5_000


def test_settle_pays_only_up_to_the_day_the_merchant_stopped(world: World) -> None:
    terms = opened(world, **MONTHLY)
    world.advance(days=65)
    world.merchants.stop(world.shop, sender=world.shop)
    world.advance(days=365)
    assert settle(world, terms) == 20_000
    nothing_due(world, terms)


def test_settle_pays_up_to_a_stop_even_after_a_new_approval(world: World) -> None:
    terms = opened(world, **MONTHLY)
    world.advance(days=35)
    world.merchants.stop(world.shop, sender=world.shop)
    world.merchants.approve(world.shop, sender=world.operator)
    world.advance(days=365)
    assert settle(world, terms) == 10_000


def test_settle_pays_nothing_while_nobody_can_say_whether_the_merchant_performs() -> None:
    world, registry = with_hostile_registry()
    terms = opened(world, **MONTHLY)
    world.advance(days=30)
    for answer in (1, 2, 3):
        registry.decide(answer)
        nothing_due(world, terms)
    registry.decide(0)
    assert settle(world, terms) == 10_000


def test_settle_believes_no_stop_in_the_future() -> None:
    world, registry = with_hostile_registry()
    terms = opened(world, **MONTHLY)
    for answer in (5, 7):  # tomorrow; at a time no clock shows
        registry.decide(answer)
        with world.rollback():
            world.advance(days=29)
            nothing_due(world, terms)
            world.advance(days=1)
            assert settle(world, terms) == 10_000


def with_hostile_registry() -> tuple[World, Any]:
    """A world whose sub-wallets ask a hostile merchant registry."""
    world = World()
    registry = world.deploy("HostileRegistry")
    world.found(merchants=registry)
    return world, registry


@pytest.mark.parametrize("policy", [EXPIRY_REFUND, EXPIRY_LAPSE])
def test_settle_refunds_from_the_first_second_after_the_last_day(world: World, policy: int) -> None:
    terms = opened(world, term_days=30, expiry_policy=policy)
    last = world.now + 8 * 3600 + 30 * 86_400
    world.warp(last - 1)
    nothing_due(world, terms)
    world.warp(last)
    assert settle(world, terms) == 0
    assert world.named("Closed")[0].args["cause"] == Cause.EXPIRY
    assert world.balance(world.alice) == RICH
    assert world.card(world.alice, terms).status == CLOSED


def test_settle_ends_nothing_at_expiry_where_the_terms_extend(world: World) -> None:
    terms = opened(world, term_days=30, **MONTHLY)
    world.advance(days=400)
    assert settle(world, terms) == 100_000
    assert world.card(world.alice, terms).status == OPEN


def test_settle_refunds_once_the_merchant_has_stopped_where_the_terms_say_so(world: World) -> None:
    law = {"template": world.stored_value, "bonus": 30_000, "consumer_formula": LIST}
    terms = opened(world, refund_on_closure=1, **law)
    world.consume(world.alice, terms, used=3_000)
    nothing_due(world, terms)
    world.merchants.stop(world.shop, sender=world.operator)
    settle(world, terms)
    assert world.named("Closed")[0].args["cause"] == Cause.NOT_CONSUMER
    assert world.named("Closed")[0].args["refund"] == 97_693


def test_settle_ends_nothing_after_a_stop_where_the_terms_do_not_say_so(world: World) -> None:
    terms = opened(world)
    world.merchants.close(world.shop, sender=world.operator)
    nothing_due(world, terms)
    assert world.card(world.alice, terms).status == OPEN


def test_settle_ends_an_expired_card_even_when_the_registry_cannot_answer() -> None:
    world, registry = with_hostile_registry()
    terms = opened(world, term_days=30, expiry_policy=EXPIRY_REFUND)
    world.advance(days=31)
    for answer in range(1, 8):
        registry.decide(answer)
        with world.rollback():
            settle(world, terms)
            assert world.balance(world.alice) == RICH


def test_settle_never_ends_a_card_during_a_mere_suspension(world: World) -> None:
    terms = opened(world, refund_on_closure=1)
    world.merchants.suspend(world.shop, sender=world.operator)
    world.advance(days=500)
    nothing_due(world, terms)


def test_settle_may_be_called_by_anyone(world: World) -> None:
    terms = opened(world, accrual=1, accrual_days=1)
    for caller in (world.stranger, world.bob, world.shop, world.alice):
        world.advance(days=1)
        world.wallet(world.alice).settle(terms, sender=caller)
    assert world.card(world.alice, terms).released == 4


def test_settle_reverts_when_nothing_is_due(world: World) -> None:
    terms = opened(world)
    world.advance(days=3_000)
    nothing_due(world, terms)


def test_settle_reverts_for_a_card_that_is_not_open(world: World) -> None:
    terms = opened(world, term_days=1, expiry_policy=EXPIRY_REFUND)
    world.wallet(world.alice).terminate(terms, 0, sender=world.alice)
    world.advance(days=9)
    with raises("SubWallet_CardNotOpen", world.card_id(world.alice, terms), CLOSED):
        settle(world, terms)
