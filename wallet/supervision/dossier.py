"""All facts about one merchant, added up to where it stands. Pure: the same facts give the same dossier.

What the chain knows better (status, tier, money) is not in here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any, Final

from wallet.supervision.application import LISTS, Application
from wallet.supervision.facts import Fact


@dataclass(frozen=True, slots=True)
class Mark:
    """One entry in a monitoring feed: how bad it is (1 to 10000) and why."""

    at: int
    points: int
    why: str


@dataclass(frozen=True, slots=True)
class Complaint:
    """One consumer's complaint; `dismissed` by an authority counts no longer."""

    number: int
    at: int
    by: str
    text: str
    card: str = ""
    answered_at: int = 0
    answer: str = ""
    dismissed: bool = False


@dataclass(frozen=True, slots=True)
class Report:
    """A periodic report: what the merchant says it has to perform (fen) and sold, and what the chain says."""

    period: str
    at: int
    balance: int
    cards: int
    balance_on_chain: int
    cards_on_chain: int

    @property
    def agrees(self) -> bool:
        return (self.balance, self.cards) == (self.balance_on_chain, self.cards_on_chain)


@dataclass(frozen=True, slots=True)
class Store:
    """One of a merchant's stores; its number is part of the code at its door."""

    number: int
    name: str
    district: str
    closed: bool = False


@dataclass(frozen=True, slots=True)
class Dossier:
    """Where one merchant stands by the book. Times are unix seconds, 0 for never; empty texts for none."""

    merchant: str
    application: Application | None = None
    applied_at: int = 0
    papers: bytes = b""
    """Hash of the application as it was made, which is what the registry on the chain keeps."""
    endorsed_by: tuple[str, ...] = ()
    approved_at: int = 0
    filing: str = ""
    filed_at: int = 0
    reports: tuple[Report, ...] = ()
    violations: tuple[Mark, ...] = ()
    anomalies: tuple[Mark, ...] = ()
    complaints: tuple[Complaint, ...] = ()
    tips: tuple[Mark, ...] = ()
    whitelisted: bool = False
    major_risk: str = ""
    closing_at: int = 0
    closed_at: int = 0
    runaway_at: int = 0
    stores: tuple[Store, ...] = ()
    blocked: tuple[str, ...] = ()
    """Why its sales are stopped, as said last."""
    alerts: tuple[tuple[str, int], ...] = ()
    """Alerts that are on, each with the time since when."""
    premium_bps: int = 0

    @property
    def name(self) -> str:
        """The name it applied with, its address if it did not."""
        return self.merchant if self.application is None else self.application.name

    @property
    def sector(self) -> str:
        return "" if self.application is None else self.application.sector

    @property
    def district(self) -> str:
        return "" if self.application is None else self.application.district

    @property
    def open_complaints(self) -> int:
        """Complaints that nobody has answered."""
        return sum(1 for one in self.complaints if not one.answered_at)


def add_up(merchant: str, facts: Iterable[Fact]) -> Dossier:
    """The dossier of `merchant` after these facts about it, in their order."""
    dossier = Dossier(merchant)
    for fact in facts:
        step = _STEPS.get(fact.kind)
        if step is not None:
            dossier = step(dossier, fact)
    return dossier


def lists_of(facts: Iterable[Fact]) -> frozenset[str]:
    """On which lists a credit code stands after these facts about it."""
    found: set[str] = set()
    for fact in facts:
        name = str(fact.data.get("list", ""))
        if fact.kind == "listed" and name in LISTS:
            found.add(name)
        elif fact.kind == "unlisted":
            found.discard(name)
    return frozenset(found)


def _applied(dossier: Dossier, fact: Fact) -> Dossier:
    # New papers are a new application: what others endorsed was the old one.
    application = Application.from_dict(fact.data)
    return replace(
        dossier, application=application, applied_at=fact.at, papers=application.hash, endorsed_by=()
    )


def _renewed(dossier: Dossier, fact: Fact) -> Dossier:
    if dossier.application is None:
        return dossier
    papers = {**dossier.application.to_dict(), **fact.data}
    return replace(dossier, application=Application.from_dict(papers))


def _endorsed(dossier: Dossier, fact: Fact) -> Dossier:
    return replace(dossier, endorsed_by=tuple(dict.fromkeys((*dossier.endorsed_by, fact.by))))


