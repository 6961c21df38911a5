"""Closing and running away: what is announced, offered, frozen and given back; complaints before it."""

from __future__ import annotations

from dataclasses import fields, replace

import pytest

from tests.supervision.town import LOOSE, Town, events, go_round, status
from wallet.errors import InvalidInput, PolicyRefusal, PrepaidError
from wallet.law.dates import DAY
from wallet.services import (
    cards,
    complaint,
    gate,
    notice,
    onboard,
    regulator,
    settle,
    supervise,
    transfer,
)  # fmt: skip


def test_closing_is_announced_thirty_days_ahead_and_then_happens(town: Town) -> None:
    """From the announcement no new cards; before its end no closing; then the registry says closed."""
    town.adopt()
    shop, alice = town.merchant(), town.consumer()
    product = town.product(shop)
    card = town.buy(alice, product).card
    with pytest.raises(PolicyRefusal) as caught:
        onboard.close(town.context, shop, shop.address)
    assert caught.value.error_code == "notice-too-short"
    closes = notice.announce_closing(town.context, shop, "租约到期")
    assert 0 <= closes - town.chain.now() - 30 * DAY + 60 <= 60
    with pytest.raises(PolicyRefusal) as caught:
        town.buy(alice, product)
    assert caught.value.error_code == "sales-stopped"
    assert go_round(town)[1] == ["blocked"]
    town.wait(29)
    assert go_round(town)[1] == []
    assert notice.announce_closing(town.context, shop, "again") == closes
    town.wait(2)
    assert "closed" in go_round(town)[1]
    assert status(town, shop.address) == "closed"
    assert cards.show_card(town.context, card).cause == "not-consumer"


def test_a_merchant_may_say_at_once_that_it_stopped(town: Town) -> None:
    """Only closing for good takes notice: the word that helps consumers is never refused."""
    town.adopt()
    shop = town.merchant()
    assert onboard.stop(town.context, shop, shop.address).status == "stopped"


def test_row_32_a_runaway_offers_both_ways_and_the_consumer_chooses(town: Town) -> None:
    """Refund to the fen now, or another merchant of the sector, the nearer ones first; each choice noted."""
    town.adopt()
    gone = town.merchant(1)
    near, far, other = (
        town.merchant(2), town.merchant(3, district="鄞州"), town.merchant(4, sector="beauty"),
    )  # fmt: skip
    alice, bob = town.consumer("alice"), town.consumer("bob")
    product = town.product(gone, "正畸", template="Sessions", paid_units=10, principal=120_000)
    first, second = town.buy(alice, product).card, town.buy(bob, product).card
    town.spend(alice, gone, first, 3)
    with pytest.raises(PolicyRefusal):
        notice.choose_path(town.context, alice, first, "refund")
    declared = notice.declare_runaway(town.context, town.operator, gone.address, "电话不通，店已清空")
    assert status(town, gone.address) == "stopped"
    offers = {one.card: one for one in declared.offers}
    assert set(offers) == {first, second}
    assert (offers[first].refund, offers[second].refund) == (84_000, 120_000)
    assert all(one.paths == ("transfer", "refund") and one.cause == "not-consumer" for one in offers.values())
    assert all(one.merchants == (near.address, far.address) for one in offers.values())
    assert other.address not in offers[first].merchants
    notice.choose_path(town.context, alice, first, "refund")
    notice.choose_path(town.context, bob, second, "transfer")
    with pytest.raises(InvalidInput):
        notice.choose_path(town.context, bob, second, "police")
    with pytest.raises(PrepaidError):
        notice.choose_path(town.context, alice, second, "refund")
    assert [one.data["path"] for one in events(town) if one.kind == "path-chosen"] == ["refund", "transfer"]
    again = notice.declare_runaway(town.context, town.operator, gone.address, "再报")
    assert again.since == declared.since


def test_row_60_when_a_merchant_is_gone_custody_goes_back_by_itself(town: Town) -> None:
    """Terms that say so: anybody settles, each consumer has back what is not performed, the rest stays."""
    town.adopt(LOOSE)
    shop, alice, bob = town.merchant(), town.consumer("alice"), town.consumer("bob")
    returns = town.product(shop, "停业自动退", refund_on_closure=1)
    keeps = town.product(shop, "自己退")
    one, two, own = town.buy(alice, returns).card, town.buy(bob, returns).card, town.buy(bob, keeps).card
    town.spend(alice, shop, one, 25_000)
    assert notice.return_custody(town.context, town.person("anybody"), shop.address) == []
    notice.declare_runaway(town.context, town.operator, shop.address, "失联")
    back = notice.return_custody(town.context, town.person("anybody"), shop.address)
    assert {each.card: each.refund for each in back} == {one: 75_000, two: 100_000}
    assert cards.show_card(town.context, own).refund_now == 100_000


def test_row_60_a_declared_runaway_freezes_what_the_merchant_could_draw_by_itself(town: Town) -> None:
    """A card that time pays, 10 yuan a day: drawn while the merchant is there, not a fen once it is declared
    gone, however long nobody acts; all that is left is the consumer's."""
    town.adopt(LOOSE)
    shop, alice = town.merchant(), town.consumer()
    numbers = {"params0": 1 << 16, "term_days": 100, "accrual": 1_000, "accrual_days": 1}
    product = town.product(shop, "按天", template="Period", **numbers)
    card = town.buy(alice, product).card
    town.wait(10)
    assert settle.settle(town.context, shop, card).released == 10_000
    notice.declare_runaway(town.context, town.operator, shop.address, "失联")
    had = cards.show_card(town.context, card).held
    for days in (1, 30):
        town.wait(days)
        with pytest.raises(PrepaidError):
            settle.settle(town.context, shop, card)
        assert cards.show_card(town.context, card).refund_now == had == 90_000
    with pytest.raises(PrepaidError):
        town.buy(alice, product)


