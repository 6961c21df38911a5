"""Platforms to make evidence on, shared with the tests of the services."""

from __future__ import annotations

import sys
from pathlib import Path

# Test modules share `tests.services.world`, however pytest was started.
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
