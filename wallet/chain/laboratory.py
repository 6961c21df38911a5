"""What a node of our own machine can do beyond a public one, found out by asking it.

Its name does not count: each laboratory method is called once with a parameter that cannot be right, and
where the node complains in the standard way (JSON-RPC error -32602, invalid parameters) it has the method. A
node so careless as to take the parameter has at worst mined an empty block. Only local chains are asked, so
nobody else's is ever touched.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final

from wallet.chain.base import Capability, ChainError, Unsupported
from wallet.chain.jsonrpc import RpcError
from wallet.chain.local import check_seconds

Ask = Callable[..., Any]
AskMany = Callable[[Sequence[tuple[str, Sequence[Any]]]], list[Any]]

_INVALID_PARAMETERS: Final = -32602
_OUT_OF_ORDER: Final = "HardhatNetwork/"
"""How a node calls itself that answers the questions of a batch side by side."""
_NOT_TRACING: Final = frozenset({-32601, -32602, -32604, -32004})
"""No such method, no such tracer, switched off, not supported."""
_BALANCE: Final = ("hardhat_setBalance", "anvil_setBalance", "tenderly_setBalance", "evm_setAccountBalance")
_MINE: Final = ("hardhat_mine", "anvil_mine")
_METHODS: Final = (
    "evm_snapshot",
    "evm_revert",
    "evm_setNextBlockTimestamp",
    "evm_increaseTime",
    "evm_mine",
    *_BALANCE,
    *_MINE,
)


class Laboratory:
    """The laboratory methods of one node; what `capabilities` lacks is Unsupported."""

    def __init__(
        self,
        chain: str,
        ask: Ask,
        methods: Iterable[str] = (),
        *,
        traces: bool = False,
        keeps_order: bool = True,
    ) -> None:
        """`chain` is the name in errors; `ask` puts one question to the node that answers `methods`."""
        self.keeps_order = keeps_order
        """Whether the questions of a batch are answered one after the other."""
        self._chain = chain
        self._ask = ask
        self._methods = frozenset(methods)
        self._marks: dict[str, str] = {}
        """Our snapshots that still stand, oldest first, with the id that the node has for each by now."""
        self._gone: set[str] = set()
        found: dict[Capability, bool] = {
            Capability.SNAPSHOT: {"evm_snapshot", "evm_revert"} <= self._methods,
            Capability.TIME_TRAVEL: "evm_mine" in self._methods
            and not self._methods.isdisjoint({"evm_setNextBlockTimestamp", "evm_increaseTime"}),
            Capability.MINE: "evm_mine" in self._methods,
            Capability.SET_BALANCE: not self._methods.isdisjoint(_BALANCE),
            Capability.TRACE: traces,
        }
        self.capabilities = frozenset(capability for capability, there in found.items() if there)

    @classmethod
    def find(cls, chain: str, ask: Ask, ask_many: AskMany) -> Laboratory:
        """Ask the node what it can do, in one exchange."""
        nowhere = ["0x" + "00" * 32, {"tracer": "callTracer"}]
        asked = [(method, ["?"]) for method in _METHODS]
        last = [("debug_traceTransaction", nowhere), ("web3_clientVersion", [])]
        *answers, trace, itself = ask_many([*asked, *last])
        known = [
            method
            for method, answer in zip(_METHODS, answers, strict=True)
            if isinstance(answer, RpcError) and answer.number == _INVALID_PARAMETERS
        ]
        traces = not (isinstance(trace, RpcError) and trace.number in _NOT_TRACING)
        return cls(chain, ask, known, traces=traces, keeps_order=not str(itself).startswith(_OUT_OF_ORDER))

    def snapshot(self, now: int) -> str:
        """The node's own id, and how far its clock was ahead of this machine's."""
        self._need(Capability.SNAPSHOT, "take snapshots")
        raw = self._ask("evm_snapshot")
        name = f"{raw}@{now - int(time.time())}"
        self._marks[name] = raw
        self._gone.discard(name)
        return name

    def revert(self, snapshot: str, now: Callable[[], int]) -> None:
        """Any number of times in this process; another one can go back to the same snapshot once."""
        self._need(Capability.SNAPSHOT, "go back to a snapshot")
        # Hardhat, asked for one that is gone, refuses, and drops those taken since.
        if snapshot in self._gone:
            raise self._no_such(snapshot)
        first, _, offset = snapshot.partition("@")
        try:
            ahead = int(offset)
            done = self._ask("evm_revert", self._marks.get(snapshot, first))
        except (ValueError, RpcError) as cause:
            raise self._no_such(snapshot) from cause
        if done is not True:
            raise self._no_such(snapshot)
        # Nodes spend a snapshot when they go back to it, and some forget how far their clock was ahead.
        behind = int(time.time()) + ahead - now()
        if behind > 0 and "evm_increaseTime" in self._methods:
            self._ask("evm_increaseTime", behind)
        names = list(self._marks)
        later = names[names.index(snapshot) + 1 :] if snapshot in names else []
        for name in later:
            del self._marks[name]
        self._gone.update(later)
        self._marks[snapshot] = self._ask("evm_snapshot")

    def _no_such(self, snapshot: str) -> ChainError:
        return ChainError(
            f"the {self._chain} chain has no snapshot {snapshot}",
            hint="a node forgets its snapshots when it ends, and those taken after one reverted to",
            code="no-such-snapshot",
        )

    def advance(self, seconds: int, now: int) -> None:
        self._need(Capability.TIME_TRAVEL, "move its clock")
        check_seconds(seconds)
        if "evm_setNextBlockTimestamp" in self._methods:
            self._ask("evm_setNextBlockTimestamp", now + seconds)
        else:
            self._ask("evm_increaseTime", seconds)
        self._ask("evm_mine")

    def mine(self, blocks: int) -> None:
        self._need(Capability.MINE, "mine on demand")
        at_once = self._one_of(_MINE)
        if at_once is not None:
            self._ask(at_once, hex(blocks))
            return
        for _ in range(blocks):
            self._ask("evm_mine")

    def set_balance(self, address: str, wei: int) -> None:
        self._need(Capability.SET_BALANCE, "set balances")
        self._ask(self._one_of(_BALANCE), address, hex(wei))

    def _one_of(self, names: Iterable[str]) -> str | None:
        return next((name for name in names if name in self._methods), None)

    def _need(self, capability: Capability, what: str) -> None:
        if capability not in self.capabilities:
            hint = "a chain of our own can: --chain anvil or --chain eth-tester"
            raise Unsupported(what, self._chain, hint=hint)
