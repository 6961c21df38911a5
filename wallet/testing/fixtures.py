"""The pytest fixtures. `prepaid_…` come from the platform, the short names are its people and its verbs.

A project that has a fixture of the same name keeps its own. Property tests take `prepaid_lab`, which outlives
their examples, and a `fresh()` platform for each of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest

from wallet.testing.platform import Lab, Platform, chain_in

if TYPE_CHECKING:
    from wallet.chain.base import Chain
    from wallet.signing.signer import KeySigner


@pytest.fixture(scope="session")
def prepaid_chain(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Chain]:
    """The chain of this process: revm, or what `--prepaid-chain` names (eth-tester, anvil)."""
    spec = request.config.getoption("--prepaid-chain", default="revm")
    with chain_in(tmp_path_factory.mktemp("prepaid-chain"), spec) as chain:
        yield chain


@pytest.fixture(scope="session")
def prepaid_lab(prepaid_chain: Chain, tmp_path_factory: pytest.TempPathFactory) -> Lab:
    """The platform as deployed, once a session; `fresh()` gives it to each example of a property test."""
    return Lab(prepaid_chain, tmp_path_factory.mktemp("prepaid-lab"))


@pytest.fixture
def prepaid_platform(prepaid_lab: Lab) -> Iterator[Platform]:
    """The platform for one test, undone after it.

    Take this or `prepaid_lab`, since a fresh platform is fresh for everybody who holds one.
    """
    with prepaid_lab.fresh() as platform:
        yield platform


# ------------------------------------------------------------------------------------------------- people


@pytest.fixture
def operator(prepaid_platform: Platform) -> KeySigner:
    """Runs the platform, issues its money, carries what others sign."""
    return prepaid_platform.operator


@pytest.fixture
def merchant(prepaid_platform: Platform) -> KeySigner:
    """May sell."""
    return prepaid_platform.merchant


@pytest.fixture
def other_merchant(prepaid_platform: Platform) -> KeySigner:
    """May sell too."""
    return prepaid_platform.other_merchant


@pytest.fixture
def consumer(prepaid_platform: Platform) -> KeySigner:
    """Has money and no card yet."""
    return prepaid_platform.consumer


@pytest.fixture
def other_consumer(prepaid_platform: Platform) -> KeySigner:
    """Has money and no card yet either."""
    return prepaid_platform.other_consumer


@pytest.fixture
def certifier(prepaid_platform: Platform) -> KeySigner:
    """Certifies progress where terms name it; neither merchant nor payee."""
    return prepaid_platform.certifier


# -------------------------------------------------------------------------------------------------- cards


@pytest.fixture
def buy_card(prepaid_platform: Platform) -> Callable[..., str]:
    """`buy_card(template="StoredValue", principal=100_000, **fields)`: publish, buy, the card's id."""

    def buy(template: str = "StoredValue", principal: int = 100_000, **fields: Any) -> str:
        return prepaid_platform.buy(prepaid_platform.terms(template, principal, **fields))

    return buy


@pytest.fixture
def card(buy_card: Callable[..., str]) -> str:
    """The id of the consumer's card of 1000.00 with 300.00 given."""
    return buy_card(bonus=30_000)


# ----------------------------------------------------------------------------------------- money and time


@pytest.fixture
def money(prepaid_platform: Platform) -> Callable[[KeySigner | str], int]:
    """`money(who)`: fen on hand of a person or address."""
    return prepaid_platform.money


@pytest.fixture
def assert_conserved(prepaid_platform: Platform) -> Callable[[], None]:
    """`assert_conserved()`: no fen is lost, invented, or gone where it may not go."""
    return prepaid_platform.assert_conserved


@pytest.fixture
def advance(prepaid_platform: Platform) -> Callable[..., None]:
    """`advance(days=20)` or `advance(seconds=90)`: let time pass."""
    return prepaid_platform.advance
