"""A merchant's papers: application, renewal, filing; endorsements of others, and the lists of bad firms."""

from __future__ import annotations

from typing import Annotated

import typer
from typer import Argument, Option

from cli.commands.supervise.words import Who, Why, find_merchant, parse_date
from cli.desk import open_desk
from cli.options import As, PasswordFile
from cli.output import Result
from wallet.money import parse_yuan

Text = Annotated[str, Option(metavar="TEXT")]
Until = Annotated[str | None, Option("--until", metavar="DATE")]
LeaseUntil = Annotated[str | None, Option("--lease-until", metavar="DATE")]
Revenue = Annotated[str | None, Option("--revenue", metavar="YUAN")]
MOST_REVENUE = 10**15


def apply(
    ctx: typer.Context,
    name: Annotated[str, Argument(metavar="NAME")],
    code: Annotated[str, Option("--code", metavar="CODE")] = "",
    licence: Annotated[str, Option("--licence", metavar="NUMBER")] = "",
    since: Annotated[str | None, Option("--since", metavar="DATE")] = None,
    until: Until = None,
    bank: Annotated[str, Option("--bank", metavar="ACCOUNT")] = "",
    sector: Annotated[str, Option("--sector", metavar="SECTOR")] = "other",
    district: Annotated[str, Option("--district", metavar="NAME")] = "",
    lease_until: LeaseUntil = None,
    revenue: Revenue = None,
    who: As = None,
    password_file: PasswordFile = None,
) -> Result:
    """The papers stay in this folder's book; only their hash goes on the chain."""
    from wallet.services.admission import apply as hand_in
    from wallet.supervision.application import Application

    application = Application(
        name=name,
        code=code.strip().upper(),
        licence=licence,
        licence_from=parse_date(since, where="--since"),
        licence_until=parse_date(until, where="--until"),
        bank_account=bank,
        sector=sector,
        district=district,
        lease_until=parse_date(lease_until, where="--lease-until"),
        last_year_revenue=_revenue(revenue) or 0,
    )
    desk = open_desk(ctx, password_file=password_file)
    merchant = hand_in(desk.context, desk.signer(who, "merchant"), application)
    return Result(merchant, desk.session.t("supervise.applied", name=name), brief=merchant.address)


def renew(
    ctx: typer.Context,
    licence: Annotated[str | None, Option("--licence", metavar="NUMBER")] = None,
    until: Until = None,
    bank: Annotated[str | None, Option("--bank", metavar="ACCOUNT")] = None,
    lease_until: LeaseUntil = None,
    revenue: Revenue = None,
    who: As = None,
    password_file: PasswordFile = None,
) -> Result:
    """What is not named stays as it is."""
    from wallet.services.admission import renew as bring_up_to_date

    dates = parse_date(until, where="--until"), parse_date(lease_until, where="--lease-until")
    desk = open_desk(ctx, password_file=password_file)
    dossier = bring_up_to_date(
        desk.context,
        desk.signer(who, "merchant"),
        licence=licence,
        licence_until=dates[0],
        lease_until=dates[1],
        bank_account=bank,
        last_year_revenue=_revenue(revenue),
    )
    return Result(dossier.application, desk.session.t("supervise.renewed", name=dossier.name))


def file(
    ctx: typer.Context,
    merchant: Who,
    number: Annotated[str, Argument(metavar="NUMBER")],
    who: As = None,
    password_file: PasswordFile = None,
) -> Result:
    """By the merchant (default), an authority or an operator."""
    from wallet.services.admission import file as put_on_record

    desk = open_desk(ctx, password_file=password_file)
    address = find_merchant(desk, merchant)
    dossier = put_on_record(desk.context, desk.signer(who, "merchant"), address, number)
    said = desk.session.t("supervise.filed", name=dossier.name, number=dossier.filing)
    return Result({"merchant": address, "filing": dossier.filing, "since": dossier.filed_at}, said)


def endorse(ctx: typer.Context, merchant: Who, who: As = None, password_file: PasswordFile = None) -> Result:
    """Where several have to approve; `prepaid merchant approve` then counts them."""
    from wallet.services.admission import endorse as give_approval

    desk = open_desk(ctx, password_file=password_file)
    dossier = give_approval(desk.context, desk.signer(who, "operator"), find_merchant(desk, merchant))
    said = desk.session.t("supervise.endorsed", name=dossier.name, count=len(dossier.endorsed_by))
    return Result({"merchant": dossier.merchant, "endorsed_by": dossier.endorsed_by}, said)


def reject(ctx: typer.Context, merchant: Who, who: As = None, password_file: PasswordFile = None) -> Result:
    """By an operator; the merchant may apply anew, with other papers."""
    from wallet.services.onboard import reject as turn_down

    desk = open_desk(ctx, password_file=password_file)
    done = turn_down(desk.context, desk.signer(who, "operator"), find_merchant(desk, merchant))
    return Result(done, desk.session.t("supervise.rejected", name=done.name))


def mark(
    ctx: typer.Context,
    code: Annotated[str, Argument(metavar="CODE")],
    name: Annotated[str, Argument(metavar="LIST")],
    why: Why,
    off: Annotated[bool, Option("--off")] = False,
    who: As = None,
    password_file: PasswordFile = None,
) -> Result:
    """LIST: dishonest, abnormal or deregistering; by an authority."""
    from wallet.services.supervise import put_on_list, take_off_list

    desk = open_desk(ctx, password_file=password_file)
    step = take_off_list if off else put_on_list
    fact = step(desk.context, desk.signer(who, "operator"), code.strip().upper(), name, why)
    return Result(
        fact, desk.session.t("supervise.unmarked" if off else "supervise.marked", code=code, list=name)
    )


def _revenue(text: str | None) -> int | None:
    if text is None:
        return None
    return parse_yuan(text, where="--revenue", allow_zero=True, limit=MOST_REVENUE)
