"""`prepaid system`: public programmes, each explained with the source of every figure."""

from __future__ import annotations

import typer

from cli.commands.system import comparing, looking, using

app = typer.Typer()

app.command("list")(looking.list_)
app.command("show")(looking.show)
app.command("form")(using.form)
app.command("publish")(using.publish)
app.command("story")(comparing.story)
app.command("compare")(comparing.compare)
