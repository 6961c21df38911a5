"""Vouchers: for cards whose terms take them, one signature over everything used so far."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer
from typer import Argument, Option

from cli.ask import confirm_use
from cli.commands.card.papers import Out, Png, Qr, hand_over, lines, paper_name
from cli.desk import open_desk
from cli.options import As, CardId, PasswordFile, Yes
from cli.output import Result
from cli.values import parse_span
from wallet.rules import Unit
from wallet.rules.quantities import parse_quantity


def voucher(
    ctx: typer.Context,
    card: CardId,
    total: Annotated[str, Argument(metavar="TOTAL")],
    valid: Annotated[str, Option("--valid", metavar="SPAN")] = "7d",
    out: Out = None,
    qr: Qr = False,
    png: Png = None,
    who: As = None,
    yes: Yes = False,
    password_file: PasswordFile = None,
) -> Result:
    """TOTAL is what was used since the card was opened, in its own unit: yuan, sessions, months."""
    from wallet.services.cards import show_card
    from wallet.services.voucher import preview_voucher, sign_voucher
    from wallet.signing.policy import load_policy

    seconds = parse_span(valid, where="--valid")
    desk = open_desk(ctx, password_file=password_file)
    session, t = desk.session, desk.session.t
    consumer = desk.person(who, "alice").address
    view = show_card(desk.context, card, owner=consumer)
    used = parse_quantity(total, Unit(view.unit), where="TOTAL")
    policy = load_policy(session.home().policy)
    request = preview_voucher(desk.context, consumer, view.card, used, policy, valid=seconds)
    also = confirm_use(session, request.sentence, request.verdict, yes=yes)
    document = sign_voucher(desk.context, desk.signer(who, "alice"), request, confirm=also)
    path, drawing = hand_over(document, out, paper_name("voucher", document.card, total), qr=qr, png=png)
    data = {"file": str(path), "sentence": request.sentence, "adds": request.adds, **asdict(document)}
    return Result(data, lines(t("card.authorised", path=path), drawing), brief=str(path))
