"""Void everything the consumer signed for a card and nobody has used yet, by raising the card's epoch.

A limit found for the card's list-price total counts in its own epoch only, so the card takes it over first.
"""

from __future__ import annotations

from dataclasses import dataclass

from wallet.eip712.messages import BumpEpoch
from wallet.services.context import Context
from wallet.services.finding import apply_finding, finding_waits
from wallet.services.records import find_card, state_of
from wallet.services.sealing import sign
from wallet.services.sending import send
from wallet.signing.signer import Signer

VALID = 3600


@dataclass(frozen=True, slots=True)
class Bumped:
    """The card's new epoch; whatever was signed for an older one is void. `applied`: a finding came first."""

    card: str
    epoch: int
    transaction: str
    gas: int
    applied: bool = False


def bump(context: Context, consumer: Signer, card: str, *, carrier: Signer | None = None) -> Bumped:
    """Raise the epoch by one; sent by the consumer, or signed by it and carried by `carrier`."""
    record = find_card(context, card, owner=consumer.address)
    waits = finding_waits(context, record)
    if waits:
        apply_finding(context, carrier or consumer, "0x" + record.card.hex())
    epoch = state_of(context, record).epoch + 1
    call = record.contract.bump_epoch(record.card, epoch)
    if carrier is not None:
        now = context.chain.now()
        message = BumpEpoch(record.card, epoch, now + VALID)
        signature = sign(context, consumer, record, message, deadline=message.deadline, note={"epoch": epoch})
        call = record.contract.bump_epoch_by_sig(record.card, epoch, message.deadline, signature)
    receipt = send(context, carrier or consumer, call, f"bump {record.card.hex()[:8]}").receipt
    return Bumped("0x" + record.card.hex(), epoch, "0x" + receipt.tx_hash.hex(), receipt.gas_used, waits)
