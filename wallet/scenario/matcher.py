"""What a scenario expects of one value: exactly this, or `at least ¥30`, `one of open, owing`, `any`.

An expectation keeps the words it was written in, and is held against what was seen when the step was played.
Whether `3000` may stand for money depends on what it is held against, its kind: money wants its sign there.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final, Literal

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import core_schema

from wallet.money import format_yuan
from wallet.rules import Unit
from wallet.rules.quantities import format_quantity
from wallet.scenario import values
from wallet.scenario.values import Quantity
from wallet.scenario.yaml_lines import Place, place_of

Kind = Literal["any", "money", "signed", "count", "quantity", "moment", "duration", "share", "flag", "text"]
"""What is looked at. `signed` is money that may be below zero; `any` goes by how the expectation is written:
`¥30` is fen, `30 %` bps, `2030-03-01` a moment, `3` a number, and everything else text."""

_ORDERED: Final = ("at least", "at most", "more than", "less than")
_FORM = re.compile(rf"(any|between|not|one of|contains|starts with|{'|'.join(_ORDERED)})(?:\s+(\S.*))?", re.S)

_READERS: Final[dict[str, Callable[[Any], Any]]] = {
    "money": values.read_money,
    "signed": values.read_signed_money,
    "count": values.read_count,
    "quantity": Quantity.read,
    "moment": values.read_moment,
    "duration": values.read_duration,
    "share": values.read_share,
    "flag": values.read_flag,
}
_MOST_SHARE: Final = 10_000
_FIRST_MOMENT: Final = 946_684_800
_GUESSES: Final = ("signed", "count", "share", "moment", "duration", "flag")


@dataclass(frozen=True, slots=True)
class Expected:
    """One expectation as written: its form, what it compares with, and where it stands."""

    text: str
    form: str
    operands: tuple[str, ...]
    place: Place | None = None

    @classmethod
    def read(cls, value: Any) -> Expected:
        """From the text of a file, or a whole number, truth or bytes in Python. Raises ValueError."""
        if isinstance(value, Expected):
            return value
        text = _plain(value)
        match = _FORM.fullmatch(text)
        if match is None:
            return cls(text, "is", (text,), place_of(value))
        form, rest = match[1], match[2] or ""
        parts: tuple[str, ...] = () if form == "any" else (rest,)
        if form == "between":
            parts = tuple(re.split(r"\s+and\s+", rest))
        elif form == "one of":
            parts = tuple(part.strip() for part in re.split(r",\s+|，", rest))
        wanted = {"any": 0, "between": 2}.get(form, len(parts))
        if len(parts) != wanted or not all(parts) or (form == "any" and rest):
            raise ValueError(f"{text!r} is half a sentence: {_FORMS[form]}")
        return cls(text, form, parts, place_of(value))

    def fits(self, kind: Kind) -> None:
        """Raises ValueError if this cannot be said of a value of that kind: `owing` of money, a bare 3000."""
        if kind in ("text", "any"):
            return
        if self.form in ("contains", "starts with"):
            raise ValueError(f"{self.text!r}: only text contains something or starts with it")
        for one in self.operands:
            _READERS[kind](one)

    def check(self, actual: Any, kind: Kind = "any", unit: Unit | None = None) -> bool:
        """Whether `actual` is as expected. Numbers are fen, seconds, bps and counts; bytes are hex.

        `unit` says what a quantity counts. Raises ValueError where the two cannot be compared, InvalidInput
        where a quantity does not fit its card.
        """
        if self.form == "any":
            return actual is not None
        seen = _plain(actual) if isinstance(actual, bytes) or not isinstance(actual, int) else actual
        if self.form in ("contains", "starts with"):
            shown = str(seen)
            return (
                self.operands[0] in shown if self.form == "contains" else shown.startswith(self.operands[0])
            )
        wanted = [_operand(one, seen, kind, unit) for one in self.operands]
        if self.form in ("is", "one of"):
            return seen in wanted
        if self.form == "not":
            return seen not in wanted
        if not isinstance(seen, int) or isinstance(seen, bool) or any(isinstance(one, str) for one in wanted):
            raise ValueError(f"{self.text!r} compares numbers, not {shown_as(actual, kind, unit)}")
        return _compares(self.form, seen, wanted)

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> Any:
        return core_schema.no_info_plain_validator_function(cls.read)

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: Any, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        forms = "; ".join(["the value itself", *_FORMS.values()])
        said = f"What is expected: {forms}."
        return {"type": ["string", "number", "boolean"], "$comment": said, values.TYPE: "Expected"}


_FORMS: Final = {
    "any": "any",
    "at least": "at least X",
    "at most": "at most X",
    "more than": "more than X",
    "less than": "less than X",
    "between": "between X and Y",
    "not": "not X",
    "one of": "one of A, B",
    "contains": "contains T",
    "starts with": "starts with T",
}


def _compares(form: str, seen: int, wanted: list[Any]) -> bool:
    if form == "between":
        return bool(wanted[0] <= seen <= wanted[1])
    if form in ("at least", "more than"):
        return bool(seen >= wanted[0] if form == "at least" else seen > wanted[0])
    return bool(seen <= wanted[0] if form == "at most" else seen < wanted[0])


def _operand(text: str, seen: Any, kind: Kind, unit: Unit | None) -> Any:
    """What was written, as the kind of value that was seen."""
    if kind == "text" or (kind == "any" and isinstance(seen, str)):
        return text
    if kind == "quantity":
        quantity = Quantity.read(text)
        return quantity.of(unit) if unit is not None else quantity.amount
    if kind != "any":
        return _READERS[kind](text)
    if not isinstance(seen, int):
        return text
    if isinstance(seen, bool):
        return text in ("yes", "true") if text in ("yes", "no", "true", "false") else text
    for guess in _GUESSES:
        try:
            read = _READERS[guess](text)
        except ValueError:
            continue
        if (guess == "share" and seen > _MOST_SHARE) or (guess == "moment" and 0 < seen < _FIRST_MOMENT):
            raise ValueError(f"{text!r} cannot be compared with {seen}")
        return read
    if text != "none":
        raise ValueError(f"{text!r} cannot be compared with the number {seen}")
    return text


def _plain(value: Any) -> str:
    """A scalar as text; raises ValueError for what is none."""
    if isinstance(value, bytes):
        return "0x" + value.hex()
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int) or value is None:
        return "none" if value is None else str(value)
    if not isinstance(value, str):
        raise ValueError("an expectation is one value, such as ¥30, at least ¥30 or any")
    text = str(value).strip()
    if not text:
        raise ValueError("nothing is expected here: write a value, or any")
    return text


def shown_as(value: Any, kind: Kind = "any", unit: Unit | None = None) -> str:
    """A value that was seen, as a scenario would write it: `¥30.00`, `3`, `2030-03-01 18:05`, `70 %`."""
    if isinstance(value, bytes) or value is None or isinstance(value, bool):
        return _plain(value)
    if not isinstance(value, int):
        return str(value)
    if kind in ("money", "signed") or (kind == "quantity" and unit is Unit.YUAN):
        sign = "-" if value < 0 else "+" if kind == "signed" and value else ""
        return f"{sign}¥{format_yuan(abs(value))}"
    if kind == "quantity" and unit is not None:
        return format_quantity(value, unit)
    if kind == "moment":
        return (datetime.fromtimestamp(value, UTC) + timedelta(hours=8)).strftime("%Y-%m-%d %H:%M")
    if kind == "share":
        return f"{value} bps" if value % 100 else f"{value // 100} %"
    return f"{value}s" if kind == "duration" else str(value)
