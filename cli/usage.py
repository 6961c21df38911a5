"""The parser's complaints as errors of our own, in the user's language, each with a way out."""

from __future__ import annotations

import re
from difflib import get_close_matches
from typing import Any

from cli.messages import Messages
from wallet.errors import InvalidInput

_UNKNOWN = re.compile(r"No such command '(.*?)'")
_NOT_WHOLE = re.compile(r"(.*) is not a whole number")
_NEGATIVE = re.compile(r"-[0-9.]")


def from_parser(error: Any, t: Messages) -> InvalidInput:
    """A Typer usage error as InvalidInput with code `usage`; the hint names `--help` of that command."""
    kind = type(error).__name__
    context = getattr(error, "ctx", None)
    path = context.command_path if context is not None else "prepaid"
    hint = t("usage.help", command=path)
    parameter = _name(getattr(error, "param", None))
    if kind == "NoSuchOption":
        return _no_such_option(error, hint, t)
    if kind == "MissingParameter" and parameter:
        return _usage(t("usage.missing", name=parameter), hint)
    if kind == "BadParameter" and parameter:
        reason = error.message.rstrip(".")
        number = _NOT_WHOLE.fullmatch(reason)
        if number is not None:
            reason = t("usage.not-whole", value=number[1])
        return _usage(t("usage.bad", name=parameter, reason=reason), hint)
    if kind == "BadOptionUsage":
        return _usage(t("usage.needs-value", name=error.option_name), hint)
    if error.message.startswith("Missing command"):
        names = ", ".join(context.command.list_commands(context)) if context is not None else ""
        return _usage(t("usage.no-command", command=path), t("usage.choose", names=names))
    unknown = _UNKNOWN.match(error.message)
    if unknown is not None and context is not None:
        near = get_close_matches(unknown[1], context.command.list_commands(context))
        return _usage(
            t("usage.unknown-command", name=unknown[1], command=path),
            t("usage.near", names=", ".join(near)) if near else hint,
        )
    return _usage(error.format_message().rstrip("."), hint)


def _no_such_option(error: Any, hint: str, t: Messages) -> InvalidInput:
    name = str(error.option_name)
    if _NEGATIVE.match(name):
        return _negative(name, error.ctx, hint, t)
    near = ", ".join(sorted(error.possibilities or ()))
    return _usage(t("usage.no-option", name=name), t("usage.near", names=near) if near else hint)


def _negative(value: str, context: Any, hint: str, t: Messages) -> InvalidInput:
    """For `-1`, which the parser takes for an option: what the command wanted a number for."""
    params = context.command.params if context is not None else ()
    wanted = {_name(param) for param in params if param.param_type_name == "argument"}
    if "SPAN" in wanted:
        return _usage(
            t("usage.negative-span", value=value), t("usage.negative-span-hint"), code="invalid-span"
        )
    if wanted & {"YUAN", "AMOUNT", "TOTAL"}:
        return _usage(t("usage.negative", value=value), t("usage.negative-hint"), code="invalid-amount")
    if "0-3" in wanted:
        return _usage(t("usage.not-whole", value=value), hint)
    return _usage(t("usage.no-option", name=value), hint)


def _usage(message: str, hint: str, *, code: str = "usage") -> InvalidInput:
    return InvalidInput(message, hint=hint, code=code)


def _name(param: Any) -> str:
    """`--amount` for an option, `AMOUNT` for an argument, nothing for neither."""
    if param is None:
        return ""
    return str(param.opts[0]) if param.param_type_name == "option" else str(param.display_name_raw).upper()
