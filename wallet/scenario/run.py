"""Plays one case, step by step, and holds each against what the file expects and what must always hold.

Whatever happens in a case ends in its CaseResult: `failed` where things went otherwise, `broken` where the
case could not be played, `skipped` where this chain cannot do what it needs. Nothing is raised.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any, Final

from wallet.chain.base import Unsupported
from wallet.errors import InvalidInput, PrepaidError
from wallet.scenario.cast import enter
from wallet.scenario.expect import differences, given, names_of, refused
from wallet.scenario.guard import Guard, unchanged
from wallet.scenario.result import CaseResult, Failure, Look, Mismatch, Problem, StepResult
from wallet.scenario.seen import Watcher, plainly
from wallet.scenario.verbs.common import Sending
from wallet.scenario.world import World

if TYPE_CHECKING:
    from wallet.scenario.document import Step
    from wallet.scenario.load import Case
    from wallet.scenario.stage import Stage

OnFailure = Callable[[World, "Step", Failure], None]
"""Told of the step that failed, and how, while the chain still stands as it was left."""
FILE_FAULTS: Final = "scenario-"
"""What the codes of a file's own mistakes begin with."""


def play(case: Case, stage: Stage, on_failure: OnFailure | None = None) -> CaseResult:
    """What comes of a case; never raises for what a case does."""
    begun = perf_counter()
    bare = CaseResult(
        name=case.name,
        title=case.title,
        file=case.file,
        line=case.line,
        tags=case.tags,
        proves=case.proves,
        system=case.system,
        chain=stage.chain.name,
        seed=stage.seed,
        status="passed",
    )
    made = _Case(case, stage, on_failure)
    try:
        with stage.case(case.system) as ground:
            made.play(World(ground, stage.seed, folder=Path(case.file).parent))
    except Unsupported as error:
        made.status, made.reason = "skipped", error.message
    except PrepaidError as error:
        made.broken(error)
    except Exception as error:  # a verb of somebody's own may do anything; the run goes on
        made.broken(_unforeseen(error))
    return replace(
        bare,
        status=made.status,
        steps=tuple(made.steps),
        failure=made.failure,
        reason=made.reason,
        seconds=perf_counter() - begun,
    )


def _unforeseen(error: Exception) -> PrepaidError:
    where, trace = "", error.__traceback__
    while trace is not None:
        where, trace = f"{trace.tb_frame.f_globals.get('__name__', '?')}:{trace.tb_lineno}", trace.tb_next
    return InvalidInput(
        f"{type(error).__name__}: {error} (at {where})",
        hint="this is no answer of the product but a fault of the verb; please report it",
        code="scenario-unforeseen",
    )


@dataclass(slots=True)
class _Held:
    """What is known of one step after it was played."""

    result: StepResult
    mismatches: list[Mismatch]
    error: PrepaidError | None
    is_broken: bool = False


