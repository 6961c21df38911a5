"""One card's life with Brownie's compiler output, on anvil, signed by the wallet library under web3 7.16."""

from __future__ import annotations

from typing import Any

import brownie
import pytest
import web3
from brownie import MerchantRegistry, chain

from scripts.demo import Stage
from wallet.eip712.messages import BumpEpoch, Consume, Terminate
from wallet.terms import Terms


@pytest.fixture
def card(stage: Stage) -> tuple[Any, Terms, bytes]:
    """A card of 1000 yuan with 300 given, bought by allowance: sub-wallet, terms, id."""
    sub_wallet, terms = stage.sub_wallet(), stage.terms(1_000_00, 300_00)
    stage.yuan.approve(sub_wallet, terms.principal, {"from": stage.consumer})
    opened = sub_wallet.open(terms.values(), {"from": stage.consumer})
    return sub_wallet, terms, bytes(opened.return_value)


def consume(stage: Stage, sub_wallet: Any, terms: Terms, message: Consume, *, signer: Any = None) -> Any:
    signature = stage.sign(message, signer=signer)
    return sub_wallet.consume(terms.values(), message.values()[1:], signature, {"from": stage.relayer})


def refused(error: str) -> Any:
    """A context in which the contract must revert with the custom error named."""
    return brownie.reverts(revert_pattern=rf"{error}.*")


def test_the_older_web3_is_the_one_in_use() -> None:
    assert web3.__version__.startswith("7.16")


def test_money_freezes_in_the_consumers_own_sub_wallet(stage: Stage, card: tuple[Any, Terms, bytes]) -> None:
    sub_wallet, terms, card_id = card
    assert sub_wallet.owner() == stage.consumer
    assert card_id == terms.card_id(stage.domain()), "the library computes the contract's own id"
    assert stage.yuan.balanceOf(sub_wallet) == 1_000_00
    assert stage.yuan.balanceOf(stage.merchant) == 0


def test_one_signature_pays_and_opens(stage: Stage) -> None:
    """ERC-3009: no allowance, no gas of the consumer's."""
    sub_wallet, terms = stage.sub_wallet(), stage.terms(500_00)
    tx = sub_wallet.openWithAuthorization(
        terms.values(), stage.purchase_authorisation(terms), {"from": stage.relayer}
    )
    assert bytes(tx.return_value) == terms.card_id(stage.domain())
    assert tx.events["Opened"]["merchant"] == stage.merchant
    assert stage.yuan.balanceOf(sub_wallet) == 500_00


def test_a_consumption_moves_exactly_what_was_authorised(
    stage: Stage, card: tuple[Any, Terms, bytes]
) -> None:
    sub_wallet, terms, card_id = card
    first = consume(stage, sub_wallet, terms, stage.consumption(card_id, 30_00, 23_07, "C-17"))
    assert first.events["Consumed"]["paid"] == 23_07
    second = consume(stage, sub_wallet, terms, stage.consumption(card_id, 130_00, 76_93, "C-18"))
    assert second.events["Consumed"]["paid"] == 76_93
    assert second.events["Consumed"]["released"] == 100_00
    assert stage.yuan.balanceOf(stage.merchant) == 100_00
    assert stage.yuan.balanceOf(sub_wallet) == 900_00


def test_the_rest_comes_back(stage: Stage, card: tuple[Any, Terms, bytes]) -> None:
    sub_wallet, terms, card_id = card
    consume(stage, sub_wallet, terms, stage.consumption(card_id, 130_00, 100_00, "C-17"))
    message = Terminate(card_id, 900_00, chain.time() + 60, 0)
    tx = sub_wallet.terminateBySig(
        terms.values(), message.min_refund, message.deadline, stage.sign(message), {"from": stage.relayer}
    )
    assert tx.events["Closed"]["refund"] == 900_00
    assert stage.yuan.balanceOf(stage.consumer) == 1_900_00
    assert stage.yuan.balanceOf(sub_wallet) == 0


def test_the_consumer_ends_it_without_anybody(stage: Stage, card: tuple[Any, Terms, bytes]) -> None:
    sub_wallet, terms, _ = card
    sub_wallet.terminate(terms.values(), 1_000_00, {"from": stage.consumer})
    assert stage.yuan.balanceOf(stage.consumer) == 2_000_00


def test_refuses_a_signature_that_is_not_the_consumers(stage: Stage, card: tuple[Any, Terms, bytes]) -> None:
    sub_wallet, terms, card_id = card
    message = stage.consumption(card_id, 30_00, 23_07, "C-17")
    with refused("SubWallet_SignatureInvalid"):
        consume(stage, sub_wallet, terms, message, signer=stage.merchant)


def test_refuses_the_same_consumption_twice(stage: Stage, card: tuple[Any, Terms, bytes]) -> None:
    sub_wallet, terms, card_id = card
    message = stage.consumption(card_id, 30_00, 23_07, "C-17")
    consume(stage, sub_wallet, terms, message)
    with refused("SubWallet_TotalsNotGrowing"):
        consume(stage, sub_wallet, terms, message)
    assert stage.yuan.balanceOf(stage.merchant) == 23_07


def test_refuses_more_than_was_authorised(stage: Stage, card: tuple[Any, Terms, bytes]) -> None:
    sub_wallet, terms, card_id = card
    with refused("SubWallet_PaysTooMuch"):
        consume(stage, sub_wallet, terms, stage.consumption(card_id, 30_00, 23_06, "C-17"))


def test_refuses_after_the_deadline(stage: Stage, card: tuple[Any, Terms, bytes]) -> None:
    sub_wallet, terms, card_id = card
    message = stage.consumption(card_id, 30_00, 23_07, "C-17")
    chain.sleep(301)
    chain.mine()
    with refused("SubWallet_DeadlinePassed"):
        consume(stage, sub_wallet, terms, message)


def test_a_new_epoch_voids_what_was_signed(stage: Stage, card: tuple[Any, Terms, bytes]) -> None:
    sub_wallet, terms, card_id = card
    message = stage.consumption(card_id, 30_00, 23_07, "C-17")
    bump = BumpEpoch(card_id, 1, chain.time() + 60)
    sub_wallet.bumpEpochBySig(card_id, 1, bump.deadline, stage.sign(bump), {"from": stage.relayer})
    with refused("SubWallet_EpochVoided"):
        consume(stage, sub_wallet, terms, message)


def test_refuses_a_card_of_a_merchant_that_may_not_sell(stage: Stage) -> None:
    stage.merchants.suspend(stage.merchant, {"from": stage.operator})
    sub_wallet, terms = stage.sub_wallet(), stage.terms(1_000_00)
    stage.yuan.approve(sub_wallet, terms.principal, {"from": stage.consumer})
    with refused("SubWallet_MerchantMayNotSell"):
        sub_wallet.open(terms.values(), {"from": stage.consumer})


def test_the_registry_admits_pure_code_only(stage: Stage) -> None:
    """Brownie compiles with metadata behind the code; that does no harm, reading the chain does."""
    assert stage.templates.isAdmitted(stage.stored_value)
    impure = MerchantRegistry.deploy(stage.operator, {"from": stage.operator})
    with refused("TemplateRegistry_NotPure"):
        stage.templates.register(impure, {"from": stage.operator})
