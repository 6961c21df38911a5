"""Running a guarantor: open, admit, fund, write lines, label, say which cards it accepts."""

from __future__ import annotations

import re
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer
from typer import Argument, Option

from cli.commands.guarantee.standing import line_data, line_text
from cli.commands.supervise.words import find_merchant
from cli.desk import Desk, open_desk
from cli.options import As, PasswordFile
from cli.output import Result
from wallet.errors import InvalidInput
from wallet.money import format_yuan, parse_yuan

if TYPE_CHECKING:
    from wallet.services.guarantee import Guarantor

GuarantorName = Annotated[str, Argument(metavar="GUARANTOR")]
Amount = Annotated[str, Argument(metavar="YUAN")]
Pool = Annotated[str, Option("--pool", metavar="GUARANTOR")]
Off = Annotated[bool, Option("--off")]

_PAYER = re.compile(r"([a-z]+)(?::([^=]+))?=([0-9]{1,5})")


def open_(
    ctx: typer.Context,
    kind: Annotated[str, Argument(metavar="KIND")],
    assessor: Annotated[str | None, Option("--assessor", metavar="WHO")] = None,
    card: Annotated[str, Option("--card", metavar="YUAN")] = "5000",
    merchant: Annotated[str, Option("--merchant", metavar="YUAN")] = "400000",
    who: As = None,
    password_file: PasswordFile = None,
) -> Result:
    """KIND: insurance, platform or fund. Whoever opens it runs it; an operator admits it."""
    from wallet.services.guarantee import Rules, open_guarantor

    desk = open_desk(ctx, password_file=password_file)
    keeper = desk.signer(who, "operator")
    judge = keeper.address if assessor is None else desk.address(assessor, where="--assessor")
    most = (parse_yuan(card, where="--card"), parse_yuan(merchant, where="--merchant"))
    done = open_guarantor(desk.context, keeper, kind, Rules(judge, card=most[0], merchant=most[1]))
    said = desk.session.t(
        "guarantee.opened", kind=desk.session.t(f"guarantee.kind.{kind}"), address=done.address
    )
    return Result(done, said, brief=done.address)


def admit(
    ctx: typer.Context,
    address: Annotated[str, Argument(metavar="ADDRESS")],
    name: Annotated[str, Argument(metavar="NAME")],
    who: As = None,
    password_file: PasswordFile = None,
) -> Result:
    """By an operator: covers may name it from now on."""
    from wallet.services.guarantee import admit as let_in

    desk = open_desk(ctx, password_file=password_file)
    done = let_in(desk.context, desk.signer(who, "operator"), address, name)
    return Result(done, desk.session.t("guarantee.admitted", name=done.name), brief=done.address)


def dismiss(
    ctx: typer.Context, guarantor: GuarantorName, who: As = None, password_file: PasswordFile = None
) -> Result:
    """By an operator: no new cover names it; what it has promised stays promised."""
    from wallet.services.guarantee import dismiss as let_go

    desk = open_desk(ctx, password_file=password_file)
    done = let_go(desk.context, desk.signer(who, "operator"), guarantor)
    return Result(done, desk.session.t("guarantee.dismissed", name=done.name))


