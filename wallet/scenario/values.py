"""What a scenario may write for money, counts, spans, moments and shares, and how that is read.

Every scalar of a file arrives as text and is read here by what the field wants, so that `30.00`, `18:05` and
`0x3f2a` mean what they say. Reading is strict: what could be meant in two ways is refused with the forms that
are accepted. Steps built in Python may give whole numbers (fen, seconds, bps) instead; floats are refused.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Final

from pydantic import BeforeValidator, GetCoreSchemaHandler, GetJsonSchemaHandler, WithJsonSchema
from pydantic_core import core_schema

from wallet.errors import InvalidInput
from wallet.rules import Unit
from wallet.terms import FULL

_WHOLE = r"(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]{1,13})"
_YUAN = rf"[¥￥] ?{_WHOLE}(?:\.[0-9]{{1,2}})?|{_WHOLE}\.[0-9]{{2}}|{_WHOLE}(?:\.[0-9]{{1,2}})? ?(?:yuan|元)"
_FEN = rf"{_WHOLE} ?(?:fen|分)"
MONEY_PATTERN: Final = rf"{_YUAN}|{_FEN}|0"
UNITS: Final[dict[str, tuple[str, ...]]] = {
    "session": ("times", "time", "sessions", "session", "次"),
    "month": ("months", "month", "个月", "月"),
    "visit": ("visits", "visit", "回"),
    "milestone": ("milestones", "milestone", "步"),
}
"""Words that may stand behind a count, by what they count."""
_UNIT = "|".join(word for words in UNITS.values() for word in words)
COUNT_PATTERN: Final = rf"{_WHOLE}(?: ?(?:{_UNIT}))?"
_PARTS = r"[0-9]{1,6}\.[0-9]{1,4} ?(?:milestones?|步)"
_SPAN = {"s": 1, "second": 1, "m": 60, "minute": 60, "h": 3_600, "hour": 3_600}
_SPAN |= {"d": 86_400, "day": 86_400, "w": 604_800, "week": 604_800}
_SPAN_PART = r"[0-9]{1,9} ?(?:seconds?|minutes?|hours?|days?|weeks?|s|m|h|d|w)"
DURATION_PATTERN: Final = rf"{_SPAN_PART}(?: {_SPAN_PART})*"
MOMENT_PATTERN: Final = r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?:[ T][0-9]{2}:[0-9]{2}(?::[0-9]{2})?)?"
SHARE_PATTERN: Final = r"[0-9]{1,3}(?:\.[0-9]{1,2})? ?%|[0-9]{1,5} ?bps"
HEX_PATTERN: Final = r"0x(?:[0-9a-fA-F]{2})*"
NAME_PATTERN: Final = r"[^\W\d_][\w.-]*(?: [\w.-]+)*"
MOST_FEN: Final = 100_000_000_000_000
LONGEST: Final = 40 * 366 * 86_400
_CHINA = timedelta(hours=8)
_MOST_NAME = 80

MONEY_FORMS: Final = "write ¥30, 30.00, 30 yuan or 3000 fen"


def _number(text: str) -> int:
    return int(text.replace(",", ""))


def _text(value: Any, what: str, forms: str) -> str:
    """What was written, without blanks around it. A number that is no text here is refused by name."""
    if not isinstance(value, str):
        raise ValueError(f"{_shown(value)} is not {what}: {forms}")
    return str(value).strip()


def _shown(value: Any) -> str:
    if isinstance(value, dict):
        return "a block of keys"
    return "a list" if isinstance(value, list | tuple) else repr(value)


def _is_whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def read_money(value: Any) -> int:
    """Fen in `¥30`, `¥1,234.50`, `30.00`, `30 yuan`, `3000 fen` or `0`. Raises ValueError."""
    if _is_whole(value) and 0 <= value <= MOST_FEN:
        return int(value)
    text = _text(value, "an amount of money", MONEY_FORMS)
    if re.fullmatch(MONEY_PATTERN, text) is None:
        if re.fullmatch(_WHOLE, text):
            raise ValueError(f"{text!r} — yuan or fen? {MONEY_FORMS}")
        raise ValueError(f"{text!r} is not an amount of money: {MONEY_FORMS}")
    if text.endswith(("fen", "分")):
        fen = _number(re.sub(r"[^0-9,]", "", text))
    else:
        whole, _, rest = re.sub(r"[^0-9.,]", "", text).partition(".")
        fen = _number(whole) * 100 + int((rest or "0").ljust(2, "0"))
    if fen > MOST_FEN:
        raise ValueError(f"{text!r} is more money than any card or account here can hold")
    return fen


def read_signed_money(value: Any) -> int:
    """The same with `+` or `-` in front."""
    if _is_whole(value):
        return int(value)
    text = _text(value, "a change of money", f"{MONEY_FORMS}, with + or - in front")
    if text[:1] in ("+", "-", "−"):
        fen = read_money(text[1:].lstrip())
        return fen if text[0] == "+" else -fen
    return read_money(text)


def read_count(value: Any) -> int:
    """`3`, `3 times`, `12 months`. Raises ValueError."""
    if _is_whole(value) and value >= 0:
        return int(value)
    text = _text(value, "a whole number", "write 3, or 3 times")
    if re.fullmatch(COUNT_PATTERN, text) is None:
        raise ValueError(f"{text!r} is not a whole number: write 3, or 3 times")
    return _number(re.sub(r"[^0-9,]", "", text))


def read_duration(value: Any) -> int:
    """Seconds in `30d`, `12h 30m`, `90s`, `2 weeks`. Raises ValueError."""
    forms = "write a span above zero such as 30d, 12h 30m or 90s, at most 40 years"
    if _is_whole(value) and 0 < value <= LONGEST:
        return int(value)
    text = _text(value, "a span of time", forms)
    seconds = 0
    if re.fullmatch(DURATION_PATTERN, text):
        parts = re.findall(r"([0-9]+) ?([a-z]+)", text)
        seconds = sum(int(n) * _SPAN[unit if len(unit) == 1 else unit.rstrip("s")] for n, unit in parts)
    if not 0 < seconds <= LONGEST:
        raise ValueError(f"{text!r} is not a span of time: {forms}")
    return seconds


def read_moment(value: Any) -> int:
    """Unix seconds of `2030-03-01` (midnight) or `2030-03-01 18:05`, China's time. Raises ValueError."""
    forms = "write 2030-03-01 or 2030-03-01 18:05 (China's time)"
    if _is_whole(value) and value >= 0:
        return int(value)
    text = _text(value, "a moment", forms)
    try:
        if re.fullmatch(MOMENT_PATTERN, text) is None:
            raise ValueError
        there = datetime.fromisoformat(text).replace(tzinfo=UTC) - _CHINA
    except ValueError:
        raise ValueError(f"{text!r} is not a moment: {forms}") from None
    if not 2000 <= there.year < 2200:
        raise ValueError(f"{text!r} is not a moment between the years 2000 and 2200")
    return int(there.timestamp())


