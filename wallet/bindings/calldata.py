"""Calldata and answers read back: which function of which contract, its arguments by name.

The generated bindings write calls; this reads them, from the same ABIs, for traces and whoever looks at what
was sent. What does not decode stays bytes. Values are plain: integers, text, 0x text, lists, and structs as
mappings of their fields.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from wallet.bindings.abi import decode
from wallet.bindings.naming import signature, types_of
from wallet.chain.base import BadAnswer
from wallet.compiler.artefacts import artefact_names, load_artefact
from wallet.keccak import keccak256

Abi = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Function:
    """A function of our contracts. `contract` is the one asked for, else the first that has it."""

    contract: str
    name: str
    inputs: Sequence[Abi]
    outputs: Sequence[Abi]

    def arguments(self, calldata: bytes) -> dict[str, Any]:
        """What it was called with, by name; `{"data": "0x…"}` if the bytes are not its arguments."""
        return _values(self.inputs, calldata[4:])

    def answer(self, data: bytes) -> dict[str, Any]:
        """What it returned, by name, or by position where the ABI has none."""
        return _values(self.outputs, data) if data or self.outputs else {}


def function_of(calldata: bytes, contract: str = "") -> Function | None:
    """The function that `calldata` calls, of `contract` if that has it, else of any; None if none has."""
    selector = calldata[:4]
    if len(selector) < 4:
        return None
    own = _functions().get(contract, {}).get(selector)
    if own is not None:
        return own
    return next((there[selector] for there in _functions().values() if selector in there), None)


@cache
def _functions() -> dict[str, dict[bytes, Function]]:
    """Contract -> selector -> function. Interfaces, whose names begin with I, come last."""
    names = sorted(artefact_names(), key=lambda name: (name[0] == "I" and name[1].isupper(), name))
    return {name: dict(_of(name)) for name in names}


def _of(contract: str) -> list[tuple[bytes, Function]]:
    return [
        (
            keccak256(signature(entry).encode())[:4],
            Function(contract, entry["name"], entry["inputs"], entry["outputs"]),
        )
        for entry in load_artefact(contract).abi
        if entry["type"] == "function"
    ]


def _values(params: Sequence[Abi], data: bytes) -> dict[str, Any]:
    try:
        found = decode(types_of(params), data)
    except BadAnswer:
        return {"data": "0x" + data.hex()}
    return _named(params, found)


def _named(params: Sequence[Abi], values: Sequence[Any]) -> dict[str, Any]:
    return {
        param.get("name") or str(position): _plain(param, value)
        for position, (param, value) in enumerate(zip(params, values, strict=True))
    }


def _plain(param: Abi, value: Any) -> Any:
    kind = str(param["type"])
    if kind.endswith("]"):
        inner = {**param, "type": kind[: kind.rindex("[")]}
        return [_plain(inner, one) for one in value]
    if kind == "tuple":
        return _named(param["components"], value)
    return "0x" + value.hex() if isinstance(value, bytes) else value
