"""What becomes of a claim: verified, paid, freed, recovered: `insurance_pool_paid.tree`. Every guarantor does
so alike; the pool stands for all of them here."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.contracts.guaranteed import (
    CONFIRMED,
    FILED,
    FRAUD,
    PAID,
    PROMISED,
    REFUSED,
    RELEASED,
    Guaranteed,
    short,
)
from tests.contracts.harness import CLOSED, raises

APPEAL = 180


@pytest.fixture(scope="module")
def furnished() -> Guaranteed:
    """One line of 1,000,000 fen, open to the shop's stored-value cards."""
    world = Guaranteed()
    world.write_line(aggregate=1_000_000)
    return world


@pytest.fixture
def world(furnished: Guaranteed) -> Iterator[Guaranteed]:
    with furnished.rollback():
        yield furnished


# -------------------------------------------------------------------------------------------------- verifying


def test_confirm_makes_the_claim_due_after_its_days(world: Guaranteed) -> None:
    terms = short(world)
    world.file(world.pool, world.alice, terms)
    world.confirm(world.pool, world.alice, terms)
    assert world.named("ClaimConfirmed")[0].args["assessor"] == world.assessor.address
    for day in range(world.WAIT + 1):
        with raises("Guarantor_TooEarly", ..., world.WAIT + 1 - day):
            world.pay(world.pool, world.alice, terms)
        world.advance(days=1)
    assert world.pay(world.pool, world.alice, terms) == 80_000


def decide_wrongly(world: Guaranteed, how: str, *more: bytes) -> None:
    terms = short(world)
    card = world.card_id(world.alice, terms)
    decide = getattr(world.pool, how)
    with raises("Guarantor_WrongStage", card, PROMISED):
        decide(card, *more, sender=world.assessor)
    with raises("Guarantor_NotAssessor", world.assessor, "0x" + "00" * 20):
        decide(b"\x01" * 32, *more, sender=world.assessor)
    world.file(world.pool, world.alice, terms)
    for other in (world.underwriter, world.operator, world.alice, world.stranger):
        with raises("Guarantor_NotAssessor", other, world.assessor):
            decide(card, *more, sender=other)
    world.advance(days=world.PATIENCE - 1)
    with world.rollback():
        decide(card, *more, sender=world.assessor)
        with raises("Guarantor_WrongStage"):
            decide(card, *more, sender=world.assessor)
    world.advance(days=1)
    with raises("Guarantor_WrongStage", card, FILED):
        decide(card, *more, sender=world.assessor)


def test_confirm_reverts_for_anyone_but_the_assessor_and_outside_its_days(world: Guaranteed) -> None:
    decide_wrongly(world, "confirm")


def test_refuse_ends_the_claim_and_frees_nothing_before_the_days_for_an_appeal(world: Guaranteed) -> None:
    terms = short(world)
    world.file(world.pool, world.alice, terms)
    world.refuse(world.pool, world.alice, terms)
    assert world.named("ClaimRefused")[0].args == {
        "card": world.card_id(world.alice, terms),
        "assessor": world.assessor.address,
        "reason": b"\x0f" * 32,
    }
    assert world.pool.isDone(world.wallet(world.alice), world.card_id(world.alice, terms))
    world.advance(days=APPEAL)
    for step in (world.pay, world.release):
        with raises("Guarantor_NotVerified" if step == world.pay else "Guarantor_StillStands"):
            step(world.pool, world.alice, terms)
    assert world.pool.lineBook(1)[1] == 80_000
    world.advance(days=1)
    world.release(world.pool, world.alice, terms)
    assert world.pool.lineBook(1)[1] == 0
    assert world.card(world.alice, terms).held == 80_000


def test_refuse_yields_to_an_arbiter_who_rules_for_the_consumer_afterwards(world: Guaranteed) -> None:
    """What was ruled before was known to the assessor; after its refusal the arbiter has the last word."""
    terms = short(world)
    world.rule(world.alice, terms)
    world.file(world.pool, world.alice, terms)
    world.advance(seconds=1)
    world.refuse(world.pool, world.alice, terms)
    with raises("Guarantor_WrongStage", ..., REFUSED):
        world.file(world.pool, world.alice, terms)
    world.advance(days=30)
    with world.rollback():
        world.rule(world.alice, terms, for_consumer=False)
        with raises("Guarantor_WrongStage", ..., REFUSED):
            world.file(world.pool, world.alice, terms)
    world.rule(world.alice, terms)
    world.file(world.pool, world.alice, terms)
    assert world.stage(world.pool, world.alice, terms) == CONFIRMED
    world.advance(days=world.WAIT + 1)
    assert world.pay(world.pool, world.alice, terms) == 80_000


