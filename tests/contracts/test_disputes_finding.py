"""What a merchant concedes or an arbiter rules, and what is found then: `disputes_finding.tree`."""

from __future__ import annotations

from random import Random

import pytest

from tests.contracts.disputing import (
    ANY,
    ESCALATED,
    NEGOTIATING,
    NONE,
    REFUSED,
    RULED,
    RULING,
    Case,
    case_in,
)
from tests.contracts.harness import World, raises


@pytest.fixture
def case(world: World) -> Case:
    return case_in(world)


# -------------------------------------------------------------------------------------------------- conceding


def test_concede_needs_no_dispute(case: Case) -> None:
    """A gift that came back: the merchant says so, and the list-price total falls."""
    case.concede(False, 300)
    assert case.finding() == (False, 300, 0, case.world.now)
    assert case.step() == NONE
    assert case.world.named("Found")[0].args["by"] == case.world.shop.address


def test_concede_leaves_the_dispute_for_the_consumer_to_settle(case: Case) -> None:
    """Otherwise one fen conceded would end the dispute."""
    case.raise_()
    case.concede(False, 99_999)
    assert case.step() == NEGOTIATING
    case.refuse()
    case.concede(False, 99_998)
    case.escalate()
    assert case.step() == ESCALATED


def test_concede_reverts_if_nothing_is_conceded(case: Case) -> None:
    for listed in (ANY, 2**48 - 1):
        with raises("Disputes_NothingConceded", case.card[1]):
            case.concede(False, listed)


def test_concede_reverts_for_anyone_but_the_merchant_of_the_card(case: Case) -> None:
    for other in (case.world.alice, case.world.payee, case.arbiter, case.world.operator):
        with raises("Disputes_NotMerchant", other, case.world.shop):
            case.concede(sender=other)


# ----------------------------------------------------------------------------------------------------- ruling


def test_rule_finds_for_the_consumer(case: Case) -> None:
    case.escalated()
    case.world.advance(days=2)
    case.rule(True, 5_000)
    assert case.finding() == (True, 5_000, 0, case.world.now)
    assert case.step() == RULED
    assert case.world.named("DisputeRuled")[0].args["ruling"] == RULING
    assert case.world.named("Found")[0].args["by"] == case.arbiter.address


def test_rule_may_find_nothing(case: Case) -> None:
    case.escalated()
    case.rule(False)
    assert case.step() == RULED
    assert case.finding() == (False, ANY, 0, 0)
    assert not case.world.named("Found")


def test_rule_is_told_apart_from_a_concession(case: Case) -> None:
    """Who stands behind the card pays on an arbiter's word, not on that of a merchant it costs nothing."""
    case.raise_()
    case.concede(True)
    assert not case.upheld()
    case.refuse()
    case.escalate()
    case.rule(False, 500)
    assert (case.step(), case.upheld()) == (RULED, False)
    case.escalated()
    case.rule(True)
    assert (case.step(), case.upheld()) == (RULED, True)
    case.raise_()
    assert not case.upheld()


def test_rule_reverts_unless_the_dispute_was_escalated(case: Case) -> None:
    for begin, step in ((lambda: None, NONE), (case.raise_, NEGOTIATING), (case.refuse, REFUSED)):
        begin()
        with raises("Disputes_NotEscalated", case.card[1], step):
            case.rule()
    case.escalate()
    case.rule(False)
    with raises("Disputes_NotEscalated", case.card[1], RULED):
        case.rule()


def test_rule_reverts_for_anyone_but_an_arbiter(case: Case) -> None:
    case.escalated()
    for other in (case.world.alice, case.world.shop, case.world.operator):
        with raises("AccessControlUnauthorizedAccount", other):
            case.rule(sender=other)


# --------------------------------------------------------------------------------------------------- findings


def test_finding_of_is_empty_and_dated_zero_where_nothing_was_found(case: Case) -> None:
    assert case.finding() == (False, ANY, 0, 0)
    case.concede(True)
    assert case.finding() == (True, ANY, 0, case.world.now)


def test_finding_of_names_the_present_epoch_of_the_card(case: Case) -> None:
    case.world.wallet(case.world.alice).bumpEpoch(case.card[1], 5, sender=case.world.alice)
    case.concede()
    assert case.finding()[2] == 5


def test_finding_of_only_ever_improves_for_the_consumer_within_an_epoch(case: Case) -> None:
    random = Random(5)
    for _ in range(40):
        before = case.finding()
        not_consumer, listed = random.random() < 0.1, random.choice([ANY, *range(0, 50_000, 5_000)])
        if not not_consumer and listed == ANY:
            continue
        case.concede(not_consumer, listed)
        after = case.finding()
        assert after[0] is (before[0] or not_consumer)
        assert after[1] == min(before[1], listed)


def test_finding_of_keeps_the_cause_and_forgets_the_limit_when_the_epoch_has_changed(case: Case) -> None:
    """The limit was on a total that has been counted since; the cause of an end does not change with it."""
    case.concede(True, 100)
    case.world.wallet(case.world.alice).bumpEpoch(case.card[1], 1, sender=case.world.alice)
    assert case.finding()[:3] == (True, 100, 0)
    case.concede(False, 400)
    assert case.finding()[:3] == (True, 400, 1)


def test_finding_of_reaches_down_to_a_limit_of_zero(case: Case) -> None:
    case.concede(False, 0)
    assert case.finding()[:2] == (False, 0)
