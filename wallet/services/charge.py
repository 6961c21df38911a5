"""A merchant asks for one consumption: totals after it, the most that may move, and what it is for; signed.

The price a consumer pays is not what is typed in here but what the card's rules release for that use; it is
asked on the chain, so that merchant and consumer compute it the same way.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from wallet.address import ZERO_ADDRESS
from wallet.eip712.domain import Domain
from wallet.errors import InvalidInput
from wallet.exchange import ChargeRequest, Reference
from wallet.rules import Card
from wallet.services.asking import outcome_of_use
from wallet.services.context import Context
from wallet.services.onboard import name_of
from wallet.services.publish import rules_of
from wallet.services.records import CardRecord, find_card, require_open, state_of
from wallet.services.sealing import charge_of, write_down
from wallet.signing.signer import Signer
from wallet.terms import Terms

VALID = 900
"""Seconds a charge is valid for, unless told otherwise."""


@dataclass(frozen=True, slots=True)
class Charged:
    """A signed charge, and what it will move and leave frozen (fen)."""

    document: ChargeRequest
    pays: int
    stays: int


def make_charge(
    context: Context,
    merchant: Signer,
    card: str,
    used: int,
    number: str,
    *,
    listed: int | None = None,
    item: str = "",
    store: str = "",
    valid: int = VALID,
    max_pay: int | None = None,
    salt: bytes | None = None,
) -> Charged:
    """Charge `used` to a card, in its unit (fen of face value, sessions, …), with the merchant's `number`.

    `listed` is the price before discount in fen; by default the card's own price of what is used. With
    `listed` alone, goods are handed over, or a cost stated, that count at list price. `max_pay` may be set
    higher than what moves, never lower. Raises InvalidInput if the card is another merchant's, not open
    or certified by somebody, and the template's typed error if it does not hold that much.
    """
    if used < 0 or used + (listed or 0) < 1:
        raise InvalidInput(
            f"charge: {used} is not more than zero", hint="charge something", code="invalid-amount", used=used
        )
    record = find_card(context, card)
    terms, state = record.terms, state_of(context, record)
    if terms.merchant != merchant.address:
        raise InvalidInput(
            f"card {card} was sold by {terms.merchant}, not by {merchant.address}",
            hint="charge it with the account of the merchant that sold it",
            code="other-merchant",
            card=card,
            merchant=terms.merchant,
            value=merchant.address,
        )
    require_open(record, state)
    if terms.certifier != ZERO_ADDRESS:
        raise InvalidInput(
            f"the progress of card {card} is certified by {terms.certifier}",
            hint="the consumer pays by confirming the certificate: `prepaid card confirm`",
            code="certified-card",
            card=card,
            certifier=terms.certifier,
        )
    price = list_price(context, terms, state.used, used) if listed is None else listed
    after = Totals(state.used + used, state.listed + price)
    outcome = outcome_of_use(context, terms, state, used=after.used, listed=after.listed)
    reference = Reference.new(number, name_of(context, terms.merchant), item=item, store=store, salt=salt)
    most = outcome.to_merchant if max_pay is None else max(max_pay, outcome.to_merchant)
    deadline = context.chain.now() + valid
    document = draw_up(record.domain(context), merchant, record, state, after, most, reference, deadline)
    write_down(context, [charge_of(record, document)])
    return Charged(document, outcome.to_merchant, outcome.still_frozen)


@dataclass(frozen=True, slots=True)
class Totals:
    """A card's running totals after a charge."""

    used: int
    listed: int


def draw_up(
    domain: Domain,
    merchant: Signer,
    record: CardRecord,
    state: Card,
    after: Totals,
    max_pay: int,
    reference: Reference,
    deadline: int,
) -> ChargeRequest:
    """The signed document; InvalidInput names a field that does not fit."""
    unsigned = ChargeRequest(
        chain_id=domain.chain_id,
        sub_wallet=record.wallet,
        merchant=merchant.address,
        card=record.card,
        used_before=state.used,
        listed_before=state.listed,
        used_after=after.used,
        listed_after=after.listed,
        max_pay=max_pay,
        deadline=deadline,
        number=reference.number,
        merchant_name=reference.merchant_name,
        item=reference.item,
        store=reference.store,
        salt=reference.salt,
        signature=b"\0",  # replaced below; a document without one does not pass its own check
    )
    unsigned.check()
    return replace(unsigned, signature=merchant.sign_message(unsigned.message, domain))


def list_price(context: Context, terms: Terms, before: int, used: int) -> int:
    """Fen at the price before discount of `used` after a total of `before`, where the merchant states none.

    A card kind that is not known here is taken to be spent in yuan.
    """
    rules = rules_of(context, terms)
    if rules is None:
        return used
    return rules.list_price(terms, before + used) - rules.list_price(terms, before)
