"""Claims by service: each guarantor in its turn, shared pots, to the last fen."""

from __future__ import annotations

import pytest

from tests.services.street import Street, money
from tests.services.street import built as built
from tests.services.street import street as street
from wallet.bindings.errors import (
    GuarantorNotAssessor,
    GuarantorNotOurTurn,
    GuarantorNotOwed,
    GuarantorNotTriggered,
    GuarantorStillStands,
    GuarantorTooEarly,
    GuarantorWrongStage,
    InsurancePoolRoundOpen,
)
from wallet.errors import InvalidInput
from wallet.law.dates import day_at, start_of
from wallet.law.waterfall import share_out
from wallet.services import (
    buy,
    claim,
    fund,
    guarantee,
    guarantee_lines,
    guarantee_money,
    guarantee_party,
    shortfall,
)
from wallet.services.claim_view import guarantees_of, list_claims


def test_an_insured_card_from_the_line_to_the_last_fen(street: Street) -> None:
    """Shenzhen's shape: a fifth held, four fifths insured; premium, claim, confirmation, debt, repayment."""
    context = street.context
    line = street.line(rate_bps=100, share_bps=8_000)
    assert (line.line, line.set_aside, line.room, line.shared) == (1, 500_000, 500_000, False)
    guarantee_lines.fund_premium(context, street.clinic, 1, "merchant", 1_000, wanted="跑路险")
    product = street.sell([("跑路险", 80_000)])
    alice = street.person("alice")
    preview = buy.preview_purchase(context, alice.address, product)
    assert (preview.at_risk, preview.covered, preview.unprotected) == (80_000, 80_000, 0)
    assert "backed by 跑路险: 800.00" in preview.sentence
    before = money(street, alice)
    card = buy.buy(context, alice, preview, carrier=street.clinic).card
    (view,) = guarantees_of(context, card)
    assert (view.place, view.name, view.kind, view.stage) == (1, "跑路险", "insurance", "promised")
    assert (view.promised, view.claimed, view.line, view.round) == (80_000, 0, 1, None)
    assert guarantee_lines.line_of(context, line.pool, 1).accounts == {"merchant": 200}

    guarantee_lines.fund_premium(context, street.clinic, 1, "merchant", 800, wanted="跑路险")
    bobs = street.buy(street.person("bob"), product).card
    assert street.leave(street.person("bob"), bobs) == 80_000
    with pytest.raises(GuarantorNotTriggered):  # the clinic is there, and owes it
        claim.file_claim(context, street.operator, bobs)
    street.runaway()
    assert street.leave(alice, card) == 80_000
    filed = claim.file_claim(context, street.operator, card, evidence="照片".encode())
    assert (filed.stage, filed.claimed, filed.trigger) == ("filed", 80_000, "runaway")
    assert filed.pay_from == start_of(day_at(filed.filed_at)) + 13 * 86_400 == filed.decide_by + 1
    with pytest.raises(GuarantorNotAssessor):
        claim.verify_claim(context, street.insurer, card, due=True)
    confirmed = claim.verify_claim(context, street.bank, card, due=True)
    assert confirmed.pay_from == start_of(day_at(filed.filed_at)) + 8 * 86_400
    with pytest.raises(GuarantorTooEarly, match="days left: 8"):
        claim.pay_claim(context, street.operator, card)
    street.wait(8)
    paid = claim.pay_claim(context, street.operator, card)
    assert (paid.amount, paid.left, paid.consumer, paid.name) == (80_000, 0, alice.address, "跑路险")
    assert money(street, alice) == before
    assert guarantees_of(context, card)[0].stage == "paid"
    clinic = street.clinic.address
    assert guarantee_money.owed_by(context, line.pool, clinic) == 80_000
    back = guarantee_money.repay(context, street.clinic, "跑路险", clinic, 30_000)
    assert (back.capital, guarantee_money.owed_by(context, line.pool, clinic)) == (951_600, 50_000)
    with pytest.raises(GuarantorNotOwed):
        guarantee_money.repay(context, street.clinic, "跑路险", clinic, 50_001)


def test_each_guarantor_is_asked_in_its_turn(street: Street) -> None:
    """Insurer, platform, fund: the one whose turn it is is found; a refusal passes on to the next."""
    context, alice = street.context, street.person("alice")
    street.line()
    guarantee.label(context, street.operator, street.clinic.address)
    product = street.sell([("跑路险", 30_000), ("platform", 40_000), ("fund", 40_000)])
    card = street.buy(alice, product).card
    street.runaway()
    assert street.leave(alice, card) == 80_000
    with pytest.raises(GuarantorNotOurTurn):
        claim.file_claim(context, street.operator, card, guarantor="fund")
    claim.file_claim(context, street.operator, card)
    claim.verify_claim(context, street.bank, card, due=False, reason="资料不全")
    assert [view.stage for view in guarantees_of(context, card)] == ["refused", "promised", "promised"]
    amounts = []
    for name in ("PlatformAdvance", "GuaranteeFund"):
        assert claim.file_claim(context, street.operator, card).name == name
        street.wait(13)
        amounts.append(claim.pay_claim(context, street.operator, card).amount)
    assert amounts == [40_000, 40_000]
    assert [view.stage for view in list_claims(context)] == ["refused", "paid", "paid"]
    assert [view.name for view in list_claims(context, stage="paid")] == ["PlatformAdvance", "GuaranteeFund"]
    assert list_claims(context, merchant=street.insurer.address) == []
    with pytest.raises(GuarantorStillStands):
        claim.release_guarantees(context, street.operator, card)
    street.wait(181)
    (freed,) = claim.release_guarantees(context, street.operator, card)
    assert (freed.stage, guarantee.find_guarantor(context, "跑路险").reserved) == ("released", 500_000)
    with pytest.raises(InvalidInput, match="no guarantor"):
        claim.release_guarantees(context, street.operator, card)


