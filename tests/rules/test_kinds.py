"""What holds for each card kind on its own, and that its numbers come through the sub-wallet's bounds."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.rules.strategies import NOW, RUNGS, Product, products, totals
from wallet.errors import InvalidInput
from wallet.rules import (
    REFERENCE_TEMPLATES,
    Cause,
    DiscountCard,
    Milestones,
    Period,
    Sessions,
    TemplateFailed,
    Unit,
    Usage,
    consume,
    open_card,
    quote,
)
from wallet.rules.refund_math import custody_share
from wallet.terms import FULL, GIFT_FIRST, LIST, RATIO, Terms

DAY = 86_400
A, B, C = ("0x" + digit * 40 for digit in "123")

PLAIN = {"exit_fee_bps": 0, "accrual_days": 0, "cooling_days": 0, "term_days": 0}
LADDERLESS = dict.fromkeys(RUNGS, 0)


def with_law(product: Product, **numbers: int) -> Product:
    """The product under the law's formulas, all of it in custody, without fee, cooling-off or end.

    A card that time uses up keeps its term and what time may earn.
    """
    plain = {**PLAIN, **LADDERLESS, "custody_bps": FULL, "advance": 0, "schedule": 0}
    if Period().unit_of(product.terms) is Unit.VISIT and product.name == "Period":
        plain = {name: value for name, value in plain.items() if name not in ("accrual_days", "term_days")}
    formulas = {"settlement_formula": RATIO, "not_consumer_formula": RATIO, "consumer_formula": LIST}
    return replace(product, terms=product.terms.change(**{**plain, **formulas, **numbers}))


def at(product: Product, used: int, elapsed: int = 0) -> Usage:
    """Usage at the card's own prices."""
    return Usage(used, product.template.list_price(product.terms, used), elapsed=elapsed)


@given(products(), st.data())
def test_released_grows_with_use_and_time_up_to_the_principal(product: Product, data: st.DataObject) -> None:
    """In every number of usage, whatever the terms: what was earned once stays earned."""
    tier = data.draw(st.integers(0, 3))
    parts = data.draw(st.tuples(*[st.integers(0, product.capacity)] * 2, *[st.integers(0, 90)] * 2))
    less, more = sorted(parts[:2])
    early, late = sorted(parts[2:])
    before = replace(at(product, less, early), tier=tier)
    after = replace(at(product, more, late), tier=tier)
    dearer = replace(after, listed=after.listed + data.draw(st.integers(0, 10**6)))
    released = [product.template.released(product.terms, usage) for usage in (before, after, dearer)]
    assert released == sorted(released)
    assert 0 <= released[0] <= released[-1] <= product.terms.principal


@given(products(), st.data())
def test_fens_telescope_to_the_principal(product: Product, data: st.DataObject) -> None:
    """Under full custody the uses pay the principal to the fen, however they are split; time does so too."""
    product = with_law(product)
    path = data.draw(totals(product))
    path.append((product.capacity, product.template.list_price(product.terms, product.capacity) + 10**9))
    card, _ = open_card(product.template, product.terms, NOW)
    end = NOW + (product.terms.term_days + 1) * DAY
    moved = 0
    for used, listed in path:
        if (used, listed) == (card.used, card.listed):
            continue
        card, paid = consume(
            product.template,
            product.terms,
            card,
            used_after=used,
            listed_after=max(listed, card.listed),
            now=end,
        )
        moved += paid
    assert moved == product.terms.principal
    assert card.held == 0


@given(products(), st.data())
def test_entitlements_are_ordered(product: Product, data: st.DataObject) -> None:
    """A consumer who is the cause gets no more than one who is not, and better terms give no less."""
    product = with_law(product)
    usage = at(product, data.draw(st.integers(0, product.capacity)), data.draw(st.integers(0, 60)))
    usage = replace(usage, listed=usage.listed + data.draw(st.integers(0, 10**6)))
    better = product.terms.change(not_consumer_formula=GIFT_FIRST)
    owed = [
        product.template.entitlement(product.terms, usage, Cause.CONSUMER),
        product.template.entitlement(product.terms, usage, Cause.NOT_CONSUMER),
        product.template.entitlement(better, usage, Cause.NOT_CONSUMER),
    ]
    assert owed == sorted(owed)
    assert 0 <= owed[0] <= owed[-1] <= product.terms.principal


@given(products(), st.data(), st.integers(0, 70), st.booleans())
def test_each_kinds_numbers_come_through_the_bounds(
    product: Product, data: st.DataObject, days: int, stops: bool
) -> None:
    """With sensible terms the sub-wallet cuts nothing: the exit pays what the template says, and all of it
    is held. For a merchant that states its prices, that is; a template alone could take nothing."""
    product = with_law(product)
    template, terms = product.template, product.terms
    card, _ = open_card(template, terms, NOW)
    for used, listed in data.draw(totals(product)):
        card, _ = consume(template, terms, card, used_after=used, listed_after=listed, now=NOW)
    now = NOW + days * DAY
    answer = quote(template, terms, card, now, now if stops else 0)
    usage = card.usage(terms, now)
    expired = terms.term_days and usage.elapsed > terms.term_days
    usual = template.entitlement(terms, usage, Cause.EXPIRY if expired else Cause.CONSUMER)
    better = template.entitlement(terms, usage, Cause.NOT_CONSUMER) if stops else 0
    assert answer.owed == max(usual, better)
    assert answer.owed <= card.held


