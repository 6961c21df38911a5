"""Who stands behind a card, and what happens when it ends short: `sub_wallet_cover.tree`."""

from __future__ import annotations

from typing import Any

import pytest

from tests.contracts.evm import Contract
from tests.contracts.harness import CLOSED, NONE, OPEN, OWING, RICH, SHORT, Refused, World, raises
from wallet.eip712 import cover_hash
from wallet.terms import LIST, Terms

ACCEPTS, REFUSES, BURNS_GAS = range(3)


@pytest.fixture
def guarantor(world: World) -> Contract:
    """A guarantor that accepts every card until it is told otherwise."""
    return world.deploy("HostileGuarantor")


def short(world: World) -> Terms:
    """Alice's card of 1000 yuan that ended 600 short: had in advance, nothing used."""
    terms = world.terms(custody_bps=4_000, advance=60_000)
    world.open(world.alice, terms)
    world.wallet(world.alice).terminate(terms, 0, sender=world.alice)
    assert world.card(world.alice, terms)[3::2] == (60_000, SHORT, 0)
    return terms


def test_open_covered_opens_when_each_guarantor_of_the_terms_accepts_the_card_once_with_its_limit(
    world: World, guarantor: Contract
) -> None:
    second = world.deploy("HostileGuarantor")
    terms = world.terms(pledges=[(guarantor, 70_000), (second, 5)])
    card = world.open(world.alice, terms)
    assert world.card(world.alice, terms).status == OPEN
    for each, limit in ((guarantor, 70_000), (second, 5)):
        assert (each.asked(), each.lastCard(), each.lastLimit()) == (1, card, limit)


def test_open_covered_shows_the_guarantor_a_card_that_is_written_down_and_paid_for(
    world: World, guarantor: Contract
) -> None:
    terms = world.terms(pledges=[(guarantor, 1)], custody_bps=4_000, advance=60_000)
    world.open(world.alice, terms)
    assert guarantor.seen() == (0, 0, 0, 100_000, world.now, OPEN, 0, 0)


def test_open_covered_emits_the_terms_in_full(world: World, guarantor: Contract) -> None:
    terms = world.terms(pledges=[(guarantor, 1)])
    world.open(world.alice, terms)
    assert world.named("Opened")[0].args["terms"] == terms.values()


def test_open_covered_reverts_when_a_guarantor_refuses_burns_its_gas_or_is_another_than_the_terms_name(
    world: World, guarantor: Contract
) -> None:
    other = world.deploy("HostileGuarantor")
    terms, wallet = world.terms(pledges=[(other, 1), (guarantor, 1)]), world.wallet(world.alice)
    guarantor.decide(REFUSES)
    with raises("NotThisOne", world.card_id(world.alice, terms)):
        world.open(world.alice, terms)
    guarantor.decide(BURNS_GAS)
    with pytest.raises(Refused):
        world.open(world.alice, terms)
    assert (world.card(world.alice, terms).status, world.balance(world.alice)) == (NONE, RICH)
    assert other.asked() == 0
    guarantor.decide(ACCEPTS)
    for wrong in (
        [(other, 1)],
        [(guarantor, 1), (other, 1)],
        [(other, 1), (guarantor, 2)],
        [(other, 1), (guarantor, 1), (world.deploy("HostileGuarantor"), 1)],
    ):
        plain = [(each.address, limit) for each, limit in wrong]
        with raises("SubWallet_CoverMismatch", terms.cover, cover_hash(plain)):
            wallet.openCovered(terms, wrong, sender=world.alice)


def test_open_covered_reverts_for_no_guarantors_for_five_for_one_named_twice_without_a_limit_or_without_code(
    world: World, guarantor: Contract
) -> None:
    five = [(world.deploy("HostileGuarantor"), 1) for _ in range(5)]
    wallet = world.wallet(world.alice)

    def refused(pledges: list[tuple[Any, int]], *error: Any) -> None:
        with raises(*error):
            wallet.openCovered(world.terms(cover=raw_hash(pledges)), pledges, sender=world.alice)

    refused([], "SubWallet_TermsInvalid", "cover", 0)
    refused(five, "SubWallet_TermsInvalid", "cover", 5)
    refused([*five[:2], (five[0][0], 9)], "SubWallet_PledgeUnfit", 2, five[0][0], 9)
    refused([*five[:3], (guarantor, 0)], "SubWallet_PledgeUnfit", 3, guarantor, 0)
    refused([(world.bob, 1)], "SubWallet_PledgeUnfit", 0, world.bob, 1)
    world.open(world.alice, world.terms(pledges=five[:4]))


