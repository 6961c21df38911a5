"""One pot for many claims: `insurance_pool_shared.tree`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import pytest

from tests.contracts.guaranteed import CONFIRMED, FILED, FRAUD, REFUSED, Guaranteed
from tests.contracts.harness import Account, raises
from wallet.law.waterfall import last_with_more, share_out
from wallet.terms import Terms

POT = 100_000
Claim = tuple[Account, Terms]


@pytest.fixture(scope="module")
def furnished() -> Guaranteed:
    """A line that holds 1000.00 and may promise 5000.00."""
    world = Guaranteed()
    world.write_line(aggregate=POT, promised_most=5 * POT)
    return world


@pytest.fixture
def world(furnished: Guaranteed) -> Iterator[Guaranteed]:
    with furnished.rollback():
        yield furnished


def cards(world: Guaranteed, promised: Sequence[int]) -> list[Claim]:
    """A card for each promise, each of a consumer of its own, all short because the merchant is gone."""
    made = []
    for number, fen in enumerate(promised):
        consumer = world.account(f"consumer {number}")
        world.fund(consumer, 100_000)
        made.append((consumer, world.buy(consumer, [(world.pool, fen)])))
    for consumer, terms in made:
        world.leave_short(consumer, terms)
    return made


def file_all(world: Guaranteed, claims: Sequence[Claim], **how: Any) -> None:
    for consumer, terms in claims:
        world.file(world.pool, consumer, terms, **how)


def counted(world: Guaranteed, line: int, number: int) -> tuple[list[int], int]:
    """What counts of a round's claims, 0 for those that do not, and the line's free pot."""
    _, ids = world.pool.roundAt(line, number)
    found = []
    for place, card in enumerate(ids):
        claim = world.pool.guaranteeOf(card)
        counts = claim[3] == CONFIRMED or (claim[3] == FILED and claim[8] != FRAUD)
        found.append(claim[5] if counts and claim[9:] == (number, place) else 0)
    book = world.pool.lineBook(line)
    return found, book[0] - book[2]


def allot(world: Guaranteed, line: int = 1, number: int = 0, count: int = 1000) -> list[int]:
    """Propose what the reference says; the parts."""
    claims, pot = counted(world, line, number)
    shared = world.pool.roundAt(line, number)[0]
    pot = shared[3] if shared[5] else pot
    least, last = last_with_more(claims, pot) if sum(claims) > pot else (0, 0)
    world.pool.allot(line, number, least, last, count, sender=world.stranger)
    return share_out(claims, pot)


def pay_all(world: Guaranteed, claims: Sequence[Claim]) -> list[int]:
    return [world.pay(world.pool, consumer, terms) for consumer, terms in claims]


# ------------------------------------------------------------------------------------------ promising, filing


def test_accept_promises_as_much_as_was_written_on_each_fen_that_is_there(world: Guaranteed) -> None:
    """Five fen on each: once the pot has paid, less may be promised anew, and nothing once it is empty."""
    claims = cards(world, [80_000])
    with raises("Guarantor_BeyondLimit", "line", 420_001, 420_000):
        world.merchants.approve(world.shop, sender=world.operator)
        world.buy(world.alice, [(world.pool, 420_001)], principal=500_000, advance=500_000)
    file_all(world, claims)
    world.advance(days=world.PATIENCE)
    allot(world)
    pay_all(world, claims)
    assert world.pool.lineBook(1) == (20_000, 0, 0, True)
    with raises("Guarantor_BeyondLimit", "line", 100_001, 100_000):
        world.buy(world.alice, [(world.pool, 100_001)], principal=500_000, advance=500_000)
    world.buy(world.alice, [(world.pool, 100_000)])


def test_accept_promises_nothing_on_a_part_of_a_fen(world: Guaranteed) -> None:
    """20,000 fen are left of 100,000 on which 500,001 may be promised: 100,000 and a fifth."""
    line = world.write_line(aggregate=POT, promised_most=5 * POT + 1)
    claims = cards(world, [80_000])
    file_all(world, claims)
    world.advance(days=world.PATIENCE)
    allot(world, line)
    pay_all(world, claims)
    world.merchants.approve(world.shop, sender=world.operator)
    with raises("Guarantor_BeyondLimit", "line", 100_001, 100_000):
        world.buy(world.alice, [(world.pool, 100_001)], principal=500_000, advance=500_000)


def test_accept_stays_within_each_consumers_limit(world: Guaranteed) -> None:
    world.write_line(aggregate=POT, promised_most=5 * POT, consumer_most=50_000)
    world.buy(world.alice, [(world.pool, 50_000)])
    with raises("Guarantor_BeyondLimit", "consumer", 1, 0):
        world.buy(world.alice, [(world.pool, 1)])


def test_file_gathers_the_claims_of_the_same_days_in_one_round(world: Guaranteed) -> None:
    claims = cards(world, [80_000, 70_000, 60_000])
    for consumer, terms in claims:
        world.file(world.pool, consumer, terms)
        world.advance(days=3)
    shared, ids = world.pool.roundAt(1, 0)
    assert shared[1:3] == (3, 210_000)
    assert list(ids) == [world.card_id(*claim) for claim in claims]
    assert world.pool.roundsOf(1) == 1


def test_file_opens_another_round_for_those_who_come_later(world: Guaranteed) -> None:
    first, late = cards(world, [80_000, 70_000])
    world.file(world.pool, *first)
    world.advance(days=world.WAIT)
    with world.rollback():
        world.file(world.pool, *late)
        assert world.pool.roundsOf(1) == 1
    world.advance(days=1)
    world.file(world.pool, *late)
    assert world.pool.roundsOf(1) == 2
    assert world.pool.roundAt(1, 1)[0][:3] == (world.now, 1, 70_000)


def test_file_lets_a_claim_that_lapsed_stand_anew_in_a_later_round(world: Guaranteed) -> None:
    """It counts once, where it was filed last."""
    claims = cards(world, [80_000, 70_000])
    (consumer, terms), other = claims
    world.file(world.pool, consumer, terms, trigger=FRAUD, sender=consumer)
    world.file(world.pool, *other)
    world.advance(days=world.PATIENCE)
    world.file(world.pool, consumer, terms)
    assert world.pool.roundAt(1, 0)[0][2] == 70_000
    assert world.pool.roundAt(1, 1)[0][2] == 80_000
    assert allot(world) == [0, 70_000]
    world.advance(days=world.PATIENCE)
    assert allot(world, number=1) == [30_000]
    assert pay_all(world, claims) == [30_000, 70_000]


# --------------------------------------------------------------------------------------------------- sharing


def test_allot_shares_a_pot_that_is_too_small_by_the_largest_remainder(world: Guaranteed) -> None:
    claims = cards(world, [80_000, 33_333, 70_001, 7])
    file_all(world, claims)
    world.advance(days=world.PATIENCE)
    parts = allot(world)
    assert sum(parts) == POT
    assert parts == [43_634, 18_181, 38_181, 4]
    assert world.named("RoundFrozen")[0].args == {"line": 1, "round": 0, "sum": 183_341, "pot": POT}
    assert world.pool.lineBook(1)[2] == POT
    assert pay_all(world, claims) == parts
    assert world.pool.lineBook(1) == (0, 0, 0, True)
    assert world.pool.books() == (world.CAPITAL - POT, 0)


def test_allot_gives_each_what_it_claimed_where_there_is_enough(world: Guaranteed) -> None:
    """Whatever is proposed."""
    claims = cards(world, [40_000, 60_000])
    file_all(world, claims)
    world.advance(days=world.PATIENCE)
    world.pool.allot(1, 0, 12_345, 99, 0, sender=world.stranger)
    assert pay_all(world, claims) == [40_000, 60_000]


def test_allot_prefers_the_earlier_filed_among_equal_remainders(world: Guaranteed) -> None:
    claims = cards(world, [50_000] * 7)
    file_all(world, claims[::-1])
    world.advance(days=world.PATIENCE)
    assert allot(world) == [14_286] * 5 + [14_285] * 2
    assert pay_all(world, claims) == [14_285] * 2 + [14_286] * 5


def test_allot_may_be_counted_in_several_calls_whatever_others_propose_meanwhile(world: Guaranteed) -> None:
    claims = cards(world, [50_000] * 7)
    file_all(world, claims)
    world.advance(days=world.PATIENCE)
    for _ in range(3):
        allot(world, count=2)
        assert not world.pool.roundAt(1, 0)[0][6]
        for least, last in ((0, 0), (0, 4), (1, 5)):
            world.pool.allot(1, 0, least, last, 1, sender=world.stranger)
    assert allot(world, count=1) == [14_286] * 5 + [14_285] * 2
    assert world.named("RoundAllotted")[0].args["last"] == 4
    assert sum(pay_all(world, claims)) == POT


def test_allot_counts_days_by_the_calendar_to_the_second(world: Guaranteed) -> None:
    """A round that began in the last second of a day; the assessor's word ends with its days."""
    claims = cards(world, [80_000, 70_000])
    world.advance((86_399 - world.now - 8 * 3600) % 86_400)
    file_all(world, claims)
    world.advance(days=world.PATIENCE - 1)
    with raises("InsurancePool_RoundOpen", 1, 0, 2):
        allot(world)
    world.advance(1)
    with raises("Guarantor_WrongStage", ..., FILED):
        world.refuse(world.pool, *claims[0])
    assert sum(allot(world)) == POT


