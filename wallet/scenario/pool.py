"""Plays many cases, in this process or in several: each with its own chain, kept from case to case.

Cases of one system follow each other, so that its platform is deployed once a process. A process that dies
takes only the case with it that it was playing. What comes out does not depend on how many there are.
"""

from __future__ import annotations

import contextlib
import os
import signal
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from wallet.chain import open_chain, stop_chain
from wallet.chain.base import ChainOptions
from wallet.errors import ContractError, EnvironmentFault, InvalidInput, PrepaidError
from wallet.home import Home
from wallet.scenario.load import Case
from wallet.scenario.result import CaseResult, Problem, RunResult

if TYPE_CHECKING:
    from multiprocessing.context import SpawnProcess

    from wallet.chain.base import Chain
    from wallet.scenario.run import OnFailure
    from wallet.scenario.stage import Stage

GENESIS: Final = 1_861_920_000
"""Where a chain of our own begins: 1 January 2029, a year before the scenarios do."""
MOST_WORKERS: Final = 64
_CASES_EACH: Final = 4
"""A process takes about a second to start: fewer cases than this are not worth one."""
_GRACE: Final = 5.0


def workers_for(wanted: str, cases: int, chain: str) -> int:
    """How many processes `-n` means: `auto`, or a number. Raises InvalidInput (`invalid-workers`)."""
    shared = chain.startswith("rpc:")
    if wanted == "auto":
        return 1 if shared else max(1, min(len(os.sched_getaffinity(0)), cases // _CASES_EACH))
    if not (wanted.isascii() and wanted.isdigit()) or not 1 <= int(wanted) <= MOST_WORKERS:
        raise InvalidInput(
            f"-n: {wanted!r} is not a number of processes",
            hint=f"write auto, or a number from 1 to {MOST_WORKERS}",
            code="invalid-workers",
            value=wanted,
            most=MOST_WORKERS,
        )
    if shared and int(wanted) > 1:
        raise InvalidInput(
            f"-n {wanted}: a node by URL is one chain, and scenarios would meet each other on it",
            hint="leave -n out, or name a chain that each process can have for itself",
            code="workers-share-chain",
            value=wanted,
        )
    return min(int(wanted), max(cases, 1))


def play_all(
    cases: Sequence[Case],
    *,
    chain: str = "revm",
    seed: int = 1,
    workers: int = 1,
    stop_at_first: bool = False,
    language: str = "en",
    on_done: Callable[[CaseResult], None] | None = None,
    watch: OnFailure | None = None,
) -> RunResult:
    """Play them all; results stand in the order of `cases`, whoever played them.

    `on_done` hears of each as it ends. `watch` is called at a failing step, in this process only. With
    `stop_at_first` nothing more begins after a failure. Raises what opening the chain raises.
    """
    began = time.monotonic()
    told = on_done or (lambda _: None)
    if workers == 1:
        results = _here(cases, _Setup(chain, seed, language), stop_at_first, told, watch)
    else:
        results = _Pool(cases, _Setup(chain, seed, language), stop_at_first, told).run(workers)
    order = {case.id: number for number, case in enumerate(cases)}
    shown = _shown(chain)
    results = [_repeatable(one, shown) for one in results]
    results.sort(key=lambda one: order[f"{one.file}::{one.name}"])
    return RunResult(shown, seed, tuple(results), time.monotonic() - began)


def _shown(chain: str) -> str:
    """The chain as reports may show it: a node's URL without what is secret in it."""
    if not chain.startswith("rpc:"):
        return chain
    from wallet.chain.jsonrpc import JsonRpc

    return f"rpc:{JsonRpc(chain.removeprefix('rpc:')).shown}"


def _repeatable(result: CaseResult, chain: str) -> CaseResult:
    """A node by URL knows itself as `rpc`; the command that repeats a failure must name it."""
    failure = result.failure
    if failure is None or not chain.startswith("rpc:"):
        return result
    repeat = failure.repeat.replace("--chain rpc ", f"--rpc {chain.removeprefix('rpc:')} ")
    return replace(result, failure=replace(failure, repeat=repeat))


@dataclass(frozen=True, slots=True)
class _Setup:
    """What a process must know to begin."""

    chain: str
    seed: int
    language: str


@contextmanager
def staged(chain: str, seed: int, language: str = "en") -> Iterator[Stage]:
    """A chain of one's own with a stage on it, for as long as the `with` lasts; nothing of it stays."""
    with passing_folder(chain) as folder, stage_in(folder, chain, seed, language) as stage:
        yield stage


@contextmanager
def passing_folder(chain: str) -> Iterator[Path]:
    """A folder for a chain; at the end the node that was started in it is stopped and the folder is gone."""
    with tempfile.TemporaryDirectory(prefix="prepaid-scenario-") as folder:
        home = Home.create(Path(folder) / ".prepaid")
        try:
            yield home.root
        finally:
            stop_chain(chain, home)


@contextmanager
def stage_in(folder: Path, chain: str, seed: int, language: str = "en") -> Iterator[Stage]:
    """A stage on a chain in a folder that is somebody else's to clear."""
    from wallet.scenario.stage import Stage

    opened: Chain = open_chain(chain, Home.find(folder), ChainOptions(clock="steps", genesis_time=GENESIS))
    with opened, Stage(opened, seed, language=language) as stage:
        yield stage


def grouped(cases: Sequence[Case]) -> list[Case]:
    """Cases of one system together, systems and cases in the order in which they came."""
    systems: dict[str, list[Case]] = {}
    for case in cases:
        systems.setdefault(case.system, []).append(case)
    return [case for group in systems.values() for case in group]


def _here(
    cases: Sequence[Case],
    setup: _Setup,
    stop_at_first: bool,
    told: Callable[[CaseResult], None],
    watch: OnFailure | None,
) -> list[CaseResult]:
    from wallet.scenario.run import play

    results: list[CaseResult] = []
    with staged(setup.chain, setup.seed, setup.language) as stage:
        for case in grouped(cases):
            results.append(play(case, stage, watch))
            told(results[-1])
            if stop_at_first and results[-1].status in ("failed", "broken"):
                break
    return results


# ------------------------------------------------------------------------------------------ several processes


@dataclass(slots=True)
class _Worker:
    """One process, seen from the one that started it."""

    process: SpawnProcess
    pipe: Connection
    folder: ExitStack
    """Clears away what the process leaves, even if it is killed."""
    playing: Case | None = None
    system: str = ""


@dataclass(slots=True)
class _Pool:
    """Hands cases to processes and gathers what they say."""

    cases: Sequence[Case]
    setup: _Setup
    stop_at_first: bool
    told: Callable[[CaseResult], None]
    waiting: list[Case] = field(default_factory=list)
    results: list[CaseResult] = field(default_factory=list)
    workers: list[_Worker] = field(default_factory=list)

    def run(self, count: int) -> list[CaseResult]:
        self.waiting = grouped(self.cases)
        try:
            for _ in range(count):
                self._hire()
            while any(one.playing for one in self.workers):
                pipes = [one.pipe for one in self.workers if one.playing is not None]
                for ready in wait(pipes):
                    self._hear(next(one for one in self.workers if one.pipe is ready))
        finally:
            self._dismiss()
        return self.results

    def _hire(self) -> None:
        if not self.waiting:
            return
        context = get_context("spawn")
        clearing = ExitStack()
        folder = clearing.enter_context(passing_folder(self.setup.chain))
        here, there = context.Pipe()
        process = context.Process(target=_serve, args=(there, folder, self.setup))
        process.start()
        there.close()
        self.workers.append(_Worker(process, here, clearing))
        self._give(self.workers[-1])

    def _give(self, worker: _Worker) -> None:
        """The next case: one of the system this process has ready, else one that nobody has begun."""
        begun = {one.system for one in self.workers}
        same = [case for case in self.waiting if case.system == worker.system]
        fresh = [case for case in self.waiting if case.system not in begun]
        worker.playing = next(iter(same or fresh or self.waiting), None)
        if worker.playing is None:
            return
        self.waiting.remove(worker.playing)
        worker.system = worker.playing.system
        # A process that died meanwhile is met when it is listened to.
        with contextlib.suppress(OSError):
            worker.pipe.send(worker.playing)

    def _hear(self, worker: _Worker) -> None:
        assert worker.playing is not None
        try:
            said = worker.pipe.recv()
        except (EOFError, OSError):
            said = None
        if isinstance(said, _Trouble):
            raise said.error()
        died = not isinstance(said, CaseResult)
        result = _lost(worker, self.setup) if died else said
        self.results.append(result)
        worker.playing = None
        self.told(result)
        if self.stop_at_first and result.status in ("failed", "broken"):
            self.waiting.clear()
        if died:
            self.workers.remove(worker)
            worker.pipe.close()
            worker.folder.close()
            self._hire()
        else:
            self._give(worker)

    def _dismiss(self) -> None:
        """End every process: those at work are told to stop, and get time to end their chains."""
        for worker in self.workers:
            worker.pipe.close()
            if worker.playing is not None:
                worker.process.terminate()
        until = time.monotonic() + _GRACE
        for worker in self.workers:
            worker.process.join(max(0.1, until - time.monotonic()))
            if worker.process.is_alive():
                worker.process.kill()
                worker.process.join()
            worker.folder.close()


@dataclass(frozen=True, slots=True)
class _Trouble:
    """Why a process could not begin, told to the one that started it."""

    problem: Problem
    exit_status: int

    def error(self) -> PrepaidError:
        kinds = {InvalidInput.exit_status: InvalidInput, ContractError.exit_status: ContractError}
        kind = kinds.get(self.exit_status, EnvironmentFault)
        one = self.problem
        return kind(one.message, hint=one.hint, code=one.code, **one.values)


def _serve(pipe: Connection, folder: Path, setup: _Setup) -> None:
    """What a process does: open a chain, play what it is given, until nothing more comes."""
    # Ctrl-C reaches every process of the terminal; only the first one answers it and tells the others.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, _leave)
    # Whatever is left lying about goes with the folder, even if this process is killed.
    tempfile.tempdir = str(folder)
    from wallet.scenario.run import play

    with contextlib.suppress(EOFError, BrokenPipeError, ConnectionResetError):
        try:
            with stage_in(folder, setup.chain, setup.seed, setup.language) as stage:
                while True:
                    pipe.send(play(pipe.recv(), stage))
        except PrepaidError as error:
            values = {key: value for key, value in error.values.items() if isinstance(value, str | int)}
            pipe.send(
                _Trouble(Problem(error.error_code, error.message, error.hint, values), error.exit_status)
            )


def _leave(*_: Any) -> None:
    raise SystemExit(0)


def _lost(worker: _Worker, setup: _Setup) -> CaseResult:
    """The result of a case whose process died."""
    case = worker.playing
    assert case is not None
    worker.process.join(_GRACE)
    code = worker.process.exitcode
    how = f"by signal {-code}" if code is not None and code < 0 else f"with status {code}"
    return CaseResult(
        name=case.name,
        title=case.title,
        file=case.file,
        line=case.line,
        tags=case.tags,
        proves=case.proves,
        system=case.system,
        chain=setup.chain,
        seed=setup.seed,
        status="broken",
        reason=f"the process that played it ended {how}",
    )
