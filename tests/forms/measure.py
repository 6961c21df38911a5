"""Counts the lint against clauses that were labelled by hand before it was measured.

A clause's kinds are those it is plainly of; a kind marked `?` is right as well but not demanded.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from wallet.forms import KINDS, lint

HERE: Final = Path(__file__).parent
DOCS: Final = HERE.parents[1] / "docs" / "forms.md"
BEGIN: Final = "<!-- measured: python -m tests.forms.measure -->"
END: Final = "<!-- end -->"
SETS: Final = ("dev", "held-out", "second-dev", "second-held-out")


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


@cache
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


def confusions(clauses: Iterable[Labelled]) -> dict[str, Counter[str]]:
    """Per kind that is demanded and not found: what was found instead (`-` for nothing)."""
    missed: dict[str, Counter[str]] = {kind: Counter() for kind in KINDS}
    for one in clauses:
        said = found(one.text)
        for kind in one.kinds - said:
            missed[kind].update(sorted(said - one.kinds - one.also) or ["-"])
    return missed


def part(name: str) -> list[Labelled]:
    """The clauses of one set."""
    return [one for one in labelled() if one.part == name]


def page() -> str:
    """The tables of docs/forms.md."""
    heads = (
        "| set | banned | fair | any kind: precision | recall | F1 | the very kind: precision | recall | F1 |"
    )
    lines = [heads, "|---|--:|--:|--:|--:|--:|--:|--:|--:|"]
    for name in SETS:
        clauses = part(name)
        banned = sum(bool(one.kinds) for one in clauses)
        scores = (detection(clauses), total(by_kind(clauses).values()))
        figures = " | ".join(figure for score in scores for figure in _figures(score))
        lines.append(f"| {name} | {banned} | {len(clauses) - banned} | {figures} |")
    for name in SETS[1::2]:
        clauses = part(name)
        lines += ["", f"**{name}**", "", "| kind | precision | recall | F1 | missed; found instead |"]
        lines.append("|---|--:|--:|--:|---|")
        missed = confusions(clauses)
        for kind, score in by_kind(clauses).items():
            instead = ", ".join(f"{count} × {other}" for other, count in sorted(missed[kind].items()))
            lines.append(f"| {kind} | {' | '.join(_figures(score))} | {instead} |")
    return "\n".join(lines) + "\n"


def _figures(score: Score) -> list[str]:
    shares = [score.precision, score.recall, score.f1]
    figures = [f"{n // 1000}.{n % 1000:03}" for n in shares]
    return figures if score.right + score.wrong else ["–", *figures[1:]]


def main() -> None:
    """Write the tables anew."""
    before, rest = DOCS.read_text("utf-8").split(BEGIN)
    DOCS.write_text(before + BEGIN + "\n" + page() + END + rest.split(END)[1], "utf-8")


if __name__ == "__main__":
    main()
