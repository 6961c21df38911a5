"""A card spent in yuan, with or without a bonus, as in contracts/templates/StoredValue.sol."""

from __future__ import annotations

from wallet.rules.model import Cause, TemplateFailed, Unit, Usage
from wallet.rules.refund_math import after_gift, by_list, by_ratio, formula_for, release
from wallet.terms import GIFT_FIRST, GIFTS_ALWAYS_PAID, GIFTS_IGNORED, LIST, Terms


class StoredValue:
    """`usage.used` is fen of face value, `usage.listed` the same plus the value of goods given along with the
    card; nothing in `params`. Handing such goods over raises `listed` alone and moves no money.
    """

    unit = Unit.YUAN

    def unit_of(self, terms: Terms) -> Unit:
        """Yuan, whatever the terms."""
        return self.unit

    def capacity(self, terms: Terms) -> int:
        """Face value, bonus included."""
        return terms.face

    def list_price(self, terms: Terms, used: int) -> int:
        """Face value is spent at list price."""
        return used

    def released(self, terms: Terms, usage: Usage) -> int:
        """What was earned by the settlement formula, less what custody keeps back."""
        if usage.used > self.capacity(terms):
            raise TemplateFailed(f"{usage.used} fen of face value used, the card holds {terms.face}")
        return release(terms, usage, _earned(terms, usage.used, terms.settlement_formula))

    def entitlement(self, terms: Terms, usage: Usage, cause: Cause) -> int:
        """The principal less what was earned by the formula that the cause calls for, and less gifts kept."""
        earned = _earned(terms, usage.used, formula_for(terms, cause)) + _gifts(terms, usage, cause)
        return max(terms.principal - earned, 0)


def _earned(terms: Terms, used: int, formula: int) -> int:
    if formula == LIST:
        return by_list(terms.principal, used)
    if formula == GIFT_FIRST:
        return after_gift(terms.principal, used, terms.bonus)
    return by_ratio(terms.principal, used, terms.face)


def _gifts(terms: Terms, usage: Usage, cause: Cause) -> int:
    """Value of given goods that were not given back and are paid for at this exit (art. 21)."""
    leaves = cause in (Cause.COOLING_OFF, Cause.CONSUMER)
    if terms.gift_rule == GIFTS_IGNORED or not (leaves or terms.gift_rule == GIFTS_ALWAYS_PAID):
        return 0
    return max(usage.listed - usage.used, 0)
