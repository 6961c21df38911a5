"""What regulators, banks, insurers and the public see: one shared view of custody, each with its own fields.

Every money figure is computed from the chain when asked, and the dashboard says to the fen whether it agrees
with what the token holds. Permissions are this service's: the chain itself is public.
"""

from __future__ import annotations

from dataclasses import dataclass

from wallet.bindings.digital_yuan import DigitalYuan
from wallet.bindings.runtime import ask
from wallet.errors import InvalidInput
from wallet.law.programme import FULL
from wallet.law.programme import Role as Field
from wallet.services import onboard
from wallet.services.admission import dossiers
from wallet.services.context import Context
from wallet.services.custody import (
    CardMoney,
    Reconciled,
    Totals,
    every_card,
    grouped,
    reconcile,
    totals_of,
    unperformed,
)
from wallet.services.office import Office, need_office
from wallet.services.watch import findings_of, position_of
from wallet.signing.signer import Signer
from wallet.supervision.dossier import Dossier
from wallet.supervision.facts import Fact, Role
from wallet.supervision.findings import deposit_for
from wallet.supervision.refusal import NotAllowed
from wallet.supervision.roles import OPERATOR, PUBLIC, require_fields, role_of
from wallet.supervision.score import has_badge, premium

FEED = (
    "violation", "bank-anomaly", "complaint", "complaint-answered", "tip", "reported", "alert", "alert-over",
    "sale-blocked", "sale-lifted", "tier-set", "major-risk", "risk-over", "closing-announced", "runaway",
    "premium-quoted",
)  # fmt: skip
"""Facts in the log that platform, bank and insurer share (row 39)."""

READERS = (Role.OPERATOR, Role.BANK, Role.INSURER, Role.GOVERNMENT)


@dataclass(frozen=True, slots=True)
class View:
    """One reader's view: rows of the fields it may see, and the same custody sums for every regulator."""

    role: str
    title: str
    fields: tuple[str, ...]
    rows: tuple[dict[str, object], ...]
    custody: Totals | None


@dataclass(frozen=True, slots=True)
class District:
    """One district's sums; its name is empty for merchants of whom the book says none."""

    name: str
    merchants: int
    totals: Totals


@dataclass(frozen=True, slots=True)
class Dashboard:
    """All districts, and the whole held against the chain."""

    at: int
    districts: tuple[District, ...]
    whole: Reconciled


@dataclass(frozen=True, slots=True)
class Deposit:
    """What a merchant has to have in custody or insured under the programme's rule (fen)."""

    merchant: str
    rule: str
    balance: int
    last_quarter: int
    required: int
    held: int

    @property
    def missing(self) -> int:
        return max(0, self.required - self.held)


def view(
    context: Context,
    reader: str,
    *,
    fields: tuple[str, ...] = (),
    district: str = "",
    sector: str = "",
) -> View:
    """What `reader` (an address) may see of all merchants: a regulator its fields, an operator all of them,
    whoever has no office what the public may.

    NotAllowed `field-not-permitted` if it asks for more.
    """
    with need_office(context) as office:
        role = _role_of(office, reader)
        wanted = require_fields(role, fields)
        cards = every_card(context)
        by_merchant = dict(grouped(cards, lambda one: one.record.terms.merchant))
        chosen = [
            one for one in dossiers(office) if district in ("", one.district) and sector in ("", one.sector)
        ]
        known = {one.address: one for one in onboard.list_merchants(context)}
        rows = tuple(
            _row(office, one, known[one.merchant], by_merchant.get(one.merchant, []), wanted)
            for one in chosen
            if one.merchant in known
        )
        custody = None if role is PUBLIC else totals_of(cards)
        return View(role.name, role.title, wanted, rows, custody)


def dashboard(context: Context) -> Dashboard:
    """Sums for each district, from the chain; what no district has stands under the empty name (row 17)."""
    with need_office(context) as office:
        cards = every_card(context)
        where = {one.merchant: one.district for one in dossiers(office)}
        merchants: dict[str, int] = {}
        for district in where.values():
            merchants[district] = merchants.get(district, 0) + 1
        sums = {
            name: totals_of(group)
            for name, group in grouped(cards, lambda one: where.get(one.record.terms.merchant, ""))
        }
        names = sorted({*merchants, *sums})
        return Dashboard(
            at=office.now,
            districts=tuple(District(one, merchants.get(one, 0), sums.get(one, Totals())) for one in names),
            whole=reconcile(context, cards),
        )


