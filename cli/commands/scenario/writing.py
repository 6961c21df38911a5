"""`prepaid scenario schema` and `new`: what helps to write a scenario."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer
from typer import Argument, Option

from cli.output import Result
from cli.session import session_of
from wallet.errors import InvalidInput


def schema(
    ctx: typer.Context, write: Annotated[Path | None, Option("--write", metavar="FILE")] = None
) -> Result:
    """JSON Schema (draft 2020-12), as editors take it."""
    from wallet.home import write_atomic
    from wallet.scenario.schema import shipped_schema

    session = session_of(ctx)
    found = shipped_schema()
    text = json.dumps(found, ensure_ascii=False, indent=2)
    if write is None:
        return Result(found, text)
    write_atomic(write, text + "\n", 0o644)
    return Result({"file": str(write)}, session.t("scenario.written", file=write), brief=str(write))


def new(ctx: typer.Context, file: Annotated[Path, Argument(metavar="FILE")]) -> Result:
    """A short scenario with comments; it runs as it stands."""
    from wallet.home import write_atomic
    from wallet.scenario.load import SUFFIX
    from wallet.scenario.starter import STARTER

    session = session_of(ctx)
    if not file.name.endswith(SUFFIX):
        raise InvalidInput(
            f"{file}: a scenario's name ends with {SUFFIX}",
            hint=f"call it {file.name.split('.')[0] or 'first'}{SUFFIX}",
            code="scenario-name",
            value=str(file),
            suffix=SUFFIX,
        )
    if file.exists():
        raise InvalidInput(
            f"{file}: there is such a file",
            hint="name another one, nothing was written",
            code="scenario-exists",
            value=str(file),
        )
    write_atomic(file, STARTER, 0o644)
    return Result({"file": str(file)}, session.t("scenario.new", file=file), brief=str(file))
