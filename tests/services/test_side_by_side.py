"""Many authorisations carried side by side: what must not be sent is not sent, and the rest goes on."""

from __future__ import annotations

from dataclasses import replace

from tests.services.world import World
from wallet.services import cards, consume


def test_a_forged_signature_among_many_is_not_sent(any_world: World) -> None:
    """Refused by its code before anything is written down; the others move what they say."""
    world = any_world
    first, second = world.buy().card, world.buy().card
    good, other = world.authorise(first), world.authorise(second)
    forged = replace(other, max_pay=other.max_pay + 1)
    before = world.context.chain.nonce(world.merchant.address)
    done = consume.consume_many(world.context, world.merchant, [forged, good])
    assert [(one.error, one.paid, one.transaction == "") for one in done] == [
        ("authorisation-signature", 0, True),
        ("", 2307, False),
    ]
    assert world.context.chain.nonce(world.merchant.address) == before + 1
    assert cards.show_card(world.context, second).released == 0


def test_one_that_would_be_refused_costs_nothing(any_world: World) -> None:
    """The simulation sees what comes before in the same batch, and what is refused is not sent."""
    world = any_world
    first, second = world.buy().card, world.buy().card
    once, other = world.authorise(first), world.authorise(second)
    before = world.context.chain.nonce(world.merchant.address)
    done = consume.consume_many(world.context, world.merchant, [once, once, other])
    assert [(one.error, one.paid) for one in done] == [
        ("", 2307),
        ("sub-wallet-totals-not-growing", 0),
        ("", 2307),
    ]
    assert (done[1].transaction, done[1].gas) == ("", 0)
    assert world.context.chain.nonce(world.merchant.address) == before + 2


def test_more_than_one_batch(any_world: World) -> None:
    """A hundred and twenty charges to one card, in order: the second batch builds on the first."""
    from wallet.services.stream import Order, pay_many
    from wallet.signing.policy import Policy

    world = any_world
    card = world.buy().card
    orders = [Order(card, 100, f"C-{number}") for number in range(120)]
    done = pay_many(world.context, world.merchant, world.consumer, orders, Policy())
    assert [one.error for one in done] == [""] * 120
    assert sum(one.paid for one in done) == 12_000 * 100_000 // 130_000
    assert [one.used for one in done] == [100 * (n + 1) for n in range(120)]
