"""Everything that happened under a programme in one list, by phase or by who acted (rows 65, 79).

The book's facts and the registry's events, in the order of time. Consumers' money is not in it; cards have
histories of their own.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from wallet.bindings.events import MerchantApplied, MerchantStatusChanged, MerchantTierChanged
from wallet.bindings.runtime import decode_logs
from wallet.errors import InvalidInput
from wallet.services import onboard
from wallet.services.context import Context
from wallet.services.office import need_office
from wallet.supervision.facts import Fact, Phase, Role

GROUPS = ("phase", "role")

_STATUS_PHASE = {
    "applied": Phase.BEFORE,
    "none": Phase.BEFORE,
    "approved": Phase.BEFORE,
    "suspended": Phase.DURING,
    "stopped": Phase.AFTER,
    "closed": Phase.AFTER,
}


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that happened. `source` is "book" or "chain"; `who` the address that said it, if known."""

    at: int
    phase: str
    role: str
    kind: str
    subject: str
    name: str
    source: str
    who: str = ""
    values: dict[str, Any] = field(default_factory=dict)


def chronicle(context: Context, *, merchant: str | None = None, since: int = 0) -> list[Line]:
    """All lines, or those about one merchant, oldest first."""
    names = onboard.names_of(context)
    with need_office(context) as office:
        facts = office.book.facts(subject=merchant, since=since)
    lines = [_said(fact, names) for fact in facts if fact.kind not in ("programme-adopted", "charged")]
    lines += [one for one in _registered(context, names, merchant) if one.at >= since]
    return sorted(lines, key=lambda line: line.at)


def by_group(lines: list[Line], group: str) -> dict[str, list[Line]]:
    """The lines by phase (all three, in their order) or by role (those who acted, row 65's five first)."""
    if group not in GROUPS:
        raise InvalidInput(
            f"group: {group!r} is neither phase nor role",
            hint="say phase or role",
            code="unknown-group",
            value=group,
        )
    order = [str(one) for one in (Phase if group == "phase" else Role)]
    found: dict[str, list[Line]] = {name: [] for name in order}
    for line in lines:
        found[line.phase if group == "phase" else line.role].append(line)
    return found if group == "phase" else {name: part for name, part in found.items() if part}


def _said(fact: Fact, names: dict[str, str]) -> Line:
    data = dict(fact.data)
    if fact.kind == "applied":
        data = {name: data[name] for name in ("name", "sector", "district")}  # no papers in a report
    elif fact.kind == "licence-renewed":
        data = {"renewed": ", ".join(sorted(data))}
    return Line(
        fact.at, fact.phase, fact.role, fact.kind, fact.subject, names.get(fact.subject, ""), "book",
        fact.by, data,
    )  # fmt: skip


def _registered(context: Context, names: dict[str, str], merchant: str | None) -> list[Line]:
    topics = [[MerchantApplied.TOPIC, MerchantStatusChanged.TOPIC, MerchantTierChanged.TOPIC]]
    found = []
    times: dict[int, int] = {}
    for log, event in decode_logs(
        context.chain.logs(context.platform.merchant_registry, topics, context.platform.block)
    ):
        about = getattr(event, "merchant", "")
        if merchant not in (None, about) or isinstance(event, MerchantApplied):
            continue
        if log.block_number not in times:
            block = context.chain.block(log.block_number)
            times[log.block_number] = 0 if block is None else block.timestamp
        phase, role, kind, values = Phase.DURING, Role.OPERATOR, "registry-tier", {"tier": 0}
        if isinstance(event, MerchantStatusChanged):
            status = onboard.MerchantStatus(event.status).name.lower()
            phase, kind, values = _STATUS_PHASE[status], f"registry-{status}", {}
            role = Role.MERCHANT if status == "applied" else Role.OPERATOR
        elif isinstance(event, MerchantTierChanged):
            values = {"tier": event.tier}
        at = times[log.block_number]
        found.append(Line(at, phase, role, kind, about, names.get(about, ""), "chain", "", values))
    return found
