"""Buying a card, in every way that money can leave the consumer's account."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from pydantic import Field

from wallet.bindings.digital_yuan import DigitalYuan
from wallet.scenario.values import Count, Flag, Name
from wallet.scenario.verbs.common import Signing
from wallet.scenario.world import World
from wallet.services.buy import BUY_WITHIN, COVERED_GAS, buy, preview_purchase
from wallet.services.guarantee_cover import NO_COVER, pledges_of
from wallet.services.sending import send
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
    channel: Count = 0
    unchecked: Flag = False
    """Without the wallet's and the programme's checks: the consumer allows the price and opens it itself,
    so the contracts alone decide. For other tokens and for what is not on sale."""

    def title(self) -> tuple[str, str]:
        return f"{self.by} buys {self.product}", f"{self.by}购买 {self.product}"

    def play(self, world: World) -> Any:
        world.new_card(self.as_)
        if self.unchecked:
            return self._open(world)
        consumer = world.signer(self.by, self.signed_by)
        purchase = preview_purchase(
            world.context,
            consumer.address,
            world.product(self.product),
            within=self.valid or BUY_WITHIN,
            channel=self.channel,
            declared=HAD_SAME_GOODS if self.had_same_goods else 0,
            salt=world.salt(),
        )
        carrier = world.carrier(self.carried_by)
        bought = buy(world.context, consumer, purchase, method=self.method, carrier=carrier)
        world.keep_card(self.as_, bought.card, owner=self.by, merchant=world.name_of(bought.merchant))
        return bought

    def _open(self, world: World) -> str:
        """Straight to the contracts; the answer is the card's id."""
        context, consumer = world.context, world.signer(self.by)
        declared = HAD_SAME_GOODS if self.had_same_goods else 0
        terms = world.product(self.product).terms.bought(
            salt=world.salt(),
            buy_by=world.now + (self.valid or BUY_WITHIN),
            channel=self.channel,
            declared=declared,
        )
        world.give_coin(world.person(self.by).key.address)
        wallet = context.wallet_of(consumer.address)
        if not context.chain.code(wallet.address):
            send(context, world.operator, context.factory.create(consumer.address), "create sub-wallet")
        token = DigitalYuan(terms.token)
        send(context, consumer, token.approve(wallet.address, terms.principal), "allow the price")
        call = wallet.open(terms)
        if terms.cover != NO_COVER:
            call = wallet.open_covered(terms, pledges_of(context, terms.cover))
        card = "0x" + send(context, consumer, call, "open unchecked", gas=COVERED_GAS).answer.hex()
        world.keep_card(self.as_, card, owner=self.by, merchant=world.name_of(terms.merchant))
        return card
