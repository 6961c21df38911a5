"""Interest on a refund is counted from the chain and paid by real transfers, never out of a card."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.services.staging import stage_in
from wallet.errors import InvalidInput
from wallet.law.interest import Rate, Rates
from wallet.services.interest import InterestDue, interest_due, pay_interest
from wallet.services.payments import REFUND_INTEREST, entries
from wallet.vectors.card import PlayedCard, product
from wallet.vectors.stage import Stage

RATES = Rates(lpr=310, deposit=150, supervised=20)
DAY = 86_400


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    yield from stage_in(tmp_path_factory.mktemp("interest"))


@pytest.fixture
def stage(shared: Stage) -> Stage:
    """The platform as at its beginning."""
    shared.clear()
    return shared


def short_card(stage: Stage, *, stopped: bool = True, **numbers: int) -> PlayedCard:
    """600 yuan paid, 180 of them in custody; it ends 420 short because the merchant stopped."""
    terms = product(stage, "StoredValue", 60_000, advance=60_000, custody_bps=3_000, **numbers)
    card = PlayedCard(stage, terms)
    if stopped:
        card.stop_merchant()
    card.leave()
    return card


def due(stage: Stage, card: PlayedCard, start: str = "termination") -> InterestDue:
    return interest_due(stage.context, "0x" + card.id.hex(), rates=RATES, start=start)


def test_it_runs_from_termination_on_what_was_short(stage: Stage) -> None:
    """What was held came back at once and bears nothing; the missing 420 yuan bear the LPR (art. 16, 17)."""
    card = short_card(stage)
    assert due(stage, card).merchant_due == 0
    card.wait(30)
    found = due(stage, card)
    assert [(p.amount, p.rate, p.rate_bps, p.days) for p in found.parts] == [
        (18_000, Rate.SUPERVISED, 20, 0),
        (42_000, Rate.LPR, 310, 30),
    ]
    assert (found.merchant_due, found.bank_due) == (42_000 * 310 * 30 // 3_650_000, 0)


def test_each_part_stops_bearing_interest_when_it_is_paid(stage: Stage) -> None:
    """A guarantor pays half on the tenth day: that half bore ten days, the rest goes on."""
    card = short_card(stage)
    card.wait(10)
    stage.give(stage.bank.address, 21_000)
    stage.do(stage.token.approve(card.wallet.address, 21_000), by=stage.bank)
    stage.do(card.wallet.pay_shortfall(card.terms, 21_000), by=stage.bank)
    card.wait(40)
    days = [(part.amount, part.days) for part in due(stage, card).parts if part.rate is Rate.LPR]
    assert days == [(21_000, 10), (21_000, 40)]


def test_the_agreed_rate_holds_where_there_is_one(stage: Stage) -> None:
    card = short_card(stage, rate_merchant=600)
    card.wait(365)
    assert due(stage, card).merchant_due == 42_000 * 600 // 10_000


def test_a_programme_may_count_from_payment(stage: Stage) -> None:
    """Then the supervised account's bank owes its rate on what lay there, until it came back."""
    terms = product(stage, "StoredValue", 60_000, advance=60_000, custody_bps=3_000)
    card = PlayedCard(stage, terms)
    card.wait(100)
    card.stop_merchant()
    card.leave()
    found = due(stage, card, start="payment")
    assert (found.bank_due, found.merchant_due) == (
        18_000 * 20 * 100 // 3_650_000,
        42_000 * 310 * 100 // 3_650_000,
    )


def test_it_is_paid_once_to_the_consumer_by_who_owes_it(stage: Stage) -> None:
    """A real transfer from the merchant, entered in the book; asked again, only what grew since is due."""
    card = short_card(stage)
    card.wait(30)
    found = due(stage, card)
    with pytest.raises(InvalidInput, match="no interest is due"):
        pay_interest(stage.context, stage.bank, found, as_bank=True)
    had, merchant_had = stage.balance(card.consumer.address), stage.balance(stage.merchant.address)
    made = pay_interest(stage.context, stage.merchant, found)
    assert made.amount == found.merchant_due == stage.balance(card.consumer.address) - had
    assert merchant_had - stage.balance(stage.merchant.address) == made.amount
    assert due(stage, card).merchant_due == 0
    assert [one.amount for one in entries(stage.context, what=REFUND_INTEREST, about=card.id)] == [
        made.amount
    ]
    card.wait(60)
    assert due(stage, card).merchant_due == 42_000 * 310 * 60 // 3_650_000 - made.amount
    assert card.state.held == 42_000  # the shortfall itself is untouched


def test_nothing_is_owed_on_a_card_that_goes_on(stage: Stage) -> None:
    card = PlayedCard(stage, product(stage, "StoredValue", 60_000))
    with pytest.raises(InvalidInput, match="has not ended"):
        due(stage, card)
    with pytest.raises(InvalidInput, match="not from"):
        interest_due(stage.context, "0x" + card.id.hex(), start="birth")


def test_a_consumer_who_leaves_bears_the_lower_rate(stage: Stage) -> None:
    """The deposit benchmark where the consumer is the cause (art. 16)."""
    card = short_card(stage, stopped=False)
    card.wait(365)
    (part,) = [part for part in due(stage, card).parts if part.days]
    assert (part.rate, part.interest) == (Rate.DEPOSIT, 42_000 * 150 // 10_000)
