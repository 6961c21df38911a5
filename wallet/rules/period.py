"""A card for a time, as in contracts/templates/Period.sol: unlimited within its term, or months redeemed."""

from __future__ import annotations

from wallet.errors import InvalidInput
from wallet.rules.model import Cause, TemplateFailed, Unit, Usage
from wallet.rules.refund_math import by_list, by_ratio, formula_for, release
from wallet.terms import LIST, Terms

_MASK = (1 << 16) - 1


class Period:
    """`params0`: months 16 bits | days between releases 16 bits, low bits first.

    With no months, `usage.used` is visits, which cost nothing: time earns by the day. With months it is
    months redeemed. `usage.listed` is fen at the price of a single visit or month.
    """

    unit = Unit.MONTH

    @staticmethod
    def unlimited(principal: int, term_days: int, *, release_days: int = 0) -> dict[str, int]:
        """Numbers of the terms for a card of `term_days`, its principal released every `release_days` by
        what time has earned, or at the end where that is 0. Time earns day by day at exit.
        """
        if not 1 <= term_days <= _MASK or not 0 <= release_days <= _MASK:
            raise InvalidInput(
                f"{term_days} days, released every {release_days}, are no term",
                hint="give the term in days; 0 days between releases is once, at the end",
                code="invalid-terms",
                term_days=term_days,
                release_days=release_days,
            )
        accrual = -(-principal // term_days)
        numbers = {"principal": principal, "term_days": term_days, "params0": release_days << 16}
        return {**numbers, "accrual": accrual, "accrual_days": 1}

    @staticmethod
    def monthly(months: int) -> dict[str, int]:
        """Numbers of the terms for a card of so many months, each redeemed with the consumer's leave."""
        if not 1 <= months <= _MASK:
            raise InvalidInput(
                f"{months} months do not fit a card",
                hint="sell at least one month",
                code="invalid-terms",
                months=months,
            )
        return {"params0": months}

    @staticmethod
    def months(terms: Terms) -> int:
        """Months to redeem; 0 for a card that is unlimited within its term."""
        return terms.params0 & _MASK

    @staticmethod
    def release_days(terms: Terms) -> int:
        """Days between two releases; 0: once, at the end."""
        return (terms.params0 >> 16) & _MASK

    def unit_of(self, terms: Terms) -> Unit:
        """Months, or visits where there are none."""
        return Unit.MONTH if self.months(terms) else Unit.VISIT

    def capacity(self, terms: Terms) -> int | None:
        """Months to redeem; visits are not limited."""
        return self.months(terms) or None

    def list_price(self, terms: Terms, used: int) -> int:
        """As many months at the card's own price, rounded up so that it is never below their share. What a
        single visit costs, only the merchant can say.
        """
        months = self.months(terms)
        return -(-terms.principal * used // months) if months else 0

    def released(self, terms: Terms, usage: Usage) -> int:
        """What time or redeemed months have earned, less what custody keeps back."""
        months = self._months(terms)
        if months == 0:
            return release(terms, usage, self._by_time(terms, self._release_day(terms, usage)))
        if usage.used > months:
            raise TemplateFailed(f"{usage.used} months redeemed, the card holds {months}")
        return release(terms, usage, self._redeemed(terms, usage, months, terms.settlement_formula))

    def entitlement(self, terms: Terms, usage: Usage, cause: Cause) -> int:
        """By days or months. Whoever ends an unlimited card, the law counts time (art. 22); only cooling-off,
        which undoes the contract, deducts visits.
        """
        months, formula = self._months(terms), formula_for(terms, cause)
        if months:
            return terms.principal - self._redeemed(terms, usage, months, formula)
        if cause == Cause.COOLING_OFF and formula == LIST:
            return terms.principal - by_list(terms.principal, usage.listed)
        return terms.principal - self._by_time(terms, usage.elapsed)

    def _months(self, terms: Terms) -> int:
        months = self.months(terms)
        if months == 0 and terms.term_days == 0:
            raise TemplateFailed("neither months nor a term")
        return months

    def _release_day(self, terms: Terms, usage: Usage) -> int:
        """The day up to which time has been paid for; none within cooling-off."""
        if usage.elapsed <= terms.cooling_days:
            return 0
        if usage.elapsed >= terms.term_days:
            return usage.elapsed
        every = self.release_days(terms)
        return usage.elapsed - usage.elapsed % every if every else 0

    def _by_time(self, terms: Terms, day: int) -> int:
        return by_ratio(terms.principal, day, terms.term_days)

    def _redeemed(self, terms: Terms, usage: Usage, months: int, formula: int) -> int:
        if formula == LIST:
            return by_list(terms.principal, usage.listed)
        return by_ratio(terms.principal, usage.used, months)
