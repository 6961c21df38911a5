"""What the sub-wallet makes of a template's answers: contracts/core without tokens and keys.

Each function takes a card and returns the next one. `stopped_at` is the registry's answer about the
merchant: 0 it performs, a unix time it stopped then, None nobody can say (which favours the consumer).
`tier` is its answer about the merchant's credit tier now, None nobody can say; it counts only where the terms
have a ladder. Signatures, deadlines, guarantors and the token are the contract's and the wallet's business.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from wallet.address import ZERO_ADDRESS
from wallet.errors import ContractError
from wallet.rules.model import (
    FOUND,
    NOT_CONSUMER,
    TIER,
    UNCONFIRMED,
    Card,
    Cause,
    Status,
    Template,
    Usage,
    days_between,
)
from wallet.terms import COOLING_ORDINARY, EXPIRY_NONE, FULL, HAD_SAME_GOODS, ON_CONDITIONS, Terms

_MAX48 = (1 << 48) - 1
_MAX16 = (1 << 16) - 1


class WouldRevert(ContractError):
    """The contract would refuse; `values["error"]` is the name of its error."""

    code = "would-revert"


@dataclass(frozen=True, slots=True)
class Quote:
    """What the consumer is owed (fen) if the card ended now, and why; not yet compared with what is held."""

    owed: int
    cause: Cause


@dataclass(frozen=True, slots=True)
class Closing:
    """An ended card: fen refunded at once, left for the merchant to collect, and missing."""

    card: Card
    cause: Cause
    refund: int
    to_collect: int
    shortfall: int


@dataclass(frozen=True, slots=True)
class Move:
    """One card ended, another opened with its refund: fen moved, paid on top, paid back, and in advance."""

    closing: Closing
    card: Card
    moved: int
    top_up: int
    cash_back: int
    advance: int


def open_card(template: Template, terms: Terms, now: int, *, tier: int | None = None) -> tuple[Card, int]:
    """A new card and the fen released at opening (the advance, within its limit)."""
    marks = _tier(tier) if terms.has_ladder else 0
    card = Card(held=terms.principal, opened_at=now, status=Status.OPEN, marks=marks)
    if not terms.advance:
        return card, 0
    return _release(template, terms, card, now, terms.advance, tier=tier)


def consume(
    template: Template,
    terms: Terms,
    card: Card,
    *,
    used_after: int,
    listed_after: int,
    now: int,
    max_pay: int | None = None,
    max_released: int | None = None,
    tier: int | None = None,
) -> tuple[Card, int]:
    """The card after one charge (`max_pay`) or voucher (`max_released`), and the fen that move.

    Where the terms name a certifier, the totals are the certified ones and something must move.
    """
    _require_open(card)
    certified = terms.certifier != ZERO_ADDRESS
    counted = (_confirm if certified else _count_up)(card, used_after, listed_after)
    after, paid = _release(template, terms, counted, now, None, tier=tier)
    if max_pay is not None and paid > max_pay:
        raise _refused("SubWallet_PaysTooMuch", f"{paid} fen would move, {max_pay} are allowed")
    if max_released is not None and after.released > max_released:
        raise _refused(
            "SubWallet_PaysTooMuch", f"{after.released} fen would be released, {max_released} allowed"
        )
    if certified and not paid:
        raise _refused("SubWallet_NothingDue", "nothing moves for what is confirmed")
    return after, paid


def certify(
    template: Template,
    terms: Terms,
    card: Card,
    *,
    used_after: int,
    listed_after: int,
    now: int,
    stopped_at: int | None = 0,
    tier: int | None = None,
) -> tuple[Card, int]:
    """The card after its certifier's word, and the fen that move by themselves (only with `trigger` 2)."""
    _require_open(card)
    if terms.certifier == ZERO_ADDRESS:
        raise _refused("SubWallet_NoCertifier", "the terms name nobody who certifies")
    counted = _count_up(card, used_after, listed_after)
    counted = replace(counted, marks=counted.marks | UNCONFIRMED)
    if terms.trigger != ON_CONDITIONS or stopped_at is None:
        return counted, 0
    as_of = min(stopped_at or now, now)
    elapsed = days_between(card.opened_at, as_of)
    if terms.cooling_days and elapsed <= terms.cooling_days:
        return counted, 0
    most = max(terms.advance, _accrued(terms, elapsed))
    return _release(template, terms, counted, as_of, most, tier=tier)


