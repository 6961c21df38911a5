"""Putting a programme into force, giving roles, opening its next phase: by the platform's first operator."""

from __future__ import annotations

from typing import Annotated

import typer
from typer import Argument, Option

from cli.desk import open_desk
from cli.options import As, PasswordFile
from cli.output import Result


def adopt(
    ctx: typer.Context,
    wanted: Annotated[str, Argument(metavar="NAME|FILE")],
    who: As = None,
    password_file: PasswordFile = None,
) -> Result:
    """From now on its gate, limits and watch hold on this chain; what was sold before goes on."""
    from wallet.services.office import adopt as put_into_force
    from wallet.systems import find_system
    from wallet.systems.gate import programme_of

    programme = programme_of(find_system(wanted))
    desk = open_desk(ctx, password_file=password_file)
    put_into_force(desk.context, desk.signer(who, "operator"), programme)
    return Result(programme.to_dict(), desk.session.t("supervise.adopted", name=programme.name))


def appoint(
    ctx: typer.Context,
    person: Annotated[str, Argument(metavar="WHO")],
    role: Annotated[str, Argument(metavar="ROLE")],
    office: Annotated[str, Option("--office", metavar="NAME")] = "",
    dismiss: Annotated[bool, Option("--dismiss")] = False,
    who: As = None,
    password_file: PasswordFile = None,
) -> Result:
    """ROLE: government, bank, insurer or approver; --office names a regulator's fields, say market."""
    from wallet.services import office as offices

    desk = open_desk(ctx, password_file=password_file)
    t, admin = desk.session.t, desk.signer(who, "operator")
    address = desk.address(person, where="WHO")
    if dismiss:
        fact = offices.dismiss(desk.context, admin, address, role)
    else:
        fact = offices.appoint(desk.context, admin, address, role, office)
    said = t("supervise.dismissed" if dismiss else "supervise.appointed", who=person, role=t(f"role.{role}"))
    return Result(fact, said)


def open_(
    ctx: typer.Context,
    phase: Annotated[int, Argument(metavar="PHASE")],
    who: As = None,
    password_file: PasswordFile = None,
) -> Result:
    """More sectors and districts, as the programme's phases say."""
    from wallet.services.supervise import open_phase

    desk = open_desk(ctx, password_file=password_file)
    fact = open_phase(desk.context, desk.signer(who, "operator"), phase)
    return Result(fact, desk.session.t("supervise.opened", phase=phase))
