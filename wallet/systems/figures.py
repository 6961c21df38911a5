"""One figure of a programme: what it is, where that stands, and how sure one may be of it.

    ratio = { value = 2000, unit = "bps", mark = "stated", source = "shenzhen-baoan" }

Imported late: pydantic takes its time. The marks are no grades of quality but of origin, see `Mark`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, Generic, Literal, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    StrictBool,
    StrictInt,
    StrictStr,
    model_validator,
)

Mark = Literal["stated", "law", "design", "unverified", "draft", "proposal"]
"""stated: the programme says it · law: a statute or city rule says it · design: chosen here, because nobody
says · unverified: general knowledge, nowhere read · draft, proposal: said, but not in force."""

MARKS: tuple[Mark, ...] = ("stated", "law", "design", "unverified", "draft", "proposal")

T = TypeVar("T")


class Part(BaseModel):
    """Part of a file: unchanging, and without keys that nobody reads."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Words(Part):
    """The same in both languages."""

    en: StrictStr
    zh: StrictStr


def _listed(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


Sources = Annotated[tuple[StrictStr, ...], BeforeValidator(_listed)]
"""Keys of `sources.toml`, each with the article if there is one (`spc-2025-4 art. 14`), or `row 7`."""


class Figure(Part, Generic[T]):
    """A value with its unit (empty for a choice), its source and its mark."""

    value: T
    unit: StrictStr = ""
    mark: Mark
    source: Sources
    note: Words | None = None


class Choice(Figure[T], Generic[T]):
    """One of several words, or a list of them: no unit."""

    @model_validator(mode="after")
    def _has_no_unit(self) -> Choice[T]:
        if self.unit:
            raise ValueError(f"this has no unit, not {self.unit!r}")
        return self


def _within(unit: str, low: int, high: int) -> Callable[[Figure[Any]], Figure[Any]]:
    def check(figure: Figure[Any]) -> Figure[Any]:
        numbers = figure.value if isinstance(figure.value, tuple) else (figure.value,)
        if isinstance(figure.value, dict):
            numbers = tuple(figure.value.values())
        if figure.unit != unit:
            raise ValueError(f"the unit is {unit!r}, not {figure.unit!r}")
        for number in numbers:
            if not low <= number <= high:
                raise ValueError(f"{number} {unit} is not from {low} to {high}")
        return figure

    return check


def _sums_to_all(figure: Figure[dict[str, int]]) -> Figure[dict[str, int]]:
    if sum(figure.value.values()) != 10_000:
        raise ValueError(f"the shares add up to {sum(figure.value.values())} bps, not to 10000")
    return figure


def _never_falls(figure: Figure[tuple[int, ...]]) -> Figure[tuple[int, ...]]:
    if list(figure.value) != sorted(figure.value) or len(figure.value) != 4:
        raise ValueError("four shares, one a tier from 0 (none) to 3 (best), none below the one before")
    return figure


MOST_FEN = 100_000_000_000

Fen = Annotated[Figure[StrictInt], AfterValidator(_within("fen", 0, MOST_FEN))]
Bps = Annotated[Figure[StrictInt], AfterValidator(_within("bps", 0, 10_000))]
Days = Annotated[Figure[StrictInt], AfterValidator(_within("days", 0, 3650))]
Hours = Annotated[Figure[StrictInt], AfterValidator(_within("hours", 0, 168))]
Months = Annotated[Figure[StrictInt], AfterValidator(_within("months", 0, 120))]
Count = Annotated[Figure[StrictInt], AfterValidator(_within("count", 0, 1_000_000))]
Shares = Annotated[
    Figure[dict[str, StrictInt]], AfterValidator(_within("bps", 0, 10_000)), AfterValidator(_sums_to_all)
]
Ladder = Annotated[
    Figure[tuple[StrictInt, ...]], AfterValidator(_within("bps", 0, 10_000)), AfterValidator(_never_falls)
]
Range = Annotated[Figure[tuple[StrictInt, StrictInt]], AfterValidator(_within("bps", 0, 10_000))]
CutOffs = Annotated[Figure[tuple[StrictInt, StrictInt, StrictInt]], AfterValidator(_within("bps", 0, 10_000))]
Switch = Choice[StrictBool]
