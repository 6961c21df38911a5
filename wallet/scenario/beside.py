"""What may stand beside a step's verb: the refusal, the answer and the state of affairs that are expected."""

from __future__ import annotations

from difflib import get_close_matches
from typing import Annotated, Any, Final

from pydantic import AfterValidator, Field, ValidationInfo, WithJsonSchema, field_validator, model_validator

from wallet.scenario.matcher import Expected, Kind
from wallet.scenario.reading import Unfit
from wallet.scenario.values import Flag, Name, Words
from wallet.scenario.verb import Part
from wallet.scenario.yaml_lines import Place, place_of

MADE_HERE: Final = Place("(made in Python)", 0)

CARD_KINDS: Final[dict[str, Kind]] = {
    "status": "text", "unit": "text", "used": "quantity", "epoch": "count",
}  # fmt: skip
"""How expectations of a card are read; all others are money."""


CARD_STATUS: Final = ("none", "open", "closed", "owing", "short")
STANDINGS: Final = ("none", "applied", "approved", "suspended", "stopped", "closed")
CARD_UNITS: Final = ("yuan", "session", "month", "visit", "milestone")


def _among(expected: Expected, known: tuple[str, ...], key: str) -> None:
    """A word that is none of those there are would never be seen, and `not` it always."""
    if expected.form not in ("is", "not", "one of"):
        return
    for word in expected.operands:
        if word not in known:
            raise Unfit(f"{word!r} is none of {', '.join(known)}", expected.place, key)


def _says_something(model: Part) -> None:
    """An expectation that expects nothing passes whatever happens."""
    if not model.model_fields_set:
        raise ValueError("nothing is expected here")
    for name in model.model_fields_set:
        if getattr(model, name) in ({}, ()):
            raise ValueError(f"{name.replace('_', '-')}: nothing is expected here")


def _fit(expected: Expected, kind: Kind, key: str) -> None:
    try:
        expected.fits(kind)
    except ValueError as error:
        raise Unfit(str(error), expected.place, key) from error


class CardExpect(Part):
    """What is expected of one card."""

    status: Expected | None = None
    """open, closed, owing or short."""
    unit: Expected | None = None
    """yuan, session, month, visit or milestone."""
    principal: Expected | None = None
    """What was paid for it."""
    used: Expected | None = None
    """As the card counts: ¥30, 3 times, 0.5 milestones."""
    listed: Expected | None = None
    """What was used, at the price before discount."""
    released: Expected | None = None
    """What went to the merchant's side so far."""
    held: Expected | None = None
    """What is still in the sub-wallet for it."""
    entitled: Expected | None = None
    """Owed to the consumer if it ended now."""
    shortfall: Expected | None = None
    """What of that is missing."""
    due: Expected | None = None
    """Waits for the merchant after an exit."""
    epoch: Expected | None = None
    """How often everything signed for it was voided."""

    @model_validator(mode="before")
    @classmethod
    def _from_short(cls, value: Any) -> Any:
        return {"status": value} if isinstance(value, str) else value

    @field_validator("*")
    @classmethod
    def _said_of_its_kind(cls, value: Expected | None, info: ValidationInfo) -> Expected | None:
        if value is not None:
            _fit(value, CARD_KINDS.get(info.field_name or "", "money"), info.field_name or "")
            if info.field_name == "status":
                _among(value, CARD_STATUS, "status")
            elif info.field_name == "unit":
                _among(value, CARD_UNITS, "unit")
        return value

    @model_validator(mode="after")
    def _is_not_empty(self) -> CardExpect:
        _says_something(self)
        return self


def _of_an_event(name: str) -> str:
    """A name that no contract here emits would never be seen, whatever happens."""
    from wallet.bindings.events import BY_TOPIC

    known = {one.__name__ for kinds in BY_TOPIC.values() for one in kinds}
    if name not in known:
        near = " or ".join(get_close_matches(name, sorted(known), n=3))
        raise ValueError(f"no event is called {name!r}" + (f"; did you mean {near}?" if near else ""))
    return name


