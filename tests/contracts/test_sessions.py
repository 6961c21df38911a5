"""Cards of sessions, n paid and g given: `sessions.tree`."""

from __future__ import annotations

from functools import cache
from itertools import pairwise
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.contracts.craft import force
from tests.contracts.harness import Contract, World, raises
from wallet.rules.model import Cause, Usage
from wallet.rules.sessions import Sessions
from wallet.terms import GIFT_FIRST, LIST, PAID_FIRST, Terms


@cache
def world() -> World:
    """One world for all: rules are pure, so nothing is ever left behind."""
    return World()


@cache
def rules() -> Contract:
    """The template itself, asked directly."""
    return world().deploy("Sessions")


def terms(paid: int = 10, given_: int = 2, **fields: Any) -> Terms:
    """Ten paid, two given, 1200 yuan in all; the law's formulas."""
    card: dict[str, Any] = {
        "principal": 120_000,
        "consumer_formula": LIST,
        "params0": paid | given_ << 32,
        **fields,
    }
    # The contract takes any 48 bits, Python's tools no more than a plausible price.
    return force(world().terms(template=rules(), **{**card, "principal": 1}), principal=card["principal"])


def released(card: Terms, used: int, listed: int = 0) -> int:
    return int(rules().released(card, (used, listed, 0, 0, 0, 0)))


def owed(card: Terms, used: int, cause: Cause, listed: int = 0) -> int:
    return int(rules().entitlement(card, (used, listed, 0, 0, 0, 0), int(cause)))


def test_released_gives_each_session_its_share_of_the_principal() -> None:
    assert [released(terms(), used) for used in (0, 1, 2, 12)] == [0, 10_000, 20_000, 120_000]


def test_released_telescopes_to_the_principal_over_all_sessions() -> None:
    card = terms(7, 4, principal=99_991)
    totals = [released(card, used) for used in range(12)]
    assert totals == sorted(totals)
    assert (totals[0], totals[-1]) == (0, 99_991)
    assert {b - a for a, b in pairwise(totals)} == {9_090, 9_091}


def test_released_pays_for_paid_sessions_only_where_the_terms_say_so() -> None:
    card = terms(settlement_formula=PAID_FIRST)
    assert [released(card, used) for used in (1, 10, 11, 12)] == [12_000, 120_000, 120_000, 120_000]


def test_released_lets_given_sessions_go_first_where_the_terms_say_so() -> None:
    card = terms(settlement_formula=GIFT_FIRST)
    assert [released(card, used) for used in (1, 2, 3, 12)] == [0, 0, 12_000, 120_000]


def test_released_keeps_back_the_custody_share() -> None:
    card = terms(custody_bps=3_000)
    assert [released(card, used) for used in (0, 6, 12)] == [84_000, 102_000, 120_000]


def test_released_keeps_back_what_the_merchants_tier_says_where_the_terms_carry_a_ladder() -> None:
    card = terms(ladder1=3_000)
    at = [int(rules().released(card, (6, 0, 0, 0, tier, 0))) for tier in (0, 1)]
    assert at == [60_000, 78_000]


def test_released_reverts_when_more_sessions_are_used_than_there_are() -> None:
    with raises("Template_Overdrawn", 13, 12):
        released(terms(), 13)
    most = 2**32 - 1
    assert released(terms(most, most), 2 * most) == 120_000
    with raises("Template_Overdrawn", 1, 0):
        released(terms(0, 0), 1)


def test_entitlement_owes_everything_to_a_consumer_who_used_nothing() -> None:
    assert {owed(terms(), 0, cause) for cause in Cause} == {120_000}


def test_entitlement_deducts_the_price_of_single_sessions_when_the_consumer_is_the_cause() -> None:
    # A single session costs 150 yuan, one of the card 100.
    assert owed(terms(), 2, Cause.CONSUMER, listed=30_000) == 90_000


def test_entitlement_deducts_by_ratio_when_the_consumer_is_not_the_cause() -> None:
    assert owed(terms(), 2, Cause.NOT_CONSUMER, listed=30_000) == 100_000


def test_entitlement_owes_nothing_rather_than_less_than_nothing() -> None:
    assert owed(terms(), 9, Cause.CONSUMER, listed=135_000) == 0
    assert owed(terms(), 99, Cause.NOT_CONSUMER) == 0


@given(
    sessions=st.tuples(st.integers(1, 2**32 - 1), st.integers(0, 2**32 - 1)),
    principal=st.integers(1, 2**47),
    custody=st.integers(0, 10_000),
    numbers=st.tuples(*[st.integers(0, 3)] * 3, st.integers(0, 2), st.integers(0, 1)),
    part=st.integers(0, 10**6),
    listed=st.integers(0, 2**48 - 1),
    cause=st.sampled_from(list(Cause)),
)
@settings(max_examples=120, deadline=None)
def test_reference_rules_answers_as_the_python_rules_do(
    sessions: tuple[int, int],
    principal: int,
    custody: int,
    numbers: tuple[int, ...],
    part: int,
    listed: int,
    cause: Cause,
) -> None:
    card = terms(
        *sessions,
        principal=principal,
        custody_bps=custody,
        settlement_formula=numbers[0],
        consumer_formula=numbers[1],
        not_consumer_formula=numbers[2],
        cooling_use=numbers[3],
        schedule=numbers[4],
    )
    used = sum(sessions) * part // 10**6
    model = Usage(used=used, listed=listed)
    assert released(card, used, listed) == Sessions().released(card, model)
    assert owed(card, used, cause, listed) == Sessions().entitlement(card, model, cause)
