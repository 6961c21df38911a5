"""What was found about a card and who gains by it: `sub_wallet_finding.tree`."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest

from tests.contracts.craft import CAUSE, ELAPSED, RETURN_TOP, push, template, word
from tests.contracts.evm import Contract
from tests.contracts.harness import CLOSED, NONE, Refused, World, calldata, raises
from wallet.rules import FOUND, NOT_CONSUMER, Cause
from wallet.terms import LIST, Terms

ANY = (1 << 256) - 1
LAW = {"bonus": 30_000, "consumer_formula": LIST}
"""Spent at list price: the consumer's own exit deducts that, another cause only the share of it."""


def opened(world: World, used: int = 0, **fields: Any) -> Terms:
    terms = world.terms(**{**LAW, **fields})
    world.open(world.alice, terms)
    if used:
        world.consume(world.alice, terms, used)
    return terms


def with_hostile_disputes() -> tuple[World, Contract]:
    """A world whose sub-wallets believe findings that a test makes up."""
    world = World()
    disputes = world.deploy("HostileDisputes")
    world.found(disputes=disputes)
    return world, disputes


def test_apply_finding_lets_the_better_refund_apply(world: World) -> None:
    terms, wallet = opened(world, 13_000), world.wallet(world.alice)
    assert wallet.quote(terms) == (87_000, Cause.CONSUMER)
    world.find(world.alice, terms, not_consumer=True)
    assert world.card(world.alice, terms).marks == NOT_CONSUMER | FOUND
    assert wallet.quote(terms) == (90_000, Cause.NOT_CONSUMER)
    assert world.terminate(world.alice, terms, 90_000) == 90_000
    assert world.named("Closed")[0].args["cause"] == Cause.NOT_CONSUMER


def test_apply_finding_changes_nothing_for_a_consumer_who_is_better_off_without(world: World) -> None:
    """A template that owes half to whoever leaves by choice and nothing to whoever must."""
    by_choice = push(CAUSE) + b"\x35" + push(Cause.CONSUMER) + b"\x14" + push(50_000) + b"\x02" + RETURN_TOP
    terms = opened(world, template=world.admit(template(word(0), by_choice)), accrual=100_000, accrual_days=1)
    world.advance(days=1)
    world.find(world.alice, terms, not_consumer=True)
    assert world.wallet(world.alice).quote(terms) == (50_000, Cause.CONSUMER)


def test_apply_finding_takes_the_better_of_now_and_the_day_the_merchant_stopped(world: World) -> None:
    """A template that owes more the later the card ends, and one that owes less."""
    later = world.admit(template(word(0), push(ELAPSED) + b"\x35" + push(1_000) + b"\x02" + RETURN_TOP))
    earlier = world.admit(
        template(
            word(0), push(ELAPSED) + b"\x35" + push(1_000) + b"\x02" + push(90_000) + b"\x03" + RETURN_TOP
        )
    )
    numbers = {"accrual": 100_000, "accrual_days": 1}  # so that the template's answer stands
    cards = [opened(world, template=each, **numbers) for each in (later, earlier)]
    world.advance(days=20)
    world.merchants.stop(world.shop, sender=world.shop)
    world.advance(days=10)
    wallet = world.wallet(world.alice)
    assert [wallet.quote(terms) for terms in cards] == [
        (30_000, Cause.CONSUMER),
        (70_000, Cause.NOT_CONSUMER),
    ]
    for terms in cards:
        world.find(world.alice, terms, not_consumer=True)
    assert [wallet.quote(terms) for terms in cards] == [
        (30_000, Cause.NOT_CONSUMER),
        (70_000, Cause.NOT_CONSUMER),
    ]


def test_apply_finding_lowers_the_total_and_so_what_is_deducted(world: World) -> None:
    terms = opened(world, 30_000)
    assert world.wallet(world.alice).quote(terms)[0] == 70_000
    world.find(world.alice, terms, listed=28_000)
    assert world.card(world.alice, terms)[:2] == (30_000, 28_000)
    assert world.card(world.alice, terms).marks == FOUND


def test_apply_finding_lets_no_signature_or_certificate_from_before_restore_the_total(world: World) -> None:
    terms = opened(world)
    far = world.now + 86_400
    used = world.consumption(world.alice, terms, 30_000, deadline=far)
    ahead = world.consumption(world.alice, terms, 31_000, deadline=far)
    kept = [(each, world.sign(world.alice, world.alice, each)) for each in (used, ahead)]
    world.send_consume(world.alice, terms, *kept[0])
    world.find(world.alice, terms, listed=20_000)
    for message, signature in kept:
        with raises("SubWallet_EpochVoided", world.card_id(world.alice, terms), 0, 1):
            world.send_consume(world.alice, terms, message, signature)
    world.consume(world.alice, terms, 31_000, listed_after=21_000)
    assert world.card(world.alice, terms)[:2] == (31_000, 21_000)

    work = opened(world, certifier=world.certifier)
    stated = [world.certificate(world.alice, work, total, deadline=far) for total in (300, 400)]
    signed = [world.sign(world.certifier, world.alice, each) for each in stated]
    wallet = world.wallet(world.alice)
    wallet.certify(work, calldata(stated[0]), signed[0])
    world.find(world.alice, work, listed=100)
    for message, signature in zip(stated, signed, strict=True):
        with raises("SubWallet_EpochVoided"):
            wallet.certify(work, calldata(message), signature)
    world.certify(world.alice, work, 400, listed=200)


