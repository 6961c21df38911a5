"""The Python rules against the Solidity ones: each template's answers, and whole lives of cards.

The model refuses exactly where the contracts revert, with the same error, and otherwise agrees to the fen.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from tests.contracts.harness import Account, Contract, Refused, World
from tests.eip712.strategies import messages_of
from tests.rules.strategies import Product, products
from wallet.rules import (
    REFERENCE_TEMPLATES,
    Card,
    Cause,
    Closing,
    Status,
    TemplateFailed,
    Usage,
    WouldRevert,
    close_card,
    consume,
    day_of,
    open_card,
    quote,
    settle,
)
from wallet.terms import Terms

NAMES = sorted(REFERENCE_TEMPLATES)
DAY = 86_400

small = st.integers(0, 2**48 - 1)
usages = st.builds(
    Usage,
    used=small,
    listed=small,
    released=small,
    elapsed=st.integers(0, 4000),
    tier=st.integers(0, 4),
    facts=st.integers(0, 255),
)


@pytest.fixture(scope="module")
def contracts() -> dict[str, Contract]:
    """Each template's contract."""
    world = World()
    return {name: world.deploy(name) for name in NAMES}


def answer(ask: Callable[[], int], failure: type[Exception]) -> int | None:
    """The answer, or None if there is none."""
    try:
        return ask()
    except failure:
        return None


def compare(contract: Contract, name: str, terms: Terms, usage: Usage) -> None:
    """Both functions, every cause, answers and failures alike."""
    model = REFERENCE_TEMPLATES[name]
    words = terms.values()
    seen = (usage.used, usage.listed, usage.released, usage.elapsed, usage.tier, usage.facts)
    ours = answer(lambda: model.released(terms, usage), TemplateFailed)
    assert ours == answer(lambda: contract.released(words, seen), Refused)
    for cause in Cause:
        ours = answer(lambda c=cause: model.entitlement(terms, usage, c), TemplateFailed)
        assert ours == answer(lambda c=cause: contract.entitlement(words, seen, c), Refused), cause


@given(products(), usages, st.data())
def test_templates_agree(
    contracts: dict[str, Contract], product: Product, usage: Usage, data: st.DataObject
) -> None:
    """On products the sub-wallet admits, within what was sold and beyond."""
    compare(contracts[product.name], product.name, product.terms, usage)
    inside = replace(usage, used=data.draw(st.integers(0, product.capacity)))
    compare(contracts[product.name], product.name, product.terms, inside)


@given(st.sampled_from(NAMES), messages_of(Terms), usages)
def test_templates_agree_on_any_words(
    contracts: dict[str, Contract], name: str, terms: Terms, usage: Usage
) -> None:
    """On terms nobody should sign too: unknown formulas, custody above everything, a price of nothing."""
    compare(contracts[name], name, terms, usage)


@dataclass(slots=True)
class Held:
    """A card on the chain and its model."""

    owner: Account
    product: Product
    terms: Terms
    card: Card


