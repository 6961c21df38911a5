"""Payments that say what they are for, and the book of them, read from the chain.

A payment moves money from the payer's own account by the book's contract, which enters it: no entry without
money. What is due, and to whom, is other services' business; none of this money comes from a card.
"""

from __future__ import annotations

from dataclasses import dataclass

from wallet.address import address_bytes
from wallet.bindings.digital_yuan import DigitalYuan
from wallet.bindings.errors import ERC20InsufficientBalance
from wallet.bindings.events import PaymentEntered
from wallet.bindings.payment_book import PaymentBook
from wallet.bindings.runtime import ask, decode_logs
from wallet.chain.base import Log
from wallet.services.context import Context
from wallet.services.once import BegunBefore
from wallet.services.sending import Item, send_all, succeeded
from wallet.signing.signer import Signer

REFUND_INTEREST = "refund interest"
"""Interest on a refund, owed by the merchant or whoever stands in for it; about a card."""
ACCOUNT_INTEREST = "account interest"
"""Interest on the supervised part of a refund, owed by the account's bank; about a card."""
DEPOSIT_INTEREST = "deposit interest"
"""Interest on what lies in custody for a merchant's cards; about the merchant."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One payment: fen, unix time, what for, and what it concerns (0x…, 32 bytes)."""

    what: str
    about: str
    payer: str
    payee: str
    amount: int
    time: int
    transaction: str


def pay(
    context: Context, payer: Signer, to: str, amount: int, *, what: str, about: bytes, anew: bool = False
) -> Entry:
    """Pay `amount` fen and enter it.

    Raises ERC20InsufficientBalance, and BegunBefore if an earlier command began this payment and this one
    found it finished; `anew` says that another one is meant.
    """
    purpose = f"pay {what} {about.hex()}"
    earlier = context.begun_before(purpose)
    if earlier is not None and not anew:
        raise BegunBefore(f"the payment of {what}", earlier)
    token, book = DigitalYuan(context.platform.token), _book(context)
    has = ask(context.chain, token.balance_of(payer.address))
    if has < amount:
        raise ERC20InsufficientBalance(payer.address, has, amount)
    calls = [
        Item.of(token.approve(book.address, amount), f"allow {amount} fen to the book"),
        Item.of(book.pay(token.address, to, amount, _word(what), about), purpose),
    ]
    receipt = [succeeded(context, one) for one in send_all(context, payer, calls, what)][-1]
    made = [(log, e) for log, e in decode_logs(receipt.logs) if isinstance(e, PaymentEntered)]
    return _entry(context, *made[-1])


def entries(
    context: Context, *, what: str | None = None, about: bytes | None = None, payer: str | None = None
) -> list[Entry]:
    """Payments in the platform's digital yuan, oldest first; those of one kind, matter or payer."""
    topics = [
        PaymentEntered.TOPIC,
        None if what is None else _word(what),
        about,
        None if payer is None else about_address(payer),
    ]
    logs = context.chain.logs(_book(context).address, topics, context.platform.block)
    read = [(PaymentEntered.decode(log), log) for log in logs]
    token = context.platform.token
    return [_entry(context, log, event) for event, log in read if event.token == token]


def about_address(address: str) -> bytes:
    """An address as the matter a payment concerns."""
    return address_bytes(address).rjust(32, b"\0")


def _book(context: Context) -> PaymentBook:
    return PaymentBook(context.platform.parts["PaymentBook"])


def _word(text: str) -> bytes:
    word = text.encode("ascii")
    assert len(word) <= 32, text
    return word.ljust(32, b"\0")


def _entry(context: Context, log: Log, event: PaymentEntered) -> Entry:
    block = context.chain.block(log.block_number)
    return Entry(
        what=event.what.rstrip(b"\0").decode("ascii", "replace"),
        about="0x" + event.about.hex(),
        payer=event.from_,
        payee=event.to,
        amount=event.amount,
        time=0 if block is None else block.timestamp,
        transaction="0x" + log.tx_hash.hex(),
    )
