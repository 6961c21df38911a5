"""What a merchant that is let in may list and sell under a programme, and to whom."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from tests.supervision.town import LOOSE, Town, refused
from wallet.bindings import errors
from wallet.errors import PolicyRefusal
from wallet.keccak import keccak256
from wallet.law.programme import Credit, OwnCap, Refunds, Selling
from wallet.services import admission, buy, onboard, publish, supervise, terminate
from wallet.services.records import cards_of


def test_row_57_only_registered_forms_can_be_sold(town: Town) -> None:
    """One changed clause is another hash, and the catalogue takes it from nobody."""
    from wallet.services import form

    town.adopt()
    shop = town.merchant()
    changed = keccak256(form.TEXT.replace("余款当即退回", "概不退款").encode())
    terms = publish.terms_for(
        town.context, merchant=shop.address, template="StoredValue", principal=100, form=changed
    )
    with pytest.raises(errors.ProductCatalogueFormUnknown):
        publish.publish(town.context, shop, terms, "霸王条款")


def test_a_card_runs_no_longer_than_the_lease(town: Town) -> None:
    """At listing and again at each sale, since the lease comes nearer; a renewed one helps."""
    town.adopt(replace(LOOSE, selling=Selling(term_within_lease=True)))
    shop = town.merchant(lease_until=date(2026, 12, 31))
    with pytest.raises(PolicyRefusal) as caught:
        town.product(shop, "两年", term_days=730)
    assert refused(caught) == "term-beyond-lease"
    product, alice = town.product(shop, "360 天", term_days=360), town.consumer()
    town.buy(alice, product)
    town.wait(1)
    with pytest.raises(PolicyRefusal) as caught:
        town.buy(alice, product)
    assert refused(caught) == "term-beyond-lease"
    admission.renew(town.context, shop, lease_until=date(2029, 12, 31))
    assert town.buy(alice, product).frozen == 100_000
    assert town.buy(alice, town.product(shop, "不限期")).frozen == 100_000


def test_row_43_limits_differ_by_sector(town: Town) -> None:
    """Shanghai's sport rule for gyms, the national one for everybody else, and a programme's own cap."""
    caps = (OwnCap("the programme's notice", sector="education", principal=300_000),)
    town.adopt(replace(LOOSE, selling=Selling(limits={"*": "mofcom", "fitness": "sh_sport"}, caps=caps)))
    gym, school = town.merchant(1, sector="fitness"), town.merchant(2, sector="education")
    lessons = {"template": "Sessions", "principal": 2_000_000}
    with pytest.raises(PolicyRefusal) as caught:
        town.product(gym, "61 节", paid_units=50, gift_units=11, **lessons)
    assert refused(caught) == "over-limit"
    town.product(gym, "60 节", paid_units=50, gift_units=10, **lessons)
    with pytest.raises(PolicyRefusal):
        town.product(gym, "储值", principal=500_001)
    with pytest.raises(PolicyRefusal) as caught:
        town.product(school, "课程", principal=300_001)
    assert caught.value.values["source"] == "the programme's notice"
    assert town.product(school, "课程", principal=300_000)


def test_one_consumers_cards_at_one_merchant_are_added_up(town: Town) -> None:
    """20,000 yuan in all at a Shanghai gym; a card that ended no longer counts."""
    town.adopt(replace(LOOSE, selling=Selling(limits={"*": "sh_sport"})))
    gym, alice = town.merchant(sector="fitness"), town.consumer(fen=5_000_000)
    large = town.product(gym, "50 节", template="Sessions", paid_units=50, principal=1_600_000)
    small = town.product(gym, "储值", principal=500_000)
    first = town.buy(alice, large)
    with pytest.raises(PolicyRefusal) as caught:
        town.buy(alice, small)
    assert refused(caught) == "over-limit"
    assert caught.value.values["what"] == "consumer_total"
    exit_ = terminate.preview_termination(town.context, first.card)
    terminate.terminate(town.context, alice, exit_, carrier=town.operator)
    assert town.buy(alice, small).frozen == 500_000


def test_wallet_classes_bound_what_is_paid_at_once_and_in_a_day(town: Town) -> None:
    """Class 4: 2,000 at once, 5,000 on one calendar day in China, 10,000 in all; and nobody's name."""
    town.adopt(LOOSE)
    shop = town.merchant()
    dear, cheap = town.product(shop, "贵", principal=200_001), town.product(shop, "可", principal=200_000)
    alice = town.consumer(fen=900_000)
    supervise.set_wallet_class(town.context, town.bank, alice.address, 4)
    with pytest.raises(PolicyRefusal) as caught:
        town.buy(alice, dear)
    assert (refused(caught), caught.value.values["what"]) == ("over-limit", "single")
    town.buy(alice, cheap)
    town.buy(alice, cheap)
    with pytest.raises(PolicyRefusal) as caught:
        town.buy(alice, cheap)
    assert caught.value.values["what"] == "daily"
    town.chain.advance(14 * 3_600)  # it was nine in the morning
    with pytest.raises(PolicyRefusal):
        town.buy(alice, cheap)
    town.chain.advance(3_600)
    assert town.buy(alice, cheap).frozen == 200_000
    town.consumer(fen=200_000)
    town.wait(1)
    with pytest.raises(PolicyRefusal) as caught:
        town.buy(alice, cheap)
    assert caught.value.values["what"] == "balance"
    assert len(cards_of(town.context, alice.address)) == 3


