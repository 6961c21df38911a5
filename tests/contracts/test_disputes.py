"""A complaint from the merchant to an arbiter, step by step: `disputes.tree`."""

from __future__ import annotations

from dataclasses import replace
from random import Random
from typing import Any

import pytest

from tests.contracts.disputing import (
    ANSWER,
    ANY,
    ASSOCIATION,
    AUTHORITY,
    DAYS,
    ESCALATED,
    HEALTH,
    MOVED,
    NEGOTIATING,
    NONE,
    OTHER,
    PRICE,
    REASON,
    REFUSED,
    RULED,
    RULING,
    SETTLED,
    Case,
    case_in,
)
from tests.contracts.harness import Account, Refused, World, artefact, raises


@pytest.fixture
def case(world: World) -> Case:
    return case_in(world)


# ---------------------------------------------------------------------------------------------------- raising


def test_raise_puts_the_dispute_before_the_merchant_and_dates_it(case: Case) -> None:
    case.world.advance(3600)
    case.raise_(MOVED)
    now = case.world.now
    assert case.disputes.disputeOf(*case.card) == (NEGOTIATING, MOVED, 0, False, 1, now, now, REASON)
    wallet, card = case.card
    assert case.world.named("DisputeRaised")[0].args == {
        "wallet": wallet.address,
        "card": card,
        "merchant": case.world.shop.address,
        "ground": MOVED,
        "reason": REASON,
        "round": 1,
    }


def test_raise_keeps_no_word_of_the_complaint(case: Case) -> None:
    """What is complained of may be a matter of health: a hash of fixed size is all that it takes."""
    inputs = {each.name: each.inputs for each in case.disputes.interface.functions.values() if not each.view}
    assert [name for name, kinds in inputs.items() if "string" in kinds or "bytes," in kinds] == []
    assert inputs["raise"].endswith(",uint8,bytes32)")


def test_raise_reverts_for_anyone_but_the_consumer_of_the_card(case: Case) -> None:
    for other in (case.world.bob, case.world.shop, case.arbiter, case.world.operator):
        with raises("Disputes_NotConsumer", other, case.world.alice):
            case.raise_(sender=other)


def test_raise_reverts_for_a_card_that_was_never_opened_there(case: Case) -> None:
    terms, wallet = case.world.terms(), case.world.wallet(case.world.alice)
    with raises("Disputes_CardUnknown", wallet, case.world.card_id(case.world.alice, terms)):
        case.disputes.send("raise", wallet, terms, HEALTH, REASON, sender=case.world.alice)
    with raises("Disputes_CardUnknown"):
        case.disputes.concede(wallet, terms, True, ANY, sender=case.world.shop)


def test_raise_reverts_while_another_dispute_is_under_way(case: Case) -> None:
    for begin, step in ((case.raise_, NEGOTIATING), (case.refuse, REFUSED), (case.escalate, ESCALATED)):
        begin()
        with raises("Disputes_WrongStep", case.card[1], step):
            case.raise_()


def test_raise_may_follow_a_ruling_or_a_settlement_and_is_counted(case: Case) -> None:
    case.escalated()
    case.rule(False)
    case.raise_(PRICE)
    case.settle()
    case.world.wallet(case.world.alice).terminate(case.terms, 0, sender=case.world.alice)
    case.raise_(OTHER)
    assert case.disputes.disputeOf(*case.card)[1:5] == (OTHER, ASSOCIATION, False, 3)


# ---------------------------------------------------------------------------------------- the merchant's turn


def test_refuse_is_the_merchants_alone(case: Case) -> None:
    case.raise_()
    for other in (case.world.alice, case.arbiter, case.world.operator, case.world.payee):
        with raises("Disputes_NotMerchant", other, case.world.shop):
            case.refuse(sender=other)
    case.refuse()
    assert case.step() == REFUSED
    assert case.world.named("DisputeRefused")[0].args["answer"] == ANSWER


def test_refuse_reverts_unless_it_is_the_merchants_turn(case: Case) -> None:
    with raises("Disputes_WrongStep", case.card[1], NONE):
        case.refuse()
    case.escalated()
    with raises("Disputes_WrongStep", case.card[1], ESCALATED):
        case.refuse()


# ------------------------------------------------------------------------------------------------- escalating


def test_escalate_follows_a_refusal_at_once(case: Case) -> None:
    case.raise_()
    case.refuse()
    case.escalate(AUTHORITY)
    assert case.step() == ESCALATED
    assert case.world.named("DisputeEscalated")[0].args["forum"] == AUTHORITY


def test_escalate_is_possible_once_the_merchants_days_are_over_and_not_before(case: Case) -> None:
    """The day of the complaint is not counted, the last one ends at 24:00 in UTC+8."""
    case.raise_()
    midnight = 86_400 - (case.world.now + 8 * 3600) % 86_400
    with raises("Disputes_MerchantNotHeard", case.card[1], DAYS):
        case.escalate()
    case.world.advance(midnight + DAYS * 86_400 - 1)
    with raises("Disputes_MerchantNotHeard", case.card[1], 0):
        case.escalate()
    case.world.advance(1)
    case.escalate()
    assert case.step() == ESCALATED


