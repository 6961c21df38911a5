"""Progress on the word of a certifier: `sub_wallet_certify.tree`."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.contracts.craft import (
    ELAPSED,
    LISTED,
    RETURN_TOP,
    REVERT,
    USED,
    field,
    force,
    push,
    template,
    word,
)
from tests.contracts.evm import CHAIN_ID
from tests.contracts.harness import CLOSED, NONE, OPEN, OWING, World, calldata, raises
from wallet.eip712 import sub_wallet_domain
from wallet.rules import UNCONFIRMED
from wallet.terms import ON_CONDITIONS, Terms

ALL = 100_000
SILENT = 1
"""An answer of HostileRegistry: it reverts."""


def opened(world: World, **fields: Any) -> Terms:
    """Alice's certified card of 1000 yuan; its template releases the list-price total and owes nothing."""
    base = {"certifier": world.certifier, "template": world.admit(template(field(LISTED), word(0)))}
    terms = world.terms(**{**base, **fields})
    world.open(world.alice, terms)
    return terms


def conditional(world: World, **fields: Any) -> Terms:
    """A card whose template releases all that was used, and whose certificates release by themselves."""
    rules = world.admit(template(field(USED), word(0)))
    base = {"template": rules, "trigger": ON_CONDITIONS, "accrual": 10_000, "accrual_days": 30}
    return opened(world, **{**base, **fields})


def test_certify_raises_the_totals_and_moves_no_money(world: World) -> None:
    terms = opened(world)
    assert world.certify(world.alice, terms, 30_000, listed=35_000) == 0
    state = world.card(world.alice, terms)
    assert state[:4] == (30_000, 35_000, 0, ALL)
    assert (state.status, state.marks) == (OPEN, UNCONFIRMED)
    assert [event.name for event in world.events] == ["Certified"]


def test_certify_says_what_was_seen_in_an_event(world: World) -> None:
    terms, evidence = opened(world), bytes(range(32))
    world.certify(world.alice, terms, 30_000, listed=35_000, evidence=evidence)
    assert world.events[0].args == {
        "card": world.card_id(world.alice, terms),
        "evidence": evidence,
        "used": 30_000,
        "listed": 35_000,
        "paid": 0,
        "released": 0,
    }


def test_certify_counts_at_exit_though_the_consumer_has_not_confirmed_it(world: World) -> None:
    terms, wallet = opened(world), world.wallet(world.alice)
    world.certify(world.alice, terms, 30_000)
    assert wallet.terminate(terms, 0, sender=world.alice) == 70_000
    assert world.card(world.alice, terms)[3::2] == (30_000, OWING, 0)
    wallet.collect(terms)
    assert world.balance(world.shop) == 30_000


def test_certify_may_be_carried_by_anyone(world: World) -> None:
    terms = opened(world)
    for number, carrier in enumerate((world.shop, world.bob, world.alice, world.certifier), 1):
        world.certify(world.alice, terms, number, sender=carrier)
    assert world.card(world.alice, terms).used == 4


def test_certify_takes_the_signature_of_a_contract_that_certifies(world: World) -> None:
    bureau = world.deploy("RecoverableOwner", world.certifier, world.stranger)
    terms = opened(world, certifier=bureau)
    assert world.certify(world.alice, terms, 30_000) == 0
    assert world.card(world.alice, terms).used == 30_000
    with raises("SubWallet_SignatureInvalid", bureau):
        world.certify(world.alice, terms, 40_000, signer=world.shop)


def test_certify_reverts_for_a_signature_that_is_not_the_certifiers(world: World) -> None:
    terms = opened(world)
    for other in (world.alice, world.shop, world.arbiter, world.operator):
        with raises("SubWallet_SignatureInvalid", world.certifier):
            world.certify(world.alice, terms, 10, signer=other)
    message = world.certificate(world.alice, terms, 10)
    signature = world.sign(world.certifier, world.alice, message)
    wallet = world.wallet(world.alice)
    for changed in (
        replace(message, used_after=11),
        replace(message, listed_after=11),
        replace(message, evidence=b"\1" * 32),
        replace(message, deadline=message.deadline + 1),
    ):
        with raises("SubWallet_SignatureInvalid", world.certifier):
            wallet.certify(terms, calldata(changed), signature)


