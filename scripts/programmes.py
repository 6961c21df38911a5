"""Write docs/programmes.md: every row of the programme table with the tests that prove it.

    python -m scripts.programmes            print the page
    python -m scripts.programmes --write    write it (make programmes)

Tests are found by name, `test_row_NN_…` (or `test_row_NN_row_MM_…`), in the sources of the test tree;
nothing is run or imported.
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
_ROW = re.compile(r"_row_(\d{2,})(?=_)")


def proofs_by_row(folder: Path) -> dict[int, list[str]]:
    """Row -> `file::test` for each test named after it."""
    found: dict[int, list[str]] = defaultdict(list)
    for file in sorted(folder.rglob("test_*.py")):
        text = file.read_text("utf-8")
        for node in ast.walk(ast.parse(text)) if "def test_row_" in text else ():
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_row_"):
                for row in _ROW.findall(node.name):
                    found[int(row)].append(f"{file.relative_to(folder).as_posix()}::{node.name}")
    return dict(found)


def page() -> str:
    """The whole page."""
    proofs = proofs_by_row(ROOT / "tests")
    proven = sum(1 for row in programme_rows() if row.number in proofs)
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
        lines += _programme(find_system(name), proofs)
    return "\n".join([*lines, ""])


def _programme(preset: Preset, proofs: dict[int, list[str]]) -> list[str]:
    system = preset.system
    status = "in force" if system.in_force else system.status
    since = "" if system.since is None else f" since {system.since.isoformat()}"
    lines = ["", f"## {system.title.en} (`{system.name}`)", "", f"{status}{since}. {system.explanation.en}"]
    rows = [row for row in programme_rows() if row.number in system.rows]
    if rows:
        lines += ["", "| row | states | works when | proven by |", "|---|---|---|---|"]
    for row in rows:
        tests = "<br>".join(f"`{one}`" for one in proofs.get(row.number, [])) or "–"
        lines.append(f"| {row.number} | {row.en} | {row.works} | {tests} |")
    return lines


if __name__ == "__main__":
    if "--write" in sys.argv[1:]:
        PAGE.write_text(page(), encoding="utf-8")
    else:
        print(page())
