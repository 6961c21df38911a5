"""Worked examples of discount cards, cards for a time, treatments in steps, gifts and partial custody.

As in test_vectors.py: SPC is the Supreme People's Court interpretation Fa Shi (2025) No. 4, and each example
is played on the reference template within the sub-wallet's bounds.
"""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

import pytest

from wallet.rules import (
    Card,
    Cause,
    Closing,
    DiscountCard,
    Milestones,
    Period,
    Sessions,
    StoredValue,
    Template,
    Usage,
    close_card,
    consume,
    open_card,
)
from wallet.terms import (
    ADVANCE_FIRST,
    COOLING_LIST,
    COOLING_RATIO,
    GIFTS_ALWAYS_PAID,
    GIFTS_IGNORED,
    LIST,
    PROPORTIONAL,
    RATIO,
    Terms,
)

A, B, C = ("0x" + digit * 40 for digit in "123")
NOON = 1_800_000_000 - 1_800_000_000 % 86_400 + 4 * 3600  # 12:00 in UTC+8
DAY = 86_400


def build(**numbers: int) -> Terms:
    """A product under the law's formulas unless told otherwise."""
    return Terms.build(token=A, merchant=B, template=C, **{"consumer_formula": LIST, **numbers})


def used(template: Template, terms: Terms, *totals: tuple[int, int]) -> Card:
    """A card opened at noon on day 0, after charges that raise its totals to these (used, listed)."""
    card, _ = open_card(template, terms, NOON)
    for total, listed in totals:
        if total or listed:
            card, _ = consume(template, terms, card, used_after=total, listed_after=listed, now=NOON)
    return card


def ended(template: Template, terms: Terms, card: Card, *, day: int = 0, stops: bool = False) -> Closing:
    """The card ended on a day; because the merchant stopped on it, or by the consumer's wish."""
    now = NOON + day * DAY
    return close_card(template, terms, card, now, stopped_at=now if stops else 0)


def keeps(terms: Terms, closing: Closing) -> int:
    """What the merchant has in the end."""
    return terms.principal - closing.refund - closing.shortfall


class Discounted(NamedTuple):
    """2000 yuan prepaid; uses as (reduced, before discount), and who is the cause."""

    factor: int
    bonus: int
    uses: tuple[tuple[int, int], ...]
    stops: bool
    refund: int
    source: str


LESSONS = ((20_000, 20_000),) * 3 + ((10_000, 20_000),) * 2
DISCOUNTED = [
    Discounted(8_000, 0, ((72_000, 90_000),), True, 128_000, "SPC art. 18(1): the reduced price"),
    Discounted(8_000, 0, ((72_000, 90_000),), False, 110_000, "SPC art. 19: the price before discount"),
    Discounted(8_000, 0, (), False, 200_000, "nothing used"),
    Discounted(8_000, 0, ((192_000, 240_000),), False, 0, "SPC art. 20: the excess is not owed"),
    Discounted(8_000, 50_000, ((72_000, 90_000),), True, 142_400, "SPC art. 18: a bonus shares in every use"),
    Discounted(8_000, 50_000, ((72_000, 90_000),), False, 110_000, "SPC art. 19"),
    Discounted(10_000, 0, LESSONS, False, 100_000, "mall.ftling.com/mobile/knowledge/1/4271: 1000 yuan"),
    Discounted(10_000, 0, LESSONS, True, 120_000, "SPC art. 18(1): half price counts half"),
]


@pytest.mark.parametrize("case", DISCOUNTED, ids=str)
def test_discount_card(case: Discounted) -> None:
    """Whoever is the cause, the merchant is never paid twice and the refund is in custody."""
    terms = build(principal=200_000, bonus=case.bonus, **DiscountCard.at(case.factor))
    totals = [tuple(map(sum, zip(*case.uses[: n + 1], strict=True))) for n in range(len(case.uses))]
    card = used(DiscountCard(), terms, *totals)
    closing = ended(DiscountCard(), terms, card, stops=case.stops)
    assert (closing.refund, closing.shortfall) == (case.refund, 0)
    assert closing.cause == (Cause.NOT_CONSUMER if case.stops else Cause.CONSUMER)


@pytest.mark.parametrize("template", [Sessions(), DiscountCard()], ids=["sessions", "discount card"])
def test_an_unreasonable_list_price_gives_way_to_the_markets(template: Template) -> None:
    """SPC art. 19 par. 2, mall.ftling.com/mobile/knowledge/1/4271: ten lessons for 2000 yuan, three taken,
    said to cost 10000 each; a finding puts the market's 400 in its place, and 1200 yuan are deducted."""
    sessions = isinstance(template, Sessions)
    numbers = {"params0": Sessions.params(10, 0)} if sessions else DiscountCard.at(200)
    terms = build(principal=200_000, **numbers)
    card = used(template, terms, (3 if sessions else 60_000, 3 * 1_000_000))
    assert ended(template, terms, card).refund == 0
    found = replace(card, listed=3 * 40_000)
    assert ended(template, terms, found).refund == 80_000
    assert ended(template, terms, found, stops=True).refund == 140_000


