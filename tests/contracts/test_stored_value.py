"""Cards spent in yuan, with or without a bonus: `stored_value.tree`."""

from __future__ import annotations

from functools import cache
from itertools import pairwise
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.contracts.craft import force
from tests.contracts.harness import Contract, World, raises
from wallet.rules.model import Cause, TemplateFailed, Usage
from wallet.rules.stored_value import StoredValue
from wallet.terms import (
    ADVANCE_FIRST,
    COOLING_RATIO,
    GIFT_FIRST,
    GIFTS_ALWAYS_PAID,
    GIFTS_IGNORED,
    LIST,
    RATIO,
    Terms,
)


@cache
def world() -> World:
    """One world for all: rules are pure, so nothing is ever left behind."""
    return World()


@cache
def rules() -> Contract:
    """The template itself, asked directly."""
    return world().deploy("StoredValue")


CARD = {"principal": 100_000, "bonus": 30_000, "consumer_formula": LIST}


def terms(**fields: Any) -> Terms:
    """Pay 1000, get 300; the law's formulas."""
    fields = {**CARD, **fields}
    # The contract takes any 48 bits, Python's tools no more than a plausible price.
    return force(world().terms(**{**fields, "principal": 1}), principal=fields["principal"])


def usage(used: int, **fields: int) -> tuple[int, ...]:
    words = {"listed": used, "released": 0, "elapsed": 0, "tier": 0, "facts": 0, **fields}
    return (used, *(words[name] for name in ("listed", "released", "elapsed", "tier", "facts")))


def released(card: Terms, used: int, **fields: int) -> int:
    return int(rules().released(card, usage(used, **fields)))


def owed(card: Terms, used: int, cause: Cause, **fields: int) -> int:
    return int(rules().entitlement(card, usage(used, **fields), int(cause)))


def test_released_splits_each_use_by_ratio_between_what_was_paid_and_what_was_given() -> None:
    card = terms()
    assert [released(card, used) for used in (0, 1, 3_000, 65_000, 130_000)] == [0, 0, 2_307, 50_000, 100_000]
    assert [released(terms(bonus=0), used) for used in (0, 1, 99_999, 100_000)] == [0, 1, 99_999, 100_000]


def test_released_telescopes_to_the_principal_however_the_face_value_is_split() -> None:
    card = terms(principal=99_991, bonus=30_011)
    for step in (1_009, 7_001, 130_001):
        totals = [*range(0, 130_002, step), 130_002]
        paid = [released(card, b) - released(card, a) for a, b in pairwise(totals)]
        assert min(paid) >= 0
        assert sum(paid) == 99_991


def test_released_keeps_back_the_custody_share_of_what_is_unperformed() -> None:
    card = terms(bonus=0, custody_bps=4_000)
    assert [released(card, used) for used in (0, 50_000, 100_000)] == [60_000, 80_000, 100_000]
    # What must stay held is rounded up.
    assert released(terms(bonus=0, principal=3, custody_bps=5_000), 0) == 1


def test_released_spends_the_held_share_last_under_the_other_schedule() -> None:
    card = terms(bonus=0, custody_bps=4_000, schedule=ADVANCE_FIRST)
    assert [released(card, used) for used in (0, 60_000, 70_000, 100_000)] == [
        60_000,
        60_000,
        70_000,
        100_000,
    ]


LADDER = {"bonus": 0, "ladder1": 3_000, "ladder2": 5_000, "ladder3": 7_000, "custody_bps": 4_000}


def test_released_releases_by_the_merchants_tier_where_the_terms_carry_a_ladder() -> None:
    card = terms(**LADDER)
    assert [released(card, 0, tier=tier) for tier in range(5)] == [0, 30_000, 50_000, 70_000, 0]
    assert [released(card, 60_000, tier=tier) for tier in range(4)] == [60_000, 72_000, 80_000, 88_000]
    assert [released(card, 100_000, tier=tier) for tier in range(4)] == [100_000] * 4
    # One rung is a ladder too, and the fixed share then counts for nobody.
    assert [released(terms(bonus=0, ladder3=1, custody_bps=0), 0, tier=tier) for tier in (2, 3)] == [0, 10]


def test_released_spends_what_a_ladder_holds_last_under_the_other_schedule() -> None:
    card = terms(**LADDER, schedule=ADVANCE_FIRST)
    assert [released(card, used, tier=3) for used in (0, 60_000, 71_000)] == [70_000, 70_000, 71_000]
    assert released(card, 60_000, tier=0) == 60_000


def test_released_reverts_for_a_rung_above_everything() -> None:
    card = force(terms(bonus=0), ladder2=10_001)
    assert released(card, 5, tier=1) == 5
    with raises("Panic", 0x11):
        released(card, 5, tier=2)


