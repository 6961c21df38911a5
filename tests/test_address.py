"""Addresses: EIP-55 as eth_utils has it, and a mistyped digit is caught."""

from __future__ import annotations

import pytest
from eth_utils.address import to_checksum_address
from hypothesis import assume, given
from hypothesis import strategies as st

from tests.eip712.strategies import addresses
from wallet.eip712 import keccak256, parse_address, to_checksum
from wallet.errors import InvalidInput


@given(st.binary(min_size=20, max_size=20))
def test_checksum_is_eip_55(raw: bytes) -> None:
    """Compared with another implementation."""
    assert to_checksum(raw) == to_checksum_address(raw)


@given(addresses)
def test_plain_spellings_are_accepted_where_allowed(address: str) -> None:
    """Lower and upper case carry no checksum; files demand one."""
    for spelling in (address, address.lower(), "0x" + address[2:].upper()):
        assert parse_address(spelling) == address
    if address != address.lower():
        with pytest.raises(InvalidInput, match="checksum"):
            parse_address(address.lower(), checksum_required=True)


@given(addresses, st.integers(2, 41))
def test_a_letter_in_the_wrong_case_is_refused(address: str, place: int) -> None:
    """Changing the case of one letter breaks the checksum, and the right spelling is shown."""
    wrong = address[:place] + address[place].swapcase() + address[place + 1 :]
    assume(wrong != address)
    assume(wrong[2:] not in (wrong[2:].lower(), wrong[2:].upper()))
    with pytest.raises(InvalidInput) as caught:
        parse_address(wrong, where="merchant")
    assert "merchant" in caught.value.message
    assert address in caught.value.hint


@pytest.mark.parametrize(
    "text", ["", "0x", "0x12", "f" * 40, "0x" + "g" * 40, "0x" + "1" * 41, None, 5, "0X" + "1" * 40]
)
def test_other_things_are_no_addresses(text: object) -> None:
    """Wrong length, digits, prefix or type."""
    with pytest.raises(InvalidInput, match="not an address"):
        parse_address(text)


def test_keccak_is_the_original_padding() -> None:
    """The hash of nothing, as Ethereum has it; NIST's SHA3-256 differs."""
    assert keccak256(b"").hex() == "c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470"
