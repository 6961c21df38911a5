"""`prepaid scenario`: what should happen, written in a file and played on a chain."""

from __future__ import annotations

import typer

from cli.commands.scenario import running, writing

app = typer.Typer()

app.command("run")(running.run)
app.command("list")(running.list_)
app.command("schema")(writing.schema)
app.command("new")(writing.new)