def raw_hash(pledges: list[tuple[Any, int]]) -> bytes:
    """Hash of the list's ABI encoding, whatever it says."""
    from wallet.bindings.abi import encode
    from wallet.keccak import keccak256

    return keccak256(encode("((address,uint256)[])", ([(who.address, limit) for who, limit in pledges],)))


def test_open_covered_reverts_for_anyone_but_the_consumer(world: World, guarantor: Contract) -> None:
    terms = world.terms(pledges=[(guarantor, 1)])
    for other in (world.bob, world.shop, world.operator):
        with raises("SubWallet_NotConsumer", other, world.alice):
            world.open(world.alice, terms, sender=other)


def test_open_covered_reverts_for_terms_that_name_no_cover(world: World, guarantor: Contract) -> None:
    with raises("SubWallet_CoverMismatch", bytes(32)):
        world.wallet(world.alice).openCovered(world.terms(), [(guarantor, 1)], sender=world.alice)


def test_open_covered_lets_no_guarantor_back_in(world: World, guarantor: Contract) -> None:
    wallet, other = world.wallet(world.alice), world.terms()
    world.open(world.alice, other)
    use = world.consumption(world.alice, other, 500)
    signature = world.sign(world.alice, world.alice, use)
    for name, arguments in (
        ("consume", (other, use.values()[1:], signature)),
        ("settle", (other,)),
        ("applyFinding", (other,)),
    ):
        with world.rollback():
            guarantor.reenter(wallet.encode(name, *arguments))
            world.open(world.alice, world.terms(pledges=[(guarantor, 1)]))
            assert not guarantor.gotIn()
            assert world.explain(guarantor.reason()).name == "ReentrancyGuardReentrantCall"
            assert world.balance(wallet) == 200_000


def test_open_covered_with_authorization_opens_with_one_signature(world: World, guarantor: Contract) -> None:
    terms = world.terms(pledges=[(guarantor, 1)])
    world.open(world.alice, terms, "authorization", sender=world.bob)
    assert (world.card(world.alice, terms).held, guarantor.asked()) == (100_000, 1)


def test_open_covered_with_authorization_reverts_for_another_list_of_guarantors_than_was_signed(
    world: World, guarantor: Contract
) -> None:
    terms, wallet = world.terms(pledges=[(guarantor, 1)]), world.wallet(world.alice)
    signature = world.sign_authorization(world.alice, world.alice, terms)
    with raises("SubWallet_CoverMismatch"):
        wallet.openCoveredWithAuthorization(terms, [(guarantor, 2)], signature)


def test_open_covered_with_authorization_reverts_for_a_signature_that_is_not_the_consumers(
    world: World, guarantor: Contract
) -> None:
    terms = world.terms(pledges=[(guarantor, 1)])
    with raises("SubWallet_SignatureInvalid", world.alice):
        world.open(world.alice, terms, "authorization", signer=world.shop)


def test_advance_leaves_after_the_guarantors_have_accepted(world: World, guarantor: Contract) -> None:
    terms = world.terms(pledges=[(guarantor, 60_000)], custody_bps=4_000, advance=60_000)
    for via in ("open", "authorization"):
        with world.rollback():
            world.open(world.alice, terms, via)
            assert guarantor.seen()[3] == 100_000
            assert world.balance(world.shop) == 60_000
    guarantor.decide(REFUSES)
    with raises("NotThisOne"):
        world.open(world.alice, terms)
    assert world.balance(world.shop) == 0


def test_uncovered_reverts_in_every_other_way_of_opening_for_terms_that_name_a_cover(world: World) -> None:
    terms = world.terms(cover=b"\x07" * 32)
    for via in ("open", "sig", "permit", "authorization"):
        with raises("SubWallet_TermsInvalid", "cover", int.from_bytes(terms.cover)):
            world.open(world.alice, terms, via)