class Lives(RuleBasedStateMachine):
    """Random lives of cards of every kind, two consumers, one merchant: chain and model side by side."""

    def __init__(self) -> None:
        super().__init__()
        self.world = World()
        self.addresses = {name: self.world.admit(self.world.deploy(name)) for name in NAMES}
        self.cards: list[Held] = []
        self.stops: list[int] = []
        self.tier = 0
        self.performs = True

    # ------------------------------------------------------------------------------------------- what is done

    @initialize(product=products())
    def first_card(self, product: Product) -> None:
        self._open(product, self.world.alice)

    @precondition(lambda self: self.performs and len(self.cards) < 4)
    @rule(product=products(), bob=st.booleans())
    def open_another(self, product: Product, bob: bool) -> None:
        self._open(product, self.world.bob if bob else self.world.alice)

    @rule(which=st.integers(0, 3), data=st.data())
    def consume(self, which: int, data: st.DataObject) -> None:
        held = self._pick(which)
        used, listed = self._totals(held, data)
        limit = data.draw(st.one_of(st.just(held.terms.principal), st.integers(0, held.terms.principal)))
        self._both(
            held,
            lambda: self.world.consume(held.owner, held.terms, used, listed_after=listed, max_pay=limit),
            lambda: consume(
                held.product.template,
                held.terms,
                held.card,
                used_after=used,
                listed_after=listed,
                now=self.world.now,
                max_pay=limit,
                tier=self.tier,
            ),
        )

    @rule(which=st.integers(0, 3), data=st.data())
    def redeem(self, which: int, data: st.DataObject) -> None:
        held = self._pick(which)
        if not held.terms.takes_vouchers:
            return
        used, listed = self._totals(held, data)
        limit = data.draw(st.integers(0, held.terms.principal))
        self._both(
            held,
            lambda: self.world.redeem(held.owner, held.terms, used, listed_after=listed, max_released=limit),
            lambda: consume(
                held.product.template,
                held.terms,
                held.card,
                used_after=used,
                listed_after=listed,
                now=self.world.now,
                max_released=limit,
                tier=self.tier,
            ),
        )

    @rule(which=st.integers(0, 3), data=st.data())
    def terminate(self, which: int, data: st.DataObject) -> None:
        held = self._pick(which)
        least = data.draw(st.one_of(st.just(0), st.integers(0, held.terms.principal)))
        self._both(
            held,
            lambda: self.world.wallet(held.owner).terminate(held.terms, least, sender=held.owner),
            lambda: close_card(
                held.product.template,
                held.terms,
                held.card,
                self.world.now,
                min_refund=least,
                stopped_at=self._stopped(held),
            ),
        )

    @rule(which=st.integers(0, 3))
    def settle(self, which: int) -> None:
        held = self._pick(which)
        self._both(
            held,
            lambda: self.world.wallet(held.owner).settle(held.terms, sender=self.world.stranger),
            lambda: settle(
                held.product.template,
                held.terms,
                held.card,
                self.world.now,
                self._stopped(held),
                tier=self.tier,
            ),
        )

    @rule(days=st.integers(0, 20), seconds=st.integers(1, DAY))
    def wait(self, days: int, seconds: int) -> None:
        self.world.warp(self.world.now + days * DAY + seconds)

    @rule(tier=st.integers(0, 3))
    def the_merchant_is_rated(self, tier: int) -> None:
        self.world.merchants.setTier(self.world.shop, tier, sender=self.world.operator)
        self.tier = tier

    @precondition(lambda self: self.performs)
    @rule()
    def the_merchant_stops(self) -> None:
        self.world.merchants.stop(self.world.shop, sender=self.world.operator)
        self.stops.append(self.world.now)
        self.performs = False

    @precondition(lambda self: not self.performs)
    @rule()
    def the_merchant_comes_back(self) -> None:
        self.world.merchants.approve(self.world.shop, sender=self.world.operator)
        self.performs = True

    # --------------------------------------------------------------------------------------- what must hold

    @invariant()
    def states_agree(self) -> None:
        for held in self.cards:
            state = self.world.card(held.owner, held.terms)
            model = held.card
            assert state == (
                *(model.used, model.listed, model.released, model.held),
                *(model.opened_at, model.status, model.marks, model.epoch),
            )

    @invariant()
    def quotes_agree(self) -> None:
        for held in self.cards:
            if held.card.status != Status.OPEN:
                continue
            theirs = self.world.wallet(held.owner).quote(held.terms)
            ours = quote(held.product.template, held.terms, held.card, self.world.now, self._stopped(held))
            assert theirs == (ours.owed, ours.cause)

    # ------------------------------------------------------------------------------------------------- inside

    def _open(self, product: Product, owner: Account) -> None:
        terms = self.world.terms(principal=product.terms.principal).change(
            **{k: v for k, v in product.terms.numbers().items() if k not in ("salt", "buy_by", "channel")}
        )
        params = {"params0": product.terms.params0, "params1": product.terms.params1}
        terms = replace(terms, template=self.addresses[product.name], **params)
        self.world.open(owner, terms)
        card, advanced = open_card(product.template, terms, self.world.now, tier=self.tier)
        events = self.world.named("Advanced")
        assert [event.args["paid"] for event in events] == ([advanced] if advanced else [])
        self.cards.append(Held(owner, product, terms, card))

    def _pick(self, which: int) -> Held:
        return self.cards[which % len(self.cards)]

    def _stopped(self, held: Held) -> int:
        return min((at for at in self.stops if at >= held.card.opened_at), default=0)

    def _totals(self, held: Held, data: st.DataObject) -> tuple[int, int]:
        most = held.product.capacity
        low = min(held.card.used, most)
        used = data.draw(st.one_of(st.integers(low, most), st.integers(0, most + 1)), label="used")
        step = max(0, used - held.card.used)
        price = held.product.price_of(held.card.used, step)
        return used, held.card.listed + data.draw(st.sampled_from([0, price, 137 * step]), label="list price")

    def _both(self, held: Held, on_chain: Callable[[], Any], in_model: Callable[[], Any]) -> None:
        """Do it on both sides; money and refusals must agree."""
        refusal, result = None, None
        try:
            result = in_model()
        except WouldRevert as error:
            refusal = error
        if refusal is not None:
            with pytest.raises(Refused) as caught:
                on_chain()
            assert caught.value.name == refusal.values["error"]
            return
        paid = on_chain()
        if isinstance(result, Closing):
            held.card = result.card
            (event,) = self.world.named("Closed")
            moved = (
                event.args["cause"],
                event.args["refund"],
                event.args["toCollect"],
                event.args["shortfall"],
            )
            assert moved == (result.cause, result.refund, result.to_collect, result.shortfall)
        else:
            held.card, expected = result
            events = [
                *self.world.named("Accrued"),
                *self.world.named("Consumed"),
                *self.world.named("Redeemed"),
            ]
            assert [event.args["paid"] for event in events] == [expected]
            assert paid in (None, expected)


