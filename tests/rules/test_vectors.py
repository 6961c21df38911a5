"""Worked examples with their public source: what a consumer gets back, to the fen.

SPC: Supreme People's Court interpretation Fa Shi (2025) No. 4, in force 2025-05-01. Each example is played on
the reference template and through the sub-wallet's bounds.
"""

from __future__ import annotations

from typing import NamedTuple

import pytest

from wallet.rules import Cause, Sessions, StoredValue, Usage, close_card, consume, open_card, quote
from wallet.rules.model import day_of, days_between
from wallet.rules.refund_math import to_hold
from wallet.terms import (
    COOLING_LIST,
    COOLING_ORDINARY,
    COOLING_RATIO,
    GIFT_FIRST,
    HAD_SAME_GOODS,
    LIST,
    PAID_FIRST,
    PROPORTIONAL,
    RATIO,
    Terms,
)

A, B, C = ("0x" + digit * 40 for digit in "123")
NOON = 1_800_000_000 - 1_800_000_000 % 86_400 + 4 * 3600  # 12:00 in UTC+8
DAY = 86_400


def terms(principal: int, **numbers: int) -> Terms:
    """A product of that price."""
    return Terms.build(token=A, merchant=B, template=C, principal=principal, **numbers)


class Spent(NamedTuple):
    """A stored-value card after some face value was used: what comes back."""

    principal: int
    bonus: int
    used: int
    formula: int
    refund: int
    source: str


STORED_VALUE = [
    Spent(100_000, 30_000, 0, RATIO, 100_000, "SPC art. 18(2)"),
    Spent(100_000, 30_000, 0, LIST, 100_000, "SPC art. 19, 20"),
    Spent(100_000, 30_000, 52_000, RATIO, 60_000, "SPC art. 18(2)"),
    Spent(100_000, 30_000, 52_000, LIST, 48_000, "SPC art. 19, 20"),
    Spent(100_000, 30_000, 52_000, GIFT_FIRST, 78_000, "SPC art. 18, 19: better terms prevail"),
    Spent(100_000, 30_000, 100_000, RATIO, 23_077, "SPC art. 18(2)"),
    Spent(100_000, 30_000, 100_000, LIST, 0, "SPC art. 19, 20"),
    Spent(100_000, 30_000, 100_000, GIFT_FIRST, 30_000, "SPC art. 18, 19: better terms prevail"),
    Spent(100_000, 30_000, 130_000, RATIO, 0, "SPC art. 18(2)"),
    Spent(100_000, 30_000, 130_000, LIST, 0, "SPC art. 20: the consumer never owes the excess"),
    Spent(300_000, 100_000, 359_400, RATIO, 30_450, "www.2wbiao.com/p/86053.html: 2695.5 yuan deducted"),
]


@pytest.mark.parametrize("case", STORED_VALUE, ids=str)
def test_stored_value(case: Spent) -> None:
    """The refund by each formula, whichever side the formula is set for, and in the bounded exit."""
    product = terms(
        case.principal, bonus=case.bonus, consumer_formula=case.formula, not_consumer_formula=case.formula
    )
    usage = Usage(used=case.used, listed=case.used)
    for cause in (Cause.CONSUMER, Cause.NOT_CONSUMER, Cause.EXPIRY):
        assert StoredValue().entitlement(product, usage, cause) == case.refund
    settled = product.change(settlement_formula=case.formula)
    card, _ = open_card(StoredValue(), settled, NOON)
    if case.used:
        card, _ = consume(
            StoredValue(), settled, card, used_after=case.used, listed_after=case.used, now=NOON
        )
    closing = close_card(StoredValue(), settled, card, NOON)
    assert (closing.refund, closing.to_collect, closing.shortfall) == (case.refund, 0, 0)
    assert card.released == case.principal - case.refund


class Attended(NamedTuple):
    """A card of ten paid and two given sessions for 1800 yuan, list price 200, after some sessions."""

    used: int
    formula: int
    refund: int
    source: str


SESSIONS = [
    *(Attended(0, formula, 180_000, "SPC art. 18, 19") for formula in (RATIO, LIST, PAID_FIRST, GIFT_FIRST)),
    Attended(5, RATIO, 105_000, "SPC art. 18"),
    Attended(5, LIST, 80_000, "SPC art. 19, 20"),
    Attended(5, PAID_FIRST, 90_000, "contract term"),
    Attended(5, GIFT_FIRST, 126_000, "better terms prevail"),
    *(Attended(12, formula, 0, "SPC art. 18, 20") for formula in (RATIO, LIST, PAID_FIRST, GIFT_FIRST)),
]


@pytest.mark.parametrize("case", SESSIONS, ids=str)
def test_sessions(case: Attended) -> None:
    """The refund by each formula; `listed` is the price before discount of what was used."""
    product = terms(180_000, consumer_formula=case.formula)
    product = Terms.from_dict({**product.to_dict(), "params0": hex(Sessions.params(10, 2))})
    usage = Usage(used=case.used, listed=20_000 * case.used)
    assert Sessions().entitlement(product, usage, Cause.CONSUMER) == case.refund


def test_sessions_telescope_to_the_price() -> None:
    """A price that three sessions do not divide: 33.33, 33.33 and 33.34 yuan; nothing is lost or made."""
    product = Terms.from_dict({**terms(10_000).to_dict(), "params0": hex(Sessions.params(3, 0))})
    card, _ = open_card(Sessions(), product, NOON)
    moved = []
    for used in (1, 2, 3):
        card, paid = consume(Sessions(), product, card, used_after=used, listed_after=0, now=NOON)
        moved.append(paid)
    assert moved == [3333, 3333, 3334]
    assert card.held == 0


