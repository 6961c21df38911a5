"""What has to be raised, blocked or lifted now, from a merchant's dossier and what the chain says of it.

Pure: it decides and changes nothing. A block stops new sales only; no block ever stands in the way of a
consumer's exit.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import timedelta

from wallet.law.dates import DAY, day_at, overdue
from wallet.law.deposit import balance_alerts, required_deposit
from wallet.law.programme import Programme
from wallet.supervision.application import faults
from wallet.supervision.dossier import Dossier
from wallet.supervision.score import feeds, tier_for


@dataclass(frozen=True, slots=True)
class Position:
    """What the chain says of a merchant now, in fen.

    `balance` is what it still has to perform for, `last_quarter` the same at the end of the last quarter,
    `held` what lies frozen for it, `covered` what guarantors have promised on top.
    """

    balance: int = 0
    last_quarter: int = 0
    held: int = 0
    covered: int = 0


@dataclass(frozen=True, slots=True)
class Alert:
    """A warning. `key` tells it from the merchant's others; `code` is its kind, worded by front ends."""

    key: str
    code: str
    values: tuple[tuple[str, int | str], ...] = ()


@dataclass(frozen=True, slots=True)
class Findings:
    """What is wrong at one moment. `blocks` are reasons for which it may not sell, in a fixed order."""

    alerts: tuple[Alert, ...]
    blocks: tuple[str, ...]
    risk: int
    tier: int
    deposit: int
    """What it has to have in custody or insured (fen), 0 if no rule asks for it."""


def find(
    dossier: Dossier, position: Position, programme: Programme, now: int, *, listed: Collection[str]
) -> Findings:
    """Everything that follows at `now` (unix seconds); `listed`: the lists its credit code stands on."""
    watch = programme.watch
    risk = feeds(dossier, watch, now).risk(watch)
    deposit = deposit_for(dossier, position, programme)
    return Findings(
        alerts=(*_alerts(dossier, position, programme, now, risk, deposit),),
        blocks=(*dict.fromkeys(_blocks(dossier, programme, now, risk, listed)),),
        risk=risk,
        tier=tier_for(risk, dossier.whitelisted, programme.credit),
        deposit=deposit,
    )


def deposit_for(dossier: Dossier, position: Position, programme: Programme) -> int:
    """What the programme's deposit rule asks of this merchant (fen)."""
    rule = programme.watch.deposit_rule
    if not rule:
        return 0
    revenue = 0 if dossier.application is None else dossier.application.last_year_revenue
    return required_deposit(
        rule=rule,
        last_quarter_balance=position.last_quarter,
        balance=0 if rule.startswith("mofcom") else position.balance,
        last_year_revenue=revenue,
    )


def missing_reports(dossier: Dossier, programme: Programme, now: int) -> list[tuple[str, int]]:
    """Periods whose reports are overdue, with the days since each was due."""
    watch = programme.watch
    if not watch.report_months or not dossier.approved_at:
        return []
    there = {one.period for one in dossier.reports}
    today = day_at(now)
    periods = overdue(day_at(dossier.approved_at), today, watch.report_months, watch.report_due_day)
    return [
        (one.name, (today - one.due(watch.report_due_day)).days) for one in periods if one.name not in there
    ]


def _alerts(
    dossier: Dossier, position: Position, programme: Programme, now: int, risk: int, deposit: int
) -> Iterator[Alert]:
    watch, papers = programme.watch, dossier.application
    today = day_at(now)
    for period, days in missing_reports(dossier, programme, now):
        yield Alert(f"report-missing:{period}", "report-missing", (("period", period), ("days", days)))
    for report in dossier.reports:
        if not report.agrees:
            values = (
                ("period", report.period),
                ("balance", report.balance),
                ("chain", report.balance_on_chain),
            )
            yield Alert(f"report-differs:{report.period}", "report-differs", values)
    until = None if papers is None else papers.licence_until
    if until is not None and until - timedelta(days=watch.licence_alert_days) <= today:
        yield Alert("licence-expiring", "licence-expiring", (("until", str(until)),))
    revenue = 0 if papers is None else papers.last_year_revenue
    for one in balance_alerts(
        position.balance,
        revenue,
        standard=watch.balance_standard,
        share_bps=watch.balance_share_bps,
        alert_bps=watch.balance_alert_bps,
    ):
        figures = (("balance", one.balance), ("standard", one.standard))
        yield Alert(f"balance:{one.name}", "balance", figures)
    if deposit > position.held + position.covered:
        missing = deposit - position.held - position.covered
        yield Alert("deposit-short", "deposit-short", (("required", deposit), ("missing", missing)))
    for complaint in dossier.complaints:
        if not complaint.answered_at and now - complaint.at > watch.complaint_days * DAY:
            yield Alert(
                f"complaint-unanswered:{complaint.number}",
                "complaint-unanswered",
                (("complaint", complaint.number),),
            )
    for number, tip in enumerate(dossier.tips, 1):
        if now - tip.at <= watch.window_days * DAY:
            yield Alert(f"tip:{number}", "tip", (("why", tip.why),))
    if watch.stop_sale_at_score and 2 * risk >= watch.stop_sale_at_score:
        yield Alert("risk", "risk", (("risk", risk), ("stop", watch.stop_sale_at_score)))
    if dossier.major_risk:
        yield Alert("major-risk", "major-risk", (("why", dossier.major_risk),))


def _blocks(
    dossier: Dossier, programme: Programme, now: int, risk: int, listed: Collection[str]
) -> Iterator[str]:
    watch = programme.watch
    if dossier.application is not None:
        filed = bool(dossier.filing)
        for fault in faults(dossier.application, programme, day_at(now), listed=listed, filed=filed):
            yield fault.error_code
    if any(days > watch.report_grace_days for _, days in missing_reports(dossier, programme, now)):
        yield "report-missing"
    if watch.stop_sale_at_score and risk >= watch.stop_sale_at_score:
        yield "risk"
    if dossier.major_risk and watch.stop_sale_on_major_risk:
        yield "major-risk"
    if dossier.closing_at and programme.selling.closed_to_sale_in_notice:
        yield "closing"