def apply_finding(card: Card, *, not_consumer: bool, listed_at_most: int | None, epoch: int) -> Card:
    """The card after a finding about it in `epoch`; `listed_at_most` None leaves the total alone.

    A limit counts only in the epoch in which it was said; the cause stays true whatever was bumped since.
    """
    _require_open(card)
    limited = listed_at_most is not None and listed_at_most < card.listed
    limited = limited and epoch == card.epoch
    known = card.marks & NOT_CONSUMER
    if not (limited or (not_consumer and not known)):
        raise _refused("SubWallet_NoFinding", "nothing was found that changes the card")
    listed = listed_at_most if listed_at_most is not None and limited else card.listed
    marks = card.marks | FOUND | (NOT_CONSUMER if not_consumer else 0)
    return replace(card, listed=listed, marks=marks, epoch=min(card.epoch + 1, _MAX16))


def quote(template: Template, terms: Terms, card: Card, now: int, stopped_at: int | None = 0) -> Quote:
    """Cooling-off, expiry or the consumer's own wish; and a cause that is not the consumer's, found or
    because the merchant stopped, wherever that is better."""
    usage = card.usage(terms, now)
    cause = Cause.CONSUMER
    if _is_cooling_off(terms, usage):
        cause = Cause.COOLING_OFF
    elif _is_expired(terms, usage.elapsed):
        cause = Cause.EXPIRY
    owed = _owed(template, terms, card, usage, cause)
    if card.marks & NOT_CONSUMER:
        found = _owed(template, terms, card, usage, Cause.NOT_CONSUMER)
        if found >= owed:
            owed, cause = found, Cause.NOT_CONSUMER
    if stopped_at == 0:
        return Quote(owed, cause)
    if stopped_at is not None:
        usage = replace(usage, elapsed=days_between(card.opened_at, min(stopped_at, now)))
    better = _owed(template, terms, card, usage, Cause.NOT_CONSUMER)
    return Quote(better, Cause.NOT_CONSUMER) if better >= owed else Quote(owed, cause)


def close_card(
    template: Template, terms: Terms, card: Card, now: int, *, min_refund: int = 0, stopped_at: int | None = 0
) -> Closing:
    """End the card: the refund is what is owed, as far as it is held."""
    _require_open(card)
    answer = quote(template, terms, card, now, stopped_at)
    refund = min(answer.owed, card.held)
    if refund < min_refund:
        raise _refused("SubWallet_RefundTooLow", f"{refund} fen would come back, {min_refund} demanded")
    left, shortfall = card.held - refund, answer.owed - refund
    if shortfall:
        after = replace(card, status=Status.SHORT, held=shortfall)
    else:
        after = replace(card, status=Status.OWING if left else Status.CLOSED, held=left)
    return Closing(after, answer.cause, refund, left, shortfall)


def transfer_card(
    old: tuple[Template, Terms, Card],
    new: tuple[Template, Terms],
    now: int,
    *,
    min_moved: int = 0,
    stopped_at: int | None = 0,
    tier: int | None = None,
) -> Move:
    """End the old card and open the new one with its refund; `tier` is that of the new card's merchant."""
    if old[1].token != new[1].token:
        raise _refused("SubWallet_TermsInvalid", "the two cards are paid in different money")
    closing = close_card(*old, now, min_refund=min_moved, stopped_at=stopped_at)
    principal = new[1].principal
    moved = min(closing.refund, principal)
    card, advance = open_card(*new, now, tier=tier)
    return Move(closing, card, moved, principal - moved, closing.refund - moved, advance)


def pay_shortfall(card: Card, amount: int) -> Card:
    """The ended card after somebody paid `amount` fen of what it is short."""
    if card.status != Status.SHORT:
        raise _refused("SubWallet_NoShortfall", "nothing is missing on this card")
    if not 0 < amount <= card.held:
        raise _refused("SubWallet_PaymentUnfit", f"{card.held} fen are missing, not {amount}")
    left = card.held - amount
    return replace(card, held=left, status=Status.SHORT if left else Status.CLOSED)


def settle(
    template: Template,
    terms: Terms,
    card: Card,
    now: int,
    stopped_at: int | None = 0,
    *,
    tier: int | None = None,
) -> Closing | tuple[Card, int]:
    """What happens by itself: a Closing at expiry or closure, else the card and the fen that accrued."""
    _require_open(card)
    expired = _is_expired(terms, days_between(card.opened_at, now))
    stopped = stopped_at is not None and stopped_at != 0
    if expired or (stopped and terms.refund_on_closure):
        return close_card(template, terms, card, now, stopped_at=stopped_at)
    if stopped_at is None:
        raise _refused("SubWallet_NothingDue", "nobody can say whether the merchant still performs")
    as_of = min(stopped_at or now, now)
    most = _accrued(terms, days_between(card.opened_at, as_of))
    after, paid = _release(template, terms, card, as_of, most, tier=tier) if most else (card, 0)
    if not paid:
        raise _refused("SubWallet_NothingDue", "nothing is due")
    return after, paid


