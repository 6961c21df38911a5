"""Using: a programme's standard form and products on one's own chain; `supervise adopt` enforces it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from typer import Argument, Option

from cli.desk import open_desk
from cli.options import As, PasswordFile
from cli.output import Result
from cli.session import session_of


def form(
    ctx: typer.Context,
    wanted: Annotated[str, Argument(metavar="NAME|FILE")],
    out: Annotated[Path | None, Option("--out", metavar="FILE")] = None,
    register: Annotated[bool, Option("--register")] = False,
    who: As = None,
    password_file: PasswordFile = None,
) -> Result:
    """In Chinese, made from the preset's figures; products of the preset carry its hash."""
    from wallet.services.preset import form_hash, register_preset_form
    from wallet.systems import find_system
    from wallet.systems.form import form_of, title_of

    session = session_of(ctx)
    preset = find_system(wanted)
    text = form_of(preset)
    said, data = [text], {"system": preset.label, "title": title_of(preset), "text": text}
    data["form"] = "0x" + form_hash(preset).hex()
    if out is not None:
        from wallet.home import write_atomic

        write_atomic(out, text)
    if register:
        desk = open_desk(ctx, password_file=password_file)
        done = register_preset_form(desk.context, desk.signer(who, "operator"), preset)
        key = "system.form.registered" if done.new else "system.form.known"
        said.append(session.t(key, form=done.form))
    return Result(data, "\n".join(said), brief=data["form"])


def publish(
    ctx: typer.Context,
    wanted: Annotated[str, Argument(metavar="NAME|FILE")],
    product: Annotated[str, Argument(metavar="PRODUCT")],
    name: Annotated[str | None, Option("--name", metavar="NAME")] = None,
    certifier: Annotated[str | None, Option("--certifier", metavar="WHO")] = None,
    who: As = None,
    password_file: PasswordFile = None,
) -> Result:
    """The form has to be registered; where the programme is in force, its gate applies."""
    from wallet.address import ZERO_ADDRESS
    from wallet.services.preset import product_terms
    from wallet.services.publish import publish as list_it
    from wallet.systems import find_system

    preset = find_system(wanted)
    system, found = preset.product(product)
    desk = open_desk(ctx, password_file=password_file)
    merchant = desk.signer(who, "merchant")
    terms = product_terms(
        desk.context,
        preset,
        system,
        found,
        merchant=merchant.address,
        certifier=ZERO_ADDRESS if certifier is None else desk.address(certifier, where="--certifier"),
    )
    chosen = name or (found.name.zh if desk.session.t.lang == "zh" else found.name.en)
    done = list_it(desk.context, merchant, terms, chosen)
    said = desk.session.t("product.published", name=done.name, id=done.product[:10])
    return Result(done, said, brief=done.product)
