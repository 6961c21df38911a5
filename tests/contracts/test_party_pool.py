"""Insurance of merchants and public bodies for their own loss: `party_pool.tree`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.contracts.guaranteed import (
    ALL,
    CONFIRMED,
    DISPUTE,
    FILED,
    PAID,
    REFUSED,
    RUNAWAY,
    ZERO,
    Guaranteed,
)
from tests.contracts.harness import raises

CONSUMER, MERCHANT, GOVERNMENT = range(3)
DAYS = 365


@pytest.fixture(scope="module")
def furnished() -> Guaranteed:
    return Guaranteed()


@pytest.fixture
def world(furnished: Guaranteed) -> Iterator[Guaranteed]:
    with furnished.rollback():
        yield furnished


def party(world: Guaranteed, **fields: Any) -> tuple[Any, ...]:
    """The town's line of 1,000,000 fen, at 80 bps, paid by the town."""
    base = {
        "beneficiary": world.town.address,
        "insured": GOVERNMENT,
        "share_bps": 10_000,
        "deductible_bps": 0,
        "triggers": ALL,
        "wait_days": 7,
        "cover_days": DAYS,
        "merchant": world.shop.address,
        "deductible_fen": 0,
        "assessor": world.assessor.address,
        "aggregate": 1_000_000,
    }
    return (*{**base, **fields}.values(), world.premium(80, (0, 0, 0, 10_000)))


def write(world: Guaranteed, **fields: Any) -> int:
    return int(world.party_pool.writeLine(party(world, **fields), sender=world.underwriter))


def start(world: Guaranteed, **fields: Any) -> int:
    """A line whose premium is paid."""
    line = write(world, **fields)
    world.give(world.party_pool, "fundPremium", world.town, 8_000, line, 3)
    world.party_pool.startLine(line, sender=world.stranger)
    return line


def file(world: Guaranteed, line: int, fen: int, *, trigger: int = RUNAWAY, by: Any = None) -> int:
    return int(world.party_pool.fileLoss(line, fen, trigger, b"\xe1" * 32, sender=by or world.town))


def stage(world: Guaranteed, loss: int) -> int:
    return int(world.party_pool.lossAt(loss)[3])


def test_write_line_sets_the_aggregate_aside_for_a_merchant_or_a_public_body(world: Guaranteed) -> None:
    for insured in (MERCHANT, GOVERNMENT):
        line = write(world, insured=insured)
        assert world.party_pool.lineAt(line) == party(world, insured=insured)
        assert world.party_pool.lineBook(line) == (1_000_000, 0, 0, True)
    assert world.named("PartyLineWritten")[0].args["beneficiary"] == world.town.address
    assert world.party_pool.books() == (world.CAPITAL, 2_000_000)


def test_write_line_reverts_for_a_line_that_contradicts_itself_and_for_anyone_but_the_underwriter(
    world: Guaranteed,
) -> None:
    wrong: list[tuple[str, int, dict[str, Any]]] = [
        ("insured", 0, {"insured": CONSUMER}),
        ("beneficiary", 0, {"beneficiary": ZERO}),
        ("assessor", 0, {"assessor": ZERO}),
        ("aggregate", 0, {"aggregate": 0}),
        ("coverDays", 0, {"cover_days": 0}),
        ("shareBps", 10_001, {"share_bps": 10_001}),
        ("deductibleBps", 10_001, {"deductible_bps": 10_001}),
    ]
    for what, value, fields in wrong:
        with raises("Guarantor_RulesInvalid", what, value):
            write(world, **fields)
    with raises("Guarantor_CapitalTooLow", world.CAPITAL + 1, world.CAPITAL):
        write(world, aggregate=world.CAPITAL + 1)
    with raises("Guarantor_NotKeeper", world.town, world.underwriter):
        world.party_pool.writeLine(party(world), sender=world.town)


def test_start_line_takes_the_premium_on_the_aggregate_and_begins_the_days(world: Guaranteed) -> None:
    line = start(world)
    until = world.now + DAYS * 86_400
    assert world.named("PartyLineStarted")[0].args == {"line": line, "until": until}
    assert world.party_pool.lineBook(line) == (1_000_000, 0, until, True)
    assert world.party_pool.premiumOf(line, 3) == 0
    assert world.party_pool.books() == (world.CAPITAL + 8_000, 1_000_000)


def test_start_line_reverts_twice_and_when_a_payer_has_not_funded_its_part(world: Guaranteed) -> None:
    line = write(world)
    with raises("InsurancePool_PremiumMissing", line, 3, 8_000, 0):
        world.party_pool.startLine(line, sender=world.town)
    for number in (start(world), 99):
        with raises("InsurancePool_LineNotOpen", number):
            world.party_pool.startLine(number, sender=world.town)


