"""The deployed system as fixtures: deployed once for each test file, undone after each test.

Contracts come as Brownie's own objects. `platform` has them all, and what the library signs for them.
"""

from __future__ import annotations

from typing import Any

import pytest
from brownie import run

from scripts.deploy import Platform
from wallet.eip712.messages import Consume
from wallet.terms import Terms


@pytest.fixture(scope="module")
def platform() -> Platform:
    """Everything that `run("deploy")` puts on the chain."""
    return run("deploy")


@pytest.fixture(autouse=True)
def isolation(fn_isolation: None) -> None:
    """Each test starts from the fresh deployment."""


@pytest.fixture
def token(platform: Platform) -> Any:
    """The digital yuan; amounts in fen."""
    return platform.yuan


@pytest.fixture
def factory(platform: Platform) -> Any:
    """The factory of sub-wallets."""
    return platform.factory


@pytest.fixture
def sub_wallet(platform: Platform) -> Any:
    """The consumer's sub-wallet, created."""
    return platform.sub_wallet()


@pytest.fixture
def terms(platform: Platform) -> Terms:
    """A purchase of a card of 1000 yuan with 300 given."""
    return platform.terms(1_000_00, bonus=300_00)


@pytest.fixture
def card(platform: Platform, terms: Terms) -> bytes:
    """The id of that card, bought."""
    return platform.buy(terms)


@pytest.fixture
def charge(platform: Platform, card: bytes) -> Consume:
    """A consumption of 30.00 on it, which pays 23.07; the consumer signs it with `platform.sign`."""
    return platform.consumption(card, 30_00, 23_07, "C-17")
