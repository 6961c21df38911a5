"""One run of the command line: the options that hold for every command, and what they lead to.

Opens nothing until a command asks for it, and closes what it opened.
"""

from __future__ import annotations

import os
import sys
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import typer

from cli.messages import Messages, pick_language
from cli.progress import Progress
from cli.text import Style
from wallet.errors import InvalidInput


@dataclass(frozen=True, slots=True)
class Settings:
    """The global options, which may stand before or after a command."""

    json: bool = False
    home: Path | None = None
    chain: str | None = None
    rpc: str | None = None
    quiet: bool = False


@dataclass(slots=True)
class Session:
    """What a command receives: settings, words, style, and a stack that closes what was opened."""

    t: Messages
    settings: Settings = field(default_factory=Settings)
    command: str = ""
    exits: ExitStack = field(default_factory=ExitStack)

    @classmethod
    def start(cls, args: list[str]) -> Session:
        """Read from `args` what must be known before they are parsed: language and form of errors."""
        before = args[: args.index("--")] if "--" in args else args
        settings = Settings(json="--json" in before, quiet="--quiet" in before or "-q" in before)
        return cls(t=Messages(_language(before)), settings=settings)

    def choose(self, name: str, value: Any) -> None:
        """Take one global option as parsed; the last one given wins. (The language was read at the start.)"""
        if name != "lang":
            self.settings = replace(self.settings, **{name: value})

    @property
    def style(self) -> Style:
        return Style(sys.stdout.isatty() and _colour_wanted())

    @property
    def error_style(self) -> Style:
        return Style(sys.stderr.isatty() and _colour_wanted())

    def note(self, text: str) -> None:
        """A remark beside the result, on stderr."""
        if not self.settings.quiet:
            print(text, file=sys.stderr)

    def progress(self, label: str) -> Progress:
        return Progress(label, enabled=not self.settings.quiet and not self.settings.json)

    def chain_spec(self) -> str | None:
        """What --chain and --rpc ask for: a backend's name, `rpc:URL`, or None for the default."""
        settings = self.settings
        if settings.rpc and settings.chain not in (None, "rpc"):
            raise InvalidInput(
                f"--chain {settings.chain} and --rpc {settings.rpc} name two different chains",
                hint="give only one of them",
                code="two-chains",
            )
        if settings.rpc:
            return f"rpc:{settings.rpc}"
        return settings.chain


def _colour_wanted() -> bool:
    return not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def _language(args: list[str]) -> str:
    wanted = os.environ.get("PREPAID_LANG")
    for position, arg in enumerate(args):
        if arg == "--lang" and position + 1 < len(args):
            wanted = args[position + 1]
        elif arg.startswith("--lang="):
            wanted = arg.partition("=")[2]
    return pick_language(wanted)


def session_of(ctx: typer.Context) -> Session:
    """The session that `main` put into the parser's context."""
    session = ctx.obj
    assert isinstance(session, Session)
    return session
