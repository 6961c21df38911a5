"""`prepaid demo`: the story of one card, told at a speaker's pace or all at once."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer
from typer import Option

from cli.ask import key_press
from cli.desk import desk_of
from cli.output import Result
from cli.passing import passing_home
from cli.session import DEFAULT_CHAIN, Session, session_of
from cli.story import Step, play
from cli.text import BAR_WIDTH, shares
from wallet.errors import InvalidInput
from wallet.money import format_yuan

app = typer.Typer()


@app.command()
def demo(ctx: typer.Context, step: Annotated[bool, Option("--step", "-s")] = False) -> Result:
    """In a home of its own, thrown away afterwards; with --home in that one, which is kept."""
    session = session_of(ctx)
    told: list[Step] = []
    aloud = not session.settings.json and not session.settings.quiet
    if step and session.settings.json:
        raise InvalidInput(session.t("demo.step-json"), hint=session.t("demo.step-json-hint"), code="usage")
    with passing_home(session, chain=DEFAULT_CHAIN) as kept:
        desk = desk_of(session, passing=True)
        for number, scene in enumerate(play(desk), 1):
            told.append(scene)
            if aloud:
                print(_scene(number, scene, session), flush=True)
            if step:
                session.note(session.style.dim(session.t("demo.press-key")))
                key_press(session)
        data = _data(told, kept, desk.context.identity)
    return Result(data, session.t("demo.end"))


def _scene(number: int, scene: Step, session: Session) -> str:
    t, style, now = session.t, session.style, scene.figures
    lines = [style.bold(f"{number}. {scene.text}")]
    if scene.sentence:
        lines.append(f"   {t('demo.wallet-says')}{style.cyan(scene.sentence)}")
    if now.paid_in:
        parts = (now.released, now.held, now.refunded)
        glyphs = (("█", style.green), ("▒", style.cyan), ("░", style.yellow))
        bar = "".join(
            colour(glyph * size)
            for (glyph, colour), size in zip(glyphs, shares(parts, BAR_WIDTH), strict=True)
        )
        released, held, refunded = map(format_yuan, parts)
        lines += [f"   {bar}", f"   {t('demo.money', released=released, held=held, refunded=refunded)}"]
    lines += [f"   {style.dim(f'{name} {address}')}" for name, address in scene.addresses.items()]
    lines += [f"   {style.dim(f'tx {one}')}" for one in scene.transactions]
    return "\n".join([*lines, ""])


def _data(told: list[Step], kept: Path | None, identity: str) -> dict[str, Any]:
    steps = [
        {
            "step": number,
            "name": scene.name,
            "text": scene.text,
            "sentence": scene.sentence,
            **asdict(scene.figures),
            "addresses": scene.addresses,
            "transactions": scene.transactions,
        }
        for number, scene in enumerate(told, 1)
    ]
    last = told[-1]
    home = None if kept is None else str(kept)
    return {"home": home, "chain": identity, "card": last.card, **asdict(last.figures), "steps": steps}
