"""How a card comes to be: `sub_wallet_open.tree`."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

import pytest

from tests.contracts.craft import OBEDIENT, REVERT, force, template
from tests.contracts.evm import CHAIN_ID
from tests.contracts.harness import OPEN, RICH, Refused, World, raises
from wallet.eip712 import (
    Permit,
    ReceiveWithAuthorization,
    digital_yuan_domain,
    keccak256,
    sub_wallet_domain,
)
from wallet.terms import Terms

WAYS = ["open", "sig", "permit", "authorization"]


def test_open_freezes_the_principal_in_the_consumers_own_wallet(world: World) -> None:
    terms = world.terms()
    world.open(world.alice, terms)
    assert world.balance(world.alice) == RICH - 100_000
    assert world.balance(world.wallet(world.alice)) == 100_000
    assert world.card(world.alice, terms) == (0, 0, 0, 100_000, world.now, OPEN, 0, 0)


def test_open_emits_the_terms_in_full(world: World) -> None:
    terms = world.terms(payee=world.payee, params0=3, bonus=30_000, cooling_days=7)
    card = world.open(world.alice, terms)
    assert world.named("Opened")[0].args == {
        "card": card,
        "merchant": world.shop.address,
        "terms": terms.values(),
    }
    assert [event.name for event in world.events] == ["Opened", "Transfer"]


def test_open_counts_the_card(world: World) -> None:
    for count in (1, 2, 3):
        world.open(world.alice, world.terms())
        assert world.wallet(world.alice).openedCount() == count


def test_open_may_hold_many_cards_of_one_product_with_different_salts(world: World) -> None:
    cards = [world.terms(salt=salt) for salt in (1, 2)]
    for terms in cards:
        world.open(world.alice, terms)
    world.consume(world.alice, cards[0], used=10)
    assert [world.card(world.alice, terms).held for terms in cards] == [99_990, 100_000]


def test_open_reverts_for_anyone_else(world: World) -> None:
    terms = world.terms()
    for other in (world.bob, world.shop, world.operator):
        with raises("SubWallet_NotConsumer", other, world.alice):
            world.open(world.alice, terms, sender=other)


def test_open_reverts_without_an_allowance_or_without_money(world: World) -> None:
    wallet, terms = world.wallet(world.alice), world.terms()
    with raises("ERC20InsufficientAllowance", wallet, 0, 100_000):
        wallet.open(terms, sender=world.alice)
    poor = world.account("poor")
    with raises("ERC20InsufficientBalance", poor, 0, 100_000):
        world.open(poor, terms)


@pytest.mark.parametrize("via", WAYS)
def test_open_reverts_the_second_time_even_after_closing(world: World, via: str) -> None:
    terms = world.terms()
    card = world.open(world.alice, terms)
    with raises("SubWallet_CardExists", card):
        world.open(world.alice, terms, via)
    world.wallet(world.alice).terminate(terms, 0, sender=world.alice)
    with raises("SubWallet_CardExists", card):
        world.open(world.alice, terms, via)


def test_open_by_sig_opens_for_anyone_who_carries_the_consumers_signature(world: World) -> None:
    terms = world.terms()
    world.open(world.alice, terms, "sig", sender=world.bob)
    assert world.card(world.alice, terms).status == OPEN
    assert world.balance(world.bob) == RICH


def test_open_by_sig_reverts_for_anothers_signature(world: World) -> None:
    terms = world.terms()
    with raises("SubWallet_SignatureInvalid", world.alice, world.card_id(world.alice, terms)):
        world.open(world.alice, terms, "sig", signer=world.shop)


def changed(terms: Terms) -> list[Terms]:
    """The same terms with one word changed, for each of the twelve."""
    made = []
    for field in fields(Terms):
        old: Any = getattr(terms, field.name)
        if isinstance(old, str):
            new: Any = "0x" + "11" * 20
        else:
            new = keccak256(old) if isinstance(old, bytes) else old + 1
        made.append(replace(terms, **{field.name: new}))
    return made


def test_open_by_sig_reverts_when_any_word_of_the_terms_was_changed(world: World) -> None:
    terms, wallet = world.terms(), world.wallet(world.alice)
    world.yuan.approve(wallet, RICH, sender=world.alice)
    signature = world.sign(world.alice, world.alice, terms)
    for other in changed(terms):
        with raises("SubWallet_SignatureInvalid", world.alice):
            wallet.openBySig(other, signature)
    wallet.openBySig(terms, signature)


def test_open_by_sig_reverts_for_a_purchase_signed_for_another_wallet_or_chain(world: World) -> None:
    terms, wallet = world.terms(), world.wallet(world.alice)
    world.yuan.approve(wallet, RICH, sender=world.alice)
    elsewhere = [
        world.domain(world.bob),
        sub_wallet_domain(1, wallet.address),
        sub_wallet_domain(CHAIN_ID, world.implementation.address),
        digital_yuan_domain(CHAIN_ID, wallet.address),
    ]
    for domain in elsewhere:
        with raises("SubWallet_SignatureInvalid"):
            wallet.openBySig(terms, world.alice.sign(terms, domain))


def test_open_with_permit_opens_with_a_permit_and_a_purchase_in_one_transaction(world: World) -> None:
    terms = world.terms()
    world.open(world.alice, terms, "permit", sender=world.bob)
    assert world.card(world.alice, terms).held == 100_000
    assert world.yuan.allowance(world.alice, world.wallet(world.alice)) == 0


def permit(world: World, terms: Terms) -> tuple[Any, ...]:
    """Alice's permit for the principal, as its last arguments: until, v, r, s."""
    spender = world.wallet(world.alice).address
    message = Permit(world.alice.address, spender, terms.principal, 0, terms.buy_by)
    made = world.alice.sign(message, digital_yuan_domain(CHAIN_ID, world.yuan.address))
    return terms.buy_by, made[64], made[:32], made[32:64]


