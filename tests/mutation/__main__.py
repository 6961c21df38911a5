"""Breaks each line of the contracts that moves or counts money, one at a time, and sees who notices.

    python -m tests.mutation                       every line, one break each
    python -m tests.mutation --write               and write docs/mutation.md (make mutate)
    python -m tests.mutation --sample 12           a fixed sample (make mutate-sample)
    python -m tests.mutation --file core/SubWallet.sol --all
    python -m tests.mutation --scenarios           what a sample of them is worth to the scenarios alone
    python -m tests.mutation --control             are the judges to be trusted?
    python -m tests.mutation --list                the lines, and why each is one
    python -m tests.mutation --show core/Ending.sol:_end.3:branch.1

Exits with 1 if fewer than nine in ten are caught; of a sample, if something survives that docs/mutation.md
does not name. Verdicts are kept below build/mutation, so a run that was stopped goes on where it was.
"""

from __future__ import annotations

import argparse
import hashlib
import subprocess
import sys
from collections.abc import Sequence

from tests.mutation import page
from tests.mutation.compiling import Warm
from tests.mutation.control import control
from tests.mutation.judges import Bench, open_bench
from tests.mutation.lines import Line
from tests.mutation.run import Result, Runner, Subject, run, subject
from tests.mutation.verdicts import CAUGHT, REFUSED, SAME

ENOUGH_BPS = 9_000
PLAYED = 40
"""Lines in the sample that is shown to the scenarios alone."""


def main() -> int:
    """Do what the arguments say."""
    options = _arguments()
    compiler = Warm()
    try:
        return _main(options, compiler)
    finally:
        compiler.close()


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.mutation", description=__doc__.split("\n")[0])
    parser.add_argument("--sample", type=int, help="only so many lines, always the same")
    parser.add_argument("--seed", type=int, default=1, help="draws each line's break (1)")
    parser.add_argument("--jobs", type=int, default=1, help="processes (1)")
    parser.add_argument("--file", action="append", help="only lines of this file below contracts/")
    parser.add_argument("--all", action="store_true", help="every break of a line, not one")
    parser.add_argument(
        "--scenarios", action="store_true", help="only let the scenarios alone judge a sample"
    )
    parser.add_argument("--tests-only", action="store_true", help="do not ask the scenarios")
    parser.add_argument("--early", action="store_true", help="ask only the contract's own tests and pitfalls")
    parser.add_argument("--write", action="store_true", help="write docs/mutation.md")
    parser.add_argument("--list", action="store_true", help="only list the lines")
    parser.add_argument("--show", metavar="BREAK", help="only show one break, and what is known of it")
    parser.add_argument("--control", action="store_true", help="only try the judges themselves")
    parser.add_argument("--part", help=argparse.SUPPRESS)
    return parser.parse_args()


def _main(options: argparse.Namespace, compiler: Warm) -> int:
    whole = subject(compiler)
    if options.list:
        for line in whole.lines:
            print(f"{line.file}:{line.number} {line.why:7} {line.text}")
        print(f"{len(whole.lines)} lines")
        return 0
    if options.show:
        return _show(whole, Runner(whole, compiler, None), options.show)
    if options.control:
        return _control(whole, compiler)
    if options.scenarios:
        return _play(whole, compiler, options.seed)
    lines = chosen(whole.lines, options.file, options.sample, options.seed)
    if options.jobs > 1:
        others = [_another(options.jobs, part) for part in range(1, options.jobs)]
        options.part = f"0/{options.jobs}"
        results = _judge(options, whole, compiler, lines)
        if max(other.wait() for other in others):
            return 2
    results = _judge(options, whole, compiler, lines)
    return _report(options, whole, results)


def chosen(lines: Sequence[Line], files: list[str] | None, sample: int | None, seed: int) -> list[Line]:
    """The lines that are asked for; a sample is the same as long as the lines keep their names."""
    found = [line for line in lines if not files or line.file in files]
    if sample is None:
        return found
    drawn = sorted(found, key=lambda line: hashlib.sha256(f"{seed} {line.name}".encode()).digest())[:sample]
    return [line for line in found if line in drawn]


