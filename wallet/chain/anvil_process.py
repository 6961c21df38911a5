"""The anvil process of one folder: found, started, joined, watched and stopped.

It outlives the command that started it and listens on loopback only. Its state is dumped every second, not
atomically, so a good copy is kept beside it: what a kill at the wrong moment leaves is at worst a little old.
"""

from __future__ import annotations

import json
import os
import platform
import shutil
import signal
import socket
import sys
import time
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Final

from wallet.chain.base import DEV_ADDRESSES, DEV_BALANCE, ChainOptions
from wallet.chain.errors import ChainError, ChainUnreachable, StateDamaged
from wallet.chain.jsonrpc import JsonRpc
from wallet.chain.store import take
from wallet.errors import EnvironmentFault
from wallet.home import FileLock, write_atomic

CHAIN_ID: Final = 31337
_MNEMONIC: Final = "test test test test test test test test test test test junk"
_START_SECONDS: Final = 20.0
_STOP_SECONDS: Final = 10.0


class AnvilMissing(EnvironmentFault):
    """The anvil binary is nowhere to be found."""

    code = "anvil-missing"


@dataclass(frozen=True, slots=True)
class AnvilRecord:
    """What one start leaves for the next command. `offset` is chain time minus machine time, in seconds."""

    pid: int
    port: int
    run: int
    genesis_time: int
    offset: int
    clock: str

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


def find_anvil(start: Path | None = None) -> Path:
    """PREPAID_ANVIL, else `node_modules` upwards from `start`, the working folder or this file, else PATH."""
    named = os.environ.get("PREPAID_ANVIL")
    if named:
        if not Path(named).is_file():
            raise AnvilMissing(
                f"PREPAID_ANVIL names {named}, which is not a file", hint="correct or unset it"
            )
        return Path(named)
    machine = {"x86_64": "amd64", "AMD64": "amd64", "aarch64": "arm64"}.get(
        platform.machine(), platform.machine()
    )
    # The binary itself where npm put it: its launcher would leave a node process between us and it.
    inside = (f"@foundry-rs/anvil-{sys.platform}-{machine}/bin/anvil", "@foundry-rs/anvil/dist/anvil")
    for begin in (start or Path.cwd(), Path.cwd(), Path(__file__)):
        for folder in (begin.absolute(), *begin.absolute().parents):
            for name in inside:
                if (folder / "node_modules" / name).is_file():
                    return folder / "node_modules" / name
    found = shutil.which("anvil")
    if found is None:
        raise AnvilMissing(
            "anvil is not installed",
            hint="`npm install @foundry-rs/anvil` in this folder, or name the binary in PREPAID_ANVIL",
        )
    return Path(found)


