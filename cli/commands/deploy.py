"""`prepaid deploy`: the platform's contracts on the chain."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from typer import Option

from cli.desk import open_desk
from cli.options import As, PasswordFile
from cli.output import Result
from cli.text import pairs

app = typer.Typer()


@app.command()
def deploy(
    ctx: typer.Context,
    approver: Annotated[list[str] | None, Option("--approver", metavar="WHO")] = None,
    join: Annotated[Path | None, Option("--join", metavar="FILE")] = None,
    out: Annotated[Path | None, Option("--out", metavar="FILE")] = None,
    who: As = None,
    password_file: PasswordFile = None,
) -> Result:
    """May be repeated: what stands is found again, what is missing is created; with --join nothing is."""
    from wallet.services.deployment import join as take_over
    from wallet.services.deployment import path_of, write_deployment

    desk = open_desk(ctx, password_file=password_file)
    context, t = desk.context, desk.session.t
    created: tuple[str, ...] = ()
    if join is not None:
        place = take_over(desk.chain, context.deployments, join)
        said = t("deploy.joined", operator=place.operator)
    else:
        from wallet.services.deploy import deploy as put

        named = [desk.address(one, where="--approver") for one in approver or ()]
        _, done = put(context, desk.signer(who, "operator"), approvers=named)
        place, created = done.deployment, done.created
        said = t("deploy.created", count=len(created)) if created else t("deploy.nothing-new")
    if out is not None:
        write_deployment(out, place)
        said += "\n" + t("deploy.written", file=out)
    rows = [
        (t("deploy.token"), place.token),
        (t("deploy.factory"), place.factory),
        (t("deploy.templates"), place.template_registry),
        (t("deploy.merchants"), place.merchant_registry),
        (t("deploy.catalogue"), place.catalogue),
        (t("deploy.operator"), place.operator),
        *((t("deploy.template", name=name), address) for name, address in place.templates.items()),
    ]
    data = {"created": created, "file": str(path_of(context.deployments, context.identity)), **asdict(place)}
    return Result(data, f"{said}\n{pairs(rows, indent='  ')}")
