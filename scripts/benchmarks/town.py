"""A platform with one merchant, one consumer and its cards, on any chain: where the benchmarks take place."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from wallet.chain.base import Chain
from wallet.rules import Card, StoredValue
from wallet.rules import consume as consume_by_rules
from wallet.services import buy, deploy, fund, onboard, publish
from wallet.services.context import Context, open_context
from wallet.services.records import CardRecord, find_card, state_of
from wallet.services.stream import Order
from wallet.signing.dev import dev_signer
from wallet.signing.signer import KeySigner

MERCHANT, PRODUCT = "示例口腔", "1000 送 300"
PRINCIPAL, BONUS = 100_000, 30_000
USE = 10
"""Fen of face value for one consumption: a card lasts for thousands of them."""
VALID = 6 * 3600
"""Seconds in which a purchase must arrive; longer than any run."""


@dataclass(slots=True)
class Purse:
    """One card, and the state it will be in once everything asked of it so far has happened."""

    record: CardRecord
    state: Card


@dataclass(frozen=True, slots=True)
class Use:
    """One consumption to come: the card's totals after it, and the fen it moves."""

    record: CardRecord
    order: Order
    after: Card
    pays: int


@dataclass(slots=True)
class Town:
    """A context with the people in it."""

    context: Context
    operator: KeySigner
    merchant: KeySigner
    consumer: KeySigner
    purses: list[Purse] = field(default_factory=list)
    asked: int = 0

    def settle(self, cards: int) -> None:
        """Deploy, onboard, publish and fund; then open `cards` cards, carried by the merchant."""
        self.context, _ = deploy.deploy(self.context, self.operator)
        context = self.context
        onboard.apply_to_sell(context, self.merchant, MERCHANT, "licence 1")
        onboard.approve(context, self.operator, self.merchant.address)
        terms = publish.terms_for(
            context,
            merchant=self.merchant.address,
            template="StoredValue",
            principal=PRINCIPAL,
            bonus=BONUS,
            consumer_formula=1,
        )
        publish.publish(context, self.merchant, terms, PRODUCT)
        fund.fund(context, self.operator, self.consumer.address, cards * PRINCIPAL)
        listing = publish.find_product(context, PRODUCT)
        for _ in range(cards):
            preview = buy.preview_purchase(context, self.consumer.address, listing, within=VALID)
            bought = buy.buy(context, self.consumer, preview, carrier=self.merchant)
            record = find_card(context, bought.card, owner=self.consumer.address)
            self.purses.append(Purse(record, state_of(context, record)))

    def uses(self, count: int) -> list[Use]:
        """The next `count` consumptions, the cards in turn."""
        now = self.context.chain.now()
        made = []
        for _ in range(count):
            purse = self.purses[self.asked % len(self.purses)]
            self.asked += 1
            totals = {"used_after": purse.state.used + USE, "listed_after": purse.state.listed + USE}
            purse.state, paid = consume_by_rules(
                StoredValue(), purse.record.terms, purse.state, now=now, **totals
            )
            order = Order("0x" + purse.record.card.hex(), USE, f"C-{self.asked}")
            made.append(Use(purse.record, order, purse.state, paid))
        return made

    def check(self) -> None:
        """Every card stands on the chain where the sum of its uses puts it, to the fen."""
        for purse in self.purses:
            found = state_of(self.context, purse.record)
            expected = replace(purse.state, opened_at=found.opened_at)
            assert found == expected, f"card {purse.record.card.hex()[:8]}: {found}, not {expected}"


@contextmanager
def open_town(folder: Path, chain: Chain) -> Iterator[Town]:
    """The people on `chain`, with a journal in `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    context, _ = open_context(chain, ledger=folder / "ledger.sqlite", deployments=folder / "deployments")
    people = [dev_signer(n, chain_id=chain.chain_id(), endpoint=chain.endpoint) for n in range(3)]
    try:
        yield Town(context, *people)
    finally:
        context.journal.close()
