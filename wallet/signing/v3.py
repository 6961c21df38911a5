"""The V3 keystore format ("Web3 secret storage"): one private key under one password.

Written with scrypt, read with scrypt or PBKDF2, so files of geth, MetaMask and eth_account open here and ours
open there. In hashlib and pycryptodome: importing eth_account for it costs half a second.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import uuid
from typing import Any

from wallet.eip712.signature import public_address
from wallet.errors import EnvironmentFault, InvalidInput
from wallet.keccak import keccak256

COST = 1 << 17
"""scrypt N. With r 8, p 1: 128 MB and about 0.4 s, the least that OWASP recommends (2^17, 8, 1)."""

_MAX_MEMORY = 1 << 30


def encrypt(private_key: bytes, password: str, *, cost: int = COST) -> dict[str, Any]:
    """The keystore document of a key. `cost` is scrypt's N, a power of two."""
    salt, nonce = secrets.token_bytes(32), secrets.token_bytes(16)
    parameters = {"n": cost, "r": 8, "p": 1, "dklen": 32, "salt": salt.hex()}
    derived = _derive("scrypt", parameters, password)
    ciphertext = _aes_ctr(derived[:16], nonce, private_key)
    return {
        "address": public_address(private_key)[2:].lower(),
        "crypto": {
            "cipher": "aes-128-ctr",
            "cipherparams": {"iv": nonce.hex()},
            "ciphertext": ciphertext.hex(),
            "kdf": "scrypt",
            "kdfparams": parameters,
            "mac": keccak256(derived[16:32] + ciphertext).hex(),
        },
        "id": str(uuid.UUID(bytes=secrets.token_bytes(16), version=4)),
        "version": 3,
    }


def decrypt(document: dict[str, Any], password: str, *, where: str) -> bytes:
    """The private key in a keystore document.

    Raises InvalidInput (`wrong-password`), EnvironmentFault (`keystore-damaged`) for anything that is not a
    whole V3 document; `where` names the file in both.
    """
    try:
        crypto = document["crypto"]
        if document["version"] != 3 or crypto["cipher"] != "aes-128-ctr":
            raise ValueError("not a version 3 keystore with aes-128-ctr")
        ciphertext = bytes.fromhex(crypto["ciphertext"])
        nonce = bytes.fromhex(crypto["cipherparams"]["iv"])
        mac = bytes.fromhex(crypto["mac"])
        derived = _derive(crypto["kdf"], crypto["kdfparams"], password)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise damaged(where, repr(error)) from error
    if not hmac.compare_digest(keccak256(derived[16:32] + ciphertext), mac):
        raise InvalidInput(
            f"wrong password for {where}",
            hint="try again; without the password nobody can open the file",
            code="wrong-password",
            file=where,
        )
    return _aes_ctr(derived[:16], nonce, ciphertext)


def damaged(where: str, reason: str) -> EnvironmentFault:
    """The error for a keystore file that cannot be understood."""
    return EnvironmentFault(
        f"{where} is not a readable keystore file: {reason}",
        hint="restore it from a backup",
        code="keystore-damaged",
        file=where,
    )


def _derive(kind: str, parameters: dict[str, Any], password: str) -> bytes:
    salt, size = bytes.fromhex(parameters["salt"]), int(parameters["dklen"])
    if size < 32:
        raise ValueError(f"dklen {size} is too short")
    secret = password.encode()
    if kind == "scrypt":
        n, r, p = (int(parameters[name]) for name in ("n", "r", "p"))
        return hashlib.scrypt(secret, salt=salt, n=n, r=r, p=p, dklen=size, maxmem=_MAX_MEMORY)
    if kind == "pbkdf2" and parameters["prf"] == "hmac-sha256":
        return hashlib.pbkdf2_hmac("sha256", secret, salt, int(parameters["c"]), size)
    raise ValueError(f"key derivation {kind!r} is unknown")


def _aes_ctr(key: bytes, nonce: bytes, data: bytes) -> bytes:
    from Crypto.Cipher import AES

    return AES.new(key, AES.MODE_CTR, nonce=b"", initial_value=nonce).encrypt(data)
