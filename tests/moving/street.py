"""What the tests of this folder do again and again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from tests.supervision.town import Town
from wallet.bindings.digital_yuan import DigitalYuan
from wallet.bindings.runtime import ask
from wallet.rules import Card, Milestones
from wallet.services import buy, cards, certify, confirm, consume, dispute, finding, publish, terminate
from wallet.services.context import Context
from wallet.services.records import find_card, state_of
from wallet.signing.policy import Policy
from wallet.signing.signer import KeySigner
from wallet.terms import LIST

PRICES = (600_000, 300_000, 300_000)
"""An implant of 12,000 yuan: placed, healed and crowned."""


@dataclass
class Street:
    """A town with two clinics on one street."""

    town: Town

    @property
    def context(self) -> Context:
        return self.town.context

    @property
    def clinic(self) -> KeySigner:
        return self.town.person("clinic")

    @property
    def other(self) -> KeySigner:
        return self.town.person("other clinic")

    @property
    def certifier(self) -> KeySigner:
        return self.town.person("certifier")

    @property
    def alice(self) -> KeySigner:
        return self.town.person("alice")

    @property
    def carrier(self) -> KeySigner:
        return self.town.person("carrier")

    def sell(
        self, name: str, *, by: KeySigner | None = None, template: str = "StoredValue", **numbers: Any
    ) -> str:
        """A product of the clinic; its id."""
        clinic = by or self.clinic
        fields = {"principal": 100_000, "consumer_formula": LIST, **numbers}
        terms = publish.terms_for(self.context, merchant=clinic.address, template=template, **fields)
        return publish.publish(self.context, clinic, terms, name).product

    def implant(
        self,
        *,
        by: KeySigner | None = None,
        prices: Sequence[int] = PRICES,
        name: str = "种植",
        **numbers: Any,
    ) -> str:
        """A treatment in steps, certified by somebody else."""
        plan = Milestones.plan(prices, cost_cap_bps=2_000)
        fields = {**plan, "certifier": self.certifier.address, **numbers}
        return self.sell(name, by=by, template="Milestones", **fields)

    def buy(self, product: str, who: KeySigner | None = None) -> str:
        """The card's id."""
        preview = buy.preview_purchase(self.context, (who or self.alice).address, product)
        return buy.buy(self.context, who or self.alice, preview, carrier=self.carrier).card

    def spend(self, card: str, used: int) -> int:
        """One charge at the clinic; fen moved."""
        return self.town.spend(self.alice, self.clinic, card, used)

    def certify(
        self, card: str, used: int, *, listed: int | None = None, words: str = "复查合格"
    ) -> certify.Progress:
        """The certifier signs, somebody carries."""
        draft = certify.preview_certificate(
            self.context, self.certifier.address, card, used, words, listed_after=listed
        )
        paper = certify.sign_certificate(self.context, self.certifier, draft)
        return certify.certify(self.context, self.carrier, paper)

    def confirm(self, card: str) -> consume.Consumption:
        """The consumer confirms, somebody carries."""
        wanted = confirm.preview_confirmation(self.context, self.alice.address, card, Policy())
        signed = confirm.confirm(self.context, self.alice, wanted)
        return consume.consume(self.context, self.carrier, signed.document)

    def leave(self, card: str) -> terminate.Ended:
        """The consumer ends the card."""
        leaving = terminate.preview_termination(self.context, card)
        return terminate.terminate(self.context, self.alice, leaving, carrier=self.carrier)

    def complain(self, card: str, ground: str = "health", words: str = "医生建议停止") -> dispute.DisputeView:
        """The consumer brings a dispute before the merchant, carried by somebody else."""
        paper = dispute.statement(self.context, self.alice.address, card, words)
        wish = dispute.preview_complaint(self.context, self.alice.address, card, ground, paper)
        return dispute.take_step(self.context, self.alice, wish, carrier=self.carrier)

    def refuse(self, card: str) -> dispute.DisputeView:
        """The merchant refuses."""
        paper = dispute.statement(self.context, self.clinic.address, card, "合同已写明")
        return dispute.refuse(self.context, self.clinic, card, paper)

    def escalate(self, card: str, forum: str = "association") -> dispute.DisputeView:
        """The consumer goes on."""
        wish = dispute.preview_escalation(self.context, self.alice.address, card, forum)
        return dispute.take_step(self.context, self.alice, wish, carrier=self.carrier)

    def rule(self, card: str, *, not_consumer: bool = True, listed: int | None = None) -> dispute.DisputeView:
        """An arbiter (the operator, unless others are appointed) rules."""
        arbiter = self.town.operator
        paper = dispute.statement(self.context, arbiter.address, card, "经调查")
        word = dispute.preview_word(
            self.context, card, not_consumer=not_consumer, listed_at_most=listed, words=paper
        )
        return dispute.rule(self.context, arbiter, word)

    def concede(
        self, card: str, *, not_consumer: bool = False, listed: int | None = None
    ) -> dispute.DisputeView:
        """The merchant gives way."""
        word = dispute.preview_word(self.context, card, not_consumer=not_consumer, listed_at_most=listed)
        return dispute.concede(self.context, self.clinic, word)

    def waits(self, card: str) -> bool:
        """Whether a finding has not yet been taken over by the card."""
        return finding.finding_waits(self.context, find_card(self.context, card))

    def show(self, card: str) -> cards.CardView:
        return cards.show_card(self.context, card)

    def state(self, card: str) -> Card:
        return state_of(self.context, find_card(self.context, card))

    def cash(self, who: KeySigner) -> int:
        """Fen on hand."""
        return ask(self.context.chain, DigitalYuan(self.context.platform.token).balance_of(who.address))

    def wallet(self, who: KeySigner | None = None) -> int:
        """Fen in the consumer's sub-wallet."""
        wallet = self.context.wallet_of((who or self.alice).address).address
        return ask(self.context.chain, DigitalYuan(self.context.platform.token).balance_of(wallet))

    def all_money(self) -> int:
        """Fen of everybody here, wallets included: it never changes."""
        people = (self.clinic, self.other, self.alice, self.carrier, self.certifier, self.town.operator)
        return sum(self.cash(who) for who in people) + self.wallet()
