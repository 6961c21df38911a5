"""Raw transactions, byte by byte as eth_account makes them."""

from __future__ import annotations

import pytest
from eth_account import Account
from hypothesis import given
from hypothesis import strategies as st
from rlp import decode, encode

from tests.eip712.strategies import addresses, keys
from wallet.errors import PolicyRefusal
from wallet.rlp import rlp_encode
from wallet.signing.signer import KeySigner
from wallet.signing.transaction import Transaction, transaction_hash

wei = st.one_of(st.integers(0, 300), st.integers(0, 2**96 - 1))
transactions = st.builds(
    Transaction,
    chain_id=st.integers(1, 2**53),
    nonce=st.integers(0, 2**32),
    to=st.one_of(st.none(), addresses),
    data=st.one_of(st.binary(max_size=80), st.binary(min_size=250, max_size=300)),
    gas=st.integers(21_000, 30_000_000),
    max_fee_per_gas=wei,
    max_priority_fee_per_gas=wei,
    value=wei,
)


@given(keys, transactions)
def test_signs_the_same_bytes_as_eth_account(key: bytes, transaction: Transaction) -> None:
    """Raw bytes, hash and sender agree with the library everybody uses."""
    fields = {
        "type": 2,
        "chainId": transaction.chain_id,
        "nonce": transaction.nonce,
        "to": transaction.to or "",
        "data": transaction.data,
        "gas": transaction.gas,
        "maxFeePerGas": transaction.max_fee_per_gas,
        "maxPriorityFeePerGas": transaction.max_priority_fee_per_gas,
        "value": transaction.value,
    }
    theirs = Account.from_key(key).sign_transaction(fields)
    ours = KeySigner(key).sign_transaction(transaction)
    assert ours == bytes(theirs.raw_transaction)
    assert transaction_hash(ours) == bytes(theirs.hash)
    assert Account.recover_transaction(ours) == KeySigner(key).address


nested = st.recursive(st.binary(max_size=70), lambda inner: st.lists(inner, max_size=5), max_leaves=20)


@given(nested)
def test_rlp_is_the_standard_one(item: object) -> None:
    """Against the reference library, there and back."""
    assert rlp_encode(item) == encode(item)
    assert encode(decode(rlp_encode(item))) == rlp_encode(item)


def test_a_bound_key_signs_for_its_own_chain_only() -> None:
    """A development key of one chain refuses a transaction for another."""
    signer = KeySigner(bytes(31) + b"\1", only_chain=31337)
    transaction = Transaction(31337, 0, None, b"", 21_000, 1)
    assert signer.sign_transaction(transaction)
    with pytest.raises(PolicyRefusal) as caught:
        signer.sign_transaction(Transaction(1, 0, None, b"", 21_000, 1))
    assert caught.value.error_code == "dev-account-elsewhere"


def test_a_key_is_not_shown() -> None:
    """Neither repr nor str of a signer holds its key."""
    key = bytes(range(1, 33))
    assert key.hex() not in repr(KeySigner(key)) + str(KeySigner(key))
