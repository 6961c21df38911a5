"""Play vectors one after another and compare what moved with what each expects."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from wallet.bindings.errors import SubWalletTermsInvalid
from wallet.errors import PrepaidError
from wallet.vectors import kinds, milestones, money, refunds, supervised, waterfall
from wallet.vectors.format import EITHER, GROUPS, NUMBER, Value, Vector
from wallet.vectors.given import Given
from wallet.vectors.stage import NotPlayable, Stage

PASS, FAIL, UNSUPPORTED = "pass", "fail", "unsupported"

Play = Callable[[Stage, Given], Mapping[str, Value]]

PLAYS: Final[dict[str, Play]] = {
    "stored_value": refunds.stored_value,
    "discount_card": kinds.discount_card,
    "session_card": refunds.session_card,
    "period_card": kinds.period_card,
    "milestone": milestones.milestone,
    "cooling_off": refunds.cooling_off,
    "runaway_waterfall": waterfall.runaway_waterfall,
    "settlement_gap": refunds.settlement_gap,
    "deposit_ratio": supervised.deposit_ratio,
    "limits": supervised.limits,
    "interest": money.interest,
    "fees": money.fees,
    "finance": money.finance,
}
"""How each group is played."""

_UNFIT: Final = ("invalid-terms", "unknown-wallet-class", "invalid-application")
"""Errors that say of a vector's figures that nothing here can carry them."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one vector. `actual` holds the expected keys, as far as they came out."""

    id: str
    group: str
    status: str
    expected: Mapping[str, Value]
    actual: Mapping[str, Value]
    reason: str = ""
    source: str = ""


def run_vectors(
    stage: Stage, vectors: Sequence[Vector], on_progress: Callable[[int, int, str], None] | None = None
) -> list[Outcome]:
    """Play every vector from the same beginning. The stage is put back at the end."""
    outcomes = []
    for number, vector in enumerate(vectors):
        if on_progress is not None:
            on_progress(number, len(vectors), vector.id)
        outcomes.append(play(stage, vector))
    return outcomes


def play(stage: Stage, vector: Vector) -> Outcome:
    """Play one vector; whatever it changed is undone.

    Any error is this vector's outcome. Raises only if the stage cannot be put back: its chain is gone.
    """
    actual: Mapping[str, Value] = {}
    if vector.unsupported:
        return _outcome(vector, UNSUPPORTED, actual, vector.unsupported)
    given = Given(vector.input)
    try:
        actual = PLAYS[vector.group](stage, given)
    except SubWalletTermsInvalid as problem:
        if problem.what != "principal" or given.number("principal"):
            return _outcome(vector, UNSUPPORTED, actual, problem.message)
        actual = _nothing_bought(vector)
    except NotPlayable as problem:
        return _outcome(vector, UNSUPPORTED, actual, str(problem))
    except PrepaidError as problem:
        unfit = problem.error_code in _UNFIT
        return _outcome(vector, UNSUPPORTED if unfit else FAIL, actual, problem.message)
    except Exception as problem:  # whatever one vector brings about, the others are played
        return _outcome(vector, FAIL, actual, f"{type(problem).__name__}: {problem}")
    finally:
        stage.clear()
    wrong = [key for key, value in vector.expect.items() if actual.get(key) != value]
    return _outcome(vector, FAIL if wrong else PASS, actual, ", ".join(wrong))


def _nothing_bought(vector: Vector) -> Mapping[str, Value]:
    """The sub-wallet opens no card for nothing: no money moved anywhere."""
    kinds = GROUPS[vector.group].expect
    return {key: 0 for key, kind in kinds.items() if kind in (NUMBER, EITHER)}


def _outcome(vector: Vector, status: str, actual: Mapping[str, Value], reason: str) -> Outcome:
    shown = {key: actual[key] for key in vector.expect if key in actual}
    return Outcome(vector.id, vector.group, status, vector.expect, shown, reason, vector.source)
