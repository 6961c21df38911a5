"""What docs/brownie.md says that Brownie cannot do any more. One that passes again may leave the table."""

from __future__ import annotations

from typing import Any

import brownie
import pytest
from brownie import chain
from brownie.exceptions import RPCRequestError
from brownie.test import strategy

from scripts.deploy import Platform
from wallet.eip712.messages import Consume
from wallet.terms import Terms


def test_mining_at_a_time() -> None:
    before = chain[-1].timestamp
    with pytest.raises(RPCRequestError):
        chain.mine(timestamp=before + 1000)
    with pytest.raises(RPCRequestError):
        chain.mine(timedelta=1000)
    chain.sleep(1000)
    chain.mine()
    assert chain[-1].timestamp >= before + 1000


def test_a_returned_tuple_against_plain_numbers(platform: Platform) -> None:
    with pytest.raises(TypeError, match="Wei object expected"):
        assert platform.fund.books() == (0, 0)
    capital, _ = platform.fund.books()
    assert capital == 0


def test_a_call_trace_without_step_tracing(platform: Platform, terms: Terms, charge: Consume) -> None:
    with pytest.raises(IndexError):
        platform.consume(terms, charge).call_trace()


def test_a_custom_error_by_its_bare_name(platform: Platform, terms: Terms, charge: Consume) -> None:
    platform.consume(terms, charge)
    told = pytest.raises(AssertionError, match="Unexpected revert string 'SubWallet_TotalsNotGrowing: 3000")
    with told, brownie.reverts("SubWallet_TotalsNotGrowing"):
        platform.consume(terms, charge)


def test_its_state_machine(platform: Platform, state_machine: Any) -> None:
    class Machine:
        amount = strategy("uint8")

        def rule_nothing(self, amount: int) -> None:
            pass

    with pytest.raises(TypeError, match="_BrownieStateMachine object expected"):
        state_machine(Machine)
