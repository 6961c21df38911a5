"""The fixtures, as a person's own tests would use them."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from wallet.bindings.digital_yuan import DigitalYuan
from wallet.bindings.errors import TemplateOverdrawn
from wallet.errors import InvalidInput
from wallet.services.sending import send
from wallet.services.transfer import preview_transfer, transfer
from wallet.signing.signer import KeySigner
from wallet.testing import Lab, Platform


def test_a_card_is_bought_used_and_ended(
    prepaid_platform: Platform,
    card: str,
    merchant: KeySigner,
    money: Callable[[KeySigner], int],
    assert_conserved: Callable[[], None],
) -> None:
    assert prepaid_platform.use(card, 3_000) == money(merchant) == 2_307
    assert_conserved()
    assert prepaid_platform.leave(card).refund == 97_693
    assert prepaid_platform.show(card).status == "closed"
    assert_conserved()


def test_each_test_begins_anew(
    prepaid_platform: Platform, consumer: KeySigner, merchant: KeySigner, money: Callable[[KeySigner], int]
) -> None:
    """Whatever the test before it did, in this file or elsewhere."""
    assert money(merchant) == 0
    assert money(consumer) == money(prepaid_platform.other_consumer) > 0
    assert prepaid_platform.context.journal.authorisations(prepaid_platform.context.identity) == []


def test_days_are_calendar_days_from_noon(
    prepaid_platform: Platform, buy_card: Callable[..., str], advance: Callable[..., None]
) -> None:
    """The fifteenth day after the purchase is the last in which the consumer may change its mind."""
    card = buy_card(cooling_days=15, consumer_formula=1, bonus=30_000)
    prepaid_platform.use(card, 3_000)
    advance(days=15, seconds=11 * 3600)
    assert prepaid_platform.show(card).cause == "cooling-off"
    advance(seconds=2 * 3600)
    assert prepaid_platform.show(card).cause == "consumer"


def test_two_consumers_and_two_merchants(
    prepaid_platform: Platform,
    card: str,
    consumer: KeySigner,
    other_consumer: KeySigner,
    other_merchant: KeySigner,
    operator: KeySigner,
) -> None:
    terms = prepaid_platform.terms("Sessions", 50_000, merchant=other_merchant, paid_units=5)
    second = prepaid_platform.buy(terms, other_consumer)
    assert prepaid_platform.use(second, 1) == 10_000
    context = prepaid_platform.context
    product = "0x" + terms.product_id.hex()
    move = preview_transfer(context, consumer.address, card, product)
    assert transfer(context, consumer, move, carrier=operator).cash_back == 50_000
    prepaid_platform.assert_conserved()


def test_a_certified_card_is_not_charged(
    prepaid_platform: Platform, certifier: KeySigner, buy_card: Callable[..., str]
) -> None:
    card = buy_card(certifier=certifier.address)
    with pytest.raises(InvalidInput, match="is certified by"):
        prepaid_platform.use(card, 1)


def test_conservation_is_looked_at(
    prepaid_platform: Platform, card: str, operator: KeySigner, assert_conserved: Callable[[], None]
) -> None:
    """A fen too many is found."""
    context, wallet = prepaid_platform.context, prepaid_platform.show(card).sub_wallet
    send(context, operator, DigitalYuan(context.platform.token).mint(wallet, 1), "a gift")
    with pytest.raises(AssertionError, match="has 100001 fen, its cards hold 100000"):
        assert_conserved()


def test_every_example_of_a_property_begins_anew(prepaid_lab: Lab) -> None:
    for _ in range(2):
        with prepaid_lab.fresh() as platform:
            card = platform.buy(platform.terms())
            assert platform.money(platform.merchant) == 0
            platform.use(card, 100)
            with pytest.raises(TemplateOverdrawn):
                platform.use(card, 100_000)
