"""`prepaid guarantee party`: insurance of a merchant or a public body for its own loss."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from typer import Argument, Option

from cli.commands.guarantee.running import read_payers
from cli.commands.supervise.words import find_merchant
from cli.desk import Desk, open_desk
from cli.options import As, PasswordFile
from cli.output import Result
from cli.text import pairs, table
from cli.values import format_time
from wallet.errors import InvalidInput
from wallet.money import format_yuan, parse_yuan

if TYPE_CHECKING:
    from wallet.services.guarantee_party import LossView, PartyView

app = typer.Typer()

Line = Annotated[int, Argument(metavar="LINE")]
Loss = Annotated[int, Argument(metavar="LOSS")]


@app.command("list")
def list_(ctx: typer.Context) -> Result:
    """Parties' lines, oldest first."""
    from wallet.services.guarantee_party import list_party_lines

    desk = open_desk(ctx)
    t = desk.session.t
    found = list_party_lines(desk.context)
    if not found:
        return Result([], t("guarantee.none"))
    head = (
        t("guarantee.line"), t("guarantee.insured"), t("guarantee.beneficiary"), t("guarantee.set-aside"),
        t("guarantee.until"),
    )  # fmt: skip
    rows = [
        (
            str(one.line),
            t(f"guarantee.place.{one.insured}"),
            desk.name(one.beneficiary),
            format_yuan(one.set_aside),
            format_time(one.until),
        )
        for one in found
    ]
    return Result(found, table(head, rows, right=[0, 3], style=desk.session.style))


@app.command()
def line(
    ctx: typer.Context,
    insured: Annotated[str, Argument(metavar="merchant|government")],
    beneficiary: Annotated[str, Argument(metavar="WHO")],
    merchant: Annotated[str, Option("--merchant", metavar="MERCHANT")],
    aggregate: Annotated[str, Option("--aggregate", metavar="YUAN")],
    assessor: Annotated[str, Option("--assessor", metavar="WHO")],
    rate: Annotated[int, Option("--rate", metavar="BPS")] = 0,
    share: Annotated[int, Option("--share", metavar="BPS")] = 10_000,
    days: Annotated[int, Option("--days", metavar="DAYS")] = 365,
    payers: Annotated[list[str] | None, Option("--payer", metavar="PLACE[:WHO]=BPS")] = None,
    who: As = None,
    password_file: PasswordFile = None,
) -> Result:
    """By the insurer. The aggregate is set aside; the line begins when its premium is paid."""
    from wallet.services.guarantee_party import write_party_line

    desk = open_desk(ctx, password_file=password_file)
    paid_by = desk.address(beneficiary, where="WHO")
    done = write_party_line(
        desk.context,
        desk.signer(who, "operator"),
        insured=insured,
        beneficiary=paid_by,
        merchant=find_merchant(desk, merchant),
        assessor=desk.address(assessor, where="--assessor"),
        aggregate=parse_yuan(aggregate, where="--aggregate"),
        rate_bps=rate,
        payers=read_payers(desk, payers or [f"{insured}=10000"], {insured: paid_by}),
        share_bps=share,
        cover_days=days,
    )
    return Result(done, _line(desk, done), brief=str(done.line))


@app.command()
def fund(
    ctx: typer.Context,
    amount: Annotated[str, Argument(metavar="YUAN")],
    who: As = None,
    password_file: PasswordFile = None,
) -> Result:
    """Capital for parties' lines, apart from that for consumers."""
    from wallet.services.guarantee_party import pay_in_party

    fen = parse_yuan(amount, where="YUAN")
    desk = open_desk(ctx, password_file=password_file)
    hash_ = pay_in_party(desk.context, desk.signer(who, "operator"), fen)
    return Result({"amount": fen, "transaction": hash_}, format_yuan(fen))


