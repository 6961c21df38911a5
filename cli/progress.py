"""A line on stderr that says what is going on, once something has taken longer than a second.

Only on a terminal; it wipes itself away, so nothing of it remains in what a user copies.
"""

from __future__ import annotations

import sys
import threading
import time
from types import TracebackType
from typing import TextIO

PATIENCE = 1.0
"""Seconds of silence before anything is shown."""

_FRAMES = "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏"
_BAR = 24


class Progress:
    """Context manager; call `step(done, total, label)` from inside as often as wanted."""

    def __init__(self, label: str, *, enabled: bool = True, stream: TextIO | None = None) -> None:
        self._stream = sys.stderr if stream is None else stream
        self._enabled = enabled and self._stream.isatty()
        self._state: tuple[str, int, int] = (label, 0, 0)
        self._stop = threading.Event()
        self._paused = threading.Event()
        self._thread: threading.Thread | None = None

    def __enter__(self) -> Progress:
        if self._enabled:
            self._thread = threading.Thread(target=self._draw, daemon=True)
            self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop.set()
        if self._thread is not None:
            self._thread.join()

    def step(self, done: int, total: int, label: str | None = None) -> None:
        self._state = (label or self._state[0], done, total)

    def pause(self) -> None:
        """Draw nothing until `resume`, and wipe what was drawn."""
        self._paused.set()
        if self._thread is not None:
            time.sleep(0.15)

    def resume(self) -> None:
        self._paused.clear()

    def _draw(self) -> None:
        started = time.monotonic()
        if self._stop.wait(PATIENCE):
            return
        turn = 0
        while not self._stop.wait(0.1):
            if self._paused.is_set():
                self._wipe()
                continue
            label, done, total = self._state
            bar = ""
            if total:
                full = _BAR * done // total
                bar = f" [{'█' * full}{'·' * (_BAR - full)}] {done}/{total}"
            line = f"{_FRAMES[turn % len(_FRAMES)]} {label}{bar}  {time.monotonic() - started:.0f} s"
            self._stream.write(f"\r{line}\x1b[K")
            self._stream.flush()
            turn += 1
        if turn:
            self._wipe()

    def _wipe(self) -> None:
        self._stream.write("\r\x1b[K")
        self._stream.flush()
