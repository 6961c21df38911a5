"""Buying a card, in every way that money can leave the consumer's account."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from wallet.scenario.values import Flag, Name
from wallet.scenario.verbs.common import Signing
from wallet.scenario.world import World
from wallet.services.buy import BUY_WITHIN, Bought, buy, preview_purchase
from wallet.terms import HAD_SAME_GOODS


class Buy(Signing):
    """Buy a card: the price leaves the consumer's account and freezes in the consumer's sub-wallet.

    By one signature that anybody carries, unless `method` says otherwise.
    """

    word: ClassVar[str] = "buy"
    by: Name
    product: Name
    as_: Name = Field(alias="as")
    method: Literal["signature", "permit", "allowance", "direct"] = "signature"
    had_same_goods: Flag = False
    """The consumer says it had the same goods or service before: no cooling-off then."""

    def title(self) -> tuple[str, str]:
        return f"{self.by} buys {self.product}", f"{self.by}购买 {self.product}"

    def play(self, world: World) -> Bought:
        consumer = world.signer(self.by, self.signed_by)
        purchase = preview_purchase(
            world.context,
            consumer.address,
            world.product(self.product),
            within=self.valid or BUY_WITHIN,
            declared=HAD_SAME_GOODS if self.had_same_goods else 0,
            salt=world.salt(),
        )
        carrier = world.carrier(self.carried_by)
        bought = buy(world.context, consumer, purchase, method=self.method, carrier=carrier)
        world.keep_card(self.as_, bought.card, owner=self.by, merchant=world.name_of(bought.merchant))
        return bought
