"""`prepaid supervise`: the gate and the watch, for merchants, operators, authorities, bank and public."""

from __future__ import annotations

import typer

from cli.commands.supervise import ending, papers, people, rules, watching

app = typer.Typer()

app.command("adopt")(rules.adopt)
app.command("appoint")(rules.appoint)
app.command("open")(rules.open_)
app.command("apply")(papers.apply)
app.command("renew")(papers.renew)
app.command("file")(papers.file)
app.command("endorse")(papers.endorse)
app.command("reject")(papers.reject)
app.command("mark")(papers.mark)
app.command("report")(watching.report)
app.command("note")(watching.note)
app.command("watch")(watching.watch)
app.command("show")(watching.show)
app.command("complain")(people.complain)
app.command("answer")(people.answer)
app.command("tip")(people.tip)
app.command("class")(people.class_)
app.command("store")(people.store)
app.command("sign")(people.sign)
app.command("balance")(people.balance)
app.command("closing")(ending.closing)
app.command("runaway")(ending.runaway)
app.command("choose")(ending.choose)
