"""Using a card: charged by the merchant, authorised by the consumer, carried by anybody, at any time."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from wallet.errors import InvalidInput
from wallet.exchange import Authorisation
from wallet.scenario.held import HeldCard
from wallet.scenario.values import Flag, Money, Name, Quantity, Words
from wallet.scenario.verb import Verb
from wallet.scenario.verbs.common import Making, Sending, altered
from wallet.scenario.world import World
from wallet.services import authorise, charge, consume
from wallet.services.cards import show_card
from wallet.services.publish import unit_of
from wallet.services.sending import Sent, send
from wallet.services.voucher import VALID as VOUCHER_VALID
from wallet.services.voucher import preview_voucher, sign_voucher, voucher_struct
from wallet.signing.policy import Limit, Outcome, Policy
from wallet.signing.signer import Signer

SALT = 16
"""Bytes of a reference's salt."""


def counted(world: World, card: HeldCard, amount: Quantity) -> int:
    """A quantity as this card counts."""
    return amount.of(unit_of(world.context, card.record.terms))


class _Charged(Making):
    card: Name
    amount: Quantity
    """What is used: money, or times, months, milestones, as the card counts."""
    listed: Money | None = None
    """Its price before discount; else the card's own."""
    max_pay: Money | None = None
    """The most that may move, if that is more than what does."""
    number: Words | None = None
    item: Words = ""
    store: Words = ""

    def charged(self, world: World, by: str | None = None) -> charge.Charged:
        """The merchant's charge, as it signs it."""
        card = world.card(self.card)
        return charge.make_charge(
            world.context,
            world.signer(by or card.merchant),
            card.id,
            counted(world, card, self.amount),
            self.number or world.draw("number").hex()[:8],
            listed=self.listed,
            item=self.item,
            store=self.store,
            valid=self.valid or charge.VALID,
            max_pay=self.max_pay,
            salt=world.draw("reference")[:SALT],
        )


class Use(_Charged):
    """A visit: the merchant charges, the consumer authorises, somebody carries it to the chain."""

    word: ClassVar[str] = "use"

    def title(self) -> tuple[str, str]:
        return f"{self.amount.text} of card {self.card} are used", f"卡 {self.card} 消费 {self.amount.text}"

    def play(self, world: World) -> consume.Consumption:
        card = world.card(self.card)
        document = self.charged(world).document
        request = authorise.preview_charge(world.context, card.record.owner, document, Policy())
        consumer = world.signer(card.owner, self.signed_by)
        signed = authorise.authorise(world.context, consumer, request).document
        signed = altered(world, signed, self.alter)
        world.keep(self.as_, "authorisation", signed, card=self.card, carry=carry_authorisation)
        return consume.consume(world.context, world.carrier(self.carried_by), signed)


class Charge(_Charged):
    """The merchant asks for a payment: signed, and nothing moves yet."""

    word: ClassVar[str] = "charge"
    by: Name | None = None
    """Another merchant than the one that sold the card."""

    def title(self) -> tuple[str, str]:
        return (
            f"the merchant charges {self.amount.text} to {self.card}",
            f"商户向卡 {self.card} 请款 {self.amount.text}",
        )

    def play(self, world: World) -> charge.Charged:
        made = self.charged(world, self.by)
        world.keep(self.as_, "charge", self.finished(world, made.document), card=self.card)
        return made


class Authorise(Making):
    """The consumer answers a charge: checked, shown in one sentence, signed."""

    word: ClassVar[str] = "authorise"
    card: Name | None = None
    """Answers the newest charge to this card,"""
    charge: Name | None = None
    """or the charge of this name."""
    by: Name | None = None
    """Somebody else than the card's owner."""
    per_charge: Money | None = None
    """The wallet's limit for one charge; beyond it, it refuses."""
    per_day: Money | None = None
    ask: Flag = False
    """Beyond a limit the wallet asks instead, and the consumer says yes."""

    def title(self) -> tuple[str, str]:
        what = self.charge or f"the charge to {self.card}"
        return f"the consumer authorises {what}", f"消费者授权 {self.charge or self.card}"

    def play(self, world: World) -> authorise.Authorised:
        document = world.document(named(self.charge, "charge", self.card), "charge")
        card = world.card(document.card)
        request = authorise.preview_charge(
            world.context, world.address(self.by or card.owner), document.content, self.policy()
        )
        agree = (lambda _: True) if self.ask else None
        consumer = world.signer(self.by or card.owner, self.signed_by)
        if self.signed_by is None:
            made = authorise.authorise(world.context, consumer, request, confirm=agree)
        else:  # the wallet's own last look would notice at once
            (made,) = authorise.authorise_all(world.context, consumer, [request], confirm=agree)
        signed = altered(world, made.document, self.alter)
        world.keep(self.as_, "authorisation", signed, card=card.name, carry=carry_authorisation)
        return made

    def policy(self) -> Policy:
        """The wallet's rules for this signature."""
        beyond = Outcome.ASK if self.ask else Outcome.REFUSE
        return Policy(
            per_charge=None if self.per_charge is None else Limit(self.per_charge, beyond),
            per_day=None if self.per_day is None else Limit(self.per_day, beyond),
        )