def test_allot_leaves_out_what_the_assessor_refused(world: Guaranteed) -> None:
    claims = cards(world, [80_000, 70_000, 60_000])
    file_all(world, claims)
    world.refuse(world.pool, *claims[1])
    world.advance(days=world.PATIENCE)
    assert allot(world) == [57_143, 0, 42_857]
    assert [world.pay(world.pool, *claims[n]) for n in (0, 2)] == [57_143, 42_857]
    with raises("Guarantor_NotVerified", ..., REFUSED):
        world.pay(world.pool, *claims[1])


def test_allot_counts_what_only_the_assessor_could_confirm_once_it_has(world: Guaranteed) -> None:
    claims = cards(world, [80_000, 70_000, 60_000])
    for consumer, terms in claims:
        world.file(world.pool, consumer, terms, trigger=FRAUD, sender=consumer)
    assert world.pool.roundAt(1, 0)[0][1:3] == (3, 0)
    world.confirm(world.pool, *claims[0])
    world.refuse(world.pool, *claims[1])
    assert world.pool.roundAt(1, 0)[0][1:3] == (1, 80_000)
    world.advance(days=world.PATIENCE)
    assert allot(world) == [80_000, 0, 0]
    assert world.pay(world.pool, *claims[0]) == 80_000


def test_allot_shares_nothing_where_nothing_counts(world: Guaranteed) -> None:
    """Everything refused, or worth nothing after the deductible."""
    claims = cards(world, [80_000])
    file_all(world, claims)
    world.refuse(world.pool, *claims[0])
    world.advance(days=world.PATIENCE)
    assert allot(world) == [0]
    assert world.pool.lineBook(1)[2] == 0
    world.merchants.approve(world.shop, sender=world.operator)
    line = world.write_line(aggregate=POT, promised_most=2 * POT, deductible_fen=100_000)
    claims = cards(world, [80_000])
    file_all(world, claims)
    world.advance(days=world.PATIENCE)
    assert allot(world, line) == [0]
    assert pay_all(world, claims) == [0]


