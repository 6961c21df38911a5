"""What a template would release, asked on the chain with the same bytecode and the sub-wallet's bounds.

So that a person can be told the outcome before anything is signed. The full call, with its signature, is
simulated afterwards and has to agree.
"""

from __future__ import annotations

from dataclasses import replace

from wallet.bindings.i_prepaid_template import IPrepaidTemplate
from wallet.bindings.runtime import ask
from wallet.bindings.structs import Usage
from wallet.rules import Card, days_between
from wallet.services.context import Context
from wallet.services.publish import rules_of
from wallet.services.records import CardRecord
from wallet.signing.checks import BoughtCard, Outcome
from wallet.terms import ON_CONDITIONS, Terms


def outcome_of_use(context: Context, terms: Terms, state: Card, *, used: int, listed: int) -> Outcome:
    """What moves and what stays if the totals of an open card rise to `used` and `listed`.

    Raises the template's typed error, say for more than the card holds.
    """
    return _outcome(context, terms, replace(state, used=used, listed=listed), terms.principal)


def outcome_of_certificate(context: Context, terms: Terms, state: Card, *, used: int, listed: int) -> Outcome:
    """What moves by itself when the certifier raises the totals to `used` and `listed`.

    Nothing unless the terms release on conditions; then at most the advance or what time alone has earned,
    and nothing in cooling-off. Raises the template's typed error, say for more than the card holds.
    """
    now = context.chain.now()
    stopped = ask(context.chain, context.merchants.stopped_since(terms.merchant, state.opened_at))
    as_of = min(stopped, now) if stopped else now
    elapsed = days_between(state.opened_at, as_of)
    most = 0
    if terms.trigger == ON_CONDITIONS and not (terms.cooling_days and elapsed <= terms.cooling_days):
        earned = 0 if elapsed <= terms.cooling_days else terms.accrual * (elapsed // terms.accrual_days)
        most = max(terms.advance, earned)
    return _outcome(context, terms, replace(state, used=used, listed=listed), most, as_of)


def outcome_of_opening(context: Context, terms: Terms, now: int) -> Outcome:
    """What is advanced and what is frozen when a card is opened under these terms."""
    fresh = Card(held=terms.principal, opened_at=now, marks=tier_at_opening(context, terms))
    if terms.advance == 0:
        return Outcome(0, terms.principal)
    return _outcome(context, terms, fresh, min(terms.advance, terms.principal))


def tier_at_opening(context: Context, terms: Terms) -> int:
    """The merchant's credit tier that a card opened now would keep; 0 where its terms do not ask for it."""
    return ask(context.chain, context.merchants.tier_of(terms.merchant)) if terms.has_ladder else 0


def bought(context: Context, record: CardRecord, state: Card) -> BoughtCard:
    """The card as `wallet.signing.checks` wants it."""
    rules = rules_of(context, record.terms)
    capacity = None if rules is None else rules.capacity(record.terms)
    return BoughtCard(record.card, record.terms, record.domain(context), record.owner, state, capacity)


def _outcome(context: Context, terms: Terms, after: Card, most: int, as_of: int | None = None) -> Outcome:
    usage = after.usage(terms, context.chain.now() if as_of is None else as_of)
    tier = usage.tier
    if tier and terms.ladder_for_all:  # one that fell counts at once, one that rose never does
        tier = min(tier, ask(context.chain, context.merchants.tier_of(terms.merchant)))
    asked = Usage(usage.used, usage.listed, usage.released, usage.elapsed, tier, usage.facts)
    total = min(ask(context.chain, IPrepaidTemplate(terms.template).released(terms, asked)), most)
    paid = max(0, total - after.released)
    return Outcome(paid, after.held - paid)
