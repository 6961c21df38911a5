"""A product as data: a card kind and its numbers, without merchant or platform; valid on any of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from wallet.rules import REFERENCE_TEMPLATES, ReferenceTemplate
from wallet.terms import Terms

UNLIMITED: Final = 1_000_000
"""Stands for the capacity of a kind whose use is not limited."""
NOWHERE, SOMEBODY, SOMETHING = (f"0x{digit * 40}" for digit in "123")
"""Token, merchant and template where nobody asks for them."""


@dataclass(frozen=True, slots=True)
class Product:
    """`kind` is a template's name; `numbers` those of `Terms.build`: fen, bps and days, the principal among
    them."""

    kind: str
    numbers: dict[str, int]

    @property
    def rules(self) -> ReferenceTemplate:
        """The kind's formulas in Python."""
        return REFERENCE_TEMPLATES[self.kind]

    @property
    def principal(self) -> int:
        """What it costs, fen."""
        return self.numbers["principal"]

    @property
    def capacity(self) -> int:
        """Largest total `used` (in the kind's unit) that it is sold for."""
        most = self.rules.capacity(self.terms())
        return UNLIMITED if most is None else most

    def terms(self, *, token: str = NOWHERE, merchant: str = SOMEBODY, template: str = SOMETHING) -> Terms:
        """Terms for the formulas alone; on a platform: `platform.terms(product.kind, **product.numbers)`."""
        numbers: dict[str, Any] = {**self.numbers}
        return Terms.build(token=token, merchant=merchant, template=template, **numbers)

    def price_of(self, before: int, more: int) -> int:
        """Fen at list price of `more` after a total of `before`."""
        terms = self.terms()
        return self.rules.list_price(terms, before + more) - self.rules.list_price(terms, before)
