"""How a card ends when its consumer wishes: `sub_wallet_end.tree`."""

from __future__ import annotations

from typing import Any

from tests.contracts.craft import INVALID, OBEDIENT, REVERT, STOP, short, template
from tests.contracts.harness import CLOSED, NONE, OPEN, OWING, RICH, SHORT, World, raises
from wallet.rules.model import Cause
from wallet.terms import COOLING_ORDINARY, EXPIRY_LAPSE, EXPIRY_REFUND, GIFT_FIRST, LIST, Terms

LAW = {"bonus": 30_000, "consumer_formula": LIST}
DAY_END = 8 * 3600
"""Seconds from a World's start, 16:00 in China, to the end of that day."""


def opened(world: World, **fields: Any) -> Terms:
    """A card of Alice's, 1000 yuan unless `fields` say otherwise."""
    terms = world.terms(**fields)
    world.open(world.alice, terms)
    return terms


def end(world: World, terms: Terms, least: int = 0) -> int:
    return int(world.wallet(world.alice).terminate(terms, least, sender=world.alice))


def closed(world: World) -> dict[str, Any]:
    """What the last transaction's `Closed` says, without the card."""
    return {name: value for name, value in world.named("Closed")[0].args.items() if name != "card"}


def cause(world: World, terms: Terms) -> Cause:
    return Cause(world.wallet(world.alice).quote(terms)[1])


def owed(world: World, terms: Terms) -> int:
    return int(world.wallet(world.alice).quote(terms)[0])


def test_terminate_refunds_at_once_and_closes_the_card(world: World) -> None:
    terms = opened(world)
    assert end(world, terms) == 100_000
    assert world.balance(world.alice) == RICH
    assert world.balance(world.wallet(world.alice)) == 0
    assert world.card(world.alice, terms)[2:6] == (0, 0, world.now, CLOSED)


def test_terminate_emits_cause_refund_what_the_merchant_may_collect_and_the_shortfall(world: World) -> None:
    terms = opened(world, **LAW)
    world.consume(world.alice, terms, used=3_000)
    end(world, terms)
    assert [event.name for event in world.events] == ["Closed", "Transfer"]
    assert closed(world) == {"cause": Cause.CONSUMER, "refund": 97_000, "toCollect": 693, "shortfall": 0}


def test_terminate_leaves_what_is_not_refunded_for_the_merchant_to_collect(world: World) -> None:
    terms = opened(world, **LAW)
    world.consume(world.alice, terms, used=3_000)
    assert end(world, terms) == 97_000
    assert world.balance(world.shop) == 2_307
    assert world.card(world.alice, terms)[2:6] == (2_307, 693, world.now, OWING)


def test_terminate_records_a_shortfall_when_less_is_held_than_owed(world: World) -> None:
    terms = opened(world, custody_bps=4_000, advance=100_000)
    world.consume(world.alice, terms, used=10_000)
    assert world.card(world.alice, terms)[2:4] == (64_000, 36_000)
    assert end(world, terms) == 36_000
    assert closed(world) == {"cause": Cause.CONSUMER, "refund": 36_000, "toCollect": 0, "shortfall": 54_000}
    assert world.card(world.alice, terms)[2:6] == (64_000, 54_000, world.now, SHORT)


def test_terminate_reverts_for_anyone_but_the_consumer(world: World) -> None:
    terms = opened(world)
    for other in (world.shop, world.operator, world.bob):
        with raises("SubWallet_NotConsumer", other, world.alice):
            world.wallet(world.alice).terminate(terms, 0, sender=other)


def test_terminate_reverts_for_a_card_that_is_not_open(world: World) -> None:
    with raises("SubWallet_CardNotOpen", ..., NONE):
        end(world, world.terms())
    terms = opened(world)
    end(world, terms)
    with raises("SubWallet_CardNotOpen", world.card_id(world.alice, terms), CLOSED):
        end(world, terms)