def test_certify_reverts_for_a_certificate_of_another_card_wallet_or_chain(world: World) -> None:
    terms, other = opened(world), opened(world)
    wallet, message = world.wallet(world.alice), world.certificate(world.alice, opened(world), 10)
    elsewhere = replace(message, card=world.card_id(world.alice, other))
    with raises("SubWallet_SignatureInvalid"):
        wallet.certify(terms, calldata(message), world.sign(world.certifier, world.alice, elsewhere))
    here = replace(message, card=world.card_id(world.alice, terms))
    for domain in (world.domain(world.bob), sub_wallet_domain(1, wallet.address)):
        with raises("SubWallet_SignatureInvalid"):
            wallet.certify(terms, calldata(here), world.certifier.sign(here, domain))
    domain = sub_wallet_domain(CHAIN_ID, wallet.address)
    wallet.certify(terms, calldata(here), world.certifier.sign(here, domain))


def test_certify_reverts_after_its_deadline_and_in_another_epoch(world: World) -> None:
    terms = opened(world)
    world.certify(world.alice, terms, 10, deadline=world.now)
    with raises("SubWallet_DeadlinePassed", world.now - 1, world.now):
        world.certify(world.alice, terms, 20, deadline=world.now - 1)
    world.bump_epoch(world.alice, terms, 2)
    for epoch in (0, 1, 3):
        with raises("SubWallet_EpochVoided", world.card_id(world.alice, terms), epoch, 2):
            world.certify(world.alice, terms, 20, epoch=epoch)
    world.certify(world.alice, terms, 20, epoch=2)


def test_certify_reverts_when_a_total_falls_or_neither_grows_so_once_and_in_order(world: World) -> None:
    terms = opened(world)
    world.certify(world.alice, terms, 100, listed=200)
    for used, listed in ((100, 200), (99, 300), (200, 199), (0, 0)):
        with raises("SubWallet_TotalsNotGrowing", 100, used, 200, listed):
            world.certify(world.alice, terms, used, listed=listed)
    world.certify(world.alice, terms, 100, listed=201)
    world.certify(world.alice, terms, 101, listed=201)


def test_certify_reverts_for_a_number_that_does_not_fit(world: World) -> None:
    terms = opened(world)
    for used, listed in ((1 << 48, 1), (1, 1 << 48)):
        with raises("SubWallet_NumberTooLarge", 1 << 48):
            world.certify(world.alice, terms, used, listed=listed)


def test_certify_reverts_for_terms_that_name_no_certifier(world: World) -> None:
    terms = world.terms()
    world.open(world.alice, terms)
    with raises("SubWallet_NoCertifier", world.card_id(world.alice, terms)):
        world.certify(world.alice, terms, 10)


def test_certify_reverts_for_a_card_that_is_not_open(world: World) -> None:
    terms, never = opened(world), world.terms(certifier=world.certifier)
    world.wallet(world.alice).terminate(terms, 0, sender=world.alice)
    for card, status in ((terms, CLOSED), (never, NONE)):
        with raises("SubWallet_CardNotOpen", world.card_id(world.alice, card), status):
            world.certify(world.alice, card, 10)


def test_consume_pays_for_what_was_certified(world: World) -> None:
    terms = opened(world)
    world.certify(world.alice, terms, 30_000, listed=35_000)
    assert world.consume(world.alice, terms, 30_000, listed_after=35_000) == 35_000
    state = world.card(world.alice, terms)
    assert state[:4] == (30_000, 35_000, 35_000, 65_000)
    assert state.marks == 0
    world.certify(world.alice, terms, 40_000, listed=50_000)
    assert world.consume(world.alice, terms, 40_000, listed_after=50_000) == 15_000


def test_consume_reverts_for_any_other_totals(world: World) -> None:
    terms = opened(world)
    with raises("SubWallet_NotCertified", 0, 10, 0, 10):
        world.consume(world.alice, terms, 10)
    world.certify(world.alice, terms, 100, listed=200)
    for used, listed in ((101, 200), (100, 201), (99, 200), (100, 199), (1 << 200, 200)):
        with raises("SubWallet_NotCertified", 100, used, 200, listed):
            world.consume(world.alice, terms, used, listed_after=listed)
    messages = [world.consumption(world.alice, terms, used, listed_after=200) for used in (100, 101)]
    signatures = [world.sign(world.alice, world.alice, message) for message in messages]
    with raises("SubWallet_NotCertified", 100, 101):
        world.consume_many(world.alice, terms, messages, signatures)


