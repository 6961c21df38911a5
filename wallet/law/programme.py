"""What one programme demands at the gate, while selling and under supervision: plain data, checked once.

A preset (`wallet.systems`) says it, the book keeps it, and the services enforce it. Money in fen, ratios in
bps, times in days unless said. Nothing here decides anything; `from_dict` and `to_dict` are the form in which
a preset or the book writes it, with the names below.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import MISSING, dataclass, field, fields, is_dataclass
from enum import StrEnum
from functools import cache
from typing import Any, Self, cast, get_type_hints

from wallet.errors import InvalidInput
from wallet.law.limits import RULES, Cap, Rule, Source

FULL = 10_000
EVERY = "*"
"""In `Selling.limits`: every sector that has no rule of its own."""

SECTORS: dict[str, tuple[str, str]] = {
    "dental": ("dental clinics", "口腔医疗"),
    "medical": ("other medical services", "其他医疗"),
    "medical_beauty": ("medical beauty", "医疗美容"),
    "beauty": ("hair and beauty", "美容美发"),
    "fitness": ("fitness and sport", "体育健身"),
    "youth_sport": ("sport training for the young", "青少年体育培训"),
    "education": ("education and training", "教育培训"),
    "catering": ("food and drink", "餐饮"),
    "grocery": ("fruit and fresh food", "水果生鲜"),
    "retail": ("shops", "零售"),
    "culture": ("culture and entertainment", "文化娱乐"),
    "tourism": ("tourism", "旅游"),
    "driving": ("driving schools", "驾驶培训"),
    "household": ("services for daily life", "生活服务"),
    "other": ("other", "其他"),
}
"""Sectors by key, in English and Chinese: those that programmes name (rows 52, 63, 77, 78)."""


class Check(StrEnum):
    """One thing that must hold before a merchant may sell (rows 26, 56, 69 and 74; parameter 47)."""

    LICENCE = "licence"
    """Licence number and social credit code are genuine in form, and the licence has not run out."""
    BANK_ACCOUNT = "bank_account"
    LICENCE_AGE = "licence_age"
    """The licence is at least `min_licence_months` old."""
    NOT_DISHONEST = "not_dishonest"
    NOT_ABNORMAL = "not_abnormal"
    NOT_DEREGISTERING = "not_deregistering"
    FILING = "filing"
    """It has filed with the authority and the filing has not been withdrawn."""


@dataclass(frozen=True, slots=True)
class Phase:
    """What opens with one phase of a programme; empty means every one. Phases add up (rows 35, 63, 78)."""

    sectors: tuple[str, ...] = ()
    districts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Gate:
    """Who may sell, and where."""

    checks: tuple[Check, ...] = (Check.LICENCE, Check.BANK_ACCOUNT)
    min_licence_months: int = 0
    approvals: int = 1
    """Different people who have to approve a merchant."""
    operator_approvals: int = 2
    """Quorum of approvers for a third-party operator (row 67): what `Operators` is created with."""
    onboard_from_deliveries: int = 2
    """One payment with so many deliveries or more has to come onto the platform (row 3); 0 = none has to."""
    phases: tuple[Phase, ...] = ()
    """Empty: every sector in every district from the start. Otherwise the first is open at the start."""


@dataclass(frozen=True, slots=True)
class OwnCap:
    """A limit that a programme states itself, beside the rules it names. 0 is no limit; every kind if empty.

    `kind`: stored_value, discount_card, session, period or milestone, or registered or anonymous.
    """

    source: str
    sector: str = EVERY
    kind: str = ""
    principal: int = 0
    sessions: int = 0
    months: int = 0
    consumer_total: int = 0


@dataclass(frozen=True, slots=True)
class Refunds:
    """The least that comes back to consumers; numbers of formulas as in a card's terms."""

    cooling_days: int
    cooling_use: int
    not_consumer: int
    consumer: int
    gift_rule: int
    exit_fee_bps: int
    exit_fee_cap: int


