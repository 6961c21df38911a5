"""A merchant is gone: custody, then each guarantor in turn, then the consumer. `waterfall.tree`.

Rows are those of the programme table; see docs/programmes.md.
"""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from typing import Any, NamedTuple

import pytest

from tests.contracts.guaranteed import ALL, DISPUTE, Guaranteed
from tests.contracts.harness import OPEN, SHORT, Account, raises
from wallet.law.waterfall import (
    ADVANCE_FIRST,
    PROPORTIONAL,
    in_custody,
    insured,
    last_with_more,
    premium_parts,
    share_out,
    waterfall,
)
from wallet.services.guarantee_cover import worst_shortfall


@pytest.fixture(scope="module")
def furnished() -> Guaranteed:
    world = Guaranteed()
    world.write_line()
    world.label()
    return world


@pytest.fixture
def world(furnished: Guaranteed) -> Iterator[Guaranteed]:
    with furnished.rollback():
        yield furnished


class Case(NamedTuple):
    """A card of 1000 with 300 given, 520 of its face used, and what stands behind it."""

    custody_bps: int
    schedule: str
    share_bps: int = 10_000
    deductible_bps: int = 0
    insurance: int = 0
    platform: int = 0
    fund: int = 0


CASES = [
    Case(10_000, PROPORTIONAL),
    Case(7_000, PROPORTIONAL),
    Case(7_000, ADVANCE_FIRST),
    Case(3_000, PROPORTIONAL, platform=20_000),
    Case(3_000, ADVANCE_FIRST, fund=10_000),
    Case(2_000, PROPORTIONAL, share_bps=8_000, insurance=80_000),
    Case(2_000, PROPORTIONAL, share_bps=8_000, deductible_bps=500, insurance=80_000),
    Case(2_000, PROPORTIONAL, share_bps=8_000, deductible_bps=500, insurance=80_000, fund=5_000),
    Case(0, PROPORTIONAL, platform=100_000),
    Case(1_234, PROPORTIONAL, share_bps=3_333, deductible_bps=77, insurance=90_000, platform=11_111, fund=1),
]


def test_worked_example_gives_the_same_on_chain_as_on_paper(world: Guaranteed) -> None:
    for case in CASES:
        with world.rollback():
            assert play(world, case) == on_paper(case), case


def test_worked_example_promises_what_the_services_foretell(world: Guaranteed) -> None:
    """The worst a card can be short: as the contract reads plain fields, and as buyers are shown it."""
    random = Random(7)
    for _ in range(60):
        ladder = sorted(random.choices(range(0, 10_001, 500), k=3)) if random.random() < 0.3 else (0, 0, 0)
        principal, custody = random.randrange(1, 500_000), random.randrange(0, 10_001)
        terms = world.terms(
            principal=principal,
            bonus=random.choice((0, 30_000)),
            custody_bps=custody,
            advance=0 if any(ladder) else principal - in_custody(principal, principal, custody),
            settlement_formula=random.choice((0, 0, 1, 2)),
            not_consumer_formula=random.choice((0, 0, 1, 2)),
            consumer_formula=random.choice((0, 1, 2)),
            **{f"ladder{tier}": rung for tier, rung in enumerate(ladder, start=1)},
            pledges=[(world.guarantee_fund, 500_000)],
        )
        with world.rollback():
            if worst_shortfall(terms) == 0:
                with raises("Guarantor_NothingToCover"):
                    world.open(world.alice, terms)
                continue
            world.open(world.alice, terms)
            assert world.named("CardAccepted")[0].args["promised"] == worst_shortfall(terms), terms


def on_paper(case: Case) -> tuple[Any, ...]:
    custody = in_custody(100_000, 60_000, case.custody_bps, case.schedule)
    pays = insured(
        60_000 - custody,
        60_000,
        share_bps=case.share_bps,
        deductible_bps=case.deductible_bps,
        promised=case.insurance,
    )
    found = waterfall(60_000, custody, (pays, case.platform, case.fund))
    return (found.custody, *found.paid, found.consumer_loss, 100_000 - custody)


