"""What is claimed, and when: `insurance_pool_claim.tree`. Every guarantor claims alike; the pool stands for
all of them here."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.contracts.guaranteed import (
    BANKRUPTCY,
    CLOSURE,
    CONFIRMED,
    DISPUTE,
    FILED,
    FRAUD,
    PAID,
    RUNAWAY,
    Guaranteed,
    short,
)
from tests.contracts.harness import CLOSED, OPEN, SHORT, raises
from wallet.law.waterfall import insured
from wallet.terms import Terms


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


def claimed(world: Guaranteed, terms: Terms) -> int:
    return int(world.pool.guaranteeOf(world.card_id(world.alice, terms))[5])


# ---------------------------------------------------------------------------------------------------- filing


def test_file_fixes_what_the_line_pays_and_says_so(world: Guaranteed) -> None:
    terms = short(world)
    world.file(world.pool, world.alice, terms)
    assert world.named("ClaimFiled")[0].args == {
        "card": world.card_id(world.alice, terms),
        "wallet": world.wallet(world.alice).address,
        "merchant": world.shop.address,
        "trigger": RUNAWAY,
        "amount": 80_000,
    }
    assert (world.stage(world.pool, world.alice, terms), claimed(world, terms)) == (FILED, 80_000)


def test_file_may_be_said_by_anyone_where_the_chain_shows_why(world: Guaranteed) -> None:
    terms = short(world)
    for sender in (world.stranger, world.alice, world.shop, world.underwriter):
        with world.rollback():
            world.file(world.pool, world.alice, terms, sender=sender)
            world.advance(days=world.PATIENCE)
            before = world.balance(world.alice)
            assert world.pay(world.pool, world.alice, terms) == 80_000
            assert world.balance(world.alice) == before + 80_000


def test_file_counts_the_insured_share_and_the_larger_deductible(world: Guaranteed) -> None:
    """600.00 of a card of 1000 with 300 given are unperformed; a fifth of that is held."""
    lines: list[dict[str, int]] = [
        {"share_bps": 8_000},
        {"share_bps": 8_000, "deductible_bps": 500},
        {"share_bps": 8_000, "deductible_bps": 500, "deductible_fen": 3_000},
        {"share_bps": 3_333, "deductible_bps": 77},
        {"share_bps": 10_000, "deductible_fen": 48_000},
        {"share_bps": 10_000, "deductible_fen": 50_000},
    ]
    expected = [48_000, 45_600, 45_000, 19_845, 0, 0]
    for fields, fen in zip(lines, expected, strict=True):
        assert insured(48_000, 60_000, **fields) == fen
        with world.rollback():
            world.write_line(**fields)
            bonus = {"bonus": 30_000, "custody_bps": 2_000, "advance": 80_000}
            terms = world.buy(world.alice, [(world.pool, 80_000)], **bonus)
            world.consume(world.alice, terms, 52_000)
            assert world.leave_short(world.alice, terms) == 48_000
            assert world.settle(world.pool, world.alice, terms) == fen
            assert world.stage(world.pool, world.alice, terms) == PAID


def test_file_reverts_when_the_merchant_performs(world: Guaranteed) -> None:
    """A consumer who leaves for reasons of its own is owed the rest by the merchant, not by the insurer."""
    terms = world.buy(world.alice, [(world.pool, 80_000)], custody_bps=2_000, advance=80_000)
    world.wallet(world.alice).terminate(terms, 0, sender=world.alice)
    assert world.card(world.alice, terms).status == SHORT
    with raises("Guarantor_NotTriggered", world.card_id(world.alice, terms), RUNAWAY):
        world.file(world.pool, world.alice, terms)
    world.runaway()  # and if it never pays because it vanishes, it is
    world.file(world.pool, world.alice, terms)


def test_file_reverts_for_a_stop_before_the_card_was_opened(world: Guaranteed) -> None:
    """A merchant that stopped once and came back performs, as far as later cards go."""
    world.runaway()
    world.merchants.approve(world.shop, sender=world.operator)
    world.advance(days=1)
    terms = world.buy(world.alice, [(world.pool, 80_000)], custody_bps=2_000, advance=80_000)
    world.wallet(world.alice).terminate(terms, 0, sender=world.alice)
    with raises("Guarantor_NotTriggered", world.card_id(world.alice, terms), RUNAWAY):
        world.file(world.pool, world.alice, terms)


def test_file_reverts_for_one_that_the_line_does_not_list(world: Guaranteed) -> None:
    world.write_line(triggers=1 << RUNAWAY | 1 << DISPUTE)
    terms = short(world)
    for trigger in (BANKRUPTCY, CLOSURE, FRAUD):
        with raises("Guarantor_NotTriggered", ..., trigger):
            world.file(world.pool, world.alice, terms, trigger=trigger, sender=world.alice)
    world.file(world.pool, world.alice, terms, trigger=RUNAWAY)


def test_file_takes_a_dispute_only_after_an_arbiter_has_ruled_for_the_consumer(
    world: Guaranteed,
) -> None:
    """A merchant's own concession does not: it would cost the insurer, not the merchant."""
    terms = world.buy(world.alice, [(world.pool, 80_000)], custody_bps=2_000, advance=80_000)
    wallet = world.wallet(world.alice)
    world.disputes.concede(wallet, terms, True, 2**256 - 1, sender=world.shop)
    wallet.terminate(terms, 0, sender=world.alice)

    def refused() -> None:
        with raises("Guarantor_NotTriggered", ..., DISPUTE):
            world.file(world.pool, world.alice, terms, trigger=DISPUTE)

    refused()
    with world.rollback():
        world.rule(world.alice, terms, for_consumer=False)
        refused()
    world.rule(world.alice, terms)
    world.file(world.pool, world.alice, terms, trigger=DISPUTE)
    world.advance(days=world.PATIENCE)
    assert world.pay(world.pool, world.alice, terms) == 80_000


