"""A consumer that is a contract: its key signs for it (ERC-1271), and sends what it must send itself.

For accounts like `RecoverableOwner`; whether the key is the one in force is the contract's to say.
"""

from __future__ import annotations

from typing import TypeVar

from wallet.bindings.recoverable_owner import RecoverableOwner
from wallet.bindings.runtime import Call
from wallet.eip712.domain import Domain
from wallet.eip712.schema import Message
from wallet.errors import InvalidInput
from wallet.signing.signer import Signer
from wallet.signing.transaction import Transaction

T = TypeVar("T")


class ContractSigner:
    """Signs as the contract at `address` with the `key` behind it."""

    __slots__ = ("address", "key")

    def __init__(self, address: str, key: Signer) -> None:
        self.address = address
        self.key = key

    def __repr__(self) -> str:
        return f"ContractSigner({self.address}, {self.key!r})"

    def sign_message(self, message: Message, domain: Domain) -> bytes:
        return self.key.sign_message(message, domain)

    def sign_digest(self, digest: bytes) -> bytes:
        return self.key.sign_digest(digest)

    def sign_transaction(self, transaction: Transaction) -> bytes:
        """Always InvalidInput (`contract-cannot-send`): only keys send; `executing` is the way."""
        raise InvalidInput(
            f"{self.address} is a contract and cannot send this by itself",
            hint="let another account send it",
            code="contract-cannot-send",
            address=self.address,
        )

    def executing(self, to: str, data: bytes) -> Call[bytes]:
        """What the key calls so that the contract calls `to` with `data`; answers what `to` answered."""
        return RecoverableOwner(self.address).execute(to, data)

    def through(self, call: Call[T]) -> Call[T]:
        """The same for a call whose answer can be read."""
        outer = self.executing(call.to, call.data)
        return Call(outer.to, outer.data, call.name, lambda answer: call.read(outer.read(answer)))