class Consume(Sending):
    """Carry an authorisation to the chain: `document: d1`, or `of: a` for the newest of card a.

    Several at once with `documents`: side by side, in one transaction of one card, or relayed.
    """

    word: ClassVar[str] = "consume"
    document: Name | None = None
    of: Name | None = None
    documents: tuple[Name, ...] = ()
    together: Literal["side-by-side", "one-transaction", "relayed"] = "side-by-side"
    unchecked: Flag = False
    """Without the wallet's own checks, as a stranger's program would: the contract alone decides."""

    def title(self) -> tuple[str, str]:
        what = ", ".join(self.documents) or self.document or f"the authorisation of {self.of}"
        return (
            f"{what} is carried to the chain",
            f"{'、'.join(self.documents) or self.document or self.of} 上链",
        )

    def play(self, world: World) -> Any:
        carrier = world.carrier(self.carried_by)
        if self.documents:
            signed = [world.document(name, "authorisation").content for name in self.documents]
            carry = {
                "side-by-side": consume.consume_many,
                "one-transaction": consume.consume_card,
                "relayed": consume.consume_relayed,
            }[self.together]
            return carry(world.context, carrier, signed)
        document = world.document(named(self.document, "authorisation", self.of), "authorisation")
        if self.unchecked:
            return straight(world, carrier, document.content)
        return consume.consume(world.context, carrier, document.content)


class Voucher(Making):
    """The consumer signs a total of everything used so far, for cards whose terms take vouchers."""

    word: ClassVar[str] = "voucher"
    card: Name
    total: Quantity
    """Used in all since the card was opened."""
    listed: Money | None = None

    def title(self) -> tuple[str, str]:
        return (
            f"a voucher for {self.total.text} in all on {self.card}",
            f"卡 {self.card} 累计凭证 {self.total.text}",
        )

    def play(self, world: World) -> Any:
        card = world.card(self.card)
        request = preview_voucher(
            world.context,
            card.record.owner,
            card.id,
            counted(world, card, self.total),
            Policy(),
            listed_after=self.listed,
            valid=self.valid or VOUCHER_VALID,
        )
        made = sign_voucher(world.context, world.signer(card.owner), request)
        world.keep(self.as_, "voucher", self.finished(world, made), card=self.card, carry=carry_voucher)
        return request


class Redeem(Sending):
    """Carry a voucher to the chain."""

    word: ClassVar[str] = "redeem"
    document: Name | None = None
    of: Name | None = None
    unchecked: Flag = False
    """Without the wallet's own checks: the contract alone decides."""

    def title(self) -> tuple[str, str]:
        return f"voucher {self.document or self.of} is redeemed", f"兑付凭证 {self.document or self.of}"

    def play(self, world: World) -> Any:
        found = world.document(named(self.document, "voucher", self.of), "voucher")
        carrier = world.carrier(self.carried_by)
        if not self.unchecked:
            return consume.redeem(world.context, carrier, found.content)
        record = world.card(found.card).record
        call = record.contract.redeem(record.terms, voucher_struct(found.content), found.content.signature)
        return send(world.context, carrier, call, "redeem unchecked")


class Show(Verb):
    """Look at a card as its owner does: `gives: {refund-now: ¥970}`."""

    word: ClassVar[str] = "show"
    short: ClassVar[str] = "card"
    card: Name

    def title(self) -> tuple[str, str]:
        return f"card {self.card} is looked at", f"查看卡 {self.card}"

    def play(self, world: World) -> Any:
        return show_card(world.context, world.card(self.card).id)


def named(name: str | None, kind: str, card: str | None) -> str:
    """The document that a step means: by its name, or the newest of its kind for a card."""
    if (name is None) == (card is None):
        raise InvalidInput(
            "say which document, or whose newest one, and not both",
            hint="`document: d1`, or `of: a`",
            code="scenario-which-document",
        )
    return f"{kind} of {card}" if name is None else name


def carry_authorisation(world: World, carrier: Signer, content: Authorisation) -> consume.Consumption:
    """As `consume` does."""
    return consume.consume(world.context, carrier, content)


def carry_voucher(world: World, carrier: Signer, content: Any) -> consume.Consumption:
    """As `redeem` does."""
    return consume.redeem(world.context, carrier, content)


def straight(world: World, carrier: Signer, document: Authorisation) -> Sent[int]:
    """An authorisation to the contract with nobody looking at it before."""
    record = next(one.record for one in world.cards.values() if one.record.card == document.card)
    call = record.contract.consume(record.terms, authorise.consumption(document), document.signature)
    return send(world.context, carrier, call, "consume unchecked")