TestLives = Lives.TestCase
TestLives.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)


@given(st.integers(0, 2**41), st.integers(0, 2**41))
def test_days_agree(start: int, end: int) -> None:
    """Dates by the model against Python's own calendar."""
    from datetime import UTC, datetime, timedelta, timezone

    if max(start, end) > 253_000_000_000:
        return
    china = timezone(timedelta(hours=8))
    first, last = (datetime.fromtimestamp(t, UTC).astimezone(china).date() for t in (start, end))
    assert day_of(end) - day_of(start) == (last - first).days


@pytest.fixture(scope="module")
def world() -> World:
    """A fresh system."""
    return World()


@given(
    accrual_days=st.integers(1, 6),
    cooling_days=st.integers(0, 6),
    waited=st.integers(0, 14),
    stopped=st.one_of(st.none(), st.integers(0, 14)),
)
def test_time_alone_releases_alike(
    world: World, accrual_days: int, cooling_days: int, waited: int, stopped: int | None
) -> None:
    """Monthly release: nothing before cooling-off ends, whole periods only, none after the merchant stopped.

    Custody of nothing makes the template agree to anything, so that only the plain limits are at work.
    """
    with world.rollback():
        terms = world.terms(
            accrual=1_000, accrual_days=accrual_days, cooling_days=cooling_days, custody_bps=0
        )
        model = REFERENCE_TEMPLATES["StoredValue"]
        world.open(world.alice, terms)
        opened = world.now
        card, _ = open_card(model, terms, opened)
        stopped_at = 0
        if stopped is not None and stopped <= waited:
            stopped_at = world.advance(days=stopped)
            world.merchants.stop(world.shop, sender=world.operator)
        world.warp(opened + waited * DAY)
        wallet = world.wallet(world.alice)
        try:
            settled = settle(model, terms, card, world.now, stopped_at)
        except WouldRevert:
            settled = None
        if settled is None:
            with pytest.raises(Refused, match="NothingDue"):
                wallet.settle(terms, sender=world.stranger)
            return
        assert not isinstance(settled, Closing)
        wallet.settle(terms, sender=world.stranger)
        after = world.card(world.alice, terms)
        assert (after.released, after.held) == (settled[0].released, settled[0].held)
        owed, _ = wallet.quote(terms)
        assert owed == quote(model, terms, settled[0], world.now, stopped_at).owed
