"""Time passing."""

from __future__ import annotations

from typing import ClassVar

from pydantic import model_validator

from wallet.chain.base import Unsupported
from wallet.chain.local import MAX_ADVANCE
from wallet.errors import InvalidInput
from wallet.scenario.matcher import shown_as
from wallet.scenario.values import Duration, Flag, Moment
from wallet.scenario.verb import Verb
from wallet.scenario.world import World

RUNNING = ("hardhat", "rpc")
"""Chains whose blocks take the machine's time."""


class Advance(Verb):
    """Let time pass: `3d`, `2h 30m`; or `to:` a moment."""

    word: ClassVar[str] = "advance"
    short: ClassVar[str] = "by"
    by: Duration | None = None
    to: Moment | None = None
    exactly: Flag = False
    """What is sent next is mined one second later; skipped on chains whose clock runs by itself."""

    @model_validator(mode="after")
    def _one(self) -> Advance:
        if (self.by is None) == (self.to is None):
            raise ValueError("say how long, or `to:` a moment, and not both")
        return self

    def title(self) -> tuple[str, str]:
        if self.by is not None:
            return f"{span(self.by)} pass", f"过去{span(self.by, zh=True)}"
        moment = shown_as(self.to, "moment")
        return f"time passes to {moment}", f"时间到 {moment}"

    def play(self, world: World) -> None:
        if self.exactly and world.chain.name in RUNNING:
            raise Unsupported("keep its clock to the second", world.chain.name)
        seconds = self.by if self.to is None else self.to - world.now
        if seconds is None or seconds <= 0:
            raise InvalidInput(
                "time only goes forward, and that moment is past",
                hint="name a later moment",
                code="scenario-past",
                moment=self.to,
                now=world.now,
            )
        while seconds > 0:
            world.chain.advance(min(seconds, MAX_ADVANCE))
            seconds -= MAX_ADVANCE


_SIZES = ((86_400, "day", "天"), (3_600, "hour", "小时"), (60, "minute", "分"), (1, "second", "秒"))


def span(seconds: int, *, zh: bool = False) -> str:
    """A duration in words."""
    parts = []
    for size, one, word in _SIZES:
        count, seconds = divmod(seconds, size)
        if count:
            parts.append(f"{count}{word}" if zh else f"{count} {one}" + ("s" if count > 1 else ""))
    return "".join(parts) if zh else " ".join(parts)