@app.command()
def start(
    ctx: typer.Context,
    number: Line,
    payer: Annotated[str, Option("--payer", metavar="PLACE")] = "merchant",
    who: As = None,
    password_file: PasswordFile = None,
) -> Result:
    """By a payer: its part of the premium is paid, and the line's days begin."""
    from wallet.services.guarantee_party import start_party_line

    desk = open_desk(ctx, password_file=password_file)
    done = start_party_line(desk.context, desk.signer(who, "merchant"), number, payer)
    return Result(done, _line(desk, done))


@app.command()
def end(ctx: typer.Context, number: Line, who: As = None, password_file: PasswordFile = None) -> Result:
    """Frees what nobody claimed, once the line's days are over."""
    from wallet.services.guarantee_party import end_party_line

    desk = open_desk(ctx, password_file=password_file)
    done = end_party_line(desk.context, desk.signer(who, "operator"), number)
    return Result(done, _line(desk, done))


@app.command()
def claim(
    ctx: typer.Context,
    number: Line,
    amount: Annotated[str, Argument(metavar="YUAN")],
    evidence: Annotated[Path, Option("--evidence", metavar="FILE")],
    trigger: Annotated[str, Option("--trigger", metavar="TRIGGER")] = "runaway",
    who: As = None,
    password_file: PasswordFile = None,
) -> Result:
    """By the insured: what was lost, with a document; its hash goes on record."""
    from wallet.services.guarantee_party import file_loss

    fen, shown = parse_yuan(amount, where="YUAN"), evidence.read_bytes()
    desk = open_desk(ctx, password_file=password_file)
    signer = desk.signer(who, "merchant")
    return _loss(desk, file_loss(desk.context, signer, number, fen, trigger=trigger, evidence=shown))


@app.command()
def verify(
    ctx: typer.Context,
    loss: Loss,
    confirm: Annotated[str | None, Option("--confirm", metavar="YUAN")] = None,
    refuse: Annotated[str | None, Option("--refuse", metavar="REASON")] = None,
    who: As = None,
    password_file: PasswordFile = None,
) -> Result:
    """By the assessor: how much is due, or why nothing is. Silence counts for nothing here."""
    from wallet.services.guarantee_party import verify_loss

    fen = None if confirm is None else parse_yuan(confirm, where="--confirm")
    desk = open_desk(ctx, password_file=password_file)
    t = desk.session.t
    if (fen is None) == (refuse is None):
        raise InvalidInput(t("guarantee.which"), hint=t("guarantee.which-hint"), code="usage")
    signer = desk.signer(who, "operator")
    return _loss(desk, verify_loss(desk.context, signer, loss, amount=fen, reason=refuse or ""))


@app.command()
def pay(ctx: typer.Context, loss: Loss, who: As = None, password_file: PasswordFile = None) -> Result:
    """Anyone may, once the loss is confirmed and has waited; the party itself is paid."""
    from wallet.services.guarantee_party import pay_loss

    desk = open_desk(ctx, password_file=password_file)
    return _loss(desk, pay_loss(desk.context, desk.signer(who, "operator"), loss))


def _line(desk: Desk, one: PartyView) -> str:
    t = desk.session.t
    rows = [
        (t("guarantee.line"), str(one.line)),
        (t("guarantee.insured"), t(f"guarantee.place.{one.insured}")),
        (t("guarantee.beneficiary"), desk.name(one.beneficiary)),
        (t("guarantee.set-aside"), f"{format_yuan(one.set_aside)} / {format_yuan(one.aggregate)}"),
        (t("guarantee.claimed"), format_yuan(one.claimed)),
        (t("guarantee.premium"), format_yuan(one.premium)),
        (t("guarantee.until"), format_time(one.until)),
    ]
    return pairs(rows)


def _loss(desk: Desk, one: LossView) -> Result:
    t = desk.session.t
    rows = [
        (t("guarantee.loss"), str(one.loss)),
        (t("guarantee.line"), str(one.line)),
        (t("guarantee.stage"), t(f"stage.{one.stage}")),
        (t("guarantee.claimed"), format_yuan(one.amount)),
    ]
    return Result(one, pairs(rows), brief=str(one.loss))