def test_terminate_reverts_when_less_than_min_refund_would_come_back(world: World) -> None:
    terms = opened(world)
    world.consume(world.alice, terms, used=1)
    with raises("SubWallet_RefundTooLow", 99_999, 100_000):
        end(world, terms, 100_000)
    assert end(world, terms, 99_999) == 99_999


def test_terminate_needs_no_merchant_operator_or_payee(world: World) -> None:
    terms = opened(world, payee=world.payee)
    for say in ("suspend", "stop", "close"):
        world.merchants.send(say, world.shop, sender=world.operator)
        with world.rollback():
            assert end(world, terms) == 100_000


def test_terminate_by_sig_ends_the_card_for_anyone_who_carries_the_consumers_signature(
    world: World,
) -> None:
    terms = opened(world)
    assert world.terminate(world.alice, terms, sender=world.shop) == 100_000
    assert world.balance(world.alice) == RICH


def test_terminate_by_sig_works_until_the_deadline_and_not_a_second_later(world: World) -> None:
    terms = opened(world)
    until = world.now + 60
    for moment in (until - 1, until):
        with world.rollback():
            world.warp(moment)
            world.terminate(world.alice, terms, deadline=until)
    world.warp(until + 1)
    with raises("SubWallet_DeadlinePassed", until, until + 1):
        world.terminate(world.alice, terms, deadline=until)


def test_terminate_by_sig_reverts_for_anyone_elses_signature_or_a_changed_field(world: World) -> None:
    terms, wallet = opened(world), world.wallet(world.alice)
    with raises("SubWallet_SignatureInvalid", world.alice):
        world.terminate(world.alice, terms, signer=world.shop)
    message = world.termination(world.alice, terms, 90_000)
    signature = world.sign(world.alice, world.alice, message)
    for least, until in ((0, message.deadline), (90_000, message.deadline + 1)):
        with raises("SubWallet_SignatureInvalid", world.alice):
            wallet.terminateBySig(terms, least, until, signature)
    with raises("SubWallet_SignatureInvalid", world.alice):
        wallet.terminateBySig(opened(world), 90_000, message.deadline, signature)


def test_terminate_by_sig_reverts_when_it_was_signed_in_another_epoch(world: World) -> None:
    terms = opened(world)
    world.bump_epoch(world.alice, terms, 1)
    for epoch in (0, 2):
        with raises("SubWallet_SignatureInvalid"):
            world.terminate(world.alice, terms, epoch=epoch)
    world.terminate(world.alice, terms, epoch=1)


def test_terminate_by_sig_works_once(world: World) -> None:
    terms = opened(world)
    message = world.termination(world.alice, terms)
    signature = world.sign(world.alice, world.alice, message)
    arguments = (terms, message.min_refund, message.deadline, signature)
    world.wallet(world.alice).terminateBySig(*arguments)
    with raises("SubWallet_CardNotOpen", ..., CLOSED):
        world.wallet(world.alice).terminateBySig(*arguments)


def test_cause_is_cooling_off_until_the_last_second_of_the_last_day_and_the_consumers_wish_after(
    world: World,
) -> None:
    terms = opened(world, cooling_days=7)
    last = world.now + DAY_END + 7 * 86_400
    for moment, why in ((last - 1, Cause.COOLING_OFF), (last, Cause.CONSUMER), (last + 1, Cause.CONSUMER)):
        world.warp(moment)
        assert cause(world, terms) == why


def test_cause_is_not_cooling_off_for_goods_the_consumer_had_before(world: World) -> None:
    assert cause(world, opened(world, cooling_days=7, declared=1)) == Cause.CONSUMER
    assert cause(world, opened(world, cooling_days=7, declared=2)) == Cause.COOLING_OFF


def test_cause_is_not_cooling_off_after_use_where_the_terms_say_so(world: World) -> None:
    strict = opened(world, cooling_days=7, cooling_use=COOLING_ORDINARY)
    usual = opened(world, cooling_days=7)
    assert cause(world, strict) == Cause.COOLING_OFF
    world.consume(world.alice, strict, used=0, listed_after=5)  # goods given along: returned or paid for
    assert cause(world, strict) == Cause.COOLING_OFF
    for terms in (strict, usual):
        world.consume(world.alice, terms, used=1, listed_after=5)
    assert (cause(world, strict), cause(world, usual)) == (Cause.CONSUMER, Cause.COOLING_OFF)


