"""From one merchant to another with the consumer's consent: every fen accounted for, before and after."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import pytest

from tests.moving.street import Street
from wallet.bindings.errors import (
    ERC20InsufficientBalance,
    SubWalletMerchantMayNotSell,
    SubWalletRefundTooLow,
    SubWalletSignatureInvalid,
)
from wallet.errors import EnvironmentFault, InvalidInput
from wallet.ledger import State, Transaction
from wallet.services import bump, cards, collect, onboard, terminate, transfer

STEP = 10_000


def preview(street: Street, card: str, product: str, **options: object) -> transfer.Move:
    return transfer.preview_transfer(street.context, street.alice.address, card, product, **options)


def move(street: Street, card: str, product: str, *, carried: bool = True) -> transfer.Moved:
    carrier = street.carrier if carried else None
    return transfer.transfer(street.context, street.alice, preview(street, card, product), carrier=carrier)


def half_done_implant(street: Street) -> str:
    """Of 12,000 yuan, the first step of 6,000 is certified and confirmed."""
    card = street.buy(street.implant())
    street.certify(card, STEP)
    street.confirm(card)
    return card


def test_row_32_a_runaway_leaves_the_choice_between_transfer_and_refund(street: Street) -> None:
    """Both paths are open at once, both account for every fen, and the consumer chooses."""
    card = half_done_implant(street)
    rest = street.implant(by=street.other, prices=(300_000, 300_000), name="续种植")
    onboard.stop(street.context, street.town.operator, street.clinic.address)
    money, before = street.all_money(), street.cash(street.alice)
    chain = street.town.chain
    fork = chain.snapshot()
    refunded = street.leave(card)
    assert (refunded.refund, refunded.cause) == (600_000, "not-consumer")
    assert (street.cash(street.alice) - before, street.all_money()) == (600_000, money)
    chain.revert(fork)
    moved = move(street, card, rest)
    assert (moved.moved, moved.top_up, moved.cash_back, moved.to_collect) == (600_000, 0, 0, 0)
    assert (street.cash(street.alice) - before, street.all_money()) == (0, money)
    assert street.state(moved.new_card).held == 600_000


def test_row_33_the_remaining_visits_go_on_at_the_other_merchant(street: Street) -> None:
    """With no extra charge; where the other asks more, it is quoted and accepted first."""
    card = half_done_implant(street)
    rest = street.implant(by=street.other, prices=(300_000, 300_000), name="续种植")
    moved = move(street, card, rest)
    for total in (STEP, 2 * STEP):
        street.certify(moved.new_card, total)
        assert street.confirm(moved.new_card).paid == 300_000
    assert street.cash(street.other) == 600_000
    assert street.state(moved.new_card).held == 0


def test_row_33_an_extra_charge_is_quoted_before_it_is_accepted(street: Street) -> None:
    """The new clinic asks 6,600 for what costs 6,000 at the old one: the sentence says who pays what."""
    card = half_done_implant(street)
    rest = street.implant(by=street.other, prices=(330_000, 330_000), name="续种植")
    quoted = preview(street, card, rest)
    assert "6000.00 yuan move over, you add 600.00 yuan" in quoted.sentence
    assert "甲诊所" in quoted.sentence
    assert "乙诊所" in quoted.sentence
    before = street.cash(street.alice)
    assert street.cash(street.other) == 0
    moved = transfer.transfer(street.context, street.alice, quoted, carrier=street.carrier)
    assert (moved.moved, moved.top_up) == (600_000, 60_000)
    assert before - street.cash(street.alice) == 60_000
    assert street.state(moved.new_card).held == 660_000


def test_a_cheaper_offer_pays_the_difference_back(street: Street) -> None:
    card = half_done_implant(street)
    rest = street.implant(by=street.other, prices=(250_000, 250_000), name="续种植")
    before = street.cash(street.alice)
    moved = move(street, card, rest)
    assert (moved.moved, moved.top_up, moved.cash_back) == (500_000, 0, 100_000)
    assert street.cash(street.alice) - before == 100_000


def test_a_consumer_without_coin_transfers_by_signature(street: Street) -> None:
    """Permit and transfer are carried by somebody else; both are in the journal with the sentence."""
    card = half_done_implant(street)
    street.town.chain.set_balance(street.alice.address, 0)
    rest = street.implant(by=street.other, prices=(330_000, 330_000), name="续种植")
    moved = move(street, card, rest)
    assert len(moved.transactions) == 2
    assert street.context.chain.nonce(street.alice.address) == 0
    signed = street.context.journal.authorisations(
        street.context.identity, card=bytes.fromhex(card[2:]), signer=street.alice.address
    )
    assert [one.kind for one in signed[-2:]] == ["Permit", "Transfer"]
    assert signed[-1].message["sentence"].startswith("Move card")
    assert signed[-1].message["new_card"] == moved.new_card


def test_the_consumer_can_send_it_herself(street: Street) -> None:
    card = half_done_implant(street)
    rest = street.implant(by=street.other, prices=(330_000, 330_000), name="续种植")
    moved = move(street, card, rest, carried=False)
    assert (moved.top_up, street.state(moved.new_card).held) == (60_000, 660_000)


def test_what_is_missing_in_the_old_card_stays_owed(street: Street) -> None:
    """Held in part only: what is held moves, the rest is a shortfall against the old merchant."""
    card = street.buy(street.sell("储值", custody_bps=4_000, advance=60_000))
    onboard.stop(street.context, street.town.operator, street.clinic.address)
    quoted = preview(street, card, street.sell("乙储值", by=street.other, principal=40_000))
    assert "600.00 yuan are missing in the old card and owed by its merchant" in quoted.sentence
    moved = transfer.transfer(street.context, street.alice, quoted)
    assert (moved.moved, moved.shortfall) == (40_000, 60_000)
    view = street.show(card)
    assert (view.status, view.held) == ("short", 60_000)


def test_the_old_merchants_share_waits_for_it(street: Street) -> None:
    card = street.buy(street.sell("1000送300", bonus=30_000))
    street.spend(card, 13_000)  # 100.00 by ratio, 130.00 at list price
    moved = move(street, card, street.sell("乙储值", by=street.other))
    assert (moved.moved, moved.top_up, moved.to_collect) == (87_000, 13_000, 3_000)
    assert collect.collect(street.context, street.clinic, card).amount == 3_000


def test_a_transfer_overtaken_by_a_use_moves_nothing(street: Street) -> None:
    """It was signed for what came out then."""
    card = street.buy(street.sell("储值"))
    quoted = preview(street, card, street.sell("乙储值", by=street.other))
    street.spend(card, 5_000)
    money = street.all_money()
    with pytest.raises(SubWalletRefundTooLow):
        transfer.transfer(street.context, street.alice, quoted, carrier=street.carrier)
    assert (street.state(card).held, street.all_money()) == (95_000, money)


def test_a_transfer_can_be_voided_before_it_is_carried(street: Street) -> None:
    card = street.buy(street.sell("储值"))
    quoted = preview(street, card, street.sell("乙储值", by=street.other))
    bump.bump(street.context, street.alice, card, carrier=street.carrier)
    with pytest.raises(SubWalletSignatureInvalid):
        transfer.transfer(street.context, street.alice, quoted, carrier=street.carrier)
    assert street.show(card).status == "open"


def test_only_what_may_be_bought_can_be_transferred_to(street: Street) -> None:
    card = street.buy(street.sell("储值"))
    product = street.sell("乙储值", by=street.other)
    quoted = preview(street, card, product)
    onboard.suspend(street.context, street.town.operator, street.other.address)
    with pytest.raises(InvalidInput) as caught:
        preview(street, card, product)
    assert caught.value.error_code == "not-on-sale"
    with pytest.raises(SubWalletMerchantMayNotSell):
        transfer.transfer(street.context, street.alice, quoted)
    assert street.show(card).status == "open"


def test_money_that_is_not_there_is_said_before_anything_is_signed(street: Street) -> None:
    card = street.buy(street.sell("储值"))
    product = street.sell("乙储值", by=street.other, principal=90_000_000)
    with pytest.raises(ERC20InsufficientBalance):
        preview(street, card, product)
    signed = street.context.journal.authorisations(street.context.identity, card=bytes.fromhex(card[2:]))
    assert "Transfer" not in [one.kind for one in signed]


def test_an_ended_card_cannot_be_transferred(street: Street) -> None:
    card = street.buy(street.sell("储值"))
    street.leave(card)
    with pytest.raises(InvalidInput) as caught:
        preview(street, card, street.sell("乙储值", by=street.other))
    assert caught.value.error_code == "card-not-open"


def test_a_transfer_that_an_earlier_command_began_is_not_begun_again(street: Street) -> None:
    card = street.buy(street.sell("储值"))
    product = street.sell("乙储值", by=street.other)
    record = bytes.fromhex(card[2:])
    earlier = Transaction(
        b"\1" * 32, street.context.identity, street.carrier.address, 0,
        transfer.purpose_of(record), b"", State.MINED,
    )  # fmt: skip
    context = replace(street.context, left_over=(earlier,))
    with pytest.raises(EnvironmentFault) as caught:
        transfer.preview_transfer(context, street.alice.address, card, product)
    assert caught.value.error_code == "begun-before"


def test_chinese_says_the_same(street: Street) -> None:
    card = half_done_implant(street)
    rest = street.implant(by=street.other, prices=(330_000, 330_000), name="续种植")
    context = replace(street.context, language="zh")
    said = transfer.preview_transfer(context, street.alice.address, card, rest).sentence
    for words in ("转入 6000.00 元", "您另付 600.00 元", "乙诊所", "原卡终止"):
        assert words in said


@pytest.mark.parametrize("seed", range(3))
def test_transfers_conserve_every_fen(street: Street, seed: int) -> None:
    """Random cards, uses, custody, stops and quotes: what comes out of the old card is what goes into the new
    one and back to the consumer; what it lacks is drawn from the consumer; the preview said so to the fen.
    """
    random = Random(seed)
    chain = street.town.chain
    assert street.all_money()  # everybody has coin before the chain is marked
    start = chain.snapshot()
    for _ in range(6):
        principal, quote = random.randrange(1, 200_000), random.randrange(1, 300_000)
        custody = random.choice([10_000, 10_000, 4_000])
        bonus = random.choice([0, random.randrange(principal + 1)])
        advance = 0 if custody == 10_000 else principal - principal * custody // 10_000
        old = street.sell("甲", principal=principal, bonus=bonus, custody_bps=custody, advance=advance)
        new = street.sell("乙", by=street.other, principal=quote)
        card = street.buy(old)
        if random.random() < 0.7:
            street.spend(card, random.randrange(1, principal + bonus + 1))
        if random.random() < 0.4:
            onboard.stop(street.context, street.town.operator, street.clinic.address)
        money, cash, before = street.all_money(), street.cash(street.alice), street.state(card)
        quoted = preview(street, card, new)
        moved = transfer.transfer(street.context, street.alice, quoted, carrier=street.carrier)
        said = quoted.difference
        assert (said.moved, said.top_up, said.cash_back) == (moved.moved, moved.top_up, moved.cash_back)
        assert moved.moved + moved.top_up == quote
        assert moved.moved + moved.cash_back + moved.to_collect == before.held
        assert 0 in (moved.top_up, moved.cash_back)
        assert street.cash(street.alice) == cash - moved.top_up + moved.cash_back
        assert street.all_money() == money
        assert street.wallet() == quote + moved.to_collect
        assert cards.balance(street.context, street.alice.address).frozen == quote
        ended = terminate.preview_termination(street.context, moved.new_card)
        assert ended.refund == quote
        chain.revert(start)


def test_the_new_merchants_tier_decides_what_it_has_at_once(street: Street) -> None:
    """A ladder in the new terms counts by its own merchant, and the sentence says what is at risk there."""
    ladder = {"ladder1": 3_000, "ladder2": 5_000, "ladder3": 7_000, "schedule": 1, "advance": 70_000}
    onboard.set_tier(street.context, street.town.operator, street.other.address, 2)
    card = street.buy(street.sell("储值"))
    quoted = preview(street, card, street.sell("乙储值", by=street.other, **ladder))
    assert (quoted.advance, quoted.at_risk) == (50_000, 50_000)
    assert "500.00 yuan go to the new merchant now" in quoted.sentence
    moved = transfer.transfer(street.context, street.alice, quoted, carrier=street.carrier)
    assert (street.cash(street.other), street.state(moved.new_card).held) == (50_000, 50_000)


def test_a_tier_that_fell_counts_in_the_figures_of_a_charge(street: Street) -> None:
    """Where the terms say so: what is shown before signing is what the chain then moves."""
    ladder = {"ladder1": 3_000, "ladder2": 5_000, "ladder3": 7_000, "ladder_for_all": 1}
    onboard.set_tier(street.context, street.town.operator, street.clinic.address, 3)
    card = street.buy(street.sell("阶梯", **ladder))
    onboard.set_tier(street.context, street.town.operator, street.clinic.address, 1)
    assert street.spend(card, 40_000) == 58_000  # 400.00 earned, and 30 % of the 600.00 still to come
