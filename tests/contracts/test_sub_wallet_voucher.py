"""Running totals settled at once: `sub_wallet_voucher.tree`."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.contracts.harness import CLOSED, World, calldata, raises
from wallet.eip712 import Voucher
from wallet.terms import Terms


@pytest.fixture
def card(world: World) -> Terms:
    """A card of 1000 yuan with 300 given that takes vouchers, opened by Alice."""
    terms = world.terms(bonus=30_000, takes_vouchers=1)
    world.open(world.alice, terms)
    return terms


def send(world: World, card: Terms, voucher: Voucher, signature: bytes) -> int:
    return int(world.wallet(world.alice).redeem(card, calldata(voucher), signature, sender=world.shop))


def test_redeem_moves_what_all_use_so_far_releases(world: World, card: Terms) -> None:
    assert world.redeem(world.alice, card, used=3_000) == 2_307
    assert [event.name for event in world.events] == ["Redeemed", "Transfer"]
    assert world.events[0].args == {
        "card": world.card_id(world.alice, card),
        "used": 3_000,
        "listed": 3_000,
        "paid": 2_307,
        "released": 2_307,
    }
    assert world.balance(world.shop) == 2_307


def test_redeem_takes_the_newest_voucher_and_makes_older_ones_void(world: World, card: Terms) -> None:
    vouchers = [world.voucher(world.alice, card, used) for used in (1_000, 2_000, 3_000)]
    signatures = [world.sign(world.alice, world.alice, voucher) for voucher in vouchers]
    assert send(world, card, vouchers[2], signatures[2]) == 2_307
    for voucher, signature in zip(vouchers, signatures, strict=True):
        with raises("SubWallet_TotalsNotGrowing", 3_000):
            send(world, card, voucher, signature)


def test_redeem_goes_together_with_single_charges(world: World, card: Terms) -> None:
    world.consume(world.alice, card, used=1_000)
    assert world.redeem(world.alice, card, used=3_000) == 2_307 - 769
    assert world.consume(world.alice, card, used=4_000) == 3_076 - 2_307


def test_redeem_reverts_when_more_would_have_moved_in_all_than_max_released(
    world: World, card: Terms
) -> None:
    world.redeem(world.alice, card, used=1_000, max_released=769)
    with raises("SubWallet_PaysTooMuch", 2_307, 2_306):
        world.redeem(world.alice, card, used=3_000, max_released=2_306)
    world.redeem(world.alice, card, used=3_000, max_released=2_307)


def test_redeem_works_until_the_deadline_and_not_a_second_later(world: World, card: Terms) -> None:
    voucher = world.voucher(world.alice, card, 1_000)
    signature = world.sign(world.alice, world.alice, voucher)
    for moment in (voucher.deadline - 1, voucher.deadline):
        with world.rollback():
            world.warp(moment)
            send(world, card, voucher, signature)
    world.warp(voucher.deadline + 1)
    with raises("SubWallet_DeadlinePassed", voucher.deadline, voucher.deadline + 1):
        send(world, card, voucher, signature)


def test_redeem_reverts_for_another_epoch_than_the_cards(world: World, card: Terms) -> None:
    voucher = world.voucher(world.alice, card, 1_000)
    signature = world.sign(world.alice, world.alice, voucher)
    world.bump_epoch(world.alice, card, 1)
    with raises("SubWallet_EpochVoided", voucher.card, 0, 1):
        send(world, card, voucher, signature)


def test_redeem_reverts_for_anyone_elses_signature_or_a_changed_field(world: World, card: Terms) -> None:
    with raises("SubWallet_SignatureInvalid", world.alice):
        world.redeem(world.alice, card, used=1_000, signer=world.shop)
    voucher = world.voucher(world.alice, card, 1_000)
    signature = world.sign(world.alice, world.alice, voucher)
    changes: dict[str, Any] = {
        "used_after": 1_001,
        "listed_after": 1_001,
        "max_released": 100_001,
        "deadline": voucher.deadline + 1,
    }
    for name, value in changes.items():
        with raises("SubWallet_SignatureInvalid", world.alice):
            send(world, card, replace(voucher, **{name: value}), signature)


def test_redeem_reverts_when_no_total_grows_or_one_falls(world: World, card: Terms) -> None:
    world.redeem(world.alice, card, used=100, listed_after=200)
    for used, listed in ((100, 200), (99, 300), (300, 199)):
        with raises("SubWallet_TotalsNotGrowing", 100, used, 200, listed):
            world.redeem(world.alice, card, used=used, listed_after=listed)


def test_redeem_reverts_for_a_total_that_does_not_fit_the_card(world: World, card: Terms) -> None:
    with raises("SubWallet_NumberTooLarge", 2**48):
        world.redeem(world.alice, card, used=1, listed_after=2**48)


def test_redeem_reverts_for_a_closed_card(world: World, card: Terms) -> None:
    world.wallet(world.alice).terminate(card, 0, sender=world.alice)
    with raises("SubWallet_CardNotOpen", world.card_id(world.alice, card), CLOSED):
        world.redeem(world.alice, card, used=1)


def test_redeem_reverts_when_the_terms_do_not_switch_vouchers_on(world: World) -> None:
    terms = world.terms()
    card = world.open(world.alice, terms)
    with raises("SubWallet_VouchersOff", card):
        world.redeem(world.alice, terms, used=1)
