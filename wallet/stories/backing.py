"""Who makes a consumer whole where custody does not: the merchant that still can, then guarantors.

Begun with what a preset says of its guarantors; the contracts decide what each pays.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from wallet.services.buy import Bought, Purchase, buy
from wallet.services.shortfall import pay_shortfall, preview_shortfall
from wallet.signing.signer import Signer
from wallet.stories.report import Party

if TYPE_CHECKING:
    from wallet.stories.stage import Stage


class Backing:
    """The guarantors of one stage, and the honest merchant's word."""

    def __init__(self, stage: Stage) -> None:
        self.stage, self.context = stage, stage.context
        self.premiums = self.levies = self.paid = 0

    def stand_for(self, role: str) -> None:
        """Let the guarantors take a merchant on."""

    def buy(self, consumer: Signer, purchase: Purchase, *, carrier: Signer) -> Bought:
        """Open the card, covered where the preset has guarantors."""
        return buy(self.context, consumer, purchase, carrier=carrier)

    def pay_by_merchant(self, role: str, card: str, owed: int) -> int:
        """The merchant pays what an ended card is short, as far as it has money; fen."""
        merchant = self.stage.people[role]
        amount = min(owed, self.stage.money(merchant.address))
        if amount:
            pay_shortfall(
                self.context, merchant, preview_shortfall(self.context, merchant.address, card, amount)
            )
        return amount

    def parties(self) -> tuple[Party, ...]:
        """Guarantors' own money."""
        return ()
