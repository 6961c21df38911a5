"""Types into `brownie console` on a pseudo-terminal, as a person would, and reads what it answers."""

from __future__ import annotations

import os
import pty
import re
import select
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import Self

ROOT = Path(__file__).resolve().parents[2]
PROMPT = ">>>"
_ESCAPES = re.compile(r"\x1b\[[0-9;?]*[a-zA-Z]|\x1b[=>]|[\r\x08]")


class Console:
    """One session. `ask` types a line and returns what was printed before the next prompt."""

    def __enter__(self) -> Self:
        self._ours, theirs = pty.openpty()
        command = [sys.executable, str(ROOT / "scripts" / "brownie_run.py"), "console"]
        # Without a terminal to ask, the prompt would wait two seconds for the cursor's place.
        environment = {**os.environ, "PROMPT_TOOLKIT_NO_CPR": "1", "TERM": "xterm", "COLUMNS": "200"}
        self._process = subprocess.Popen(
            command, stdin=theirs, stdout=theirs, stderr=theirs, cwd=ROOT, env=environment,
            start_new_session=True,
        )  # fmt: skip
        os.close(theirs)
        try:
            self.greeting = self._read()
        except AssertionError:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        try:
            os.write(self._ours, b"quit()\r")
            self._process.wait(20)
        finally:
            with suppress(ProcessLookupError):  # brownie and its anvil, if they are still there
                os.killpg(self._process.pid, signal.SIGKILL)
            os.close(self._ours)

    def ask(self, line: str) -> str:
        """Type one line."""
        os.write(self._ours, line.encode() + b"\r")
        return self._read()

    def _read(self, seconds: float = 25) -> str:
        """Everything up to a prompt that nothing follows."""
        seen, until = b"", time.monotonic() + seconds
        while time.monotonic() < until:
            if select.select([self._ours], [], [], 0.4)[0]:
                try:
                    seen += os.read(self._ours, 65_536)
                except OSError:  # the session is over
                    break
            elif _plain(seen).rstrip().endswith(PROMPT):
                return _plain(seen)
        raise AssertionError(f"the console does not answer:\n{_plain(seen)}")


def _plain(seen: bytes) -> str:
    return _ESCAPES.sub("", seen.decode(errors="replace"))
