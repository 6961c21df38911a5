"""A platform ready for use, fresh for each test: deployed once, then copied."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

# Test modules share `tests.services.world`, however pytest was started.
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.services.world import World, prepare, start_anvil
from wallet.chain.rpc import RpcChain


@dataclass(frozen=True, slots=True)
class Node:
    """An anvil with a platform on it, the folder that knows it, and the moment to return to."""

    url: str
    folder: Path
    chain: RpcChain
    snapshot: str


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


@pytest.fixture(scope="session")
def prepared_node(anvil: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Node]:
    """The same platform on anvil. Returned to rather than made anew: anvil slows down with every block."""
    folder = tmp_path_factory.mktemp("node")
    with World.open(folder, anvil) as world:
        prepare(world)
    with RpcChain(anvil) as chain:
        yield Node(anvil, folder, chain, chain.snapshot())


@pytest.fixture
def node(prepared_node: Node, tmp_path: Path) -> tuple[Path, str]:
    """A folder with a journal of its own and the URL of that anvil, as if nobody had been there."""
    prepared_node.chain.revert(prepared_node.snapshot)
    return Path(shutil.copytree(prepared_node.folder, tmp_path / "home")), prepared_node.url


@pytest.fixture
def anvil_world(node: tuple[Path, str]) -> Iterator[World]:
    """The platform on anvil."""
    with World.open(*node) as world:
        yield world


@pytest.fixture(params=["eth-tester", "anvil"])
def any_world(request: pytest.FixtureRequest) -> World:
    """The platform on each of two backends in turn."""
    name = "world" if request.param == "eth-tester" else "anvil_world"
    found = request.getfixturevalue(name)
    assert isinstance(found, World)
    return found
