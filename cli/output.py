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
from cli.messages.errors import translated
from cli.text import Style
from wallet.errors import ContractError, EnvironmentFault, PrepaidError

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
        return _explain_known(_from_system(error), t)
    detail = str(error).strip().splitlines()
    summary = f"{error.__class__.__name__}: {detail[0]}" if detail else error.__class__.__name__
    return Failure("bug", t("error.bug", summary=summary), t("hint.bug"), None, 4)


def _explain_known(error: PrepaidError, t: Messages) -> Failure:
    words = translated(error.error_code, error.values, t)
    message, hint = words or (error.message, error.hint)
    revert = None
    if isinstance(error, ContractError):
        revert = {"name": error.name, "values": plain(error.values)}
    return Failure(error.error_code, message, hint, revert, error.exit_status)


def _from_system(error: OSError) -> EnvironmentFault:
    """What the operating system refused, as an error of ours."""
    code, hint = "file", "check the path and its permissions"
    if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        code = "disk-full"
        hint = "free some space (or raise the file-size limit) and run the command again"
    reason = error.strerror or error.__class__.__name__
    path = str(error.filename) if error.filename else None
    message = f"{path}: {reason}" if path else reason
    return EnvironmentFault(message, hint=hint, code=code, path=path, errno=error.errno)


def failure_text(failure: Failure, t: Messages, style: Style) -> str:
    """`error: …` and, on a line of its own, the way out."""
    lines = [f"{style.red(t('error.prefix'))}{failure.message}"]
    if failure.hint:
        lines.append(f"  {style.dim('→')} {failure.hint}")
    return "\n".join(lines)
