"""docs/programmes.md is what presets, rows and names of tests make of it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from wallet.systems import programme_rows, systems

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def page() -> str:
    """What the script prints."""
    done = subprocess.run(
        [sys.executable, "-m", "scripts.programmes"],
        cwd=ROOT, capture_output=True, text=True, timeout=60, check=True,
    )  # fmt: skip
    return done.stdout.removesuffix("\n")


def test_the_page_is_fresh_and_proves_every_row(page: str) -> None:
    """`make programmes` would change nothing, and no row is without a test."""
    assert (ROOT / "docs" / "programmes.md").read_text("utf-8") == page, "run `make programmes`"
    unproven = [line for line in page.splitlines() if line.endswith("| – |")]
    assert unproven == []


def test_the_page_has_every_programme_and_row(page: str) -> None:
    for name in systems():
        assert f"(`{name}`)" in page
    for row in programme_rows():
        assert f"| {row.number} | {row.en} |" in page