def read_share(value: Any) -> int:
    """Bps in `70 %`, `12.5%` or `7000 bps`; at most 100 %. Raises ValueError."""
    forms = "write 70 % or 7000 bps, at most 100 %"
    if _is_whole(value) and 0 <= value <= 10_000:
        return int(value)
    text = _text(value, "a share", forms)
    bps = -1
    if re.fullmatch(SHARE_PATTERN, text):
        whole, _, rest = text.removesuffix("bps").removesuffix("%").strip().partition(".")
        bps = int(whole) if text.endswith("bps") else int(whole) * 100 + int((rest or "0").ljust(2, "0"))
    if not 0 <= bps <= 10_000:
        raise ValueError(f"{text!r} is not a share: {forms}")
    return bps


def read_flag(value: Any) -> bool:
    """`yes` or `no`. Raises ValueError."""
    if isinstance(value, bool):
        return value
    text = _text(value, "yes or no", "write yes or no")
    if text not in ("yes", "no", "true", "false"):
        raise ValueError(f"{text!r} is neither yes nor no: write yes or no")
    return text in ("yes", "true")


def read_name(value: Any) -> str:
    """A name: letters of any language, digits, `_`, `-`, `.` and single spaces. Raises ValueError."""
    text = _text(value, "a name", "write a word such as anna")
    if len(text) > _MOST_NAME or re.fullmatch(NAME_PATTERN, text) is None:
        raise ValueError(f"{text[:_MOST_NAME]!r} is not a name: a letter, then letters, digits, _ - .")
    return text


def read_words(value: Any) -> str:
    """Any text that says something, on one line or several. Raises ValueError."""
    text = _text(value, "text", "write some words")
    if not text:
        raise ValueError("there is nothing written here")
    return text


def read_hex(value: Any) -> bytes:
    """Bytes of `0x3f2a`. Raises ValueError."""
    if isinstance(value, bytes):
        return value
    text = _text(value, "hex", "write 0x and an even number of digits")
    if re.fullmatch(HEX_PATTERN, text) is None:
        raise ValueError(f"{text!r} is not hex: write 0x and an even number of digits")
    return bytes.fromhex(text[2:])


TYPE: Final = "x-type"
"""Marks a JSON Schema with the name of its type here, so that a schema file can hold it once."""


