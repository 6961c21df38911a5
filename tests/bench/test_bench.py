"""The benchmark runs, says what it measured, and proves what it claims beside it; no time is judged."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = ROOT / "scripts" / "bench.py"


def bench(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(SCRIPT), *arguments]
    return subprocess.run(
        command, capture_output=True, text=True, timeout=240, cwd=ROOT, env=dict(os.environ)
    )


def figures(*names: str) -> dict[str, dict[str, Any]]:
    done = bench("--quick", "--json", *names)
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    assert (answer["schema"], answer["quick"]) == ("prepaid.bench/1", True)
    for figure in answer["figures"]:
        assert figure["ratio"] > 0
        assert set(figure) >= {"name", "title", "ratio", "better", "reach", "reached", "details"}
    return {figure["name"]: figure for figure in answer["figures"]}


def test_starting_and_memory_are_measured() -> None:
    found = figures("help", "memory")
    assert list(found) == ["help", "demo-memory"]
    assert found["help"]["reach"] == 0.35
    # The demo holds the whole embedded EVM: less than 30 MB would mean that nothing ran.
    assert found["demo-memory"]["details"]["demo_megabytes"] > 30


@pytest.mark.slow
@pytest.mark.anvil
def test_consumptions_are_counted_on_every_backend() -> None:
    """Both ways end with cards that stand where the charges put them, or the run itself fails."""
    if not (ROOT / "node_modules" / ".bin" / "anvil").exists():
        pytest.skip("anvil is not installed")
    found = figures("consume")
    assert list(found) == ["consume-anvil", "consume-rpc", "consume-eth-tester", "consume-revm"]
    assert found["consume-anvil"]["reach"] == 10
    for name in ("consume-anvil", "consume-rpc", "consume-eth-tester"):
        details = found[name]["details"]
        assert details["ours_per_second"] > 0
        assert details["plain_per_second"] > 0


@pytest.mark.slow
def test_compiling_unchanged_sources_starts_no_compiler() -> None:
    if not (ROOT / "node_modules" / "solc").exists():
        pytest.skip("solc is not installed")
    (figure,) = figures("compile").values()
    assert figure["details"]["compilers_started"] == 0
    assert figure["details"]["files"] > 10


@pytest.mark.slow
def test_a_history_is_told_without_the_evm() -> None:
    """In a process of its own; loading the EVM would cost most of a second."""
    (figure,) = figures("history").values()
    assert figure["details"]["evm_loaded"] == "no"
    assert figure["details"]["entries"] == 3  # opened, and two of the eight uses spread over four cards
    assert figure["details"]["transactions"] == 60


def test_an_unknown_name_is_refused() -> None:
    done = bench("--quick", "nonsense")
    assert done.returncode == 2
    assert "nonsense" in done.stderr
