"""Rounds of supervision: what they raise, stop, lift, set and close; no exit is ever in their way."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date, timedelta

import pytest

from tests.supervision.town import LOOSE, Town, code, events, go_round, status
from wallet.errors import InvalidInput, PolicyRefusal, PrepaidError
from wallet.law.dates import day_at
from wallet.law.programme import Watch
from wallet.services import (
    admission,
    buy,
    cards,
    complaint,
    credit,
    notice,
    onboard,
    operators,
    regulator,
    reporting,
    supervise,
    terminate,
    watch,
)  # fmt: skip
from wallet.services.office import need_office


def on(town: Town, merchant: str) -> set[str]:
    """Keys of the alerts that are on."""
    dossier, _ = admission.standing(town.context, merchant)
    return {key for key, _ in dossier.alerts}


def test_a_second_round_changes_nothing(town: Town) -> None:
    """Whatever the first one did; only an operator goes one."""
    town.adopt()
    shop = town.merchant()
    supervise.declare_risk(town.context, town.market, shop.address, "老板失联")
    assert go_round(town) == (["major-risk"], ["blocked"])
    nonce = town.chain.nonce(town.operator.address)
    assert go_round(town) == ([], [])
    assert town.chain.nonce(town.operator.address) == nonce
    with pytest.raises(PolicyRefusal):
        watch.watch(town.context, town.market)


def test_row_69_a_missing_report_is_flagged_then_stops_sales_until_it_is_filed(town: Town) -> None:
    """Due on the 25th after the quarter; ten days of grace; filed, and the next round reopens."""
    town.adopt()
    shop = town.merchant()
    product, alice = town.product(shop), town.consumer()
    town.buy(alice, product)
    town.wait(110)  # 25 April
    assert go_round(town) == ([], [])
    town.wait(1)
    assert go_round(town) == (["report-missing"], [])
    assert on(town, shop.address) == {"report-missing:2026-Q1"}
    assert status(town, shop.address) == "approved"
    town.wait(10)
    assert go_round(town) == ([], ["blocked"])
    assert status(town, shop.address) == "suspended"
    with pytest.raises(PrepaidError) as caught:
        town.buy(alice, product)
    assert caught.value.error_code == "not-on-sale"
    with pytest.raises(PolicyRefusal):  # nor by hand, while the report is missing
        onboard.approve(town.context, town.operator, shop.address)
    filed = reporting.report(town.context, shop, "2026-Q1", balance=100_000, cards=1)
    assert filed.agrees
    assert not filed.on_time
    assert go_round(town) == ([], ["lifted"])
    assert on(town, shop.address) == set()
    assert town.buy(alice, product).frozen == 100_000


def test_a_report_that_differs_from_the_chain_raises_an_alert(town: Town) -> None:
    """The balance at the end of the quarter is told from the chain, whatever happened since."""
    town.adopt()
    shop, alice = town.merchant(), town.consumer()
    card = town.buy(alice, town.product(shop, bonus=30_000)).card
    town.spend(alice, shop, card, 13_000)
    with pytest.raises(InvalidInput):
        reporting.report(town.context, shop, "2026-Q1", balance=0, cards=0)
    town.wait(90)
    town.spend(alice, shop, card, 26_000)
    town.buy(alice, town.product(shop, "另一种"))
    filed = reporting.report(town.context, shop, "2026-Q1", balance=80_000, cards=1)
    assert (filed.balance_on_chain, filed.cards_on_chain, filed.agrees) == (90_000, 1, False)
    assert go_round(town)[0] == ["report-differs"]
    reporting.report(town.context, shop, "2026-Q1", balance=90_000, cards=1)
    go_round(town)
    assert on(town, shop.address) == set()


@pytest.mark.parametrize(
    "period", ["2026", "2026-07", "2026-Q5", "2026-Q0", "x", "", "2026-Q", "二〇二六-Q1"]
)
def test_periods_that_the_programme_does_not_ask_for(period: str, town: Town) -> None:
    town.adopt()
    shop = town.merchant()
    town.wait(400)
    with pytest.raises(InvalidInput) as caught:
        reporting.report(town.context, shop, period, balance=0, cards=0)
    assert caught.value.error_code == "invalid-period"


def test_a_licence_is_announced_to_run_out_and_then_stops_sales(town: Town) -> None:
    """An alert thirty days ahead, a block the day after its last one, lifted by new papers."""
    town.adopt()
    shop = town.merchant(licence_until=town_day(town, 31))
    assert go_round(town) == ([], [])
    town.wait(1)
    assert go_round(town) == (["licence-expiring"], [])
    town.wait(31)
    assert go_round(town) == ([], ["blocked"])
    admission.renew(town.context, shop, licence_until=town_day(town, 900))
    assert go_round(town) == ([], ["lifted"])
    assert on(town, shop.address) == set()


def town_day(town: Town, days: int) -> date:
    """The calendar day so many days from now."""
    return day_at(town.chain.now()) + timedelta(days=days)


def test_a_firm_that_lands_on_a_list_is_stopped(town: Town) -> None:
    town.adopt()
    shop = town.merchant()
    supervise.put_on_list(town.context, town.market, code(1), "dishonest", "判决未履行")
    assert go_round(town)[1] == ["blocked"]
    supervise.take_off_list(town.context, town.market, code(1), "dishonest", "已履行")
    assert go_round(town)[1] == ["lifted"]
    assert status(town, shop.address) == "approved"


def test_a_suspension_by_hand_is_not_lifted_by_a_round(town: Town) -> None:
    town.adopt()
    shop = town.merchant()
    onboard.suspend(town.context, town.operator, shop.address)
    assert go_round(town) == ([], [])
    assert status(town, shop.address) == "suspended"


def test_a_round_cut_short_is_finished_by_the_next(town: Town) -> None:
    """A block written down but not yet on the chain, and one lifted there but not yet noted."""
    town.adopt()
    shop = town.merchant()
    supervise.declare_risk(town.context, town.market, shop.address, "挪用")
    with need_office(town.context) as office:
        office.say("sale-blocked", shop.address, town.operator, reasons=["major-risk"])
    assert go_round(town)[1] == ["blocked"]
    supervise.lift_risk(town.context, town.market, shop.address, "查清")
    onboard.approve(town.context, town.operator, shop.address)
    assert go_round(town)[1] == ["lifted"]
    assert go_round(town) == ([], [])


def test_no_stop_of_sales_stands_in_the_way_of_an_exit(town: Town) -> None:
    """Blocked for every reason there is: cards are spent, ended and paid back as if nothing were."""
    town.adopt()
    shop, alice = town.merchant(licence_until=town_day(town, 3)), town.consumer()
    product = town.product(shop)
    card, second = town.buy(alice, product).card, town.buy(alice, product).card
    town.wait(150)
    supervise.declare_risk(town.context, town.market, shop.address, "风险")
    supervise.note_violation(town.context, town.market, shop.address, 10_000, "违规")
    supervise.note_anomaly(town.context, town.bank, shop.address, 10_000, "异常")
    admission.withdraw_filing(town.context, town.market, shop.address, "失实")
    notice.announce_closing(town.context, shop, "搬迁")
    go_round(town)
    assert status(town, shop.address) == "suspended"
    assert town.spend(alice, shop, card, 10_000) == 10_000
    for one, back in ((card, 90_000), (second, 100_000)):
        exit_ = terminate.preview_termination(town.context, one)
        assert terminate.terminate(town.context, alice, exit_, carrier=town.operator).refund == back


# ------------------------------------------------------------------------------ credit and risk


def test_row_34_the_badge_goes_in_the_step_in_which_the_tier_falls(town: Town) -> None:
    """Whitelisted and clean: tier 3 and a badge. A violation: the next round takes both at once."""
    town.adopt()
    shop = town.merchant()
    assert not credit.credit_of(town.context, shop.address).badge
    supervise.whitelist(town.context, town.operator, shop.address)
    assert go_round(town)[1] == ["tier"]
    known = credit.credit_of(town.context, shop.address)
    assert (known.tier, known.badge, known.early_share) == (3, True, 7_000)
    supervise.note_violation(town.context, town.market, shop.address, 9_000, "虚假宣传")
    supervise.note_anomaly(town.context, town.bank, shop.address, 4_000, "大额提现")
    assert credit.credit_of(town.context, shop.address).due == 1
    assert go_round(town)[1] == ["tier"]
    known = credit.credit_of(town.context, shop.address)
    assert (known.tier, known.badge, known.early_share) == (1, False, 3_000)
    supervise.whitelist(town.context, town.operator, shop.address, on=False)
    go_round(town)
    assert credit.credit_of(town.context, shop.address).early_share == 0


def test_row_36_alerts_come_before_the_loss(town: Town) -> None:
    """A clinic fails step by step. Long before it is gone sales have stopped; those who left lost nothing."""
    town.adopt()
    shop, alice, bob = town.merchant(), town.consumer("alice"), town.consumer("bob")
    product = town.product(shop, "种植", principal=400_000)
    early = town.buy(alice, product).card
    seen: list[str] = []
    for number in range(3):
        complaint.complain(town.context, alice, shop.address, f"约不到号 {number}", early)
    town.wait(8)
    seen += go_round(town)[0]
    supervise.note_anomaly(town.context, town.bank, shop.address, 6_000, "账户频繁大额转出")
    complaint.tip(town.context, town.person("neighbour"), shop.address, "在搬设备")
    seen += go_round(town)[0]
    supervise.note_violation(town.context, town.market, shop.address, 9_000, "停诊未公告")
    new, steps = go_round(town)
    seen += new
    assert "complaint-unanswered" in seen
    assert "tip" in seen
    assert "risk" in seen
    assert steps == ["blocked"]
    with pytest.raises(PrepaidError):
        town.buy(bob, product)
    gone_at = town.chain.now()
    fired = [one for one in events(town) if one.kind in ("alert", "sale-blocked")]
    assert fired
    assert all(one.at <= gone_at for one in fired)
    declared = notice.declare_runaway(town.context, town.operator, shop.address, "人去楼空")
    assert declared.since > max(one.at for one in fired)
    (offer,) = declared.offers
    assert (offer.refund, offer.shortfall) == (400_000, 0)


def test_balance_alerts_at_eighty_per_cent_and_what_has_to_be_deposited(town: Town) -> None:
    """Shanghai's figures: 160,000 yuan raises the alarm, 200,000 is the standard."""
    town.adopt(replace(LOOSE, watch=Watch(deposit_rule="shanghai_impl_art11", balance_standard=20_000_000)))
    shop, alice = town.merchant(last_year_revenue=10**9), town.consumer(fen=40_000_000)
    half = town.product(shop, "一半托管", principal=4_000_000, custody_bps=2_000, advance=3_200_000)
    supervise.set_wallet_class(town.context, town.bank, alice.address, 1)
    for _ in range(4):
        town.buy(alice, half)
    assert go_round(town)[0] == ["balance"]
    town.buy(alice, half)
    assert go_round(town)[0] == []
    town.buy(alice, half)
    new, _ = go_round(town)
    assert new == ["deposit-short"]
    # 24,000,000 outstanding, 40 % due = 9,600,000; 6 × 800,000 held.
    dossier, _ = admission.standing(town.context, shop.address)
    assert {key for key, _ in dossier.alerts} == {"balance:absolute", "deposit-short"}