@dataclass(frozen=True, slots=True)
class Selling:
    """What a single sale has to keep to."""

    limits: Mapping[str, str] = field(default_factory=dict)
    """Sector (or "*") -> name of a rule in `wallet.law.limits.RULES` (row 43)."""
    caps: tuple[OwnCap, ...] = ()
    wallet_classes: bool = True
    """Whether the consumer's e-CNY wallet class bounds what it may pay."""
    custody: Mapping[str, int] = field(default_factory=dict)
    """Sector (or "*") -> least share (bps) of what is unperformed that has to stay held; a ladder may give
    more of it early."""
    refunds: Mapping[str, Refunds] = field(default_factory=dict)
    """Sector (or "*") -> the least that any product has to give back."""
    default_class: int = 2
    """Class of a consumer of whom the book says nothing."""
    term_within_lease: bool = False
    closed_to_sale_in_notice: bool = True
    """No new cards once closing was announced."""


@dataclass(frozen=True, slots=True)
class Watch:
    """What is watched while merchants sell."""

    report_months: int = 0
    """A report is due for each calendar month (1), quarter (3) or year (12); 0 = none."""
    report_due_day: int = 25
    """Day of the month after the period on which it is due at the latest."""
    report_grace_days: int = 0
    """Days from the flag for a missing report to the sale block (row 69)."""
    balance_standard: int = 20_000_000
    """Prepaid balance (fen) above which a merchant needs more than its word; 0 = none."""
    balance_share_bps: int = 2_000
    """The same as a share of last year's revenue."""
    balance_alert_bps: int = 8_000
    """An alert fires at this share of a standard."""
    deposit_rule: str = ""
    """"mofcom_scale", "mofcom_group", "mofcom_brand", "shanghai_impl_art11", or none."""
    licence_alert_days: int = 30
    violation_weight_bps: int = 3_334
    anomaly_weight_bps: int = 3_333
    complaint_weight_bps: int = 3_333
    complaint_points: int = 1_000
    """What one complaint that was not dismissed adds to its feed, whose end is 10000."""
    window_days: int = 365
    """Feeds older than this no longer count."""
    stop_sale_on_major_risk: bool = True
    stop_sale_at_score: int = 0
    """Risk score (0 none to 10000 worst) from which sales stop; 0 = the score alone stops nothing."""
    closure_notice_days: int = 30
    complaint_days: int = 7
    """Days in which a complaint has to be answered."""


@dataclass(frozen=True, slots=True)
class Credit:
    """How a score becomes a tier, and what a tier brings (rows 30, 31, 34)."""

    tiers: bool = False
    """Whether tiers follow the score. Off: an operator sets them by hand."""
    whitelist_only: bool = True
    """Tier 0 for everybody who is not on the whitelist."""
    cut_offs: tuple[int, int, int] = (4_000, 6_000, 8_000)
    """Credit (10000 minus risk) from which tier 1, 2 and 3 are reached."""
    ladder: tuple[int, int, int] = (0, 0, 0)
    """Share of the principal (bps) a merchant of tier 1, 2 and 3 may have early. Tier 0 has none."""
    ladder_low: int = 0
    ladder_high: int = FULL
    """Range in which each step that is not 0 lies."""
    badge_tier: int = 0
    """Tier from which the trust badge shows; 0 = there is no badge."""


