"""What has to hold before a merchant is approved, a product listed or a card sold under a programme.

Where none was adopted, everything passes. Called by `onboard`, `publish` and `buy` at the step that matters;
each function either returns or raises NotAllowed with the reason, and nothing was sent. Exits, refunds and
consumptions never come through here.
"""

from __future__ import annotations

from datetime import timedelta

from wallet.bindings.digital_yuan import DigitalYuan
from wallet.bindings.events import Opened, Transferred
from wallet.bindings.runtime import ask
from wallet.law.dates import months_of, start_of
from wallet.law.limits import Breach, Sale, card_breach, wallet_breach
from wallet.law.programme import Check, Programme
from wallet.rules import Sessions, Status
from wallet.services.context import Context
from wallet.services.floors import least_refunds, require_custody, require_refunds
from wallet.services.office import Office, open_office
from wallet.services.records import cards_of, state_of
from wallet.signing.signer import Signer
from wallet.supervision.application import faults
from wallet.supervision.dossier import Dossier
from wallet.supervision.findings import Position, find
from wallet.supervision.refusal import NotAllowed
from wallet.terms import Terms

KINDS = {
    "StoredValue": "stored_value",
    "DiscountCard": "discount_card",
    "Sessions": "session",
    "Period": "period",
    "Milestones": "milestone",
}
"""Name of a template -> kind of card, as limits speak of them."""

APPROVED, _SUSPENDED, _STOPPED = 2, 3, 4
"""Of `MerchantStatus`, as in contracts/types/Merchant.sol."""
_ADMITTED = (APPROVED, _SUSPENDED, _STOPPED)


def require_papers(context: Context, merchant: str, papers: bytes) -> None:
    """Before an application reaches the chain: the book has the very papers whose hash it carries."""
    with open_office(context) as office:
        if office is not None and office.applicant(merchant)[0].papers != papers:
            raise NotAllowed(
                f"{merchant} applied with other papers than those in the book",
                hint="let it apply again: `prepaid supervise apply`",
                code="papers-differ",
                name=merchant,
            )


def require_admission(context: Context, operator: Signer, merchant: str) -> None:
    """Before a merchant is approved, at first or again: papers, checks, openings, blocks, enough approvers.

    The operator's wish to approve counts as its own endorsement and stays on record when others are missing.
    """
    with open_office(context) as office:
        if office is None:
            return
        dossier, application = office.applicant(merchant)
        if ask(context.chain, context.merchants.licence_of(merchant)) != dossier.papers:
            raise NotAllowed(
                f"{dossier.name} applied on the chain with other papers than those in the book",
                hint="let it apply again: `prepaid supervise apply`",
                code="papers-differ",
                name=dossier.name,
            )
        require_open(office, dossier)
        listed, filed = office.listed(dossier), bool(dossier.filing)
        for fault in faults(application, office.programme, office.today, listed=listed, filed=filed):
            raise fault
        copied = licence_taken(office, dossier)
        if copied is not None:
            raise copied
        _require_unblocked(office, dossier)
        if operator.address not in dossier.endorsed_by:
            office.say("endorsed", merchant, operator)
            dossier = office.dossier(merchant)
        has, needs = len(dossier.endorsed_by), office.programme.gate.approvals
        if has < needs:
            raise NotAllowed(
                f"{dossier.name} has {has} of the {needs} approvals that it needs",
                hint="yours is on record; another approver: `prepaid supervise endorse`",
                code="approvals-missing",
                name=dossier.name,
                has=has,
                needs=needs,
            )


def require_tier(context: Context, merchant: str, tier: int) -> None:
    """Before an operator sets a tier by hand: it has applied, and the programme gives it no lower one."""
    with open_office(context) as office:
        if office is not None and tier:
            _require_tier(office, office.applicant(merchant)[0], tier)


def licence_taken(office: Office, dossier: Dossier) -> NotAllowed | None:
    """What is wrong if another merchant, approved and not closed, has the same credit code; else None."""
    application = dossier.application
    if Check.LICENCE not in office.programme.gate.checks or application is None or not application.code:
        return None
    said = office.book.facts(kinds=("applied",))
    for other in {one.subject for one in said if one.data.get("code") == application.code}:
        papers = office.dossier(other).application
        status, _ = ask(office.context.chain, office.context.merchants.status_of(other))
        taken = papers is not None and papers.code == application.code and status in _ADMITTED
        if other != dossier.merchant and taken:
            return NotAllowed(
                f"the credit code {application.code} of {dossier.name} is that of {other}, who was approved",
                hint="a firm has one merchant account; find out whose licence it is",
                code="licence-taken",
                name=dossier.name,
                value=application.code,
                other=other,
            )
    return None


def note_approved(context: Context, operator: Signer, merchant: str) -> None:
    """After the chain took the approval: from now on reports are due."""
    with open_office(context) as office:
        if office is not None:
            office.say("approved", merchant, operator)


