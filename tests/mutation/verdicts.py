"""What became of each break, kept below `build/` so that a run can be stopped and gone on with.

A verdict is found by what was judged: the sources of every contract that the break touches. It stands as long
as the tests do that gave it: the one that caught the break, or all of them where none did.
"""

from __future__ import annotations

import ast
import hashlib
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path

from tests.mutation import scenarios
from tests.mutation.judges import ROOT, TESTS, Judgement
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


def are_scenarios_sound(digest: str) -> bool:
    """Whether these scenarios passed on these contracts."""
    return (FOLDER / "sound" / f"{digest[:20]}-{_judged('', True)[:20]}").is_file()


def keep_scenarios_sound(digest: str) -> None:
    """Keep that they did."""
    folder = FOLDER / "sound"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{digest[:20]}-{_judged('', True)[:20]}").touch()


def write(key: str, verdict: Verdict, *, played: bool = False) -> None:
    """Keep a verdict."""
    file = _file(key, played)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(asdict(verdict)), "utf-8")


def _file(key: str, played: bool) -> Path:
    return FOLDER / "verdicts" / f"{key}{'.scenarios' if played else ''}.json"


@cache
def _judged(test: str, played: bool = False) -> str:
    """What the judges were that gave a verdict: the test that caught a break, or all of them."""
    if played:
        texts = [path.read_bytes() for path in scenarios.files()]
    elif test:
        texts = [_alone(test)]
    else:
        texts = [path.read_bytes() for path in sorted(TESTS.rglob("*.py"))]
    digest = hashlib.sha256()
    for text in texts:
        digest.update(text)
    return digest.hexdigest()


def _alone(test: str) -> bytes:
    """A test's module without its other tests, so that a new one beside it makes no verdict void."""
    module, _, name = test.partition("::")
    path = TESTS / f"{module}.py"
    if not path.is_file():  # the search, which is all in modules that tests share
        return b""
    text = path.read_text("utf-8")
    lines = text.splitlines()
    for node in ast.parse(text).body:
        if not isinstance(node, ast.FunctionDef) or not node.name.startswith("test_"):
            continue
        if node.name != name.partition("[")[0]:
            first = min([node.lineno, *(each.lineno for each in node.decorator_list)])
            lines[first - 1 : node.end_lineno] = [""] * ((node.end_lineno or first) - first + 1)
    return "\n".join(line for line in lines if line).encode()
