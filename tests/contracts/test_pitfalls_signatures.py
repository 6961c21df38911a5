"""Known ways in which signed payments went wrong elsewhere; each row of docs/pitfalls.md about signatures."""

from __future__ import annotations

from typing import Any

import pytest

from tests.contracts import evm
from tests.contracts.evm import CHAIN_ID
from tests.contracts.harness import CLOSED, Account, World, artefact, raises
from wallet.eip712 import (
    BumpEpoch,
    Certificate,
    ReceiveWithAuthorization,
    Redirect,
    Terminate,
    Transfer,
    keccak256,
    sub_wallet_domain,
)
from wallet.eip712.signature import ORDER, compact
from wallet.eip712.typed_data import to_typed_data
from wallet.terms import Terms


def opened(world: World, **fields: Any) -> Terms:
    terms = world.terms(**fields)
    world.open(world.alice, terms)
    return terms


def test_pitfall_replay_on_another_chain_or_contract(world: World) -> None:
    """A signature counts on the chain and at the wallet it names, for each message."""
    terms = opened(world, takes_vouchers=1)
    wallet, until = world.wallet(world.alice), world.now + 60
    id_ = world.card_id(world.alice, terms)
    use, voucher = world.consumption(world.alice, terms, 10), world.voucher(world.alice, terms, 10)
    leave, bump = Terminate(id_, 0, until, 0), BumpEpoch(id_, 1, until)
    fresh = world.terms()
    world.yuan.approve(wallet, 100_000, sender=world.alice)
    for domain in (
        sub_wallet_domain(1, wallet.address),
        sub_wallet_domain(CHAIN_ID, world.yuan.address),
        sub_wallet_domain(CHAIN_ID, world.alice.address),
    ):
        calls: list[tuple[str, tuple[Any, ...]]] = [
            ("openBySig", (fresh, world.alice.sign(fresh, domain))),
            ("consume", (terms, use.values()[1:], world.alice.sign(use, domain))),
            ("redeem", (terms, voucher.values()[1:], world.alice.sign(voucher, domain))),
            ("terminateBySig", (terms, 0, until, world.alice.sign(leave, domain))),
            ("bumpEpochBySig", (id_, 1, until, world.alice.sign(bump, domain))),
        ]
        for name, arguments in calls:
            with raises("SubWallet_SignatureInvalid", world.alice):
                wallet.send(name, *arguments)


def test_pitfall_the_chains_id_changes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Cards keep their ids and their exits, signatures for the old chain are void, new ones count."""
    before = World()
    monkeypatch.setattr(evm, "CHAIN_ID", 999)
    after = World()
    # The same code at the same addresses on a chain that calls itself 999 from now on.
    after.put_code(after.implementation.address, before.code(before.implementation.address))
    terms, wallet = after.terms(), after.wallet(after.alice)
    assert wallet.address == before.wallet(before.alice).address
    new = sub_wallet_domain(999, wallet.address)
    assert wallet.cardId(terms) == before.wallet(before.alice).cardId(terms) != terms.card_id(new)
    after.open(after.alice, terms)
    message = after.consumption(after.alice, terms, 10)
    with raises("SubWallet_SignatureInvalid"):
        after.send_consume(after.alice, terms, message, after.sign(after.alice, after.alice, message))
    after.send_consume(after.alice, terms, message, after.alice.sign(message, new))
    with after.rollback():
        assert wallet.terminate(terms, 0, sender=after.alice) == 99_990
    leave = after.termination(after.alice, terms, 99_990)
    with raises("SubWallet_SignatureInvalid"):
        wallet.terminateBySig(terms, 99_990, leave.deadline, after.sign(after.alice, after.alice, leave))
    assert wallet.terminateBySig(terms, 99_990, leave.deadline, after.alice.sign(leave, new)) == 99_990


def test_pitfall_replay_on_another_clone(world: World) -> None:
    """The very same terms and message in another consumer's wallet, or at the implementation."""
    terms = opened(world)
    world.open(world.bob, terms)
    message = world.consumption(world.alice, terms, 10)
    signature = world.sign(world.alice, world.alice, message)
    with raises("SubWallet_SignatureInvalid", world.bob):
        world.send_consume(world.bob, terms, message, signature)
    implementation = world.at(world.implementation.address, artefact("SubWallet"))
    with raises("SubWallet_CardNotOpen"):
        implementation.consume(terms, message.values()[1:], signature)
    with raises("SubWallet_SignatureInvalid", world.alice):
        world.consume(world.alice, terms, used=10, signer=world.bob)


