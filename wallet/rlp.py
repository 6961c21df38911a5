"""Recursive length prefix, Ethereum's encoding of nested bytes (yellow paper, appendix B).

A library for it exists and costs 0.3 s to import, more than opening a chain or signing a day's charges.
"""

from __future__ import annotations

from typing import TypeAlias

Rlp: TypeAlias = "bytes | list[Rlp]"


def minimal(number: int) -> bytes:
    """A number without leading zero bytes; zero is no byte at all."""
    return number.to_bytes((number.bit_length() + 7) // 8)


def rlp_encode(item: Rlp) -> bytes:
    """One item, a list of items in it included."""
    if isinstance(item, bytes):
        if len(item) == 1 and item[0] < 0x80:
            return item
        return _prefix(0x80, len(item)) + item
    body = b"".join(map(rlp_encode, item))
    return _prefix(0xC0, len(body)) + body


def _prefix(base: int, length: int) -> bytes:
    if length < 56:
        return bytes([base + length])
    size = minimal(length)
    return bytes([base + 55 + len(size)]) + size


def rlp_decode(data: bytes) -> Rlp:
    """What `data` encodes; ValueError if it is not exactly one item in shortest form."""
    item, end = _rlp_item(data, 0)
    if end != len(data):
        raise ValueError("bytes follow its end")
    return item


def _rlp_item(data: bytes, at: int) -> tuple[Rlp, int]:
    first = data[at]
    if first < 0x80:
        return data[at : at + 1], at + 1
    start, length = _rlp_span(data, at, 0xC0 if first >= 0xC0 else 0x80)
    end = start + length
    if end > len(data):
        raise ValueError("it is cut off")
    if first < 0xC0:
        return data[start:end], end
    items: list[Rlp] = []
    while start < end:
        item, start = _rlp_item(data, start)
        items.append(item)
    if start != end:
        raise ValueError("a list in it runs over its end")
    return items, end


def _rlp_span(data: bytes, at: int, base: int) -> tuple[int, int]:
    short = data[at] - base
    if short < 56:
        return at + 1, short
    size = short - 55
    length = data[at + 1 : at + 1 + size]
    if len(length) != size or length[0] == 0:
        raise ValueError("a length in it is wrong")
    return at + 1 + size, int.from_bytes(length)
