"""Insurance of a merchant or a public body for its own loss: a line, its premium, losses shown and paid.

Apart from consumers' insurance on purpose: capital of its own, and no claim that counts by silence.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from wallet.bindings.events import PartyLineWritten
from wallet.bindings.party_pool import PartyPool
from wallet.bindings.runtime import Call, ask
from wallet.bindings.structs import PartyLine
from wallet.errors import InvalidInput
from wallet.keccak import keccak256
from wallet.law.waterfall import premium_parts
from wallet.services.context import Context
from wallet.services.guarantee import STAGES, STOPPED, mask_of, trigger_number
from wallet.services.guarantee_lines import (
    FULL,
    LINE_GAS,
    MOST_DAYS,
    MOST_WAIT,
    figure,
    place_number,
    premium_of,
)
from wallet.services.guarantee_money import pay_to
from wallet.services.sending import send
from wallet.signing.signer import Signer

INSURED = ("consumer", "merchant", "government")
"""As in contracts/types/Line.sol; consumers are insured by lines of an insurance pool."""


@dataclass(frozen=True, slots=True)
class PartyView:
    """A party's line: who is insured, fen, bps, days. `until` is 0 before its premium is paid."""

    line: int
    insured: str
    beneficiary: str
    merchant: str
    assessor: str
    aggregate: int
    share_bps: int
    deductible_bps: int
    deductible_fen: int
    wait_days: int
    cover_days: int
    premium: int
    set_aside: int
    claimed: int
    until: int
    open: bool
    transaction: str = ""


@dataclass(frozen=True, slots=True)
class LossView:
    """A party's loss: what its line would pay of it, or has (fen)."""

    loss: int
    line: int
    amount: int
    filed_at: int
    stage: str
    transaction: str = ""


def write_party_line(
    context: Context,
    underwriter: Signer,
    *,
    insured: str,
    beneficiary: str,
    merchant: str,
    assessor: str,
    aggregate: int,
    rate_bps: int,
    payers: Mapping[str, tuple[str, int]],
    share_bps: int = FULL,
    deductible_bps: int = 0,
    deductible_fen: int = 0,
    triggers: tuple[str, ...] = STOPPED,
    wait_days: int = 7,
    cover_days: int = 365,
) -> PartyView:
    """Write a line for a merchant or a public body and set its aggregate aside."""
    if insured not in INSURED[1:]:
        known = ", ".join(INSURED[1:])
        raise InvalidInput(
            f"insured: {insured!r} is none of {known}",
            hint="consumers are insured by `prepaid guarantee line`",
            code="unknown-insured",
            value=insured,
            known=known,
        )
    terms = PartyLine(
        beneficiary,
        INSURED.index(insured),
        figure("share", share_bps, 1, FULL),
        figure("deductible", deductible_bps, 0, FULL),
        mask_of(triggers),
        figure("wait", wait_days, 0, MOST_WAIT),
        figure("days", cover_days, 1, MOST_DAYS),
        merchant,
        deductible_fen,
        assessor,
        aggregate,
        premium_of(rate_bps, payers),
    )
    call = _pool(context).write_line(terms)
    sent = send(context, underwriter, call, f"write party line for {beneficiary}", gas=LINE_GAS)
    return show_party_line(context, sent.answer, transaction="0x" + sent.receipt.tx_hash.hex())


def pay_in_party(context: Context, payer: Signer, amount: int) -> str:
    """Capital for parties' lines; the transaction."""
    pool = _pool(context)
    return pay_to(context, payer, pool.address, pool.deposit(amount), amount, f"capital {pool.address}")


