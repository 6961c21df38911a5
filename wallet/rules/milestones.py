"""A treatment in steps, each with its price, as in contracts/templates/Milestones.sol."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby

from wallet.errors import InvalidInput
from wallet.rules.model import Cause, TemplateFailed, Unit, Usage
from wallet.rules.refund_math import by_list, release
from wallet.terms import FULL, Terms

RUNS = 10
"""Runs of equal milestones that fit the terms."""

_RUNS_A_WORD, _RUN_BITS, _PRICE_BITS, _CAP_SHIFT = 5, 48, 32, 240
_PRICE_MASK, _COUNT_MASK = (1 << 32) - 1, (1 << 16) - 1


class Milestones:
    """`usage.used` is milestones in ten-thousandths (25000: two done, half of the third certified),
    `usage.listed` fen: the value of that, plus documented cost of what was made for this consumer alone.

    `params0`, `params1`: ten runs of equal milestones, five a word, each price 32 bits | count 16 bits, low
    bits first. Highest 16 bits of `params1`: cap of the documented cost, in bps of the principal.
    """

    unit = Unit.MILESTONE

    @staticmethod
    def plan(prices: Iterable[int], *, cost_cap_bps: int = 0) -> dict[str, int]:
        """Numbers of the terms for milestones of these prices (fen) in order; the principal is their sum.

        Equal prices in a row share a run; some may be free of charge. InvalidInput (`invalid-terms`) if they
        do not fit.
        """
        runs = [(price, len(list(equal))) for price, equal in groupby(prices)]
        for price, count in runs:
            if not 0 <= price <= _PRICE_MASK or count > _COUNT_MASK:
                raise _invalid(
                    f"{count} milestones at {price} fen do not fit a card", price=price, count=count
                )
        if not 1 <= len(runs) <= RUNS:
            raise _invalid(f"{len(runs)} runs of equal milestones: a card holds 1 to {RUNS}", runs=len(runs))
        if not 0 <= cost_cap_bps <= FULL:
            raise _invalid(f"a cap of {cost_cap_bps} bps for documented cost", cap=cost_cap_bps)
        words = [0, cost_cap_bps << _CAP_SHIFT]
        for place, (price, count) in enumerate(runs):
            shift = _RUN_BITS * (place % _RUNS_A_WORD)
            words[place // _RUNS_A_WORD] |= (price | count << _PRICE_BITS) << shift
        principal = sum(price * count for price, count in runs)
        if principal == 0:
            raise _invalid("milestones that cost nothing", price=0, count=sum(count for _, count in runs))
        return {"principal": principal, "params0": words[0], "params1": words[1]}

    @staticmethod
    def runs(terms: Terms) -> list[tuple[int, int]]:
        """(price in fen, how many) of each run, in order."""
        found = []
        for place in range(RUNS):
            word = terms.params0 if place < _RUNS_A_WORD else terms.params1
            run = word >> _RUN_BITS * (place % _RUNS_A_WORD)
            found.append((run & _PRICE_MASK, (run >> _PRICE_BITS) & _COUNT_MASK))
        return [(price, count) for price, count in found if count]

    @staticmethod
    def cost_cap_bps(terms: Terms) -> int:
        """Cap of the documented cost, in bps of the principal."""
        return terms.params1 >> _CAP_SHIFT

    def unit_of(self, terms: Terms) -> Unit:
        """Ten-thousandths of a milestone, whatever the terms."""
        return self.unit

    def capacity(self, terms: Terms) -> int:
        """All milestones, in ten-thousandths."""
        return FULL * sum(count for _, count in self.runs(terms))

    def list_price(self, terms: Terms, used: int) -> int:
        """Fen that `used` ten-thousandths of a milestone are worth."""
        return _value(self.runs(terms), used)

    def released(self, terms: Terms, usage: Usage) -> int:
        """The value of what was reached, less what custody keeps back."""
        value = self._checked(terms, usage.used)
        if usage.used > self.capacity(terms):
            raise TemplateFailed(f"{usage.used} ten-thousandths used, the card holds {self.capacity(terms)}")
        return release(terms, usage, value)

    def entitlement(self, terms: Terms, usage: Usage, cause: Cause) -> int:
        """The principal less the value of what was reached; less documented cost up to its cap only where
        the consumer is the cause (art. 19).
        """
        principal = terms.principal
        earned = self._checked(terms, usage.used)
        if cause == Cause.CONSUMER and usage.listed > earned:
            most = earned + principal * self.cost_cap_bps(terms) // FULL
            earned = by_list(principal, min(usage.listed, most))
        return principal - earned

    def _checked(self, terms: Terms, used: int) -> int:
        runs = self.runs(terms)
        price = sum(price * count for price, count in runs)
        if price != terms.principal:
            raise TemplateFailed(f"milestones of {price} fen in all, a principal of {terms.principal}")
        return _value(runs, used)


def _value(runs: Sequence[tuple[int, int]], used: int) -> int:
    """Fen that `used` ten-thousandths of a milestone are worth."""
    value, before = 0, 0
    for price, count in runs:
        reached = min(max(used - before, 0), count * FULL)
        value, before = value + price * reached // FULL, before + count * FULL
    return value


def _invalid(message: str, **values: object) -> InvalidInput:
    hint = f"up to {RUNS} runs of equal prices, which together cost something"
    return InvalidInput(message, hint=hint, code="invalid-terms", **values)
