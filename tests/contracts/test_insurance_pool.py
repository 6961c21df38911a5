"""Capital, lines, premiums and what is let in: `insurance_pool.tree`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.contracts.guaranteed import FORM, FRAUD, PROMISED, ZERO, Guaranteed
from tests.contracts.harness import artefact, raises
from wallet.law.waterfall import premium_parts

KAIFENG = (5_000, 2_000, 1_000, 2_000)


@pytest.fixture(scope="module")
def platform() -> Guaranteed:
    return Guaranteed()


@pytest.fixture
def world(platform: Guaranteed) -> Iterator[Guaranteed]:
    with platform.rollback():
        yield platform


def fund_all(world: Guaranteed, line: int, fen: int) -> None:
    """Every payer puts the same into its account."""
    for place, who in enumerate((world.shop, world.platform, world.bank, world.town)):
        world.give(world.pool, "fundPremium", who, fen, line, place)


def accounts(world: Guaranteed, line: int) -> list[int]:
    return [int(world.pool.premiumOf(line, place)) for place in range(4)]


def hostile_pool(world: Guaranteed) -> tuple[Any, Any]:
    """A pool whose own token misbehaves; the token."""
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
    token.mint(world.underwriter, 1_000)
    token.approve(pool, 1_000, sender=world.underwriter)
    return pool, token


# --------------------------------------------------------------------------------------------------- capital


def test_deposit_becomes_capital(world: Guaranteed) -> None:
    before = world.pool.books()
    world.give(world.pool, "deposit", world.stranger, 500)
    assert world.named("CapitalPaidIn")[0].args == {"from": world.stranger.address, "amount": 500}
    assert world.pool.books() == (before[0] + 500, before[1])


def test_deposit_reverts_for_more_than_fits_rather_than_cut_it(world: Guaranteed) -> None:
    much = 2**128 + 5
    world.fund(world.stranger, much)
    world.yuan.approve(world.pool, much, sender=world.stranger)
    with raises("SafeCastOverflowedUintDowncast", 128, much):
        world.pool.deposit(much, sender=world.stranger)
    assert world.pool.books()[0] == world.CAPITAL


def test_deposit_reverts_when_the_token_delivers_less(world: Guaranteed) -> None:
    pool, token = hostile_pool(world)
    token.play(3)  # takes a fee
    with raises("SubWallet_TokenDeliveredWrongly", token, 1_000, 999):
        pool.deposit(1_000, sender=world.underwriter)
    assert pool.books() == (0, 0)


def test_withdraw_pays_out_what_backs_no_promise(world: Guaranteed) -> None:
    world.write_line(aggregate=1_000_000)
    free = world.free(world.pool)
    assert free == world.CAPITAL - 1_000_000
    world.pool.withdraw(free, world.bank, sender=world.underwriter)
    assert world.balance(world.bank) == free
    assert world.pool.books() == (1_000_000, 1_000_000)
    assert world.balance(world.pool) == 1_000_000


def test_withdraw_reverts_for_more_than_is_free(world: Guaranteed) -> None:
    world.write_line(aggregate=1_000_000)
    free = world.free(world.pool)
    with raises("Guarantor_CapitalTooLow", free + 1, free):
        world.pool.withdraw(free + 1, world.underwriter, sender=world.underwriter)
    # Money that nobody booked is nobody's: not the underwriter's either.
    world.fund(world.pool, 77)
    with raises("Guarantor_CapitalTooLow", free + 1, free):
        world.pool.withdraw(free + 1, world.underwriter, sender=world.underwriter)


def test_withdraw_reverts_for_anyone_but_the_underwriter(world: Guaranteed) -> None:
    for other in (world.stranger, world.operator, world.assessor):
        with raises("Guarantor_NotKeeper", other, world.underwriter):
            world.pool.withdraw(1, other, sender=other)


# ----------------------------------------------------------------------------------------------------- lines


def test_write_line_sets_the_aggregate_aside_and_emits_the_line_in_full(world: Guaranteed) -> None:
    line = world.write_line(aggregate=1_000_000, rate_bps=100, split_bps=KAIFENG)
    assert world.pool.books() == (world.CAPITAL, 1_000_000)
    assert world.pool.lineBook(line) == (1_000_000, 0, 0, True)
    assert world.pool.lineOf(world.shop) == line
    assert world.pool.isListed(line, world.stored_value)
    assert world.named("LineWritten")[0].args == {
        "line": line,
        "merchant": world.shop.address,
        "terms": world.line(aggregate=1_000_000, rate_bps=100, split_bps=KAIFENG),
        "templates": (world.stored_value,),
    }


def test_write_line_takes_the_merchants_cards_from_an_older_line_whose_cards_stay_covered(
    world: Guaranteed,
) -> None:
    older = world.write_line(aggregate=1_000_000)
    old = world.buy(world.alice, [(world.pool, 60_000)])
    newer = world.write_line(aggregate=200_000)
    assert world.named("LineStopped")[0].args == {"line": older}
    assert world.pool.lineBook(older) == (60_000, 60_000, 0, False)
    assert world.pool.books()[1] == 260_000
    new = world.buy(world.alice, [(world.pool, 50_000)])
    assert world.pool.guaranteeOf(world.card_id(world.alice, new))[4] == newer
    for terms, fen in ((old, 60_000), (new, 50_000)):
        world.leave_short(world.alice, terms)
        assert world.settle(world.pool, world.alice, terms) == fen


def test_write_line_reverts_beyond_the_free_capital(world: Guaranteed) -> None:
    world.write_line(aggregate=1_000_000)
    free = world.free(world.pool)
    with raises("Guarantor_CapitalTooLow", free + 1, free):
        world.write_line(aggregate=free + 1)
    world.write_line(aggregate=free)
    assert world.free(world.pool) == 1_000_000  # the first line's, which has no card


def test_write_line_reverts_for_anyone_but_the_underwriter(world: Guaranteed) -> None:
    for other in (world.stranger, world.operator, world.shop):
        with raises("Guarantor_NotKeeper", other, world.underwriter):
            world.pool.writeLine(world.line(), (), sender=other)


def test_write_line_reverts_for_a_line_that_contradicts_itself(world: Guaranteed) -> None:
    wrong: list[tuple[str, int, dict[str, Any]]] = [
        ("assessor", 0, {"assessor": ZERO}),
        ("triggers", 1 << FRAUD, {"triggers": 1 << FRAUD}),  # would never pay for a merchant that is gone
        ("triggers", 0, {"triggers": 0}),
        ("triggers", 0b1000001, {"triggers": 0b1000001}),
        ("coverDays", 60, {"cover_days": 60}),
        ("aggregate", 0, {"aggregate": 0, "promised_most": 5}),
        ("promisedMost", 999_999, {"promised_most": 999_999}),
        ("shareBps", 0, {"share_bps": 0}),
        ("shareBps", 10_001, {"share_bps": 10_001}),
        ("deductibleBps", 10_001, {"deductible_bps": 10_001}),
        ("rateBps", 10_001, {"rate_bps": 10_001}),
        ("splitBps", 9_999, {"split_bps": (9_999, 0, 0, 0)}),
        ("splitBps", 10_001, {"split_bps": (5_000, 5_000, 1, 0)}),
    ]
    for what, value, fields in wrong:
        with raises("Guarantor_RulesInvalid", what, value):
            world.write_line(**fields)
    (*terms, (rate, split, payers)) = world.line(split_bps=KAIFENG)
    nobody = (*terms, (rate, split, (*payers[:2], ZERO, payers[3])))
    with raises("Guarantor_RulesInvalid", "payers", 2):
        world.pool.writeLine(nobody, (), sender=world.underwriter)
    assert world.pool.books()[1] == 0


def test_stop_line_takes_no_new_cards_and_frees_what_no_card_needs(world: Guaranteed) -> None:
    line = world.write_line(aggregate=1_000_000)
    world.buy(world.alice, [(world.pool, 60_000)])
    world.pool.stopLine(line, sender=world.underwriter)
    assert world.pool.lineBook(line) == (60_000, 60_000, 0, False)
    assert world.pool.books() == (world.CAPITAL, 60_000)
    with raises("InsurancePool_NoLine", world.shop):
        world.buy(world.alice, [(world.pool, 60_000)])


def test_stop_line_frees_the_rest_as_cards_run_off(world: Guaranteed) -> None:
    """What is not paid of a promise goes free as well; nothing is left set aside in the end."""
    line = world.write_line(aggregate=1_000_000)
    pledges = [(world.pool, 60_000)]
    whole = world.buy(world.alice, pledges, custody_bps=4_000, advance=60_000)
    spent = world.buy(world.bob, pledges, custody_bps=4_000, advance=60_000)
    world.consume(world.bob, spent, 50_000)
    world.pool.stopLine(line, sender=world.underwriter)
    assert world.pool.lineBook(line)[:2] == (120_000, 120_000)
    assert world.leave_short(world.bob, spent) == 30_000
    assert world.settle(world.pool, world.bob, spent) == 30_000
    assert world.pool.lineBook(line)[:2] == (60_000, 60_000)
    world.yuan.approve(world.wallet(world.alice), 60_000, sender=world.bob)
    world.leave_short(world.alice, whole)
    world.wallet(world.alice).payShortfall(whole, 60_000, sender=world.bob)
    world.release(world.pool, world.alice, whole)
    assert world.pool.lineBook(line)[:2] == (0, 0)
    assert world.pool.books() == (world.CAPITAL - 30_000, 0)


def test_stop_line_reverts_for_a_line_that_is_not_the_merchants_present_one(world: Guaranteed) -> None:
    line = world.write_line()
    world.pool.stopLine(line, sender=world.underwriter)
    for number in (line, line + 1, 0):
        with raises("InsurancePool_LineNotOpen", number):
            world.pool.stopLine(number, sender=world.underwriter)
    with raises("Guarantor_NotKeeper", world.shop):
        world.pool.stopLine(line, sender=world.shop)


# -------------------------------------------------------------------------------------------------- premiums


def test_fund_premium_fills_one_payers_account(world: Guaranteed) -> None:
    """It is nobody's capital: what is set aside for claims never comes from it."""
    line = world.write_line(rate_bps=100, split_bps=KAIFENG)
    before = world.balance(world.pool)
    world.give(world.pool, "fundPremium", world.stranger, 700, line, 2)
    assert accounts(world, line) == [0, 0, 700, 0]
    assert world.balance(world.pool) == before + 700
    assert world.pool.books()[0] == world.CAPITAL
    assert world.named("PremiumFunded")[0].args == {
        "line": line,
        "place": 2,
        "from": world.stranger.address,
        "amount": 700,
    }


