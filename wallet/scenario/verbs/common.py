"""What many verbs have in common: who carries, what goes wrong on the way, who really signs."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Literal

from pydantic import Field, field_validator

from wallet.errors import InvalidInput
from wallet.scenario import values
from wallet.scenario.expect import key
from wallet.scenario.held import unknown
from wallet.scenario.values import Count, Duration, Name, Words
from wallet.scenario.verb import Verb
from wallet.scenario.world import World

LEAST_GAS, MOST_GAS = 21_000, 30_000_000


class Sending(Verb):
    """A step that sends transactions. The runner sees to `gas` and `submission`."""

    carried_by: Name | None = None
    """Who sends it and pays the gas; else the operator."""
    gas: Count | None = None
    """Gas limit of everything this step sends."""
    submission: Literal["dropped", "doubled"] | None = None
    """dropped: the chain never gets it (until `recover`); doubled: it arrives twice."""

    @field_validator("gas")
    @classmethod
    def _can_be_sent(cls, gas: int | None) -> int | None:
        if gas is not None and not LEAST_GAS <= gas <= MOST_GAS:
            raise ValueError(f"a transaction has {LEAST_GAS} to {MOST_GAS} gas")
        return gas


class Signing(Sending):
    """A step that signs something."""

    signed_by: Name | None = None
    """Whose hand signs it, under the name of who should."""
    valid: Duration | None = None
    """How long the signature is good for."""


class Making(Signing):
    """A step that leaves a signed document to be carried later."""

    as_: Name | None = Field(default=None, alias="as")
    """The document's name; without one it is the newest of its kind for its card."""
    alter: dict[Name, Words] = Field(default_factory=dict)
    """Fields of the document that are changed after it was signed: `{max-pay: ¥50}`."""

    def finished(self, world: World, document: Any) -> Any:
        """The document as it leaves the hand: with another's signature, or altered."""
        if self.signed_by is not None and hasattr(document, "domain"):
            hand = world.person(self.signed_by).key
            signature = hand.sign_message(document.message, document.domain)
            document = replace(document, signature=signature)
        return altered(world, document, self.alter)


def altered(world: World, document: Any, changes: dict[str, str]) -> Any:
    """The document with other values in these fields, each read by what stood there."""
    there = {key(name): name for name in document.__dataclass_fields__}
    found: dict[str, Any] = {}
    for field, text in changes.items():
        name = there.get(key(field))
        if name is None:
            raise unknown("field of the document", field, sorted(document.__dataclass_fields__))
        found[name] = reread(world, getattr(document, name), text)
    return replace(document, **found) if found else document


def reread(world: World, was: Any, text: str) -> Any:
    """`text` as a value of the same type as `was`: a number of any kind, bytes, an address by name."""
    if isinstance(was, bool):
        return values.read_flag(text)
    if isinstance(was, bytes):
        return world.card(text).record.card if text in world.cards else values.read_hex(text)
    if isinstance(was, int):
        return number(text)
    return world.address(text) if was.startswith("0x") and len(was) == 42 else text


def number(text: str) -> int:
    """A number, whatever it counts: ¥30, 3, 70 %, 2030-03-01, 2h."""
    for read in (
        values.read_count, values.read_money, values.read_share, values.read_moment, values.read_duration,
    ):  # fmt: skip
        try:
            return int(read(text))
        except ValueError:
            continue
    raise InvalidInput(
        f"{text!r} is no number of any kind",
        hint="write ¥30, 3, 70 %, 2030-03-01 or 2h",
        code="scenario-number",
        value=text,
    )
