"""A town for each test: built once, then returned to."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

# Test modules share `tests.supervision.town`, however pytest was started.
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.supervision.town import Town, build, enter


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[object, str, Path]:
    """Chain, snapshot and the folder that knows where the platform stands."""
    folder = tmp_path_factory.mktemp("town")
    chain, snapshot = build(folder)
    return chain, snapshot, folder / "deployments"


@pytest.fixture
def town(built: tuple[object, str, Path], tmp_path: Path) -> Iterator[Town]:
    """The platform with nothing on it yet, and no programme."""
    chain, snapshot, deployments = built
    found = enter(chain, snapshot, deployments, tmp_path)
    yield found
    found.context.journal.close()