def test_a_daily_limit_holds_between_preview_and_purchase(town: Town) -> None:
    """Two previews, two purchases: the second one is measured again."""
    town.adopt(LOOSE)
    product, alice = town.product(town.merchant(), principal=4_000_000), town.consumer(fen=20_000_000)
    previews = [buy.preview_purchase(town.context, alice.address, product) for _ in range(3)]
    for one in previews[:2]:
        buy.buy(town.context, alice, one, carrier=town.operator)
    with pytest.raises(PolicyRefusal) as caught:
        buy.buy(town.context, alice, previews[2], carrier=town.operator)
    assert caught.value.values["what"] == "daily"


def test_the_default_class_is_the_programmes(town: Town) -> None:
    town.adopt(replace(LOOSE, selling=Selling(default_class=3, limits={"*": "mofcom"})))
    product, alice = town.product(town.merchant(), principal=500_000), town.consumer(fen=2_000_001)
    with pytest.raises(PolicyRefusal) as caught:
        town.buy(alice, product)
    assert caught.value.values["what"] == "balance"
    supervise.set_wallet_class(town.context, town.bank, alice.address, 1)
    assert town.buy(alice, product).frozen == 500_000


def test_row_30_early_release_outside_the_programmes_range_is_not_listed(town: Town) -> None:
    town.adopt(
        replace(LOOSE, credit=Credit(ladder=(3_000, 5_000, 7_000), ladder_low=3_000, ladder_high=7_000))
    )
    shop = town.merchant()
    ladder = {"ladder1": 3_000, "ladder2": 5_000, "ladder3": 7_001}
    with pytest.raises(PolicyRefusal) as caught:
        town.product(shop, "超出", **ladder)
    assert refused(caught) == "ladder-out-of-range"
    assert caught.value.values["value"] == 7_001


def test_no_product_holds_less_than_the_programme_asks_for(town: Town) -> None:
    """By sector; where a ladder may give more early, nothing else may."""
    town.adopt(replace(LOOSE, selling=Selling(custody={"*": 10_000, "education": 4_000})))
    clinic, school = town.merchant(1), town.merchant(2, sector="education")
    for shop, held in ((clinic, 9_999), (school, 3_999)):
        with pytest.raises(PolicyRefusal) as caught:
            town.product(shop, "少存", custody_bps=held, advance=100_000)
        assert refused(caught) == "custody-too-low"
    town.product(school, "四成", custody_bps=4_000, advance=60_000)
    with pytest.raises(PolicyRefusal) as caught:
        town.product(school, "阶梯", ladder3=6_001)
    assert refused(caught) == "ladder-out-of-range"
    assert town.product(school, "阶梯", ladder3=6_000)


REFUNDS = Refunds(
    cooling_days=7, cooling_use=0, not_consumer=0, consumer=1, gift_rule=0, exit_fee_bps=100, exit_fee_cap=500
)


@pytest.mark.parametrize(
    ("worse", "better"),
    [
        ({"cooling_days": 6}, {"cooling_days": 15}),
        ({"cooling_use": 2}, {"cooling_use": 1}),
        ({"not_consumer_formula": 1}, {"not_consumer_formula": 2}),
        ({"gift_rule": 1}, {"gift_rule": 2}),
        ({"exit_fee_bps": 101, "exit_fee_cap": 500}, {"exit_fee_bps": 101}),
        ({"exit_fee_bps": 100, "exit_fee_cap": 501}, {"exit_fee_bps": 100, "exit_fee_cap": 500}),
    ],
    ids=str,
)
def test_no_product_gives_less_back_than_the_programme_does(
    town: Town, worse: dict[str, int], better: dict[str, int]
) -> None:
    """Fewer days, a worse formula or a dearer exit are refused; what is better for consumers never is."""
    town.adopt(replace(LOOSE, selling=Selling(refunds={"dental": REFUNDS})))
    clinic, school = town.merchant(1), town.merchant(2, sector="education")
    usual = {"cooling_days": 7, "consumer_formula": 1}
    with pytest.raises(PolicyRefusal) as caught:
        town.product(clinic, "少退", **{**usual, **worse})
    assert refused(caught) == "refund-below-programme"
    assert caught.value.values["where"] in worse
    assert town.product(clinic, "多退", **{**usual, **better})
    assert town.product(school, "别的行业", **worse)


def test_row_30_a_tier_set_by_hand_gives_nothing_that_the_programme_does_not(town: Town) -> None:
    """Outside the whitelist there is none; one that is left over on the chain sells no card."""
    early = onboard.set_tier(town.context, town.operator, town.person("shop 1").address, 3)
    assert early.tier == 3  # before there was a programme
    town.adopt()
    shop, alice = town.merchant(), town.consumer()
    ladder = {"ladder1": 3_000, "ladder2": 5_000, "ladder3": 7_000, "advance": 70_000}
    product = town.product(shop, "白名单", **ladder)
    with pytest.raises(PolicyRefusal) as caught:
        town.buy(alice, product)
    assert refused(caught) == "tier-not-earned"
    with pytest.raises(PolicyRefusal) as caught:
        onboard.set_tier(town.context, town.operator, shop.address, 1)
    assert refused(caught) == "tier-not-earned"
    with pytest.raises(PolicyRefusal) as caught:
        onboard.set_tier(town.context, town.operator, town.person("shop 2").address, 1)
    assert refused(caught) == "no-application"
    assert onboard.set_tier(town.context, town.operator, shop.address, 0).tier == 0
    assert town.buy(alice, product).advance == 0
    supervise.whitelist(town.context, town.market, shop.address)
    assert onboard.set_tier(town.context, town.operator, shop.address, 2).tier == 2
