"""`prepaid compile`: Solidity sources to artefacts, through the cache."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer import Argument, Option

from cli.output import Result
from cli.session import Session, session_of
from cli.text import table

if TYPE_CHECKING:
    from wallet.compiler import Compilation

app = typer.Typer()


@app.command()
def compile(  # noqa: A001 (the command's name)
    ctx: typer.Context,
    folder: Annotated[Path, Argument(metavar="FOLDER", show_default=False)] = Path(),
    solc: Annotated[Path | None, Option(metavar="FILE")] = None,
    out: Annotated[Path | None, Option(metavar="DIR")] = None,
    offline: Annotated[bool, Option("--offline")] = False,
) -> Result:
    """FOLDER may also be one `.sol` file. With --out each contract's ABI and bytecode is written there."""
    from wallet.compiler import compile_folder, find_compiler

    session = session_of(ctx)
    if solc is not None:
        find_compiler(explicit=solc)  # refused by name even when the cache would need no compiler
    only = [folder] if folder.suffix == ".sol" else None
    with session.progress(session.t("compile.running")):
        done = compile_folder(
            folder.parent if only else folder,
            only=only, solc=solc, cache=session.cache(), download=not offline,
        )  # fmt: skip
    if out is not None:
        _write(done, out)
    return Result(_data(done, out), _text(done, session))


def _data(done: Compilation, out: Path | None) -> dict[str, Any]:
    return {
        "compiled": done.compiled,
        "reused": done.reused,
        "compiler": None if done.compiler is None else str(done.compiler.path),
        "contracts": [
            {"name": each.name, "source": each.source, "size": len(each.runtime)} for each in done.artefacts
        ],
        "warnings": [warning.as_dict() for warning in done.warnings],
        "out": None if out is None else str(out),
    }


def _write(done: Compilation, out: Path) -> None:
    from wallet.compiler.artefacts import artefact_to_json

    out.mkdir(parents=True, exist_ok=True)
    for each in done.artefacts:
        if each.bytecode:
            (out / f"{each.name}.json").write_text(artefact_to_json(each), "utf-8")


def _text(done: Compilation, session: Session) -> str:
    t, style = session.t, session.style
    rows = [(each.name, each.source, str(len(each.runtime))) for each in done.artefacts if each.bytecode]
    lines = [table((t("head.contract"), t("head.source"), t("head.bytes")), rows, right=[2], style=style)]
    lines += [style.yellow(str(warning)) for warning in done.warnings]
    lines.append(t("compile.done", compiled=len(done.compiled), reused=len(done.reused)))
    return "\n".join(lines)
