"""Foundry's anvil, run by us: started or joined on opening, left running on closing, its state kept on disk.

Several processes may use it at once. If it is found dead, also in the middle of a question, it is started
again from the state it saved last; blocks since then are lost, which `notices`, `knows` and `wait` tell.
"""

from __future__ import annotations

import gzip
import json
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any, Final, TypeVar

from wallet.chain.anvil_process import AnvilProcess, AnvilRecord
from wallet.chain.base import Capability, ChainError, ChainOptions, ChainUnreachable, Head, StateDamaged
from wallet.chain.jsonrpc import JsonRpc
from wallet.chain.local import check_seconds
from wallet.chain.rpc import RpcChain
from wallet.home import write_atomic

T = TypeVar("T")

_SAVED: Final = "prepaid.anvil/1"


class AnvilChain(RpcChain):
    """The anvil of `folder`. Raises ChainBusy, AnvilMissing, StateDamaged, ChainUnreachable, ChainChanged."""

    name = "anvil"
    capabilities = frozenset(
        {
            Capability.SNAPSHOT,
            Capability.TIME_TRAVEL,
            Capability.MINE,
            Capability.SET_BALANCE,
            Capability.RESET,
            Capability.RESTART,
            Capability.SAVE,
            Capability.TRACE,
            Capability.PERSISTENT,
            Capability.SHARED,
            Capability.REAL_GAS,
            Capability.PAST_STATE,
            Capability.MAY_FORGET,
            Capability.RECEIPTS,
        }
    )
    _tag = "pending"
    _instant = True
    _asks_abilities = False

    def __init__(self, folder: Path, options: ChainOptions | None = None) -> None:
        options = options or ChainOptions()
        self._process = AnvilProcess(folder.absolute(), options)
        self._snapshots = folder / "snapshots.json"
        self._record = self._process.ensure()
        super().__init__(self._record.url, options)
        self._tell()

    @property
    def pid(self) -> int:
        """The process that serves this chain."""
        return self._record.pid

    def close(self) -> None:
        """Leave anvil running, and keep a copy of what it has saved."""
        super().close()
        self._process.keep_good_copy()

    def stop(self) -> None:
        """End anvil; the next opening starts it again where it was."""
        super().close()
        self._process.stop()

    # --------------------------------------------------------------------- a dead anvil

    def _ask(self, method: str, *params: Any) -> Any:
        return self._revived(lambda: self._node.call(method, *params))

    def _ask_many(self, calls: Sequence[tuple[str, Sequence[Any]]]) -> list[Any]:
        # A batch is retried as one: what arrived of it before is known by its hash and taken as sent.
        return self._revived(lambda: super(AnvilChain, self)._ask_many(calls))

    def _revived(self, question: Callable[[], T]) -> T:
        try:
            return question()
        except ChainError as failure:
            if self._process.running() is not None or not isinstance(failure, ChainUnreachable):
                raise
        self._restart()
        return question()

    def _restart(self) -> None:
        self._node.close()
        self._record = self._process.ensure()
        self._node = JsonRpc(self._record.url, self._options.timeout)
        self._tell()

    def _tell(self) -> None:
        if self._process.notice:
            self.notices.append(f"{self._process.notice} (block {self.head().number})")
            self._process.notice = ""

    # --------------------------------------------------------------------- laboratory

    def snapshot(self) -> str:
        """Lasts until anvil is stopped; other processes may revert to it."""
        kept = self._kept()
        number = 1 + max((int(k) for k in kept), default=0)
        kept[str(number)] = {"id": self._ask("evm_snapshot"), "offset": self._offset(self.now())}
        self._keep(kept)
        return f"{self._record.run}-{number}"

    def revert(self, snapshot: str) -> None:
        run, _, number = snapshot.partition("-")
        kept = self._kept()
        if run != str(self._record.run) or number not in kept:
            raise ChainError(
                f"the anvil chain has no snapshot {snapshot}",
                hint="anvil forgets its snapshots when it is stopped, and those taken after one reverted to",
                code="no-such-snapshot",
            )
        entry = kept[number]
        if not self._ask("evm_revert", entry["id"]):
            raise ChainError(f"anvil refused to go back to snapshot {snapshot}", code="no-such-snapshot")
        # Anvil spends the snapshot and forgets how far its clock was ahead.
        self._set_clock(int(time.time()) + entry["offset"])
        kept = {k: v for k, v in kept.items() if int(k) < int(number)}
        kept[number] = {"id": self._ask("evm_snapshot"), "offset": entry["offset"]}
        self._keep(kept)

    def _kept(self) -> dict[str, dict[str, Any]]:
        with suppress(OSError, ValueError, TypeError, KeyError):
            found = json.loads(self._snapshots.read_text())
            if found["run"] == self._record.run:
                return dict(found["snapshots"])
        return {}

    def _keep(self, kept: dict[str, dict[str, Any]]) -> None:
        write_atomic(self._snapshots, json.dumps({"run": self._record.run, "snapshots": kept}))

    def advance(self, seconds: int) -> Head:
        check_seconds(seconds)
        moment = self.now() + seconds
        self._ask("evm_setNextBlockTimestamp", moment)
        self._ask("evm_mine")
        self._remember_clock(moment)
        return self.head()

    def _set_clock(self, moment: int) -> None:
        self._ask("anvil_setTime", max(moment, self.head().timestamp))
        self._remember_clock(moment)

    def _remember_clock(self, moment: int) -> None:
        self._record = replace(self._record, offset=self._offset(moment))
        self._process.remember(self._record)

    @staticmethod
    def _offset(moment: int) -> int:
        return moment - int(time.time())

    def mine(self, blocks: int = 1) -> Head:
        self._ask("anvil_mine", hex(blocks))
        return self.head()

    def set_balance(self, address: str, wei: int) -> None:
        self._ask("anvil_setBalance", address, hex(wei))

    def reset(self) -> None:
        self._node.close()
        self._process.discard()
        self._start_again()

    def restart(self) -> None:
        """Ends in good order, so that nothing mined is lost; its snapshots are."""
        self._node.close()
        self._process.stop()
        self._start_again()

    def _start_again(self) -> None:
        self._record = self._process.ensure()
        self._node = JsonRpc(self._record.url, self._options.timeout)
        self._process.notice = ""

    def save(self, path: Path) -> None:
        packed = self._ask("anvil_dumpState")
        state = json.loads(gzip.decompress(bytes.fromhex(packed[2:])))
        record = self._record
        saved = {
            "schema": _SAVED,
            "genesis_time": record.genesis_time,
            "offset": record.offset,
            "clock": record.clock,
            "state": state,
        }
        write_atomic(path, json.dumps(saved, separators=(",", ":")))

    def load(self, path: Path) -> None:
        """Take the chain of a saved file in this one's place. Calls at its past blocks have no state."""
        record = read_saved(path)
        self._node.close()
        self._process.stop()
        self._process.put_state(
            json.dumps(record["state"], separators=(",", ":")),
            record["genesis_time"],
            record["offset"],
            record["clock"],
        )
        self._start_again()


def read_saved(path: Path) -> dict[str, Any]:
    """The contents of a file that `save` wrote. Raises StateDamaged."""
    hint = "name a file of `chain save --chain anvil`"
    try:
        found = json.loads(path.read_text())
    except OSError as cause:
        raise StateDamaged(path, cause.strerror or str(cause), hint=hint) from cause
    except ValueError as cause:
        raise StateDamaged(path, f"it is not JSON to its end ({cause})", hint=hint) from cause
    if (
        not isinstance(found, dict)
        or found.get("schema") != _SAVED
        or not isinstance(found.get("state"), dict)
    ):
        raise StateDamaged(path, "it is not a saved anvil chain", hint=hint)
    return found


def status(folder: Path) -> AnvilRecord | None:
    """The running process of a folder, without starting one."""
    return AnvilProcess(folder.absolute(), ChainOptions()).running()


def stop(folder: Path) -> bool:
    """End the folder's anvil, if one runs."""
    return AnvilProcess(folder.absolute(), ChainOptions()).stop()


def discard(folder: Path, wait: float) -> None:
    """Stop the folder's anvil and delete its chain, also a damaged one."""
    AnvilProcess(folder.absolute(), ChainOptions(lock_wait=wait)).discard()
