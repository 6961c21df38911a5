"""The ways a card ends and what comes after: exits, what time does by itself, what is collected and paid."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from wallet.errors import InvalidInput
from wallet.scenario.values import Flag, Money, Name
from wallet.scenario.verbs.common import Making, Sending, Signing, altered
from wallet.scenario.world import World
from wallet.services import terminate
from wallet.services.bump import bump
from wallet.services.collect import collect, sign_redirect
from wallet.services.deregister import leave, preview_farewell
from wallet.services.records import find_card
from wallet.services.sending import send
from wallet.services.settle import settle
from wallet.services.shortfall import pay_shortfall, preview_shortfall
from wallet.services.sweep import sweep
from wallet.signing.signer import Signer


class Terminate(Signing):
    """The consumer ends a card: what is left comes back at once, needing nobody's leave.

    Signed by the consumer and carried by somebody, unless `itself: yes`.
    """

    word: ClassVar[str] = "terminate"
    short: ClassVar[str] = "card"
    card: Name
    by: Name | None = None
    """Somebody else than the card's owner."""
    at_least: Money | None = None
    """Refuse to end it for less; else for less than was shown."""
    itself: Flag = False
    """The consumer sends it itself; it needs coin for gas."""

    def title(self) -> tuple[str, str]:
        return f"card {self.card} is ended", f"卡 {self.card} 退卡"

    def play(self, world: World) -> terminate.Ended:
        card = world.card(self.card)
        wanted = terminate.preview_termination(
            world.context, card.id, min_refund=self.at_least, valid=self.valid or terminate.VALID
        )
        consumer = world.signer(self.by or card.owner, self.signed_by)
        carrier = None if self.itself else world.carrier(self.carried_by)
        return terminate.terminate(world.context, consumer, wanted, carrier=carrier)


@dataclass(frozen=True, slots=True)
class SignedExit:
    """An exit signed beforehand, for anybody to carry."""

    owner: str
    card: str
    min_refund: int
    deadline: int
    epoch: int
    signature: bytes


class SignExit(Making):
    """The consumer signs an exit that somebody carries later: `submit: {document: …}`."""

    word: ClassVar[str] = "sign-exit"
    card: Name
    at_least: Money | None = None

    def title(self) -> tuple[str, str]:
        return f"the owner of {self.card} signs its exit", f"卡 {self.card} 的持有人签署退卡"

    def play(self, world: World) -> terminate.Exit:
        card = world.card(self.card)
        wanted = terminate.preview_termination(
            world.context, card.id, min_refund=self.at_least, valid=self.valid or terminate.VALID
        )
        message = wanted.message
        hand = world.signer(card.owner, self.signed_by)
        signature = hand.sign_message(message, wanted.record.domain(world.context))
        made = SignedExit(
            card.record.owner, card.id, message.min_refund, message.deadline, message.epoch, signature
        )
        made = altered(world, made, self.alter)
        world.keep(self.as_, "exit", made, card=self.card, carry=carry_exit)
        return wanted


def carry_exit(world: World, carrier: Signer, content: SignedExit) -> terminate.Ended:
    """To the contract, which alone decides."""
    record = find_card(world.context, content.card)
    call = record.contract.terminate_by_sig(
        record.terms, content.min_refund, content.deadline, content.signature
    )
    receipt = send(world.context, carrier, call, f"terminate {record.card.hex()[:8]}").receipt
    return terminate.ended(receipt, record.owner)


class Submit(Sending):
    """Carry any signed document to the chain, for the first time or once more."""

    word: ClassVar[str] = "submit"
    short: ClassVar[str] = "document"
    document: Name

    def title(self) -> tuple[str, str]:
        return f"{self.document} is submitted", f"提交 {self.document}"

    def play(self, world: World) -> Any:
        found = world.document(self.document)
        if found.carry is None:
            raise InvalidInput(
                f"document {self.document} is a {found.kind}: nobody carries it to the chain",
                hint="a charge is answered with `authorise`",
                code="scenario-document-kind",
                name=self.document,
                found=found.kind,
            )
        return found.carry(world, world.carrier(self.carried_by), found.content)


