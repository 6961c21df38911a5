"""Account addresses: strict reading and the EIP-55 checksum.

Between layers an address is a `str` in checksum form. Text from outside is refused when its mixed case
fails the checksum, since a mistyped digit is exactly what the checksum exists to catch.
"""

from __future__ import annotations

import re
from functools import lru_cache

from wallet.errors import InvalidInput
from wallet.keccak import keccak256

ZERO_ADDRESS = "0x" + "0" * 40

_HEX = re.compile(r"0x[0-9a-fA-F]{40}")


@lru_cache(maxsize=4096)
def to_checksum(raw: bytes) -> str:
    """The checksum form of 20 bytes. ValueError for another length: that is a bug, not input."""
    if len(raw) != 20:
        raise ValueError(f"an address has 20 bytes, not {len(raw)}")
    plain = raw.hex()
    mask = keccak256(plain.encode()).hex()
    return "0x" + "".join(c.upper() if int(m, 16) >= 8 else c for c, m in zip(plain, mask, strict=False))


def parse_address(text: object, *, where: str = "address", checksum_required: bool = False) -> str:
    """The checksum form of an address written by a person or a file.

    All-lower or all-upper digits carry no checksum and are accepted unless `checksum_required`.
    Raises InvalidInput naming the value, the place and the expected spelling.
    """
    if not isinstance(text, str) or _HEX.fullmatch(text) is None:
        raise InvalidInput(
            f"{where}: {text!r} is not an address",
            hint="an address is 0x followed by 40 hexadecimal digits",
            code="invalid-address",
            value=text,
            where=where,
        )
    right = to_checksum(bytes.fromhex(text[2:]))
    digits = text[2:]
    unchecked = digits in (digits.lower(), digits.upper())
    if text != right and (checksum_required or not unchecked):
        raise InvalidInput(
            f"{where}: the checksum of {text} is wrong",
            hint=f"a digit may be mistyped; with these digits it would be spelt {right}",
            code="invalid-address",
            value=text,
            where=where,
            right=right,
        )
    return right


@lru_cache(maxsize=4096)
def address_bytes(address: str) -> bytes:
    """The 20 bytes of an address in any accepted spelling; InvalidInput otherwise."""
    return bytes.fromhex(parse_address(address)[2:])
