"""What happens to one card, as data; what the reference model makes of it, and what a chain does.

`predict` and `play` answer in the same figures, so that a test may compare them, or either with a rule of its
own. Which actions are legal when is the reference model's answer (`wallet.rules`), not this module's.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final, Literal

from wallet import rules
from wallet.law.dates import DAY
from wallet.rules import Card, Status
from wallet.services.collect import collect
from wallet.services.onboard import stop
from wallet.services.settle import settle
from wallet.testing.platform import NOON, Platform
from wallet.testing.products import Product

if TYPE_CHECKING:
    from wallet.terms import Terms

Verb = Literal["use", "wait", "stop", "settle", "leave", "collect"]
VERBS: Final[tuple[Verb, ...]] = ("use", "wait", "stop", "settle", "leave", "collect")


@dataclass(frozen=True, slots=True)
class Action:
    """One thing that happens.

    "use": `used` more in the card's unit, `listed` more in fen at list price; "wait": `days`; "stop": the
    merchant performs no longer; "settle": what time alone brings, carried by anybody; "leave": the consumer
    ends the card; "collect": the merchant takes what was left for it.
    """

    verb: Verb
    used: int = 0
    listed: int = 0
    days: int = 0


@dataclass(frozen=True, slots=True)
class Figures:
    """Where a card's money went, in fen: to the payee, back to the consumer, still held; or missing.

    `held` includes what waits for the payee of an ended card. While nobody but the card pays,
    paid + refunded + held is the principal.
    """

    paid: int = 0
    refunded: int = 0
    held: int = 0
    shortfall: int = 0
    status: str = "open"


class Model:
    """A card in the reference model, followed action by action."""

    def __init__(self, product: Product, terms: Terms | None = None) -> None:
        self.product, self.terms = product, terms or product.terms()
        self._now, self.stopped_at = 100 * 365 * DAY + NOON, 0
        self.card, self._paid = rules.open_card(product.rules, self.terms, self._now)
        self._refunded = 0

    def legal(self, action: Action) -> bool:
        """Whether the contracts would let it happen now."""
        there = Model.__new__(Model)
        there.__dict__.update(self.__dict__)
        try:
            there.do(action)
        except rules.WouldRevert:
            return False
        return True

    def do(self, action: Action) -> None:
        """Let it happen; raises WouldRevert where a contract would refuse."""
        kind, terms, card = self.product.rules, self.terms, self.card
        match action.verb:
            case "use":
                after, paid = rules.consume(
                    kind,
                    terms,
                    card,
                    used_after=card.used + action.used,
                    listed_after=card.listed + action.listed,
                    now=self._now,
                )
                self._set(after, paid)
            case "wait":
                self._now += action.days * DAY
            case "stop":
                if self.stopped_at:
                    raise rules.WouldRevert(
                        "the merchant has stopped already", error="MerchantRegistry_WrongStatus"
                    )
                self.stopped_at = self._now
            case "settle":
                done = rules.settle(kind, terms, card, self._now, self.stopped_at)
                if isinstance(done, rules.Closing):
                    self._end(done)
                else:
                    self._set(*done)
            case "leave":
                self._end(rules.close_card(kind, terms, card, self._now, stopped_at=self.stopped_at))
            case "collect":
                if card.status is not Status.OWING:
                    raise rules.WouldRevert(
                        "nothing is left for the merchant", error="SubWallet_NothingToCollect"
                    )
                self._set(replace(card, held=0, status=Status.CLOSED), card.held)

    @property
    def figures(self) -> Figures:
        """Where the money is now."""
        short = self.card.status is Status.SHORT
        held, missing = (0, self.card.held) if short else (self.card.held, 0)
        return Figures(self._paid, self._refunded, held, missing, self.card.status.name.lower())

    def _set(self, card: Card, paid: int) -> None:
        self.card, self._paid = card, self._paid + paid

    def _end(self, closing: rules.Closing) -> None:
        self.card, self._refunded = closing.card, closing.refund


def predict(product: Product, actions: Sequence[Action]) -> Figures:
    """What the reference model says of a card after these actions; WouldRevert for one that is not legal."""
    model = Model(product)
    for action in actions:
        model.do(action)
    return model.figures


def play(platform: Platform, product: Product, actions: Sequence[Action]) -> Figures:
    """Buy it on a platform and do these actions through the services; figures from people's balances."""
    context, consumer = platform.context, platform.consumer
    numbers: dict[str, Any] = {**product.numbers}
    terms = platform.terms(product.kind, **numbers)
    had = platform.money(consumer), platform.money(terms.recipient)
    card = platform.buy(terms)
    for action in actions:
        match action.verb:
            case "use":
                platform.use(card, action.used, listed=action.listed)
            case "wait":
                platform.advance(action.days)
            case "stop":
                stop(context, platform.operator, terms.merchant)
            case "settle":
                settle(context, platform.operator, card)
            case "leave":
                platform.leave(card)
            case "collect":
                collect(context, platform.operator, card)
    shown = platform.show(card)
    short = shown.held if shown.status == "short" else 0
    return Figures(
        paid=platform.money(terms.recipient) - had[1],
        refunded=platform.money(consumer) + terms.principal - had[0],
        held=platform.money(shown.sub_wallet),
        shortfall=short,
        status=shown.status,
    )