def test_end_line_frees_what_nobody_claimed_once_the_days_are_over(world: Guaranteed) -> None:
    line = start(world)
    world.advance(days=DAYS)
    with raises("InsurancePool_LineNotOver", line):
        world.party_pool.endLine(line, sender=world.stranger)
    world.advance(1)
    world.party_pool.endLine(line, sender=world.stranger)
    assert world.named("PartyLineEnded")[0].args == {"line": line}
    assert world.party_pool.books()[1] == 0
    with raises("InsurancePool_LineNotOpen", line):
        world.party_pool.endLine(line, sender=world.underwriter)


def test_end_line_takes_back_a_line_that_was_never_begun(world: Guaranteed) -> None:
    line = write(world)
    with raises("InsurancePool_LineNotOver", line, 0):
        world.party_pool.endLine(line, sender=world.town)
    world.party_pool.endLine(line, sender=world.underwriter)
    assert world.party_pool.books()[1] == 0
    with raises("InsurancePool_LineNotOpen", line):
        world.party_pool.startLine(line, sender=world.town)


def test_end_line_keeps_what_was_claimed_in_time(world: Guaranteed) -> None:
    """Of three claims one is paid, one in part, one refused; each frees what it does not need."""
    line = start(world)
    losses = [file(world, line, fen) for fen in (100_000, 200_000, 300_000)]
    world.advance(DAYS * 86_400 + 1)
    world.party_pool.endLine(line, sender=world.stranger)
    assert world.party_pool.books()[1] == 600_000
    world.party_pool.confirmLoss(losses[0], 100_000, sender=world.assessor)
    world.party_pool.confirmLoss(losses[1], 150_000, sender=world.assessor)
    assert world.party_pool.books()[1] == 550_000
    world.party_pool.refuseLoss(losses[2], bytes(32), sender=world.assessor)
    assert world.party_pool.books()[1] == 250_000
    for loss, fen in ((losses[0], 100_000), (losses[1], 150_000)):
        assert world.party_pool.payLoss(loss, sender=world.stranger) == fen
    assert world.party_pool.books() == (world.CAPITAL + 8_000 - 250_000, 0)


def test_end_line_reverts_while_the_line_runs(world: Guaranteed) -> None:
    """The insured has paid for its days: the underwriter cannot cut them short."""
    line = start(world)
    for who in (world.underwriter, world.stranger):
        with raises("InsurancePool_LineNotOver", line, ...):
            world.party_pool.endLine(line, sender=who)


def test_file_loss_counts_the_insured_share_less_the_deductible(world: Guaranteed) -> None:
    line = start(world, share_bps=5_000, deductible_bps=1_000, deductible_fen=2_000)
    loss = file(world, line, 100_000)
    assert world.named("LossFiled")[0].args == {
        "loss": loss,
        "line": line,
        "trigger": RUNAWAY,
        "amount": 45_000,
        "evidence": b"\xe1" * 32,
    }
    assert world.party_pool.lossAt(loss) == (line, 45_000, world.now, FILED)
    assert world.party_pool.lossAt(file(world, line, 10_000))[1] == 3_000


def test_file_loss_reverts_for_anyone_but_the_beneficiary_and_outside_the_lines_days(
    world: Guaranteed,
) -> None:
    unpaid = write(world)
    with raises("Guarantor_TooLate", 0):
        file(world, unpaid, 1)
    line = start(world)
    for other in (world.shop, world.underwriter, world.stranger):
        with raises("InsurancePool_NotBeneficiary", other, line):
            file(world, line, 1, by=other)
    world.advance(DAYS * 86_400)
    file(world, line, 1)
    world.advance(1)
    with raises("Guarantor_TooLate"):
        file(world, line, 1)


def test_file_loss_reverts_for_a_trigger_that_the_line_does_not_list(world: Guaranteed) -> None:
    line = start(world, triggers=1 << RUNAWAY)
    with raises("Guarantor_NotTriggered", ..., DISPUTE):
        file(world, line, 1, trigger=DISPUTE)


def test_file_loss_reverts_beyond_what_the_line_still_has(world: Guaranteed) -> None:
    line = start(world)
    loss = file(world, line, 600_000)
    with raises("Guarantor_BeyondLimit", "line", 400_001, 400_000):
        file(world, line, 400_001)
    world.party_pool.confirmLoss(loss, 600_000, sender=world.assessor)
    world.advance(days=8)
    world.party_pool.payLoss(loss, sender=world.stranger)
    with raises("Guarantor_BeyondLimit", "line", 400_001, 400_000):
        file(world, line, 400_001)


def test_file_loss_reverts_for_more_than_any_card_or_line_can_hold(world: Guaranteed) -> None:
    line = start(world)
    for fen in (2**48, 2**256 - 1):
        with raises("Guarantor_BeyondLimit", "loss", fen, 2**48 - 1):
            file(world, line, fen)


def test_confirm_loss_says_how_much_is_due(world: Guaranteed) -> None:
    line = start(world)
    loss = file(world, line, 600_000)
    world.party_pool.confirmLoss(loss, 250_000, sender=world.assessor)
    assert world.named("LossConfirmed")[0].args == {"loss": loss, "amount": 250_000}
    assert world.party_pool.lossAt(loss)[1:4:2] == (250_000, CONFIRMED)
    assert world.party_pool.lineBook(line)[:2] == (1_000_000, 250_000)


