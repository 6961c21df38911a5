"""The story comes out to the fen on every kind of programme, and differs only where programmes differ."""

from __future__ import annotations

import pytest

from wallet.chain.base import ChainOptions, Unsupported
from wallet.chain.revm import RevmChain
from wallet.errors import InvalidInput
from wallet.stories.bankruptcy import MERCHANT, PLATFORM, REMOTE, bankrupt
from wallet.stories.compare import chosen, compare, undone
from wallet.stories.report import Asked, Story
from wallet.systems import find_system, systems

LABELS = (
    "suzhou", "unsupervised", "shenzhen", "chengdu", "chengdu/order-at-sale", "meituan/education", "jinan",
    "kaifeng", "fuzhou_jinan",
)  # fmt: skip


@pytest.fixture(scope="module")
def told() -> dict[str, Story]:
    """Some programmes of different custody, each played once."""
    presets = [find_system(label) for label in LABELS]
    return {one.system: one for one in compare(presets, RevmChain(ChainOptions()))}


@pytest.mark.parametrize("label", LABELS)
def test_no_fen_is_lost_or_made(told: dict[str, Story], label: str) -> None:
    """What all parties and sub-wallets have at the end is what was put in."""
    assert sum(party.gain for party in told[label].parties) == 0


@pytest.mark.parametrize("label", LABELS)
def test_every_refund_adds_up(told: dict[str, Story], label: str) -> None:
    """What is owed comes from custody, merchant, guarantors or a new card, or is lost; never twice."""
    for one in told[label].asked:
        came = one.custody + one.merchant_paid + one.guarantors + one.moved
        assert came + one.lost == one.entitled
        assert (one.done is None) is (one.lost > 0)
        assert one.waited is None or one.waited >= 0


def test_with_everything_held_nobody_loses_or_waits(told: dict[str, Story]) -> None:
    for label in ("suzhou", "meituan/education"):
        story = told[label]
        assert (story.lost, story.refused, story.slowest) == (0, 0, 0)
        assert story.capital.average == story.capital.most == 0


def test_without_supervision_the_failing_merchants_consumers_lose_all_they_have_left(
    told: dict[str, Story],
) -> None:
    """Four ask a merchant that has all their money: 2,000, 2,000, 1,800 and 1,200 yuan."""
    story = told["unsupervised"]
    assert story.lost == 700_000
    assert [one.who for one in story.asked if one.refused] == ["gu", "dai", "er", "fang"]
    assert story.alert_day is None
    assert story.hypothetical


def test_the_two_readings_of_one_share_lose_differently(told: dict[str, Story]) -> None:
    """Half released in both: worked off first it costs less than held in proportion."""
    balance, sale = told["chengdu"], told["chengdu/order-at-sale"]
    assert sale.lost < balance.lost
    assert sale.capital.average < balance.capital.average
    held = {one.who: one.custody for one in sale.asked}
    assert all(held[one.who] >= one.custody for one in balance.asked)


def test_an_alert_comes_before_the_failure_where_somebody_watches(told: dict[str, Story]) -> None:
    for label, story in told.items():
        warned = story.warned
        assert (warned is None) is (label == "unsupervised")
        assert warned is None or warned > 0


def test_what_creditors_reach_follows_the_vehicle() -> None:
    """Trust and sub-wallet are out of everybody's reach; an escrow account is argued about."""
    for vehicle in ("consumer-subwallet", "trust", "escrow-account", "merchant-account", "platform-balance"):
        reached = {party: bankrupt(vehicle, party, 100) for party in (MERCHANT, PLATFORM)}
        if vehicle in REMOTE:
            assert all((one.attached, one.contested) == (0, 0) for one in reached.values())
        assert all(one.attached + one.contested in (0, 100) for one in reached.values())
    assert bankrupt("merchant-account", MERCHANT, 7).attached == 7
    assert bankrupt("platform-balance", PLATFORM, 7).attached == 7
    assert bankrupt("escrow-account", MERCHANT, 7).contested == 7


def test_the_chain_is_put_back() -> None:
    """A story leaves nothing behind, not even a year."""
    chain = RevmChain(ChainOptions())
    head, now = chain.head(), chain.now()
    with undone(chain):
        chain.advance(1000)
    assert chain.head() == head
    assert chain.now() - now < 100