def require_notice(context: Context, by: Signer, merchant: str) -> None:
    """Before a merchant closes for good by itself: it has announced that, and the time is over.

    It may say at any time that it no longer performs, and an operator may close it: both help consumers.
    """
    with open_office(context) as office:
        if office is None or by.address != merchant or not office.programme.watch.closure_notice_days:
            return
        dossier = office.dossier(merchant)
        if not dossier.closing_at or office.now < dossier.closing_at:
            days = office.programme.watch.closure_notice_days
            raise NotAllowed(
                f"{dossier.name} may close {days} days after it has announced that",
                hint="announce it: `prepaid supervise closing`; or stop: `prepaid merchant stop`",
                code="notice-too-short",
                name=dossier.name,
                days=days,
            )


def require_listing(context: Context, merchant: str, terms: Terms) -> None:
    """Before a product is listed: openings, limits, the lease, and the range of early release."""
    with open_office(context) as office:
        if office is None:
            return
        dossier, _ = office.applicant(merchant)
        require_open(office, dossier)
        require_custody(office.programme, dossier.sector, terms)
        require_refunds(office.programme, dossier.sector, terms)
        _require_lease(office, dossier, terms)
        _require_caps(office, dossier, sale_of(context, office, terms))


def usual_refunds(context: Context, merchant: str) -> dict[str, int]:
    """What the terms of a product say of refunds where its merchant does not: what the programme asks for."""
    with open_office(context) as office:
        return {} if office is None else least_refunds(office.programme, office.dossier(merchant).sector)


def require_sale(context: Context, consumer: str, terms: Terms, *, paying: int | None = None) -> None:
    """Before a card is bought: the merchant may sell it here and now, and this consumer may buy it.

    `paying` is what leaves the consumer's purse if that is not the principal, as where a card is moved.
    """
    with open_office(context) as office:
        if office is None:
            return
        dossier, _ = office.applicant(terms.merchant)
        require_open(office, dossier)
        _require_unblocked(office, dossier)
        if terms.has_ladder:
            _require_tier(office, dossier, ask(context.chain, context.merchants.tier_of(terms.merchant)))
        _require_lease(office, dossier, terms)
        wallet_class = class_of(office, consumer)
        sale = sale_of(context, office, terms, registered=wallet_class < 4)
        if any(rule.consumer_total for rule in office.programme.rules_for(dossier.sector).values()):
            sale = Sale(
                sale.kind, sale.principal, sale.sessions, sale.months, sale.registered,
                _held_there(context, consumer, terms.merchant),
            )  # fmt: skip
        _require_caps(office, dossier, sale)
        if office.programme.selling.wallet_classes:
            _require_class(office, consumer, wallet_class, terms.principal if paying is None else paying)


def must_onboard(programme: Programme, payments: int, deliveries: int) -> bool:
    """Whether a plan belongs on the platform: one payment, then so many deliveries (row 3)."""
    least = programme.gate.onboard_from_deliveries
    return least > 0 and payments >= 1 and deliveries >= least and deliveries > payments


def require_plan(context: Context, merchant: str, *, payments: int, deliveries: int) -> None:
    """Before a sale outside the platform: one that belongs on it needs an approved merchant."""
    with open_office(context) as office:
        if office is None or not must_onboard(office.programme, payments, deliveries):
            return
        status, _ = ask(context.chain, context.merchants.status_of(merchant))
        if status != APPROVED:
            raise NotAllowed(
                f"a plan of {payments} payment and {deliveries} deliveries has to be sold on the platform",
                hint="let the merchant apply and be approved first: `prepaid supervise apply`",
                code="must-onboard",
                merchant=merchant,
                payments=payments,
                deliveries=deliveries,
            )


def class_of(office: Office, consumer: str) -> int:
    """The consumer's e-CNY wallet class by the book, else the programme's default."""
    said = office.book.facts(subject=consumer, kinds=("wallet-class",), newest=1)
    return int(said[0].data["wallet_class"]) if said else office.programme.selling.default_class


def sale_of(context: Context, office: Office, terms: Terms, *, registered: bool = True) -> Sale:
    """What is sold, as limits measure it. Given sessions count; a term counts in calendar months from today.

    A wallet opened with a phone number only (class 4) has nobody's name: its cards count as anonymous.
    """
    templates = context.platform.templates
    name = next((name for name, address in templates.items() if address == terms.template), "")
    sessions = Sessions.paid(terms) + Sessions.given(terms) if name == "Sessions" else 0
    today = office.today
    months = months_of(today, today + timedelta(days=terms.term_days)) if terms.term_days else 0
    return Sale(KINDS.get(name, ""), terms.principal, sessions, months, registered)


