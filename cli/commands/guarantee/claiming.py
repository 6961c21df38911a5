"""Claims: who stands behind which card, what is claimed, verified, paid, freed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from typer import Option

from cli.commands.supervise.words import find_merchant
from cli.desk import Desk, open_desk
from cli.options import As, CardId, PasswordFile
from cli.output import Result
from cli.text import pairs, table
from cli.values import format_time
from wallet.errors import InvalidInput
from wallet.money import format_yuan

if TYPE_CHECKING:
    from wallet.services.claim_view import GuaranteeView

From = Annotated[str | None, Option("--guarantor", metavar="GUARANTOR")]


def claims(
    ctx: typer.Context,
    card: Annotated[str | None, Option("--card", metavar="CARD")] = None,
    merchant: Annotated[str | None, Option("--merchant", metavar="WHO")] = None,
    stage: Annotated[str | None, Option("--stage", metavar="STAGE")] = None,
) -> Result:
    """Every promise, of one card or merchant, or at one stage: promised, filed, confirmed, refused, paid."""
    from wallet.services.claim_view import guarantees_of, list_claims

    desk = open_desk(ctx)
    t = desk.session.t
    if card is not None:
        found = [one for one in guarantees_of(desk.context, card) if stage in (None, one.stage)]
    else:
        by = None if merchant is None else find_merchant(desk, merchant)
        found = list_claims(desk.context, merchant=by, stage=stage)
    if not found:
        return Result([], t("guarantee.no-claims"))
    head = (
        t("head.card"), t("guarantee.place"), t("guarantee.guarantor"), t("guarantee.stage"),
        t("guarantee.promised"), t("guarantee.claimed"), t("guarantee.until"),
    )  # fmt: skip
    rows = [
        (
            one.card[:10],
            str(one.place),
            one.name or one.guarantor[:10],
            t(f"stage.{one.stage}") if one.stage else "?",
            format_yuan(one.promised),
            format_yuan(one.claimed),
            format_time(one.until),
        )
        for one in found
    ]
    return Result(found, table(head, rows, right=[1, 4, 5], style=desk.session.style))


def claim(
    ctx: typer.Context,
    card: CardId,
    trigger: Annotated[str, Option("--trigger", metavar="TRIGGER")] = "runaway",
    evidence: Annotated[Path | None, Option("--evidence", metavar="FILE")] = None,
    guarantor: From = None,
    who: As = None,
    password_file: PasswordFile = None,
) -> Result:
    """Anyone may, for the consumer; fraud the consumer alone. The next guarantor in order is asked."""
    from wallet.services.claim import file_claim

    shown = None if evidence is None else evidence.read_bytes()
    desk = open_desk(ctx, password_file=password_file)
    signer = desk.signer(who, "alice")
    done = file_claim(desk.context, signer, card, trigger=trigger, evidence=shown, guarantor=guarantor)
    return Result(done, f"{desk.session.t('guarantee.filed')}\n{_text(desk, done)}", brief=done.guarantor)


def verify(
    ctx: typer.Context,
    card: CardId,
    refuse: Annotated[str | None, Option("--refuse", metavar="REASON")] = None,
    confirm: Annotated[bool, Option("--confirm")] = False,
    guarantor: From = None,
    who: As = None,
    password_file: PasswordFile = None,
) -> Result:
    """By the assessor: --confirm, or --refuse with the reason. Saying nothing counts as confirming where the
    chain itself shows why the claim is due."""
    from wallet.services.claim import verify_claim

    desk = open_desk(ctx, password_file=password_file)
    t = desk.session.t
    if confirm == (refuse is not None):
        raise InvalidInput(t("guarantee.which"), hint=t("guarantee.which-hint"), code="usage")
    signer = desk.signer(who, "operator")
    done = verify_claim(desk.context, signer, card, due=confirm, reason=refuse or "", guarantor=guarantor)
    return Result(done, _text(desk, done), brief=done.stage)


def pay(
    ctx: typer.Context,
    card: CardId,
    guarantor: From = None,
    who: As = None,
    password_file: PasswordFile = None,
) -> Result:
    """Anyone may, once it is due: the money goes to the consumer. A shared pot is shared out first."""
    from wallet.services.claim import pay_claim

    desk = open_desk(ctx, password_file=password_file)
    done = pay_claim(desk.context, desk.signer(who, "operator"), card, guarantor=guarantor)
    said = desk.session.t(
        "guarantee.paid",
        name=done.name or done.guarantor,
        amount=format_yuan(done.amount),
        consumer=desk.name(done.consumer),
        left=format_yuan(done.left),
    )
    return Result(done, said, brief=format_yuan(done.amount))


def release(ctx: typer.Context, card: CardId, who: As = None, password_file: PasswordFile = None) -> Result:
    """Anyone may, once nothing can be claimed for the card any more."""
    from wallet.services.claim import release_guarantees

    desk = open_desk(ctx, password_file=password_file)
    done = release_guarantees(desk.context, desk.signer(who, "operator"), card)
    names = ", ".join(one.name or one.guarantor for one in done)
    return Result(done, desk.session.t("guarantee.released", names=names))


def _text(desk: Desk, one: GuaranteeView) -> str:
    t = desk.session.t
    rows = [
        (t("head.card"), one.card),
        (t("guarantee.guarantor"), f"{one.name} ({one.guarantor})"),
        (t("guarantee.stage"), t(f"stage.{one.stage}")),
        (t("guarantee.claimed"), format_yuan(one.claimed)),
        (t("guarantee.trigger"), t(f"trigger.{one.trigger}")),
        (t("guarantee.assessor"), desk.name(one.assessor)),
    ]
    if one.pay_from:
        rows.append((t("guarantee.decide-by"), format_time(one.decide_by)))
        rows.append((t("guarantee.pay-from"), format_time(one.pay_from)))
    return pairs(rows)
