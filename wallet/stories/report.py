"""What a story leaves behind: its scenes by phase, every refund that was asked for, and each party's money.

Values only, in fen and days since the first day; how they are told is for front ends.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

BEFORE, DURING, AFTER = "before", "during", "after"
"""Phases of supervision (rows 65 and 79): the gate, the running year, what follows a failure."""


@dataclass(frozen=True, slots=True)
class Scene:
    """One thing that happened. `what` is a word of the story (`bought`, `used`, …)."""

    day: int
    phase: str
    who: str
    what: str
    values: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Asked:
    """One refund that a consumer asked for, and what came of it. Fen.

    `entitled` is what the rules give, whoever has the money; `custody`, `merchant` and `guarantors` what came
    from each; `moved` went into a card at another merchant, which the consumer chose. `done` is the day on
    which it was whole, None if never.
    """

    who: str
    merchant: str
    why: str
    day: int
    entitled: int
    custody: int = 0
    merchant_paid: int = 0
    guarantors: int = 0
    moved: int = 0
    interest: int = 0
    """Paid on top for the days in which it was late (art. 16, 17)."""
    done: int | None = None

    @property
    def lost(self) -> int:
        """What the consumer never got."""
        return max(0, self.entitled - self.custody - self.merchant_paid - self.guarantors - self.moved)

    @property
    def refused(self) -> bool:
        """Whether part of it never came."""
        return self.lost > 0

    @property
    def waited(self) -> int | None:
        """Days from asking until it was whole."""
        return None if self.done is None else self.done - self.day


@dataclass(frozen=True, slots=True)
class Party:
    """One party's digital yuan at the start and at the end; premiums, payments and fees are all in it."""

    name: str
    start: int
    end: int

    @property
    def gain(self) -> int:
        return self.end - self.start


@dataclass(frozen=True, slots=True)
class Capital:
    """What an honest merchant had before it had performed: the yearly average and the most, fen."""

    average: int
    most: int


@dataclass(frozen=True, slots=True)
class Bankruptcy:
    """What is at stake if a party goes bankrupt while `held` is in custody, by whose the money is.

    `attached` may be taken by that party's creditors for certain; `contested` if a court does not follow the
    custody agreement.
    """

    party: str
    held: int
    attached: int
    contested: int


@dataclass(frozen=True, slots=True)
class Story:
    """One system's year."""

    system: str
    hypothetical: bool
    chain: str
    scenes: tuple[Scene, ...]
    asked: tuple[Asked, ...]
    parties: tuple[Party, ...]
    capital: Capital
    bankruptcies: tuple[Bankruptcy, ...]
    premiums: int = 0
    levies: int = 0
    guaranteed: int = 0
    """What guarantors paid out, fen."""
    subrogated: int = 0
    """What they now may ask back from the merchant that is gone, fen."""
    supports: dict[str, int] = field(default_factory=dict)
    """What each support moved for the merchant, fen."""
    complaints: int = 0
    alert_day: int | None = None
    failed_day: int | None = None
    """Day on which the merchant was gone."""
    gas: dict[str, int] | None = None
    """Average gas by kind of transaction; None where the backend's gas says nothing."""

    @property
    def lost(self) -> int:
        """What consumers lost, fen."""
        return sum(one.lost for one in self.asked)

    @property
    def refused(self) -> int:
        return sum(one.refused for one in self.asked)

    @property
    def slowest(self) -> int | None:
        """Most days that a refund took that came at all."""
        waited = [one.waited for one in self.asked if one.waited is not None]
        return max(waited, default=None)

    @property
    def warned(self) -> int | None:
        """Days between the first alert and the first loss; None without an alert or without a failure."""
        if self.alert_day is None or self.failed_day is None:
            return None
        return self.failed_day - self.alert_day

    @property
    def guarantors_cost(self) -> int:
        """Paid out less premiums and levies, fen."""
        return self.guaranteed - self.premiums - self.levies
