"""End a card: what is left comes back to the consumer at once, needing nobody's leave.

Sent by the consumer, or signed by the consumer and carried by anyone. `min_refund` guards both: an exit that
was overtaken by a consumption reverts rather than pay less than was shown.
"""

from __future__ import annotations

from dataclasses import dataclass

from wallet.bindings.events import Closed
from wallet.bindings.runtime import Call, ask, decode_logs
from wallet.chain.base import Receipt
from wallet.eip712.messages import Terminate
from wallet.rules import Cause
from wallet.services.context import Context
from wallet.services.onboard import name_of
from wallet.services.publish import unit_of
from wallet.services.records import CardRecord, find_card, require_open, state_of
from wallet.services.sealing import sign
from wallet.services.sending import send
from wallet.signing.sentence import Shown, terminate_sentence
from wallet.signing.signer import Signer

VALID = 3600
"""Seconds in which a signed termination must reach the chain, unless told otherwise."""


@dataclass(frozen=True, slots=True)
class Exit:
    """A termination not yet signed. Fen: `refund` comes back at once, `to_merchant` it may collect,
    `shortfall` guarantors owe."""

    sentence: str
    card: str
    refund: int
    to_merchant: int
    shortfall: int
    cause: str
    message: Terminate
    record: CardRecord


@dataclass(frozen=True, slots=True)
class Ended:
    """An ended card: fen refunded, left for the merchant to collect, and missing."""

    card: str
    consumer: str
    cause: str
    refund: int
    to_collect: int
    shortfall: int
    transaction: str
    gas: int


def preview_termination(
    context: Context,
    card: str,
    *,
    owner: str | None = None,
    min_refund: int | None = None,
    valid: int = VALID,
) -> Exit:
    """What ending the card now would bring. `min_refund` (fen) defaults to exactly that."""
    record = find_card(context, card, owner=owner)
    state = state_of(context, record)
    require_open(record, state)
    owed, cause = ask(context.chain, record.contract.quote(record.terms))
    refund, now = min(owed, state.held), context.chain.now()
    least = refund if min_refund is None else min_refund
    message = Terminate(record.card, least, now + valid, state.epoch)
    to_merchant, shortfall = state.held - refund, owed - refund
    merchant = name_of(context, record.terms.merchant)
    shown = Shown(merchant, now, context.language, unit_of(context, record.terms))
    sentence = terminate_sentence(message, shown, refund=refund, to_merchant=to_merchant, shortfall=shortfall)
    reason = Cause(cause).name.lower().replace("_", "-")
    return Exit(sentence, "0x" + record.card.hex(), refund, to_merchant, shortfall, reason, message, record)


def terminate(context: Context, consumer: Signer, exit_: Exit, *, carrier: Signer | None = None) -> Ended:
    """End the card. Without `carrier` the consumer sends it; with one, the consumer signs and it carries.

    Raises SubWalletRefundTooLow if a consumption came first, the typed error for a card already ended.
    """
    record, message = exit_.record, exit_.message
    call: Call[int]
    if carrier is None:
        call, sender = record.contract.terminate(record.terms, message.min_refund), consumer
    else:
        note = {"min_refund": message.min_refund, "epoch": message.epoch, "sentence": exit_.sentence}
        signature = sign(context, consumer, record, message, deadline=message.deadline, note=note)
        call = record.contract.terminate_by_sig(record.terms, message.min_refund, message.deadline, signature)
        sender = carrier
    receipt = send(context, sender, call, f"terminate {record.card.hex()[:8]}").receipt
    return ended(receipt, record.owner)


def ended(receipt: Receipt, owner: str) -> Ended:
    """What the `Closed` event in `receipt` says."""
    event = next(event for _, event in decode_logs(receipt.logs) if isinstance(event, Closed))
    return Ended(
        card="0x" + event.card.hex(),
        consumer=owner,
        cause=Cause(event.cause).name.lower().replace("_", "-"),
        refund=event.refund,
        to_collect=event.to_collect,
        shortfall=event.shortfall,
        transaction="0x" + receipt.tx_hash.hex(),
        gas=receipt.gas_used,
    )