def test_pitfall_the_same_authorisation_twice(world: World) -> None:
    """The second time it no longer fits the running total, in whatever spelling the signature comes."""
    terms = opened(world)
    message = world.consumption(world.alice, terms, 10)
    signature = world.sign(world.alice, world.alice, message)
    world.send_consume(world.alice, terms, message, signature)
    for again in (signature, compact(signature)):
        with raises("SubWallet_TotalsNotGrowing"):
            world.send_consume(world.alice, terms, message, again)
    with raises("SubWallet_TotalsNotGrowing"):
        world.consume_many(world.alice, terms, [message] * 2, [signature] * 2)
    assert world.balance(world.shop) == 10


def test_pitfall_replay_after_close_and_reopen(world: World) -> None:
    """A closed card stays closed; buying the product again makes another card with another id."""
    terms = opened(world)
    message = world.consumption(world.alice, terms, 10)
    signature = world.sign(world.alice, world.alice, message)
    leave = world.termination(world.alice, terms)
    leaving = world.sign(world.alice, world.alice, leave)
    wallet = world.wallet(world.alice)
    wallet.terminateBySig(terms, 0, leave.deadline, leaving)
    for via in ("open", "sig", "permit", "authorization"):
        with raises("SubWallet_CardExists"):
            world.open(world.alice, terms, via)
    with raises("SubWallet_CardNotOpen", ..., CLOSED):
        world.send_consume(world.alice, terms, message, signature)
    again = terms.bought(salt=terms.salt + 1, buy_by=terms.buy_by)
    world.open(world.alice, again)
    with raises("SubWallet_SignatureInvalid"):
        world.send_consume(world.alice, again, message, signature)
    with raises("SubWallet_SignatureInvalid"):
        wallet.terminateBySig(again, 0, leave.deadline, leaving)


def test_pitfall_an_old_unused_authorisation_or_a_stolen_key(world: World) -> None:
    """It ends with its deadline, and one bump of the epoch voids all that is outstanding at once."""
    terms = opened(world, takes_vouchers=1)
    world.consume(world.alice, terms, used=5)
    late = world.now + 10**9
    use = world.consumption(world.alice, terms, 50_000, deadline=late)
    voucher = world.voucher(world.alice, terms, 60_000, deadline=late)
    leave = world.termination(world.alice, terms, deadline=late)
    signed = [world.sign(world.alice, world.alice, message) for message in (use, voucher, leave)]
    world.wallet(world.alice).bumpEpoch(world.card_id(world.alice, terms), 1, sender=world.alice)
    with raises("SubWallet_EpochVoided"):
        world.send_consume(world.alice, terms, use, signed[0])
    with raises("SubWallet_EpochVoided"):
        world.wallet(world.alice).redeem(terms, voucher.values()[1:], signed[1])
    with raises("SubWallet_SignatureInvalid"):
        world.wallet(world.alice).terminateBySig(terms, 0, late, signed[2])
    short = world.consumption(world.alice, terms, 70_000, deadline=world.now)
    signature = world.sign(world.alice, world.alice, short)
    world.advance(1)
    with raises("SubWallet_DeadlinePassed"):
        world.send_consume(world.alice, terms, short, signature)
    assert world.card(world.alice, terms).held == 99_995


