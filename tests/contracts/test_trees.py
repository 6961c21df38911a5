"""Every leaf of a `.tree` file has its test, and every test its leaf.

`sub_wallet_open.tree` belongs to `test_sub_wallet_open.py`. A tree's first column names a function or theme,
the branches below say a circumstance, the leaves what happens. A test's name is theme and leaf.
"""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

HERE = Path(__file__).parent
TREES = sorted(HERE.glob("*.tree"))


def slug(words: str) -> str:
    """Words as they appear in a test's name."""
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", words.replace("'", ""))
    return re.sub(r"\W+", "_", spaced.lower()).strip("_")


def leaves(text: str) -> list[str]:
    """Names of the tests that a tree promises, in its order."""
    lines = [line.rstrip() for line in text.splitlines() if line.strip()]
    names: list[str] = []
    theme = ""
    for line, following in zip(lines, [*lines[1:], ""], strict=True):
        depth = indent(line)
        if depth == 0:
            theme = slug(line)
        elif indent(following) <= depth:
            leaf = line.lstrip(" │├└─")
            assert leaf.startswith("it "), f"a leaf begins with 'it': {line!r}"
            names.append(f"test_{theme}_{slug(leaf.removeprefix('it '))}")
    return names


def indent(line: str) -> int:
    return len(line) - len(line.lstrip(" │├└─"))


def kept_in(module: Path) -> list[str]:
    """Names of the test functions of a module."""
    parsed = ast.parse(module.read_text("utf-8"))
    return [
        node.name
        for node in parsed.body
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
    ]


@pytest.mark.parametrize("tree", TREES, ids=lambda path: path.stem)
def test_each_leaf_has_its_test_and_each_test_its_leaf(tree: Path) -> None:
    promised, kept = leaves(tree.read_text("utf-8")), kept_in(HERE / f"test_{tree.stem}.py")
    assert len(promised) == len(set(promised)), "two leaves have one name"
    assert sorted(promised) == sorted(kept)


def test_each_contract_has_a_tree() -> None:
    contracts = HERE.parents[1] / "contracts"
    names = {
        slug(path.stem)
        for folder in ("core", "guarantee", "money", "platform", "templates")
        for path in (contracts / folder).glob("*.sol")
        if "\ncontract " in path.read_text("utf-8")  # else a part of one that has its tree
    } - {"template_shell"}  # a part of the registry, which it cannot work without
    missing = {name for name in names if not any(tree.stem.startswith(name) for tree in TREES)}
    assert not missing, f"no behaviour is written down for {missing}"
