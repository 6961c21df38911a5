"""Certified progress: the certifier's word counts, the consumer's confirmation or stated conditions pay."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.moving.street import Street
from wallet.bindings.errors import SubWalletNothingDue
from wallet.errors import InvalidInput, PolicyRefusal
from wallet.exchange import Reference
from wallet.services import authorise, certify, charge, confirm, consume, settle
from wallet.services.records import find_card
from wallet.signing.policy import Limit, Outcome, Policy
from wallet.terms import ON_CONDITIONS

STEP = 10_000


def test_certified_work_is_paid_when_the_consumer_confirms_it(street: Street) -> None:
    """Nothing moves with the certificate; the confirmation moves what was certified, once."""
    card = street.buy(street.implant())
    done = street.certify(card, STEP)
    assert (done.used, done.listed, done.paid) == (STEP, 600_000, 0)
    assert street.show(card).held == 1_200_000

    wanted = confirm.preview_confirmation(street.context, street.alice.address, card, Policy())
    assert wanted.sentence.startswith(
        f"Pay for the certified progress of card {card[2:6]}… at 甲诊所 (charge 10000/600000): "
        "6000.00 yuan go to the merchant now, 6000.00 stay frozen; valid until "
    )
    signed = confirm.confirm(street.context, street.alice, wanted)
    assert consume.consume(street.context, street.carrier, signed.document).paid == 600_000
    with pytest.raises(PolicyRefusal) as caught:
        consume.consume(street.context, street.carrier, signed.document)
    assert caught.value.error_code == "already-used"
    with pytest.raises(InvalidInput) as again:
        confirm.preview_confirmation(street.context, street.alice.address, card, Policy())
    assert again.value.error_code == "nothing-certified"


def test_certified_but_unconfirmed_work_counts_when_the_card_ends(street: Street) -> None:
    """The consumer who never confirms does not get it for nothing."""
    card = street.buy(street.implant(cooling_days=0))
    street.certify(card, STEP)
    ended = street.leave(card)
    assert (ended.refund, ended.to_collect) == (600_000, 600_000)


def test_a_confirmation_overtaken_by_another_certificate_is_refused(street: Street) -> None:
    """It names the totals it was signed for."""
    card = street.buy(street.implant())
    street.certify(card, STEP)
    wanted = confirm.preview_confirmation(street.context, street.alice.address, card, Policy())
    signed = confirm.confirm(street.context, street.alice, wanted)
    street.certify(card, 2 * STEP)
    with pytest.raises(PolicyRefusal) as caught:
        consume.consume(street.context, street.carrier, signed.document)
    assert caught.value.error_code == "not-certified"
    assert street.confirm(card).paid == 900_000


def test_the_policy_is_asked_before_a_confirmation_is_signed(street: Street) -> None:
    card = street.buy(street.implant())
    street.certify(card, STEP)
    policy = Policy(per_charge=Limit(500_000, Outcome.REFUSE))
    wanted = confirm.preview_confirmation(street.context, street.alice.address, card, policy)
    with pytest.raises(PolicyRefusal) as caught:
        confirm.confirm(street.context, street.alice, wanted)
    assert caught.value.error_code == "policy-refused"
    assert (
        street.context.journal.authorisations(
            street.context.identity, card=bytes.fromhex(card[2:]), signer=street.alice.address
        )[1:]
        == []
    )  # the purchase alone


def test_only_the_certifier_in_the_terms_certifies(street: Street) -> None:
    card = street.buy(street.implant())
    with pytest.raises(InvalidInput) as caught:
        certify.preview_certificate(street.context, street.clinic.address, card, STEP, "自证")
    assert caught.value.error_code == "other-certifier"
    plain = street.buy(street.sell("储值"))
    with pytest.raises(InvalidInput) as none:
        certify.preview_certificate(street.context, street.certifier.address, plain, STEP, "无")
    assert none.value.error_code == "no-certifier"


def test_an_altered_certificate_is_refused_before_anything_is_sent(street: Street) -> None:
    card = street.buy(street.implant())
    draft = certify.preview_certificate(street.context, street.certifier.address, card, STEP, "合格")
    paper = certify.sign_certificate(street.context, street.certifier, draft)
    for altered in (
        replace(paper, used_after=3 * STEP),
        replace(paper, words="不合格"),
        replace(paper, certifier=street.clinic.address),
    ):
        with pytest.raises(PolicyRefusal) as caught:
            certify.certify(street.context, street.carrier, altered)
        assert caught.value.error_code == "certificate-signature"
    assert street.state(card).used == 0


def test_a_certificate_says_what_it_does_before_it_is_signed(street: Street) -> None:
    """Totals now and after, in the card's unit and at list price, in both languages; never without words."""
    card = street.buy(street.implant())
    street.certify(card, STEP)
    for language, said in (
        ("en", "1.5 in all (so far 1), 7500.00 yuan at list price (so far 6000.00); no money moves before"),
        ("zh", "累计 1.5（此前 1），按原价 7500.00 元（此前 6000.00 元）；不划转资金，待消费者确认"),
    ):
        context = replace(street.context, language=language)
        draft = certify.preview_certificate(context, street.certifier.address, card, 15_000, "过半")
        assert said in draft.sentence
    with pytest.raises(InvalidInput) as caught:
        certify.preview_certificate(street.context, street.certifier.address, card, 15_000, " ")
    assert caught.value.error_code == "no-words"
    for total in (STEP, STEP - 1):
        with pytest.raises(InvalidInput) as falls:
            certify.preview_certificate(street.context, street.certifier.address, card, total, "无")
        assert falls.value.error_code == "totals-not-growing"


