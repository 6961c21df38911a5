"""Who makes a consumer whole where custody does not: the merchant that can, then guarantors in order.

A claim takes its days: filed, looked into for as long as the guarantor has for it, waited for, paid. The next
guarantor is asked when the one before it has paid.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from wallet.errors import ContractError, InvalidInput
from wallet.rules import Status
from wallet.services.claim import file_claim, pay_claim, verify_claim
from wallet.services.guarantee_cover import NO_COVER, announce
from wallet.services.records import find_card, state_of
from wallet.services.shortfall import pay_shortfall, preview_shortfall
from wallet.stories.guarantors import Standing
from wallet.terms import FULL

if TYPE_CHECKING:
    from wallet.stories.stage import Stage


@dataclass(slots=True)
class Claim:
    """One consumer's way along the guarantors of a card. `due` is the day of its next step."""

    who: str
    card: str
    at: int
    step: str
    due: int
    gas: int = 0


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
        self.standing = [Standing(stage, rule, rule.name.zh) for rule in rules]
        self.claims: list[Claim] = []
        self.paid = 0

    def stand_for(self, role: str) -> None:
        """Let the guarantors take a merchant on."""
        for one in self.standing:
            one.take_on(role)

    def cover(self, principal: int) -> bytes:
        """What the terms of a card of this price carry, put on record; nothing where it cannot be short."""
        custody = self.stage.preset.system.custody
        ahead = FULL - custody.ratio.value if custody.ladder is None else max(custody.ladder.value)
        pledges = [one.pledge(principal) for one in self.standing]
        pledges = [(address, limit) for address, limit in pledges if limit]
        if not pledges or not ahead:
            return NO_COVER
        return announce(self.context, self.stage.operator, pledges)

    def listed(self, product: bytes) -> None:
        """A product was listed: it gets the label that a guarantor wants to see."""
        for one in self.standing:
            one.listed("0x" + product.hex())

    def allow(self, template: str) -> None:
        """Let those that stand only for kinds of cards they list stand for this one."""
        for one in self.standing:
            one.allow(template)

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
        if find_card(self.context, card).terms.cover != NO_COVER:
            self.claims.append(Claim(who, card, 0, "file", self.stage.day))

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

    def premiums(self) -> int:
        """Fen of premium that guarantors have taken."""
        return sum(one.premiums_used() for one in self.standing)

    def owed_by(self, merchant: str) -> int:
        """Fen that guarantors now have to ask back from a merchant."""
        return sum(one.owed_by(merchant) for one in self.standing)

    # --------------------------------------------------------------------------------------------- inside

    def _step(self, claim: Claim) -> list[Paid]:
        record = find_card(self.context, claim.card)
        asked = claim.at < len(self.standing)
        if not asked or state_of(self.context, record).status is not Status.SHORT:
            self.claims.remove(claim)
            return []
        one, day, carrier = self.standing[claim.at], self.stage.day, self.stage.operator
        verify, wait = one.rule.verify_days.value, one.rule.wait_days.value
        if claim.step == "file":
            try:
                filed = file_claim(
                    self.context, carrier, claim.card, trigger=one.trigger, guarantor=one.address
                )
            except (ContractError, InvalidInput):  # it does not stand for this card: the next one may
                claim.at += 1
                return []
            claim.gas = self._gas_of(filed.transaction)
            claim.step, claim.due = "verify", day + verify
            return []
        if claim.step == "verify":
            verify_claim(self.context, one.keeper, claim.card, due=True, guarantor=one.address)
            claim.step, claim.due = "pay", day + max(0, wait + 1 - verify if wait else 0)
            return []
        paid = pay_claim(self.context, carrier, claim.card, guarantor=one.address)
        self.paid += paid.amount
        claim.at, claim.step = claim.at + 1, "file"
        return [Paid(claim.who, one.keeper_role, paid.amount, claim.gas + paid.gas)]

    def _gas_of(self, transaction: str) -> int:
        receipt = self.context.chain.receipt(bytes.fromhex(transaction[2:]))
        return 0 if receipt is None else receipt.gas_used
