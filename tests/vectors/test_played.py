"""Vectors on real cards: our own file, and random ones against formulas written apart."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.vectors.oracle import ORACLES
from tests.vectors.samples import SAMPLES, sample
from wallet.vectors import FAIL, PASS, UNSUPPORTED, Vector, read_vectors, run_vectors
from wallet.vectors.format import GROUPS, Value
from wallet.vectors.given import Given
from wallet.vectors.run import PLAYS, play
from wallet.vectors.stage import Stage

OWN = Path(__file__).with_name("own.vectors.json")
VECTORS = read_vectors(OWN)


def vector(group: str, given: dict[str, Value], **expect: Value) -> Vector:
    """One vector, as a file would hold it."""
    return Vector("here", group, given, expect)


def test_the_file_holds_every_group_and_agrees_with_the_formulas() -> None:
    """What it expects was not taken from what is tested."""
    assert {one.group for one in VECTORS} == set(GROUPS)
    assert len(VECTORS) >= 150
    assert all(one.source for one in VECTORS)
    for one in json.loads(OWN.read_text("utf-8"))["vectors"]:
        if one["group"] in ORACLES:
            said = ORACLES[one["group"]](one["input"])
            assert {key: said[key] for key in one["expect"]} == one["expect"], one["id"]


def test_every_group_can_be_played() -> None:
    assert set(PLAYS) == set(GROUPS)


@pytest.mark.parametrize("group", GROUPS)
def test_the_file_comes_out_as_expected(stage: Stage, group: str) -> None:
    """Opened, used, waited for and left on the chain; the money that moved is compared."""
    for one in VECTORS:
        if one.group == group:
            outcome = play(stage, one)
            assert (outcome.status, outcome.reason) == (PASS, ""), outcome


@pytest.mark.parametrize("group", SAMPLES)
def test_random_vectors_come_out_as_the_formulas_say(stage: Stage, group: str) -> None:
    """Odd, tiny and huge amounts, all and more than all used; the same ones in every run."""
    for seed in range(5):
        made = sample(group, seed)
        given = {key: tuple(v) if isinstance(v, list) else v for key, v in made["input"].items()}
        expect = {key: tuple(v) if isinstance(v, list) else v for key, v in made["expect"].items()}
        outcome = play(stage, Vector(made["id"], group, given, expect))
        assert outcome.status == PASS, (outcome, made["input"])


def test_a_wrong_expectation_fails_and_shows_what_moved(stage: Stage) -> None:
    given: dict[str, Value] = {
        "principal": 100_000,
        "bonus": 30_000,
        "consumed_face": 52_000,
        "formula": "ratio",
    }
    outcome = play(stage, vector("stored_value", given, refund=60_001, merchant_keeps=40_000))
    assert (outcome.status, outcome.reason) == (FAIL, "refund")
    assert outcome.actual == {"refund": 60_000, "merchant_keeps": 40_000}


def test_a_card_for_nothing_moves_nothing(stage: Stage) -> None:
    """The sub-wallet refuses to open it; that is seen, not assumed."""
    outcome = play(stage, vector("stored_value", {"principal": 0}, refund=0, merchant_keeps=0))
    assert outcome.status == PASS


@pytest.mark.parametrize(
    ("group", "given", "reason"),
    [
        ("stored_value", {"principal": 1 << 48}, "does not fit a card"),
        ("stored_value", {"principal": 1, "bonus": 1 << 48}, "does not fit a card"),
        ("milestone", {"principal": 100, "milestones": (60, 60), "done": 1}, "do not cost the price"),
        ("cooling_off", {"principal": 100, "days_since_pay": 10_000_000}, "beyond the calendar"),
        ("interest", {"amount": 100, "days": 10**18}, "beyond the calendar"),
        ("limits", {"wallet_class": 5, "single_payment_fen": 100}, "does not exist"),
        ("fees", {"principal": 100, "gross_refund": 50, "exit_fee_bps": 1_001}, "exitFeeBps"),
        ("milestone", {"principal": 5, "remaining_obligation": 6, "new_merchant_quote": 1}, "cannot be left"),
    ],
)
def test_what_no_card_carries_is_unsupported_with_the_reason(
    stage: Stage, group: str, given: dict[str, Value], reason: str
) -> None:
    outcome = play(stage, vector(group, given, refund=1))
    assert outcome.status == UNSUPPORTED
    assert reason in outcome.reason


@pytest.mark.parametrize(
    ("group", "given", "expect"),
    [
        # What is done and what is in progress is exact, however many steps of however much money there are.
        ("milestone", {"principal": 66, "milestones": tuple(range(1, 12)), "done": 10}, {"refund": 11}),
        (
            "milestone",
            {"principal": 3 << 40, "milestones": (1 << 40, 1 << 41), "done": 1, "in_progress_bps": 3_333},
            {"merchant_keeps": (1 << 40) + (1 << 41) * 3_333 // 10_000},
        ),
        (
            "cooling_off",
            {"principal": 9, "cooling_days": 365, "days_since_pay": 365},
            {"path": "cooling_off"},
        ),
        (
            "cooling_off",
            {"principal": 9, "cooling_days": 365, "days_since_pay": 366},
            {"path": "ordinary_refund"},
        ),
        ("interest", {"amount": 10_000, "rate_bps": 300, "days": 100_000}, {"interest": 82_191}),
        ("fees", {"insured_amount": 80_000, "premium_bps": 0}, {"premium": 0}),
        ("limits", {"wallet_class": 1, "single_payment_fen": 10**12}, {"accept": True}),
        ("limits", {"wallet_class": 2, "single_payment_fen": 10**12}, {"accept": False}),
        ("limits", {"rule": "sh_sport", "kind": "membership", "term_months": 10**9}, {"accept": False}),
    ],
)
def test_what_is_beyond_the_fields_of_a_card_is_played_all_the_same(
    stage: Stage, group: str, given: dict[str, Value], expect: dict[str, Value]
) -> None:
    outcome = play(stage, vector(group, given, **expect))
    assert outcome.status == PASS, outcome


@pytest.mark.parametrize("group", [name for name in GROUPS if name != "limits"])
def test_nothing_given_is_nothing_moved(stage: Stage, group: str) -> None:
    """Every key has a neutral value, so that an empty vector can be played."""
    kinds = GROUPS[group].expect
    said = play(stage, vector(group, {}, **{key: 0 for key, kind in kinds.items() if key != "path"}))
    assert said.status in (PASS, FAIL), said
    assert set(said.actual.values()) <= {0}
    assert said.actual


@pytest.mark.parametrize("claims", [55])
def test_an_insurer_shares_its_limit_among_more_claims_than_one_transaction_counts(
    stage: Stage, claims: int
) -> None:
    given: dict[str, Value] = {
        "entitlements": (100,) * claims, "custody_ratio_bps": 0, "insurer_aggregate_limit": 10 * claims,
    }  # fmt: skip
    said = play(stage, vector("runaway_waterfall", given, insurance=(10,) * claims))
    assert said.status == PASS, said


def test_whatever_one_vector_brings_about_is_its_own_outcome(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An error that nobody foresaw is reported, and the others are played."""

    def broken(stage: Stage, given: Given) -> dict[str, Value]:
        raise OverflowError("days")

    monkeypatch.setitem(PLAYS, "finance", broken)
    whole = vector("stored_value", {"principal": 5}, refund=5)
    said = run_vectors(stage, [vector("finance", {}, credit_line=0), whole])
    assert [(one.status, one.reason) for one in said] == [(FAIL, "OverflowError: days"), (PASS, "")]


def test_playing_leaves_the_stage_as_it_was(stage: Stage) -> None:
    """Time, money and merchants are as before, whatever a vector did to them."""

    def seen() -> tuple[int, int, int, str]:
        head = stage.context.chain.head()
        balance = stage.balance(stage.consumer.address)
        return head.number, head.timestamp, balance, head.hash.hex()

    stage.clear()
    before = seen()
    for one in VECTORS:
        if one.id in ("days-365000-365-364", "lessons-market-price", "credit-60000-5000-30-435-395"):
            assert play(stage, one).status == PASS
            assert seen() == before
