"""`prepaid card`: buying, spending, looking at, moving and ending cards."""

from __future__ import annotations

import typer

from cli.commands.card import buying, certifying, ending, looking, moving, spending, vouchers

app = typer.Typer()

app.command("buy")(buying.buy)
app.command("list")(looking.list_)
app.command("show")(looking.show)
app.command("history")(looking.history)
app.command("charge")(spending.charge)
app.command("authorise")(spending.authorise)
app.command("voucher")(vouchers.voucher)
app.command("consume")(spending.consume)
app.command("certify")(certifying.certify)
app.command("submit")(certifying.submit)
app.command("confirm")(certifying.confirm)
app.command("terminate")(ending.terminate)
app.command("settle")(ending.settle)
app.command("collect")(ending.collect)
app.command("void")(ending.void)
app.command("finding")(moving.finding)
app.command("transfer")(moving.transfer)
app.command("shortfall")(moving.shortfall)
app.command("end-all")(moving.end_all)