class _Case:
    """One case while it is played."""

    def __init__(self, case: Case, stage: Stage, on_failure: OnFailure | None) -> None:
        self.case, self.stage, self.on_failure = case, stage, on_failure
        self.status: Any = "passed"
        self.reason = ""
        self.steps: list[StepResult] = []
        self.failure: Failure | None = None
        self.step: Step | None = None
        self.began: Look | None = None
        self.world: World | None = None

    def play(self, world: World) -> None:
        """Bring everybody on stage and take the steps, as far as they go as expected."""
        self.world = world
        enter(world, self.case)
        watcher, guard = Watcher(world), Guard(world)
        before = self.began = world.look()
        guard.begin(before)
        for number, step in enumerate(self.case.steps, 1):
            self.step = step
            held = self._take(world, number, step, before, watcher, guard)
            self.steps.append(held.result)
            if held.mismatches or held.is_broken or (held.error is not None and step.fails is None):
                self._fail(world, step, held)
                if self.on_failure is not None and self.failure is not None:
                    self.on_failure(world, step, self.failure)
                return
            if step.verb is not None:
                self.began = before
            before = held.result.after

    def broken(self, error: PrepaidError) -> None:
        """The case could not be played."""
        self.status, self.reason = "broken", error.message
        at = self.step.place if self.step is not None else None
        last = self.steps[-1].after if self.steps else None
        self.failure = Failure(
            file=self.case.file if at is None else at.file,
            line=self.case.line if at is None else at.line,
            step=self.step.word if self.step is not None else self._entering(),
            mismatches=(),
            error=problem(error, {}),
            at=0 if last is None else last.at,
            before=last,
            after=None,
            events=(),
            calls="",
            repeat=self.repeat,
        )

    def _entering(self) -> str:
        what = "" if self.world is None else self.world.entering
        return f"before the first step: {what}" if what else "before the first step"

    @property
    def repeat(self) -> str:
        """The command that plays just this case again."""
        place = f"{self.case.file}::{self.case.name}"
        return f"prepaid scenario run '{place}' --chain {self.stage.chain.name} --seed {self.stage.seed}"

    # ---------------------------------------------------------------------------------------------- inside

    def _take(
        self, world: World, number: int, step: Step, before: Look, watcher: Watcher, guard: Guard
    ) -> _Held:
        """One step: let it happen, look, and hold it against everything."""
        verb, line, error, answer = step.verb, step.place.line, None, None
        watcher.begin()
        if verb is not None:
            try:
                answer = _played(world, verb)
            except Unsupported:
                raise
            except PrepaidError as refusal:
                error = refusal
        after, names = world.look(), world.everything()
        seen = watcher.end()
        found: list[Mismatch] = []
        is_broken = False
        shown = None if error is None else problem(error, names)
        if verb is None and step.expect is None:
            raise InvalidInput("this step says nothing", hint="name a verb, or expect:", code="scenario-step")
        if error is not None and step.fails is None:
            is_broken = error.error_code.startswith(FILE_FAULTS)
        elif error is not None and step.fails is not None:
            assert shown is not None
            found += refused(step.fails, error, shown.values, step.fails.place.line or line)
        elif step.fails is not None:
            found.append(
                Mismatch("fails", step.fails.error, "it went through", step.fails.place.line or line)
            )
        if verb is not None and (error is not None or step.unchanged):
            found += [Mismatch(*one, line) for one in unchanged(before, after, seen.events)]
        since = before if verb is not None or self.began is None else self.began
        events = seen.events if verb is not None else (self.steps[-1].events if self.steps else ())
        try:
            if error is None and step.gives:
                found += given(step.gives, answer, line)
            if step.expect is not None and (error is None or step.fails is not None):
                found += differences(step.expect, since, after, events, line)
        except InvalidInput as fault:
            error, is_broken, shown = fault, True, problem(fault, names)
        if world.rewritten:
            guard.begin(after)
            world.rewritten = False
        else:
            found += [Mismatch(*one, line) for one in guard.check(before, after, seen.logs)]
        title = ("what stands now", "此时状况") if verb is None else verb.title()
        result = StepResult(
            number=number,
            file=step.place.file,
            line=line,
            verb=step.word,
            title=title,
            ok=not found and not is_broken and (error is None or step.fails is not None),
            before=before,
            after=after,
            events=seen.events,
            signed=seen.signed,
            sent=seen.sent,
            gives=plainly(answer, names),
            error=shown,
        )
        return _Held(result, found, error, is_broken)

    def _fail(self, world: World, step: Step, held: _Held) -> None:
        """Write down why the case did not pass."""
        self.status = "broken" if held.is_broken else "failed"
        if held.error is not None and (held.is_broken or step.fails is None):
            self.reason = f"{names_of(held.error)[0]}: {held.error.message}"
        elif held.mismatches:
            first = held.mismatches[0]
            self.reason = f"{first.what}: expected {first.expected}, was {first.actual}"
        one = held.result
        self.failure = Failure(
            file=one.file,
            line=held.mismatches[0].line if held.mismatches else one.line,
            step=f"{one.number}. {one.verb}: {one.title[0]}",
            mismatches=tuple(held.mismatches),
            error=one.error,
            at=one.after.at,
            before=one.before,
            after=one.after,
            events=one.events,
            calls=world.tree(),
            repeat=self.repeat,
        )


def _played(world: World, verb: Any) -> Any:
    if isinstance(verb, Sending):
        with world.faulty(gas=verb.gas, submission=verb.submission or ""):
            return verb.play(world)
    return verb.play(world)


def problem(error: PrepaidError, names: dict[str, str]) -> Problem:
    """An error with its name, its values readable."""
    values = {key: plainly(value, names, "") for key, value in error.values.items()}
    return Problem(names_of(error)[0], error.message, error.hint, values)
