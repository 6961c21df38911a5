"""`prepaid product`: what approved merchants sell."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer import Argument, Option

from cli.commands.guarantee.pledging import announce_pledges, backers
from cli.desk import Desk, open_desk
from cli.options import As, PasswordFile
from cli.output import Result
from cli.text import pairs, table
from wallet.errors import InvalidInput
from wallet.money import format_yuan, parse_yuan

if TYPE_CHECKING:
    from cli.messages import Messages
    from wallet.law.settling import SettlementGap
    from wallet.services.publish import Product

app = typer.Typer()

ProductId = Annotated[str, Argument(metavar="PRODUCT")]

_NUMBER = re.compile(r"([a-z_0-9]+)=([0-9]{1,18})")
_MILESTONE = re.compile(r"([0-9]{1,4})[x×](.*)")


@app.command()
def publish(
    ctx: typer.Context,
    name: Annotated[str, Argument(metavar="NAME")],
    price: Annotated[str | None, Option("--price", metavar="YUAN")] = None,
    bonus: Annotated[str | None, Option("--bonus", metavar="YUAN")] = None,
    template: Annotated[str, Option("--template", metavar="TEMPLATE")] = "StoredValue",
    sessions: Annotated[int, Option("--sessions", metavar="N", show_default=False)] = 0,
    gift: Annotated[int, Option("--gift", metavar="N", show_default=False)] = 0,
    discount: Annotated[int, Option("--discount", metavar="BPS", show_default=False)] = 0,
    months: Annotated[int, Option("--months", metavar="N", show_default=False)] = 0,
    release_days: Annotated[int, Option("--release-days", metavar="DAYS", show_default=False)] = 0,
    milestones: Annotated[list[str] | None, Option("--milestone", metavar="[Nx]YUAN")] = None,
    cost_cap: Annotated[int, Option("--cost-cap", metavar="BPS", show_default=False)] = 0,
    certifier: Annotated[str | None, Option("--certifier", metavar="WHO")] = None,
    payee: Annotated[str | None, Option("--payee", metavar="WHO")] = None,
    form: Annotated[str | None, Option("--form", metavar="HASH")] = None,
    cooling_days: Annotated[int | None, Option("--cooling-days", metavar="DAYS")] = None,
    term_days: Annotated[int, Option("--term-days", metavar="DAYS", show_default=False)] = 0,
    pledges: Annotated[list[str] | None, Option("--pledge", metavar="GUARANTOR=YUAN")] = None,
    numbers: Annotated[list[str] | None, Option("--set", metavar="NAME=NUMBER")] = None,
    who: As = None,
    password_file: PasswordFile = None,
) -> Result:
    """TEMPLATE is a name, an address, or a `.sol` file (compiled, and registered if it is not yet)."""
    from wallet.address import ZERO_ADDRESS
    from wallet.services.form import HASH, find_form
    from wallet.services.gate import usual_refunds
    from wallet.services.kinds import Kind, numbers_of
    from wallet.services.publish import publish as list_it
    from wallet.services.publish import template_name, terms_for

    principal = None if price is None else parse_yuan(price, where="--price")
    steps = tuple(fen for text in milestones or () for fen in _milestone(text))
    kind = Kind(sessions, gift, discount, months, release_days, steps, cost_cap)
    cooling = {} if cooling_days is None else {"cooling_days": cooling_days}
    given = 0 if bonus is None else parse_yuan(bonus, where="--bonus", allow_zero=True)
    more: dict[str, Any] = dict(_number(text) for text in numbers or ())
    desk = open_desk(ctx, password_file=password_file)
    merchant = desk.signer(who, "merchant")
    address = _template(desk, template, who, password_file)
    named = template_name(desk.context, address) or address
    own = numbers_of(named, kind, principal=principal, term_days=term_days)
    terms = terms_for(
        desk.context,
        merchant=merchant.address,
        template=address,
        certifier=ZERO_ADDRESS if certifier is None else desk.address(certifier, where="--certifier"),
        payee=ZERO_ADDRESS if payee is None else desk.address(payee, where="--payee"),
        form=HASH if form is None else bytes.fromhex(find_form(desk.context, form).form[2:]),
        cover=announce_pledges(desk, merchant, pledges or ()),
        **{**usual_refunds(desk.context, merchant.address), **cooling, "bonus": given, **own, **more},
    )
    done = list_it(desk.context, merchant, terms, name)
    for gap in done.warnings:
        desk.session.note(desk.session.style.yellow(_warning(gap, done, desk.session.t)))
    said = desk.session.t("product.published", name=done.name, id=done.product[:10])
    return Result(done, f"{said}\n{_text(desk, done)}", brief=done.product)


@app.command("list")
def list_(
    ctx: typer.Context,
    merchant: Annotated[str | None, Option("--merchant", metavar="WHO")] = None,
) -> Result:
    """Products on the list, oldest first."""
    from wallet.services.publish import list_products

    desk = open_desk(ctx)
    t = desk.session.t
    by = None if merchant is None else desk.address(merchant, where="--merchant")
    found = list_products(desk.context, merchant=by)
    if not found:
        return Result([], t("product.none"))
    rows = [
        (
            one.product[:10],
            one.name,
            one.merchant_name,
            format_yuan(one.principal),
            format_yuan(one.bonus),
            t("product.on-sale" if one.on_sale else "product.off-sale"),
        )
        for one in found
    ]
    head = (
        t("head.id"), t("head.name"), t("head.merchant"), t("head.price"), t("head.bonus"), t("head.status"),
    )  # fmt: skip
    return Result(found, table(head, rows, right=[3, 4], style=desk.session.style))


@app.command()
def show(ctx: typer.Context, product: ProductId) -> Result:
    """Every number of its terms that is not zero."""
    from wallet.services.publish import find_product, show_product

    desk = open_desk(ctx)
    found = show_product(desk.context, find_product(desk.context, product))
    return Result(found, _text(desk, found))


@app.command()
def withdraw(
    ctx: typer.Context, product: ProductId, who: As = None, password_file: PasswordFile = None
) -> Result:
    """Cards already sold go on."""
    from wallet.services.publish import withdraw as take_off

    desk = open_desk(ctx, password_file=password_file)
    done = take_off(desk.context, desk.signer(who, "merchant"), product)
    return Result(done, desk.session.t("product.withdrawn", name=done.name))


def _warning(gap: SettlementGap, product: Product, t: Messages) -> str:
    """How this way of settling leaves custody short, with figures."""
    from wallet.rules import Unit
    from wallet.rules.quantities import format_quantity

    used = format_quantity(gap.used, Unit(product.unit))
    return t(
        f"product.gap.{gap.cause}",
        used=t(f"unit.{product.unit}", amount=used),
        settled=format_yuan(gap.settled),
        held=format_yuan(gap.held),
        owed=format_yuan(gap.owed),
        gap=format_yuan(gap.gap),
    )


def _number(text: str) -> tuple[str, int]:
    match = _NUMBER.fullmatch(text)
    if match is None:
        raise InvalidInput(
            f"--set: {text!r} is not NAME=NUMBER",
            hint="for example --set custody_bps=10000; `prepaid product show` lists the names in use",
            code="usage",
            setting=text,
        )
    return match[1], int(match[2])


def _milestone(text: str) -> list[int]:
    """Prices of one milestone (`600.00`) or of several equal ones (`24x800.00`)."""
    match = _MILESTONE.fullmatch(text)
    count, price = (int(match[1]), match[2]) if match else (1, text)
    return [parse_yuan(price, where="--milestone", allow_zero=True)] * count


def _template(desk: Desk, wanted: str, who: str | None, password_file: Path | None) -> str:
    """A name or address as it stands; a Solidity file's contract, admitted if it is not yet."""
    if not wanted.endswith(".sol"):
        return wanted
    from cli.commands.template import compiled
    from wallet.services.register_template import register_template

    artefact = compiled(desk.session, Path(wanted), None)
    return register_template(desk.context, desk.signer(who, "merchant"), artefact).template


