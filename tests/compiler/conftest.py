"""One script around npm's compiler for the whole run: asking it for its version costs a start of node."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

# Test modules share `tests.contracts.builds`, however pytest was started.
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from wallet.compiler import find_compiler


@pytest.fixture(scope="session")
def solc(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The pinned compiler as one executable."""
    return find_compiler(download=False).executable(tmp_path_factory.mktemp("solc"))
