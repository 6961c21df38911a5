"""What no product may fall below under a programme: the share held, and what comes back to the consumer.

Better for the consumer is always allowed. Which card a consumer is sold then is the merchant's offer.
"""

from __future__ import annotations

from wallet.law.programme import FULL, Programme
from wallet.supervision.refusal import NotAllowed
from wallet.terms import (
    COOLING_LIST,
    COOLING_ORDINARY,
    COOLING_RATIO,
    GIFT_FIRST,
    GIFTS_ALWAYS_PAID,
    GIFTS_IGNORED,
    GIFTS_RETURN_OR_PAY,
    LIST,
    PAID_FIRST,
    RATIO,
    Terms,
)

_FORMULAS = (LIST, PAID_FIRST, RATIO, GIFT_FIRST)
_COOLING = (COOLING_ORDINARY, COOLING_LIST, COOLING_RATIO)
_GIFTS = (GIFTS_ALWAYS_PAID, GIFTS_RETURN_OR_PAY, GIFTS_IGNORED)
"""From the worst for the consumer to the best."""


def require_custody(programme: Programme, sector: str, terms: Terms) -> None:
    """No product may let its merchant have more, sooner, than the programme does."""
    least = programme.custody_for(sector)
    if not terms.has_ladder and terms.custody_bps < least:
        raise NotAllowed(
            f"{terms.custody_bps} bps of this product stay held, {programme.name} asks for {least}",
            hint=f"hold at least that much: custody_bps={least}",
            code="custody-too-low",
            value=terms.custody_bps,
            least=least,
            programme=programme.name,
        )
    credit = programme.credit
    low, high = (credit.ladder_low, credit.ladder_high) if any(credit.ladder) else (0, FULL - least)
    for step in (terms.ladder1, terms.ladder2, terms.ladder3):
        if step and not low <= step <= high:
            raise NotAllowed(
                f"an early release of {step} bps lies outside what {programme.name} allows: {low} to {high}",
                hint="list the product with steps inside that range, or without a ladder",
                code="ladder-out-of-range",
                value=step,
                least=low,
                most=high,
            )


def require_refunds(programme: Programme, sector: str, terms: Terms) -> None:
    """No product may give its consumers less back, or for fewer days, than the programme's own do."""
    floor = programme.refunds_for(sector)
    if floor is None:
        return
    # A fee of nothing, or of at most nothing, is none.
    fee, cap = (
        (terms.exit_fee_bps, terms.exit_fee_cap) if terms.exit_fee_cap and terms.exit_fee_bps else (0, 0)
    )
    for name, value, asked, worse in (
        ("cooling_days", terms.cooling_days, floor.cooling_days, terms.cooling_days < floor.cooling_days),
        ("cooling_use", *_ranked(_COOLING, terms.cooling_use, floor.cooling_use)),
        ("not_consumer_formula", *_ranked(_FORMULAS, terms.not_consumer_formula, floor.not_consumer)),
        ("consumer_formula", *_ranked(_FORMULAS, terms.consumer_formula, floor.consumer)),
        ("gift_rule", *_ranked(_GIFTS, terms.gift_rule, floor.gift_rule)),
        ("exit_fee_bps", fee, floor.exit_fee_bps, fee > floor.exit_fee_bps),
        ("exit_fee_cap", cap, floor.exit_fee_cap, cap > floor.exit_fee_cap),
    ):
        if worse and not (name == "cooling_use" and floor.cooling_days == 0):
            raise NotAllowed(
                f"{name} is {value} in this product; {programme.name} gives consumers more: {asked}",
                hint=f"list it with {name}={asked}, or better for the consumer",
                code="refund-below-programme",
                where=name,
                value=value,
                asked=asked,
                programme=programme.name,
            )


def least_refunds(programme: Programme, sector: str) -> dict[str, int]:
    """Numbers of the terms that a product needs to keep to the programme, beside the usual ones (all 0)."""
    floor = programme.refunds_for(sector)
    if floor is None:
        return {}
    numbers = {"cooling_days": floor.cooling_days}
    for name, order, asked in (
        ("cooling_use", _COOLING, floor.cooling_use),
        ("not_consumer_formula", _FORMULAS, floor.not_consumer),
        ("consumer_formula", _FORMULAS, floor.consumer),
        ("gift_rule", _GIFTS, floor.gift_rule),
    ):
        if _ranked(order, 0, asked)[2]:
            numbers[name] = asked
    return numbers


def _ranked(order: tuple[int, ...], value: int, asked: int) -> tuple[int, int, bool]:
    """The number, the one asked for, and whether it is worse; one that means nothing is the worst."""
    return value, asked, value not in order or order.index(value) < order.index(asked)
