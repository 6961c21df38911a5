"""Templates that no honest tool would make, assembled from a few words for scenarios about hostile rules.

Nothing here touches a chain; whether such code is admitted is the template registry's business.
"""

from __future__ import annotations

import re
from typing import Final

from wallet.errors import InvalidInput
from wallet.keccak import keccak256
from wallet.scenario import values

_TERMS = "(address,address,address,address,address,bytes32,bytes32,uint256,uint256,uint256,uint256,uint256)"
_ENTITLEMENT = keccak256(
    f"entitlement({_TERMS},(uint256,uint256,uint256,uint256,uint256,uint256),uint8)".encode()
)
_USAGE: Final = ("used", "listed", "released", "elapsed", "tier", "facts")
_FIRST_WORD: Final = 0x184
"""Where the first word of the usage stands in a question's calldata."""
_RETURN_TOP = bytes.fromhex("5f5260205ff3")
_TAILS: Final = {
    "reverts": "5f5ffd",
    "burns": "fe",
    "loops": "5b5860019003" + "56",
    "says nothing": "00",
}
_MANNERS: Final = ", ".join([*_TAILS, "half a word", "a flood", *_USAGE])


def runtime(released: str, owed: str) -> bytes:
    """Code that answers how much is released, and what is owed at exit, as these words say."""
    head = bytes.fromhex("5f3560e01c63") + _ENTITLEMENT[:4] + b"\x14"
    first, second = _body(released), _body(owed)
    target = len(head) + 4 + len(first)
    return head + b"\x61" + target.to_bytes(2) + b"\x57" + first + b"\x5b" + second


def creation(code: bytes) -> bytes:
    """What creates an account with this code."""
    # PUSH2 size, DUP1, PUSH1 offset, PUSH0, CODECOPY, PUSH0, RETURN
    return b"\x61" + len(code).to_bytes(2) + bytes.fromhex("80600a5f395ff3") + code


def _body(text: str) -> bytes:
    if text in _TAILS:
        return bytes.fromhex(_TAILS[text])
    if text in ("half a word", "a flood"):
        size = 31 if text == "half a word" else 90_000
        return _push(9) + b"\x5f\x52" + _push(size) + b"\x5f\xf3"
    each, _, word = text.rpartition(" for each ")
    if word in _USAGE:
        field = _push(_FIRST_WORD + 32 * _USAGE.index(word)) + b"\x35"
        return field + (_push(values.read_money(each)) + b"\x02" if each else b"") + _RETURN_TOP
    if re.fullmatch(r"2\^[0-9]{1,3}", text):
        return _push(2 ** int(text[2:]) % 2**256) + _RETURN_TOP
    try:
        return _push(values.read_money(text)) + _RETURN_TOP
    except ValueError:
        raise InvalidInput(
            f"{text!r} is no answer that a template can be made to give",
            hint=f"an amount, ¥1 for each elapsed, 2^48, or one of: {_MANNERS}",
            code="scenario-template",
            value=text,
        ) from None


def _push(number: int) -> bytes:
    size = (number.bit_length() + 7) // 8
    return bytes([0x5F + size]) + number.to_bytes(size)