def test_allot_leaves_a_later_round_what_is_left(world: Guaranteed) -> None:
    claims = cards(world, [60_000, 30_000, 50_000])
    file_all(world, claims[:1])
    world.advance(days=world.PATIENCE)
    file_all(world, claims[1:])
    assert allot(world) == [60_000]
    world.advance(days=world.PATIENCE)
    assert allot(world, number=1) == [15_000, 25_000]
    assert pay_all(world, claims) == [60_000, 15_000, 25_000]


def test_allot_may_come_early_once_every_claim_is_decided(world: Guaranteed) -> None:
    claims = cards(world, [80_000, 70_000])
    file_all(world, claims)
    world.confirm(world.pool, *claims[0])
    world.advance(days=world.WAIT + 1)
    with raises("InsurancePool_RoundOpen", 1, 0, 1):
        allot(world)
    world.confirm(world.pool, *claims[1])
    assert allot(world) == [53_333, 46_667]


def test_allot_reverts_for_parts_that_do_not_add_up(world: Guaranteed) -> None:
    """One fen too many or too few, or to somebody else: nothing but the true pair passes."""
    claims = cards(world, [80_000, 33_333, 70_001, 7])
    file_all(world, claims)
    world.advance(days=world.PATIENCE)
    amounts, pot = counted(world, 1, 0)
    true = last_with_more(amounts, pot)
    remainders = [amount * pot % sum(amounts) for amount in amounts]
    for least in (*remainders, 0, 2**256 - 1):
        for last in range(5):
            more = sum((rest, -n) >= (least, -last) for n, rest in enumerate(remainders))
            with world.rollback():
                if more == sum((rest, -n) >= (true[0], -true[1]) for n, rest in enumerate(remainders)):
                    world.pool.allot(1, 0, least, last, 4, sender=world.stranger)
                    assert pay_all(world, claims) == share_out(amounts, pot)
                    continue
                with raises("InsurancePool_AllotmentWrong", 1, 0, ..., POT) as wrong:
                    world.pool.allot(1, 0, least, last, 4, sender=world.stranger)
                assert wrong.values[2] != POT
                assert not world.pool.roundAt(1, 0)[0][5]


