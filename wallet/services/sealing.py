"""Seal what happens to a card when it happens: messages when they are signed, events when receipts arrive.

Every service that signs about a card does so by `sign`, which writes down what it signed; many at once are
made by `signed_by` and handed to `write_down`. So none can be forgotten. Events
of transactions that others sent are found when a file is made; a crash before a receipt was seen loses
nothing either, for the chain keeps events.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from wallet.address import to_checksum
from wallet.bindings.abi import decode
from wallet.bindings.events import CoverAnnounced
from wallet.bindings.runtime import ask
from wallet.bindings.structs import TERMS
from wallet.bindings.sub_wallet import SubWallet
from wallet.chain.base import BadAnswer, Log, Receipt, Reverted
from wallet.eip712.cover import NO_COVER, cover_hash
from wallet.eip712.domain import Domain
from wallet.eip712.messages import Certificate, Consume, Transfer, Voucher
from wallet.eip712.schema import Message
from wallet.errors import ContractError, PrepaidError
from wallet.evidence.blocks import RawLog
from wallet.evidence.bodies import (
    CardFacts,
    SeenEvent,
    SignedMessage,
    card_body,
    event_body,
    message_body,
    withdrawn_body,
)
from wallet.evidence.canonical import Json
from wallet.evidence.events import GUARANTOR, MERCHANTS, SUB_WALLET, Declaration, Undecodable, declarations
from wallet.evidence.record import NONE_BEFORE, seal
from wallet.exchange import Authorisation as Answer
from wallet.exchange import ChargeRequest, Reference, VoucherAuthorisation
from wallet.ledger import Authorisation, Seal
from wallet.services.context import Context
from wallet.services.records import CardRecord
from wallet.signing.signer import Signer
from wallet.terms import Terms

ALGORITHM = "sha256"
"""The hash that the journal's own records are sealed with."""


@dataclass(frozen=True, slots=True)
class Signed:
    """One signature about one card, as the journal and the card's evidence keep it.

    `owner` is the card's consumer, `signer` whose signature it is; `pays` is the most it lets move, in fen.
    `note` is for the journal alone. `reference` and `terms` are the words behind a hash in the message, where
    this machine knows them.
    """

    owner: str
    card: bytes
    message: Message
    domain: Domain
    signer: str
    signature: bytes
    pays: int = 0
    deadline: int = 0
    note: dict[str, Any] = field(default_factory=dict)
    reference: dict[str, str] | None = None
    terms: Terms | None = None


def totals_of(message: Consume | Voucher | Certificate) -> dict[str, Any]:
    """The card's totals as a message raises them, for `Signed.note`."""
    return {
        "used_after": message.used_after,
        "listed_after": message.listed_after,
        "epoch": message.epoch,
    }


def words_of(words: str, salt: bytes) -> dict[str, str]:
    """Words of which a message holds the salted hash, for `Signed.reference`."""
    return {"words": words, "salt": "0x" + salt.hex()}


def lines_of(reference: Reference) -> dict[str, str]:
    """The four lines behind the hash of a charge, for `Signed.reference`."""
    return {
        "number": reference.number,
        "merchant_name": reference.merchant_name,
        "item": reference.item,
        "store": reference.store,
        "salt": "0x" + reference.salt.hex(),
    }


def signed_by(
    context: Context,
    signer: Signer,
    record: CardRecord,
    message: Message,
    *,
    deadline: int,
    domain: Domain | None = None,
    pays: int = 0,
    note: dict[str, Any] | None = None,
    reference: dict[str, str] | None = None,
) -> Signed:
    """The signer's word about a card, not written down yet; `domain` is the card's unless it is a token's."""
    domain = record.domain(context) if domain is None else domain
    return Signed(
        owner=record.owner,
        card=record.card,
        message=message,
        domain=domain,
        signer=signer.address,
        signature=signer.sign_message(message, domain),
        pays=pays,
        deadline=deadline,
        note=note or {},
        reference=reference,
    )


