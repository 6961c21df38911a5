"""The groups discount_card and period_card, on real cards; milestone has a module of its own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from wallet.rules import Period
from wallet.terms import EXPIRY_LAPSE, FULL, LIST, RATIO
from wallet.vectors.card import PlayedCard, product
from wallet.vectors.given import Given
from wallet.vectors.refunds import Answer, refund, sessions
from wallet.vectors.stage import NotPlayable, Stage


def discount_card(stage: Stage, given: Given) -> Answer:
    """A total at list price; or sessions at a claimed price; or sessions some of which were cheaper."""
    if given.has("used_normal", "used_half_price"):
        return by_cause(stage, given, lambda cause: _half_price(stage, given, cause))
    if given.has("sessions"):
        return by_cause(stage, given, lambda cause: _claimed_price(stage, given, cause))
    return by_cause(stage, given, lambda cause: _discount(stage, given, cause))


def by_cause(stage: Stage, given: Given, play: Callable[[str], Answer]) -> Answer:
    """Play it for the cause that is given; `either` is both, which must agree."""
    cause = given.word("cause", "merchant")
    return alike(stage, play, ("merchant", "consumer") if cause == "either" else (cause,))


def alike(stage: Stage, play: Callable[[str], Answer], causes: Sequence[str]) -> Answer:
    """Play it for each cause, from the same beginning; a figure on which they differ is left out."""
    answer: Answer | None = None
    for cause in causes:
        if answer is not None:
            stage.clear()
        said = play(cause)
        answer = said if answer is None else {k: v for k, v in answer.items() if said[k] == v}
    assert answer is not None
    return answer


def _discount(stage: Stage, given: Given, cause: str) -> Answer:
    factor = given.number("discount_bps", FULL)
    listed = given.number("consumed_list")
    return _at_prices(stage, given, cause, factor=factor, used=listed * factor // FULL, listed=listed)


def _half_price(stage: Stage, given: Given, cause: str) -> Answer:
    """A promotion is a price below the card's own: half, counted in full where the consumer is the cause."""
    whole, half = given.number("used_normal"), given.number("used_half_price")
    unit = given.number("unit", given.number("principal") // max(1, given.number("sessions")))
    used, listed = unit * (2 * whole + half) // 2, unit * (whole + half)
    return _at_prices(stage, given, cause, factor=FULL, used=used, listed=listed)


def _at_prices(stage: Stage, given: Given, cause: str, *, factor: int, used: int, listed: int) -> Answer:
    """A discount card on which `used` fen were paid for what costs `listed` before discount."""
    principal, bonus = given.number("principal"), given.number("bonus")
    if not 0 < factor <= FULL:
        raise NotPlayable(f"a discount factor of {factor} bps is none")
    terms = product(stage, "DiscountCard", principal, bonus=bonus, params0=factor, consumer_formula=LIST)
    card = PlayedCard(stage, terms)
    card.use(used, listed, most=principal + bonus)
    if cause == "merchant":
        card.stop_merchant()
    return refund(card.leave(), principal)


def _claimed_price(stage: Stage, given: Given, cause: str) -> Answer:
    """Sessions at a claimed list price; what an arbiter finds to be the market's takes its place."""
    principal, count, used = (given.number(key) for key in ("principal", "sessions", "used"))
    claimed = given.number("claimed_list_unit", given.number("unit", given.number("market_unit")))
    formula = LIST if cause == "consumer" else RATIO
    terms = product(stage, "Sessions", principal, params0=sessions(count, 0), consumer_formula=formula)
    unit = min(claimed, given.number("market_unit", claimed))
    # Where sessions cost more than the ruled price, none is settled before the end: what is paid stays paid.
    certified = cause == "consumer" and unit * count < principal
    card = PlayedCard(stage, replace(terms, certifier=stage.certifier.address) if certified else terms)
    if certified and used:
        card.certify(min(used, count), claimed * used)
    else:
        card.use(used, claimed * used, most=count)
    if unit < claimed and used:
        card.have_ruled(unit * used)
    if cause == "merchant":
        card.stop_merchant()
    return refund(card.leave(), principal)


def period_card(stage: Stage, given: Given) -> Answer:
    """By the day it ends, or by months redeemed; a day may be the consumer's or the merchant's last one."""
    if given.has("term_months", "months_redeemed"):
        return _months(stage, given)
    cause = given.word("cause", "either")
    causes = ("consumer", "merchant") if cause == "either" else (cause,)
    return alike(stage, lambda one: _days(stage, given, one), causes)


def _days(stage: Stage, given: Given, cause: str) -> Answer:
    principal, term, day = (given.number(key) for key in ("principal", "term_days", "base_day"))
    # Without a term nobody can say how much of it has passed: the sub-wallet keeps all for the consumer.
    numbers = Period.unlimited(principal, term) if term else {"principal": principal}
    card = PlayedCard(stage, product(stage, "Period", expiry_policy=EXPIRY_LAPSE, **numbers))
    if cause == "consumer_never_used":
        card.wait(max(day, term) + 1)
        return refund(card.settle(), principal)
    card.wait(day)
    if cause == "merchant":
        card.stop_merchant()
        card.wait(day + 3)
    return refund(card.leave(), principal)


def _months(stage: Stage, given: Given) -> Answer:
    principal, months, redeemed = (
        given.number(key) for key in ("principal", "term_months", "months_redeemed")
    )
    card = PlayedCard(
        stage, product(stage, "Period", principal, **(Period.monthly(months) if months else {}))
    )
    card.use(redeemed, 0, most=months)
    if given.word("cause") == "merchant":
        card.stop_merchant()
    return refund(card.leave(), principal)
