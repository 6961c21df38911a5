"""Who may sell, and since when somebody no longer performs: `merchant_registry.tree`."""

from __future__ import annotations

from random import Random
from typing import Any

from tests.contracts.harness import Contract, World, raises

NONE, APPLIED, APPROVED, SUSPENDED, STOPPED, CLOSED = range(6)
HOUR = 3600


def apply(world: World, name: str = "clinic", licence: bytes = bytes(32)) -> Any:
    """A merchant that has applied."""
    merchant = world.account(name)
    world.merchants.applyToSell(name, licence, sender=merchant)
    return merchant


def status(world: World, merchant: Any) -> int:
    return int(world.merchants.statusOf(merchant)[0])


def operate(world: World) -> tuple[Contract, Any]:
    return world.merchants, world.operator


def test_apply_to_sell_records_the_licence_and_the_date(world: World) -> None:
    merchant = apply(world, licence=b"\x07" * 32)
    assert world.named("MerchantApplied")[0].args == {
        "merchant": merchant.address,
        "name": "clinic",
        "licence": b"\x07" * 32,
    }
    assert world.merchants.statusOf(merchant) == (APPLIED, world.now)
    assert world.merchants.licenceOf(merchant) == b"\x07" * 32


def test_apply_to_sell_cannot_be_changed_while_it_waits(world: World) -> None:
    merchant = apply(world, licence=b"\x07" * 32)
    with raises("MerchantRegistry_WrongStatus", merchant, APPLIED):
        apply(world, licence=b"\x08" * 32)
    assert world.merchants.licenceOf(merchant) == b"\x07" * 32


def test_apply_to_sell_reverts_once_the_merchant_is_approved_or_beyond(world: World) -> None:
    registry, operator = operate(world)
    for say, now in (("approve", APPROVED), ("suspend", SUSPENDED), ("stop", STOPPED), ("close", CLOSED)):
        registry.send(say, world.shop, sender=operator) if say != "approve" else None
        with raises("MerchantRegistry_WrongStatus", world.shop, now):
            registry.applyToSell("again", bytes(32), sender=world.shop)


def test_apply_to_sell_does_not_let_the_merchant_sell(world: World) -> None:
    merchant = apply(world)
    assert not world.merchants.maySell(merchant)
    with raises("SubWallet_MerchantMayNotSell", merchant):
        world.open(world.alice, world.terms(merchant=merchant))


def test_approve_lets_the_merchant_sell(world: World) -> None:
    merchant = apply(world)
    world.merchants.approve(merchant, sender=world.operator)
    assert world.merchants.maySell(merchant)
    world.open(world.alice, world.terms(merchant=merchant))


def test_approve_brings_back_a_suspended_or_stopped_merchant(world: World) -> None:
    registry, operator = operate(world)
    for say in ("suspend", "stop"):
        registry.send(say, world.shop, sender=operator)
        assert not registry.maySell(world.shop)
        registry.approve(world.shop, sender=operator)
        assert registry.maySell(world.shop)


def test_approve_reverts_for_a_merchant_that_never_applied_or_has_closed(world: World) -> None:
    registry, operator = operate(world)
    with raises("MerchantRegistry_WrongStatus", world.bob, NONE):
        registry.approve(world.bob, sender=operator)
    with raises("MerchantRegistry_WrongStatus", world.shop, APPROVED):
        registry.approve(world.shop, sender=operator)
    registry.close(world.shop, sender=operator)
    with raises("MerchantRegistry_WrongStatus", world.shop, CLOSED):
        registry.approve(world.shop, sender=operator)


def test_approve_reverts_for_anyone_but_an_operator(world: World) -> None:
    merchant = apply(world)
    for other in (merchant, world.shop, world.stranger):
        with raises("AccessControlUnauthorizedAccount", other):
            world.merchants.approve(merchant, sender=other)


def test_reject_lets_the_merchant_apply_anew(world: World) -> None:
    merchant = apply(world)
    world.merchants.reject(merchant, sender=world.operator)
    assert status(world, merchant) == NONE
    apply(world, licence=b"\x08" * 32)
    assert world.merchants.licenceOf(merchant) == b"\x08" * 32


