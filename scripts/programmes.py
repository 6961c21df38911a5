"""Write docs/programmes.md: every row of the programme table with the tests that prove it.

    python -m scripts.programmes            print the page
    python -m scripts.programmes --write    write it (make programmes)

Tests are found by name, `test_row_NN_…`, in the sources of the test tree; nothing is run or imported.
"""

from __future__ import annotations

import ast
import re
import sys
from collections import defaultdict
from pathlib import Path

from wallet.systems import find_system, programme_rows, systems
from wallet.systems.load import Preset

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "programmes.md"
_NAME = re.compile(r"test_row_(\d{2,})_\w+")


def tests_by_row(folder: Path = ROOT / "tests") -> dict[int, list[str]]:
    """Row -> `file::test` for each test named after it."""
    found: dict[int, list[str]] = defaultdict(list)
    for file in sorted(folder.rglob("test_*.py")):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.FunctionDef) and (match := _NAME.fullmatch(node.name)):
                found[int(match[1])].append(f"{file.relative_to(folder).as_posix()}::{node.name}")
    return dict(found)


def page() -> str:
    """The whole page."""
    tests = tests_by_row()
    proven = sum(1 for row in programme_rows() if row.number in tests)
    lines = [
        "<!-- Made by `make programmes` from wallet/systems and the names of tests; do not edit. -->",
        "",
        "# Programmes, row by row",
        "",
        f"What each public programme states, when that counts as working here, and the tests that prove it: "
        f"{proven} of {len(programme_rows())} rows. `prepaid system show NAME` gives the figures with their "
        "sources; tests stand below `tests/`.",
    ]
    for name in systems():
        lines += _programme(find_system(name), tests)
    return "\n".join([*lines, ""])


def _programme(preset: Preset, tests: dict[int, list[str]]) -> list[str]:
    system = preset.system
    status = "in force" if system.in_force else system.status
    since = "" if system.since is None else f" since {system.since.isoformat()}"
    lines = ["", f"## {system.title.en} (`{system.name}`)", "", f"{status}{since}. {system.explanation.en}"]
    rows = [row for row in programme_rows() if row.number in system.rows]
    if rows:
        lines += ["", "| row | states | works when | proven by |", "|---|---|---|---|"]
    for row in rows:
        proofs = "<br>".join(f"`{one}`" for one in tests.get(row.number, [])) or "–"
        lines.append(f"| {row.number} | {row.en} | {row.works} | {proofs} |")
    return lines


if __name__ == "__main__":
    if "--write" in sys.argv[1:]:
        PAGE.write_text(page(), encoding="utf-8")
    else:
        print(page())
