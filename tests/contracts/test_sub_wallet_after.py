"""After a card, and beside it: collecting, voiding, sweeping: `sub_wallet_after.tree`."""

from __future__ import annotations

from typing import Any

import pytest

from tests.contracts.harness import CLOSED, NONE, OPEN, OWING, RICH, SHORT, World, raises
from wallet.eip712 import BumpEpoch, Redirect
from wallet.terms import LIST, Terms


@pytest.fixture
def owing(world: World) -> Terms:
    """A card of Alice's that ended owing its payee 693 fen."""
    terms = world.terms(bonus=30_000, consumer_formula=LIST, payee=world.payee)
    world.open(world.alice, terms)
    world.consume(world.alice, terms, used=3_000)
    world.wallet(world.alice).terminate(terms, 0, sender=world.alice)
    assert world.card(world.alice, terms)[3:6:2] == (693, OWING)
    return terms


@pytest.fixture
def card(world: World) -> Terms:
    """An open card of Alice's."""
    terms = world.terms()
    world.open(world.alice, terms)
    return terms


def test_collect_pays_the_recipient_what_was_left_for_it_whoever_asks(world: World, owing: Terms) -> None:
    assert world.wallet(world.alice).collect(owing, sender=world.stranger) == 693
    assert world.balance(world.payee) == 2_307 + 693
    assert world.card(world.alice, owing)[3:6:2] == (0, CLOSED)
    assert [event.name for event in world.events] == ["Collected", "Transfer"]
    assert world.events[0].args["to"] == world.payee.address


def test_collect_pays_once(world: World, owing: Terms) -> None:
    world.wallet(world.alice).collect(owing)
    with raises("SubWallet_NothingToCollect", world.card_id(world.alice, owing), CLOSED):
        world.wallet(world.alice).collect(owing)


def test_collect_reverts_for_a_card_that_owes_the_merchant_nothing(world: World, card: Terms) -> None:
    short = world.terms(custody_bps=0, advance=100_000)
    world.open(world.alice, short)
    world.wallet(world.alice).terminate(short, 0, sender=world.alice)
    for terms, status in ((card, OPEN), (short, SHORT), (world.terms(), NONE)):
        with raises("SubWallet_NothingToCollect", ..., status):
            world.wallet(world.alice).collect(terms)


def redirect(world: World, terms: Terms, to: Any, signer: Any, **fields: Any) -> tuple[Any, ...]:
    """Arguments of collectTo with `signer`'s signature."""
    until = fields.get("deadline", world.now + 60)
    message = Redirect(world.card_id(world.alice, terms), to.address, until)
    return terms, to, until, world.sign(signer, world.alice, message)


def test_collect_to_pays_another_address_when_the_recipient_asks(world: World, owing: Terms) -> None:
    world.wallet(world.alice).collectTo(owing, world.bob, 0, b"", sender=world.payee)
    assert world.balance(world.bob) == RICH + 693
    assert world.named("Collected")[0].args["to"] == world.bob.address


def test_collect_to_pays_another_address_with_the_recipients_signature(world: World, owing: Terms) -> None:
    arguments = redirect(world, owing, world.bob, world.payee)
    assert world.wallet(world.alice).collectTo(*arguments, sender=world.stranger) == 693
    assert world.balance(world.bob) == RICH + 693


def test_collect_to_reverts_for_anyone_elses_signature_or_a_changed_field(world: World, owing: Terms) -> None:
    wallet = world.wallet(world.alice)
    for signer in (world.alice, world.shop, world.bob):
        with raises("SubWallet_SignatureInvalid", world.payee):
            wallet.collectTo(*redirect(world, owing, world.bob, signer))
    terms, _, until, signature = redirect(world, owing, world.bob, world.payee)
    for to, deadline in ((world.stranger, until), (world.bob, until + 1)):
        with raises("SubWallet_SignatureInvalid", world.payee):
            wallet.collectTo(terms, to, deadline, signature)


