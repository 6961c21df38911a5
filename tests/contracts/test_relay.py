"""Carrying several consumers' messages at once: `relay.tree`."""

from __future__ import annotations

from typing import Any

from tests.contracts.harness import CLOSED, OPEN, World, calldata, raises


def consumption(world: World, consumer: Any, terms: Any, used: int) -> bytes:
    """Calldata of one signed consumption."""
    message = world.consumption(consumer, terms, used)
    signature = world.sign(consumer, consumer, message)
    data: bytes = world.wallet(consumer).encode("consume", terms, calldata(message), signature)
    return data


def test_relay_carries_messages_of_several_consumers_in_one_transaction(world: World) -> None:
    people, terms = (world.alice, world.bob), world.terms()
    for one in people:
        world.open(one, terms)
    messages = [consumption(world, one, terms, 700) for one in people]
    wallets = [world.wallet(one) for one in people]
    assert world.relay.relay(wallets, messages, 500_000, sender=world.stranger) == (True, True)
    assert world.balance(world.shop) == 1400
    assert [event.args["paid"] for event in world.named("Consumed")] == [700, 700]


def test_relay_goes_on_when_one_of_them_fails_and_says_why(world: World) -> None:
    people, terms = (world.alice, world.bob), world.terms()
    for one in people:
        world.open(one, terms)
    messages = [consumption(world, one, terms, 700) for one in people]
    wallets = [world.wallet(one) for one in people]
    wallets[0].terminate(terms, 0, sender=world.alice)
    assert world.relay.relay(wallets, messages, 500_000) == (False, True)
    failed = world.named("RelayFailed")[0].args
    assert (failed["index"], failed["wallet"]) == (0, wallets[0].address)
    refused = world.explain(failed["reason"])
    assert (refused.name, refused.values[1]) == ("SubWallet_CardNotOpen", CLOSED)


def test_relay_cuts_a_long_reason_to_256_bytes(world: World) -> None:
    hostile = world.deploy("HostileWallet")
    done = world.relay.relay([hostile], [hostile.encode("failLong", 5000)], 500_000)
    assert done == (False,)
    assert len(world.named("RelayFailed")[0].args["reason"]) == 256


def test_relay_gives_each_call_no_more_than_its_gas(world: World) -> None:
    hostile = world.deploy("HostileWallet")
    burn, serve = hostile.encode("burnGas"), hostile.encode("serve")
    done = world.relay.relay([hostile] * 3, [burn, burn, serve], 200_000, gas=1_000_000)
    assert done == (False, False, True)
    assert hostile.served() == 1


def test_relay_does_not_pay_for_answers_nobody_asked_for(world: World) -> None:
    hostile = world.deploy("HostileWallet")
    each, count = 300_000, 8
    messages = [hostile.encode("flood", 300_000)] * count
    world.relay.relay([hostile] * count, messages, each)
    assert world.evm.result.gas_used < count * (each + 10_000) + 50_000


def test_relay_has_no_rights_of_its_own(world: World) -> None:
    terms = world.terms()
    world.open(world.alice, terms)
    wallet = world.wallet(world.alice)
    attempts = [
        (wallet, wallet.encode("terminate", terms, 0)),
        (wallet, wallet.encode("bumpEpoch", world.card_id(world.alice, terms), 1)),
        (wallet, wallet.encode("sweep", world.yuan, [terms])),
        (wallet, wallet.encode("open", world.terms())),
    ]
    places, messages = zip(*attempts, strict=True)
    assert world.relay.relay(places, messages, 500_000, sender=world.alice) == (False,) * 4
    assert world.card(world.alice, terms).status == OPEN


def test_relay_does_nothing_when_given_nothing(world: World) -> None:
    assert world.relay.relay([], [], 1) == ()
    with raises("Panic", 0x32):
        world.relay.relay([world.yuan], [], 1)
