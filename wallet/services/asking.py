"""What a template would release, asked on the chain with the same bytecode and the sub-wallet's bounds.

So that a person can be told the outcome before anything is signed. The full call, with its signature, is
simulated afterwards and has to agree.
"""

from __future__ import annotations

from dataclasses import replace

from wallet.bindings.i_prepaid_template import IPrepaidTemplate
from wallet.bindings.runtime import ask
from wallet.bindings.structs import Usage
from wallet.rules import Card
from wallet.services.context import Context
from wallet.services.publish import rules_of
from wallet.services.records import CardRecord
from wallet.signing.checks import BoughtCard, Outcome
from wallet.terms import Terms


def outcome_of_use(context: Context, terms: Terms, state: Card, *, used: int, listed: int) -> Outcome:
    """What moves and what stays if the totals of an open card rise to `used` and `listed`.

    Raises the template's typed error, say for more than the card holds.
    """
    return _outcome(context, terms, replace(state, used=used, listed=listed), terms.principal)


def outcome_of_opening(context: Context, terms: Terms, now: int) -> Outcome:
    """What is advanced and what is frozen when a card is opened under these terms."""
    fresh = Card(held=terms.principal, opened_at=now)
    if terms.advance == 0:
        return Outcome(0, terms.principal)
    return _outcome(context, terms, fresh, min(terms.advance, terms.principal))


def bought(context: Context, record: CardRecord, state: Card) -> BoughtCard:
    """The card as `wallet.signing.checks` wants it."""
    rules = rules_of(context, record.terms)
    capacity = None if rules is None else rules.capacity(record.terms)
    return BoughtCard(record.card, record.terms, record.domain(context), record.owner, state, capacity)


def _outcome(context: Context, terms: Terms, after: Card, most: int) -> Outcome:
    usage = after.usage(terms, context.chain.now())
    asked = Usage(usage.used, usage.listed, usage.released, usage.elapsed, usage.tier, usage.facts)
    total = min(ask(context.chain, IPrepaidTemplate(terms.template).released(terms, asked)), most)
    paid = max(0, total - after.released)
    return Outcome(paid, after.held - paid)