def test_row_11_conditions_stated_beforehand_pay_without_an_operator(street: Street) -> None:
    """Appointments kept and certified, within what the terms let each 30 days earn: the certificate itself
    pays. Neither operator nor merchant takes part; before the time is there nothing moves.
    """
    product = street.implant(
        prices=(100_000,) * 6, trigger=ON_CONDITIONS, accrual=100_000, accrual_days=30, name="正畸"
    )
    card = street.buy(product)
    assert street.certify(card, STEP, words="首次复诊").paid == 0
    street.town.wait(30)
    draft = certify.preview_certificate(street.context, street.certifier.address, card, 2 * STEP, "二次复诊")
    assert "without the consumer, 1000.00 yuan go to the merchant if it is carried now" in draft.sentence
    paper = certify.sign_certificate(street.context, street.certifier, draft)
    before = street.cash(street.clinic)
    done = certify.certify(street.context, street.carrier, paper)
    assert (done.paid, street.cash(street.clinic) - before) == (100_000, 100_000)
    street.town.wait(60)
    assert street.certify(card, 3 * STEP).released == 300_000
    assert street.state(card).held == 300_000


def test_row_11_nothing_is_paid_by_itself_in_cooling_off_or_beyond_the_stated_limit(street: Street) -> None:
    product = street.implant(
        prices=(100_000,) * 6,
        trigger=ON_CONDITIONS,
        accrual=50_000,
        accrual_days=5,
        cooling_days=7,
        advance=100_000,
        name="洁牙",
    )
    card = street.buy(product)
    street.town.wait(6)
    assert street.certify(card, STEP).paid == 0
    street.town.wait(4)  # ten days: two spans of five earn as much as the advance
    assert street.certify(card, 6 * STEP).paid == 100_000
    wanted = confirm.preview_confirmation(street.context, street.alice.address, card, Policy())
    assert wanted.outcome.to_merchant == 500_000


def test_a_charge_cannot_pass_over_the_certifier(street: Street) -> None:
    """Not by an honest machine, and what a dishonest one draws up is refused before the consumer signs."""
    card = street.buy(street.implant())
    with pytest.raises(InvalidInput) as refused:
        charge.make_charge(street.context, street.clinic, card, STEP, "C-1")
    assert refused.value.error_code == "certified-card"
    record, state = find_card(street.context, card), street.state(card)
    forged = charge.draw_up(
        record.domain(street.context),
        street.clinic,
        record,
        state,
        charge.Totals(STEP, 600_000),
        600_000,
        Reference.new("C-1", "甲诊所"),
        street.context.chain.now() + 900,
    )
    with pytest.raises(PolicyRefusal) as caught:
        authorise.preview_charge(street.context, street.alice.address, forged, Policy())
    assert caught.value.error_code == "not-certified"


def test_settling_pays_nothing_that_only_a_certificate_may_release(street: Street) -> None:
    card = street.buy(street.implant())
    street.certify(card, STEP)
    with pytest.raises(SubWalletNothingDue):
        settle.settle(street.context, street.carrier, card)