def test_row_76_two_operators_side_by_side(town: Town) -> None:
    """A second one, admitted by notice, does the same work; revoked, it does none, and the first goes on."""
    town.adopt()
    second, shop = town.person("second operator"), town.merchant(approved=False)
    with pytest.raises(PolicyRefusal):
        onboard.approve(town.context, second, shop.address)
    operators.agree(town.context, town.operator, second.address, "关于支持第三方机构参与日常管理的通知")
    assert onboard.approve(town.context, second, shop.address).status == "approved"
    watch.watch(town.context, second)
    operators.revoke(town.context, town.operator, second.address, "到期")
    with pytest.raises(PolicyRefusal):
        watch.watch(town.context, second)
    watch.watch(town.context, town.operator)


def test_row_30_what_is_released_early_is_what_the_tier_on_the_chain_gives(town: Town) -> None:
    """Outside the whitelist nothing, at tier 3 seventy per cent; a card sold before keeps its own share."""
    town.adopt()
    shop, alice = town.merchant(), town.consumer()
    ladder = {"ladder1": 3_000, "ladder2": 5_000, "ladder3": 7_000, "advance": 70_000}
    product = town.product(shop, "白名单", **ladder)
    preview = buy.preview_purchase(town.context, alice.address, product)
    assert (preview.advance, preview.at_risk) == (0, 0)
    first = town.buy(alice, product)
    assert (first.advance, first.frozen) == (0, 100_000)
    supervise.whitelist(town.context, town.operator, shop.address)
    go_round(town)
    preview = buy.preview_purchase(town.context, alice.address, product)
    assert (preview.advance, preview.at_risk, preview.unprotected) == (70_000, 70_000, 70_000)
    bought = town.buy(alice, product)
    assert (bought.advance, bought.frozen) == (70_000, 30_000)
    assert cards.show_card(town.context, first.card).held == 100_000
    supervise.whitelist(town.context, town.operator, shop.address, on=False)
    go_round(town)
    assert town.buy(alice, product).advance == 0


