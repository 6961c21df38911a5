"""What became of each break, kept below `build/` so that a run can be stopped and gone on with.

A verdict is found by what was judged: the sources of every contract that the break touches. It stands as long
as the tests do that gave it: the one that caught the break, or all of them where none did.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path

from tests.mutation import scenarios
from tests.mutation.judges import NO_JUDGES, ROOT, TESTS, Judgement
from wallet.compiler.sources import SourceSet

FOLDER = ROOT / "build" / "mutation"
CAUGHT, SURVIVED, SAME, REFUSED = "caught", "survived", "changes nothing", "does not compile"
OPEN = "open"  # the early judges saw nothing, the late ones were not asked yet


@dataclass(frozen=True, slots=True)
class Verdict:
    """`outcome`, and by whom; `note` is what the compiler or the test said. `judged` tells the tests."""

    outcome: str
    judge: str = ""
    test: str = ""
    note: str = ""
    judged: str = ""

    @classmethod
    def of(cls, judgement: Judgement, otherwise: str = SURVIVED, *, played: bool = False) -> Verdict:
        """What the judges' answer means."""
        outcome = CAUGHT if judgement.judge else otherwise
        judged = _judged("" if played else judgement.test, played)
        return cls(outcome, judgement.judge, judgement.test, judgement.said, judged)


def key_of(sources: SourceSet, roots: Iterable[str], changed: str, text: bytes) -> str:
    """Names the verdict on one changed file in these contracts."""
    files = {each.name: each.digest for root in roots for each in sources.closure(root)}
    files[changed] = hashlib.sha256(text).hexdigest()
    return hashlib.sha256(json.dumps(files, sort_keys=True).encode()).hexdigest()


def read(key: str, *, played: bool = False) -> Verdict | None:
    """The verdict of that key, if it still stands; with `played` that of the scenarios."""
    try:
        verdict = Verdict(**json.loads(_file(key, played).read_text("utf-8")))
    except (OSError, ValueError, TypeError):
        return None
    if verdict.outcome in (CAUGHT, SURVIVED, OPEN) and verdict.judged != _judged(
        "" if played else verdict.test, played
    ):
        return None
    return verdict


def made_by_tests(digest: str) -> dict[str, set[str]] | None:
    """Which contracts each test module makes, if it was learnt of these contracts and tests."""
    try:
        known = json.loads((FOLDER / "made.json").read_text("utf-8"))
    except (OSError, ValueError):
        return None
    if known["of"] != [digest, _judged("")]:
        return None
    return {module: set(names) for module, names in known["made"].items()}


def keep_made(digest: str, made: dict[str, set[str]]) -> None:
    """Keep what was learnt."""
    known = {"of": [digest, _judged("")], "made": {module: sorted(names) for module, names in made.items()}}
    FOLDER.mkdir(parents=True, exist_ok=True)
    (FOLDER / "made.json").write_text(json.dumps(known), "utf-8")


def write(key: str, verdict: Verdict, *, played: bool = False) -> None:
    """Keep a verdict."""
    file = _file(key, played)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(asdict(verdict)), "utf-8")


def _file(key: str, played: bool) -> Path:
    return FOLDER / "verdicts" / f"{key}{'.scenarios' if played else ''}.json"


@cache
def _judged(test: str, played: bool = False) -> str:
    """What the judges were that gave a verdict: the module that caught a break, or all of them."""
    digest = hashlib.sha256()
    for path in scenarios.files() if played else _tests(test):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _tests(test: str) -> list[Path]:
    module = TESTS / f"{test.partition('::')[0]}.py"
    support = [path for path in TESTS.rglob("*.py") if not path.name.startswith("test_")]
    tests = [module] if module.is_file() else []
    if not test:
        tests = [path for path in TESTS.glob("test_*.py") if path.stem not in NO_JUDGES]
    return sorted([*support, *tests])
