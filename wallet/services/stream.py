"""Many consumptions of many cards at full speed: charge, check, sign, journal, send and receipt for each.

The same acts as one by one, in bulk: each card is read once, its next totals follow from the reference
rules, signatures and transactions are written down a batch at a time and sent a batch at a time. The first
charge of every card is asked on the chain as well and must agree; in the end every event must move what was
said. For card kinds without reference rules the chain is asked each time, which is as slow as one by one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from wallet.errors import EnvironmentFault, InvalidInput, PolicyRefusal
from wallet.exchange import Reference
from wallet.rules import Card, Template
from wallet.rules import consume as consume_by_rules
from wallet.services.asking import bought, outcome_of_use
from wallet.services.authorise import Request, authorise_all, judge, spent_today
from wallet.services.charge import VALID, Totals, draw_up, list_price
from wallet.services.consume import Consumption, consume_many
from wallet.services.context import Context
from wallet.services.onboard import name_of
from wallet.services.publish import rules_of, unit_of
from wallet.services.records import CardRecord, find_card, state_of
from wallet.signing.checks import Outcome, check_charge
from wallet.signing.policy import Policy
from wallet.signing.sentence import Shown
from wallet.signing.signer import Signer


@dataclass(frozen=True, slots=True)
class Order:
    """One use of a card: fen of face value or sessions, and the merchant's number for it."""

    card: str
    used: int
    number: str


def pay_many(
    context: Context, merchant: Signer, consumer: Signer, orders: Sequence[Order], policy: Policy
) -> list[Consumption]:
    """Charge, authorise and carry `orders`, in order; one consumption for each.

    Raises before anything is sent if one order is refused by a check, the policy or the rules;
    EnvironmentFault (`outcome-differs`) if the chain in the end moved something else than was said.
    """
    desk = _Desk(context, merchant, consumer, policy)
    requests = [desk.take(order) for order in orders]
    signed = authorise_all(context, consumer, requests)
    done = consume_many(context, merchant, [one.document for one in signed])
    for request, one in zip(requests, done, strict=True):
        if not one.error and one.paid != request.outcome.to_merchant:
            raise EnvironmentFault(
                f"{one.paid} fen moved, {request.outcome.to_merchant} were said",
                hint="the rules on the chain are not the reference rules; report this",
                code="outcome-differs",
                transaction=one.transaction,
                moved=one.paid,
                said=request.outcome.to_merchant,
            )
    return done


@dataclass(slots=True)
class _Line:
    """One card under way: its state after the charges taken so far."""

    record: CardRecord
    state: Card
    rules: Template | None
    shown: Shown
    asked: bool = False


class _Desk:
    """Takes orders one after another and keeps each card's running state."""

    def __init__(self, context: Context, merchant: Signer, consumer: Signer, policy: Policy) -> None:
        self._context, self._merchant, self._consumer, self._policy = context, merchant, consumer, policy
        self._now = context.chain.now()
        self._spent = spent_today(context, consumer.address)
        self._name = name_of(context, merchant.address)
        self._lines: dict[str, _Line] = {}

    def take(self, order: Order) -> Request:
        """The order as a checked request, not yet signed by the consumer."""
        if order.used < 1:
            raise InvalidInput(
                f"order {order.number}: {order.used} is not more than zero",
                hint="charge something",
                code="invalid-amount",
                used=order.used,
            )
        line = self._line(order.card)
        record, state = line.record, line.state
        price = list_price(self._context, record.terms, state.used, order.used)
        after = Totals(state.used + order.used, state.listed + price)
        next_state, outcome = self._outcome(line, after)
        charge = draw_up(
            record.domain(self._context),
            self._merchant,
            record,
            state,
            after,
            outcome.to_merchant,
            Reference.new(order.number, self._name),
            self._now + VALID,
        )
        card = bought(self._context, record, state)
        check_charge(charge, card, now=self._now)
        request = judge(card, record, charge, outcome, line.shown, self._policy, self._spent)
        request.verdict.require()
        self._spent += charge.max_pay
        line.state = next_state
        return request

    def _outcome(self, line: _Line, after: Totals) -> tuple[Card, Outcome]:
        terms, state = line.record.terms, line.state
        totals = {"used_after": after.used, "listed_after": after.listed}
        by_chain = None
        if line.rules is None or not line.asked:
            by_chain = outcome_of_use(self._context, terms, state, used=after.used, listed=after.listed)
            line.asked = True
        if line.rules is None:
            assert by_chain is not None
            paid = by_chain.to_merchant
            moved = {"released": state.released + paid, "held": state.held - paid}
            return _with(state, after, **moved), by_chain
        next_state, paid = consume_by_rules(line.rules, terms, state, now=self._now, **totals)
        outcome = Outcome(paid, next_state.held)
        if by_chain is not None and by_chain != outcome:
            raise PolicyRefusal(
                f"the chain would move {by_chain.to_merchant} fen, the reference rules say {paid}",
                hint="do not sign; the template is not what it seems",
                code="outcome-differs",
                paid=by_chain.to_merchant,
                said=paid,
            )
        return next_state, outcome

    def _line(self, card: str) -> _Line:
        line = self._lines.get(card)
        if line is None:
            record = find_card(self._context, card, owner=self._consumer.address)
            terms = record.terms
            shown = Shown(self._name, self._now, self._context.language, unit_of(self._context, terms))
            state = state_of(self._context, record)
            line = self._lines[card] = _Line(record, state, rules_of(self._context, terms), shown)
        return line


def _with(state: Card, after: Totals, *, released: int, held: int) -> Card:
    return replace(state, used=after.used, listed=after.listed, released=released, held=held)