def test_refuse_reverts_for_anyone_but_the_assessor_and_outside_its_days(world: Guaranteed) -> None:
    decide_wrongly(world, "refuse", bytes(32))


def test_silence_counts_as_a_confirmation_where_the_chain_shows_why(world: Guaranteed) -> None:
    terms = short(world)
    world.file(world.pool, world.alice, terms)
    world.advance(days=world.PATIENCE - 1)
    with raises("Guarantor_NotVerified", ..., FILED):
        world.pay(world.pool, world.alice, terms)
    world.advance(days=1)
    assert world.pay(world.pool, world.alice, terms) == 80_000


@pytest.mark.parametrize("second", [0, 86_399])
def test_silence_is_counted_by_the_calendar_to_the_second(world: Guaranteed, second: int) -> None:
    """Claims filed in the first or last second of a day, and an assessor that lets all its days pass."""
    unshown = world.buy(world.bob, [(world.pool, 80_000)], custody_bps=2_000, advance=80_000)
    shown = short(world)
    world.leave_short(world.bob, unshown)
    world.advance((second - world.now - 8 * 3600) % 86_400)
    world.file(world.pool, world.alice, shown)
    world.file(world.pool, world.bob, unshown, trigger=FRAUD, sender=world.bob)
    wallet, card = world.wallet(world.bob), world.card_id(world.bob, unshown)
    world.advance(days=world.PATIENCE - 1)
    assert not world.pool.isDone(wallet, card)
    world.advance(86_399 - second)
    with raises("Guarantor_NotVerified", ..., FILED):
        world.pay(world.pool, world.alice, shown)
    assert not world.pool.isDone(wallet, card)
    world.advance(1)
    assert world.pay(world.pool, world.alice, shown) == 80_000
    assert world.pool.isDone(wallet, card)


def test_silence_counts_for_nothing_where_only_the_assessor_can_know(world: Guaranteed) -> None:
    """The claim lapses, and may be filed anew, or upon what the chain shows by then."""
    terms = short(world)
    wallet, card = world.wallet(world.alice), world.card_id(world.alice, terms)
    world.file(world.pool, world.alice, terms, trigger=FRAUD, sender=world.alice)
    assert not world.pool.isDone(wallet, card)
    world.advance(days=world.PATIENCE)
    assert world.pool.isDone(wallet, card)
    with raises("Guarantor_NotVerified", ..., FILED):
        world.pay(world.pool, world.alice, terms)
    with raises("Guarantor_StillStands", ..., FILED):
        world.release(world.pool, world.alice, terms)
    assert world.settle(world.pool, world.alice, terms) == 80_000


# ---------------------------------------------------------------------------------------------------- paying


def test_pay_pays_the_consumer_and_leaves_a_debt_of_the_merchant(world: Guaranteed) -> None:
    terms = short(world)
    before, pool = world.balance(world.alice), world.balance(world.pool)
    assert world.settle(world.pool, world.alice, terms) == 80_000
    assert world.named("ClaimPaid")[0].args == {
        "card": world.card_id(world.alice, terms),
        "wallet": world.wallet(world.alice).address,
        "merchant": world.shop.address,
        "amount": 80_000,
    }
    assert world.balance(world.alice) == before + 80_000
    assert world.balance(world.pool) == pool - 80_000
    assert world.yuan.allowance(world.pool, world.wallet(world.alice)) == 0
    assert world.card(world.alice, terms).status == CLOSED
    assert world.pool.owedBy(world.shop) == 80_000
    assert world.pool.books() == (world.CAPITAL - 80_000, 920_000)
    assert world.pool.lineBook(1) == (920_000, 0, 0, True)