def test_fund_premium_reverts_for_a_place_that_pays_nothing(world: Guaranteed) -> None:
    line = world.write_line(rate_bps=100)
    for number, place in ((line, 1), (line, 3), (line + 1, 0), (0, 0), (line, 4), (line, 2**256 - 1)):
        with raises("InsurancePool_NotPayer", number, place, world.shop):
            world.pool.fundPremium(number, place, 1, sender=world.shop)


def test_fund_premium_reverts_for_an_amount_that_no_account_can_hold(world: Guaranteed) -> None:
    line = world.write_line(rate_bps=100)
    world.give(world.pool, "fundPremium", world.shop, 1, line, 0)
    with raises("SafeCastOverflowedUintDowncast", 128, 2**256 - 1):
        world.pool.fundPremium(line, 0, 2**256 - 1, sender=world.shop)


def test_withdraw_premium_gives_back_what_no_premium_has_used(world: Guaranteed) -> None:
    line = world.write_line(rate_bps=100)
    world.give(world.pool, "fundPremium", world.shop, 1_000, line, 0)
    world.buy(world.alice, [(world.pool, 60_000)])
    assert accounts(world, line)[0] == 400
    before = world.balance(world.shop)
    world.pool.withdrawPremium(line, 0, 400, world.shop, sender=world.shop)
    assert world.balance(world.shop) == before + 400
    assert accounts(world, line) == [0, 0, 0, 0]


