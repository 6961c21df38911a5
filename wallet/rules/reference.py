"""The reference model of each template that the platform ships, by the name of its contract."""

from __future__ import annotations

from typing import Protocol

from wallet.rules.discount_card import DiscountCard
from wallet.rules.milestones import Milestones
from wallet.rules.model import Template, Unit
from wallet.rules.period import Period
from wallet.rules.sessions import Sessions
from wallet.rules.stored_value import StoredValue
from wallet.terms import Terms


class ReferenceTemplate(Template, Protocol):
    """A template with what people at a counter need besides: a unit and a price for what they count."""

    def unit_of(self, terms: Terms) -> Unit:
        """What `used` counts under these terms."""
        ...

    def list_price(self, terms: Terms, used: int) -> int:
        """Fen at the price before discount for a total of `used`, where the merchant states none."""
        ...


REFERENCE_TEMPLATES: dict[str, ReferenceTemplate] = {
    "DiscountCard": DiscountCard(),
    "Milestones": Milestones(),
    "Period": Period(),
    "Sessions": Sessions(),
    "StoredValue": StoredValue(),
}
