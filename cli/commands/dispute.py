"""`prepaid dispute`: from a complaint to a ruling, step by step."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from typer import Argument, Option

from cli.ask import confirm
from cli.commands.card.papers import Out, hand_over, lines, paper_name, read_paper
from cli.desk import Desk, open_desk
from cli.options import As, CardId, Carrier, PasswordFile, Yes
from cli.output import Result
from cli.text import pairs
from cli.values import format_time
from wallet.money import format_yuan, parse_yuan

if TYPE_CHECKING:
    from wallet.exchange import Statement
    from wallet.services.dispute import DisputeView, Wish

app = typer.Typer()

Words = Annotated[str, Option("--words", metavar="TEXT")]
Listed = Annotated[str | None, Option("--listed-at-most", metavar="YUAN")]
Cause = Annotated[bool, Option("--not-consumer")]


@app.command("raise")
def raise_(
    ctx: typer.Context,
    card: CardId,
    ground: Annotated[str, Option("--ground", metavar="GROUND")],
    words: Words,
    out: Out = None,
    carrier: Carrier = None,
    who: As = None,
    yes: Yes = False,
    password_file: PasswordFile = None,
) -> Result:
    """The merchant comes first; it has some days to answer. The words stay in a file of yours."""
    from wallet.services.dispute import preview_complaint, statement

    desk = open_desk(ctx, password_file=password_file)
    consumer = desk.person(who, "alice").address
    paper = statement(desk.context, consumer, card, words)
    wish = preview_complaint(desk.context, consumer, card, ground, paper)
    return _step(desk, wish, who=who, carrier=carrier, yes=yes, out=out)


@app.command()
def escalate(
    ctx: typer.Context,
    card: CardId,
    forum: Annotated[str, Option("--to", metavar="FORUM")] = "association",
    carrier: Carrier = None,
    who: As = None,
    yes: Yes = False,
    password_file: PasswordFile = None,
) -> Result:
    """Only after the merchant has refused, or has let its days pass."""
    from wallet.services.dispute import preview_escalation

    desk = open_desk(ctx, password_file=password_file)
    wish = preview_escalation(desk.context, desk.person(who, "alice").address, card, forum)
    return _step(desk, wish, who=who, carrier=carrier, yes=yes)


@app.command()
def settle(
    ctx: typer.Context,
    card: CardId,
    carrier: Carrier = None,
    who: As = None,
    yes: Yes = False,
    password_file: PasswordFile = None,
) -> Result:
    """What was conceded stays."""
    from wallet.services.dispute import preview_settlement

    desk = open_desk(ctx, password_file=password_file)
    wish = preview_settlement(desk.context, desk.person(who, "alice").address, card)
    return _step(desk, wish, who=who, carrier=carrier, yes=yes)


@app.command()
def refuse(
    ctx: typer.Context,
    card: CardId,
    words: Words,
    out: Out = None,
    who: As = None,
    password_file: PasswordFile = None,
) -> Result:
    """While it is the merchant's turn; afterwards the consumer may go on."""
    from wallet.services.dispute import refuse as say
    from wallet.services.dispute import statement

    desk = open_desk(ctx, password_file=password_file)
    paper = statement(desk.context, desk.person(who, "merchant").address, card, words)
    path = _keep(paper, "answer", out)
    return _said(desk, say(desk.context, desk.signer(who, "merchant"), card, paper), path)


@app.command()
def concede(
    ctx: typer.Context,
    card: CardId,
    not_consumer: Cause = False,
    listed_at_most: Listed = None,
    who: As = None,
    yes: Yes = False,
    password_file: PasswordFile = None,
) -> Result:
    """Also how a merchant acknowledges that a gift came back. Cannot be withdrawn."""
    from wallet.services.dispute import concede as say
    from wallet.services.dispute import preview_word

    limit = _limit(listed_at_most)
    desk = open_desk(ctx, password_file=password_file)
    word = preview_word(desk.context, card, not_consumer=not_consumer, listed_at_most=limit)
    confirm(desk.session, word.sentence, yes=yes)
    return _said(desk, say(desk.context, desk.signer(who, "merchant"), word), sentence=word.sentence)


