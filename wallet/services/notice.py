"""The end of a merchant: closing announced in time, or a runaway; and what its consumers are offered then.

A declaration stops nothing but sales: it dates the merchant's failure on the chain, which can only widen what
consumers get. Which way to go is each consumer's choice; `terminate` and the transfer services do it.
"""

from __future__ import annotations

from dataclasses import dataclass

from wallet.bindings.errors import SubWalletNothingDue
from wallet.bindings.runtime import ask
from wallet.errors import InvalidInput
from wallet.law.dates import DAY
from wallet.rules import Cause, Status
from wallet.services import onboard
from wallet.services.admission import dossiers
from wallet.services.context import Context
from wallet.services.office import Office, need_office
from wallet.services.records import cards_sold, find_card, state_of
from wallet.services.settle import Settled, settle
from wallet.services.supervise import words
from wallet.signing.signer import Signer
from wallet.supervision.dossier import Dossier
from wallet.supervision.facts import Fact
from wallet.supervision.refusal import NotAllowed


@dataclass(frozen=True, slots=True)
class Offer:
    """What one consumer is offered: `refund` now and `shortfall` to claim (fen), or one of `merchants`."""

    card: str
    owner: str
    cause: str
    refund: int
    shortfall: int
    paths: tuple[str, ...]
    merchants: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Runaway:
    """A declared runaway: since when, and the offers to all who hold its open cards."""

    merchant: str
    name: str
    since: int
    offers: tuple[Offer, ...]


def announce_closing(context: Context, merchant: Signer, why: str) -> int:
    """Announce closing; returns when (unix seconds) it may close. Its sales stop with the next watch."""
    with need_office(context) as office:
        dossier = office.dossier(merchant.address)
        if dossier.closing_at:
            return dossier.closing_at
        closes = office.now + office.programme.watch.closure_notice_days * DAY
        office.say("closing-announced", merchant.address, merchant, closes=closes, why=words(why))
        return closes


def declare_runaway(context: Context, operator: Signer, merchant: str, evidence: str) -> Runaway:
    """Put on record, in the book and on the chain, that the merchant is gone; by an operator."""
    with need_office(context) as office:
        dossier = office.dossier(merchant)
        if not dossier.runaway_at:
            office.say("runaway", merchant, operator, why=words(evidence))
        known = onboard.merchant_of(context, merchant)
        if known.status in ("approved", "suspended"):
            known = onboard.stop(context, operator, merchant)
        offers = offers_of(office, dossier)
        return Runaway(merchant, dossier.name, known.since, tuple(offers))


def offers_of(office: Office, dossier: Dossier) -> list[Offer]:
    """The offers to every holder of an open card of this merchant (row 32)."""
    context = office.context
    others = tuple(one.merchant for one in _alike(office, dossier))
    found = []
    for record in cards_sold(context, dossier.merchant):
        state = state_of(context, record)
        if state.status is not Status.OPEN:
            continue
        owed, cause = ask(context.chain, record.contract.quote(record.terms))
        paths = tuple(path for path in office.programme.runaway_paths if path != "transfer" or others)
        found.append(
            Offer(
                card="0x" + record.card.hex(),
                owner=record.owner,
                cause=Cause(cause).name.lower().replace("_", "-"),
                refund=min(owed, state.held),
                shortfall=max(0, owed - state.held),
                paths=paths,
                merchants=others if "transfer" in paths else (),
            )
        )
    return found


def choose_path(context: Context, consumer: Signer, card: str, path: str) -> Fact:
    """Note which of the offered ways a consumer goes; the way itself is another service's."""
    with need_office(context) as office:
        record = find_card(context, card, owner=consumer.address)
        dossier = office.dossier(record.terms.merchant)
        if not dossier.runaway_at:
            raise NotAllowed(
                f"{dossier.name} was not declared a runaway: there is nothing to choose",
                hint="end the card with `prepaid card terminate`, at any time",
                code="nothing-to-choose",
                name=dossier.name,
            )
        if path not in office.programme.runaway_paths:
            known = ", ".join(office.programme.runaway_paths)
            raise InvalidInput(
                f"path: {path!r} is not offered",
                hint=f"offered: {known}",
                code="unknown-path",
                value=path,
                known=known,
            )
        return office.say(
            "path-chosen", record.terms.merchant, consumer, path=path, card="0x" + record.card.hex()
        )


def return_custody(context: Context, carrier: Signer, merchant: str) -> list[Settled]:
    """Give back at once what the terms return by themselves when a merchant has stopped (row 60).

    Anybody may; cards whose terms leave the exit to their consumer are left to them.
    """
    done = []
    for record in cards_sold(context, merchant):
        if state_of(context, record).status is Status.OPEN:
            try:
                done.append(settle(context, carrier, "0x" + record.card.hex()))
            except SubWalletNothingDue:
                continue
    return done


def _alike(office: Office, dossier: Dossier) -> list[Dossier]:
    """Merchants of the same sector that may sell, those of the same district first."""
    context = office.context
    alike = [
        one
        for one in dossiers(office)
        if one.merchant != dossier.merchant
        and one.sector == dossier.sector
        and not one.blocked
        and ask(context.chain, context.merchants.may_sell(one.merchant))
    ]
    return sorted(alike, key=lambda one: one.district != dossier.district)
