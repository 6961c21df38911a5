"""People with keys, a card's state, and every message that somebody signs about a card.

Makes and signs, sends nothing: `tests.contracts.harness` puts these to use.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from tests.contracts.evm import CHAIN_ID, Chain, address_of
from wallet.eip712 import (
    Certificate,
    Consume,
    Domain,
    Message,
    ReceiveWithAuthorization,
    Terminate,
    Voucher,
    digital_yuan_domain,
    keccak256,
)
from wallet.signing.signer import KeySigner
from wallet.terms import Terms


class Account:
    """A person with a key; `address` may be another one, that of a contract for which the key signs."""

    def __init__(self, name: str, *, address: str | None = None) -> None:
        self.name = name
        self.key = keccak256(b"prepaid test account " + name.encode())
        self._signer = KeySigner(self.key)
        self.address = address or self._signer.address

    def __repr__(self) -> str:
        return f"<{self.name} {self.address}>"

    def sign(self, message: Message, domain: Domain) -> bytes:
        """65 bytes over a typed message."""
        return self._signer.sign_message(message, domain)

    def sign_digest(self, digest: bytes) -> bytes:
        """65 bytes over a digest."""
        return self._signer.sign_digest(digest)


class CardState(NamedTuple):
    """A card's slot: totals and money in fen, `status` as in `types/Card.sol`."""

    used: int
    listed: int
    released: int
    held: int
    opened_at: int
    status: int
    marks: int
    epoch: int


NONE, OPEN, CLOSED, OWING, SHORT = range(5)


class Papers(Chain):
    """A chain whose consumers' messages can be made and signed. What it asks for (`wallet`, `domain`,
    `card_id`, `card`) is the World's."""

    def sign(self, signer: Account, consumer: Any, message: Message) -> bytes:
        """`signer`'s signature over a message for the consumer's sub-wallet."""
        return signer.sign(message, self.domain(consumer))

    def sign_authorization(self, signer: Account, consumer: Any, terms: Terms) -> bytes:
        """The ERC-3009 signature that opens the card."""
        message = ReceiveWithAuthorization(
            address_of(consumer),
            self.wallet(consumer).address,
            terms.principal,
            0,
            terms.buy_by + 1,
            self.card_id(consumer, terms),
        )
        return signer.sign(message, digital_yuan_domain(CHAIN_ID, terms.token))

    def consumption(self, consumer: Any, terms: Terms, used: int, **fields: Any) -> Consume:
        """A consumption up to the running total `used`; unless given, `listed_after` is the same, `max_pay`
        the principal, `deadline` an hour away, `epoch` the card's present one."""
        base = {
            "card": self.card_id(consumer, terms),
            "used_after": used,
            "listed_after": used,
            "max_pay": terms.principal,
            "charge": bytes(32),
            "deadline": self.now + 3600,
        }
        if "epoch" not in fields:
            fields["epoch"] = self.card(consumer, terms).epoch
        return Consume(**{**base, **fields})

    def voucher(self, consumer: Any, terms: Terms, used: int, **fields: Any) -> Voucher:
        """A voucher up to the running total `used`; `max_released` is the principal unless given."""
        base = {
            "card": self.card_id(consumer, terms),
            "used_after": used,
            "listed_after": used,
            "max_released": terms.principal,
            "deadline": self.now + 3600,
        }
        if "epoch" not in fields:
            fields["epoch"] = self.card(consumer, terms).epoch
        return Voucher(**{**base, **fields})

    def termination(self, consumer: Any, terms: Terms, min_refund: int = 0, **fields: Any) -> Terminate:
        """A termination; `deadline` an hour away, `epoch` the card's present one unless given."""
        base = {"card": self.card_id(consumer, terms), "min_refund": min_refund, "deadline": self.now + 3600}
        if "epoch" not in fields:
            fields["epoch"] = self.card(consumer, terms).epoch
        return Terminate(**{**base, **fields})

    def certificate(self, consumer: Any, terms: Terms, used: int, **fields: Any) -> Certificate:
        """A certificate up to the running total `used`; unless given, `listed_after` is the same, `evidence`
        zero, `deadline` an hour away, `epoch` the card's present one."""
        base = {
            "card": self.card_id(consumer, terms),
            "used_after": used,
            "listed_after": used,
            "evidence": bytes(32),
            "deadline": self.now + 3600,
        }
        if "epoch" not in fields:
            fields["epoch"] = self.card(consumer, terms).epoch
        return Certificate(**{**base, **fields})


def calldata(message: Message) -> tuple[Any, ...]:
    """A signed message as the struct in calldata: all fields but the card, which the terms give."""
    return message.values()[1:]