def test_cause_is_expiry_from_the_first_second_after_the_last_day(world: World) -> None:
    terms = [opened(world, term_days=30, expiry_policy=policy) for policy in (EXPIRY_REFUND, EXPIRY_LAPSE)]
    last = world.now + DAY_END + 30 * 86_400
    for moment, why in ((last - 1, Cause.CONSUMER), (last, Cause.EXPIRY), (last + 1, Cause.EXPIRY)):
        world.warp(moment)
        assert [cause(world, each) for each in terms] == [why, why]
    assert cause(world, opened(world, expiry_policy=EXPIRY_REFUND)) == Cause.CONSUMER


def test_cause_is_never_expiry_for_a_card_that_goes_on_after_its_term(world: World) -> None:
    """A day more on the calendar does not turn the consumer's own wish into another cause."""
    terms = opened(world, term_days=30, **LAW)
    world.consume(world.alice, terms, used=52_000)
    for days in (30, 1, 400):
        world.advance(days=days)
        assert (owed(world, terms), cause(world, terms)) == (48_000, Cause.CONSUMER)


def test_cause_is_the_merchants_stop_when_that_is_better_for_the_consumer(world: World) -> None:
    terms = opened(world, **LAW)
    world.consume(world.alice, terms, used=3_000)
    world.merchants.stop(world.shop, sender=world.shop)
    assert end(world, terms) == 97_693
    assert closed(world)["cause"] == Cause.NOT_CONSUMER


def test_cause_is_the_merchants_stop_when_both_come_to_the_same(world: World) -> None:
    terms = opened(world)
    world.consume(world.alice, terms, used=3_000)
    assert (owed(world, terms), cause(world, terms)) == (97_000, Cause.CONSUMER)
    world.merchants.stop(world.shop, sender=world.shop)
    assert (owed(world, terms), cause(world, terms)) == (97_000, Cause.NOT_CONSUMER)


def test_cause_is_the_merchants_stop_even_if_nothing_was_used(world: World) -> None:
    terms = world.terms(refund_on_closure=1)
    world.open(world.alice, terms)
    world.merchants.stop(world.shop, sender=world.shop)
    assert tuple(world.wallet(world.alice).quote(terms)) == (100_000, Cause.NOT_CONSUMER)


def test_cause_stays_the_consumers_wish_when_the_merchants_stop_is_worse(world: World) -> None:
    terms = opened(world, bonus=30_000, not_consumer_formula=LIST, consumer_formula=GIFT_FIRST)
    world.consume(world.alice, terms, used=3_000, max_pay=2_307)
    world.merchants.stop(world.shop, sender=world.shop)
    # Gifts first: nothing of what was paid is used yet, so all is owed though 2307 fen were released.
    assert (owed(world, terms), cause(world, terms)) == (100_000, Cause.CONSUMER)


def test_cause_counts_a_stop_before_a_new_approval_for_cards_open_then(world: World) -> None:
    before = opened(world, **LAW)
    world.consume(world.alice, before, used=3_000)
    world.advance(60)
    world.merchants.stop(world.shop, sender=world.operator)
    world.merchants.approve(world.shop, sender=world.operator)
    world.advance(60)
    after = opened(world, **LAW)
    world.consume(world.alice, after, used=3_000)
    assert (owed(world, before), owed(world, after)) == (97_693, 97_000)


def test_cause_ignores_a_mere_suspension(world: World) -> None:
    terms = opened(world, **LAW)
    world.consume(world.alice, terms, used=3_000)
    world.merchants.suspend(world.shop, sender=world.operator)
    assert (owed(world, terms), cause(world, terms)) == (97_000, Cause.CONSUMER)


FEE = {"exit_fee_bps": 1_000, "exit_fee_cap": 100_000}