def operator_money(context: Context, operators: tuple[str, ...]) -> dict[str, int]:
    """Digital yuan in each operator's own account (fen): it holds no custody money, only fees (row 2)."""
    token = DigitalYuan(context.platform.token)
    return {one: ask(context.chain, token.balance_of(one)) for one in operators}


def feed(context: Context, reader: str, *, merchant: str | None = None, since: int = 0) -> list[Fact]:
    """The shared log, for operators, banks, insurers and authorities (row 39)."""
    with need_office(context) as office:
        if not office.roles(reader) & set(READERS):
            raise NotAllowed(
                f"{reader} may not read the shared log",
                hint="operators, banks, insurers and authorities may",
                code="not-your-part",
                who=reader,
                kind="feed",
                roles=", ".join(READERS),
            )
        return office.book.facts(subject=merchant, kinds=FEED, since=since)


def quote_premium(context: Context, insurer: Signer, merchant: str, base_bps: int) -> int:
    """The rate (bps of what is insured) an insurer asks for this merchant, from the shared log; on record."""
    if not 1 <= base_bps <= FULL:
        raise InvalidInput(
            f"base rate: {base_bps} bps is not from 1 to {FULL}",
            hint="100 is one per cent",
            code="invalid-points",
            value=base_bps,
            most=FULL,
        )
    with need_office(context) as office:
        dossier = office.dossier(merchant)
        risk = findings_of(office, dossier, []).risk
        rate = premium(base_bps, risk)
        office.say("premium-quoted", merchant, insurer, base_bps=base_bps, risk=risk, premium_bps=rate)
        return rate


def deposit(context: Context, merchant: str) -> Deposit:
    """What the programme's deposit rule asks of a merchant, and what lies in custody for it."""
    with need_office(context) as office:
        cards = [one for one in every_card(context) if one.record.terms.merchant == merchant]
        dossier, position = office.dossier(merchant), position_of(office, cards)
        return Deposit(
            merchant=merchant,
            rule=office.programme.watch.deposit_rule,
            balance=position.balance,
            last_quarter=position.last_quarter,
            required=deposit_for(dossier, position, office.programme),
            held=position.held,
        )


def _role_of(office: Office, reader: str) -> Field:
    roles = office.roles(reader)
    if Role.OPERATOR in roles:
        return OPERATOR
    given = office.book.facts(subject=reader, kinds=("role-given",))
    titles = [str(one.data["title"]) for one in given if one.data["role"] == Role.GOVERNMENT]
    if Role.GOVERNMENT not in roles or not titles:
        return PUBLIC
    return role_of(office.programme, titles[-1])


def _row(
    office: Office, dossier: Dossier, known: onboard.Merchant, cards: list[CardMoney], fields: tuple[str, ...]
) -> dict[str, object]:
    papers, totals = dossier.application, totals_of(cards)
    # Worked out only where a role may see it: it reads every card again.
    found = findings_of(office, dossier, cards) if {"risk", "deposit"} & set(fields) else None
    values: dict[str, object] = {
        "name": dossier.name,
        "address": dossier.merchant,
        "district": dossier.district,
        "sector": dossier.sector,
        "status": known.status,
        "cards": totals.cards,
        "paid_in": totals.new_money,
        "held": totals.held,
        "released": totals.released,
        "refunded": totals.refunded,
        "balance": unperformed(office.context, cards, office.now) if "balance" in fields else 0,
        "code": "" if papers is None else papers.code,
        "licence": "" if papers is None else papers.licence,
        "licence_until": "" if papers is None else str(papers.licence_until or ""),
        "bank_account": "" if papers is None else papers.bank_account,
        "revenue": 0 if papers is None else papers.last_year_revenue,
        "filing": dossier.filing,
        "reports": [one.period for one in dossier.reports],
        "stores": [one.name for one in dossier.stores if not one.closed],
        "tier": known.tier,
        "badge": known.status == "approved" and has_badge(known.tier, office.programme.credit),
        "risk": 0 if found is None else found.risk,
        "violations": len(dossier.violations),
        "anomalies": len(dossier.anomalies),
        "complaints": len(dossier.complaints),
        "open_complaints": dossier.open_complaints,
        "alerts": [alert for alert, _ in dossier.alerts],
        "blocked": list(dossier.blocked),
        "deposit": 0 if found is None else found.deposit,
    }
    return {name: values[name] for name in fields}
