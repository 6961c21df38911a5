"""Many at full speed move what one by one would, and refuse as a whole before anything is sent."""

from __future__ import annotations

import pytest

from tests.services.world import World
from wallet.errors import PrepaidError
from wallet.services import cards, publish
from wallet.services.stream import Order, pay_many
from wallet.signing.policy import Limit, Outcome, Policy


def test_fifty_charges_of_three_cards(any_world: World) -> None:
    """Fens telescope: the released totals are those of one single use of the same sum."""
    world = any_world
    three = [world.buy().card for _ in range(3)]
    orders = [Order(three[n % 3], 1000 + n, f"C-{n}") for n in range(50)]
    done = pay_many(world.context, world.merchant, world.consumer, orders, Policy())
    assert [one.error for one in done] == [""] * 50
    for card in three:
        used = sum(order.used for order in orders if order.card == card)
        shown = cards.show_card(world.context, card)
        assert (shown.used, shown.released) == (used, 100_000 * used // 130_000)
        assert sum(one.paid for one in done if one.card == card) == shown.released
    told = cards.history(world.context, three[0])
    assert [entry.reference for entry in told[1:4]] == ["C-0", "C-3", "C-6"]
    assert len(world.context.journal.authorisations(world.context.identity)) == 50 + 3


@pytest.mark.parametrize("kind", ["overdrawn", "policy", "zero"])
def test_one_bad_order_stops_all_before_anything_is_sent(world: World, kind: str) -> None:
    """Nothing is signed, nothing is sent, no nonce is used."""
    card = world.buy().card
    bad = {"overdrawn": 129_000, "policy": 5000, "zero": 0}[kind]
    policy = Policy(per_day=Limit(4000, Outcome.REFUSE)) if kind == "policy" else Policy()
    orders = [Order(card, 3000, "C-1"), Order(card, bad, "C-2")]
    before = world.context.chain.nonce(world.merchant.address)
    with pytest.raises(PrepaidError) as caught:
        pay_many(world.context, world.merchant, world.consumer, orders, policy)
    code = {"overdrawn": "would-revert", "policy": "policy-refused", "zero": "invalid-amount"}[kind]
    assert caught.value.error_code == code
    assert world.context.chain.nonce(world.merchant.address) == before
    assert cards.show_card(world.context, card).used == 0
    assert len(world.context.journal.authorisations(world.context.identity)) == 1  # the purchase


def test_sessions_at_full_speed(world: World) -> None:
    """Twelve sessions for the price of ten: released in twelfths, all of it in the end."""
    terms = publish.terms_for(
        world.context, merchant=world.merchant.address, template="Sessions", principal=99_999,
        paid_units=10, gift_units=2,
    )  # fmt: skip
    publish.publish(world.context, world.merchant, terms, "ten and two")
    card = world.buy("ten and two").card
    done = pay_many(
        world.context, world.merchant, world.consumer, [Order(card, 1, f"S-{n}") for n in range(12)], Policy()
    )
    assert done[-1].released == 99_999
    assert sum(one.paid for one in done) == 99_999
    assert {one.paid for one in done} == {8333, 8334}
