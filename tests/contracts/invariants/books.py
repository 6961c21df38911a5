"""What the five guarantees say must be true, kept in Python from what was signed and what was seen to move.

Written from the guarantees, not from the contracts: it knows no template and computes no refund. It says what
a card may at most pay and must at least give back, and adds up the money that did move.
"""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone

from tests.contracts.harness import CLOSED, OPEN, OWING, SHORT, CardState
from tests.contracts.invariants.setting import Consumer
from wallet.rules import NOT_CONSUMER, ReferenceTemplate
from wallet.rules.model import TIER
from wallet.terms import ON_CONDITIONS, Terms

CHINA = timezone(timedelta(hours=8))
LIMIT, MAX_EPOCH = 1 << 48, (1 << 16) - 1


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
    """One card: its terms, who stands behind it, its last seen state, and the fen that have left it (to the
    merchant's side in all, back to the consumer, into another card). `tag` is the number by which moves refer
    to it; `shortfall` what was missing when it ended, `made_good` what was paid of that; `leaves_since` the
    epoch from which on the consumer's word to end it counts."""

    tag: int
    number: int
    consumer: Consumer
    terms: Terms
    id: bytes
    template: ReferenceTemplate
    honest: bool
    state: CardState
    pledges: tuple[tuple[str, int], ...] = ()
    paid: int = 0
    refunded: int = 0
    moved: int = 0
    closed_events: int = 0
    shortfall: int = 0
    made_good: int = 0
    leaves_since: int = 0

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


def on_conditions_at_most(terms: Terms, opened_at: int, as_of: int) -> int:
    """Fen that certificates alone may have released by `as_of`, by the plain fields that were signed."""
    elapsed = days(opened_at, as_of)
    if terms.trigger != ON_CONDITIONS or (terms.cooling_days and elapsed <= terms.cooling_days):
        return 0
    return max(terms.advance, accrued_at_most(terms, opened_at, as_of))


def earned_at_most(terms: Terms, state: CardState, as_of: int) -> int:
    """The most a merchant may keep of a card that ends: what it had, what was used at list price, or what
    time earned. The exit fee is not in it."""
    return max(state.released, state.listed, accrued_at_most(terms, state.opened_at, as_of))


def fee_may_apply(terms: Terms, state: CardState, now: int) -> bool:
    """Whether the consumer would be the cause, had the merchant not stopped: no cooling-off, no expiry, and
    nothing else was found."""
    elapsed = days(state.opened_at, now)
    cooling = terms.cooling_days != 0 and elapsed <= terms.cooling_days and not terms.declared & 1
    if terms.cooling_use == 2 and state.used:
        cooling = False
    expired = terms.expiry_policy != 0 and 0 < terms.term_days < elapsed
    return not cooling and not expired and not state.marks & NOT_CONSUMER


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


def check_card(book: Book, now: CardState, kinds: Set[str] = frozenset()) -> None:
    """What must hold of any card at any time, and between its last seen state and this one. `kinds` says what
    was done to it in between."""
    terms, was = book.terms, book.state
    require(now.opened_at == was.opened_at, "a card's opening stays", f"{book}: {was} -> {now}")
    require(now.marks & TIER == was.marks & TIER, "a card's opening stays", f"{book}: {was} -> {now}")
    for name in ("used", "listed", "released", "epoch"):
        before, after = getattr(was, name), getattr(now, name)
        if name != "listed" or "find" not in kinds:
            require(after >= before, "totals never fall", f"{book}: {name} {before} -> {after}")
    if was.status in (CLOSED, OWING, SHORT):
        _check_ended(book, now, kinds)
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


def _check_ended(book: Book, now: CardState, kinds: Set[str]) -> None:
    """A card that has ended stays as it is, but that its merchant collects, or that somebody pays what is
    missing."""
    was = book.state
    may = [was]
    if was.status == OWING and "collect" in kinds:
        may = [was._replace(held=0, status=CLOSED)]
    if was.status == SHORT and "repay" in kinds and now.held < was.held:
        may = [was._replace(held=now.held, status=SHORT if now.held else CLOSED)]
    require(now in may, "closed stays closed", f"{book}: {was} -> {now}")


def check_conserved(book: Book) -> None:
    """Paid to the merchant's side + refunded + moved to another card + still held = paid in; and what is
    missing on a card that ended short is what was missing then, less what was paid of it."""
    state = book.state
    held = state.held if state.status in (OPEN, OWING) else 0
    total = book.paid + book.refunded + book.moved + held
    require(
        total == book.terms.principal,
        "paid + refunded + moved + held = paid in",
        f"{book}: {book.paid} + {book.refunded} + {book.moved} + {held} is {total}, "
        f"not {book.terms.principal}",
    )
    missing = state.held if state.status == SHORT else 0
    require(
        book.made_good + missing == book.shortfall,
        "a shortfall is paid once, to the consumer",
        f"{book}: {book.made_good} paid + {missing} missing, of {book.shortfall}",
    )