@dataclass(frozen=True, slots=True)
class Role:
    """A regulator's role and the fields of a merchant it may see (row 15)."""

    name: str
    title: str
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Programme:
    """Everything that supervision reads from a preset."""

    name: str
    gate: Gate = Gate()
    selling: Selling = Selling()
    watch: Watch = Watch()
    credit: Credit = Credit()
    roles: tuple[Role, ...] = ()
    """Empty: the usual ones, `wallet.supervision.roles.USUAL`."""
    runaway_paths: tuple[str, ...] = ("transfer", "refund")
    """What a consumer is offered when a merchant runs away (row 32)."""
    uplift_bps: int = 0
    """More sales by the programme's promotion; an input of simulations, never a result (row 71)."""
    uplift_source: str = ""

    def __post_init__(self) -> None:
        _check(self)

    @classmethod
    def from_dict(cls, raw: Mapping[str, Any], where: str = "programme") -> Self:
        """A programme from plain values; InvalidInput `invalid-programme` names what is wrong and where."""
        found = _read(cls, raw, where)
        assert isinstance(found, cls)
        return found

    def to_dict(self) -> dict[str, Any]:
        """The same as plain values; `from_dict` reads them back."""
        written = _write(self)
        assert isinstance(written, dict)
        return written

    def rules_for(self, sector: str) -> dict[str, Rule]:
        """The rules that limit cards of `sector`, by name; the programme's own caps under its own."""
        named = self.selling.limits.get(sector, self.selling.limits.get(EVERY, ""))
        own = [one for one in self.selling.caps if one.sector in (EVERY, sector)]
        totals = [one.consumer_total for one in own if one.consumer_total]
        found = {named: RULES[named]} if named else {}
        if own:
            found[self.name] = Rule(tuple(_cap(one) for one in own), min(totals, default=None))
        return found

    def custody_for(self, sector: str) -> int:
        """The least share held on cards of `sector`, bps."""
        return self.selling.custody.get(sector, self.selling.custody.get(EVERY, 0))

    def refunds_for(self, sector: str) -> Refunds | None:
        """The least that cards of `sector` give back; None where the programme says nothing."""
        return self.selling.refunds.get(sector, self.selling.refunds.get(EVERY))

    def opened(self, phase: int) -> Phase:
        """What is open in phase `phase` (1 is the first); an empty tuple means every one."""
        so_far = self.gate.phases[:phase]
        return Phase(
            _union([one.sectors for one in so_far]),
            _union([one.districts for one in so_far]),
        )


def _cap(own: OwnCap) -> Cap:
    return Cap(own.kind, Source(own.source), own.principal or None, own.sessions or None, own.months or None)


def _union(parts: list[tuple[str, ...]]) -> tuple[str, ...]:
    if any(not part for part in parts):
        return ()
    return tuple(dict.fromkeys(name for part in parts for name in part))


def _check(programme: Programme) -> None:
    gate, watch, credit = programme.gate, programme.watch, programme.credit
    _in("gate.min_licence_months", gate.min_licence_months, 0, 12)
    _in("gate.approvals", gate.approvals, 1, 5)
    _in("gate.operator_approvals", gate.operator_approvals, 1, 5)
    _in("gate.onboard_from_deliveries", gate.onboard_from_deliveries, 0, 1000)
    for number, phase in enumerate(gate.phases, 1):
        for sector in phase.sectors:
            _one_of(f"gate.phases[{number}].sectors", sector, tuple(SECTORS))
    for sector, rule in programme.selling.limits.items():
        _one_of("selling.limits", sector, (EVERY, *SECTORS))
        _one_of(f"selling.limits.{sector}", rule, tuple(RULES))
    for sector, share in programme.selling.custody.items():
        _one_of("selling.custody", sector, (EVERY, *SECTORS))
        _in(f"selling.custody.{sector}", share, 0, FULL)
    for cap in programme.selling.caps:
        _one_of("selling.caps.sector", cap.sector, (EVERY, *SECTORS))
        _one_of("selling.caps.kind", cap.kind, CAP_KINDS)
    _in("selling.default_class", programme.selling.default_class, 1, 4)
    _one_of("watch.report_months", watch.report_months, (0, 1, 3, 12))
    _in("watch.report_due_day", watch.report_due_day, 1, 28)
    for name in ("report_grace_days", "licence_alert_days", "window_days"):
        _in(f"watch.{name}", getattr(watch, name), 0, 3_650)
    _in("watch.closure_notice_days", watch.closure_notice_days, 0, 90)
    _in("watch.complaint_days", watch.complaint_days, 0, 90)
    for name in ("balance_share_bps", "balance_alert_bps", "stop_sale_at_score", "complaint_points"):
        _in(f"watch.{name}", getattr(watch, name), 0, FULL)
    _one_of("watch.deposit_rule", watch.deposit_rule, ("", *DEPOSIT_RULES))
    weights = (watch.violation_weight_bps, watch.anomaly_weight_bps, watch.complaint_weight_bps)
    for weight in weights:
        _in("watch.…_weight_bps", weight, 0, FULL)
    if sum(weights) != FULL:
        raise _invalid("watch.…_weight_bps", sum(weights), "the three weights have to sum to 10000")
    if list(credit.cut_offs) != sorted(credit.cut_offs) or len(credit.cut_offs) != 3:
        raise _invalid("credit.cut_offs", credit.cut_offs, "three cut-offs, none below the one before it")
    if list(credit.ladder) != sorted(credit.ladder) or len(credit.ladder) != 3:
        raise _invalid("credit.ladder", credit.ladder, "three steps, none below the one before it")
    for step in credit.ladder:
        if step != 0:
            _in("credit.ladder", step, credit.ladder_low, credit.ladder_high)
    _in("credit.ladder_high", credit.ladder_high, credit.ladder_low, FULL)
    _in("credit.badge_tier", credit.badge_tier, 0, 3)
    for path in programme.runaway_paths:
        _one_of("runaway_paths", path, ("transfer", "refund"))
    _in("uplift_bps", programme.uplift_bps, 0, 10 * FULL)
    if programme.uplift_bps and not programme.uplift_source:
        raise _invalid("uplift_bps", programme.uplift_bps, "say its source, or leave it 0")