def test_a_refusal_that_an_arbiter_overrules_is_asked_about_again(street: Street) -> None:
    """Before the next guarantor: what it refused is due. While a claim waits, nobody else is asked."""
    context, alice = street.context, street.person("alice")
    street.line()
    card = street.buy(alice, street.sell([("跑路险", 80_000), ("fund", 80_000)])).card
    street.runaway()
    street.leave(alice, card)
    assert claim.file_claim(context, street.operator, card).name == "跑路险"
    with pytest.raises(GuarantorWrongStage):
        claim.file_claim(context, street.operator, card)
    refused = claim.verify_claim(context, street.bank, card, due=False, reason="资料不全")
    assert (refused.stage, refused.pay_from) == ("refused", 0)
    street.rule_for(alice, card)
    again = claim.file_claim(context, street.operator, card)
    assert (again.name, again.stage) == ("跑路险", "confirmed")


def test_a_shared_pot_is_shared_out_when_the_first_is_paid(street: Street) -> None:
    """Whoever asks first shares out for all, by the reference; others get the same whoever comes first."""
    context = street.context
    line = street.line(aggregate=100_000, promised=300_000)
    product = street.sell([("跑路险", 80_000)])
    people = [street.rich(f"consumer {number}") for number in range(3)]
    preview = buy.preview_purchase(context, people[0].address, product)
    assert (preview.covered, preview.promised[0].shared) == (80_000 * 100_000 // 300_000, True)
    held = [street.buy(who, product).card for who in people]
    street.runaway()
    for who, card in zip(people, held, strict=True):
        street.leave(who, card)
        assert claim.file_claim(context, street.operator, card).round == 0
    with pytest.raises(InsurancePoolRoundOpen):
        claim.pay_claim(context, street.operator, held[1])
    street.wait(13)
    amounts = [claim.pay_claim(context, street.operator, card).amount for card in held[::-1]]
    assert amounts[::-1] == share_out([80_000] * 3, 100_000)
    assert guarantee_lines.line_of(context, line.pool, line.line).set_aside == 0


def test_a_card_that_ended_whole_frees_its_guarantors(street: Street) -> None:
    """The consumer leaves, and the merchant pays what it owes: nothing is claimed, all is free again."""
    context, alice = street.context, street.person("alice")
    street.line()
    card = street.buy(alice, street.sell([("跑路险", 80_000), ("fund", 10_000)])).card
    assert street.leave(alice, card) == 80_000
    with pytest.raises(GuarantorStillStands):
        claim.release_guarantees(context, street.operator, card)
    debt = shortfall.preview_shortfall(context, street.clinic.address, card)
    shortfall.pay_shortfall(context, street.clinic, debt)
    freed = claim.release_guarantees(context, street.operator, card)
    assert [view.stage for view in freed] == ["released", "released"]
    assert guarantee.find_guarantor(context, "fund").reserved == 0


def test_a_public_body_is_paid_for_its_own_loss(street: Street) -> None:
    """Row 62's third line: capital of its own, a premium the town pays, documents, no silence."""
    context, town = street.context, street.person("town")
    fund.fund(context, street.operator, street.operator.address, 1_000_000)
    guarantee_party.pay_in_party(context, street.operator, 500_000)
    line = guarantee_party.write_party_line(
        context,
        street.operator,
        insured="government",
        beneficiary=town.address,
        merchant=street.clinic.address,
        assessor=street.bank.address,
        aggregate=400_000,
        rate_bps=80,
        payers={"government": (town.address, 10_000)},
        share_bps=5_000,
    )
    assert (line.premium, line.until, line.open) == (3_200, 0, True)
    started = guarantee_party.start_party_line(context, town, line.line, "government")
    assert started.until > 0
    assert guarantee_party.list_party_lines(context) == [guarantee_party.show_party_line(context, line.line)]
    loss = guarantee_party.file_loss(context, town, line.line, 100_000, trigger="runaway", evidence=b"x")
    assert (loss.amount, loss.stage) == (50_000, "filed")
    confirmed = guarantee_party.verify_loss(context, street.bank, loss.loss, amount=40_000)
    assert (confirmed.amount, confirmed.stage) == (40_000, "confirmed")
    street.wait(8)
    before = money(street, town)
    assert guarantee_party.pay_loss(context, street.operator, loss.loss).stage == "paid"
    assert money(street, town) == before + 40_000
    second = guarantee_party.file_loss(context, town, line.line, 100_000, trigger="runaway", evidence=b"y")
    assert guarantee_party.verify_loss(context, street.bank, second.loss, reason="无据").stage == "refused"
    street.wait(366)
    assert guarantee_party.end_party_line(context, street.operator, line.line).set_aside == 0
    with pytest.raises(InvalidInput) as caught:
        guarantee_party.write_party_line(
            context,
            street.operator,
            insured="consumer",
            beneficiary=town.address,
            merchant=street.clinic.address,
            assessor=street.bank.address,
            aggregate=1,
            rate_bps=0,
            payers={"government": (town.address, 10_000)},
        )
    assert caught.value.error_code == "unknown-insured"
