"""Who judges a broken contract: the tests of that contract, the pitfalls, the invariant search, the other
tests. And, as a jury of their own, the scenarios.

All tests are collected once. For each break a copy of the process (fork) runs them on contracts with the
break in, and stops at the first that fails; the copy is thrown away, so nothing that a test leaves behind
reaches the next. A test that shows no sign of life for `PATIENCE` seconds has caught a contract that does not
come to an end.
"""

from __future__ import annotations

import gc
import os
import select
import signal
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from pyrevm import CfgEnv

from tests.contracts import builds, evm
from tests.mutation import scenarios
from wallet.compiler import Artefact

ROOT = Path(__file__).resolve().parents[2]
TESTS = ROOT / "tests" / "contracts"
NO_JUDGES = {"test_broken_slips", "test_trees", "test_readme", "test_harness", "test_invariants"}
"""Modules that judge the tests, or sub-wallets of their own making, and not the contracts as they stand."""
LONGEST = 100_000
RUNNING = "PREPAID_MUTATION_RUNNING"
PATIENCE = 90
NO_END, GONE = f"no end within {PATIENCE} s", "the process ended"
OWN, PITFALLS, SEARCH, OTHERS = "the contract's own tests", "pitfalls", "search", "other contracts' tests"
SCENARIOS = "scenarios"
EARLY, LATE = (OWN, PITFALLS), (SEARCH, OTHERS)
JUDGES = (OWN, PITFALLS, SEARCH, OTHERS, SCENARIOS)


@dataclass(frozen=True, slots=True)
class Judgement:
    """`judge` and `test` that saw the break and what it said; all empty where nobody did."""

    judge: str = ""
    test: str = ""
    said: str = ""

    @property
    def is_stuck(self) -> bool:
        """Whether the tests came to no end of their own."""
        return self.said in (NO_END, GONE)


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that can fail: a pytest item, or a function."""

    judge: str
    name: str
    run: Callable[[], str]


class Bench:
    """A pytest plugin: takes over once everything is collected and calls `work` with itself."""

    def __init__(self, work: Callable[[Bench], None]) -> None:
        self._work = work
        self._session: Any = None
        self._failure = ""
        self._caught_by: dict[str, Counter[str]] = {}
        self.failed: BaseException | None = None
        self.made: Mapping[str, set[str]] = {}
        """Contracts that each module's tests make, by `learn`; where it is empty all are asked about all."""

    # ----------------------------------------------------------------------------------------- pytest's hooks

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        self._session = session
        gc.freeze()  # copies then share this memory for longer
        try:
            self._work(self)
        except BaseException as error:  # pytest would swallow it
            self.failed = error
        return True

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed and not self._failure:
            crash = getattr(report.longrepr, "reprcrash", None)
            self._failure = (crash.message if crash else str(report.longrepr)).split("\n")[0][
                :300
            ] or "failed"

    # ------------------------------------------------------------------------------------------------ judging

    def play(self, contracts: Mapping[str, Callable[[], Artefact]]) -> Judgement:
        """What the scenarios say when these contracts stand in for ours."""
        checks = [Check(SCENARIOS, name, run) for name, run in scenarios.checks()]
        return self._in_a_copy(lambda: scenarios.replace(contracts, LONGEST), checks)

    def judge(
        self,
        file: str,
        function: str,
        contracts: Mapping[str, Callable[[], Artefact]],
        judges: tuple[str, ...],
    ) -> Judgement:
        """What these judges say when these contracts, made when they are asked for, stand in for ours. Asked
        first are tests named after the function, then modules that caught breaks of the same file before."""
        often = self._caught_by.setdefault(file, Counter())
        checks = list(self._checks(tuple(contracts), _slug(function).strip("_"), often, judges))
        judgement = self._in_a_copy(lambda: _replace(contracts), checks)
        if judgement.judge:
            often[judgement.test.partition("::")[0]] += 1
        return judgement

    def _checks(
        self, contracts: tuple[str, ...], function: str, often: Counter[str], judges: tuple[str, ...]
    ) -> Iterator[Check]:
        own = tuple(f"test_{_slug(name)}" for name in contracts)
        staged: dict[str, list[Any]] = {OWN: [], PITFALLS: [], OTHERS: []}
        for item in self._session.items:
            stem = item.path.stem
            if stem not in NO_JUDGES and self._asks(stem, contracts):
                judge = OWN if stem.startswith(own) else PITFALLS if "pitfall" in stem else OTHERS
                staged[judge].append(item)

        def rank(item: Any) -> tuple[bool, int, int]:
            place = min((n for n, name in enumerate(own) if item.path.stem.startswith(name)), default=99)
            return not item.name.startswith(f"test_{function}_"), -often[item.path.stem], place

        for judge in judges:
            items = sorted(staged.get(judge, ()), key=rank)
            for item, following in zip(items, [*items[1:], None], strict=False):
                name = f"{item.path.stem}::{item.name}"
                yield Check(judge, name, partial(self._run, item, following))
            if judge == SEARCH and self._asks(SEARCH, contracts):
                for number in range(4):
                    yield Check(SEARCH, f"{SEARCH}::{number}", partial(_search, number))

    def _asks(self, module: str, contracts: tuple[str, ...]) -> bool:
        """Whether a module's tests make one of these contracts, as far as that is known."""
        return not self.made or bool(self.made.get(module, set()).intersection(contracts))

    def learn(self, contracts: Mapping[str, Callable[[], Artefact]]) -> dict[str, set[str]]:
        """Which contracts the tests of each module make, while these sound ones stand in for ours. Raises
        JudgesFail if a test fails on them."""
        made: dict[str, set[str]] = {}
        with TemporaryDirectory() as folder:
            note = Path(folder) / "made"
            judgement = self._in_a_copy(
                lambda: _replace(contracts, note), list(self._checks((), "", Counter(), EARLY + LATE))
            )
            if judgement.judge:
                raise JudgesFail(f"{judgement.test} fails on sound contracts: {judgement.said}")
            for line in note.read_text("utf-8").splitlines():
                module, name = line.split("\t")
                made.setdefault(module, set()).add(name)
        return made

    def _run(self, item: Any, following: Any) -> str:
        self._failure = ""  # what both use, such as a world of their module, outlives the first of them
        item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
        return self._failure

    def _in_a_copy(self, prepare: Callable[[], None], checks: list[Check]) -> Judgement:
        read, write = os.pipe()
        copy = os.fork()
        if copy == 0:
            os.close(read)
            _silence()
            try:
                prepare()
                for number, check in enumerate(checks):
                    os.environ[RUNNING] = check.name.partition("::")[0]
                    said = check.run()
                    os.write(write, f"{'!' if said else '.'}{number}\t{said}\n".encode())
                    if said:
                        break
                else:
                    os.write(write, b"=\n")
            except BaseException as error:
                os.write(write, f"?{type(error).__name__}: {error}".replace("\n", " ").encode() + b"\n")
            finally:
                os._exit(0)
        os.close(write)
        try:
            return _listen(read, checks)
        finally:
            os.close(read)
            os.kill(copy, signal.SIGKILL)
            os.waitpid(copy, 0)


