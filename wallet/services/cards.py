"""What a person wants to see of cards: list, one in full, and its history; all from the chain.

The journal adds only what the chain does not know on purpose: the words behind a charge's hash.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from typing import Any

from wallet.address import ZERO_ADDRESS
from wallet.bindings.digital_yuan import DigitalYuan
from wallet.bindings.runtime import Event, ask, decode_logs
from wallet.chain.base import Log
from wallet.rules import NOT_CONSUMER, UNCONFIRMED, Cause, Status
from wallet.services.context import Context
from wallet.services.dispute import show_dispute
from wallet.services.onboard import name_of
from wallet.services.publish import product_name, rules_of, template_name, unit_of
from wallet.services.records import CardRecord, cards_of, cards_sold, find_card, remembered_card, state_of
from wallet.terms import Terms


@dataclass(frozen=True, slots=True)
class CardView:
    """One card. Money in fen, times in unix seconds; `used` and `capacity` in `unit` (fen for yuan).

    `held` is frozen while the card is open; in status "owing" it waits for the merchant, in "short" it is
    what the consumer is still owed. `refund_now` is what would come back at once if the card ended now
    (0 when it is not open), for the reason `cause`. `certifier` is empty where the terms name none;
    `unconfirmed`: certified and not yet confirmed; `not_consumer`: found not to be the consumer's cause;
    `tier`: the merchant's at opening, where the terms have a ladder; `dispute`: its step (`show_card` only).
    """

    card: str
    status: str
    owner: str
    sub_wallet: str
    merchant: str
    merchant_name: str
    product: str
    product_name: str
    template: str
    template_name: str
    unit: str
    principal: int
    bonus: int
    capacity: int | None
    used: int
    listed: int
    released: int
    held: int
    opened_at: int
    epoch: int
    refund_now: int
    shortfall_now: int
    cause: str
    terms: dict[str, str]
    certifier: str = ""
    unconfirmed: bool = False
    not_consumer: bool = False
    tier: int = 0
    dispute: str = ""


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """One thing that happened to a card. `values` are the event's own, bytes as 0x text."""

    event: str
    time: int
    block: int
    transaction: str
    values: dict[str, Any]
    reference: str = ""
    """What a charge was for, where this machine signed or made it."""


@dataclass(frozen=True, slots=True)
class Balance:
    """A person's money: on hand, frozen in open cards, and their sub-wallet's address (fen; coin in wei)."""

    address: str
    sub_wallet: str
    on_hand: int
    frozen: int
    coin: int


def list_cards(context: Context, owner: str) -> list[CardView]:
    """The consumer's cards, oldest first."""
    labels = _Labels(context)
    return [view(context, record, labels) for record in cards_of(context, owner)]


def list_sold(context: Context, merchant: str) -> list[CardView]:
    """The cards a merchant sold, oldest first."""
    labels = _Labels(context)
    return [view(context, record, labels) for record in cards_sold(context, merchant)]


def show_card(context: Context, wanted: str, *, owner: str | None = None) -> CardView:
    """One card in full; `wanted` is its id or the start of it."""
    shown = view(context, find_card(context, wanted, owner=owner))
    if "Disputes" not in context.platform.parts:
        return shown
    return replace(shown, dispute=show_dispute(context, shown.card).step)


class _Labels:
    """Names of merchants and products, each looked up once for a whole list."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._merchants: dict[str, str] = {}
        self._products: dict[bytes, str] = {}

    def merchant(self, terms: Terms) -> str:
        """The merchant's name."""
        if terms.merchant not in self._merchants:
            self._merchants[terms.merchant] = name_of(self._context, terms.merchant)
        return self._merchants[terms.merchant]

    def product(self, terms: Terms) -> str:
        """The product's name."""
        key = terms.product_id
        if key not in self._products:
            self._products[key] = product_name(self._context, terms)
        return self._products[key]


