"""Consumers that are contracts: a key behind ERC-1271 buys, spends and leaves, and may be lost."""

from __future__ import annotations

import pytest

from tests.services.world import PRODUCT, World
from wallet.address import ZERO_ADDRESS
from wallet.bindings import errors
from wallet.bindings.digital_yuan import DigitalYuan
from wallet.bindings.runtime import ask
from wallet.errors import InvalidInput
from wallet.services import authorise, bump, buy, cards, consume, fund, owner, sweep, terminate
from wallet.services.sending import send
from wallet.signing.contract import ContractSigner
from wallet.signing.dev import dev_signer
from wallet.signing.policy import Policy
from wallet.signing.signer import KeySigner

DAY = 86_400


def account(world: World) -> owner.Owner:
    """An account of the consumer's key, guarded by the operator, with 2000 yuan."""
    made = owner.create_owner(
        world.context, world.other, key=world.consumer.address, guardian=world.operator.address
    )
    fund.fund(world.context, world.operator, made.address, 200_000)
    return made


def new_key(world: World) -> KeySigner:
    """A key that nobody used before."""
    chain = world.context.chain
    return dev_signer(7, chain_id=chain.chain_id(), endpoint=chain.endpoint)


def bought(world: World, signer: ContractSigner) -> str:
    """A card in the account's own sub-wallet, carried by the merchant."""
    preview = buy.preview_purchase(world.context, signer.address, PRODUCT)
    return buy.buy(world.context, signer, preview, carrier=world.merchant).card


def spend(world: World, signer: ContractSigner, card: str) -> consume.Consumption:
    """One charge of 30.00, signed by the account's key and carried by the merchant."""
    request = authorise.preview_charge(world.context, signer.address, world.charge(card).document, Policy())
    return world.consume(authorise.authorise(world.context, signer, request).document)


def test_a_contract_buys_spends_voids_and_leaves(any_world: World) -> None:
    """The key signs, others carry: the key's own account sends nothing at all."""
    world = any_world
    sent = world.context.chain.nonce(world.consumer.address)  # other tests share the node
    made = account(world)
    assert (made.key, made.guardian, made.ready_at) == (world.consumer.address, world.operator.address, 0)
    signer = owner.owner_signer(world.context, made.address, world.consumer)
    card = bought(world, signer)
    assert cards.show_card(world.context, card).owner == made.address
    assert spend(world, signer, card).paid == 2307
    assert bump.bump(world.context, signer, card, carrier=world.other).epoch == 1
    leaving = terminate.preview_termination(world.context, card)
    ended = terminate.terminate(world.context, signer, leaving, carrier=world.other)
    assert ended.refund == 97_000
    assert cards.balance(world.context, made.address).on_hand == 197_000
    assert world.context.chain.nonce(world.consumer.address) == sent


def test_the_key_passes_on_what_was_refunded(world: World) -> None:
    """Money in the account moves only as its key says; the guardian cannot."""
    made = account(world)
    assert owner.pass_on(world.context, world.consumer, made.address, world.other.address, 150_000) == 50_000
    assert cards.balance(world.context, world.other.address).on_hand == 150_000
    with pytest.raises(errors.RecoverableOwnerNotKey):
        owner.pass_on(world.context, world.operator, made.address, world.operator.address, 1)
    with pytest.raises(errors.ERC20InsufficientBalance):
        owner.pass_on(world.context, world.consumer, made.address, world.other.address, 50_001)


def test_the_key_sends_through_the_contract_what_only_the_consumer_may(any_world: World) -> None:
    """Direct purchase, sweep, voiding and exit: the sub-wallet sees the contract, the key pays the gas."""
    world = any_world
    made = account(world)
    signer = owner.owner_signer(world.context, made.address, world.consumer)
    preview = buy.preview_purchase(world.context, signer.address, PRODUCT)
    card = buy.buy(world.context, signer, preview, method="direct").card
    token = DigitalYuan(world.context.platform.token)
    wallet = world.context.wallet_of(made.address).address
    send(world.context, signer, token.transfer(wallet, 700), "a slip")
    done = sweep.sweep(world.context, signer)
    assert (done.amount, done.cards, done.consumer) == (700, 1, made.address)
    assert ask(world.context.chain, token.balance_of(wallet)) == 100_000
    assert bump.bump(world.context, signer, card).epoch == 1
    leaving = terminate.preview_termination(world.context, card)
    assert terminate.terminate(world.context, signer, leaving).refund == 100_000
    assert cards.balance(world.context, made.address).on_hand == 200_000
    assert world.context.chain.nonce(made.address) == 1  # a contract's own count, which creations raise


