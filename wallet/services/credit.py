"""A merchant's credit: its score now, its tier on the chain, and the early share and badge with it."""

from __future__ import annotations

from dataclasses import dataclass

from wallet.bindings.runtime import ask
from wallet.services.context import Context
from wallet.services.office import need_office
from wallet.supervision.score import Feeds, early_share, feeds, has_badge, tier_for


@dataclass(frozen=True, slots=True)
class Credit:
    """`tier` is the chain's and counts; `due` is what the score gives and the next watch will set.

    `early_share` in bps of the principal; `badge` is what shops and apps may show now.
    """

    merchant: str
    feeds: Feeds
    risk: int
    whitelisted: bool
    tier: int
    due: int
    early_share: int
    badge: bool


def credit_of(context: Context, merchant: str) -> Credit:
    """The credit of one merchant."""
    with need_office(context) as office:
        dossier, programme = office.dossier(merchant), office.programme
        found = feeds(dossier, programme.watch, office.now)
        risk = found.risk(programme.watch)
        tier = ask(context.chain, context.merchants.tier_of(merchant))
        selling = ask(context.chain, context.merchants.may_sell(merchant))
        return Credit(
            merchant=merchant,
            feeds=found,
            risk=risk,
            whitelisted=dossier.whitelisted,
            tier=tier,
            due=tier_for(risk, dossier.whitelisted, programme.credit),
            early_share=early_share(tier, programme.credit),
            badge=selling and has_badge(tier, programme.credit),
        )
