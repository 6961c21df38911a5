"""What the terms let happen by itself: anyone may trigger it, nobody gains by triggering it."""

from __future__ import annotations

from dataclasses import dataclass

from wallet.bindings.events import Accrued, Closed
from wallet.bindings.runtime import decode_logs
from wallet.rules import Cause
from wallet.services.context import Context
from wallet.services.records import find_card
from wallet.services.sending import send
from wallet.signing.signer import Signer


@dataclass(frozen=True, slots=True)
class Settled:
    """What happened, in fen: released to the merchant by time, or refunded because the card ended."""

    card: str
    ended: bool
    cause: str
    released: int
    refund: int
    to_collect: int
    shortfall: int
    transaction: str
    gas: int


def settle(context: Context, carrier: Signer, card: str) -> Settled:
    """Settle a card; raises SubWalletNothingDue if nothing is due."""
    record = find_card(context, card)
    receipt = send(
        context, carrier, record.contract.settle(record.terms), f"settle {record.card.hex()[:8]}"
    ).receipt
    events = [event for _, event in decode_logs(receipt.logs)]
    closed = next((event for event in events if isinstance(event, Closed)), None)
    return Settled(
        card="0x" + record.card.hex(),
        ended=closed is not None,
        cause="" if closed is None else Cause(closed.cause).name.lower().replace("_", "-"),
        released=sum(event.paid for event in events if isinstance(event, Accrued)),
        refund=0 if closed is None else closed.refund,
        to_collect=0 if closed is None else closed.to_collect,
        shortfall=0 if closed is None else closed.shortfall,
        transaction="0x" + receipt.tx_hash.hex(),
        gas=receipt.gas_used,
    )
