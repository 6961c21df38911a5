"""Plays one case, step by step, and holds each against what the file expects and what must always hold.

Whatever happens in a case ends in its CaseResult: `failed` where things went otherwise, `broken` where the
case could not be played, `skipped` where this chain cannot do what it needs. Nothing is raised.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from shlex import quote
from time import perf_counter
from typing import TYPE_CHECKING, Any, Final

from wallet.chain.base import Unsupported
from wallet.errors import InvalidInput, PrepaidError
from wallet.scenario.cast import enter
from wallet.scenario.expect import differences, given, names_of, refused
from wallet.scenario.guard import Guard, unchanged
from wallet.scenario.result import CaseResult, Event, Failure, Look, Mismatch, Problem, StepResult
from wallet.scenario.seen import Seen, Watcher, plainly
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
MORE_FAULTS: Final = frozenset({"artefact-missing", "unreadable-source", "compile-error", "no-such-file"})
"""Codes of others that here can only be the file's mistake."""


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


@dataclass(frozen=True, slots=True)
class _Taken:
    """One step that was let happen: how it stood before and after, what was answered or refused."""

    step: Step
    before: Look
    after: Look
    seen: Seen
    answer: Any
    error: PrepaidError | None
    names: dict[str, str]

    @property
    def is_as_told(self) -> bool:
        """Whether it went through, or was refused and should be."""
        return self.error is None or self.step.fails is not None


@dataclass(slots=True)
class _Held:
    """One step held against the file and against what must always hold."""

    result: StepResult
    mismatches: list[Mismatch]
    error: PrepaidError | None
    is_broken: bool
    is_refused: bool
    """Unexpectedly."""


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
        """How it stood before the last step that did something, and what happened in it."""
        self.events: tuple[Event, ...] = ()
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
            if not held.result.ok:
                self._fail(world, held)
                if self.on_failure is not None and self.failure is not None:
                    self.on_failure(world, step, self.failure)
                return
            if step.verb is not None:
                self.began, self.events = before, held.result.events
            before = held.result.after

    def broken(self, error: PrepaidError) -> None:
        """The case could not be played."""
        self.status, self.reason = "broken", error.message
        entering = "" if self.world is None else self.world.entering
        at = self.step.place if self.step is not None else self.case.places.get(entering)
        last = self.steps[-1].after if self.steps else None
        self.failure = Failure(
            file=self.case.file if at is None else at.file,
            line=self.case.line if at is None else at.line,
            step=f"before the first step: {entering}" if self.step is None else self.step.word,
            mismatches=(),
            error=problem(error, {}),
            at=0 if last is None else last.at,
            before=last,
            after=None,
            events=(),
            calls="",
            repeat=self.repeat,
        )

    @property
    def repeat(self) -> str:
        """The command that plays just this case again."""
        place = f"{self.case.file}::{self.case.name}"
        return f"prepaid scenario run {quote(place)} --chain {self.stage.chain.name} --seed {self.stage.seed}"

    # ---------------------------------------------------------------------------------------------- inside

    def _take(
        self, world: World, number: int, step: Step, before: Look, watcher: Watcher, guard: Guard
    ) -> _Held:
        """One step: let it happen, look, and hold it against everything."""
        taken = _let_happen(world, step, before, watcher)
        line, fault, found = step.place.line, None, list[Mismatch]()
        try:
            found += _refusals(taken)
            found += self._expectations(taken)
        except InvalidInput as asked:
            fault = asked
        if world.rewritten:
            guard.begin(taken.after)
            world.rewritten = False
        else:
            found += [Mismatch(*one, line) for one in guard.check(before, taken.after, taken.seen.logs)]
        error = fault or taken.error
        is_broken = fault is not None or _is_files_fault(taken.error)
        is_refused = not is_broken and not taken.is_as_told
        result = StepResult(
            number=number,
            file=step.place.file,
            line=line,
            verb=step.word,
            title=("what stands now", "此时状况") if step.verb is None else step.verb.title(),
            ok=not (found or is_broken or is_refused),
            before=before,
            after=taken.after,
            events=taken.seen.events,
            signed=taken.seen.signed,
            sent=taken.seen.sent,
            gives=plainly(taken.answer, taken.names),
            error=None if error is None else problem(error, taken.names),
        )
        return _Held(result, found, error, is_broken, is_refused)

    def _expectations(self, taken: _Taken) -> list[Mismatch]:
        """What the file expects beside the refusal; an expectation alone speaks of the last step."""
        step, line, found = taken.step, taken.step.place.line, list[Mismatch]()
        if taken.error is None and step.gives:
            found += given(step.gives, taken.answer, line)
        if step.expect is not None and taken.is_as_told:
            is_alone = step.verb is None
            since = self.began if is_alone and self.began is not None else taken.before
            events = self.events if is_alone else taken.seen.events
            found += differences(step.expect, since, taken.after, events, line)
        return found

    def _fail(self, world: World, held: _Held) -> None:
        """Write down why the case did not pass."""
        self.status = "broken" if held.is_broken else "failed"
        if held.error is not None and (held.is_broken or held.is_refused):
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
            calls=world.tree() if one.sent else "",
            repeat=self.repeat,
        )


def _let_happen(world: World, step: Step, before: Look, watcher: Watcher) -> _Taken:
    answer, error = None, None
    watcher.begin()
    if step.verb is None and step.expect is None:
        raise InvalidInput("this step says nothing", hint="name a verb, or expect:", code="scenario-step")
    if step.fails is not None and step.gives:
        raise InvalidInput(
            "what is refused gives nothing",
            hint="leave out `gives`, or `fails`",
            code="scenario-gives-beside-fails",
        )
    if step.verb is not None:
        try:
            answer = _played(world, step.verb)
        except Unsupported:
            raise
        except PrepaidError as refusal:
            error = refusal
    return _Taken(step, before, world.look(), watcher.end(), answer, error, world.everything())


def _refusals(taken: _Taken) -> list[Mismatch]:
    """Whether it was refused as told, and then changed nothing."""
    step, error, found = taken.step, taken.error, list[Mismatch]()
    line = step.place.line
    if step.fails is not None:
        where = step.fails.place.line or line
        if error is None:
            found.append(Mismatch("fails", step.fails.error, "it went through", where))
        else:
            found += refused(step.fails, error, problem(error, taken.names).values, where)
    if step.verb is not None and (error is not None or step.unchanged):
        before, after, events = taken.before, taken.after, taken.seen.events
        found += [Mismatch(*one, line) for one in unchanged(before, after, events, wholly=step.unchanged)]
    return found


def _is_files_fault(error: PrepaidError | None) -> bool:
    if error is None:
        return False
    return error.error_code.startswith(FILE_FAULTS) or error.error_code in MORE_FAULTS


def _played(world: World, verb: Any) -> Any:
    try:
        return _with_faults(world, verb)
    except ValueError as unread:  # a value that only the step itself could read
        hint = "write what belongs there"
        raise InvalidInput(str(unread), hint=hint, code="scenario-argument", value=str(unread)) from unread


def _with_faults(world: World, verb: Any) -> Any:
    if isinstance(verb, Sending):
        with world.faulty(gas=verb.gas, submission=verb.submission or ""):
            return verb.play(world)
    return verb.play(world)


def problem(error: PrepaidError, names: dict[str, str]) -> Problem:
    """An error with its name, its values readable."""
    values = {key: plainly(value, names, "") for key, value in error.values.items()}
    return Problem(names_of(error)[0], error.message, error.hint, values, error.exit_status)
