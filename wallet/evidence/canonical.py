"""One spelling for what is hashed: JSON after RFC 8785, narrowed to texts, whole numbers, lists and objects.

No floats, no true, false or null: whatever two programs might spell differently cannot occur. Larger numbers
than 2**53 - 1 are written as decimal text.
"""

from __future__ import annotations

import hashlib
import json
import re
from typing import Any, Final, TypeAlias

from wallet.errors import EnvironmentFault

Json: TypeAlias = "str | int | list[Json] | dict[str, Json]"

LARGEST: Final = 2**53 - 1
ALGORITHMS: Final = ("sha256", "sm3")

_SPELLER: Final = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"))
_KEY: Final = re.compile(r"[A-Za-z0-9_]+")


def canonical(value: Json) -> bytes:
    """The UTF-8 bytes that are hashed: keys in order, no space, shortest escapes. Raises ValueError."""
    _check(value)
    return spell(value)


def spell(value: Any) -> bytes:
    """The same unchecked, for what was checked before."""
    return _SPELLER.encode(value).encode()


def parse(text: str) -> Json:
    """Read JSON strictly; ValueError for a key given twice and for values that have no canonical form."""
    try:
        value: Json = json.loads(
            text, object_pairs_hook=_object, parse_float=_refuse, parse_constant=_refuse, parse_int=_number
        )
        _check(value)
    except RecursionError:
        raise ValueError("it is nested too deeply") from None
    return value


def leaves(value: Json, path: str = "") -> dict[str, str | int]:
    """Every text and number in `value` by its path, `values.paid` or `topics.0`.

    ValueError for an empty list or object, which would have no leaf, and for keys that could be mistaken.
    """
    found: dict[str, str | int] = {}
    _gather(value, path, found)
    return found


def digest(algorithm: str, data: bytes) -> str:
    """The hash of `data` in hexadecimal; EnvironmentFault (`evidence-hash`) if there is no such hash here."""
    if algorithm == "sha256":
        return hashlib.sha256(data).hexdigest()
    try:
        return hashlib.new(algorithm, data).hexdigest()
    except ValueError as cause:
        raise EnvironmentFault(
            f"this Python's hashlib has no {algorithm}",
            hint="use a Python whose OpenSSL offers it, or sha256",
            code="evidence-hash",
            algorithm=algorithm,
        ) from cause


def _gather(value: Json, path: str, found: dict[str, str | int]) -> None:
    if isinstance(value, (str, int)):
        found[path] = value
        return
    if not value:
        raise ValueError(f"{path}: it is empty")
    start = f"{path}." if path else ""
    if isinstance(value, dict):
        for key, one in value.items():
            if not _KEY.fullmatch(key):
                raise ValueError(f"{path}: {key!r} is no name of a field")
            _gather(one, start + key, found)
    else:
        for number, one in enumerate(value):
            _gather(one, f"{start}{number}", found)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise ValueError(f"{key!r} is given twice")
        found[key] = value
    return found


def _number(text: str) -> int:
    if len(text) > 17:
        raise ValueError(f"{text[:17]}… is larger than 2**53 - 1")
    return int(text)


def _refuse(text: str) -> Any:
    raise ValueError(f"{text} is not a whole number")


def _check(value: Any) -> None:
    if isinstance(value, str):
        try:
            value.encode()
        except UnicodeEncodeError:
            raise ValueError("a text in it is not Unicode") from None
    elif isinstance(value, dict):
        for key, one in value.items():
            _check(key)
            _check(one)
    elif isinstance(value, list):
        for one in value:
            _check(one)
    elif isinstance(value, bool) or not isinstance(value, int) or abs(value) > LARGEST:
        raise ValueError(f"{value!r} is neither text nor a whole number within 2**53 - 1")
