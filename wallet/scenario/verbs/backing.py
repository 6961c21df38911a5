"""Guarantors: claims for what an ended card is short, from filing to payment, and what merchants owe back."""

from __future__ import annotations

from typing import Any, ClassVar

from wallet.scenario.values import Flag, Money, Name, Words
from wallet.scenario.verb import Verb
from wallet.scenario.verbs.common import Sending
from wallet.scenario.world import World
from wallet.services import claim, guarantee_money
from wallet.services.claim_view import GuaranteeView, guarantees_of
from wallet.services.guarantee import Guarantor


class _Claiming(Sending):
    guarantors: ClassVar[bool] = True
    card: Name
    guarantor: Name | None = None
    """Whose promise: `insurer contract`, `platform contract`, `fund contract`; else the next one in order."""

    def where(self, world: World) -> str | None:
        """The guarantor's address, if one is named."""
        return None if self.guarantor is None else world.address(self.guarantor)


class FileClaim(_Claiming):
    """File a claim with a guarantor for what an ended card is short."""

    word: ClassVar[str] = "file-claim"
    trigger: Name = "runaway"
    """runaway, bankruptcy, licence-revoked, closure, dispute or fraud."""

    def title(self) -> tuple[str, str]:
        return f"a claim is filed for {self.card}", f"为卡 {self.card} 申请理赔"

    def play(self, world: World) -> GuaranteeView:
        carrier, where = world.carrier(self.carried_by), self.where(world)
        return claim.file_claim(
            world.context, carrier, world.card(self.card).id, trigger=self.trigger, guarantor=where
        )


class VerifyClaim(_Claiming):
    """The guarantor's assessor says whether a claim is due."""

    word: ClassVar[str] = "verify-claim"
    by: Name | None = None
    """The assessor; else whoever keeps the guarantor."""
    due: Flag = True
    reason: Words = ""

    def title(self) -> tuple[str, str]:
        answer = ("is due", "成立") if self.due else ("is not due", "不成立")
        return f"the claim for {self.card} {answer[0]}", f"卡 {self.card} 的理赔{answer[1]}"

    def play(self, world: World) -> GuaranteeView:
        where, card = self.where(world), world.card(self.card).id
        return claim.verify_claim(
            world.context, world.signer(self._assessor(world, card)), card,
            due=self.due, reason=self.reason, guarantor=where,
        )  # fmt: skip

    def _assessor(self, world: World, card: str) -> str:
        if self.by is not None:
            return self.by
        waiting = [one for one in guarantees_of(world.context, card) if one.stage == "filed"]
        return world.name_of(waiting[0].assessor) if waiting else "insurer"


class PayClaim(_Claiming):
    """A guarantor pays a claim that is due, straight to the consumer."""

    word: ClassVar[str] = "pay-claim"

    def title(self) -> tuple[str, str]:
        return f"the claim for {self.card} is paid", f"赔付卡 {self.card}"

    def play(self, world: World) -> claim.ClaimPaid:
        carrier, where = world.carrier(self.carried_by), self.where(world)
        return claim.pay_claim(world.context, carrier, world.card(self.card).id, guarantor=where)


class ReleaseGuarantees(Sending):
    """Free what guarantors have set aside for a card that needs it no more."""

    word: ClassVar[str] = "release-guarantees"
    guarantors: ClassVar[bool] = True
    short: ClassVar[str] = "card"
    card: Name

    def title(self) -> tuple[str, str]:
        return f"promises for {self.card} are released", f"解除对卡 {self.card} 的担保"

    def play(self, world: World) -> Any:
        carrier = world.carrier(self.carried_by)
        return claim.release_guarantees(world.context, carrier, world.card(self.card).id)


class RepayGuarantor(Verb):
    """A merchant pays back what a guarantor paid in its place."""

    word: ClassVar[str] = "repay-guarantor"
    guarantors: ClassVar[bool] = True
    by: Name
    merchant: Name
    guarantor: Name
    amount: Money

    def title(self) -> tuple[str, str]:
        return f"{self.by} pays {self.guarantor} back", f"{self.by}向 {self.guarantor} 偿还代偿款"

    def play(self, world: World) -> Guarantor:
        where, merchant = world.address(self.guarantor), world.address(self.merchant)
        return guarantee_money.repay(world.context, world.signer(self.by), where, merchant, self.amount)


class Guarantees(Verb):
    """Look at who stands behind a card: `gives: {0.stage: paid, 0.claimed: ¥300}`, guarantors in order."""

    word: ClassVar[str] = "guarantees"
    guarantors: ClassVar[bool] = True
    short: ClassVar[str] = "card"
    card: Name

    def title(self) -> tuple[str, str]:
        return f"who stands behind {self.card}", f"查看卡 {self.card} 的担保"

    def play(self, world: World) -> dict[str, GuaranteeView]:
        found = guarantees_of(world.context, world.card(self.card).id)
        return {str(number): one for number, one in enumerate(found)}


class OwedToGuarantor(Verb):
    """What a guarantor may ask back from a merchant; `gives: {owed: ¥300}`."""

    word: ClassVar[str] = "owed-to-guarantor"
    guarantors: ClassVar[bool] = True
    guarantor: Name
    merchant: Name

    def title(self) -> tuple[str, str]:
        return f"what {self.merchant} owes {self.guarantor}", f"{self.merchant} 欠 {self.guarantor} 的款项"

    def play(self, world: World) -> dict[str, int]:
        where, merchant = world.address(self.guarantor), world.address(self.merchant)
        return {"owed": guarantee_money.owed_by(world.context, where, merchant)}