def test_reject_reverts_for_anyone_who_has_not_applied(world: World) -> None:
    for merchant, now in ((world.bob, NONE), (world.shop, APPROVED)):
        with raises("MerchantRegistry_WrongStatus", merchant, now):
            world.merchants.reject(merchant, sender=world.operator)


def test_reject_reverts_for_anyone_but_an_operator(world: World) -> None:
    merchant = apply(world)
    for other in (merchant, world.shop, world.stranger):
        with raises("AccessControlUnauthorizedAccount", other):
            world.merchants.reject(merchant, sender=other)


def test_suspend_stops_new_sales_and_puts_no_stop_on_record(world: World) -> None:
    registry, operator = operate(world)
    registry.suspend(world.shop, sender=operator)
    assert not registry.maySell(world.shop)
    assert registry.stoppedSince(world.shop, 0) == 0
    with raises("SubWallet_MerchantMayNotSell"):
        world.open(world.alice, world.terms())


def test_suspend_reverts_unless_the_merchant_is_approved(world: World) -> None:
    merchant = apply(world)
    with raises("MerchantRegistry_WrongStatus", merchant, APPLIED):
        world.merchants.suspend(merchant, sender=world.operator)


def test_suspend_reverts_for_anyone_but_an_operator(world: World) -> None:
    for other in (world.shop, world.stranger):
        with raises("AccessControlUnauthorizedAccount", other):
            world.merchants.suspend(world.shop, sender=other)


def test_stop_may_be_said_by_the_merchant_or_an_operator_and_nobody_else(world: World) -> None:
    with raises("MerchantRegistry_NotAllowed", world.stranger):
        world.merchants.stop(world.shop, sender=world.stranger)
    for speaker in (world.shop, world.operator):
        with world.rollback():
            world.merchants.stop(world.shop, sender=speaker)
            assert status(world, world.shop) == STOPPED


def test_stop_is_dated_when_it_is_said(world: World) -> None:
    world.advance(HOUR)
    world.merchants.stop(world.shop, sender=world.shop)
    assert world.merchants.statusOf(world.shop) == (STOPPED, world.now)
    assert world.merchants.stoppedSince(world.shop, 0) == world.now


def test_stop_also_ends_a_suspension(world: World) -> None:
    world.merchants.suspend(world.shop, sender=world.operator)
    world.advance(HOUR)
    world.merchants.stop(world.shop, sender=world.shop)
    assert world.merchants.stoppedSince(world.shop, 0) == world.now


def test_stop_reverts_for_a_merchant_that_does_not_perform(world: World) -> None:
    merchant = apply(world)
    with raises("MerchantRegistry_WrongStatus", merchant, APPLIED):
        world.merchants.stop(merchant, sender=merchant)
    world.merchants.stop(world.shop, sender=world.shop)
    with raises("MerchantRegistry_WrongStatus", world.shop, STOPPED):
        world.merchants.stop(world.shop, sender=world.shop)


def test_close_is_for_good(world: World) -> None:
    registry, operator = operate(world)
    registry.close(world.shop, sender=operator)
    assert registry.stoppedSince(world.shop, 0) == world.now
    for say in ("approve", "suspend", "stop"):
        with raises("MerchantRegistry_WrongStatus", world.shop, CLOSED):
            registry.send(say, world.shop, sender=operator)


def test_close_keeps_the_earlier_date_of_a_merchant_that_had_stopped(world: World) -> None:
    world.merchants.stop(world.shop, sender=world.shop)
    stopped = world.now
    world.advance(days=9)
    world.merchants.close(world.shop, sender=world.operator)
    assert world.merchants.stoppedSince(world.shop, 0) == stopped
    assert world.merchants.stoppedSince(world.shop, stopped + 1) == 0


def test_close_reverts_the_second_time(world: World) -> None:
    world.merchants.close(world.shop, sender=world.shop)
    with raises("MerchantRegistry_WrongStatus", world.shop, CLOSED):
        world.merchants.close(world.shop, sender=world.shop)


def test_close_may_be_said_by_the_merchant_or_an_operator_and_nobody_else(world: World) -> None:
    with raises("MerchantRegistry_NotAllowed", world.alice):
        world.merchants.close(world.shop, sender=world.alice)
    for speaker in (world.shop, world.operator):
        with world.rollback():
            world.merchants.close(world.shop, sender=speaker)
            assert status(world, world.shop) == CLOSED


