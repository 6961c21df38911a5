"""Four supports for merchants, each by itself; none takes a fen out of custody. Rows 22 and 23."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import product as every

import pytest

from tests.services.staging import stage_in
from wallet.address import ZERO_ADDRESS
from wallet.errors import InvalidInput
from wallet.law.fees import FeePlan
from wallet.law.finance import Credit, DepositBonus, FastWithdrawal, Loan, Support
from wallet.services import fees
from wallet.services.payments import entries
from wallet.services.support import (
    CREDIT,
    LOAN,
    custody_of,
    deposit_interest_due,
    draw,
    draws,
    line_of,
    pay_deposit_interest,
    repay,
)
from wallet.services.support_report import report
from wallet.vectors.card import PlayedCard, product
from wallet.vectors.stage import RICH, Stage

DAY = 86_400
ALL = Support(DepositBonus(120), Credit(5_000, 30, 435), FastWithdrawal(20), Loan(3_000, 300))
NAMES = ("deposit", "credit", "fast", "loan")


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    yield from stage_in(tmp_path_factory.mktemp("support"))


@pytest.fixture
def stage(shared: Stage) -> Stage:
    """The platform as at its beginning, its bank with money of its own."""
    shared.clear()
    shared.give(shared.bank.address, RICH)
    return shared


def forty_days(stage: Stage, support: Support) -> dict[str, dict[str, int]]:
    """A card of 1000 yuan, 400 of them used on the first day; every support that is on is made use of.

    Returns the entries that each support makes, and the money of all and in custody at the end.
    """
    context, bank, merchant = stage.context, stage.bank, stage.merchant
    plan = FeePlan(30, 0, 0 if support.fast is None else support.fast.fee_bps, 1, support.fast is not None)
    account = fees.open_account(
        context, stage.operator, merchant.address, plan, platform=stage.newcomer.address,
        fund=ZERO_ADDRESS, bank=bank.address,
    ).account  # fmt: skip
    card = PlayedCard(stage, replace(product(stage, "StoredValue", 100_000), payee=account))
    card.use(40_000, 40_000, most=100_000)
    fees.enter(context, stage.operator, account)
    if support.fast is not None:
        fees.withdraw_fast(context, merchant, account, 10_000)
    lent = [
        draw(
            context,
            bank,
            merchant.address,
            line_of(context, bank.address, merchant.address, offer, kind).free,
            offer,
        )
        for kind, offer in ((CREDIT, support.credit), (LOAN, support.loan))
        if offer is not None
    ]
    card.wait(40)
    fees.withdraw(context, merchant, account)
    stage.give(merchant.address, 10_000)
    for one in lent:
        repay(context, merchant, bank.address, one.draw)
    if support.deposit is not None:
        pay_deposit_interest(context, bank, merchant.address, support.deposit)
    by_kind: dict[str, int] = {}
    for entry in entries(context):
        by_kind[entry.what] = by_kind.get(entry.what, 0) + entry.amount
    return {
        "deposit": {key: by_kind[key] for key in by_kind if key.startswith("deposit")},
        "credit": {key: by_kind[key] for key in by_kind if key.startswith("credit")},
        "loan": {key: by_kind[key] for key in by_kind if key.startswith("loan")},
        "fast": {"fee": fees.takings(context, account).fast_fees} if support.fast is not None else {},
        "custody": {
            "held": custody_of(context, merchant.address),
            "wallet": stage.balance(card.wallet.address),
        },
    }


def test_row_22_four_supports_each_by_itself_and_none_out_of_custody(stage: Stage) -> None:
    """In all sixteen combinations a support that is off makes no entries, the others make exactly the same
    ones, and what lies in custody is the same to the fen."""
    seen = {}
    for switches in every((True, False), repeat=4):
        stage.clear()
        stage.give(stage.bank.address, RICH)
        on = dict(zip(NAMES, switches, strict=True))
        support = Support(**{name: getattr(ALL, name) if on[name] else None for name in NAMES})
        seen[switches] = forty_days(stage, support)
    whole = seen[True, True, True, True]
    assert whole["custody"] == {"held": 60_000, "wallet": 60_000}
    assert whole["deposit"] == {"deposit interest": 60_000 * 120 * 40 // 3_650_000}
    assert whole["credit"] == {
        "credit drawn": 30_000, "credit repaid": 30_000, "credit interest": 30_000 * 435 * 10 // 3_650_000,
    }  # fmt: skip
    assert whole["loan"] == {
        "loan drawn": 18_000, "loan repaid": 18_000, "loan interest": 18_000 * 300 * 40 // 3_650_000,
    }  # fmt: skip
    assert whole["fast"] == {"fee": 20}
    for switches, found in seen.items():
        for name, on_ in zip(NAMES, switches, strict=True):
            assert found[name] == (whole[name] if on_ else {}), (switches, name)
        assert found["custody"] == whole["custody"], switches


def test_row_23_the_report_says_what_each_party_gains_and_risks(stage: Stage) -> None:
    """Consumer, merchant, platform and bank: every fen gained by one is another's, or lies in custody."""
    forty_days(stage, ALL)
    found = report(stage.context, stage.merchant.address, stage.bank.address)
    assert found.balanced
    assert found.custody == 60_000
    assert found.party("consumers").items["prepaid"] == -100_000
    merchant, bank = found.party("merchant"), found.party("bank")
    assert merchant.items["settled"] == 40_000
    assert found.party("platform").result == 120 == -merchant.items["service_fee"]
    assert bank.result == 35 + 59 + 20 - 78
    assert merchant.result == 40_000 - 120 - bank.result
    assert (bank.at_risk, merchant.owes, found.party("consumers").at_risk) == (0, 0, 0)


