"""docs/python.md: the project that it shows, as a stranger's; its commands; its words against the code."""

from __future__ import annotations

import importlib
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import wallet.testing
from wallet.testing import Platform, strategies

ROOT = Path(__file__).resolve().parents[2]
TEXT = (ROOT / "docs" / "python.md").read_text("utf-8")
STORIES, PYTEST = [block.split("\n")[:-1] for block in re.findall(r"```sh\n(.*?)```", TEXT, re.S)]
FILES = dict(re.findall(r"```\w+ (\S+)\n(.*?)```", TEXT, re.S))


def run_pytest(folder: Path) -> str:
    """The last lines of the command that the page shows, in a folder far from this one."""
    clean = {key: value for key, value in os.environ.items() if not key.startswith(("PYTEST", "PREPAID"))}
    done = subprocess.run(
        [sys.executable, "-m", *PYTEST[0].split(), "-q", "-p", "no:cacheprovider", "-p", "no:pytest-brownie"],
        cwd=folder,
        env=clean,
        capture_output=True,
        text=True,
        timeout=240,
    )
    return done.stdout + done.stderr


def test_the_project_passes_and_can_fail(tmp_path: Path) -> None:
    """Rules and tests of a stranger's; beside them the same examples for a rule that rounds up."""
    rule = FILES["WholeYuan.sol"].replace("usage.used / 100 * 100", "(usage.used + 99) / 100 * 100")
    examples = FILES["test_whole_yuan.py"].partition("@given")[0].replace("WholeYuan.sol", "Greedy.sol")
    assert rule != FILES["WholeYuan.sol"]
    for name, text in {**FILES, "Greedy.sol": rule, "test_greedy.py": examples}.items():
        (tmp_path / name).write_text(text, "utf-8")
    assert PYTEST == ["pytest"]
    told = run_pytest(tmp_path)
    assert "2 failed, 4 passed" in told, told
    assert re.findall(r"^FAILED (\w+)", told, re.M) == ["test_greedy"] * 2, told


@pytest.mark.parametrize("line", STORIES)
def test_stories(line: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Each asserts its own money."""
    python, option, module, *arguments = line.split()
    if "anvil" in arguments and not (ROOT / "node_modules" / ".bin" / "anvil").exists():
        pytest.skip("anvil is not installed: npm install")
    assert (python, option) == ("python", "-m")
    importlib.import_module(module).main(arguments)
    told = capsys.readouterr().out
    assert ("冻结" in told) == ("zh" in arguments)


def test_a_story_on_a_chain_that_is_none_ends_in_words(capsys: pytest.CaptureFixture[str]) -> None:
    module = importlib.import_module("scripts.stories.race")
    with pytest.raises(SystemExit) as ended:
        module.main(["--chain", "moon"])
    assert ended.value.code == 2
    assert capsys.readouterr().err.startswith("'moon' is not a chain\n  chains are eth-tester")


def test_every_sentence_is_told_in_both_languages() -> None:
    told = importlib.import_module("scripts.stories.told")
    for key, (english, chinese) in told.TEXT.items():
        places = re.findall(r"{\w+}", english)
        assert sorted(places) == sorted(re.findall(r"{\w+}", chinese)), key


def test_what_the_page_names_is_there() -> None:
    tables = re.findall(r"^\| (`.*?) \|", TEXT, re.M)
    names = {name for cell in tables for name in re.findall(r"`(\w+)", cell)}
    assert {"prepaid_lab", "fen", "other_consumer"} <= names
    for name in names:
        assert hasattr(wallet.testing, name) or hasattr(strategies, name), name
    for verb in re.findall(r"`(\w+)\(", re.search(r"`prepaid_platform` \|(.*)", TEXT)[1]):
        assert hasattr(Platform, verb), verb
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["optional-dependencies"]
    assert {re.match(r"\w+", wanted)[0] for wanted in extras["testing"]} == {"hypothesis", "pytest"}
    for target in re.findall(r"\]\(([^)#]+)\)", TEXT):
        assert (ROOT / "docs" / target).exists(), target