def test_open_with_permit_opens_when_the_permit_was_used_up_by_somebody_else(world: World) -> None:
    terms, wallet = world.terms(), world.wallet(world.alice)
    parts = permit(world, terms)
    signature = world.sign(world.alice, world.alice, terms)
    world.yuan.permit(world.alice, wallet, terms.principal, *parts, sender=world.stranger)
    wallet.openWithPermit(terms, *parts, signature)
    assert world.card(world.alice, terms).status == OPEN


def test_open_with_permit_reverts_when_there_is_neither_permit_nor_allowance(world: World) -> None:
    terms, wallet = world.terms(), world.wallet(world.alice)
    signature = world.sign(world.alice, world.alice, terms)
    with raises("ERC20InsufficientAllowance"):
        wallet.openWithPermit(terms, 0, 27, bytes(32), bytes(32), signature)


def test_open_with_permit_reverts_when_the_purchase_is_not_signed(world: World) -> None:
    terms, wallet = world.terms(), world.wallet(world.alice)
    with raises("SubWallet_SignatureInvalid"):
        wallet.openWithPermit(terms, *permit(world, terms), bytes(65))
    assert world.yuan.nonces(world.alice) == 0


def test_open_with_authorization_opens_with_one_signature(world: World) -> None:
    terms = world.terms()
    card = world.open(world.alice, terms, "authorization", sender=world.bob)
    assert world.card(world.alice, terms).held == 100_000
    assert world.yuan.authorizationState(world.alice, card)


def test_open_with_authorization_leaves_no_allowance_behind(world: World) -> None:
    world.open(world.alice, world.terms(), "authorization")
    assert world.yuan.allowance(world.alice, world.wallet(world.alice)) == 0


def test_open_with_authorization_reverts_for_an_authorisation_of_other_terms(world: World) -> None:
    terms, wallet = world.terms(), world.wallet(world.alice)
    signature = world.sign_authorization(world.alice, world.alice, terms)
    for other in changed(terms):
        with pytest.raises(Refused):
            wallet.openWithAuthorization(other, signature)
        assert wallet.openedCount() == 0
    wallet.openWithAuthorization(terms, signature)


def test_open_with_authorization_reverts_for_a_signature_that_is_not_the_consumers(world: World) -> None:
    terms = world.terms()
    for signer in (world.bob, world.shop):
        with raises("SubWallet_SignatureInvalid", world.alice):
            world.open(world.alice, terms, "authorization", signer=signer)
    for signature in (bytes(65), b""):
        with raises("SubWallet_SignatureInvalid", world.alice):
            world.wallet(world.alice).openWithAuthorization(terms, signature)


def test_open_with_authorization_reverts_for_a_token_that_asks_for_nobodys_signature(world: World) -> None:
    token = world.deploy("HostileToken")
    token.mint(world.alice, 5)
    terms, wallet = world.terms(token=token, principal=5), world.wallet(world.alice)
    for signature in (b"", bytes(65), world.sign_authorization(world.bob, world.alice, terms)):
        with raises("SubWallet_SignatureInvalid", world.alice):
            wallet.openWithAuthorization(terms, signature, sender=world.stranger)
    assert wallet.openedCount() == 0
    # Signed for this card it opens, whatever domain the token claims.
    message = ReceiveWithAuthorization(
        world.alice.address, wallet.address, 5, 0, terms.buy_by + 1, world.card_id(world.alice, terms)
    )
    digest = keccak256(b"\x19\x01" + token.DOMAIN_SEPARATOR() + message.struct_hash())
    wallet.openWithAuthorization(terms, world.alice.sign_digest(digest))


