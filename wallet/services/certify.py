"""Certified progress: the certifier named in the terms signs totals, anyone carries them to the chain.

A certificate counts when the card ends. Money moves when the consumer confirms it (see `confirm`), or at once
where the terms release on conditions: then the certificate is the condition, and no operator takes part.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from wallet.address import ZERO_ADDRESS
from wallet.bindings.events import Certified
from wallet.bindings.runtime import Call, decode_logs
from wallet.bindings.structs import Certification
from wallet.errors import InvalidInput, PolicyRefusal
from wallet.exchange import SignedCertificate
from wallet.exchange.statements import new_salt
from wallet.services.asking import outcome_of_certificate
from wallet.services.authorise import signed_by_contract
from wallet.services.charge import list_price
from wallet.services.context import Context
from wallet.services.onboard import name_of
from wallet.services.publish import unit_of
from wallet.services.records import CardRecord, find_card, require_open, state_of
from wallet.services.sealing import Signed, sign, totals_of, words_of, write_down
from wallet.services.sending import require_said, send
from wallet.signing.moving import certificate_sentence
from wallet.signing.sentence import Shown
from wallet.signing.signer import Signer
from wallet.terms import ON_CONDITIONS, Terms

VALID = 7 * 86_400
"""Seconds a certificate is valid for, unless told otherwise."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A certificate not yet signed; `pays` is what would move by itself with it (fen)."""

    sentence: str
    record: CardRecord
    unsigned: SignedCertificate
    pays: int


@dataclass(frozen=True, slots=True)
class Progress:
    """A certificate on chain: the card's totals now, fen that moved by themselves and in all."""

    card: str
    used: int
    listed: int
    paid: int
    released: int
    transaction: str
    gas: int


def preview_certificate(
    context: Context,
    certifier: str,
    card: str,
    used_after: int,
    words: str,
    *,
    listed_after: int | None = None,
    valid: int = VALID,
    salt: bytes | None = None,
) -> Draft:
    """What certifying a total of `used_after` (in the card's unit) would do; `words` say what it rests on.

    `listed_after` is the total at list price or documented cost in fen; by default the card's own price of
    what is added. Raises InvalidInput (`no-certifier`, `other-certifier`, `card-not-open`, `no-words`), and
    the template's typed error for more than the card holds.
    """
    record = find_card(context, card)
    terms, state = record.terms, state_of(context, record)
    _require_certifier(terms, certifier, record)
    require_open(record, state)
    if not words.strip():
        raise InvalidInput("a certificate says what it rests on", hint="give --words", code="no-words")
    if used_after < state.used:
        raise _falls(state.used, used_after)
    price = list_price(context, terms, state.used, used_after - state.used)
    listed = state.listed + price if listed_after is None else listed_after
    if listed < state.listed or (used_after, listed) == (state.used, state.listed):
        raise _falls(state.listed, listed)
    outcome = outcome_of_certificate(context, terms, state, used=used_after, listed=listed)
    now = context.chain.now()
    unsigned = SignedCertificate(
        chain_id=context.platform.chain_id,
        sub_wallet=record.wallet,
        card=record.card,
        certifier=certifier,
        used_after=used_after,
        listed_after=listed,
        deadline=now + valid,
        epoch=state.epoch,
        words=words,
        salt=new_salt() if salt is None else salt,
        signature=b"\0",
    )
    unsigned.check()
    shown = Shown(name_of(context, terms.merchant), now, context.language, unit_of(context, terms))
    sentence = certificate_sentence(
        unsigned.message,
        shown,
        used_before=state.used,
        listed_before=state.listed,
        pays=outcome.to_merchant,
        by_itself=terms.trigger == ON_CONDITIONS,
    )
    return Draft(sentence, record, unsigned, outcome.to_merchant)


