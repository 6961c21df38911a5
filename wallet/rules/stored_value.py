"""A card spent in yuan, with or without a bonus, as in contracts/templates/StoredValue.sol."""

from __future__ import annotations

from wallet.rules.model import Cause, TemplateFailed, Unit, Usage
from wallet.rules.refund_math import after_custody, after_gift, by_list, by_ratio
from wallet.terms import COOLING_LIST, GIFT_FIRST, LIST, Terms


class StoredValue:
    """`usage.used` and `usage.listed` are fen of face value; nothing in `params`."""

    unit = Unit.YUAN

    def released(self, terms: Terms, usage: Usage) -> int:
        """What was earned by the settlement formula, less what custody keeps back."""
        if usage.used > terms.face:
            raise TemplateFailed(f"{usage.used} fen of face value used, the card holds {terms.face}")
        earned = _earned(terms, usage.used, terms.settlement_formula)
        return after_custody(terms.principal, earned, terms.custody_bps, terms.schedule)

    def entitlement(self, terms: Terms, usage: Usage, cause: Cause) -> int:
        """The principal less what was earned by the formula that the cause calls for."""
        formula = terms.not_consumer_formula
        if cause == Cause.CONSUMER:
            formula = terms.consumer_formula
        if cause == Cause.COOLING_OFF and terms.cooling_use == COOLING_LIST:
            formula = LIST
        return terms.principal - _earned(terms, usage.used, formula)


def _earned(terms: Terms, used: int, formula: int) -> int:
    if formula == LIST:
        return by_list(terms.principal, used)
    if formula == GIFT_FIRST:
        return after_gift(terms.principal, used, terms.bonus)
    return by_ratio(terms.principal, used, terms.face)