def test_apply_finding_takes_both_at_once_and_says_so(world: World) -> None:
    terms = opened(world, 30_000)
    world.find(world.alice, terms, not_consumer=True, listed=5_000)
    assert world.named("FindingApplied")[0].args == {
        "card": world.card_id(world.alice, terms),
        "notConsumer": True,
        "listed": 5_000,
        "epoch": 1,
    }
    assert [event.name for event in world.events] == ["FindingApplied"]


def test_apply_finding_raises_the_epoch_and_voids_what_was_signed_for_use(world: World) -> None:
    terms = opened(world, takes_vouchers=1)
    world.find(world.alice, terms, not_consumer=True)
    card = world.card_id(world.alice, terms)
    assert world.card(world.alice, terms).epoch == 1
    with raises("SubWallet_EpochVoided", card, 0, 1):
        world.consume(world.alice, terms, 10, epoch=0)
    with raises("SubWallet_EpochVoided", card, 0, 1):
        world.redeem(world.alice, terms, 10, epoch=0)
    world.consume(world.alice, terms, 10)


def test_apply_finding_leaves_the_consumers_word_to_leave_good_whatever_is_found_meanwhile(
    world: World,
) -> None:
    """A merchant that gives way in small coin just before each exit is mined delays nobody: the word may be
    of any epoch since the consumer's own last bump."""
    terms, new = opened(world, 30_000), world.terms(principal=50_000)
    world.bump_epoch(world.alice, terms, 3)
    for round_ in range(4):
        assert world.card(world.alice, terms).epoch == 3 + round_
        for signed_in in range(3, 4 + round_):
            with world.rollback():
                assert world.terminate(world.alice, terms, epoch=signed_in) >= 70_000
            with world.rollback():
                world.transfer(world.alice, terms, new, epoch=signed_in)
        for never in (2, 4 + round_):
            with raises("SubWallet_SignatureInvalid", world.alice):
                world.terminate(world.alice, terms, epoch=never)
            with raises("SubWallet_SignatureInvalid", world.alice):
                world.transfer(world.alice, terms, new, epoch=never)
        world.find(world.alice, terms, not_consumer=round_ == 0, listed=29_999 - round_)


def test_apply_finding_leaves_the_consumers_word_void_that_a_bump_has_voided(world: World) -> None:
    terms = opened(world, 30_000)
    world.find(world.alice, terms, not_consumer=True)
    world.bump_epoch(world.alice, terms, 5)
    assert world.card(world.alice, terms).marks == NOT_CONSUMER
    for voided in range(5):
        with raises("SubWallet_SignatureInvalid", world.alice):
            world.terminate(world.alice, terms, epoch=voided)
    world.find(world.alice, terms, listed=1)
    for voided in (0, 1, 4):
        with raises("SubWallet_SignatureInvalid", world.alice):
            world.terminate(world.alice, terms, epoch=voided)
    world.terminate(world.alice, terms, epoch=5)


def test_apply_finding_may_be_applied_by_anyone(world: World) -> None:
    for who in (world.alice, world.shop, world.stranger, world.arbiter):
        terms, wallet = opened(world), world.wallet(world.alice)
        world.disputes.concede(wallet, terms, True, ANY, sender=world.shop)
        wallet.applyFinding(terms, sender=who)
        assert world.card(world.alice, terms).marks & NOT_CONSUMER


def test_apply_finding_moves_no_money_and_shrinks_no_refund() -> None:
    """Whatever is found, whenever: the refund only grows, nothing else changes."""
    world, disputes = with_hostile_disputes()
    random, wallet = Random(8), world.wallet(world.alice)
    for _ in range(60):
        formulas = {name: random.randrange(3) for name in ("consumer_formula", "not_consumer_formula")}
        days = {"cooling_days": random.choice((0, 7)), "term_days": random.choice((0, 10))}
        terms = opened(world, random.choice((0, 1, 30_000, 90_000)), **formulas, **days)
        world.advance(days=random.choice((0, 3, 20)))
        before, state = wallet.quote(terms)[0], world.card(world.alice, terms)
        money = world.balance(world.alice), world.balance(wallet), world.balance(world.shop)
        not_consumer, limit = random.random() < 0.5, random.choice((0, 10, 29_000, ANY))
        disputes.say(not_consumer, limit, 0, world.now)
        if not not_consumer and limit >= state.listed:
            with raises("SubWallet_NoFinding"):
                wallet.applyFinding(terms)
            continue
        wallet.applyFinding(terms)
        after = world.card(world.alice, terms)
        assert wallet.quote(terms)[0] >= before
        assert (after.used, after.released, after.held) == (state.used, state.released, state.held)
        assert after.listed <= state.listed
        assert money == (world.balance(world.alice), world.balance(wallet), world.balance(world.shop))


