"""`prepaid merchant`: a merchant's way from application to closing."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from typer import Argument, Option

from cli.desk import Desk, open_desk
from cli.options import As, PasswordFile
from cli.output import Result
from cli.session import session_of
from cli.text import pairs, table
from cli.values import format_time
from wallet.errors import InvalidInput

if TYPE_CHECKING:
    from wallet.services.onboard import Merchant

app = typer.Typer()

Who = Annotated[str, Argument(metavar="MERCHANT")]


@app.command()
def apply(
    ctx: typer.Context,
    name: Annotated[str, Argument(metavar="NAME")],
    licence: Annotated[str | None, Option("--licence", metavar="TEXT")] = None,
    licence_file: Annotated[Path | None, Option("--licence-file", metavar="FILE")] = None,
    who: As = None,
    password_file: PasswordFile = None,
) -> Result:
    """Licence and bank account are shown to the operator; only their hash goes on the chain."""
    from wallet.services.onboard import apply_to_sell

    if licence is not None and licence_file is not None:
        t = session_of(ctx).t
        raise InvalidInput(t("merchant.two-licences"), hint=t("policy.both-hint"), code="usage")
    text = licence_file.read_text("utf-8") if licence_file is not None else licence or ""
    desk = open_desk(ctx, password_file=password_file)
    return _said(desk, apply_to_sell(desk.context, desk.signer(who, "merchant"), name, text))


@app.command()
def approve(ctx: typer.Context, merchant: Who, who: As = None, password_file: PasswordFile = None) -> Result:
    """By an operator."""
    return _take(ctx, "approve", merchant, who, password_file)


@app.command()
def reopen(ctx: typer.Context, merchant: Who, who: As = None, password_file: PasswordFile = None) -> Result:
    """Approve again after a suspension or stop; what was dated before stays true for the cards open then."""
    return _take(ctx, "approve", merchant, who, password_file)


@app.command()
def suspend(ctx: typer.Context, merchant: Who, who: As = None, password_file: PasswordFile = None) -> Result:
    """No new cards; those sold go on."""
    return _take(ctx, "suspend", merchant, who, password_file)


@app.command()
def stop(ctx: typer.Context, merchant: Who, who: As = None, password_file: PasswordFile = None) -> Result:
    """By the merchant itself (--as) or an operator."""
    return _take(ctx, "stop", merchant, who, password_file)


@app.command()
def close(ctx: typer.Context, merchant: Who, who: As = None, password_file: PasswordFile = None) -> Result:
    """For good; by the merchant itself (--as) or an operator."""
    return _take(ctx, "close", merchant, who, password_file)


@app.command()
def tier(
    ctx: typer.Context,
    merchant: Who,
    value: Annotated[int, Argument(metavar="0-3")],
    who: As = None,
    password_file: PasswordFile = None,
) -> Result:
    """Credit tier, 0 none to 3 highest; by an operator."""
    from wallet.services.onboard import set_tier

    desk = open_desk(ctx, password_file=password_file)
    return _said(desk, set_tier(desk.context, desk.signer(who, "operator"), _find(desk, merchant), value))


@app.command("list")
def list_(ctx: typer.Context) -> Result:
    """All that ever applied."""
    from wallet.services.onboard import list_merchants

    desk = open_desk(ctx)
    t, found = desk.session.t, list_merchants(desk.context)
    if not found:
        return Result([], t("merchant.nobody"))
    rows = [
        (one.name, t(f"merchant-status.{one.status}"), format_time(one.since), one.address) for one in found
    ]
    head = (t("head.name"), t("head.status"), t("head.since"), t("head.address"))
    return Result(found, table(head, rows, style=desk.session.style))


@app.command()
def show(ctx: typer.Context, merchant: Who) -> Result:
    """One merchant and what it sells."""
    from wallet.services.onboard import merchant_of
    from wallet.services.publish import list_products

    desk = open_desk(ctx)
    address = _find(desk, merchant)
    found = merchant_of(desk.context, address)
    products = list_products(desk.context, merchant=address)
    lines = [_text(desk, found)]
    lines += [f"  {one.product[:10]}…  {one.name}" for one in products]
    return Result({"merchant": found, "products": products}, "\n".join(lines))


def _take(
    ctx: typer.Context, step: str, merchant: str, who: str | None, password_file: Path | None
) -> Result:
    """One step of a merchant's way, by an operator unless `--as` says who."""
    from wallet.services import onboard

    steps = {
        "approve": onboard.approve,
        "suspend": onboard.suspend,
        "stop": onboard.stop,
        "close": onboard.close,
    }
    desk = open_desk(ctx, password_file=password_file)
    return _said(desk, steps[step](desk.context, desk.signer(who, "operator"), _find(desk, merchant)))


def _find(desk: Desk, who: str) -> str:
    """An account's name, an address, or the public name of a merchant."""
    from wallet.services.onboard import list_merchants

    named = [one.address for one in list_merchants(desk.context) if one.name == who]
    if len(named) == 1:
        return named[0]
    return desk.address(who, where="MERCHANT")


def _said(desk: Desk, merchant: Merchant) -> Result:
    return Result(merchant, _text(desk, merchant), brief=merchant.address)


def _text(desk: Desk, merchant: Merchant) -> str:
    t = desk.session.t
    rows = [
        (t("head.name"), merchant.name or "—"),
        (t("head.status"), t(f"merchant-status.{merchant.status}")),
        (t("head.since"), format_time(merchant.since)),
        (t("head.tier"), str(merchant.tier)),
        (t("head.address"), merchant.address),
    ]
    return pairs(rows)