@app.command()
def rule(
    ctx: typer.Context,
    card: CardId,
    words: Words,
    not_consumer: Cause = False,
    listed_at_most: Listed = None,
    out: Out = None,
    who: As = None,
    yes: Yes = False,
    password_file: PasswordFile = None,
) -> Result:
    """It may find for the consumer, or nothing; never against. Cannot be withdrawn."""
    from wallet.services.dispute import preview_word, statement
    from wallet.services.dispute import rule as say

    limit = _limit(listed_at_most)
    desk = open_desk(ctx, password_file=password_file)
    paper = statement(desk.context, desk.person(who, "operator").address, card, words)
    word = preview_word(desk.context, card, not_consumer=not_consumer, listed_at_most=limit, words=paper)
    confirm(desk.session, word.sentence, yes=yes)
    path = _keep(paper, "ruling", out)
    done = say(desk.context, desk.signer(who, "operator"), word)
    return _said(desk, done, path, sentence=word.sentence)


@app.command()
def show(
    ctx: typer.Context,
    card: CardId,
    paper: Annotated[Path | None, Option("--paper", metavar="FILE")] = None,
) -> Result:
    """With --paper also whether a statement is the one whose hash the chain has."""
    from wallet.exchange.files import require_statement
    from wallet.services.dispute import confirm_words, show_dispute

    desk = open_desk(ctx)
    view = show_dispute(desk.context, card)
    if paper is None:
        return _said(desk, view)
    words = require_statement(read_paper(paper), where=str(paper))
    t, kind = desk.session.t, confirm_words(desk.context, words)
    said = t("dispute.genuine", path=paper, kind=t(f"dispute.kind.{kind}"))
    data = {**asdict(view), "paper": {"kind": kind, **asdict(words)}}
    return Result(data, lines(_text(desk, view), "", said, words.words))


@app.command()
def appoint(
    ctx: typer.Context,
    arbiter: Annotated[str, Argument(metavar="WHO")],
    who: As = None,
    password_file: PasswordFile = None,
) -> Result:
    """An arbiter rules on escalated disputes and can do nothing else."""
    from wallet.services.dispute import appoint as name

    desk = open_desk(ctx, password_file=password_file)
    address = desk.address(arbiter, where="WHO")
    transaction = name(desk.context, desk.signer(who, "operator"), address)
    said = desk.session.t("dispute.appointed", name=desk.name(address))
    return Result({"arbiter": address, "transaction": transaction}, said)


def _step(
    desk: Desk, wish: Wish, *, who: str | None, carrier: str | None, yes: bool, out: Path | None = None
) -> Result:
    from wallet.services.dispute import take_step

    confirm(desk.session, wish.sentence, yes=yes)
    # On disk before the chain hears of it: nobody could find the words again.
    path = None if wish.words is None else _keep(wish.words, "complaint", out)
    signer, by = desk.signer(who, "alice"), desk.carrier(carrier)
    return _said(desk, take_step(desk.context, signer, wish, carrier=by), path, sentence=wish.sentence)


def _keep(paper: Statement, kind: str, out: Path | None) -> Path:
    return hand_over(paper, out, paper_name(kind, paper.card, "1"), qr=False, png=None)[0]


def _limit(text: str | None) -> int | None:
    return None if text is None else parse_yuan(text, where="--listed-at-most", allow_zero=True)


def _said(desk: Desk, view: DisputeView, path: Path | None = None, sentence: str = "") -> Result:
    from wallet.services.finding import finding_waits
    from wallet.services.records import find_card

    t, data = desk.session.t, asdict(view)
    waits = bool(view.found_at) and finding_waits(desk.context, find_card(desk.context, view.card))
    data |= {"waits": waits} | ({"sentence": sentence} if sentence else {})
    text = _text(desk, view)
    if path is not None:
        data["file"] = str(path)
        text = lines(text, t("dispute.kept", path=path))
    if waits:
        text = lines(text, t("dispute.apply", card=view.card[:10]))
    return Result(data, text, brief=view.step)


def _text(desk: Desk, view: DisputeView) -> str:
    t = desk.session.t
    rows = [(t("dispute.head.step"), t(f"dispute-step.{view.step}"))]
    if view.ground:
        rows.append((t("dispute.head.ground"), t(f"ground.{view.ground}")))
    if view.forum:
        rows.append((t("dispute.head.forum"), t(f"forum.{view.forum}")))
    if view.since:
        rows.append((t("dispute.head.since"), format_time(view.since)))
    if view.answer_by:
        rows.append((t("dispute.head.answer-by"), format_time(view.answer_by)))
    if view.not_consumer:
        rows.append((t("dispute.head.cause"), t("dispute.by-arbiter" if view.upheld else "dispute.yes")))
    if view.listed_at_most is not None:
        rows.append((t("dispute.head.listed"), format_yuan(view.listed_at_most)))
    if view.found_at:
        rows.append((t("dispute.head.found"), format_time(view.found_at)))
    return pairs(rows)
