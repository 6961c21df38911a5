"""One run of the command line: the options that hold for every command, and what they lead to.

Opens nothing until a command asks for it, and closes what it opened.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from cli.messages import Messages, pick_language
from cli.progress import Progress
from cli.text import Style, harmless
from wallet.errors import InvalidInput

if TYPE_CHECKING:
    from wallet.chain.base import Chain, ChainOptions
    from wallet.home import Home

DEFAULT_CHAIN = "eth-tester"
PASSING = "revm"
"""The quick chain that lives in the process of one command."""


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
    running: Progress | None = None

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
        """A remark beside the result, on stderr; `--quiet` leaves it out."""
        if not self.settings.quiet:
            self.tell(text)

    def tell(self, text: str) -> None:
        """What became of money or is damaged, on stderr: told with `--quiet` and `--json` too."""
        print(harmless(text, self.error_style), file=sys.stderr)

    def progress(self, label: str = "") -> Progress:
        """A progress line for work that starts now, or with the first step that is told."""
        self.running = Progress(label, enabled=not self.settings.quiet and not self.settings.json)
        return self.running

    @contextmanager
    def hushed(self) -> Iterator[None]:
        """While a person is asked something, no progress is drawn over the question."""
        if self.running is not None:
            self.running.pause()
        try:
            yield
        finally:
            if self.running is not None:
                self.running.resume()

    def home_is_named(self) -> bool:
        """Whether --home or PREPAID_HOME says where the state folder is."""
        return self.settings.home is not None or bool(os.environ.get("PREPAID_HOME"))

    def home(self) -> Home:
        """The state folder; HomeMissing or HomeUnreadable."""
        from wallet.home import Home

        return Home.find(self.settings.home)

    def open_chain(self, *, passing: bool = False) -> Chain:
        """The chain that the options, the environment or config.toml name; closed when the command ends.

        InvalidInput `chain-passing` for one that ends with the command, unless a `passing` one will do: what
        a command did or marked there, no other could ever find.
        """
        from wallet.chain import ENDS_WITH_PROCESS, open_chain

        spec = self.chain_spec()
        if spec in ENDS_WITH_PROCESS and not passing:
            raise InvalidInput(
                self.t("chain.passing", name=spec), hint=self.t("chain.passing-hint"), code="chain-passing"
            )
        chain = open_chain(spec, self.home(), self.chain_options())
        self.exits.callback(chain.close)
        return chain

    def chain_options(self) -> ChainOptions:
        """Waits and confirmations, as config.toml says."""
        from wallet.chain.base import ChainOptions

        options = ChainOptions()
        return replace(
            options,
            lock_wait=self._number("lock_wait", options.lock_wait),
            timeout=self._number("timeout", options.timeout),
            confirmations=int(self._number("confirmations", options.confirmations)),
        )

    def chain_spec(self) -> str:
        """A backend's name or `rpc:URL`, from the options, else the environment, else config.toml."""
        settings, environ = self.settings, os.environ
        if settings.rpc and settings.chain not in (None, "rpc"):
            raise InvalidInput(
                f"--chain {settings.chain} and --rpc {settings.rpc} name two different chains",
                hint="give only one of them",
                code="two-chains",
            )
        rpc = settings.rpc or ("" if settings.chain else environ.get("PREPAID_RPC", ""))
        if rpc:
            return f"rpc:{rpc}"
        named = settings.chain or environ.get("PREPAID_CHAIN") or self.home().settings().get("chain")
        if named is not None and not isinstance(named, str):
            raise self._bad_setting("chain", named, "the name of a chain in quotes")
        if named == "rpc":
            raise InvalidInput(self.t("chain.which"), hint=self.t("chain.which-hint"), code="usage")
        return named or DEFAULT_CHAIN

    def _number(self, name: str, default: float) -> float:
        value = self.home().settings().get(name, default)
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 86_400:
            raise self._bad_setting(name, value, "a number from 0 to 86400")
        return value

    def _bad_setting(self, name: str, value: object, wanted: str) -> InvalidInput:
        file = str(self.home().config)
        return InvalidInput(
            f"{file}: {name} = {value!r} is not {wanted}",
            hint="correct the file",
            code="invalid-setting",
            file=file,
            name=name,
            value=value,
        )

    def cache(self) -> Path | None:
        """Folder of the compiler's cache, if there is a state folder."""
        from wallet.home import Home

        home = Home.locate(self.settings.home)
        return home.cache if home is not None and home.root.exists() else None


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