def test_withdraw_premium_reverts_for_anyone_but_the_payer_and_beyond_the_account(world: Guaranteed) -> None:
    line = world.write_line(rate_bps=100)
    world.give(world.pool, "fundPremium", world.stranger, 1_000, line, 0)
    for other in (world.stranger, world.underwriter, world.operator):
        with raises("InsurancePool_NotPayer", line, 0, other):
            world.pool.withdrawPremium(line, 0, 1, other, sender=other)
    with raises("InsurancePool_NotPayer", line, 4, world.shop):
        world.pool.withdrawPremium(line, 4, 1, world.shop, sender=world.shop)
    with raises("InsurancePool_PremiumMissing", line, 0, 1_001, 1_000):
        world.pool.withdrawPremium(line, 0, 1_001, world.shop, sender=world.shop)


# ------------------------------------------------------------------------------------------------- accepting


def test_accept_promises_the_pledge_and_sets_nothing_more_aside_than_the_line_did(world: Guaranteed) -> None:
    line = world.write_line(aggregate=1_000_000)
    terms = world.buy(world.alice, [(world.pool, 60_000)])
    until = world.now + world.COVER_DAYS * 86_400
    card = world.card_id(world.alice, terms)
    wallet = world.wallet(world.alice).address
    assert world.named("CardAccepted")[0].args == {
        "card": card,
        "wallet": wallet,
        "merchant": world.shop.address,
        "promised": 60_000,
        "until": until,
    }
    assert world.pool.guaranteeOf(card)[:5] == (wallet, 60_000, until, PROMISED, line)
    assert world.pool.lineBook(line) == (1_000_000, 60_000, 0, True)
    assert world.pool.promisedTo(line, world.alice) == 60_000
    assert world.pool.books() == (world.CAPITAL, 1_000_000)