class JudgesFail(Exception):
    """The judges themselves came to grief, so nothing is known about the break."""


def open_bench(work: Callable[[Bench], None]) -> None:
    """Collect the contract tests and call `work`. Raises what it raises."""
    bench = Bench(work)
    options = ["-qq", "-s", "--no-header", "--import-mode=importlib", "-m", "not slow", f"--rootdir={ROOT}"]
    # A warning about this process, not the contract, must not look as if a test had caught something.
    options += ["-o", "addopts=", "-o", "filterwarnings=ignore"]
    for plugin in ("cacheprovider", "unraisableexception", "threadexception"):
        options += ["-p", f"no:{plugin}"]
    status = pytest.main([*options, str(TESTS)], plugins=[bench])
    if bench.failed is not None:
        raise bench.failed
    if bench._session is None:
        raise JudgesFail(f"pytest could not collect the tests: {status!r}")


def _listen(read: int, checks: list[Check]) -> Judgement:
    """Read one line for each check that a copy has run, until it is done."""
    heard, reached = b"", 0
    while True:
        ready, _, _ = select.select([read], [], [], PATIENCE)
        if not ready:
            slow = checks[min(reached, len(checks) - 1)]
            return Judgement(slow.judge, slow.name, NO_END)
        piece = os.read(read, 65536)
        if not piece:
            slow = checks[min(reached, len(checks) - 1)]
            return Judgement(slow.judge, slow.name, GONE)
        heard += piece
        *lines, heard = heard.split(b"\n")
        for line in lines:
            sign, rest = line[:1], line[1:].decode(errors="replace")
            if sign == b"=":
                return Judgement()
            if sign == b"?":
                raise JudgesFail(rest)
            number, _, said = rest.partition("\t")
            reached = int(number) + 1
            if sign == b"!":
                return Judgement(checks[int(number)].judge, checks[int(number)].name, said)


def _replace(contracts: Mapping[str, Callable[[], Artefact]], note: Path | None = None) -> None:
    """Let every test of this process deploy these contracts instead of ours; `note` is written which module
    asked for which."""
    ours = builds.compilation()
    made: dict[str, Artefact] = {}

    class Replaced:
        def artefact(self, name: str) -> Artefact:
            if note is not None:
                with note.open("a", encoding="utf-8") as lines:
                    lines.write(f"{os.environ[RUNNING]}\t{name}\n")
            if name not in contracts:
                return ours.artefact(name)
            if name not in made:
                made[name] = contracts[name]()
            return made[name]

    replaced = Replaced()
    builds.compilation = lambda: replaced
    # What is compiled quickly is longer than a chain would take.
    evm.CfgEnv = partial(CfgEnv, limit_contract_code_size=LONGEST)


def _search(number: int) -> str:
    """A short search for a broken guarantee, the last one beside registries that fail or lie."""
    from tests.contracts.invariants.search import Found, Stage, search

    try:
        search(number, 500, Stage(unreliable=number == 3), shrink=0)
    except Found as found:
        return str(found.finding.violation)[:300]
    except Exception as error:
        return f"{type(error).__name__}: {error}"[:300]
    return ""


def _silence() -> None:
    """Tests may print; nobody wants to read it."""
    sys.stdout.flush()
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)


def _slug(name: str) -> str:
    return "".join(f"_{each.lower()}" if each.isupper() else each for each in name).lstrip("_")
