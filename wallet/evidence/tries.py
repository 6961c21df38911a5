"""Merkle-Patricia tries over a block's receipts or transactions (yellow paper, appendix D): prove and check.

Keys are the RLP of a position in the block, values the receipts or transactions as bytes. Proofs are made by
the `trie` library, which needs every value of the block; checking one needs this page and nothing else.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from wallet.keccak import keccak256
from wallet.rlp import Rlp, minimal, rlp_decode, rlp_encode

_BRANCH, _LEAF_OR_EXTENSION = 17, 2


class ProofBroken(ValueError):
    """A proof that does not lead from its root to a value. `node` is the first one at fault.

    `node` is the number of proofs' nodes if they end too early, and -1 if the path fits none of them.
    """

    def __init__(self, node: int, why: str) -> None:
        super().__init__(why)
        self.node = node


class BlockTrie:
    """The trie over one block's values, for making proofs."""

    def __init__(self, values: Sequence[bytes]) -> None:
        from trie.hexary import HexaryTrie

        self._trie: Any = HexaryTrie({})
        for position, value in enumerate(values):
            self._trie[key_of(position)] = value

    @property
    def root(self) -> bytes:
        """What the block's header holds."""
        return bytes(self._trie.root_hash)

    def prove(self, position: int) -> list[bytes]:
        """The nodes from the root to the value at `position`, each as it was hashed."""
        root, *below = [_hashed(node) for node in self._trie.get_proof(key_of(position))]
        # A node shorter than a hash stands whole in the one above it.
        return [root, *(node for node in below if len(node) >= 32)]


def key_of(position: int) -> bytes:
    """The key of a position in the block."""
    return rlp_encode(minimal(position))


def value_at(root: bytes, position: int, nodes: Sequence[bytes]) -> bytes:
    """The value that `nodes` prove to stand at `position` under `root`; ProofBroken otherwise."""
    path = [nibble for byte in key_of(position) for nibble in (byte >> 4, byte & 15)]
    expected: Rlp = root
    number = 0
    while True:
        if isinstance(expected, list):  # shorter than a hash: the node stands in its parent
            node: Rlp = expected
        else:
            node = _next(expected, nodes, number)
            number += 1
        if not isinstance(node, list):
            raise ProofBroken(number - 1, "it is no node of a trie")
        if len(node) == _BRANCH:
            if not path:
                return _value(node[16], number, nodes)
            expected, path = node[path[0]], path[1:]
        elif len(node) == _LEAF_OR_EXTENSION:
            is_leaf, prefix = _prefix(node[0], number)
            if path[: len(prefix)] != prefix or (is_leaf and len(path) != len(prefix)):
                raise ProofBroken(-1, f"it proves another position than {position}")
            expected, path = node[1], path[len(prefix) :]
            if is_leaf:
                return _value(expected, number, nodes)
        else:
            raise ProofBroken(number - 1, f"it has {len(node)} parts, not 2 or 17")
        if expected == b"":
            raise ProofBroken(-1, f"nothing stands at position {position}")


def _next(expected: bytes, nodes: Sequence[bytes], number: int) -> Rlp:
    if number == len(nodes):
        raise ProofBroken(number, "its last node is missing")
    if keccak256(nodes[number]) != expected:
        raise ProofBroken(number, "it does not hash to what the node before it names")
    try:
        return rlp_decode(nodes[number])
    except (ValueError, IndexError, RecursionError):
        raise ProofBroken(number, "it is not RLP") from None


def _value(value: Rlp, number: int, nodes: Sequence[bytes]) -> bytes:
    if not isinstance(value, bytes) or not value:
        raise ProofBroken(number - 1, "it holds no value")
    if number != len(nodes):
        raise ProofBroken(number, "it is not part of the proof")
    return value


def _prefix(packed: Rlp, number: int) -> tuple[bool, list[int]]:
    """Hex-prefix encoding: whether it is a leaf's, and the nibbles."""
    if not isinstance(packed, bytes) or not packed or packed[0] >> 4 > 3:
        raise ProofBroken(number - 1, "its path is malformed")
    nibbles = [nibble for byte in packed for nibble in (byte >> 4, byte & 15)]
    return bool(nibbles[0] & 2), nibbles[1 if nibbles[0] & 1 else 2 :]


def _hashed(node: Any) -> bytes:
    return rlp_encode(_plain(node))


def _plain(node: Any) -> Rlp:
    return bytes(node) if isinstance(node, (bytes, bytearray)) else [_plain(one) for one in node]
