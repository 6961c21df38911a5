"""Ningbo, rows 66 to 68 and 72: bonus tiers, two approvers, all in custody, confirmed before it moves."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.rows.counter import Counter, counter
from wallet.errors import PrepaidError
from wallet.services import authorise, consume
from wallet.signing.policy import Policy
from wallet.stories.bankruptcy import PLATFORM, bankrupt
from wallet.systems import find_system
from wallet.systems.gate import programme_of
from wallet.systems.numbers import bonus_for


@pytest.fixture(scope="module")
def shop() -> Iterator[Counter]:
    with counter("ningbo") as opened:
        yield opened


def test_row_66_a_thousand_gives_three_hundred_and_more_gives_more(shop: Counter) -> None:
    """The first tier as stated; a table of tiers beyond; and the card spends as 1,300."""
    _, product = find_system("ningbo").product("top-up")
    assert [bonus_for(product, paid) for paid in (99_999, 100_000, 199_999, 200_000, 500_000)] == [
        0, 30_000, 30_000, 70_000, 200_000,
    ]  # fmt: skip
    card = shop.buy("na", "top-up").card
    assert (shop.show(card).principal, shop.show(card).bonus) == (100_000, 30_000)
    assert shop.use("na", card, 130_000).paid == 100_000


def test_row_67_the_preset_asks_two_approvers_of_an_operator() -> None:
    """Two different bodies are named, and the programme carries the number to the registry of operators."""
    system = find_system("ningbo").system
    approvers = [one.role for one in system.parties if "row 67" in one.source and one.role != "operator"]
    assert approvers == ["association", "regulator"]
    assert programme_of(find_system("ningbo")).gate.operator_approvals == 2


def test_row_68_all_of_it_in_an_escrow_account(shop: Counter) -> None:
    """Held in full at sale; the platform's bankruptcy does not reach it, the merchant's is argued about."""
    before = shop.money()
    bought = shop.buy("nb", "top-up")
    assert (bought.frozen, shop.money() - before) == (100_000, 0)
    vehicle = find_system("ningbo").system.custody.vehicle.value
    assert vehicle == "escrow-account"
    assert bankrupt(vehicle, PLATFORM, bought.frozen).attached == 0
    assert shop.leave("nb", bought.card).refund == 100_000


def test_row_72_only_what_the_consumer_confirmed_moves_and_only_once(shop: Counter) -> None:
    """Unconfirmed nothing, confirmed once, carried again nothing more."""
    card = shop.buy("nc", "top-up").card
    before = shop.money()
    document = shop.charge(card, 13_000).document
    assert shop.money() == before
    consumer = shop.stage.people["nc"]
    request = authorise.preview_charge(shop.context, consumer.address, document, Policy())
    signed = authorise.authorise(shop.context, consumer, request).document
    assert shop.money() == before
    consume.consume(shop.context, shop.stage.operator, signed)
    assert shop.money() - before == 10_000
    with pytest.raises(PrepaidError):
        consume.consume(shop.context, shop.stage.operator, signed)
    (again,) = consume.consume_many(shop.context, shop.stage.operator, [signed])
    assert (again.paid, shop.money() - before) == (0, 10_000)