def test_accept_promises_no_more_than_the_card_can_be_short(world: Guaranteed) -> None:
    """By its plain fields: what need not be held, what a tier may have, what is advanced; all of it where
    use is settled at more than a refund deducts."""
    world.write_line(aggregate=10_000_000)
    cases: list[tuple[int, dict[str, Any]]] = [
        (80_000, {}),
        (80_000, {"consumer_formula": 1}),
        (80_001, {"advance": 80_001}),
        (1, {"custody_bps": 9_999, "advance": 0, "principal": 9_999}),
        (70_000, {"custody_bps": 0, "advance": 0, "ladder1": 3_000, "ladder3": 7_000}),
        (100_000, {"settlement_formula": 1, "bonus": 30_000}),
        (100_000, {"not_consumer_formula": 2, "bonus": 30_000}),
        (80_000, {"settlement_formula": 2, "bonus": 30_000}),
    ]
    for promised, fields in cases:
        fifth = {"custody_bps": 2_000, "advance": 80_000}
        for limit in (500_000, promised, promised - 1):
            if limit:
                world.buy(world.alice, [(world.pool, limit)], **{**fifth, **fields})
                least = min(limit, promised)
                assert world.named("CardAccepted")[0].args["promised"] == least, fields


def test_accept_takes_the_premium_from_the_payers_in_their_shares_to_the_fen(world: Guaranteed) -> None:
    line = world.write_line(rate_bps=101, split_bps=KAIFENG)
    fund_all(world, line, 1_000)
    expected = premium_parts(61_237, 101, KAIFENG)
    assert expected == [309, 123, 61, 125]
    world.buy(world.alice, [(world.pool, 61_237)])
    assert accounts(world, line) == [1_000 - part for part in expected]
    assert world.pool.books()[0] == world.CAPITAL + sum(expected)
    assert world.named("PremiumPaid")[0].args == {"line": line, "insured": 61_237, "premium": 618}


def test_accept_takes_a_premium_as_large_as_what_is_insured(world: Guaranteed) -> None:
    line = world.write_line(rate_bps=10_000)
    world.give(world.pool, "fundPremium", world.shop, 60_000, line, 0)
    world.buy(world.alice, [(world.pool, 60_000)])
    assert accounts(world, line)[0] == 0


def test_accept_reverts_for_anyone_but_a_sub_wallet_that_the_factory_derives(world: Guaranteed) -> None:
    """An impostor may name any owner: the factory derives another address for it."""
    world.write_line()
    terms = world.terms(custody_bps=0)
    impostor = world.deploy("ImpostorWallet", world.alice)
    with raises("Guarantor_NotOurWallet", impostor):
        impostor.offer(world.pool, terms, 1_000)
    other = world.deploy("SubWalletFactory", world.implementation)
    other.create(world.alice, sender=world.stranger)
    foreign = world.at(other.walletOf(world.alice), artefact("SubWallet"))
    world.yuan.approve(foreign, 100_000, sender=world.alice)
    pledges = [(world.pool, 1_000)]
    covered = world.terms(custody_bps=0, pledges=pledges)
    with raises("Guarantor_NotOurWallet", foreign):
        foreign.openCovered(covered, world.pledges_of(covered), sender=world.alice)


def test_accept_reverts_for_another_token(world: Guaranteed) -> None:
    world.write_line()
    other = world.deploy("DigitalYuan", world.issuer)
    other.mint(world.alice, 100_000, sender=world.issuer)
    with raises("Guarantor_OtherToken", other):
        world.buy(world.alice, [(world.pool, 1_000)], token=other)


