"""A consumer that survives a lost key: `recoverable_owner.tree`."""

from __future__ import annotations

import pytest

from tests.contracts.harness import Account, Contract, World, raises
from wallet.eip712 import keccak256

MAGIC = bytes.fromhex("1626ba7e")
NO = b"\xff" * 4
DELAY = 3 * 86_400
DIGEST = keccak256(b"anything")


@pytest.fixture
def owner(world: World) -> Contract:
    """An account of key `old`, guarded by `guardian`."""
    return world.deploy("RecoverableOwner", world.account("old"), world.account("guardian"))


def answer(owner: Contract, signature: bytes) -> bytes:
    said: bytes = owner.isValidSignature(DIGEST, signature)
    return said


def recover(world: World, owner: Contract) -> Account:
    """Let the key `new` follow; it."""
    new = world.account("new")
    owner.proposeRecovery(new, sender=world.account("guardian"))
    world.advance(DELAY)
    owner.completeRecovery(sender=world.stranger)
    return new


def test_is_valid_signature_says_yes_to_the_key_alone(world: World, owner: Contract) -> None:
    assert answer(owner, world.account("old").sign_digest(DIGEST)) == MAGIC
    assert answer(owner, world.account("new").sign_digest(DIGEST)) == NO
    new = recover(world, owner)
    assert answer(owner, new.sign_digest(DIGEST)) == MAGIC
    assert answer(owner, world.account("old").sign_digest(DIGEST)) == NO


def test_is_valid_signature_says_no_to_the_guardian_and_to_malformed_signatures(
    world: World, owner: Contract
) -> None:
    good = world.account("old").sign_digest(DIGEST)
    wrong = (world.account("guardian").sign_digest(DIGEST), b"", good[:63], good + b"\0", bytes(65))
    assert [answer(owner, each) for each in wrong] == [NO] * len(wrong)


def test_is_valid_signature_says_no_to_everybody_while_the_key_is_zero(world: World, owner: Contract) -> None:
    owner.changeKey("0x" + "00" * 20, sender=world.account("old"))
    for signature in (bytes(65), bytes(64) + b"\x1b", world.account("old").sign_digest(DIGEST)):
        assert answer(owner, signature) == NO
    assert answer(owner, recover(world, owner).sign_digest(DIGEST)) == MAGIC


def test_execute_acts_as_the_account_for_the_key(world: World, owner: Contract) -> None:
    world.fund(owner, 50)
    owner.execute(world.yuan, world.yuan.encode("transfer", world.bob, 20), sender=world.account("old"))
    assert world.balance(owner) == 30


def test_execute_reverts_for_anyone_else(world: World, owner: Contract) -> None:
    for other in (world.account("guardian"), world.stranger):
        with raises("RecoverableOwner_NotKey", other):
            owner.execute(world.yuan, world.yuan.encode("transfer", other, 1), sender=other)


def test_execute_passes_on_why_the_target_refused(world: World, owner: Contract) -> None:
    with raises("ERC20InsufficientBalance", owner, 0, 1):
        owner.execute(world.yuan, world.yuan.encode("transfer", world.bob, 1), sender=world.account("old"))
    with raises("AddressEmptyCode", world.bob):
        owner.execute(world.bob, b"", sender=world.account("old"))


def test_recovery_gives_the_new_key_the_account_after_three_days_and_not_a_second_earlier(
    world: World, owner: Contract
) -> None:
    owner.proposeRecovery(world.account("new"), sender=world.account("guardian"))
    ready = world.now + DELAY
    assert world.named("RecoveryProposed")[0].args["readyAt"] == ready
    world.warp(ready - 1)
    with raises("RecoverableOwner_NotReady", ready):
        owner.completeRecovery()
    world.warp(ready)
    owner.completeRecovery()
    assert owner.key() == world.account("new").address


def test_recovery_may_be_proposed_by_the_guardian_alone(world: World, owner: Contract) -> None:
    for other in (world.account("old"), world.stranger):
        with raises("RecoverableOwner_NotGuardian", other):
            owner.proposeRecovery(other, sender=other)


