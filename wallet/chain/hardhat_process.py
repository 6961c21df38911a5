"""A hardhat node as a child of this process: found, started on a free loopback port, ended with us.

Hardhat comes from npm and is started through node with a configuration of ours, so it compiles nothing, asks
nothing, and writes only into a folder that is removed afterwards.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from wallet.chain.anvil_process import free_port
from wallet.chain.errors import ChainError
from wallet.chain.jsonrpc import JsonRpc
from wallet.errors import EnvironmentFault

_PROGRAM: Final = "node_modules/hardhat/internal/cli/cli.js"
_CONFIG: Final = Path(__file__).with_name("hardhat.config.cjs")
_START_SECONDS: Final = 60.0
_STOP_SECONDS: Final = 5.0


class HardhatMissing(EnvironmentFault):
    """Hardhat 2, or the node to run it, is nowhere to be found."""

    code = "hardhat-missing"


def find_hardhat(start: Path | None = None) -> Path:
    """Hardhat's program in `node_modules` upwards from `start`, the working folder or this file."""
    for begin in (start or Path.cwd(), Path.cwd(), Path(__file__)):
        for folder in (begin.absolute(), *begin.absolute().parents):
            if (folder / _PROGRAM).is_file():
                return folder / _PROGRAM
    raise HardhatMissing("hardhat is not installed", hint="`npm install hardhat@2.29.1` in this folder")


class HardhatProcess:
    """One running node. Raises HardhatMissing, or ChainError `hardhat-start` with its last words."""

    def __init__(self, genesis_time: int | None = None) -> None:
        program, node = find_hardhat(), shutil.which("node")
        if node is None:
            raise HardhatMissing("node is not installed", hint="hardhat needs Node 20 or later on PATH")
        self._process: subprocess.Popen[bytes] | None = None
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        said = ""
        for _ in range(3):  # another process may have been faster to take the free port
            try:
                self._start(node, program, genesis_time)
                if self._came_up():
                    return
                said = self._last_words()
            except OSError as problem:
                said = str(problem)
            except BaseException:
                self.stop()
                raise
            self.stop()
        raise ChainError(
            f"hardhat ({program}) does not start: {said}",
            hint="`npm install` puts it in order again",
            code="hardhat-start",
        )

    @property
    def pid(self) -> int:
        """The node's process; 0 before it runs."""
        return 0 if self._process is None else self._process.pid

    def _start(self, node: str, program: Path, genesis_time: int | None) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="hardhat-", ignore_cleanup_errors=True)
        port, folder = free_port(), Path(self._folder.name)
        self.url = f"http://127.0.0.1:{port}"
        self._log = folder / "hardhat.log"
        # Hardhat keeps its consents and caches where these point.
        homes = dict.fromkeys(("HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME"), str(folder))
        environment = {
            **os.environ,
            **homes,
            "HARDHAT_DISABLE_TELEMETRY_PROMPT": "true",
            "PREPAID_HARDHAT_FOLDER": str(folder),
        }
        if genesis_time is not None:
            environment["PREPAID_HARDHAT_START"] = datetime.fromtimestamp(genesis_time, UTC).isoformat()
        arguments = ["--config", str(_CONFIG), "node", "--hostname", "127.0.0.1", "--port", str(port)]
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                [node, str(program), *arguments],
                cwd=program.parents[4],  # hardhat insists on being installed where it works
                env=environment,
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,  # it lists its accounts and what it is asked
                stderr=log,
                start_new_session=True,
            )

    def _came_up(self) -> bool:
        node = JsonRpc(self.url, 1.0)
        give_up = time.monotonic() + _START_SECONDS
        try:
            while time.monotonic() < give_up and self._runs():
                with suppress(ChainError):
                    return str(node.call("web3_clientVersion")).startswith("HardhatNetwork/")
                time.sleep(0.05)
        finally:
            node.close()
        return False

    def _runs(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def _last_words(self) -> str:
        with suppress(OSError):
            lines = [
                line.strip() for line in self._log.read_text(errors="replace").splitlines() if line.strip()
            ]
            said = [line for line in lines if "Error" in line] or lines
            return said[0][:300] if said else "it says nothing"
        return "it says nothing"

    def stop(self) -> None:
        """End the node and remove its folder. Harmless when it has ended."""
        process = self._process
        if process is not None:
            if process.stdin is not None:
                process.stdin.close()
            process.terminate()
            try:
                process.wait(_STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        if self._folder is not None:
            self._folder.cleanup()
