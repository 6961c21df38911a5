"""Leaving for good: every card ends, nothing stays frozen."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.moving.street import Street
from wallet.errors import InvalidInput
from wallet.services import cards, deregister


def test_row_12_deregistering_refunds_every_open_card_first(street: Street) -> None:
    """Whatever the cards are and wherever they stand; afterwards nothing is frozen and no card is open."""
    plain = street.buy(street.sell("储值"))
    used = street.buy(street.sell("1000送300", bonus=30_000))
    street.spend(used, 13_000)
    implant = street.buy(street.implant())
    street.certify(implant, 10_000)
    ended = street.buy(street.sell("旧卡", principal=70_000))
    street.leave(ended)
    money, before = street.all_money(), street.cash(street.alice)

    farewell = deregister.preview_farewell(street.context, street.alice.address)
    assert (farewell.refund, farewell.to_merchants) == (100_000 + 87_000 + 600_000, 3_000 + 600_000)
    assert farewell.sentence == (
        "End all 3 open cards of your sub-wallet: 7870.00 yuan come back to you at once, "
        "6030.00 more go to the merchants"
    )
    left = deregister.leave(street.context, street.alice, farewell)
    assert (left.refund, left.to_collect, left.frozen) == (787_000, 603_000, 0)
    assert {one.card for one in left.cards} == {plain, used, implant}
    assert not left.refused
    assert street.cash(street.alice) - before == 787_000
    assert cards.balance(street.context, street.alice.address).frozen == 0
    assert all(one.status != "open" for one in cards.list_cards(street.context, street.alice.address))
    assert (street.all_money(), street.wallet()) == (money, 603_000)


def test_row_12_needs_no_coin_and_no_merchant(street: Street) -> None:
    """Carried by anyone; nobody's leave is asked."""
    for name, price in (("一", 100_000), ("二", 50_000)):
        street.buy(street.sell(name, principal=price))
    street.town.chain.set_balance(street.alice.address, 0)
    farewell = deregister.preview_farewell(street.context, street.alice.address)
    left = deregister.leave(street.context, street.alice, farewell, carrier=street.carrier)
    assert (left.refund, left.frozen) == (150_000, 0)


def test_a_card_that_was_used_meanwhile_holds_up_no_other(street: Street) -> None:
    """It stays open and is named; the same again ends it too."""
    product = street.sell("储值")
    first, second = street.buy(product), street.buy(product)
    farewell = deregister.preview_farewell(street.context, street.alice.address)
    street.spend(first, 5_000)
    left = deregister.leave(street.context, street.alice, farewell)
    assert list(left.refused) == [first]
    assert left.refused[first].error_code == "sub-wallet-refund-too-low"
    assert [one.card for one in left.cards] == [second]
    assert left.frozen == 95_000
    again = deregister.preview_farewell(street.context, street.alice.address)
    assert deregister.leave(street.context, street.alice, again).frozen == 0


def test_who_has_no_open_card_has_nothing_to_end(street: Street) -> None:
    with pytest.raises(InvalidInput) as caught:
        deregister.preview_farewell(street.context, street.alice.address)
    assert caught.value.error_code == "no-open-card"


def test_chinese_says_the_same(street: Street) -> None:
    street.buy(street.sell("储值"))
    context = replace(street.context, language="zh")
    said = deregister.preview_farewell(context, street.alice.address).sentence
    assert said == "注销：终止子钱包中全部 1 张卡，立即退回共 1000.00 元，各商户另得 0.00 元"
