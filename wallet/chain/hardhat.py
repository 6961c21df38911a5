"""A hardhat node of our own: a chain that nobody here tuned for, gone when it is closed.

Everything but its process is what any node by URL gets; `wallet.chain.laboratory` finds its abilities. Its
blocks take the machine's time plus what was advanced (no clock of steps), and it has no tracer of calls.
"""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Final

from wallet.chain.base import Capability, ChainOptions
from wallet.chain.hardhat_process import HardhatProcess
from wallet.chain.jsonrpc import JsonRpc
from wallet.chain.rpc import RpcChain

_NOT_ITS: Final = frozenset({Capability.PERSISTENT, Capability.SHARED, Capability.MAY_FORGET})

_PATIENCE: Final = 60.0


class HardhatChain(RpcChain):
    """A fresh node that ends with `close`. Raises HardhatMissing, ChainError, ChainChanged."""

    name = "hardhat"
    _instant = True

    def __init__(self, options: ChainOptions | None = None) -> None:
        options = options or ChainOptions()
        # It estimates gas slowly: seconds for a large contract on a busy machine.
        options = replace(options, timeout=max(options.timeout, _PATIENCE))
        self._process = HardhatProcess(options.genesis_time)
        try:
            super().__init__(self._process.url, options)
        except BaseException:
            self._process.stop()
            raise
        self.capabilities = self.capabilities - _NOT_ITS | {Capability.RESET}

    @property
    def pid(self) -> int:
        """The process that serves this chain."""
        return self._process.pid

    def close(self) -> None:
        super().close()
        self._process.stop()

    def reset(self) -> None:
        first, wanted = self.block(0), self._options.genesis_time
        self._node.close()
        self._process.stop()
        # Its first block is told from the old one by nothing but its time.
        later = 0 if first is None else first.timestamp + 1
        self._process = HardhatProcess(max(int(time.time()) if wanted is None else wanted, later))
        self._node = JsonRpc(self._process.url, self._options.timeout)
