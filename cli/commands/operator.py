"""`prepaid operator`: who runs the platform, and who approved it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer
from typer import Argument, Option

from cli.desk import Desk, open_desk
from cli.options import As, PasswordFile
from cli.output import Result
from cli.text import table
from cli.values import format_time

if TYPE_CHECKING:
    from wallet.services.operators import Operator

app = typer.Typer()

Who = Annotated[str, Argument(metavar="OPERATOR")]
Notice = Annotated[str, Option("--notice", metavar="TEXT")]


@app.command()
def agree(
    ctx: typer.Context, operator: Who, notice: Notice, who: As = None, password_file: PasswordFile = None
) -> Result:
    """The last agreement that is needed admits it; all approvers have to mean the same notice."""
    from wallet.services.operators import agree as say
    from wallet.services.operators import board_of

    desk = open_desk(ctx, password_file=password_file)
    address = desk.address(operator, where="OPERATOR")
    done = say(desk.context, desk.signer(who, "operator"), address, notice)
    t, name = desk.session.t, desk.name(address)
    quorum = board_of(desk.context).quorum
    agreed = done.agreed < quorum and not done.works
    said = t("operator.agreed", name=name, agreed=done.agreed, quorum=quorum)
    return Result(done, said if agreed else t("operator.now", name=name))


@app.command()
def withdraw(
    ctx: typer.Context, operator: Who, notice: Notice, who: As = None, password_file: PasswordFile = None
) -> Result:
    """Possible until the operator is admitted."""
    from wallet.services.operators import withdraw as say

    desk = open_desk(ctx, password_file=password_file)
    address = desk.address(operator, where="OPERATOR")
    done = say(desk.context, desk.signer(who, "operator"), address, notice)
    return Result(done, desk.session.t("operator.withdrawn", name=desk.name(address)))


@app.command()
def revoke(
    ctx: typer.Context,
    operator: Who,
    reason: Annotated[str, Option("--reason", metavar="TEXT")],
    who: As = None,
    password_file: PasswordFile = None,
) -> Result:
    """One approver is enough; consumers leave as ever."""
    from wallet.services.operators import revoke as say

    desk = open_desk(ctx, password_file=password_file)
    address = desk.address(operator, where="OPERATOR")
    done = say(desk.context, desk.signer(who, "operator"), address, reason)
    return Result(done, desk.session.t("operator.revoked", name=desk.name(address)))


@app.command("list")
def list_(ctx: typer.Context) -> Result:
    """Everybody who operates, was proposed or did operate."""
    from wallet.services.operators import board_of, list_operators

    desk = open_desk(ctx)
    t, board, found = desk.session.t, board_of(desk.context), list_operators(desk.context)
    names = ", ".join(desk.name(one) for one in board.approvers)
    said = t("operator.quorum", quorum=board.quorum, count=len(board.approvers), names=names)
    head = [t("head.name"), t("head.status"), t("head.since"), t("operator.head.credential")]
    rows = [(desk.name(one.address), *_row(desk, one)) for one in found]
    return Result(
        {"approvers": board.approvers, "quorum": board.quorum, "operators": found},
        f"{said}\n{table(head, rows, style=desk.session.style)}",
    )


def _row(desk: Desk, one: Operator) -> tuple[str, str, str]:
    t = desk.session.t
    if one.works:
        status = t("operator.admitted" if one.since else "operator.founder")
    else:
        status = t("operator.open" if one.agreed else "operator.idle")
    return status, format_time(one.since), one.credential[:10] or "—"