def require_open(office: Office, dossier: Dossier) -> None:
    """The merchant's sector and district have to be open by now (rows 35, 63, 78)."""
    opened = office.programme.opened(office.phase)
    if opened.sectors and dossier.sector not in opened.sectors:
        raise NotAllowed(
            f"the sector {dossier.sector!r} of {dossier.name} is not open yet (phase {office.phase})",
            hint="open so far: " + ", ".join(opened.sectors),
            code="sector-not-open",
            name=dossier.name,
            sector=dossier.sector,
            phase=office.phase,
            known=", ".join(opened.sectors),
        )
    if opened.districts and dossier.district not in opened.districts:
        raise NotAllowed(
            f"the district {dossier.district!r} of {dossier.name} is not open yet (phase {office.phase})",
            hint="open so far: " + ", ".join(opened.districts),
            code="district-not-open",
            name=dossier.name,
            district=dossier.district,
            phase=office.phase,
            known=", ".join(opened.districts),
        )


def _require_unblocked(office: Office, dossier: Dossier) -> None:
    found = find(dossier, Position(), office.programme, office.now, listed=office.listed(dossier))
    if found.blocks:
        raise NotAllowed(
            f"the sales of {dossier.name} are stopped: {', '.join(found.blocks)}",
            hint="`prepaid supervise show` tells what is missing; cards already sold go on",
            code="sales-stopped",
            name=dossier.name,
            reasons=", ".join(found.blocks),
        )


def _require_tier(office: Office, dossier: Dossier, tier: int) -> None:
    """Nobody has money early on a tier that the programme does not give, whoever set it (rows 30, 31)."""
    if not office.programme.credit.tiers:
        return
    found = find(dossier, Position(), office.programme, office.now, listed=office.listed(dossier))
    if tier > found.tier:
        raise NotAllowed(
            f"{office.programme.name} gives {dossier.name} the tier {found.tier}, not {tier}",
            hint="`prepaid supervise watch` sets the tier that whitelist and record give",
            code="tier-not-earned",
            name=dossier.name,
            value=tier,
            most=found.tier,
            programme=office.programme.name,
        )


def _require_lease(office: Office, dossier: Dossier, terms: Terms) -> None:
    if not office.programme.selling.term_within_lease or not terms.term_days:
        return
    until = None if dossier.application is None else dossier.application.lease_until
    end = office.today + timedelta(days=terms.term_days)
    if until is None or end > until:
        raise NotAllowed(
            f"the card would run until {end}, "
            + (
                f"the lease of {dossier.name} only until {until}"
                if until
                else f"{dossier.name} shows no lease"
            ),
            hint="sell a shorter term, or renew the lease: `prepaid supervise renew`",
            code="term-beyond-lease",
            name=dossier.name,
            end=str(end),
            until=str(until or "—"),
        )


def _require_caps(office: Office, dossier: Dossier, sale: Sale) -> None:
    for name, rule in office.programme.rules_for(dossier.sector).items():
        breach = card_breach(name, rule, sale)
        if breach is not None:
            raise over_limit(breach)


def _require_class(office: Office, consumer: str, wallet_class: int, paying: int) -> None:
    context = office.context
    token = DigitalYuan(context.platform.token)
    holders = (consumer, context.wallet_of(consumer).address)
    breach = wallet_breach(
        wallet_class,
        single=paying,
        paid_today=paid_on(context, consumer, start_of(office.today)),
        balance=sum(ask(context.chain, token.balance_of(one)) for one in holders),
    )
    if breach is not None:
        raise over_limit(breach)


def over_limit(breach: Breach) -> NotAllowed:
    """The refusal for a limit that would be broken, with its source."""
    counts = breach.what in ("sessions", "months")
    value, most = (
        (str(one) if counts else f"{one // 100}.{one % 100:02d} yuan") for one in (breach.value, breach.most)
    )
    doubt = " (unverified)" if breach.source.unverified else ""
    return NotAllowed(
        f"{breach.rule}: {breach.what} would be {value}, at most {most} are allowed",
        hint=f"{breach.source.text}{doubt}",
        code="over-limit",
        rule=breach.rule,
        what=breach.what,
        value=value.removesuffix(" yuan"),
        most=most.removesuffix(" yuan"),
        source=f"{breach.source.text}{doubt}",
    )


def paid_on(context: Context, consumer: str, since: int) -> int:
    """Fen that a consumer paid for cards since the unix time `since`, by the chain."""
    wallet = context.wallet_of(consumer).address
    topics = [[Opened.TOPIC, Transferred.TOPIC]]
    total = 0
    for log in reversed(context.chain.logs(wallet, topics, context.platform.block)):
        block = context.chain.block(log.block_number)
        if block is not None and block.timestamp < since:
            break
        if log.topics[0] == Opened.TOPIC:
            total += Opened.decode(log).terms.principal
        else:
            total -= Transferred.decode(log).moved  # came from another card, not from the purse
    return total


def _held_there(context: Context, consumer: str, merchant: str) -> int:
    """Principal of the consumer's open cards at one merchant: what it has prepaid there."""
    records = [one for one in cards_of(context, consumer) if one.terms.merchant == merchant]
    return sum(one.terms.principal for one in records if state_of(context, one).status is Status.OPEN)
