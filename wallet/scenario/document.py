"""The models of a scenario file: who takes part, what is on sale, what happens, what is expected.

A step is read by its one verb's class, so that a new verb needs nothing here. Lines travel with the values
(`yaml_lines`); `read` turns a validator's complaints into one error at the line of the very key.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Annotated, Any, Final

from pydantic import (
    BeforeValidator,
    Field,
    WithJsonSchema,
    model_validator,
)

from wallet.scenario.beside import MADE_HERE, Beside, Expect, Fails
from wallet.scenario.matcher import Expected
from wallet.scenario.reading import read
from wallet.scenario.values import Count, Flag, Money, Name, Share, Words
from wallet.scenario.verb import Part, Verb
from wallet.scenario.yaml_lines import Block, Place, Text, place_of, wrong_file
from wallet.systems.model import Kind as CardKind

BESIDE: Final = ("fails", "gives", "expect", "unchanged", "note")
"""What may stand in a step beside its verb."""


def _listed(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


Listed = Annotated[
    tuple[Words, ...],
    BeforeValidator(_listed),
    WithJsonSchema({"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]}),
]
"""One or several texts."""


def _nodes(schema: dict[str, Any]) -> Any:
    """Part of a file that is read later, once its variables are filled in."""
    return WithJsonSchema(schema)


def _map_of(name: str) -> Any:
    return _nodes({"type": "object", "additionalProperties": {"$ref": f"#/$defs/{name}"}})


_SCALARS: Final = {
    "type": "object",
    "additionalProperties": {"type": ["string", "number", "boolean", "null"]},
}


class Common(Part):
    """What an included file may bring: people, products, variables and steps."""

    include: Listed = ()
    """Files whose actors, products and variables are added; those of this file win."""
    variables: Annotated[dict[Name, Any], _nodes(_SCALARS)] = Field(default_factory=dict)
    """Texts to be used as `$name` or `${name}`. In a file of steps, one without a value comes by `with`."""
    actors: Annotated[dict[Any, Any], _map_of("Actor")] = Field(default_factory=dict)
    """Who takes part, by name. The platform's roles are there without being named."""
    products: Annotated[dict[Any, Any], _map_of("Product")] = Field(default_factory=dict)
    """What is on sale before the first step, by name."""
    steps: Annotated[tuple[Any, ...], _nodes({"type": "array", "items": {"$ref": "#/$defs/Step"}})] = ()
    """What happens, in this order."""


class Scenario(Common):
    """A scenario: what should happen, told so that it can be played on any local chain."""

    scenario: Words
    """Its title, in English; its name is made of it."""
    zh: Words = ""
    """The title in Chinese."""
    tags: Listed = ()
    """Words to choose by: --tag exit, --tag not-slow."""
    proves: Listed = ()
    """What it shows: rows of the programmes' table, pitfalls by their name."""
    system: Words = "suzhou"
    """A preset, a preset with a variant (chengdu/beauty), or a file (./my.toml)."""
    examples: Annotated[tuple[dict[Name, Any], ...], _nodes({"type": "array", "items": _SCALARS})] = ()
    """Rows of variables: the scenario is played once for each."""


class Cast(Part):
    """Who takes part and what is on sale, variables filled in."""

    actors: dict[Name, Actor] = Field(default_factory=dict)
    products: dict[Name, Product] = Field(default_factory=dict)


class Actor(Part):
    """Somebody who takes part. `anna: consumer` is short for `anna: {role: consumer}`."""

    role: Name = "consumer"
    """consumer, merchant, stranger, or one of the platform's roles."""
    name: Words = ""
    """How a merchant is called in public."""
    money: Money | None = None
    """What somebody has at the start."""
    coin: Flag | None = None
    """Has the chain's own coin for gas; consumers have none unless this says so."""
    contract_wallet: Flag = False
    """Acts through a recoverable account contract."""
    sector: Name | None = None
    """A merchant's sector, by the key of the system; else its first."""
    district: Words = ""
    """Where a merchant is."""
    tier: Count = 0
    """Of a merchant, 0 (none) to 3 (best)."""
    admitted: Flag = True
    """Whether a merchant is through the gate at the start."""

    @model_validator(mode="before")
    @classmethod
    def _from_short(cls, value: Any) -> Any:
        return {"role": value} if isinstance(value, str) else value


