"""The end of a merchant: announced in time, or declared when it is gone, with both ways for its consumers."""

from __future__ import annotations

from typing import Annotated

import typer
from typer import Argument

from cli.commands.supervise.words import Who, Why, find_merchant
from cli.desk import open_desk
from cli.options import As, CardId, PasswordFile
from cli.output import Result
from cli.text import table
from cli.values import format_time
from wallet.money import format_yuan


def closing(ctx: typer.Context, why: Why, who: As = None, password_file: PasswordFile = None) -> Result:
    """By the merchant itself; no new cards from now on, closed when the time is over."""
    from wallet.services.notice import announce_closing

    desk = open_desk(ctx, password_file=password_file)
    closes = announce_closing(desk.context, desk.signer(who, "merchant"), why)
    return Result({"closes": closes}, desk.session.t("supervise.closing", time=format_time(closes)))


def runaway(
    ctx: typer.Context, merchant: Who, why: Why, who: As = None, password_file: PasswordFile = None
) -> Result:
    """By an operator; the chain dates the stop, and every open card gets the better refund."""
    from wallet.services.notice import declare_runaway

    desk = open_desk(ctx, password_file=password_file)
    t = desk.session.t
    done = declare_runaway(desk.context, desk.signer(who, "operator"), find_merchant(desk, merchant), why)
    lines = [t("supervise.runaway", name=done.name, time=format_time(done.since), cards=len(done.offers))]
    if done.offers:
        head = [t("head.card"), t("head.consumer"), t("supervise.refund"), t("supervise.shortfall"),
                t("supervise.paths")]  # fmt: skip
        rows = [
            (
                one.card[:10],
                desk.name(one.owner),
                format_yuan(one.refund),
                format_yuan(one.shortfall),
                t("supervise.comma").join(t(f"path.{path}") for path in one.paths),
            )
            for one in done.offers
        ]
        lines.append(table(head, rows, right=[2, 3], style=desk.session.style))
    return Result(done, "\n".join(lines))


def choose(
    ctx: typer.Context,
    card: CardId,
    path: Annotated[str, Argument(metavar="PATH")],
    who: As = None,
    password_file: PasswordFile = None,
) -> Result:
    """PATH: transfer or refund; notes the choice. `prepaid card terminate` gives the refund."""
    from wallet.services.notice import choose_path

    desk = open_desk(ctx, password_file=password_file)
    fact = choose_path(desk.context, desk.signer(who, "alice"), card, path)
    return Result(fact, desk.session.t("supervise.chosen", path=desk.session.t(f"path.{path}")))