class Timed(NamedTuple):
    """A year for 3650 yuan: the day of its end, and whether the merchant stopped then."""

    day: int
    stops: bool
    keeps: int
    source: str


TIMED = [
    Timed(146, True, 146_000, "SPC art. 22 par. 2: counted to the day of the stop"),
    Timed(200, False, 200_000, "SPC art. 22 par. 1: counted to the end"),
    Timed(0, False, 0, "the opening day is not counted"),
    Timed(364, False, 364_000, "SPC art. 22 par. 1"),
    Timed(365, False, 365_000, "SPC art. 22 par. 3: never used, nothing is owed"),
    Timed(366, False, 365_000, "SPC art. 22 par. 3"),
]


@pytest.mark.parametrize("case", TIMED, ids=str)
@pytest.mark.parametrize("release_days", [0, 30])
def test_unlimited_within_a_term(case: Timed, release_days: int) -> None:
    """By the day, whether or not anybody came, and however often time is released."""
    terms = build(**Period.unlimited(365_000, 365, release_days=release_days))
    card = used(Period(), terms)
    closing = ended(Period(), terms, card, day=case.day, stops=case.stops)
    assert (keeps(terms, closing), closing.shortfall) == (case.keeps, 0)


def test_a_stop_counts_from_its_day_however_late_the_consumer_leaves() -> None:
    terms = build(**Period.unlimited(365_000, 365))
    card = used(Period(), terms)
    closing = close_card(Period(), terms, card, NOON + 300 * DAY, stopped_at=NOON + 146 * DAY)
    assert (closing.refund, closing.cause) == (219_000, Cause.NOT_CONSUMER)


def test_an_odd_price_by_the_day_never_exceeds_itself() -> None:
    """1000 yuan for 365 days: 273.97 on day 100, all of it on the last one."""
    terms = build(**Period.unlimited(100_000, 365))
    kept = [
        keeps(terms, ended(Period(), terms, used(Period(), terms), day=day)) for day in (1, 100, 364, 365)
    ]
    assert kept == [273, 27_397, 99_726, 100_000]


@pytest.mark.parametrize(("redeemed", "refund"), [(0, 120_000), (5, 70_000), (12, 0)])
@pytest.mark.parametrize("stops", [True, False])
def test_months_redeemed_one_by_one(redeemed: int, refund: int, stops: bool) -> None:
    """A year's card of 1200 yuan as Meituan sells them in Beijing: what was not redeemed comes back."""
    terms = build(principal=120_000, **Period.monthly(12))
    card = used(Period(), terms, (redeemed, redeemed * 10_000))
    closing = ended(Period(), terms, card, day=200, stops=stops)
    assert (closing.refund, closing.to_collect, closing.shortfall) == (refund, 0, 0)


IMPLANT = [60_000, 540_000, 240_000, 360_000]
BRACES = [480_000, *[80_000] * 24]


class Stepped(NamedTuple):
    """A treatment in steps: progress in ten-thousandths of a milestone, documented cost on top."""

    prices: list[int]
    used: int
    cost: int
    cap_bps: int
    stops: bool
    refund: int
    source: str


STEPPED = [
    Stepped(IMPLANT, 20_000, 0, 0, True, 600_000, "two of four done"),
    Stepped(IMPLANT, 20_000, 0, 0, False, 600_000, "the same for either"),
    Stepped(IMPLANT, 25_000, 0, 0, True, 480_000, "half of the third certified"),
    Stepped(IMPLANT, 25_000, 0, 0, False, 480_000, "the same for either"),
    Stepped(IMPLANT, 20_000, 80_000, 1_000, False, 520_000, "custom parts, the consumer leaves"),
    Stepped(IMPLANT, 20_000, 80_000, 1_000, True, 600_000, "custom parts are the merchant's when it stops"),
    Stepped(IMPLANT, 20_000, 500_000, 1_000, False, 480_000, "capped by the terms"),
    Stepped(IMPLANT, 35_000, 900_000, 10_000, False, 0, "never above what was paid"),
    Stepped(BRACES, 10_000, 0, 0, True, 1_920_000, "fitting and 24 visits; fitted"),
    Stepped(BRACES, 110_000, 0, 0, False, 1_120_000, "ten visits"),
    Stepped(BRACES, 250_000, 0, 0, False, 0, "all visits"),
]


@pytest.mark.parametrize("case", STEPPED, ids=str)
def test_milestones(case: Stepped) -> None:
    """Progress and documented cost, as Suzhou's implants and orthodontics need them (row 13)."""
    terms = build(**Milestones.plan(case.prices, cost_cap_bps=case.cap_bps))
    value = Milestones().list_price(terms, case.used)
    card = used(Milestones(), terms, (case.used, value + case.cost))
    assert card.released == value
    closing = ended(Milestones(), terms, card, stops=case.stops)
    assert (closing.refund, closing.shortfall) == (case.refund, 0)