def _reported(dossier: Dossier, fact: Fact) -> Dossier:
    figures = ("balance", "cards", "balance_on_chain", "cards_on_chain")
    report = Report(fact.data["period"], fact.at, *(fact.data[name] for name in figures))
    others = tuple(one for one in dossier.reports if one.period != report.period)
    return replace(dossier, reports=(*others, report))


def _mark(fact: Fact) -> Mark:
    return Mark(fact.at, int(fact.data.get("points", 0)), str(fact.data.get("why", "")))


def _complained(dossier: Dossier, fact: Fact) -> Dossier:
    text, card = str(fact.data.get("why", "")), str(fact.data.get("card", ""))
    return replace(
        dossier, complaints=(*dossier.complaints, Complaint(fact.number, fact.at, fact.by, text, card))
    )


def _answered(dossier: Dossier, fact: Fact) -> Dossier:
    changed = tuple(
        replace(
            one,
            answered_at=one.answered_at or fact.at,
            answer=str(fact.data.get("answer", "")) or one.answer,
            dismissed=one.dismissed or bool(fact.data.get("dismissed")),
        )
        if one.number == fact.data.get("complaint")
        else one
        for one in dossier.complaints
    )
    return replace(dossier, complaints=changed)


def _store_opened(dossier: Dossier, fact: Fact) -> Dossier:
    store = Store(fact.data["store"], fact.data["name"], fact.data["district"])
    return replace(dossier, stores=(*dossier.stores, store))


def _store_closed(dossier: Dossier, fact: Fact) -> Dossier:
    stores = tuple(
        replace(one, closed=True) if one.number == fact.data["store"] else one for one in dossier.stores
    )
    return replace(dossier, stores=stores)


def _alert(dossier: Dossier, fact: Fact) -> Dossier:
    alerts = dict(dossier.alerts)
    if fact.kind == "alert":
        alerts.setdefault(fact.data["alert"], fact.at)
    else:
        alerts.pop(fact.data["alert"], None)
    return replace(dossier, alerts=tuple(alerts.items()))


def _setting(**how: Callable[[Fact], Any]) -> Callable[[Dossier, Fact], Dossier]:
    def step(dossier: Dossier, fact: Fact) -> Dossier:
        return replace(dossier, **{name: value(fact) for name, value in how.items()})

    return step


_STEPS: Final[dict[str, Callable[[Dossier, Fact], Dossier]]] = {
    "applied": _applied,
    "licence-renewed": _renewed,
    "endorsed": _endorsed,
    "approved": lambda dossier, fact: replace(dossier, approved_at=dossier.approved_at or fact.at),
    "filed": _setting(filing=lambda fact: fact.data["number"], filed_at=lambda fact: fact.at),
    "filing-withdrawn": _setting(filing=lambda _: "", filed_at=lambda _: 0),
    "whitelisted": _setting(whitelisted=lambda _: True),
    "unwhitelisted": _setting(whitelisted=lambda _: False),
    "reported": _reported,
    "violation": lambda dossier, fact: replace(dossier, violations=(*dossier.violations, _mark(fact))),
    "bank-anomaly": lambda dossier, fact: replace(dossier, anomalies=(*dossier.anomalies, _mark(fact))),
    "complaint": _complained,
    "complaint-answered": _answered,
    "tip": lambda dossier, fact: replace(dossier, tips=(*dossier.tips, _mark(fact))),
    "store-opened": _store_opened,
    "store-closed": _store_closed,
    "alert": _alert,
    "alert-over": _alert,
    "sale-blocked": _setting(blocked=lambda fact: tuple(fact.data["reasons"])),
    "sale-lifted": _setting(blocked=lambda _: ()),
    "major-risk": _setting(major_risk=lambda fact: fact.data["why"]),
    "risk-over": _setting(major_risk=lambda _: ""),
    "closing-announced": _setting(closing_at=lambda fact: fact.data["closes"]),
    "closed": _setting(closed_at=lambda fact: fact.at),
    "runaway": _setting(runaway_at=lambda fact: fact.at),
    "premium-quoted": _setting(premium_bps=lambda fact: fact.data["premium_bps"]),
}
