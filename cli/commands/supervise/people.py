"""Consumers, public and stores: complaints, tips, wallet classes, the code at a door, the balance there."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from typer import Argument, Option

from cli.commands.supervise.words import Who, Why, find_merchant
from cli.desk import open_desk
from cli.options import As, PasswordFile
from cli.output import Result
from cli.session import session_of
from wallet.errors import InvalidInput
from wallet.money import format_yuan


def complain(
    ctx: typer.Context,
    merchant: Who,
    why: Why,
    card: Annotated[str, Option("--card", metavar="CARD")] = "",
    who: As = None,
    password_file: PasswordFile = None,
) -> Result:
    """Anybody may; it counts in the third feed until an authority dismisses it."""
    from wallet.services.complaint import complain as file_complaint

    desk = open_desk(ctx, password_file=password_file)
    filed = file_complaint(desk.context, desk.signer(who, "alice"), find_merchant(desk, merchant), why, card)
    return Result(filed, desk.session.t("supervise.complained", number=filed.number), brief=str(filed.number))


def answer(
    ctx: typer.Context,
    merchant: Who,
    number: Annotated[int, Argument(metavar="NUMBER")],
    why: Why,
    dismiss: Annotated[bool, Option("--dismiss")] = False,
    who: As = None,
    password_file: PasswordFile = None,
) -> Result:
    """By the merchant (default), or by an authority, which alone may dismiss it."""
    from wallet.services.complaint import answer as give_answer

    desk = open_desk(ctx, password_file=password_file)
    address, by = find_merchant(desk, merchant), desk.signer(who, "merchant")
    done = give_answer(desk.context, by, address, number, why, dismissed=dismiss)
    return Result(done, desk.session.t("supervise.answered", number=number))


def tip(
    ctx: typer.Context, merchant: Who, why: Why, who: As = None, password_file: PasswordFile = None
) -> Result:
    """Anybody, about anybody; operators, bank, insurer and authorities read it."""
    from wallet.services.complaint import tip as report_it

    desk = open_desk(ctx, password_file=password_file)
    fact = report_it(desk.context, desk.signer(who, "alice"), find_merchant(desk, merchant), why)
    return Result(fact, desk.session.t("supervise.tipped"))


def class_(
    ctx: typer.Context,
    person: Annotated[str, Argument(metavar="WHO")],
    number: Annotated[int, Argument(metavar="1-4")],
    who: As = None,
    password_file: PasswordFile = None,
) -> Result:
    """1 opened face to face to 4 opened with a phone number; by the bank or an operator."""
    from wallet.services.supervise import set_wallet_class

    desk = open_desk(ctx, password_file=password_file)
    address = desk.address(person, where="WHO")
    fact = set_wallet_class(desk.context, desk.signer(who, "operator"), address, number)
    return Result(fact, desk.session.t("supervise.classed", who=person, number=number))


def store(
    ctx: typer.Context,
    name: Annotated[str, Argument(metavar="NAME")],
    district: Annotated[str, Option("--district", metavar="NAME")] = "",
    close: Annotated[int | None, Option("--close", metavar="NUMBER")] = None,
    who: As = None,
    password_file: PasswordFile = None,
) -> Result:
    """One of the merchant's stores; its cards are good in all of them. With --close, close one."""
    from wallet.services.stores import close_store, open_store

    desk = open_desk(ctx, password_file=password_file)
    merchant = desk.signer(who, "merchant")
    if close is not None:
        found = close_store(desk.context, merchant, close)
        return Result(found, desk.session.t("supervise.store-closed", name=found.name))
    found = open_store(desk.context, merchant, name, district)
    said = desk.session.t("supervise.store", number=found.number, name=found.name)
    return Result(found, said, brief=str(found.number))


def sign(
    ctx: typer.Context,
    merchant: Who,
    number: Annotated[int, Option("--store", metavar="NUMBER")] = 0,
    out: Annotated[Path, Option("--out", metavar="FILE")] = Path("store.png"),
) -> Result:
    """A PNG for the door, by which consumers look up their balance there."""
    from wallet.services.stores import sign_of

    desk = open_desk(ctx)
    found = sign_of(desk.context, find_merchant(desk, merchant), number)
    found.write_png(out)
    data = {"text": found.text, "file": str(out)}
    return Result(data, desk.session.t("supervise.signed", file=out), brief=str(out))


def balance(
    ctx: typer.Context,
    name: Annotated[str | None, Argument(metavar="MERCHANT")] = None,
    scan: Annotated[Path | None, Option("--scan", metavar="FILE")] = None,
    who: As = None,
) -> Result:
    """By a merchant's name, or by a picture of the code at its door."""
    from wallet.services.stores import balance_by_name, balance_by_sign

    t = session_of(ctx).t
    if (name is None) == (scan is None):
        raise InvalidInput(t("supervise.name-or-scan"), hint=t("supervise.name-or-scan-hint"), code="usage")
    desk = open_desk(ctx)
    consumer = desk.person(who, "alice").address
    if scan is not None:
        found = balance_by_sign(desk.context, consumer, scan)
    else:
        found = balance_by_name(desk.context, consumer, name or "")
    said = t("supervise.balance", name=found.name, frozen=format_yuan(found.frozen), cards=len(found.cards))
    return Result(found, said, brief=format_yuan(found.frozen))