def view(context: Context, record: CardRecord, labels: _Labels | None = None) -> CardView:
    """A card with everything a front end shows."""
    labels = labels or _Labels(context)
    terms, state = record.terms, state_of(context, record)
    rules = rules_of(context, terms)
    owed, cause = 0, ""
    if state.status is Status.OPEN:
        owed, number = ask(context.chain, record.contract.quote(terms))
        cause = Cause(number).name.lower().replace("_", "-")
    return CardView(
        card="0x" + record.card.hex(),
        status=state.status.name.lower(),
        owner=record.owner,
        sub_wallet=record.wallet,
        merchant=terms.merchant,
        merchant_name=labels.merchant(terms),
        product="0x" + terms.product_id.hex(),
        product_name=labels.product(terms),
        template=terms.template,
        template_name=template_name(context, terms.template),
        unit=unit_of(context, terms).value,
        principal=terms.principal,
        bonus=terms.bonus,
        capacity=None if rules is None else rules.capacity(terms),
        used=state.used,
        listed=state.listed,
        released=state.released,
        held=state.held,
        opened_at=state.opened_at,
        epoch=state.epoch,
        refund_now=min(owed, state.held),
        shortfall_now=max(0, owed - state.held),
        cause=cause,
        terms=terms.to_dict(),
        certifier="" if terms.certifier == ZERO_ADDRESS else terms.certifier,
        unconfirmed=bool(state.marks & UNCONFIRMED),
        not_consumer=bool(state.marks & NOT_CONSUMER),
        tier=state.tier,
    )


def history(context: Context, wanted: str, *, owner: str | None = None) -> list[HistoryEntry]:
    """Everything that happened to a card, oldest first, from the chain's events."""
    record = remembered_card(context, wanted, owner=owner)
    logs = [] if record is None else _logs_of(context, record)
    if record is None or not logs:  # the journal does not know it, or the chain no longer does
        record = find_card(context, wanted, owner=owner)
        logs = _logs_of(context, record)
    references = _references(context, record.card)
    times: dict[int, int] = {}
    return [_entry(context, log, event, references, times) for log, event in decode_logs(logs)]


def balance(context: Context, address: str) -> Balance:
    """What an account has: digital yuan on hand, frozen in its open cards, and coin for gas."""
    states = [state_of(context, record) for record in cards_of(context, address)]
    return Balance(
        address=address,
        sub_wallet=context.wallet_of(address).address,
        on_hand=ask(context.chain, DigitalYuan(context.platform.token).balance_of(address)),
        frozen=sum(state.held for state in states if state.status is Status.OPEN),
        coin=context.chain.balance(address),
    )


def _logs_of(context: Context, record: CardRecord) -> list[Log]:
    return context.chain.logs(record.wallet, [None, record.card], context.platform.block)


def _entry(
    context: Context, log: Log, event: Event, references: dict[bytes, str], times: dict[int, int]
) -> HistoryEntry:
    if log.block_number not in times:
        head = context.chain.block(log.block_number)
        times[log.block_number] = 0 if head is None else head.timestamp
    # Terms and ids stand on the card already; a history tells what changed.
    values = {name: value for name, value in _plain(event) if name not in ("card", "terms")}
    return HistoryEntry(
        event=type(event).__name__.lower(),
        time=times[log.block_number],
        block=log.block_number,
        transaction="0x" + log.tx_hash.hex(),
        values=values,
        reference=references.get(getattr(event, "charge", b""), ""),
    )


def _plain(event: Any) -> Iterable[tuple[str, Any]]:
    for place in fields(event):
        value = getattr(event, place.name)
        if place.name == "cause":
            value = Cause(value).name.lower().replace("_", "-")
        yield place.name, "0x" + value.hex() if isinstance(value, bytes) else value


def _references(context: Context, card: bytes) -> dict[bytes, str]:
    found = {}
    for signed in context.journal.authorisations(context.identity, card=card):
        if "charge" in signed.message and "reference" in signed.message:
            found[bytes.fromhex(signed.message["charge"][2:])] = str(signed.message["reference"])
    return found
