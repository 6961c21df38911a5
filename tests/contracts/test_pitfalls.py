"""docs/pitfalls.md and the tests it names agree: no row without its test, no test without its row."""

from __future__ import annotations

import ast
import re
from collections import Counter
from pathlib import Path

HERE = Path(__file__).parent
PAGE = HERE.parents[1] / "docs" / "pitfalls.md"


def rows() -> list[list[str]]:
    """Cells of every row of every table, heads and rules left out."""
    lines = [line for line in PAGE.read_text("utf-8").splitlines() if line.startswith("|")]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return [row for row in cells if not set(row[0]) <= {"-"} and row[0] != "what goes wrong"]


def test_each_row_has_its_test_and_each_test_its_row() -> None:
    named = Counter(name for row in rows() for name in re.findall(r"`(test_pitfall_\w+)`", row[-1]))
    written = Counter(
        node.name
        for module in HERE.glob("test_pitfalls_*.py")
        for node in ast.parse(module.read_text("utf-8")).body
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
    )
    assert named == written
    assert set(named.values()) == {1}


def test_each_row_has_its_three_cells() -> None:
    assert [row for row in rows() if len(row) != 3] == []
