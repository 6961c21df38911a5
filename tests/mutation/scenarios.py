"""The second jury: every shipped scenario, played in this process against contracts with a break in.

What the library deploys it takes from the folder of shipped artefacts, so the copy of the process that plays
gets a folder of its own, in which the broken contracts stand in for ours. Where there are no scenarios,
nobody is asked.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Mapping
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wallet.compiler import Artefact, artefacts
from wallet.compiler.artefacts import artefact_to_json

if TYPE_CHECKING:
    from wallet.scenario.load import Case

SCENARIOS = Path(__file__).resolve().parents[2] / "scripts" / "scenarios"
PATTERN = "*.scenario.yaml"


def files() -> list[Path]:
    """Every shipped scenario's file."""
    return sorted(SCENARIOS.rglob(PATTERN)) if SCENARIOS.is_dir() else []


@cache
def cases() -> tuple[Case, ...]:
    """Every case, those of one system together, since a system takes a while to be set up."""
    if not files():
        return ()
    from wallet.scenario.load import load

    return tuple(sorted(load([str(each) for each in files()]), key=lambda case: case.system))


def replace(contracts: Mapping[str, Callable[[], Artefact]], longest: int) -> None:
    """Let the library of this process deploy these contracts instead of the shipped ones."""
    import pyrevm

    folder = Path(tempfile.mkdtemp(prefix="prepaid-broken-"))
    for path in artefacts.SHIPPED.glob("*.json"):
        if path.stem in contracts:
            (folder / path.name).write_text(artefact_to_json(contracts[path.stem]()), "utf-8")
        else:
            (folder / path.name).symlink_to(path)
    artefacts.SHIPPED = folder
    plain = pyrevm.CfgEnv

    def roomy(*args: Any, **fields: Any) -> Any:
        return plain(*args, **{"limit_contract_code_size": longest, **fields})

    pyrevm.CfgEnv = roomy  # imported when a chain is made


def checks() -> Iterator[tuple[str, Callable[[], str]]]:
    """Each case's name, and a function that plays it and says what went otherwise than written."""
    stage: list[Any] = []

    def play(case: Case) -> str:
        from wallet.scenario.run import play

        if not stage:
            stage.append(_stage())
        result = play(case, stage[0])
        if result.status in ("passed", "skipped"):
            return ""
        step = result.failure.step if result.failure else result.reason
        return f"{result.status}: {step}"[:300]

    for case in cases():
        yield f"{Path(case.file).name}::{case.name}", partial(play, case)


def _stage() -> Any:
    """A stage on a fresh chain in this process."""
    from wallet.chain import open_chain
    from wallet.chain.base import ChainOptions
    from wallet.scenario.stage import Stage

    options = ChainOptions(clock="steps", genesis_time=1_861_920_000)
    return Stage(open_chain("revm", options=options), 1)
