"""Random products of both templates, and paths of growing totals on them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from hypothesis import strategies as st

from wallet.rules import REFERENCE_TEMPLATES, Sessions, Template
from wallet.terms import Terms

NOW = 1_800_000_000
A, B, C = ("0x" + digit * 40 for digit in "123")

percent = st.one_of(st.just(10_000), st.integers(0, 10_000))
formulas = st.integers(0, 4)
small_or_large = st.one_of(st.integers(1, 50), st.integers(1, 10**9))


@dataclass(frozen=True, slots=True)
class Product:
    """Terms together with the reference model of their template."""

    name: str
    terms: Terms

    @property
    def template(self) -> Template:
        """The reference model."""
        return REFERENCE_TEMPLATES[self.name]

    @property
    def capacity(self) -> int:
        """Largest total that the card was sold for."""
        return self.template.capacity(self.terms)


@st.composite
def products(draw: st.DrawFn) -> Product:
    """Any product the sub-wallet admits."""
    name = draw(st.sampled_from(sorted(REFERENCE_TEMPLATES)))
    principal = draw(small_or_large)
    numbers: dict[str, Any] = {
        "bonus": draw(st.one_of(st.just(0), small_or_large)),
        "exit_fee_cap": draw(st.integers(0, 10**6)),
        "exit_fee_bps": draw(st.integers(0, 1000)),
        "advance": draw(st.one_of(st.just(0), st.integers(0, principal))),
        "accrual": draw(st.one_of(st.just(0), small_or_large)),
        "accrual_days": draw(st.integers(0, 31)),
        "custody_bps": draw(percent),
        "schedule": draw(st.integers(0, 1)),
        "term_days": draw(st.one_of(st.just(0), st.integers(0, 60))),
        "cooling_days": draw(st.integers(0, 15)),
        "cooling_use": draw(st.integers(0, 2)),
        "settlement_formula": draw(formulas),
        "consumer_formula": draw(formulas),
        "not_consumer_formula": draw(formulas),
        "expiry_policy": draw(st.integers(0, 2)),
        "refund_on_closure": draw(st.integers(0, 1)),
        "takes_vouchers": draw(st.integers(0, 1)),
        "declared": draw(st.integers(0, 1)),
    }
    terms = Terms.build(token=A, merchant=B, template=C, principal=principal, **numbers)
    if name == "Sessions":
        paid, given = draw(st.integers(1, 1000)), draw(st.integers(0, 1000))
        terms = replace(terms, params0=Sessions.params(paid, given))
    return Product(name, terms)


@st.composite
def totals(draw: st.DrawFn, product: Product) -> list[tuple[int, int]]:
    """Running totals (used, listed) of some consumptions within what the card was sold for."""
    path, used, listed = [], 0, 0
    for _ in range(draw(st.integers(0, 6))):
        if used == product.capacity:
            break
        step = draw(st.integers(1, product.capacity - used))
        used, listed = used + step, listed + draw(st.sampled_from([0, step, 200 * step]))
        path.append((used, listed))
    return path
