"""`prepaid regulator`: what authorities, bank, insurer and public see of merchants and their custody."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer import Argument, Option

from cli.commands.supervise.words import Who, find_merchant
from cli.desk import open_desk
from cli.options import As, PasswordFile
from cli.output import Result
from cli.session import session_of
from cli.text import pairs, table
from cli.values import format_time
from wallet.money import format_yuan

if TYPE_CHECKING:
    from cli.messages import Messages

app = typer.Typer()

_MONEY = frozenset({"paid_in", "held", "released", "refunded", "balance", "revenue", "deposit"})


@app.command()
def view(
    ctx: typer.Context,
    fields: Annotated[list[str] | None, Option("--field", metavar="NAME")] = None,
    district: Annotated[str, Option("--district", metavar="NAME")] = "",
    sector: Annotated[str, Option("--sector", metavar="SECTOR")] = "",
    who: As = None,
) -> Result:
    """Only the fields of one's own office (--as); without one, what the public may see."""
    from wallet.services.regulator import view as look
    from wallet.supervision.roles import FIELDS

    desk = open_desk(ctx)
    t = desk.session.t
    reader = desk.person(who, "operator").address
    seen = look(desk.context, reader, fields=tuple(fields or ()), district=district, sector=sector)
    place = 1 if t.lang == "zh" else 0
    head = [FIELDS[name][place] for name in seen.fields]
    rows = [[_shown(t, name, row[name]) for name in seen.fields] for row in seen.rows]
    numbers = [n for n, name in enumerate(seen.fields) if name in _MONEY]
    lines = [t("regulator.seen-by", role=seen.title)]
    lines.append(table(head, rows, right=numbers, style=desk.session.style) if rows else t("merchant.nobody"))
    return Result(seen, "\n".join(lines))


@app.command()
def dashboard(ctx: typer.Context) -> Result:
    """Computed from the chain and held against the token's own balances, to the fen."""
    from wallet.services.regulator import dashboard as add_up

    desk = open_desk(ctx)
    t = desk.session.t
    seen = add_up(desk.context)
    names = ("district", "merchants", "cards", "paid-in", "released", "refunded", "held", "due")
    rows = [
        (
            one.name or "—",
            str(one.merchants),
            str(one.totals.cards),
            *map(format_yuan, (one.totals.new_money, one.totals.released, one.totals.refunded)),
            *map(format_yuan, (one.totals.held, one.totals.due)),
        )
        for one in seen.districts
    ]
    head = [t(f"regulator.{name}") for name in names]
    key = "regulator.agrees" if seen.whole.difference == 0 else "regulator.beyond"
    verdict = t(key, chain=format_yuan(seen.whole.on_chain), difference=format_yuan(seen.whole.difference))
    text = "\n".join([table(head, rows, right=range(1, 8), style=desk.session.style), verdict])
    return Result({**_data(seen), "difference": seen.whole.difference}, text)


@app.command()
def filing(ctx: typer.Context, name: Annotated[str, Argument(metavar="NAME")]) -> Result:
    """Anybody may ask; a name nobody has is not filed either."""
    from wallet.services.admission import filings

    desk = open_desk(ctx)
    t = desk.session.t
    found = filings(desk.context, name)
    lines = [
        t("regulator.filed", name=one.name, number=one.number, time=format_time(one.since))
        if one.filed
        else t("regulator.not-filed", name=one.name)
        for one in found
    ]
    return Result(found, "\n".join(lines), brief=found[0].number or "—")


@app.command()
def feed(
    ctx: typer.Context,
    merchant: Annotated[str | None, Option("--merchant", metavar="MERCHANT")] = None,
    who: As = None,
) -> Result:
    """For operators, bank, insurer and authorities; each reads the same."""
    from wallet.services.regulator import feed as read

    desk = open_desk(ctx)
    t = desk.session.t
    address = None if merchant is None else find_merchant(desk, merchant)
    facts = read(desk.context, desk.person(who, "operator").address, merchant=address)
    rows = [
        (format_time(one.at), t(f"role.{one.role}"), t(f"fact.{one.kind}"), desk.name(one.subject),
         _details(one.data))
        for one in facts
    ]  # fmt: skip
    head = [t("head.time"), t("regulator.role"), t("head.event"), t("head.merchant"), t("head.values")]
    return Result(facts, table(head, rows, style=desk.session.style))


@app.command()
def premium(
    ctx: typer.Context,
    merchant: Who,
    base: Annotated[int, Option("--base", metavar="BPS")] = 100,
    who: As = None,
    password_file: PasswordFile = None,
) -> Result:
    """By an insurer, from the shared log: BPS for no risk, twice that for the worst."""
    from wallet.services.regulator import quote_premium

    desk = open_desk(ctx, password_file=password_file)
    address = find_merchant(desk, merchant)
    rate = quote_premium(desk.context, desk.signer(who, "operator"), address, base)
    data = {"merchant": address, "base_bps": base, "premium_bps": rate}
    return Result(data, desk.session.t("regulator.premium", rate=rate), brief=str(rate))


