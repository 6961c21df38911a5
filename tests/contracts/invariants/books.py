"""What the five guarantees say must be true, kept in Python from what was signed and what was seen to move.

Written from the guarantees, not from the contracts: it knows no template and computes no refund. It says what
a card may at most pay and must at least give back, and adds up the money that did move.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone

from tests.contracts.harness import CLOSED, OPEN, OWING, SHORT, CardState
from tests.contracts.invariants.setting import Consumer
from wallet.rules import NOT_CONSUMER, Template
from wallet.terms import ON_CONDITIONS, Terms

CHINA = timezone(timedelta(hours=8))
LIMIT = 1 << 48


class Violation(AssertionError):
    """A property that must always hold did not; `name` says which, the text how."""

    def __init__(self, name: str, text: str) -> None:
        super().__init__(f"{name}: {text}")
        self.name = name


def require(condition: bool, name: str, text: str) -> None:
    """Raise Violation unless the condition holds."""
    if not condition:
        raise Violation(name, text)


@dataclass(slots=True, eq=False)
class Book:
    """One card: its terms, its last seen state, and the fen that have left it (to the merchant's side in all,
    back to the consumer). `tag` is the number by which moves refer to it."""

    tag: int
    number: int
    consumer: Consumer
    terms: Terms
    id: bytes
    template: Template
    honest: bool
    state: CardState
    paid: int = 0
    refunded: int = 0
    closed_events: int = 0
    own_epoch: int = 0
    """The consumer's own last epoch, where findings have raised it since."""

    def __str__(self) -> str:
        return f"card {self.number} of {self.consumer.name}"


@dataclass(slots=True)
class Standing:
    """A merchant's dated record, as the registry should keep it."""

    status: str = "approved"
    tier: int = 0
    stops: list[int] = field(default_factory=list)

    def stopped_since(self, moment: int) -> int:
        """First stop at or after `moment`, 0 if none."""
        return next((stop for stop in self.stops if stop >= moment), 0)


def days(start: int, end: int) -> int:
    """Calendar dates in China between two unix times, by the standard library's calendar."""
    if end <= start:
        return 0
    return (datetime.fromtimestamp(end, CHINA).date() - datetime.fromtimestamp(start, CHINA).date()).days


def accrued_at_most(terms: Terms, opened_at: int, as_of: int) -> int:
    """Fen that time alone may have earned by `as_of`, by the plain fields that were signed."""
    elapsed = days(opened_at, as_of)
    if terms.accrual_days == 0 or elapsed <= terms.cooling_days:
        return 0
    return terms.accrual * (elapsed // terms.accrual_days)


def earned_at_most(terms: Terms, state: CardState, as_of: int) -> int:
    """The most a merchant may keep of a card that ends: what it had, what was used at list price, or what
    time earned. The exit fee is not in it."""
    return max(state.released, state.listed, accrued_at_most(terms, state.opened_at, as_of))


def conditional_at_most(terms: Terms, opened_at: int, as_of: int) -> int:
    """Fen that a certificate may have released by itself: advance or accrual, nothing in cooling-off."""
    if terms.trigger != ON_CONDITIONS or 0 < terms.cooling_days >= days(opened_at, as_of):
        return 0
    return max(terms.advance, accrued_at_most(terms, opened_at, as_of))


def fee_may_apply(terms: Terms, state: CardState, now: int) -> bool:
    """Whether the consumer would be the cause, had the merchant not stopped: no cooling-off, no expiry, and
    nobody has found otherwise."""
    if state.marks & NOT_CONSUMER:
        return False
    elapsed = days(state.opened_at, now)
    cooling = terms.cooling_days != 0 and elapsed <= terms.cooling_days and not terms.declared & 1
    if terms.cooling_use == 2 and state.used:
        cooling = False
    expired = terms.expiry_policy != 0 and 0 < terms.term_days < elapsed
    return not cooling and not expired


def least_refund(terms: Terms, state: CardState, now: int, stopped_at: int | None) -> int:
    """Fen that must come back at once if the open card ends now, whatever its template says. If nobody can
    say whether the merchant stopped (None), no less than if it had stopped now."""
    owed = max(terms.principal - earned_at_most(terms, state, now), 0)
    if fee_may_apply(terms, state, now) and stopped_at == 0:
        owed -= min(owed * min(terms.exit_fee_bps, 1000) // 10_000, terms.exit_fee_cap)
    if stopped_at:
        as_of = min(stopped_at, now)
        owed = max(owed, terms.principal - earned_at_most(terms, state, as_of))
    return min(owed, state.held)


def check_card(book: Book, now: CardState, *, found: bool = False, paid: int = 0) -> None:
    """What must hold of any card at any time, and between its last seen state and this one. Only a finding
    lowers a total, and only the price before discount; only a payment lowers a shortfall."""
    terms, was = book.terms, book.state
    require(now.opened_at == was.opened_at, "a card's opening stays", f"{book}: {was} -> {now}")
    for name in ("used", "listed", "released", "epoch"):
        before, after = getattr(was, name), getattr(now, name)
        may_fall = found and name == "listed"
        require(may_fall or after >= before, "totals never fall", f"{book}: {name} {before} -> {after}")
    if was.status in (CLOSED, SHORT):
        left = was.held - paid
        ended = was._replace(held=left, status=was.status if left else CLOSED)
        require(now == ended, "closed stays closed", f"{book}: {was} -> {now}, {paid} paid")
    if was.status == OWING:
        held = was._replace(held=0, status=CLOSED)
        require(now in (was, held), "closed stays closed", f"{book}: {was} -> {now}")
    if now.status == OPEN:
        total = now.released + now.held
        require(
            total == terms.principal,
            "released + held = principal while open",
            f"{book}: {now.released} + {now.held} is {total}, not {terms.principal}",
        )
    require(now.released <= terms.principal, "released is within the principal", f"{book}: {now}")
    if now.status == CLOSED:
        require(now.held == 0, "a closed card holds nothing", f"{book}: {now}")
    if now.status == SHORT:
        text = f"{book}: guarantors would owe {now.held}, the merchant had {now.released}"
        require(0 < now.held <= now.released, "a shortfall is what the merchant had in advance", text)


def check_conserved(book: Book) -> None:
    """Paid to the merchant's side + refunded + still held = paid in."""
    state = book.state
    held = state.held if state.status in (OPEN, OWING) else 0
    total = book.paid + book.refunded + held
    require(
        total == book.terms.principal,
        "paid + refunded + held = paid in",
        f"{book}: {book.paid} + {book.refunded} + {held} is {total}, not {book.terms.principal}",
    )
