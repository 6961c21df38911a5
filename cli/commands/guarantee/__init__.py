"""`prepaid guarantee`: those who stand behind cards, and what is claimed from them."""

from __future__ import annotations

import typer

from cli.commands.guarantee import claiming, party, running, standing

app = typer.Typer()

app.command("show")(standing.show)
app.command("open")(running.open_)
app.command("admit")(running.admit)
app.command("dismiss")(running.dismiss)
app.command("fund")(running.fund)
app.command("withdraw")(running.withdraw)
app.command("line")(running.line)
app.command("stop")(running.stop)
app.command("label")(running.label)
app.command("accept")(running.accept)
app.command("claims")(claiming.claims)
app.command("claim")(claiming.claim)
app.command("verify")(claiming.verify)
app.command("pay")(claiming.pay)
app.command("release")(claiming.release)
app.add_typer(party.app, name="party")
