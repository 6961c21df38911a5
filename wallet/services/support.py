"""What a bank does for merchants against custody: better deposit interest, credit, loans; each by itself.

Row 22 of the programme table. Every fen moves from the bank's own account or the merchant's, through the
book of payments, from which all sums here are read again; custody is only measured, never touched. The
fourth support, fast withdrawal, is the settlement account's (`fees`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from wallet.bindings.events import Advanced, Closed
from wallet.bindings.runtime import decode_logs
from wallet.errors import InvalidInput
from wallet.law.finance import Credit, DepositBonus, Loan, cost, line
from wallet.law.interest import interest
from wallet.rules import days_between
from wallet.services.context import Context
from wallet.services.custody import cards_money, totals_of
from wallet.services.payments import DEPOSIT_INTEREST, Entry, about_address, entries, pay
from wallet.services.records import CardRecord, cards_sold, state_of
from wallet.signing.signer import Signer

CREDIT, LOAN = "credit", "loan"
_TERMS = re.compile(r"(\d+) bps after (\d+) days")


@dataclass(frozen=True, slots=True)
class Draw:
    """Money that a bank lent a merchant. Fen; `apr_bps` a year after `free_days` calendar days.

    `outstanding` is principal not paid back; `interest_due` what its interest would come to today.
    """

    draw: str
    kind: str
    bank: str
    merchant: str
    amount: int
    apr_bps: int
    free_days: int
    drawn_at: int
    repaid: int
    interest_paid: int
    outstanding: int
    interest_due: int


@dataclass(frozen=True, slots=True)
class Line:
    """What a merchant may still draw: a share of what lies in custody for its cards, less its debt. Fen."""

    kind: str
    custody: int
    line: int
    outstanding: int

    @property
    def free(self) -> int:
        return max(0, self.line - self.outstanding)


def custody_of(context: Context, merchant: str) -> int:
    """Fen that lie frozen for the merchant's open cards."""
    return totals_of(cards_money(context, merchant)).held


def line_of(context: Context, bank: str, merchant: str, offer: Credit | Loan | None, kind: str) -> Line:
    """The merchant's line at the bank; InvalidInput (`support-off`) where the bank does not offer it."""
    if offer is None:
        raise _off(kind)
    custody = custody_of(context, merchant)
    owed = sum(one.outstanding for one in draws(context, bank, merchant, kind))
    return Line(kind, custody, line(custody, offer.line_bps), owed)


def draw(context: Context, bank: Signer, merchant: str, amount: int, offer: Credit | Loan | None) -> Draw:
    """Lend `amount` to the merchant out of the bank's own account, on the terms of `offer` as of now.

    Raises InvalidInput (`support-off`, `line-exceeded`).
    """
    kind = LOAN if isinstance(offer, Loan) else CREDIT
    found = line_of(context, bank.address, merchant, offer, kind)
    assert offer is not None
    if not 0 < amount <= found.free:
        raise InvalidInput(
            f"{amount} fen were asked for, the {kind} line has {found.free} left",
            hint="a line is a share of what lies in custody; pay something back, or ask for less",
            code="line-exceeded",
            amount=amount,
            free=found.free,
        )
    free_days = offer.free_days if isinstance(offer, Credit) else 0
    terms = f"{offer.apr_bps} bps after {free_days} days".encode("ascii").ljust(32, b"\0")
    made = pay(context, bank, merchant, amount, what=f"{kind} drawn", about=terms)
    return next(one for one in draws(context, bank.address, merchant, kind) if one.draw == made.transaction)


def repay(
    context: Context, merchant: Signer, bank: str, wanted: str, amount: int | None = None
) -> tuple[Entry, ...]:
    """Pay back `amount` of a draw (all that is outstanding by default), and the interest on just that.

    Raises InvalidInput (`unknown-draw`, `nothing-owed`).
    """
    found = [
        one
        for kind in (CREDIT, LOAN)
        for one in draws(context, bank, merchant.address, kind)
        if one.draw.startswith(wanted.lower()) and len(wanted) >= 6
    ]
    if len(found) != 1:
        raise InvalidInput(
            f"draw: {wanted!r} " + ("fits several" if found else "is not known"),
            hint="`prepaid support draws` lists them; give 0x and four digits or more",
            code="unknown-draw",
            value=wanted,
        )
    (one,) = found
    amount = one.outstanding if amount is None else amount
    if not 0 < amount <= one.outstanding:
        raise InvalidInput(
            f"{amount} fen cannot be paid back: {one.outstanding} are outstanding",
            hint="`prepaid support draws` tells what is owed",
            code="not-outstanding",
            amount=amount,
            outstanding=one.outstanding,
        )
    about = bytes.fromhex(one.draw[2:])
    days = days_between(one.drawn_at, context.chain.now())
    due = cost(amount, one.apr_bps, days, one.free_days)
    made = [pay(context, merchant, bank, amount, what=f"{one.kind} repaid", about=about)]
    if due:
        made.append(pay(context, merchant, bank, due, what=f"{one.kind} interest", about=about))
    return tuple(made)


