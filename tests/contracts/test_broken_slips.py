"""Each small slip in the sub-wallet is seen by the directed test that is named for it."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from importlib import import_module
from typing import Any

import pytest

from tests.contracts import harness
from tests.contracts.broken.slips import SLIPS, Slip
from tests.contracts.broken.variants import broken
from tests.contracts.harness import World
from wallet.compiler import Artefact

FIXTURES: dict[str, Callable[[World], Any]] = {
    "world": lambda world: world,
    "guarantor": lambda world: world.deploy("HostileGuarantor"),
    "second": lambda world: _approved(world, "second shop"),
}
"""What the tests named in `slips.py` ask for."""


def _approved(world: World, name: str) -> Any:
    merchant = world.account(name)
    world.approve_merchant(merchant)
    return merchant


def run(slip: Slip, sub_wallet: Artefact, patch: pytest.MonkeyPatch) -> None:
    """The slip's test, in worlds whose sub-wallets are `sub_wallet`; parameters take their first value."""
    real = harness.artefact
    patch.setattr(harness, "artefact", lambda name: sub_wallet if name == "SubWallet" else real(name))
    test = getattr(import_module(f"tests.contracts.test_sub_wallet_{slip.module}"), f"test_{slip.test}")
    given: dict[str, Any] = {}
    for mark in getattr(test, "pytestmark", ()):
        given[mark.args[0]] = mark.args[1][0]
    world = World()
    for name in inspect.signature(test).parameters:
        if name not in given:
            given[name] = FIXTURES[name](world)
    test(**given)


def test_the_shared_contract_without_a_slip_passes_every_test(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that a failure below is the slip's."""
    for slip in {(slip.module, slip.test): slip for slip in SLIPS}.values():
        run(slip, broken()[""], monkeypatch)


@pytest.mark.parametrize("slip", SLIPS, ids=lambda slip: slip.name.replace(" ", "-"))
def test_a_slip_is_seen(slip: Slip, monkeypatch: pytest.MonkeyPatch) -> None:
    """The named test fails, by whatever it sees first."""
    with pytest.raises(BaseException) as seen:
        run(slip, broken()[slip.name], monkeypatch)
    assert isinstance(seen.value, AssertionError | harness.Refused), seen.value