def _judge(
    options: argparse.Namespace, whole: Subject, compiler: Warm, lines: Sequence[Line]
) -> list[Result]:
    if options.part:
        part, parts = map(int, options.part.split("/"))
        lines = lines[part::parts]
    results: list[Result] = []

    def say(text: str) -> None:
        print(text, flush=True)

    def work(bench: Bench) -> None:
        runner = Runner(whole, compiler, bench, plays=not options.tests_only)
        if options.sample is None:
            runner.prepare()
        results.extend(run(runner, lines, options.seed, every=options.all, early=options.early, say=say))

    open_bench(work)
    return results


def _another(jobs: int, part: int) -> subprocess.Popen[bytes]:
    command = [
        sys.executable,
        "-m",
        "tests.mutation",
        *sys.argv[1:],
        "--jobs",
        "1",
        "--part",
        f"{part}/{jobs}",
    ]
    return subprocess.Popen(command)


def _report(options: argparse.Namespace, whole: Subject, results: Sequence[Result]) -> int:
    judged = [each for each in results if each.verdict.outcome not in (REFUSED, SAME)]
    left = [each for each in judged if each.verdict.outcome != CAUGHT]
    caught = len(judged) - len(left)
    for each in left:
        print(f"\nnot caught: {each.broken.name}\n{each.broken.shown(whole.text(each.broken.line))}")
    print(f"\n{caught} of {len(judged)} breaks caught")
    if options.part:
        return 0
    if options.write and not options.all:
        played = _played(whole, Runner(whole, Warm(), None), options.seed)
        page.PAGE.write_text(page.write(whole, results, options.seed, played), "utf-8")
    if options.sample is not None:
        known = page.survivors(page.PAGE.read_text("utf-8"))
        return int(any(each.broken.name not in known for each in left))
    return int(caught * 10_000 < ENOUGH_BPS * len(judged))


def _play(whole: Subject, compiler: Warm, seed: int) -> int:
    """Let the scenarios judge the fixed sample, those breaks too that tests have caught."""
    counts: list[tuple[int, int]] = []

    def work(bench: Bench) -> None:
        counts.append(_played(whole, Runner(whole, compiler, bench), seed))

    open_bench(work)
    print("scenarios alone catch {} of {}".format(*counts[0]))
    return 0


def _played(whole: Subject, runner: Runner, seed: int) -> tuple[int, int]:
    """Of the fixed sample: (breaks that the scenarios caught, breaks that they were asked about)."""
    outcomes = []
    for line in chosen(whole.lines, None, PLAYED, seed):
        for result in runner.line(line, seed):
            if result.verdict.outcome not in (REFUSED, SAME):
                verdict = runner.played_alone(result.broken)
                outcomes += [verdict.outcome == CAUGHT] if verdict else []
    return sum(outcomes), len(outcomes)


def _control(whole: Subject, compiler: Warm) -> int:
    wrong: list[int] = []

    def work(bench: Bench) -> None:
        runner = Runner(whole, compiler, bench)
        runner.prepare()
        wrong.append(control(runner, bench, lambda text: print(text, flush=True)))

    open_bench(work)
    return int(bool(wrong[0]))


def _show(whole: Subject, recall: Runner, name: str) -> int:
    for line in whole.lines:
        for each in whole.breaks(line):
            if each.name == name:
                print(f"contracts/{line.file}:{line.number}\n{each.shown(whole.text(line))}")
                if (result := recall.one(each)) is not None:
                    verdict = result.verdict
                    print(f"{verdict.outcome} {verdict.judge} {verdict.test}\n{verdict.note}".rstrip())
                return 0
    print(
        f"no break is named {name}; `--list` shows the lines, and a break is LINE:KIND.NUMBER",
        file=sys.stderr,
    )
    return 2


if __name__ == "__main__":
    sys.exit(main())
