"""Vouchers: the consumer signs the running total, and the merchant settles many uses with the newest one.

Only for cards whose terms switch it on, since a voucher names no single charge. A later voucher replaces the
earlier ones; what it lets move is counted against the policy only as far as it goes beyond them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from wallet.bindings.structs import Voucher as VoucherStruct
from wallet.eip712.messages import Voucher
from wallet.errors import InvalidInput, PolicyRefusal
from wallet.exchange import VoucherAuthorisation
from wallet.rules import Card
from wallet.services.asking import outcome_of_use
from wallet.services.authorise import spent_today
from wallet.services.charge import list_price
from wallet.services.context import Context
from wallet.services.onboard import name_of
from wallet.services.publish import unit_of
from wallet.services.records import CardRecord, find_card, require_open, state_of
from wallet.services.sealing import sign, totals_of
from wallet.services.sending import carrying, simulate
from wallet.signing.policy import Policy, Reason, Verdict
from wallet.signing.sentence import Shown, voucher_sentence
from wallet.signing.signer import Signer

VALID = 7 * 86_400
"""Seconds a voucher is valid for, unless told otherwise."""


@dataclass(frozen=True, slots=True)
class VoucherRequest:
    """A voucher not yet signed. Fen: `adds` is what it lets move beyond all earlier ones."""

    sentence: str
    verdict: Verdict
    message: Voucher
    record: CardRecord
    adds: int


def preview_voucher(
    context: Context,
    consumer: str,
    card: str,
    used_after: int,
    policy: Policy,
    *,
    listed_after: int | None = None,
    valid: int = VALID,
) -> VoucherRequest:
    """What letting the card's total use rise to `used_after` would do (fen of face value, or sessions).

    Raises InvalidInput for a card that is not open, PolicyRefusal (`vouchers-off`) where the terms take none,
    and the template's typed error for more than the card holds.
    """
    record = find_card(context, card, owner=consumer)
    terms, state = record.terms, state_of(context, record)
    require_open(record, state)
    if not terms.takes_vouchers:
        raise PolicyRefusal(
            "the card's terms take no vouchers", hint="authorise each charge", code="vouchers-off", card=card
        )
    if used_after <= state.used:
        raise InvalidInput(
            f"the total of {used_after} is not above the {state.used} settled so far",
            hint="a voucher states the total since the card was opened",
            code="totals-not-growing",
            used=state.used,
            used_after=used_after,
        )
    listed = state.listed + list_price(context, terms, state.used, used_after - state.used)
    listed = listed if listed_after is None else listed_after
    outcome = outcome_of_use(context, terms, state, used=used_after, listed=listed)
    now, most = context.chain.now(), state.released + outcome.to_merchant
    message = Voucher(record.card, used_after, listed, most, now + valid, state.epoch)
    shown = Shown(name_of(context, terms.merchant), now, context.language, unit_of(context, terms))
    adds = max(0, most - max(state.released, _promised(context, record, state)))
    return VoucherRequest(
        sentence=voucher_sentence(message, outcome, shown, released_before=state.released),
        verdict=policy.judge(
            fen=adds,
            merchant=terms.merchant,
            spent_today=spent_today(context, consumer),
            language=context.language,
        ),
        message=message,
        record=record,
        adds=adds,
    )


def sign_voucher(
    context: Context,
    consumer: Signer,
    request: VoucherRequest,
    *,
    confirm: Callable[[tuple[Reason, ...]], bool] | None = None,
) -> VoucherAuthorisation:
    """Sign it, write it down, and have the chain confirm it. PolicyRefusal if not allowed."""
    request.verdict.require(confirm)
    message, record = request.message, request.record
    signature = sign(
        context,
        consumer,
        record,
        message,
        deadline=message.deadline,
        pays=request.adds,
        note={
            **totals_of(message),
            "max_released": message.max_released,
            "sentence": request.sentence,
        },
    )
    call = record.contract.redeem(record.terms, voucher_struct(message), signature)
    simulate(context, call, carrying(consumer))
    domain = record.domain(context)
    return VoucherAuthorisation.of(message, domain=domain, consumer=consumer.address, signature=signature)


def voucher_struct(message: Voucher | VoucherAuthorisation) -> VoucherStruct:
    """The message as the contract takes it."""
    return VoucherStruct(
        message.used_after, message.listed_after, message.max_released, message.deadline, message.epoch
    )


def _promised(context: Context, record: CardRecord, state: Card) -> int:
    """Most that vouchers signed in this epoch already let be released, in all."""
    signed = context.journal.authorisations(context.identity, card=record.card)
    totals = [
        int(one.message["max_released"])
        for one in signed
        if one.kind == "Voucher" and one.message["epoch"] == state.epoch
    ]
    return max(totals, default=0)