class Given(NamedTuple):
    """1000 yuan, 300 given, and goods worth 50 yuan along with them; left on a day."""

    used: int
    returned: bool
    rule: int
    cooling_use: int
    day: int
    stops: bool
    refund: int
    source: str


GIVEN = [
    Given(0, False, 0, COOLING_LIST, 3, False, 95_000, "SPC art. 21; Beijing art. 16: returned or paid for"),
    Given(0, True, 0, COOLING_LIST, 3, False, 100_000, "SPC art. 21; Beijing art. 16"),
    Given(10_000, False, 0, COOLING_LIST, 3, False, 85_000, "and what was used, at list price"),
    Given(10_000, False, 0, COOLING_RATIO, 3, False, 87_308, "and what was used, by ratio"),
    Given(10_000, True, 0, COOLING_RATIO, 3, False, 92_308, "given back"),
    Given(52_000, False, 0, COOLING_LIST, 30, False, 43_000, "the consumer leaves later"),
    Given(52_000, False, 0, COOLING_LIST, 30, True, 60_000, "the merchant stopped: no gift is counted"),
    Given(52_000, False, GIFTS_ALWAYS_PAID, COOLING_LIST, 30, True, 55_000, "unless the terms say so"),
    Given(52_000, False, GIFTS_IGNORED, COOLING_LIST, 30, False, 48_000, "better terms prevail"),
]


@pytest.mark.parametrize("case", GIVEN, ids=str)
def test_goods_given_along(case: Given) -> None:
    """Handing them over raises the list-price total and moves no money; giving them back undoes it."""
    terms = build(
        principal=100_000, bonus=30_000, cooling_days=7, cooling_use=case.cooling_use, gift_rule=case.rule
    )
    card, _ = open_card(StoredValue(), terms, NOON)
    card, paid = consume(StoredValue(), terms, card, used_after=0, listed_after=5_000, now=NOON)
    assert paid == 0
    if case.used:
        card, _ = consume(
            StoredValue(), terms, card, used_after=case.used, listed_after=case.used + 5_000, now=NOON
        )
    if case.returned:
        card = replace(card, listed=case.used)
    closing = ended(StoredValue(), terms, card, day=case.day, stops=case.stops)
    assert (closing.refund, closing.shortfall) == (case.refund, 0)


class Highest(StoredValue):
    """As the sub-wallet asks about a merchant of the highest tier."""

    def released(self, terms: Terms, usage: Usage) -> int:
        return super().released(terms, replace(usage, tier=3))


class Held(NamedTuple):
    """1000 yuan and 300 given, 520 used, the merchant gone: what is in custody, what is missing."""

    custody_bps: int
    schedule: int
    held: int
    shortfall: int
    received: int
    source: str


HELD = [
    Held(10_000, PROPORTIONAL, 60_000, 0, 40_000, "Jinan, Ningbo, Suzhou: all of it"),
    Held(7_000, PROPORTIONAL, 42_000, 18_000, 58_000, "Chengdu, 30 % released"),
    Held(7_000, ADVANCE_FIRST, 60_000, 0, 40_000, "the same share, the held part spent last"),
    Held(3_000, PROPORTIONAL, 18_000, 42_000, 82_000, "Chengdu, 70 % released"),
    Held(3_000, ADVANCE_FIRST, 30_000, 30_000, 70_000, "the same share, the held part spent last"),
    Held(2_000, PROPORTIONAL, 12_000, 48_000, 88_000, "Shenzhen: a fifth, the rest is insured"),
    Held(0, PROPORTIONAL, 0, 60_000, 100_000, "Meituan: no custody, the platform pays first"),
]


@pytest.mark.parametrize("case", HELD, ids=str)
@pytest.mark.parametrize("by_tier", [False, True])
def test_what_is_left_when_the_merchant_is_gone(case: Held, by_tier: bool) -> None:
    """By a fixed share of custody, or by a ladder whose top rung leaves the same share."""
    share = {"ladder3": 10_000 - case.custody_bps} if by_tier else {"custody_bps": case.custody_bps}
    advance = 100_000 - 100_000 * case.custody_bps // 10_000
    terms = build(
        principal=100_000,
        bonus=30_000,
        settlement_formula=RATIO,
        schedule=case.schedule,
        advance=advance,
        **share,
    )
    template: Template = Highest() if by_tier and case.custody_bps < 10_000 else StoredValue()
    card = used(template, terms, (52_000, 52_000))
    closing = ended(template, terms, card, stops=True)
    assert (closing.refund, closing.shortfall, card.released) == (case.held, case.shortfall, case.received)