def start_party_line(context: Context, payer: Signer, line: int, place: str) -> PartyView:
    """Fill one payer's account with its part of the premium, and begin the line's days.

    Raises InsurancePoolPremiumMissing while another payer's part is not there; what was filled stays filled.
    """
    pool, number = _pool(context), place_number(place)
    terms = ask(context.chain, pool.line_at(line))
    parts = premium_parts(terms.aggregate, terms.premium.rate_bps, terms.premium.split_bps)
    missing = parts[number] - ask(context.chain, pool.premium_of(line, number))
    if missing > 0:
        call = pool.fund_premium(line, number, missing)
        pay_to(context, payer, pool.address, call, missing, f"premium {pool.address} {line} {place}")
    return _done(context, payer, line, pool.start_line(line), "start")


def end_party_line(context: Context, carrier: Signer, line: int) -> PartyView:
    """Free what a line no longer needs, once its days are over."""
    return _done(context, carrier, line, _pool(context).end_line(line), "end")


def file_loss(
    context: Context, beneficiary: Signer, line: int, amount: int, *, trigger: str, evidence: bytes
) -> LossView:
    """Claim a loss on one's own line; the evidence goes on record by its hash."""
    call = _pool(context).file_loss(line, amount, trigger_number(trigger), keccak256(evidence))
    sent = send(context, beneficiary, call, f"file loss on {line}")
    return show_loss(context, sent.answer, transaction="0x" + sent.receipt.tx_hash.hex())


def verify_loss(
    context: Context, assessor: Signer, loss: int, *, amount: int | None = None, reason: str = ""
) -> LossView:
    """Say as the assessor how much is due, or with no amount that nothing is."""
    pool = _pool(context)
    call = (
        pool.refuse_loss(loss, keccak256(reason.encode()))
        if amount is None
        else pool.confirm_loss(loss, amount)
    )
    receipt = send(context, assessor, call, f"verify loss {loss}").receipt
    return show_loss(context, loss, transaction="0x" + receipt.tx_hash.hex())


def pay_loss(context: Context, carrier: Signer, loss: int) -> LossView:
    """Pay a confirmed loss to the party, once it has waited."""
    receipt = send(context, carrier, _pool(context).pay_loss(loss), f"pay loss {loss}").receipt
    return show_loss(context, loss, transaction="0x" + receipt.tx_hash.hex())


def list_party_lines(context: Context) -> list[PartyView]:
    """Every party's line, oldest first."""
    logs = context.chain.logs(_pool(context).address, [PartyLineWritten.TOPIC], context.platform.block)
    return [show_party_line(context, PartyLineWritten.decode(log).line) for log in logs]


def show_party_line(context: Context, line: int, *, transaction: str = "") -> PartyView:
    """One line by its number."""
    pool = _pool(context)
    terms, book = ask(context.chain, pool.line_at(line)), ask(context.chain, pool.line_book(line))
    return PartyView(
        line=line,
        insured=INSURED[terms.insured],
        beneficiary=terms.beneficiary,
        merchant=terms.merchant,
        assessor=terms.assessor,
        aggregate=terms.aggregate,
        share_bps=terms.share_bps,
        deductible_bps=terms.deductible_bps,
        deductible_fen=terms.deductible_fen,
        wait_days=terms.wait_days,
        cover_days=terms.cover_days,
        premium=terms.aggregate * terms.premium.rate_bps // FULL,
        set_aside=book.set_aside,
        claimed=book.claimed,
        until=book.until,
        open=book.open_,
        transaction=transaction,
    )


def show_loss(context: Context, loss: int, *, transaction: str = "") -> LossView:
    """One loss by its number."""
    found = ask(context.chain, _pool(context).loss_at(loss))
    return LossView(loss, found.line, found.amount, found.filed_at, STAGES[found.stage], transaction)


def _pool(context: Context) -> PartyPool:
    return PartyPool(context.platform.part("PartyPool"))


def _done(context: Context, by: Signer, line: int, call: Call[None], what: str) -> PartyView:
    receipt = send(context, by, call, f"{what} party line {line}").receipt
    return show_party_line(context, line, transaction="0x" + receipt.tx_hash.hex())