def play(world: Guaranteed, case: Case) -> tuple[Any, ...]:
    """The same on chain: what the consumer gets from each, what is still missing, what the merchant had."""
    world.write_line(share_bps=case.share_bps, deductible_bps=case.deductible_bps)
    sources = (world.pool, world.platform_advance, world.guarantee_fund)
    limits = (case.insurance, case.platform, case.fund)
    pledges = [(source, fen) for source, fen in zip(sources, limits, strict=True) if fen]
    terms = world.terms(
        bonus=30_000,
        custody_bps=case.custody_bps,
        schedule=int(case.schedule == ADVANCE_FIRST),
        advance=100_000,
        pledges=pledges,
    )
    before = world.balance(world.shop)
    world.open(world.alice, terms)
    world.consume(world.alice, terms, 52_000)
    had = world.balance(world.shop) - before
    world.runaway()
    custody = world.wallet(world.alice).terminate(terms, 0, sender=world.alice)
    paid = [
        world.settle(source, world.alice, terms) if fen and world.card(world.alice, terms).held else 0
        for source, fen in zip(sources, limits, strict=True)
    ]
    return (custody, *paid, world.card(world.alice, terms).held, had)


def test_row_16_joins_partial_custody_with_an_insurer_who_pays_what_is_not_held(world: Guaranteed) -> None:
    """Shenzhen: a fifth in digital yuan, four fifths insured. The third pillar, the alert, is told by
    supervision from the same events."""
    world.write_line(share_bps=8_000)
    terms = world.buy(world.alice, [(world.pool, 80_000)], custody_bps=2_000, advance=80_000)
    before = world.balance(world.alice)
    assert world.leave_short(world.alice, terms) == 80_000
    assert world.settle(world.pool, world.alice, terms) == 80_000
    assert world.balance(world.alice) == before + 100_000


def test_row_32_lets_the_consumer_of_a_merchant_that_is_gone_choose_transfer_or_refund(
    world: Guaranteed,
) -> None:
    """Either way every fen is accounted for, and the guarantor's promise goes with the card it was for."""
    other = world.account("another clinic")
    world.approve_merchant(other)
    terms = world.buy(world.alice, [(world.pool, 80_000)], custody_bps=2_000, advance=80_000)
    world.runaway()
    wallet, before = world.wallet(world.alice), world.balance(world.alice)
    with world.rollback():
        world.leave_short(world.alice, terms)
        world.settle(world.pool, world.alice, terms)
        assert world.balance(world.alice) == before + 100_000
    onward = world.terms(merchant=other, principal=20_000)
    wallet.transferCard(terms, onward, (), 20_000, sender=world.alice)
    assert world.card(world.alice, onward)[3:6:2] == (20_000, OPEN)
    assert world.card(world.alice, terms)[3:6:2] == (80_000, SHORT)
    assert world.settle(world.pool, world.alice, terms) == 80_000
    assert world.balance(world.alice) == before + 80_000


def test_row_38_pays_on_an_arbiters_ruling_while_the_merchant_performs(world: Guaranteed) -> None:
    world.write_line(triggers=ALL)
    terms = world.buy(world.alice, [(world.pool, 80_000)], custody_bps=2_000, advance=80_000)
    world.rule(world.alice, terms)
    world.wallet(world.alice).terminate(terms, 0, sender=world.alice)
    assert world.merchants.maySell(world.shop)
    world.file(world.pool, world.alice, terms, trigger=DISPUTE)
    world.advance(days=world.PATIENCE)
    assert world.pay(world.pool, world.alice, terms) == 80_000


def test_row_40_charges_the_premium_to_merchant_platform_bank_and_government_in_shares_that_make_up_the_whole(
    world: Guaranteed,
) -> None:
    split = (5_000, 2_000, 1_000, 2_000)
    line = world.write_line(rate_bps=133, split_bps=split)
    for place, who in enumerate((world.shop, world.platform, world.bank, world.town)):
        world.give(world.pool, "fundPremium", who, 1_000, line, place)
    world.buy(world.alice, [(world.pool, 77_777)])
    used = [1_000 - int(world.pool.premiumOf(line, place)) for place in range(4)]
    assert used == premium_parts(77_777, 133, split)
    assert sum(used) == 77_777 * 133 // 10_000
    with raises("Guarantor_RulesInvalid", "splitBps", 9_999):
        world.write_line(rate_bps=133, split_bps=(5_000, 2_000, 1_000, 1_999))


def test_row_44_keeps_the_platforms_capital_in_an_account_of_its_own(world: Guaranteed) -> None:
    """No consumer's money is in it, and it holds what it promises."""
    world.buy(world.alice, [(world.platform_advance, 100_000)], custody_bps=5_000, advance=50_000)
    assert world.balance(world.wallet(world.alice)) == 50_000
    assert world.balance(world.platform_advance) == world.CAPITAL
    assert world.platform_advance.books() == (world.CAPITAL, 50_000)


