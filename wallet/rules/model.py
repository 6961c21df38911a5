"""The values rules work on, under the names the contracts use.

Mirrors contracts/types/Usage.sol, Card.sol and libraries/Calendar.sol. Money is fen, time unix seconds, days
are calendar dates in UTC+8.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum, StrEnum
from typing import Protocol

from wallet.terms import Terms

_CHINA = 8 * 3600
_DAY = 86_400


class Cause(IntEnum):
    """Why a card ends (Fa Shi (2025) No. 4, art. 14, 19, 13 and 18, 22 and 24)."""

    COOLING_OFF = 0
    CONSUMER = 1
    NOT_CONSUMER = 2
    EXPIRY = 3


class Status(IntEnum):
    """Where a card stands. In OWING `held` is the merchant's, in SHORT it is the shortfall."""

    NONE = 0
    OPEN = 1
    CLOSED = 2
    OWING = 3
    SHORT = 4


TIER, NOT_CONSUMER, UNCONFIRMED, FOUND = 3, 4, 8, 16
"""Marks of a card: the merchant's tier at opening in the low two bits; found not to be the consumer's cause;
certified and not yet confirmed; findings have raised the epoch since the consumer last did."""


class Unit(StrEnum):
    """What `used` counts in a card kind."""

    YUAN = "yuan"
    """fen of face value"""
    SESSION = "session"
    MONTH = "month"
    VISIT = "visit"
    """of a card that time uses up, not visits"""
    MILESTONE = "milestone"
    """ten-thousandths of a milestone"""


@dataclass(frozen=True, slots=True)
class Usage:
    """What has happened on a card, as a template sees it.

    `used` in the card kind's unit; `listed` fen at the price before discount; `released` fen; `elapsed` whole
    calendar days after the opening day; `tier` of the merchant that counts for this card, 0 none; `facts`
    declared at purchase.
    """

    used: int = 0
    listed: int = 0
    released: int = 0
    elapsed: int = 0
    tier: int = 0
    facts: int = 0


@dataclass(frozen=True, slots=True)
class Card:
    """A card's whole mutable state: one storage slot on chain."""

    used: int = 0
    listed: int = 0
    released: int = 0
    held: int = 0
    opened_at: int = 0
    status: Status = Status.NONE
    marks: int = 0
    epoch: int = 0

    @property
    def tier(self) -> int:
        """The merchant's credit tier at opening, 0 where the terms have no ladder."""
        return self.marks & TIER

    def usage(self, terms: Terms, as_of: int) -> Usage:
        """What the sub-wallet tells the template at the unix time `as_of`."""
        elapsed = days_between(self.opened_at, as_of)
        return Usage(self.used, self.listed, self.released, elapsed, self.tier, terms.declared)


class TemplateFailed(ArithmeticError):
    """The template has no answer for these terms; on chain its call would revert."""


class Template(Protocol):
    """Rules of one kind of card: two pure functions and the unit its `used` counts in."""

    @property
    def unit(self) -> Unit:
        """What `usage.used` counts."""
        ...

    def capacity(self, terms: Terms) -> int | None:
        """Largest `used` that the card was sold for, bonus or gifts included; None if use is not limited."""
        ...

    def released(self, terms: Terms, usage: Usage) -> int:
        """Fen the merchant may have had by now, cumulative. Raises TemplateFailed."""
        ...

    def entitlement(self, terms: Terms, usage: Usage, cause: Cause) -> int:
        """Fen the consumer is owed if the card ends now, before any exit fee. Raises TemplateFailed."""
        ...


def day_of(time: int) -> int:
    """Number of the calendar day (UTC+8) of a unix time."""
    return (time + _CHINA) // _DAY


def days_between(start: int, end: int) -> int:
    """Whole calendar days after the day of `start`, up to the day of `end`; 0 if `end` is not later."""
    return 0 if end <= start else day_of(end) - day_of(start)
