"""Who signs: a protocol of four members, and the one implementation with a key in memory.

A hardware or browser wallet would be another implementation. `unsafe` would be a fair word for
`sign_digest`: it cannot see what it signs, so policy and sentence must have come first.
"""

from __future__ import annotations

from typing import Protocol

from wallet.eip712.domain import Domain
from wallet.eip712.schema import Message
from wallet.eip712.signature import digest_signer, public_address
from wallet.errors import PolicyRefusal
from wallet.signing.transaction import Transaction, sign_transaction


class Signer(Protocol):
    """An account that can sign. Signatures are 65 bytes r ‖ s ‖ v with low s."""

    @property
    def address(self) -> str:
        """Checksum address."""
        ...

    def sign_message(self, message: Message, domain: Domain) -> bytes:
        """Sign a typed message for one contract on one chain."""
        ...

    def sign_transaction(self, transaction: Transaction) -> bytes:
        """The raw signed transaction, ready to be sent."""
        ...

    def sign_digest(self, digest: bytes) -> bytes:
        """Sign 32 bytes whose meaning the signer cannot check."""
        ...


class KeySigner:
    """A private key in memory. With `only_chain` it refuses to sign for any other chain."""

    __slots__ = ("_only_chain", "_sign", "address")

    def __init__(self, private_key: bytes, *, only_chain: int | None = None) -> None:
        self.address = public_address(private_key)
        self._sign = digest_signer(private_key)
        self._only_chain = only_chain

    def __repr__(self) -> str:
        return f"KeySigner({self.address})"

    def sign_message(self, message: Message, domain: Domain) -> bytes:
        self._check_chain(domain.chain_id)
        return self._sign(message.digest(domain))

    def sign_transaction(self, transaction: Transaction) -> bytes:
        self._check_chain(transaction.chain_id)
        return sign_transaction(transaction, self._sign)

    def sign_digest(self, digest: bytes) -> bytes:
        return self._sign(digest)

    def _check_chain(self, chain_id: int) -> None:
        if self._only_chain is not None and chain_id != self._only_chain:
            raise PolicyRefusal(
                f"{self.address} is a development account of chain {self._only_chain}, "
                f"asked to sign for chain {chain_id}",
                hint="use an account of your own: prepaid account new",
                code="dev-account-elsewhere",
                address=self.address,
                chain_id=chain_id,
            )
