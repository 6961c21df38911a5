"""Where settlement accounts stand: `settlements.tree`."""

from __future__ import annotations

from tests.contracts.harness import World, artefact, raises
from tests.contracts.settling import plan_of


def test_settlements_opens_an_account_at_the_address_that_its_plan_gives(world: World) -> None:
    settlements = world.deploy("Settlements")
    plan, other = plan_of(world), plan_of(world, feeBps=101)
    foreseen = settlements.accountOf(plan)
    assert settlements.open(plan, sender=world.stranger) == foreseen
    assert foreseen != settlements.accountOf(other)
    (event,) = world.named("AccountOpened")
    assert (event.args["account"], event.args["merchant"]) == (foreseen, world.shop.address)
    account = world.at(foreseen, artefact("SettlementAccount"))
    assert account.plan() == tuple(getattr(value, "address", value) for value in plan)


def test_settlements_opens_no_plan_twice(world: World) -> None:
    settlements = world.deploy("Settlements")
    settlements.open(plan_of(world))
    with raises(""):
        settlements.open(plan_of(world))
