"""Disputes about real cards: the ladder, who may say what, and what is found."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.moving.street import Street
from wallet.bindings.errors import (
    AccessControlUnauthorizedAccount,
    DisputesMerchantNotHeard,
    DisputesNotConsumer,
    DisputesNotEscalated,
    DisputesNotMerchant,
    DisputesNotRaised,
    DisputesRoundPassed,
    DisputesWrongStep,
)
from wallet.errors import ContractError, InvalidInput
from wallet.services import bump, dispute, finding
from wallet.signing.disputes import FORUMS, GROUNDS


def test_row_49_a_dispute_goes_to_the_merchant_first_then_to_an_authority_or_association(
    street: Street,
) -> None:
    """Skipping the first step is refused by name; each step is dated by the chain."""
    card = street.buy(street.sell("储值"))
    with pytest.raises(DisputesNotRaised):
        street.escalate(card)
    raised = street.complain(card)
    assert (raised.step, raised.ground, raised.number) == ("negotiating", "health", 1)
    with pytest.raises(DisputesMerchantNotHeard) as caught:
        street.escalate(card)
    assert caught.value.days_left == 7
    assert street.refuse(card).step == "refused"
    escalated = street.escalate(card, "authority")
    assert (escalated.step, escalated.forum) == ("escalated", "authority")
    assert escalated.since >= raised.since == raised.raised_at
    assert dispute.show_dispute(street.context, card).step == "escalated"


def test_row_49_a_silent_merchant_holds_nothing_up(street: Street) -> None:
    """The consumer may go on from the day that is named when it complains."""
    card = street.buy(street.sell("储值"))
    raised = street.complain(card)
    street.town.chain.advance(raised.answer_by - street.context.chain.now() - 60)
    with pytest.raises(DisputesMerchantNotHeard):
        street.escalate(card)
    street.town.chain.advance(60)
    assert street.escalate(card).step == "escalated"


def test_only_the_card_s_own_people_speak(street: Street) -> None:
    card = street.buy(street.sell("储值"))
    paper = dispute.statement(street.context, street.clinic.address, card, "无")
    street.complain(card)
    with pytest.raises(DisputesNotMerchant):
        dispute.refuse(street.context, street.other, card, paper)
    wish = dispute.preview_settlement(street.context, street.alice.address, card)
    with pytest.raises(DisputesNotConsumer):
        dispute.take_step(street.context, street.clinic, wish)
    street.refuse(card)
    with pytest.raises(DisputesNotEscalated):
        street.rule(card)
    street.escalate(card)
    word = dispute.preview_word(street.context, card, not_consumer=True, words=paper)
    with pytest.raises(AccessControlUnauthorizedAccount):
        dispute.rule(street.context, street.clinic, word)
    dispute.appoint(street.context, street.town.operator, street.other.address)
    assert dispute.rule(street.context, street.other, word).step == "ruled"


def test_a_consumer_without_coin_disputes_by_signature(street: Street) -> None:
    """Carried by anyone, once: the same signature does not serve again, nor in the next dispute."""
    card = street.buy(street.sell("储值"))
    street.town.chain.set_balance(street.alice.address, 0)
    street.complain(card)
    wish = dispute.preview_settlement(street.context, street.alice.address, card)
    dispute.take_step(street.context, street.alice, wish, carrier=street.carrier)
    with pytest.raises(DisputesWrongStep):
        dispute.take_step(street.context, street.alice, wish, carrier=street.carrier)
    street.complain(card, "price")
    with pytest.raises(DisputesRoundPassed):
        dispute.take_step(street.context, street.alice, wish, carrier=street.carrier)
    kinds = [one.kind for one in street.context.journal.authorisations(street.context.identity)]
    assert kinds.count("DisputeStep") >= 3


def test_words_are_kept_off_the_chain_and_proved_by_their_hash(street: Street) -> None:
    card = street.buy(street.sell("储值"))
    paper = dispute.statement(street.context, street.alice.address, card, "孕期，医生不建议继续")
    wish = dispute.preview_complaint(street.context, street.alice.address, card, "health", paper)
    raised = dispute.take_step(street.context, street.alice, wish)
    assert raised.reason == "0x" + paper.hash.hex()
    assert dispute.confirm_words(street.context, paper) == "complaint"
    answer = dispute.statement(street.context, street.clinic.address, card, "不同意")
    dispute.refuse(street.context, street.clinic, card, answer)
    assert dispute.confirm_words(street.context, answer) == "answer"
    for altered in (replace(paper, words="不喜欢"), replace(paper, salt=bytes(16))):
        with pytest.raises(InvalidInput) as caught:
            dispute.confirm_words(street.context, altered)
        assert caught.value.error_code == "words-unknown"


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_step_has_its_sentence(street: Street, language: str) -> None:
    card = street.buy(street.sell("储值"))
    context, alice = replace(street.context, language=language), street.alice.address
    paper = dispute.statement(context, alice, card, "无")
    said = {dispute.preview_complaint(context, alice, card, ground, paper).sentence for ground in GROUNDS} | {
        dispute.preview_escalation(context, alice, card, forum).sentence for forum in FORUMS
    }
    said.add(dispute.preview_settlement(context, alice, card).sentence)
    for words in (None, paper):
        for cause, listed in ((True, None), (False, 12_345), (True, 0)):
            word = dispute.preview_word(context, card, not_consumer=cause, listed_at_most=listed, words=words)
            said.add(word.sentence)
    said.add(dispute.preview_word(context, card, not_consumer=False, words=paper).sentence)
    assert len(said) == len(GROUNDS) + len(FORUMS) + 1 + 6 + 1
    assert all("甲诊所" in one and card[2:6] in one for one in said)
    assert any("123.45" in one for one in said)


def test_an_unknown_ground_or_forum_is_named(street: Street) -> None:
    card, alice = street.buy(street.sell("储值")), street.alice.address
    paper = dispute.statement(street.context, alice, card, "无")
    for make in (
        lambda: dispute.preview_complaint(street.context, alice, card, "weather", paper),
        lambda: dispute.preview_escalation(street.context, alice, card, "weather"),
    ):
        with pytest.raises(InvalidInput) as caught:
            make()
        assert caught.value.error_code == "unknown-choice"
    with pytest.raises(InvalidInput) as empty:
        dispute.statement(street.context, alice, card, "  ")
    assert empty.value.error_code == "no-words"


# -------------------------------------------------------------------------------------------- what was found


def test_a_ruling_that_the_consumer_is_not_the_cause_widens_the_refund(street: Street) -> None:
    """Art. 18 for art. 19: a bonus card used for 300 counts by ratio, not at list price."""
    card = street.buy(street.sell("1000送300", bonus=30_000))
    street.spend(card, 30_000)
    assert street.show(card).refund_now == 70_000
    street.complain(card, "relocation")
    street.refuse(card)
    street.escalate(card)
    ruled = street.rule(card)
    assert (ruled.upheld, ruled.not_consumer) == (True, True)
    assert street.show(card).refund_now == 70_000  # until the card has taken it over
    applied = finding.apply_finding(street.context, street.carrier, card)
    kept = 100_000 * 30_000 // 130_000
    assert (applied.owed_before, applied.owed_now, applied.cause) == (70_000, 100_000 - kept, "not-consumer")
    assert street.leave(card).refund == 100_000 - kept


def test_a_ruled_market_price_takes_the_place_of_an_unreasonable_list_price(street: Street) -> None:
    """Art. 19: two lessons at a claimed 500 each count at the market's 400."""
    product = street.sell("十节课", template="Sessions", principal=200_000, paid_units=10, consumer_formula=1)
    card = street.buy(product)
    from wallet.services import authorise, charge, consume
    from wallet.signing.policy import Policy

    asked = charge.make_charge(street.context, street.clinic, card, 2, "C-1", listed=100_000)
    request = authorise.preview_charge(street.context, street.alice.address, asked.document, Policy())
    signed = authorise.authorise(street.context, street.alice, request)
    consume.consume(street.context, street.carrier, signed.document)
    street.complain(card, "price")
    street.refuse(card)
    street.escalate(card, "authority")
    ruled = street.rule(card, not_consumer=False, listed=80_000)
    assert (ruled.upheld, ruled.listed_at_most) == (False, 80_000)
    applied = finding.apply_finding(street.context, street.carrier, card)
    assert (applied.listed, street.state(card).listed) == (80_000, 80_000)
    assert applied.owed_now - applied.owed_before == 20_000


