"""What lies frozen, was released and went back, card by card and in sums, from the chain alone.

One pass over the events of all sub-wallets, believed only where the factory derives the sub-wallet from its
owner. `reconcile` holds the sums against what the token says the sub-wallets really have, to the fen.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from wallet.bindings.digital_yuan import DigitalYuan
from wallet.bindings.events import Closed, Collected, Opened, Transferred
from wallet.bindings.i_prepaid_template import IPrepaidTemplate
from wallet.bindings.runtime import ask, decode_logs
from wallet.bindings.structs import Usage
from wallet.chain.base import Reverted
from wallet.errors import ContractError
from wallet.rules import REFERENCE_TEMPLATES, Card, Cause, Status
from wallet.rules.model import TemplateFailed
from wallet.services.context import Context
from wallet.services.records import CardRecord, believed, state_of


@dataclass(frozen=True, slots=True)
class CardMoney:
    """One card's money in fen. `paid_in` = `released` + `refunded` + `held` + `due` at every moment.

    `due` waits for the merchant to collect; `shortfall` is owed to the consumer and lies nowhere. `moved_in`
    is the part of `paid_in` that came from another card, `moved_out` the part of `refunded` that went to one.
    """

    record: CardRecord
    state: Card
    paid_in: int
    released: int
    refunded: int
    held: int
    due: int
    shortfall: int
    moved_in: int = 0
    moved_out: int = 0

    @property
    def balanced(self) -> bool:
        """Whether every fen that was paid in is somewhere."""
        return self.paid_in == self.released + self.refunded + self.held + self.due


@dataclass(frozen=True, slots=True)
class Totals:
    """Sums over some cards, in fen. Moves from card to card stand apart: `new_money` and `refunded` are what
    consumers paid in and got back.
    """

    cards: int = 0
    open: int = 0
    new_money: int = 0
    released: int = 0
    refunded: int = 0
    held: int = 0
    due: int = 0
    shortfall: int = 0
    moved_in: int = 0
    moved_out: int = 0

    @property
    def balanced(self) -> bool:
        """Whether nothing was lost or made."""
        came = self.new_money + self.moved_in
        return came == self.released + self.refunded + self.moved_out + self.held + self.due


@dataclass(frozen=True, slots=True)
class Reconciled:
    """The sums of all cards against the token: `difference` is what the sub-wallets have beyond their cards.

    It is never negative; above zero it is money that somebody sent there outside any card.
    """

    totals: Totals
    on_chain: int
    wallets: int

    @property
    def difference(self) -> int:
        return self.on_chain - self.totals.held - self.totals.due


def every_card(context: Context) -> list[CardMoney]:
    """The money of every card on the platform, oldest first."""
    block = context.platform.block
    opened = believed(context, context.chain.logs(None, [Opened.TOPIC], block))
    if not opened:
        return []
    sums = {one.card: _Sum(one) for one in opened}
    wallets = sorted({one.wallet for one in opened})
    for _, event in decode_logs(context.chain.logs(wallets, (), block)):
        card = getattr(event, "card", None)
        if isinstance(card, bytes) and card in sums:
            sums[card].take(event)
            if isinstance(event, Transferred) and event.new_card in sums:
                sums[event.new_card].moved_in += event.moved
    return [one.done(state_of(context, one.record)) for one in sums.values()]


def cards_money(context: Context, merchant: str | None = None) -> list[CardMoney]:
    """The same for the cards of one merchant, or of all."""
    return [one for one in every_card(context) if merchant in (None, one.record.terms.merchant)]


def totals_of(cards: Iterable[CardMoney]) -> Totals:
    """Their sums."""
    total = Totals()
    for one in cards:
        total = Totals(
            cards=total.cards + 1,
            open=total.open + (one.state.status is Status.OPEN),
            new_money=total.new_money + one.paid_in - one.moved_in,
            released=total.released + one.released,
            refunded=total.refunded + one.refunded - one.moved_out,
            held=total.held + one.held,
            due=total.due + one.due,
            shortfall=total.shortfall + one.shortfall,
            moved_in=total.moved_in + one.moved_in,
            moved_out=total.moved_out + one.moved_out,
        )
    return total


def reconcile(context: Context, cards: Iterable[CardMoney]) -> Reconciled:
    """Hold the cards' sums against the token's own balances of their sub-wallets."""
    cards = list(cards)
    token = DigitalYuan(context.platform.token)
    wallets = {one.record.wallet for one in cards}
    on_chain = sum(ask(context.chain, token.balance_of(wallet)) for wallet in sorted(wallets))
    return Reconciled(totals_of(cards), on_chain, len(wallets))


def unperformed(context: Context, cards: Iterable[CardMoney], now: int) -> int:
    """What still has to be performed on the open ones of these cards, at what was paid for it (fen).

    It is what their consumers were owed if the merchant stopped at `now`: the same rules, asked the same way.
    """
    return sum(
        owed_if_stopped(context, one.record, one.state, now)
        for one in cards
        if one.state.status is Status.OPEN
    )


def owed_if_stopped(context: Context, record: CardRecord, state: Card, now: int) -> int:
    """What the consumer of one open card is owed if its merchant stops at `now` (art. 18, 22)."""
    terms = record.terms
    usage = state.usage(terms, now)
    names = (name for name, address in context.platform.templates.items() if address == terms.template)
    rules = REFERENCE_TEMPLATES.get(next(names, ""))
    if rules is not None:
        try:
            return min(rules.entitlement(terms, usage, Cause.NOT_CONSUMER), terms.principal)
        except TemplateFailed:
            return terms.principal - state.released
    asked = Usage(usage.used, usage.listed, usage.released, usage.elapsed, usage.tier, usage.facts)
    call = IPrepaidTemplate(terms.template).entitlement(terms, asked, int(Cause.NOT_CONSUMER))
    try:
        return min(ask(context.chain, call), terms.principal)
    except (ContractError, Reverted):
        return terms.principal - state.released  # as the sub-wallet does where a template fails


def balance_at(context: Context, cards: Iterable[CardMoney], moment: int) -> int:
    """`unperformed` as it was at the unix time `moment`, told from the cards' events."""
    total = 0
    times: dict[int, int] = {}
    for one in cards:
        state = _state_at(context, one, moment, times)
        if state is not None:
            total += owed_if_stopped(context, one.record, state, moment)
    return total


