"""Random sequences of moves, and the shortest one that still breaks something.

A sequence is a list of (kind, number); the same list on a fresh chain always does the same. pyrevm's journal
grows with every call, so a long search is cut into shards, each on a chain of its own.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from random import Random

from tests.contracts.invariants.books import Violation
from tests.contracts.invariants.city import MOVES, City
from tests.contracts.invariants.setting import Setting
from wallet.compiler import Artefact

Sequence = list[tuple[str, int]]
SHARD = 1_000
"""Calls on one chain."""


@dataclass(slots=True)
class Report:
    """What a search did: calls sent, calls that succeeded, and both by function and result."""

    calls: int = 0
    succeeded: int = 0
    cards: int = 0
    coverage: Counter[str] = field(default_factory=Counter)


@dataclass(slots=True)
class Finding:
    """A broken property, the shortest sequence found that breaks it, and what that sequence does."""

    violation: Violation
    sequence: Sequence
    trace: list[str]
    calls: int

    def __str__(self) -> str:
        lines = [f"{self.violation}", "", *self.trace, "", f"replay: {self.sequence!r}"]
        return "\n".join(lines)


class Found(AssertionError):
    """A search found something; `finding` says what."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(str(finding))
        self.finding = finding


def moves(seed: int) -> Iterator[tuple[str, int]]:
    """Endless moves that follow from a seed."""
    random = Random(seed)
    kinds, weights = list(MOVES), list(MOVES.values())
    while True:
        yield random.choices(kinds, weights)[0], random.getrandbits(48)


@dataclass(frozen=True, slots=True)
class Stage:
    """What is searched: a sub-wallet (the real one if None), beside a registry that may be unreliable, with
    or without comparing every result with the reference rules."""

    sub_wallet: Artefact | None = None
    reference: bool = True
    unreliable: bool = False

    def city(self, *, tracing: bool = False) -> City:
        """A fresh chain with everybody on it."""
        setting = Setting(self.sub_wallet, unreliable=self.unreliable)
        return City(setting, reference=self.reference, tracing=tracing)


HONEST = Stage()


def search(seed: int, calls: int, stage: Stage = HONEST, *, shrink: float = 30) -> Report:
    """At least `calls` calls on one chain. Raises Found, after `shrink` seconds at most of shortening; with 0
    at once, without a trace."""
    city = stage.city()
    played: Sequence = []
    for kind, number in moves(seed):
        played.append((kind, number))
        try:
            city.play(kind, number)
        except Violation as violation:
            if not shrink:
                raise Found(Finding(violation, played, [], city.calls)) from None
            short = shorten(played, violation, stage, shrink)
            raise Found(replay(short, stage, city.calls)) from None
        if city.calls >= calls:
            break
    return Report(city.calls, city.succeeded, len(city.books), Counter(city.coverage))


def replay(sequence: Sequence, stage: Stage, calls: int = 0) -> Finding:
    """Play a failing sequence once more, with a trace."""
    city = stage.city(tracing=True)
    violation = _violation(city, sequence)
    assert violation is not None, (
        "a sequence that failed does not fail again: the search is not deterministic"
    )
    return Finding(violation, sequence, city.trace, calls)


def shorten(sequence: Sequence, violation: Violation, stage: Stage, seconds: float) -> Sequence:
    """Leave out whatever is not needed to break the same property: halves, quarters, …, single moves."""
    until = time.monotonic() + seconds
    size = len(sequence) // 2
    while size and time.monotonic() < until:
        at = 0
        while at < len(sequence) and time.monotonic() < until:
            fewer = sequence[:at] + sequence[at + size :]
            again = _violation(stage.city(), fewer)
            if again is not None and again.name == violation.name:
                sequence = fewer
            else:
                at += size
        size = min(size // 2, len(sequence) // 2) if size > 1 else 0
    return sequence


def _violation(city: City, sequence: Sequence) -> Violation | None:
    for kind, number in sequence:
        try:
            city.play(kind, number)
        except Violation as violation:
            return violation
    return None
