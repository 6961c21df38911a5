"""Who signed what and who carried it, laid out as a sequence picture; drawn by `pictures.svg.j2`.

People and contracts stand side by side; time runs down. A signature is an arrow to whoever had it next: the
next to sign in that step, else who sent the transaction. If nobody else had it, it stays with its signer.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final, Literal

from wallet.scenario.report.plain import clock, day, fit, inert, units
from wallet.scenario.result import CaseResult, Sent, Signed, StepResult

LANE: Final = 144
MARGIN: Final = 74
HEAD: Final = 44
BAND: Final = 24
GAP: Final = 6
ROW: Final = 32
LOOP: Final = 26
LONG: Final = 860
LEAST: Final = 428
_UNIT: Final = 6.6
_NAME_UNITS: Final = 17
_LABEL_UNITS: Final = 46

Kind = Literal["signed", "sent", "refused"]
Anchor = Literal["middle", "start", "end"]
Words = tuple[str, str]
START: Final[Anchor] = "start"
MIDDLE: Final[Anchor] = "middle"
END: Final[Anchor] = "end"


@dataclass(frozen=True, slots=True)
class Lane:
    """One lifeline."""

    name: str
    full: str
    x: int
    person: bool


@dataclass(frozen=True, slots=True)
class Band:
    """Where a step begins: its number, verb and date, and a refusal that never became a transaction."""

    y: int
    text: str
    title: Words
    refused: str


@dataclass(frozen=True, slots=True)
class Arrow:
    """From one lifeline to another, or a loop where `x2 == x1`; its label stands at `at`."""

    kind: Kind
    y: int
    x1: int
    x2: int
    at: int
    anchor: Anchor
    label: str


@dataclass(frozen=True, slots=True)
class Sequence:
    """The whole picture; sizes are pixels."""

    width: int
    height: int
    lanes: tuple[Lane, ...]
    bands: tuple[Band, ...]
    arrows: tuple[Arrow, ...]
    told: Words
    """The picture in one sentence."""


def sequence(case: CaseResult) -> Sequence | None:
    """The picture of `case`, or None where nothing was signed and nothing sent."""
    if not any(step.signed or step.sent for step in case.steps):
        return None
    return _Drawing(case).picture()


@dataclass(slots=True)
class _Drawing:
    case: CaseResult
    lanes: dict[str, Lane] = field(default_factory=dict)
    bands: list[Band] = field(default_factory=list)
    arrows: list[Arrow] = field(default_factory=list)
    y: int = HEAD + 4

    def picture(self) -> Sequence:
        people, contracts = _parties(self.case)
        for i, name in enumerate([*people, *contracts]):
            self.lanes[name] = Lane(fit(name, _NAME_UNITS), inert(name), MARGIN + i * LANE, name in people)
        width = 2 * MARGIN + (len(self.lanes) - 1) * LANE
        width = max(width, LEAST)
        last_day = ""
        for step in self.case.steps:
            today = day(step.after.at)
            if step.signed or step.sent or step.error is not None:
                self._step(step, today, last_day, width)
                last_day = today
        signed = sum(len(step.signed) for step in self.case.steps)
        sent = [one for step in self.case.steps for one in step.sent]
        lost = sum(not one.ok for one in sent)
        who = ", ".join(lane.full for lane in self.lanes.values())
        told = (
            f"{signed} signatures and {len(sent)} transactions, {lost} of them refused, between {who}.",
            f"{who}之间有 {signed} 个签名、{len(sent)} 笔交易，其中 {lost} 笔被拒绝。",
        )
        lanes = tuple(self.lanes.values())
        height = self.y + 8 if self.y < LONG else self.y + 48
        return Sequence(width, height, lanes, tuple(self.bands), tuple(self.arrows), told)

    def _step(self, step: StepResult, today: str, last_day: str, width: int) -> None:
        when = clock(step.after.at) if today == last_day else f"{today} {clock(step.after.at)}"
        code = step.error.code if step.error is not None and not any(not one.ok for one in step.sent) else ""
        text = f"{step.number} · {step.verb} · {when}"
        room = int(width / _UNIT) - units(text) - 8
        self.y += GAP
        self.bands.append(Band(self.y, text, step.title, fit(code, room) if code else ""))
        self.y += BAND
        for signed, holder in zip(step.signed, _holders(step), strict=True):
            what = f"{signed.what} · {signed.card}" if signed.card else signed.what
            self._arrow("signed", signed.who, holder, what, width)
        for sent in step.sent:
            contract, function = _target(sent)
            told = f"{function} · {sent.gas:,} gas" if sent.ok else f"{function} · {sent.error}"
            self._arrow("sent" if sent.ok else "refused", sent.by, contract, told, width)

    def _arrow(self, kind: Kind, source: str, target: str, words: str, width: int) -> None:
        x1, x2 = self.lanes[source].x, self.lanes[target].x
        is_long = abs(x2 - x1) > 2 * LANE
        if is_long:  # its end may be out of sight
            words = f"{words} → {self.lanes[target].name}"
        label = fit(words, abs(x2 - x1) // 7 if is_long else _LABEL_UNITS)
        wide = int(units(label) * _UNIT) + 8
        self.y += ROW
        y, at, anchor = self.y - 8, 0, START
        if x1 == x2:
            y, is_right = self.y - 14, x1 + LOOP + 8 + wide <= width
            at, anchor = (x1 + LOOP + 8, START) if is_right else (x1 - 8, END)
        elif is_long:  # where it begins, to be seen without scrolling to its middle
            at, anchor = (x1 + 12, START) if x2 > x1 else (x1 - 12, END)
        else:
            at, anchor = max(wide // 2, min((x1 + x2) // 2, width - wide // 2)), MIDDLE
        self.arrows.append(Arrow(kind, y, x1, x2, at, anchor, label))


def _parties(case: CaseResult) -> tuple[list[str], list[str]]:
    """Those who sign or send, then what is only sent to; each in order of appearance."""
    acting: dict[str, None] = {}
    reached: dict[str, None] = {}
    for step in case.steps:
        acting.update(dict.fromkeys(one.who for one in step.signed))
        acting.update(dict.fromkeys(one.by for one in step.sent))
        reached.update(dict.fromkeys(_target(one)[0] for one in step.sent))
    return list(acting), [name for name in reached if name not in acting]


def _target(sent: Sent) -> tuple[str, str]:
    """`wallet of anna.consume` as contract and function; the journal's word where no function was called."""
    contract, _, function = sent.to.rpartition(".")
    return (contract, function) if contract and function else (sent.to, sent.purpose)


def _holders(step: StepResult) -> Iterator[str]:
    """For each signature of `step`, who had it next."""
    hands: list[Signed | Sent] = [*step.signed, *step.sent[:1]]
    names = [one.who if isinstance(one, Signed) else one.by for one in hands]
    for i, signed in enumerate(step.signed, start=1):
        yield next((name for name in names[i:] if name != signed.who), signed.who)
