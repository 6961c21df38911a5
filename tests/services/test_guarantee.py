"""Guarantors by service: lines, labels and levies, covered purchases, claims to the last fen."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

# As in conftest: modules share `tests.…`, however pytest was started.
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.supervision.town import Town, build, enter
from wallet.bindings.errors import (
    CoverBookNotOperator,
    CoverBookPledgesUnsound,
    GuarantorBeyondLimit,
    GuarantorCapitalTooLow,
    GuarantorNotAssessor,
    GuarantorNotOurTurn,
    GuarantorNotOwed,
    GuarantorNotTriggered,
    GuarantorStillStands,
    GuarantorTooEarly,
    GuarantorWrongStage,
    InsurancePoolPremiumMissing,
    InsurancePoolRoundOpen,
    PlatformAdvanceNotLabelled,
)
from wallet.eip712 import cover_hash
from wallet.errors import InvalidInput
from wallet.law.dates import day_at, start_of
from wallet.law.waterfall import share_out
from wallet.services import (
    buy,
    cards,
    claim,
    dispute,
    fund,
    guarantee,
    guarantee_cover,
    guarantee_lines,
    guarantee_money,
    guarantee_party,
    onboard,
    publish,
    shortfall,
    terminate,
    transfer,
)
from wallet.services.claim_view import guarantees_of, list_claims
from wallet.signing.signer import KeySigner


class Street(Town):
    """A clinic, consumers, and guarantors with ten thousand yuan each."""

    @property
    def clinic(self) -> KeySigner:
        return self.person("clinic")

    @property
    def insurer(self) -> KeySigner:
        return self.person("insurer")

    def rich(self, name: str, fen: int = 1_000_000) -> KeySigner:
        """Somebody with money."""
        return self.consumer(name, fen)

    def line(self, **fields: Any) -> guarantee_lines.LineView:
        """The clinic's line of 5000.00, assessed by the bank."""
        base = {"merchant": self.clinic.address, "aggregate": 500_000, "assessor": self.bank.address}
        offer = guarantee_lines.Offer(**{**base, **fields})
        return guarantee_lines.write_line(self.context, self.insurer, offer, wanted="跑路险")

    def sell(self, pledges: list[tuple[str, int]], name: str = "卡", **numbers: int) -> str:
        """A product of 1000.00 with these guarantors, a fifth of it held; its name."""
        cover = guarantee_cover.announce(self.context, self.clinic, pledges)
        terms = publish.terms_for(
            self.context,
            merchant=self.clinic.address,
            template="StoredValue",
            cover=cover,
            **{"principal": 100_000, "custody_bps": 2_000, "advance": 80_000, **numbers},
        )
        publish.publish(self.context, self.clinic, terms, name)
        return name

    def runaway(self) -> None:
        onboard.stop(self.context, self.operator, self.clinic.address)

    def rule_for(self, who: KeySigner, card: str) -> None:
        """A dispute from complaint to a ruling for the consumer."""
        context = self.context
        words = dispute.statement(context, who.address, card, "商户已停业")
        complaint = dispute.preview_complaint(context, who.address, card, "other", words)
        dispute.take_step(context, who, complaint)
        answer = dispute.statement(context, self.clinic.address, card, "不予退款")
        dispute.refuse(context, self.clinic, card, answer)
        going_on = dispute.preview_escalation(context, who.address, card, "authority")
        dispute.take_step(context, who, going_on)
        dispute.appoint(context, self.operator, self.bank.address)
        reasons = dispute.statement(context, self.bank.address, card, "非消费者原因")
        word = dispute.preview_word(context, card, not_consumer=True, words=reasons)
        dispute.rule(context, self.bank, word)

    def leave(self, who: KeySigner, card: str) -> int:
        """The consumer ends the card; fen it is short."""
        return terminate.terminate(
            self.context, who, terminate.preview_termination(self.context, card)
        ).shortfall


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Any, str, Path]:
    folder = tmp_path_factory.mktemp("guaranteed")
    chain, snapshot = build(folder)
    street = Street(enter(chain, snapshot, folder / "deployments", folder).context, chain)
    onboard.apply_to_sell(street.context, street.clinic, "甲诊所", "执照")
    onboard.approve(street.context, street.operator, street.clinic.address)
    for name in ("insurer", "operator", "clinic", "alice", "bob", "town"):
        street.rich(name, 3_000_000)
    pool = guarantee.open_guarantor(street.context, street.insurer, "insurance")
    guarantee.admit(street.context, street.operator, pool.address, "跑路险")
    guarantee_money.pay_in(street.context, street.insurer, "跑路险", 1_000_000)
    for wanted in ("platform", "fund"):
        guarantee_money.pay_in(street.context, street.operator, wanted, 1_000_000)
        template = street.context.platform.templates["StoredValue"]
        guarantee.list_template(street.context, street.operator, wanted, template)
    street.context.journal.close()
    return chain, chain.snapshot(), folder / "deployments"


