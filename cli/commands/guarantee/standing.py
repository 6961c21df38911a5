"""Looking at guarantors: who there is, what they hold, what each allows itself, an insurer's lines."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer import Argument

from cli.desk import Desk, open_desk
from cli.output import Result
from cli.text import pairs, table
from wallet.money import format_yuan

if TYPE_CHECKING:
    from wallet.services.guarantee import Guarantor
    from wallet.services.guarantee_lines import LineView


def show(
    ctx: typer.Context, guarantor: Annotated[str | None, Argument(metavar="[GUARANTOR]")] = None
) -> Result:
    """All of them; or one with its limits, and an insurer's lines."""
    from wallet.services.guarantee import INSURANCE, find_guarantor, list_guarantors
    from wallet.services.guarantee_lines import lines_of

    desk = open_desk(ctx)
    if guarantor is None:
        found = list_guarantors(desk.context)
        return Result(found, _overview(desk, found), brief="\n".join(one.name for one in found))
    one = find_guarantor(desk.context, guarantor)
    lines = lines_of(desk.context, one) if one.kind == INSURANCE else []
    text = "\n\n".join([pairs(_rows(desk, one)), *(line_text(desk, line) for line in lines)])
    return Result({**asdict(one), "lines": [line_data(line) for line in lines]}, text, brief=one.address)


def line_data(line: LineView) -> dict[str, Any]:
    """A line as JSON shows it."""
    return {**asdict(line), "shared": line.shared, "room": line.room}


def line_text(desk: Desk, line: LineView) -> str:
    """A line in words."""
    t = desk.session.t
    parts = []
    for place, (who, share) in line.payers.items():
        there = format_yuan(line.accounts[place])
        parts.append(f"{t(f'guarantee.place.{place}')} {share} bps ({desk.name(who)}: {there})")
    promised = f"{format_yuan(line.promised)} / {format_yuan(line.promised_most)}"
    rows = [
        (t("guarantee.line"), f"{line.line}  {line.merchant_name} ({t(_state(line))})"),
        (t("guarantee.set-aside"), f"{format_yuan(line.set_aside)} / {format_yuan(line.aggregate)}"),
        (t("guarantee.promised"), promised + ("  " + t("guarantee.shared") if line.shared else "")),
        (t("guarantee.consumer-most"), format_yuan(line.consumer_most)),
        (t("guarantee.share"), f"{line.share_bps} bps"),
        (t("guarantee.deductible"), f"{line.deductible_bps} bps, {format_yuan(line.deductible_fen)}"),
        (t("guarantee.triggers"), ", ".join(t(f"trigger.{name}") for name in line.triggers)),
        (t("guarantee.days"), _days(desk, line.wait_days, line.verify_days, line.cover_days)),
        (t("guarantee.assessor"), desk.name(line.assessor)),
        (t("guarantee.premium"), f"{line.rate_bps} bps: {', '.join(parts)}"),
    ]
    return pairs(rows)


def _overview(desk: Desk, found: list[Guarantor]) -> str:
    t = desk.session.t
    if not found:
        return t("guarantee.none")
    head = (
        t("head.name"), t("guarantee.kind"), t("guarantee.keeper"), t("guarantee.capital"),
        t("guarantee.set-aside"), t("head.address"),
    )  # fmt: skip
    rows = [
        (
            one.name,
            t(f"guarantee.kind.{one.kind or 'unknown'}"),
            desk.name(one.keeper),
            format_yuan(one.capital),
            format_yuan(one.reserved),
            one.address,
        )
        for one in found
    ]
    return table(head, rows, right=[3, 4], style=desk.session.style)


def _rows(desk: Desk, one: Guarantor) -> list[tuple[str, str]]:
    t = desk.session.t
    rows = [
        (t("head.name"), one.name),
        (t("guarantee.kind"), t(f"guarantee.kind.{one.kind}")),
        (t("head.address"), one.address),
        (t("guarantee.keeper"), desk.name(one.keeper)),
        (t("guarantee.capital"), format_yuan(one.capital)),
        (t("guarantee.set-aside"), format_yuan(one.reserved)),
    ]
    if one.limits is not None:
        most = one.limits
        rows += [
            (t("guarantee.card-most"), format_yuan(most.card)),
            (t("guarantee.merchant-most"), format_yuan(most.merchant)),
            (t("guarantee.days"), _days(desk, most.wait_days, most.verify_days, most.cover_days)),
            (t("guarantee.assessor"), desk.name(most.assessor)),
        ]
    return rows


def _days(desk: Desk, wait: int, verify: int, cover: int) -> str:
    return desk.session.t("guarantee.days-value", wait=wait, verify=verify, cover=cover)


def _state(line: LineView) -> str:
    return "guarantee.open" if line.open else "guarantee.stopped"
