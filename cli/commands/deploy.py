"""`prepaid deploy`: the platform's contracts on the chain."""

from __future__ import annotations

from dataclasses import asdict

import typer

from cli.desk import open_desk
from cli.options import As, PasswordFile
from cli.output import Result
from cli.text import pairs

app = typer.Typer()


@app.command()
def deploy(ctx: typer.Context, who: As = None, password_file: PasswordFile = None) -> Result:
    """May be repeated: what stands is found again, what is missing is created."""
    from wallet.services.deploy import deploy as put

    desk = open_desk(ctx, password_file=password_file)
    _, done = put(desk.context, desk.signer(who, "operator"))
    place, t = done.deployment, desk.session.t
    rows = [
        (t("deploy.token"), place.token),
        (t("deploy.factory"), place.factory),
        (t("deploy.templates"), place.template_registry),
        (t("deploy.merchants"), place.merchant_registry),
        (t("deploy.catalogue"), place.catalogue),
        (t("deploy.operator"), place.operator),
        *((t("deploy.template", name=name), address) for name, address in place.templates.items()),
    ]
    said = t("deploy.created", count=len(done.created)) if done.created else t("deploy.nothing-new")
    data = {"created": done.created, "file": done.file, **asdict(place)}
    return Result(data, f"{said}\n{pairs(rows, indent='  ')}")
