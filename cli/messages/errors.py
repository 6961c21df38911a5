"""An error's message and hint in the user's language: finds the row that fits, and fills it in.

English needs no table: it is what the library itself says.
"""

from __future__ import annotations

import string
from collections.abc import Mapping, Sequence
from importlib import import_module
from typing import Any, Final

from cli.messages import Messages
from cli.values import format_time
from wallet.money import format_yuan

CARD_STATUS: Final = ("none", "open", "closed", "owing", "short")
MERCHANT_STATUS: Final = ("none", "applied", "approved", "suspended", "stopped", "closed")
DISPUTE_STEPS: Final = ("none", "negotiating", "refused", "escalated", "ruled", "settled")
STAGES: Final = ("none", "promised", "filed", "confirmed", "refused", "paid", "released")
TRIGGERS: Final = ("runaway", "bankruptcy", "licence-revoked", "closure", "dispute", "fraud")
PLACES: Final = ("merchant", "platform", "bank", "government")
"""Names in the order in which contracts number them."""


def translated(code: str, values: Mapping[str, Any], t: Messages) -> tuple[str, str] | None:
    """Message and hint for the error `code` in the language of `t`, or None where it has no words for it.

    Taken is the first row of the table all of whose values the error carries; None counts as missing.
    """
    if t.lang == "en":
        return None
    table = import_module(f"cli.messages.{t.lang}_errors")
    fill = _Filler(t, table.REASONS, import_module(f"cli.messages.{t.lang}_what").WHAT)
    for message, hint in table.ERRORS.get(code, ()):
        try:
            return fill.vformat(message, (), values), fill.vformat(hint, (), values)
        except (KeyError, IndexError, ValueError, TypeError):
            continue
    return None


def message_of(code: str, values: Mapping[str, Any], t: Messages, english: str) -> str:
    """The message alone, `english` where the language has no words of its own."""
    words = translated(code, values, t)
    return english if words is None else words[0]


class _Filler(string.Formatter):
    """`str.format` with a few forms of our own: yuan, time, and numbers that stand for words."""

    def __init__(self, t: Messages, reasons: Mapping[int, str], what: Mapping[str, str]) -> None:
        self._t, self._reasons, self._what = t, reasons, what

    def get_value(self, key: int | str, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
        value = super().get_value(key, args, kwargs)
        if value is None:
            raise KeyError(key)
        return value

    def format_field(self, value: Any, form: str) -> str:
        match form:
            case "yuan":
                return format_yuan(value)
            case "time":
                return format_time(value)
            case "card":
                return self._status("status", CARD_STATUS, value)
            case "merchant":
                return self._status("merchant-status", MERCHANT_STATUS, value)
            case "step":
                return self._status("dispute-step", DISPUTE_STEPS, value)
            case "stage":
                return self._status("stage", STAGES, value)
            case "trigger":
                return self._status("trigger", TRIGGERS, value)
            case "place":
                return self._status("guarantee.place", PLACES, value) if value < len(PLACES) else str(value)
            case "what":
                return self._what.get(value, str(value))
            case "reason":
                return self._reasons.get(value) or self._reasons[0]
        return str(super().format_field(value, form))

    def _status(self, family: str, names: Sequence[str], value: int | str) -> str:
        name = value if isinstance(value, str) else names[value]
        return self._t(f"{family}.{name}")
