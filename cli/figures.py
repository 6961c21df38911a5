"""Where a card's money is, in the four figures shown everywhere: paid in = released + held + refunded."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from wallet.services.cards import CardView


@dataclass(frozen=True, slots=True)
class Figures:
    """Fen. `held` is still in the sub-wallet: frozen while the card is open, the merchant's afterwards."""

    paid_in: int
    held: int
    released: int
    refunded: int


def figures(view: CardView) -> Figures:
    """What came back is whatever of the principal is neither released nor still there."""
    # In a card that closed short, `held` is a debt of others and no money.
    held = 0 if view.status == "short" else view.held
    return Figures(view.principal, held, view.released, view.principal - view.released - held)
