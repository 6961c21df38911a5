"""A measurement's answer: a ratio for the headline, what it was made of, and in words what was compared."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import TypeAlias

Details: TypeAlias = dict[str, float | int | str]


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the result.

    `ratio` is ours against the other way, both from this run; None where there is nothing to compare with.
    `reach` is what the ratio is meant to reach, and `better` whether that is a "least" or a "most".
    `details` are the absolute figures behind it; they differ from machine to machine.
    """

    name: str
    title: str
    ratio: float | None
    better: str = "most"
    reach: float | None = None
    details: Details = field(default_factory=dict)

    @property
    def reached(self) -> bool | None:
        """Whether the ratio is where it should be; None if nothing was asked of it."""
        if self.ratio is None or self.reach is None:
            return None
        return self.ratio <= self.reach if self.better == "most" else self.ratio >= self.reach


def seconds(action: Callable[[], object]) -> float:
    """How long `action` takes."""
    start = time.perf_counter()
    action()
    return time.perf_counter() - start


def alternate(rounds: int, *actions: Callable[[], float]) -> list[list[float]]:
    """What each action measured, round by round, in turn, so that noise of the machine meets all of them."""
    found: list[list[float]] = [[] for _ in actions]
    for _ in range(rounds):
        for values, action in zip(found, actions, strict=True):
            values.append(action())
    return found


def median_ratio(these: Iterable[float], those: Iterable[float]) -> float:
    """The median of the ratios of neighbours: a slow moment slows both, so it drops out."""
    return statistics.median(a / b for a, b in zip(these, those, strict=True))
