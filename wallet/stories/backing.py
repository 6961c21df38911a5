"""Who makes a consumer whole where custody does not: the merchant that can, then guarantors in order.

A claim takes its days: filed, looked into for as long as the guarantor has for it, waited for, paid. The next
guarantor is asked when the one before it has paid.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from wallet.bindings.runtime import ask
from wallet.bindings.structs import Pledge
from wallet.eip712 import cover_hash
from wallet.eip712.domain import digital_yuan_domain
from wallet.eip712.messages import ReceiveWithAuthorization
from wallet.errors import ContractError
from wallet.ledger import KnownCard
from wallet.rules import Status
from wallet.services.buy import Bought, Purchase, buy
from wallet.services.onboard import name_of
from wallet.services.records import CardRecord, find_card, state_of
from wallet.services.sending import Item, send, send_all, succeeded
from wallet.services.shortfall import pay_shortfall, preview_shortfall
from wallet.signing.signer import Signer
from wallet.stories.guarantors import Standing
from wallet.terms import FULL

if TYPE_CHECKING:
    from wallet.stories.stage import Stage


@dataclass(slots=True)
class Claim:
    """One consumer's way along the guarantors of a card. `due` is the day of its next step."""

    who: str
    record: CardRecord
    pledges: list[Pledge]
    at: int
    step: str
    due: int


@dataclass(frozen=True, slots=True)
class Paid:
    """What a guarantor paid, fen; `gas` of filing and paying together."""

    who: str
    by: str
    amount: int
    gas: int


