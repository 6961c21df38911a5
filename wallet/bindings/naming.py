"""How an ABI's names and types are written in Python: the vocabulary of the generator.

Nothing here reads files or knows whole contracts.
"""

from __future__ import annotations

import builtins
import keyword
import re
import textwrap
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from wallet.keccak import keccak256

# Structs that people sign have a class of their own, a message whose `values()` are the struct's in order.
MESSAGES = {"Terms": "wallet.terms"}
"""Solidity name -> the module of its class."""


def snake(name: str) -> str:
    """`SubWalletFactory` as `sub_wallet_factory`, `walletOf` as `wallet_of`, `DOMAIN_SEPARATOR` in small."""
    if name.isupper():
        return name.lower()
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name).lower().strip("_")


def class_name(name: str) -> str:
    """`SubWallet_CardClosed` as `SubWalletCardClosed`."""
    return "".join(part[:1].upper() + part[1:] for part in name.split("_"))


def error_code(name: str) -> str:
    """`SubWallet_CardClosed` as the stable code `sub-wallet-card-closed`."""
    return "-".join(snake(part).replace("_", "-") for part in name.split("_") if part)


def canonical(entry: Mapping[str, Any]) -> str:
    """The ABI type of a parameter with tuples written out."""
    kind = str(entry["type"])
    if not kind.startswith("tuple"):
        return kind
    return "(" + ",".join(canonical(part) for part in entry["components"]) + ")" + kind[5:]


def signature(entry: Mapping[str, Any]) -> str:
    """`name(type,type)` of a function, event or error."""
    return str(entry["name"]) + types_of(entry["inputs"])


def types_of(params: Iterable[Mapping[str, Any]]) -> str:
    """The ABI types of `params` as one tuple."""
    return "(" + ",".join(canonical(param) for param in params) + ")"


def struct_name(param: Mapping[str, Any]) -> str:
    """The bare name of a parameter's struct."""
    return str(param["internalType"]).removeprefix("struct ").rpartition(".")[2].partition("[")[0]


def python_names(params: Sequence[Mapping[str, Any]], taken: Collection[str] = ("self",)) -> list[str]:
    """The parameters' names in Python, none hiding a keyword, a builtin or one `taken`."""
    names: list[str] = []
    for at, param in enumerate(params):
        name = snake(str(param["name"])) or f"arg{at}"
        if keyword.iskeyword(name) or hasattr(builtins, name) or name in taken or name in names:
            name += "_"
        names.append(name)
    return names


def solidity(param: Mapping[str, Any]) -> str:
    """The type as the source says it: `Terms`, `Status`, `uint256[]`."""
    said = str(param.get("internalType", param["type"])).rpartition(" ")[2]
    return said.rpartition(".")[2]


def declared(entry: Mapping[str, Any]) -> str:
    """The declaration as Solidity writes it: `pay(address to, uint256 fen)`."""
    shown = ", ".join(f"{solidity(p)} {p['name']}".strip() for p in entry["inputs"])
    return f"{entry['name']}({shown})"


def python_type(param: Mapping[str, Any], *, given: bool) -> str:
    """The Python type; a list given may be any sequence, one received is a tuple."""
    kind = str(param["type"])
    if kind.endswith("]"):
        inner = python_type({**param, "type": kind[: kind.rindex("[")]}, given=given)
        return f"Sequence[{inner}]" if given else f"tuple[{inner}, ...]"
    if kind == "tuple":
        return struct_name(param)
    simple = {"address": "str", "bool": "bool", "string": "str"}
    return simple.get(kind) or ("bytes" if kind.startswith("bytes") else "int")


def has_struct(param: Mapping[str, Any]) -> bool:
    """Whether the parameter is a struct or holds one."""
    return str(param["type"]).startswith("tuple")


def give(param: Mapping[str, Any], name: str, depth: int = 0) -> str:
    """The expression that turns the Python value `name` into what the codec takes."""
    kind = str(param["type"])
    if not has_struct(param):
        return name
    if kind.endswith("]"):
        inner = give({**param, "type": kind[: kind.rindex("[")]}, f"x{depth}", depth + 1)
        return f"[{inner} for x{depth} in {name}]"
    return f"{name}.values()" if struct_name(param) in MESSAGES else f"{name}.to_abi()"


def take(param: Mapping[str, Any], name: str, depth: int = 0) -> str:
    """The expression that turns the codec's value `name` into the Python one."""
    kind = str(param["type"])
    if not has_struct(param):
        return name
    if kind.endswith("]"):
        inner = take({**param, "type": kind[: kind.rindex("[")]}, f"x{depth}", depth + 1)
        return f"tuple({inner} for x{depth} in {name})"
    struct = struct_name(param)
    return f"{struct}(*{name})" if struct in MESSAGES else f"{struct}.from_abi({name})"


def used_structs(params: Iterable[Mapping[str, Any]]) -> set[str]:
    """Names of the structs that the parameters are made of, at their first level."""
    return {struct_name(param) for param in params if has_struct(param)}


def imports(structs: set[str], *more: str) -> list[str]:
    """Import lines for `structs`, with `more`, in the order the linter wants."""
    own = ", ".join(sorted(structs - set(MESSAGES)))
    lines = [f"from wallet.bindings.structs import {own}"] if own else []
    lines += [f"from {MESSAGES[name]} import {name}" for name in structs & set(MESSAGES)]
    return sorted([*lines, *more], key=lambda line: line.split()[1])


def tuple_of(parts: Sequence[str]) -> str:
    """A tuple expression of these expressions."""
    return "(" + ", ".join(parts) + ("," if len(parts) == 1 else "") + ")"


def docstring(text: str, indent: int) -> list[str]:
    """`text` as a docstring; a long one ends with its quotes on a line of their own."""
    lines = textwrap.wrap(f'"""{text}', width=107 - indent)
    lines += ['"""'] if len(lines) > 1 else []
    return [" " * indent + line for line in (lines if lines[1:] else [lines[0] + '"""'])]


def hash_of(text: str) -> bytes:
    """Keccak-256 of a signature."""
    return keccak256(text.encode())
