"""Disputes: with the merchant first, then before an authority or association, then taken over by the card."""

from __future__ import annotations

from typing import ClassVar

from wallet.exchange import Statement
from wallet.exchange.documents import SALT_BYTES
from wallet.scenario.values import Flag, Name, Quantity, Words
from wallet.scenario.verb import Verb
from wallet.scenario.verbs.common import Sending, Signing
from wallet.scenario.world import World
from wallet.services import dispute, finding
from wallet.services.publish import unit_of


def stated(world: World, author: str, card: str, words: str) -> Statement:
    """Somebody's words about a card, salted from the seed."""
    salt = world.draw("statement")[:SALT_BYTES]
    return dispute.statement(world.context, author, world.card(card).id, words, salt=salt)


class _Step(Signing):
    card: Name
    by: Name | None = None
    """The consumer; else the card's own."""

    def take(self, world: World, wish: dispute.Wish) -> dispute.DisputeView:
        """Sign the step and carry it."""
        signer = world.signer(self.who(world), self.signed_by)
        return dispute.take_step(world.context, signer, wish, carrier=world.carrier(self.carried_by))

    def who(self, world: World) -> str:
        """Whose step it is."""
        return self.by or world.card(self.card).owner


class Raise(_Step):
    """A consumer raises a complaint about a card with its merchant."""

    word: ClassVar[str] = "raise-dispute"
    ground: Name = "not-available"
    """relocation, moved-to-third-party, not-available, health, circumstances, price or other."""
    words: Words = "约不到服务"

    def title(self) -> tuple[str, str]:
        return f"a complaint about {self.card} is raised", f"就卡 {self.card} 向商户投诉"

    def play(self, world: World) -> dispute.DisputeView:
        consumer, card = world.address(self.who(world)), world.card(self.card).id
        said = stated(world, consumer, self.card, self.words)
        valid = self.valid or dispute.VALID
        wish = dispute.preview_complaint(world.context, consumer, card, self.ground, said, valid=valid)
        return self.take(world, wish)


class Escalate(_Step):
    """A consumer takes a complaint on to an authority or association."""

    word: ClassVar[str] = "escalate"
    forum: Name = "association"
    """authority or association."""

    def title(self) -> tuple[str, str]:
        return f"the complaint about {self.card} goes on", f"卡 {self.card} 的投诉升级"

    def play(self, world: World) -> dispute.DisputeView:
        consumer, card = world.address(self.who(world)), world.card(self.card).id
        valid = self.valid or dispute.VALID
        wish = dispute.preview_escalation(world.context, consumer, card, self.forum, valid=valid)
        return self.take(world, wish)


class Settled(_Step):
    """A consumer says that a complaint is settled."""

    word: ClassVar[str] = "settle-dispute"

    def title(self) -> tuple[str, str]:
        return f"the complaint about {self.card} is settled", f"卡 {self.card} 的投诉已和解"

    def play(self, world: World) -> dispute.DisputeView:
        consumer, card = world.address(self.who(world)), world.card(self.card).id
        valid = self.valid or dispute.VALID
        return self.take(world, dispute.preview_settlement(world.context, consumer, card, valid=valid))


class Refuse(Verb):
    """The merchant refuses what a consumer complains about."""

    word: ClassVar[str] = "refuse-dispute"
    card: Name
    by: Name | None = None
    """Who answers; else the card's merchant."""
    words: Words = "已按约定提供服务"

    def title(self) -> tuple[str, str]:
        return f"the merchant refuses the complaint about {self.card}", f"商户不同意卡 {self.card} 的投诉"

    def play(self, world: World) -> dispute.DisputeView:
        held = world.card(self.card)
        merchant = world.signer(self.by or held.merchant)
        said = stated(world, merchant.address, self.card, self.words)
        return dispute.refuse(world.context, merchant, held.id, said)


class _Word(Verb):
    card: Name
    not_consumer: Flag = True
    """The reason lies not with the consumer."""
    listed_at_most: Quantity | None = None
    """What was used is worth at most this at list price."""

    def said(self, world: World, words: Statement | None = None) -> dispute.Word:
        """What is conceded, or ruled for these reasons."""
        held = world.card(self.card)
        most = self.listed_at_most
        listed = None if most is None else most.of(unit_of(world.context, held.record.terms))
        return dispute.preview_word(
            world.context, held.id, not_consumer=self.not_consumer, listed_at_most=listed, words=words
        )


class Concede(_Word):
    """The merchant agrees with the consumer."""

    word: ClassVar[str] = "concede"
    by: Name | None = None

    def title(self) -> tuple[str, str]:
        return f"the merchant of {self.card} concedes", f"卡 {self.card} 的商户认可投诉"

    def play(self, world: World) -> dispute.DisputeView:
        merchant = world.signer(self.by or world.card(self.card).merchant)
        return dispute.concede(world.context, merchant, self.said(world))


class Rule(_Word):
    """An arbiter rules on an escalated complaint."""

    word: ClassVar[str] = "rule"
    by: Name = "association"
    words: Words = "经核实，消费者的诉求成立"
    """The reasons."""

    def title(self) -> tuple[str, str]:
        return f"{self.by} rules on {self.card}", f"{self.by}对卡 {self.card} 作出处理"

    def play(self, world: World) -> dispute.DisputeView:
        arbiter = world.signer(self.by)
        reasons = stated(world, arbiter.address, self.card, self.words)
        return dispute.rule(world.context, arbiter, self.said(world, reasons))


class AppointArbiter(Verb):
    """The operator lets somebody rule on complaints."""

    word: ClassVar[str] = "appoint-arbiter"
    short: ClassVar[str] = "who"
    who: Name
    by: Name = "operator"

    def title(self) -> tuple[str, str]:
        return f"{self.who} may rule on complaints", f"{self.who}获准裁处投诉"

    def play(self, world: World) -> dict[str, str]:
        return {"arbiter": dispute.appoint(world.context, world.signer(self.by), world.address(self.who))}


class ShowDispute(Verb):
    """Look at where a complaint stands: `gives: {step: escalated}`."""

    word: ClassVar[str] = "dispute"
    short: ClassVar[str] = "card"
    card: Name

    def title(self) -> tuple[str, str]:
        return f"where the complaint about {self.card} stands", f"查看卡 {self.card} 的投诉"

    def play(self, world: World) -> dispute.DisputeView:
        return dispute.show_dispute(world.context, world.card(self.card).id)


class ApplyFinding(Sending):
    """A card takes over what was conceded or ruled about it; anybody may carry it."""

    word: ClassVar[str] = "apply-finding"
    short: ClassVar[str] = "card"
    card: Name

    def title(self) -> tuple[str, str]:
        return f"{self.card} takes over what was found", f"卡 {self.card} 采纳处理结果"

    def play(self, world: World) -> finding.Applied:
        carrier = world.carrier(self.carried_by)
        return finding.apply_finding(world.context, carrier, world.card(self.card).id)
