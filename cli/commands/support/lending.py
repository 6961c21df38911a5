"""Credit, loans and deposit interest: what a bank gives a merchant against custody, from its own account."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer
from typer import Argument, Option

from cli.commands.support.offers import System, find_merchant, offered
from cli.desk import open_desk
from cli.options import As, PasswordFile
from cli.output import Result
from cli.text import pairs, table
from cli.values import format_time
from wallet.errors import InvalidInput
from wallet.money import format_yuan, parse_yuan

if TYPE_CHECKING:
    from wallet.law.finance import Credit, Loan

Merchant = Annotated[str, Argument(metavar="MERCHANT")]
Bank = Annotated[str, Option("--bank", metavar="WHO")]
KindOption = Annotated[str, Option("--kind", metavar="credit|loan")]


def line(
    ctx: typer.Context, merchant: Merchant, kind: KindOption = "credit", system: System = None,
    bank: Bank = "dave",
) -> Result:  # fmt: skip
    """A share of what lies in custody for its cards, less what it owes already."""
    from wallet.services.support import line_of

    offer = _offer(system, kind)
    desk = open_desk(ctx)
    t = desk.session.t
    found = line_of(
        desk.context, desk.address(bank, where="--bank"), find_merchant(desk, merchant), offer, kind
    )
    rows = [
        (t("support.custody"), format_yuan(found.custody)),
        (t("support.line"), format_yuan(found.line)),
        (t("support.outstanding"), format_yuan(found.outstanding)),
        (t("support.free"), format_yuan(found.free)),
    ]
    return Result(found, pairs(rows), brief=format_yuan(found.free))


def draw(
    ctx: typer.Context,
    merchant: Merchant,
    amount: Annotated[str, Argument(metavar="YUAN")],
    kind: KindOption = "credit",
    system: System = None,
    who: As = None,
    password_file: PasswordFile = None,
) -> Result:
    """As the bank. Custody is only the measure: not a fen of it moves."""
    from wallet.services.support import draw as lend

    fen = parse_yuan(amount, where="YUAN")
    offer = _offer(system, kind)
    desk = open_desk(ctx, password_file=password_file)
    done = lend(desk.context, desk.signer(who, "dave"), find_merchant(desk, merchant), fen, offer)
    said = desk.session.t(
        "support.drawn",
        amount=format_yuan(done.amount),
        merchant=desk.name(done.merchant),
        apr=done.apr_bps,
        days=done.free_days,
        draw=done.draw[:10],
    )
    return Result(done, said, brief=done.draw)


def draws(
    ctx: typer.Context,
    merchant: Annotated[str | None, Option("--merchant", metavar="WHO")] = None,
    bank: Bank = "dave",
) -> Result:
    """Oldest first, with what each would cost if it were paid back today."""
    from wallet.services.support import CREDIT, LOAN
    from wallet.services.support import draws as drawn

    desk = open_desk(ctx)
    t = desk.session.t
    lender = desk.address(bank, where="--bank")
    by = None if merchant is None else find_merchant(desk, merchant)
    found = [one for kind in (CREDIT, LOAN) for one in drawn(desk.context, lender, by, kind)]
    found.sort(key=lambda one: one.drawn_at)
    if not found:
        return Result([], t("support.no-draws"))
    rows = [
        (
            one.draw[:10], t(f"support.kind.{one.kind}"), desk.name(one.merchant), format_time(one.drawn_at),
            format_yuan(one.amount), format_yuan(one.outstanding), format_yuan(one.interest_due),
        )
        for one in found
    ]  # fmt: skip
    head = (
        t("head.id"), t("support.kind"), t("head.merchant"), t("head.time"), t("support.amount"),
        t("support.outstanding"), t("support.interest"),
    )  # fmt: skip
    return Result(found, table(head, rows, right=[4, 5, 6], style=desk.session.style))


def repay(
    ctx: typer.Context,
    draw: Annotated[str, Argument(metavar="DRAW")],
    amount: Annotated[str | None, Argument(metavar="YUAN", show_default=False)] = None,
    bank: Bank = "dave",
    who: As = None,
    password_file: PasswordFile = None,
) -> Result:
    """As the merchant: all that is outstanding unless YUAN is given, and the interest on it."""
    from wallet.services.support import repay as pay_back

    fen = None if amount is None else parse_yuan(amount, where="YUAN")
    desk = open_desk(ctx, password_file=password_file)
    lender = desk.address(bank, where="--bank")
    made = pay_back(desk.context, desk.signer(who, "merchant"), lender, draw, fen)
    interest = sum(one.amount for one in made[1:])
    said = desk.session.t(
        "support.repaid", amount=format_yuan(made[0].amount), interest=format_yuan(interest)
    )
    return Result({"entries": made, "repaid": made[0].amount, "interest": interest}, said)


def deposit_interest(
    ctx: typer.Context,
    merchant: Merchant,
    pay: Annotated[bool, Option("--pay")] = False,
    to: Annotated[str | None, Option("--to", metavar="WHO")] = None,
    system: System = None,
    who: As = None,
    password_file: PasswordFile = None,
) -> Result:
    """By the day, on what lies in custody for the merchant's cards; with --pay the bank pays it."""
    from wallet.services.support import deposit_interest_due, pay_deposit_interest

    bonus = offered(system).support.deposit
    desk = open_desk(ctx, password_file=password_file)
    t, seller = desk.session.t, find_merchant(desk, merchant)
    if not pay:
        due = deposit_interest_due(desk.context, seller, bonus)
        return Result({"due": due}, t("support.deposit-due", due=format_yuan(due)), brief=format_yuan(due))
    target = None if to is None else desk.address(to, where="--to")
    made = pay_deposit_interest(desk.context, desk.signer(who, "dave"), seller, bonus, to=target)
    said = t("support.paid", amount=format_yuan(made.amount), to=desk.name(made.payee))
    return Result(made, said, brief=format_yuan(made.amount))


def _offer(system: str | None, kind: str) -> Credit | Loan | None:
    support = offered(system).support
    offers = {"credit": support.credit, "loan": support.loan}
    if kind not in offers:
        raise InvalidInput(
            f"--kind: {kind!r} is neither credit nor loan",
            hint="credit is free of interest for some days; a loan bears a low rate from the first",
            code="invalid-kind",
            value=kind,
        )
    return offers[kind]
