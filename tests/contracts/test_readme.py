"""contracts/README.md says what there is: every file, every function that changes state, every error."""

from __future__ import annotations

import re
from pathlib import Path

from tests.contracts.harness import artefact

CONTRACTS = Path(__file__).parents[2] / "contracts"
TEXT = (CONTRACTS / "README.md").read_text("utf-8")


def section(title: str) -> str:
    """The text below a heading."""
    found = re.search(rf"^## {title}\n(.*?)(?=^## |\Z)", TEXT, re.DOTALL | re.MULTILINE)
    assert found, title
    return found[1]


def test_each_contract_and_library_has_its_line() -> None:
    """Whole folders may stand for their files where the files only describe."""
    listed = set(re.findall(r"^(\w+/\w*) ", section("Catalogue"), re.MULTILINE))
    for path in CONTRACTS.rglob("*.sol"):
        name = path.relative_to(CONTRACTS).with_suffix("").as_posix()
        assert name in listed or f"{path.parent.name}/" in listed, name
    for name in listed:
        assert (CONTRACTS / f"{name}.sol").is_file() or (CONTRACTS / name).is_dir(), name


def test_each_function_that_changes_state_says_who_may_call_it() -> None:
    rows = [line.strip("|").split("|") for line in section("Who may call what").splitlines() if "`" in line]
    named: dict[str, set[str]] = {}
    names: list[str] = []
    for row in rows:
        names = [each.strip() for each in row[0].split(",")] if row[0].strip() else names
        for name in names:
            named.setdefault(name, set()).update(re.findall(r"`(\w+)`", row[1]))
    for name, functions in named.items():
        changing = {
            entry["name"]
            for entry in artefact(name).abi
            if entry["type"] == "function" and entry["stateMutability"] not in ("view", "pure")
        }
        assert functions == changing, name


def test_each_error_is_listed_with_its_values() -> None:
    listed = re.findall(r"^\| `(\w+)\((.*?)\)` \|", section("Errors"), re.MULTILINE)
    defined = [
        (entry["name"], ", ".join(each["name"] for each in entry["inputs"]))
        for entry in artefact("Errors").abi
        if entry["type"] == "error"
    ]
    assert sorted(listed) == sorted(defined)


def test_each_error_is_provoked_by_a_test() -> None:
    tests = "".join(path.read_text("utf-8") for path in Path(__file__).parent.glob("test_*.py"))
    names = {entry["name"] for entry in artefact("Errors").abi if entry["type"] == "error"}
    assert {name for name in names if f'"{name}"' not in tests} == set()