def schema_of(name: str, pattern: str, *more: str, example: str) -> dict[str, Any]:
    """JSON Schema of a scalar: text of this form or with a `$variable`, or what editors' YAML makes of it."""
    text = {"type": "string", "pattern": rf"\$|^(?:{pattern})$"}
    found: dict[str, Any] = {"anyOf": [text, {"type": list(more)}]} if more else text
    return {**found, "examples": [example], TYPE: name}


def _typed(read: Callable[[Any], Any], schema: dict[str, Any]) -> tuple[Any, Any]:
    return BeforeValidator(read), WithJsonSchema(schema)


_SIGNED = rf"[+−-]? ?(?:{MONEY_PATTERN})"
_FLAG = "yes|no|true|false"

Money = Annotated[int, *_typed(read_money, schema_of("Money", MONEY_PATTERN, "number", example="¥30"))]
"""Fen."""
SignedMoney = Annotated[
    int, *_typed(read_signed_money, schema_of("SignedMoney", _SIGNED, "number", example="-¥30"))
]
"""Fen, below zero too."""
Count = Annotated[int, *_typed(read_count, schema_of("Count", COUNT_PATTERN, "integer", example="3 times"))]
Duration = Annotated[int, *_typed(read_duration, schema_of("Duration", DURATION_PATTERN, example="30d"))]
"""Seconds."""
Moment = Annotated[int, *_typed(read_moment, schema_of("Moment", MOMENT_PATTERN, example="2030-03-01 18:05"))]
"""Unix seconds."""
Share = Annotated[int, *_typed(read_share, schema_of("Share", SHARE_PATTERN, example="70 %"))]
"""Basis points."""
Flag = Annotated[bool, *_typed(read_flag, schema_of("Flag", _FLAG, "boolean", example="yes"))]
Name = Annotated[
    str, *_typed(read_name, {"type": "string", "minLength": 1, "maxLength": _MOST_NAME, TYPE: "Name"})
]
Words = Annotated[str, *_typed(read_words, {"type": ["string", "number", "boolean"], TYPE: "Words"})]
"""Text of any kind: a note, a contract's argument, a reference such as `terms of a`."""
Hex = Annotated[bytes, *_typed(read_hex, schema_of("Hex", HEX_PATTERN, example="0x3f2a"))]


@dataclass(frozen=True, slots=True)
class Quantity:
    """Fen, or a count of something: which of the two fits, the card kind says when the step is played.

    `amount` is fen (`counts` "fen"), ten-thousandths (of a milestone written with decimals: "part") or whole
    things ("" where no word says which).
    """

    amount: int
    counts: str
    text: str

    @classmethod
    def read(cls, value: Any) -> Quantity:
        """`¥30`, `3`, `3 times`, `1 month`, `0.5 milestones`. Raises ValueError."""
        if isinstance(value, Quantity):
            return value
        if _is_whole(value) and value >= 0:
            return cls(int(value), "", str(value))
        forms = f"{MONEY_FORMS}; or a count: 3, 3 times, 1 month, 0.5 milestones"
        text = _text(value, "a quantity", forms)
        if re.fullmatch(MONEY_PATTERN, text) and text != "0":
            return cls(read_money(text), "fen", text)
        if re.fullmatch(_PARTS, text):
            whole, _, rest = re.sub(r"[^0-9.]", "", text).partition(".")
            return cls(int(whole) * FULL + int(rest.ljust(4, "0")), "part", text)
        if re.fullmatch(COUNT_PATTERN, text) is None:
            raise ValueError(f"{text!r} is not a quantity: {forms}")
        word = text.lstrip("0123456789,").strip()
        return cls(read_count(text), next((unit for unit, words in UNITS.items() if word in words), ""), text)

    def of(self, unit: Unit) -> int:
        """As a card of this unit counts: fen, whole things, ten-thousandths of a milestone.

        Raises InvalidInput (`scenario-quantity`) where a card of visits is told yuan, or the other way round.
        """
        if unit is Unit.YUAN and (self.counts == "fen" or not self.amount):
            return self.amount
        if unit is Unit.MILESTONE and self.counts in ("", "milestone", "part"):
            return self.amount if self.counts == "part" else self.amount * FULL
        if unit not in (Unit.YUAN, Unit.MILESTONE) and self.counts in ("", unit.value):
            return self.amount
        wanted = "money" if unit is Unit.YUAN else f"{unit.value}s"
        raise InvalidInput(
            f"this card counts {wanted}, not {self.text!r}",
            hint=MONEY_FORMS if unit is Unit.YUAN else f"write a count: 3, or 3 {wanted}",
            code="scenario-quantity",
            value=self.text,
            unit=unit.value,
        )

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> Any:
        return core_schema.no_info_plain_validator_function(cls.read)

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: Any, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return schema_of("Quantity", f"{MONEY_PATTERN}|{COUNT_PATTERN}|{_PARTS}", "number", example="¥30")