def fund(
    ctx: typer.Context,
    guarantor: GuarantorName,
    amount: Amount,
    line: Annotated[int | None, Option("--line", metavar="N")] = None,
    payer: Annotated[str, Option("--payer", metavar="PLACE")] = "merchant",
    owed_by: Annotated[str | None, Option("--owed-by", metavar="MERCHANT")] = None,
    who: As = None,
    password_file: PasswordFile = None,
) -> Result:
    """Capital or a levy; with --line a premium account; with --owed-by what a merchant owes it."""
    from wallet.services.guarantee_lines import fund_premium
    from wallet.services.guarantee_money import pay_in, repay

    fen = parse_yuan(amount, where="YUAN")
    desk = open_desk(ctx, password_file=password_file)
    if line is not None and owed_by is not None:
        t = desk.session.t
        raise InvalidInput(t("guarantee.two-ends"), hint=t("guarantee.two-ends-hint"), code="usage")
    if line is not None:
        signer = desk.signer(who, "merchant")
        view = fund_premium(desk.context, signer, line, payer, fen, wanted=guarantor)
        return Result(line_data(view), line_text(desk, view), brief=format_yuan(view.accounts[payer]))
    if owed_by is not None:
        merchant = find_merchant(desk, owed_by)
        done = repay(desk.context, desk.signer(who, "merchant"), guarantor, merchant, fen)
    else:
        done = pay_in(desk.context, desk.signer(who, "operator"), guarantor, fen)
    return _said(desk, "guarantee.funded", done, fen)


def withdraw(
    ctx: typer.Context,
    guarantor: GuarantorName,
    amount: Amount,
    who: As = None,
    password_file: PasswordFile = None,
) -> Result:
    """Whoever runs it takes out what backs no promise; a fund lets nobody."""
    from wallet.services.guarantee_money import withdraw as take_out

    fen = parse_yuan(amount, where="YUAN")
    desk = open_desk(ctx, password_file=password_file)
    done = take_out(desk.context, desk.signer(who, "operator"), guarantor, fen)
    return _said(desk, "guarantee.withdrawn", done, fen)


def line(
    ctx: typer.Context,
    merchant: Annotated[str, Argument(metavar="MERCHANT")],
    aggregate: Annotated[str, Option("--aggregate", metavar="YUAN")],
    promised: Annotated[str | None, Option("--promised", metavar="YUAN")] = None,
    consumer: Annotated[str | None, Option("--consumer", metavar="YUAN")] = None,
    share: Annotated[int, Option("--share", metavar="BPS")] = 10_000,
    deductible: Annotated[int, Option("--deductible", metavar="BPS")] = 0,
    rate: Annotated[int, Option("--rate", metavar="BPS")] = 0,
    payers: Annotated[list[str] | None, Option("--payer", metavar="PLACE[:WHO]=BPS")] = None,
    triggers: Annotated[list[str] | None, Option("--trigger", metavar="TRIGGER")] = None,
    wait: Annotated[int, Option("--wait", metavar="DAYS")] = 7,
    verify: Annotated[int, Option("--verify", metavar="DAYS")] = 5,
    days: Annotated[int, Option("--days", metavar="DAYS")] = 1155,
    assessor: Annotated[str | None, Option("--assessor", metavar="WHO")] = None,
    pool: Pool = "InsurancePool",
    who: As = None,
    password_file: PasswordFile = None,
) -> Result:
    """By the insurer. The whole aggregate is set aside at once; promising more means sharing one pot."""
    from wallet.services.guarantee import STOPPED
    from wallet.services.guarantee_lines import Offer, write_line

    desk = open_desk(ctx, password_file=password_file)
    underwriter = desk.signer(who, "operator")
    shop = find_merchant(desk, merchant)
    offer = Offer(
        merchant=shop,
        aggregate=parse_yuan(aggregate, where="--aggregate"),
        assessor=underwriter.address if assessor is None else desk.address(assessor, where="--assessor"),
        promised=0 if promised is None else parse_yuan(promised, where="--promised"),
        consumer=0 if consumer is None else parse_yuan(consumer, where="--consumer"),
        share_bps=share,
        deductible_bps=deductible,
        triggers=tuple(triggers or STOPPED),
        wait_days=wait,
        verify_days=verify,
        cover_days=days,
        rate_bps=rate,
        payers=read_payers(desk, payers or ["merchant=10000"], {"merchant": shop}),
    )
    done = write_line(desk.context, underwriter, offer, wanted=pool)
    return Result(line_data(done), line_text(desk, done), brief=str(done.line))


