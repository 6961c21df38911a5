"""`prepaid scenario run` and `list`: files and folders into cases, cases into an answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer import Argument, Option

from cli.commands.scenario.reports import check_targets, write_reports
from cli.commands.scenario.showing import case_line, failure_lines, mismatch_lines
from cli.output import Result, plain
from cli.session import PASSING, Session, session_of
from cli.text import harmless, table
from wallet.errors import EnvironmentFault, ExpectationFailed, InvalidInput, PrepaidError

if TYPE_CHECKING:
    from cli.progress import Progress
    from wallet.scenario.load import Case
    from wallet.scenario.result import CaseResult, Failure, RunResult

Paths = Annotated[list[str], Argument(metavar="PATH")]
Tags = Annotated[list[str] | None, Option("--tag", "-t", metavar="TAG")]

MOST_SEED = 2**63 - 1


def run(
    ctx: typer.Context,
    paths: Paths,
    tag: Tags = None,
    workers: Annotated[str, Option("-n", metavar="N|auto")] = "1",
    exit_first: Annotated[bool, Option("--exit-first", "-x")] = False,
    interactive: Annotated[bool, Option("--interactive", "-I")] = False,
    seed: Annotated[int, Option("--seed", metavar="N")] = 1,
    junit: Annotated[Path | None, Option("--junit", metavar="FILE")] = None,
    html: Annotated[Path | None, Option("--html", metavar="FILE")] = None,
) -> Result:
    """On revm unless --chain says otherwise: it lives in this process and starts at once."""
    from wallet.scenario.load import load
    from wallet.scenario.pool import play_all, workers_for

    session = session_of(ctx)
    chain = _chain(session)
    if interactive and session.settings.json:
        raise InvalidInput(
            session.t("scenario.console-json"), hint=session.t("scenario.console-json-hint"), code="usage"
        )
    if not 0 <= seed <= MOST_SEED:
        raise InvalidInput(
            f"--seed: {seed} is not from 0 to {MOST_SEED}",
            hint="any whole number in between; the same one repeats a run",
            code="invalid-seed",
            value=seed,
            most=MOST_SEED,
        )
    cases = load(paths, tag or ())
    check_targets((case.file for case in cases), junit, html)
    count = 1 if interactive else workers_for(workers, len(cases), chain)
    with session.progress() as bar:
        teller = _Teller(session, cases, bar)
        result = play_all(
            cases,
            chain=chain,
            seed=seed,
            workers=count,
            stop_at_first=exit_first,
            language=session.t.lang,
            on_done=teller.hear,
            watch=teller.console if interactive else None,
        )
        teller.end()
    said = write_reports(session, result, junit, html)
    return _answer(session, result, len(cases), said)


def list_(ctx: typer.Context, paths: Paths, tag: Tags = None) -> Result:
    """Plays nothing; a file that is not in order is told as `run` would."""
    from wallet.scenario.load import load

    session = session_of(ctx)
    t = session.t
    cases = load(paths, tag or ())
    rows = [(one.id, one.title[0 if t.lang == "en" else 1], one.system, " ".join(one.tags)) for one in cases]
    head = (
        t("scenario.head.case"),
        t("scenario.head.title"),
        t("scenario.head.system"),
        t("scenario.head.tags"),
    )
    data = [
        {
            "id": one.id,
            "name": one.name,
            "title": one.title,
            "file": one.file,
            "line": one.line,
            "system": one.system,
            "tags": one.tags,
            "proves": one.proves,
            "steps": len(one.steps),
        }
        for one in cases
    ]
    return Result(data, table(head, rows, style=session.style), brief="\n".join(one.id for one in cases))


def _chain(session: Session) -> str:
    """The chain named outright, else revm, whatever chain this machine usually works on."""
    if session.settings.chain is None and session.settings.rpc is None:
        session.choose("chain", PASSING)
    return session.chain_spec()


@dataclass(slots=True)
class _Teller:
    """Tells each case as soon as all before it are known, so that two runs read alike."""

    session: Session
    cases: Sequence[Case]
    bar: Progress
    heard: dict[str, CaseResult] = field(default_factory=dict)
    told: int = 0

    def __post_init__(self) -> None:
        self._step()

    def hear(self, result: CaseResult) -> None:
        self.heard[f"{result.file}::{result.name}"] = result
        self._step()
        while self.told < len(self.cases) and self.cases[self.told].id in self.heard:
            self._tell(self.heard[self.cases[self.told].id])
            self.told += 1

    def end(self) -> None:
        """What was played out of order before the run was stopped."""
        for case in self.cases[self.told :]:
            if case.id in self.heard:
                self._tell(self.heard[case.id])
        self.bar.step(len(self.cases), len(self.cases), self.session.t("scenario.playing"))

    def console(self, world: Any, step: Any, failure: Failure) -> None:
        """A Python console at the step that failed, after what is wrong there."""
        from cli.commands.scenario.console import open_console

        with self.session.hushed():
            shown = "\n".join(mismatch_lines(failure, self.session))
            print(harmless(shown, self.session.style), flush=True)
            open_console(self.session, world, step)

    def _step(self) -> None:
        if len(self.heard) < len(self.cases):
            self.bar.step(len(self.heard), len(self.cases), self.session.t("scenario.playing"))

    def _tell(self, result: CaseResult) -> None:
        if self.session.settings.json or self.session.settings.quiet:
            return
        with self.session.hushed():
            print(harmless(case_line(result, self.session), self.session.style), flush=True)


def _answer(session: Session, result: RunResult, wanted: int, written: list[str]) -> Result:
    t = session.t
    counts = {one: result.count(one) for one in ("passed", "failed", "broken", "skipped")}
    said = t("scenario.done", of=len(result.cases), chain=result.chain, seed=result.seed, **counts)
    if len(result.cases) < wanted:
        said += " " + t("scenario.left", count=wanted - len(result.cases))
    said += f"  ({result.seconds:.1f} s)"
    failures = ["\n".join(failure_lines(one, session)) for one in result.cases if _is_bad(one)]
    text = "\n\n".join([*failures, "\n".join([*written, said])])
    return Result(plain(result.to_dict()), text, brief=said, problem=_problem(session, result))


def _is_bad(one: CaseResult) -> bool:
    return one.status in ("failed", "broken")


def _is_machines(failure: Failure) -> bool:
    """Whether a case was broken by a node or a file of the machine, not by what its own file says."""
    return failure.error is not None and failure.error.status == EnvironmentFault.exit_status


def _problem(session: Session, result: RunResult) -> PrepaidError | None:
    """Why the run is no success: an expectation (1), else a file (2), else the machine (4)."""
    t, hint = session.t, session.t("scenario.failed-hint")
    if failed := result.count("failed"):
        return ExpectationFailed(
            t("scenario.failed", count=failed, of=len(result.cases)), hint=hint, code="scenarios-failed"
        )
    if not (broken := result.count("broken")):
        return None
    died = any(one.failure is None or _is_machines(one.failure) for one in result.cases if _is_bad(one))
    kind: type[PrepaidError] = EnvironmentFault if died else InvalidInput
    return kind(t("scenario.broken", count=broken, of=len(result.cases)), hint=hint, code="scenarios-broken")