@pytest.fixture
def street(built: tuple[Any, str, Path], tmp_path: Path) -> Iterator[Street]:
    chain, snapshot, deployments = built
    entered = Street(enter(chain, snapshot, deployments, tmp_path).context, chain)
    yield entered
    entered.context.journal.close()


def money(street: Street, who: KeySigner) -> int:
    return cards.balance(street.context, who.address).on_hand


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


def test_a_sale_whose_guarantor_refuses_costs_nothing(street: Street) -> None:
    """No label, no premium, no room: the contract's own reason, before anything is paid."""
    context, alice = street.context, street.person("alice")
    street.line(rate_bps=100, aggregate=100_000)
    before = money(street, alice)
    with pytest.raises(PlatformAdvanceNotLabelled):
        street.buy(alice, street.sell([("platform", 80_000)], "平台"))
    with pytest.raises(InsurancePoolPremiumMissing):
        street.buy(alice, street.sell([("跑路险", 80_000)], "保险"))
    guarantee_lines.fund_premium(context, street.clinic, 1, "merchant", 5_000, wanted="跑路险")
    street.buy(alice, "保险")
    with pytest.raises(GuarantorBeyondLimit):
        street.buy(alice, "保险")
    assert money(street, alice) == before - 100_000


def test_what_nobody_explains_or_admits_counts_for_nothing(street: Street) -> None:
    """A cover that was not announced, and one whose guarantor was dismissed."""
    context, alice = street.context, street.person("alice")
    street.line()
    pool = guarantee.find_guarantor(context, "跑路险")
    secret = cover_hash([(pool.address, 7)])
    terms = publish.terms_for(
        context,
        merchant=street.clinic.address,
        template="StoredValue",
        principal=100_000,
        custody_bps=2_000,
        advance=80_000,
        cover=secret,
    )
    publish.publish(context, street.clinic, terms, "谜")
    preview = buy.preview_purchase(context, alice.address, "谜")
    assert (preview.covered, preview.promised) == (0, ())
    with pytest.raises(InvalidInput) as caught:
        buy.buy(context, alice, preview)
    assert caught.value.error_code == "cover-unknown"

    product = street.sell([("跑路险", 80_000)])
    assert buy.preview_purchase(context, alice.address, product).covered == 80_000
    with pytest.raises(CoverBookNotOperator):
        guarantee.dismiss(context, street.insurer, "跑路险")
    guarantee.dismiss(context, street.operator, "跑路险")
    preview = buy.preview_purchase(context, alice.address, product)
    assert (preview.covered, preview.promised[0].worth) == (0, 0)
    with pytest.raises(CoverBookPledgesUnsound):
        guarantee_cover.announce(context, street.clinic, [(pool.address, 5)])


def test_a_covered_card_is_bought_by_signature_or_directly(street: Street) -> None:
    context, alice = street.context, street.person("alice")
    street.line()
    product = street.sell([("跑路险", 80_000)])
    preview = buy.preview_purchase(context, alice.address, product)
    for method in ("permit", "allowance"):
        with pytest.raises(InvalidInput) as caught:
            buy.buy(context, alice, preview, method=method)
        assert caught.value.error_code == "method-covered"
    for method in ("signature", "direct"):
        preview = buy.preview_purchase(context, alice.address, product)
        assert buy.buy(context, alice, preview, method=method).frozen == 20_000


