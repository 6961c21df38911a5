"""`prepaid init`: a laboratory in a folder."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from typer import Argument

from cli.output import Result
from cli.session import session_of
from wallet.home import FOLDER, SCHEMA, Home

app = typer.Typer()


@app.command()
def init(
    ctx: typer.Context,
    folder: Annotated[Path, Argument(metavar="FOLDER", show_default=False)] = Path(),
) -> Result:
    """May be repeated: what is there is checked and kept. --home or PREPAID_HOME name the place outright."""
    session = session_of(ctx)
    place = Home.locate(session.settings.home, start=folder) if session.home_is_named() else None
    root = place.root if place is not None else folder / FOLDER
    existed = root.exists()
    home = Home.create(root)
    data = {"home": str(home.root), "schema": SCHEMA, "created": not existed}
    said = session.t("init.kept" if existed else "init.made", home=home.root)
    return Result(data, said, brief=str(home.root))
