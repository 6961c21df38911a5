"""pyrevm 0.3.7 with its corners rounded off: nested checkpoints, nonces, revert data, exact code.

Only executes. Blocks, signatures and receipts are its user's business.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Final

from wallet.address import to_checksum
from wallet.chain.base import CallRequest
from wallet.chain.errors import Refused
from wallet.chain.primitives import address_bytes
from wallet.keccak import keccak256

GAS_LIMIT: Final = 30_000_000
_ZERO: Final = "0x" + "0" * 40
_REVERT: Final = re.compile(r"Revert \{ gas_used: (\d+), output: (0x[0-9a-f]*)")
_HALT: Final = re.compile(r"Halt \{ reason: .*gas_used: (\d+)")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of running one message. A log is (address, topics, data)."""

    ok: bool
    output: bytes
    gas: int
    logs: tuple[tuple[str, tuple[bytes, ...], bytes], ...] = ()
    contract: str | None = None


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A moment of the EVM's state, and how deep pyrevm's journal was nested before it was taken."""

    inner: Any
    depth: int


class Engine:
    """One EVM state. Every checkpoint must end in `keep` or `undo`."""

    def __init__(self, chain_id: int, balances: dict[str, int]) -> None:
        from pyrevm import EVM, BlockEnv, CfgEnv, Env

        self._block_env = BlockEnv
        self._evm = EVM(env=Env(cfg=CfgEnv(chain_id=chain_id)), spec_id="PRAGUE", gas_limit=GAS_LIMIT)
        for address, wei in balances.items():
            self._evm.set_balance(address, wei)

    def balance(self, address: str) -> int:
        return int(self._evm.get_balance(text(address)))

    def set_balance(self, address: str, wei: int) -> None:
        self._evm.set_balance(text(address), wei)

    def code(self, address: str) -> bytes:
        """The deployed bytes; pyrevm shows them with the padding that it runs them with."""
        padded = self._evm.get_code(text(address))
        if not padded:
            return b""
        code, wanted = bytes(padded), bytes(self._evm.basic(text(address)).code_hash or b"")
        for length in (len(code) - 33, len(code) - 32, len(code), 0):
            if length >= 0 and keccak256(code[:length]) == wanted:
                return code[:length]
        return code

    # --------------------------------------------------------------------- going back

    def checkpoint(self) -> Checkpoint:
        depth = int(self._evm.journal_depth)
        return Checkpoint(self._evm.snapshot(), depth)

    def keep(self) -> None:
        """End the innermost checkpoint, keeping what happened since."""
        self._evm.commit()

    def undo(self, checkpoint: Checkpoint) -> None:
        """Take back all since `checkpoint`, those nested in it included, which pyrevm forgets to count."""
        self._evm.revert(checkpoint.inner)
        while int(self._evm.journal_depth) > checkpoint.depth:
            self._evm.commit()

    # --------------------------------------------------------------------- running

    def run(self, request: CallRequest, number: int, moment: int) -> Outcome:
        """Execute in block `number` at time `moment`. Raises Refused if it cannot even begin."""
        evm, to = self._evm, request.to
        evm.set_block_env(self._block_env(number=number, timestamp=moment, basefee=0, gas_limit=GAS_LIMIT))
        sender = text(request.sender or _ZERO)
        gas, value, data = request.gas or GAS_LIMIT, request.value, request.data
        output, contract = b"", None
        try:
            if to is None:
                contract = text(evm.deploy(sender, data, value=value, gas=gas))
            else:
                output = bytes(evm.message_call(sender, text(to), data, value=value, gas=gas))
        except (RuntimeError, OverflowError) as failure:
            return _failed(str(failure))
        result: Any = evm.result
        logs = tuple(
            (text(log.address), tuple(bytes(t) for t in log.data[0]), bytes(log.data[1]))
            for log in result.logs
        )
        return Outcome(True, output, int(result.gas_used), logs, contract)

    def prepare_creation(self, sender: str, nonce: int) -> None:
        """Bring pyrevm's nonce of `sender` up to `nonce`, since a new contract's address depends on it.

        Calls do not count there, creations do, and setting it directly would not be undone by going back:
        so empty contracts are created at addresses that belong to spent nonces.
        """
        for _ in range(nonce - int(self._evm.basic(sender).nonce)):
            self._evm.deploy(sender, b"")


def _failed(told: str) -> Outcome:
    """Pyrevm tells a failure's data and gas only in the text of its exception."""
    reverted = _REVERT.search(told)
    if reverted:
        return Outcome(False, bytes.fromhex(reverted[2][2:]), int(reverted[1]))
    halted = _HALT.search(told)
    if halted:
        return Outcome(False, b"", int(halted[1]))
    raise Refused(told)


def text(address: str) -> str:
    """An address in the spelling used everywhere here."""
    return to_checksum(address_bytes(address))
