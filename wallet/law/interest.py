"""Interest on prepaid money that is paid back: whose rate, from which day, to the fen.

Fa Shi (2025) No. 4, art. 16 and 17. Pure functions in fen, bps a year and calendar days; every part of an
amount bears its own rate, and each part's interest is rounded down. Who pays, and that it is paid, is the
services' business.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from wallet.law.limits import Source

YEAR = 365
"""Days interest is counted by."""
_FULL = 10_000

ART_16 = Source("Fa Shi (2025) No. 4, art. 16: interest on a refund", "LawRefBook/Laws, 司法解释, 2025-03-13")
ART_17 = Source("Fa Shi (2025) No. 4, art. 17: it runs from termination", ART_16.address)


class Rate(StrEnum):
    """Which of art. 16's rates bears interest."""

    AGREED = "agreed"
    LPR = "lpr"
    """1-year loan prime rate at the contract's date: the merchant is the cause."""
    DEPOSIT = "deposit"
    """1-year deposit benchmark at the contract's date: the consumer is the cause."""
    SUPERVISED = "supervised"
    """The actual rate of the account under supervision, for the part that lies there."""


@dataclass(frozen=True, slots=True)
class Rates:
    """Rates in bps a year, where a card's own terms name none. Parameters, never constants of law."""

    lpr: int = 310
    """unverified: 1-year LPR from October 2024 to May 2025"""
    deposit: int = 150
    """unverified: 1-year deposit benchmark since October 2015"""
    supervised: int = 20
    """unverified: what demand deposits of a supervised account bear"""


@dataclass(frozen=True, slots=True)
class Part:
    """Part of an amount that bore one rate for so many days."""

    amount: int
    rate: Rate
    rate_bps: int
    days: int

    @property
    def interest(self) -> int:
        """Fen, rounded down."""
        return interest(self.amount, self.rate_bps, self.days)


def interest(amount: int, rate_bps: int, days: int) -> int:
    """Fen of interest on `amount` fen at `rate_bps` a year for `days` days, rounded down."""
    return amount * rate_bps * days // (_FULL * YEAR)


def rate_of(
    *, supervised: bool, consumer_is_cause: bool, agreed_merchant: int, agreed_consumer: int,
    agreed_supervised: int, usual: Rates,
) -> tuple[Rate, int]:  # fmt: skip
    """Which rate a part bears: what the terms agree (0: nothing agreed), else the one the law names.

    Money under supervision bears its account's rate; the terms may state what that is.
    """
    if supervised:
        return Rate.SUPERVISED, agreed_supervised or usual.supervised
    agreed = agreed_consumer if consumer_is_cause else agreed_merchant
    if agreed:
        return Rate.AGREED, agreed
    return (Rate.DEPOSIT, usual.deposit) if consumer_is_cause else (Rate.LPR, usual.lpr)