def _state_at(context: Context, card: CardMoney, moment: int, times: dict[int, int]) -> Card | None:
    """The card's totals at `moment`; None if it was not open then."""
    if card.state.opened_at > moment:
        return None
    logs = context.chain.logs(card.record.wallet, [None, card.record.card], context.platform.block)
    state = replace(card.state, used=0, listed=0, released=0, held=card.paid_in)
    for log, event in decode_logs(logs):
        if log.block_number not in times:
            block = context.chain.block(log.block_number)
            times[log.block_number] = 0 if block is None else block.timestamp
        if times[log.block_number] > moment:
            break
        if isinstance(event, Closed):
            return None
        state = replace(
            state,
            used=getattr(event, "used", state.used),
            listed=getattr(event, "listed", state.listed),
            released=getattr(event, "released", state.released),
        )
    return state


class _Sum:
    """One card's money while its events are read."""

    def __init__(self, record: CardRecord) -> None:
        self.record = record
        self.paid_in = self.released = self.refunded = self.moved_in = self.moved_out = 0

    def take(self, event: Any) -> None:
        if isinstance(event, Opened):
            self.paid_in += event.terms.principal
        elif isinstance(event, Closed):
            self.refunded += event.refund
        elif isinstance(event, Collected):
            self.released += event.amount
        elif isinstance(event, Transferred):
            self.moved_out += event.moved  # part of the refund in Closed
        else:
            self.released += int(getattr(event, "paid", 0))

    def done(self, state: Card) -> CardMoney:
        return CardMoney(
            record=self.record,
            state=state,
            paid_in=self.paid_in,
            released=self.released,
            refunded=self.refunded,
            held=state.held if state.status is Status.OPEN else 0,
            due=state.held if state.status is Status.OWING else 0,
            shortfall=state.held if state.status is Status.SHORT else 0,
            moved_in=self.moved_in,
            moved_out=self.moved_out,
        )


Group = Callable[[CardMoney], str]


def grouped(cards: Iterable[CardMoney], key: Group) -> Iterator[tuple[str, list[CardMoney]]]:
    """The cards in groups, in the order in which a group's first card was opened."""
    found: dict[str, list[CardMoney]] = {}
    for one in cards:
        found.setdefault(key(one), []).append(one)
    yield from found.items()
