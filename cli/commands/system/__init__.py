"""`prepaid system`: public programmes, each explained with the source of every figure."""

from __future__ import annotations

import typer

from cli.commands.system import looking

app = typer.Typer()

app.command("list")(looking.list_)
app.command("show")(looking.show)