class Product(Part):
    """Something on sale. The system's rules of custody and refund apply unless `terms` says otherwise."""

    of: Name
    """The merchant that sells it."""
    kind: CardKind = "stored-value"
    """What kind of card it is."""
    preset: Name | None = None
    """A product of the system, by its key."""
    name: Words = ""
    """How it is listed; else by its key."""
    price: Money | None = None
    """What it costs; of milestones, what they cost together."""
    bonus: Money | None = None
    """Face value given on top of the price."""
    sessions: Count = 0
    """Of a card of sessions: how many are paid for."""
    gift: Count = 0
    """Sessions given on top."""
    discount: Share = 0
    """What is paid of each price: 80 %."""
    months: Count = 0
    """Of a period card that counts months."""
    release_days: Count = 0
    """Of a period card: every so many days its share is released."""
    term_days: Count = 0
    """How long the card lasts; 0 without end."""
    cooling_days: Count | None = None
    """Days in which one may leave without reason, where the system does not say."""
    milestones: tuple[Money, ...] = ()
    """Their prices, in order."""
    cost_cap: Share = 0
    """Of milestones: the most that costs of custom work may be."""
    certifier: Name | None = None
    """Who certifies its progress."""
    payee: Name | None = None
    """Who receives what is released; else the merchant."""
    template: Name | None = None
    """A template the scenario brought itself."""
    token: Name | None = None
    """A token the scenario deployed itself."""
    pledges: dict[Name, Money] = Field(default_factory=dict)
    """What guarantors pledge for it."""
    backed: Flag = False
    """The guarantors of the system stand behind it."""
    on_sale: Flag = True
    """Published before the first step."""
    terms: dict[Name, Words] = Field(default_factory=dict)
    """Single numbers of the terms: custody-bps: 7000."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step: a verb with what is expected of it, or (verb None) expectations alone."""

    place: Place
    verb: Verb | None
    fails: Fails | None = None
    gives: dict[str, Expected] = field(default_factory=dict)
    expect: Expect | None = None
    unchanged: bool = False
    note: str = ""

    @property
    def word(self) -> str:
        """`terminate`, or `expect` for expectations alone."""
        return "expect" if self.verb is None else self.verb.word


def verbs() -> dict[str, type[Verb]]:
    """Every verb by its word."""
    from wallet.scenario.verbs import VERBS

    return VERBS


def read_step(node: Any) -> Step:
    """One step from its block. Raises WrongFile at the line of what is wrong."""
    place = place_of(node) or MADE_HERE
    if isinstance(node, str):
        node = Block({Text(node, place): Text("", place)}, place)
    if not isinstance(node, dict) or not node:
        raise wrong_file(place, "a step is `- verb: {…}`")
    known = verbs()
    words = [key for key in node if key not in BESIDE]
    if (unknown := next((key for key in words if key not in known), None)) is not None:
        near = get_close_matches(unknown, [*known, *BESIDE], n=3)
        hint = f"did you mean {' or '.join(near)}?" if near else "`prepaid scenario schema` names every verb"
        raise wrong_file(place_of(unknown) or place, f"no verb is called {unknown!r}", hint=hint)
    if len(words) > 1:
        raise wrong_file(
            place_of(words[1]) or place,
            f"two verbs in one step: {words[0]} and {words[1]}",
            hint="begin a new step with a dash",
        )
    if not words and "expect" not in node:
        raise wrong_file(place, "this step does nothing", hint="name a verb, or `expect:`")
    if not words and (lonely := next((key for key in ("fails", "gives", "unchanged") if key in node), None)):
        raise wrong_file(place, f"{lonely!r} needs a verb beside it")
    beside = read(Beside, {key: held for key, held in node.items() if key in BESIDE}, place)
    if beside.fails is not None and beside.gives is not None:
        where = node.place_of_key("gives") if isinstance(node, Block) else place
        raise wrong_file(where, "what is refused gives nothing", hint="leave out `gives`, or `fails`")
    verb = _verb(known[words[0]], node[words[0]], place_of(words[0]) or place) if words else None
    gives = {} if beside.gives is None else beside.gives.fields
    return Step(place, verb, beside.fails, gives, beside.expect, beside.unchanged, str(beside.note))


def _verb(cls: type[Verb], body: Any, place: Place) -> Verb:
    if isinstance(body, str) and not body:
        body = Block({}, place)
    if not isinstance(body, dict):
        if not cls.short:
            raise wrong_file(place, "a block of keys belongs here", key=cls.word)
        body = Block({Text(cls.short, place_of(body) or place): body}, place)
    return read(cls, body, place, key=cls.word)


def read_steps(node: Any) -> tuple[Step, ...]:
    """Steps from a list."""
    if not isinstance(node, list | tuple):
        raise ValueError("a list of steps belongs here")
    return tuple(one if isinstance(one, Step) else read_step(one) for one in node)


Steps = Annotated[
    tuple[Any, ...],
    BeforeValidator(read_steps),
    WithJsonSchema({"type": "array", "minItems": 1, "items": {"$ref": "#/$defs/Step"}}),
]
"""Steps inside a step."""