def test_recovery_may_be_refused_by_the_key_until_it_is_complete(world: World, owner: Contract) -> None:
    owner.proposeRecovery(world.account("new"), sender=world.account("guardian"))
    with raises("RecoverableOwner_NotKey"):
        owner.refuseRecovery(sender=world.account("new"))
    world.advance(DELAY)
    owner.refuseRecovery(sender=world.account("old"))
    with raises("RecoverableOwner_NotReady", 0):
        owner.completeRecovery()
    assert owner.key() == world.account("old").address


def test_recovery_starts_anew_with_each_proposal(world: World, owner: Contract) -> None:
    guardian = world.account("guardian")
    owner.proposeRecovery(world.account("new"), sender=guardian)
    world.advance(DELAY)
    owner.proposeRecovery(world.stranger, sender=guardian)
    with raises("RecoverableOwner_NotReady", world.now + DELAY):
        owner.completeRecovery()


def test_recovery_is_ended_by_a_change_of_key(world: World, owner: Contract) -> None:
    owner.proposeRecovery(world.account("new"), sender=world.account("guardian"))
    owner.changeKey(world.account("safer"), sender=world.account("old"))
    world.advance(DELAY)
    with raises("RecoverableOwner_NotReady", 0):
        owner.completeRecovery()


def test_recovery_cannot_be_completed_twice_or_without_a_proposal(world: World, owner: Contract) -> None:
    with raises("RecoverableOwner_NotReady", 0):
        owner.completeRecovery()
    recover(world, owner)
    with raises("RecoverableOwner_NotReady", 0):
        owner.completeRecovery()


def test_change_key_hands_over_at_once(world: World, owner: Contract) -> None:
    owner.changeKey(world.account("safer"), sender=world.account("old"))
    assert world.named("KeyChanged")[0].args == {"key": world.account("safer").address}
    with raises("RecoverableOwner_NotKey", world.account("old")):
        owner.changeKey(world.account("old"), sender=world.account("old"))


def test_change_key_reverts_for_the_guardian(world: World, owner: Contract) -> None:
    with raises("RecoverableOwner_NotKey", world.account("guardian")):
        owner.changeKey(world.account("guardian"), sender=world.account("guardian"))


def consumer(world: World, owner: Contract, key: str) -> Account:
    """The account as a consumer for whom the key of that name signs."""
    return Account(key, address=owner.address)


def test_as_a_consumer_buys_uses_and_ends_cards_with_its_keys_signature(
    world: World, owner: Contract
) -> None:
    buyer, terms = consumer(world, owner, "old"), world.terms()
    world.fund(owner, 100_000)
    world.open(buyer, terms, "authorization")
    assert world.consume(buyer, terms, used=400) == 400
    with raises("SubWallet_SignatureInvalid"):
        world.consume(buyer, terms, used=500, signer=world.account("guardian"))
    assert world.terminate(buyer, terms) == 99_600
    assert world.balance(owner) == 99_600


def test_as_a_consumer_keeps_its_cards_when_the_key_is_recovered(world: World, owner: Contract) -> None:
    buyer, terms = consumer(world, owner, "old"), world.terms()
    world.fund(owner, 100_000)
    world.open(buyer, terms, "authorization")
    recover(world, owner)
    with raises("SubWallet_SignatureInvalid"):
        world.terminate(buyer, terms)
    assert world.terminate(consumer(world, owner, "new"), terms) == 100_000


def test_as_a_consumer_voids_what_the_lost_key_had_signed_by_a_new_epoch(
    world: World, owner: Contract
) -> None:
    buyer, terms = consumer(world, owner, "old"), world.terms()
    world.fund(owner, 100_000)
    world.open(buyer, terms, "authorization")
    message = world.consumption(buyer, terms, 50_000, deadline=world.now + 10 * 86_400)
    signature = world.sign(buyer, buyer, message)
    recover(world, owner)
    # A key that is no longer in force signs nothing, and after the bump not even a returned one would.
    with raises("SubWallet_SignatureInvalid"):
        world.send_consume(buyer, terms, message, signature)
    world.bump_epoch(consumer(world, owner, "new"), terms, 1)
    owner.changeKey(world.account("old"), sender=world.account("new"))
    with raises("SubWallet_EpochVoided", ..., 0, 1):
        world.send_consume(buyer, terms, message, signature)
