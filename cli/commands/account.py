"""`prepaid account`: keys people hold, and the money in them."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from typer import Argument, Option

from cli.ask import password_source, somebody_there
from cli.commands import recoverable
from cli.desk import open_desk
from cli.options import As, PasswordFile
from cli.output import Result
from cli.people import People
from cli.session import Session, session_of
from cli.text import table
from wallet.errors import InvalidInput
from wallet.money import format_yuan, parse_yuan

if TYPE_CHECKING:
    from wallet.signing.accounts import Account, Keystore

app = typer.Typer()
app.add_typer(recoverable.app, name="recoverable")


@app.command()
def new(
    ctx: typer.Context,
    name: Annotated[str, Argument(metavar="NAME")],
    password_file: PasswordFile = None,
) -> Result:
    """A new random key in a keystore file."""
    session = session_of(ctx)
    account = _keystore(session).new(name, password_source(session, password_file, twice=True))
    return _made(account, session)


@app.command("import")
def import_(
    ctx: typer.Context,
    name: Annotated[str, Argument(metavar="NAME")],
    keystore: Annotated[Path | None, Option("--keystore", metavar="FILE")] = None,
    key_file: Annotated[Path | None, Option("--key-file", metavar="FILE")] = None,
    password_file: PasswordFile = None,
) -> Result:
    """From a V3 keystore file, a file with the private key, or the key typed unseen. Never from argv."""
    session = session_of(ctx)
    t = session.t
    if keystore is not None and key_file is not None:
        raise InvalidInput(t("account.two-sources"), hint=t("account.two-sources-hint"), code="usage")
    password = password_source(session, password_file, twice=keystore is None)
    if keystore is not None:
        return _made(_keystore(session).import_file(name, keystore, password), session)
    if key_file is not None:
        key = key_file.read_text("utf-8")
    elif somebody_there(session):
        from getpass import getpass

        key = getpass(f"{t('account.ask-key')} ")
    else:
        raise InvalidInput(t("account.no-source"), hint=t("account.no-source-hint"), code="usage")
    return _made(_keystore(session).import_key(name, key, password), session)


@app.command("list")
def list_(ctx: typer.Context) -> Result:
    """Keystore files first, then the development accounts, which sign on local chains only."""
    session = session_of(ctx)
    t = session.t
    people = People(session.home())
    known = people.known()
    data: list[dict[str, str | None]] = [
        {"name": one.name, "address": one.address, "kind": one.kind} for one in known
    ]
    rows = [(one.name, one.address, t(f"account.{one.kind}")) for one in known]
    for file in people.damaged():
        data.append({"name": file.name, "address": None, "kind": "damaged"})
        rows.append((file.name, "—", t("account.damaged")))
        session.tell(t("account.left-out", file=file.path))
    text = table((t("head.name"), t("head.address"), t("head.kind")), rows, style=session.style)
    return Result(data, text)


@app.command()
def fund(
    ctx: typer.Context,
    account: Annotated[str, Argument(metavar="WHO")],
    amount: Annotated[str, Argument(metavar="YUAN")],
    who: As = None,
    password_file: PasswordFile = None,
) -> Result:
    """Issued by the platform's operator; on a laboratory chain the account also gets coin for gas."""
    from wallet.services.fund import fund as issue

    fen = parse_yuan(amount, where="YUAN")
    desk = open_desk(ctx, password_file=password_file)
    address = desk.address(account, where="WHO")
    done = issue(desk.context, desk.signer(who, "operator"), address, fen)
    said = desk.session.t(
        "account.funded", who=account, amount=format_yuan(fen), on_hand=format_yuan(done.on_hand)
    )
    return Result({**asdict(done), "coin": str(done.coin)}, said)


@app.command()
def balance(
    ctx: typer.Context, accounts: Annotated[list[str] | None, Argument(metavar="[WHO]...")] = None
) -> Result:
    """Digital yuan on hand and frozen, of those named or of everybody who has any."""
    from wallet.services.cards import balance as ask

    desk = open_desk(ctx)
    t = desk.session.t
    named = [desk.people.find(one, where="WHO") for one in accounts or ()]
    found = [(one, ask(desk.context, one.address)) for one in named or desk.people.known()]
    if not named:
        found = [(one, money) for one, money in found if money.on_hand or money.frozen]
    rows = [
        (one.name, one.address, format_yuan(money.on_hand), format_yuan(money.frozen)) for one, money in found
    ]
    head = (t("head.name"), t("head.address"), t("head.on-hand"), t("head.frozen"))
    data = [{"name": one.name, **asdict(money), "coin": str(money.coin)} for one, money in found]
    text = table(head, rows, right=[2, 3], style=desk.session.style) if rows else t("account.nobody")
    return Result(data, text)


@app.command()
def sweep(ctx: typer.Context, who: As = None, password_file: PasswordFile = None) -> Result:
    """Only what is beyond the frozen money; that comes back when its card ends."""
    from wallet.services.sweep import sweep as fetch

    desk = open_desk(ctx, password_file=password_file)
    done = fetch(desk.context, desk.signer(who, "alice"))
    return Result(done, desk.session.t("account.swept", amount=format_yuan(done.amount)))


def _keystore(session: Session) -> Keystore:
    from wallet.signing.accounts import Keystore

    return Keystore(session.home().keys)


def _made(account: Account, session: Session) -> Result:
    data = {"name": account.name, "address": account.address, "path": str(account.path)}
    return Result(data, session.t("account.made", **data), brief=account.address)