def sign_certificate(context: Context, certifier: Signer, draft: Draft) -> SignedCertificate:
    """Sign it and write it down. PolicyRefusal (`outcome-differs`) if the chain would move anything else."""
    record, message = draft.record, draft.unsigned.message
    words = words_of(draft.unsigned.words, draft.unsigned.salt)
    signature = sign(
        context,
        certifier,
        record,
        message,
        deadline=message.deadline,
        pays=draft.pays,
        note={**totals_of(message), **words, "sentence": draft.sentence},
        reference=words,
    )
    made = replace(draft.unsigned, signature=signature)
    require_said(context, _call(record, made), certifier, draft.pays)
    return made


def certify(context: Context, carrier: Signer, document: SignedCertificate) -> Progress:
    """Carry a certificate. Raises PolicyRefusal or the contract's typed error; nothing changes then."""
    record = find_card(context, "0x" + document.card.hex())
    _check(context, record, document)
    write_down(context, [], [_received(record, document)])
    receipt = send(context, carrier, _call(record, document), f"certify {record.card.hex()[:8]}").receipt
    event = next(event for _, event in decode_logs(receipt.logs) if isinstance(event, Certified))
    return Progress(
        card="0x" + event.card.hex(),
        used=event.used,
        listed=event.listed,
        paid=event.paid,
        released=event.released,
        transaction="0x" + receipt.tx_hash.hex(),
        gas=receipt.gas_used,
    )


def _received(record: CardRecord, document: SignedCertificate) -> Signed:
    return Signed(
        owner=record.owner,
        card=record.card,
        message=document.message,
        domain=document.domain,
        signer=document.certifier,
        signature=document.signature,
        reference=words_of(document.words, document.salt),
    )


def _call(record: CardRecord, document: SignedCertificate) -> Call[int]:
    message = document.message
    certification = Certification(
        message.used_after, message.listed_after, message.evidence, message.deadline, message.epoch
    )
    return record.contract.certify(record.terms, certification, document.signature)


def _check(context: Context, record: CardRecord, document: SignedCertificate) -> None:
    """Better words than the contract's for what somebody may have altered on the way."""
    domain = record.domain(context)
    if (document.chain_id, document.sub_wallet) != (domain.chain_id, domain.verifying_contract):
        raise _refuse(record, "foreign-wallet", document.sub_wallet, domain.verifying_contract)
    signed = document.certifier == record.terms.certifier and document.is_signed()
    if not signed:
        digest = document.message.digest(domain)
        signed = bool(signed_by_contract(context, record.terms.certifier, digest, document.signature))
    if not signed:
        raise PolicyRefusal(
            f"the certificate is not signed by the certifier {record.terms.certifier}: altered or forged",
            hint="ask the certifier for a new one",
            code="certificate-signature",
            card="0x" + record.card.hex(),
            certifier=record.terms.certifier,
        )


def _refuse(record: CardRecord, code: str, found: str, wanted: str) -> PolicyRefusal:
    return PolicyRefusal(
        f"made for sub-wallet {found}, the card is in {wanted}",
        hint="it is meant for another consumer",
        code=code,
        card="0x" + record.card.hex(),
        found=found,
        wallet=wanted,
    )


def _require_certifier(terms: Terms, certifier: str, record: CardRecord) -> None:
    card = "0x" + record.card.hex()
    if terms.certifier == ZERO_ADDRESS:
        raise InvalidInput(
            f"the terms of card {card} name no certifier",
            hint="charge it instead: `prepaid card charge`",
            code="no-certifier",
            card=card,
        )
    if terms.certifier != certifier:
        raise InvalidInput(
            f"card {card} is certified by {terms.certifier}, not by {certifier}",
            hint="sign as the certifier named in the terms",
            code="other-certifier",
            card=card,
            certifier=terms.certifier,
            value=certifier,
        )


def _falls(now: int, after: int) -> InvalidInput:
    return InvalidInput(
        f"a total of {after} does not go beyond the {now} certified so far",
        hint="state the total since the card was opened; one total must grow",
        code="totals-not-growing",
        used=now,
        used_after=after,
    )
