"""A merchant that owes what a card was short pays it, or part of it, straight to the consumer."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.moving.street import Street
from wallet.bindings.errors import ERC20InsufficientBalance
from wallet.errors import EnvironmentFault, InvalidInput
from wallet.ledger import State, Transaction
from wallet.services import fund, onboard, shortfall


def short_card(street: Street) -> str:
    """Of 1,000 yuan 600 were advanced; the merchant stopped at once, and 600 are missing."""
    card = street.buy(street.sell("储值", custody_bps=4_000, advance=60_000))
    onboard.stop(street.context, street.town.operator, street.clinic.address)
    assert street.leave(card).shortfall == 60_000
    return card


def test_a_shortfall_is_paid_in_parts_until_nothing_is_missing(street: Street) -> None:
    card, before = short_card(street), street.cash(street.alice)
    debt = shortfall.preview_shortfall(street.context, street.clinic.address, card, 20_000)
    assert debt.sentence.startswith(f"Pay 200.00 yuan of what card {card[2:6]}… of 甲诊所 is short")
    assert "400.00 stay missing" in debt.sentence
    paid = shortfall.pay_shortfall(street.context, street.clinic, debt)
    assert (paid.amount, paid.left, paid.consumer) == (20_000, 40_000, street.alice.address)
    assert (street.show(card).status, street.show(card).held) == ("short", 40_000)
    rest = shortfall.preview_shortfall(street.context, street.clinic.address, card)
    assert shortfall.pay_shortfall(street.context, street.clinic, rest).left == 0
    assert street.show(card).status == "closed"
    assert street.cash(street.alice) - before == 60_000
    assert street.wallet() == 0  # nothing passed through the sub-wallet


def test_anyone_may_pay_and_nobody_too_much(street: Street) -> None:
    card = short_card(street)
    fund.fund(street.context, street.town.operator, street.other.address, 100_000)
    for amount in (0, 60_001):
        with pytest.raises(InvalidInput) as caught:
            shortfall.preview_shortfall(street.context, street.other.address, card, amount)
        assert caught.value.error_code == "too-much"
    with pytest.raises(ERC20InsufficientBalance):
        shortfall.preview_shortfall(street.context, street.certifier.address, card)
    debt = shortfall.preview_shortfall(street.context, street.other.address, card)
    assert shortfall.pay_shortfall(street.context, street.other, debt).left == 0


def test_a_card_that_is_not_short_takes_no_payment(street: Street) -> None:
    card = street.buy(street.sell("储值"))
    with pytest.raises(InvalidInput) as caught:
        shortfall.preview_shortfall(street.context, street.clinic.address, card)
    assert caught.value.error_code == "no-shortfall"


def test_a_payment_that_an_earlier_command_finished_is_not_made_again(street: Street) -> None:
    card = short_card(street)
    earlier = Transaction(
        b"\1" * 32, street.context.identity, street.clinic.address, 0,
        f"pay shortfall {card[2:10]}", b"", State.MINED,
    )  # fmt: skip
    context = replace(street.context, left_over=(earlier,))
    with pytest.raises(EnvironmentFault) as caught:
        shortfall.preview_shortfall(context, street.clinic.address, card)
    assert caught.value.error_code == "begun-before"


def test_an_allowance_left_by_a_kill_is_used_by_the_next_try(street: Street) -> None:
    from wallet.bindings.digital_yuan import DigitalYuan
    from wallet.services.sending import send

    card = short_card(street)
    debt = shortfall.preview_shortfall(street.context, street.clinic.address, card)
    token = DigitalYuan(street.context.platform.token)
    send(street.context, street.clinic, token.approve(debt.record.wallet, debt.amount), "allow")
    nonce = street.context.chain.nonce(street.clinic.address)
    assert shortfall.pay_shortfall(street.context, street.clinic, debt).left == 0
    assert street.context.chain.nonce(street.clinic.address) == nonce + 1


def test_chinese_says_the_same(street: Street) -> None:
    card = short_card(street)
    context = replace(street.context, language="zh")
    said = shortfall.preview_shortfall(context, street.clinic.address, card, 20_000).sentence
    assert "补付 200.00 元，之后尚缺 400.00 元" in said
