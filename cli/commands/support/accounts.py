"""A merchant's settlement account: open it, look at it, enter what came, take it out, pay the fees."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer
from typer import Argument, Option

from cli.commands.support.offers import System, find_merchant, offered
from cli.desk import Desk, open_desk
from cli.options import As, PasswordFile
from cli.output import Result
from cli.text import pairs, table
from wallet.money import format_yuan, parse_yuan

if TYPE_CHECKING:
    from wallet.services.fees import Account, Moved

AccountId = Annotated[str, Argument(metavar="ACCOUNT")]
Amount = Annotated[str | None, Argument(metavar="YUAN", show_default=False)]


def open_(
    ctx: typer.Context,
    merchant: Annotated[str, Argument(metavar="MERCHANT")],
    system: System = None,
    fee: Annotated[int | None, Option("--fee", metavar="BPS", show_default=False)] = None,
    levy: Annotated[int | None, Option("--levy", metavar="BPS", show_default=False)] = None,
    fast_fee: Annotated[int | None, Option("--fast-fee", metavar="BPS", show_default=False)] = None,
    days: Annotated[int | None, Option("--days", metavar="DAYS", show_default=False)] = None,
    no_fast: Annotated[bool, Option("--no-fast")] = False,
    platform: Annotated[str, Option("--platform", metavar="WHO")] = "operator",
    fund: Annotated[str | None, Option("--fund", metavar="WHO")] = None,
    bank: Annotated[str, Option("--bank", metavar="WHO")] = "dave",
    who: As = None,
    password_file: PasswordFile = None,
) -> Result:
    """Figures come from the system (else nothing is taken) and the options; nobody changes them later."""
    from wallet.law.fees import FeePlan
    from wallet.services.fees import open_account

    plan = (offered(system).plan if system else None) or FeePlan()
    plan = FeePlan(
        plan.service_fee_bps if fee is None else fee,
        plan.levy_bps if levy is None else levy,
        plan.fast_fee_bps if fast_fee is None else fast_fee,
        plan.settle_days if days is None else days,
        plan.fast and not no_fast,
    )
    desk = open_desk(ctx, password_file=password_file)
    done = open_account(
        desk.context,
        desk.signer(who, "operator"),
        find_merchant(desk, merchant),
        plan,
        platform=desk.address(platform, where="--platform"),
        fund=desk.context.platform.parts.get("GuaranteeFund", desk.address("erin", where="--fund"))
        if fund is None
        else desk.address(fund, where="--fund"),
        bank=desk.address(bank, where="--bank"),
    )
    said = desk.session.t("support.opened", account=done.account)
    return Result(done, f"{said}\n{_text(desk, done)}", brief=done.account)


def accounts(
    ctx: typer.Context,
    merchant: Annotated[str | None, Option("--merchant", metavar="WHO")] = None,
) -> Result:
    """Oldest first."""
    from wallet.services.fees import accounts_of

    desk = open_desk(ctx)
    t = desk.session.t
    found = accounts_of(desk.context, None if merchant is None else find_merchant(desk, merchant))
    if not found:
        return Result([], t("support.no-accounts"))
    rows = [
        (one.account, desk.name(one.merchant), format_yuan(one.ready), format_yuan(one.waiting))
        for one in found
    ]
    head = (t("support.account"), t("head.merchant"), t("support.ready"), t("support.waiting"))
    return Result(found, table(head, rows, right=[2, 3], style=desk.session.style))


def account(ctx: typer.Context, account: AccountId) -> Result:
    """What is ready, what waits, and what is due to others."""
    from wallet.services.fees import show_account

    desk = open_desk(ctx)
    found = show_account(desk.context, desk.address(account, where="ACCOUNT"))
    return Result(found, _text(desk, found))


def enter(
    ctx: typer.Context, account: AccountId, who: As = None, password_file: PasswordFile = None
) -> Result:
    """So that the days of what has arrived begin; anybody may."""
    from wallet.services.fees import enter as enter_it

    desk = open_desk(ctx, password_file=password_file)
    address = desk.address(account, where="ACCOUNT")
    found = enter_it(desk.context, desk.signer(who, "operator"), address)
    return Result(found, _text(desk, found))


def withdraw(
    ctx: typer.Context,
    account: AccountId,
    amount: Amount = None,
    fast: Annotated[bool, Option("--fast")] = False,
    to: Annotated[str | None, Option("--to", metavar="WHO")] = None,
    who: As = None,
    password_file: PasswordFile = None,
) -> Result:
    """All of it unless YUAN is given; with --fast what still waits, less the fee."""
    from wallet.services import fees

    fen = None if amount is None else parse_yuan(amount, where="YUAN")
    desk = open_desk(ctx, password_file=password_file)
    take = fees.withdraw_fast if fast else fees.withdraw
    target = None if to is None else desk.address(to, where="--to")
    address = desk.address(account, where="ACCOUNT")
    done = take(desk.context, desk.signer(who, "merchant"), address, fen, to=target)
    return Result(done, _moved(desk, done), brief=format_yuan(done.amount))


def pay_fees(
    ctx: typer.Context,
    account: AccountId,
    to: Annotated[str, Option("--to", metavar="platform|fund|bank")] = "platform",
    who: As = None,
    password_file: PasswordFile = None,
) -> Result:
    """Anybody may ask for it; the money goes to whom the account names."""
    from wallet.services import fees

    desk = open_desk(ctx, password_file=password_file)
    address = desk.address(account, where="ACCOUNT")
    named = fees.show_account(desk.context, address)
    receivers = {"platform": named.platform, "fund": named.fund, "bank": named.bank}
    receiver = receivers.get(to) or desk.address(to, where="--to")
    done = fees.pay_fees(desk.context, desk.signer(who, "operator"), address, receiver)
    return Result(done, _moved(desk, done), brief=format_yuan(done.amount))


def _moved(desk: Desk, done: Moved) -> str:
    key = "support.moved-fast" if done.fee else "support.moved"
    return desk.session.t(
        key, amount=format_yuan(done.amount), to=desk.name(done.to), fee=format_yuan(done.fee)
    )


def _text(desk: Desk, found: Account) -> str:
    t = desk.session.t
    rows = [
        (t("support.account"), found.account),
        (t("head.merchant"), desk.name(found.merchant)),
        (t("support.ready"), format_yuan(found.ready)),
        (t("support.waiting"), t("support.days", amount=format_yuan(found.waiting), days=found.settle_days)),
    ]
    for name, who, bps, due in (
        ("platform", found.platform, found.service_fee_bps, found.platform_due),
        ("fund", found.fund, found.levy_bps, found.fund_due),
        ("bank", found.bank, found.fast_fee_bps, found.bank_due),
    ):
        rows.append((t(f"support.due.{name}"), f"{format_yuan(due)} ({bps} bps, {desk.name(who)})"))
    rows.append((t("support.fast"), t("support.on" if found.fast else "support.off")))
    return pairs(rows)
