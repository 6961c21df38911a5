"""Laboratory methods as different nodes have them: found by asking, used as they are there."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

import pytest

from wallet.chain.base import Capability, ChainError, Unsupported
from wallet.chain.jsonrpc import RpcError
from wallet.chain.laboratory import Laboratory


class Node:
    """Answers the methods in `has` and complains of a wrong parameter; its clock is forgetful."""

    def __init__(self, *has: str, unknown: int = -32601, traces: bool = False) -> None:
        self.has, self.unknown, self.traces = has, unknown, traces
        self.asked: list[tuple[Any, ...]] = []
        self.ahead = 0
        self.taken = 0

    def now(self) -> int:
        return int(time.time()) + self.ahead

    def ask(self, method: str, *params: Any) -> Any:
        if method == "debug_traceTransaction" and self.traces:
            return None
        if method not in self.has:
            raise RpcError(method, {"code": self.unknown, "message": "what?"}, "node")
        if params == ("?",):
            raise RpcError(method, {"code": -32602, "message": "not a number"}, "node")
        self.asked.append((method, *params))
        if method == "evm_snapshot":
            self.taken += 1
            return hex(self.taken)
        if method == "evm_increaseTime":
            self.ahead += params[0]
        if method == "evm_revert":
            self.ahead = 0
            return int(params[0], 16) <= self.taken
        return None

    def ask_many(self, calls: Sequence[tuple[str, Sequence[Any]]]) -> list[Any]:
        found: list[Any] = []
        for method, params in calls:
            try:
                found.append(self.ask(method, *params))
            except RpcError as error:
                found.append(error)
        return found

    def look(self) -> Laboratory:
        return Laboratory.find("rpc", self.ask, self.ask_many)


@pytest.mark.parametrize("unknown", [-32601, -32004, -32000])
def test_a_public_node_is_no_laboratory(unknown: int) -> None:
    """Whatever words and numbers it has for a method that is not there."""
    node = Node("eth_call", unknown=unknown)
    laboratory = node.look()
    assert laboratory.capabilities <= {Capability.TRACE}
    for use in (
        lambda: laboratory.snapshot(0),
        lambda: laboratory.revert("0x1@0", node.now),
        lambda: laboratory.advance(5, 0),
        lambda: laboratory.mine(1),
        lambda: laboratory.set_balance("0x" + "11" * 20, 1),
    ):
        with pytest.raises(Unsupported, match="the rpc chain cannot") as caught:
            use()
        assert caught.value.hint
    assert node.asked == []


def test_each_ability_stands_alone() -> None:
    assert Node("evm_snapshot", "evm_revert").look().capabilities == {Capability.SNAPSHOT}
    assert Node("evm_snapshot").look().capabilities == set()
    assert Node("evm_mine").look().capabilities == {Capability.MINE}
    assert Node("evm_increaseTime").look().capabilities == set()
    assert Node("tenderly_setBalance").look().capabilities == {Capability.SET_BALANCE}
    assert Node(traces=True).look().capabilities == {Capability.TRACE}
    both = {Capability.MINE, Capability.TIME_TRAVEL}
    assert Node("evm_increaseTime", "evm_mine").look().capabilities == both
    assert Node("evm_setNextBlockTimestamp", "evm_mine").look().capabilities == both


def test_the_clock_is_moved_in_the_nodes_own_way() -> None:
    exact = Node("evm_setNextBlockTimestamp", "evm_increaseTime", "evm_mine")
    exact.look().advance(100, 5_000)
    assert exact.asked == [("evm_setNextBlockTimestamp", 5_100), ("evm_mine",)]
    relative = Node("evm_increaseTime", "evm_mine")
    relative.look().advance(100, 5_000)
    assert relative.asked == [("evm_increaseTime", 100), ("evm_mine",)]
    with pytest.raises(ChainError):
        relative.look().advance(0, 5_000)
    assert len(relative.asked) == 2


def test_blocks_and_balances_in_the_nodes_own_way() -> None:
    slow = Node("evm_mine")
    slow.look().mine(3)
    assert slow.asked == [("evm_mine",)] * 3
    quick = Node("evm_mine", "anvil_mine", "evm_setAccountBalance")
    quick.look().mine(3)
    quick.look().set_balance("0xab", 255)
    assert quick.asked == [("anvil_mine", "0x3"), ("evm_setAccountBalance", "0xab", "0xff")]


def test_a_clock_that_falls_back_is_put_on_again() -> None:
    node = Node("evm_snapshot", "evm_revert", "evm_increaseTime", "evm_mine")
    laboratory = node.look()
    node.ahead = 5_000
    mark = laboratory.snapshot(node.now())
    node.ahead = 900_000
    for _ in range(2):
        laboratory.revert(mark, node.now)
        assert 4_999 <= node.ahead <= 5_001


def test_a_snapshot_that_is_gone_is_not_asked_for() -> None:
    """Hardhat, asked for one, would drop those taken since."""
    node = Node("evm_snapshot", "evm_revert")
    laboratory = node.look()
    first, second = laboratory.snapshot(node.now()), laboratory.snapshot(node.now())
    laboratory.revert(first, node.now)
    asked = len(node.asked)
    for gone in (second, "0x1", "nonsense@soon"):
        with pytest.raises(ChainError, match="no snapshot") as caught:
            laboratory.revert(gone, node.now)
        assert caught.value.error_code == "no-such-snapshot"
    assert len(node.asked) == asked
    with pytest.raises(ChainError, match="no snapshot"):
        laboratory.revert("0xff@0", node.now)
    laboratory.revert(first, node.now)
