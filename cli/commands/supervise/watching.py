"""Watching merchants: reports, what authorities and bank note, rounds, and one merchant in full."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer import Argument, Option

from cli.commands.supervise.words import Who, Why, alert_words, find_merchant, reason_words
from cli.desk import Desk, open_desk
from cli.options import As, PasswordFile
from cli.output import Result, explain
from cli.session import session_of
from cli.text import pairs
from cli.values import format_time
from wallet.errors import InvalidInput
from wallet.money import format_yuan, parse_yuan

if TYPE_CHECKING:
    from wallet.supervision.facts import Fact

KINDS = ("violation", "anomaly", "risk", "risk-over", "whitelist", "unwhitelist", "unfiled")
MOST = 10**15


def report(
    ctx: typer.Context,
    period: Annotated[str, Argument(metavar="PERIOD")],
    balance: Annotated[str, Option("--balance", metavar="YUAN")],
    cards: Annotated[int, Option("--cards", metavar="COUNT")],
    who: As = None,
    password_file: PasswordFile = None,
) -> Result:
    """PERIOD: 2026-07, 2026-Q3 or 2026. What is stated is held against the chain at once."""
    from wallet.services.reporting import report as hand_in

    fen = parse_yuan(balance, where="--balance", allow_zero=True, limit=MOST)
    desk = open_desk(ctx, password_file=password_file)
    filed = hand_in(desk.context, desk.signer(who, "merchant"), period, balance=fen, cards=cards)
    key = "supervise.reported" if filed.agrees else "supervise.reported-differs"
    said = desk.session.t(
        key, period=filed.period, balance=format_yuan(filed.balance_on_chain), cards=filed.cards_on_chain
    )
    return Result({**_plain(filed), "agrees": filed.agrees}, said)


def note(
    ctx: typer.Context,
    merchant: Who,
    kind: Annotated[str, Argument(metavar="KIND")],
    why: Why,
    points: Annotated[int, Option("--points", metavar="1-10000")] = 1_000,
    who: As = None,
    password_file: PasswordFile = None,
) -> Result:
    """KIND: violation, anomaly, risk, risk-over, whitelist, unwhitelist or unfiled."""
    t = session_of(ctx).t
    if kind not in KINDS:
        known = ", ".join(KINDS)
        raise InvalidInput(
            t("supervise.no-kind", value=kind), hint=t("supervise.known", known=known), code="usage"
        )
    desk = open_desk(ctx, password_file=password_file)
    fact = _noted(desk, kind, find_merchant(desk, merchant), why, points, desk.signer(who, "operator"))
    return Result(fact, t("supervise.noted", what=t(f"note.{kind}"), merchant=merchant))


def watch(ctx: typer.Context, who: As = None, password_file: PasswordFile = None) -> Result:
    """By an operator, as often as one likes: what is in order stays as it is."""
    from wallet.services.watch import watch as go_round

    desk = open_desk(ctx, password_file=password_file)
    t = desk.session.t
    done = go_round(desk.context, desk.signer(who, "operator"))
    new = {(one.merchant, one.alert.key) for one in done.new}
    lines = [t("supervise.watched", merchants=done.merchants, time=format_time(done.at))]
    for one in done.alerts:
        sign = "!" if (one.merchant, one.alert.key) in new else "·"
        lines.append(f"  {sign} {one.name}  {alert_words(t, one.alert)}")
    lines += [f"  → {one.name}  {_step(desk, one.what, one.values)}" for one in done.steps]
    if len(lines) == 1:
        lines.append("  " + t("supervise.all-well"))
    return Result(done, "\n".join(lines))


def show(ctx: typer.Context, merchant: Who) -> Result:
    """Papers, what is missing, alerts, credit, stores and complaints."""
    from wallet.services.admission import standing
    from wallet.services.credit import credit_of

    desk = open_desk(ctx)
    t = desk.session.t
    dossier, faults = standing(desk.context, find_merchant(desk, merchant))
    credit, papers = credit_of(desk.context, dossier.merchant), dossier.application
    rows = [
        (t("head.name"), dossier.name),
        (t("supervise.filing"), dossier.filing or t("supervise.not-filed")),
        (t("head.tier"), f"{credit.tier}" + (f"  {t('supervise.badge')}" if credit.badge else "")),
        (t("supervise.risk"), str(credit.risk)),
    ]
    if papers is not None:
        rows.insert(1, (t("supervise.sector"), f"{papers.sector}  {papers.district}"))
    lines = [pairs(rows)]
    lines += [f"  ! {explain(fault, t).message}" for fault in faults]
    lines += [f"  ■ {reason_words(t, one)}" for one in dossier.blocked]
    lines += [
        f"  · {t('supervise.alert-since', alert=key, time=format_time(at))}" for key, at in dossier.alerts
    ]
    lines += [f"  {one.number}  {one.name}  {one.district}" for one in dossier.stores if not one.closed]
    lines += [
        f"  {one.number}  {format_time(one.at)}  {one.text}" + (f"  ← {one.answer}" if one.answer else "")
        for one in dossier.complaints
    ]
    data = {"dossier": dossier, "credit": credit, "missing": [one.error_code for one in faults]}
    return Result(data, "\n".join(lines))


def _noted(desk: Desk, kind: str, merchant: str, why: str, points: int, by: Any) -> Fact:
    from wallet.services import admission, supervise

    context = desk.context
    if kind == "violation":
        return supervise.note_violation(context, by, merchant, points, why)
    if kind == "anomaly":
        return supervise.note_anomaly(context, by, merchant, points, why)
    if kind == "risk":
        return supervise.declare_risk(context, by, merchant, why)
    if kind == "risk-over":
        return supervise.lift_risk(context, by, merchant, why)
    if kind == "unfiled":
        return admission.withdraw_filing(context, by, merchant, why)
    return supervise.whitelist(context, by, merchant, on=kind == "whitelist")


def _step(desk: Desk, what: str, values: dict[str, Any]) -> str:
    t = desk.session.t
    if what == "blocked":
        reasons = t("supervise.comma").join(reason_words(t, str(one)) for one in values["reasons"])
        return t("step.blocked", reasons=reasons)
    return t(f"step.{what}", **values)


def _plain(value: Any) -> dict[str, Any]:
    from dataclasses import asdict

    return asdict(value)
