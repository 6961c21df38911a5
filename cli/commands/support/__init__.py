"""`prepaid support`: what merchants are settled, lent and paid around their cards, never out of them."""

from __future__ import annotations

import typer

from cli.commands.support import accounts, interest, lending, parties

app = typer.Typer()

app.command("open")(accounts.open_)
app.command("accounts")(accounts.accounts)
app.command("account")(accounts.account)
app.command("enter")(accounts.enter)
app.command("withdraw")(accounts.withdraw)
app.command("pay-fees")(accounts.pay_fees)
app.command("line")(lending.line)
app.command("draw")(lending.draw)
app.command("draws")(lending.draws)
app.command("repay")(lending.repay)
app.command("deposit-interest")(lending.deposit_interest)
app.command("interest")(interest.interest)
app.command("book")(parties.book)
app.command("report")(parties.report)
