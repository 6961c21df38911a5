"""Whoever watches merchants in a story: reports that fall due, complaints and findings, rounds of alerts.

Nothing here happens under a programme in which nobody watches.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from wallet.law.dates import Period, day_at, months_after, start_of
from wallet.services import complaint, supervise, watch
from wallet.services.custody import balance_at, cards_money
from wallet.services.reporting import report
from wallet.stories.report import DURING, Scene

if TYPE_CHECKING:
    from wallet.stories.stage import Stage

SILENT: Final = 60
"""Day from which the failing merchant reports no more."""
COMPLAIN: Final = ("dai", "er", "fang")


class Oversight:
    """The watchers of one stage."""

    def __init__(self, stage: Stage) -> None:
        self.stage, self.context = stage, stage.context
        self.complaints = 0
        self.alert_day: int | None = None
        months = stage.preset.system.gate.report_months
        self.every = 0 if months is None or not stage.is_watched else months.value

    def report_days(self) -> set[int]:
        """A few days into every month, where the programme wants reports."""
        if not self.every:
            return set()
        first = day_at(self.stage.first_day)
        starts = [months_after(first, months) for months in range(1, 12)]
        return {(start - first).days + 3 for start in starts}

    def report(self) -> list[Scene]:
        """Merchants report the period that has just ended, if one has."""
        today = day_at(self.context.chain.now())
        last = Period.of(today - timedelta(days=10), self.every)
        if last.next.start > today:
            return []
        scenes = []
        for role in (
            ("steady", "successor") if self.stage.day > SILENT else ("steady", "failing", "successor")
        ):
            cards = cards_money(self.context, self.stage.people[role].address)
            end = start_of(last.next.start) - 1
            sold = sum(start_of(last.start) <= one.state.opened_at <= end for one in cards)
            balance = balance_at(self.context, cards, end)
            report(self.context, self.stage.people[role], last.name, balance=balance, cards=sold)
            scenes.append(self._scene(role, "reported", period=last.name, balance=balance))
        return scenes

    def grumble(self) -> list[Scene]:
        """Consumers complain, bank and authority see something: three feeds before the loss."""
        if not self.stage.is_watched:
            return []
        people, failing = self.stage.people, self.stage.people["failing"].address
        for who in COMPLAIN:
            complaint.complain(self.context, people[who], failing, "约不到服务，电话无人接听")
        self.complaints += len(COMPLAIN)
        supervise.note_anomaly(self.context, people["bank"], failing, 8_000, "账户异常支出")
        supervise.note_violation(self.context, people["government"], failing, 6_000, "拒绝检查")
        return [self._scene("failing", "complained-about", count=len(COMPLAIN))]

    def look(self) -> list[Scene]:
        """One round; the first alert about the failing merchant is a scene."""
        if not self.stage.is_watched:
            return []
        found = watch.watch(self.context, self.stage.operator)
        failing = self.stage.people["failing"].address
        raised = tuple(one.alert for one in found.new if one.merchant == failing)
        if not raised or self.alert_day is not None:
            return []
        self.alert_day = self.stage.day
        return [self._scene("failing", "alert", alerts=raised)]

    def _scene(self, who: str, what: str, **values: object) -> Scene:
        return Scene(self.stage.day, DURING, who, what, values)