def test_guarantors_are_found_by_name_kind_or_address(street: Street) -> None:
    context = street.context
    names = [one.name for one in guarantee.list_guarantors(context)]
    assert names == ["InsurancePool", "PlatformAdvance", "GuaranteeFund", "跑路险"]
    pool = guarantee.find_guarantor(context, "跑路险")
    assert (pool.kind, pool.keeper, pool.capital) == ("insurance", street.insurer.address, 1_000_000)
    assert guarantee.find_guarantor(context, pool.address) == pool
    assert guarantee.find_guarantor(context, "fund").limits is not None
    wrong = {
        "insurance": "ambiguous-guarantor",
        "谁": "unknown-guarantor",
        street.clinic.address: "unknown-guarantor",
    }
    for wanted, code in wrong.items():
        with pytest.raises(InvalidInput) as caught:
            guarantee.find_guarantor(context, wanted)
        assert caught.value.error_code == code
    with pytest.raises(InvalidInput) as caught:
        guarantee.label(context, street.operator, street.clinic.address, wanted="fund")
    assert caught.value.error_code == "other-guarantor"


def test_capital_goes_out_only_where_nothing_is_promised(street: Street) -> None:
    context = street.context
    street.line()
    with pytest.raises(GuarantorCapitalTooLow):
        guarantee_money.withdraw(context, street.insurer, "跑路险", 500_001)
    left = guarantee_money.withdraw(context, street.insurer, "跑路险", 500_000)
    assert (left.capital, left.free) == (500_000, 0)
    with pytest.raises(InvalidInput) as caught:
        guarantee_money.withdraw(context, street.operator, "fund", 1)
    assert caught.value.error_code == "fund-keeps"


@pytest.mark.parametrize(
    ("code", "wrong"),
    [
        ("unknown-trigger", {"triggers": ("earthquake",)}),
        ("invalid-payers", {"payers": {"merchant": ("0x" + "11" * 20, 9_999)}}),
        ("invalid-payers", {"payers": {"uncle": ("0x" + "11" * 20, 10_000)}}),
        ("trigger-without-stop", {"triggers": ("dispute", "fraud")}),
        ("line-figure", {"share_bps": 10_001}),
        ("line-figure", {"deductible_bps": -1}),
        ("line-figure", {"rate_bps": 10_001}),
        ("line-figure", {"verify_days": 256}),
        ("line-figure", {"cover_days": 60}),
        ("line-figure", {"cover_days": 65_536}),
    ],
)
def test_an_offer_that_makes_no_sense_is_refused_by_name(street: Street, code: str, wrong: Any) -> None:
    with pytest.raises(InvalidInput) as caught:
        street.line(**wrong)
    assert caught.value.error_code == code


def test_an_insurer_stops_a_line_and_its_cards_stay_covered(street: Street) -> None:
    context, alice = street.context, street.person("alice")
    street.line()
    product = street.sell([("跑路险", 80_000)])
    card = street.buy(alice, product).card
    stopped = guarantee_lines.stop_line(context, street.insurer, 1, wanted="跑路险")
    assert (stopped.open, stopped.set_aside, stopped.room) == (False, 80_000, 0)
    assert buy.preview_purchase(context, alice.address, product).covered == 0
    street.runaway()
    street.leave(alice, card)
    claim.file_claim(context, street.operator, card)
    street.wait(13)
    assert claim.pay_claim(context, street.operator, card).amount == 80_000
    with pytest.raises(InvalidInput) as caught:
        guarantee_lines.line_of(context, stopped.pool, 9)
    assert caught.value.error_code == "unknown-line"


def test_a_card_moves_under_new_guarantors_while_the_old_ones_pay(street: Street) -> None:
    """The clinic is gone: what is held goes into a covered card of another; what is short is claimed."""
    context, alice = street.context, street.person("alice")
    other = street.person("other clinic")
    onboard.apply_to_sell(context, other, "乙诊所", "执照")
    onboard.approve(context, street.operator, other.address)
    street.line()
    card = street.buy(alice, street.sell([("跑路险", 80_000)])).card
    street.line(merchant=other.address, aggregate=100_000)
    terms = publish.terms_for(
        context,
        merchant=other.address,
        template="StoredValue",
        principal=20_000,
        custody_bps=5_000,
        advance=10_000,
        cover=guarantee_cover.announce(context, other, [("跑路险", 10_000)]),
    )
    publish.publish(context, other, terms, "接续")
    street.runaway()
    move = transfer.preview_transfer(context, alice.address, card, "接续")
    moved = transfer.transfer(context, alice, move)
    assert (moved.moved, moved.shortfall) == (20_000, 80_000)
    assert [view.stage for view in guarantees_of(context, moved.new_card)] == ["promised"]
    claim.file_claim(context, street.operator, card)
    street.wait(13)
    assert claim.pay_claim(context, street.operator, card).amount == 80_000


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
