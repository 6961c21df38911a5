"""Spending: the merchant charges, the consumer authorises, anyone carries it to the chain.

Charges and authorisations are files (or QR codes), so the three can be three machines.
"""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer import Argument, Option

from cli.ask import confirm_use
from cli.commands.card.papers import Out, Png, Qr, hand_over, lines, paper_name, read_paper
from cli.desk import Desk, open_desk
from cli.messages.errors import message_of
from cli.options import As, CardId, Carrier, PasswordFile, Yes
from cli.output import Result
from cli.text import pairs
from cli.values import parse_span
from wallet.errors import ContractError
from wallet.money import format_yuan, parse_yuan
from wallet.rules import Unit
from wallet.rules.quantities import parse_quantity

if TYPE_CHECKING:
    from wallet.services.consume import Consumption


def charge(
    ctx: typer.Context,
    card: CardId,
    amount: Annotated[str, Argument(metavar="AMOUNT")],
    number: Annotated[str, Option("--number", metavar="TEXT")],
    item: Annotated[str, Option("--item", metavar="TEXT", show_default=False)] = "",
    store: Annotated[str, Option("--store", metavar="TEXT", show_default=False)] = "",
    listed: Annotated[str | None, Option("--listed", metavar="YUAN")] = None,
    valid: Annotated[str, Option("--valid", metavar="SPAN")] = "15m",
    out: Out = None,
    qr: Qr = False,
    png: Png = None,
    who: As = None,
    password_file: PasswordFile = None,
) -> Result:
    """AMOUNT is in the card's own unit: yuan, sessions, months, milestones (0.5 is half of one).

    --listed is the price before discount, if it is another; with AMOUNT 0, the value of goods given along
    or a documented cost.
    """
    from wallet.services.cards import show_card
    from wallet.services.charge import make_charge

    price = None if listed is None else parse_yuan(listed, where="--listed", allow_zero=True)
    seconds = parse_span(valid, where="--valid")
    desk = open_desk(ctx, password_file=password_file)
    view = show_card(desk.context, card)
    used = parse_quantity(amount, Unit(view.unit))
    merchant = desk.signer(who, "merchant")
    made = make_charge(
        desk.context, merchant, view.card, used, number, listed=price, item=item, store=store, valid=seconds
    )
    name = paper_name("charge", made.document.card, number)
    path, drawing = hand_over(made.document, out, name, qr=qr, png=png)
    said = desk.session.t("card.charged", path=path, paid=format_yuan(made.pays))
    data = {"file": str(path), "pays": made.pays, "stays": made.stays, "charge": made.document.reference.hash,
            **asdict(made.document)}  # fmt: skip
    return Result(data, lines(said, drawing), brief=str(path))


def authorise(
    ctx: typer.Context,
    charge: Annotated[Path, Argument(metavar="CHARGE")],
    explain: Annotated[bool, Option("--explain")] = False,
    out: Out = None,
    qr: Qr = False,
    png: Png = None,
    who: As = None,
    yes: Yes = False,
    password_file: PasswordFile = None,
) -> Result:
    """Checked against what was bought, judged by the policy and simulated before the question is asked."""
    from wallet.exchange.files import require_charge
    from wallet.services.authorise import authorise as sign
    from wallet.services.authorise import preview_charge
    from wallet.signing.policy import load_policy
    from wallet.signing.sentence import explain as rows_of

    document = require_charge(read_paper(charge), where=str(charge))
    desk = open_desk(ctx, password_file=password_file)
    session, t = desk.session, desk.session.t
    consumer = desk.person(who, "alice")
    request = preview_charge(desk.context, consumer.address, document, load_policy(session.home().policy))
    domain = request.record.domain(desk.context)
    rows = rows_of(request.message, domain, reference=document.reference)
    if explain:
        session.note(pairs(rows))

    also = confirm_use(session, request.sentence, request.verdict, yes=yes)
    done = sign(desk.context, desk.signer(who, "alice"), request, confirm=also)
    name = paper_name("authorisation", document.card, document.number)
    path, drawing = hand_over(done.document, out, name, qr=qr, png=png)
    data: dict[str, Any] = {
        "file": str(path), "sentence": done.sentence, "pays": done.pays, "stays": done.stays,
        **asdict(done.document),
    }  # fmt: skip
    if explain:
        data["explanation"] = dict(done.explanation)
    return Result(data, lines(t("card.authorised", path=path), drawing), brief=str(path))


def consume(
    ctx: typer.Context,
    files: Annotated[list[Path], Argument(metavar="AUTHORISATION...")],
    together: Annotated[bool, Option("--together")] = False,
    carrier: Carrier = None,
    password_file: PasswordFile = None,
) -> Result:
    """Several are carried side by side; --together puts them into one transaction."""
    from wallet.exchange import VoucherAuthorisation
    from wallet.exchange.files import require_authorisation
    from wallet.services import consume as service

    read = [read_paper(path) for path in files]
    desk = open_desk(ctx, password_file=password_file)
    by = desk.signer(carrier, "merchant")
    if len(read) == 1 and isinstance(read[0], VoucherAuthorisation):
        done = [service.redeem(desk.context, by, read[0])]
    else:
        documents = [
            require_authorisation(document, where=str(path))
            for document, path in zip(read, files, strict=True)
        ]
        if len(documents) == 1:
            done = [service.consume(desk.context, by, documents[0])]
        elif not together:
            done = service.consume_many(desk.context, by, documents)
        elif len({document.card for document in documents}) == 1:
            done = service.consume_card(desk.context, by, documents)
        else:
            done = service.consume_relayed(desk.context, by, documents)
    return _consumed(desk, done)


def _consumed(desk: Desk, done: list[Consumption]) -> Result:
    """Refused ones among many are told one by one; the exit status is that of a revert."""
    t = desk.session.t
    told = [
        t("card.refused", card=one.card[:10], message=message_of(one.error, one.values, t, one.message))
        if one.error
        else t("card.consumed", card=one.card[:10], paid=format_yuan(one.paid))
        for one in done
    ]
    refused = [one for one in done if one.error]
    problem = None
    if refused:
        problem = ContractError(
            t("card.some-refused", refused=len(refused), total=len(done)),
            hint=t("card.some-refused-hint"),
            code=refused[0].error,
        )
    total = sum(one.paid for one in done)
    return Result({"paid": total, "consumptions": done}, "\n".join(told), problem=problem)
