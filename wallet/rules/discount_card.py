"""A card with a price cut on everything, as in contracts/templates/DiscountCard.sol."""

from __future__ import annotations

from wallet.errors import InvalidInput
from wallet.rules.model import Cause, TemplateFailed, Unit, Usage
from wallet.rules.refund_math import after_gift, by_list, by_ratio, formula_for, release
from wallet.terms import FULL, GIFT_FIRST, LIST, Terms


class DiscountCard:
    """`usage.used` is fen at the reduced price, taken from principal and bonus; `usage.listed` fen for the
    same at the price before discount. `params0`: the discount factor in bps, 8000 for 80 %.
    """

    unit = Unit.YUAN

    @staticmethod
    def at(factor_bps: int) -> dict[str, int]:
        """Numbers of the terms for a card on which everything costs this share of its price."""
        if not 1 <= factor_bps <= FULL:
            raise InvalidInput(
                f"discount: {factor_bps} is not 1 to {FULL}",
                hint="what is paid of a price, in bps: 8000 for 80 %",
                code="invalid-terms",
                discount=factor_bps,
                limit=FULL,
            )
        return {"params0": factor_bps}

    @staticmethod
    def reduced(terms: Terms, listed: int) -> int:
        """Most that may have been charged for what costs `listed` before discount (both running totals)."""
        return listed * terms.params0 // FULL

    def unit_of(self, terms: Terms) -> Unit:
        """Yuan, whatever the terms."""
        return self.unit

    def capacity(self, terms: Terms) -> int:
        """Principal and bonus."""
        return terms.face

    def list_price(self, terms: Terms, used: int) -> int:
        """The least price before discount that `used` may be charged for."""
        return -(-used * FULL // (terms.params0 or FULL))

    def released(self, terms: Terms, usage: Usage) -> int:
        """What was earned by the settlement formula, less what custody keeps back."""
        if not 1 <= terms.params0 <= FULL:
            raise TemplateFailed(f"a discount factor of {terms.params0} bps")
        if usage.used > self.capacity(terms):
            raise TemplateFailed(f"{usage.used} fen used, the card holds {terms.face}")
        if usage.used > self.reduced(terms, usage.listed):
            raise TemplateFailed(f"{usage.used} fen charged for what costs {usage.listed} before discount")
        return release(terms, usage, _earned(terms, usage, terms.settlement_formula))

    def entitlement(self, terms: Terms, usage: Usage, cause: Cause) -> int:
        """The principal less what was earned by the formula that the cause calls for."""
        return terms.principal - _earned(terms, usage, formula_for(terms, cause))


def _earned(terms: Terms, usage: Usage, formula: int) -> int:
    if formula == LIST:
        return by_list(terms.principal, usage.listed)
    if formula == GIFT_FIRST:
        return after_gift(terms.principal, usage.used, terms.bonus)
    return by_ratio(terms.principal, usage.used, terms.face)