def test_pay_pays_no_more_than_is_still_missing(world: Guaranteed) -> None:
    """The merchant has paid a part after all; what the pool saves is free for other cards."""
    line = world.pool.lineOf(world.shop)
    terms = short(world)
    world.file(world.pool, world.alice, terms)
    world.yuan.approve(world.wallet(world.alice), 30_000, sender=world.bob)
    world.wallet(world.alice).payShortfall(terms, 30_000, sender=world.bob)
    world.advance(days=world.PATIENCE)
    assert world.pay(world.pool, world.alice, terms) == 50_000
    assert world.pool.owedBy(world.shop) == 50_000
    assert world.pool.lineBook(line) == (950_000, 0, 0, True)
    assert world.pool.promisedTo(line, world.alice) == 50_000


def test_pay_pays_nothing_when_the_merchant_has_paid_everything(world: Guaranteed) -> None:
    terms = short(world)
    world.file(world.pool, world.alice, terms)
    world.yuan.approve(world.wallet(world.alice), 80_000, sender=world.bob)
    world.wallet(world.alice).payShortfall(terms, 80_000, sender=world.bob)
    world.advance(days=world.PATIENCE)
    assert world.pay(world.pool, world.alice, terms) == 0
    assert world.pool.owedBy(world.shop) == 0
    assert world.pool.lineBook(1) == (1_000_000, 0, 0, True)
    assert world.pool.promisedTo(1, world.alice) == 0


def test_pay_waits_for_the_token_when_the_consumer_cannot_be_paid(world: Guaranteed) -> None:
    token = world.deploy("HostileToken")
    pool = world.deploy(
        "InsurancePool",
        world.underwriter,
        token,
        world.factory,
        world.merchants,
        world.disputes,
        world.catalogue,
    )
    token.mint(world.underwriter, 100_000)
    token.approve(pool, 100_000, sender=world.underwriter)
    pool.deposit(100_000, sender=world.underwriter)
    pool.writeLine(world.line(aggregate=100_000), (world.stored_value,), sender=world.underwriter)
    token.mint(world.alice, 100_000)
    terms = world.buy(world.alice, [(pool, 80_000)], token=token, custody_bps=2_000, advance=80_000)
    world.leave_short(world.alice, terms)
    world.file(pool, world.alice, terms)
    world.advance(days=world.PATIENCE)
    token.ban(world.alice)
    with raises("Refused"):
        world.pay(pool, world.alice, terms)
    assert (world.stage(pool, world.alice, terms), pool.books()) == (FILED, (100_000, 100_000))
    token.play(0)
    assert world.pay(pool, world.alice, terms) == 80_000


def test_pay_reverts_before_the_days_are_over(world: Guaranteed) -> None:
    terms = short(world)
    world.file(world.pool, world.alice, terms)
    world.confirm(world.pool, world.alice, terms)
    world.advance(days=world.WAIT)
    with raises("Guarantor_TooEarly", world.card_id(world.alice, terms), 1):
        world.pay(world.pool, world.alice, terms)


def test_pay_reverts_for_a_claim_that_is_not_verified_or_paid_already(world: Guaranteed) -> None:
    terms = short(world)
    card = world.card_id(world.alice, terms)
    with raises("Guarantor_NotVerified", card, PROMISED):
        world.pay(world.pool, world.alice, terms)
    world.settle(world.pool, world.alice, terms)
    with raises("Guarantor_NotVerified", card, PAID):
        world.pay(world.pool, world.alice, terms)


def test_pay_may_come_on_the_same_day_where_a_line_does_not_wait(world: Guaranteed) -> None:
    world.write_line(wait_days=0)
    terms = short(world)
    world.file(world.pool, world.alice, terms)
    world.confirm(world.pool, world.alice, terms)
    assert world.pay(world.pool, world.alice, terms) == 80_000


# --------------------------------------------------------------------------------------------------- freeing


def test_release_frees_the_promise_of_a_card_that_ended_whole(world: Guaranteed) -> None:
    """Closed with nothing missing, or with something left for the merchant to collect."""
    closed = world.buy(world.alice, [(world.pool, 80_000)], custody_bps=2_000, advance=80_000)
    world.consume(world.alice, closed, 100_000)
    half = {"custody_bps": 9_000, "advance": 10_000, "consumer_formula": 1, "bonus": 30_000}
    owing = world.buy(world.bob, [(world.pool, 80_000)], **half)
    world.consume(world.bob, owing, 120_000)
    for consumer, terms in ((world.alice, closed), (world.bob, owing)):
        world.wallet(consumer).terminate(terms, 0, sender=consumer)
        assert world.card(consumer, terms).status in (CLOSED, 3)
        world.release(world.pool, consumer, terms)
        assert world.stage(world.pool, consumer, terms) == RELEASED
    assert world.card(world.bob, owing).status == 3
    assert world.named("GuaranteeReleased")[0].args["promised"] == 10_000
    assert world.pool.lineBook(1) == (1_000_000, 0, 0, True)
    assert [world.pool.promisedTo(1, who) for who in (world.alice, world.bob)] == [0, 0]