def test_a_gift_that_came_back_is_conceded_without_any_dispute(street: Street) -> None:
    """The merchant says so; what counts against the consumer falls, and voids what was signed before."""
    card = street.buy(street.sell("储值"))
    street.spend(card, 10_000)
    conceded = street.concede(card, listed=10_000)
    assert (conceded.step, conceded.listed_at_most) == ("none", 10_000)
    with pytest.raises(InvalidInput) as caught:
        finding.apply_finding(street.context, street.carrier, card)
    assert caught.value.error_code == "no-finding"  # the total is no higher than that
    street.concede(card, listed=4_000)
    assert street.waits(card)
    epoch = street.state(card).epoch
    assert finding.apply_finding(street.context, street.carrier, card).epoch == epoch + 1
    assert not street.waits(card)
    with pytest.raises(InvalidInput):
        finding.apply_finding(street.context, street.carrier, card)


def test_nothing_conceded_is_refused(street: Street) -> None:
    card = street.buy(street.sell("储值"))
    with pytest.raises(ContractError) as caught:
        street.concede(card)
    assert caught.value.error_code == "disputes-nothing-conceded"


def test_a_dispute_about_an_ended_card_is_still_heard(street: Street) -> None:
    """Who stands behind the card may need the ruling; the card itself has its end."""
    card = street.buy(street.sell("储值"))
    street.leave(card)
    street.complain(card, "other")
    street.refuse(card)
    street.escalate(card)
    assert street.rule(card).upheld
    with pytest.raises(InvalidInput) as caught:
        finding.apply_finding(street.context, street.carrier, card)
    assert caught.value.error_code == "card-not-open"


def test_voiding_what_was_signed_loses_nothing_that_was_found(street: Street) -> None:
    """A finding counts for one epoch: the card takes it over before the consumer raises it."""
    card = street.buy(street.sell("储值"))
    street.spend(card, 10_000)
    street.concede(card, not_consumer=True, listed=4_000)
    done = bump.bump(street.context, street.alice, card, carrier=street.carrier)
    assert (done.applied, street.state(card).listed, street.show(card).not_consumer) == (True, 4_000, True)
    assert not bump.bump(street.context, street.alice, card).applied
