"""What came of a run, as plain values: they cross process borders, and reports are written from them alone.

Amounts are fen, times unix seconds of the chain, names those of the scenario (`anna`, `wallet of anna`).
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any, Final, Literal

SCHEMA: Final = "prepaid.scenario-run/1"

Status = Literal["passed", "failed", "broken", "skipped"]
"""broken: the scenario could not be played (the file asks for what is not there); failed: it was, and went
otherwise than it says; skipped: this chain cannot do what it needs."""


@dataclass(frozen=True, slots=True)
class CardLook:
    """One card at one moment. `used` and `listed` count in `unit` (fen, or times, months, …).

    `entitled` is what the consumer would be owed if the card ended now, `shortfall` what of that is missing,
    `due` what waits for the merchant after an exit.
    """

    status: str
    unit: str
    principal: int
    used: int
    listed: int
    released: int
    held: int
    entitled: int
    shortfall: int
    due: int
    epoch: int


@dataclass(frozen=True, slots=True)
class Look:
    """Everything a scenario can expect, at one moment: money by name, cards by name, merchants' standing."""

    at: int
    balances: dict[str, int]
    cards: dict[str, CardLook]
    merchants: dict[str, str]


@dataclass(frozen=True, slots=True)
class Event:
    """One contract event, its values readable: addresses as names where they have one."""

    contract: str
    name: str
    values: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Signed:
    """One signature that was given: who signed what (`Consume`, `Charge`, …), for whom to carry."""

    who: str
    what: str
    card: str = ""
    values: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Sent:
    """One transaction: who carried it, to which contract and function, its gas; `error` if it reverted."""

    hash: str
    by: str
    to: str
    purpose: str
    gas: int
    ok: bool
    error: str = ""


@dataclass(frozen=True, slots=True)
class Problem:
    """An error as its class gives it: stable code, message, values, what to do."""

    code: str
    message: str
    hint: str = ""
    values: dict[str, Any] = field(default_factory=dict)
    status: int = 2
    """With which exit status it would end a command."""


@dataclass(frozen=True, slots=True)
class StepResult:
    """One step that was played. `title` says it as a sentence in both languages (en, zh)."""

    number: int
    file: str
    line: int
    verb: str
    title: tuple[str, str]
    ok: bool
    before: Look
    after: Look
    events: tuple[Event, ...] = ()
    signed: tuple[Signed, ...] = ()
    sent: tuple[Sent, ...] = ()
    gives: dict[str, Any] = field(default_factory=dict)
    error: Problem | None = None
    """What was refused; with `ok`, the refusal was expected."""


@dataclass(frozen=True, slots=True)
class Mismatch:
    """One thing that is otherwise than expected: `what` as written in the file, with its own line."""

    what: str
    expected: str
    actual: str
    line: int


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a case did not pass, complete in itself. `calls` is the call tree where the chain traces."""

    file: str
    line: int
    step: str
    mismatches: tuple[Mismatch, ...]
    error: Problem | None
    at: int
    before: Look | None
    after: Look | None
    events: tuple[Event, ...]
    calls: str
    repeat: str


@dataclass(frozen=True, slots=True)
class CaseResult:
    """One scenario, or one row of its examples, on one chain."""

    name: str
    title: tuple[str, str]
    file: str
    line: int
    tags: tuple[str, ...]
    proves: tuple[str, ...]
    system: str
    chain: str
    seed: int
    status: Status
    steps: tuple[StepResult, ...] = ()
    failure: Failure | None = None
    reason: str = ""
    seconds: float = 0.0

    @property
    def balances(self) -> dict[str, int]:
        """Everybody's money at the end; empty if nothing was played."""
        return dict(self.steps[-1].after.balances) if self.steps else {}

    @property
    def gas(self) -> int:
        """Gas of all transactions together."""
        return sum(one.gas for step in self.steps for one in step.sent)


@dataclass(frozen=True, slots=True)
class RunResult:
    """All cases of one run."""

    chain: str
    seed: int
    cases: tuple[CaseResult, ...]
    seconds: float = 0.0

    def count(self, status: Status) -> int:
        """How many cases came out so."""
        return sum(one.status == status for one in self.cases)

    @property
    def ok(self) -> bool:
        """Whether nothing failed or broke."""
        return not self.count("failed") and not self.count("broken")

    def to_dict(self) -> dict[str, Any]:
        """For `--json`: every value below, with the schema's name."""
        return {"schema": SCHEMA, "ok": self.ok, **asdict(self)}
