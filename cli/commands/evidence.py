"""`prepaid evidence`: one file of what happened to a card, and what such a file proves."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer import Argument, Option

from cli.desk import open_desk
from cli.options import CardId
from cli.output import Result
from cli.session import Session, session_of
from cli.text import pairs, table
from cli.values import format_time, free_path
from wallet.errors import ExpectationFailed, InvalidInput

if TYPE_CHECKING:
    from cli.messages import Messages
    from wallet.chain.base import Chain
    from wallet.evidence.findings import Finding, Line, Report

app = typer.Typer()

_HASH = re.compile(r"(?:0x)?([0-9a-fA-F]{64})")
_SHOWN = 70
"""Characters of a value that are shown in a finding; data may be pages long."""
_WORDS = ("is", "should", "why", "other", "event", "block", "transaction", "backend", "signer", "hash")


@app.command()
def export(
    ctx: typer.Context,
    card: CardId,
    out: Annotated[Path | None, Option("--out", metavar="FILE")] = None,
    headers: Annotated[bool, Option("--headers")] = False,
    hash_: Annotated[str, Option("--hash", metavar="sha256|sm3")] = "sha256",
    retention: Annotated[int | None, Option("--retention", metavar="DAYS")] = None,
    from_chain: Annotated[bool, Option("--from-chain")] = False,
) -> Result:
    """What was sealed here stands in it as it was sealed; what was not seen here is read from the chain."""
    from wallet.evidence.bodies import RETENTION_DAYS
    from wallet.evidence.file import write_file
    from wallet.services.evidence import export as make

    desk = open_desk(ctx)
    t = desk.session.t
    made = make(
        desk.context,
        card,
        algorithm=hash_,
        retention_days=RETENTION_DAYS if retention is None else retention,
        headers=headers,
        from_chain=from_chain,
    )
    path = out or free_path(Path(f"evidence-{made.card[2:10]}.json"))
    write_file(path, made.file)
    said = [t("evidence.exported", file=path, records=made.records, events=made.events)]
    said.append(t("evidence.seal", seal=made.seal))
    if not made.proven:
        said.append(t("evidence.no-tries", backend=desk.chain.name))
    if made.unproven:
        said.append(t("evidence.not-given", records=_listed(made.unproven)))
    if made.late:
        said.append(t("evidence.late", records=_listed(made.late)))
    for note in made.unsigned:
        said.append(t("evidence.unsigned", record=note.record, event=note.values["event"]))
    data = {
        "card": made.card,
        "file": str(path),
        "seal": made.seal,
        "records": made.records,
        "events": made.events,
        "proven": made.proven,
        "late": made.late,
        "unproven": made.unproven,
        "unsigned": [{"record": note.record, **note.values} for note in made.unsigned],
    }
    return Result(data, "\n".join(said), brief=str(path))


@app.command()
def verify(
    ctx: typer.Context,
    file: Annotated[Path, Argument(metavar="FILE")],
    block_hash: Annotated[list[str] | None, Option("--block-hash", metavar="0x…")] = None,
    seal: Annotated[str | None, Option("--seal", metavar="HASH")] = None,
) -> Result:
    """Needs no chain, ledger or state folder; --chain or --rpc name a chain to ask instead of hashes."""
    from wallet.evidence.file import load
    from wallet.evidence.findings import Verdict
    from wallet.evidence.verify import verify as judge

    session = session_of(ctx)
    asked = session.settings.chain is not None or session.settings.rpc is not None
    if asked and block_hash:
        raise InvalidInput(
            session.t("evidence.two-roots"), hint=session.t("evidence.two-roots-hint"), code="usage"
        )
    hashes = ["0x" + _hash(one, "--block-hash") for one in block_hash or ()]
    deposited = "" if seal is None else _hash(seal, "--seal")
    chain = _chain(session) if asked else None
    report = judge(load(file), block_hashes=hashes, chain=chain, deposited=deposited)
    text = _told(report, session, chain)
    data = asdict(report)
    if report.verdict is Verdict.VERIFIED:
        return Result(data, text, brief=report.verdict.value)
    return Result(data, text, brief=report.verdict.value, problem=_problem(report))


def _chain(session: Session) -> Chain:
    """The chain that was named outright. A node by URL needs no state folder."""
    if session.settings.rpc is None:
        return session.open_chain()
    from wallet.chain import open_chain
    from wallet.chain.base import ChainOptions

    chain = open_chain(session.chain_spec(), None, ChainOptions())
    session.exits.callback(chain.close)
    return chain


def _hash(text: str, where: str) -> str:
    found = _HASH.fullmatch(text.strip())
    if found is None:
        raise InvalidInput(
            f"{where}: {text!r} is not a hash of 32 bytes",
            hint="64 hexadecimal digits, with or without 0x",
            code="invalid-hash",
            where=where,
            value=text,
        )
    return found[1].lower()


def _problem(report: Report) -> ExpectationFailed:
    """Why the file is not simply good."""
    from wallet.evidence.findings import Verdict

    if report.verdict is Verdict.ALTERED:
        first = report.findings[0]
        if first.record is None:
            return ExpectationFailed(
                f"the evidence was altered: `{first.field}`",
                hint="get the file again from whoever exported it",
                code="evidence-file-altered",
                field=first.field,
            )
        return ExpectationFailed(
            f"the evidence was altered: record {first.record}, field `{first.field}`",
            hint="get the file again from whoever exported it",
            code="evidence-file-altered",
            record=first.record,
            field=first.field,
        )
    if report.verdict is Verdict.UNTIED:
        return ExpectationFailed(
            "unaltered, but nothing ties all of it to a chain",
            hint="give the hashes of its blocks with --block-hash, or ask a chain with --chain or --rpc",
            code="evidence-untied",
        )
    return ExpectationFailed(
        "unaltered, but not all of it is proven",
        hint="the notes say what rests on the word of whoever made the file",
        code="evidence-weaker",
    )


def _told(report: Report, session: Session, chain: Chain | None) -> str:
    t, facts = session.t, report.facts
    said = []
    if facts:
        about = [(t(f"evidence.fact.{name}"), facts[name]) for name in _FACTS if facts.get(name)]
        said.append(pairs([*about, (t("evidence.fact.seal"), report.seal)]))
        head = [t(f"evidence.head.{name}") for name in ("number", "stage", "what", "time", "behind")]
        rows = [_row(line, t) for line in report.lines]
        said.append(table(head, rows, right=[0], style=session.style))
    said += [_finding(one, t) for one in report.findings]
    for note in report.notes:
        record = "" if note.record is None else note.record
        said.append(t(f"evidence.note.{note.code}", record=record, **_filled(note.values)))
    said += _root(report, t, chain)
    said.append(t(f"evidence.verdict.{report.verdict.value}", **_counts(report)))
    return "\n".join(said)


_FACTS = ("card", "owner", "merchant", "sub_wallet", "factory", "chain_id", "backend", "algorithm")


def _row(line: Line, t: Messages) -> Sequence[str]:
    behind = t("evidence.behind.nothing")
    if line.kind == "event":
        behind = t("evidence.behind.proof") if line.proven else t("evidence.behind.no-proof")
    elif line.signer:
        behind = t("evidence.behind.signature", signer=line.signer)
    stage = t(f"evidence.stage.{line.stage}") if line.stage else ""
    what = t.first(f"evidence.kind.{line.name}") or line.name
    return str(line.number), stage, what, format_time(line.time) if line.time else "", behind


def _finding(one: Finding, t: Messages) -> str:
    where = t("evidence.at-file", field=one.field)
    if one.record is not None:
        where = t("evidence.at", record=one.record, field=one.field)
    return where + t(f"evidence.why.{one.code}", **_filled(one.values))


def _filled(values: dict[str, str]) -> dict[str, str]:
    shown = {name: one if len(one) <= _SHOWN else one[:_SHOWN] + "…" for name, one in values.items()}
    return {**dict.fromkeys(_WORDS, "?"), **shown}


def _root(report: Report, t: Messages, chain: Chain | None) -> list[str]:
    trust = report.trust
    tied, total = len(trust.tied), len(trust.tied) + len(trust.untied)
    if chain is not None:
        where = chain.endpoint or chain.name
        said = [t("evidence.root.chain", where=where, tied=tied, total=total)]
    elif trust.given:
        said = [t("evidence.root.hashes", given=len(trust.given), tied=tied, total=total)]
    else:
        said = [t("evidence.root.none")]
    if report.facts:
        said.append(t("evidence.root.factory", factory=report.facts["factory"]))
    return said


def _counts(report: Report) -> dict[str, Any]:
    names = ("records", "events", "proven", "messages", "checked")
    return {name: report.facts.get(name, "0") for name in names}


def _listed(numbers: Sequence[int]) -> str:
    return ", ".join(map(str, numbers))
