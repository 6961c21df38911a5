"""Pay the merchant what was left for it when a card ended. Pulled, so that it never holds up a refund.

The payee may have it sent elsewhere, say because its own address can no longer receive: it sends that itself,
or signs a `Redirect` that anyone carries.
"""

from __future__ import annotations

from dataclasses import dataclass

from wallet.eip712.messages import Redirect
from wallet.errors import InvalidInput
from wallet.services.context import Context
from wallet.services.records import CardRecord, find_card
from wallet.services.sealing import sign
from wallet.services.sending import send
from wallet.signing.signer import Signer

VALID = 3600
"""Seconds in which a signed redirect must reach the chain, unless told otherwise."""


@dataclass(frozen=True, slots=True)
class Collected:
    """Fen paid out of an ended card, and to whom."""

    card: str
    to: str
    amount: int
    transaction: str
    gas: int


@dataclass(frozen=True, slots=True)
class SignedRedirect:
    """The payee's wish, signed, for anyone to carry."""

    message: Redirect
    payee: str
    signature: bytes


def sign_redirect(
    context: Context, payee: Signer, card: str, to: str, *, valid: int = VALID
) -> SignedRedirect:
    """Sign that the card's remainder shall go to `to`, and write it down.

    Raises InvalidInput (`other-payee`) unless `payee` is the one named in the card's terms.
    """
    record = find_card(context, card)
    _require_payee(record, payee.address)
    message = Redirect(record.card, to, context.chain.now() + valid)
    signature = sign(context, payee, record, message, deadline=message.deadline, note={"to": to})
    return SignedRedirect(message, payee.address, signature)


def collect(
    context: Context,
    carrier: Signer,
    card: str,
    *,
    to: str | None = None,
    redirect: SignedRedirect | None = None,
) -> Collected:
    """Let the payee have it; or another address: `to`, if the payee itself carries, or as `redirect` says.

    Raises InvalidInput (`other-payee`) if anyone else names `to`, SubWalletNothingToCollect where nothing is
    left, SubWalletSignatureInvalid for a redirect that the payee did not sign, SubWalletDeadlinePassed for
    one that came too late.
    """
    record = find_card(context, card)
    call, place = record.contract.collect(record.terms), record.terms.recipient
    if redirect is not None:
        message, place = redirect.message, redirect.message.to
        call = record.contract.collect_to(record.terms, place, message.deadline, redirect.signature)
    elif to is not None:
        _require_payee(record, carrier.address)
        # Only a relayed redirect carries a deadline and a signature; the payee's own needs neither.
        call, place = record.contract.collect_to(record.terms, to, 0, b""), to
    sent = send(context, carrier, call, f"collect {record.card.hex()[:8]}")
    return Collected(
        card="0x" + record.card.hex(),
        to=place,
        amount=sent.answer,
        transaction="0x" + sent.receipt.tx_hash.hex(),
        gas=sent.receipt.gas_used,
    )


def _require_payee(record: CardRecord, address: str) -> None:
    if address != record.terms.recipient:
        card = "0x" + record.card.hex()
        raise InvalidInput(
            f"what is left of card {card} is due to {record.terms.recipient}, not to {address}",
            hint="only the payee named in the card's terms may have it sent elsewhere",
            code="other-payee",
            card=card,
            payee=record.terms.recipient,
            value=address,
        )
