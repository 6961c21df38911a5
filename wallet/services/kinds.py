"""Card kinds as merchants speak of them: ten sessions, 80 % of each price, twelve months, four milestones.

Turns such words into numbers of the terms and back, for the kinds that the platform ships. What the numbers
mean is the business of `wallet.rules`.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

from wallet.errors import InvalidInput
from wallet.rules import DiscountCard, Milestones, Period, ReferenceTemplate, Sessions
from wallet.terms import Terms


@dataclass(frozen=True, slots=True)
class Kind:
    """What makes a card of its kind; everything that belongs to another kind is left at zero.

    `discount` and `cost_cap` in bps, `milestones` their prices in fen, in order.
    """

    sessions: int = 0
    gift: int = 0
    discount: int = 0
    months: int = 0
    release_days: int = 0
    milestones: tuple[int, ...] = ()
    cost_cap: int = 0


_BELONGS = {
    "sessions": "Sessions",
    "gift": "Sessions",
    "discount": "DiscountCard",
    "months": "Period",
    "release_days": "Period",
    "milestones": "Milestones",
    "cost_cap": "Milestones",
}


def numbers_of(template: str, kind: Kind, *, principal: int | None, term_days: int = 0) -> dict[str, int]:
    """Numbers for `terms_for`, the principal included, of a card of this template (a name).

    Milestones make up the principal; for any other card it must be given. Raises InvalidInput
    (`invalid-terms`, `no-price`) for what does not make a card.
    """
    for field in fields(kind):
        if getattr(kind, field.name) and _BELONGS[field.name] != template:
            raise InvalidInput(
                f"{field.name}: only a {_BELONGS[field.name]} card has it, not {template}",
                hint="leave it out, or choose that template",
                code="invalid-terms",
                option=field.name,
                kind=_BELONGS[field.name],
                template=template,
            )
    if template == "Milestones":
        return _milestones(kind, principal)
    if principal is None:
        raise InvalidInput(
            f"a {template} card needs a price", hint="say what it costs", code="no-price", template=template
        )
    numbers: dict[str, int] = {"principal": principal, "term_days": term_days}
    match template:
        case "Sessions":
            return {**numbers, "params0": Sessions.params(kind.sessions, kind.gift)}
        case "DiscountCard":
            return {**numbers, **DiscountCard.at(kind.discount)}
        case "Period" if kind.months:
            return {**numbers, **Period.monthly(kind.months)}
        case "Period":
            return {**numbers, **Period.unlimited(principal, term_days, release_days=kind.release_days)}
    return numbers


def _milestones(kind: Kind, principal: int | None) -> dict[str, int]:
    plan = Milestones.plan(kind.milestones, cost_cap_bps=kind.cost_cap)
    total = plan["principal"]
    if principal not in (None, total):
        raise InvalidInput(
            f"the milestones cost {total} fen, the price is {principal}",
            hint="leave the price out: it is what the milestones cost together",
            code="invalid-terms",
            total=total,
            price=principal,
        )
    return plan


def kind_of(rules: ReferenceTemplate | None, terms: Terms) -> dict[str, Any]:
    """What makes these terms a card of their kind, by the names of `Kind`; empty where there is nothing to
    say or the kind is not known here. Milestones as runs: [price in fen, how many].
    """
    match rules:
        case Sessions():
            return {"sessions": rules.paid(terms), "gift": rules.given(terms)}
        case DiscountCard():
            return {"discount": terms.params0}
        case Period() if rules.months(terms):
            return {"months": rules.months(terms)}
        case Period():
            return {"term_days": terms.term_days, "release_days": rules.release_days(terms)}
        case Milestones():
            runs = [list(run) for run in rules.runs(terms)]
            return {"milestones": runs, "cost_cap": rules.cost_cap_bps(terms)}
    return {}
