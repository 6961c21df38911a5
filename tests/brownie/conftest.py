"""One deployment for each test file, undone after each test."""

from __future__ import annotations

import pytest

from scripts.demo import Stage, deploy


@pytest.fixture(scope="module")
def stage() -> Stage:
    return deploy()


@pytest.fixture(autouse=True)
def isolation(fn_isolation: None) -> None:
    """Each test starts from the fresh deployment."""
