"""Reading signed transactions, against the library that makes them."""

from __future__ import annotations

from typing import Any

import pytest
import rlp
from eth_account import Account
from eth_utils import keccak, to_checksum_address
from hypothesis import given, settings
from hypothesis import strategies as st

from wallet.address import to_checksum
from wallet.chain.errors import Refused
from wallet.chain.primitives import address_bytes, created_address, read_transaction
from wallet.keccak import keccak256
from wallet.rlp import rlp_encode

KEYS = st.integers(1, 2**200).map(lambda n: n.to_bytes(32, "big"))
NUMBERS = st.integers(0, 2**64 - 1)
TARGETS = st.none() | st.binary(min_size=20, max_size=20)
FIELDS = st.fixed_dictionaries(
    {
        "nonce": NUMBERS,
        "gas": NUMBERS,
        "value": st.integers(0, 2**200),
        "data": st.binary(max_size=300),
        "chainId": st.integers(1, 2**48),
    }
)


@settings(max_examples=60, deadline=None)
@given(key=KEYS, fields=FIELDS, to=TARGETS, kind=st.sampled_from(["legacy", "list", "fee"]), fee=NUMBERS)
def test_reads_what_eth_account_signs(
    key: bytes, fields: dict[str, Any], to: bytes | None, kind: str, fee: int
) -> None:
    """Every kind, with and without a target: all fields, the hash and the sender."""
    made = dict(fields)
    if to is not None:
        made["to"] = to_checksum_address(to)
    if kind == "fee":
        made.update(maxFeePerGas=fee, maxPriorityFeePerGas=fee // 2)
    else:
        made["gasPrice"] = fee
    if kind == "list":
        made["accessList"] = [{"address": "0x" + "11" * 20, "storageKeys": ["0x" + "22" * 32]}]
    account = Account.from_key(key)
    signed = account.sign_transaction(made)
    read = read_transaction(bytes(signed.raw_transaction))
    assert to_checksum(read.sender) == account.address
    assert read.hash == bytes(signed.hash)
    assert (read.nonce, read.gas, read.value, read.data) == (
        fields["nonce"],
        fields["gas"],
        fields["value"],
        fields["data"],
    )
    assert (read.chain_id, read.max_fee, read.to) == (fields["chainId"], fee, to)


@settings(max_examples=80, deadline=None)
@given(st.binary(max_size=200))
def test_never_fails_otherwise_than_by_refusing(raw: bytes) -> None:
    with pytest.raises(Refused):
        read_transaction(raw)


@settings(max_examples=60, deadline=None)
@given(position=st.integers(0, 10_000), value=st.integers(0, 255))
def test_a_changed_byte_is_refused_or_another_sender(position: int, value: int) -> None:
    account = Account.from_key(b"\x01" * 32)
    raw = bytearray(
        account.sign_transaction(
            {"nonce": 1, "gas": 21_000, "value": 5, "data": b"abc", "chainId": 1, "maxFeePerGas": 9,
             "maxPriorityFeePerGas": 1, "to": "0x" + "11" * 20}
        ).raw_transaction
    )  # fmt: skip
    before = read_transaction(bytes(raw))
    position %= len(raw)
    if raw[position] == value:
        return
    raw[position] = value
    try:
        after = read_transaction(bytes(raw))
    except Refused:
        return
    assert after.sender != before.sender
    assert after.hash != before.hash


NESTED: Any = st.recursive(st.binary(max_size=80), lambda inner: st.lists(inner, max_size=5), max_leaves=20)


@settings(max_examples=80, deadline=None)
@given(NESTED)
def test_encodes_as_rlp_does(item: Any) -> None:
    assert rlp_encode(item) == rlp.encode(item)


@settings(max_examples=50, deadline=None)
@given(sender=st.binary(min_size=20, max_size=20), nonce=NUMBERS)
def test_addresses(sender: bytes, nonce: int) -> None:
    assert to_checksum(sender) == to_checksum_address(sender)
    assert address_bytes(to_checksum(sender)) == sender
    assert created_address(sender, nonce) == keccak(rlp.encode([sender, nonce]))[12:]
    assert keccak256(sender) == keccak(sender)


@pytest.mark.parametrize("wrong", ["", "0x", "0x12", "zz", "0x" + "1" * 41])
def test_not_an_address(wrong: str) -> None:
    with pytest.raises(ValueError):
        address_bytes(wrong)