class Cooled(NamedTuple):
    """A card of 1000 yuan with 300 given, left some days after payment."""

    used: int
    day: int
    cooling_use: int
    refund: int
    cause: Cause
    source: str


COOLING = [
    Cooled(0, 7, COOLING_LIST, 100_000, Cause.COOLING_OFF, "SPC art. 14; Beijing prepaid-card rules art. 16"),
    Cooled(0, 8, COOLING_LIST, 100_000, Cause.CONSUMER, "SPC art. 14: the eighth day is too late"),
    Cooled(10_000, 3, COOLING_RATIO, 92_308, Cause.COOLING_OFF, "deduct what was used by ratio"),
    Cooled(10_000, 3, COOLING_LIST, 90_000, Cause.COOLING_OFF, "Jiangsu rules: deduct what was used"),
    Cooled(10_000, 3, COOLING_ORDINARY, 90_000, Cause.CONSUMER, "Beijing rules art. 16: only unused cards"),
]


@pytest.mark.parametrize("case", COOLING, ids=str)
def test_cooling_off(case: Cooled) -> None:
    """Seven days after payment, by calendar days in UTC+8; no exit fee within them."""
    product = terms(
        100_000, bonus=30_000, cooling_days=7, consumer_formula=LIST, cooling_use=case.cooling_use
    )
    card, _ = open_card(StoredValue(), product, NOON)
    if case.used:
        card, _ = consume(
            StoredValue(), product, card, used_after=case.used, listed_after=case.used, now=NOON
        )
    closing = close_card(StoredValue(), product, card, NOON + case.day * DAY)
    assert (closing.refund, closing.cause) == (case.refund, case.cause)


def test_no_cooling_off_for_what_was_had_before() -> None:
    """SPC art. 14: not for the same goods or service received before."""
    product = terms(100_000, cooling_days=7, declared=HAD_SAME_GOODS)
    card, _ = open_card(StoredValue(), product, NOON)
    assert quote(StoredValue(), product, card, NOON + 2 * DAY).cause == Cause.CONSUMER


class Settled(NamedTuple):
    """1000 yuan with 300 given, 520 used: what is held against what is due if the merchant is the cause."""

    formula: int
    to_merchant: int
    held: int
    due: int
    shortfall: int


SETTLEMENT_GAP = [Settled(RATIO, 40_000, 60_000, 60_000, 0), Settled(LIST, 52_000, 48_000, 60_000, 12_000)]


@pytest.mark.parametrize("case", SETTLEMENT_GAP, ids=str)
def test_settling_principal_first_leaves_custody_short(case: Settled) -> None:
    """Even at full custody: the gap is used · bonus / face. Settling by ratio closes it."""
    product = terms(100_000, bonus=30_000, settlement_formula=case.formula)
    card, _ = open_card(StoredValue(), product, NOON)
    card, paid = consume(StoredValue(), product, card, used_after=52_000, listed_after=52_000, now=NOON)
    closing = close_card(StoredValue(), product, card, NOON + DAY, stopped_at=NOON + DAY)
    assert (paid, card.held, closing.shortfall) == (case.to_merchant, case.held, case.shortfall)
    assert closing.refund + closing.shortfall == case.due
    assert closing.cause == Cause.NOT_CONSUMER


@pytest.mark.parametrize(
    ("custody_bps", "schedule", "unperformed", "held"),
    [
        (3_000, PROPORTIONAL, 60_000, 18_000),
        (3_000, 1, 60_000, 30_000),
        (7_000, PROPORTIONAL, 60_000, 42_000),
        (7_000, 1, 60_000, 60_000),
        (3_333, PROPORTIONAL, 10_001, 3_334),
    ],
)
def test_partial_custody(custody_bps: int, schedule: int, unperformed: int, held: int) -> None:
    """The same share held in two orders; what must be held is rounded up."""
    assert to_hold(100_000, unperformed, custody_bps, schedule) == held


def test_exit_fee_is_capped_and_only_the_consumers() -> None:
    """Ten per cent of the refund, never above the cap in the terms, nothing if the merchant stopped."""
    product = terms(100_000, exit_fee_bps=1_000, exit_fee_cap=3_000)
    card, _ = open_card(StoredValue(), product, NOON)
    assert close_card(StoredValue(), product, card, NOON).refund == 97_000
    assert close_card(StoredValue(), product, card, NOON + DAY, stopped_at=NOON + DAY).refund == 100_000
    assert close_card(StoredValue(), product, card, NOON, stopped_at=None).refund == 100_000


@pytest.mark.parametrize(
    ("start", "end", "days"),
    [
        (NOON, NOON, 0),
        (NOON, NOON + 12 * 3600 - 1, 0),  # 23:59:59 of the same day
        (NOON, NOON + 12 * 3600, 1),  # midnight
        (NOON + 12 * 3600 - 1, NOON + 12 * 3600, 1),  # one second apart, another date
        (NOON, NOON - 1, 0),
        (NOON, NOON + 8 * DAY, 8),
    ],
)
def test_days_are_calendar_days_in_utc8(start: int, end: int, days: int) -> None:
    """The opening day is not counted and the last day ends at 24:00."""
    assert days_between(start, end) == days
    assert day_of(NOON) == day_of(NOON + 12 * 3600 - 1)
