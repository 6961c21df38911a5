"""The consumer confirms what was certified, and the merchant is paid for it.

No charge is needed: the certificate on the chain says what was done. What is signed is an authorisation of
the card's totals as they stand, which anyone carries like any other; each certificate is confirmed once.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from wallet.address import ZERO_ADDRESS
from wallet.eip712.messages import Consume
from wallet.errors import InvalidInput
from wallet.exchange import Authorisation, Reference
from wallet.rules import UNCONFIRMED
from wallet.services.asking import bought, outcome_of_use
from wallet.services.authorise import Authorised, consumption, signed_use, spent_today
from wallet.services.context import Context
from wallet.services.onboard import name_of
from wallet.services.publish import unit_of
from wallet.services.records import CardRecord, find_card, require_open, state_of
from wallet.services.sealing import lines_of, write_down
from wallet.services.sending import require_said
from wallet.signing.checks import Outcome, check_outcome
from wallet.signing.policy import Policy, Reason, Verdict
from wallet.signing.sentence import Shown, consume_sentence, explain
from wallet.signing.signer import Signer

VALID = 3600
"""Seconds in which a confirmation must reach the chain, unless told otherwise."""


@dataclass(frozen=True, slots=True)
class Confirmation:
    """A confirmation not yet signed."""

    sentence: str
    verdict: Verdict
    message: Consume
    record: CardRecord
    reference: Reference
    outcome: Outcome


def preview_confirmation(
    context: Context,
    consumer: str,
    card: str,
    policy: Policy,
    *,
    number: str = "",
    valid: int = VALID,
    salt: bytes | None = None,
) -> Confirmation:
    """What confirming the certified totals would move. `number` is the consumer's own reference.

    Raises InvalidInput (`no-certifier`, `card-not-open`, `nothing-certified`).
    """
    record = find_card(context, card, owner=consumer)
    terms, state = record.terms, state_of(context, record)
    shown_id = "0x" + record.card.hex()
    if terms.certifier == ZERO_ADDRESS:
        raise InvalidInput(
            f"the terms of card {shown_id} name no certifier",
            hint="answer the merchant's charge: `prepaid card authorise`",
            code="no-certifier",
            card=shown_id,
        )
    require_open(record, state)
    outcome = outcome_of_use(context, terms, state, used=state.used, listed=state.listed)
    if not state.marks & UNCONFIRMED or outcome.to_merchant == 0:
        raise InvalidInput(
            f"nothing that was certified on card {shown_id} waits for you",
            hint="`prepaid card show` tells where it stands",
            code="nothing-certified",
            card=shown_id,
        )
    check_outcome(outcome.to_merchant, bought(context, record, state), outcome)
    now, merchant = context.chain.now(), name_of(context, terms.merchant)
    reference = Reference.new(number or f"{state.used}/{state.listed}", merchant, salt=salt)
    message = Consume(
        record.card,
        state.used,
        state.listed,
        outcome.to_merchant,
        reference.hash,
        now + valid,
        state.epoch,
    )
    shown = Shown(merchant, now, context.language, unit_of(context, terms))
    sentence = consume_sentence(
        message,
        outcome,
        shown,
        used_before=state.used,
        listed_before=state.listed,
        number=reference.number,
    )
    verdict = policy.judge(
        fen=message.max_pay,
        merchant=terms.merchant,
        spent_today=spent_today(context, consumer),
        language=context.language,
    )
    return Confirmation(sentence, verdict, message, record, reference, outcome)


def confirm(
    context: Context,
    consumer: Signer,
    wanted: Confirmation,
    *,
    confirm: Callable[[tuple[Reason, ...]], bool] | None = None,
) -> Authorised:
    """Sign it, write it down, and have the chain confirm it. PolicyRefusal if not allowed."""
    wanted.verdict.require(confirm)
    record, message, said = wanted.record, wanted.message, wanted.outcome
    signed = signed_use(context, consumer, record, message, wanted.reference, wanted.sentence)
    # No charge stands beside it in the card's evidence, so it brings the words itself.
    write_down(context, [replace(signed, reference=lines_of(wanted.reference))])
    call = record.contract.consume(record.terms, consumption(message), signed.signature)
    require_said(context, call, consumer, said.to_merchant)
    document = Authorisation.of(
        message, domain=signed.domain, consumer=consumer.address, signature=signed.signature
    )
    why = explain(message, signed.domain, reference=wanted.reference)
    return Authorised(document, wanted.sentence, said.to_merchant, said.still_frozen, tuple(why))
