"""`prepaid product`: what approved merchants sell."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer import Argument, Option

from cli.desk import Desk, open_desk
from cli.options import As, PasswordFile
from cli.output import Result
from cli.text import pairs, table
from wallet.errors import InvalidInput
from wallet.money import format_yuan, parse_yuan

if TYPE_CHECKING:
    from wallet.services.publish import Product

app = typer.Typer()

ProductId = Annotated[str, Argument(metavar="PRODUCT")]

_NUMBER = re.compile(r"([a-z_0-9]+)=([0-9]{1,18})")


@app.command()
def publish(
    ctx: typer.Context,
    name: Annotated[str, Argument(metavar="NAME")],
    price: Annotated[str, Option("--price", metavar="YUAN")],
    bonus: Annotated[str | None, Option("--bonus", metavar="YUAN")] = None,
    template: Annotated[str, Option("--template", metavar="TEMPLATE")] = "StoredValue",
    sessions: Annotated[int, Option("--sessions", metavar="N", show_default=False)] = 0,
    gift: Annotated[int, Option("--gift", metavar="N", show_default=False)] = 0,
    cooling_days: Annotated[int, Option("--cooling-days", metavar="DAYS", show_default=False)] = 0,
    term_days: Annotated[int, Option("--term-days", metavar="DAYS", show_default=False)] = 0,
    numbers: Annotated[list[str] | None, Option("--set", metavar="NAME=NUMBER")] = None,
    who: As = None,
    password_file: PasswordFile = None,
) -> Result:
    """TEMPLATE is a name, an address, or a `.sol` file (compiled, and registered if it is not yet)."""
    from wallet.services.publish import publish as list_it
    from wallet.services.publish import terms_for

    principal = parse_yuan(price, where="--price")
    given = 0 if bonus is None else parse_yuan(bonus, where="--bonus", allow_zero=True)
    more: dict[str, Any] = dict(_number(text) for text in numbers or ())
    desk = open_desk(ctx, password_file=password_file)
    merchant = desk.signer(who, "merchant")
    terms = terms_for(
        desk.context,
        merchant=merchant.address,
        template=_template(desk, template, who, password_file),
        principal=principal,
        paid_units=sessions,
        gift_units=gift,
        **{"bonus": given, "cooling_days": cooling_days, "term_days": term_days} | more,
    )
    done = list_it(desk.context, merchant, terms, name)
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


def _template(desk: Desk, wanted: str, who: str | None, password_file: Path | None) -> str:
    """A name or address as it stands; a Solidity file's contract, admitted if it is not yet."""
    if not wanted.endswith(".sol"):
        return wanted
    from cli.commands.template import compiled
    from wallet.services.register_template import register_template

    artefact = compiled(desk.session, Path(wanted), None)
    return register_template(desk.context, desk.signer(who, "merchant"), artefact).template


def _text(desk: Desk, product: Product) -> str:
    t = desk.session.t
    numbers = {name: value for name, value in product.numbers.items() if value}
    rows = [
        (t("head.name"), product.name),
        (t("head.id"), product.product),
        (t("head.merchant"), f"{product.merchant_name} ({product.merchant})"),
        (t("head.template"), f"{product.template_name or '?'} ({product.template})"),
        (t("head.price"), format_yuan(product.principal)),
        (t("head.bonus"), format_yuan(product.bonus)),
        (t("head.terms"), ", ".join(f"{name}={value}" for name, value in numbers.items())),
    ]
    return pairs(rows)
