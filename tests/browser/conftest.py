"""One browser for all tests here, and the reports it looks at; skipped where there is no browser."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.browser.chrome import Chrome, chrome, found
from tests.scenario.report import sample
from wallet.scenario.report.html import write_html

SHOTS = Path(__file__).resolve().parents[2] / "build" / "browser"


@pytest.fixture(scope="session")
def browser() -> Iterator[Chrome]:
    if importlib.util.find_spec("selenium") is None:
        pytest.skip("selenium is not installed: make browser")
    if not all(found()):
        pytest.skip("no Chromium with its driver on this machine: make browser")
    with chrome() as opened:
        yield opened


@pytest.fixture(scope="session")
def reports(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The sample run, in its own words and in hostile ones."""
    folder = tmp_path_factory.mktemp("reports with a blank")
    made = {"run": sample.run(), "hostile": sample.hostile()}
    for name, result in made.items():
        write_html(result, folder / f"{name}.html")
    return {name: folder / f"{name}.html" for name in made}


@pytest.fixture(scope="session")
def shots() -> Path:
    """Where pictures are kept for people to look at."""
    SHOTS.mkdir(parents=True, exist_ok=True)
    return SHOTS