def test_a_lost_key_is_replaced_after_three_days(world: World) -> None:
    """The guardian proposes, anyone completes; the cards stay, the new key spends, the old one is nobody."""
    made, follower = account(world), new_key(world)
    signer = owner.owner_signer(world.context, made.address, world.consumer)
    card = bought(world, signer)
    proposed = owner.propose_recovery(world.context, world.operator, made.address, follower.address)
    assert proposed.key == world.consumer.address
    assert proposed.proposed == follower.address
    assert proposed.ready_at >= world.context.chain.now() + 3 * DAY - 60
    with pytest.raises(errors.RecoverableOwnerNotReady):
        owner.complete_recovery(world.context, world.other, made.address)
    world.context.chain.advance(3 * DAY + 1)
    recovered = owner.complete_recovery(world.context, world.other, made.address)
    assert (recovered.key, recovered.ready_at) == (follower.address, 0)
    assert spend(world, owner.owner_signer(world.context, made.address, follower), card).paid == 2307
    with pytest.raises(errors.RecoverableOwnerNotKey):
        owner.owner_signer(world.context, made.address, world.consumer)
    # The old key's signature is worth nothing to the contract either.
    leaving = terminate.preview_termination(world.context, card)
    with pytest.raises(errors.SubWalletSignatureInvalid):
        terminate.terminate(world.context, signer, leaving, carrier=world.other)


def test_a_key_that_is_not_lost_refuses(world: World) -> None:
    """The proposal falls; it cannot be completed later."""
    made, follower = account(world), new_key(world)
    owner.propose_recovery(world.context, world.operator, made.address, follower.address)
    with pytest.raises(errors.RecoverableOwnerNotKey):
        owner.refuse_recovery(world.context, world.operator, made.address)
    assert owner.refuse_recovery(world.context, world.consumer, made.address).ready_at == 0
    world.context.chain.advance(4 * DAY)
    with pytest.raises(errors.RecoverableOwnerNotReady):
        owner.complete_recovery(world.context, world.other, made.address)


def test_only_the_guardian_proposes(world: World) -> None:
    made = account(world)
    for somebody in (world.consumer, world.merchant):
        with pytest.raises(errors.RecoverableOwnerNotGuardian):
            owner.propose_recovery(world.context, somebody, made.address, world.other.address)


def test_a_key_hands_over_at_once(world: World) -> None:
    """Without the guardian, and any recovery under way ends."""
    made, follower = account(world), new_key(world)
    owner.propose_recovery(world.context, world.operator, made.address, world.other.address)
    changed = owner.change_key(world.context, world.consumer, made.address, follower.address)
    assert (changed.key, changed.ready_at) == (follower.address, 0)


def test_another_key_buys_nothing(world: World) -> None:
    """A key that is not in force is refused by the sub-wallet, were it to try."""
    thief = ContractSigner(account(world).address, world.other)
    preview = buy.preview_purchase(world.context, thief.address, PRODUCT)
    with pytest.raises(errors.SubWalletSignatureInvalid):
        buy.buy(world.context, thief, preview, carrier=world.merchant)


def test_a_key_that_was_replaced_sends_nothing_through_it(world: World) -> None:
    """The contract refuses, and the refusal is told as what it is."""
    made = account(world)
    token = DigitalYuan(world.context.platform.token)
    thief, sent = ContractSigner(made.address, world.other), world.context.chain.nonce(world.other.address)
    with pytest.raises(errors.RecoverableOwnerNotKey):
        send(world.context, thief, token.transfer(world.other.address, 1), "take")
    assert world.context.chain.nonce(world.other.address) == sent  # refused before it was sent
    assert cards.balance(world.context, made.address).on_hand == 200_000


def test_accounts_that_could_not_be_recovered_are_not_made(world: World) -> None:
    """Nobody as key or guardian, or one person as both."""
    key = world.consumer.address
    for guardian in (key, ZERO_ADDRESS):
        with pytest.raises(InvalidInput) as caught:
            owner.create_owner(world.context, world.other, key=key, guardian=guardian)
        assert caught.value.error_code == "invalid-owner"


def test_other_addresses_are_not_recoverable(world: World) -> None:
    """Neither an account without code nor another contract; nothing is sent to them."""
    for address in (world.other.address, world.context.platform.token):
        with pytest.raises(InvalidInput) as caught:
            owner.propose_recovery(world.context, world.operator, address, world.other.address)
        assert caught.value.error_code == "not-recoverable"
