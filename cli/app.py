"""The tree of commands. A command's module is imported only when that command runs.

Help texts are not written beside the commands: they are looked up in the message tables, by the command's
path (`cmd.card.buy`) and the parameter's name (`arg.card.buy.amount`, else `arg.amount`).
"""

from __future__ import annotations

import copy
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Annotated, Any, Final

import typer
from typer import Option
from typer.core import TyperArgument, TyperCommand, TyperGroup, TyperOption
from typer.main import get_command

from cli.messages import Messages
from cli.plain_types import read_plainly
from cli.session import Session

COMMANDS: Final = (
    "init", "doctor", "demo",
    "compile", "deploy", "operator", "chain",
    "account", "policy",
    "template", "form", "merchant", "product", "card", "guarantee", "dispute", "evidence",
    "supervise", "regulator", "system", "support", "vectors", "scenario",
)  # fmt: skip
"""Names at the top level, in the order help shows them; `cli.commands.<name>` holds each one's `app`."""

Command = TyperCommand | TyperGroup


def build(t: Messages) -> Root:
    """The whole tree in one language, with nothing but the top level loaded."""
    app = typer.Typer(cls=Root, name="prepaid", add_completion=True)
    app.callback()(prepaid)
    root = get_command(app)
    assert isinstance(root, Root)
    root.messages = t
    _localise(root, (), t)
    return root


def _show_version(wanted: bool) -> None:
    if wanted:
        from wallet import __version__

        print(f"prepaid {__version__}")
        raise typer.Exit


def prepaid(
    version: Annotated[bool, Option("--version", is_eager=True, callback=_show_version)] = False,
) -> None:
    """Declares what may stand before a command only; the global options are added to every command."""


class Root(TyperGroup):
    """Top-level group that imports a command's module when that command is asked for."""

    messages: Messages
    listing: bool = False

    def list_commands(self, ctx: Any) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        if cmd_name not in COMMANDS:
            return None
        if self.listing or (ctx.resilient_parsing and ctx.parent is None and not ctx._protected_args):
            return self._signpost(cmd_name)
        command = get_command(import_module(f"cli.commands.{cmd_name}").app)
        assert isinstance(command, (TyperCommand, TyperGroup))
        command.name = cmd_name
        _localise(command, (cmd_name,), self.messages)
        return command

    def format_help(self, ctx: Any, formatter: Any) -> None:
        self.listing = True
        super().format_help(ctx, formatter)

    def _signpost(self, name: str) -> TyperCommand:
        """Name and summary only, for a list."""
        sign = TyperCommand(name, help=self.messages(f"cmd.{name}"))
        sign.rich_help_panel = self.messages("help.commands")
        return sign


def command_name(ctx: Any) -> str:
    """`card buy` for the context of `prepaid card buy`."""
    return " ".join(str(ctx.command_path).split()[1:])


@dataclass(frozen=True, slots=True)
class _Take:
    """Callback of a global option: hands its value to the session, wherever it stood."""

    name: str

    def __call__(self, ctx: Any, param: Any, value: Any) -> Any:
        if isinstance(ctx.obj, Session) and not ctx.resilient_parsing:
            ctx.obj.command = command_name(ctx)
            if value not in (None, False):
                ctx.obj.choose(self.name, value)
        return value


def _everywhere(
    json: Annotated[bool, Option("--json")] = False,
    home: Annotated[Path | None, Option("--home", metavar="DIR")] = None,
    chain: Annotated[str | None, Option("--chain", metavar="NAME")] = None,
    rpc: Annotated[str | None, Option("--rpc", metavar="URL")] = None,
    lang: Annotated[str | None, Option("--lang", metavar="en|zh")] = None,
    quiet: Annotated[bool, Option("--quiet", "-q")] = False,
) -> None:
    """Declares the options that every command takes."""


def _global_options(t: Messages) -> list[TyperOption]:
    app = typer.Typer(add_completion=False)
    app.command()(_everywhere)
    options = [param for param in get_command(app).params if isinstance(param, TyperOption)]
    for option in options:
        read_plainly(option)
        option.expose_value = False
        option.callback = _Take(option.name)
        option.help = t(f"arg.{option.name}")
        option.metavar = "" if option.is_flag else option.metavar
        option.rich_help_panel = t("help.global")
    return options


def _localise_help(command: Command, t: Messages) -> None:
    """`--help` is made by the parser on first use; make it now and name it in the user's language."""
    option = command.get_help_option(typer.Context(command))
    if option is not None:
        read_plainly(option)
        option.help, option.metavar = t("arg.help"), ""
        option.rich_help_panel = t("help.global")


def _localise(command: Command, path: tuple[str, ...], t: Messages) -> None:
    """Give `command` and all below it their texts and the global options."""
    key = ".".join(path)
    command.help = t.first(f"cmd.{key}" if key else "cmd")
    command.rich_help_panel = t("help.commands")
    for param in command.params:
        if isinstance(param, (TyperArgument, TyperOption)):
            param.help = t.first(f"arg.{key}.{param.name}", f"arg.{param.name}") or param.help
            arguments = isinstance(param, TyperArgument)
            param.rich_help_panel = t("help.arguments" if arguments else "help.options")
            read_plainly(param)
            if isinstance(param, TyperOption) and param.is_flag:
                param.metavar = ""
    _localise_help(command, t)
    own = {name for param in command.params for name in param.opts}
    command.params.extend(
        copy.copy(option) for option in _global_options(t) if not own.intersection(option.opts)
    )
    if isinstance(command, TyperGroup):
        for name, child in command.commands.items():
            if isinstance(child, (TyperCommand, TyperGroup)):
                _localise(child, (*path, name), t)
