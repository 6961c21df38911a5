"""One card's life with Brownie's compiler output, on anvil, signed by the wallet library under web3 7.16."""

from __future__ import annotations

from typing import Any

import brownie
import web3
from brownie import MerchantRegistry, chain

from scripts.deploy import Platform
from wallet.eip712.messages import BumpEpoch, Consume
from wallet.terms import Terms


def refused(error: str) -> Any:
    """A context in which the contract must revert with the custom error named."""
    return brownie.reverts(revert_pattern=rf"{error}.*")


def test_the_older_web3_is_the_one_in_use() -> None:
    assert web3.__version__.startswith("7.16")


def test_money_freezes_in_the_consumers_own_sub_wallet(
    platform: Platform, token: Any, sub_wallet: Any, terms: Terms, card: bytes
) -> None:
    assert sub_wallet.owner() == platform.consumer
    assert card == terms.card_id(platform.domain()), "the library computes the contract's own id"
    assert token.balanceOf(sub_wallet) == platform.held(card) == 1_000_00
    assert token.balanceOf(platform.merchant) == 0


def test_a_sub_wallet_stands_where_the_factory_said(platform: Platform, factory: Any) -> None:
    address = factory.walletOf(platform.consumer)
    factory.create(platform.consumer, {"from": platform.relayer})
    assert platform.sub_wallet() == address


def test_one_signature_pays_and_opens(platform: Platform, token: Any, sub_wallet: Any) -> None:
    """ERC-3009: no allowance, no gas of the consumer's."""
    terms = platform.terms(500_00)
    signature = platform.purchase_authorisation(terms)
    tx = sub_wallet.openWithAuthorization(terms.values(), signature, {"from": platform.relayer})
    assert bytes(tx.return_value) == terms.card_id(platform.domain())
    assert tx.events["Opened"]["merchant"] == platform.merchant
    assert token.balanceOf(sub_wallet) == 500_00
    assert platform.consumer.nonce == 0


def test_an_allowance_pays_too(platform: Platform, token: Any, sub_wallet: Any, terms: Terms) -> None:
    token.approve(sub_wallet, terms.principal, {"from": platform.consumer})
    sub_wallet.open(terms.values(), {"from": platform.consumer})
    assert token.balanceOf(sub_wallet) == 1_000_00


def test_a_consumption_moves_exactly_what_was_authorised(
    platform: Platform, token: Any, sub_wallet: Any, terms: Terms, card: bytes, charge: Consume
) -> None:
    assert platform.consume(terms, charge).events["Consumed"]["paid"] == 23_07
    second = platform.consume(terms, platform.consumption(card, 130_00, 76_93, "C-18"))
    assert second.events["Consumed"]["paid"] == 76_93
    assert second.events["Consumed"]["released"] == 100_00
    assert token.balanceOf(platform.merchant) == 100_00
    assert token.balanceOf(sub_wallet) == 900_00


def test_the_rest_comes_back(
    platform: Platform, token: Any, sub_wallet: Any, terms: Terms, card: bytes
) -> None:
    platform.consume(terms, platform.consumption(card, 130_00, 100_00, "C-17"))
    tx = platform.terminate(terms, platform.termination(card, 900_00))
    assert tx.events["Closed"]["refund"] == 900_00
    assert token.balanceOf(platform.consumer) == 1_900_00
    assert token.balanceOf(sub_wallet) == 0


def test_the_consumer_ends_it_without_anybody(
    platform: Platform, token: Any, sub_wallet: Any, terms: Terms, card: bytes
) -> None:
    sub_wallet.terminate(terms.values(), 1_000_00, {"from": platform.consumer})
    assert token.balanceOf(platform.consumer) == 2_000_00


def test_refuses_a_signature_that_is_not_the_consumers(
    platform: Platform, terms: Terms, charge: Consume
) -> None:
    with refused("SubWallet_SignatureInvalid"):
        platform.consume(terms, charge, signer=platform.merchant)


def test_refuses_the_same_consumption_twice(
    platform: Platform, token: Any, terms: Terms, charge: Consume
) -> None:
    platform.consume(terms, charge)
    with refused("SubWallet_TotalsNotGrowing"):
        platform.consume(terms, charge)
    assert token.balanceOf(platform.merchant) == 23_07


def test_refuses_more_than_was_authorised(platform: Platform, terms: Terms, card: bytes) -> None:
    with refused("SubWallet_PaysTooMuch"):
        platform.consume(terms, platform.consumption(card, 30_00, 23_06, "C-17"))


def test_refuses_after_the_deadline(platform: Platform, terms: Terms, charge: Consume) -> None:
    chain.sleep(301)
    chain.mine()
    with refused("SubWallet_DeadlinePassed"):
        platform.consume(terms, charge)


def test_a_new_epoch_voids_what_was_signed(
    platform: Platform, sub_wallet: Any, terms: Terms, card: bytes, charge: Consume
) -> None:
    bump = BumpEpoch(card, 1, chain.time() + 60)
    sub_wallet.bumpEpochBySig(card, 1, bump.deadline, platform.sign(bump), {"from": platform.relayer})
    with refused("SubWallet_EpochVoided"):
        platform.consume(terms, charge)


def test_refuses_a_card_of_a_merchant_that_may_not_sell(platform: Platform, terms: Terms) -> None:
    platform.merchants.suspend(platform.merchant, {"from": platform.operator})
    with refused("SubWallet_MerchantMayNotSell"):
        platform.buy(terms)


def test_the_registry_admits_pure_code_only(platform: Platform) -> None:
    """Brownie compiles with metadata behind the code; that does no harm, reading the chain does."""
    assert all(platform.templates.isAdmitted(address) for address in platform.rules.values())
    impure = MerchantRegistry.deploy(platform.operator, {"from": platform.operator})
    with refused("TemplateRegistry_NotPure"):
        platform.templates.register(impure, {"from": platform.operator})