def test_collect_to_works_until_the_deadline_and_not_a_second_later(world: World, owing: Terms) -> None:
    arguments = redirect(world, owing, world.bob, world.payee)
    until = arguments[2]
    for moment in (until - 1, until):
        with world.rollback():
            world.warp(moment)
            world.wallet(world.alice).collectTo(*arguments)
    world.warp(until + 1)
    with raises("SubWallet_DeadlinePassed", until, until + 1):
        world.wallet(world.alice).collectTo(*arguments)


def test_collect_to_takes_the_signature_of_a_recipient_that_is_a_contract(world: World) -> None:
    payee = world.deploy("HostileMerchant")
    terms = world.terms(bonus=30_000, consumer_formula=LIST, payee=payee)
    world.open(world.alice, terms)
    world.consume(world.alice, terms, used=3_000)
    world.wallet(world.alice).terminate(terms, 0, sender=world.alice)
    payee.refuse(True)
    with raises("SubWallet_SignatureInvalid", payee):
        world.wallet(world.alice).collectTo(*redirect(world, terms, world.bob, world.bob))
    payee.refuse(False)
    world.wallet(world.alice).collectTo(*redirect(world, terms, world.bob, world.bob))
    assert world.balance(world.bob) == RICH + 693


def test_collect_to_cannot_be_used_on_another_card_or_twice(world: World, owing: Terms) -> None:
    other = world.terms(bonus=30_000, consumer_formula=LIST, payee=world.payee)
    world.open(world.alice, other)
    world.consume(world.alice, other, used=3_000)
    world.wallet(world.alice).terminate(other, 0, sender=world.alice)
    _, to, until, signature = redirect(world, owing, world.bob, world.payee)
    with raises("SubWallet_SignatureInvalid", world.payee):
        world.wallet(world.alice).collectTo(other, to, until, signature)
    world.wallet(world.alice).collectTo(owing, to, until, signature)
    with raises("SubWallet_NothingToCollect", ..., CLOSED):
        world.wallet(world.alice).collectTo(owing, to, until, signature)


def test_bump_epoch_voids_everything_signed_before(world: World, card: Terms) -> None:
    id_ = world.card_id(world.alice, card)
    message = world.consumption(world.alice, card, 10)
    signature = world.sign(world.alice, world.alice, message)
    world.wallet(world.alice).bumpEpoch(id_, 1, sender=world.alice)
    assert world.named("EpochBumped")[0].args == {"card": id_, "epoch": 1}
    with raises("SubWallet_EpochVoided", id_, 0, 1):
        world.send_consume(world.alice, card, message, signature)
    assert world.card(world.alice, card).held == 100_000


def test_bump_epoch_may_skip_numbers_but_never_go_back(world: World, card: Terms) -> None:
    id_, wallet = world.card_id(world.alice, card), world.wallet(world.alice)
    wallet.bumpEpoch(id_, 700, sender=world.alice)
    for epoch in (0, 699, 700):
        with raises("SubWallet_EpochNotGrowing", 700, epoch):
            wallet.bumpEpoch(id_, epoch, sender=world.alice)


def test_bump_epoch_reverts_beyond_what_the_card_can_hold(world: World, card: Terms) -> None:
    id_, wallet = world.card_id(world.alice, card), world.wallet(world.alice)
    with raises("SubWallet_NumberTooLarge", 65_536):
        wallet.bumpEpoch(id_, 65_536, sender=world.alice)
    wallet.bumpEpoch(id_, 65_535, sender=world.alice)
    assert world.card(world.alice, card)[3:] == (100_000, world.now, OPEN, 0, 65_535)


def test_bump_epoch_reverts_for_anyone_but_the_consumer(world: World, card: Terms) -> None:
    for other in (world.shop, world.operator, world.bob):
        with raises("SubWallet_NotConsumer", other, world.alice):
            world.wallet(world.alice).bumpEpoch(world.card_id(world.alice, card), 1, sender=other)


def test_bump_epoch_reverts_for_a_card_that_is_not_open(world: World, owing: Terms) -> None:
    wallet = world.wallet(world.alice)
    for id_, status in ((world.card_id(world.alice, owing), OWING), (bytes(32), NONE)):
        with raises("SubWallet_CardNotOpen", id_, status):
            wallet.bumpEpoch(id_, 1, sender=world.alice)


