"""The hands that sign in a scenario: each notes what it signs, and some are not the hands they should be.

A `Witness` signs with the person's own key and can be told a gas limit for what it sends; an `Impostor` says
one person's address and signs with another's key.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from wallet.eip712.domain import Domain
from wallet.eip712.schema import Message
from wallet.signing.signer import Signer
from wallet.signing.transaction import Transaction

OnSigned = Callable[[str, Message, Domain], None]
"""Told who signed what, for which contract."""


class Witness:
    """Signs for one person and tells of every message; transactions are in the journal already."""

    __slots__ = ("_on_signed", "_signer", "address", "gas", "name")

    def __init__(self, name: str, signer: Signer, on_signed: OnSigned) -> None:
        self.name, self.address = name, signer.address
        self.gas: int | None = None
        """Gas limit of everything sent from now on, whatever the service asked for."""
        self._signer, self._on_signed = signer, on_signed

    def __repr__(self) -> str:
        return f"Witness({self.name}, {self.address})"

    def sign_message(self, message: Message, domain: Domain) -> bytes:
        self._on_signed(self.name, message, domain)
        return self._signer.sign_message(message, domain)

    def sign_transaction(self, transaction: Transaction) -> bytes:
        if self.gas is not None:
            transaction = replace(transaction, gas=self.gas)
        return self._signer.sign_transaction(transaction)

    def sign_digest(self, digest: bytes) -> bytes:
        return self._signer.sign_digest(digest)


class Impostor:
    """Says one address and signs messages with another's key."""

    __slots__ = ("_hand", "_owner", "address")

    def __init__(self, owner: Signer, hand: Signer) -> None:
        self.address = owner.address
        self._owner, self._hand = owner, hand

    def __repr__(self) -> str:
        return f"Impostor({self.address}, {self._hand!r})"

    def sign_message(self, message: Message, domain: Domain) -> bytes:
        return self._hand.sign_message(message, domain)

    def sign_transaction(self, transaction: Transaction) -> bytes:
        return self._owner.sign_transaction(transaction)

    def sign_digest(self, digest: bytes) -> bytes:
        return self._hand.sign_digest(digest)
