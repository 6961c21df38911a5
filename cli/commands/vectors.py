"""`prepaid vectors`: worked examples of the law, played on real cards."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer import Argument

from cli.output import Result
from cli.passing import passing_home
from cli.session import PASSING, Session, session_of
from cli.text import table
from wallet.errors import ExpectationFailed

if TYPE_CHECKING:
    from wallet.services.context import Context
    from wallet.vectors import Outcome
    from wallet.vectors.format import Value
    from wallet.vectors.stage import Stage

app = typer.Typer()


@app.callback()
def vectors() -> None:
    """A group, so that more can be done with vectors than to run them."""


@app.command()
def run(ctx: typer.Context, file: Annotated[Path, Argument(metavar="FILE")]) -> Result:
    """Each is played on a chain of its own (revm unless --chain says otherwise); fails (1) if any fails."""
    from wallet.vectors import read_vectors, run_vectors

    session = session_of(ctx)
    wanted = read_vectors(file)
    with passing_home(session, chain=PASSING), _apart(session) as context:
        outcomes = run_vectors(_stage(context), wanted, context.on_progress)
    counts = {status: [one.status for one in outcomes].count(status) for status in _STATUSES}
    problem = None
    if counts["fail"]:
        problem = ExpectationFailed(
            session.t("vectors.failed", count=counts["fail"], of=len(outcomes)),
            hint=session.t("vectors.failed-hint"),
            code="vectors-failed",
        )
    said = session.t("vectors.done", of=len(outcomes), **counts)
    data = {"file": str(file), **counts, "results": outcomes}
    return Result(data, f"{_table(outcomes, session)}\n{said}", brief=said, problem=problem)


_STATUSES = ("pass", "fail", "unsupported")


@contextmanager
def _apart(session: Session) -> Iterator[Context]:
    """The chain with a passing journal: what is played is undone in the end, so none of it is the home's."""
    from tempfile import TemporaryDirectory

    from wallet.services.context import open_context

    chain = session.open_chain(passing=True)
    for notice in chain.notices:
        session.tell(notice)
    progress = session.exits.enter_context(session.progress())
    with TemporaryDirectory(prefix="prepaid-vectors-") as folder:
        context, _ = open_context(
            chain,
            ledger=Path(folder) / "ledger.sqlite",
            deployments=Path(folder) / "deployments",
            on_progress=progress.step,
            language=session.t.lang,
        )
        before = chain.snapshot()
        try:
            yield context
        finally:
            chain.revert(before)
            context.journal.close()


def _stage(context: Context) -> Stage:
    from wallet.signing.dev import dev_signer
    from wallet.vectors.stage import Stage

    chain = context.chain
    return Stage(context, lambda n: dev_signer(n, chain_id=chain.chain_id(), endpoint=chain.endpoint))


def _table(outcomes: list[Outcome], session: Session) -> str:
    t, style = session.t, session.style
    marks = {"pass": style.green("✓"), "fail": style.red("✗"), "unsupported": style.yellow("?")}
    rows = []
    for one in outcomes:
        rows.append(
            (f"{marks[one.status]} {one.id}", one.group, t(f"vectors.{one.status}"), _shown(one.expected))
        )
        if one.status != "pass":
            why = f" ({one.reason})" if one.reason else ""
            rows.append(("", "", t("vectors.actual"), (_shown(one.actual) + why).strip()))
    head = (t("head.id"), t("vectors.group"), t("head.status"), t("vectors.expected"))
    return table(head, rows, style=style)


def _shown(values: Mapping[str, Value]) -> str:
    return " ".join(f"{key}={_plain(value)}" for key, value in values.items())


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return "[" + ",".join(map(str, value)) + "]" if isinstance(value, tuple) else str(value)
