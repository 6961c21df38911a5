"""Signatures: one accepted spelling each, same answers as eth_keys, never a crash on garbage."""

from __future__ import annotations

import pytest
from eth_keys.datatypes import PrivateKey, Signature
from hypothesis import given
from hypothesis import strategies as st

from tests.contracts.harness import World
from tests.eip712.strategies import addresses, keys, words
from wallet.eip712 import recover, sign_digest, signature, verify
from wallet.eip712.signature import (
    HALF_ORDER,
    ORDER,
    compact,
    digest_signer,
    is_magic,
    is_valid_signature_call,
    normalise,
    public_address,
)
from wallet.errors import InvalidInput

DIGEST = bytes(range(32))
KEY = bytes(31) + b"\x01"


@given(keys, words)
def test_signs_and_recovers_as_eth_keys_does(key: bytes, digest: bytes) -> None:
    """Deterministic signatures of two libraries are equal byte by byte."""
    made = sign_digest(key, digest)
    theirs = PrivateKey(key).sign_msg_hash(digest).to_bytes()
    assert made == theirs[:64] + bytes([theirs[64] + 27])
    assert recover(digest, made) == PrivateKey(key).public_key.to_checksum_address() == public_address(key)


@given(keys, words)
def test_both_libraries_serve(key: bytes, digest: bytes) -> None:
    """Without coincurve the pure-Python library gives the same bytes and addresses."""
    fast = sign_digest(key, digest), recover(digest, sign_digest(key, digest)), public_address(key)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(signature, "_PURE", True)
        slow = sign_digest(key, digest), recover(digest, sign_digest(key, digest)), public_address(key)
    assert fast == slow


@given(keys, words)
def test_both_lengths_mean_the_same(key: bytes, digest: bytes) -> None:
    """65 and 64 bytes (EIP-2098) convert into each other and recover alike."""
    full = sign_digest(key, digest)
    short = compact(full)
    assert len(short) == 64
    assert normalise(short) == full
    assert recover(digest, short) == recover(digest, full)


@given(keys, words)
def test_the_mirrored_signature_is_refused(key: bytes, digest: bytes) -> None:
    """Malleability: the second valid s of every signature is not accepted, here as in the contracts."""
    made = sign_digest(key, digest)
    high = (ORDER - int.from_bytes(made[32:64], "big")).to_bytes(32, "big")
    mirrored = made[:32] + high + bytes([55 - made[64]])
    assert Signature(mirrored[:64] + bytes([mirrored[64] - 27])).recover_public_key_from_msg_hash(digest)
    assert not verify(digest, mirrored, public_address(key))
    with pytest.raises(InvalidInput, match="lower half"):
        recover(digest, mirrored)


@given(st.binary(max_size=70), words, addresses)
def test_garbage_is_nobodys_signature(data: bytes, digest: bytes, signer: str) -> None:
    """Whatever arrives, the answer is no, not a crash."""
    assert not verify(digest, data, signer)


@given(st.binary(min_size=64, max_size=64), st.sampled_from([27, 28]), words, addresses)
def test_random_points_are_nobodys_signature(data: bytes, v: int, digest: bytes, signer: str) -> None:
    """A random r and a low s, on the curve or not, never crash and never pass for a given account."""
    s = int.from_bytes(data[32:], "big") % HALF_ORDER + 1
    assert not verify(digest, data[:32] + s.to_bytes(32, "big") + bytes([v]), signer)


@pytest.mark.parametrize("v", [0, 1, 26, 29, 255])
def test_other_recovery_numbers_are_refused(v: int) -> None:
    """Only 27 and 28, as in the contracts."""
    with pytest.raises(InvalidInput, match="v is"):
        normalise(sign_digest(KEY, DIGEST)[:64] + bytes([v]))


@pytest.mark.parametrize(("r", "s"), [(0, 1), (ORDER, 1), (1, 0), (1, HALF_ORDER + 1)])
def test_numbers_outside_their_range_are_refused(r: int, s: int) -> None:
    """The zero signature, which some recover to the zero address, and numbers beyond the curve's order."""
    with pytest.raises(InvalidInput):
        normalise(r.to_bytes(32, "big") + s.to_bytes(32, "big") + b"\x1b")


@given(keys, words, words)
def test_a_signature_is_for_one_digest(key: bytes, digest: bytes, other: bytes) -> None:
    """Altering a single bit of what was signed makes it another message."""
    assert verify(other, sign_digest(key, digest), public_address(key)) is (other == digest)


def test_only_digests_are_signed() -> None:
    """32 bytes, no more and no less."""
    for size in (0, 31, 33):
        with pytest.raises(ValueError, match="32 bytes"):
            digest_signer(KEY)(bytes(size))


@pytest.mark.parametrize("key", [bytes(32), ORDER.to_bytes(32, "big"), b"\xff" * 32, b"\x01"])
def test_numbers_that_are_no_keys_are_refused(key: bytes) -> None:
    """Zero, the order and beyond."""
    with pytest.raises(InvalidInput):
        public_address(key)


@pytest.mark.parametrize("use_compact", [False, True])
def test_a_contract_owner_is_asked_through_its_own_function(use_compact: bool) -> None:
    """The ERC-1271 call and its answer, on the recoverable owner that ships with the contracts."""
    world = World()
    owner = world.deploy("RecoverableOwner", world.alice, world.bob)
    made = world.alice.sign_digest(DIGEST)
    made = compact(made) if use_compact else made
    assert is_magic(world.ask(owner, is_valid_signature_call(DIGEST, made)))
    assert not is_magic(world.ask(owner, is_valid_signature_call(DIGEST, world.bob.sign_digest(DIGEST))))
    assert not is_magic(b"")
    assert not is_magic(world.alice.sign_digest(DIGEST)[:32])