@given(
    principal=st.integers(1, 2**40),
    bonus=st.integers(0, 2**40),
    custody=st.integers(0, 10_000),
    schedule=st.integers(0, 1),
    formula=st.sampled_from([RATIO, LIST, GIFT_FIRST]),
    parts=st.tuples(st.integers(0, 10**6), st.integers(0, 10**6)),
)
@settings(max_examples=80, deadline=None)
def test_released_never_falls_and_never_exceeds_the_principal(
    principal: int, bonus: int, custody: int, schedule: int, formula: int, parts: tuple[int, int]
) -> None:
    card = terms(
        principal=principal, bonus=bonus, custody_bps=custody, schedule=schedule, settlement_formula=formula
    )
    less, more = (card.face * part // 10**6 for part in sorted(parts))
    assert 0 <= released(card, less) <= released(card, more) <= released(card, card.face) == principal


def test_released_reverts_when_more_is_used_than_the_face_value() -> None:
    with raises("Template_Overdrawn", 130_001, 130_000):
        released(terms(), 130_001)


def test_entitlement_owes_everything_to_a_consumer_who_used_nothing() -> None:
    assert {owed(terms(), 0, cause) for cause in Cause} == {100_000}


def test_entitlement_deducts_list_price_when_the_consumer_is_the_cause() -> None:
    assert owed(terms(), 3_000, Cause.CONSUMER) == 97_000


def test_entitlement_deducts_by_ratio_when_the_consumer_is_not_the_cause() -> None:
    assert owed(terms(), 3_000, Cause.NOT_CONSUMER) == 97_693


def test_entitlement_deducts_list_price_during_cooling_off_unless_the_terms_say_ratio() -> None:
    assert owed(terms(), 3_000, Cause.COOLING_OFF) == 97_000
    assert owed(terms(cooling_use=COOLING_RATIO), 3_000, Cause.COOLING_OFF) == 97_693


def test_entitlement_lets_gifts_go_first_where_the_terms_are_better_than_the_law() -> None:
    card = terms(not_consumer_formula=GIFT_FIRST)
    assert [owed(card, used, Cause.NOT_CONSUMER) for used in (30_000, 30_001, 130_000)] == [
        100_000,
        99_999,
        0,
    ]


def test_entitlement_owes_nothing_more_once_list_price_has_reached_the_principal() -> None:
    assert [owed(terms(), used, Cause.CONSUMER) for used in (99_999, 100_000, 130_000)] == [1, 0, 0]


def test_entitlement_treats_expiry_as_nobodys_fault() -> None:
    assert owed(terms(), 3_000, Cause.EXPIRY) == 97_693


def test_entitlement_deducts_goods_that_were_kept_when_the_consumer_leaves() -> None:
    card, kept = terms(cooling_use=COOLING_RATIO), {"listed": 3_000 + 5_000}
    assert owed(card, 3_000, Cause.CONSUMER, **kept) == 92_000
    assert owed(card, 3_000, Cause.COOLING_OFF, **kept) == 92_693
    assert [owed(card, 3_000, cause, **kept) for cause in (Cause.NOT_CONSUMER, Cause.EXPIRY)] == [97_693] * 2
    # Given back, or used beyond what was ever listed, they are no matter any more.
    assert [owed(card, 3_000, Cause.CONSUMER, listed=listed) for listed in (3_000, 2_999)] == [97_000] * 2


def test_entitlement_deducts_goods_that_were_kept_at_every_exit_where_the_terms_say_so() -> None:
    card = terms(gift_rule=GIFTS_ALWAYS_PAID)
    assert [owed(card, 3_000, cause, listed=8_000) for cause in Cause] == [92_000, 92_000, 92_693, 92_693]


def test_entitlement_deducts_no_goods_where_the_terms_say_so() -> None:
    card = terms(gift_rule=GIFTS_IGNORED)
    assert [owed(card, 3_000, cause, listed=8_000) for cause in Cause] == [97_000, 97_000, 97_693, 97_693]


def test_entitlement_never_owes_less_than_nothing_for_goods() -> None:
    assert owed(terms(), 95_000, Cause.CONSUMER, listed=101_000) == 0


@given(
    principal=st.integers(1, 2**47),
    bonus=st.integers(0, 2**47),
    custody=st.integers(0, 10_000),
    numbers=st.tuples(*[st.integers(0, 2)] * 5, st.integers(0, 1)),
    part=st.integers(0, 10**6),
    gifts=st.one_of(st.just(0), st.integers(-9, 2**47)),
    tier=st.integers(0, 4),
    rung=st.one_of(st.just(0), st.integers(0, 10_001)),
    cause=st.sampled_from(list(Cause)),
)
@settings(max_examples=120, deadline=None)
def test_reference_rules_answers_as_the_python_rules_do(
    principal: int,
    bonus: int,
    custody: int,
    numbers: tuple[int, ...],
    part: int,
    gifts: int,
    tier: int,
    rung: int,
    cause: Cause,
) -> None:
    card = terms(
        principal=principal,
        bonus=bonus,
        custody_bps=custody,
        settlement_formula=numbers[0],
        consumer_formula=numbers[1],
        not_consumer_formula=numbers[2],
        cooling_use=numbers[3],
        gift_rule=numbers[4],
        schedule=numbers[5],
    )
    card = force(card, ladder2=rung)
    used = card.face * part // 10**6
    model = Usage(used=used, listed=max(0, used + gifts), tier=tier)
    words = {"listed": model.listed, "tier": tier}
    assert owed(card, used, cause, **words) == StoredValue().entitlement(card, model, cause)
    try:
        expected = StoredValue().released(card, model)
    except TemplateFailed:
        with raises("Panic", 0x11):
            released(card, used, **words)
    else:
        assert released(card, used, **words) == expected