def test_escalate_reverts_if_nothing_was_raised_with_the_merchant(case: Case) -> None:
    with raises("Disputes_NotRaised", case.card[1]):
        case.escalate()


def test_escalate_reverts_after_it_was_done_or_ruled_on(case: Case) -> None:
    case.escalated()
    with raises("Disputes_WrongStep", case.card[1], ESCALATED):
        case.escalate()
    case.rule()
    with raises("Disputes_WrongStep", case.card[1], RULED):
        case.escalate()


def test_escalate_reverts_for_anyone_but_the_consumer_of_the_card(case: Case) -> None:
    case.raise_()
    case.refuse()
    for other in (case.world.shop, case.arbiter, case.world.stranger):
        with raises("Disputes_NotConsumer", other, case.world.alice):
            case.escalate(sender=other)


# --------------------------------------------------------------------------------------------------- settling


def test_settle_ends_a_dispute_that_is_not_yet_ruled_on(case: Case) -> None:
    for begin in (case.raise_, lambda: (case.raise_(), case.refuse()), case.escalated):
        begin()
        case.settle()
        assert case.step() == SETTLED


def test_settle_reverts_where_there_is_nothing_to_settle(case: Case) -> None:
    with raises("Disputes_WrongStep", case.card[1], NONE):
        case.settle()
    case.escalated()
    case.rule()
    with raises("Disputes_WrongStep", case.card[1], RULED):
        case.settle()


def test_settle_loses_nothing_that_was_conceded(case: Case) -> None:
    case.raise_()
    case.concede(True, 700)
    case.settle()
    assert case.finding()[:2] == (True, 700)


def test_settle_reverts_for_anyone_but_the_consumer_of_the_card(case: Case) -> None:
    case.raise_()
    for other in (case.world.shop, case.arbiter):
        with raises("Disputes_NotConsumer", other, case.world.alice):
            case.settle(sender=other)


# ------------------------------------------------------------------------------------- signed by the consumer


def test_take_signed_takes_each_step_of_the_consumer_for_anyone_who_carries_it(case: Case) -> None:
    case.carry(case.signed(NEGOTIATING, HEALTH))
    assert case.disputes.disputeOf(*case.card)[:2] == (NEGOTIATING, HEALTH)
    assert case.world.named("DisputeRaised")[0].args["reason"] == REASON
    with raises("Disputes_MerchantNotHeard", case.card[1], DAYS):
        case.carry(case.signed(ESCALATED, AUTHORITY))
    case.refuse()
    case.carry(case.signed(ESCALATED, ASSOCIATION))
    assert case.disputes.disputeOf(*case.card)[2] == ASSOCIATION
    case.carry(case.signed(SETTLED))
    assert case.step() == SETTLED
    for step in (NONE, REFUSED, RULED):
        with raises("Disputes_WrongStep", case.card[1], step):
            case.carry(case.signed(step))


def test_take_signed_serves_once_and_not_in_a_later_dispute(case: Case) -> None:
    raising, settling = case.signed(NEGOTIATING, HEALTH), case.signed(SETTLED)
    case.carry(raising)
    with raises("Disputes_WrongStep", case.card[1], NEGOTIATING):
        case.carry(raising)
    case.carry(settling)
    with raises("Disputes_RoundPassed", case.card[1], 1, 2):
        case.carry(raising)
    case.raise_()
    with raises("Disputes_RoundPassed", case.card[1], 1, 2):
        case.carry(settling)


def test_take_signed_counts_until_the_last_second_and_no_longer(case: Case) -> None:
    message = case.signed(NEGOTIATING, PRICE, deadline=case.world.now + 10)
    case.world.advance(11)
    with raises("Disputes_DeadlinePassed", message.deadline, case.world.now):
        case.carry(message)
    message = case.signed(NEGOTIATING, PRICE, deadline=case.world.now)
    case.carry(message)


def test_take_signed_is_for_one_wallet_and_one_chain(case: Case) -> None:
    message = case.signed(NEGOTIATING, HEALTH)
    here = case.world.domain(case.world.alice)
    elsewhere = (replace(here, chain_id=1), case.world.domain(case.world.bob))
    for domain in elsewhere:
        with raises("Disputes_SignatureInvalid"):
            case.carry(message, signature=case.world.alice.sign(message, domain))


def test_take_signed_reverts_for_a_signature_of_anybody_else(case: Case) -> None:
    message = case.signed(NEGOTIATING, HEALTH)
    digest = message.digest(case.world.domain(case.world.alice))
    for other in (case.world.shop, case.arbiter, case.world.bob):
        with raises("Disputes_SignatureInvalid", case.world.alice, digest):
            case.carry(message, signer=other)
    changed = replace(message, what=PRICE)
    with raises("Disputes_SignatureInvalid"):
        case.carry(changed, signature=case.world.sign(case.world.alice, case.world.alice, message))


