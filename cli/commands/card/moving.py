"""Moving on: into a card of another merchant, with what was found, what is missing, and all at once."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer
from typer import Argument, Option

from cli.ask import confirm
from cli.desk import open_desk
from cli.options import As, CardId, Carrier, PasswordFile, Yes
from cli.output import Result
from cli.values import parse_span
from wallet.errors import ContractError
from wallet.money import format_yuan, parse_yuan


def transfer(
    ctx: typer.Context,
    card: CardId,
    product: Annotated[str, Argument(metavar="PRODUCT")],
    min_moved: Annotated[str | None, Option("--min-moved", metavar="YUAN")] = None,
    valid: Annotated[str, Option("--valid", metavar="SPAN")] = "1h",
    carrier: Carrier = None,
    who: As = None,
    yes: Yes = False,
    password_file: PasswordFile = None,
) -> Result:
    """Ends CARD and opens one of PRODUCT with what comes out of it; the difference is added or comes back."""
    from wallet.services.transfer import preview_transfer
    from wallet.services.transfer import transfer as move

    least = None if min_moved is None else parse_yuan(min_moved, where="--min-moved", allow_zero=True)
    seconds = parse_span(valid, where="--valid")
    desk = open_desk(ctx, password_file=password_file)
    consumer = desk.person(who, "alice").address
    wanted = preview_transfer(desk.context, consumer, card, product, valid=seconds, min_moved=least)
    confirm(desk.session, wanted.sentence, yes=yes)
    done = move(desk.context, desk.signer(who, "alice"), wanted, carrier=desk.carrier(carrier))
    t = desk.session.t
    said = t(
        "moving.moved",
        new=done.new_card[:10],
        merchant=done.merchant_name,
        moved=format_yuan(done.moved),
        top_up=format_yuan(done.top_up),
        cash_back=format_yuan(done.cash_back),
    )
    if done.to_collect:
        said += "\n" + t("card.to-collect", amount=format_yuan(done.to_collect), card=done.card[:10])
    if done.shortfall:
        said += "\n" + t("draw.shortfall", amount=format_yuan(done.shortfall))
    return Result({**asdict(done), "sentence": wanted.sentence}, said, brief=done.new_card)


def finding(
    ctx: typer.Context, card: CardId, carrier: Carrier = None, password_file: PasswordFile = None
) -> Result:
    """Anyone may: a finding only ever helps the consumer."""
    from wallet.services.finding import apply_finding

    desk = open_desk(ctx, password_file=password_file)
    done = apply_finding(desk.context, desk.signer(carrier, "operator"), card)
    before, after = format_yuan(done.owed_before), format_yuan(done.owed_now)
    return Result(done, desk.session.t("moving.found", card=done.card[:10], before=before, after=after))


def shortfall(
    ctx: typer.Context,
    card: CardId,
    amount: Annotated[str | None, Argument(metavar="YUAN", show_default=False)] = None,
    who: As = None,
    yes: Yes = False,
    password_file: PasswordFile = None,
) -> Result:
    """From the payer's own account straight to the consumer; by the merchant unless --as says who."""
    from wallet.services.shortfall import pay_shortfall, preview_shortfall

    fen = None if amount is None else parse_yuan(amount, where="YUAN")
    desk = open_desk(ctx, password_file=password_file)
    debt = preview_shortfall(desk.context, desk.person(who, "merchant").address, card, fen)
    confirm(desk.session, debt.sentence, yes=yes)
    done = pay_shortfall(desk.context, desk.signer(who, "merchant"), debt)
    said = desk.session.t(
        "moving.paid",
        amount=format_yuan(done.amount),
        consumer=desk.name(done.consumer),
        left=format_yuan(done.left),
    )
    return Result({**asdict(done), "sentence": debt.sentence}, said, brief=str(done.left))


def end_all(
    ctx: typer.Context,
    carrier: Carrier = None,
    who: As = None,
    yes: Yes = False,
    password_file: PasswordFile = None,
) -> Result:
    """Needs nobody's leave. Each card's refund is the one that is shown, or that card stays open."""
    from wallet.services.deregister import leave, preview_farewell

    desk = open_desk(ctx, password_file=password_file)
    t = desk.session.t
    farewell = preview_farewell(desk.context, desk.person(who, "alice").address)
    confirm(desk.session, farewell.sentence, yes=yes)
    left = leave(desk.context, desk.signer(who, "alice"), farewell, carrier=desk.carrier(carrier))
    said = t(
        "moving.left",
        count=len(left.cards),
        refund=format_yuan(left.refund),
        frozen=format_yuan(left.frozen),
    )
    problem = None
    if left.refused:
        total, refused = len(farewell.exits), len(left.refused)
        problem = ContractError(
            t("moving.some-stay", refused=refused, total=total),
            hint=t("moving.some-stay-hint"),
            code=next(iter(left.refused.values())).error_code,
        )
    data = {
        "consumer": left.consumer,
        "sub_wallet": left.sub_wallet,
        "cards": left.cards,
        "refused": {card: error.error_code for card, error in left.refused.items()},
        "refund": left.refund,
        "to_collect": left.to_collect,
        "shortfall": left.shortfall,
        "frozen": left.frozen,
        "sentence": farewell.sentence,
    }
    return Result(data, said, brief=str(left.refund), problem=problem)