class Backing:
    """The guarantors of one stage, and the honest merchant's word."""

    def __init__(self, stage: Stage) -> None:
        self.stage, self.context = stage, stage.context
        rules = [one for one in stage.preset.system.guarantors if one.line.value == "consumer"]
        self.standing = [Standing(stage, rule) for rule in rules]
        self.claims: list[Claim] = []
        self.paid = self.premiums = self.levies = 0
        self._gas: dict[str, int] = {}

    def stand_for(self, role: str) -> None:
        """Let the guarantors take a merchant on."""
        for one in self.standing:
            one.take_on(role)

    def pledges(self, principal: int) -> list[Pledge]:
        """Who stands behind a card of this price, in order; nobody where nothing can be short."""
        custody = self.stage.preset.system.custody
        ahead = FULL - custody.ratio.value if custody.ladder is None else max(custody.ladder.value)
        if principal * ahead == 0:
            return []
        found = [one.pledge(principal) for one in self.standing]
        return [one for one in found if one.limit]

    def cover(self, principal: int) -> bytes:
        """What the terms of such a card carry."""
        return cover_hash([(one.guarantor, one.limit) for one in self.pledges(principal)])

    def listed(self, product: bytes) -> None:
        """A product was listed: it gets the label that a guarantor wants to see."""
        for one in self.standing:
            if one.rule.label.value:
                one.label(product)

    def buy(self, consumer: Signer, purchase: Purchase, *, carrier: Signer) -> Bought:
        """Open the card, covered where the preset has guarantors."""
        pledges = self.pledges(purchase.terms.principal)
        if not pledges:
            return buy(self.context, consumer, purchase, carrier=carrier)
        return self._buy_covered(consumer, purchase, pledges, carrier)

    # --------------------------------------------------------------------------------------------- paying

    def pay_by_merchant(self, role: str, card: str, owed: int) -> int:
        """The merchant pays what an ended card is short, as far as it has money; fen."""
        merchant = self.stage.people[role]
        amount = min(owed, self.stage.money(merchant.address))
        if amount:
            pay_shortfall(
                self.context, merchant, preview_shortfall(self.context, merchant.address, card, amount)
            )
        return amount

    def claim(self, who: str, card: str) -> None:
        """Begin to claim what a card is short, from today; nothing where nobody stands behind it."""
        record = find_card(self.context, card)
        pledges = self.pledges(record.terms.principal)
        if pledges:
            self.claims.append(Claim(who, record, pledges, 0, "file", self.stage.day))

    def days(self) -> set[int]:
        """Days on which some claim goes on."""
        return {one.due for one in self.claims}

    def go_on(self) -> list[Paid]:
        """Take every claim that is due today one step, or several; what was paid by it."""
        paid: list[Paid] = []
        for claim in list(self.claims):
            while claim.due <= self.stage.day and claim in self.claims:
                paid += self._step(claim)
        return paid

    def finish(self) -> None:
        """Premiums that were not needed go back; what was used is what the guarantors took."""
        for one in self.standing:
            self.premiums += one.premiums_used()
            one.premiums_back()

    def holdings(self) -> dict[str, int]:
        """What lies in the guarantors' contracts, by whose it is (role): capital, premiums not yet used."""
        found: dict[str, int] = {}
        for one in self.standing:
            kept = one.premiums_kept()
            for role, fen in kept.items():
                found[role] = found.get(role, 0) + fen
            rest = self.stage.money(one.address) - sum(kept.values())
            found[one.keeper_role] = found.get(one.keeper_role, 0) + rest
        return found

    def owed_by(self, merchant: str) -> int:
        """Fen that guarantors now have to ask back from a merchant."""
        chain = self.context.chain
        return sum(ask(chain, one.contract.owed_by(merchant)) for one in self.standing)

    # --------------------------------------------------------------------------------------------- inside

    def _step(self, claim: Claim) -> list[Paid]:
        one = self._standing(claim)
        if one is None or state_of(self.context, claim.record).status is not Status.SHORT:
            self.claims.remove(claim)
            return []
        contract, terms, wallet = one.contract, claim.record.terms, claim.record.wallet
        carrier, day = self.stage.operator, self.stage.day
        if claim.step == "file":
            try:
                call = contract.file(wallet, terms, claim.pledges, one.trigger)
                self._gas[claim.who] = send(self.context, carrier, call, "claim").receipt.gas_used
            except ContractError:  # this guarantor does not stand for it: the next one may
                claim.at += 1
                return []
            claim.step, claim.due = "confirm", day + one.rule.verify_days.value
            return []
        if claim.step == "confirm":
            send(self.context, one.keeper, contract.confirm(claim.record.card), "confirm a claim")
            waits = one.rule.wait_days.value
            filed = day - one.rule.verify_days.value
            claim.step, claim.due = "pay", max(day, filed + waits + 1 if waits else day)
            return []
        before = state_of(self.context, claim.record).held
        receipt = send(self.context, carrier, contract.pay(wallet, terms), "pay a claim").receipt
        after = state_of(self.context, claim.record)
        amount = before - (after.held if after.status is Status.SHORT else 0)
        self.paid += amount
        claim.at, claim.step = claim.at + 1, "file"
        return [Paid(claim.who, one.keeper_role, amount, self._gas[claim.who] + receipt.gas_used)]

    def _standing(self, claim: Claim) -> Standing | None:
        """The guarantor whose turn it is; None when all were asked."""
        if claim.at >= len(claim.pledges):
            return None
        address = claim.pledges[claim.at].guarantor
        return next(one for one in self.standing if one.address == address)

    def _buy_covered(
        self, consumer: Signer, purchase: Purchase, pledges: list[Pledge], carrier: Signer
    ) -> Bought:
        context, terms = self.context, purchase.terms
        wallet = context.wallet_of(consumer.address)
        before = 0
        if not context.chain.code(wallet.address):
            call = context.factory.create(consumer.address)
            (receipt,) = send_all(context, carrier, [Item.of(call, "create sub-wallet")], "create")
            before = succeeded(context, receipt).gas_used
        message = ReceiveWithAuthorization(
            consumer.address, wallet.address, terms.principal, 0, terms.buy_by + 1,
            bytes.fromhex(purchase.card[2:]),
        )  # fmt: skip
        domain = digital_yuan_domain(context.platform.chain_id, context.platform.token)
        signature = consumer.sign_message(message, domain)
        opening = wallet.open_covered_with_authorization(terms, pledges, signature)
        sent = send(context, carrier, opening, f"open {purchase.card}", gas=3_000_000)
        known = KnownCard(
            sent.answer, context.identity, consumer.address, wallet.address, terms.encode(), purchase.name
        )
        context.journal.remember_cards([known])
        return Bought(
            card="0x" + sent.answer.hex(),
            sub_wallet=wallet.address,
            consumer=consumer.address,
            merchant=terms.merchant,
            merchant_name=name_of(context, terms.merchant),
            product_name=purchase.name,
            paid=terms.principal,
            frozen=purchase.frozen,
            advance=purchase.advance,
            bonus=terms.bonus,
            method="signature",
            transactions=("0x" + sent.receipt.tx_hash.hex(),),
            gas=before + sent.receipt.gas_used,
        )
