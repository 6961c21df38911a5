"""Comparing: one story told in full, and the same story on many programmes side by side."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer import Argument, Option

from cli.commands.supervise.words import alert_words
from cli.commands.system.chart import Bar, bars, svg
from cli.output import Result
from cli.passing import passing_home
from cli.session import PASSING, Session, session_of
from cli.text import pairs, table
from wallet.money import format_yuan

if TYPE_CHECKING:
    from wallet.stories.report import Asked, Scene, Story
    from wallet.systems.load import Preset

PHASES = ("before", "during", "after")


def story(ctx: typer.Context, wanted: Annotated[str, Argument(metavar="NAME|FILE")]) -> Result:
    """On revm unless --chain says otherwise; the chain is put back afterwards."""
    from wallet.systems import find_system

    session = session_of(ctx)
    (told,) = _run(session, [find_system(wanted)])
    return Result(_data(told), _page(session, told), brief=told.system)


def compare(
    ctx: typer.Context,
    wanted: Annotated[list[str] | None, Argument(metavar="[NAME|FILE]...")] = None,
    chart: Annotated[Path | None, Option("--chart", metavar="FILE.svg")] = None,
) -> Result:
    """Gas is told on anvil only: other chains do not count it as a real one does."""
    from wallet.stories.compare import chosen

    session = session_of(ctx)
    told = _run(session, chosen(wanted or ()))
    t, style = session.t, session.style
    parts = [
        table(_head(session, told), [_row(session, one) for one in told], right=range(1, 11), style=style),
        *_notes(session, told),
        "",
        bars(_bars(session, told), style),
    ]
    if chart is not None:
        from wallet.home import write_atomic

        write_atomic(chart, svg(t("system.chart.title"), _bars(session, told)))
        parts.append(t("system.chart.written", file=chart))
    return Result([_data(one) for one in told], "\n".join(parts))


def _run(session: Session, presets: list[Preset]) -> list[Story]:
    from wallet.stories.compare import compare as play_all

    with passing_home(session, chain=PASSING):
        chain = session.open_chain(passing=True)
        progress = session.exits.enter_context(session.progress())
        told = play_all(presets, chain, language=session.t.lang, on_story=progress.step)
        session.exits.close()
    return told


def _data(told: Story) -> dict[str, Any]:
    """Everything, and the sums a table shows."""
    return {
        **asdict(told),
        "lost": told.lost,
        "asked_for": len(told.asked),
        "refused": told.refused,
        "slowest": told.slowest,
        "guarantors_cost": told.guarantors_cost,
    }


# ------------------------------------------------------------------------------------------------ comparison


def _head(session: Session, told: list[Story]) -> list[str]:
    names = [
        "system", "lost", "capital", "guarantors", "platform", "bank", "slowest", "refused", "alert",
        "bankruptcy",
    ]  # fmt: skip
    if any(one.gas for one in told):
        names.append("gas")
    return [session.t(f"system.compare.{name}") for name in names]


def _row(session: Session, told: Story) -> list[str]:
    t = session.t
    gains = {party.name: party.gain for party in told.parties}
    row = [
        told.system + ("*" if told.hypothetical else ""),
        format_yuan(told.lost),
        format_yuan(told.capital.average),
        format_yuan(told.guarantors_cost),
        format_yuan(gains.get("platform", 0) + gains.get("operator", 0)),
        format_yuan(gains.get("bank", 0)),
        "–" if told.slowest is None else str(told.slowest),
        f"{told.refused}/{len(told.asked)}",
        "–" if told.warned is None else t("system.compare.days-before", days=told.warned),
        _at_stake(session, told),
    ]
    if told.gas:
        row.append(" ".join(f"{t(f'system.gas.{kind}')} {gas}" for kind, gas in told.gas.items()))
    return row


def _at_stake(session: Session, told: Story) -> str:
    """What creditors of merchant and platform can take of what is held: for certain, or by a court's view."""
    parts = []
    for one in told.bankruptcies:
        if one.attached or one.contested:
            word = "attached" if one.attached else "contested"
            amount = format_yuan(one.attached or one.contested)
            parts.append(session.t(f"system.compare.{word}", party=_party(session, one.party), amount=amount))
    return session.t("system.comma").join(parts) or "0.00"