@given(products(), st.data(), st.tuples(*[st.integers(0, FULL)] * 2, st.integers(1, FULL)))
def test_row_31_a_ladder_gives_no_less_to_a_better_tier(
    product: Product, data: st.DataObject, rungs: tuple[int, int, int]
) -> None:
    """Nothing above what was earned for a merchant without a tier; more for each better one."""
    terms = product.terms.change(**dict(zip(RUNGS, sorted(rungs), strict=True)))
    usage = at(product, data.draw(st.integers(0, product.capacity)))
    released = [product.template.released(terms, replace(usage, tier=tier)) for tier in range(4)]
    assert released == sorted(released)
    assert released[0] == product.template.released(
        terms.change(**LADDERLESS, custody_bps=FULL), replace(usage, tier=3)
    )
    assert [custody_share(terms, tier) for tier in (0, 4)] == [FULL, FULL]


@given(products(), st.data())
def test_own_prices_are_what_a_template_accepts(product: Product, data: st.DataObject) -> None:
    """The price before discount that is filled in where a merchant states none never falls, and pays."""
    used = sorted(data.draw(st.lists(st.integers(0, product.capacity), min_size=2, max_size=5)))
    listed = [product.template.list_price(product.terms, each) for each in used]
    assert listed == sorted(listed)
    for usage in map(at, [product] * len(used), used):
        assert product.template.released(product.terms, usage) >= 0


def test_units_and_what_each_card_holds() -> None:
    cards: dict[str, tuple[dict[str, int], Unit, int | None]] = {
        "StoredValue": ({"bonus": 30_000}, Unit.YUAN, 130_000),
        "DiscountCard": (DiscountCard.at(8_000), Unit.YUAN, 100_000),
        "Sessions": ({"params0": Sessions.params(10, 2)}, Unit.SESSION, 12),
        "Period": (Period.monthly(12), Unit.MONTH, 12),
        "Milestones": (Milestones.plan([40_000, 60_000]), Unit.MILESTONE, 20_000),
    }
    assert cards.keys() == REFERENCE_TEMPLATES.keys()
    for name, (numbers, unit, most) in cards.items():
        terms = Terms.build(token=A, merchant=B, template=C, **{"principal": 100_000, **numbers})
        template = REFERENCE_TEMPLATES[name]
        assert (template.unit_of(terms), template.capacity(terms)) == (unit, most)
    year = Terms.build(token=A, merchant=B, template=C, **Period.unlimited(100_000, 365, release_days=30))
    assert (Period().unit_of(year), Period().capacity(year)) == (Unit.VISIT, None)
    assert (year.accrual, year.accrual_days, Period.release_days(year)) == (274, 1, 30)


def test_milestones_are_packed_in_runs() -> None:
    prices = [480_000, *[80_000] * 24, 5, 5, 80_000]
    plan = Milestones.plan(prices, cost_cap_bps=500)
    terms = Terms.build(token=A, merchant=B, template=C, **plan)
    assert terms.principal == sum(prices)
    assert Milestones.runs(terms) == [(480_000, 1), (80_000, 24), (5, 2), (80_000, 1)]
    assert Milestones.cost_cap_bps(terms) == 500
    for done, (before, after) in enumerate(pairwise([0, *prices])):
        assert Milestones().list_price(terms, done * FULL) == sum(prices[:done]), (before, after)


BAD: Sequence[Callable[[], object]] = (
    lambda: DiscountCard.at(0),
    lambda: DiscountCard.at(10_001),
    lambda: Period.monthly(0),
    lambda: Period.monthly(1 << 16),
    lambda: Period.unlimited(100, 0),
    lambda: Period.unlimited(100, 365, release_days=-1),
    lambda: Milestones.plan([]),
    lambda: Milestones.plan([0, 0]),
    lambda: Milestones.plan([5, -1]),
    lambda: Milestones.plan([1 << 32]),
    lambda: Milestones.plan([1] * (1 << 16)),
    lambda: Milestones.plan(range(1, 12)),
    lambda: Milestones.plan([1], cost_cap_bps=10_001),
)


@pytest.mark.parametrize("make", BAD)
def test_numbers_that_make_no_card_are_refused(make: Callable[[], object]) -> None:
    with pytest.raises(InvalidInput) as caught:
        make()
    assert caught.value.error_code == "invalid-terms"
    assert caught.value.hint


@pytest.mark.parametrize(
    ("name", "numbers"),
    [
        ("DiscountCard", {}),
        ("DiscountCard", {"params0": 10_001}),
        ("Period", {}),
        ("Milestones", {}),
        ("Milestones", {**Milestones.plan([40_000]), "principal": 40_001}),
    ],
)
def test_terms_that_make_no_card_have_no_answer(name: str, numbers: dict[str, int]) -> None:
    """So that the catalogue, which asks before anything is used, does not list them."""
    terms = Terms.build(token=A, merchant=B, template=C, **{"principal": 100_000, **numbers})
    with pytest.raises(TemplateFailed):
        REFERENCE_TEMPLATES[name].released(terms, Usage())