@app.command()
def deposit(ctx: typer.Context, merchant: Who) -> Result:
    """By the programme's rule, against what lies in custody."""
    from wallet.services.regulator import deposit as work_out

    desk = open_desk(ctx)
    t = desk.session.t
    found = work_out(desk.context, find_merchant(desk, merchant))
    rows = [
        (t("regulator.rule"), found.rule or "—"),
        (t("regulator.balance"), format_yuan(found.balance)),
        (t("regulator.required"), format_yuan(found.required)),
        (t("regulator.held"), format_yuan(found.held)),
        (t("regulator.missing"), format_yuan(found.missing)),
    ]
    return Result({**_data(found), "missing": found.missing}, pairs(rows))


@app.command()
def limits(ctx: typer.Context) -> Result:
    """Needs no chain; a programme may state caps of its own beside these."""
    from wallet.law.limits import RULES, WALLET_CLASSES

    session = session_of(ctx)
    t = session.t
    caps = [(name, cap) for name, rule in RULES.items() for cap in rule.caps]
    rows = [
        (name, cap.kind or "*", _amount(cap.principal), _count(cap.sessions), _count(cap.months),
         cap.source.text)
        for name, cap in caps
    ]  # fmt: skip
    head = [t("regulator.rule"), t("regulator.kind"), t("regulator.card"), t("regulator.sessions"),
            t("regulator.months"), t("regulator.source")]  # fmt: skip
    wallets = [
        (str(one.number), _amount(one.balance), _amount(one.single), _amount(one.daily),
         one.source.address, t("regulator.unverified") if one.daily_source.unverified else "")
        for one in WALLET_CLASSES.values()
    ]  # fmt: skip
    wallet_head = [t("regulator.class"), t("regulator.holds"), t("regulator.single"), t("regulator.daily"),
                   t("regulator.source"), ""]  # fmt: skip
    text = "\n\n".join(
        [
            table(head, rows, right=[2, 3, 4], style=session.style),
            table(wallet_head, wallets, right=[1, 2, 3], style=session.style),
        ]
    )
    data = {
        "rules": [{"rule": name, **_data(cap)} for name, cap in caps],
        "wallets": list(WALLET_CLASSES.values()),
    }
    return Result(data, text)


@app.command()
def complaints(ctx: typer.Context) -> Result:
    """Counts of what was said here; no forecast of any real programme."""
    from wallet.services.complaint import count

    desk = open_desk(ctx)
    found = count(desk.context)
    said = desk.session.t(
        "regulator.complaints",
        count=found.complaints, dismissed=found.dismissed, unanswered=found.unanswered, cards=found.cards,
        rate=found.per_10000_cards,
    )  # fmt: skip
    return Result({**_data(found), "per_10000_cards": found.per_10000_cards}, said)


@app.command()
def log(
    ctx: typer.Context,
    by: Annotated[str, Option("--by", metavar="phase|role")] = "phase",
    merchant: Annotated[str | None, Option("--merchant", metavar="MERCHANT")] = None,
) -> Result:
    """Everything on record, from the book and the chain."""
    from wallet.services.chronicle import by_group, chronicle

    desk = open_desk(ctx)
    t = session_of(ctx).t
    address = None if merchant is None else find_merchant(desk, merchant)
    groups = by_group(chronicle(desk.context, merchant=address), by)
    lines = []
    for group, part in groups.items():
        lines.append(desk.session.style.bold(t(f"{by}.{group}")))
        lines += [
            f"  {format_time(one.at)}  {t(f'role.{one.role}')}  {t(f'fact.{one.kind}')}  {one.name}"
            f"  {_details(one.values)}".rstrip()
            for one in part
        ] or ["  —"]
    return Result(groups, "\n".join(lines))


def _shown(t: Messages, name: str, value: Any) -> str:
    if name in _MONEY:
        return format_yuan(value)
    if name == "status":
        return t(f"merchant-status.{value}")
    if isinstance(value, bool):
        return t("regulator.yes") if value else "—"
    if isinstance(value, list):
        return ", ".join(map(str, value)) or "—"
    return str(value) or "—"


def _amount(fen: int | None) -> str:
    return "—" if fen is None else format_yuan(fen)


def _count(number: int | None) -> str:
    return "—" if number is None else str(number)


def _details(values: Any) -> str:
    return "  ".join(f"{name}={value}" for name, value in values.items())


def _data(value: Any) -> dict[str, Any]:
    from dataclasses import asdict

    return asdict(value)