CAP_KINDS = ("", "registered", "anonymous", "stored_value", "discount_card", "session", "period", "milestone")
"""Kinds of cards that a cap can be for."""

DEPOSIT_RULES = ("mofcom_scale", "mofcom_group", "mofcom_brand", "shanghai_impl_art11")
"""Rules of `wallet.law.deposit` that a programme can name."""


def _in(where: str, value: int, least: int, most: int) -> None:
    if not least <= value <= most:
        raise _invalid(where, value, f"it has to be from {least} to {most}")


def _one_of(where: str, value: object, known: tuple[object, ...]) -> None:
    if value not in known:
        raise _invalid(where, value, "known: " + ", ".join(str(one) or "nothing" for one in known))


def _invalid(where: str, value: object, hint: str) -> InvalidInput:
    return InvalidInput(
        f"programme: {where} cannot be {value!r}",
        hint=hint,
        code="invalid-programme",
        where=where,
        value=str(value),
    )


def _write(value: Any) -> Any:
    if is_dataclass(value):
        return {one.name: _write(getattr(value, one.name)) for one in fields(value)}
    if isinstance(value, (tuple, list)):
        return [_write(one) for one in value]
    if isinstance(value, Mapping):
        return {str(key): _write(one) for key, one in value.items()}
    return str(value) if isinstance(value, StrEnum) else value


@cache
def _hints(kind: Any) -> dict[str, Any]:
    return get_type_hints(kind)


def _read(kind: type[Any], raw: object, where: str) -> Any:
    if not isinstance(raw, Mapping):
        raise _invalid(where, raw, "a table with named values is needed here")
    hints = _hints(cast(Hashable, kind))
    known = {one.name: one for one in fields(kind)}
    for name in raw:
        if name not in known:
            raise _invalid(where, name, "known here: " + ", ".join(known))
    for name, one in known.items():
        if one.default is MISSING and one.default_factory is MISSING and name not in raw:
            raise _invalid(where, None, f"`{name}` is missing")
    return kind(**{name: _value(hints[name], one, f"{where}.{name}") for name, one in raw.items()})


def _value(kind: Any, raw: object, where: str) -> Any:
    arguments: tuple[Any, ...] = getattr(kind, "__args__", ())
    if isinstance(kind, type) and is_dataclass(kind):
        return _read(kind, raw, where)
    if getattr(kind, "__origin__", None) is tuple:
        if not isinstance(raw, (list, tuple)):
            raise _invalid(where, raw, "a list is needed here")
        return tuple(_value(arguments[0], one, f"{where}[{n}]") for n, one in enumerate(raw, 1))
    if getattr(kind, "__origin__", None) is not None:
        if not isinstance(raw, Mapping):
            raise _invalid(where, raw, "a table with named values is needed here")
        return {str(name): _value(arguments[1], one, f"{where}.{name}") for name, one in raw.items()}
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        if raw not in [str(one) for one in kind]:
            raise _invalid(where, raw, "known: " + ", ".join(kind))
        return kind(str(raw))
    if type(raw) is not kind:
        raise _invalid(where, raw, f"a value of the type {kind.__name__} is needed here")
    return raw
