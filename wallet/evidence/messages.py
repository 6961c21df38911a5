"""The signed messages that belong into a card's evidence: who signs them, for which contract, at which stage.

Fields are the EIP-712 fields by their own names, numbers as decimal text, everything else as lower
hexadecimal. What each message means is told where it is declared, in `wallet.eip712.messages`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Final

from wallet.address import to_checksum
from wallet.eip712 import messages
from wallet.eip712.domain import Domain
from wallet.eip712.schema import Message, Schema, Value
from wallet.errors import PrepaidError
from wallet.evidence.canonical import Json
from wallet.keccak import keccak256
from wallet.terms import Terms

CONSUMER, MERCHANT, PAYEE, CERTIFIER = "consumer", "merchant", "payee", "certifier"
CARD_DOMAIN: Final = ("Prepaid SubWallet", "1")
TOKEN_DOMAIN: Final = ("Digital Yuan", "1")

_ROWS: Final = (
    (Terms, "sign", CONSUMER, CARD_DOMAIN),
    (messages.ReceiveWithAuthorization, "sign", CONSUMER, TOKEN_DOMAIN),
    (messages.Permit, "sign", CONSUMER, TOKEN_DOMAIN),
    (messages.Charge, "consume", MERCHANT, CARD_DOMAIN),
    (messages.Consume, "consume", CONSUMER, CARD_DOMAIN),
    (messages.Voucher, "consume", CONSUMER, CARD_DOMAIN),
    (messages.Certificate, "certify", CERTIFIER, CARD_DOMAIN),
    (messages.DisputeStep, "dispute", CONSUMER, CARD_DOMAIN),
    (messages.Terminate, "refund", CONSUMER, CARD_DOMAIN),
    (messages.Transfer, "transfer", CONSUMER, CARD_DOMAIN),
    (messages.BumpEpoch, "void", CONSUMER, CARD_DOMAIN),
    (messages.Redirect, "collect", PAYEE, CARD_DOMAIN),
)


HASHED: Final = {
    "Charge": "charge",
    "Consume": "charge",
    "Certificate": "evidence",
    "DisputeStep": "reason",
}
"""The field of a message that is the salted hash of words, which the record may tell."""


UNCARRIED: Final = {"Terminate": ("epoch",), "Transfer": ("newCard", "epoch")}
"""Fields that a transaction does not carry beside the signature, since the contract knows them."""


@dataclass(frozen=True, slots=True)
class MessageKind:
    """One message: its type, its stage, the part its signer plays, and name and version of its domain."""

    schema: Schema
    stage: str
    signer: str
    domain: tuple[str, str]

    @property
    def name(self) -> str:
        """The primary type, say `Consume`."""
        return self.schema.name


@cache
def by_type() -> dict[str, MessageKind]:
    """Every message by its EIP-712 type string."""
    rows = (MessageKind(kind.SCHEMA, stage, signer, domain) for kind, stage, signer, domain in _ROWS)
    return {row.schema.type_string: row for row in rows}


def values_of(message: Message) -> dict[str, Json]:
    """The fields as a file writes them."""
    schema = message.SCHEMA
    return {name: _write(one) for (name, _), one in zip(schema.fields, message.values(), strict=True)}


def domain_of(domain: Domain) -> dict[str, Json]:
    """The domain as a file writes it."""
    return {
        "name": domain.name,
        "version": domain.version,
        "chainId": str(domain.chain_id),
        "verifyingContract": domain.verifying_contract.lower(),
    }


def digest_of(schema: Schema, domain: dict[str, str], values: dict[str, str]) -> bytes:
    """The 32 bytes that were signed; ValueError (its text is the field's path) for what fits no field."""
    words = []
    for name, kind in schema.fields:
        try:
            words.append(_read(kind, values[name]))
        except (KeyError, ValueError, PrepaidError):
            raise ValueError(f"values.{name}") from None
    try:
        address = _read("address", domain["verifyingContract"])
        chain_id = _read("uint256", domain["chainId"])
    except (KeyError, ValueError, PrepaidError):
        raise ValueError("domain") from None
    assert isinstance(address, str)
    assert isinstance(chain_id, int)
    separator = Domain(domain["name"], domain["version"], chain_id, address).separator
    struct = keccak256(schema.type_hash + schema.encode(tuple(words)))
    return keccak256(b"\x19\x01" + separator + struct)


def _write(value: Value) -> str:
    if isinstance(value, bytes):
        return "0x" + value.hex()
    return str(value) if isinstance(value, int) else value.lower()


def _read(kind: str, text: object) -> Value:
    """The value in exactly the spelling that `_write` gives it; ValueError otherwise."""
    if not isinstance(text, str):
        raise ValueError(f"{text!r} is no text")
    value: Value
    if kind == "uint256":
        value = int(text) if text.isascii() and text.isdigit() and len(text) < 79 else -1
    elif kind == "address":
        value = to_checksum(bytes.fromhex(text[2:]))
    else:
        value = bytes.fromhex(text[2:]).rjust(32, b"\0")
    if _write(value) != text or (kind == "uint256" and not 0 <= int(text) < 1 << 256):
        raise ValueError(text)
    return value
