"""`prepaid doctor`: what is installed, what is missing, and the fix."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from typer import Option

from cli.output import Result
from cli.session import Session, session_of
from cli.text import table
from wallet.errors import EnvironmentFault

if TYPE_CHECKING:
    from wallet.compiler import Finding

app = typer.Typer()


@app.command()
def doctor(ctx: typer.Context, solc: Annotated[Path | None, Option(metavar="FILE")] = None) -> Result:
    """Fails (4) only if something required is missing; what is optional is named with its use."""
    from wallet.compiler.doctor import diagnose
    from wallet.home import Home

    session = session_of(ctx)
    with session.progress(session.t("doctor.looking")):
        home = Home.locate(session.settings.home)
        findings = diagnose(home=home.root if home is not None else None, solc=solc)
    missing = [finding for finding in findings if finding.required and not finding.ok]
    problem = None
    if missing:
        problem = EnvironmentFault(
            session.t("doctor.missing", names=", ".join(finding.name for finding in missing)),
            hint="; ".join(finding.fix for finding in missing if finding.fix),
            code="incomplete",
        )
    return Result({"findings": findings}, _text(findings, session), problem=problem)


def _text(findings: list[Finding], session: Session) -> str:
    t, style = session.t, session.style
    marks = {True: style.green("✓"), False: style.yellow("·")}
    rows = []
    for finding in findings:
        mark = style.red("✗") if finding.required and not finding.ok else marks[finding.ok]
        rows.append((f"{mark} {finding.name}", finding.found))
        if finding.fix:
            rows.append(("", f"→ {finding.fix}"))
    return table((t("head.thing"), t("head.found")), rows, style=style)
