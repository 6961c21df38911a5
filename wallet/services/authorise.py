"""The consumer's wallet: check a charge, say in one sentence what it would do, sign it, write it down.

The order is the point. Checked against what was bought, judged by the policy and simulated before a person
is asked; written down before the signature is shown; simulated once more with the signature itself.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from wallet.bindings.structs import Consumption
from wallet.chain.base import CallRequest, Reverted
from wallet.eip712.messages import Consume
from wallet.eip712.signature import is_magic, is_valid_signature_call
from wallet.exchange import Authorisation, ChargeRequest, Reference
from wallet.rules import Card, day_of
from wallet.services.asking import bought, outcome_of_use
from wallet.services.context import Context
from wallet.services.onboard import name_of
from wallet.services.publish import unit_of
from wallet.services.records import CardRecord, find_card, state_of
from wallet.services.sealing import Signed, charge_of, signed_by, totals_of, write_down
from wallet.services.sending import require_said
from wallet.signing.checks import BoughtCard, Outcome, check_charge, check_outcome
from wallet.signing.policy import Policy, Reason, Verdict
from wallet.signing.sentence import Shown, consume_sentence, explain
from wallet.signing.signer import Signer

_DAY, _CHINA = 86_400, 8 * 3600


@dataclass(frozen=True, slots=True)
class Request:
    """A charge that passed every check, not yet signed: the sentence, the verdict, what will be signed."""

    sentence: str
    verdict: Verdict
    message: Consume
    record: CardRecord
    charge: ChargeRequest
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class Authorised:
    """A signed answer to a charge; `pays` and `stays` in fen."""

    document: Authorisation
    sentence: str
    pays: int
    stays: int
    explanation: tuple[tuple[str, str], ...] = ()
    """Every field and hash behind the sentence; not made for authorisations signed in bulk."""


def preview_charge(context: Context, consumer: str, charge: ChargeRequest, policy: Policy) -> Request:
    """What answering `charge` would do. PolicyRefusal, each with its code, where it must not be answered.

    The verdict may still say that the person has to be asked; `authorise` insists on it.
    """
    record = find_card(context, "0x" + charge.card.hex(), owner=consumer)
    return _preview(
        context, record, state_of(context, record), charge, policy, spent_today(context, consumer)
    )


def authorise(
    context: Context,
    consumer: Signer,
    request: Request,
    *,
    confirm: Callable[[tuple[Reason, ...]], bool] | None = None,
) -> Authorised:
    """Sign the request. `confirm` puts the policy's reasons to the person where it says ask.

    Raises PolicyRefusal if the policy does not allow it, or if the chain would move anything else than the
    sentence said.
    """
    (made,) = authorise_all(context, consumer, [request], confirm=confirm)
    record, message = request.record, request.message
    call = record.contract.consume(record.terms, consumption(message), made.document.signature)
    require_said(context, call, consumer, made.pays)
    why = explain(message, record.domain(context), reference=request.charge.reference)
    return replace(made, explanation=tuple(why))


def authorise_all(
    context: Context,
    consumer: Signer,
    requests: Sequence[Request],
    *,
    confirm: Callable[[tuple[Reason, ...]], bool] | None = None,
) -> list[Authorised]:
    """Sign many requests of one consumer, written down in one commit before any is returned."""
    made, signed, charges = [], [], []
    for request in requests:
        request.verdict.require(confirm)
        record, message, outcome = request.record, request.message, request.outcome
        one = signed_use(context, consumer, record, message, request.charge.reference, request.sentence)
        signed.append(one)
        charges.append(charge_of(record, request.charge))
        document = Authorisation.of(
            message, domain=one.domain, consumer=consumer.address, signature=one.signature
        )
        made.append(Authorised(document, request.sentence, outcome.to_merchant, outcome.still_frozen))
    write_down(context, signed, charges)
    return made


def signed_use(
    context: Context,
    consumer: Signer,
    record: CardRecord,
    message: Consume,
    reference: Reference,
    sentence: str,
) -> Signed:
    """The consumer's signature under one use, not written down yet."""
    return signed_by(
        context,
        consumer,
        record,
        message,
        deadline=message.deadline,
        pays=message.max_pay,
        note={
            "charge": "0x" + message.charge.hex(),
            "reference": reference.number,
            **totals_of(message),
            "sentence": sentence,
        },
    )


def consumption(message: Consume | Authorisation) -> Consumption:
    """The message as the contract takes it."""
    return Consumption(
        message.used_after,
        message.listed_after,
        message.max_pay,
        message.charge,
        message.deadline,
        message.epoch,
    )


def signed_by_contract(context: Context, signer: str, digest: bytes, signature: bytes) -> bool | None:
    """A contract account's own answer (ERC-1271) about a signature; None for an account without code."""
    code = context.chain.code(signer)
    if not code or code.startswith(b"\xef\x01\x00"):  # delegated code does not change whose key signs
        return None
    try:
        return is_magic(context.chain.call(CallRequest(signer, is_valid_signature_call(digest, signature))))
    except Reverted:
        return False


def _preview(
    context: Context, record: CardRecord, state: Card, charge: ChargeRequest, policy: Policy, spent: int
) -> Request:
    terms = record.terms
    signed = None
    if not charge.is_signed():
        digest = charge.message.digest(charge.domain)
        signed = signed_by_contract(context, terms.merchant, digest, charge.signature)
    now = context.chain.now()
    shown = Shown(name_of(context, terms.merchant), now, context.language, unit_of(context, terms))
    card = bought(context, record, state)
    check_charge(charge, card, now=now, signed=signed)
    outcome = outcome_of_use(context, terms, state, used=charge.used_after, listed=charge.listed_after)
    return judge(card, record, charge, outcome, shown, policy, spent)


def judge(
    card: BoughtCard,
    record: CardRecord,
    charge: ChargeRequest,
    outcome: Outcome,
    shown: Shown,
    policy: Policy,
    spent: int,
) -> Request:
    """The request for a checked charge with a known outcome; PolicyRefusal if they do not agree."""
    check_outcome(charge.max_pay, card, outcome)
    message = charge.message.consume(epoch=card.state.epoch)
    before = {"used_before": card.state.used, "listed_before": card.state.listed}
    sentence = consume_sentence(message, outcome, shown, **before, number=charge.number)
    verdict = policy.judge(
        fen=message.max_pay, merchant=record.terms.merchant, spent_today=spent, language=shown.language
    )
    return Request(sentence, verdict, message, record, charge, outcome)


def spent_today(context: Context, consumer: str) -> int:
    """Fen the consumer authorised since midnight (UTC+8), for the policy's daily limit."""
    midnight = day_of(context.chain.now()) * _DAY - _CHINA
    return context.journal.authorised(context.identity, consumer, since=midnight)