def test_accept_reverts_for_a_card_that_the_merchant_does_not_offer(world: Guaranteed) -> None:
    """Else a consumer could name a payee of its own, have its money back at once and wait for the merchant to
    fail; the premium would be the merchant's."""
    world.write_line()
    pledges = [(world.pool, 100_000)]
    terms = world.terms(custody_bps=0, advance=100_000, payee=world.bob, pledges=pledges)
    world.yuan.approve(world.wallet(world.alice), 100_000, sender=world.alice)

    def bought() -> None:
        world.wallet(world.alice).openCovered(terms, world.pledges_of(terms), sender=world.alice)

    with raises("Guarantor_NotOnSale", terms.product_id):
        bought()
    with world.rollback():
        world.offer(terms)
        world.catalogue.withdraw(terms.product_id, sender=world.shop)
        with raises("Guarantor_NotOnSale", terms.product_id):
            bought()
    world.offer(terms)
    bought()


def test_accept_reverts_without_a_line(world: Guaranteed) -> None:
    with raises("InsurancePool_NoLine", world.shop):
        world.buy(world.alice, [(world.pool, 1_000)])


def test_accept_reverts_for_a_template_that_the_line_does_not_list(world: Guaranteed) -> None:
    world.write_line(templates=[world.sessions])
    with raises("Guarantor_TemplateNotListed", world.stored_value):
        world.buy(world.alice, [(world.pool, 1_000)])


def test_accept_reverts_for_a_service_that_outlasts_the_cover(world: Guaranteed) -> None:
    """The last day of a service needs days behind it in which to claim."""
    world.write_line(cover_days=425)
    world.buy(world.alice, [(world.pool, 1_000)], term_days=365)
    with raises("Guarantor_TermTooLong", 366, 425):
        world.buy(world.alice, [(world.pool, 1_000)], term_days=366)


def test_accept_reverts_beyond_the_consumers_limit(world: Guaranteed) -> None:
    line = world.write_line(consumer_most=100_000)
    world.buy(world.alice, [(world.pool, 60_000)])
    with raises("Guarantor_BeyondLimit", "consumer", 40_001, 40_000):
        world.buy(world.alice, [(world.pool, 40_001)])
    world.buy(world.alice, [(world.pool, 40_000)])
    world.buy(world.bob, [(world.pool, 100_000)])
    assert world.pool.promisedTo(line, world.alice) == 100_000


def test_accept_reverts_beyond_the_lines_aggregate(world: Guaranteed) -> None:
    world.write_line(aggregate=150_000)
    world.buy(world.alice, [(world.pool, 100_000)])
    with raises("Guarantor_BeyondLimit", "line", 50_001, 50_000):
        world.buy(world.bob, [(world.pool, 50_001)])
    world.buy(world.bob, [(world.pool, 50_000)])


def test_accept_reverts_when_a_payer_has_not_funded_its_part(world: Guaranteed) -> None:
    """Then there is no sale: the consumer keeps its money."""
    line = world.write_line(rate_bps=100, split_bps=KAIFENG)
    fund_all(world, line, 199)
    before = world.balance(world.alice)
    with raises("InsurancePool_PremiumMissing", line, 0, 300, 199):
        world.buy(world.alice, [(world.pool, 60_000)])
    world.give(world.pool, "fundPremium", world.shop, 101, line, 0)
    world.buy(world.alice, [(world.pool, 60_000)])
    assert world.balance(world.alice) == before - 100_000
    assert accounts(world, line) == [0, 79, 139, 79]


def test_accept_reverts_for_a_card_that_cannot_be_short(world: Guaranteed) -> None:
    world.write_line()
    with raises("Guarantor_NothingToCover"):
        world.buy(world.alice, [(world.pool, 1_000)], custody_bps=10_000, advance=0)


def test_accept_reverts_for_a_card_that_was_accepted_before(world: Guaranteed) -> None:
    """Our wallets ask each guarantor once. One that asks twice gets no second promise, here with a pool that
    believes a hostile factory."""
    hostile = world.deploy("ImpostorWallet", world.alice)
    pool = world.deploy(
        "InsurancePool",
        world.underwriter,
        world.yuan,
        hostile,
        world.merchants,
        world.disputes,
        world.catalogue,
    )
    world.give(pool, "deposit", world.underwriter, 1_000_000)
    pool.writeLine(world.line(), (world.stored_value,), sender=world.underwriter)
    terms = world.terms(custody_bps=0, advance=100_000, form=FORM)
    world.offer(terms)
    hostile.offer(pool, terms, 1_000)
    with raises("Guarantor_WrongStage", bytes(32), PROMISED):
        hostile.offer(pool, terms, 1_000)
