"""Secp256k1 signatures over a digest: make, normalise, recover, verify.

Accepted forms are the contracts': 65 bytes r ‖ s ‖ v with v 27 or 28, or 64 bytes (EIP-2098), and s in the
lower half, so that no second valid spelling of a signature exists. Contract owners (ERC-1271) are asked
through the chain by the caller: `is_valid_signature_call` builds the call, `is_magic` reads the answer.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

from wallet.address import parse_address, to_checksum
from wallet.errors import InvalidInput
from wallet.keccak import keccak256

ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141
HALF_ORDER = ORDER // 2
MAGIC = bytes.fromhex("1626ba7e")
"""Selector of isValidSignature(bytes32,bytes), which is also its answer for yes."""


def _coincurve_missing() -> bool:
    from importlib.util import find_spec

    return find_spec("coincurve") is None


_PURE = _coincurve_missing()


def _refuse(reason: str, signature: bytes) -> InvalidInput:
    return InvalidInput(
        f"signature: {reason}",
        hint="sign again with an up-to-date wallet",
        code="invalid-signature",
        value="0x" + signature.hex(),
    )


def normalise(signature: bytes) -> bytes:
    """The 65-byte form of a 64- or 65-byte signature. InvalidInput (`invalid-signature`) otherwise."""
    if len(signature) == 64:
        high = signature[32]
        signature = signature[:32] + bytes([high & 0x7F]) + signature[33:] + bytes([27 + (high >> 7)])
    elif len(signature) != 65:
        raise _refuse(f"{len(signature)} bytes long, not 64 or 65", signature)
    r = int.from_bytes(signature[:32], "big")
    s = int.from_bytes(signature[32:64], "big")
    if not 0 < r < ORDER:
        raise _refuse("r is out of range", signature)
    if not 0 < s <= HALF_ORDER:
        raise _refuse("s is not in the lower half", signature)
    if signature[64] not in (27, 28):
        raise _refuse(f"v is {signature[64]}, not 27 or 28", signature)
    return signature


def compact(signature: bytes) -> bytes:
    """The 64-byte form (EIP-2098) of a signature in either form."""
    full = normalise(signature)
    return full[:32] + bytes([full[32] | (0x80 if full[64] == 28 else 0)]) + full[33:64]


def digest_signer(private_key: bytes) -> Callable[[bytes], bytes]:
    """A function that signs 32-byte digests with one key, for those who sign many: the key is loaded once."""
    if _PURE:
        from eth_keys.datatypes import PrivateKey

        def make(digest: bytes) -> bytes:
            return PrivateKey(private_key).sign_msg_hash(digest).to_bytes()
    else:
        import coincurve

        key = coincurve.PrivateKey(private_key)

        def make(digest: bytes) -> bytes:
            return bytes(key.sign_recoverable(digest, hasher=None))

    def sign(digest: bytes) -> bytes:
        if len(digest) != 32:
            raise ValueError("a digest has 32 bytes")
        made = make(digest)
        return made[:64] + bytes([27 + made[64]])

    return sign


def sign_digest(private_key: bytes, digest: bytes) -> bytes:
    """Sign 32 bytes; returns 65 bytes r ‖ s ‖ v, low-s, deterministic (RFC 6979)."""
    return digest_signer(private_key)(digest)


@lru_cache(maxsize=4096)
def recover(digest: bytes, signature: bytes) -> str:
    """The checksum address that signed `digest`. InvalidInput (`invalid-signature`) if none did."""
    full = normalise(signature)
    raw = full[:64] + bytes([full[64] - 27])
    try:
        if _PURE:
            from eth_keys.datatypes import Signature

            key = Signature(raw).recover_public_key_from_msg_hash(digest).to_bytes()
        else:
            import coincurve

            public = coincurve.PublicKey.from_signature_and_message(raw, digest, hasher=None)
            key = public.format(compressed=False)[1:]
    except Exception as error:  # both libraries raise bare Exception subclasses for "no such point"
        raise _refuse("no key can have made it", signature) from error
    return to_checksum(keccak256(key)[12:])


def verify(digest: bytes, signature: bytes, signer: str) -> bool:
    """Whether the account `signer` signed `digest`; a malformed signature is simply not theirs."""
    try:
        return recover(digest, signature) == parse_address(signer)
    except InvalidInput as error:
        if error.error_code != "invalid-signature":
            raise
        return False


def _public_key(private_key: bytes) -> bytes:
    if len(private_key) != 32 or not 0 < int.from_bytes(private_key, "big") < ORDER:
        raise InvalidInput(
            "private key: not 32 bytes between 1 and the order of the curve",
            hint="a private key is 64 hexadecimal digits",
            code="invalid-key",
        )
    if _PURE:
        from eth_keys.datatypes import PrivateKey

        return PrivateKey(private_key).public_key.to_bytes()
    import coincurve

    return bytes(coincurve.PrivateKey(private_key).public_key.format(compressed=False)[1:])


def public_address(private_key: bytes) -> str:
    """The checksum address of a 32-byte private key; InvalidInput (`invalid-key`) if it is none."""
    return to_checksum(keccak256(_public_key(private_key))[12:])


def compressed_public_key(private_key: bytes) -> bytes:
    """The 33-byte public key, as key derivation hashes it."""
    key = _public_key(private_key)
    return bytes([2 + (key[63] & 1)]) + key[:32]


def is_valid_signature_call(digest: bytes, signature: bytes) -> bytes:
    """Calldata of ERC-1271 `isValidSignature(bytes32 hash, bytes signature)`, for the owner contract."""
    padded = signature + bytes(-len(signature) % 32)
    return MAGIC + digest + (64).to_bytes(32, "big") + len(signature).to_bytes(32, "big") + padded


def is_magic(answer: bytes) -> bool:
    """Whether the contract's 32-byte answer says the signature is good."""
    return len(answer) == 32 and answer[:4] == MAGIC and not any(answer[4:])
