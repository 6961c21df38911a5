"""A merchant's way through the gate: papers, endorsements, filing, renewal; and what anybody may ask of it.

Approving itself stays `onboard.approve`, which asks the gate; nothing here changes money.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from wallet.errors import InvalidInput
from wallet.services import onboard
from wallet.services.context import Context
from wallet.services.gate import licence_taken, require_open
from wallet.services.office import Office, need_office, open_office
from wallet.services.sending import simulate
from wallet.signing.signer import Signer
from wallet.supervision.application import Application, faults
from wallet.supervision.dossier import Dossier
from wallet.supervision.facts import Fact
from wallet.supervision.refusal import NotAllowed

_LATER = ("merchant-listed", "not-filed", "licence-too-young")
"""Faults that may be mended between application and approval; any other one refuses the application."""


@dataclass(frozen=True, slots=True)
class Filing:
    """What anybody is told about a merchant's filing; `number` empty: not filed."""

    name: str
    merchant: str
    filed: bool
    number: str
    since: int


def apply(context: Context, merchant: Signer, application: Application) -> onboard.Merchant:
    """Apply with papers: they go into the book, their hash on the chain. Refused if they cannot be right."""
    with need_office(context) as office:
        office.require("applied", merchant, merchant.address)
        draft = replace(Dossier(merchant.address), application=application)
        for fault in faults(
            application, office.programme, office.today, listed=office.listed(draft), filed=False
        ):
            if fault.error_code not in _LATER:
                raise fault
        copied = licence_taken(office, draft)
        if copied is not None:
            raise copied
        require_open(office, draft)
        # The book first: a registry entry without papers could never be approved. If the registry would
        # refuse, it says so here, before anything is written.
        simulate(
            context, context.merchants.apply_to_sell(application.name, application.hash), merchant.address
        )
        office.say("applied", merchant.address, merchant, **application.to_dict())
        return onboard.apply_to_sell(context, merchant, application.name, application.text)


def endorse(context: Context, approver: Signer, merchant: str) -> Dossier:
    """Approve a merchant as one of several who have to; an operator's `approve` then counts them."""
    with need_office(context) as office:
        office.applicant(merchant)
        office.say("endorsed", merchant, approver)
        return office.dossier(merchant)


def renew(
    context: Context,
    merchant: Signer,
    *,
    licence: str | None = None,
    licence_until: date | None = None,
    lease_until: date | None = None,
    bank_account: str | None = None,
    last_year_revenue: int | None = None,
) -> Dossier:
    """Bring papers up to date; what is left out stays as it is."""
    with need_office(context) as office:
        _, old = office.applicant(merchant.address)
        changed = {
            name: value.isoformat() if isinstance(value, date) else value
            for name, value in (
                ("licence", licence),
                ("licence_until", licence_until),
                ("lease_until", lease_until),
                ("bank_account", bank_account),
                ("last_year_revenue", last_year_revenue),
            )
            if value is not None
        }
        Application.from_dict({**old.to_dict(), **changed})  # refuses what no papers could say
        office.say("licence-renewed", merchant.address, merchant, **changed)
        return office.dossier(merchant.address)


def file(context: Context, by: Signer, merchant: str, number: str) -> Dossier:
    """Put a filing with the authority on record; by the merchant, an authority or an operator."""
    if not number.strip() or len(number) > 60:
        raise InvalidInput(
            f"filing number: {number!r} is empty or longer than 60 characters",
            hint="copy it from the authority's receipt",
            code="invalid-application",
            where="filing",
            value=number,
        )
    with need_office(context) as office:
        office.applicant(merchant)
        office.say("filed", merchant, by, number=number.strip())
        return office.dossier(merchant)


def withdraw_filing(context: Context, by: Signer, merchant: str, why: str) -> Fact:
    """Take a filing back; from then on the merchant's sales are to stop where filing is needed."""
    with need_office(context) as office:
        return office.say("filing-withdrawn", merchant, by, why=why)


def standing(context: Context, merchant: str) -> tuple[Dossier, list[NotAllowed]]:
    """All the book says of a merchant, and everything that is against its approval today."""
    with need_office(context) as office:
        dossier, application = office.applicant(merchant)
        found = faults(
            application,
            office.programme,
            office.today,
            listed=office.listed(dossier),
            filed=bool(dossier.filing),
        )
        copied = licence_taken(office, dossier)
        return dossier, found if copied is None else [*found, copied]


def filings(context: Context, name: str) -> list[Filing]:
    """The filing status of every merchant of this name; anybody may ask (row 27).

    A name that nobody has comes back once, as not filed.
    """
    with open_office(context) as office:
        known = {} if office is None else {one.merchant: one for one in dossiers(office)}
    found = [one for one in known.values() if name in (one.name, one.merchant)]
    if not found:
        named = [address for address, own in onboard.names_of(context).items() if own == name]
        return [Filing(name, address, False, "", 0) for address in named] or [Filing(name, "", False, "", 0)]
    return [Filing(one.name, one.merchant, bool(one.filing), one.filing, one.filed_at) for one in found]


def dossiers(office: Office) -> list[Dossier]:
    """The dossiers of all merchants that ever applied, in the order of their first application."""
    return [office.dossier(merchant) for merchant in office.book.subjects("applied")]
