"""From one card into another of the same consumer: `sub_wallet_transfer.tree`."""

from __future__ import annotations

from dataclasses import replace
from random import Random
from typing import Any

import pytest

from tests.contracts.craft import OBEDIENT
from tests.contracts.evm import Contract
from tests.contracts.harness import CLOSED, NONE, OPEN, OWING, RICH, SHORT, Account, World, raises
from wallet.eip712 import Transfer
from wallet.rules import Cause
from wallet.terms import LIST, Terms

REFUSES, TAKES_FEE = 1, 3


@pytest.fixture
def second(world: World) -> Account:
    """Another approved merchant."""
    merchant = world.account("second shop")
    world.approve_merchant(merchant)
    return merchant


def opened(world: World, **fields: Any) -> Terms:
    terms = world.terms(**fields)
    world.open(world.alice, terms)
    return terms


def move(world: World, old: Terms, new: Terms, min_moved: int = 0) -> bytes:
    """Alice transfers by herself, with an allowance for whatever the new card lacks."""
    wallet = world.wallet(world.alice)
    world.yuan.approve(wallet, new.principal, sender=world.alice)
    parts = (world.pledges_of(new), min_moved)
    return bytes(wallet.transferCard(old, new, *parts, sender=world.alice))


def test_transfer_card_opens_the_new_card_and_gives_the_rest_back(world: World, second: Account) -> None:
    old, new = opened(world), world.terms(principal=60_000, merchant=second)
    world.consume(world.alice, old, 10_000)
    assert move(world, old, new) == world.card_id(world.alice, new)
    assert world.card(world.alice, old)[3::2] == (0, CLOSED, 0)
    assert world.card(world.alice, new) == (0, 0, 0, 60_000, world.now, OPEN, 0, 0)
    assert world.balance(world.alice) == RICH - 100_000 + 30_000
    assert world.balance(world.wallet(world.alice)) == 60_000
    assert world.wallet(world.alice).openedCount() == 2


def test_transfer_card_opens_the_new_card_and_takes_the_rest_from_the_consumer(
    world: World, second: Account
) -> None:
    old, new = opened(world), world.terms(principal=150_000, merchant=second)
    world.consume(world.alice, old, 10_000)
    move(world, old, new)
    assert world.card(world.alice, new).held == 150_000 == world.balance(world.wallet(world.alice))
    assert world.balance(world.alice) == RICH - 100_000 - 60_000


def test_transfer_card_reverts_without_an_allowance_for_the_rest_and_leaves_the_old_card_open(
    world: World, second: Account
) -> None:
    old, new = opened(world), world.terms(principal=100_001, merchant=second)
    wallet = world.wallet(world.alice)
    with raises("ERC20InsufficientAllowance", wallet, 0, 1):
        wallet.transferCard(old, new, [], 0, sender=world.alice)
    assert (world.card(world.alice, old).status, world.card(world.alice, new).status) == (OPEN, NONE)
    wallet.transferCard(old, world.terms(merchant=second), [], 0, sender=world.alice)


