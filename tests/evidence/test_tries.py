"""Proofs over tries of every size: made by the library, checked by our own walk, broken in every way."""

from __future__ import annotations

import pytest
import rlp
from hypothesis import given, settings
from hypothesis import strategies as st
from trie import HexaryTrie

from wallet.evidence.tries import BlockTrie, ProofBroken, key_of, value_at
from wallet.keccak import keccak256

SIZES = (1, 2, 17, 128, 129, 257)


def values(count: int, length: int = 300) -> list[bytes]:
    """As many different values, none shorter than a receipt."""
    return [bytes([2]) + keccak256(number.to_bytes(4)) * (length // 32 + 1) for number in range(count)]


@pytest.mark.parametrize("count", SIZES)
def test_every_position_is_proven_under_the_root_of_the_library(count: int) -> None:
    """Position 0 has the key 0x80, those from 128 on two bytes: the places where tries grow new shapes."""
    stored = values(count)
    plain = HexaryTrie({})
    for number, value in enumerate(stored):
        plain[rlp.encode(number)] = value
    trie = BlockTrie(stored)
    assert trie.root == plain.root_hash
    for number in {0, 1, count // 2, min(127, count - 1), count - 1} & set(range(count)):
        assert value_at(trie.root, number, trie.prove(number)) == stored[number]


def test_the_key_of_a_position_is_its_rlp() -> None:
    assert [key_of(n) for n in (0, 1, 127, 128, 256)] == [rlp.encode(n) for n in (0, 1, 127, 128, 256)]


def test_values_shorter_than_a_hash_stand_in_their_parents_node() -> None:
    """No receipt is as short, but a trie's rules do not end there."""
    stored = [bytes([65 + n]) * 3 for n in range(20)]
    trie = BlockTrie(stored)
    for number, value in enumerate(stored):
        assert value_at(trie.root, number, trie.prove(number)) == value


@given(st.data())
@settings(max_examples=60)
def test_a_changed_byte_of_any_node_is_found_in_that_node(data: st.DataObject) -> None:
    stored = values(data.draw(st.sampled_from((1, 17, 130))))
    number = data.draw(st.integers(0, len(stored) - 1))
    trie = BlockTrie(stored)
    nodes = trie.prove(number)
    place = data.draw(st.integers(0, len(nodes) - 1))
    at = data.draw(st.integers(0, len(nodes[place]) - 1))
    bad = bytearray(nodes[place])
    bad[at] ^= data.draw(st.integers(1, 255))
    nodes[place] = bytes(bad)
    with pytest.raises(ProofBroken) as broken:
        value_at(trie.root, number, nodes)
    assert broken.value.node == place


def test_a_proof_serves_only_its_own_position_and_root() -> None:
    trie, other = BlockTrie(values(20)), BlockTrie(values(21))
    nodes = trie.prove(3)
    with pytest.raises(ProofBroken) as elsewhere:
        value_at(trie.root, 4, nodes)
    assert elsewhere.value.node in (-1, len(nodes) - 1)
    with pytest.raises(ProofBroken) as foreign:
        value_at(other.root, 3, nodes)
    assert foreign.value.node == 0
    with pytest.raises(ProofBroken):
        value_at(trie.root, 20, other.prove(20))


def test_too_few_and_too_many_nodes_are_refused() -> None:
    trie = BlockTrie(values(130))
    nodes = trie.prove(129)
    for short in (nodes[:-1], []):
        with pytest.raises(ProofBroken, match="missing") as broken:
            value_at(trie.root, 129, short)
        assert broken.value.node == len(short)
    with pytest.raises(ProofBroken) as broken:
        value_at(trie.root, 129, [*nodes, nodes[0]])
    assert broken.value.node == len(nodes)


@given(st.lists(st.binary(max_size=80), max_size=4), st.integers(0, 300))
def test_rubbish_proves_nothing_and_breaks_nothing(nodes: list[bytes], position: int) -> None:
    root = keccak256(nodes[0]) if nodes else bytes(32)
    with pytest.raises(ProofBroken):
        value_at(root, position, nodes)
