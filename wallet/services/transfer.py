"""Take a card to another merchant, by the consumer's consent: the rest of the old one pays for the new one.

The other merchant's offer is a product on sale. What the new card costs beyond the refund the consumer adds
by an allowance or a permit, what the refund exceeds it by comes back; the old merchant's share stays to be
collected, and what is missing in the old card stays owed. Nothing is transferred without the consumer's word
on both cards (Fa Shi (2025) No. 4, art. 13 no. 2).
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from wallet.bindings.digital_yuan import DigitalYuan
from wallet.bindings.errors import ERC20InsufficientBalance
from wallet.bindings.events import Closed, Transferred
from wallet.bindings.runtime import Call, ask, decode_logs
from wallet.bindings.structs import Pledge
from wallet.eip712.domain import digital_yuan_domain
from wallet.eip712.messages import Permit, Transfer
from wallet.ledger import KnownCard
from wallet.services.asking import outcome_of_opening, tier_at_opening
from wallet.services.buy import COVERED_GAS, require_offer
from wallet.services.context import Context
from wallet.services.guarantee_cover import pledges_of
from wallet.services.onboard import name_of
from wallet.services.once import BegunBefore
from wallet.services.publish import Listing, find_product, unit_of
from wallet.services.records import CardRecord, find_card, require_open, state_of
from wallet.services.sealing import sign
from wallet.services.sending import GAS, send
from wallet.signing.moving import Difference, transfer_sentence
from wallet.signing.sentence import Shown, at_risk
from wallet.signing.signer import Signer
from wallet.terms import Terms

VALID = 3600
"""Seconds in which a transfer must reach the chain, unless told otherwise."""
_GAS = 2 * GAS
"""A transfer ends one card and opens another."""


@dataclass(frozen=True, slots=True)
class Move:
    """A transfer not yet signed. Fen as in `Difference`; `advance` goes to the new merchant at once."""

    sentence: str
    record: CardRecord
    terms: Terms
    name: str
    new_card: str
    message: Transfer
    difference: Difference
    advance: int
    at_risk: int
    cover: tuple[Pledge, ...] = ()


@dataclass(frozen=True, slots=True)
class Moved:
    """A transfer done, in fen: paid for the new card `moved + top_up`; `cash_back` came to the consumer."""

    card: str
    new_card: str
    consumer: str
    merchant: str
    merchant_name: str
    product_name: str
    moved: int
    top_up: int
    cash_back: int
    to_collect: int
    shortfall: int
    transactions: tuple[str, ...]
    gas: int


def preview_transfer(
    context: Context,
    consumer: str,
    card: str,
    product: str | Listing,
    *,
    valid: int = VALID,
    salt: int | None = None,
    min_moved: int | None = None,
    cover: Sequence[Pledge] = (),
) -> Move:
    """What moving `card` into a card of `product` would do. `min_moved` defaults to what comes out of it now,
    `cover` to what was announced of the product's guarantors.

    Raises InvalidInput (`same-merchant-card`, `not-on-sale`, `cover-unknown`, …) and ERC20InsufficientBalance
    if the consumer lacks what is to be added.
    """
    record = find_card(context, card, owner=consumer)
    _require_nothing_begun(context, record)
    state = state_of(context, record)
    require_open(record, state)
    listing = find_product(context, product) if isinstance(product, str) else product
    owed, _ = ask(context.chain, record.contract.quote(record.terms))
    refund, now = min(owed, state.held), context.chain.now()
    require_offer(context, consumer, listing, paying=max(0, listing.terms.principal - refund))
    salt = secrets.randbits(64) if salt is None else salt
    terms = listing.terms.bought(salt=salt, buy_by=now + valid, declared=record.terms.declared)
    moved = min(refund, terms.principal)
    difference = Difference(
        moved=moved,
        top_up=terms.principal - moved,
        cash_back=refund - moved,
        to_merchant=state.held - refund,
        shortfall=owed - refund,
    )
    _require_money(context, terms, consumer, difference.top_up)
    outcome = outcome_of_opening(context, terms, now)
    domain = record.domain(context)
    least = refund if min_moved is None else min_moved
    message = Transfer(record.card, terms.card_id(domain), least, now + valid, state.epoch)
    old = Shown(
        name_of(context, record.terms.merchant), now, context.language, unit_of(context, record.terms)
    )
    tier = tier_at_opening(context, terms)
    new = Shown(name_of(context, terms.merchant), now, context.language, unit_of(context, terms), tier)
    sentence = transfer_sentence(message, old, difference, to=new, terms=terms, opening=outcome)
    return Move(
        sentence=sentence,
        record=record,
        terms=terms,
        name=listing.name,
        new_card="0x" + message.new_card.hex(),
        message=message,
        difference=difference,
        advance=outcome.to_merchant,
        at_risk=at_risk(terms, outcome, tier),
        cover=tuple(cover) or pledges_of(context, terms.cover),
    )


def transfer(context: Context, consumer: Signer, move: Move, *, carrier: Signer | None = None) -> Moved:
    """Do it: the consumer sends it, or with a `carrier` signs it (and a permit for what is added).

    Raises the contract's typed error if the old card was used or ended meanwhile, or the other merchant may
    no longer sell; then both cards are as before.
    """
    by = consumer if carrier is None else carrier
    receipts = []
    token = DigitalYuan(move.terms.token)
    allowed = ask(context.chain, token.allowance(consumer.address, move.record.wallet))
    if allowed < move.difference.top_up:
        allowing = _allow(context, consumer, move, token, signed=carrier is not None)
        receipts.append(send(context, by, allowing, f"allow for {move.new_card[:10]}").receipt)
    moving = _moving(context, consumer, move, signed=carrier is not None)
    sent = send(context, by, moving, purpose_of(move.record.card), gas=COVERED_GAS if move.cover else _GAS)
    receipts.append(sent.receipt)
    known = KnownCard(
        sent.answer, context.identity, consumer.address, move.record.wallet, move.terms.encode(), move.name
    )
    context.journal.remember_cards([known])
    events = [event for _, event in decode_logs(sent.receipt.logs)]
    closed = next(event for event in events if isinstance(event, Closed))
    moved = next(event for event in events if isinstance(event, Transferred))
    return Moved(
        card="0x" + moved.card.hex(),
        new_card="0x" + moved.new_card.hex(),
        consumer=consumer.address,
        merchant=move.terms.merchant,
        merchant_name=name_of(context, move.terms.merchant),
        product_name=move.name,
        moved=moved.moved,
        top_up=moved.top_up,
        cash_back=moved.cash_back,
        to_collect=closed.to_collect,
        shortfall=closed.shortfall,
        transactions=tuple("0x" + receipt.tx_hash.hex() for receipt in receipts),
        gas=sum(receipt.gas_used for receipt in receipts),
    )


def _moving(context: Context, consumer: Signer, move: Move, *, signed: bool) -> Call[bytes]:
    record, message, cover = move.record, move.message, list(move.cover)
    if not signed:
        return record.contract.transfer_card(record.terms, move.terms, cover, message.min_moved)
    signature = sign(
        context,
        consumer,
        record,
        message,
        deadline=message.deadline,
        pays=move.difference.top_up,
        note=_note(move),
    )
    return record.contract.transfer_card_by_sig(
        record.terms, move.terms, cover, message.min_moved, message.deadline, signature
    )


def _allow(context: Context, consumer: Signer, move: Move, token: DigitalYuan, *, signed: bool) -> Call[Any]:
    """Let the sub-wallet draw what is added: by the consumer's transaction, or its permit for a carrier."""
    amount, wallet, deadline = move.difference.top_up, move.record.wallet, move.message.deadline
    if not signed:
        return token.approve(wallet, amount)
    made = _sign_permit(context, consumer, move, token)
    return token.permit(consumer.address, wallet, amount, deadline, made[64], made[:32], made[32:64])


