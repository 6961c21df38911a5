"""Refunds of cards spent in yuan or by sessions: the groups stored_value, session_card, cooling_off and
settlement_gap, each played on real cards.

A card's terms carry the formula under test for the cause under test; the merchant then stops, or the
consumer leaves. Settlement is by ratio, which leaves custody whole, except where a formula gives the consumer
more than the ratio does: such a card settles that way too.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from wallet.rules import Cause
from wallet.terms import (
    COOLING_LIST,
    COOLING_ORDINARY,
    COOLING_RATIO,
    GIFT_FIRST,
    HAD_SAME_GOODS,
    LAYOUT,
    LIST,
    PAID_FIRST,
    RATIO,
)
from wallet.vectors.card import Left, PlayedCard, product
from wallet.vectors.format import Value
from wallet.vectors.given import Given
from wallet.vectors.stage import NotPlayable, Stage

Answer = Mapping[str, Value]

MOST_COOLING: Final = LAYOUT["cooling_days"].limit

BY_FACE: Final = {"ratio": RATIO, "principal_first": LIST, "bonus_first": GIFT_FIRST}
BY_SESSIONS: Final = {"ratio": RATIO, "list": LIST, "paid_first": PAID_FIRST, "gift_first": GIFT_FIRST}
COOLING_USE: Final = {
    "deduct_list": COOLING_LIST, "deduct_ratio": COOLING_RATIO, "deny": COOLING_ORDINARY,
}  # fmt: skip


def refund(left: Left, principal: int) -> dict[str, Value]:
    """What the groups about refunds report, once all money is accounted for."""
    left.whole(principal)
    return {"refund": left.refund, "merchant_keeps": left.merchant_keeps, "consumer_owes": left.owes}


def stored_value(stage: Stage, given: Given) -> Answer:
    """`ratio` is for a merchant that stopped (art. 18); the others for a consumer who leaves (art. 19)."""
    principal, bonus = given.number("principal"), given.number("bonus")
    formula = BY_FACE[given.word("formula", "ratio")]
    terms = product(
        stage, "StoredValue", principal, bonus=bonus, consumer_formula=formula,
        settlement_formula=GIFT_FIRST if formula == GIFT_FIRST else RATIO,
    )  # fmt: skip
    card = PlayedCard(stage, terms)
    used = given.number("consumed_face")
    card.use(used, min(used, principal + bonus), most=principal + bonus)
    if formula == RATIO:
        card.stop_merchant()
    return refund(card.leave(), principal)


def session_card(stage: Stage, given: Given) -> Answer:
    """The same by sessions; `list` is the price before discount of each session used."""
    principal, unit = given.number("principal"), given.number("list_unit")
    paid, gift = given.number("paid_sessions"), given.number("gift_sessions")
    formula = BY_SESSIONS[given.word("formula", "ratio")]
    settles = formula if formula in (GIFT_FIRST, PAID_FIRST) else RATIO
    if formula == LIST and unit * (paid + gift) < principal:
        settles = LIST  # a list price below what a session cost is the better one for the consumer
    terms = product(
        stage, "Sessions", principal, params0=sessions(paid, gift),
        consumer_formula=formula, settlement_formula=settles,
    )  # fmt: skip
    card = PlayedCard(stage, terms)
    used = given.number("used")
    card.use(used, unit * used, most=paid + gift)
    if formula == RATIO:
        card.stop_merchant()
    return refund(card.leave(), principal)


def cooling_off(stage: Stage, given: Given) -> Answer:
    """Left some days after payment, with use and a gift deducted as the terms say; which path it took."""
    principal, bonus = given.number("principal"), given.number("bonus")
    days, cooling = given.number("days_since_pay"), given.number("cooling_days")
    # More days than a card's terms can say: as many fewer pass, and it ends as long before or after.
    beyond = max(0, cooling - MOST_COOLING)
    terms = product(
        stage, "StoredValue", principal, bonus=bonus, consumer_formula=LIST,
        cooling_days=cooling - beyond,
        cooling_use=COOLING_USE[given.word("partial_use", "deduct_list")],
        declared=HAD_SAME_GOODS if given.flag("prior_same_goods") else 0,
    )  # fmt: skip
    card = PlayedCard(stage, terms)
    used, gift = given.number("consumed_face"), given.number("gift_item_value")
    face = principal + bonus
    card.use(used, min(used, face) + gift, most=face)
    if gift and given.flag("gift_returned"):
        card.concede(min(used, face))
    card.wait(max(0, days - beyond))
    left = card.leave()
    path = "cooling_off" if left.cause is Cause.COOLING_OFF else "ordinary_refund"
    return {**refund(left, principal), "path": path}


def settlement_gap(stage: Stage, given: Given) -> Answer:
    """Settled one way, owed by ratio: what custody lacks, or what is left in it for the merchant."""
    principal, bonus = given.number("principal"), given.number("bonus")
    terms = product(
        stage, "StoredValue", principal, bonus=bonus, advance=principal,
        settlement_formula=BY_FACE[given.word("settlement_order", "ratio")],
        custody_bps=given.number("custody_ratio_bps", 10_000),
    )  # fmt: skip
    card = PlayedCard(stage, terms)
    used = given.number("consumed_face")
    card.use(used, min(used, principal + bonus), most=principal + bonus)
    settled, custody = card.merchant_has, card.state.held
    card.stop_merchant()
    owed, _ = card.quote()
    left = card.leave()
    return {
        "settled_to_merchant": settled,
        "custody": custody,
        "merchant_cause_entitlement": owed,
        "gap": left.shortfall,
        "surplus_to_merchant": left.to_collect,
    }


def sessions(paid: int, gift: int) -> int:
    """`params0` of a Sessions card."""
    if max(paid, gift) >= 1 << 32:
        raise NotPlayable(f"{max(paid, gift)} sessions do not fit a card")
    return paid | gift << 32
