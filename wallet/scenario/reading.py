"""A validator's complaints as errors at the file and line of the very key.

Lines travel with the values, so what a validator names only has to be followed through the tree.
"""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from wallet.scenario.yaml_lines import HINT, Block, Listing, Place, Text, WrongFile, place_of, wrong_file

M = TypeVar("M", bound=BaseModel)


class Unfit(ValueError):
    """A value that cannot stand where it does, with its own place."""

    def __init__(self, message: str, place: Place | None, key: str) -> None:
        super().__init__(message)
        self.place, self.key = place, key


def read(model: type[M], node: Any, place: Place, *, key: str = "") -> M:
    """`node` as this model. Raises WrongFile with the place of the first thing wrong, and `others`."""
    try:
        return model.model_validate(node)
    except ValidationError as error:
        found = [_fault(one, model, node, place, key) for one in error.errors(include_url=False)]
        found[0].others = tuple(found[1:])
        raise found[0] from error


def _fault(first: Any, model: type[BaseModel], node: Any, place: Place, key: str) -> WrongFile:
    """One of a validator's complaints."""
    cause = first.get("ctx", {}).get("error")
    if isinstance(cause, Unfit):
        return wrong_file(cause.place or place, str(cause), key=cause.key)
    if isinstance(cause, WrongFile):
        return cause
    where, named = _follow(node, [one for one in first["loc"] if one != "[key]"], place)
    return wrong_file(where, _reason(first), hint=_hint(first, model, named), key=named or key)


def _follow(node: Any, steps: list[Any], place: Place) -> tuple[Place, str]:
    """The place of what a validator names, and the last key on the way."""
    named = ""
    for step in steps:
        if isinstance(node, dict) and step in node:
            place = node.place_of_key(step) if isinstance(node, Block) else place_of(node[step]) or place
            node, named = node[step], str(step)
        elif isinstance(node, list) and isinstance(step, int) and step < len(node):
            node = node[step]
            place = place_of(node) or place
        elif isinstance(step, str) and not named:
            named = step
    return (place_of(node) or place) if isinstance(node, Text | Listing) and node else place, named


def _reason(first: Any) -> str:
    kind, value = first["type"], first.get("input")
    if kind == "missing":
        return "is missing"
    if kind == "extra_forbidden":
        return "no such key here"
    if kind in ("dict_type", "model_type", "model_attributes_type"):
        return f"a block of keys belongs here, not {_told(value)}"
    if kind in ("tuple_type", "list_type"):
        return f"a list belongs here, not {_told(value)}"
    if kind == "literal_error":
        return f"{_told(value)} is not one of {first['ctx']['expected']}"
    return str(first["msg"]).removeprefix("Value error, ")


def _told(value: Any) -> str:
    if isinstance(value, dict):
        return "a block of keys"
    return "a list" if isinstance(value, list | tuple) else repr(str(value))


def _hint(first: Any, model: type[BaseModel], named: str) -> str:
    if first["type"] != "extra_forbidden":
        return HINT
    owner = _model_at(model, first["loc"][:-1])
    keys = [one.alias or name for name, one in owner.model_fields.items()] if owner is not None else []
    near = get_close_matches(named, keys, n=2)
    if near:
        return f"did you mean {' or '.join(near)}?"
    return f"there are {', '.join(keys)}" if keys else HINT


def _model_at(model: type[BaseModel], steps: tuple[Any, ...]) -> type[BaseModel] | None:
    """The model that a validator was in, found by the keys on its way; None where it cannot be told."""
    for step in steps:
        found = [one.annotation for name, one in model.model_fields.items() if step in (name, one.alias)]
        if found:
            inner = next(_models_in(found[0]), None)
            if inner is None:
                return None
            model = inner
    return model


def _models_in(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for inner in getattr(annotation, "__args__", ()):
        yield from _models_in(inner)
