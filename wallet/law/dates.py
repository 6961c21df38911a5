"""Calendar days, months and reporting periods, as the rules count them: by the date in UTC+8."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

_CHINA = 8 * 3_600
_EPOCH = date(1970, 1, 1)
DAY = 86_400


def day_at(moment: int) -> date:
    """The calendar day of a unix time."""
    return _EPOCH + timedelta(days=(moment + _CHINA) // DAY)


def start_of(day: date) -> int:
    """Unix time at which a calendar day begins."""
    return (day - _EPOCH).days * DAY - _CHINA


def months_after(day: date, months: int) -> date:
    """The same day of the month so many months later, or the last one that month has."""
    count = day.month - 1 + months
    year, month = day.year + count // 12, count % 12 + 1
    following = date(year + month // 12, month % 12 + 1, 1)
    return date(year, month, min(day.day, (following - timedelta(days=1)).day))


def months_of(start: date, end: date) -> int:
    """Fewest whole months after `start` that reach `end`."""
    months = max(0, (end.year - start.year) * 12 + end.month - start.month - 1)
    while months_after(start, months) < end:
        months += 1
    return months


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """One calendar month, quarter or year; `months` is how long it is and divides 12."""

    start: date
    months: int

    @classmethod
    def of(cls, day: date, months: int) -> Period:
        """The period in which `day` lies."""
        return cls(date(day.year, (day.month - 1) // months * months + 1, 1), months)

    @property
    def next(self) -> Period:
        return Period(months_after(self.start, self.months), self.months)

    @property
    def name(self) -> str:
        """`2026-07`, `2026-Q3` or `2026`."""
        if self.months == 12:
            return str(self.start.year)
        if self.months == 1:
            return f"{self.start.year}-{self.start.month:02d}"
        return f"{self.start.year}-Q{self.start.month // self.months + 1}"

    def due(self, day: int) -> date:
        """The last day for its report: `day` of the month after it (at most the 28th)."""
        return self.next.start.replace(day=day)


def overdue(first: date, today: date, months: int, due_day: int) -> list[Period]:
    """Periods from that of `first` on whose reports were due before `today`, oldest first."""
    found = []
    period = Period.of(first, months)
    while period.due(due_day) < today:
        found.append(period)
        period = period.next
    return found
