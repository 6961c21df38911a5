"""A shop counter under one programme: what tests of the programme table do at it, through the services."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from wallet.chain.base import ChainOptions
from wallet.chain.revm import RevmChain
from wallet.services import authorise, buy, charge, consume
from wallet.services.cards import CardView, show_card
from wallet.services.publish import Listing
from wallet.services.terminate import Ended, preview_termination, terminate
from wallet.signing.policy import Policy
from wallet.stories.stage import Stage, staged
from wallet.systems import find_system


class Counter:
    """One merchant of a stage, its products, and consumers who come to it."""

    def __init__(self, stage: Stage, role: str = "steady", *, tier: int = 0) -> None:
        self.stage, self.context, self.role = stage, stage.context, role
        self.merchant = stage.admit(role, f"{role} 店", stage.sector, tier=tier)
        self.listings: dict[str, Listing] = {}

    def sell(self, key: str) -> Listing:
        """One of the preset's products, listed once."""
        if key not in self.listings:
            self.listings[key] = self.stage.sell(self.role, key, f"{self.role} {key}")
        return self.listings[key]

    def buy(self, who: str, key: str, *, channel: int = 0) -> buy.Bought:
        """A consumer buys; somebody else carries."""
        consumer = self.stage.consumer(who)
        preview = buy.preview_purchase(self.context, consumer.address, self.sell(key), channel=channel)
        return buy.buy(self.context, consumer, preview, carrier=self.stage.operator)

    def charge(self, card: str, used: int, *, listed: int | None = None) -> charge.Charged:
        """The merchant asks."""
        return charge.make_charge(self.context, self.merchant, card, used, "C-1", listed=listed)

    def use(self, who: str, card: str, used: int, *, listed: int | None = None) -> consume.Consumption:
        """The merchant asks, the consumer signs, somebody carries."""
        document = self.charge(card, used, listed=listed).document
        consumer = self.stage.people[who]
        request = authorise.preview_charge(self.context, consumer.address, document, Policy())
        signed = authorise.authorise(self.context, consumer, request).document
        return consume.consume(self.context, self.stage.operator, signed)

    def leave(self, who: str, card: str) -> Ended:
        """The consumer ends the card, needing nobody."""
        consumer = self.stage.people[who]
        leaving = preview_termination(self.context, card, owner=consumer.address)
        return terminate(self.context, consumer, leaving, carrier=self.stage.operator)

    def show(self, card: str) -> CardView:
        return show_card(self.context, card)

    def money(self) -> int:
        """What the merchant has."""
        return self.stage.money(self.merchant.address)

    def pass_days(self, days: int) -> None:
        self.stage.to_day(self.stage.day + days)


@contextmanager
def counter(label: str, *, tier: int = 0) -> Iterator[Counter]:
    """A counter under the preset `label`, on a chain of its own."""
    with staged(find_system(label), RevmChain(ChainOptions())) as stage:
        yield Counter(stage, tier=tier)
