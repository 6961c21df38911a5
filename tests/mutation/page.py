"""docs/mutation.md: how many breaks are caught, by whom, and what is to be said of each one that is not."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from tests.mutation.judges import JUDGES, ROOT
from tests.mutation.run import Result, Subject
from tests.mutation.verdicts import CAUGHT, OPEN, REFUSED, SAME

PAGE = ROOT / "docs" / "mutation.md"
NOTES = Path(__file__).with_name("survivors.toml")
FIRST = "<!-- Made by `make mutate` from contracts/ and the tests; do not edit. -->"
UNEXPLAINED = "not explained yet"
SUMMARY = """
{judged} statements of the contracts move or count money. Each was broken once: **{caught} breaks are
caught, {share}**; {left} are not and stand below, each with what it would take to see it, or why there is
nothing to see.
"""
HOW = """
The compiler's syntax trees say which statements those are: money is what a token is told to move, and from
there whatever is copied, added, compared, passed or answered in the same unit, through all contracts
({variables} variables and functions). A statement counts if it moves such money, writes it down, compares
it, answers it, or stands in a pure function on the way to it. Events, structs, interfaces and mocks do not.
No line is chosen by hand, and rather too many are taken than too few.

A break leaves the statement out, drops its guard, exchanges operators, smaller and larger, or two branches,
rounds the other way, sets an amount to zero or one off, or pays somebody else. One break a statement
counts, drawn by seed {seed}; `make mutate ARGS=--all` tries every one. Drawn in vain and drawn again:
{refused} that the compiler refused, {same} that left the bytecode as it is.

Judges stop at the first sign. Sound contracts are shown to them first, and must pass; `make mutate
ARGS=--control` shows them slips that people made up by hand, and changes that change nothing.
"""
EARLY = """

Of the breaks that are not caught, {open} were shown only to the contract's own tests and the pitfalls, not
yet to the search, the other tests and the scenarios.
"""
SCENARIOS = "Of a sample of {played} breaks the scenarios alone, without any test, catch {caught}: {share}."
_SURVIVOR = re.compile(
    r"^### `(?P<name>[^`]+)`\n\n(?P<said>[^\n]+)\n\n```diff\n- (?P<old>.*)\n\+ (?P<new>.*)\n```", re.MULTILINE
)


def notes() -> dict[str, str]:
    """What a person says of survivors, by the name of the break."""
    return {name: str(text) for name, text in tomllib.loads(NOTES.read_text("utf-8")).items()}


def survivors(page: str) -> dict[str, tuple[str, str]]:
    """The breaks that a page names as not caught: name -> line before and after."""
    return {found["name"]: (found["old"], found["new"]) for found in _SURVIVOR.finditer(page)}


def write(subject: Subject, results: Sequence[Result], seed: int, played: tuple[int, int]) -> str:
    """The whole page. `played`: how many breaks of a sample the scenarios alone caught, of how many."""
    judged = [each for each in results if each.verdict.outcome not in (REFUSED, SAME)]
    caught = [each for each in judged if each.verdict.outcome == CAUGHT]
    left = [each for each in judged if each.verdict.outcome != CAUGHT]
    outcomes = Counter(each.verdict.outcome for each in results)
    summary = SUMMARY.format(
        judged=len(judged), caught=len(caught), share=_share(len(caught), len(judged)), left=len(left)
    )
    how = HOW.format(
        variables=len(subject.money.variables), seed=seed, refused=outcomes[REFUSED], same=outcomes[SAME]
    )
    if outcomes[OPEN]:
        how += EARLY.format(open=outcomes[OPEN])
    lines = [FIRST, "", "# Mutation", "", _flowing(summary), "", "## How", "", _flowing(how), ""]
    if played[1]:
        lines += [SCENARIOS.format(caught=played[0], played=played[1], share=_share(*played)), ""]
    lines += [*_by_judge(caught), *_by("file", judged), *_by("kind of break", judged), *_left(subject, left)]
    return "\n".join(lines)


def _by_judge(caught: Sequence[Result]) -> list[str]:
    count = Counter(each.verdict.judge for each in caught)
    lines = ["## Caught first by", "", "| judge | breaks | share |", "|---|--:|--:|"]
    for judge in JUDGES:
        lines.append(f"| {judge} | {count[judge]} | {_share(count[judge], len(caught))} |")
    return [*lines, ""]


def _by(what: str, judged: Sequence[Result]) -> list[str]:
    def group(result: Result) -> str:
        return f"`{result.broken.line.file}`" if what == "file" else result.broken.kind

    lines = [f"## By {what}", "", f"| {what} | statements | caught | share |", "|---|--:|--:|--:|"]
    for name in sorted({group(each) for each in judged}):
        here = [each for each in judged if group(each) == name]
        seen = sum(each.verdict.outcome == CAUGHT for each in here)
        lines.append(f"| {name} | {len(here)} | {seen} | {_share(seen, len(here))} |")
    return [*lines, ""]


def _left(subject: Subject, left: Sequence[Result]) -> list[str]:
    said = notes()
    lines = ["## Not caught", ""]
    for each in left:
        broken = each.broken
        lines += [
            f"### `{broken.name}`",
            "",
            f"{broken.line.file}, line {broken.line.number}: {said.get(broken.name, UNEXPLAINED)}",
            "",
            f"```diff\n{broken.shown(subject.text(broken.line))}\n```",
            "",
        ]
    return lines


def _share(part: int, whole: int) -> str:
    """In per cent with one decimal, rounded down: 90 % is never claimed for less."""
    return f"{part * 1000 // whole / 10:.1f} %" if whole else "–"


def _flowing(text: str) -> str:
    """Paragraphs without line breaks inside, as the other pages have them."""
    return "\n\n".join(" ".join(paragraph.split()) for paragraph in text.strip().split("\n\n"))