def test_exit_fee_is_taken_from_the_gross_refund_only_when_the_consumer_is_the_cause(world: World) -> None:
    terms = opened(world, cooling_days=7, term_days=60, expiry_policy=EXPIRY_REFUND, **FEE)
    assert owed(world, terms) == 100_000
    world.advance(days=10)
    assert owed(world, terms) == 90_000
    with world.rollback():
        world.merchants.stop(world.shop, sender=world.shop)
        assert owed(world, terms) == 100_000
    world.advance(days=60)
    assert (owed(world, terms), cause(world, terms)) == (100_000, Cause.EXPIRY)


def test_exit_fee_never_exceeds_its_cap(world: World) -> None:
    assert owed(world, opened(world, exit_fee_bps=1_000, exit_fee_cap=99)) == 99_901
    assert owed(world, opened(world, exit_fee_bps=1_000)) == 100_000


def test_exit_fee_is_rounded_for_the_consumer(world: World) -> None:
    assert owed(world, opened(world, principal=19, **FEE)) == 18
    assert owed(world, opened(world, principal=9, **FEE)) == 9


def test_bounds_still_refunds_what_was_neither_released_nor_used_at_list_price(world: World) -> None:
    greedy = world.admit(OBEDIENT)
    for released, listed, back in ((0, 0, 100_000), (500, 300, 99_500), (300, 500, 99_500)):
        terms = opened(world, template=greedy, params0=released, params1=0)
        if released:
            world.consume(world.alice, terms, used=1, listed_after=listed)
        assert end(world, terms) == back
    # With the capped exit fee on top, and never less than nothing.
    terms = opened(world, template=greedy, exit_fee_bps=1_000, exit_fee_cap=40)
    assert end(world, terms) == 99_960
    terms = opened(world, template=greedy, params0=0)
    world.consume(world.alice, terms, used=1, listed_after=2**48 - 1)
    assert end(world, terms) == 0


def test_bounds_lets_the_merchant_keep_what_time_alone_has_earned(world: World) -> None:
    terms = opened(world, template=world.admit(OBEDIENT), accrual=10_000, accrual_days=30, cooling_days=40)
    totals = []
    for _ in range(4):
        world.advance(days=20)
        totals.append(owed(world, terms))
    assert totals == [100_000, 100_000, 80_000, 80_000]


def test_bounds_never_refunds_more_than_is_held(world: World) -> None:
    terms = opened(world, template=world.admit(OBEDIENT), params0=70_000, params1=2**255)
    world.consume(world.alice, terms, used=1)
    assert end(world, terms) == 30_000
    assert world.card(world.alice, terms)[3:6] == (70_000, world.now, SHORT)


def test_bounds_never_lets_the_template_owe_more_than_the_principal(world: World) -> None:
    terms = opened(world, template=world.admit(OBEDIENT), params1=2**256 - 1)
    assert owed(world, terms) == 100_000
    assert end(world, terms) == 100_000
    assert closed(world)["shortfall"] == 0


def test_bounds_owes_the_principal_less_what_was_released_when_the_template_fails(world: World) -> None:
    for body in (REVERT, INVALID, STOP, short(31, 5)):
        failing = world.admit(template(short(32, 700), body))
        terms = opened(world, template=failing, **FEE)
        world.consume(world.alice, terms, used=1, listed_after=50_000)
        assert end(world, terms) == 99_300


def test_quote_says_what_a_termination_would_pay_and_changes_nothing(world: World) -> None:
    terms = opened(world, **LAW, **FEE)
    world.consume(world.alice, terms, used=3_000)
    before = world.card(world.alice, terms)
    assert world.wallet(world.alice).quote(terms) == (87_300, Cause.CONSUMER)
    assert world.card(world.alice, terms) == before
    assert before.status == OPEN
    assert end(world, terms) == 87_300


def test_quote_reverts_for_a_card_that_is_not_open(world: World) -> None:
    terms = opened(world)
    end(world, terms)
    with raises("SubWallet_CardNotOpen", ..., CLOSED):
        owed(world, terms)
