"""Taking a card to another merchant, and a certifier's word about progress."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from pydantic import Field

from wallet.scenario.values import Flag, Money, Name, Quantity, Words
from wallet.scenario.verbs.common import Making, Sending, Signing, altered
from wallet.scenario.verbs.spending import SALT, carry_authorisation, counted, named
from wallet.scenario.world import World
from wallet.services import certify as certifying
from wallet.services import confirm as confirming
from wallet.services.buy import COVERED_GAS
from wallet.services.sending import send
from wallet.services.transfer import VALID as TRANSFER_VALID
from wallet.services.transfer import Move, preview_transfer, transfer
from wallet.signing.policy import Policy
from wallet.signing.signer import Signer


class Transfer(Signing):
    """The consumer takes a card to another merchant: its rest pays for a new card there."""

    word: ClassVar[str] = "transfer"
    card: Name
    product: Name
    as_: Name = Field(alias="as")
    """Name of the new card."""
    at_least: Money | None = None
    """The least that has to come out of the old card; else what does now."""
    itself: Flag = False
    """The consumer sends it itself; it needs coin for gas."""

    def title(self) -> tuple[str, str]:
        return f"card {self.card} moves to {self.product}", f"卡 {self.card} 转至 {self.product}"

    def play(self, world: World) -> Any:
        world.new_card(self.as_)
        card = world.card(self.card)
        move = preview_transfer(
            world.context,
            card.record.owner,
            card.id,
            world.product(self.product),
            valid=self.valid or TRANSFER_VALID,
            salt=world.salt(),
            min_moved=self.at_least,
        )
        carrier = None if self.itself else world.carrier(self.carried_by)
        moved = transfer(world.context, world.signer(card.owner, self.signed_by), move, carrier=carrier)
        world.keep_card(self.as_, moved.new_card, owner=card.owner, merchant=world.name_of(moved.merchant))
        return moved


class SignTransfer(Signing):
    """The consumer signs a transfer that somebody carries later: `submit: {document: …}`.

    What the new card costs on top must be allowed to the sub-wallet before.
    """

    word: ClassVar[str] = "sign-transfer"
    card: Name
    product: Name
    as_: Name = Field(alias="as")
    """The document's name, and the new card's once it is there."""
    at_least: Money | None = None

    def title(self) -> tuple[str, str]:
        return f"moving {self.card} to {self.product} is signed", f"签署将卡 {self.card} 转至 {self.product}"

    def play(self, world: World) -> Any:
        card = world.card(self.card)
        move = preview_transfer(
            world.context,
            card.record.owner,
            card.id,
            world.product(self.product),
            valid=self.valid or TRANSFER_VALID,
            salt=world.salt(),
            min_moved=self.at_least,
        )
        domain = move.record.domain(world.context)
        signature = world.signer(card.owner, self.signed_by).sign_message(move.message, domain)
        made = SignedMove(self.as_, card.owner, move, signature)
        world.keep(self.as_, "transfer", made, card=self.card, carry=carry_transfer)
        return move


@dataclass(frozen=True, slots=True)
class SignedMove:
    """A transfer signed beforehand, for anybody to carry."""

    name: str
    owner: str
    move: Move
    signature: bytes


def carry_transfer(world: World, carrier: Signer, content: SignedMove) -> str:
    """To the contract, which alone decides; the answer is the new card's id."""
    move = content.move
    record, message = move.record, move.message
    call = record.contract.transfer_card_by_sig(
        record.terms, move.terms, list(move.cover), message.min_moved, message.deadline, content.signature
    )
    new = "0x" + send(world.context, carrier, call, "transfer", gas=COVERED_GAS).answer.hex()
    world.keep_card(content.name, new, owner=content.owner, merchant=world.name_of(move.terms.merchant))
    return new


class SignCertificate(Making):
    """Somebody independent certifies a card's progress: signed, to be carried by `certify` or `submit`."""

    word: ClassVar[str] = "sign-certificate"
    card: Name
    total: Quantity
    """Reached in all since the card was opened."""
    listed: Money | None = None
    """Documented cost, or price before discount, in all."""
    words: Words = "服务已完成"
    by: Name | None = None
    """Another than the card's certifier."""

    def title(self) -> tuple[str, str]:
        return (
            f"{self.total.text} in all is certified for {self.card}",
            f"卡 {self.card} 累计进度 {self.total.text} 获证明",
        )

    def play(self, world: World) -> Any:
        card = world.card(self.card)
        by = world.signer(self.by or world.name_of(card.record.terms.certifier))
        draft = certifying.preview_certificate(
            world.context,
            by.address,
            card.id,
            counted(world, card, self.total),
            self.words,
            listed_after=self.listed,
            valid=self.valid or certifying.VALID,
            salt=world.draw("certificate")[:SALT],
        )
        made = certifying.sign_certificate(world.context, by, draft)
        world.keep(
            self.as_, "certificate", self.finished(world, made), card=self.card, carry=carry_certificate
        )
        return draft


class Certify(Sending):
    """Carry a certificate; with `card` and `total` it is signed at once by the card's certifier."""

    word: ClassVar[str] = "certify"
    card: Name | None = None
    total: Quantity | None = None
    listed: Money | None = None
    words: Words = "服务已完成"
    document: Name | None = None

    def title(self) -> tuple[str, str]:
        return (
            f"progress of {self.card or self.document} is certified",
            f"{self.card or self.document} 的进度上链",
        )

    def play(self, world: World) -> Any:
        if self.total is not None and self.card is not None:
            made = SignCertificate(card=self.card, total=self.total, listed=self.listed, words=self.words)
            made.play(world)
        document = world.document(named(self.document, "certificate", self.card), "certificate")
        return carry_certificate(world, world.carrier(self.carried_by), document.content)


class Confirm(Making):
    """The consumer confirms what was certified, and it is carried at once unless `later: yes`."""

    word: ClassVar[str] = "confirm"
    card: Name
    later: Flag = False

    def title(self) -> tuple[str, str]:
        return f"the consumer confirms the progress of {self.card}", f"消费者确认卡 {self.card} 的进度"

    def play(self, world: World) -> Any:
        card = world.card(self.card)
        wanted = confirming.preview_confirmation(
            world.context,
            card.record.owner,
            card.id,
            Policy(),
            valid=self.valid or confirming.VALID,
            salt=world.draw("reference")[:SALT],
        )
        made = confirming.confirm(world.context, world.signer(card.owner, self.signed_by), wanted)
        signed = altered(world, made.document, self.alter)
        world.keep(self.as_, "authorisation", signed, card=self.card, carry=carry_authorisation)
        if self.later:
            return made
        return carry_authorisation(world, world.carrier(self.carried_by), signed)


def carry_certificate(world: World, carrier: Signer, content: Any) -> Any:
    """As `certify` does."""
    return certifying.certify(world.context, carrier, content)
