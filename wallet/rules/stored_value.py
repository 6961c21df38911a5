"""A card spent in yuan, with or without a bonus, as in contracts/templates/StoredValue.sol."""

from __future__ import annotations

from wallet.rules.model import Cause, TemplateFailed, Unit, Usage
from wallet.rules.refund_math import after_gift, by_list, by_ratio, formula_for, release
from wallet.terms import GIFT_FIRST, LIST, Terms


class StoredValue:
    """`usage.used` and `usage.listed` are fen of face value; nothing in `params`."""

    unit = Unit.YUAN

    def capacity(self, terms: Terms) -> int:
        """Face value, bonus included."""
        return terms.face

    def released(self, terms: Terms, usage: Usage) -> int:
        """What was earned by the settlement formula, less what custody keeps back."""
        if usage.used > self.capacity(terms):
            raise TemplateFailed(f"{usage.used} fen of face value used, the card holds {terms.face}")
        return release(terms, _earned(terms, usage.used, terms.settlement_formula))

    def entitlement(self, terms: Terms, usage: Usage, cause: Cause) -> int:
        """The principal less what was earned by the formula that the cause calls for."""
        return terms.principal - _earned(terms, usage.used, formula_for(terms, cause))


def _earned(terms: Terms, used: int, formula: int) -> int:
    if formula == LIST:
        return by_list(terms.principal, used)
    if formula == GIFT_FIRST:
        return after_gift(terms.principal, used, terms.bonus)
    return by_ratio(terms.principal, used, terms.face)
