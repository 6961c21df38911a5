"""Counts the lint against clauses that were labelled by hand before it was measured.

A clause's kinds are those it is plainly of; a kind marked `?` is right as well but not demanded.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from wallet.forms import KINDS, lint

HERE: Final = Path(__file__).parent
SETS: Final = ("dev", "held-out", "fresh")


@dataclass(frozen=True, slots=True)
class Labelled:
    """One clause, the kinds it is of, and those that would be right too."""

    part: str
    text: str
    kinds: frozenset[str]
    also: frozenset[str]


@dataclass(frozen=True, slots=True)
class Score:
    """Counts of right findings, wrong findings and misses; shares in tenths of a per cent."""

    right: int
    wrong: int
    missed: int

    @property
    def precision(self) -> int:
        return _share(self.right, self.right + self.wrong)

    @property
    def recall(self) -> int:
        return _share(self.right, self.right + self.missed)

    @property
    def f1(self) -> int:
        return _share(2 * self.right, 2 * self.right + self.wrong + self.missed)


def _share(part: int, whole: int) -> int:
    return 1000 if whole == 0 else (2000 * part + whole) // (2 * whole)


def labelled(name: str = "clauses.tsv") -> list[Labelled]:
    """All clauses of a file."""
    rows = [line.split("\t") for line in (HERE / name).read_text("utf-8").splitlines() if line[0] != "#"]
    return [Labelled(part, text, *_kinds(marks)) for part, marks, text in rows]


def _kinds(marks: str) -> tuple[frozenset[str], frozenset[str]]:
    kinds = frozenset(mark for mark in marks.split() if not mark.endswith("?"))
    also = frozenset(mark[:-1] for mark in marks.split() if mark.endswith("?"))
    assert kinds | also <= KINDS.keys()
    return kinds, also


def found(text: str) -> frozenset[str]:
    """The kinds the lint finds in a fragment."""
    return frozenset(one.kind for one in lint(text, whole=False).findings)


def detection(clauses: Iterable[Labelled]) -> Score:
    """Whether anything is found where something is banned, whatever its kind."""
    pairs = [(bool(one.kinds), bool(found(one.text))) for one in clauses]
    return Score(pairs.count((True, True)), pairs.count((False, True)), pairs.count((True, False)))


def by_kind(clauses: Iterable[Labelled]) -> dict[str, Score]:
    """Whether the very kind is found."""
    answers = [(one, found(one.text)) for one in clauses]
    return {
        kind: Score(
            sum(kind in one.kinds | one.also and kind in said for one, said in answers),
            sum(kind not in one.kinds | one.also and kind in said for one, said in answers),
            sum(kind in one.kinds and kind not in said for one, said in answers),
        )
        for kind in KINDS
    }


def total(scores: Iterable[Score]) -> Score:
    """All kinds as one."""
    parts = list(scores)
    return Score(sum(s.right for s in parts), sum(s.wrong for s in parts), sum(s.missed for s in parts))


def main(parts: list[str]) -> None:
    """Print the figures of some sets."""
    for part in parts:
        clauses = [one for one in labelled() if one.part == part]
        kinds = by_kind(clauses)
        for name, score in {"any": detection(clauses), "kinds": total(kinds.values()), **kinds}.items():
            counts = f"{score.right:4} {score.wrong:3} {score.missed:3}"
            print(f"{part:9} {name:18} {counts}  P {score.precision:4} R {score.recall:4} F {score.f1:4}")


if __name__ == "__main__":
    main(sys.argv[1:] or list(SETS))
