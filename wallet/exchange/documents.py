"""The documents two machines exchange, as values.

`ChargeRequest` is the merchant's: totals the card shall rise to, what it is for, and its signature.
`Authorisation` is the consumer's answer; `VoucherAuthorisation` the running total where terms allow vouchers.
Each lists its fields once in `LAYOUT`; the JSON and the binary form both follow from that list. What others
state about a card is in `statements`.
"""

from __future__ import annotations

import secrets
import unicodedata
from dataclasses import dataclass
from enum import Enum
from typing import ClassVar

from wallet.address import parse_address
from wallet.eip712.domain import Domain, sub_wallet_domain
from wallet.eip712.messages import Charge, Consume, Voucher
from wallet.eip712.signature import verify
from wallet.errors import InvalidInput
from wallet.keccak import keccak256

MAX_TEXT_BYTES = 100
MAX_WORDS_BYTES = 300
MAX_REFERENCE_BYTES = 120
"""All texts of a charge together, so that its QR code stays within version 12 (65 by 65)."""
MAX_SIGNATURE_BYTES = 512
"""Keys sign in 64 or 65 bytes; contract owners (ERC-1271) may need more."""

SALT_BYTES = 16

_HIDDEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


class Kind(Enum):
    """The type of a field, with its bounds."""

    ADDRESS = "address"
    HASH = "32 bytes"
    SALT = "16 bytes"
    AMOUNT = "whole number below 2**48"
    NUMBER = "whole number below 2**64"
    TEXT = "text"
    WORDS = "longer text"
    SIGNATURE = "signature"


LIMITS = {Kind.AMOUNT: 1 << 48, Kind.NUMBER: 1 << 64}
TEXTS = {Kind.TEXT: MAX_TEXT_BYTES, Kind.WORDS: MAX_WORDS_BYTES}
SIZES = {Kind.HASH: 32, Kind.SALT: SALT_BYTES}

Layout = tuple[tuple[str, Kind], ...]

_WHERE: Layout = (("chain_id", Kind.NUMBER), ("sub_wallet", Kind.ADDRESS))
_TOTALS: Layout = (("used_after", Kind.AMOUNT), ("listed_after", Kind.AMOUNT))


@dataclass(frozen=True, slots=True)
class Reference:
    """What a charge is for, in words, and the salt that keeps its hash from telling.

    A treatment is health data: the chain sees only keccak256(salt ‖ text). `number` is the merchant's, say
    "C-17"; `merchant_name` as it calls itself, which nobody has checked.
    """

    number: str
    merchant_name: str
    item: str = ""
    store: str = ""
    salt: bytes = b""

    @classmethod
    def new(
        cls, number: str, merchant_name: str, *, item: str = "", store: str = "", salt: bytes | None = None
    ) -> Reference:
        """A reference with a fresh random salt, unless one is given (a play that has to come out alike)."""
        salt = secrets.token_bytes(SALT_BYTES) if salt is None else salt
        return cls(number, merchant_name, item, store, salt)

    @property
    def text(self) -> str:
        """The words that are hashed: four lines, always in this order, empty ones kept."""
        return "\n".join((self.number, self.merchant_name, self.item, self.store))

    @property
    def hash(self) -> bytes:
        """The `charge` of the messages: keccak256 of salt and words."""
        return keccak256(self.salt + self.text.encode())


class Document:
    """Base of the documents; `SCHEMA` names the JSON form, `CODE` the binary one."""

    __slots__ = ()
    SCHEMA: ClassVar[str]
    CODE: ClassVar[int]
    LAYOUT: ClassVar[Layout]

    chain_id: int
    sub_wallet: str

    @property
    def domain(self) -> Domain:
        """The sub-wallet and chain the signature is for."""
        return sub_wallet_domain(self.chain_id, self.sub_wallet)

    def check(self) -> None:
        """Raise InvalidInput (`invalid-document`) naming the first field out of its bounds."""
        for name, kind in self.LAYOUT:
            check_field(name, kind, getattr(self, name))


