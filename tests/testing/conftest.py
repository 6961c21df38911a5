"""The fixtures that other people get by `pytest_plugins`, which only a suite's first conftest may name."""

from __future__ import annotations

from wallet.testing import *  # noqa: F403
