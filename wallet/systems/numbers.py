"""A preset's product as named numbers of the terms a consumer signs, before anybody knows merchant or token.

Only what stands in the terms: limits, checks and who stands behind a card are for services to bring in.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from wallet.errors import InvalidInput
from wallet.rules import DiscountCard, Milestones, Period, Sessions
from wallet.terms import FULL, GIFT_FIRST, LIST, PAID_FIRST, RATIO

if TYPE_CHECKING:
    from wallet.systems.model import Product, System

CONDITIONS = 2
"""Trigger of the terms: released on stated conditions, by a certifier's word."""

TEMPLATES = {
    "stored-value": "StoredValue",
    "discount-card": "DiscountCard",
    "sessions": "Sessions",
    "period-unlimited": "Period",
    "period-monthly": "Period",
    "milestones": "Milestones",
}
_MONTH = 30
FORMULAS = {"ratio": RATIO, "list-price": LIST, "bonus-first": GIFT_FIRST, "principal-first": LIST}
COOLING = {"deduct-list": 0, "deduct-ratio": 1, "deny": 2}
GIFTS = {"return-or-pay": 0, "pay-price": 1, "ignore": 2}
_EXPIRY = {"no-expiry": 0, "extend": 0, "refund": 1, "lapse": 2}
_TRIGGERS = {"consumer-confirms": 0, "on-conditions": CONDITIONS}


@dataclass(frozen=True, slots=True)
class Numbers:
    """Name of the template, and the numbers for `Terms.build` (`principal`, `params0`, `custody_bps`, …)."""

    template: str
    numbers: dict[str, int]


def numbers_of(system: System, product: Product) -> Numbers:
    """The product's own numbers and what the system says of custody, refunds and transfer."""
    own = _kind(system, product)
    principal, sessions = own["principal"], product.kind == "sessions"
    custody, refund = system.custody, system.refund
    settled = custody.settlement.value
    unlimited = product.kind == "period-unlimited"
    expiry = refund.expiry_unlimited if unlimited else refund.expiry_metered
    numbers = {
        **own,
        **_held(system, principal),
        **_conditions(system, principal, own),
        "schedule": int(custody.schedule.value == "advance-first"),
        "settlement_formula": PAID_FIRST if sessions and settled == "principal-first" else FORMULAS[settled],
        "trigger": _TRIGGERS[custody.trigger.value],
        "cooling_days": refund.cooling_days.value,
        "cooling_use": COOLING[refund.cooling_use.value],
        "not_consumer_formula": FORMULAS[refund.not_consumer.value],
        "consumer_formula": FORMULAS[refund.consumer.value],
        "gift_rule": GIFTS[refund.gifts.value],
        "exit_fee_bps": refund.exit_fee.value,
        "exit_fee_cap": refund.exit_fee_cap.value,
        "refund_days": refund.days_other.value,
        "expiry_policy": _EXPIRY[expiry.value],
        "refund_on_closure": int(refund.on_closure.value),
        "rate_merchant": refund.rate_merchant.value,
        "rate_consumer": refund.rate_consumer.value,
        "rate_supervised": refund.rate_supervised.value,
    }
    return Numbers(TEMPLATES[product.kind], numbers)


def bonus_for(product: Product, paid: int) -> int:
    """Face value given on top of a payment by the product's tiers (fen): the highest tier that it reaches."""
    tiers = () if product.bonus_tiers is None else product.bonus_tiers.value
    return max((tier.bonus for tier in tiers if paid >= tier.threshold), default=0)


def _held(system: System, principal: int) -> dict[str, int]:
    """How much stays held, and so how much may be released at sale at most."""
    custody = system.custody
    if custody.ladder is None:
        share = custody.ratio.value
        return {"custody_bps": share, "advance": _rest(principal, share)}
    _, first, second, third = custody.ladder.value
    return {
        "custody_bps": custody.ratio.value,
        "advance": _rest(principal, FULL - third),
        "ladder1": first,
        "ladder2": second,
        "ladder3": third,
        "ladder_for_all": int(custody.ladder_applies_to.value == "all-orders"),
    }


def _conditions(system: System, principal: int, own: dict[str, int]) -> dict[str, int]:
    """What a certifier's word may release: up to all of the principal, once cooling-off is over."""
    if system.custody.trigger.value != "on-conditions" or "accrual" in own:
        return {}
    return {"accrual": principal, "accrual_days": 1}


def _rest(principal: int, held_bps: int) -> int:
    return principal - -(-principal * held_bps // FULL)


def _kind(system: System, product: Product) -> dict[str, int]:
    """Principal and what makes it a card of its kind."""
    principal = product.principal.value
    term = 0 if product.term is None else product.term.value
    numbers = {"principal": principal, "term_days": term}
    match product.kind:
        case "stored-value":
            return {**numbers, "bonus": 0 if product.bonus is None else product.bonus.value}
        case "discount-card" if product.discount is not None:
            bonus = 0 if product.bonus is None else product.bonus.value
            return {**numbers, "bonus": bonus, **DiscountCard.at(product.discount.value)}
        case "sessions" if product.paid_units is not None:
            given = 0 if product.gift_units is None else product.gift_units.value
            return {**numbers, "params0": Sessions.params(product.paid_units.value, given)}
        case "period-monthly" if product.months is not None:
            return {**numbers, **Period.monthly(product.months.value)}
        case "period-unlimited" if term:
            monthly = system.custody.schedule.value == "per-month"
            return {**numbers, **Period.unlimited(principal, term, release_days=_MONTH if monthly else 0)}
        case "milestones" if product.milestones is not None:
            prices = [run.price for run in product.milestones.value for _ in range(run.count)]
            cap = 0 if product.custom_cost_cap is None else product.custom_cost_cap.value
            plan = Milestones.plan(prices, cost_cap_bps=cap)
            if plan["principal"] == principal:
                return {**numbers, **plan}
    raise InvalidInput(
        f"product {product.key}: its figures do not make a card of the kind {product.kind}",
        hint="sessions need paid_units, a membership a term or months, milestones the price in all",
        code="invalid-product",
        product=product.key,
        kind=product.kind,
    )
