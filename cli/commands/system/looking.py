"""Looking: all programmes in a list, and one with every figure, its source and its mark."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer import Argument

from cli.commands.system.words import Wording
from cli.output import Result
from cli.session import session_of
from cli.text import table

if TYPE_CHECKING:
    from wallet.systems.load import Preset


def list_(ctx: typer.Context) -> Result:
    """In the order of the programme table; needs no chain."""
    from wallet.systems import find_system, systems

    session = session_of(ctx)
    t, words = session.t, Wording(session.t, session.style)
    presets = [find_system(name) for name in systems()]
    rows = [
        (
            one.system.name,
            words.said(one.system.title),
            t(f"system.status.{one.system.status}"),
            words.held(one.system.custody),
            words.value(one.system.custody.vehicle),
            t("system.comma").join(t(f"system.word.{each.kind}") for each in one.system.guarantors) or "–",
            words.rows(one.system.rows),
        )
        for one in presets
    ]
    head = [
        t(f"system.head.{name}") for name in ("name", "title", "status", "held", "vehicle", "behind", "rows")
    ]
    return Result([_brief(one) for one in presets], table(head, rows, right=[3], style=session.style))


def show(ctx: typer.Context, wanted: Annotated[str, Argument(metavar="NAME|FILE")]) -> Result:
    """Explained in the language of --lang; --json has both languages, and the file's own names."""
    from wallet.systems import find_system

    session = session_of(ctx)
    preset = find_system(wanted)
    return Result(_whole(preset), Wording(session.t, session.style).page(preset), brief=preset.label)


def _brief(preset: Preset) -> dict[str, Any]:
    system = preset.system
    return {
        "name": system.name,
        "title": system.title.model_dump(),
        "status": system.status,
        "hypothetical": not system.in_force,
        "since": None if system.since is None else system.since.isoformat(),
        "rows": list(system.rows),
        "vehicle": system.custody.vehicle.value,
        "custody_bps": system.custody.ratio.value,
        "guarantors": [one.kind for one in system.guarantors],
        "sectors": [one.key for one in system.sectors],
        "readings": [one.key for one in system.readings],
    }


def _whole(preset: Preset) -> dict[str, Any]:
    from wallet.systems.sources import find_references

    named = {text for _, figure in preset.system.figures() for text in figure.source}
    sources = {
        reference.source.key: reference.source
        for reference in find_references(sorted(named), preset.sources)
        if reference.source is not None
    }
    return {
        "file": preset.file,
        "variant": preset.variant,
        "hypothetical": not preset.system.in_force,
        "system": preset.system.model_dump(mode="json", exclude_none=True),
        "sources": sources,
    }
