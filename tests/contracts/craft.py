"""Hand-made templates and terms that no honest tool would make.

Templates are assembled here byte by byte, so that a test shows exactly what the registry scans and what the
sub-wallet is answered. Nothing here touches a chain.
"""

from __future__ import annotations

from dataclasses import replace

from wallet.eip712 import keccak256
from wallet.terms import LAYOUT, Terms

_TERMS = "(address,address,address,address,address,bytes32,bytes32,uint256,uint256,uint256,uint256,uint256)"
_USAGE = "(uint256,uint256,uint256,uint256,uint256,uint256)"
ENTITLEMENT = keccak256(f"entitlement({_TERMS},{_USAGE},uint8)".encode())[:4]

# Where the words of a question stand in calldata.
PARAMS0, PARAMS1 = 0x124, 0x144
USED, LISTED, RELEASED, ELAPSED, TIER, FACTS, CAUSE = range(0x184, 0x264, 0x20)


def push(number: int) -> bytes:
    """The shortest PUSH of a number."""
    size = (number.bit_length() + 7) // 8
    return bytes([0x5F + size]) + number.to_bytes(size)


RETURN_TOP = bytes.fromhex("5f5260205ff3")
"""Answer the word on top of the stack."""
REVERT = bytes.fromhex("5f5ffd")
INVALID = b"\xfe"
STOP = b"\x00"
LOOP = bytes.fromhex("5b5860019003") + b"\x56"
"""JUMPDEST, PC, minus one, JUMP: for ever, wherever it stands."""


def word(number: int) -> bytes:
    """Answer this number."""
    return push(number % (1 << 256)) + RETURN_TOP


def field(offset: int) -> bytes:
    """Answer a word of the question."""
    return push(offset) + b"\x35" + RETURN_TOP


def short(size: int, number: int = 0) -> bytes:
    """Answer the first `size` bytes of a word holding `number`, or zeros behind it."""
    return push(number) + b"\x5f\x52" + push(size) + b"\x5f\xf3"


def template(released: bytes, entitlement: bytes) -> bytes:
    """Runtime code that answers each question with its own body; each body ends in a terminator."""
    head = b"\x5f\x35\x60\xe0\x1c" + b"\x63" + ENTITLEMENT + b"\x14"
    target = len(head) + 4 + len(released)
    return head + b"\x61" + target.to_bytes(2) + b"\x57" + released + b"\x5b" + entitlement


OBEDIENT = template(field(PARAMS0), field(PARAMS1))
"""Releases `params0` and owes `params1`, whatever happens."""


def force(terms: Terms, **numbers: int) -> Terms:
    """`terms` with packed numbers set without any check of their range."""
    words = {"amounts": terms.amounts, "policy": terms.policy, "order": terms.order}
    for name, number in numbers.items():
        place = LAYOUT[name]
        mask = (1 << place.width) - 1
        assert number <= mask, f"{name}: {number} has no room"
        words[place.word] = words[place.word] & ~(mask << place.shift) | number << place.shift
    return replace(terms, **words)
