"""The valuations that refunds and releases are made of, as in contracts/libraries/RefundMath.sol.

Each answers what the merchant has *earned*, rounded down on the running total, so that paying each use the
difference of two totals telescopes to the principal. Money is fen.
"""

from __future__ import annotations

from wallet.rules.model import Cause, TemplateFailed, Usage
from wallet.terms import COOLING_LIST, FULL, LIST, PROPORTIONAL, Terms


def by_ratio(principal: int, used: int, face: int) -> int:
    """Share of the face value used (art. 18(2)); all of the principal from `face` on."""
    return principal if used >= face else principal * used // face


def by_list(principal: int, listed: int) -> int:
    """The price before discount (art. 19), never above the principal (art. 20: no excess is owed)."""
    return min(listed, principal)


def after_gift(principal: int, used: int, given: int) -> int:
    """Use beyond what was given (better terms, art. 18 and 19, last paragraphs)."""
    return min(max(used - given, 0), principal)


def formula_for(terms: Terms, cause: Cause) -> int:
    """The formula that the terms set for a cause.

    Use during cooling-off is deducted at list price where the terms say so; expiry is nobody's fault.
    """
    if cause == Cause.CONSUMER:
        return terms.consumer_formula
    if cause == Cause.COOLING_OFF and terms.cooling_use == COOLING_LIST:
        return LIST
    return terms.not_consumer_formula


def to_hold(principal: int, unperformed: int, custody_bps: int, schedule: int) -> int:
    """What must stay held for an unperformed value, rounded up.

    Proportional holds the same share at all times; advance first spends the held share last.
    """
    if schedule == PROPORTIONAL:
        return -(-custody_bps * unperformed // FULL)
    return min(-(-custody_bps * principal // FULL), unperformed)


def custody_share(terms: Terms, tier: int) -> int:
    """Bps of the unperformed value that stay held: fixed, or by the merchant's credit tier where the terms
    carry a ladder; without a tier all is held. Raises TemplateFailed for a rung above everything.
    """
    if not terms.has_ladder:
        return terms.custody_bps
    rung = terms.ladder(tier)
    if rung > FULL:
        raise TemplateFailed(f"tier {tier} releases {rung} bps")
    return FULL - rung


def release(terms: Terms, usage: Usage, earned: int) -> int:
    """What the merchant may have had when it has earned `earned`: all but what must stay held.

    Raises TemplateFailed if custody demands more than the principal.
    """
    custody = custody_share(terms, usage.tier)
    held = to_hold(terms.principal, terms.principal - earned, custody, terms.schedule)
    if held > terms.principal:
        raise TemplateFailed(f"{held} fen to hold of a principal of {terms.principal}")
    return terms.principal - held