def test_row_50_the_amount_at_risk_is_said_before_anything_is_paid(town: Town) -> None:
    """Fully held: nothing. Twenty per cent held: four fifths. It is the sentence that is agreed to."""
    town.adopt(LOOSE)
    shop, alice = town.merchant(), town.consumer()
    safe = buy.preview_purchase(town.context, alice.address, town.product(shop, "全额"))
    risky = buy.preview_purchase(
        town.context, alice.address, town.product(shop, "两成", custody_bps=2_000, advance=80_000)
    )
    assert (safe.unprotected, risky.unprotected) == (0, 80_000)
    assert "at risk if the merchant disappears: 0.00" in safe.sentence
    assert "at risk if the merchant disappears: 800.00" in risky.sentence
    assert replace(risky, covered=80_000).unprotected == 0
    assert cards.list_cards(town.context, alice.address) == []


def test_mofcoms_deposit_is_a_share_of_last_quarters_balance(town: Town) -> None:
    """What was to be performed on 31 March counts all through the next quarter, whatever is sold or spent."""
    town.adopt(replace(LOOSE, watch=Watch(deposit_rule="mofcom_brand")))
    shop, alice = town.merchant(), town.consumer()
    product = town.product(shop, "部分", custody_bps=2_000, advance=80_000)
    card = town.buy(alice, product).card
    town.spend(alice, shop, card, 25_000)
    assert regulator.deposit(town.context, shop.address).required == 0
    town.wait(90)
    town.spend(alice, shop, card, 50_000)
    town.buy(alice, product)
    found = regulator.deposit(town.context, shop.address)
    assert (found.last_quarter, found.required) == (75_000, 30_000)
    assert (found.balance, found.held, found.missing) == (125_000, 25_000, 5_000)
    assert go_round(town)[0] == ["deposit-short"]


