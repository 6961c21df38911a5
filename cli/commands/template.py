"""`prepaid template`: the rule contracts; list, show, copy one to change it, register it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from typer import Argument, Option

from cli.desk import open_desk
from cli.options import As, PasswordFile
from cli.output import Result
from cli.session import Session, session_of
from cli.text import table
from wallet.errors import InvalidInput

if TYPE_CHECKING:
    from wallet.compiler import Artefact

app = typer.Typer()

Name = Annotated[str, Argument(metavar="NAME")]


@app.command("list")
def list_(ctx: typer.Context) -> Result:
    """Those that are shipped, and where the platform on this chain admitted them."""
    from wallet.compiler import template_names

    desk = open_desk(ctx)
    t = desk.session.t
    admitted = {} if desk.context.found is None else desk.context.found.templates
    names = sorted({*template_names(), *admitted})
    data = [{"name": name, "address": admitted.get(name)} for name in names]
    rows = [(name, admitted.get(name) or t("template.not-here")) for name in names]
    return Result(data, table((t("head.name"), t("head.address")), rows, style=desk.session.style))


@app.command()
def show(ctx: typer.Context, name: Name) -> Result:
    """The Solidity source, as `template new` would copy it."""
    from wallet.compiler import template_source

    session_of(ctx)
    text = template_source(name)
    return Result({"name": name, "source": text}, text.rstrip())


@app.command()
def new(
    ctx: typer.Context,
    name: Name,
    origin: Annotated[str, Option("--from", metavar="TEMPLATE")] = "StoredValue",
    folder: Annotated[Path, Option("--dir", metavar="DIR", show_default=False)] = Path(),
) -> Result:
    """Never overwrites: the file may hold a developer's work."""
    from wallet.compiler import template_source

    t = session_of(ctx).t
    text = template_source(origin, rename=name)
    path = folder / f"{name}.sol"
    folder.mkdir(parents=True, exist_ok=True)
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        hint = t("template.exists-hint")
        raise InvalidInput(t("template.exists", path=path), hint=hint, code="file-exists") from None
    data = {"name": name, "from": origin, "path": str(path)}
    return Result(data, t("template.new", path=path), brief=str(path))


@app.command()
def register(
    ctx: typer.Context,
    source: Annotated[Path, Argument(metavar="FILE")],
    contract: Annotated[str | None, Option("--contract", metavar="NAME")] = None,
    solc: Annotated[Path | None, Option(metavar="FILE")] = None,
    who: As = None,
    password_file: PasswordFile = None,
) -> Result:
    """Anyone may; the registry admits only pure code, and finds the same code again by its hash."""
    from wallet.services.register_template import register_template

    session = session_of(ctx)
    artefact = compiled(session, source, solc, contract)
    desk = open_desk(ctx, password_file=password_file)
    done = register_template(desk.context, desk.signer(who, "operator"), artefact)
    key = "template.registered" if done.new else "template.known"
    return Result(done, session.t(key, name=done.name, address=done.template), brief=done.template)


def compiled(session: Session, source: Path, solc: Path | None, contract: str | None = None) -> Artefact:
    """The template in a file: the contract of that name, or the only one with code."""
    from wallet.compiler import compile_folder

    with session.progress(session.t("compile.running")):
        done = compile_folder(source.parent, only=[source], solc=solc, cache=session.cache())
    if contract is not None:
        return done.artefact(contract)
    found = [one for one in done.artefacts if one.bytecode]
    if len(found) != 1:
        names = ", ".join(one.name for one in found) or "—"
        raise InvalidInput(
            session.t("template.which", path=source, names=names),
            hint=session.t("template.which-hint"),
            code="no-contract",
        )
    return found[0]
