"""The messages people sign, field for field as the contracts hash them.

All amounts are fen, all times unix seconds of the chain. `card` is the card's id. The message that opens a
card, `Purchase`, is `wallet.terms.Terms` itself, since the card's id is its digest.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from wallet.eip712.schema import Message, Schema


@dataclass(frozen=True, slots=True)
class Consume(Message):
    """The consumer lets the card's totals rise and at most `max_pay` fen move to the payee."""

    SCHEMA: ClassVar[Schema] = Schema.parse(
        "Consume(bytes32 card,uint256 usedAfter,uint256 listedAfter,uint256 maxPay,bytes32 charge,"
        "uint256 deadline,uint256 epoch)"
    )
    card: bytes
    used_after: int
    listed_after: int
    max_pay: int
    charge: bytes
    deadline: int
    epoch: int


@dataclass(frozen=True, slots=True)
class Voucher(Message):
    """The consumer's running total: the merchant may have had `max_released` fen in all by now."""

    SCHEMA: ClassVar[Schema] = Schema.parse(
        "Voucher(bytes32 card,uint256 usedAfter,uint256 listedAfter,uint256 maxReleased,uint256 deadline,"
        "uint256 epoch)"
    )
    card: bytes
    used_after: int
    listed_after: int
    max_released: int
    deadline: int
    epoch: int


@dataclass(frozen=True, slots=True)
class Terminate(Message):
    """The consumer ends the card and takes back at least `min_refund` fen, or nothing happens."""

    SCHEMA: ClassVar[Schema] = Schema.parse(
        "Terminate(bytes32 card,uint256 minRefund,uint256 deadline,uint256 epoch)"
    )
    card: bytes
    min_refund: int
    deadline: int
    epoch: int


@dataclass(frozen=True, slots=True)
class BumpEpoch(Message):
    """The consumer voids everything signed for the card before; `epoch` is the new one."""

    SCHEMA: ClassVar[Schema] = Schema.parse("BumpEpoch(bytes32 card,uint256 epoch,uint256 deadline)")
    card: bytes
    epoch: int
    deadline: int


@dataclass(frozen=True, slots=True)
class Redirect(Message):
    """The payee asks for what it is owed from a closed card at another address."""

    SCHEMA: ClassVar[Schema] = Schema.parse("Redirect(bytes32 card,address to,uint256 deadline)")
    card: bytes
    to: str
    deadline: int


@dataclass(frozen=True, slots=True)
class Transfer(Message):
    """The consumer ends `card` and opens `new_card` with what comes out of it, at least `min_moved` fen.

    The new card's id binds its terms, and so its principal and its guarantors.
    """

    SCHEMA: ClassVar[Schema] = Schema.parse(
        "Transfer(bytes32 card,bytes32 newCard,uint256 minMoved,uint256 deadline,uint256 epoch)"
    )
    card: bytes
    new_card: bytes
    min_moved: int
    deadline: int
    epoch: int


@dataclass(frozen=True, slots=True)
class Charge(Message):
    """The merchant's request, signed by the merchant and checked off chain by the consumer's wallet."""

    SCHEMA: ClassVar[Schema] = Schema.parse(
        "Charge(bytes32 card,uint256 usedAfter,uint256 listedAfter,uint256 maxPay,bytes32 charge,"
        "uint256 deadline)"
    )
    card: bytes
    used_after: int
    listed_after: int
    max_pay: int
    charge: bytes
    deadline: int

    def consume(self, *, epoch: int, max_pay: int | None = None) -> Consume:
        """What the consumer signs in answer; a lower `max_pay` may bind the merchant tighter."""
        pay = self.max_pay if max_pay is None else max_pay
        return Consume(self.card, self.used_after, self.listed_after, pay, self.charge, self.deadline, epoch)


@dataclass(frozen=True, slots=True)
class Certificate(Message):
    """The certifier named in the terms states progress or documented cost so far, as running totals."""

    SCHEMA: ClassVar[Schema] = Schema.parse(
        "Certificate(bytes32 card,uint256 usedAfter,uint256 listedAfter,bytes32 evidence,uint256 deadline,"
        "uint256 epoch)"
    )
    card: bytes
    used_after: int
    listed_after: int
    evidence: bytes
    deadline: int
    epoch: int


@dataclass(frozen=True, slots=True)
class DisputeStep(Message):
    """The consumer takes dispute number `round` about the card to `step`; `what` is its ground or forum."""

    SCHEMA: ClassVar[Schema] = Schema.parse(
        "DisputeStep(bytes32 card,uint256 step,uint256 what,bytes32 reason,uint256 round,uint256 deadline)"
    )
    card: bytes
    step: int
    what: int
    reason: bytes
    round: int
    deadline: int


@dataclass(frozen=True, slots=True)
class Permit(Message):
    """EIP-2612 allowance on the digital yuan (the token's domain)."""

    SCHEMA: ClassVar[Schema] = Schema.parse(
        "Permit(address owner,address spender,uint256 value,uint256 nonce,uint256 deadline)"
    )
    owner: str
    spender: str
    value: int
    nonce: int
    deadline: int


@dataclass(frozen=True, slots=True)
class ReceiveWithAuthorization(Message):
    """ERC-3009 payment into the sub-wallet (the token's domain); `nonce` is the card's id."""

    SCHEMA: ClassVar[Schema] = Schema.parse(
        "ReceiveWithAuthorization(address from,address to,uint256 value,uint256 validAfter,"
        "uint256 validBefore,bytes32 nonce)"
    )
    from_: str
    to: str
    value: int
    valid_after: int
    valid_before: int
    nonce: bytes