def test_row_58_row_59_frozen_follows_what_is_still_to_perform(town: Town) -> None:
    """A partial custody account: at every step the frozen part is at least its share, and falls with use."""
    from wallet.services.custody import cards_money, unperformed

    town.adopt(LOOSE)
    shop, alice = town.merchant(), town.consumer()
    product = town.product(shop, "三成", principal=90_000, custody_bps=3_000, advance=63_000)
    card = town.buy(alice, product).card
    for step in range(6):
        (money,) = cards_money(town.context, shop.address)
        left = unperformed(town.context, [money], town.chain.now())
        assert left == 90_000 - step * 15_000
        assert money.held * 10_000 >= 3_000 * left
        assert money.held == -(-3_000 * left // 10_000)
        assert money.balanced
        town.spend(alice, shop, card, 15_000)
    (money,) = cards_money(town.context, shop.address)
    assert (money.held, money.released) == (0, 90_000)


def test_complaints_are_counted_answered_and_dismissed_only_by_others(town: Town) -> None:
    """Row 18's metric: counts that can be compared, and no forecast."""
    town.adopt()
    shop, alice = town.merchant(), town.consumer()
    town.buy(alice, town.product(shop))
    first = complaint.complain(town.context, alice, shop.address, "不退款")
    second = complaint.complain(town.context, town.person("x"), shop.address, "服务差")
    answered = complaint.answer(town.context, shop, shop.address, first.number, "已退")
    assert answered.answered_at
    with pytest.raises(PolicyRefusal):
        complaint.answer(town.context, shop, shop.address, second.number, "不实", dismissed=True)
    with pytest.raises(InvalidInput):
        complaint.answer(town.context, shop, shop.address, 999, "x")
    complaint.answer(town.context, town.market, shop.address, second.number, "查无实据", dismissed=True)
    with pytest.raises(PolicyRefusal):
        complaint.complain(town.context, alice, town.person("nobody").address, "x")
    with pytest.raises(InvalidInput):
        complaint.complain(town.context, alice, shop.address, "  ")


def test_row_18_complaints_can_be_compared_and_nothing_is_predicted(town: Town) -> None:
    """Under one set of rules and then under another; a comparison holds two counts and no third figure."""
    town.adopt()
    shop, alice = town.merchant(), town.consumer()
    product = town.product(shop)
    for _ in range(2):
        town.buy(alice, product)
    complaint.complain(town.context, alice, shop.address, "甲")
    complaint.complain(town.context, alice, shop.address, "乙")
    before = complaint.count(town.context)
    assert (before.programme, before.complaints, before.cards, before.per_10000_cards) == (
        "strict",
        2,
        2,
        10_000,
    )
    town.wait(1)
    town.adopt(LOOSE)
    since = town.chain.now()
    for _ in range(2):
        town.buy(alice, product)
    complaint.complain(town.context, alice, shop.address, "丙")
    after = complaint.count(town.context, since=since)
    assert (after.programme, after.complaints, after.cards, after.per_10000_cards) == ("loose", 1, 4, 2_500)
    compared = complaint.Comparison(before, after)
    assert compared.change_bps == -7_500
    assert complaint.Comparison(replace(before, complaints=0), after).change_bps is None
    assert [one.name for one in fields(complaint.Comparison)] == ["first", "second"]


def test_row_32_row_33_after_a_transfer_the_rest_is_good_at_another_merchant(town: Town) -> None:
    """Every fen goes along or comes back, districts still add up, the purse pays only what is added."""
    town.adopt()
    gone, other = town.merchant(1, district="海曙"), town.merchant(2, district="鄞州")
    alice = town.consumer(fen=500_000)
    supervise.set_wallet_class(town.context, town.bank, alice.address, 4)
    card = town.buy(
        alice, town.product(gone, "正畸", template="Sessions", paid_units=10, principal=200_000)
    ).card
    town.spend(alice, gone, card, 4)
    declared = notice.declare_runaway(town.context, town.operator, gone.address, "失联")
    (offer,) = declared.offers
    assert (offer.refund, offer.merchants) == (120_000, (other.address,))
    six = town.product(other, "正畸余 6 次", template="Sessions", paid_units=6, principal=130_000)
    notice.choose_path(town.context, alice, card, "transfer")
    move = transfer.preview_transfer(town.context, alice.address, card, six)
    assert (move.difference.moved, move.difference.top_up) == (120_000, 10_000)
    done = transfer.transfer(town.context, alice, move, carrier=town.operator)
    assert gate.paid_on(town.context, alice.address, 0) == 210_000
    for _ in range(6):
        town.spend(alice, other, done.new_card, 1)
    seen = regulator.dashboard(town.context)
    assert seen.whole.difference == 0
    assert all(one.totals.balanced for one in seen.districts)
    assert {one.name: one.totals.released for one in seen.districts} == {"海曙": 80_000, "鄞州": 130_000}
    assert seen.whole.totals.new_money == 210_000
