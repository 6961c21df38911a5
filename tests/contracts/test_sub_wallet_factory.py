"""Where sub-wallets come from: `sub_wallet_factory.tree`."""

from __future__ import annotations

import pytest

from tests.contracts.harness import Refused, World, artefact, raises


def test_create_makes_the_wallet_at_the_address_known_beforehand(world: World) -> None:
    carol = world.account("carol")
    promised = world.factory.walletOf(carol)
    assert world.code(promised) == b""
    assert world.factory.create(carol, sender=world.stranger) == promised
    assert world.named("SubWalletCreated")[0].args == {"owner": carol.address, "wallet": promised}
    assert world.at(promised, artefact("SubWallet")).owner() == carol.address


def test_create_reverts_for_owner_zero(world: World) -> None:
    with raises("SubWalletFactory_OwnerZero"):
        world.factory.create("0x" + "00" * 20)


def test_create_reverts_the_second_time(world: World) -> None:
    world.factory.create(world.alice)
    with raises("FailedDeployment"):
        world.factory.create(world.alice)


def test_create_may_be_called_by_anyone_without_harm(world: World) -> None:
    wallet = world.at(world.factory.create(world.alice, sender=world.bob), artefact("SubWallet"))
    assert wallet.owner() == world.alice.address
    terms = world.terms()
    world.open(world.alice, terms)
    with raises("SubWallet_NotConsumer", world.bob, world.alice):
        wallet.terminate(terms, 0, sender=world.bob)


def test_wallet_of_differs_from_owner_to_owner(world: World) -> None:
    people = [world.account(f"person {n}") for n in range(20)]
    assert len({world.factory.walletOf(one) for one in people}) == 20


def test_wallet_of_is_bound_to_this_factory_and_implementation(world: World) -> None:
    twin = world.deploy("SubWalletFactory", world.implementation)
    other = world.deploy("SubWalletFactory", world.yuan)
    places = {factory.walletOf(world.alice) for factory in (world.factory, twin, other)}
    assert len(places) == 3


def test_clone_carries_its_owner_in_its_code_and_has_nothing_to_initialise(world: World) -> None:
    wallet = world.wallet(world.alice)
    implementation = bytes.fromhex(world.implementation.address[2:])
    owner = bytes.fromhex(world.alice.address[2:])
    proxy = bytes.fromhex("363d3d373d3d3d363d73") + implementation
    proxy += bytes.fromhex("5af43d82803e903d91602b57fd5bf3")
    assert world.code(wallet.address).startswith(proxy + owner)
    assert not world.code(wallet.address).removeprefix(proxy + owner).strip(b"\0")
    assert not [name for name in wallet.interface.functions if "init" in name.lower()]


def test_clone_shares_no_card_with_another_clone(world: World) -> None:
    terms = world.terms()
    world.open(world.alice, terms)
    assert world.card(world.bob, terms).status == 0
    assert world.card_id(world.alice, terms) != world.card_id(world.bob, terms)


def test_clone_holds_no_ether(world: World) -> None:
    wallet = world.wallet(world.alice)
    world.evm.set_balance(world.stranger.address, 10)
    with pytest.raises(RuntimeError, match="Revert"):
        world.evm.message_call(world.stranger.address, wallet.address, b"", value=1, gas=10**6)
    assert world.evm.get_balance(wallet.address) == 0


def test_implementation_belongs_to_nobody(world: World) -> None:
    implementation = world.at(world.implementation.address, artefact("SubWallet"))
    owner = implementation.owner()
    # What it takes for its owner is a piece of its own code, for which nobody has a key.
    assert bytes.fromhex(owner[2:]) == world.code(implementation.address)[0x2D : 0x2D + 20]
    with pytest.raises(Refused):
        implementation.openBySig(world.terms(), bytes(65))
