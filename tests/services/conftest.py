"""A platform ready for use, fresh for each test: deployed once, then copied."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

# Test modules share `tests.services.world`, however pytest was started.
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.services.world import World, prepare, start_anvil


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with an embedded chain on which platform, merchant, product and money are in place."""
    folder = tmp_path_factory.mktemp("prepared")
    with World.open(folder, "eth-tester") as world:
        prepare(world)
    return folder


@pytest.fixture
def folder(prepared: Path, tmp_path: Path) -> Path:
    """A copy of it to break."""
    return Path(shutil.copytree(prepared, tmp_path / "home"))


@pytest.fixture
def world(folder: Path) -> Iterator[World]:
    """The platform on the embedded chain."""
    with World.open(folder, "eth-tester") as opened:
        yield opened


@pytest.fixture(scope="session")
def anvil(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """URL of an anvil of our own, stopped at the end."""
    yield from start_anvil()


@pytest.fixture
def anvil_world(anvil: str, tmp_path: Path) -> Iterator[World]:
    """A fresh platform on anvil, with a journal of its own."""
    with World.open(tmp_path / "home", anvil) as world:
        prepare(world)
        yield world


@pytest.fixture(params=["eth-tester", "anvil"])
def any_world(request: pytest.FixtureRequest) -> World:
    """The platform on each of two backends in turn."""
    name = "world" if request.param == "eth-tester" else "anvil_world"
    found = request.getfixturevalue(name)
    assert isinstance(found, World)
    return found