def test_open_with_authorization_cannot_be_opened_twice(world: World) -> None:
    terms = world.terms()
    card = world.open(world.alice, terms, "authorization")
    with raises("SubWallet_CardExists", card):
        world.open(world.alice, terms, "authorization")


@pytest.mark.parametrize("via", WAYS)
def test_buy_by_is_the_last_second_in_which_any_way_of_opening_works(world: World, via: str) -> None:
    terms = world.terms(days_to_buy=1)
    for moment in (terms.buy_by - 1, terms.buy_by):
        with world.rollback():
            world.warp(moment)
            world.open(world.alice, terms, via)
    world.warp(terms.buy_by + 1)
    with raises("SubWallet_DeadlinePassed", terms.buy_by, terms.buy_by + 1):
        world.open(world.alice, terms, via)


def refused(world: World, terms: Terms, what: str, value: int) -> None:
    with raises("SubWallet_TermsInvalid", what, value):
        world.open(world.alice, terms)


def test_terms_reverts_for_a_principal_of_zero(world: World) -> None:
    refused(world, force(world.terms(), principal=0), "principal", 0)


def test_terms_reverts_for_an_advance_above_the_principal(world: World) -> None:
    refused(world, force(world.terms(), advance=100_001), "advance", 100_001)
    world.open(world.alice, world.terms(advance=100_000))


def test_terms_reverts_for_custody_above_all_of_it(world: World) -> None:
    refused(world, force(world.terms(), custody_bps=10_001), "custodyBps", 10_001)


def test_terms_reverts_for_an_exit_fee_above_a_tenth(world: World) -> None:
    refused(world, force(world.terms(), exit_fee_bps=1_001), "exitFeeBps", 1_001)
    world.open(world.alice, world.terms(exit_fee_bps=1_000))


LAST = {
    "expiry_policy": 2,
    "schedule": 1,
    "settlement_formula": 3,
    "not_consumer_formula": 3,
    "consumer_formula": 3,
    "cooling_use": 2,
    "gift_rule": 2,
    "list_source": 2,
}
"""The largest number with a meaning in each list of the terms."""


def test_terms_reverts_for_a_choice_beyond_its_list() -> None:
    world = World()
    for name, last in LAST.items():
        head, *rest = name.split("_")
        what = head + "".join(map(str.title, rest))
        for number in range(last + 1, 16):
            refused(world, force(world.terms(), **{name: number}), what, number)
        world.open(world.alice, world.terms(**{name: last}))
    world.open(world.alice, world.terms(**LAST, custody_bps=10_000, ladder1=10_000))
    # A number far beyond its range that runs over into the one above hides neither.
    for numbers in (dict.fromkeys(LAST, 15), {"schedule": 15}, {"schedule": 14, "settlement_formula": 0}):
        with raises("SubWallet_TermsInvalid"):
            world.open(world.alice, force(world.terms(), **numbers))


def test_terms_reverts_for_a_step_of_the_ladder_above_all_of_it() -> None:
    world = World()
    for tier in (1, 2, 3):
        for bps in (10_001, 32_767, 32_768, 42_769, 65_535):
            refused(world, force(world.terms(), **{f"ladder{tier}": bps}), "ladder", bps)
        world.open(world.alice, world.terms(**{f"ladder{tier}": 10_000}))


def test_terms_reverts_for_shares_beyond_their_range_however_far() -> None:
    world = World()
    for bps in (10_001, 32_768, 42_769, 65_535):
        refused(world, force(world.terms(), custody_bps=bps), "custodyBps", bps)
    for bps in (1_001, 32_768, 33_769, 65_535):
        refused(world, force(world.terms(), exit_fee_bps=bps), "exitFeeBps", bps)
    for days in (1, 128, 255):
        refused(world, force(world.terms(), pause_max_days=days), "pauseMaxDays", days)
        refused(world, force(world.terms(), confirm_hours=days), "confirmHours", days)
    everything = {"term_days": 65_535, "cooling_days": 255, "refund_days": 255, "accrual_days": 255}
    rates = {"rate_merchant": 65_535, "rate_consumer": 65_535, "rate_supervised": 65_535}
    flags = {"takes_vouchers": 1, "refund_on_closure": 1, "ladder_for_all": 1}
    world.open(world.alice, force(world.terms(), **everything, **rates, **flags))


