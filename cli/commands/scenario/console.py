"""A Python console where a scenario failed, with the chain as the failing step left it."""

from __future__ import annotations

import code
import contextlib
import sys
from typing import Any

from cli.session import Session


def open_console(session: Session, world: Any, step: Any) -> None:
    """Returns when the console is left (Ctrl-D, `exit()`); reads from a pipe just as from a terminal."""
    there = {
        "chain": world.chain,
        "world": world,
        "step": step,
        "people": world.people,
        "cards": world.cards,
        "products": world.products,
        "look": world.look,
        "tree": world.tree,
    }
    if sys.stdin.isatty():
        with contextlib.suppress(ImportError):
            import readline  # noqa: F401 — gives the console its line editing
    said = session.t("scenario.console", place=step.place, names=", ".join(there))
    with contextlib.suppress(SystemExit):
        code.interact(banner=said, local=there, exitmsg="")