@pytest.mark.parametrize("seed", range(3))
def test_after_a_round_the_chain_says_what_the_book_says(seed: int, town: Town) -> None:
    """Whatever was noted, filed, lifted or waited for: it sells exactly if nothing is against it."""
    chance = random.Random(seed)
    town.adopt()
    shop, alice = town.merchant(), town.consumer()
    card = town.buy(alice, town.product(shop)).card
    context, market, at = town.context, town.market, shop.address
    steps = [
        lambda: supervise.declare_risk(context, market, at, "风险"),
        lambda: supervise.lift_risk(context, market, at, "解除"),
        lambda: supervise.put_on_list(context, market, code(1), "abnormal", "地址失联"),
        lambda: supervise.take_off_list(context, market, code(1), "abnormal", "补正"),
        lambda: supervise.note_violation(context, market, at, chance.randrange(1, 10_001), "违规"),
        lambda: supervise.whitelist(context, town.operator, at, on=chance.random() < 0.7),
        lambda: admission.withdraw_filing(context, market, at, "失实"),
        lambda: admission.file(context, shop, at, "备案 2"),
        lambda: complaint.complain(context, alice, at, "投诉"),
        lambda: town.wait(chance.randrange(1, 60)),
    ]
    for _ in range(6):
        for step in chance.sample(steps, 3):
            step()
        go_round(town)
        dossier, faults = admission.standing(context, at)
        known = onboard.merchant_of(context, at)
        assert (known.status == "approved") == (not dossier.blocked)
        assert not faults or known.status == "suspended"
        assert known.tier == credit.credit_of(context, at).due
        assert go_round(town) == ([], [])
        assert terminate.preview_termination(context, card).refund == 100_000