class Settle(Sending):
    """Let happen what the terms let happen by themselves: time's release, an expiry, a closure's refund."""

    word: ClassVar[str] = "settle"
    short: ClassVar[str] = "card"
    card: Name

    def title(self) -> tuple[str, str]:
        return f"what is due on {self.card} by itself is settled", f"结算卡 {self.card} 的到期事项"

    def play(self, world: World) -> Any:
        return settle(world.context, world.carrier(self.carried_by), world.card(self.card).id)


class Collect(Sending):
    """Pay the merchant what was left for it when a card ended."""

    word: ClassVar[str] = "collect"
    short: ClassVar[str] = "card"
    card: Name
    to: Name | None = None
    """Elsewhere; only the payee itself (as `carried-by`) may say so."""

    def title(self) -> tuple[str, str]:
        return f"what is left of {self.card} is collected", f"商户取走卡 {self.card} 的余款"

    def play(self, world: World) -> Any:
        to = None if self.to is None else world.address(self.to)
        return collect(world.context, world.carrier(self.carried_by), world.card(self.card).id, to=to)


class Redirect(Making):
    """The payee signs that what is left of a card goes elsewhere; `submit` carries it."""

    word: ClassVar[str] = "redirect"
    card: Name
    to: Name
    by: Name | None = None
    """Who signs as payee; else the merchant."""

    def title(self) -> tuple[str, str]:
        return f"the payee of {self.card} wants it paid to {self.to}", f"卡 {self.card} 的余款改付 {self.to}"

    def play(self, world: World) -> Any:
        card = world.card(self.card)
        payee = world.signer(self.by or card.merchant, self.signed_by)
        made = sign_redirect(world.context, payee, card.id, world.address(self.to), valid=self.valid or 3600)
        world.keep(self.as_, "redirect", made, card=self.card, carry=carry_redirect(card.id))
        return made


def carry_redirect(card: str) -> Any:
    """How the redirect of one card is carried."""

    def carry(world: World, carrier: Signer, content: Any) -> Any:
        return collect(world.context, carrier, card, redirect=content)

    return carry


class Bump(Signing):
    """The consumer voids everything signed for a card so far."""

    word: ClassVar[str] = "bump"
    short: ClassVar[str] = "card"
    card: Name
    itself: Flag = False
    """The consumer sends it itself; it needs coin for gas."""

    def title(self) -> tuple[str, str]:
        return f"all that was signed for {self.card} is void", f"作废卡 {self.card} 此前的全部签名"

    def play(self, world: World) -> Any:
        card = world.card(self.card)
        carrier = None if self.itself else world.carrier(self.carried_by)
        return bump(world.context, world.signer(card.owner, self.signed_by), card.id, carrier=carrier)


class Sweep(Sending):
    """A consumer takes home what was sent to its sub-wallet beyond its cards; it sends this itself."""

    word: ClassVar[str] = "sweep"
    short: ClassVar[str] = "by"
    by: Name
    token: Name | None = None

    def title(self) -> tuple[str, str]:
        return f"{self.by} sweeps the sub-wallet", f"{self.by} 取回子钱包中的多余资金"

    def play(self, world: World) -> Any:
        token = None if self.token is None else world.address(self.token)
        return sweep(world.context, world.signer(self.by), token=token)


class Leave(Signing):
    """A consumer ends all its cards and goes."""

    word: ClassVar[str] = "leave"
    short: ClassVar[str] = "by"
    by: Name

    def title(self) -> tuple[str, str]:
        return f"{self.by} ends every card", f"{self.by} 注销并退回全部卡"

    def play(self, world: World) -> Any:
        farewell = preview_farewell(world.context, world.address(self.by))
        carrier = world.carrier(self.carried_by)
        return leave(world.context, world.signer(self.by, self.signed_by), farewell, carrier=carrier)


class PayShortfall(Sending):
    """Somebody, usually the merchant, pays the consumer what an ended card is short."""

    word: ClassVar[str] = "pay-shortfall"
    short: ClassVar[str] = "card"
    card: Name
    by: Name | None = None
    amount: Money | None = None

    def title(self) -> tuple[str, str]:
        return f"what card {self.card} is short is paid", f"补足卡 {self.card} 的缺口"

    def play(self, world: World) -> Any:
        card = world.card(self.card)
        payer = world.signer(self.by or card.merchant)
        debt = preview_shortfall(world.context, payer.address, card.id, self.amount)
        return pay_shortfall(world.context, payer, debt)
