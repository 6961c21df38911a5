"""Ending: the exit that needs nobody's leave, and what may happen by itself."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer
from typer import Option

from cli.ask import confirm
from cli.commands.card.backing import behind
from cli.desk import open_desk
from cli.options import As, CardId, Carrier, PasswordFile, Yes
from cli.output import Result
from wallet.errors import InvalidInput
from wallet.money import format_yuan, parse_yuan


def terminate(
    ctx: typer.Context,
    card: CardId,
    min_refund: Annotated[str | None, Option("--min-refund", metavar="YUAN")] = None,
    carrier: Carrier = None,
    who: As = None,
    yes: Yes = False,
    password_file: PasswordFile = None,
) -> Result:
    """Reverts rather than pay less than was shown, or than --min-refund."""
    from wallet.services.terminate import preview_termination
    from wallet.services.terminate import terminate as end

    least = None if min_refund is None else parse_yuan(min_refund, where="--min-refund", allow_zero=True)
    desk = open_desk(ctx, password_file=password_file)
    t = desk.session.t
    consumer = desk.person(who, "alice")
    leaving = preview_termination(desk.context, card, owner=consumer.address, min_refund=least)
    confirm(desk.session, leaving.sentence, yes=yes)
    done = end(desk.context, desk.signer(who, "alice"), leaving, carrier=desk.carrier(carrier))
    said = t("card.ended", card=done.card[:10], refund=format_yuan(done.refund))
    if done.to_collect:
        said += "\n" + t("card.to-collect", amount=format_yuan(done.to_collect), card=done.card[:10])
    if done.shortfall:
        said += "\n" + t("draw.shortfall", amount=format_yuan(done.shortfall))
        backed = behind(desk, done.card)
        if backed:
            said += "\n" + t("card.claim", backed=backed, card=done.card[:10])
    return Result({**asdict(done), "sentence": leaving.sentence}, said, brief=str(done.refund))


def settle(
    ctx: typer.Context, card: CardId, carrier: Carrier = None, password_file: PasswordFile = None
) -> Result:
    """Anyone may: release over time, refund at expiry or after the merchant stopped, as the terms say."""
    from wallet.services.settle import settle as let_happen

    desk = open_desk(ctx, password_file=password_file)
    t = desk.session.t
    done = let_happen(desk.context, desk.signer(carrier, "operator"), card)
    if done.ended:
        said = t("card.ended", card=done.card[:10], refund=format_yuan(done.refund))
    else:
        said = t("card.consumed", card=done.card[:10], paid=format_yuan(done.released))
    return Result(done, said)


def collect(
    ctx: typer.Context,
    card: CardId,
    to: Annotated[str | None, Option("--to", metavar="WHO")] = None,
    signed_by: Annotated[str | None, Option("--signed-by", metavar="WHO")] = None,
    who: As = None,
    password_file: PasswordFile = None,
) -> Result:
    """Anyone may let the payee have it; elsewhere it goes only if the payee carries or signs it."""
    from wallet.services.collect import collect as fetch
    from wallet.services.collect import sign_redirect

    desk = open_desk(ctx, password_file=password_file)
    t = desk.session.t
    if signed_by is not None and to is None:
        raise InvalidInput(t("collect.where"), hint=t("collect.where-hint"), code="usage")
    place = None if to is None else desk.address(to, where="--to")
    carrier = desk.signer(who, "merchant")
    redirect = None
    if signed_by is not None and place is not None:
        redirect = sign_redirect(desk.context, desk.signer(signed_by, "merchant"), card, place)
        place = None
    done = fetch(desk.context, carrier, card, to=place, redirect=redirect)
    said = desk.session.t("card.collected", amount=format_yuan(done.amount), to=desk.name(done.to))
    return Result(done, said, brief=str(done.amount))


def void(
    ctx: typer.Context,
    card: CardId,
    carrier: Carrier = None,
    who: As = None,
    password_file: PasswordFile = None,
) -> Result:
    """Authorisations already carried stay; all others become void."""
    from wallet.services.bump import bump

    desk = open_desk(ctx, password_file=password_file)
    done = bump(desk.context, desk.signer(who, "alice"), card, carrier=desk.carrier(carrier))
    return Result(done, desk.session.t("card.voided", card=done.card[:10], epoch=done.epoch))