def test_take_signed_takes_the_signature_of_a_contract_that_owns_the_wallet(case: Case) -> None:
    world, key = case.world, case.world.account("key")
    owner = world.deploy("RecoverableOwner", key, world.stranger)
    holder = Account("key", address=owner.address)
    world.fund(holder)
    terms = world.terms()
    domain, wallet = world.domain(holder), world.wallet(holder)
    payment = world.sign_authorization(key, holder, terms)
    card = wallet.openWithAuthorization(terms, payment)
    message = replace(case.signed(NEGOTIATING, HEALTH), card=card)
    signature = key.sign(message, domain)
    case.disputes.takeSigned(wallet, terms, message.values()[1:], signature, sender=world.stranger)
    assert case.disputes.disputeOf(wallet, card)[0] == NEGOTIATING


# ----------------------------------------------------------------------------------------------------- in all


def test_disputes_only_moves_along_the_ladder(case: Case) -> None:
    """Everybody tries everything in random order: each step that succeeds is one of the ladder's, none is
    skipped, and each refusal names its reason."""
    allowed = {
        ("raise", NONE): NEGOTIATING,
        ("raise", RULED): NEGOTIATING,
        ("raise", SETTLED): NEGOTIATING,
        ("refuse", NEGOTIATING): REFUSED,
        ("escalate", REFUSED): ESCALATED,
        ("escalate", NEGOTIATING): ESCALATED,  # once the merchant's days are over
        ("settle", NEGOTIATING): SETTLED,
        ("settle", REFUSED): SETTLED,
        ("settle", ESCALATED): SETTLED,
        ("rule", ESCALATED): RULED,
    }
    people = {"raise": "alice", "escalate": "alice", "settle": "alice", "refuse": "shop"}
    rest: dict[str, tuple[Any, ...]] = {
        "raise": (HEALTH, REASON),
        "refuse": (ANSWER,),
        "escalate": (AUTHORITY,),
        "settle": (),
        "rule": (False, ANY, RULING),
    }
    world, random = case.world, Random(11)
    everyone = [world.alice, world.shop, world.bob, world.operator, case.arbiter]
    raised = world.now
    seen = set()
    for _ in range(1500):
        if random.random() < 0.2:
            world.advance(days=random.randrange(9))
        say, speaker, before = random.choice(list(rest)), random.choice(everyone), case.step()
        mine = case.arbiter if say == "rule" else getattr(world, people[say])
        days = (world.now + 28_800) // 86_400 - (raised + 28_800) // 86_400
        may = speaker is mine and (say, before) in allowed
        if (say, before) == ("escalate", NEGOTIATING):
            may = may and days > DAYS
        if not may:
            with pytest.raises(Refused, match=r"^(Disputes_|AccessControlUnauthorized)"):
                case.disputes.send(say, *case.key, *rest[say], sender=speaker)
            assert case.step() == before
            continue
        case.disputes.send(say, *case.key, *rest[say], sender=speaker)
        assert case.step() == allowed[say, before]
        seen.add((say, before))
        raised = world.now if say == "raise" else raised
    assert seen == set(allowed)


def test_disputes_has_no_function_that_takes_a_date(case: Case) -> None:
    terms = (
        "(address,address,address,address,address,bytes32,bytes32,uint256,uint256,uint256,uint256,uint256)"
    )
    own = {
        each.name: each.inputs.replace(terms, "Terms")
        for each in case.disputes.interface.functions.values()
        if not each.view and "Role" not in each.name
    }
    assert own == {
        "raise": "(address,Terms,uint8,bytes32)",
        "refuse": "(address,Terms,bytes32)",
        "escalate": "(address,Terms,uint8)",
        "settle": "(address,Terms)",
        "takeSigned": "(address,Terms,(uint8,uint256,bytes32,uint256,uint256),bytes)",
        "concede": "(address,Terms,bool,uint256)",
        "rule": "(address,Terms,bool,uint256,bytes32)",
    }


def test_disputes_is_fooled_by_a_false_wallet_only_about_that_wallet(case: Case) -> None:
    """A second factory makes a wallet that nobody but its maker believes; what is said about its card is
    filed under its own address."""
    world = case.world
    factory = world.deploy("SubWalletFactory", world.implementation)
    false = world.at(factory.create(world.alice), artefact("SubWallet"))
    world.yuan.approve(false, case.terms.principal, sender=world.alice)
    card = false.open(case.terms, sender=world.alice)
    case.disputes.send("raise", false, case.terms, HEALTH, REASON, sender=world.alice)
    case.disputes.concede(false, case.terms, True, 0, sender=world.shop)
    assert case.disputes.disputeOf(false, card)[0] == NEGOTIATING
    assert case.step() == NONE
    assert case.finding() == (False, ANY, 0, 0)
