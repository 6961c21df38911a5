"""How a command's outcome reaches the user: text for people, one JSON envelope with `--json`.

{"schema": "prepaid.result/1", "command", "ok", "data", "error": {"code", "message", "hint", "revert"} | null}

A command returns a `Result` or raises; nothing else in the command line writes to stdout. Failures go to
stderr as one line and a hint, or into the envelope on stdout. No traceback reaches a user.
"""

from __future__ import annotations

import dataclasses
import errno
import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final

from cli.messages import Messages
from cli.text import Style
from wallet.errors import ContractError, PrepaidError
from wallet.money import format_yuan

SCHEMA: Final = "prepaid.result/1"
INTERRUPTED: Final = 130
BROKEN_PIPE: Final = 141


@dataclass(frozen=True, slots=True)
class Result:
    """What a command has to say.

    data: JSON-able (fen as int, wei as decimal text, bytes as 0x hex); text: for people;
    brief: what `--quiet` prints instead of text; problem: set when the outcome is known and still a failure.
    """

    data: Any
    text: str = ""
    brief: str | None = None
    problem: PrepaidError | None = None


@dataclass(frozen=True, slots=True)
class Failure:
    """One error as every user meets it."""

    code: str
    message: str
    hint: str
    revert: dict[str, Any] | None
    exit_status: int

    def envelope(self) -> dict[str, Any]:
        return {"code": self.code, "message": self.message, "hint": self.hint, "revert": self.revert}


def plain(value: Any) -> Any:
    """`value` in the types JSON has: dataclasses become objects, bytes 0x hex, sets and tuples lists."""
    if isinstance(value, Enum):
        return plain(value.value)
    if value is None or isinstance(value, (str, bool, int)):
        return value
    if isinstance(value, (bytes, bytearray)):
        return "0x" + bytes(value).hex()
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if isinstance(value, (set, frozenset)):
        return sorted((plain(item) for item in value), key=str)
    return str(value)


def envelope(command: str, result: Result | None, failure: Failure | None) -> str:
    """The one line that `--json` prints."""
    body = {
        "schema": SCHEMA,
        "command": command,
        "ok": failure is None,
        "data": plain(result.data) if result is not None else None,
        "error": failure.envelope() if failure is not None else None,
    }
    return json.dumps(body, ensure_ascii=False)


def explain(error: BaseException, t: Messages) -> Failure:
    """Turn any exception into a Failure; what nobody foresaw becomes code `bug`."""
    if isinstance(error, PrepaidError):
        return _explain_known(error, t)
    if isinstance(error, KeyboardInterrupt):
        return Failure("interrupted", t("error.interrupted"), t("hint.interrupted"), None, INTERRUPTED)
    if isinstance(error, OSError) and error.errno is not None:
        reason = error.strerror or error.__class__.__name__
        where = str(error.filename) if error.filename else ""
        code = "disk-full" if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG) else "file"
        message = f"{where}: {reason}" if where else reason
        return Failure(code, message, t("hint.disk-full" if code == "disk-full" else "hint.file"), None, 4)
    detail = str(error).strip().splitlines()
    summary = f"{error.__class__.__name__}: {detail[0]}" if detail else error.__class__.__name__
    return Failure("bug", t("error.bug", summary=summary), t("hint.bug"), None, 4)


def _explain_known(error: PrepaidError, t: Messages) -> Failure:
    message = _localised(f"error.{error.error_code}", error, t) or error.message
    hint = _localised(f"hint.{error.error_code}", error, t) or error.hint
    revert = None
    if isinstance(error, ContractError):
        revert = {"name": error.name, "values": plain(error.values)}
    return Failure(error.error_code, message, hint, revert, error.exit_status)


class _Fen(int):
    """A number that a template may show as yuan: `{refund:yuan}`."""

    def __format__(self, form: str) -> str:
        return format_yuan(self) if form == "yuan" else int.__format__(self, form)


def _localised(key: str, error: PrepaidError, t: Messages) -> str | None:
    """The table's sentence for this error, if it has one and the error carries every value it names."""
    template = t.first(key) if t.lang != "en" else None
    if template is None:
        return None
    values: dict[str, Any] = {
        name: _Fen(value) if type(value) is int else value for name, value in error.values.items()
    }
    place, colon, _ = error.message.partition(": ")
    values |= {"message": error.message, "hint": error.hint, "where": place if colon else ""}
    try:
        return template.format(**values)
    except (KeyError, IndexError, ValueError):
        return None


def failure_text(failure: Failure, t: Messages, style: Style) -> str:
    """`error: …` and, on a line of its own, the way out."""
    lines = [f"{style.red(t('error.prefix'))}{failure.message}"]
    if failure.hint:
        lines.append(f"  {style.dim('→')} {failure.hint}")
    return "\n".join(lines)
