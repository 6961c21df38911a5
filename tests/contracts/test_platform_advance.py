"""The platform's own money, paid first where its label is: `platform_advance.tree`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.contracts.guaranteed import FRAUD, ZERO, Guaranteed
from tests.contracts.harness import raises
from wallet.terms import Terms


@pytest.fixture(scope="module")
def furnished() -> Guaranteed:
    """The shop carries the label."""
    world = Guaranteed()
    world.label()
    return world


@pytest.fixture
def world(furnished: Guaranteed) -> Iterator[Guaranteed]:
    with furnished.rollback():
        yield furnished


def buy(world: Guaranteed, consumer: Any = None, limit: int = 100_000, **fields: Any) -> Terms:
    return world.buy(consumer or world.alice, [(world.platform_advance, limit)], **fields)


def set_aside(world: Guaranteed) -> int:
    return int(world.platform_advance.books()[1])


def test_label_covers_a_merchants_cards_or_one_product(world: Guaranteed) -> None:
    platform = world.platform_advance
    buy(world)
    world.label(False)
    assert world.named("Labelled")[0].args["labelled"] is False
    sold = world.terms(custody_bps=0, advance=100_000, pledges=[(platform, 100_000)])
    platform.label(sold.product_id, True, sender=world.platform)
    world.open(world.alice, sold)
    with raises("PlatformAdvance_NotLabelled", world.shop):
        buy(world, principal=99_999, advance=99_999)  # another product


def test_label_leaves_cards_covered_when_it_is_taken_away(world: Guaranteed) -> None:
    terms = buy(world)
    world.label(False)
    world.platform_advance.listTemplate(world.stored_value, False, sender=world.platform)
    assert world.leave_short(world.alice, terms) == 100_000
    assert world.settle(world.platform_advance, world.alice, terms) == 100_000


def test_label_reverts_for_anyone_but_the_platform(world: Guaranteed) -> None:
    for other in (world.shop, world.operator, world.stranger):
        with raises("Guarantor_NotKeeper", other, world.platform):
            world.platform_advance.label(bytes(32), True, sender=other)


def test_list_template_lets_cards_with_these_rules_in_or_no_more(world: Guaranteed) -> None:
    platform = world.platform_advance
    sessions: dict[str, Any] = {"template": world.sessions, "params0": 10}
    with raises("Guarantor_TemplateNotListed", world.sessions):
        buy(world, **sessions)
    platform.listTemplate(world.sessions, True, sender=world.platform)
    assert world.named("TemplateListed")[0].args == {"template": world.sessions, "listed": True}
    buy(world, **sessions)
    platform.listTemplate(world.sessions, False, sender=world.platform)
    with raises("Guarantor_TemplateNotListed", world.sessions):
        buy(world, **sessions)


def test_list_template_reverts_for_anyone_but_the_platform(world: Guaranteed) -> None:
    for other in (world.shop, world.operator, world.stranger):
        with raises("Guarantor_NotKeeper", other, world.platform):
            world.platform_advance.listTemplate(world.sessions, True, sender=other)


def test_accept_sets_each_promise_aside(world: Guaranteed) -> None:
    buy(world)
    buy(world, world.bob, 30_000)
    assert world.platform_advance.books() == (world.CAPITAL, 130_000)
    assert world.platform_advance.promisedFor(world.shop) == 130_000


def test_accept_reverts_without_the_label(world: Guaranteed) -> None:
    world.label(False)
    with raises("PlatformAdvance_NotLabelled", world.shop):
        buy(world)


def test_accept_reverts_for_a_template_that_is_not_listed(world: Guaranteed) -> None:
    with raises("Guarantor_TemplateNotListed", world.sessions):
        buy(world, template=world.sessions, params0=10)


def test_accept_reverts_beyond_the_limit_for_a_card_a_merchant_or_all(world: Guaranteed) -> None:
    rich: dict[str, Any] = {"principal": 3_000_000, "advance": 3_000_000}
    with raises("Guarantor_BeyondLimit", "card", 500_001, 500_000):
        buy(world, limit=500_001, **rich)
    for _ in range(3):
        buy(world, limit=500_000, **rich)
    buy(world, limit=499_999, **rich)
    with raises("Guarantor_BeyondLimit", "merchant", 2, 1):
        buy(world, limit=2, **rich)
    buy(world, limit=1, **rich)
    parts = world.parts
    small = world.deploy("PlatformAdvance", world.platform, *parts, world.limits(total=50_000))
    small.label(bytes(12) + bytes.fromhex(world.shop.address[2:]), True, sender=world.platform)
    small.listTemplate(world.stored_value, True, sender=world.platform)
    world.give(small, "deposit", world.platform, 100_000)
    world.buy(world.alice, [(small, 30_000)])
    with raises("Guarantor_BeyondLimit", "total", 20_001, 20_000):
        world.buy(world.alice, [(small, 20_001)])


def test_accept_reverts_beyond_the_free_capital(world: Guaranteed) -> None:
    world.platform_advance.withdraw(world.CAPITAL - 50_000, world.platform, sender=world.platform)
    buy(world, limit=30_000)
    with raises("Guarantor_CapitalTooLow", 20_001, 20_000):
        buy(world, limit=20_001)


def test_accept_counts_what_the_merchant_still_owes_against_its_limit(world: Guaranteed) -> None:
    """Bailed out once, it gets less until it has paid back, though it may sell again."""
    rich: dict[str, Any] = {"principal": 500_000, "advance": 500_000, "limit": 500_000}
    terms = buy(world, **rich)
    world.leave_short(world.alice, terms)
    assert world.settle(world.platform_advance, world.alice, terms) == 500_000
    world.merchants.approve(world.shop, sender=world.operator)
    for _ in range(3):
        buy(world, **rich)
    with raises("Guarantor_BeyondLimit", "merchant", 1, 0):
        buy(world, limit=1)
    world.give(world.platform_advance, "repay", world.shop, 100_000, world.shop)
    buy(world, limit=100_000)


def test_pay_makes_the_consumer_whole_before_any_recovery(world: Guaranteed) -> None:
    terms = buy(world)
    before = world.balance(world.alice)
    world.leave_short(world.alice, terms)
    assert world.settle(world.platform_advance, world.alice, terms) == 100_000
    assert world.balance(world.alice) == before + 100_000
    assert world.platform_advance.owedBy(world.shop) == 100_000
    assert world.platform_advance.books() == (world.CAPITAL - 100_000, 0)


def test_release_frees_the_capital_and_the_merchants_limit(world: Guaranteed) -> None:
    terms = buy(world, custody_bps=2_000, advance=80_000)
    world.consume(world.alice, terms, 100_000)
    assert set_aside(world) == 80_000
    world.wallet(world.alice).terminate(terms, 0, sender=world.alice)
    world.release(world.platform_advance, world.alice, terms)
    assert set_aside(world) == 0
    assert world.platform_advance.promisedFor(world.shop) == 0


def test_withdraw_leaves_what_is_set_aside_and_is_for_the_platform_alone(world: Guaranteed) -> None:
    platform = world.platform_advance
    buy(world)
    free = world.CAPITAL - 100_000
    with raises("Guarantor_CapitalTooLow", free + 1, free):
        platform.withdraw(free + 1, world.platform, sender=world.platform)
    for other in (world.operator, world.shop, world.assessor):
        with raises("Guarantor_NotKeeper", other, world.platform):
            platform.withdraw(1, other, sender=other)
    platform.withdraw(free, world.platform, sender=world.platform)
    assert platform.books() == (100_000, 100_000)


def test_limits_says_what_the_platform_allows_itself(world: Guaranteed) -> None:
    assert world.platform_advance.limits() == world.limits()


def test_limits_reverts_at_creation_for_limits_that_contradict_themselves(world: Guaranteed) -> None:
    parts = world.parts
    wrong: list[tuple[str, int, dict[str, Any]]] = [
        ("assessor", 0, {"assessor": ZERO}),
        ("triggers", 1 << FRAUD, {"triggers": 1 << FRAUD}),
        ("coverDays", 60, {"cover_days": 60}),
    ]
    for what, value, fields in wrong:
        with raises("Guarantor_RulesInvalid", what, value):
            world.deploy("PlatformAdvance", world.platform, *parts, world.limits(**fields))
