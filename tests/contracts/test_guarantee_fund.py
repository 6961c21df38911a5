"""A fund fed by levies, asked last: `guarantee_fund.tree`."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.contracts.guaranteed import Guaranteed
from tests.contracts.harness import artefact, raises


@pytest.fixture(scope="module")
def furnished() -> Guaranteed:
    world = Guaranteed()
    world.write_line()
    world.label()
    return world


@pytest.fixture
def world(furnished: Guaranteed) -> Iterator[Guaranteed]:
    with furnished.rollback():
        yield furnished


def test_pay_in_takes_a_levy_or_a_gift_from_anyone_for_good(world: Guaranteed) -> None:
    """No function takes out what backs no promise: it serves consumers and nobody else."""
    world.give(world.guarantee_fund, "payIn", world.shop, 500)
    assert world.named("CapitalPaidIn")[0].args == {"from": world.shop.address, "amount": 500}
    assert world.guarantee_fund.books() == (world.CAPITAL + 500, 0)
    names = {entry.get("name") for entry in artefact("GuaranteeFund").abi}
    assert not {name for name in names if name and "withdraw" in name.lower()} - {"CapitalWithdrawn"}


def test_pay_in_reverts_when_the_payer_has_given_no_leave(world: Guaranteed) -> None:
    with raises("ERC20InsufficientAllowance"):
        world.guarantee_fund.payIn(500, sender=world.shop)


def test_accept_stands_for_every_merchants_listed_cards_within_its_limits(world: Guaranteed) -> None:
    other = world.account("another shop")
    world.approve_merchant(other)
    world.buy(world.alice, [(world.guarantee_fund, 100_000)])
    world.buy(world.alice, [(world.guarantee_fund, 100_000)], merchant=other)
    with raises("Guarantor_TemplateNotListed", world.sessions):
        world.buy(world.alice, [(world.guarantee_fund, 1)], template=world.sessions, params0=10)
    rich = {"principal": 600_000, "advance": 600_000}
    with raises("Guarantor_BeyondLimit", "card", 500_001, 500_000):
        world.buy(world.alice, [(world.guarantee_fund, 500_001)], **rich)
    assert world.guarantee_fund.books()[1] == 200_000


def test_accept_promises_only_what_it_holds(world: Guaranteed) -> None:
    parts = world.parts
    poor = world.deploy("GuaranteeFund", world.steward, *parts, world.limits())
    poor.listTemplate(world.stored_value, True, sender=world.steward)
    with raises("Guarantor_CapitalTooLow", 1, 0):
        world.buy(world.alice, [(poor, 1)])
    world.give(poor, "payIn", world.shop, 30_000)
    world.buy(world.alice, [(poor, 30_000)])
    with raises("Guarantor_CapitalTooLow", 1, 0):
        world.buy(world.alice, [(poor, 1)])


def test_pay_comes_last_and_pays_what_the_others_left(world: Guaranteed) -> None:
    order = [(world.pool, 50_000), (world.platform_advance, 30_000), (world.guarantee_fund, 30_000)]
    terms = world.buy(world.alice, order)
    before = world.balance(world.alice)
    assert world.leave_short(world.alice, terms) == 100_000
    for place, fen in enumerate((50_000, 30_000, 20_000)):
        guarantor = order[place][0]
        for later, _ in order[place + 1 :]:
            with raises("Guarantor_NotOurTurn", ..., guarantor):
                world.file(later, world.alice, terms)
        assert world.settle(guarantor, world.alice, terms) == fen
    assert world.balance(world.alice) == before + 100_000
    assert world.guarantee_fund.books() == (world.CAPITAL - 20_000, 0)


def test_list_template_is_for_the_steward_alone(world: Guaranteed) -> None:
    for other in (world.platform, world.operator, world.shop):
        with raises("Guarantor_NotKeeper", other, world.steward):
            world.guarantee_fund.listTemplate(world.sessions, True, sender=other)
