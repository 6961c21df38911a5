"""The sentence before a signature: exactly this wording, and never one that is not true."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wallet.eip712 import BumpEpoch, Consume, Terminate, Voucher, sub_wallet_domain
from wallet.errors import PolicyRefusal
from wallet.exchange import Reference
from wallet.rules import StoredValue, Unit, consume, open_card
from wallet.signing.checks import Outcome
from wallet.signing.sentence import (
    Shown,
    at_risk,
    bump_sentence,
    clock,
    consume_sentence,
    explain,
    purchase_sentence,
    terminate_sentence,
    voucher_sentence,
)
from wallet.terms import ON_CONDITIONS, Terms

CARD = b"\x3f\x2a" + bytes(30)
NOW = 1_800_000_000 - 1_800_000_000 % 86_400 + 10 * 3600  # 18:00 in UTC+8
EN, ZH = Shown("示例口腔", NOW), Shown("示例口腔", NOW, "zh")
TERMS = Terms.build(
    token="0x" + "01" * 20,
    merchant="0x" + "02" * 20,
    template="0x" + "03" * 20,
    principal=100_000,
    bonus=30_000,
)
WALLET = "0x" + "12" * 20
CHARGE = Consume(CARD, 3_000, 3_000, 2_307, bytes(32), NOW + 300, 0)
OUTCOME = Outcome(2_307, 97_693)


def test_the_story_in_english() -> None:
    """The very sentence, with the numbers the reference rules give."""
    card, _ = open_card(StoredValue(), TERMS, NOW)
    after, paid = consume(StoredValue(), TERMS, card, used_after=3_000, listed_after=3_000, now=NOW)
    sentence = consume_sentence(
        CHARGE, Outcome(paid, after.held), EN, used_before=0, listed_before=0, number="C-17"
    )
    assert sentence == (
        "Spend 30.00 of card 3f2a… at 示例口腔 (charge C-17): 23.07 yuan go to the merchant now, "
        "976.93 stay frozen; valid until 18:05"
    )


def test_the_story_in_chinese() -> None:
    """The same facts."""
    assert consume_sentence(CHARGE, OUTCOME, ZH, used_before=0, listed_before=0, number="C-17") == (
        "在示例口腔使用卡 3f2a… 30.00 元（单号 C-17）：现付商户 23.07 元，仍冻结 976.93 元；18:05 前有效"
    )


@pytest.mark.parametrize(
    ("used", "shown", "start"),
    [
        (1, EN, "Use 1 session of card 3f2a…"),
        (2, EN, "Use 2 sessions of card 3f2a…"),
        (2, ZH, "在示例口腔使用卡 3f2a… 2 次"),
        (1, replace(EN, unit=Unit.MONTH), "Redeem 1 month of card 3f2a…"),
        (3, replace(ZH, unit=Unit.MONTH), "在示例口腔使用卡 3f2a… 3 个月"),
        (1, replace(EN, unit=Unit.VISIT), "Record 1 visit of card 3f2a…"),
        (15_000, replace(EN, unit=Unit.MILESTONE), "Confirm 1.5 milestones of card 3f2a…"),
        (5_000, replace(ZH, unit=Unit.MILESTONE), "在示例口腔使用卡 3f2a… 0.5 个阶段"),
    ],
)
def test_each_card_is_told_in_its_own_unit(used: int, shown: Shown, start: str) -> None:
    """A card of sessions, months or milestones is not spent in yuan."""
    shown = replace(shown, unit=Unit.SESSION) if shown.unit is Unit.YUAN else shown
    message = replace(CHARGE, used_after=5 + used)
    assert consume_sentence(
        message, OUTCOME, shown, used_before=5, listed_before=0, number="C-17"
    ).startswith(start)


def test_a_looser_limit_is_told() -> None:
    """If the signature allows more than the simulation moves, the sentence says how much."""
    loose = replace(CHARGE, max_pay=2_500)
    for shown, words in ((EN, "(at most 25.00)"), (ZH, "最多 25.00 元")):
        assert words in consume_sentence(loose, OUTCOME, shown, used_before=0, listed_before=0, number="C-17")
        assert words not in consume_sentence(
            CHARGE, OUTCOME, shown, used_before=0, listed_before=0, number="C-17"
        )


def test_another_price_before_discount_is_told() -> None:
    """It is what a consumer who leaves is charged; a charge of the face value itself needs no such words."""
    dear = replace(CHARGE, listed_after=13_000)
    for shown, words in ((EN, "; 100.00 at list price;"), (ZH, "；按原价计 100.00 元；")):
        told = {"used_before": 0, "listed_before": 3_000, "number": "C-17"}
        assert words in consume_sentence(dear, OUTCOME, shown, **told)


def test_goods_given_along_are_told_as_such() -> None:
    """A charge that uses nothing raises only what is deducted at list price."""
    outcome, told = Outcome(0, 97_693), {"used_before": 3_000, "listed_before": 3_000, "number": "C-18"}
    goods = replace(CHARGE, listed_after=8_000, max_pay=0)
    assert consume_sentence(goods, outcome, EN, **told) == (
        "Put goods or cost of 50.00 on the list price of card 3f2a… at 示例口腔 (charge C-18): "
        "0.00 yuan go to the merchant now, 976.93 stay frozen; valid until 18:05"
    )
    assert "价值 50.00 元的附送物品或费用" in consume_sentence(goods, outcome, ZH, **told)


def test_no_sentence_for_what_would_not_be_true() -> None:
    """An outcome beyond what the message allows is refused in every kind of sentence."""
    voucher = Voucher(CARD, 3_000, 3_000, 9_999, NOW, 0)
    for attempt in (
        lambda: consume_sentence(
            CHARGE, Outcome(2_308, 97_692), EN, used_before=0, listed_before=0, number="C-17"
        ),
        lambda: voucher_sentence(voucher, Outcome(2_308, 90_000), EN, released_before=7_692),
        lambda: purchase_sentence(TERMS, Outcome(1, 99_999), EN, sub_wallet=WALLET),
    ):
        with pytest.raises(PolicyRefusal) as caught:
            attempt()
        assert caught.value.error_code == "pays-too-much"
    with pytest.raises(PolicyRefusal) as caught:
        terminate_sentence(Terminate(CARD, 100, NOW, 0), EN, refund=99, to_merchant=0)
    assert caught.value.error_code == "refund-too-low"


def test_buying_says_what_moves_later_without_another_signature() -> None:
    """Whatever time or a certifier may do stands in the sentence that is agreed to."""
    monthly = TERMS.change(accrual=10_000, accrual_days=30)
    certified = replace(TERMS, certifier="0x" + "0a" * 20)
    conditions = certified.change(trigger=ON_CONDITIONS, accrual=10_000, accrual_days=30, advance=5_000)
    for terms, english, chinese in (
        (
            monthly,
            "every 30 days up to 100.00 go to the merchant by themselves",
            "每 30 天自动付商户至多 100.00 元",
        ),
        (certified, "what 0x0a0a… certifies counts when you leave", "退卡时计入 0x0a0a… 已认证的部分"),
        (
            conditions,
            "what 0x0a0a… certifies goes to the merchant by itself, up to 100.00 for every 30 days (or 50",
            "0x0a0a… 认证后自动付商户，每 30 天至多 100.00 元（或共 50.00 元，取较大者）",
        ),
    ):
        assert english in purchase_sentence(terms, Outcome(0, 100_000), EN, sub_wallet=WALLET)
        assert chinese in purchase_sentence(terms, Outcome(0, 100_000), ZH, sub_wallet=WALLET)
        daily = terms.change(accrual_days=1)
        english, chinese = english.replace("30 days", "day"), chinese.replace("每 30 天", "每天")
        assert english in purchase_sentence(daily, Outcome(0, 100_000), EN, sub_wallet=WALLET)
        assert chinese in purchase_sentence(daily, Outcome(0, 100_000), ZH, sub_wallet=WALLET)


def test_buying_shows_what_is_at_risk_first() -> None:
    """Nothing at full custody; the advance, or the share outside custody, otherwise."""
    terms = TERMS.change(buy_by=NOW + 300, cooling_days=7)
    assert purchase_sentence(terms, Outcome(0, 100_000), EN, sub_wallet=WALLET) == (
        "Pay 1000.00 yuan for a card at 示例口腔 (face value 1300.00, 300.00 of it given): "
        "1000.00 are frozen in your own sub-wallet 0x1212…, 0.00 go to the merchant now; "
        "at risk if the merchant disappears: 0.00, 7 days to change your mind; valid until 18:05"
    )
    chinese = purchase_sentence(terms, Outcome(0, 100_000), ZH, sub_wallet=WALLET)
    assert chinese == (
        "支付 1000.00 元购买示例口腔的预付卡（面值 1300.00 元，含赠送 300.00 元）："
        "1000.00 元冻结在您自己的子钱包 0x1212…，"
        "现付商户 0.00 元；商户跑路时最多可能损失 0.00 元，7 天内可无理由退；18:05 前有效"
    )
    advance = terms.change(advance=70_000, custody_bps=3_000)
    elsewhere = replace(terms, payee="0x" + "Ab" * 20)
    for shown, words in ((EN, "; the money goes to 0xAbAb"), (ZH, "；款项付至 0xAbAb")):
        assert words in purchase_sentence(elsewhere, Outcome(0, 100_000), shown, sub_wallet=WALLET)
    assert "disappears: 700.00" in purchase_sentence(advance, Outcome(70_000, 30_000), EN, sub_wallet=WALLET)
    assert at_risk(terms.change(custody_bps=2_000), Outcome(0, 100_000)) == 80_000


def test_ending_a_card() -> None:
    """What comes back at once, the least that is acceptable, and what is missing."""
    message = Terminate(CARD, 97_000, NOW + 300, 0)
    assert terminate_sentence(message, EN, refund=97_693, to_merchant=0) == (
        "End card 3f2a… at 示例口腔: 976.93 yuan come back to you at once (at least 970.00), "
        "0.00 more go to the merchant; valid until 18:05"
    )
    assert terminate_sentence(message, ZH, refund=97_693, to_merchant=0, shortfall=5) == (
        "终止示例口腔的卡 3f2a…：立即退回 976.93 元（不少于 970.00 元），商户另得 0.00 元，"
        "尚缺 0.05 元，由商户欠付；18:05 前有效"
    )


def test_vouchers_and_voiding() -> None:
    """A running total, and the end of everything signed before."""
    voucher = Voucher(CARD, 13_000, 13_000, 10_000, NOW + 300, 0)
    assert voucher_sentence(voucher, Outcome(2_308, 90_000), EN, released_before=7_692) == (
        "Let 示例口腔 have at most 100.00 yuan of card 3f2a… in all (23.08 more than so far), "
        "900.00 then stay frozen; valid until 18:05"
    )
    assert "累计收取至多 100.00 元" in voucher_sentence(
        voucher, Outcome(2_308, 90_000), ZH, released_before=7_692
    )
    bump = BumpEpoch(CARD, 1, NOW + 300)
    assert (
        bump_sentence(bump, EN)
        == "Void everything signed so far for card 3f2a… at 示例口腔; valid until 18:05"
    )
    assert bump_sentence(bump, ZH) == "作废卡 3f2a…（示例口腔）此前所有未使用的授权；18:05 前有效"


@pytest.mark.parametrize(
    ("later", "text"),
    [
        (0, "18:00"),
        (6 * 3600 - 1, "23:59"),
        (6 * 3600, "2027-01-16 00:00"),
        (-18 * 3600, "00:00"),
        (365 * 86_400, "2028-01-15 18:00"),
    ],
)
def test_times_are_wall_clock_in_utc8(later: int, text: str) -> None:
    """The time of day, with its date once midnight in UTC+8 has passed."""
    assert clock(NOW + later, NOW) == text


@given(st.integers(0, 10**9), st.integers(0, 10**9), st.integers(0, 10**9), st.sampled_from([EN, ZH]))
def test_every_amount_stands_in_the_sentence(used: int, paid: int, frozen: int, shown: Shown) -> None:
    """To the fen, whatever the amounts."""
    message = replace(CHARGE, used_after=used + 1, max_pay=paid)
    sentence = consume_sentence(
        message, Outcome(paid, frozen), shown, used_before=0, listed_before=0, number="C-17"
    )
    for fen in (used + 1, paid, frozen):
        assert f" {fen // 100}.{fen % 100:02d}" in sentence


def test_a_name_cannot_bend_the_sentence() -> None:
    """Line breaks, direction marks and endless names, which a registry may hold, are cut out."""
    evil = Shown("示例\n\u202e口腔" + "!" * 500, NOW)
    sentence = consume_sentence(CHARGE, OUTCOME, evil, used_before=0, listed_before=0, number="C-17")
    assert sentence.startswith("Spend 30.00 of card 3f2a… at 示例口腔!")
    assert not {"\n", "\u202e"} & set(sentence)
    assert len(sentence) < 250


def test_explain_gives_every_field_and_hash() -> None:
    """All that went into the digest, so that another tool can compute it again."""
    domain = sub_wallet_domain(31337, WALLET)
    reference = Reference("C-17", "示例口腔", "洁牙", "", bytes(range(16)))
    message = replace(CHARGE, charge=reference.hash)
    rows = dict(explain(message, domain, reference=reference))
    assert rows["chain id"] == "31337"
    assert rows["verifying contract"] == domain.verifying_contract
    assert rows["maxPay"] == "2307"
    assert rows["charge"] == rows["charge hash"] == "0x" + reference.hash.hex()
    assert rows["charge reference"] == "C-17 | 示例口腔 | 洁牙 | "
    assert rows["digest"] == "0x" + message.digest(domain).hex()
    assert {name for name, _ in message.SCHEMA.fields} <= set(rows)