@dataclass(frozen=True, slots=True)
class ChargeRequest(Document):
    """A merchant's request: raise the card's totals, at most `max_pay` fen move, until `deadline`.

    `used_before` and `listed_before` are the totals the merchant started from. They are not signed; if they
    differ from the card's, the price it shows is not the price the consumer would pay.
    """

    SCHEMA: ClassVar[str] = "prepaid.charge/1"
    CODE: ClassVar[int] = 1
    LAYOUT: ClassVar[Layout] = (
        *_WHERE,
        ("merchant", Kind.ADDRESS),
        ("card", Kind.HASH),
        ("used_before", Kind.AMOUNT),
        ("listed_before", Kind.AMOUNT),
        *_TOTALS,
        ("max_pay", Kind.AMOUNT),
        ("deadline", Kind.NUMBER),
        ("number", Kind.TEXT),
        ("merchant_name", Kind.TEXT),
        ("item", Kind.TEXT),
        ("store", Kind.TEXT),
        ("salt", Kind.SALT),
        ("signature", Kind.SIGNATURE),
    )

    chain_id: int
    sub_wallet: str
    merchant: str
    card: bytes
    used_before: int
    listed_before: int
    used_after: int
    listed_after: int
    max_pay: int
    deadline: int
    number: str
    merchant_name: str
    item: str
    store: str
    salt: bytes
    signature: bytes

    @property
    def reference(self) -> Reference:
        """What the charge is for; its hash is what the merchant signed."""
        return Reference(self.number, self.merchant_name, self.item, self.store, self.salt)

    @property
    def message(self) -> Charge:
        """What the merchant signed."""
        totals = (self.used_after, self.listed_after, self.max_pay)
        return Charge(self.card, *totals, self.reference.hash, self.deadline)

    def is_signed(self) -> bool:
        """Whether the merchant's key signed it; contract merchants (ERC-1271) are asked on chain instead."""
        return verify(self.message.digest(self.domain), self.signature, self.merchant)

    def check(self) -> None:
        Document.check(self)
        if len(self.reference.text.encode()) > MAX_REFERENCE_BYTES + 3:
            raise invalid("number", f"the texts together exceed {MAX_REFERENCE_BYTES} bytes of UTF-8")


@dataclass(frozen=True, slots=True)
class Authorisation(Document):
    """The consumer's signature on one charge; anyone may submit it."""

    SCHEMA: ClassVar[str] = "prepaid.authorisation/1"
    CODE: ClassVar[int] = 2
    LAYOUT: ClassVar[Layout] = (
        *_WHERE,
        ("consumer", Kind.ADDRESS),
        ("card", Kind.HASH),
        *_TOTALS,
        ("max_pay", Kind.AMOUNT),
        ("charge", Kind.HASH),
        ("deadline", Kind.NUMBER),
        ("epoch", Kind.NUMBER),
        ("signature", Kind.SIGNATURE),
    )

    chain_id: int
    sub_wallet: str
    consumer: str
    card: bytes
    used_after: int
    listed_after: int
    max_pay: int
    charge: bytes
    deadline: int
    epoch: int
    signature: bytes

    @classmethod
    def of(cls, message: Consume, *, domain: Domain, consumer: str, signature: bytes) -> Authorisation:
        """The document that carries a signed `Consume`."""
        return cls(domain.chain_id, domain.verifying_contract, consumer, *_consume(message), signature)

    @property
    def message(self) -> Consume:
        """What the consumer signed."""
        totals = (self.used_after, self.listed_after, self.max_pay)
        return Consume(self.card, *totals, self.charge, self.deadline, self.epoch)

    def is_signed(self) -> bool:
        """Whether the consumer's key signed it; contract owners (ERC-1271) are asked on chain instead."""
        return verify(self.message.digest(self.domain), self.signature, self.consumer)


