"""The well-known development accounts, for local chains only.

Everybody knows these keys, so money sent to them on a real chain is taken within seconds. They open only
where the chain id *and* the node's address are local, and sign only for that chain.
Derivation is BIP-39 and BIP-32 in plain hashlib: importing eth_account for it costs half a second.
"""

from __future__ import annotations

import hashlib
import hmac
from functools import lru_cache

from wallet.chain.base import is_local_chain
from wallet.eip712.signature import ORDER, compressed_public_key, public_address
from wallet.errors import InvalidInput, PolicyRefusal
from wallet.signing.signer import KeySigner

MNEMONIC = "test test test test test test test test test test test junk"
"""What anvil, hardhat and our embedded chain start from, at m/44'/60'/0'/0/index."""

COUNT = 20
"""How many of them exist here: 0 to 19."""

_HARD = 1 << 31


def _child(key: bytes, chain_code: bytes, index: int) -> tuple[bytes, bytes]:
    data = b"\x00" + key if index >= _HARD else compressed_public_key(key)
    mixed = hmac.digest(chain_code, data + index.to_bytes(4, "big"), "sha512")
    number = (int.from_bytes(mixed[:32], "big") + int.from_bytes(key, "big")) % ORDER
    return number.to_bytes(32, "big"), mixed[32:]


@lru_cache(maxsize=1)
def _parent() -> tuple[bytes, bytes]:
    seed = hashlib.pbkdf2_hmac("sha512", MNEMONIC.encode(), b"mnemonic", 2048)
    root = hmac.digest(b"Bitcoin seed", seed, "sha512")
    key, chain_code = root[:32], root[32:]
    for index in (_HARD + 44, _HARD + 60, _HARD, 0):
        key, chain_code = _child(key, chain_code, index)
    return key, chain_code


@lru_cache(maxsize=COUNT)
def _key(index: int) -> bytes:
    return _child(*_parent(), index)[0]


@lru_cache(maxsize=1)
def dev_addresses() -> tuple[str, ...]:
    """Checksum addresses of the development accounts, in order."""
    return tuple(public_address(_key(index)) for index in range(COUNT))


def dev_signer(index: int, *, chain_id: int, endpoint: str | None) -> KeySigner:
    """Development account `index` on a local chain; `endpoint` is the node's URL, None inside this process.

    Raises PolicyRefusal (`dev-account-elsewhere`) if the chain is not certainly local, InvalidInput
    (`unknown-account`) for an index out of range.
    """
    if not 0 <= index < COUNT:
        raise InvalidInput(
            f"development account {index} does not exist",
            hint=f"they are numbered 0 to {COUNT - 1}",
            code="unknown-account",
            index=index,
            last=COUNT - 1,
        )
    if not is_local_chain(chain_id, endpoint):
        raise PolicyRefusal(
            f"development accounts are refused on chain {chain_id} at {endpoint or 'this process'}: "
            "everybody knows their keys",
            hint="use an account of your own: prepaid account new",
            code="dev-account-elsewhere",
            chain_id=chain_id,
            endpoint=endpoint,
        )
    return KeySigner(_key(index), only_chain=chain_id)