def test_release_frees_the_promise_after_the_last_day(world: Guaranteed) -> None:
    """Open or short: what nobody claimed in time is not claimed any more."""
    for terms in (world.buy(world.alice, [(world.pool, 80_000)]), short(world)):
        with world.rollback():
            world.warp(world.pool.guaranteeOf(world.card_id(world.alice, terms))[2])
            with raises("Guarantor_StillStands"):
                world.release(world.pool, world.alice, terms)
            world.advance(1)
            world.release(world.pool, world.alice, terms)


def test_release_reverts_while_something_may_be_claimed(world: Guaranteed) -> None:
    terms = world.buy(world.alice, [(world.pool, 80_000)], custody_bps=2_000, advance=80_000)
    card = world.card_id(world.alice, terms)

    def stands(stage: int) -> None:
        with raises("Guarantor_StillStands", card, stage):
            world.release(world.pool, world.alice, terms)

    stands(PROMISED)
    world.leave_short(world.alice, terms)
    stands(PROMISED)
    world.file(world.pool, world.alice, terms)
    stands(FILED)
    world.confirm(world.pool, world.alice, terms)
    stands(CONFIRMED)
    world.advance(days=world.WAIT + 1)
    world.pay(world.pool, world.alice, terms)
    stands(PAID)


def test_release_reverts_twice(world: Guaranteed) -> None:
    terms = world.buy(world.alice, [(world.pool, 80_000)], custody_bps=2_000, advance=80_000)
    world.consume(world.alice, terms, 100_000)
    world.wallet(world.alice).terminate(terms, 0, sender=world.alice)
    world.release(world.pool, world.alice, terms)
    with raises("Guarantor_StillStands", world.card_id(world.alice, terms), RELEASED):
        world.release(world.pool, world.alice, terms)


# ------------------------------------------------------------------------------------------------- recovering


def test_repay_brings_the_money_back_and_lowers_the_debt(world: Guaranteed) -> None:
    terms = short(world)
    world.settle(world.pool, world.alice, terms)
    world.give(world.pool, "repay", world.stranger, 30_000, world.shop)
    assert world.named("Recovered")[0].args == {
        "merchant": world.shop.address,
        "from": world.stranger.address,
        "amount": 30_000,
        "stillOwed": 50_000,
    }
    assert world.pool.owedBy(world.shop) == 50_000
    assert world.pool.books() == (world.CAPITAL - 50_000, 920_000)


def test_repay_reverts_for_more_than_is_owed(world: Guaranteed) -> None:
    terms = short(world)
    world.settle(world.pool, world.alice, terms)
    for amount in (0, 80_001):
        with raises("Guarantor_NotOwed", world.shop, amount, 80_000):
            world.pool.repay(world.shop, amount, sender=world.shop)


def test_is_done_says_whether_anything_may_still_be_paid(world: Guaranteed) -> None:
    terms = world.buy(world.alice, [(world.pool, 80_000)], custody_bps=2_000, advance=80_000)
    wallet, card = world.wallet(world.alice), world.card_id(world.alice, terms)

    def done() -> bool:
        return bool(world.pool.isDone(wallet, card))

    assert world.pool.isDone(world.stranger, card)
    assert world.pool.isDone(wallet, bytes(32))
    assert not done()
    world.leave_short(world.alice, terms)
    assert not done()
    with world.rollback():
        world.warp(world.pool.guaranteeOf(card)[2] + 1)
        assert done()
    world.file(world.pool, world.alice, terms)
    assert not done()
    with world.rollback():
        world.refuse(world.pool, world.alice, terms)
        assert done()
    world.advance(days=world.PATIENCE)
    assert not done()
    world.pay(world.pool, world.alice, terms)
    assert done()