def test_row_23_partial_custody_and_open_debt_are_risks(stage: Stage) -> None:
    """What a consumer would miss and what a bank has lent, if the merchant were gone tomorrow."""
    PlayedCard(stage, product(stage, "StoredValue", 100_000, advance=100_000, custody_bps=3_000))
    draw(stage.context, stage.bank, stage.merchant.address, 15_000, Credit(5_000))
    found = report(stage.context, stage.merchant.address, stage.bank.address)
    assert found.balanced
    assert found.party("consumers").at_risk == 70_000
    assert (found.party("bank").at_risk, found.party("merchant").owes) == (15_000, 15_000)


def test_a_line_is_a_share_of_custody_less_what_is_owed(stage: Stage) -> None:
    """It falls as cards are used, and nothing is called back by itself."""
    context, bank, merchant = stage.context, stage.bank, stage.merchant.address
    card = PlayedCard(stage, product(stage, "StoredValue", 100_001))
    offer = Credit(line_bps=5_000)
    assert line_of(context, bank.address, merchant, offer, CREDIT).free == 50_000
    draw(context, bank, merchant, 30_000, offer)
    with pytest.raises(InvalidInput, match="20000 left"):
        draw(context, bank, merchant, 20_001, offer)
    card.use(60_001, 60_001, most=100_001)
    found = line_of(context, bank.address, merchant, offer, CREDIT)
    assert (found.line, found.outstanding, found.free) == (20_000, 30_000, 0)


def test_a_draw_keeps_the_terms_it_was_drawn_on(stage: Stage) -> None:
    """Paid back in parts, each bears interest for its own days beyond the free ones."""
    context, bank, merchant = stage.context, stage.bank, stage.merchant
    PlayedCard(stage, product(stage, "StoredValue", 1_000_000))
    drawn = draw(context, bank, merchant.address, 400_000, Credit(5_000, 30, 435))
    stage.give(merchant.address, RICH)
    stage.wait_until(drawn.drawn_at + 20 * DAY)
    (free,) = repay(context, merchant, bank.address, drawn.draw[:10], 100_000)
    assert free.amount == 100_000
    stage.wait_until(drawn.drawn_at + 130 * DAY)
    (now,) = draws(context, bank.address, merchant.address, CREDIT)
    assert (now.outstanding, now.interest_due) == (300_000, 300_000 * 435 * 100 // 3_650_000)
    _, interest = repay(context, merchant, bank.address, drawn.draw)
    assert interest.amount == now.interest_due
    (done,) = draws(context, bank.address, merchant.address, CREDIT)
    assert (done.outstanding, done.interest_paid, done.interest_due) == (0, interest.amount, 0)
    for wanted, reason in (("0x1234", "not known"), (drawn.draw, "outstanding")):
        with pytest.raises(InvalidInput, match=reason):
            repay(context, merchant, bank.address, wanted, 1)


def test_deposit_interest_follows_custody_day_by_day(stage: Stage) -> None:
    """A card of 1000 yuan for ten days, 600 for ten more, nothing after it ended; paid once for each day."""
    context, merchant, bonus = stage.context, stage.merchant.address, DepositBonus(120)
    card = PlayedCard(stage, product(stage, "StoredValue", 100_000))
    card.wait(10)
    card.use(40_000, 40_000, most=100_000)
    card.wait(20)
    fen_days = 100_000 * 10 + 60_000 * 10
    assert deposit_interest_due(context, merchant, bonus) == fen_days * 120 // 3_650_000
    pay_deposit_interest(context, stage.bank, merchant, bonus)
    assert deposit_interest_due(context, merchant, bonus) == 0
    card.wait(30)
    card.leave()
    card.wait(300)
    assert deposit_interest_due(context, merchant, bonus) == 60_000 * 10 * 120 // 3_650_000


def test_what_a_bank_does_not_offer_is_refused(stage: Stage) -> None:
    context, bank, merchant = stage.context, stage.bank, stage.merchant.address
    for attempt in (
        lambda: draw(context, bank, merchant, 1, None),
        lambda: deposit_interest_due(context, merchant, None),
        lambda: line_of(context, bank.address, merchant, None, LOAN),
    ):
        with pytest.raises(InvalidInput, match="offers no"):
            attempt()


def test_an_account_is_opened_once_and_only_ours_are_believed(stage: Stage) -> None:
    """The same plan is the same account; another contract is none; too high a fee is refused."""
    context, merchant = stage.context, stage.merchant.address
    where = {"platform": stage.newcomer.address, "fund": stage.bank.address, "bank": stage.bank.address}
    first = fees.open_account(context, stage.operator, merchant, FeePlan(30, 20, 0, 2), **where)
    again = fees.open_account(context, stage.newcomer, merchant, FeePlan(30, 20, 0, 2), **where)
    assert first == again
    assert [one.account for one in fees.accounts_of(context, merchant)] == [first.account]
    for stranger in (context.platform.token, stage.newcomer.address):
        with pytest.raises(InvalidInput, match="no settlement account"):
            fees.show_account(context, stranger)
    with pytest.raises(InvalidInput, match="service_fee_bps 301"):
        fees.open_account(context, stage.operator, merchant, FeePlan(301), **where)
    with pytest.raises(InvalidInput, match="nothing to withdraw"):
        fees.withdraw(context, stage.merchant, first.account)