def test_confirm_loss_reverts_for_anyone_but_the_assessor_and_for_more_than_was_claimed(
    world: Guaranteed,
) -> None:
    loss = file(world, start(world), 600_000)
    for other in (world.town, world.underwriter):
        with raises("Guarantor_NotAssessor", other, world.assessor):
            world.party_pool.confirmLoss(loss, 1, sender=other)
    with raises("Guarantor_BeyondLimit", "loss", 600_001, 600_000):
        world.party_pool.confirmLoss(loss, 600_001, sender=world.assessor)
    world.party_pool.confirmLoss(loss, 1, sender=world.assessor)
    with raises("Guarantor_WrongStage", ..., CONFIRMED):
        world.party_pool.confirmLoss(loss, 1, sender=world.assessor)


def test_refuse_loss_gives_the_line_back_what_was_claimed(world: Guaranteed) -> None:
    line = start(world)
    loss = file(world, line, 600_000)
    with raises("Guarantor_NotAssessor", world.underwriter, world.assessor):
        world.party_pool.refuseLoss(loss, b"\x0f" * 32, sender=world.underwriter)
    world.party_pool.refuseLoss(loss, b"\x0f" * 32, sender=world.assessor)
    assert world.named("LossRefused")[0].args == {"loss": loss, "reason": b"\x0f" * 32}
    assert (stage(world, loss), world.party_pool.lineBook(line)[1]) == (REFUSED, 0)
    file(world, line, 1_000_000)


def test_pay_loss_pays_the_party_itself(world: Guaranteed) -> None:
    """A merchant's own loss: no debt of anybody."""
    line = write(world, insured=MERCHANT, beneficiary=world.shop.address)
    world.give(world.party_pool, "fundPremium", world.town, 8_000, line, 3)
    world.party_pool.startLine(line, sender=world.shop)
    loss = file(world, line, 600_000, trigger=DISPUTE, by=world.shop)
    world.party_pool.confirmLoss(loss, 600_000, sender=world.assessor)
    world.advance(days=8)
    before = world.balance(world.shop)
    assert world.party_pool.payLoss(loss, sender=world.stranger) == 600_000
    assert world.named("LossPaid")[0].args["beneficiary"] == world.shop.address
    assert world.balance(world.shop) == before + 600_000
    assert world.party_pool.owedBy(world.shop) == 0
    assert (stage(world, loss), world.party_pool.books()) == (PAID, (world.CAPITAL - 592_000, 400_000))


def test_pay_loss_makes_a_public_bodys_loss_the_merchants_debt(world: Guaranteed) -> None:
    loss = file(world, start(world), 600_000)
    world.party_pool.confirmLoss(loss, 600_000, sender=world.assessor)
    world.advance(days=8)
    world.party_pool.payLoss(loss, sender=world.stranger)
    assert world.party_pool.owedBy(world.shop) == 600_000
    world.give(world.party_pool, "repay", world.shop, 600_000, world.shop)
    assert world.party_pool.owedBy(world.shop) == 0


def test_pay_loss_reverts_before_the_days_are_over(world: Guaranteed) -> None:
    loss = file(world, start(world), 600_000)
    world.party_pool.confirmLoss(loss, 600_000, sender=world.assessor)
    world.advance(days=7)
    with raises("Guarantor_TooEarly", ..., 1):
        world.party_pool.payLoss(loss, sender=world.town)
    at_once = file(world, start(world, wait_days=0), 600_000)
    world.party_pool.confirmLoss(at_once, 600_000, sender=world.assessor)
    assert world.party_pool.payLoss(at_once, sender=world.town) == 600_000


def test_pay_loss_reverts_for_a_loss_that_nobody_confirmed(world: Guaranteed) -> None:
    """However long the assessor says nothing: nothing on chain shows such a loss."""
    loss = file(world, start(world), 600_000)
    world.advance(days=300)
    with raises("Guarantor_NotVerified", ..., FILED):
        world.party_pool.payLoss(loss, sender=world.town)
    world.party_pool.confirmLoss(loss, 600_000, sender=world.assessor)
    world.party_pool.payLoss(loss, sender=world.town)
    with raises("Guarantor_NotVerified", ..., PAID):
        world.party_pool.payLoss(loss, sender=world.town)


def test_withdraw_leaves_what_is_set_aside_and_is_for_the_underwriter_alone(world: Guaranteed) -> None:
    write(world)
    free = world.CAPITAL - 1_000_000
    with raises("Guarantor_CapitalTooLow", free + 1, free):
        world.party_pool.withdraw(free + 1, world.bank, sender=world.underwriter)
    with raises("Guarantor_NotKeeper", world.town, world.underwriter):
        world.party_pool.withdraw(1, world.town, sender=world.town)
    world.party_pool.withdraw(free, world.bank, sender=world.underwriter)
    assert world.balance(world.bank) == free
