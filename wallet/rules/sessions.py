"""A card of sessions, n paid and g given, as in contracts/templates/Sessions.sol."""

from __future__ import annotations

from wallet.errors import InvalidInput
from wallet.rules.model import Cause, TemplateFailed, Unit, Usage
from wallet.rules.refund_math import by_list, by_ratio, formula_for, release
from wallet.terms import GIFT_FIRST, LIST, PAID_FIRST, Terms

_MASK = (1 << 32) - 1


class Sessions:
    """`usage.used` is sessions, `usage.listed` fen at the list price.

    `params0`: paid sessions 32 bits | given sessions 32 bits, low bits first.
    """

    unit = Unit.SESSION

    @staticmethod
    def params(paid: int, given: int) -> int:
        """`params0` for a card of `paid` sessions and `given` ones on top."""
        if not 1 <= paid <= _MASK or not 0 <= given <= _MASK:
            raise InvalidInput(
                f"{paid} paid and {given} given sessions do not fit a card",
                hint="sell at least one session",
                code="invalid-terms",
                paid=paid,
                given=given,
            )
        return paid | given << 32

    @staticmethod
    def paid(terms: Terms) -> int:
        """Sessions paid for."""
        return terms.params0 & _MASK

    @staticmethod
    def given(terms: Terms) -> int:
        """Sessions given on top."""
        return (terms.params0 >> 32) & _MASK

    def capacity(self, terms: Terms) -> int:
        """Sessions on the card, given ones included."""
        return self.paid(terms) + self.given(terms)

    def unit_of(self, terms: Terms) -> Unit:
        """Sessions, whatever the terms."""
        return self.unit

    def list_price(self, terms: Terms, used: int) -> int:
        """As many sessions at the price of a paid one, rounded up so that it is never below their share."""
        return -(-terms.principal * used // (self.paid(terms) or 1))

    def released(self, terms: Terms, usage: Usage) -> int:
        """What was earned by the settlement formula, less what custody keeps back."""
        if usage.used > self.capacity(terms):
            raise TemplateFailed(f"{usage.used} sessions used, the card holds {self.capacity(terms)}")
        return release(terms, usage, self._earned(terms, usage, terms.settlement_formula))

    def entitlement(self, terms: Terms, usage: Usage, cause: Cause) -> int:
        """The principal less what was earned by the formula that the cause calls for."""
        return terms.principal - self._earned(terms, usage, formula_for(terms, cause))

    def _earned(self, terms: Terms, usage: Usage, formula: int) -> int:
        principal, paid, given = terms.principal, self.paid(terms), self.given(terms)
        if formula == LIST:
            return by_list(principal, usage.listed)
        if formula == GIFT_FIRST:
            return 0 if usage.used <= given else by_ratio(principal, usage.used - given, paid)
        if formula == PAID_FIRST:
            return by_ratio(principal, usage.used, paid)
        return by_ratio(principal, usage.used, paid + given)
