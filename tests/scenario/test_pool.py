"""Many cases at once: each process its own chain, one that dies takes only its own case with it."""

from __future__ import annotations

import multiprocessing
import os
import signal
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar

import pytest

from wallet.errors import InvalidInput
from wallet.scenario.beside import MADE_HERE
from wallet.scenario.document import Step
from wallet.scenario.load import Case, load
from wallet.scenario.pool import _shown, grouped, play_all, workers_for
from wallet.scenario.result import CaseResult
from wallet.scenario.verb import Verb


class Die(Verb):
    """The process is killed, as the system does where memory runs out."""

    word: ClassVar[str] = "die"

    def title(self) -> tuple[str, str]:
        return "the process dies", "进程终止"

    def play(self, world: Any) -> None:
        os.kill(os.getpid(), signal.SIGKILL)


@pytest.fixture
def case(tmp_path: Path) -> Case:
    path = tmp_path / "a.scenario.yaml"
    path.write_text("scenario: wait\nactors: {anna: consumer}\nsteps:\n- advance: 1d\n", "utf-8")
    return load([str(path)])[0]


def test_one_process_plays_and_keeps_the_order_of_the_files(case: Case) -> None:
    """Cases of one system are played together; results come as the cases were given."""
    cases = [
        replace(case, name="a", system="suzhou"),
        replace(case, name="b", system="ningbo"),
        replace(case, name="c", system="suzhou"),
    ]
    heard: list[str] = []
    result = play_all(cases, on_done=lambda one: heard.append(one.name))
    assert heard == [one.name for one in grouped(cases)] == ["a", "c", "b"]
    assert [(one.name, one.status) for one in result.cases] == [(name, "passed") for name in "abc"]
    assert (result.ok, result.chain, result.seed) == (True, "revm", 1)


def test_two_runs_are_alike_and_another_seed_is_not(case: Case) -> None:
    def play(seed: int) -> CaseResult:
        return replace(play_all([case], seed=seed).cases[0], seconds=0.0)

    assert play(1) == play(1)
    assert play(1).seed != play(2).seed


def test_a_process_that_dies_takes_only_its_case_and_no_process_is_left(case: Case) -> None:
    """Whoever is still there when the run ends, by an interrupt here, is ended with it."""
    dying = replace(case, name="dying", steps=(Step(MADE_HERE, Die()), *case.steps))
    heard: list[CaseResult] = []

    def hear(one: CaseResult) -> None:
        heard.append(one)
        if len(heard) == len(cases):
            raise KeyboardInterrupt

    cases = [dying, replace(case, name="first")]
    with pytest.raises(KeyboardInterrupt):
        play_all(cases, workers=2, on_done=hear)
    statuses = {one.name: one.status for one in heard}
    assert statuses == {"dying": "broken", "first": "passed"}
    # Who played a case makes no difference to what came of it.
    alone = {one.name: replace(one, seconds=0.0) for one in play_all(cases[1:]).cases}
    assert {one.name: replace(one, seconds=0.0) for one in heard if one.status == "passed"} == alone
    assert "signal 9" in next(one.reason for one in heard if one.name == "dying")
    assert multiprocessing.active_children() == []


def test_a_nodes_secrets_stay_out_of_results() -> None:
    """Reports are passed on; what a URL lets in must not be in them."""
    assert _shown("revm") == "revm"
    assert "hush" not in _shown("rpc:https://user:hush@node.example/v2/hush?key=hush")


@pytest.mark.parametrize(
    ("wanted", "cases", "chain", "count"),
    [
        ("1", 9, "revm", 1),
        ("3", 9, "revm", 3),
        ("3", 2, "revm", 2),
        ("auto", 1, "revm", 1),
        ("auto", 99, "rpc:x", 1),
    ],
)
def test_how_many_processes(wanted: str, cases: int, chain: str, count: int) -> None:
    assert workers_for(wanted, cases, chain) == count


def test_auto_is_no_more_than_the_machine_has() -> None:
    assert 1 <= workers_for("auto", 10_000, "revm") <= len(os.sched_getaffinity(0))


@pytest.mark.parametrize(
    ("wanted", "chain"), [("0", "revm"), ("-1", "revm"), ("２", "revm"), ("65", "revm"), ("2", "rpc:x")]
)
def test_no_other_number(wanted: str, chain: str) -> None:
    with pytest.raises(InvalidInput):
        workers_for(wanted, 9, chain)