def _refused(error: str, message: str) -> WouldRevert:
    return WouldRevert(message, error=error)


def _require_open(card: Card) -> None:
    if card.status != Status.OPEN:
        raise _refused("SubWallet_CardNotOpen", f"the card is {card.status.name.lower()}, not open")


def _answer(fen: int) -> int:
    """An answer as the chain would carry it: a whole number that fits a word."""
    if not 0 <= fen < 1 << 256:
        raise ArithmeticError(f"{fen} is no answer")
    return fen


def _count_up(card: Card, used_after: int, listed_after: int) -> Card:
    """A total never falls and one must grow."""
    grows = used_after > card.used or listed_after > card.listed
    if used_after < card.used or listed_after < card.listed or not grows:
        raise _refused(
            "SubWallet_TotalsNotGrowing", f"totals {card.used}/{card.listed} -> {used_after}/{listed_after}"
        )
    for total in (used_after, listed_after):
        if total > _MAX48:
            raise _refused("SubWallet_NumberTooLarge", f"{total} does not fit a card")
    return replace(card, used=used_after, listed=listed_after)


def _confirm(card: Card, used_after: int, listed_after: int) -> Card:
    """The totals stay as certified, and each certificate is confirmed once."""
    if (used_after, listed_after) != (card.used, card.listed):
        raise _refused("SubWallet_NotCertified", f"{card.used}/{card.listed} are certified")
    if not card.marks & UNCONFIRMED:
        raise _refused("SubWallet_TotalsNotGrowing", "what was certified is confirmed already")
    return replace(card, marks=card.marks ^ UNCONFIRMED)


def _tier(tier: int | None) -> int:
    """The registry's answer as far as it can be believed."""
    return tier if tier is not None and tier <= TIER else 0


def _release(
    template: Template, terms: Terms, card: Card, as_of: int, most: int | None, *, tier: int | None
) -> tuple[Card, int]:
    """Bound the released total by `most` and the principal, and let it never fall."""
    usage = card.usage(terms, as_of)
    if terms.ladder_for_all:
        usage = replace(usage, tier=min(usage.tier, _tier(tier)))
    try:
        total = _answer(template.released(terms, usage))
    except Exception as error:  # whatever a prototype does wrong, the chain sees one thing: no answer
        raise _refused("SubWallet_TemplateFailed", f"the template failed: {error}") from error
    total = min(total, terms.principal, terms.principal if most is None else most)
    if total <= card.released:
        return card, 0
    paid = total - card.released
    return replace(card, released=total, held=card.held - paid), paid


def _owed(template: Template, terms: Terms, card: Card, usage: Usage, cause: Cause) -> int:
    """The template's answer within what the consumer signed, less the capped exit fee."""
    principal = terms.principal
    try:
        owed = _answer(template.entitlement(terms, usage, cause))
    except Exception:  # a template that fails must not stop an exit
        return principal - card.released
    most = max(card.released, card.listed, _accrued(terms, usage.elapsed))
    owed = min(max(owed, principal - most, 0), principal)
    if cause == Cause.CONSUMER:
        owed -= min(owed * terms.exit_fee_bps // FULL, terms.exit_fee_cap)
    return owed


def _accrued(terms: Terms, elapsed: int) -> int:
    """Most that time alone has earned after `elapsed` days; nothing before cooling-off ends."""
    if terms.accrual_days == 0 or elapsed <= terms.cooling_days:
        return 0
    return terms.accrual * (elapsed // terms.accrual_days)


def _is_cooling_off(terms: Terms, usage: Usage) -> bool:
    if terms.cooling_days == 0 or usage.elapsed > terms.cooling_days or usage.facts & HAD_SAME_GOODS:
        return False
    return terms.cooling_use != COOLING_ORDINARY or usage.used == 0


def _is_expired(terms: Terms, elapsed: int) -> bool:
    """A card that goes on after its term has not expired."""
    return terms.expiry_policy != EXPIRY_NONE and 0 < terms.term_days < elapsed