def test_file_takes_fraud_from_the_consumer_alone(world: Guaranteed) -> None:
    """Only the assessor can tell; a stranger's claim with nothing to show would spoil the consumer's."""
    terms = world.buy(world.alice, [(world.pool, 80_000)], custody_bps=2_000, advance=80_000)
    world.wallet(world.alice).terminate(terms, 0, sender=world.alice)
    with raises("Guarantor_NotTriggered", ..., FRAUD):
        world.file(world.pool, world.alice, terms, trigger=FRAUD)
    world.file(world.pool, world.alice, terms, trigger=FRAUD, sender=world.alice)
    world.confirm(world.pool, world.alice, terms)
    world.advance(days=world.WAIT + 1)
    assert world.pay(world.pool, world.alice, terms) == 80_000


def two(world: Guaranteed, first: Any) -> Terms:
    """A card with another guarantor before the pool, the merchant gone."""
    terms = world.buy(world.alice, [(first, 10_000), (world.pool, 80_000)], custody_bps=2_000, advance=80_000)
    world.leave_short(world.alice, terms)
    return terms


def test_file_reverts_while_an_earlier_one_may_pay(world: Guaranteed) -> None:
    world.label()
    terms = two(world, world.platform_advance)
    with raises("Guarantor_NotOurTurn", world.card_id(world.alice, terms), world.platform_advance):
        world.file(world.pool, world.alice, terms)
    assert world.settle(world.platform_advance, world.alice, terms) == 10_000
    world.file(world.pool, world.alice, terms)
    assert claimed(world, terms) == 70_000


def test_file_passes_over_an_earlier_one_that_cannot_answer(
    world: Guaranteed,
) -> None:
    """Reverting, burning gas, answering too little: it will not pay either. "false" is an answer."""
    hostile = world.deploy("HostileGuarantor")
    terms = two(world, hostile)
    with raises("Guarantor_NotOurTurn", ..., hostile):
        world.file(world.pool, world.alice, terms)
    answers = {
        "fe": True,  # burns all it gets
        "5f5ffd": True,  # reverts
        "601f5ff3": True,  # 31 bytes
        "00": True,  # nothing
        "60015f5260205ff3": True,  # yes
        "60205ff3": False,  # no
    }
    for code, passes in answers.items():
        with world.rollback():
            world.put_code(hostile.address, bytes.fromhex(code))
            if passes:
                world.file(world.pool, world.alice, terms)
                continue
            with raises("Guarantor_NotOurTurn"):
                world.file(world.pool, world.alice, terms)


