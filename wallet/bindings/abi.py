"""Solidity values to calldata and back, by the ABI specification.

Written here because every call of this project goes through it: a card's twelve terms are encoded
in microseconds and nothing heavy is imported. Reading is strict: a number out of its type's range,
dirty padding, or an offset that points outside is an error, never a guess. Fixed-point types and
function pointers are not supported.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from wallet.address import to_checksum
from wallet.chain.errors import BadAnswer
from wallet.errors import InvalidInput

WORD = 32
LONGEST = 1 << 20
"""Most bytes or elements believed in one answer: a hostile node must not make us allocate more."""


class Codec(NamedTuple):
    """How one ABI type is written and read; `head` is its size in bytes where it stands."""

    dynamic: bool
    head: int
    encode: Callable[[Any], bytes]
    decode: Callable[[bytes, int], Any]


def encode(types: str, values: Sequence[Any]) -> bytes:
    """Encode `values` as the tuple `types`, such as `"(address,uint256)"`; InvalidInput where one misfits."""
    return codec(types).encode(values)


def decode(types: str, data: bytes) -> tuple[Any, ...]:
    """Decode `data` as the tuple `types`; BadAnswer if it is short, dirty or out of range.

    Addresses come back with their checksum, integers as int, bytesN and bytes as bytes.
    """
    found = codec(types).decode(data, 0)
    assert isinstance(found, tuple)
    return found


@lru_cache(maxsize=512)
def codec(kind: str) -> Codec:
    """The codec of the canonical type `kind` (tuples in brackets)."""
    if kind.endswith("]"):
        inner, _, length = kind[:-1].rpartition("[")
        return _fixed(codec(inner), int(length)) if length else _array(codec(inner))
    if kind.startswith("("):
        return _tuple(tuple(codec(part) for part in split(kind[1:-1])))
    if kind in ("bytes", "string"):
        return _text() if kind == "string" else _bytes()
    if kind == "address":
        return Codec(False, WORD, _encode_address, _decode_address)
    if kind == "bool":
        return Codec(False, WORD, _encode_bool, _decode_bool)
    match = re.fullmatch(r"(uint|int|bytes)([0-9]+)", kind)
    if match is None:
        raise InvalidInput(f"ABI type {kind!r} is not supported", code="invalid-abi", type=kind)
    size = int(match[2])
    if match[1] == "bytes":
        return _bytes_n(kind, size)
    return _integer(kind, size, signed=match[1] == "int")


def split(types: str) -> list[str]:
    """The comma-separated parts of `types`, brackets respected."""
    parts, depth, start = [], 0, 0
    for at, char in enumerate(types):
        depth += (char == "(") - (char == ")")
        if char == "," and depth == 0:
            parts.append(types[start:at])
            start = at + 1
    return [*parts, types[start:]] if types else []


def _word(data: bytes, at: int) -> bytes:
    word = data[at : at + WORD]
    if len(word) != WORD:
        raise BadAnswer(
            f"the answer ends after {len(data)} bytes, before byte {at + WORD}",
            hint="is there a contract at this address on this chain? `prepaid doctor` looks",
            length=len(data),
        )
    return word


def _size(data: bytes, at: int) -> int:
    size = int.from_bytes(_word(data, at))
    if size > LONGEST:
        raise BadAnswer(f"the answer claims a length or offset of {size}", length=len(data))
    return size


def _wrong(kind: str, value: object) -> InvalidInput:
    return InvalidInput(f"{value!r} is not a {kind}", code="invalid-abi", type=kind, value=str(value))


def _integer(kind: str, bits: int, *, signed: bool) -> Codec:
    low = -(1 << (bits - 1)) if signed else 0
    high = (1 << (bits - 1)) - 1 if signed else (1 << bits) - 1

    def write(value: Any) -> bytes:
        # An IntEnum is an honest number; a bool is not.
        if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
            raise _wrong(kind, value)
        return int(value).to_bytes(WORD, signed=signed)

    def read(data: bytes, at: int) -> int:
        value = int.from_bytes(_word(data, at), signed=signed)
        if not low <= value <= high:
            raise BadAnswer(f"the answer holds {value} where a {kind} belongs", value=value)
        return value

    return Codec(False, WORD, write, read)


def _bytes_n(kind: str, size: int) -> Codec:
    padding = bytes(WORD - size)

    def write(value: Any) -> bytes:
        if not isinstance(value, bytes) or len(value) != size:
            raise _wrong(kind, value)
        return value + padding

    def read(data: bytes, at: int) -> bytes:
        word = _word(data, at)
        if word[size:] != padding:
            raise BadAnswer(f"the answer holds more than a {kind}", value=word.hex())
        return word[:size]

    return Codec(False, WORD, write, read)


def _encode_address(value: Any) -> bytes:
    try:
        if not isinstance(value, str) or len(value) != 42 or value[:2] != "0x":
            raise ValueError
        raw = bytes.fromhex(value[2:])
    except ValueError:
        raise _wrong("address", value) from None
    if len(raw) != 20:
        raise _wrong("address", value)
    return bytes(12) + raw


def _decode_address(data: bytes, at: int) -> str:
    word = _word(data, at)
    if word[:12] != bytes(12):
        raise BadAnswer("the answer holds more than an address", value=word.hex())
    return to_checksum(word[12:])


def _encode_bool(value: Any) -> bytes:
    if not isinstance(value, bool):
        raise _wrong("bool", value)
    return bytes(31) + (b"\x01" if value else b"\x00")


def _decode_bool(data: bytes, at: int) -> bool:
    value = int.from_bytes(_word(data, at))
    if value > 1:
        raise BadAnswer(f"the answer holds {value} where a bool belongs", value=value)
    return value == 1


def _bytes() -> Codec:
    def write(value: Any) -> bytes:
        if not isinstance(value, bytes):
            raise _wrong("bytes", value)
        return len(value).to_bytes(WORD) + value + bytes(-len(value) % WORD)

    def read(data: bytes, at: int) -> bytes:
        size = _size(data, at)
        value = data[at + WORD : at + WORD + size]
        if len(value) != size:
            raise BadAnswer(f"the answer holds {len(value)} of {size} bytes", length=len(data))
        return value

    return Codec(True, WORD, write, read)


def _text() -> Codec:
    raw = _bytes()

    def write(value: Any) -> bytes:
        if not isinstance(value, str):
            raise _wrong("string", value)
        return raw.encode(value.encode())

    def read(data: bytes, at: int) -> str:
        # Anybody may put odd bytes into a name on a chain; showing it must not fail.
        text: bytes = raw.decode(data, at)
        return text.decode(errors="replace")

    return Codec(True, WORD, write, read)


def _tuple(parts: tuple[Codec, ...]) -> Codec:
    dynamic = any(part.dynamic for part in parts)
    size = sum(part.head for part in parts)

    def write(values: Any) -> bytes:
        if len(values) != len(parts):
            raise InvalidInput(f"{len(values)} values for {len(parts)} places", code="invalid-abi")
        if not dynamic:
            return b"".join([part.encode(value) for part, value in zip(parts, values, strict=True)])
        heads, tails, end = [], [], size
        for part, value in zip(parts, values, strict=True):
            written = part.encode(value)
            if part.dynamic:
                heads.append(end.to_bytes(WORD))
                tails.append(written)
                end += len(written)
            else:
                heads.append(written)
        return b"".join(heads + tails)

    def read(data: bytes, at: int) -> tuple[Any, ...]:
        values, here = [], at
        for part in parts:
            values.append(part.decode(data, at + _size(data, here) if part.dynamic else here))
            here += part.head
        return tuple(values)

    return Codec(dynamic, WORD if dynamic else size, write, read)


def _fixed(part: Codec, size: int) -> Codec:
    whole = _tuple((part,) * size)
    return Codec(whole.dynamic, whole.head, whole.encode, whole.decode)


def _array(part: Codec) -> Codec:
    def write(values: Any) -> bytes:
        return len(values).to_bytes(WORD) + _tuple((part,) * len(values)).encode(values)

    def read(data: bytes, at: int) -> tuple[Any, ...]:
        size = _size(data, at)
        # Each element takes at least one word, so a claimed length can be checked before it is built.
        if size * max(part.head, WORD) > len(data) - at:
            raise BadAnswer(f"the answer claims {size} elements in {len(data) - at} bytes", length=size)
        inner: tuple[Any, ...] = _tuple((part,) * size).decode(data, at + WORD)
        return inner

    return Codec(True, WORD, write, read)
