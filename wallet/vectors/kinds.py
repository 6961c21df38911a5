"""The groups discount_card, period_card and milestone, on real cards; a transfer has a module of its own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final

from wallet.rules import Milestones, Period
from wallet.terms import EXPIRY_LAPSE, FULL, LIST, RATIO
from wallet.vectors.card import MOST, PlayedCard, product
from wallet.vectors.given import Given
from wallet.vectors.refunds import Answer, refund, sessions
from wallet.vectors.stage import NotPlayable, Stage

_A_WORD: Final = 5
"""Runs of equal milestones in each of the two words a card has for them."""


def discount_card(stage: Stage, given: Given) -> Answer:
    """A total at list price; or sessions at a claimed price; or sessions some of which were cheaper."""
    if given.has("used_normal", "used_half_price"):
        return _by_cause(stage, given, lambda cause: _half_price(stage, given, cause))
    if given.has("sessions"):
        return _by_cause(stage, given, lambda cause: _claimed_price(stage, given, cause))
    return _by_cause(stage, given, lambda cause: _discount(stage, given, cause))


def _by_cause(stage: Stage, given: Given, play: Callable[[str], Answer]) -> Answer:
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
    numbers = Period.unlimited(principal, term)
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
    card = PlayedCard(stage, product(stage, "Period", principal, **Period.monthly(months)))
    card.use(redeemed, 0, most=months)
    if given.word("cause") == "merchant":
        card.stop_merchant()
    return refund(card.leave(), principal)


def milestone(stage: Stage, given: Given) -> Answer:
    """Steps with a price each, some done, the next one certified in part."""
    if given.has("remaining_obligation", "new_merchant_quote"):
        return _transfer(stage, given)
    prices, done = _steps(given)
    principal = given.number("principal", sum(each * count for each, count in prices))
    return _by_cause(stage, given, lambda cause: _stepwise(stage, given, cause, principal, prices, done))


def _steps(given: Given) -> tuple[list[tuple[int, int]], int]:
    """The steps as runs of (price, count), and how many of them are done."""
    if given.has("visits", "visit", "done_visits", "first"):
        runs = [(given.number("visit"), given.number("visits"))]
        done = given.number("done_visits")
        if given.has("first"):
            # Visits begin when the first step is done.
            runs, done = [(given.number("first"), 1), *runs], done + 1
        return [run for run in runs if run[1]], done
    return _runs(given.numbers("milestones")), given.number("done")


def _runs(prices: Sequence[int]) -> list[tuple[int, int]]:
    runs: list[tuple[int, int]] = []
    for price in prices:
        if runs and runs[-1][0] == price:
            runs[-1] = (price, runs[-1][1] + 1)
        else:
            runs.append((price, 1))
    return runs


def _stepwise(
    stage: Stage, given: Given, cause: str, principal: int, runs: list[tuple[int, int]], done: int
) -> Answer:
    if sum(each * count for each, count in runs) != principal:
        raise NotPlayable(f"the milestones do not cost the price of {principal} fen together")
    terms = product(stage, "Milestones", principal, **packed(runs))
    card = PlayedCard(stage, replace(terms, certifier=stage.certifier.address))
    model, most = Milestones(), FULL * sum(count for _, count in runs)
    whole = min(done * FULL, MOST)
    if 0 < whole <= most and model.list_price(terms, whole):
        card.certify(whole, model.list_price(terms, whole))
        card.confirm()
    # What is begun or was made for this consumer alone is certified, and counts though nobody confirmed it.
    # More than there is can be certified too; the card counts it as all there is.
    used = min(whole + given.number("in_progress_bps"), MOST)
    listed = model.list_price(terms, min(used, most)) + given.number("documented_custom_cost")
    if used > card.state.used or listed > card.state.listed:
        card.certify(used, listed)
    if cause == "merchant":
        card.stop_merchant()
    return refund(card.leave(), principal)


def _transfer(stage: Stage, given: Given) -> Answer:
    """The merchant is gone; what is left pays another one, and the difference goes one way or the other."""
    left, quote = given.number("remaining_obligation"), given.number("new_merchant_quote")
    principal = given.number("principal", left)
    if left > principal:
        raise NotPlayable(f"{left} fen cannot be left of {principal}")
    runs = [(price, 1) for price in (principal - left, left) if price]
    card = PlayedCard(stage, product(stage, "Milestones", principal, **packed(runs)))
    if principal > left:
        card.use(FULL, principal - left, most=FULL * len(runs))
    card.stop_merchant()
    if quote == 0:  # nothing to pay for: no card can cost nothing, so the money simply comes back
        return {"custody_moved": 0, "consumer_topup": 0, "consumer_cash_back": card.leave().refund}
    terms = product(stage, "Milestones", quote, **packed([(quote, 1)]))
    other = card.move_to(replace(terms, merchant=stage.other_merchant.address))
    paid = other.consumer_paid
    return {
        "custody_moved": other.state.held - max(0, paid),
        "consumer_topup": max(0, paid),
        "consumer_cash_back": max(0, -paid),
    }


def packed(runs: Sequence[tuple[int, int]]) -> dict[str, int]:
    """The parameters of a Milestones card; documented cost is limited by the principal alone.

    Unlike what the command line sells, a step may be free of charge.
    """
    if len(runs) > 2 * _A_WORD or any(price >= 1 << 32 or count >= 1 << 16 for price, count in runs):
        raise NotPlayable("more different milestones in a row, or dearer ones, than a card holds")
    words = [0, FULL << 240]
    for place, (price, count) in enumerate(runs):
        words[place // _A_WORD] |= (price | count << 32) << 48 * (place % _A_WORD)
    return {"params0": words[0], "params1": words[1]}