def test_terms_reverts_when_the_payee_is_the_wallet_itself(world: World) -> None:
    wallet = world.wallet(world.alice)
    refused(world, world.terms(payee=wallet), "payee", int(wallet.address, 16))
    world.open(world.alice, world.terms(payee=world.wallet(world.bob)))


def test_terms_reverts_for_a_cover_that_no_guarantor_has_accepted(world: World) -> None:
    refused(world, world.terms(cover=b"\x07" * 32), "cover", int.from_bytes(b"\x07" * 32))


def test_terms_reverts_for_a_token_without_code(world: World) -> None:
    for nothing in (world.bob.address, "0x" + "00" * 20):
        terms = world.terms(token=nothing)
        wallet = world.wallet(world.alice)
        signature = world.sign(world.alice, world.alice, terms)
        for name, arguments in (
            ("open", ()),
            ("openBySig", (signature,)),
            ("openWithPermit", (0, 27, bytes(32), bytes(32), signature)),
        ):
            with raises("SubWallet_TokenHasNoCode", terms.token):
                wallet.send(name, terms, *arguments, sender=world.alice)


def test_terms_reverts_for_a_template_that_was_not_admitted(world: World) -> None:
    for other in (world.deploy("StoredValue"), world.yuan, world.bob):
        with raises("SubWallet_TemplateNotAdmitted", other):
            world.open(world.alice, world.terms(template=other))


def test_terms_reverts_for_a_template_without_code(world: World) -> None:
    for salt in (bytes(32), keccak256(b"")):
        ghost = world.templates.addressOf(salt)
        if salt != bytes(32):
            world.evm.set_balance(ghost, 1)
        with raises("SubWallet_TemplateNotAdmitted", ghost):
            world.open(world.alice, world.terms(template=ghost))


def test_terms_reverts_for_a_merchant_that_may_not_sell(world: World) -> None:
    with raises("SubWallet_MerchantMayNotSell", world.stranger):
        world.open(world.alice, world.terms(merchant=world.stranger))
    for say in ("suspend", "stop", "close"):
        with world.rollback():
            world.merchants.send(say, world.shop, sender=world.operator)
            with raises("SubWallet_MerchantMayNotSell", world.shop):
                world.open(world.alice, world.terms())


def test_advance_pays_the_payee_no_more_than_the_template_and_the_terms_allow(world: World) -> None:
    obedient = world.admit(OBEDIENT)
    for asked, allowed, paid in ((700, 500, 500), (300, 500, 300), (2**255, 100_000, 100_000)):
        terms = world.terms(template=obedient, params0=asked, advance=allowed, payee=world.payee)
        before = world.balance(world.payee)
        card = world.open(world.alice, terms)
        assert world.balance(world.payee) - before == paid
        assert world.named("Advanced")[0].args == {"card": card, "paid": paid}
        state = world.card(world.alice, terms)
        assert (state.released, state.held) == (paid, 100_000 - paid)


def test_advance_pays_nothing_when_the_terms_name_none(world: World) -> None:
    terms = world.terms(template=world.admit(OBEDIENT), params0=2**255)
    world.open(world.alice, terms)
    assert world.balance(world.shop) == 0
    # And a template that asks for nothing gets nothing.
    world.open(world.alice, world.terms(advance=500))
    assert world.balance(world.shop) == 0
    assert not world.named("Advanced")


def test_advance_is_refunded_like_any_release_when_the_card_ends(world: World) -> None:
    terms = world.terms(custody_bps=4_000, advance=60_000)
    world.open(world.alice, terms)
    assert world.balance(world.shop) == 60_000
    refund = world.wallet(world.alice).terminate(terms, 0, sender=world.alice)
    # Nothing was used: all is owed, 400 yuan are held, the rest is the shortfall.
    assert (refund, world.card(world.alice, terms).held) == (40_000, 60_000)


def test_advance_reverts_when_the_template_fails(world: World) -> None:
    failing = world.admit(template(REVERT, REVERT))
    with raises("SubWallet_TemplateFailed", failing):
        world.open(world.alice, world.terms(template=failing, advance=1))
    world.open(world.alice, world.terms(template=failing))


def test_card_id_is_the_digest_that_the_wallet_computes(world: World) -> None:
    terms = world.terms(bonus=5, payee=world.payee, cooling_days=7)
    assert world.wallet(world.alice).cardId(terms) == terms.card_id(world.domain(world.alice))


def test_card_id_differs_in_every_word_of_the_terms(world: World) -> None:
    terms, wallet = world.terms(), world.wallet(world.alice)
    assert len({wallet.cardId(each) for each in (terms, *changed(terms))}) == 13
