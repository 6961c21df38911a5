"""A preset as the demands that supervision enforces: who may sell what, to whom, and what is watched.

`wallet.law.programme` is the form in which services read it. Here it is only filled in: nothing is decided.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from wallet.law.programme import (
    Check,
    Credit,
    Gate,
    OwnCap,
    Phase,
    Programme,
    Refunds,
    Selling,
    Watch,
)
from wallet.systems.numbers import COOLING, FORMULAS, GIFTS

if TYPE_CHECKING:
    from wallet.systems.load import Preset
    from wallet.systems.model import Limits, System

_DEPOSIT = {
    "shanghai": "shanghai_impl_art11",
    "issuer-scale": "mofcom_scale",
    "issuer-group": "mofcom_group",
    "issuer-brand": "mofcom_brand",
}


def programme_of(preset: Preset) -> Programme:
    """What this preset demands. InvalidInput `invalid-programme` for figures that no programme can have."""
    system = preset.system
    gate, watch = system.gate, system.monitoring
    paths = ("refund",) if system.transfer.service.value == "off" else ("transfer", "refund")
    caps = [cap for one in system.sectors for cap in _caps(one.key, preset.under(one.key).system)]
    return Programme(
        name=system.name,
        gate=Gate(
            checks=tuple(Check(one.replace("-", "_")) for one in gate.checks.value),
            min_licence_months=_of(gate.licence_months),
            approvals=gate.approvers.value,
            operator_approvals=gate.operator_approvers.value,
            onboard_from_deliveries=_of(gate.joins_from_deliveries),
            phases=_phases(system),
        ),
        selling=Selling(
            caps=tuple(caps),
            custody={one.key: preset.under(one.key).system.custody.ratio.value for one in system.sectors},
            refunds={one.key: _refunds(preset.under(one.key).system) for one in system.sectors},
            default_class=system.limits.wallet_class.value,
            term_within_lease=gate.term_within_lease.value,
        ),
        watch=Watch(
            report_months=_of(gate.report_months),
            report_due_day=_of(gate.report_due_day) or 25,
            report_grace_days=_of(gate.report_grace_days),
            balance_standard=watch.balance_alert.value,
            balance_share_bps=watch.revenue_alert.value,
            balance_alert_bps=watch.alert_at.value,
            deposit_rule="" if watch.deposit_rule is None else _DEPOSIT[watch.deposit_rule.value],
            violation_weight_bps=watch.weights.value["violation"],
            anomaly_weight_bps=watch.weights.value["bank"],
            complaint_weight_bps=watch.weights.value["complaint"],
            stop_sale_on_major_risk=watch.stop_on_major_risk.value,
            closure_notice_days=watch.closure_notice.value,
            complaint_days=watch.complaint_days.value,
        ),
        credit=_credit(system),
        runaway_paths=paths,
        uplift_bps=system.support.uplift.value,
        uplift_source=", ".join(system.support.uplift.source) if system.support.uplift.value else "",
    )


def _refunds(system: System) -> Refunds:
    """What the preset's own products give back."""
    refund = system.refund
    return Refunds(
        cooling_days=refund.cooling_days.value,
        cooling_use=COOLING[refund.cooling_use.value],
        not_consumer=FORMULAS[refund.not_consumer.value],
        consumer=FORMULAS[refund.consumer.value],
        gift_rule=GIFTS[refund.gifts.value],
        exit_fee_bps=refund.exit_fee.value,
        exit_fee_cap=refund.exit_fee_cap.value,
    )


def _credit(system: System) -> Credit:
    custody, cut_offs = system.custody, system.monitoring.cut_offs.value
    if custody.ladder is None:
        return Credit(cut_offs=cut_offs, badge_tier=_of(system.gate.badge_from_tier))
    low, high = (0, 10_000) if custody.ladder_range is None else custody.ladder_range.value
    _, first, second, third = custody.ladder.value
    return Credit(
        tiers=True,
        cut_offs=cut_offs,
        ladder=(first, second, third),
        ladder_low=low,
        ladder_high=high,
        badge_tier=_of(system.gate.badge_from_tier),
    )


def _phases(system: System) -> tuple[Phase, ...]:
    """Sectors phase by phase; a preset's districts are open from the start, and none named means all."""
    districts = tuple(one.name.zh for one in system.districts)
    return tuple(
        Phase(tuple(one.key for one in system.sectors if one.phase == phase), districts)
        for phase in sorted({one.phase for one in system.sectors})
    )


def _caps(sector: str, system: System) -> list[OwnCap]:
    """What a card may be at most in one sector; what is missing in the preset limits nothing."""
    limits = system.limits
    total = _of(limits.per_consumer)
    found = [
        ("registered", _of(limits.registered_card), 0, 0),
        ("anonymous", _of(limits.anonymous_card), 0, 0),
        ("stored_value", _of(limits.stored_card), 0, 0),
        ("period", _of(limits.period_card), 0, _of(limits.period_months)),
        ("session", _of(limits.lessons_card), _of(limits.lessons), 0),
        ("", 0, _of(limits.any_lessons), _of(limits.any_months)),
    ]
    caps = [
        OwnCap(_sources(limits), sector, kind, principal, sessions, months)
        for kind, principal, sessions, months in found
        if principal or sessions or months
    ]
    return caps if not total else [*caps, OwnCap(_sources(limits), sector, "", consumer_total=total)]


def _sources(limits: Limits) -> str:
    named = [getattr(limits, name) for name in type(limits).model_fields if name != "wallet_class"]
    return ", ".join(dict.fromkeys(text for one in named if one is not None for text in one.source))


def _of(figure: object) -> int:
    """A figure's number; 0 where the preset has none."""
    value = getattr(figure, "value", 0)
    return value if isinstance(value, int) else 0
