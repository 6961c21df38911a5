"""What was sent to a sub-wallet by mistake comes back, and nothing that is frozen moves."""

from __future__ import annotations

import pytest

from tests.services.world import World
from wallet.bindings.digital_yuan import DigitalYuan
from wallet.bindings.runtime import ask
from wallet.errors import InvalidInput
from wallet.services import cards, collect, fund, sweep, terminate
from wallet.services.sending import send


def slip(world: World, amount: int) -> str:
    """Send `amount` fen to the consumer's sub-wallet, as if it were an account; its address."""
    wallet = world.context.wallet_of(world.consumer.address).address
    token = DigitalYuan(world.context.platform.token)
    send(world.context, world.consumer, token.transfer(wallet, amount), "a slip")
    return wallet


def end(world: World, card: str) -> terminate.Ended:
    """The consumer leaves."""
    return terminate.terminate(
        world.context, world.consumer, terminate.preview_termination(world.context, card)
    )


def test_every_card_ever_opened_is_listed(any_world: World) -> None:
    """Open, closed and still owing the merchant: what is frozen or owed stays, the slip comes home."""
    world = any_world
    opened, ended, owing = (world.buy().card for _ in range(3))
    end(world, ended)
    world.consume(world.authorise(owing))
    owed = end(world, owing).to_collect
    assert owed > 0
    wallet = slip(world, 12_345)
    before = cards.balance(world.context, world.consumer.address)
    done = sweep.sweep(world.context, world.consumer)
    assert (done.amount, done.cards, done.sub_wallet) == (12_345, 3, wallet)
    after = cards.balance(world.context, world.consumer.address)
    assert after.on_hand == before.on_hand + 12_345
    assert after.frozen == before.frozen == 100_000
    token = DigitalYuan(world.context.platform.token)
    assert ask(world.context.chain, token.balance_of(wallet)) == 100_000 + owed
    assert collect.collect(world.context, world.merchant, owing).amount == owed
    assert end(world, opened).refund == 100_000


def test_the_list_is_read_from_the_chain_not_from_the_journal(world: World) -> None:
    """A journal that never met the cards does not make the list incomplete."""
    for _ in range(4):
        world.buy()
    slip(world, 5)
    identity = world.context.identity
    world.context.journal._db.execute("DELETE FROM card")
    assert world.context.journal.cards(identity) == []
    assert sweep.sweep(world.context, world.consumer).cards == 4


def test_nothing_beyond_what_is_frozen(world: World) -> None:
    """Refused before anything is sent, with and without a card."""
    with pytest.raises(InvalidInput) as caught:
        sweep.sweep(world.context, world.consumer)
    assert caught.value.error_code == "nothing-to-sweep"
    world.buy()
    with pytest.raises(InvalidInput) as caught:
        sweep.sweep(world.context, world.consumer)
    assert caught.value.error_code == "nothing-to-sweep"
    assert world.context.chain.nonce(world.consumer.address) == 0


def test_a_sub_wallet_paid_before_it_existed(world: World) -> None:
    """Its address is known beforehand, so a slip can come first: the sub-wallet is created for it."""
    wallet = slip(world, 800)
    assert not world.context.chain.code(wallet)
    done = sweep.sweep(world.context, world.consumer)
    assert (done.amount, done.cards) == (800, 0)
    assert cards.balance(world.context, world.consumer.address).on_hand == 10_000_000


def test_nobody_sweeps_for_another(world: World) -> None:
    """Each consumer reaches its own sub-wallet alone."""
    slip(world, 800)
    fund.fund(world.context, world.operator, world.other.address, 100)
    with pytest.raises(InvalidInput, match="nothing beyond"):
        sweep.sweep(world.context, world.other)
    assert sweep.sweep(world.context, world.consumer).amount == 800
