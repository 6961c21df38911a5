"""Whether a product's way of settling leaves custody short of what the law gives the consumer back.

Three numbers have to be kept apart: what was settled, what is held, and what the consumer is owed. A bonus
card on which 1000 yuan bought 1300 is owed by ratio when the merchant stops (Fa Shi (2025) No. 4, art. 18).
Settled principal first instead, after C of use it lacks C · bonus / face, worst when the whole principal is
used, though all unperformed value was "in full custody". Settling by ratio leaves no gap. Pure functions of
terms, in fen.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from wallet.rules import Cause, DiscountCard, Sessions, Template, TemplateFailed, Usage
from wallet.terms import COOLING_LIST, FULL, Terms

_COUNTED = 5_000
"""Up to so many units each total is tried; beyond, only where a formula can bend."""


@dataclass(frozen=True, slots=True)
class SettlementGap:
    """The worst case of one cause: with `used` of the card used (its own unit), `settled` is gone, `held` is
    all that is left of the price though everything is in custody, `owed` is due, `gap` of it missing. Fen.
    """

    cause: str
    used: int
    settled: int
    held: int
    owed: int
    gap: int


def settlement_gaps(template: Template | None, terms: Terms) -> tuple[SettlementGap, ...]:
    """The worst gap for each cause that has one, as if nothing were released but by use.

    Empty for terms whose settlement covers every refund, and for card kinds that are not known here.
    """
    capacity = None if template is None else template.capacity(terms)
    if template is None or capacity is None:
        return ()
    whole = terms.change(custody_bps=FULL, ladder1=0, ladder2=0, ladder3=0)
    causes = [Cause.NOT_CONSUMER, Cause.CONSUMER]
    if terms.cooling_days and terms.cooling_use != COOLING_LIST:
        causes.insert(0, Cause.COOLING_OFF)
    found = []
    for cause in causes:
        worst: SettlementGap | None = None
        for used in _totals(template, terms, capacity):
            gap = _gap(template, whole, cause, used)
            if gap is not None and gap.gap > 0 and (worst is None or gap.gap > worst.gap):
                worst = gap
        if worst is not None:
            found.append(worst)
    return tuple(found)


def _gap(template: Template, terms: Terms, cause: Cause, used: int) -> SettlementGap | None:
    usage = Usage(used=used, listed=_listed(template, terms, used))
    try:
        settled, owed = template.released(terms, usage), template.entitlement(terms, usage, cause)
    except TemplateFailed:
        return None
    held = terms.principal - settled
    name = cause.name.lower().replace("_", "-")
    return SettlementGap(name, used, settled, held, owed, owed - held)


def _listed(template: Template, terms: Terms, used: int) -> int:
    """The price before discount that a merchant would state."""
    price = getattr(template, "list_price", None)
    return used if price is None else int(price(terms, used))


def _totals(template: Template, terms: Terms, capacity: int) -> Iterable[int]:
    """Totals at which the gap can be largest: between them every formula is a straight line."""
    if capacity <= _COUNTED:
        return range(capacity + 1)
    bends = {terms.bonus, terms.principal, terms.face, capacity}
    if isinstance(template, Sessions):
        bends |= {template.paid(terms), template.given(terms)}
    if isinstance(template, DiscountCard):
        bends.add(template.reduced(terms, terms.principal))
    return sorted(bend for bend in bends if bend <= capacity)