def _notes(session: Session, told: list[Story]) -> list[str]:
    t = session.t
    lines = ["", t("system.compare.same")]
    if any(one.hypothetical for one in told):
        lines.append(t("system.compare.hypothetical"))
    if any("/" in one.system for one in told):
        lines.append(t("system.compare.readings"))
    if not any(one.gas for one in told):
        lines.append(t("system.compare.no-gas"))
    return lines


def _bars(session: Session, told: list[Story]) -> list[Bar]:
    t = session.t
    return [
        Bar(
            one.system + ("*" if one.hypothetical else ""),
            (
                (t("system.compare.lost"), one.lost),
                (t("system.compare.guarantors"), max(0, one.guarantors_cost)),
                (t("system.compare.capital"), one.capital.average),
            ),
        )
        for one in told
    ]


# ------------------------------------------------------------------------------------------------- one story


def _page(session: Session, told: Story) -> str:
    t, style = session.t, session.style
    lines = [style.bold(t("system.story.title", system=told.system))]
    if told.hypothetical:
        lines.append(style.yellow(t("system.not-in-force")))
    for phase in PHASES:
        scenes = [one for one in told.scenes if one.phase == phase]
        lines += ["", style.bold(t(f"system.phase.{phase}"))]
        lines += [f"  {_scene(session, one)}" for one in scenes]
    lines += ["", style.bold(t("system.story.asked")), _asked(session, told.asked)]
    lines += ["", style.bold(t("system.story.parties"))]
    lines.append(
        pairs([(_party(session, one.name), format_yuan(one.gain)) for one in told.parties], indent="  ")
    )
    lines += ["", *_sums(session, told)]
    return "\n".join(lines)


def _scene(session: Session, scene: Scene) -> str:
    t = session.t
    values = {name: _value(session, name, value) for name, value in scene.values.items()}
    who = _party(session, scene.who)
    return t("system.story.line", day=scene.day, text=t(f"system.scene.{scene.what}", who=who, **values))


def _value(session: Session, name: str, value: Any) -> str:
    if name in ("count", "period", "name"):
        return str(value)
    if name in ("to", "party"):
        return _party(session, value)
    if name == "alerts":
        return session.t("system.comma").join(alert_words(session.t, one) for one in value)
    if name == "why":
        return session.t(f"system.why.{value}")
    if isinstance(value, int):
        return format_yuan(value)
    return session.t("system.comma").join(map(str, value)) if isinstance(value, Iterable) else str(value)


def _asked(session: Session, asked: tuple[Asked, ...]) -> str:
    t = session.t
    names = ("who", "why", "day", "entitled", "custody", "merchant", "guarantors", "moved", "lost", "waited")
    head = [t(f"system.asked.{name}") for name in names]
    rows = [
        [
            _party(session, one.who),
            t(f"system.why.{one.why}"),
            str(one.day),
            *(
                format_yuan(fen)
                for fen in (one.entitled, one.custody, one.merchant_paid, one.guarantors, one.moved, one.lost)
            ),
            "–" if one.waited is None else str(one.waited),
        ]
        for one in asked
    ]
    return table(head, rows, right=range(2, 10), style=session.style)


def _sums(session: Session, told: Story) -> list[str]:
    t = session.t
    lines = [
        t("system.story.lost", amount=format_yuan(told.lost)),
        t(
            "system.story.capital",
            average=format_yuan(told.capital.average),
            most=format_yuan(told.capital.most),
        ),
    ]
    if told.guaranteed or told.premiums or told.levies:
        lines.append(
            t(
                "system.story.guarantors",
                paid=format_yuan(told.guaranteed),
                premiums=format_yuan(told.premiums),
                levies=format_yuan(told.levies),
            )
        )
    if told.subrogated:
        lines.append(t("system.story.subrogated", amount=format_yuan(told.subrogated)))
    for kind, amount in told.supports.items():
        lines.append(t(f"system.support.{kind}", amount=format_yuan(amount)))
    for one in told.bankruptcies:
        lines.append(
            t(
                "system.story.bankrupt",
                party=_party(session, one.party),
                held=format_yuan(one.held),
                attached=format_yuan(one.attached),
                contested=format_yuan(one.contested),
            )
        )
    return lines


def _party(session: Session, name: str) -> str:
    return session.t.first(f"system.party.{name}") or name.capitalize()