def _sign_permit(context: Context, consumer: Signer, move: Move, token: DigitalYuan) -> bytes:
    nonce = ask(context.chain, token.nonces(consumer.address))
    domain = digital_yuan_domain(context.platform.chain_id, token.address)
    deadline, amount = move.message.deadline, move.difference.top_up
    message = Permit(consumer.address, move.record.wallet, amount, nonce, deadline)
    return sign(
        context,
        consumer,
        move.record,
        message,
        deadline=deadline,
        domain=domain,
        pays=amount,
        note=_note(move),
    )


def _note(move: Move) -> dict[str, Any]:
    return {
        "new_card": move.new_card,
        "terms": move.terms.to_dict(),
        "min_moved": move.message.min_moved,
        "sentence": move.sentence,
    }


def purpose_of(card: bytes) -> str:
    """What the journal calls the transaction that transfers `card`."""
    return f"transfer 0x{card.hex()}"


def _require_nothing_begun(context: Context, record: CardRecord) -> None:
    earlier = context.begun_before(purpose_of(record.card))
    if earlier is not None:
        raise BegunBefore(f"the transfer of card 0x{record.card.hex()}", earlier)


def _require_money(context: Context, terms: Terms, consumer: str, amount: int) -> None:
    has = ask(context.chain, DigitalYuan(terms.token).balance_of(consumer))
    if has < amount:
        raise ERC20InsufficientBalance(consumer, has, amount)