def draws(context: Context, bank: str, merchant: str | None, kind: str) -> list[Draw]:
    """What the bank lent, to one merchant or all, oldest first."""
    repaid = _sums(context, f"{kind} repaid", bank)
    charged = _sums(context, f"{kind} interest", bank)
    now, found = context.chain.now(), []
    for entry in entries(context, what=f"{kind} drawn", payer=bank):
        terms = _TERMS.match(bytes.fromhex(entry.about[2:]).decode("ascii", "replace"))
        if terms is None or merchant not in (None, entry.payee):
            continue
        apr_bps, free_days = int(terms[1]), int(terms[2])
        outstanding = entry.amount - repaid.get(entry.transaction, 0)
        days = days_between(entry.time, now)
        found.append(
            Draw(
                draw=entry.transaction,
                kind=kind,
                bank=bank,
                merchant=entry.payee,
                amount=entry.amount,
                apr_bps=apr_bps,
                free_days=free_days,
                drawn_at=entry.time,
                repaid=repaid.get(entry.transaction, 0),
                interest_paid=charged.get(entry.transaction, 0),
                outstanding=outstanding,
                interest_due=cost(outstanding, apr_bps, days, free_days),
            )
        )
    return found


def deposit_interest_due(context: Context, merchant: str, bonus: DepositBonus | None) -> int:
    """Interest on custody, by the day, since it was last paid. Fen, rounded down once."""
    if bonus is None:
        raise _off("deposit")
    earlier = entries(context, what=DEPOSIT_INTEREST, about=about_address(merchant))
    since = earlier[-1].time if earlier else 0
    until = context.chain.now()
    fen_days = sum(_fen_days(context, one, since, until) for one in cards_sold(context, merchant))
    return interest(fen_days, bonus.rate_bps, 1)


def pay_deposit_interest(
    context: Context, bank: Signer, merchant: str, bonus: DepositBonus | None, *, to: str | None = None
) -> Entry:
    """Pay it out of the bank's own account: to the merchant, or to whom the programme says.

    Raises InvalidInput (`support-off`, `nothing-owed`).
    """
    due = deposit_interest_due(context, merchant, bonus)
    if due == 0:
        raise InvalidInput(
            f"no deposit interest is due for merchant {merchant}",
            hint="it grows by the day on what lies in custody",
            code="nothing-owed",
            merchant=merchant,
        )
    target = merchant if to is None else to
    return pay(context, bank, target, due, what=DEPOSIT_INTEREST, about=about_address(merchant))


def _sums(context: Context, what: str, bank: str) -> dict[str, int]:
    """Fen that reached the bank, by the draw they were for."""
    sums: dict[str, int] = {}
    for entry in entries(context, what=what):
        if entry.payee == bank:
            sums[entry.about] = sums.get(entry.about, 0) + entry.amount
    return sums


def _fen_days(context: Context, record: CardRecord, since: int, until: int) -> int:
    """What lay frozen for a card from `since` to `until`, day by day: fen times calendar days."""
    held, at, total = record.terms.principal, state_of(context, record).opened_at, 0
    for log, event in decode_logs(
        context.chain.logs(record.wallet, [None, record.card], context.platform.block)
    ):
        block = context.chain.block(log.block_number)
        assert block is not None
        total += held * days_between(max(at, since), min(block.timestamp, until))
        at = block.timestamp
        if isinstance(event, Closed):
            return total
        if isinstance(event, Advanced):
            held = record.terms.principal - event.paid
        held = record.terms.principal - getattr(event, "released", record.terms.principal - held)
    return total + held * days_between(max(at, since), until)


def _off(kind: str) -> InvalidInput:
    return InvalidInput(
        f"this bank offers no {kind} support",
        hint="a programme switches each support on by itself",
        code="support-off",
        kind=kind,
    )
