"""The group milestone, on real cards: steps with a price each, visits, and a card passed to another merchant.

A card holds ten runs of equal steps. Where a vector has more, or dearer ones, the same work is put in fewer
steps: only what is done and what is in progress can make a difference, and both stay exact.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final, TypeAlias

from wallet.rules import Milestones
from wallet.terms import FULL
from wallet.vectors.card import MOST, PlayedCard, product
from wallet.vectors.given import Given
from wallet.vectors.kinds import by_cause
from wallet.vectors.refunds import Answer, refund
from wallet.vectors.stage import NotPlayable, Stage

Runs: TypeAlias = list[tuple[int, int]]
"""(price in fen, how many) of equal steps in a row."""

_A_WORD: Final = 5
"""Runs of equal milestones in each of the two words a card has for them."""
_DEAREST: Final = (1 << 32) - 1
_LONGEST: Final = (1 << 16) - 1


def milestone(stage: Stage, given: Given) -> Answer:
    """Steps with a price each, some done, the next one certified in part."""
    if given.has("remaining_obligation", "new_merchant_quote"):
        return _transfer(stage, given)
    prices, done = _steps(given)
    principal = given.number("principal", sum(each * count for each, count in prices))
    return by_cause(stage, given, lambda cause: _stepwise(stage, given, cause, principal, prices, done))


def _steps(given: Given) -> tuple[Runs, int]:
    """The steps as runs of (price, count), and how many of them are done."""
    if given.has("visits", "visit", "done_visits", "first"):
        runs = [(given.number("visit"), given.number("visits"))]
        done = given.number("done_visits")
        if given.has("first"):
            # Visits begin when the first step is done.
            runs, done = [(given.number("first"), 1), *runs], done + 1
        return [run for run in runs if run[1]], done
    return _runs(given.numbers("milestones")), given.number("done")


def _runs(prices: Sequence[int]) -> Runs:
    runs: Runs = []
    for price in prices:
        if runs and runs[-1][0] == price:
            runs[-1] = (price, runs[-1][1] + 1)
        else:
            runs.append((price, 1))
    return runs


def _stepwise(stage: Stage, given: Given, cause: str, principal: int, runs: Runs, done: int) -> Answer:
    if sum(each * count for each, count in runs) != principal:
        raise NotPlayable(f"the milestones do not cost the price of {principal} fen together")
    part = given.number("in_progress_bps")
    if not _fits(runs):
        runs, done, part = regrouped(runs, done, part)
    terms = product(stage, "Milestones", principal, **packed(runs))
    card = PlayedCard(stage, replace(terms, certifier=stage.certifier.address))
    model, most = Milestones(), FULL * _count(runs)
    whole = min(done * FULL, MOST)
    if 0 < whole <= most and model.list_price(terms, whole):
        card.certify(whole, model.list_price(terms, whole))
        card.confirm()
    # What is begun or was made for this consumer alone is certified, and counts though nobody confirmed it.
    # More than there is can be certified too; the card counts it as all there is.
    used = min(whole + part, MOST)
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
    done, rest = _in_all(principal - left), _in_all(left)
    card = PlayedCard(stage, product(stage, "Milestones", principal, **packed(done + rest)))
    if done:
        card.use(FULL * _count(done), principal - left, most=FULL * _count(done + rest))
    card.stop_merchant()
    if quote == 0:  # nothing to pay for: no card can cost nothing, so the money simply comes back
        return {"custody_moved": 0, "consumer_topup": 0, "consumer_cash_back": card.leave().refund}
    terms = product(stage, "Milestones", quote, **packed(_in_all(quote)))
    other = card.move_to(replace(terms, merchant=stage.other_merchant.address))
    paid = other.consumer_paid
    return {
        "custody_moved": other.state.held - max(0, paid),
        "consumer_topup": max(0, paid),
        "consumer_cash_back": max(0, -paid),
    }


def regrouped(runs: Runs, done: int, part: int) -> tuple[Runs, int, int]:
    """The same work in few steps: what is done, the step in progress, what comes after it.

    Also how many of the new steps are done, and ten-thousandths beyond these. What is worth any number of
    whole steps does not depend on how they are cut. A step in progress that is dearer than a card can say is
    cut in ten thousand equal ones, and the few fen that remain of its price into one in the middle, of which
    the same part is done.
    """
    done, part = done + part // FULL, part % FULL
    before, price, steps = 0, 0, done
    for each, count in runs:
        reached = min(steps, count)
        before, steps = before + each * reached, steps - reached
        if reached < count:
            price = each
            break
    else:
        part = 0
    after = sum(each * count for each, count in runs) - before - price
    first, last = _in_all(before), _in_all(after)
    if price <= _DEAREST:
        return first + [(price, 1)] * (price > 0) + last, _count(first), part if price else 0
    share, rest = divmod(price, FULL)
    middle = [(share, part), (rest, 1), (share, FULL - part)]
    return first + middle + last, _count(first), part * FULL + part


def _in_all(fen: int) -> Runs:
    """As few equal steps as cost so much together, and one for the remainder."""
    if fen == 0:
        return []
    count = -(-fen // _DEAREST)
    each, rest = divmod(fen, count)
    return [(each, count)] + [(rest, 1)] * (rest > 0)


def _count(runs: Runs) -> int:
    return sum(count for _, count in runs)


def _fits(runs: Sequence[tuple[int, int]]) -> bool:
    return len(runs) <= 2 * _A_WORD and all(price <= _DEAREST and count <= _LONGEST for price, count in runs)


def packed(runs: Sequence[tuple[int, int]]) -> dict[str, int]:
    """The parameters of a Milestones card; documented cost is limited by the principal alone.

    Unlike what the command line sells, a step may be free of charge.
    """
    if not _fits(runs):
        raise NotPlayable("dearer milestones than a card holds")
    words = [0, FULL << 240]
    for place, (price, count) in enumerate(runs):
        words[place // _A_WORD] |= (price | count << 32) << 48 * (place % _A_WORD)
    return {"params0": words[0], "params1": words[1]}
