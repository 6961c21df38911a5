"""Pay what an ended card is short: from the payer's pocket straight to the consumer, never through a card.

Meant for the merchant that owes it; anyone may. What guarantors pay is their contracts' business.
"""

from __future__ import annotations

from dataclasses import dataclass

from wallet.bindings.digital_yuan import DigitalYuan
from wallet.bindings.errors import ERC20InsufficientBalance
from wallet.bindings.runtime import ask
from wallet.errors import InvalidInput
from wallet.rules import Status
from wallet.services.context import Context
from wallet.services.onboard import name_of
from wallet.services.once import BegunBefore
from wallet.services.records import CardRecord, find_card, state_of
from wallet.services.sending import send
from wallet.signing.moving import shortfall_sentence
from wallet.signing.sentence import Shown
from wallet.signing.signer import Signer


@dataclass(frozen=True, slots=True)
class Debt:
    """A payment not yet sent (fen)."""

    sentence: str
    record: CardRecord
    amount: int
    missing: int


@dataclass(frozen=True, slots=True)
class ShortfallPaid:
    """Fen paid to the consumer, and still missing."""

    card: str
    consumer: str
    amount: int
    left: int
    transaction: str
    gas: int


def preview_shortfall(context: Context, payer: str, card: str, amount: int | None = None) -> Debt:
    """What paying `amount` fen (all that is missing by default) would do.

    Raises InvalidInput (`no-shortfall`, `too-much`), ERC20InsufficientBalance, and BegunBefore if an earlier
    command began the same and this one found it finished.
    """
    record = find_card(context, card)
    earlier = context.begun_before(f"pay shortfall {record.card.hex()[:8]}")
    if earlier is not None and earlier.sender == payer:
        raise BegunBefore(f"the payment for card 0x{record.card.hex()[:8]}", earlier)
    state, shown_id = state_of(context, record), "0x" + record.card.hex()
    if state.status is not Status.SHORT:
        name = state.status.name.lower()
        raise InvalidInput(
            f"nothing is missing on card {shown_id} ({name})",
            hint="`prepaid card show` tells where it stands",
            code="no-shortfall",
            card=shown_id,
            status=name,
        )
    pays = state.held if amount is None else amount
    if not 0 < pays <= state.held:
        raise InvalidInput(
            f"{pays} fen are not between 1 and the {state.held} that are missing",
            hint="leave the amount out to pay all of it",
            code="too-much",
            fen=pays,
            missing=state.held,
        )
    has = ask(context.chain, DigitalYuan(record.terms.token).balance_of(payer))
    if has < pays:
        raise ERC20InsufficientBalance(payer, has, pays)
    shown = Shown(name_of(context, record.terms.merchant), context.chain.now(), context.language)
    sentence = shortfall_sentence(record.card, shown, amount=pays, missing=state.held)
    return Debt(sentence, record, pays, state.held)


def pay_shortfall(context: Context, payer: Signer, debt: Debt) -> ShortfallPaid:
    """Allow the sub-wallet that much, and have it pass on.

    Killed in between, an allowance stays that this sub-wallet can use for this alone; the command repeated
    goes on from there.
    """
    record, token = debt.record, DigitalYuan(debt.record.terms.token)
    short = record.card.hex()[:8]
    allowed = ask(context.chain, token.allowance(payer.address, record.wallet))
    if allowed < debt.amount:
        send(
            context, payer, token.approve(record.wallet, debt.amount), f"allow {debt.amount} fen for {short}"
        )
    call = record.contract.pay_shortfall(record.terms, debt.amount)
    sent = send(context, payer, call, f"pay shortfall {short}")
    return ShortfallPaid(
        card="0x" + record.card.hex(),
        consumer=record.owner,
        amount=debt.amount,
        left=sent.answer,
        transaction="0x" + sent.receipt.tx_hash.hex(),
        gas=sent.receipt.gas_used,
    )