EventName = Annotated[Name, AfterValidator(_of_an_event)]


class EventExpect(Part):
    """One event: `Closed`, or `Closed: {refund: ¥30}`. Fields that are not named may be anything."""

    name: EventName
    values: dict[Name, Expected] = Field(default_factory=dict)
    place: Any = Field(default=MADE_HERE, exclude=True)

    @model_validator(mode="before")
    @classmethod
    def _from_short(cls, value: Any) -> Any:
        if isinstance(value, str):
            return {"name": value, "place": place_of(value) or MADE_HERE}
        if isinstance(value, dict) and len(value) == 1 and "name" not in value:
            ((name, values),) = value.items()
            return {"name": name, "values": values or {}, "place": place_of(name) or MADE_HERE}
        raise ValueError("an event is its name, or `Name: {field: value}`")


_EVENT_SCHEMA: Final = {
    "anyOf": [
        {"type": "string"},
        {"type": "object", "maxProperties": 1, "additionalProperties": {"type": ["object", "null"]}},
    ]
}


def _of_kind(kind: Kind) -> Any:
    def check(value: Any) -> Any:
        for name, one in value.items() if isinstance(value, dict) else [("", value)]:
            if isinstance(one, Expected):
                _fit(one, kind, name)
        return value

    return check


class Expect(Part):
    """What is expected after a step. Only what is named is looked at."""

    balances: dict[Name, Expected] = Field(default_factory=dict)
    """Money by name: anna, wallet of anna, fund contract."""
    changes: dict[Name, Expected] = Field(default_factory=dict)
    """Money since the step began: +¥30, -¥30; `others` for everybody who is not named."""
    cards: dict[Name, CardExpect] = Field(default_factory=dict)
    """Cards by name; one word alone is the status."""
    merchants: dict[Name, Expected] = Field(default_factory=dict)
    """Their standing: approved, suspended, stopped, …"""
    events: tuple[Annotated[EventExpect, WithJsonSchema(_EVENT_SCHEMA)], ...] = ()
    """In this order; others may stand between."""
    no_events: tuple[EventName, ...] = ()
    """Events that must not have happened."""
    at: Expected | None = None
    """The chain's time."""

    @model_validator(mode="after")
    def _is_not_empty(self) -> Expect:
        _says_something(self)
        return self

    @field_validator("merchants")
    @classmethod
    def _is_a_standing(cls, value: dict[str, Expected]) -> dict[str, Expected]:
        for name, one in value.items():
            _among(one, STANDINGS, name)
        return value

    _money = field_validator("balances")(_of_kind("money"))
    _changes = field_validator("changes")(_of_kind("signed"))
    _at = field_validator("at")(_of_kind("moment"))


class Fails(Part):
    """The refusal that is expected: a contract's error by name, or the wallet's own code."""

    error: Name
    with_: dict[Name, Expected] = Field(default_factory=dict, alias="with")
    """Values the error carries."""
    place: Any = Field(default=MADE_HERE, exclude=True)

    @model_validator(mode="before")
    @classmethod
    def _from_short(cls, value: Any) -> Any:
        if isinstance(value, str):
            return {"error": value, "place": place_of(value) or MADE_HERE}
        if isinstance(value, dict):
            return {**value, "place": place_of(value) or MADE_HERE}
        return value


class Gives(Part):
    """What the step must return: its fields, or with a single value the whole answer."""

    fields: dict[str, Expected]

    @model_validator(mode="before")
    @classmethod
    def _from_short(cls, value: Any) -> Any:
        if value == {}:
            raise ValueError("nothing is expected here")
        return {"fields": value if isinstance(value, dict) else {"": value}}


class Beside(Part):
    """What may stand beside a step's verb."""

    fails: Fails | None = None
    gives: Gives | None = None
    expect: Expect | None = None
    unchanged: Flag = False
    """Nothing at all changed: no money, no card, no event."""
    note: Words = ""
