"""Claims on guarantors for what an ended card is short: filed, verified, paid, or freed when nothing is due.

Anybody may carry each step but the assessor's word, since the money goes to the card's consumer and nowhere
else. Where a card stands with each of its guarantors is read from the chain alone.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from wallet.address import parse_address
from wallet.bindings.insurance_pool import InsurancePool
from wallet.bindings.runtime import ask
from wallet.bindings.structs import Guarantee, Pledge
from wallet.errors import InvalidInput
from wallet.keccak import keccak256
from wallet.law.waterfall import last_with_more
from wallet.rules import Status
from wallet.services.claim_view import (
    CONFIRMED,
    FILED,
    PROMISED,
    REFUSED,
    GuaranteeView,
    guarantees_for,
    view_of,
)
from wallet.services.context import Context
from wallet.services.dispute import show_dispute
from wallet.services.guarantee import STAGES, TRIGGERS, trigger_number
from wallet.services.guarantee_cover import pledges_of
from wallet.services.records import CardRecord, find_card, state_of
from wallet.services.sending import send
from wallet.signing.signer import Signer

FRAUD = "fraud"
GAS = 1_500_000
"""Gas limit: each guarantor asked whether it is done wants 200,000 left."""
COUNTED = 100
"""Claims of a shared pot counted in one transaction."""


@dataclass(frozen=True, slots=True)
class ClaimPaid:
    """What a guarantor paid the consumer of a card (fen), and what is still missing."""

    card: str
    guarantor: str
    name: str
    consumer: str
    amount: int
    left: int
    transaction: str
    gas: int


def file_claim(
    context: Context,
    carrier: Signer,
    card: str,
    *,
    trigger: str = TRIGGERS[0],
    evidence: bytes | None = None,
    guarantor: str | None = None,
) -> GuaranteeView:
    """Claim what the card is short from the guarantor whose turn it is, or from the one named.

    Its turn is over where it has paid, its time has passed, or it refused and no arbiter ruled afterwards.
    `evidence` is put on record by its hash. Raises InvalidInput (`no-guarantee`) if nobody is left to ask,
    and the contract's typed error where it is not due: the merchant performs, another comes first, too late.
    """
    record = find_card(context, card)
    number = trigger_number(trigger)
    pledges = pledges_of(context, record.terms.cover)
    chosen = _whose_turn(context, record) if guarantor is None else None
    if chosen is None:
        chosen = _choose(context, record, (PROMISED, FILED, REFUSED), guarantor, "can be claimed from")
    contract = InsurancePool(chosen.guarantor)
    call = contract.file(record.wallet, record.terms, list(pledges), number)
    sent = send(context, carrier, call, f"claim {record.card.hex()[:8]}", gas=GAS)
    if evidence is not None:
        attach(context, carrier, card, evidence, guarantor=chosen.guarantor)
    return _again(context, record, chosen, "0x" + sent.receipt.tx_hash.hex())


def attach(
    context: Context, by: Signer, card: str, evidence: bytes, *, guarantor: str | None = None
) -> GuaranteeView:
    """Put the hash of a piece of evidence on record; the evidence itself goes to the assessor."""
    record = find_card(context, card)
    chosen = _choose(context, record, (PROMISED, FILED, REFUSED), guarantor, "wants evidence about")
    call = InsurancePool(chosen.guarantor).attach(record.card, keccak256(evidence))
    receipt = send(context, by, call, f"attach {record.card.hex()[:8]}").receipt
    return _again(context, record, chosen, "0x" + receipt.tx_hash.hex())


def verify_claim(
    context: Context,
    assessor: Signer,
    card: str,
    *,
    due: bool,
    reason: str = "",
    guarantor: str | None = None,
) -> GuaranteeView:
    """Say as the assessor whether a claim is due; `reason` goes on record by its hash.

    Raises GuarantorNotAssessor, GuarantorWrongStage once its days are over.
    """
    record = find_card(context, card)
    chosen = _choose(context, record, (FILED,), guarantor, "has a claim filed for")
    contract = InsurancePool(chosen.guarantor)
    call = contract.confirm(record.card) if due else contract.refuse(record.card, keccak256(reason.encode()))
    what = f"{'confirm' if due else 'refuse'} claim {record.card.hex()[:8]}"
    receipt = send(context, assessor, call, what).receipt
    return _again(context, record, chosen, "0x" + receipt.tx_hash.hex())


def pay_claim(context: Context, carrier: Signer, card: str, *, guarantor: str | None = None) -> ClaimPaid:
    """Pay a claim that is due, straight to the consumer; a shared pot is shared out first.

    Raises GuarantorTooEarly, GuarantorNotVerified, InsurancePoolRoundOpen while it is not due.
    """
    record = find_card(context, card)
    chosen = _choose(context, record, (FILED, CONFIRMED), guarantor, "has a claim filed for")
    pool = InsurancePool(chosen.guarantor)
    if chosen.round is not None:
        _share_out(context, carrier, pool, chosen.line, chosen.round)
    call = pool.pay(record.wallet, record.terms)
    sent = send(context, carrier, call, f"pay claim {record.card.hex()[:8]}", gas=GAS)
    state = state_of(context, record)
    return ClaimPaid(
        card="0x" + record.card.hex(),
        guarantor=chosen.guarantor,
        name=chosen.name,
        consumer=record.owner,
        amount=sent.answer,
        left=state.held if state.status is Status.SHORT else 0,
        transaction="0x" + sent.receipt.tx_hash.hex(),
        gas=sent.receipt.gas_used,
    )


def release_guarantees(context: Context, carrier: Signer, card: str) -> list[GuaranteeView]:
    """Free what every guarantor set aside for a card for which nothing can be claimed any more.

    Raises GuarantorStillStands if there is one for whom that is not so, InvalidInput (`no-guarantee`) if none
    has anything set aside.
    """
    record = find_card(context, card)
    kept = [view for view in guarantees_for(context, record) if view.stage in (PROMISED, FILED, REFUSED)]
    if not kept:
        raise _nobody(record, "has anything set aside for")
    freed = []
    for view in kept:
        call = InsurancePool(view.guarantor).release(record.wallet, record.terms)
        receipt = send(context, carrier, call, f"release {record.card.hex()[:8]}").receipt
        freed.append(_again(context, record, view, "0x" + receipt.tx_hash.hex()))
    return freed


def _share_out(context: Context, carrier: Signer, pool: InsurancePool, line: int, number: int) -> None:
    """Propose what the reference says for a round, as often as it takes to count it."""
    shared, cards = ask(context.chain, pool.round_at(line, number))
    while not shared.allotted:
        book = ask(context.chain, pool.line_book(line))
        claims = [
            _counted(ask(context.chain, pool.guarantee_of(card)), number, place)
            for place, card in enumerate(cards)
        ]
        pot = shared.pot if shared.frozen else min(book.set_aside - book.allotted, sum(claims))
        least, last = last_with_more(claims, pot) if sum(claims) > pot else (0, 0)
        call = pool.allot(line, number, least, last, COUNTED)
        send(context, carrier, call, f"share out {line}/{number}", gas=GAS + 15_000 * COUNTED)
        shared, cards = ask(context.chain, pool.round_at(line, number))


def _counted(found: Guarantee, number: int, place: int) -> int:
    """Fen that count of a claim at this place of a round; 0 for one refused, lapsed or filed anew later."""
    stage, trigger = STAGES[found.stage], TRIGGERS[found.trigger]
    counts = stage == CONFIRMED or (stage == FILED and trigger != FRAUD)
    return found.claimed if counts and (found.round_, found.index) == (number, place) else 0


def _choose(
    context: Context, record: CardRecord, stages: Iterable[str], wanted: str | None, what: str
) -> GuaranteeView:
    """The first guarantor of the card at one of these stages, or the one named."""
    if wanted is not None and wanted.startswith("0x"):
        wanted = parse_address(wanted, where="guarantor")
    for view in guarantees_for(context, record):
        named = wanted in (None, view.guarantor, view.name, view.kind)
        if named and view.kind and (wanted is not None or view.stage in stages):
            return view
    raise _nobody(record, what)


def _whose_turn(context: Context, record: CardRecord) -> GuaranteeView | None:
    """The first guarantor that may still pay; None where all are done, and the contract says why."""
    dispute = show_dispute(context, "0x" + record.card.hex())
    ruled_at = dispute.since if dispute.step == "ruled" and dispute.upheld else 0
    for view in guarantees_for(context, record):
        if view.stage not in (PROMISED, FILED, REFUSED):
            continue
        pool = InsurancePool(view.guarantor)
        if view.stage == REFUSED and ask(context.chain, pool.guarantee_of(record.card)).decided_at < ruled_at:
            return view
        if not ask(context.chain, pool.is_done(record.wallet, record.card)):
            return view
    return None


def _again(context: Context, record: CardRecord, view: GuaranteeView, transaction: str) -> GuaranteeView:
    pledge = Pledge(view.guarantor, view.promised)
    return replace(view_of(context, record, view.place, pledge, view.name), transaction=transaction)


def _nobody(record: CardRecord, what: str) -> InvalidInput:
    card = "0x" + record.card.hex()
    return InvalidInput(
        f"no guarantor {what} card {card}",
        hint="`prepaid guarantee claims` shows who stands behind which card",
        code="no-guarantee",
        card=card,
    )