def test_stopped_since_is_zero_for_a_merchant_that_never_stopped(world: World) -> None:
    for merchant in (world.shop, world.stranger, apply(world)):
        assert world.merchants.stoppedSince(merchant, 0) == 0


def test_stopped_since_is_the_first_stop_at_or_after_the_moment_asked_for(world: World) -> None:
    moments = stop_often(world, 3)
    for number, moment in enumerate(moments):
        assert world.merchants.stoppedSince(world.shop, moment) == moment
        assert world.merchants.stoppedSince(world.shop, moment - 1) == moment
        after = moments[number + 1] if number < 2 else 0
        assert world.merchants.stoppedSince(world.shop, moment + 1) == after


def test_stopped_since_survives_a_new_approval_for_the_cards_open_then(world: World) -> None:
    before = world.now
    moment = world.advance(HOUR)
    world.merchants.stop(world.shop, sender=world.operator)
    world.advance(HOUR)
    world.merchants.approve(world.shop, sender=world.operator)
    world.advance(days=300)
    assert world.merchants.stoppedSince(world.shop, before) == moment


def test_stopped_since_is_zero_for_cards_opened_after_the_last_stop(world: World) -> None:
    stop_often(world, 2)
    world.advance(1)
    assert world.merchants.stoppedSince(world.shop, world.now) == 0
    assert world.merchants.stoppedSince(world.shop, 2**255) == 0


def test_stopped_since_agrees_with_a_plain_search_over_many_stops(world: World) -> None:
    random = Random(3)
    moments: list[int] = []
    for _ in range(12):
        moments += stop_often(world, 1, random.randrange(1, 50))
        asked = [moments[0] - 1, world.now + 1, *(each + d for each in moments for d in (-1, 0, 1))]
        for since in asked:
            want = next((each for each in moments if each >= since), 0)
            assert world.merchants.stoppedSince(world.shop, since) == want


def stop_often(world: World, times: int, gap: int = HOUR) -> list[int]:
    """Stop and approve again so often; the moments of the stops."""
    moments = []
    for _ in range(times):
        moments.append(world.advance(gap))
        world.merchants.stop(world.shop, sender=world.shop)
        world.advance(gap)
        world.merchants.approve(world.shop, sender=world.operator)
    return moments


def test_set_tier_records_the_tier_and_its_date(world: World) -> None:
    world.merchants.setTier(world.shop, 2, sender=world.operator)
    assert world.merchants.tierOf(world.shop) == 2
    assert world.named("MerchantTierChanged")[0].args == {
        "merchant": world.shop.address,
        "tier": 2,
        "since": world.now,
    }


def test_set_tier_reverts_above_the_highest_tier(world: World) -> None:
    world.merchants.setTier(world.shop, 3, sender=world.operator)
    for tier in (4, 255):
        with raises("MerchantRegistry_NoSuchTier", tier):
            world.merchants.setTier(world.shop, tier, sender=world.operator)


def test_set_tier_reverts_for_anyone_but_an_operator(world: World) -> None:
    for other in (world.shop, world.stranger):
        with raises("AccessControlUnauthorizedAccount", other):
            world.merchants.setTier(world.shop, 3, sender=other)


def test_merchant_registry_has_no_function_that_takes_a_date(world: World) -> None:
    inputs = {
        each.name: each.inputs for each in world.merchants.interface.functions.values() if not each.view
    }
    own = {name: kinds for name, kinds in inputs.items() if "Role" not in name}
    assert own == {
        "applyToSell": "(string,bytes32)",
        "approve": "(address)",
        "reject": "(address)",
        "suspend": "(address)",
        "stop": "(address)",
        "close": "(address)",
        "setTier": "(address,uint8)",
    }


def test_merchant_registry_says_every_change_of_status_in_an_event(world: World) -> None:
    steps = [("suspend", SUSPENDED), ("approve", APPROVED), ("stop", STOPPED), ("close", CLOSED)]
    for say, now in steps:
        world.advance(1)
        world.merchants.send(say, world.shop, sender=world.operator)
        assert world.named("MerchantStatusChanged")[0].args == {
            "merchant": world.shop.address,
            "status": now,
            "since": world.now,
        }