def stop(
    ctx: typer.Context,
    number: Annotated[int, Argument(metavar="LINE")],
    pool: Pool = "InsurancePool",
    who: As = None,
    password_file: PasswordFile = None,
) -> Result:
    """By the insurer: no new cards under this line; those accepted stay covered."""
    from wallet.services.guarantee_lines import stop_line

    desk = open_desk(ctx, password_file=password_file)
    done = stop_line(desk.context, desk.signer(who, "operator"), number, wanted=pool)
    return Result(line_data(done), line_text(desk, done))


def label(
    ctx: typer.Context,
    subject: Annotated[str, Argument(metavar="SUBJECT")],
    off: Off = False,
    platform: Annotated[str, Option("--platform", metavar="GUARANTOR")] = "PlatformAdvance",
    who: As = None,
    password_file: PasswordFile = None,
) -> Result:
    """SUBJECT is a merchant, or a product. Cards bought under the label stay covered without it."""
    from wallet.services.guarantee import label as put
    from wallet.services.publish import find_product

    desk = open_desk(ctx, password_file=password_file)
    try:
        about = find_merchant(desk, subject)
    except InvalidInput:
        about = "0x" + find_product(desk.context, subject).key.hex()
    hash_ = put(desk.context, desk.signer(who, "operator"), about, on=not off, wanted=platform)
    said = desk.session.t("guarantee.unlabelled" if off else "guarantee.labelled", subject=subject)
    return Result({"subject": about, "labelled": not off, "transaction": hash_}, said, brief=about)


def accept(
    ctx: typer.Context,
    guarantor: GuarantorName,
    templates: Annotated[list[str], Argument(metavar="TEMPLATE…")],
    off: Off = False,
    who: As = None,
    password_file: PasswordFile = None,
) -> Result:
    """By whoever runs a platform's advance or a fund; an insurer says it line by line."""
    from wallet.services.guarantee import list_template

    desk = open_desk(ctx, password_file=password_file)
    signer, known = desk.signer(who, "operator"), desk.context.platform.templates
    for name in templates:
        if not name.startswith("0x") and name not in known:
            raise InvalidInput(
                f"template: {name!r} is not known here",
                hint=f"known: {', '.join(sorted(known))}, or the address of another",
                code="unknown-template",
                template=name,
                known=", ".join(sorted(known)),
            )
    for name in templates:
        list_template(desk.context, signer, guarantor, known.get(name, name), on=not off)
    said = desk.session.t("guarantee.rejects" if off else "guarantee.accepts", names=", ".join(templates))
    return Result({"guarantor": guarantor, "templates": templates, "accepted": not off}, said)


def read_payers(desk: Desk, texts: list[str], known: dict[str, str]) -> dict[str, tuple[str, int]]:
    """`bank:dave=2000`: a place, who pays there, and the share; the merchant is known already."""
    found: dict[str, tuple[str, int]] = {}
    for text in texts:
        match = _PAYER.fullmatch(text)
        if match is None or (match[2] is None and match[1] not in known):
            raise InvalidInput(
                f"--payer: {text!r} is not PLACE:WHO=BPS",
                hint="for example --payer merchant=7000 --payer bank:dave=3000",
                code="payer-unreadable",
                value=text,
            )
        if match[1] in found:
            raise InvalidInput(
                f"--payer: {text!r} names a place that was named before",
                hint="one --payer for each place",
                code="payer-twice",
                value=text,
            )
        who = known[match[1]] if match[2] is None else desk.address(match[2], where="--payer")
        found[match[1]] = (who, int(match[3]))
    return found


def _said(desk: Desk, key: str, done: Guarantor, fen: int) -> Result:
    said = desk.session.t(
        key,
        name=done.name,
        amount=format_yuan(fen),
        capital=format_yuan(done.capital),
        free=format_yuan(done.free),
    )
    return Result({**asdict(done), "free": done.free}, said, brief=format_yuan(done.capital))
