"""Fixtures for contract tests: a World of one's own for each test."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

# Test modules share `tests.contracts.harness`, however pytest was started.
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.contracts.harness import World


@pytest.fixture
def world() -> World:
    """The whole system, freshly deployed on an in-process chain."""
    return World()