def test_all_programmes_come_with_their_readings() -> None:
    labels = [preset.label for preset in chosen(())]
    assert [label for label in labels if "/" not in label] == list(systems())
    assert {"chengdu/order-at-sale", "chengdu/current-balance", "fuzhou_jinan/return-all"} <= set(labels)
    assert {"suzhou/on-conditions", "beijing/youth_sport", "meituan/education"} <= set(labels)
    with pytest.raises(InvalidInput):
        chosen(["atlantis"])


def test_a_chain_that_cannot_pass_a_year_is_refused() -> None:
    class Still(RevmChain):
        capabilities = frozenset()

    with pytest.raises(Unsupported):
        compare([find_system("jinan")], Still(ChainOptions()))


def test_a_refund_that_never_came_was_refused() -> None:
    asked = Asked("x", "failing", "runaway", 5, 100, custody=40)
    assert (asked.lost, asked.refused, asked.waited) == (60, True, None)


def test_row_14_refund_time_and_refusals_with_and_without_supervision(told: dict[str, Story]) -> None:
    """The same year: nobody is refused with it; without, four of six never see all of their money."""
    supervised, alone = told["suzhou"], told["unsupervised"]
    assert (supervised.refused, supervised.slowest, supervised.lost) == (0, 0, 0)
    assert (alone.refused, alone.slowest, alone.lost) == (4, 15, 700_000)
    assert len(supervised.asked) == len(alone.asked) == 6


def test_row_23_gain_and_risk_of_the_four_parties_are_reported(told: dict[str, Story]) -> None:
    """Consumer, merchant, platform and bank each have a line, and the lines add up to nothing."""
    gains = {party.name: party.gain for party in told["jinan"].parties}
    assert gains["bank"] < 0 < gains["steady"]  # the bank pays the interest that the merchant gets
    assert {"consumers", "steady", "platform", "bank"} <= set(gains)
    assert sum(gains.values()) == 0
    assert {one.party for one in told["jinan"].bankruptcies} == {MERCHANT, PLATFORM}
    assert all(one.attached == one.contested == 0 for one in told["jinan"].bankruptcies)


def test_row_41_results_are_labelled_hypothetical(told: dict[str, Story]) -> None:
    """A proposal's as much as the baseline's, and no other's."""
    assert {label for label, story in told.items() if story.hypothetical} == {"kaifeng", "unsupervised"}


def test_row_53_the_two_party_case_runs_for_comparison(told: dict[str, Story]) -> None:
    """The same year between two parties alone: more is lost, and nobody else has a part in it."""
    alone = told["unsupervised"]
    assert told["fuzhou_jinan"].lost < alone.lost
    assert {party.name for party in alone.parties if party.gain} == {"consumers", "steady", "failing"}
    assert {one.role for one in find_system("unsupervised").system.parties} == {"consumer", "merchant"}


def test_row_16_custody_insurance_and_an_alert_in_one_story(told: dict[str, Story]) -> None:
    """A fifth is held, the platform warns before the merchant is gone, the insurer pays the other four."""
    story = told["shenzhen"]
    runaways = [one for one in story.asked if one.why == "runaway" and not one.moved]
    assert runaways
    for one in runaways:
        assert one.custody == one.entitled // 5
        assert one.guarantors == one.entitled - one.custody
        assert one.waited == 8  # seven days of waiting are over on the eighth
    assert story.alert_day is not None
    assert story.failed_day is not None
    assert story.alert_day < story.failed_day
    assert (story.lost, story.guaranteed) == (0, 560_000)
    assert story.subrogated == story.guaranteed


def test_guarantors_pay_in_their_order_and_premiums_by_their_shares(told: dict[str, Story]) -> None:
    """Kaifeng's premium comes from merchant, platform, bank and government, to the fen."""
    story = told["kaifeng"]
    gains = {party.name: party.gain for party in story.parties}
    assert story.premiums > 0
    assert gains["insurer"] == story.premiums - story.guaranteed
    assert gains["platform"] < 0
    assert gains["government"] < 0