def sign(
    context: Context,
    signer: Signer,
    record: CardRecord,
    message: Message,
    *,
    deadline: int,
    domain: Domain | None = None,
    pays: int = 0,
    note: dict[str, Any] | None = None,
    reference: dict[str, str] | None = None,
) -> bytes:
    """Sign a message about a card, write it down and seal it; then the signature may be shown."""
    signed = signed_by(
        context,
        signer,
        record,
        message,
        deadline=deadline,
        domain=domain,
        pays=pays,
        note=note,
        reference=reference,
    )
    write_down(context, [signed])
    return signed.signature


def charge_of(record: CardRecord, charge: ChargeRequest) -> Signed:
    """A merchant's charge."""
    return Signed(
        owner=record.owner,
        card=record.card,
        message=charge.message,
        domain=charge.domain,
        signer=charge.merchant,
        signature=charge.signature,
        pays=charge.max_pay,
        deadline=charge.deadline,
        # Only the merchant's own machine can tell later what a charge's hash stands for.
        note={"charge": "0x" + charge.reference.hash.hex(), "reference": charge.number},
        reference=lines_of(charge.reference),
    )


def answer_of(record: CardRecord, document: Answer | VoucherAuthorisation) -> Signed:
    """A consumer's authorisation or voucher, as the one who carries it received it."""
    return Signed(
        owner=record.owner,
        card=record.card,
        message=document.message,
        domain=document.domain,
        signer=document.consumer,
        signature=document.signature,
    )


def write_down(context: Context, signed: Iterable[Signed], received: Iterable[Signed] = ()) -> None:
    """Write down what was signed here and seal it, in one commit, before anybody else sees it.

    `received` was signed elsewhere: it is sealed as well, but nothing that this machine answers for.
    """
    now, rows, seals = context.chain.now(), [], []
    for one in received:
        seals += _message_seals(context, one, now)
    for one in signed:
        seals += _message_seals(context, one, now)
        rows.append(
            Authorisation(
                digest=one.message.digest(one.domain),
                chain=context.identity,
                kind=type(one.message).__name__,
                card=one.card,
                signer=one.signer,
                pays=one.pays,
                deadline=one.deadline,
                signed_at=now,
                signature=one.signature,
                message=one.note,
            )
        )
    if rows or seals:
        context.journal.record_authorisations(rows, seals)


def seals_of_receipts(context: Context, receipts: Sequence[Receipt]) -> list[Seal]:
    """What of these receipts belongs into cards' evidence. Never raises: the chain keeps it all."""
    if context.found is None:
        return []
    found: list[Seal] = []
    facts: dict[tuple[bytes, str], CardFacts | None] = {}
    try:
        for receipt in receipts:
            for position, log in enumerate(receipt.logs):
                declared = declarations().get(log.topics[0]) if log.topics else None
                if declared is None:
                    continue
                wallet = _wallet_in(declared, log)
                for place in declared.places("card"):
                    card = log.topics[place] if place < len(log.topics) else b""
                    if not _may_say(context, declared, log.address, card):
                        continue
                    if (card, wallet) not in facts:
                        facts[card, wallet] = _facts_of(context, card, wallet)
                    known = facts[card, wallet]
                    if known is not None:
                        seen = see(declared, log, receipt.block_hash, position)
                        found += event_seals(context, known, seen)
    except PrepaidError:
        return found
    return found


def card_facts(context: Context, card: bytes, owner: str) -> CardFacts:
    """What every record of this card has in common."""
    platform = context.platform
    return CardFacts(
        card=card,
        chain_id=platform.chain_id,
        sub_wallet=context.wallet_of(owner).address,
        owner=owner,
        factory=platform.factory,
        implementation=platform.sub_wallet,
    )


def see(declared: Declaration, log: Log, block_hash: bytes, position: int) -> SeenEvent | None:
    """A log as evidence writes it, None if it is not what its topic declares; `position` in its receipt."""
    raw = RawLog(bytes.fromhex(log.address[2:]), log.topics, log.data)
    try:
        values = declared.read(raw)
    except Undecodable:
        return None
    return SeenEvent(
        declared,
        log.address,
        log.topics,
        log.data,
        values,
        log.block_number,
        block_hash,
        log.tx_hash,
        position,
    )


def event_seals(context: Context, facts: CardFacts, seen: SeenEvent | None) -> list[Seal]:
    """Seals for an event, and for the card's first record if it has none."""
    if seen is None:
        return []
    block_hash, transaction, position = seen.place

    def make(number: int, previous: str) -> tuple[str, str]:
        return sealed(event_body(number, seen), previous)

    subject = f"event {block_hash} {transaction} {position}".encode()
    return [_card_seal(context, facts), Seal(context.identity, facts.card, subject, make)]


