"""A merchant's periodic report, held against the chain when it is filed (row 69).

The merchant states its prepaid balance and the cards it sold; the figures of the chain are noted beside them,
and `watch` raises what differs, what is missing and for how long.
"""

from __future__ import annotations

from dataclasses import dataclass

from wallet.errors import InvalidInput
from wallet.law.dates import Period, day_at, start_of
from wallet.services.context import Context
from wallet.services.custody import balance_at, cards_money
from wallet.services.office import need_office
from wallet.signing.signer import Signer
from wallet.supervision.findings import missing_reports


@dataclass(frozen=True, slots=True)
class Filed:
    """A report as it was taken: stated figures and the chain's, in fen and cards."""

    period: str
    balance: int
    cards: int
    balance_on_chain: int
    cards_on_chain: int
    on_time: bool

    @property
    def agrees(self) -> bool:
        return (self.balance, self.cards) == (self.balance_on_chain, self.cards_on_chain)


def report(context: Context, merchant: Signer, period: str, *, balance: int, cards: int) -> Filed:
    """File the report for `period` (`2026-07`, `2026-Q3` or `2026`), which has to be over.

    `balance` is what was still to be performed at its end (fen), `cards` how many were sold in it.
    """
    with need_office(context) as office:
        wanted = _period(period, office.programme.watch.report_months or 3)
        if wanted.next.start > office.today:
            raise _invalid(period, "it is not over yet")
        end = start_of(wanted.next.start)
        sold = cards_money(context, merchant.address)
        there = balance_at(context, sold, end - 1)
        count = sum(1 for one in sold if wanted.start <= day_at(one.state.opened_at) < wanted.next.start)
        late = dict(missing_reports(office.dossier(merchant.address), office.programme, office.now))
        office.say(
            "reported", merchant.address, merchant,
            period=wanted.name, balance=balance, cards=cards, balance_on_chain=there, cards_on_chain=count,
        )  # fmt: skip
        return Filed(wanted.name, balance, cards, there, count, wanted.name not in late)


def last_quarter(context: Context) -> int:
    """The last second of the quarter before this one (unix seconds)."""
    return start_of(Period.of(day_at(context.chain.now()), 3).start) - 1


def _period(name: str, months: int) -> Period:
    year, _, part = name.partition("-")
    try:
        number = int(part.removeprefix("Q")) if part else 1
        month = (number - 1) * months + 1 if months != 1 else number
        found = Period.of(day_at(0).replace(year=int(year), month=month, day=1), months)
    except ValueError:
        raise _invalid(name, "it is not a period") from None
    if found.name != name:
        raise _invalid(name, "reports here are for periods like " + found.name)
    return found


def _invalid(name: str, why: str) -> InvalidInput:
    return InvalidInput(
        f"period {name!r}: {why}",
        hint="write it like 2026-07, 2026-Q3 or 2026, as the programme asks for it",
        code="invalid-period",
        value=name,
        why=why,
    )