def test_consume_works_once_for_each_certificate_even_if_more_would_be_released_later(world: World) -> None:
    """A template that releases with time: a signature for 100 fen must not fetch a second 100 another day."""
    hundred_a_day = push(ELAPSED) + b"\x35" + push(100) + b"\x02" + RETURN_TOP
    daily = world.admit(template(hundred_a_day, word(0)))
    terms = opened(world, template=daily)
    world.certify(world.alice, terms, 1)
    world.advance(days=1)
    message = world.consumption(world.alice, terms, 1, max_pay=100, deadline=world.now + 90 * 86_400)
    signature = world.sign(world.alice, world.alice, message)
    assert world.send_consume(world.alice, terms, message, signature) == 100
    world.advance(days=1)
    with raises("SubWallet_TotalsNotGrowing", 1, 1, 1, 1):
        world.send_consume(world.alice, terms, message, signature)
    world.certify(world.alice, terms, 2)
    with raises("SubWallet_NotCertified"):
        world.send_consume(world.alice, terms, message, signature)


def test_consume_reverts_when_nothing_moves_and_may_be_tried_again(world: World) -> None:
    terms = opened(world)
    world.certify(world.alice, terms, 5, listed=0)
    with raises("SubWallet_NothingDue", world.card_id(world.alice, terms)):
        world.consume(world.alice, terms, 5, listed_after=0)
    assert world.card(world.alice, terms).marks == UNCONFIRMED
    world.certify(world.alice, terms, 5, listed=9)
    assert world.consume(world.alice, terms, 5, listed_after=9) == 9


def test_consume_leaves_totals_that_nobody_certified_uncounted_at_exit(world: World) -> None:
    terms = opened(world)
    world.certify(world.alice, terms, 10_000)
    with raises("SubWallet_NotCertified"):
        world.consume(world.alice, terms, 90_000)
    assert world.terminate(world.alice, terms) == 90_000


def test_consume_meets_an_exit_in_either_order_with_a_certificate(world: World) -> None:
    """Whoever comes first: a certificate in time counts, one that is late finds the card closed. An exit that
    was signed for more than is left after it does not happen."""
    terms = opened(world)
    message = world.certificate(world.alice, terms, 30_000)
    stated = calldata(message), world.sign(world.certifier, world.alice, message)
    wallet = world.wallet(world.alice)
    with world.rollback():
        assert world.terminate(world.alice, terms, ALL) == ALL
        with raises("SubWallet_CardNotOpen", ..., CLOSED):
            wallet.certify(terms, *stated)
        assert world.balance(world.shop) == 0
    wallet.certify(terms, *stated)
    with raises("SubWallet_RefundTooLow", 70_000, ALL):
        world.terminate(world.alice, terms, ALL)
    assert world.terminate(world.alice, terms, 70_000) == 70_000


def test_trigger_releases_what_was_certified_up_to_the_advance_or_what_time_has_earned(world: World) -> None:
    terms = conditional(world, advance=15_000)
    assert world.balance(world.shop) == 0  # nothing was used, so the template released nothing at opening
    assert world.certify(world.alice, terms, 12_000) == 12_000
    assert world.named("Certified")[0].args["paid"] == 12_000
    assert world.named("Certified")[0].args["released"] == 12_000
    assert world.certify(world.alice, terms, 20_000) == 3_000
    assert world.certify(world.alice, terms, 30_000) == 0
    world.advance(days=59)
    assert world.certify(world.alice, terms, 31_000) == 0
    world.advance(days=1)
    assert world.certify(world.alice, terms, 32_000) == 5_000
    assert world.balance(world.shop) == world.card(world.alice, terms).released == 20_000
    world.advance(days=3_000)
    assert world.certify(world.alice, terms, 33_000) == 13_000


def test_trigger_releases_nothing_in_cooling_off(world: World) -> None:
    terms = conditional(world, advance=15_000, cooling_days=7, accrual_days=1)
    for day in range(1, 8):
        assert world.certify(world.alice, terms, 1_000 * day) == 0
        world.advance(days=1)
    assert world.certify(world.alice, terms, 8_000) == 0
    world.advance(days=1)
    assert world.certify(world.alice, terms, 9_000) == 9_000


def test_trigger_releases_on_the_day_of_opening_where_there_is_no_cooling_off(world: World) -> None:
    terms = conditional(world, advance=5_000, accrual=0)
    assert world.certify(world.alice, terms, 9_000) == 5_000


