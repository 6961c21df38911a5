"""Breaks lines one at a time and asks the judges about each; every verdict is kept as soon as it is known."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from tests.contracts import builds
from tests.mutation import scenarios, verdicts
from tests.mutation.breaks import Break, breaks, drawn
from tests.mutation.compiling import Refusal, Warm
from tests.mutation.judges import EARLY, LATE, OWN, Bench, Judgement, JudgesFail
from tests.mutation.lines import Line, money_lines
from tests.mutation.money import Money, follow
from tests.mutation.tree import Forest, sources
from tests.mutation.verdicts import OPEN, REFUSED, SAME, SURVIVED, Verdict
from wallet.compiler import Artefact
from wallet.compiler.cache import Cache
from wallet.compiler.sources import OWN_PREFIX, Source, SourceSet

ARTEFACTS = Cache(verdicts.FOLDER / "artefacts")


@dataclass(frozen=True, slots=True)
class Subject:
    """The contracts as they are now, and their lines that move or count money."""

    sources: SourceSet
    forest: Forest
    money: Money
    lines: tuple[Line, ...]

    def breaks(self, line: Line) -> tuple[Break, ...]:
        """Every way to break a line."""
        return breaks(self.forest, self.money, line)

    def text(self, line: Line) -> bytes:
        """The file of a line."""
        return self.forest.texts[OWN_PREFIX + line.file]

    def touched(self, line: Line) -> list[str]:
        """Contracts whose code a line may be part of: first those that inherit it, large before small."""
        found = [name for name, reached in self.forest.reach.items() if line.inside in reached]

        def rank(name: str) -> tuple[bool, int]:
            bases = {self.forest.place(self.forest.by_id[each]).file for each in self.forest.bases(name)}
            return OWN_PREFIX + line.file not in bases, -len(self.forest.reach[name])

        return sorted(found, key=rank)


def subject(compiler: Warm) -> Subject:
    """Read the contracts; their trees are kept until a source changes."""
    own = sources()
    digest = digest_of(own)
    kept = verdicts.FOLDER / f"trees-{digest[:20]}.json"
    if kept.is_file():
        trees: dict[str, Any] = json.loads(kept.read_text("utf-8"))
    else:
        trees = compiler.trees(own)
        verdicts.FOLDER.mkdir(parents=True, exist_ok=True)
        for old in verdicts.FOLDER.glob("trees-*.json"):
            old.unlink()
        kept.write_text(json.dumps(trees), "utf-8")
    forest = Forest(trees, {name: each.text.encode() for name, each in own.files.items()})
    money = follow(forest)
    return Subject(own, forest, money, money_lines(forest, money))


def digest_of(sources: SourceSet) -> str:
    """Changes whenever a source does."""
    return hashlib.sha256(
        "".join(sorted(each.digest for each in sources.files.values())).encode()
    ).hexdigest()


@dataclass(frozen=True, slots=True)
class Result:
    """One break and what became of it."""

    broken: Break
    verdict: Verdict


class Runner:
    """Judges breaks, or recalls what was judged before. With `plays`, scenarios judge what tests let pass."""

    def __init__(self, subject: Subject, compiler: Warm, bench: Bench | None, *, plays: bool = True) -> None:
        self.subject, self.compiler, self.bench = subject, compiler, bench
        self.plays = plays and bool(scenarios.files())

    def prepare(self) -> None:
        """Try the judges on sound contracts, and learn which of them make what. Raises JudgesFail."""
        if self.bench is None:
            return
        digest = digest_of(self.subject.sources)
        sound = {
            name: partial(self.quick, name, self.subject.sources) for name in self.subject.forest.contracts
        }
        made = verdicts.made_by_tests(digest)
        if made is None:
            made = self.bench.learn(sound)
            verdicts.keep_made(digest, made)
        self.bench.made = made
        if self.plays and not verdicts.are_scenarios_sound(digest):
            judgement = self.bench.play(sound)
            if judgement.judge:
                raise JudgesFail(f"{judgement.test} fails on sound contracts: {judgement.said}")
            verdicts.keep_scenarios_sound(digest)

    def line(self, line: Line, seed: int, *, brief: bool = False) -> Iterator[Result]:
        """The break that counts for a line, and before it those drawn in vain: they do not compile, or leave
        the bytecode as it is. Nothing for what is not judged yet where there is no bench."""
        for each in drawn(self.subject.breaks(line), seed):
            result = self.one(each, brief=brief)
            if result is not None:
                yield result
            if result is None or result.verdict.outcome not in (SAME, REFUSED):
                return

    def one(self, broken: Break, *, brief: bool = False) -> Result | None:
        """The verdict on one break, with `brief` of the early judges alone; None if it is unknown and there
        is nobody to judge."""
        touched = self.subject.touched(broken.line)
        changed = OWN_PREFIX + broken.line.file
        text = broken.applied(self.subject.forest.texts[changed])
        roots = [self.subject.forest.file_of(name) for name in touched]
        key = verdicts.key_of(self.subject.sources, roots, changed, text)
        made = {name: partial(self.quick, name, self.changed(changed, text)) for name in touched}
        verdict = verdicts.read(key)
        if verdict is None and self.bench is not None:
            verdict = self._early(self.bench, broken, made)
            verdicts.write(key, verdict)
        if verdict is not None and verdict.outcome == OPEN and self.bench is not None and not brief:
            verdict = self._late(self.bench, broken, made, self.changed(changed, text))
            verdicts.write(key, verdict)
        if verdict is None:
            return None
        if verdict.outcome == SURVIVED and self.plays:
            verdict = self._played(key, made) or verdict
        return Result(broken, verdict)

    def played_alone(self, broken: Break) -> Verdict | None:
        """What the scenarios say of a break, whatever the tests say; None where nobody can be asked."""
        touched, changed = self.subject.touched(broken.line), OWN_PREFIX + broken.line.file
        text = broken.applied(self.subject.forest.texts[changed])
        roots = [self.subject.forest.file_of(name) for name in touched]
        key = verdicts.key_of(self.subject.sources, roots, changed, text)
        return self._played(
            key, {name: partial(self.quick, name, self.changed(changed, text)) for name in touched}
        )

    def _played(self, key: str, made: Mapping[str, Callable[[], Artefact]]) -> Verdict | None:
        verdict = verdicts.read(key, played=True)
        if verdict is None and self.bench is not None:
            verdict = Verdict.of(self.bench.play(made), played=True)
            verdicts.write(key, verdict, played=True)
        return verdict

    def _early(self, bench: Bench, broken: Break, made: Mapping[str, Callable[[], Artefact]]) -> Verdict:
        first, make = next(iter(made.items()))
        try:
            make()
        except Refusal as refusal:
            return Verdict(REFUSED, note=str(refusal))
        if len(made) > 1:  # most breaks are seen in one contract already, and the others need not be made
            judgement = self._asked(bench, broken, {first: make}, (OWN,))
            if judgement.judge:
                return Verdict.of(judgement)
        return Verdict.of(self._asked(bench, broken, made, EARLY), OPEN)

    def _late(
        self, bench: Bench, broken: Break, made: Mapping[str, Callable[[], Artefact]], changed: SourceSet
    ) -> Verdict:
        if all(self._is_same(name, changed) for name in made):
            return Verdict(SAME)
        return Verdict.of(self._asked(bench, broken, made, LATE))

    def _asked(
        self,
        bench: Bench,
        broken: Break,
        made: Mapping[str, Callable[[], Artefact]],
        judges: tuple[str, ...],
    ) -> Judgement:
        judgement = bench.judge(broken.line.file, broken.line.function, made, judges)
        if judgement.is_stuck:
            self.compiler.close()  # it may have been asked something by the copy that is gone
        return judgement

    def quick(self, name: str, sources: SourceSet) -> Artefact:
        """One contract from these sources, made for a trial."""
        return self.compiler.artefacts(sources, self.subject.forest.file_of(name), ARTEFACTS)[name]

    def _is_same(self, name: str, changed: SourceSet) -> bool:
        """Whether a contract ships as it is in spite of the change."""
        file = self.subject.forest.file_of(name)
        made = self.compiler.artefacts(changed, file, ARTEFACTS, quick=False)[name]
        return made.bytecode == builds.artefact(name).bytecode

    def changed(self, name: str, text: bytes) -> SourceSet:
        """The sources with another text in one file."""
        old = self.subject.sources.files[name]
        new = Source(name, old.path, text.decode(), old.imports)
        return replace(self.subject.sources, files={**self.subject.sources.files, name: new})


def run(
    runner: Runner, lines: Sequence[Line], seed: int, *, every: bool, early: bool, say: Callable[[str], None]
) -> list[Result]:
    """Break lines, one break each or every one, and say how far it is. All are first shown to the judges who
    see most, then what is left to the others; with `early` to nobody else."""
    results: list[Result] = []
    said: set[tuple[str, Verdict]] = set()
    began = time.monotonic()
    for brief in (True,) if early else (True, False):
        results = []
        for number, line in enumerate(lines, 1):
            found: Iterator[Result | None] = (
                (runner.one(each, brief=brief) for each in runner.subject.breaks(line))
                if every
                else runner.line(line, seed, brief=brief)
            )
            for result in found:
                if result is None:
                    continue
                results.append(result)
                verdict = result.verdict
                if verdict.outcome not in (REFUSED, SAME) and (result.broken.name, verdict) not in said:
                    said.add((result.broken.name, verdict))
                    took = f"{number}/{len(lines)} {time.monotonic() - began:.0f} s"
                    say(f"{took} {verdict.outcome:8} {result.broken.name} {verdict.test}")
    return results
