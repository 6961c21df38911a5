"""A line on stderr that says what is going on, once something has taken longer than a second.

Only on a terminal; it wipes itself away, so nothing of it remains in what a user copies. Nothing is drawn
between pieces of work, so that it never stands in the way of other output.
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
_TICK = 0.1


class Progress:
    """Context manager over one or several pieces of work.

    With a label, work starts at once; otherwise with the first `step(0, total, label)`. It ends with
    `step(total, total)`, and the next `step` begins another.
    """

    def __init__(self, label: str = "", *, enabled: bool = True, stream: TextIO | None = None) -> None:
        self._stream = sys.stderr if stream is None else stream
        self._enabled = enabled and self._stream.isatty()
        self._label, self._done, self._total = label, 0, 0
        self._since = time.monotonic() if label else None
        self._drawn = self._hushed = False
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def __enter__(self) -> Progress:
        if self._enabled:
            self._thread = threading.Thread(target=self._run, daemon=True)
            self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop.set()
        if self._thread is not None:
            self._thread.join()
        with self._lock:
            self._wipe()

    def step(self, done: int, total: int, label: str) -> None:
        """`done` of `total` are finished."""
        with self._lock:
            if self._since is None or label != self._label:
                self._since = time.monotonic()
            self._label, self._done, self._total = label, done, total
            if done >= total:
                self._since = None
                self._wipe()

    def pause(self) -> None:
        """Draw nothing until `resume`, and wipe what was drawn."""
        with self._lock:
            self._hushed = True
            self._wipe()

    def resume(self) -> None:
        self._hushed = False

    def _run(self) -> None:
        turn = 0
        while not self._stop.wait(_TICK):
            with self._lock:
                self._draw(_FRAMES[turn % len(_FRAMES)])
            turn += 1

    def _draw(self, frame: str) -> None:
        if self._since is None or self._hushed:
            return
        seconds = time.monotonic() - self._since
        if seconds < PATIENCE:
            return
        bar = ""
        if self._total > 1:
            full = _BAR * self._done // self._total
            bar = f" [{'█' * full}{'·' * (_BAR - full)}] {self._done}/{self._total}"
        self._stream.write(f"\r{frame} {self._label}{bar}  {seconds:.0f} s\x1b[K")
        self._stream.flush()
        self._drawn = True

    def _wipe(self) -> None:
        if self._drawn:
            self._stream.write("\r\x1b[K")
            self._stream.flush()
            self._drawn = False
