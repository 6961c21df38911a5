"""Let a card take over what was found about it: the merchant's concession or an arbiter's ruling.

Anyone may, since a finding only ever helps the consumer. Signatures about the card that are not yet used are
void afterwards: an authorisation still out must be asked for again.
"""

from __future__ import annotations

from dataclasses import dataclass

from wallet.bindings.events import FindingApplied
from wallet.bindings.runtime import ask, decode_logs
from wallet.errors import InvalidInput
from wallet.rules import NOT_CONSUMER, Cause, Status
from wallet.services.context import Context
from wallet.services.dispute import disputes_of
from wallet.services.records import CardRecord, find_card, require_open, state_of
from wallet.services.sending import send
from wallet.signing.signer import Signer


@dataclass(frozen=True, slots=True)
class Applied:
    """A finding that a card has taken over. Fen: what the consumer was owed before and is owed now."""

    card: str
    not_consumer: bool
    listed: int
    epoch: int
    owed_before: int
    owed_now: int
    cause: str
    transaction: str
    gas: int


def finding_waits(context: Context, record: CardRecord) -> bool:
    """Whether something was found that the open card has not taken over yet."""
    state = state_of(context, record)
    if state.status is not Status.OPEN or "Disputes" not in context.platform.parts:
        return False
    not_consumer, listed, epoch, at = ask(
        context.chain, disputes_of(context).finding_of(record.wallet, record.card)
    )
    lowers = epoch == state.epoch and listed < state.listed
    return bool(at) and (lowers or (not_consumer and not state.marks & NOT_CONSUMER))


def apply_finding(context: Context, carrier: Signer, card: str) -> Applied:
    """Apply it. Raises InvalidInput (`card-not-open`, `no-finding`)."""
    record = find_card(context, card)
    require_open(record, state_of(context, record))
    if not finding_waits(context, record):
        raise InvalidInput(
            f"nothing was found about card 0x{record.card.hex()} that it does not know",
            hint="`prepaid dispute show` tells what was found, and when",
            code="no-finding",
            card="0x" + record.card.hex(),
        )
    before, _ = ask(context.chain, record.contract.quote(record.terms))
    call = record.contract.apply_finding(record.terms)
    receipt = send(context, carrier, call, f"apply finding {record.card.hex()[:8]}").receipt
    event = next(event for _, event in decode_logs(receipt.logs) if isinstance(event, FindingApplied))
    after, cause = ask(context.chain, record.contract.quote(record.terms))
    return Applied(
        card="0x" + record.card.hex(),
        not_consumer=event.not_consumer,
        listed=event.listed,
        epoch=event.epoch,
        owed_before=before,
        owed_now=after,
        cause=Cause(cause).name.lower().replace("_", "-"),
        transaction="0x" + receipt.tx_hash.hex(),
        gas=receipt.gas_used,
    )
