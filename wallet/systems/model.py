"""What a programme's file may say: its parts, in the order in which a person reads them.

Numbers of parameters (`P11`) are those of the contract rules' table. Every optional figure that is missing
means "no such thing". Imported late, as `figures` is; use `load_system`.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, Field, StrictInt, StrictStr

from wallet.systems.figures import (
    Bps,
    Choice,
    Count,
    CutOffs,
    Days,
    Fen,
    Figure,
    Hours,
    Ladder,
    Months,
    Part,
    Range,
    Shares,
    Sources,
    Switch,
    Words,
)

Steps = tuple[str | int, ...]
Key = Annotated[StrictStr, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,39}$")]

Status = Literal["in-force", "draft", "proposal", "hypothetical"]
Vehicle = Literal["consumer-subwallet", "trust", "escrow-account", "merchant-account", "platform-balance"]
Role = Literal[
    "consumer", "merchant", "operator", "platform", "bank", "trustee", "insurer", "fund", "regulator",
    "association", "public",
]  # fmt: skip
Formula = Literal["ratio", "list-price", "bonus-first", "principal-first"]
Kind = Literal[
    "stored-value", "discount-card", "sessions", "period-unlimited", "period-monthly", "milestones"
]  # fmt: skip
Expiry = Literal["no-expiry", "extend", "refund", "lapse"]
Trigger = Literal["runaway", "bankruptcy", "licence-revoked", "closure", "dispute", "fraud"]
Check = Literal[
    "licence", "bank-account", "licence-age", "not-dishonest", "not-abnormal", "not-deregistering", "filing"
]  # fmt: skip


class Party(Part):
    """Somebody who acts, and what for."""

    role: Role
    name: Words
    does: Words
    source: Sources


class Custody(Part):
    """P10-P19: who has the money, how much stays held, and what releases it."""

    vehicle: Choice[Vehicle]
    ratio: Bps
    base: Choice[Literal["order", "current-balance", "last-quarter-balance"]]
    schedule: Choice[Literal["proportional", "advance-first", "per-unit", "per-month"]]
    ladder: Ladder | None = None
    ladder_range: Range | None = None
    ladder_applies_to: Choice[Literal["new-orders", "all-orders"]]
    settlement: Choice[Formula]
    trigger: Choice[Literal["consumer-confirms", "on-conditions"]]
    confirm_hours: Hours
    settle_delay: Days


class Refund(Part):
    """P20-P32 and P46: what comes back, why and by when."""

    cooling_days: Days
    cooling_use: Choice[Literal["deny", "deduct-list", "deduct-ratio"]]
    prior_purchase_bar: Switch
    not_consumer: Choice[Formula]
    consumer: Choice[Formula]
    gifts: Choice[Literal["return-or-pay", "pay-price", "ignore"]]
    exit_fee: Bps
    exit_fee_cap: Fen
    days_cooling: Days
    days_other: Days
    rate_merchant: Bps
    rate_consumer: Bps
    rate_supervised: Bps
    interest_from: Choice[Literal["termination", "payment"]]
    expiry_metered: Choice[Expiry]
    expiry_unlimited: Choice[Expiry]
    anonymous_validity: Days
    on_closure: Switch
    punitive_multiple: Count
    punitive_least: Fen


class Transfer(Part):
    """P33-P35: to another consumer, or to another merchant."""

    consumer: Switch
    service: Choice[Literal["off", "offer", "auto-match"]]
    difference: Choice[Literal["consumer-pays", "fund-pays", "no-top-up"]]


class Guarantor(Part):
    """P36-P45: one that stands behind the held part. Guarantors are asked in the order of the file."""

    kind: Literal["insurance", "platform", "fund"]
    name: Words
    line: Choice[Literal["consumer", "merchant", "government"]]
    share: Bps
    premium: Bps
    payers: Shares
    deductible: Bps
    limit_card: Fen | None = None
    limit_merchant: Fen | None = None
    triggers: Choice[tuple[Trigger, ...]]
    wait_days: Days
    verify_days: Days
    cover_days: Days
    label: Switch
    levy: Bps


class Gate(Part):
    """P47-P49: who may sell, after which checks, under which forms."""

    joins_from_deliveries: Count | None = None
    checks: Choice[tuple[Check, ...]]
    licence_months: Months | None = None
    approvers: Count
    operator_approvers: Count
    filing_days: Days | None = None
    report_months: Months | None = None
    report_due_day: Count | None = None
    report_grace_days: Days | None = None
    standard_forms: Switch
    term_within_lease: Switch
    badge_from_tier: Count | None = None


class Limits(Part):
    """P50-P52: how much one card, one consumer, one term may be. A missing one limits nothing."""

    registered_card: Fen | None = None
    anonymous_card: Fen | None = None
    stored_card: Fen | None = None
    period_card: Fen | None = None
    period_months: Months | None = None
    lessons_card: Fen | None = None
    lessons: Count | None = None
    any_months: Months | None = None
    any_lessons: Count | None = None
    per_consumer: Fen | None = None
    wallet_class: Count


class Monitoring(Part):
    """P53-P56: what is watched, and what follows from it."""

    balance_alert: Fen
    revenue_alert: Bps
    alert_at: Bps
    deposit_rule: Choice[Literal["shanghai", "issuer-scale", "issuer-group", "issuer-brand"]] | None = None
    weights: Shares
    cut_offs: CutOffs
    closure_notice: Days
    complaint_days: Days
    stop_on_major_risk: Switch


class Support(Part):
    """P57-P60: what a merchant gets for letting its money be held."""

    deposit_rate: Bps
    interest_to: Choice[Literal["consumer", "merchant", "platform", "split"]]
    credit_line: Bps
    free_days: Days
    apr: Bps
    loan_line: Bps
    loan_rate: Bps
    fast_withdrawal: Switch
    fast_fee: Bps
    service_fee: Bps
    uplift: Bps


class Evidence(Part):
    """P61-P63: what is sealed, and how long it is kept."""

    stages: Choice[tuple[Literal["sign", "pay", "consume", "refund", "release", "transfer", "claim"], ...]]
    algorithm: Choice[Literal["sha256", "keccak256"]]
    retention: Days


Section = Literal["custody", "refund", "transfer", "gate", "limits", "monitoring", "support"]
Changes = Annotated[dict[Section, dict[StrictStr, Figure[object]]], Field(default_factory=dict)]
"""Figures that are otherwise, in one sector or under one reading."""


class Sector(Part):
    """A trade that takes part, from which phase on, and what is otherwise in it."""

    key: Key
    name: Words
    phase: StrictInt = Field(ge=1, le=9)
    source: Sources
    changes: Changes


class Reading(Part):
    """One way to understand what the source leaves open; run beside the others, never silently chosen."""

    key: Key
    name: Words
    why: Words
    source: Sources
    changes: Changes


class Place(Part):
    """A district, or a way in which consumers reach the programme."""

    key: Key
    name: Words
    source: Sources


class Run(Part):
    """`count` milestones in a row that cost the same."""

    name: Words
    price: StrictInt = Field(ge=1)
    count: StrictInt = Field(ge=1, le=65_535)


class BonusTier(Part):
    """From this payment on, this much more face value. Fen."""

    threshold: StrictInt = Field(ge=1)
    bonus: StrictInt = Field(ge=0)


class Product(Part):
    """Something on sale. Which figures a product needs depends on its kind."""

    key: Key
    name: Words
    kind: Kind
    sector: Key
    source: Sources
    principal: Fen
    bonus: Fen | None = None
    discount: Bps | None = None
    paid_units: Count | None = None
    gift_units: Count | None = None
    months: Months | None = None
    term: Days | None = None
    milestones: Figure[tuple[Run, ...]] | None = None
    custom_cost_cap: Bps | None = None
    bonus_tiers: Figure[tuple[BonusTier, ...]] | None = None
    label: StrictStr = ""


class System(Part):
    """One programme, complete."""

    name: Key
    title: Words
    explanation: Words
    status: Status
    place: Words
    since: date | None = None
    source: Sources
    rows: tuple[StrictInt, ...] = ()
    parties: tuple[Party, ...]
    custody: Custody
    refund: Refund
    transfer: Transfer
    guarantors: tuple[Guarantor, ...] = ()
    gate: Gate
    limits: Limits
    monitoring: Monitoring
    support: Support
    evidence: Evidence
    sectors: tuple[Sector, ...] = ()
    districts: tuple[Place, ...] = ()
    channels: tuple[Place, ...] = ()
    readings: tuple[Reading, ...] = ()
    products: tuple[Product, ...] = ()

    @property
    def in_force(self) -> bool:
        """Whether results may be spoken of as the programme's; everything else is hypothetical."""
        return self.status == "in-force"

    def figures(self) -> Iterator[tuple[Steps, Figure[object]]]:
        """Every figure with the steps that lead to it (`("custody", "ratio")`), in reading order."""
        yield from _figures(self, ())


def _figures(
    part: object, steps: tuple[str | int, ...]
) -> Iterator[tuple[tuple[str | int, ...], Figure[object]]]:
    if isinstance(part, Figure):
        yield steps, part
    elif isinstance(part, BaseModel):
        for name in type(part).model_fields:
            yield from _figures(getattr(part, name), (*steps, name))
    elif isinstance(part, dict):
        for key, item in part.items():
            yield from _figures(item, (*steps, key))
    elif isinstance(part, tuple):
        for number, item in enumerate(part):
            yield from _figures(item, (*steps, number))
