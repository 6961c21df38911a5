"""Charges, one by one and several at once: `sub_wallet_consume.tree`."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.contracts.craft import (
    ELAPSED,
    FACTS,
    LISTED,
    OBEDIENT,
    RELEASED,
    TIER,
    USED,
    field,
    template,
    word,
)
from tests.contracts.evm import CHAIN_ID
from tests.contracts.harness import CLOSED, NONE, World, raises
from wallet.eip712 import Consume, Voucher, keccak256, sub_wallet_domain
from wallet.eip712.signature import compact
from wallet.terms import Terms

CHARGE = keccak256(b"salt C-17")
MAX48 = 2**48 - 1


@pytest.fixture
def card(world: World) -> Terms:
    """A card of 1000 yuan with 300 given, opened by Alice, paid out to `payee`."""
    terms = world.terms(bonus=30_000, payee=world.payee)
    world.open(world.alice, terms)
    return terms


def test_consume_moves_what_the_template_newly_releases_to_the_payee(world: World, card: Terms) -> None:
    assert world.consume(world.alice, card, used=3_000) == 2_307
    assert world.consume(world.alice, card, used=6_000) == 4_615 - 2_307
    assert world.balance(world.payee) == 4_615
    assert world.balance(world.shop) == 0
    assert world.card(world.alice, card)[:4] == (6_000, 6_000, 4_615, 95_385)


def test_consume_emits_the_charge_with_running_totals_after_all_checks(world: World, card: Terms) -> None:
    world.consume(world.alice, card, used=1_000)
    world.consume(world.alice, card, used=3_000, listed_after=3_500, charge=CHARGE)
    assert [event.name for event in world.events] == ["Consumed", "Transfer"]
    assert world.events[0].args == {
        "card": world.card_id(world.alice, card),
        "charge": CHARGE,
        "used": 3_000,
        "listed": 3_500,
        "paid": 2_307 - 769,
        "released": 2_307,
    }


def test_consume_may_be_carried_by_anyone(world: World, card: Terms) -> None:
    for used, carrier in ((10, world.shop), (20, world.bob), (30, world.alice)):
        world.consume(world.alice, card, used=used, sender=carrier)
    assert world.card(world.alice, card).used == 30


def test_consume_takes_a_compact_signature_too(world: World, card: Terms) -> None:
    for used in range(10, 100, 10):  # both parities
        message = world.consumption(world.alice, card, used)
        signature = compact(world.sign(world.alice, world.alice, message))
        assert len(signature) == 64
        world.send_consume(world.alice, card, message, signature)


def test_consume_moves_nothing_when_nothing_is_newly_released_yet_keeps_the_totals(world: World) -> None:
    terms = world.terms(template=world.admit(OBEDIENT), params0=0)
    world.open(world.alice, terms)
    assert world.consume(world.alice, terms, used=7, listed_after=9) == 0
    assert [event.name for event in world.events] == ["Consumed"]
    assert world.card(world.alice, terms)[:4] == (7, 9, 0, 100_000)


def test_consume_reverts_for_anyone_elses_signature(world: World, card: Terms) -> None:
    for other in (world.bob, world.shop, world.payee, world.operator):
        with raises("SubWallet_SignatureInvalid", world.alice):
            world.consume(world.alice, card, used=1, signer=other)


def test_consume_reverts_when_any_field_was_changed(world: World, card: Terms) -> None:
    message = world.consumption(world.alice, card, 100, charge=CHARGE)
    signature = world.sign(world.alice, world.alice, message)
    changes: dict[str, Any] = {
        "used_after": 101,
        "listed_after": 101,
        "max_pay": message.max_pay + 1,
        "charge": bytes(32),
        "deadline": message.deadline + 1,
    }
    for name, value in changes.items():
        with raises("SubWallet_SignatureInvalid", world.alice):
            world.send_consume(world.alice, card, replace(message, **{name: value}), signature)
    world.send_consume(world.alice, card, message, signature)


def test_consume_reverts_for_a_signature_over_another_card_or_wallet_or_chain(
    world: World, card: Terms
) -> None:
    other = world.terms()
    world.open(world.alice, other)
    message = world.consumption(world.alice, card, 100)
    wallet = world.wallet(world.alice).address
    wrong = [
        world.sign(world.alice, world.alice, world.consumption(world.alice, other, 100)),
        world.sign(world.alice, world.bob, message),
        world.alice.sign(message, sub_wallet_domain(CHAIN_ID + 1, wallet)),
        world.alice.sign(message, sub_wallet_domain(CHAIN_ID, world.implementation.address)),
    ]
    for signature in wrong:
        with raises("SubWallet_SignatureInvalid"):
            world.send_consume(world.alice, card, message, signature)


def test_consume_reverts_for_another_message_of_the_same_numbers(world: World, card: Terms) -> None:
    message = world.consumption(world.alice, card, 100)
    voucher = Voucher(message.card, 100, 100, message.max_pay, message.deadline, 0)
    for signature in (
        world.sign(world.alice, world.alice, voucher),
        world.sign(world.alice, world.alice, card),
        world.sign_authorization(world.alice, world.alice, card),
    ):
        with raises("SubWallet_SignatureInvalid"):
            world.send_consume(world.alice, card, message, signature)


def test_consume_works_until_the_deadline_and_not_a_second_later(world: World, card: Terms) -> None:
    message = world.consumption(world.alice, card, 100)
    signature = world.sign(world.alice, world.alice, message)
    for moment in (message.deadline - 1, message.deadline):
        with world.rollback():
            world.warp(moment)
            world.send_consume(world.alice, card, message, signature)
    world.warp(message.deadline + 1)
    with raises("SubWallet_DeadlinePassed", message.deadline, message.deadline + 1):
        world.send_consume(world.alice, card, message, signature)


def test_consume_reverts_for_another_epoch_than_the_cards(world: World, card: Terms) -> None:
    world.bump_epoch(world.alice, card, 5)
    for epoch in (0, 4, 6, 2**256 - 1):
        with raises("SubWallet_EpochVoided", world.card_id(world.alice, card), epoch, 5):
            world.consume(world.alice, card, used=1, epoch=epoch)
    assert world.consume(world.alice, card, used=130, epoch=5) == 100


def test_consume_reverts_when_the_same_authorisation_comes_again(world: World, card: Terms) -> None:
    message = world.consumption(world.alice, card, 100)
    signature = world.sign(world.alice, world.alice, message)
    world.send_consume(world.alice, card, message, signature)
    with raises("SubWallet_TotalsNotGrowing", 100, 100, 100, 100):
        world.send_consume(world.alice, card, message, signature)


def test_consume_reverts_when_a_total_falls(world: World, card: Terms) -> None:
    world.consume(world.alice, card, used=100, listed_after=200)
    for used, listed in ((99, 300), (300, 199), (0, 0)):
        with raises("SubWallet_TotalsNotGrowing", 100, used, 200, listed):
            world.consume(world.alice, card, used=used, listed_after=listed)


def test_consume_reverts_when_no_total_grows(world: World, card: Terms) -> None:
    with raises("SubWallet_TotalsNotGrowing", 0, 0, 0, 0):
        world.consume(world.alice, card, used=0)


def test_consume_needs_only_one_total_to_grow(world: World, card: Terms) -> None:
    world.consume(world.alice, card, used=1, listed_after=0)
    world.consume(world.alice, card, used=1, listed_after=1)
    assert world.card(world.alice, card)[:2] == (1, 1)


def test_consume_reverts_for_an_older_authorisation_overtaken_by_a_newer_one(
    world: World, card: Terms
) -> None:
    older = world.consumption(world.alice, card, 100)
    signature = world.sign(world.alice, world.alice, older)
    world.consume(world.alice, card, used=150)
    with raises("SubWallet_TotalsNotGrowing", 150, 100):
        world.send_consume(world.alice, card, older, signature)


def test_consume_reverts_for_a_total_that_does_not_fit_the_card(world: World, card: Terms) -> None:
    for number in (MAX48 + 1, MAX48 + 2, 2**256 - 1):
        with raises("SubWallet_NumberTooLarge", number):
            world.consume(world.alice, card, used=number)
        with raises("SubWallet_NumberTooLarge", number):
            world.consume(world.alice, card, used=1, listed_after=number)
    world.consume(world.alice, card, used=1, listed_after=MAX48)


def test_consume_reverts_when_more_would_move_than_max_pay(world: World, card: Terms) -> None:
    with raises("SubWallet_PaysTooMuch", 2_307, 2_306):
        world.consume(world.alice, card, used=3_000, max_pay=2_306)


def test_consume_moves_exactly_max_pay_when_that_is_what_is_released(world: World, card: Terms) -> None:
    assert world.consume(world.alice, card, used=3_000, max_pay=2_307) == 2_307


def test_consume_never_moves_more_than_the_principal_in_all(world: World) -> None:
    terms = world.terms(template=world.admit(OBEDIENT), params0=2**256 - 1)
    world.open(world.alice, terms)
    assert world.consume(world.alice, terms, used=1) == 100_000
    assert world.consume(world.alice, terms, used=2) == 0
    assert world.card(world.alice, terms)[2:4] == (100_000, 0)


def test_consume_never_takes_money_back_when_the_templates_answer_falls(world: World) -> None:
    # Releases 500 less what was listed.
    falling = template(
        b"\x61" + LISTED.to_bytes(2) + b"\x35" + bytes.fromhex("6101f4035f5260205ff3"), word(0)
    )
    terms = world.terms(template=world.admit(falling))
    world.open(world.alice, terms)
    assert world.consume(world.alice, terms, used=1, listed_after=100) == 400
    assert world.consume(world.alice, terms, used=2, listed_after=300) == 0
    assert world.card(world.alice, terms).released == 400


def test_consume_goes_to_the_merchant_when_the_terms_name_no_payee(world: World) -> None:
    terms = world.terms()
    world.open(world.alice, terms)
    world.consume(world.alice, terms, used=50)
    assert world.balance(world.shop) == 50


def test_consume_reverts_with_the_templates_reason_when_it_fails(world: World, card: Terms) -> None:
    overdrawn = keccak256(b"Template_Overdrawn(uint256,uint256)")[:4]
    with raises("SubWallet_TemplateFailed", world.stored_value, overdrawn):
        world.consume(world.alice, card, used=130_001)
    assert world.consume(world.alice, card, used=130_000) == 100_000


@pytest.mark.parametrize(
    ("place", "told"), [(USED, 40), (LISTED, 70), (RELEASED, 25), (ELAPSED, 2), (TIER, 0), (FACTS, 3)]
)
def test_consume_tells_the_template_the_totals_the_days_and_the_facts(
    world: World, place: int, told: int
) -> None:
    # Ten fen and what it was told.
    echo = template(b"\x61" + place.to_bytes(2) + b"\x35" + bytes.fromhex("600a015f5260205ff3"), word(0))
    terms = world.terms(template=world.admit(echo), advance=25, declared=3)
    world.open(world.alice, terms)
    before = world.card(world.alice, terms).released
    if place == RELEASED:
        told = before
    world.advance(days=2)
    paid = world.consume(world.alice, terms, used=40, listed_after=70)
    assert before + paid == max(before, 10 + told)


def test_consume_asks_with_time_up_to_now(world: World) -> None:
    terms = world.terms(template=world.admit(template(field(ELAPSED), word(0))))
    world.open(world.alice, terms)
    # Opened at 16:00 in China: eight hours later the first calendar day has passed.
    totals = []
    for seconds in (8 * 3600 - 1, 1, 86_400):
        world.advance(seconds)
        world.consume(world.alice, terms, used=len(totals) + 1)
        totals.append(world.card(world.alice, terms).released)
    assert totals == [0, 1, 2]


def test_consume_reverts_for_a_card_that_was_never_opened(world: World, card: Terms) -> None:
    with raises("SubWallet_CardNotOpen", ..., NONE):
        world.consume(world.alice, replace(card, order=card.order + 1), used=1)


def test_consume_reverts_for_a_closed_card(world: World, card: Terms) -> None:
    world.wallet(world.alice).terminate(card, 0, sender=world.alice)
    with raises("SubWallet_CardNotOpen", world.card_id(world.alice, card), CLOSED):
        world.consume(world.alice, card, used=1)


def test_consume_works_while_the_merchant_is_suspended_or_has_stopped(world: World, card: Terms) -> None:
    for used, say in ((10, "suspend"), (20, "stop"), (30, "close")):
        world.merchants.send(say, world.shop, sender=world.operator)
        world.consume(world.alice, card, used=used)


def signed(world: World, card: Terms, *totals: int, **fields: Any) -> tuple[list[Consume], list[bytes]]:
    messages = [world.consumption(world.alice, card, used, **fields) for used in totals]
    return messages, [world.sign(world.alice, world.alice, message) for message in messages]


def test_consume_many_takes_several_charges_of_one_card_in_order_and_moves_the_token_once(
    world: World, card: Terms
) -> None:
    assert world.consume_many(world.alice, card, *signed(world, card, 1_000, 2_000, 3_000)) == 2_307
    assert [event.name for event in world.events] == ["Consumed"] * 3 + ["Transfer"]
    assert [event.args["paid"] for event in world.named("Consumed")] == [769, 769, 769]
    assert [event.args["released"] for event in world.named("Consumed")] == [769, 1_538, 2_307]
    assert world.balance(world.payee) == 2_307


def test_consume_many_moves_to_the_fen_what_the_charges_alone_would_have_moved(
    world: World, card: Terms
) -> None:
    totals = [7, 1_001, 1_002, 40_000, 130_000]
    with world.rollback():
        alone = [world.consume(world.alice, card, used=used) for used in totals]
    world.consume_many(world.alice, card, *signed(world, card, *totals))
    assert [event.args["paid"] for event in world.named("Consumed")] == alone


def test_consume_many_goes_on_from_what_was_released_before(world: World, card: Terms) -> None:
    """Only what is new is paid, and the card keeps where the last charge left it."""
    world.consume(world.alice, card, used=1_000)
    several = signed(world, card, 2_000, 3_000)
    assert world.consume_many(world.alice, card, *several) == 2_307 - 769
    assert world.balance(world.payee) == 2_307
    assert world.card(world.alice, card)[:4] == (3_000, 3_000, 2_307, 100_000 - 2_307)
    with raises("SubWallet_TotalsNotGrowing"):
        world.consume_many(world.alice, card, *several)


def test_consume_many_does_all_or_nothing(world: World, card: Terms) -> None:
    messages, signatures = signed(world, card, 100, 200, 150)
    with raises("SubWallet_TotalsNotGrowing", 200, 150):
        world.consume_many(world.alice, card, messages, signatures)
    messages, signatures = signed(world, card, 1_000, 2_000, max_pay=768)
    with raises("SubWallet_PaysTooMuch", 769, 768):
        world.consume_many(world.alice, card, messages, signatures)
    assert world.card(world.alice, card).used == 0


def test_consume_many_reverts_when_signatures_are_missing(world: World, card: Terms) -> None:
    messages, signatures = signed(world, card, 100, 200)
    with raises("Panic", 0x32):
        world.consume_many(world.alice, card, messages, signatures[:1])
    with raises("SubWallet_SignatureInvalid"):
        world.consume_many(world.alice, card, messages, signatures[::-1])


def test_consume_many_does_nothing_when_given_nothing(world: World, card: Terms) -> None:
    before = world.card(world.alice, card)
    assert world.consume_many(world.alice, card, [], []) == 0
    assert world.events == []
    assert world.card(world.alice, card) == before