def test_row_47_makes_the_consumer_whole_first_under_the_label_and_leaves_the_platform_a_claim(
    world: Guaranteed,
) -> None:
    before = world.balance(world.alice)
    terms = world.buy(world.alice, [(world.platform_advance, 100_000)])
    world.label(False)
    with raises("PlatformAdvance_NotLabelled", world.shop):
        world.buy(world.bob, [(world.platform_advance, 100_000)])
    world.leave_short(world.alice, terms)
    assert world.settle(world.platform_advance, world.alice, terms) == 100_000
    assert world.balance(world.alice) == before
    assert world.platform_advance.owedBy(world.shop) == 100_000
    world.give(world.platform_advance, "repay", world.shop, 40_000, world.shop)
    assert world.platform_advance.books()[0] == world.CAPITAL - 60_000


def test_row_60_shares_a_pool_among_all_consumers_of_a_merchant_pro_rata(world: Guaranteed) -> None:
    """Custody goes back to each in full; of the insurer's pot, too small for all, each gets its part."""
    line = world.write_line(aggregate=150_000, promised_most=600_000)
    bought: list[tuple[Account, Any]] = []
    for number, used in enumerate((0, 10_001, 33_333, 7)):
        consumer = world.account(f"consumer {number}")
        world.fund(consumer, 100_000)
        terms = world.buy(consumer, [(world.pool, 80_000)], custody_bps=2_000, advance=80_000)
        if used:
            world.consume(consumer, terms, used)
        bought.append((consumer, terms))
    world.runaway()
    missing = []
    for consumer, terms in bought:
        held = world.card(consumer, terms).held
        assert world.wallet(consumer).terminate(terms, 0, sender=consumer) == held
        missing.append(world.card(consumer, terms).held)
        world.file(world.pool, consumer, terms)
    world.advance(days=world.PATIENCE)
    parts = share_out(missing, 150_000)
    world.pool.allot(line, 0, *last_with_more(missing, 150_000), len(missing), sender=world.stranger)
    for (consumer, terms), part in zip(bought, parts, strict=True):
        before = world.balance(consumer)
        assert world.pay(world.pool, consumer, terms) == part
        assert world.balance(consumer) == before + part
    assert sum(parts) == 150_000


def test_row_62_insures_consumer_merchant_and_government_each_by_a_line_of_its_own(world: Guaranteed) -> None:
    """Own premium, own triggers; each is paid itself, and only the consumers' line needs no documents."""
    merchant_line, town_line = (
        (beneficiary, insured_, 10_000, 0, triggers, 7, 365, world.shop.address, 0, world.assessor.address)
        for beneficiary, insured_, triggers in (
            (world.shop.address, 1, 0b001010),
            (world.town.address, 2, 0b100001),
        )
    )
    party = world.party_pool
    lines = [
        int(party.writeLine((*terms, 500_000, premium), sender=world.underwriter))
        for terms, premium in (
            (merchant_line, world.premium(150, (10_000, 0, 0, 0))),
            (town_line, world.premium(80, (0, 0, 0, 10_000))),
        )
    ]
    world.give(party, "fundPremium", world.shop, 7_500, lines[0], 0)
    world.give(party, "fundPremium", world.town, 4_000, lines[1], 3)
    for line in lines:
        party.startLine(line, sender=world.stranger)
    assert party.books()[0] == world.CAPITAL + 11_500

    terms = world.buy(world.alice, [(world.pool, 100_000)])
    before = [world.balance(who) for who in (world.alice, world.shop, world.town)]
    world.leave_short(world.alice, terms)
    world.settle(world.pool, world.alice, terms)
    for line, who, trigger in ((lines[0], world.shop, 1), (lines[1], world.town, 0)):
        with raises("Guarantor_NotTriggered"):
            party.fileLoss(line, 1, 2, bytes(32), sender=who)
        loss = party.fileLoss(line, 50_000, trigger, bytes(32), sender=who)
        party.confirmLoss(loss, 50_000, sender=world.assessor)
        world.advance(days=8)
        party.payLoss(loss, sender=world.stranger)
    after = [world.balance(who) for who in (world.alice, world.shop, world.town)]
    assert [new - old for new, old in zip(after, before, strict=True)] == [100_000, 50_000, 50_000]