def test_trigger_counts_time_up_to_the_day_the_merchant_stopped(world: World) -> None:
    terms = conditional(world)
    world.advance(days=65)
    world.merchants.stop(world.shop, sender=world.shop)
    world.advance(days=300)
    assert world.certify(world.alice, terms, ALL) == 20_000


def test_trigger_counts_days_by_the_calendar_to_the_second(world: World) -> None:
    """A card opened in the first second of a day has earned nothing in its last one."""
    world.advance(86_400 - (world.now + 8 * 3600) % 86_400)
    earning = conditional(world, accrual=100, accrual_days=1)
    seen = conditional(world, template=world.admit(template(field(ELAPSED), word(0))), advance=ALL)
    world.advance(86_399)
    for terms in (earning, seen):
        assert world.certify(world.alice, terms, 10_000) == 0
    world.advance(1)
    assert world.certify(world.alice, earning, 10_001) == 100
    assert world.certify(world.alice, seen, 10_001) == 1


def test_trigger_releases_nothing_while_nobody_can_say_whether_the_merchant_performs() -> None:
    world = World()
    registry = world.deploy("HostileRegistry")
    world.found(merchants=registry)
    terms = conditional(world, advance=50_000)
    world.advance(days=90)
    for answer in (SILENT, 2, 3):
        with world.rollback():
            registry.decide(answer)
            assert world.certify(world.alice, terms, 40_000) == 0
            assert world.card(world.alice, terms)[:4] == (40_000, 40_000, 0, ALL)
    assert world.certify(world.alice, terms, 40_000) == 40_000


def test_trigger_lets_the_consumer_confirm_the_rest(world: World) -> None:
    terms = conditional(world, advance=5_000)
    assert world.certify(world.alice, terms, 20_000) == 5_000
    assert world.consume(world.alice, terms, 20_000) == 15_000
    with raises("SubWallet_TotalsNotGrowing"):
        world.consume(world.alice, terms, 20_000)


def test_trigger_reverts_when_the_template_fails(world: World) -> None:
    failing = world.admit(template(REVERT, REVERT))
    terms = conditional(world, template=failing)
    world.advance(days=30)
    with raises("SubWallet_TemplateFailed", failing):
        world.certify(world.alice, terms, 1)
    assert world.terminate(world.alice, terms) == ALL


def test_trigger_releases_nothing_by_itself_where_the_consumer_confirms(world: World) -> None:
    terms = conditional(world, trigger=0, advance=50_000)
    world.advance(days=90)
    assert world.certify(world.alice, terms, 40_000) == 0
    # Time still earns what the terms say, as on any card.
    world.wallet(world.alice).settle(terms)
    assert world.balance(world.shop) == 30_000


def refused(world: World, terms: Terms, what: str, value: int) -> None:
    with raises("SubWallet_TermsInvalid", what, value):
        world.open(world.alice, terms)


def test_terms_reverts_for_a_trigger_that_is_not_known(world: World) -> None:
    for trigger in (1, 3, 15):
        terms = world.terms(certifier=world.certifier, accrual_days=1)
        refused(world, force(terms, trigger=trigger), "trigger", trigger)


def test_terms_reverts_for_conditions_without_a_certifier_or_without_a_period(world: World) -> None:
    refused(world, world.terms(trigger=ON_CONDITIONS, accrual_days=1), "certifier", 0)
    refused(world, world.terms(trigger=ON_CONDITIONS, certifier=world.certifier), "accrualDays", 0)


def test_terms_reverts_for_a_certifier_that_is_the_merchant_or_the_payee(world: World) -> None:
    """What is certified counts at exit without the consumer's signature: it must not be the payee's word."""
    for certifier, payee in ((world.shop, world.payee), (world.payee, world.payee)):
        terms = world.terms(certifier=certifier, payee=payee)
        refused(world, terms, "certifier", int(certifier.address, 16))


def test_terms_reverts_for_vouchers_beside_a_certifier(world: World) -> None:
    refused(world, world.terms(certifier=world.certifier, takes_vouchers=1), "takesVouchers", 1)


@pytest.mark.parametrize(
    ("name", "what"),
    [("pause_max_days", "pauseMaxDays"), ("confirm_hours", "confirmHours"), ("transferable", "transferable")],
)
def test_terms_reverts_for_a_pause_an_hour_of_silence_or_a_transferable_card(
    world: World, name: str, what: str
) -> None:
    """Nothing may be promised that nobody keeps."""
    refused(world, world.terms(**{name: 1}), what, 1)