def test_allot_reverts_while_claims_may_still_come_or_be_decided(world: Guaranteed) -> None:
    claims = cards(world, [80_000])
    file_all(world, claims)
    world.confirm(world.pool, *claims[0])
    world.advance(days=world.WAIT)
    with raises("InsurancePool_RoundOpen", 1, 0, 0):
        allot(world)
    world.advance(days=1)
    allot(world)


def test_allot_reverts_before_the_round_before_it(world: Guaranteed) -> None:
    claims = cards(world, [80_000, 70_000])
    file_all(world, claims[:1])
    world.advance(days=world.PATIENCE)
    file_all(world, claims[1:])
    world.advance(days=world.PATIENCE)
    with raises("InsurancePool_RoundOpen", 1, 0, 0):
        allot(world, number=1)
    allot(world)
    assert allot(world, number=1) == [20_000]


def test_allot_reverts_twice(world: Guaranteed) -> None:
    claims = cards(world, [80_000, 70_000])
    file_all(world, claims)
    world.advance(days=world.PATIENCE)
    allot(world)
    with raises("InsurancePool_RoundClosed", 1, 0):
        world.pool.allot(1, 0, 0, 0, 9, sender=world.stranger)


# ---------------------------------------------------------------------------------------------------- paying


def test_pay_pays_each_its_part_whoever_comes_first(world: Guaranteed) -> None:
    claims = cards(world, [80_000, 70_000, 50_000])
    file_all(world, claims)
    world.advance(days=world.PATIENCE)
    parts = allot(world)
    for order in ((0, 1, 2), (2, 1, 0), (1, 2, 0)):
        with world.rollback():
            for place in order:
                assert world.pay(world.pool, *claims[place]) == parts[place]
            assert world.pool.owedBy(world.shop) == POT


def test_pay_gives_back_to_the_pot_what_the_merchant_has_paid_meanwhile(world: Guaranteed) -> None:
    claims = cards(world, [80_000, 70_000])
    (consumer, terms), other = claims
    file_all(world, claims)
    world.advance(days=world.PATIENCE)
    assert allot(world) == [53_333, 46_667]
    missing = world.card(consumer, terms).held
    world.yuan.approve(world.wallet(consumer), missing, sender=world.bob)
    world.wallet(consumer).payShortfall(terms, missing - 3_333, sender=world.bob)
    assert world.pay(world.pool, consumer, terms) == 3_333
    assert world.pool.lineBook(1) == (96_667, 70_000, 46_667, True)
    assert world.pay(world.pool, *other) == 46_667
    assert world.pool.lineBook(1) == (50_000, 0, 0, True)


def test_pay_reverts_before_the_pot_is_shared(world: Guaranteed) -> None:
    claims = cards(world, [80_000])
    file_all(world, claims)
    world.confirm(world.pool, *claims[0])
    world.advance(days=world.PATIENCE)
    with raises("InsurancePool_NotAllotted", 1, 0):
        pay_all(world, claims)


def test_confirm_reverts_once_the_rounds_days_are_over(world: Guaranteed) -> None:
    """They run from the round's first claim, so that nobody who files last holds up the rest."""
    claims = cards(world, [80_000, 70_000])
    world.file(world.pool, *claims[0])
    world.advance(days=world.WAIT)
    world.file(world.pool, *claims[1])
    world.advance(days=world.VERIFY)
    with world.rollback():
        world.confirm(world.pool, *claims[1])
    world.advance(days=1)
    with raises("Guarantor_WrongStage", ..., FILED):
        world.confirm(world.pool, *claims[1])


def test_stop_line_keeps_what_its_promises_may_still_cost(world: Guaranteed) -> None:
    claims = cards(world, [80_000, 70_000])
    world.pool.stopLine(1, sender=world.underwriter)
    assert world.pool.lineBook(1)[:2] == (POT, 150_000)
    file_all(world, claims)
    world.advance(days=world.PATIENCE)
    allot(world)
    assert pay_all(world, claims) == [53_333, 46_667]
    assert world.pool.books() == (world.CAPITAL - POT, 0)