def test_pay_shortfall_takes_the_payment_from_the_payer_to_the_consumer_and_nowhere_else(
    world: World,
) -> None:
    terms, wallet = short(world), world.wallet(world.alice)
    before = world.balance(world.alice), world.balance(wallet), world.balance(world.bob)
    world.yuan.approve(wallet, 25_000, sender=world.bob)
    assert wallet.payShortfall(terms, 25_000, sender=world.bob) == 35_000
    after = world.balance(world.alice), world.balance(wallet), world.balance(world.bob)
    assert after == (before[0] + 25_000, before[1], before[2] - 25_000)
    assert world.named("ShortfallPaid")[0].args == {
        "card": world.card_id(world.alice, terms),
        "payer": world.bob.address,
        "amount": 25_000,
        "left": 35_000,
    }


def test_pay_shortfall_closes_the_card_with_the_last_fen(world: World) -> None:
    terms, wallet = short(world), world.wallet(world.alice)
    world.yuan.approve(wallet, 60_000, sender=world.bob)
    wallet.payShortfall(terms, 59_999, sender=world.bob)
    assert world.card(world.alice, terms)[3::2] == (1, SHORT, 0)
    wallet.payShortfall(terms, 1, sender=world.bob)
    assert world.card(world.alice, terms)[3::2] == (0, CLOSED, 0)
    with raises("SubWallet_NoShortfall", world.card_id(world.alice, terms), CLOSED):
        wallet.payShortfall(terms, 1, sender=world.bob)


def test_pay_shortfall_may_be_paid_by_anyone_in_parts(world: World) -> None:
    terms, wallet = short(world), world.wallet(world.alice)
    for payer in (world.bob, world.shop, world.stranger):
        world.fund(payer, 20_000)
        world.yuan.approve(wallet, 20_000, sender=payer)
        wallet.payShortfall(terms, 20_000, sender=payer)
    assert world.card(world.alice, terms).status == CLOSED
    assert world.balance(world.alice) == RICH


def test_pay_shortfall_reverts_for_nothing_and_for_more_than_is_missing(world: World) -> None:
    terms, wallet = short(world), world.wallet(world.alice)
    world.yuan.approve(wallet, RICH, sender=world.bob)
    for amount in (0, 60_001, 1 << 48, (1 << 256) - 1):
        with raises("SubWallet_PaymentUnfit", amount, 60_000):
            wallet.payShortfall(terms, amount, sender=world.bob)


def test_pay_shortfall_reverts_without_the_payers_leave(world: World) -> None:
    terms, wallet = short(world), world.wallet(world.alice)
    with raises("ERC20InsufficientAllowance", wallet, 0, 60_000):
        wallet.payShortfall(terms, 60_000, sender=world.bob)
    assert world.card(world.alice, terms).held == 60_000


def test_pay_shortfall_reverts_for_a_card_that_is_not_short(world: World) -> None:
    wallet = world.wallet(world.alice)
    terms, owing = world.terms(), world.terms(bonus=30_000, consumer_formula=LIST)
    world.open(world.alice, terms)
    world.open(world.alice, owing)
    world.consume(world.alice, owing, used=3_000)
    wallet.terminate(owing, 0, sender=world.alice)
    for card, status in ((world.terms(), NONE), (terms, OPEN), (owing, OWING)):
        with raises("SubWallet_NoShortfall", world.card_id(world.alice, card), status):
            wallet.payShortfall(card, 1, sender=world.bob)


def test_pay_shortfall_leaves_the_wallets_other_cards_and_its_sweep_alone(world: World) -> None:
    terms, wallet = short(world), world.wallet(world.alice)
    other = world.terms()
    world.open(world.alice, other)
    world.yuan.transfer(wallet, 7, sender=world.bob)
    world.yuan.approve(wallet, 10, sender=world.bob)
    wallet.payShortfall(terms, 10, sender=world.bob)
    cards = sorted([terms, other], key=lambda each: world.card_id(world.alice, each))
    assert wallet.sweep(world.yuan, cards, sender=world.alice) == 7
    assert world.card(world.alice, other).held == world.balance(wallet) == 100_000