def withdrawal_seal(context: Context, card: bytes, record: int, block_hash: str) -> Seal:
    """A seal for the fact that the chain took an event back."""

    def make(number: int, previous: str) -> tuple[str, str]:
        return sealed(withdrawn_body(number, record, block_hash), previous)

    return Seal(context.identity, card, f"withdrawn {record}".encode(), make)


def sealed(body: dict[str, Json], previous: str) -> tuple[str, str]:
    """A record as the ledger keeps it, and its hash."""
    record = seal(body, previous or NONE_BEFORE, ALGORITHM)
    return record.text(), record.hash


def _message_seals(context: Context, one: Signed, now: int) -> list[Seal]:
    signed = SignedMessage(one.message, one.domain, one.signer, one.signature, now, one.reference, one.terms)

    def make(number: int, previous: str) -> tuple[str, str]:
        return sealed(message_body(number, signed), previous)

    subject, seals = b"message " + signed.digest, list[Seal]()
    cards = [one.card, one.message.new_card] if isinstance(one.message, Transfer) else [one.card]
    for card in cards:
        seals.append(_card_seal(context, card_facts(context, card, one.owner)))
        seals.append(Seal(context.identity, card, subject, make))
    return seals


def _card_seal(context: Context, facts: CardFacts) -> Seal:
    def make(number: int, previous: str) -> tuple[str, str]:
        return sealed(card_body(facts, ALGORITHM), previous)

    return Seal(context.identity, facts.card, b"card", make)


def cover_of(context: Context, terms: Terms) -> tuple[tuple[str, int], ...]:
    """Who stands behind a card with these terms, (guarantor, most fen) in order, as announced on chain."""
    book = context.platform.parts.get("CoverBook", "")
    if terms.cover == NO_COVER or not book:
        return ()
    for log in context.chain.logs(book, [CoverAnnounced.TOPIC, terms.cover], context.platform.block):
        pledges = [(one.guarantor, one.limit) for one in CoverAnnounced.decode(log).pledges]
        if cover_hash(pledges) == terms.cover:
            return tuple(pledges)
    return ()


def addresses_of(context: Context, contract: str, terms: Terms) -> tuple[str, ...]:
    """Where the contracts are that declarations name so, for a card with these terms."""
    found = context.platform
    if contract == GUARANTOR:
        return tuple(guarantor for guarantor, _ in cover_of(context, terms))
    address = found.merchant_registry if contract == MERCHANTS else found.parts.get(contract, "")
    return (address,) if address else ()


def _may_say(context: Context, declared: Declaration, address: str, card: bytes) -> bool:
    """Whether to believe a contract at this address about the card; a sub-wallet's owner is asked later."""
    if declared.contract == SUB_WALLET:
        return True
    if declared.contract != GUARANTOR:
        return address == context.platform.parts.get(declared.contract)
    known = context.journal.cards(context.identity, start=card.hex())
    terms = (Terms(*decode(f"({TERMS})", one.terms)[0]) for one in known)
    return any(address in addresses_of(context, GUARANTOR, one) for one in terms)


def _wallet_in(declared: Declaration, log: Log) -> str:
    """The sub-wallet that an event is about; empty if it names the card alone."""
    if declared.contract == SUB_WALLET:
        return log.address
    places = declared.places("wallet")
    return to_checksum(log.topics[places[0]][12:]) if places and places[0] < len(log.topics) else ""


def _facts_of(context: Context, card: bytes, wallet: str) -> CardFacts | None:
    """Facts of the card if `wallet` is a sub-wallet of this platform; without one, if the card is known."""
    known = context.journal.cards(context.identity, start=card.hex())
    owner = next((one.owner for one in known if wallet in ("", one.wallet)), None)
    if owner is None:
        try:
            owner = ask(context.chain, SubWallet(wallet).owner()) if wallet else None
        except (BadAnswer, ContractError, Reverted):
            return None
    facts = None if owner is None else card_facts(context, card, owner)
    return facts if facts is not None and wallet in ("", facts.sub_wallet) else None
