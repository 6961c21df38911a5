"""A clinic, another one, a consumer and whoever certifies or rules; built once, then returned to."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

# Test modules share `tests.moving.street`, however pytest was started.
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.moving.street import Street
from tests.supervision.town import build, enter
from wallet.services import onboard


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[object, str, Path]:
    """Chain, snapshot and the folder that knows where the platform stands; two approved clinics on it."""
    folder = tmp_path_factory.mktemp("street")
    chain, snapshot = build(folder)
    street = Street(enter(chain, snapshot, folder / "deployments", folder))
    for clinic, name in ((street.clinic, "甲诊所"), (street.other, "乙诊所")):
        onboard.apply_to_sell(street.context, clinic, name, "执照")
        onboard.approve(street.context, street.town.operator, clinic.address)
    street.town.consumer("alice")
    street.context.journal.close()
    return chain, chain.snapshot(), folder / "deployments"


@pytest.fixture
def street(built: tuple[object, str, Path], tmp_path: Path) -> Iterator[Street]:
    """Two clinics that may sell, and alice with money; no card yet."""
    chain, snapshot, deployments = built
    town = enter(chain, snapshot, deployments, tmp_path)
    yield Street(town)
    town.context.journal.close()
