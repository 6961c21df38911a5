"""What somebody states about a card, as documents: progress or cost certified, and the words of a dispute.

The chain sees only salted hashes of the words, since they may tell of somebody's health; whoever is given
the document can check it against them. `DOCUMENTS` lists every kind of document there is.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import ClassVar

from wallet.eip712.messages import Certificate
from wallet.eip712.signature import verify
from wallet.exchange.documents import (
    SALT_BYTES,
    Authorisation,
    ChargeRequest,
    Document,
    Kind,
    Layout,
    VoucherAuthorisation,
)
from wallet.keccak import keccak256

_WHERE: Layout = (("chain_id", Kind.NUMBER), ("sub_wallet", Kind.ADDRESS), ("card", Kind.HASH))


@dataclass(frozen=True, slots=True)
class SignedCertificate(Document):
    """The certifier's signature on a card's totals; anyone may submit it. `words` say what it rests on."""

    SCHEMA: ClassVar[str] = "prepaid.certificate/1"
    CODE: ClassVar[int] = 4
    LAYOUT: ClassVar[Layout] = (
        *_WHERE,
        ("certifier", Kind.ADDRESS),
        ("used_after", Kind.AMOUNT),
        ("listed_after", Kind.AMOUNT),
        ("deadline", Kind.NUMBER),
        ("epoch", Kind.NUMBER),
        ("words", Kind.WORDS),
        ("salt", Kind.SALT),
        ("signature", Kind.SIGNATURE),
    )

    chain_id: int
    sub_wallet: str
    card: bytes
    certifier: str
    used_after: int
    listed_after: int
    deadline: int
    epoch: int
    words: str
    salt: bytes
    signature: bytes

    @property
    def evidence(self) -> bytes:
        """What the chain keeps of the words."""
        return hash_of(self.words, self.salt)

    @property
    def message(self) -> Certificate:
        """What the certifier signed."""
        totals = (self.used_after, self.listed_after)
        return Certificate(self.card, *totals, self.evidence, self.deadline, self.epoch)

    def is_signed(self) -> bool:
        """Whether the certifier's key signed it; contract accounts (ERC-1271) are asked on chain instead."""
        return verify(self.message.digest(self.domain), self.signature, self.certifier)


@dataclass(frozen=True, slots=True)
class Statement(Document):
    """The words behind a hash in a dispute: a complaint, an answer or a ruling, and who says so."""

    SCHEMA: ClassVar[str] = "prepaid.statement/1"
    CODE: ClassVar[int] = 5
    LAYOUT: ClassVar[Layout] = (
        *_WHERE,
        ("author", Kind.ADDRESS),
        ("words", Kind.WORDS),
        ("salt", Kind.SALT),
    )

    chain_id: int
    sub_wallet: str
    card: bytes
    author: str
    words: str
    salt: bytes

    @property
    def hash(self) -> bytes:
        """What the chain keeps of it."""
        return hash_of(self.words, self.salt)


DOCUMENTS: tuple[type[Document], ...] = (
    ChargeRequest,
    Authorisation,
    VoucherAuthorisation,
    SignedCertificate,
    Statement,
)


def hash_of(words: str, salt: bytes) -> bytes:
    """keccak256 of salt and words: nobody finds the words by trying."""
    return keccak256(salt + words.encode())


def new_salt() -> bytes:
    """A fresh random salt."""
    return secrets.token_bytes(SALT_BYTES)
