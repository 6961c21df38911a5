"""`prepaid chain`: start, stop, rewind, save; what each backend cannot do it says."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer import Argument

from cli.ask import confirm
from cli.options import Yes
from cli.output import Result
from cli.session import Session, session_of
from cli.text import pairs
from cli.values import format_time, parse_span

if TYPE_CHECKING:
    from wallet.chain.base import Chain, Head

app = typer.Typer()

FilePath = Annotated[Path, Argument(metavar="FILE")]


@app.command()
def start(ctx: typer.Context) -> Result:
    """Starts or joins anvil; makes the embedded chain's file if it is not there."""
    session = session_of(ctx)
    with session.progress(session.t("chain.starting")):
        chain = session.open_chain(passing=True)
    data = _facts(chain)
    return Result(data, f"{session.t('chain.started', name=chain.name)}\n{_text(data, session)}")


@app.command()
def stop(ctx: typer.Context) -> Result:
    """Its state is kept and found again by the next command."""
    from wallet.chain import stop_chain

    session = session_of(ctx)
    stopped = stop_chain(session.chain_spec(), session.home())
    said = session.t("chain.stopped" if stopped else "chain.not-running")
    return Result({"stopped": stopped}, said)


@app.command()
def status(ctx: typer.Context) -> Result:
    """Looks without starting or changing anything; a chain that is busy is named with its holder."""
    from wallet.chain import chain_status

    session = session_of(ctx)
    seen = chain_status(session.chain_spec(), session.home())
    data: dict[str, Any] = {"name": seen.name, "place": seen.place, "kept": seen.kept, "pid": seen.pid}
    if seen.kept and (seen.name != "anvil" or seen.pid is not None):
        data |= _facts(session.open_chain())
    return Result(data, _text(data, session))


@app.command()
def reset(ctx: typer.Context, yes: Yes = False) -> Result:
    """Also rids you of a damaged chain. Keys, policy and journal stay."""
    from wallet.chain import discard_chain

    session = session_of(ctx)
    spec = session.chain_spec()
    confirm(session, session.t("chain.reset-question", name=spec), yes=yes)
    discard_chain(spec, session.home(), session.chain_options().lock_wait)
    return Result({"name": spec}, session.t("chain.was-reset", name=spec))


@app.command()
def advance(ctx: typer.Context, span: Annotated[str, Argument(metavar="SPAN")]) -> Result:
    """SPAN as 3d, 12h, 90m, 45s or 2w."""
    session = session_of(ctx)
    seconds = parse_span(span, where="SPAN")
    head = session.open_chain().advance(seconds)
    said = session.t("chain.advanced", time=format_time(head.timestamp))
    return Result({"seconds": seconds, **_head(head)}, said)


@app.command()
def snapshot(ctx: typer.Context) -> Result:
    """Prints the id that `chain revert` takes."""
    session = session_of(ctx)
    mark = session.open_chain().snapshot()
    return Result({"snapshot": mark}, session.t("chain.snapshot", id=mark), brief=mark)


@app.command()
def revert(ctx: typer.Context, snapshot: Annotated[str, Argument(metavar="ID")]) -> Result:
    """Blocks, state and clock go back; the journal tells at the next command what the chain forgot."""
    session = session_of(ctx)
    chain = session.open_chain()
    chain.revert(snapshot)
    head = chain.head()
    said = session.t("chain.reverted", block=head.number, time=format_time(head.timestamp))
    return Result({"snapshot": snapshot, **_head(head)}, said)


@app.command()
def save(ctx: typer.Context, file: FilePath) -> Result:
    """A file that `chain load` of the same backend reads."""
    session = session_of(ctx)
    session.open_chain().save(file)
    return Result({"file": str(file)}, session.t("chain.saved", file=file))


@app.command()
def load(ctx: typer.Context, file: FilePath, yes: Yes = False) -> Result:
    """The saved chain takes this one's place."""
    session = session_of(ctx)
    confirm(session, session.t("chain.load-question", file=file), yes=yes)
    chain = session.open_chain()
    chain.load(file)
    return Result({"file": str(file), **_head(chain.head())}, session.t("chain.loaded", file=file))


def _head(head: Head) -> dict[str, Any]:
    return {"block": head.number, "hash": head.hash, "time": head.timestamp}


def _facts(chain: Chain) -> dict[str, Any]:
    return {
        "name": chain.name,
        "chain_id": chain.chain_id(),
        "identity": str(chain.identity()),
        "local": chain.is_local,
        **_head(chain.head()),
        "capabilities": sorted(one.name.lower().replace("_", "-") for one in chain.capabilities),
    }


def _text(data: dict[str, Any], session: Session) -> str:
    t = session.t
    rows = [(t("head.chain"), str(data["name"]))]
    if data.get("place"):
        rows.append((t("head.place"), str(data["place"])))
    if data.get("pid"):
        rows.append((t("head.process"), str(data["pid"])))
    if "identity" not in data:
        rows.append((t("head.status"), t("chain.kept" if data.get("kept") else "chain.nothing")))
        return pairs(rows)
    rows += [
        (t("head.identity"), str(data["identity"])),
        (t("head.block"), str(data["block"])),
        (t("head.time"), format_time(int(data["time"]))),
        (t("head.abilities"), ", ".join(data["capabilities"])),
    ]
    return pairs(rows)