def test_apply_finding_reverts_when_nothing_was_found_or_nothing_new(world: World) -> None:
    terms, wallet = opened(world, 30_000), world.wallet(world.alice)
    card = world.card_id(world.alice, terms)
    with raises("SubWallet_NoFinding", card, 0):
        wallet.applyFinding(terms)
    world.disputes.concede(wallet, terms, False, 30_000, sender=world.shop)
    with raises("SubWallet_NoFinding", card, 0):
        wallet.applyFinding(terms)
    world.find(world.alice, terms, not_consumer=True, listed=29_999)
    with raises("SubWallet_NoFinding", card, 1):
        wallet.applyFinding(terms)
    world.disputes.concede(wallet, terms, True, ANY, sender=world.shop)
    with raises("SubWallet_NoFinding", card, 1):
        wallet.applyFinding(terms)


def test_apply_finding_takes_the_cause_of_any_epoch_and_the_total_of_its_own(world: World) -> None:
    """The consumer's own bump between a ruling and its application loses nothing of the cause."""
    terms, wallet = opened(world, 30_000), world.wallet(world.alice)
    world.disputes.concede(wallet, terms, True, 20_000, sender=world.shop)
    world.bump_epoch(world.alice, terms, 7)
    used = world.consumption(world.alice, terms, 31_000, deadline=world.now + 86_400)
    signature = world.sign(world.alice, world.alice, used)
    wallet.applyFinding(terms, sender=world.stranger)
    card = world.card(world.alice, terms)
    assert (card.marks, card.listed, card.epoch) == (NOT_CONSUMER | FOUND, 30_000, 8)
    assert wallet.quote(terms)[1] == Cause.NOT_CONSUMER
    with raises("SubWallet_EpochVoided", world.card_id(world.alice, terms), 7, 8):
        world.send_consume(world.alice, terms, used, signature)
    with raises("SubWallet_NoFinding"):
        wallet.applyFinding(terms)  # the limit of the old epoch stays void
    world.terminate(world.alice, terms, epoch=7)


def test_apply_finding_reverts_for_a_limit_of_another_epoch() -> None:
    world, disputes = with_hostile_disputes()
    terms, wallet = opened(world, 30_000), world.wallet(world.alice)
    world.bump_epoch(world.alice, terms, 2)
    for epoch in (0, 1, 3, 2 + (1 << 16), ANY):
        disputes.say(False, 0, epoch, world.now)
        with raises("SubWallet_NoFinding", world.card_id(world.alice, terms), 2):
            wallet.applyFinding(terms)
    disputes.say(True, 0, 2, 0)  # never said
    with raises("SubWallet_NoFinding"):
        wallet.applyFinding(terms)
    disputes.say(True, 0, 2, 1)
    wallet.applyFinding(terms)


def test_apply_finding_reverts_for_a_card_that_is_not_open(world: World) -> None:
    terms, wallet = opened(world), world.wallet(world.alice)
    world.disputes.concede(wallet, terms, True, ANY, sender=world.shop)
    wallet.terminate(terms, 0, sender=world.alice)
    for card, status in ((terms, CLOSED), (world.terms(), NONE)):
        with raises("SubWallet_CardNotOpen", world.card_id(world.alice, card), status):
            wallet.applyFinding(card)


@pytest.mark.parametrize("answer", range(1, 5))
def test_apply_finding_reverts_when_the_registry_of_disputes_fails_or_answers_nonsense_and_exits_go_on(
    answer: int,
) -> None:
    world, disputes = with_hostile_disputes()
    terms, wallet = opened(world, 13_000), world.wallet(world.alice)
    disputes.say(True, 0, 0, world.now)
    disputes.decide(answer)
    with pytest.raises(Refused):
        wallet.applyFinding(terms)
    assert world.card(world.alice, terms).marks == 0
    assert world.terminate(world.alice, terms, 87_000) == 87_000


def test_apply_finding_helps_even_when_the_epochs_are_used_up(world: World) -> None:
    terms = opened(world, 30_000)
    world.bump_epoch(world.alice, terms, 65_535)
    world.find(world.alice, terms, not_consumer=True, listed=5)
    state = world.card(world.alice, terms)
    assert (state.listed, state.marks, state.epoch) == (5, NOT_CONSUMER | FOUND, 65_535)
    world.terminate(world.alice, terms)