def test_pitfall_one_owner_behind_several_contract_wallets(world: World) -> None:
    """One key signs for two contract accounts; what it signs for one is void for the other."""
    key = world.account("one key")
    accounts = [world.deploy("RecoverableOwner", key, world.stranger) for _ in range(2)]
    people = [Account("one key", address=each.address) for each in accounts]
    terms = world.terms()
    for person in people:
        world.fund(person, 300_000)
        world.open(person, terms, "authorization")
    message = world.consumption(people[0], terms, 10)
    signature = world.sign(key, people[0], message)
    with raises("SubWallet_SignatureInvalid", people[1]):
        world.send_consume(people[1], terms, message, signature)
    world.send_consume(people[0], terms, message, signature)
    other = world.terms()
    payment = world.sign_authorization(key, people[0], other)
    with raises("SubWallet_SignatureInvalid", people[1]):
        world.wallet(people[1]).openWithAuthorization(other, payment)
    world.wallet(people[0]).openWithAuthorization(other, payment)


def test_pitfall_malleable_signature_and_zero_signer(world: World) -> None:
    """The other s, other v and signatures of nobody are refused, for owners with a key and for contracts."""
    terms = opened(world)
    message = world.consumption(world.alice, terms, 10)
    good = world.sign(world.alice, world.alice, message)
    r, s, v = good[:32], int.from_bytes(good[32:64]), good[64]
    high = (ORDER - s).to_bytes(32)
    flipped = 55 - v
    wrong = [
        r + high + bytes([flipped]),
        r + high + bytes([v]),
        r + good[32:64] + bytes([flipped]),
        r + good[32:64] + bytes([v - 27]),
        r + good[32:64] + bytes([v + 8]),
        bytes(65),
        bytes(64) + b"\x1b",
        bytes(64),
        b"\xff" * 65,
        good + b"\0",
        good[:-2],
        b"",
    ]
    for signature in wrong:
        with raises("SubWallet_SignatureInvalid", world.alice):
            world.send_consume(world.alice, terms, message, signature)
    world.send_consume(world.alice, terms, message, good)
    # A contract account whose key is the zero address takes none of them either.
    nobody = world.deploy("RecoverableOwner", "0x" + "00" * 20, world.stranger)
    assert [nobody.isValidSignature(bytes(32), each) for each in wrong] == [b"\xff" * 4] * len(wrong)


def test_pitfall_wrong_type_hash_or_field_order(world: World) -> None:
    """Type hashes and a digest of each message: ours, the contract's, eth_account's; more in tests/eip712."""
    from eth_account import Account as EthAccount
    from eth_account.messages import encode_typed_data

    probe, wallet = world.deploy("TypedMessages"), world.wallet(world.alice)
    terms = opened(world, takes_vouchers=1)
    id_, until = world.card_id(world.alice, terms), world.now + 60
    messages = [
        terms,
        world.consumption(world.alice, terms, 10),
        world.voucher(world.alice, terms, 20),
        Terminate(id_, 3, until, 1),
        BumpEpoch(id_, 1, until),
        Redirect(id_, world.bob.address, until),
        Certificate(id_, 3, 4, bytes(range(32)), until, 1),
        Transfer(id_, bytes(range(32)), 3, until, 1),
    ]
    schemas = [*(message.SCHEMA for message in messages), ReceiveWithAuthorization.SCHEMA]
    assert [schema.type_hash for schema in schemas] == list(probe.typeHashes())
    domain = world.domain(world.alice)
    for message in messages:
        document = encode_typed_data(full_message=to_typed_data(message, domain))
        theirs = EthAccount.sign_message(document, world.alice.key).signature
        assert bytes(theirs) == world.alice.sign(message, domain)
        digest = probe.digest(probe.domain(CHAIN_ID, wallet), message.struct_hash())
        assert world.alice.sign_digest(digest) == bytes(theirs)
    assert terms.struct_hash() == probe.hashTerms(terms)
    assert messages[1].struct_hash() == probe.hashConsumption(id_, messages[1].values()[1:])