def kind_text(kind: dict[str, Any], t: Messages) -> str:
    """What a card of this kind promises, in words; empty where the price says it all."""
    match kind:
        case {"sessions": _}:
            return t("kind.sessions", **kind)
        case {"discount": bps}:
            return t("kind.discount", discount=_percent(bps))
        case {"months": _}:
            return t("kind.months", **kind)
        case {"release_days": days}:
            return t("kind.unlimited" if days else "kind.unlimited-end", **kind)
        case {"milestones": runs, "cost_cap": cap}:
            prices = [
                f"{count} × {format_yuan(fen)}" if count > 1 else format_yuan(fen) for fen, count in runs
            ]
            said = t("kind.milestones", prices=", ".join(prices))
            return f"{said}; {t('kind.cost-cap', cap=_percent(cap))}" if cap else said
    return ""


def _percent(bps: int) -> str:
    return f"{bps // 100}.{bps % 100:02}".rstrip("0").rstrip(".") + " %"


def _text(desk: Desk, product: Product) -> str:
    t = desk.session.t
    numbers = {name: value for name, value in product.numbers.items() if value}
    rows = [
        (t("head.name"), product.name),
        (t("head.id"), product.product),
        (t("head.merchant"), f"{product.merchant_name} ({product.merchant})"),
        (t("head.template"), f"{product.template_name or '?'} ({product.template})"),
        *([(t("head.promise"), kind_text(product.kind, t))] if product.kind else []),
        *([(t("head.certifier"), product.certifier)] if product.certifier else []),
        *([(t("head.payee"), product.payee)] if product.payee else []),
        *backers(desk, product),
        (t("head.price"), format_yuan(product.principal)),
        (t("head.bonus"), format_yuan(product.bonus)),
        (t("head.terms"), ", ".join(f"{name}={value}" for name, value in numbers.items())),
    ]
    return pairs(rows)
