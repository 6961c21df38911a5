"""The book of payments, and who gains and risks what around a merchant."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer
from typer import Argument, Option

from cli.commands.support.offers import find_merchant
from cli.desk import open_desk
from cli.output import Result
from cli.text import table
from cli.values import format_time
from wallet.money import format_yuan


def book(
    ctx: typer.Context,
    payer: Annotated[str | None, Option("--payer", metavar="WHO")] = None,
) -> Result:
    """Interest, credit and loans, oldest first, read from the chain."""
    from wallet.services.payments import entries

    desk = open_desk(ctx)
    t = desk.session.t
    by = None if payer is None else desk.address(payer, where="--payer")
    found = entries(desk.context, payer=by)
    if not found:
        return Result([], t("support.book-empty"))
    rows = [
        (
            format_time(one.time), t(f"support.what.{one.what.replace(' ', '-')}"), desk.name(one.payer),
            desk.name(one.payee), format_yuan(one.amount),
        )
        for one in found
    ]  # fmt: skip
    head = (
        t("head.time"), t("support.what"), t("support.from"), t("support.to"), t("support.amount"),
    )  # fmt: skip
    return Result(found, table(head, rows, right=[4], style=desk.session.style))


def report(
    ctx: typer.Context,
    merchant: Annotated[str, Argument(metavar="MERCHANT")],
    bank: Annotated[str, Option("--bank", metavar="WHO")] = "dave",
) -> Result:
    """Consumers, merchant, platform, bank and those who stand by: gained or lost so far, and at risk."""
    from wallet.services.support_report import report as account_for

    desk = open_desk(ctx)
    t = desk.session.t
    found = account_for(desk.context, find_merchant(desk, merchant), desk.address(bank, where="--bank"))
    rows = []
    for party in found.parties:
        rows.append(
            (
                t(f"support.party.{party.name}"), "", format_yuan(party.result), format_yuan(party.at_risk),
                format_yuan(party.owes),
            )
        )  # fmt: skip
        rows += [
            ("", t(f"support.item.{name.replace('_', '-')}"), format_yuan(fen), "", "")
            for name, fen in party.items.items()
            if fen
        ]
    rows.append((t("support.custody"), "", format_yuan(found.custody), "", ""))
    head = (
        t("support.party"), "", t("support.result"), t("support.at-risk"), t("support.owes"),
    )  # fmt: skip
    data = {
        "merchant": found.merchant,
        "custody": found.custody,
        "balanced": found.balanced,
        "parties": {one.name: {**asdict(one), "result": one.result} for one in found.parties},
    }
    return Result(data, table(head, rows, right=[2, 3, 4], style=desk.session.style))
