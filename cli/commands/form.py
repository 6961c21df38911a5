"""`prepaid form`: the standard forms that products are sold under; the lint for banned clauses."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from typer import Argument, Option

from cli.desk import open_desk
from cli.options import As, PasswordFile
from cli.output import Result
from cli.session import session_of
from cli.text import table
from wallet.errors import ExpectationFailed, InvalidInput

app = typer.Typer()

FormFile = Annotated[Path, Argument(metavar="FILE")]

MAX_FORM_BYTES = 1_000_000


@app.command("lint")
def lint_(ctx: typer.Context, file: FormFile) -> Result:
    """Exit status 1 where something banned is found, or a required clause is not there."""
    from wallet.forms import KINDS, lint

    session = session_of(ctx)
    t, place = session.t, 1 if session.t.lang == "zh" else 0
    report = lint(read_form(file))
    rows = []
    for one in report.findings:
        kind = KINDS[one.kind]
        name = (kind.english, kind.chinese)[place]
        rows.append((f"{file}:{one.line}", one.text, f"{name} ({kind.source})", kind.instead[place]))
    heads = (t("form.where"), t("form.clause"), t("form.kind"), t("form.instead"))
    said = [table(heads, rows, style=session.style)] if rows else []
    said += [t(f"form.missing.{name}") for name in report.missing]
    data = {
        "file": str(file),
        "findings": [asdict(one) | {"source": KINDS[one.kind].source} for one in report.findings],
        "missing": list(report.missing),
    }
    if report.ok:
        return Result(data, t("form.clean"))
    count = len(report.findings) + len(report.missing)
    return Result(
        data,
        "\n".join(said),
        problem=ExpectationFailed(
            t("form.found", file=file, count=count),
            hint=t("form.found-hint"),
            code="form-unfair",
            file=str(file),
        ),
    )


@app.command()
def register(
    ctx: typer.Context,
    file: FormFile,
    title: Annotated[str, Option("--title", metavar="TEXT")],
    who: As = None,
    password_file: PasswordFile = None,
) -> Result:
    """Refused where the lint finds something. Only the hash goes on the chain; keep the text."""
    from wallet.services.form import register_form

    text = read_form(file)
    desk = open_desk(ctx, password_file=password_file)
    done = register_form(desk.context, desk.signer(who, "operator"), text, title, source=str(file))
    key = "form.registered" if done.new else "form.known"
    return Result(done, desk.session.t(key, title=done.title, form=done.form), brief=done.form)


@app.command("list")
def list_(ctx: typer.Context) -> Result:
    """Titles and hashes."""
    from wallet.services.form import list_forms

    desk = open_desk(ctx)
    t = desk.session.t
    found = list_forms(desk.context)
    rows = [(one.title, one.form) for one in found]
    return Result(found, table((t("head.name"), t("form.hash")), rows, style=desk.session.style))


def read_form(file: Path) -> str:
    """The text of a form; InvalidInput `form-unreadable`."""
    try:
        if file.stat().st_size > MAX_FORM_BYTES:
            raise ValueError(f"longer than {MAX_FORM_BYTES} bytes")
        text = file.read_text("utf-8")
        if not text.strip():
            raise ValueError("empty")
    except (OSError, ValueError) as problem:
        raise InvalidInput(
            f"{file}: not a readable form ({problem})",
            hint="give a text file in UTF-8",
            code="form-unreadable",
            file=str(file),
        ) from problem
    return text
