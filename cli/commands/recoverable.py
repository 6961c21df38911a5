"""`prepaid account recoverable`: accounts that survive a lost key, with a key and a guardian."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer
from typer import Argument, Option

from cli.desk import Desk, open_desk
from cli.options import As, PasswordFile
from cli.output import Result
from cli.text import pairs
from cli.values import format_time
from wallet.money import format_yuan, parse_yuan

if TYPE_CHECKING:
    from wallet.services.owner import Owner

app = typer.Typer()

Account = Annotated[str, Argument(metavar="ACCOUNT")]
NewKey = Annotated[str, Argument(metavar="WHO")]


@app.command()
def new(
    ctx: typer.Context,
    key: NewKey,
    guardian: Annotated[str, Option("--guardian", metavar="WHO")],
    who: As = None,
    password_file: PasswordFile = None,
) -> Result:
    """Afterwards `--as ADDRESS` acts as this account, signed by its key."""
    from wallet.services.owner import create_owner

    desk = open_desk(ctx, password_file=password_file)
    keys = {"key": desk.address(key, where="WHO"), "guardian": desk.address(guardian, where="--guardian")}
    return _said(desk, "owner.made", create_owner(desk.context, desk.signer(who, "operator"), **keys))


@app.command()
def show(ctx: typer.Context, account: Account) -> Result:
    """Who may act for it now, and what is proposed."""
    from wallet.services.owner import show_owner

    desk = open_desk(ctx)
    return _said(desk, "", show_owner(desk.context, desk.address(account, where="ACCOUNT")))


@app.command()
def change(
    ctx: typer.Context, account: Account, new_key: NewKey, who: As = None, password_file: PasswordFile = None
) -> Result:
    """By the key in force; ends a recovery under way."""
    from wallet.services.owner import change_key

    desk = open_desk(ctx, password_file=password_file)
    address, key = desk.address(account, where="ACCOUNT"), desk.address(new_key, where="WHO")
    return _said(desk, "owner.key-now", change_key(desk.context, desk.signer(who, "alice"), address, key))


@app.command()
def propose(
    ctx: typer.Context, account: Account, new_key: NewKey, who: As = None, password_file: PasswordFile = None
) -> Result:
    """By the guardian, when the key is lost; the new one may follow in three days."""
    from wallet.services.owner import propose_recovery

    desk = open_desk(ctx, password_file=password_file)
    address, key = desk.address(account, where="ACCOUNT"), desk.address(new_key, where="WHO")
    return _said(
        desk, "owner.proposed", propose_recovery(desk.context, desk.signer(who, "bob"), address, key)
    )


@app.command()
def refuse(
    ctx: typer.Context, account: Account, who: As = None, password_file: PasswordFile = None
) -> Result:
    """By the key in force: it is not lost."""
    from wallet.services.owner import refuse_recovery

    desk = open_desk(ctx, password_file=password_file)
    address = desk.address(account, where="ACCOUNT")
    return _said(desk, "owner.key-stays", refuse_recovery(desk.context, desk.signer(who, "alice"), address))


@app.command()
def complete(
    ctx: typer.Context, account: Account, who: As = None, password_file: PasswordFile = None
) -> Result:
    """By anyone, after the three days."""
    from wallet.services.owner import complete_recovery

    desk = open_desk(ctx, password_file=password_file)
    address = desk.address(account, where="ACCOUNT")
    return _said(
        desk, "owner.key-now", complete_recovery(desk.context, desk.signer(who, "operator"), address)
    )


@app.command()
def pay(
    ctx: typer.Context,
    account: Account,
    to: Annotated[str, Argument(metavar="WHO")],
    amount: Annotated[str, Argument(metavar="YUAN")],
    who: As = None,
    password_file: PasswordFile = None,
) -> Result:
    """By the key in force, from what the account has on hand."""
    from wallet.services.owner import pass_on

    fen = parse_yuan(amount, where="YUAN")
    desk = open_desk(ctx, password_file=password_file)
    address, place = desk.address(account, where="ACCOUNT"), desk.address(to, where="WHO")
    left = pass_on(desk.context, desk.signer(who, "alice"), address, place, fen)
    said = desk.session.t(
        "owner.paid", amount=format_yuan(fen), to=desk.name(place), on_hand=format_yuan(left)
    )
    return Result({"address": address, "to": place, "amount": fen, "on_hand": left}, said, brief=str(left))


def _said(desk: Desk, key: str, owner: Owner) -> Result:
    t = desk.session.t
    rows = [
        (t("head.address"), owner.address),
        (t("head.key"), desk.name(owner.key)),
        (t("head.guardian"), desk.name(owner.guardian)),
    ]
    if owner.ready_at:
        rows.append((t("head.proposed"), f"{desk.name(owner.proposed)} ({format_time(owner.ready_at)})"))
    said = t(key, name=desk.name(owner.key), address=owner.address) if key else ""
    return Result(owner, f"{said}\n{pairs(rows)}".lstrip(), brief=owner.address)
