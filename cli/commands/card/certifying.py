"""Certified progress: the certifier signs totals, anyone carries them, the consumer confirms and so pays."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from typer import Argument, Option

from cli.ask import confirm as ask_first
from cli.ask import confirm_use
from cli.commands.card.papers import Out, Png, Qr, hand_over, lines, paper_name, read_paper
from cli.desk import open_desk
from cli.options import As, CardId, Carrier, PasswordFile, Yes
from cli.output import Result
from cli.values import parse_span
from wallet.money import format_yuan, parse_yuan
from wallet.rules import Unit
from wallet.rules.quantities import format_quantity, parse_quantity


def certify(
    ctx: typer.Context,
    card: CardId,
    total: Annotated[str, Argument(metavar="TOTAL")],
    words: Annotated[str, Option("--words", metavar="TEXT")],
    listed: Annotated[str | None, Option("--listed", metavar="YUAN")] = None,
    valid: Annotated[str, Option("--valid", metavar="SPAN")] = "7d",
    out: Out = None,
    qr: Qr = False,
    png: Png = None,
    who: As = None,
    yes: Yes = False,
    password_file: PasswordFile = None,
) -> Result:
    """TOTAL counts from the opening: milestones (1.5 is one and a half), sessions, months or yuan.

    Anyone may carry the paper that is written; it moves money only if the terms release on conditions.
    """
    from wallet.services.cards import show_card
    from wallet.services.certify import preview_certificate, sign_certificate

    price = None if listed is None else parse_yuan(listed, where="--listed", allow_zero=True)
    seconds = parse_span(valid, where="--valid")
    desk = open_desk(ctx, password_file=password_file)
    view = show_card(desk.context, card)
    used = parse_quantity(total, Unit(view.unit), where="TOTAL")
    certifier = desk.person(who, "operator")
    draft = preview_certificate(
        desk.context, certifier.address, view.card, used, words, listed_after=price, valid=seconds
    )
    ask_first(desk.session, draft.sentence, yes=yes)
    made = sign_certificate(desk.context, desk.signer(who, "operator"), draft)
    path, drawing = hand_over(made, out, paper_name("certificate", made.card, total), qr=qr, png=png)
    said = desk.session.t("moving.certified", path=path, paid=format_yuan(draft.pays))
    data = {"file": str(path), "sentence": draft.sentence, "pays": draft.pays, **asdict(made)}
    return Result(data, lines(said, drawing), brief=str(path))


def submit(
    ctx: typer.Context,
    certificate: Annotated[Path, Argument(metavar="CERTIFICATE")],
    carrier: Carrier = None,
    password_file: PasswordFile = None,
) -> Result:
    """Anyone may; the certifier's signature is what counts."""
    from wallet.exchange.files import require_certificate
    from wallet.services.cards import show_card
    from wallet.services.certify import certify as carry

    paper = require_certificate(read_paper(certificate), where=str(certificate))
    desk = open_desk(ctx, password_file=password_file)
    done = carry(desk.context, desk.signer(carrier, "merchant"), paper)
    used = format_quantity(done.used, Unit(show_card(desk.context, done.card).unit))
    paid = format_yuan(done.paid)
    return Result(done, desk.session.t("moving.submitted", card=done.card[:10], used=used, paid=paid))


def confirm(
    ctx: typer.Context,
    card: CardId,
    number: Annotated[str, Option("--number", metavar="TEXT", show_default=False)] = "",
    valid: Annotated[str, Option("--valid", metavar="SPAN")] = "1h",
    out: Out = None,
    qr: Qr = False,
    png: Png = None,
    who: As = None,
    yes: Yes = False,
    password_file: PasswordFile = None,
) -> Result:
    """Writes an authorisation of the totals as certified; `prepaid card consume` carries it."""
    from wallet.services.confirm import confirm as sign
    from wallet.services.confirm import preview_confirmation
    from wallet.signing.policy import load_policy

    seconds = parse_span(valid, where="--valid")
    desk = open_desk(ctx, password_file=password_file)
    session, t = desk.session, desk.session.t
    consumer = desk.person(who, "alice").address
    policy = load_policy(session.home().policy)
    wanted = preview_confirmation(desk.context, consumer, card, policy, number=number, valid=seconds)
    also = confirm_use(session, wanted.sentence, wanted.verdict, yes=yes)
    done = sign(desk.context, desk.signer(who, "alice"), wanted, confirm=also)
    name = paper_name("authorisation", done.document.card, wanted.reference.number)
    path, drawing = hand_over(done.document, out, name, qr=qr, png=png)
    data = {
        "file": str(path), "sentence": done.sentence, "pays": done.pays, "stays": done.stays,
        **asdict(done.document),
    }  # fmt: skip
    return Result(data, lines(t("card.authorised", path=path), drawing), brief=str(path))
