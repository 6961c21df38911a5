"""Treatments in steps with certified progress: `milestones.tree`."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.contracts.craft import force
from tests.contracts.harness import CLOSED, Contract, Refused, World, raises
from wallet.eip712 import keccak256
from wallet.rules import Cause, Milestones, TemplateFailed, Usage
from wallet.terms import Terms

IMPLANT = [60_000, 540_000, 240_000, 360_000]
BRACES = [480_000] + [80_000] * 24


@cache
def shared() -> World:
    """One world for all: rules are pure, so nothing is ever left behind."""
    return World()


@cache
def rules() -> Contract:
    """The template itself, asked directly."""
    return shared().deploy("Milestones")


def terms(prices: list[int] | None = None, cost_cap_bps: int = 1_000, **fields: Any) -> Terms:
    """An implant of 12000 yuan; documented cost up to a tenth of it."""
    plan = Milestones.plan(IMPLANT if prices is None else prices, cost_cap_bps=cost_cap_bps)
    card: dict[str, Any] = {**plan, **fields}
    # The contract takes any 48 bits, Python's tools no more than a plausible price.
    return force(shared().terms(template=rules(), **{**card, "principal": 1}), principal=card["principal"])


def released(card: Terms, used: int, listed: int = 0) -> int:
    return int(rules().released(card, (used, listed, 0, 0, 0, 0)))


def owed(card: Terms, used: int, cause: Cause, listed: int = 0) -> int:
    return int(rules().entitlement(card, (used, listed, 0, 0, 0, 0), int(cause)))


def test_released_pays_each_milestone_at_its_price() -> None:
    values = [0, 60_000, 600_000, 840_000, 1_200_000]
    assert [released(terms(), 10_000 * done) for done in range(5)] == values


def test_released_pays_the_certified_share_of_the_next_one() -> None:
    assert [released(terms(), used) for used in (5_000, 20_001, 25_000)] == [30_000, 600_024, 720_000]


def test_released_telescopes_to_the_principal_however_progress_is_certified() -> None:
    card = terms([33_333, 3, 3, 99_991])
    for step in (997, 7_001, 40_000):
        totals = [*range(0, 40_000, step), 40_000]
        at = [released(card, used) for used in totals]
        assert min(b - a for a, b in pairwise(at)) >= 0
        assert at[-1] == 133_330


def test_released_reads_ten_runs_of_equal_milestones() -> None:
    braces = terms(BRACES)
    assert [released(braces, 10_000 * done) for done in (0, 1, 11, 25)] == [0, 480_000, 1_280_000, 2_400_000]
    ten = [price for price in range(1, 11) for _ in range(price)]
    card = terms(ten)
    assert [released(card, 10_000 * done) for done in range(56)] == [sum(ten[:done]) for done in range(56)]


def test_released_keeps_back_the_custody_share() -> None:
    card = terms(custody_bps=3_000)
    assert [released(card, used) for used in (0, 20_000, 40_000)] == [840_000, 1_020_000, 1_200_000]


def test_released_reverts_when_more_is_certified_than_there_is() -> None:
    with raises("Template_Overdrawn", 40_001, 40_000):
        released(terms(), 40_001)


def test_released_reverts_unless_the_milestones_cost_the_principal() -> None:
    with raises("Template_TermsInvalid", "milestones", 1_200_000):
        released(terms(principal=1_200_001), 0)
    with raises("Template_TermsInvalid", "milestones", 0):
        released(terms(params0=0), 0)


def test_entitlement_owes_everything_to_a_consumer_who_got_nothing() -> None:
    assert {owed(terms(), 0, cause) for cause in Cause} == {1_200_000}


def test_entitlement_deducts_what_was_reached_when_the_consumer_is_not_the_cause() -> None:
    for cause in (Cause.NOT_CONSUMER, Cause.EXPIRY, Cause.COOLING_OFF):
        assert owed(terms(), 20_000, cause, listed=700_000) == 600_000
        assert owed(terms(), 25_000, cause, listed=900_000) == 480_000


def test_entitlement_deducts_documented_cost_too_when_the_consumer_is_the_cause() -> None:
    assert owed(terms(), 20_000, Cause.CONSUMER, listed=600_000) == 600_000
    assert owed(terms(), 20_000, Cause.CONSUMER, listed=700_000) == 500_000


def test_entitlement_deducts_documented_cost_up_to_its_cap_only() -> None:
    assert owed(terms(), 20_000, Cause.CONSUMER, listed=720_001) == 480_000
    assert owed(terms(cost_cap_bps=0), 20_000, Cause.CONSUMER, listed=720_001) == 600_000


def test_entitlement_owes_nothing_rather_than_less_than_nothing() -> None:
    card = terms(cost_cap_bps=10_000)
    assert owed(card, 35_000, Cause.CONSUMER, listed=2_000_000) == 0
    assert owed(card, 99_999, Cause.NOT_CONSUMER) == 0


def test_entitlement_fails_where_the_milestones_do_not_cost_the_principal() -> None:
    with raises("Template_TermsInvalid", "milestones"):
        owed(terms(principal=1), 0, Cause.CONSUMER)


def test_in_a_sub_wallet_pays_by_progress_and_keeps_documented_cost_at_the_consumers_exit(
    world: World,
) -> None:
    template = world.admit(world.deploy("Milestones"))
    card = world.terms(template=template, **Milestones.plan(IMPLANT, cost_cap_bps=1_000))
    world.open(world.alice, card)
    assert world.consume(world.alice, card, 20_000, listed_after=600_000) == 600_000
    assert world.consume(world.alice, card, 20_000, listed_after=650_000) == 0
    assert world.terminate(world.alice, card) == 550_000
    assert world.wallet(world.alice).collect(card, sender=world.stranger) == 50_000
    assert world.card(world.alice, card).status == CLOSED


def test_in_the_catalogue_is_listed_only_if_the_milestones_cost_the_principal(world: World) -> None:
    template, form = world.admit(world.deploy("Milestones")), keccak256(b"form")
    world.catalogue.registerForm(form, "form", sender=world.operator)
    sound = world.terms(template=template, form=form, **Milestones.plan(IMPLANT)).product()
    for wrong in (sound.change(principal=1_199_999), replace(sound, params0=0)):
        with raises("ProductCatalogue_TemplateUnfit", template):
            world.catalogue.publish(wrong, "an implant", sender=world.shop)
    world.catalogue.publish(sound, "an implant", sender=world.shop)
    assert world.catalogue.isOnSale(sound.product_id)


@given(
    runs=st.lists(st.tuples(st.integers(1, 2**32 - 1), st.integers(1, 40)), min_size=1, max_size=6),
    numbers=st.tuples(st.integers(0, 10_000), st.integers(0, 10_000), st.integers(0, 1), st.booleans()),
    part=st.integers(0, 1_000_100),
    listed=st.integers(0, 2**48 - 1),
    cause=st.sampled_from(list(Cause)),
)
@settings(max_examples=100, deadline=None)
def test_reference_rules_answers_as_the_python_rules_do(
    runs: list[tuple[int, int]],
    numbers: tuple[int, int, int, bool],
    part: int,
    listed: int,
    cause: Cause,
) -> None:
    cap, custody, schedule, wrong = numbers
    prices = [price for price, count in runs for _ in range(count)]
    card = terms(prices, cap, custody_bps=custody, schedule=schedule)
    if wrong:
        card = force(card, principal=card.principal + 1)
    used = Milestones().capacity(card) * part // 10**6
    model = Usage(used=used, listed=listed)
    for ours, theirs in (
        (lambda: Milestones().released(card, model), lambda: released(card, used, listed)),
        (
            lambda: Milestones().entitlement(card, model, cause),
            lambda: owed(card, used, cause, listed),
        ),
    ):
        try:
            expected = ours()
        except TemplateFailed:
            with pytest.raises(Refused):
                theirs()
        else:
            assert theirs() == expected