def test_bump_epoch_by_sig_works_for_anyone_who_carries_the_consumers_signature_and_once(
    world: World, card: Terms
) -> None:
    id_, until = world.card_id(world.alice, card), world.now + 60
    signature = world.sign(world.alice, world.alice, BumpEpoch(id_, 3, until))
    wallet = world.wallet(world.alice)
    wallet.bumpEpochBySig(id_, 3, until, signature, sender=world.stranger)
    assert world.card(world.alice, card).epoch == 3
    with raises("SubWallet_EpochNotGrowing", 3, 3):
        wallet.bumpEpochBySig(id_, 3, until, signature, sender=world.stranger)


def test_bump_epoch_by_sig_works_until_the_deadline_and_not_a_second_later(world: World, card: Terms) -> None:
    until = world.now + 60
    for moment in (until - 1, until):
        with world.rollback():
            world.warp(moment)
            world.bump_epoch(world.alice, card, 1, deadline=until)
    world.warp(until + 1)
    with raises("SubWallet_DeadlinePassed", until, until + 1):
        world.bump_epoch(world.alice, card, 1, deadline=until)


def test_bump_epoch_by_sig_reverts_for_anyone_elses_signature(world: World, card: Terms) -> None:
    for other in (world.shop, world.bob):
        with raises("SubWallet_SignatureInvalid", world.alice):
            world.bump_epoch(world.alice, card, 1, signer=other)


def sweep(world: World, token: Any, *cards: Terms) -> int:
    listed = sorted(cards, key=lambda terms: world.card_id(world.alice, terms))
    return int(world.wallet(world.alice).sweep(token, listed, sender=world.alice))


def test_sweep_returns_to_the_consumer_what_was_sent_by_mistake(world: World) -> None:
    wallet = world.wallet(world.alice)
    world.yuan.transfer(wallet, 55, sender=world.bob)
    assert sweep(world, world.yuan) == 55
    assert world.balance(world.alice) == RICH + 55
    assert world.named("Swept")[0].args == {"token": world.yuan.address, "amount": 55}


def test_sweep_leaves_what_is_held_or_owed_where_it_is(world: World, card: Terms, owing: Terms) -> None:
    wallet = world.wallet(world.alice)
    world.yuan.transfer(wallet, 55, sender=world.bob)
    assert sweep(world, world.yuan, card, owing) == 55
    assert world.balance(wallet) == 100_693
    assert sweep(world, world.yuan, card, owing) == 0
    assert wallet.terminate(card, 100_000, sender=world.alice) == 100_000
    assert wallet.collect(owing) == 693


def test_sweep_counts_a_shortfall_as_nothing_held(world: World) -> None:
    short = world.terms(custody_bps=0, advance=100_000)
    world.open(world.alice, short)
    world.wallet(world.alice).terminate(short, 0, sender=world.alice)
    assert world.card(world.alice, short).held == 100_000
    world.yuan.transfer(world.wallet(world.alice), 7, sender=world.bob)
    assert sweep(world, world.yuan, short) == 7


def test_sweep_returns_a_token_that_no_card_is_paid_in(world: World, card: Terms) -> None:
    other = world.deploy("DigitalYuan", world.issuer)
    other.mint(world.wallet(world.alice), 31, sender=world.issuer)
    assert sweep(world, other, card) == 31
    assert other.balanceOf(world.alice) == 31
    assert world.card(world.alice, card).held == 100_000


def test_sweep_reverts_unless_every_card_is_listed_once_in_order(
    world: World, card: Terms, owing: Terms
) -> None:
    wallet = world.wallet(world.alice)
    listed = sorted([card, owing], key=lambda terms: world.card_id(world.alice, terms))
    never = world.terms()
    wrong = [[], [card], [owing], listed[::-1], [card, card], [owing, owing], [*listed, never], [card, never]]
    for cards in wrong:
        with raises("SubWallet_CardListIncomplete", ..., 2):
            wallet.sweep(world.yuan, cards, sender=world.alice)


def test_sweep_reverts_for_anyone_but_the_consumer(world: World) -> None:
    for other in (world.bob, world.operator):
        with raises("SubWallet_NotConsumer", other, world.alice):
            world.wallet(world.alice).sweep(world.yuan, [], sender=other)
