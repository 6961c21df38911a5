"""The merchant's share sent elsewhere: by the payee itself, or signed by it and carried by anyone."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.services.world import World
from wallet.bindings import errors
from wallet.errors import InvalidInput
from wallet.services import cards, collect, publish, terminate
from wallet.services.collect import sign_redirect


@pytest.fixture
def owing(world: World) -> tuple[str, int]:
    """A card ended with something left for the merchant: its id, and the fen left."""
    card = world.buy().card
    world.consume(world.authorise(card))
    exit_ = terminate.preview_termination(world.context, card)
    ended = terminate.terminate(world.context, world.consumer, exit_)
    assert ended.to_collect == 693
    return card, ended.to_collect


def test_signed_by_the_payee_and_carried_by_another(world: World, owing: tuple[str, int]) -> None:
    """The payee's account sends nothing; the money goes where it said."""
    card, left = owing
    place = world.operator.address
    sent_before = world.context.chain.nonce(world.merchant.address)
    signed = sign_redirect(world.context, world.merchant, card, place)
    done = collect.collect(world.context, world.other, card, redirect=signed)
    assert (done.amount, done.to) == (left, place)
    assert cards.balance(world.context, place).on_hand == left
    assert world.context.chain.nonce(world.merchant.address) == sent_before
    assert cards.show_card(world.context, card).status == "closed"
    with pytest.raises(errors.SubWalletNothingToCollect):
        collect.collect(world.context, world.other, card, redirect=signed)


def test_sent_by_the_payee_itself(world: World, owing: tuple[str, int]) -> None:
    card, left = owing
    done = collect.collect(world.context, world.merchant, card, to=world.other.address)
    assert (done.amount, done.to) == (left, world.other.address)


def test_nobody_else_may_redirect(world: World, owing: tuple[str, int]) -> None:
    """Neither by asking, nor by signing, nor by changing what the payee signed; the share stays put."""
    card, left = owing
    for somebody in (world.other, world.consumer, world.operator):
        with pytest.raises(InvalidInput) as caught:
            sign_redirect(world.context, somebody, card, somebody.address)
        assert caught.value.error_code == "other-payee"
        with pytest.raises(InvalidInput) as caught:
            collect.collect(world.context, somebody, card, to=somebody.address)
        assert caught.value.error_code == "other-payee"
    signed = sign_redirect(world.context, world.merchant, card, world.operator.address)
    stolen = replace(signed, message=replace(signed.message, to=world.other.address))
    with pytest.raises(errors.SubWalletSignatureInvalid):
        collect.collect(world.context, world.other, card, redirect=stolen)
    assert collect.collect(world.context, world.other, card).amount == left
    assert cards.balance(world.context, world.merchant.address).on_hand == left + 2307


def test_a_redirect_that_came_too_late(world: World, owing: tuple[str, int]) -> None:
    card, _ = owing
    signed = sign_redirect(world.context, world.merchant, card, world.other.address, valid=60)
    world.context.chain.advance(3600)
    with pytest.raises(errors.SubWalletDeadlinePassed):
        collect.collect(world.context, world.other, card, redirect=signed)


def test_the_payee_of_the_terms_redirects_not_the_merchant(world: World) -> None:
    """Where the terms name a payee, the merchant has no say in where the money goes."""
    terms = publish.terms_for(
        world.context, merchant=world.merchant.address, template="StoredValue", principal=100_000,
        bonus=30_000, consumer_formula=1,
    )  # fmt: skip
    publish.publish(world.context, world.merchant, replace(terms, payee=world.other.address), "by a payee")
    card = world.buy("by a payee").card
    world.consume(world.authorise(card))
    terminate.terminate(world.context, world.consumer, terminate.preview_termination(world.context, card))
    with pytest.raises(InvalidInput):
        sign_redirect(world.context, world.merchant, card, world.merchant.address)
    signed = sign_redirect(world.context, world.other, card, world.operator.address)
    done = collect.collect(world.context, world.merchant, card, redirect=signed)
    assert (done.amount, done.to) == (693, world.operator.address)
