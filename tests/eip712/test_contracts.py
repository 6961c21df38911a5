"""Digests, domains and every packed number of the terms against the contracts' own bytecode, on revm."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.contracts.evm import CHAIN_ID, Contract
from tests.contracts.harness import World
from tests.eip712.strategies import addresses, messages_of, packed, words
from wallet.compiler import compile_folder
from wallet.eip712 import Consume, Domain, digital_yuan_domain, keccak256, sub_wallet_domain
from wallet.terms import LAYOUT, Terms

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]


@pytest.fixture(scope="module")
def world() -> World:
    """A fresh system."""
    return World()


@pytest.fixture(scope="module")
def messages(world: World) -> Contract:
    """The contract that shows what the sub-wallet hashes."""
    return world.deploy("TypedMessages")


@pytest.fixture(scope="module")
def reader(world: World) -> Contract:
    """A contract that answers what each accessor of Terms.sol reads."""
    made = compile_folder(HERE / "solidity", cache=ROOT / "build" / "contracts", download=False)
    return world.deploy(made.artefact("TermsReader"))


@given(st.integers(1, 2**53), addresses)
def test_the_domain_is_the_contracts(messages: Contract, chain_id: int, wallet: str) -> None:
    """Separator of a sub-wallet, for any chain and address."""
    assert messages.domain(chain_id, wallet) == sub_wallet_domain(chain_id, wallet).separator


@given(messages_of(Terms), words)
def test_a_purchase_hashes_as_in_the_contract(messages: Contract, terms: Terms, separator: bytes) -> None:
    """Struct hash straight from calldata, and the digest built in scratch memory."""
    assert messages.hashTerms(terms.values()) == terms.struct_hash()
    expected = keccak256(b"\x19\x01" + separator + terms.struct_hash())
    assert messages.digest(separator, terms.struct_hash()) == expected


@given(messages_of(Consume))
def test_a_consumption_hashes_as_in_the_contract(messages: Contract, message: Consume) -> None:
    """Struct hash of the message that is signed most."""
    assert messages.hashConsumption(message.card, message.values()[1:]) == message.struct_hash()


def test_the_digital_yuan_has_the_domain_we_sign_for(world: World) -> None:
    """EIP-5267 on the token itself."""
    _, name, version, chain_id, contract, _, _ = world.yuan.eip712Domain()
    expected = digital_yuan_domain(CHAIN_ID, world.yuan.address)
    assert Domain(name, version, chain_id, contract) == expected


def test_the_card_id_is_the_sub_wallets(world: World) -> None:
    """The id computed here is the one the consumer's own sub-wallet computes."""
    terms = world.terms()
    assert world.wallet(world.alice).cardId(terms) == terms.card_id(world.domain(world.alice))


@given(packed(), addresses, words)
def test_every_packed_number_stands_where_the_contract_reads_it(
    reader: Contract, numbers: dict[str, int], address: str, word: bytes
) -> None:
    """All accessors of Terms.sol, on terms built from random numbers, in one call."""
    terms = Terms.build(token=address, merchant=address, template=address, form=word, **numbers)
    order = [name for name in LAYOUT if name != "salt"]
    answer = reader.read(terms.values())
    assert dict(zip(order, answer, strict=True)) == {name: numbers[name] for name in order}
    assert terms.order & (1 << 64) - 1 == numbers["salt"]
    assert terms.reserved_bits() == 0


@given(messages_of(Terms))
def test_any_words_read_alike(reader: Contract, terms: Terms) -> None:
    """Words nobody here packed, dirty bits included, mean the same on both sides."""
    read = terms.numbers()
    del read["salt"]
    assert list(read.values()) == list(reader.read(terms.values()))
    assert reader.recipient(terms.values()) == terms.recipient
    for tier in range(5):
        assert reader.ladder(terms.values(), tier) == terms.ladder(tier)


@given(messages_of(Terms))
def test_the_product_id_is_the_hash_of_the_abi_encoding(reader: Contract, terms: Terms) -> None:
    """keccak256(abi.encode(terms with order zero)), as the catalogue computes it."""
    assert reader.product(terms.values()) == terms.product_id
    assert terms.product_id == terms.change(salt=1, buy_by=2).product_id
