"""Random products of every template, and paths of growing totals on them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

from wallet.rules import REFERENCE_TEMPLATES, DiscountCard, Milestones, Period, ReferenceTemplate, Sessions
from wallet.terms import FULL, Terms

NOW = 1_800_000_000
RUNGS = ("ladder1", "ladder2", "ladder3")
A, B, C = ("0x" + digit * 40 for digit in "123")

percent = st.one_of(st.just(10_000), st.integers(0, 10_000))
formulas = st.integers(0, 3)
small_or_large = st.one_of(st.integers(1, 50), st.integers(1, 10**9))
ladders = st.one_of(
    st.just({}),
    st.tuples(percent, percent, percent).map(lambda rungs: dict(zip(RUNGS, sorted(rungs), strict=True))),
)
"""No ladder, or one that rises with the tier."""


@dataclass(frozen=True, slots=True)
class Product:
    """Terms together with the reference model of their template."""

    name: str
    terms: Terms

    @property
    def template(self) -> ReferenceTemplate:
        """The reference model."""
        return REFERENCE_TEMPLATES[self.name]

    @property
    def capacity(self) -> int:
        """Largest total that the card was sold for, or a large one where use is not limited."""
        most = self.template.capacity(self.terms)
        return 10**6 if most is None else most

    def price_of(self, used: int, more: int) -> int:
        """Fen at list price of a step from `used` to `used + more`, by the card's own prices."""
        return self.template.list_price(self.terms, used + more) - self.template.list_price(self.terms, used)


@st.composite
def products(draw: st.DrawFn) -> Product:
    """Any product the sub-wallet admits."""
    name = draw(st.sampled_from(sorted(REFERENCE_TEMPLATES)))
    kind = draw(kinds(name, draw(small_or_large)))
    principal = kind["principal"]
    numbers: dict[str, Any] = {
        "bonus": draw(st.one_of(st.just(0), small_or_large)),
        "exit_fee_cap": draw(st.integers(0, 10**6)),
        "exit_fee_bps": draw(st.integers(0, 1000)),
        "advance": draw(st.one_of(st.just(0), st.integers(0, principal))),
        "accrual": draw(st.one_of(st.just(0), small_or_large)),
        "accrual_days": draw(st.integers(0, 31)),
        "custody_bps": draw(percent),
        "schedule": draw(st.integers(0, 1)),
        **draw(ladders),
        "ladder_for_all": draw(st.integers(0, 1)),
        "term_days": draw(st.one_of(st.just(0), st.integers(0, 60))),
        "cooling_days": draw(st.integers(0, 15)),
        "cooling_use": draw(st.integers(0, 2)),
        "settlement_formula": draw(formulas),
        "consumer_formula": draw(formulas),
        "not_consumer_formula": draw(formulas),
        "expiry_policy": draw(st.integers(0, 2)),
        "refund_on_closure": draw(st.integers(0, 1)),
        "takes_vouchers": draw(st.integers(0, 1)),
        "gift_rule": draw(st.integers(0, 2)),
        "declared": draw(st.integers(0, 1)),
        **kind,
    }
    return Product(name, Terms.build(token=A, merchant=B, template=C, **numbers))


@st.composite
def kinds(draw: st.DrawFn, name: str, principal: int) -> dict[str, int]:
    """The numbers that make a card of this kind, its price included."""
    numbers: dict[str, int] = {}
    match name:
        case "Sessions":
            numbers["params0"] = Sessions.params(draw(st.integers(1, 1000)), draw(st.integers(0, 1000)))
        case "DiscountCard":
            numbers = DiscountCard.at(
                draw(st.one_of(st.integers(1, FULL), st.sampled_from([5000, 8000, FULL])))
            )
        case "Period" if draw(st.booleans()):
            numbers = Period.monthly(draw(st.integers(1, 36)))
        case "Period":
            every = draw(st.sampled_from([0, 1, 7, 30]))
            numbers = Period.unlimited(principal, draw(st.integers(1, 60)), release_days=every)
        case "Milestones":
            runs = draw(
                st.lists(st.tuples(st.integers(1, 10**7), st.integers(1, 12)), min_size=1, max_size=8)
            )
            prices = [price for price, count in runs for _ in range(count)]
            numbers = Milestones.plan(prices, cost_cap_bps=draw(percent))
    return {"principal": principal, **numbers}


@st.composite
def totals(draw: st.DrawFn, product: Product) -> list[tuple[int, int]]:
    """Running totals (used, listed) of some consumptions within what the card was sold for."""
    path, used, listed = [], 0, 0
    for _ in range(draw(st.integers(0, 6))):
        if used == product.capacity:
            break
        step = draw(st.integers(1, product.capacity - used))
        price = product.price_of(used, step)
        used, listed = used + step, listed + price + draw(st.sampled_from([0, 1, price, 1000]))
        path.append((used, listed))
    return path