@dataclass(frozen=True, slots=True)
class VoucherAuthorisation(Document):
    """The consumer's signature on everything used so far, for cards whose terms take vouchers."""

    SCHEMA: ClassVar[str] = "prepaid.voucher/1"
    CODE: ClassVar[int] = 3
    LAYOUT: ClassVar[Layout] = (
        *_WHERE,
        ("consumer", Kind.ADDRESS),
        ("card", Kind.HASH),
        *_TOTALS,
        ("max_released", Kind.AMOUNT),
        ("deadline", Kind.NUMBER),
        ("epoch", Kind.NUMBER),
        ("signature", Kind.SIGNATURE),
    )

    chain_id: int
    sub_wallet: str
    consumer: str
    card: bytes
    used_after: int
    listed_after: int
    max_released: int
    deadline: int
    epoch: int
    signature: bytes

    @classmethod
    def of(cls, message: Voucher, *, domain: Domain, consumer: str, signature: bytes) -> VoucherAuthorisation:
        """The document that carries a signed `Voucher`."""
        return cls(domain.chain_id, domain.verifying_contract, consumer, *_voucher(message), signature)

    @property
    def message(self) -> Voucher:
        """What the consumer signed."""
        totals = (self.used_after, self.listed_after, self.max_released)
        return Voucher(self.card, *totals, self.deadline, self.epoch)

    def is_signed(self) -> bool:
        """Whether the consumer's key signed it; contract owners (ERC-1271) are asked on chain instead."""
        return verify(self.message.digest(self.domain), self.signature, self.consumer)


def _consume(m: Consume) -> tuple[bytes, int, int, int, bytes, int, int]:
    return m.card, m.used_after, m.listed_after, m.max_pay, m.charge, m.deadline, m.epoch


def _voucher(m: Voucher) -> tuple[bytes, int, int, int, int, int]:
    return m.card, m.used_after, m.listed_after, m.max_released, m.deadline, m.epoch


def invalid(field: str, reason: str) -> InvalidInput:
    """The error for a document that cannot be accepted; `values["field"]` names the key."""
    return InvalidInput(
        f"{field}: {reason}",
        hint="ask the sender for a new one",
        code="invalid-document",
        field=field,
        reason=reason,
    )


def check_field(name: str, kind: Kind, value: object) -> None:
    """Raise InvalidInput (`invalid-document`) unless `value` lies within what `kind` allows."""
    if kind in LIMITS:
        if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < LIMITS[kind]:
            raise invalid(name, f"{value!r} is not a {kind.value}")
    elif kind is Kind.ADDRESS:
        parse_address(value, where=name, checksum_required=True)
    elif kind in TEXTS:
        _check_text(name, value, TEXTS[kind])
    elif not isinstance(value, bytes):
        raise invalid(name, f"{value!r} is not bytes")
    elif kind is Kind.SIGNATURE:
        if not 1 <= len(value) <= MAX_SIGNATURE_BYTES:
            raise invalid(name, f"{len(value)} bytes are no signature")
    elif len(value) != SIZES[kind]:
        raise invalid(name, f"{len(value)} bytes long, not {SIZES[kind]}")


def visible(text: str, limit: int) -> str:
    """The first `limit` visible characters of a name that somebody else chose."""
    return "".join([c for c in text if unicodedata.category(c) not in _HIDDEN])[:limit]


def _check_text(name: str, value: object, most: int) -> None:
    if not isinstance(value, str):
        raise invalid(name, f"{value!r} is not text")
    # Control and direction marks could make the sentence a person reads say something else.
    hidden = [c for c in value if unicodedata.category(c) in _HIDDEN]
    if hidden:
        raise invalid(name, f"it contains the invisible character U+{ord(hidden[0]):04X}")
    if len(value.encode()) > most:
        raise invalid(name, f"longer than {most} bytes of UTF-8")
