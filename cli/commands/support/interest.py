"""Interest on a refund: what is owed on an ended card, and paying it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer
from typer import Option

from cli.desk import open_desk
from cli.options import As, CardId, PasswordFile
from cli.output import Result
from cli.text import pairs
from wallet.money import format_yuan

if TYPE_CHECKING:
    from cli.messages import Messages
    from wallet.services.interest import InterestDue


def interest(
    ctx: typer.Context,
    card: CardId,
    pay: Annotated[bool, Option("--pay")] = False,
    as_bank: Annotated[bool, Option("--as-bank")] = False,
    start: Annotated[str, Option("--from", metavar="termination|payment")] = "termination",
    lpr: Annotated[int | None, Option("--lpr", metavar="BPS", show_default=False)] = None,
    deposit: Annotated[int | None, Option("--deposit-rate", metavar="BPS", show_default=False)] = None,
    supervised: Annotated[int | None, Option("--account-rate", metavar="BPS", show_default=False)] = None,
    who: As = None,
    password_file: PasswordFile = None,
) -> Result:
    """What the terms agree, else what the law names for the cause. With --pay the merchant pays its part."""
    from wallet.law.interest import Rates
    from wallet.services.interest import interest_due, pay_interest

    usual = Rates()
    rates = Rates(
        usual.lpr if lpr is None else lpr,
        usual.deposit if deposit is None else deposit,
        usual.supervised if supervised is None else supervised,
    )
    desk = open_desk(ctx, password_file=password_file)
    t = desk.session.t
    due = interest_due(desk.context, card, rates=rates, start=start)
    if not pay:
        data = {"merchant_due": due.merchant_due, "bank_due": due.bank_due, "interest": due}
        return Result(data, _text(due, t), brief=format_yuan(due.merchant_due + due.bank_due))
    payer = desk.signer(who, "dave" if as_bank else "merchant")
    made = pay_interest(desk.context, payer, due, as_bank=as_bank)
    said = t("support.paid", amount=format_yuan(made.amount), to=desk.name(made.payee))
    return Result(made, said, brief=format_yuan(made.amount))


def _text(due: InterestDue, t: Messages) -> str:
    rows = [
        (
            t(f"support.rate.{part.rate}"),
            t(
                "support.part",
                amount=format_yuan(part.amount),
                bps=part.rate_bps,
                days=part.days,
                interest=format_yuan(part.interest),
            ),
        )
        for part in due.parts
    ]
    rows.append((t("support.owed-merchant"), format_yuan(due.merchant_due)))
    rows.append((t("support.owed-bank"), format_yuan(due.bank_due)))
    return pairs(rows)
