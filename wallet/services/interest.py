"""Interest on a refund: counted from the card's own events, and paid by whoever owes it; never out of a card.

Fa Shi (2025) No. 4, art. 16 and 17. What lay under supervision bears the account's rate and is owed by its
bank; what the card was short bears the agreed rate, else the one the law names for the cause, and is owed by
the merchant (a platform may pay it instead). The sub-wallet refunds what is held at once, so that interest
from termination runs on the shortfall alone, piece by piece until each is paid.
"""

from __future__ import annotations

from dataclasses import dataclass

from wallet.bindings.events import Closed, ShortfallPaid
from wallet.bindings.runtime import decode_logs
from wallet.chain.base import Log
from wallet.errors import InvalidInput
from wallet.law.interest import Part, Rate, Rates, rate_of
from wallet.rules import Cause, days_between
from wallet.services.context import Context
from wallet.services.payments import ACCOUNT_INTEREST, REFUND_INTEREST, Entry, entries, pay
from wallet.services.records import CardRecord, find_card, state_of
from wallet.signing.signer import Signer
from wallet.terms import Terms

STARTS = ("termination", "payment")
"""From when interest runs: art. 17, or for a programme that says so the day the card was paid."""


@dataclass(frozen=True, slots=True)
class InterestDue:
    """Interest on one ended card, fen. `…_owed` since its start, `…_paid` so far, the difference is due.

    The merchant owes it on what was short, the supervised account's bank on what was held.
    """

    card: str
    consumer: str
    merchant: str
    cause: str
    parts: tuple[Part, ...]
    merchant_owed: int
    merchant_paid: int
    bank_owed: int
    bank_paid: int

    @property
    def merchant_due(self) -> int:
        return max(0, self.merchant_owed - self.merchant_paid)

    @property
    def bank_due(self) -> int:
        return max(0, self.bank_owed - self.bank_paid)


def interest_due(
    context: Context, card: str, *, rates: Rates | None = None, start: str = "termination"
) -> InterestDue:
    """What is owed on the refund of an ended card by now. `rates` apply where the card's terms name none.

    Raises InvalidInput: `unknown-card`, `card-not-ended`, `invalid-interest-start`.
    """
    if start not in STARTS:
        raise InvalidInput(
            f"interest runs from {' or '.join(STARTS)}, not from {start!r}",
            hint="leave it out: the law counts from termination",
            code="invalid-interest-start",
            value=start,
        )
    record = find_card(context, card)
    life = _Life.read(context, record)
    usual = Rates() if rates is None else rates
    since = life.closed_at if start == "termination" else life.opened_at
    supervised = [(life.refund, days_between(since, life.closed_at))]
    short = [(amount, days_between(since, until)) for amount, until in life.missing]
    held_parts = _parts(record.terms, life.cause, usual, supervised, held=True)
    short_parts = _parts(record.terms, life.cause, usual, short, held=False)
    paid = entries(context, about=record.card)
    return InterestDue(
        card="0x" + record.card.hex(),
        consumer=record.owner,
        merchant=record.terms.merchant,
        cause=life.cause.name.lower().replace("_", "-"),
        parts=(*held_parts, *short_parts),
        merchant_owed=sum(part.interest for part in short_parts),
        merchant_paid=_paid(paid, record, REFUND_INTEREST),
        bank_owed=sum(part.interest for part in held_parts),
        bank_paid=_paid(paid, record, ACCOUNT_INTEREST),
    )


def pay_interest(context: Context, payer: Signer, due: InterestDue, *, as_bank: bool = False) -> Entry:
    """Pay the consumer what the merchant (or, `as_bank`, the supervised account's bank) still owes.

    Raises InvalidInput (`nothing-owed`) if that is nothing.
    """
    amount = due.bank_due if as_bank else due.merchant_due
    if amount == 0:
        raise InvalidInput(
            f"no interest is due on card {due.card}",
            hint="interest grows by the day on what is still missing",
            code="nothing-owed",
            card=due.card,
        )
    what = ACCOUNT_INTEREST if as_bank else REFUND_INTEREST
    return pay(context, payer, due.consumer, amount, what=what, about=bytes.fromhex(due.card[2:]))


@dataclass(frozen=True, slots=True)
class _Life:
    """An ended card by its dated events. `missing`: fen that were short, and when each was paid, or now."""

    opened_at: int
    closed_at: int
    cause: Cause
    refund: int
    missing: tuple[tuple[int, int], ...]

    @classmethod
    def read(cls, context: Context, record: CardRecord) -> _Life:
        logs = context.chain.logs(record.wallet, [None, record.card], context.platform.block)
        closed: tuple[int, Closed] | None = None
        missing: list[tuple[int, int]] = []
        for log, event in decode_logs(logs):
            if isinstance(event, Closed):
                closed = _time(context, log), event
            elif isinstance(event, ShortfallPaid):
                missing.append((event.amount, _time(context, log)))
        if closed is None:
            card = "0x" + record.card.hex()
            raise InvalidInput(
                f"card {card} has not ended",
                hint="interest runs from termination: `prepaid card terminate`",
                code="card-not-ended",
                card=card,
            )
        at, event = closed
        left = event.shortfall - sum(amount for amount, _ in missing)
        if left:
            missing.append((left, context.chain.now()))
        opened_at = state_of(context, record).opened_at
        return cls(opened_at, at, Cause(event.cause), event.refund, tuple(missing))


def _parts(
    terms: Terms, cause: Cause, usual: Rates, amounts: list[tuple[int, int]], *, held: bool
) -> list[Part]:
    """Amounts and their days as parts that bear a rate; any cause but the merchant's is the consumer's."""
    rate, bps = rate_of(
        supervised=held,
        consumer_is_cause=cause is not Cause.NOT_CONSUMER,
        agreed_merchant=terms.rate_merchant,
        agreed_consumer=terms.rate_consumer,
        agreed_supervised=terms.rate_supervised,
        usual=usual,
    )
    return [Part(amount, Rate(rate), bps, days) for amount, days in amounts if amount]


def _paid(paid: list[Entry], record: CardRecord, what: str) -> int:
    """Fen of one kind that reached the consumer."""
    return sum(one.amount for one in paid if one.what == what and one.payee == record.owner)


def _time(context: Context, log: Log) -> int:
    block = context.chain.block(log.block_number)
    assert block is not None
    return block.timestamp