def test_pitfall_expiry_off_by_one(world: World) -> None:
    """Each message is good in its last second and void in the next; one predicate for all."""
    until = world.now + 100
    terms, fresh = opened(world, takes_vouchers=1), world.terms(buy_by=until)
    attempts: dict[str, Any] = {
        "open": lambda: world.open(world.alice, fresh),
        "sig": lambda: world.open(world.alice, fresh, "sig"),
        "permit": lambda: world.open(world.alice, fresh, "permit"),
        "authorization": lambda: world.open(world.alice, fresh, "authorization"),
        "consume": lambda: world.consume(world.alice, terms, used=1, deadline=until),
        "redeem": lambda: world.redeem(world.alice, terms, used=1, deadline=until),
        "terminate": lambda: world.terminate(world.alice, terms, deadline=until),
        "bump": lambda: world.bump_epoch(world.alice, terms, 1, deadline=until),
    }
    for attempt in attempts.values():
        for moment in (until - 1, until):
            with world.rollback():
                world.warp(moment)
                attempt()
        with world.rollback():
            world.warp(until + 1)
            with raises("SubWallet_DeadlinePassed", until, until + 1):
                attempt()


def test_pitfall_a_signature_with_no_use(world: World) -> None:
    """One that raises neither total is refused, so it can neither be kept nor replayed to raise one."""
    terms = opened(world, takes_vouchers=1)
    with raises("SubWallet_TotalsNotGrowing", 0, 0, 0, 0):
        world.consume(world.alice, terms, used=0)
    with raises("SubWallet_TotalsNotGrowing", 0, 0, 0, 0):
        world.redeem(world.alice, terms, used=0)
    world.consume(world.alice, terms, used=10, listed_after=20)
    for used, listed in ((10, 20), (10, 19), (9, 21)):
        with raises("SubWallet_TotalsNotGrowing", 10, used, 20, listed):
            world.consume(world.alice, terms, used=used, listed_after=listed, max_pay=0)


def test_pitfall_an_account_with_delegated_code_is_taken_for_a_contract(world: World) -> None:
    """Its key's signature counts, whatever the delegate would say; and nobody else's."""
    owner = world.deploy("HostileOwner")
    terms = opened(world)
    delegate = bytes.fromhex("ef0100") + bytes.fromhex(owner.address[2:])
    world.put_code(world.alice.address, delegate)
    assert world.consume(world.alice, terms, used=10) == 10
    with raises("SubWallet_SignatureInvalid", world.alice):
        world.consume(world.alice, terms, used=20, signer=world.bob)
    world.open(world.alice, world.terms(), "authorization")
    assert world.terminate(world.alice, terms) == 99_990


@pytest.mark.parametrize("answer", range(8))
def test_pitfall_a_contract_owner_that_answers_wrongly(world: World, answer: int) -> None:
    """Of all its answers only a whole word that is the magic value and nothing else counts."""
    owner = world.deploy("HostileOwner")
    wallet, terms = world.wallet(owner), world.terms()
    world.fund(owner)
    owner.execute(world.yuan, world.yuan.encode("approve", wallet, 10**9))
    owner.execute(wallet, wallet.encode("open", terms))
    message = world.consumption(owner, terms, 10)
    owner.decide(answer)
    # 1 says yes; 5 says yes and adds bytes behind the word, which harm nobody.
    if answer in (1, 5):
        assert world.send_consume(owner, terms, message, keccak256(b"any")) == 10
    else:
        with raises("SubWallet_SignatureInvalid", owner):
            world.send_consume(owner, terms, message, keccak256(b"any"))
    # Whatever it answers, the owner itself can always leave.
    owner.execute(wallet, wallet.encode("terminate", terms, 0))
    assert world.card(owner, terms).status == CLOSED