def test_transfer_card_splits_every_refund_to_the_fen(world: World, second: Account) -> None:
    """Refunds and prices of all sizes: what comes out is moved or paid back, what lacks is paid on top."""
    random, wallet = Random(3), world.wallet(world.alice)
    for _ in range(40):
        principal = random.choice((1, 2, 99_999, random.randrange(1, 10**6)))
        old = opened(world, principal=principal, bonus=random.choice((0, principal * 3 // 10)))
        if used := random.randrange(old.face + 1):
            world.consume(world.alice, old, used)
        refund = wallet.quote(old)[0]
        price = random.choice((1, max(1, refund), refund + 1, random.randrange(1, 10**6)))
        new = world.terms(principal=price, merchant=second)
        before, held = world.balance(world.alice), world.balance(wallet)
        move(world, old, new)
        told = world.named("Transferred")[0].args
        moved, top_up, cash_back = told["moved"], told["topUp"], told["cashBack"]
        assert moved == min(refund, price)
        assert (moved + top_up, moved + cash_back) == (price, refund)
        assert world.balance(world.alice) == before - top_up + cash_back
        assert world.balance(wallet) == held + top_up - cash_back
        assert world.card(world.alice, new).held == price


def test_transfer_card_ends_the_old_card_as_an_exit_would_with_its_cause(
    world: World, second: Account
) -> None:
    fields = {
        "exit_fee_bps": 500,
        "exit_fee_cap": 9_999,
        "cooling_days": 7,
        "term_days": 30,
        "expiry_policy": 1,
    }
    old = opened(world, **fields)
    events: dict[int, tuple[int, int]] = {}
    for day in (0, 8, 31):
        with world.rollback():
            world.advance(days=day)
            move(world, old, world.terms(merchant=second))
            closed = world.named("Closed")[0].args
            events[day] = (closed["cause"], closed["refund"])
    assert events == {
        0: (Cause.COOLING_OFF, 100_000),
        8: (Cause.CONSUMER, 95_000),
        31: (Cause.EXPIRY, 100_000),
    }
    world.advance(days=8)
    world.merchants.stop(world.shop, sender=world.shop)
    move(world, old, world.terms(merchant=second))
    assert world.named("Closed")[0].args["cause"] == Cause.NOT_CONSUMER


def test_transfer_card_leaves_what_the_old_merchant_has_earned_to_be_collected(
    world: World, second: Account
) -> None:
    old = opened(world, bonus=30_000, consumer_formula=LIST)
    world.consume(world.alice, old, 3_000)
    move(world, old, world.terms(merchant=second))
    assert world.card(world.alice, old)[3::2] == (693, OWING, 0)
    assert world.named("Transferred")[0].args["moved"] == 97_000
    world.wallet(world.alice).collect(old)
    assert world.balance(world.shop) == 3_000


def test_transfer_card_leaves_what_the_old_card_is_short_to_be_paid(world: World, second: Account) -> None:
    old = opened(world, custody_bps=4_000, advance=60_000)
    new = world.terms(merchant=second)
    move(world, old, new)
    assert world.card(world.alice, old)[3::2] == (60_000, SHORT, 0)
    told = world.named("Transferred")[0].args
    assert (told["moved"], told["topUp"], told["cashBack"]) == (40_000, 60_000, 0)
    world.yuan.approve(world.wallet(world.alice), 60_000, sender=world.bob)
    world.wallet(world.alice).payShortfall(old, 60_000, sender=world.bob)
    assert world.balance(world.alice) == RICH - 100_000
    assert world.card(world.alice, new).held == 100_000


def test_transfer_card_opens_a_card_with_a_cover_when_its_guarantors_accept(
    world: World, second: Account
) -> None:
    guarantor = world.deploy("HostileGuarantor")
    old, new = opened(world), world.terms(merchant=second, pledges=[(guarantor, 9)], principal=90_000)
    card = move(world, old, new)
    assert (guarantor.asked(), guarantor.lastCard(), guarantor.lastLimit()) == (1, card, 9)
    assert guarantor.seen()[3:6:2] == (90_000, OPEN)


def test_transfer_card_reverts_when_a_guarantor_refuses_is_missing_or_was_not_asked_for(
    world: World, second: Account
) -> None:
    guarantor, wallet = world.deploy("HostileGuarantor"), world.wallet(world.alice)
    old, covered = opened(world), world.terms(merchant=second, pledges=[(guarantor, 9)])
    guarantor.decide(REFUSES)
    with raises("NotThisOne"):
        wallet.transferCard(old, covered, [(guarantor, 9)], 0, sender=world.alice)
    with raises("SubWallet_CoverMismatch", covered.cover):
        wallet.transferCard(old, covered, [], 0, sender=world.alice)
    with raises("SubWallet_CoverMismatch", bytes(32)):
        wallet.transferCard(old, world.terms(merchant=second), [(guarantor, 9)], 0, sender=world.alice)
    assert world.terminate(world.alice, old) == 100_000


def test_transfer_card_releases_the_advance_of_the_new_card_last(world: World, second: Account) -> None:
    guarantor = world.deploy("HostileGuarantor")
    fields: dict[str, Any] = {"merchant": second, "custody_bps": 4_000, "advance": 60_000}
    old, new = opened(world), world.terms(pledges=[(guarantor, 60_000)], **fields)
    move(world, old, new)
    assert guarantor.seen()[2:4] == (0, 100_000)
    assert (world.balance(second), world.card(world.alice, new).held) == (60_000, 40_000)
    names = [event.name for event in world.events]
    assert names == ["Closed", "Opened", "Transferred", "Advanced", "Transfer"]


def test_transfer_card_keeps_the_tier_of_the_new_merchant(world: World, second: Account) -> None:
    world.merchants.setTier(second, 2, sender=world.operator)
    old, new = opened(world), world.terms(merchant=second, ladder2=5_000)
    move(world, old, new)
    assert world.card(world.alice, new).marks == 2


def test_transfer_card_says_what_moved_in_an_event(world: World, second: Account) -> None:
    old, new = opened(world), world.terms(principal=70_000, merchant=second)
    move(world, old, new)
    assert world.named("Transferred")[0].args == {
        "card": world.card_id(world.alice, old),
        "newCard": world.card_id(world.alice, new),
        "moved": 70_000,
        "topUp": 0,
        "cashBack": 30_000,
    }
    assert world.named("Closed")[0].args["refund"] == 100_000
    assert world.named("Opened")[0].args["terms"] == new.values()


def test_transfer_card_reverts_when_less_comes_out_than_the_consumer_asks_for(
    world: World, second: Account
) -> None:
    """The bound is on what comes out of the old card: on what is pulled on top, and on what is paid back."""
    old, cheap = opened(world), world.terms(principal=40_000, merchant=second)
    world.consume(world.alice, old, 10_000)
    for new in (cheap, world.terms(principal=200_000, merchant=second)):
        with raises("SubWallet_RefundTooLow", 90_000, 90_001):
            move(world, old, new, 90_001)
    move(world, old, cheap, 90_000)


def test_transfer_card_reverts_for_terms_that_could_not_be_opened(world: World, second: Account) -> None:
    old, wallet = opened(world), world.wallet(world.alice)
    late = world.terms(merchant=second, buy_by=world.now)
    stranger = world.account("never approved")
    world.advance(1)
    for new, error in (
        (late, "SubWallet_DeadlinePassed"),
        (world.terms(merchant=stranger), "SubWallet_MerchantMayNotSell"),
        (world.terms(merchant=second, template=world.bob.address), "SubWallet_TemplateNotAdmitted"),
        (world.terms(merchant=second, payee=wallet), "SubWallet_TermsInvalid"),
        (world.terms(merchant=second, exit_fee_bps=1_001), "SubWallet_TermsInvalid"),
    ):
        with raises(error):
            move(world, old, new)
    assert world.card(world.alice, old).status == OPEN


def test_transfer_card_reverts_into_itself_and_into_a_card_that_was_opened_before(
    world: World, second: Account
) -> None:
    old, other = opened(world), opened(world, merchant=second)
    for new in (old, other):
        with raises("SubWallet_CardExists", world.card_id(world.alice, new)):
            move(world, old, new)
    world.terminate(world.alice, other)
    with raises("SubWallet_CardExists", world.card_id(world.alice, other)):
        move(world, old, other)


def test_transfer_card_reverts_between_cards_in_different_tokens(world: World) -> None:
    token = world.deploy("HostileToken")
    token.mint(world.alice, RICH)
    token.approve(world.wallet(world.alice), RICH, sender=world.alice)
    dear, cheap = opened(world), world.terms(token=token)
    with raises("SubWallet_TermsInvalid", "token", int(token.address, 16)):
        move(world, dear, cheap)
    other = opened(world, token=token)
    with raises("SubWallet_TermsInvalid", "token", int(world.yuan.address, 16)):
        move(world, other, world.terms())


def test_transfer_card_reverts_for_a_token_that_delivers_less_than_the_difference(world: World) -> None:
    token: Contract = world.deploy("HostileToken")
    token.mint(world.alice, RICH)
    token.approve(world.wallet(world.alice), RICH, sender=world.alice)
    old, new = opened(world, token=token), world.terms(token=token, principal=100_007)
    token.approve(world.wallet(world.alice), RICH, sender=world.alice)
    token.play(TAKES_FEE)
    with raises("SubWallet_TokenDeliveredWrongly", token, 7, 6):
        world.wallet(world.alice).transferCard(old, new, [], 0, sender=world.alice)


def test_transfer_card_reverts_for_a_card_that_is_not_open(world: World, second: Account) -> None:
    old = opened(world)
    world.terminate(world.alice, old)
    for card, status in ((old, CLOSED), (world.terms(), NONE)):
        with raises("SubWallet_CardNotOpen", world.card_id(world.alice, card), status):
            move(world, card, world.terms(merchant=second))


def test_transfer_card_reverts_for_anyone_but_the_consumer(world: World, second: Account) -> None:
    old, wallet = opened(world), world.wallet(world.alice)
    for other in (world.bob, world.shop, second, world.operator):
        with raises("SubWallet_NotConsumer", other, world.alice):
            wallet.transferCard(old, world.terms(merchant=second), [], 0, sender=other)


def test_transfer_card_lets_a_sweep_take_only_the_surplus(world: World, second: Account) -> None:
    old = opened(world, custody_bps=4_000, advance=60_000)
    owing = opened(world, bonus=30_000, consumer_formula=LIST)
    world.consume(world.alice, owing, 3_000)
    first, last = world.terms(merchant=second), world.terms(merchant=second)
    move(world, old, first)
    move(world, owing, last)
    wallet = world.wallet(world.alice)
    world.yuan.transfer(wallet, 11, sender=world.bob)
    cards = sorted((old, owing, first, last), key=lambda each: world.card_id(world.alice, each))
    assert wallet.sweep(world.yuan, cards, sender=world.alice) == 11
    assert world.balance(wallet) == 100_000 + 100_000 + 693


def test_transfer_card_by_sig_works_for_anyone_who_carries_the_consumers_signature(
    world: World, second: Account
) -> None:
    old, new = opened(world), world.terms(principal=60_000, merchant=second)
    assert world.transfer(world.alice, old, new, 100_000, sender=world.bob) == world.card_id(world.alice, new)
    assert world.balance(world.alice) == RICH - 60_000


def test_transfer_card_by_sig_reverts_for_a_signature_over_another_card_new_card_or_amount(
    world: World, second: Account
) -> None:
    old, other = opened(world), opened(world)
    new, wallet = world.terms(merchant=second), world.wallet(world.alice)
    until = world.now + 60
    card, new_card = (world.card_id(world.alice, each) for each in (old, new))
    right = Transfer(card, new_card, 5, until, 0)
    for wrong in (
        replace(right, card=world.card_id(world.alice, other)),
        replace(right, new_card=card),
        replace(right, new_card=world.card_id(world.alice, replace(new, cover=b"\1" * 32))),
        replace(right, min_moved=4),
        replace(right, deadline=until + 1),
        replace(right, epoch=1),
    ):
        signature = world.sign(world.alice, world.alice, wrong)
        with raises("SubWallet_SignatureInvalid", world.alice):
            wallet.transferCardBySig(old, new, [], 5, until, signature)
    for signer, consumer in ((world.bob, world.alice), (world.alice, world.bob)):
        signature = world.sign(signer, consumer, right)
        with raises("SubWallet_SignatureInvalid", world.alice):
            wallet.transferCardBySig(old, new, [], 5, until, signature)
    wallet.transferCardBySig(old, new, [], 5, until, world.sign(world.alice, world.alice, right))


def test_transfer_card_by_sig_reverts_after_its_deadline_and_in_a_voided_epoch(
    world: World, second: Account
) -> None:
    old, new = opened(world), world.terms(merchant=second)
    with raises("SubWallet_DeadlinePassed", world.now - 1, world.now):
        world.transfer(world.alice, old, new, deadline=world.now - 1)
    world.bump_epoch(world.alice, old, 1)
    with raises("SubWallet_SignatureInvalid", world.alice):
        world.transfer(world.alice, old, new, epoch=0)
    world.transfer(world.alice, old, new, deadline=world.now)


def test_transfer_card_by_sig_works_once(world: World, second: Account) -> None:
    old, new = opened(world), world.terms(merchant=second)
    world.transfer(world.alice, old, new, epoch=0)
    with raises("SubWallet_CardNotOpen", world.card_id(world.alice, old), CLOSED):
        world.transfer(world.alice, old, new, epoch=0)


def test_transfer_card_by_sig_reverts_when_a_use_comes_first_that_leaves_less_than_was_signed(
    world: World, second: Account
) -> None:
    old, new = opened(world), world.terms(template=world.admit(OBEDIENT), merchant=second)
    world.consume(world.alice, old, 1)
    with raises("SubWallet_RefundTooLow", 99_999, 100_000):
        world.transfer(world.alice, old, new, 100_000)
