"""Scenario files in a stranger's pytest: collected there, and nothing else of that project is touched."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.scenario.test_command import BAD, GOOD, WRONG

PLAIN = """
import sys

def test_nothing_heavy_was_loaded():
    heavy = {"pydantic", "yaml", "web3", "eth_account", "wallet.scenario.load"}
    assert not heavy & set(sys.modules)
    assert "wallet.scenario.plugin" in sys.modules
"""
STRICT = "[pytest]\naddopts = --strict-markers --strict-config\nfilterwarnings = error\n"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project with strict settings of its own."""
    (tmp_path / "pytest.ini").write_text(STRICT)
    return tmp_path


def run(project: Path, *words: str) -> tuple[int, str]:
    """The project's pytest, without what this one's environment says of it; exit status and output."""
    clean = {key: value for key, value in os.environ.items() if not key.startswith(("PYTEST", "PREPAID"))}
    # The plugin comes by its entry point where the package is installed, as in every environment of ours.
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *words],
        cwd=project,
        env=clean,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


def test_does_and_loads_nothing_where_there_are_no_scenarios(project: Path) -> None:
    (project / "test_plain.py").write_text(PLAIN)
    status, out = run(project)
    assert status == 0, out
    assert "1 passed" in out


def test_cases_are_items_with_tags_as_markers_and_failures_that_say_it_all(project: Path) -> None:
    """Strict markers, warnings as errors and xdist are no obstacle. A wrong file is told by its lines."""
    rows = BAD.replace("安娜", "$n") + "examples: [{n: 1}, {n: 2}]\n"
    for name, text in {"good": GOOD, "bad": rows, "wrong": WRONG}.items():
        (project / f"{name}.scenario.yaml").write_text(text, "utf-8")
    (project / "test_plain.py").write_text("def test_plain(): pass\n")
    words = ["-rA", "-n", "1", "--prepaid-seed", "7", "-m", "good or bad", "--continue-on-collection-errors"]
    status, out = run(project, *words)
    assert status == 1
    assert "1 passed" in out
    assert "2 failed" in out
    assert "PASSED good.scenario.yaml::anna-buys" in out
    assert "FAILED bad.scenario.yaml::anna-pays-too-much[2]" in out
    assert "-¥999" in out
    assert "-¥1000.00" in out
    assert "--chain revm --seed 7" in out
    assert "wrong.scenario.yaml:3: no verb is called 'byu'" in out
    assert "Traceback" not in out
    assert "test_plain" not in out
