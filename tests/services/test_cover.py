"""Cover by service: who is named, what a covered purchase takes, and how an insurer runs its lines."""

from __future__ import annotations

from typing import Any

import pytest

from tests.services.street import Street, money
from tests.services.street import built as built
from tests.services.street import street as street
from wallet.bindings.errors import (
    CoverBookNotOperator,
    CoverBookPledgesUnsound,
    GuarantorBeyondLimit,
    GuarantorCapitalTooLow,
    InsurancePoolPremiumMissing,
    PlatformAdvanceNotLabelled,
)
from wallet.eip712 import cover_hash
from wallet.errors import InvalidInput
from wallet.services import (
    buy,
    claim,
    guarantee,
    guarantee_cover,
    guarantee_lines,
    guarantee_money,
    onboard,
    publish,
    transfer,
)
from wallet.services.claim_view import guarantees_of


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
