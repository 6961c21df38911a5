"""Pay the merchant what was left for it when a card ended. Pulled, so that it never holds up a refund."""

from __future__ import annotations

from dataclasses import dataclass

from wallet.services.context import Context
from wallet.services.records import find_card
from wallet.services.sending import send
from wallet.signing.signer import Signer


@dataclass(frozen=True, slots=True)
class Collected:
    """Fen paid out of an ended card, and to whom."""

    card: str
    to: str
    amount: int
    transaction: str
    gas: int


def collect(context: Context, carrier: Signer, card: str, *, to: str | None = None) -> Collected:
    """Let the payee have it, or with `to` another address, which only the payee itself may name."""
    record = find_card(context, card)
    call = record.contract.collect(record.terms)
    if to is not None:
        # Only a relayed redirect carries a deadline and a signature; the payee's own needs neither.
        call = record.contract.collect_to(record.terms, to, 0, b"")
    sent = send(context, carrier, call, f"collect {record.card.hex()[:8]}")
    return Collected(
        card="0x" + record.card.hex(),
        to=record.terms.recipient if to is None else to,
        amount=sent.answer,
        transaction="0x" + sent.receipt.tx_hash.hex(),
        gas=sent.receipt.gas_used,
    )
