"""Buying: the sentence first, then one signature, then the money is frozen."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer
from typer import Argument, Option

from cli.ask import confirm
from cli.desk import open_desk
from cli.options import As, Carrier, PasswordFile, Yes
from cli.output import Result
from cli.values import parse_span
from wallet.money import format_yuan


def buy(
    ctx: typer.Context,
    product: Annotated[str, Argument(metavar="PRODUCT")],
    method: Annotated[str, Option("--method", metavar="WAY")] = "signature",
    within: Annotated[str, Option("--within", metavar="SPAN")] = "1h",
    carrier: Carrier = None,
    who: As = None,
    yes: Yes = False,
    password_file: PasswordFile = None,
) -> Result:
    """WAY: signature (ERC-3009), permit (EIP-2612), allowance, or direct (the consumer sends all itself)."""
    from wallet.services.buy import buy as open_card
    from wallet.services.buy import preview_purchase

    seconds = parse_span(within, where="--within")
    desk = open_desk(ctx, password_file=password_file)
    t = desk.session.t
    consumer = desk.person(who, "alice")
    purchase = preview_purchase(desk.context, consumer.address, product, within=seconds)
    unprotected = t("card.unprotected", amount=format_yuan(purchase.unprotected))
    confirm(desk.session, f"{purchase.sentence}\n{unprotected}", yes=yes)
    signer, carried_by = desk.signer(who, "alice"), desk.carrier(carrier)
    done = open_card(desk.context, signer, purchase, method=method, carrier=carried_by)
    said = t("card.bought", card=done.card[:10], frozen=format_yuan(done.frozen), wallet=done.sub_wallet)
    return Result(
        {**asdict(done), "sentence": purchase.sentence, "unprotected": purchase.unprotected},
        said,
        brief=done.card,
    )
