"""Platforms to make evidence on, shared with the tests of the services."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

# Test modules share `tests.services.world`, however pytest was started.
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.evidence.tale import Tale, tell
from tests.services.world import World, prepare, start_anvil
from wallet.chain.revm import RevmChain
from wallet.services.context import open_context
from wallet.signing.dev import dev_signer


@pytest.fixture(scope="session")
def anvil_url() -> Iterator[str]:
    """An anvil of our own, stopped at the end."""
    yield from start_anvil()


@pytest.fixture(scope="session")
def anvil_world(anvil_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A platform on it, for tests that only add to it."""
    with World.open(tmp_path_factory.mktemp("home"), anvil_url) as world:
        prepare(world)
        yield world


@pytest.fixture(scope="session")
def tale(anvil_world: World) -> Tale:
    """Files of cards that lived through everything, from a real node."""
    return tell(anvil_world)


@pytest.fixture
def revm_world(tmp_path: Path) -> Iterator[World]:
    """A platform in this process, on a chain that has no tries; quick to make."""
    chain = RevmChain()
    context, recovery = open_context(
        chain, ledger=tmp_path / "ledger.sqlite", deployments=tmp_path / "deployments"
    )
    people = [dev_signer(n, chain_id=chain.chain_id(), endpoint=None) for n in range(4)]
    with World(context, recovery, *people) as world:
        prepare(world)
        yield world
