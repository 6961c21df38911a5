"""Four kinds of support a bank may give a merchant against custody, each to be switched on by itself.

Row 22 of the programme table (Jinan): a better deposit rate, interest-free credit, fast withdrawal of settled
money, a loan at low interest. What is in custody is only a measure here: no support takes a fen out of it.
All
figures are a programme's choice; no public source states one.
"""

from __future__ import annotations

from dataclasses import dataclass

from wallet.law.fees import share
from wallet.law.interest import interest


@dataclass(frozen=True, slots=True)
class DepositBonus:
    """The bank pays the merchant interest on what lies in custody for its cards."""

    rate_bps: int = 20


@dataclass(frozen=True, slots=True)
class Credit:
    """A credit line of a share of custody: free of interest for some days, at a rate afterwards."""

    line_bps: int = 5_000
    free_days: int = 30
    apr_bps: int = 435


@dataclass(frozen=True, slots=True)
class FastWithdrawal:
    """Settled money before its day, for a fee."""

    fee_bps: int = 0


@dataclass(frozen=True, slots=True)
class Loan:
    """A loan up to a share of custody, at a low rate from the first day."""

    line_bps: int = 5_000
    apr_bps: int = 435


@dataclass(frozen=True, slots=True)
class Support:
    """What a programme's bank offers; None where a support is off."""

    deposit: DepositBonus | None = None
    credit: Credit | None = None
    fast: FastWithdrawal | None = None
    loan: Loan | None = None


def line(custody: int, line_bps: int) -> int:
    """Most that may be drawn at once against `custody`, fen, rounded down."""
    return share(custody, line_bps)


def cost(amount: int, apr_bps: int, days: int, free_days: int = 0) -> int:
    """Interest on `amount` drawn for `days`, the first `free_days` of them free."""
    return interest(amount, apr_bps, max(0, days - free_days))