def test_file_counts_a_share_of_what_an_earlier_one_left(world: Guaranteed) -> None:
    """1000.00 lost, an advance of 500.00, a line at 80 %: whole with the line first, 900.00 otherwise."""
    world.label()
    world.write_line(share_bps=8_000)
    line, advance = (world.pool, 80_000), (world.platform_advance, 50_000)
    for cover, paid in (((line, advance), [80_000, 20_000]), ((advance, line), [50_000, 40_000])):
        with world.rollback():
            terms = world.buy(world.alice, cover)
            assert world.leave_short(world.alice, terms) == 100_000
            assert [world.settle(who, world.alice, terms) for who, _ in cover] == paid


def test_file_reverts_when_starved_of_gas_for_an_earlier_ones_answer(
    world: Guaranteed,
) -> None:
    """Too little gas is a revert, never an answer: no amount of it makes an earlier guarantor seem done."""
    world.label()
    terms = two(world, world.platform_advance)
    pledges, wallet = world.pledges_of(terms), world.wallet(world.alice)
    seen = set()
    for gas in (*range(30_000, 400_000, 10_000), 1_000_000):
        with world.rollback():
            try:
                world.pool.file(wallet, terms, pledges, RUNAWAY, sender=world.stranger, gas=gas)
            except Exception as refused:
                seen.add(getattr(refused, "name", ""))
            else:
                pytest.fail(f"filed with {gas} gas")
    assert seen == {"Halt", "SubWallet_GasTooLow", "Guarantor_NotOurTurn"}


def test_file_reverts_for_another_list_than_the_terms_name(
    world: Guaranteed,
) -> None:
    world.label()
    terms = two(world, world.platform_advance)
    wallet = world.wallet(world.alice)
    mine = (world.pool.address, 80_000)
    for pledges in ((), (mine,), (mine, (world.platform_advance.address, 10_000))):
        with raises("Guarantor_OtherCover", world.card_id(world.alice, terms), terms.cover):
            world.pool.file(wallet, terms, pledges, RUNAWAY, sender=world.alice)


def test_file_reverts_for_a_card_that_is_not_short(world: Guaranteed) -> None:
    terms = world.buy(world.alice, [(world.pool, 80_000)], custody_bps=2_000, advance=80_000)
    world.runaway()
    card = world.card_id(world.alice, terms)
    with raises("Guarantor_CardNotShort", card, OPEN):
        world.file(world.pool, world.alice, terms)
    world.leave_short(world.alice, terms)
    world.yuan.approve(world.wallet(world.alice), 80_000, sender=world.bob)
    world.wallet(world.alice).payShortfall(terms, 80_000, sender=world.bob)
    with raises("Guarantor_CardNotShort", card, CLOSED):
        world.file(world.pool, world.alice, terms)


def test_file_reverts_for_a_card_that_was_never_accepted(world: Guaranteed) -> None:
    terms = world.terms(custody_bps=0, advance=100_000)
    world.open(world.alice, terms)
    world.leave_short(world.alice, terms)
    with raises("Guarantor_NotStanding", world.wallet(world.alice), world.card_id(world.alice, terms)):
        world.file(world.pool, world.alice, terms)


def test_file_reverts_for_a_second_claim(world: Guaranteed) -> None:
    terms = short(world)
    card = world.card_id(world.alice, terms)
    world.file(world.pool, world.alice, terms)
    with raises("Guarantor_WrongStage", card, FILED):
        world.file(world.pool, world.alice, terms)
    world.confirm(world.pool, world.alice, terms)
    with raises("Guarantor_WrongStage", card, CONFIRMED):
        world.file(world.pool, world.alice, terms)
    world.advance(days=world.WAIT + 1)
    world.pay(world.pool, world.alice, terms)
    with raises("Guarantor_WrongStage", card, PAID):
        world.file(world.pool, world.alice, terms)


def test_file_reverts_after_the_last_day(world: Guaranteed) -> None:
    terms = short(world)
    until = world.pool.guaranteeOf(world.card_id(world.alice, terms))[2]
    with world.rollback():
        world.warp(until)
        world.file(world.pool, world.alice, terms)
    world.warp(until + 1)
    with raises("Guarantor_TooLate", until, until + 1):
        world.file(world.pool, world.alice, terms)


def test_attach_puts_evidence_on_record_for_whoever_says_so(world: Guaranteed) -> None:
    terms = short(world)
    card = world.card_id(world.alice, terms)
    world.pool.attach(card, b"\xe1" * 32, sender=world.alice)
    assert world.named("EvidenceAttached")[0].args == {
        "card": card,
        "by": world.alice.address,
        "evidence": b"\xe1" * 32,
    }
