"""Signed transactions, read as far as a backend needs them.

Written out here because the libraries for it cost 0.3 s to import, more than opening a chain.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from wallet.chain.errors import Refused
from wallet.keccak import keccak256
from wallet.rlp import Rlp, minimal, rlp_decode, rlp_encode

_LEGACY: Final = 0xC0
_ORDER: Final = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141


@lru_cache(maxsize=65_536)
def address_bytes(address: str) -> bytes:
    """The 20 bytes of an address in text, whatever its case. ValueError if it is none."""
    raw = bytes.fromhex(address.removeprefix("0x"))
    if len(raw) != 20:
        raise ValueError(f"not an address: {address!r}")
    return raw


def created_address(sender: bytes, nonce: int) -> bytes:
    """Where a creation transaction of `sender` puts its contract."""
    return keccak256(rlp_encode([sender, minimal(nonce)]))[12:]


@dataclass(frozen=True, slots=True)
class Transaction:
    """A signed transaction, read. Addresses are 20 bytes; `to` is None for a creation."""

    hash: bytes
    sender: bytes
    nonce: int
    to: bytes | None
    value: int
    data: bytes
    gas: int
    max_fee: int
    chain_id: int | None

    @property
    def intrinsic_gas(self) -> int:
        """What it costs at least, whatever runs (EIP-2028, 3860 and the floor of 7623; no access list)."""
        zeros = self.data.count(0)
        tokens = zeros + 4 * (len(self.data) - zeros)
        gas = 21_000 + 4 * tokens
        if self.to is None:
            gas += 32_000 + 2 * ((len(self.data) + 31) // 32)
        return max(gas, 21_000 + 10 * tokens)


def read_transaction(raw: bytes) -> Transaction:
    """Read a legacy, access-list (1) or fee-market (2) transaction and recover its sender.

    Raises Refused if it is not one, or if its signature is not valid.
    """
    try:
        if raw[0] >= _LEGACY:
            return _read_legacy(raw)
        if raw[0] in (1, 2):
            return _read_typed(raw[0], raw)
    except (ValueError, IndexError, TypeError) as cause:
        raise Refused(f"not a signed transaction: {cause}") from cause
    raise Refused(f"not a signed transaction: type {raw[0]} is not known here")


def _read_legacy(raw: bytes) -> Transaction:
    fields = _flat(rlp_decode(raw), 9)
    nonce, gas_price, gas, to, value, data, v_bytes, r, s = fields
    v = _integer(v_bytes)
    chain_id = (v - 35) // 2 if v >= 35 else None
    signed: list[Rlp] = [*fields[:6]]
    if chain_id is not None:
        signed += [minimal(chain_id), b"", b""]
    sender = _recover(keccak256(rlp_encode(signed)), (v - 35) % 2 if v >= 35 else v - 27, r, s)
    price = _integer(gas_price)
    return Transaction(
        keccak256(raw),
        sender,
        _integer(nonce),
        _target(to),
        _integer(value),
        data,
        _integer(gas),
        price,
        chain_id,
    )


def _read_typed(kind: int, raw: bytes) -> Transaction:
    count = 11 if kind == 1 else 12
    fields = _list(rlp_decode(raw[1:]), count)
    signed = raw[:1] + rlp_encode(fields[: count - 3])
    access = fields.pop(count - 4)
    if not isinstance(access, list):
        raise ValueError("its access list is not a list")
    chain_id, nonce, *fees, gas, to, value, data, parity, r, s = _flat(fields, count - 1)
    sender = _recover(keccak256(signed), _integer(parity), r, s)
    return Transaction(
        keccak256(raw),
        sender,
        _integer(nonce),
        _target(to),
        _integer(value),
        data,
        _integer(gas),
        _integer(fees[-1]),
        _integer(chain_id),
    )


def _recover(digest: bytes, parity: int, r: bytes, s: bytes) -> bytes:
    from coincurve import PublicKey

    if parity not in (0, 1) or not 0 < int.from_bytes(r) < _ORDER or not 0 < int.from_bytes(s) <= _ORDER // 2:
        raise ValueError("its signature is out of range")
    try:
        key = PublicKey.from_signature_and_message(
            r.rjust(32, b"\0") + s.rjust(32, b"\0") + bytes([parity]), digest, hasher=None
        )
    except Exception as cause:  # coincurve raises a bare Exception
        raise ValueError("its signature recovers to nobody") from cause
    return keccak256(key.format(compressed=False)[1:])[12:]


def _target(to: bytes) -> bytes | None:
    if len(to) not in (0, 20):
        raise ValueError("its target is not an address")
    return to or None


def _integer(data: bytes) -> int:
    if data[:1] == b"\0" or len(data) > 32:
        raise ValueError("a number in it is not in shortest form")
    return int.from_bytes(data)


def _list(item: Rlp, length: int) -> list[Rlp]:
    if not isinstance(item, list) or len(item) != length:
        raise ValueError(f"it has not {length} fields")
    return item


def _flat(item: Rlp, length: int) -> list[bytes]:
    fields = _list(item, length)
    flat = [f for f in fields if isinstance(f, bytes)]
    if len(flat) != length:
        raise ValueError("a field of it is a list")
    return flat