class AnvilProcess:
    """The anvil of `folder`; nothing runs until `ensure`."""

    def __init__(self, folder: Path, options: ChainOptions) -> None:
        self.folder = folder
        self._options = options
        self._state = folder / "state.json"
        self._good = folder / "state.good.json"
        self._record = folder / "process.json"
        self._log = folder / "anvil.log"
        self._past = folder / "past"
        """Earlier states that anvil takes out of memory; one that is killed leaves gigabytes of them."""
        self.notice = ""
        """What `ensure` had to do to get a chain going again; empty if nothing."""

    # --------------------------------------------------------------------- records

    def record(self) -> AnvilRecord | None:
        """What the newest start left; None if there is none or it cannot be read."""
        try:
            return AnvilRecord(**json.loads(self._record.read_text()))
        except (OSError, ValueError, TypeError):
            return None

    def remember(self, record: AnvilRecord) -> None:
        write_atomic(self._record, json.dumps(asdict(record)))

    def running(self) -> AnvilRecord | None:
        """The record of the process if it is alive and ours."""
        record = self.record()
        return record if record is not None and self._is_ours(record.pid) else None

    def _is_ours(self, pid: int) -> bool:
        """Alive, and started for this folder: process numbers are used again by others."""
        with suppress(ChildProcessError):
            os.waitpid(pid, os.WNOHANG)  # a dead child of ours would look alive
        try:
            os.kill(pid, 0)
            command = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
        except FileNotFoundError:
            return not Path("/proc/self").exists()  # no /proc on this system: trust the number
        except OSError:
            return False
        return os.fsencode(self._state) in command

    # --------------------------------------------------------------------- starting

    def lock(self) -> FileLock:
        return FileLock(self.folder / "lock", self._options.lock_wait)

    def ensure(self) -> AnvilRecord:
        """Join the running process or start one. Raises ChainBusy, AnvilMissing, StateDamaged, ChainError."""
        record = self.running()
        if record is not None and _answers(record, 1.0):
            self.keep_good_copy()
            return record
        lock = self.lock()
        take(lock, self.folder)
        try:
            record = self.running()
            if record is not None:
                if _answers(record, self._options.timeout):
                    return record
                raise ChainUnreachable(
                    f"anvil (process {record.pid}) runs but does not answer at {record.url}",
                    hint="`prepaid chain stop` ends it; the next command starts it again",
                    pid=record.pid,
                )
            return self._start()
        finally:
            lock.release()

    def _start(self) -> AnvilRecord:
        binary = find_anvil(self.folder)
        old = self.record()
        if old is None:
            self._end_strays()
        self._mend_state(old)
        old = old or self._new_record()
        for _ in range(3):
            port = free_port()
            pid = self._spawn(binary, port, old.genesis_time)
            record = replace(old, pid=pid, port=port, run=old.run + 1)
            self.remember(record)
            if self._came_up(record):
                self._set_clock(record)
                return record
            with suppress(OSError):
                os.kill(pid, signal.SIGKILL)
        raise ChainError(
            f"anvil ({binary}) does not start: {self._last_words()}",
            hint=f"its output is in {self._log}; `prepaid chain reset` starts a new chain",
            code="anvil-start",
        )

    def _new_record(self) -> AnvilRecord:
        now = int(time.time())
        moment = now if self._options.genesis_time is None else self._options.genesis_time
        return AnvilRecord(0, 0, 0, moment, moment - now, self._options.clock)

    def _mend_state(self, old: AnvilRecord | None) -> None:
        """See to it that the state to start from is whole, or raise StateDamaged."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        nothing = not self._state.exists() and not self._good.exists()
        if old is None:
            if nothing:
                return
            raise StateDamaged(self.folder, "process.json is missing or unreadable beside its state")
        ended = f"anvil (process {old.pid}) had ended without being asked to" if old.pid else ""
        if nothing:
            self.notice = f"{ended} before it saved anything; its chain starts again" if ended else ""
        elif _is_whole(self._state):
            self.notice = f"{ended}; its chain goes on from what it saved last" if ended else ""
        elif _is_whole(self._good):
            shutil.copyfile(self._good, self._state)
            self.notice = "anvil's saved state was cut off; its chain goes on from an earlier copy of it"
        else:
            raise StateDamaged(self._state, "it is cut off, and there is no whole copy of it")

    def _spawn(self, binary: Path, port: int, genesis_time: int) -> int:
        shutil.rmtree(self._past, ignore_errors=True)
        arguments = {
            "--host": "127.0.0.1",
            "--port": port,
            "--chain-id": CHAIN_ID,
            "--hardfork": "prague",
            "--accounts": len(DEV_ADDRESSES),
            "--balance": DEV_BALANCE // 10**18,
            "--mnemonic": _MNEMONIC,
            "--timestamp": genesis_time,
            "--order": "fifo",
            "--state": self._state,
            "--state-interval": 1,
            "--cache-path": self._past,
        }
        flat = [str(part) for pair in arguments.items() for part in pair]
        out = os.open(self._log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
        nothing = os.open(os.devnull, os.O_RDONLY | os.O_CLOEXEC)
        try:
            # A session of its own, so that Ctrl-C in the terminal ends our command and not the chain.
            return os.posix_spawn(
                binary,
                [str(binary), *flat, "--no-cors", "--no-request-size-limit", "--quiet"],
                os.environ,
                file_actions=[
                    (os.POSIX_SPAWN_DUP2, nothing, 0),
                    (os.POSIX_SPAWN_DUP2, out, 1),
                    (os.POSIX_SPAWN_DUP2, out, 2),
                ],
                setsid=True,
            )
        except OSError as cause:
            raise AnvilMissing(
                f"cannot run {binary}: {cause.strerror}", hint="reinstall it with npm, or set PREPAID_ANVIL"
            ) from cause
        finally:
            os.close(out)
            os.close(nothing)

    def _came_up(self, record: AnvilRecord) -> bool:
        give_up = time.monotonic() + _START_SECONDS
        while time.monotonic() < give_up:
            if _answers(record, 1.0):
                return True
            if not self._is_ours(record.pid):
                return False
            time.sleep(0.01)
        return False

    def _set_clock(self, record: AnvilRecord) -> None:
        """Anvil starts its clock from the first block's time again; put it where it was."""
        node = JsonRpc(record.url, self._options.timeout)
        try:
            newest = int(node.call("eth_getBlockByNumber", "latest", False)["timestamp"], 16)
            if record.clock == "steps":  # not a second of the machine's own clock may slip in
                node.call("anvil_setTime", newest)
                node.call("anvil_setBlockTimestampInterval", 1)
            else:
                node.call("anvil_setTime", max(newest, int(time.time()) + record.offset))
        finally:
            node.close()

    def _last_words(self) -> str:
        with suppress(OSError):
            lines = [line.strip() for line in self._log.read_text(errors="replace").splitlines()]
            return next((line for line in reversed(lines) if line), "it says nothing")[:300]
        return "it says nothing"

    # --------------------------------------------------------------------- stopping

    def stop(self) -> bool:
        """End the process and let it save its state. False if none was running."""
        record = self.running()
        if record is None:
            return self._end_strays()
        self._end(record.pid)
        self.remember(replace(record, pid=0, port=0))
        self.keep_good_copy()
        return True

    def _end(self, pid: int) -> None:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGTERM)
        give_up = time.monotonic() + _STOP_SECONDS
        while self._is_ours(pid):
            if time.monotonic() > give_up:
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
                give_up = time.monotonic() + _STOP_SECONDS
            time.sleep(0.005)

    def _end_strays(self) -> bool:
        """End what was started for this folder but whose record is lost: it would write over the state."""
        strays = [int(each.name) for each in Path("/proc").glob("[0-9]*") if self._is_ours(int(each.name))]
        for pid in strays:
            self._end(pid)
        return bool(strays)

    def discard(self) -> None:
        """Stop, and forget the chain; the next start makes a new one with another first block."""
        lock = self.lock()
        take(lock, self.folder)
        try:
            old = self.record()
            self.stop()
            for path in (self._state, self._good, self._record, self.folder / "snapshots.json"):
                path.unlink(missing_ok=True)
            shutil.rmtree(self._past, ignore_errors=True)
            if old is not None:
                # Its first block is told from the old one by nothing but its time.
                new = self._new_record()
                later = max(new.genesis_time, old.genesis_time + 1)
                self.remember(replace(new, run=old.run, genesis_time=later))
        finally:
            lock.release()

    # --------------------------------------------------------------------- the state file

    def keep_good_copy(self) -> None:
        """Copy the state aside if it is whole just now."""
        beside = self._good.with_suffix(".tmp")
        with suppress(OSError):
            if not self._good.exists() or self._good.stat().st_mtime < self._state.stat().st_mtime:
                shutil.copyfile(self._state, beside)
                if _is_whole(beside):
                    beside.replace(self._good)
        with suppress(OSError):
            beside.unlink(missing_ok=True)

    def put_state(self, state: str, genesis_time: int, offset: int, clock: str) -> None:
        """Replace the stopped chain's state."""
        run = (self.record() or AnvilRecord(0, 0, 0, 0, 0, clock)).run
        for path in (self._good, self.folder / "snapshots.json"):
            path.unlink(missing_ok=True)
        write_atomic(self._state, state)
        self.remember(AnvilRecord(0, 0, run, genesis_time, offset, clock))


def _answers(record: AnvilRecord, seconds: float) -> bool:
    node = JsonRpc(record.url, seconds)
    try:
        return str(node.call("web3_clientVersion")).startswith("anvil")
    except ChainError:
        return False
    finally:
        node.close()


def free_port() -> int:
    """A port of this machine that nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _is_whole(path: Path) -> bool:
    """Whether the JSON in a file reaches its end. Its size makes reading all of it slow."""
    try:
        with path.open("rb") as file:
            head = file.read(1)
            file.seek(-min(64, path.stat().st_size), os.SEEK_END)
            tail = file.read().rstrip()
    except OSError:
        return False
    return head == b"{" and tail.endswith(b"}") and b'"historical_states"' in tail
