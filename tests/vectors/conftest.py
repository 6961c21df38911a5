"""A stage for vectors, deployed once; each test begins where the first did."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

# Test modules share `tests.vectors.oracle`, however pytest was started.
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.services.staging import stage_in
from wallet.vectors.stage import Stage


@pytest.fixture(scope="session")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """The platform on an in-process chain."""
    yield from stage_in(tmp_path_factory.mktemp("vectors"))
