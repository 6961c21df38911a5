"""The gate: who may apply and be approved, on the chain and not only in words."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from tests.supervision.town import LOOSE, STRICT, Town, code, papers, refused
from wallet.bindings import errors
from wallet.bindings.runtime import ask
from wallet.errors import InvalidInput, PolicyRefusal
from wallet.keccak import keccak256
from wallet.law.programme import Check, Phase, Programme
from wallet.services import admission, buy, gate, office, onboard, supervise, watch
from wallet.services.sending import send
from wallet.supervision.application import Application


def may_sell(town: Town, merchant: str) -> bool:
    return ask(town.chain, town.context.merchants.may_sell(merchant))


def test_without_a_programme_nothing_is_gated(town: Town) -> None:
    """A laboratory starts open: apply, approve, list and sell as ever."""
    shop = town.person("shop")
    onboard.apply_to_sell(town.context, shop, "无方案", "licence")
    onboard.approve(town.context, town.operator, shop.address)
    bought = town.buy(town.consumer(fen=9_000_000), town.product(shop, principal=9_000_000))
    assert bought.frozen == 9_000_000
    assert not town.context.journal.path.with_name("supervision.sqlite").exists()


def test_row_05_registered_reviewed_approved_then_its_own_product(town: Town) -> None:
    """Listing before approval fails, a rejected merchant cannot sell, an approved one makes its product."""
    town.adopt()
    shop = town.merchant(approved=False)
    with pytest.raises(errors.ProductCatalogueMerchantMayNotSell):
        town.product(shop)
    onboard.reject(town.context, town.operator, shop.address)
    with pytest.raises(errors.ProductCatalogueMerchantMayNotSell):
        town.product(shop)
    admission.apply(town.context, shop, papers(1))
    admission.file(town.context, shop, shop.address, "备案 1")
    onboard.approve(town.context, town.operator, shop.address)
    made = town.product(shop, "正畸 24 次", template="Sessions", paid_units=24, principal=480_000)
    assert town.buy(town.consumer(), made).frozen == 480_000


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"licence": ""}, "licence-missing"),
        ({"code": ""}, "licence-missing"),
        ({"bank_account": ""}, "bank-account-missing"),
        ({"code": "91350100M000100Y44"}, "licence-forged"),
        ({"code": code(1)[:-1] + ("0" if code(1)[-1] != "0" else "1")}, "licence-forged"),
        ({"licence_until": date(2026, 1, 4)}, "licence-expired"),
    ],
)
def test_row_56_row_74_papers_that_are_missing_forged_or_over_are_refused(
    changes: dict[str, object], why: str, town: Town
) -> None:
    """Licence and bank account both, and a code that checks; nothing reaches the chain or the book."""
    town.adopt()
    shop = town.person("shop")
    with pytest.raises(PolicyRefusal) as caught:
        admission.apply(town.context, shop, papers(1, **changes))
    assert refused(caught) == why
    assert onboard.merchant_of(town.context, shop.address).status == "none"
    assert not town.context.journal.pending(town.context.identity)
    with office.need_office(town.context) as desk:
        assert desk.book.facts(subject=shop.address) == []


def test_a_licence_is_good_to_its_last_day(town: Town) -> None:
    town.adopt()
    shop = town.merchant(licence_until=date(2026, 1, 5))
    assert may_sell(town, shop.address)


def test_a_young_licence_waits(town: Town) -> None:
    """Six months, by the calendar; the application stands meanwhile."""
    town.adopt()
    shop = town.merchant(licence_from=date(2025, 7, 6), approved=False)
    with pytest.raises(PolicyRefusal) as caught:
        onboard.approve(town.context, town.operator, shop.address)
    assert refused(caught) == "licence-too-young"
    town.wait(1)
    assert onboard.approve(town.context, town.operator, shop.address).status == "approved"


@pytest.mark.parametrize("name", ["dishonest", "abnormal", "deregistering"])
def test_a_firm_on_a_list_is_not_approved_until_it_is_off(name: str, town: Town) -> None:
    """The list is kept by a regulator and goes by the credit code, whatever name or account applies."""
    town.adopt()
    shop = town.merchant(approved=False)
    supervise.put_on_list(town.context, town.market, code(1), name, "公告 17 号")
    with pytest.raises(PolicyRefusal) as caught:
        onboard.approve(town.context, town.operator, shop.address)
    assert refused(caught) == "merchant-listed"
    supervise.take_off_list(town.context, town.market, code(1), name, "已履行")
    assert onboard.approve(town.context, town.operator, shop.address).status == "approved"


def test_row_26_an_unfiled_clinic_cannot_sell(town: Town) -> None:
    town.adopt()
    shop = town.merchant(filed=False, approved=False)
    with pytest.raises(PolicyRefusal) as caught:
        onboard.approve(town.context, town.operator, shop.address)
    assert refused(caught) == "not-filed"
    admission.file(town.context, shop, shop.address, "京医备 2026-1")
    onboard.approve(town.context, town.operator, shop.address)
    product = town.product(shop)
    admission.withdraw_filing(town.context, town.market, shop.address, "材料失实")
    with pytest.raises(PolicyRefusal) as caught:
        buy.preview_purchase(town.context, town.consumer().address, product)
    assert refused(caught) == "sales-stopped"
    watch.watch(town.context, town.operator)
    assert not may_sell(town, shop.address)


def test_row_27_anybody_can_ask_whether_a_merchant_has_filed(town: Town) -> None:
    town.adopt()
    town.merchant(1, name="备案口腔")
    town.merchant(2, name="未备口腔", filed=False, approved=False)
    (filed,), (not_yet,), (unknown,) = (
        admission.filings(town.context, name) for name in ("备案口腔", "未备口腔", "没有这家")
    )
    assert (filed.filed, filed.number) == (True, "备案 1")
    assert filed.since > 0
    assert (not_yet.filed, unknown.filed) == (False, False)


def test_row_03_one_payment_for_several_visits_belongs_on_the_platform(town: Town) -> None:
    """Implants and braces have to come in; a single visit paid once may be sold outside."""
    town.adopt()
    clinic = town.person("clinic").address
    with pytest.raises(PolicyRefusal) as caught:
        gate.require_plan(town.context, clinic, payments=1, deliveries=2)
    assert refused(caught) == "must-onboard"
    gate.require_plan(town.context, clinic, payments=1, deliveries=1)
    gate.require_plan(town.context, clinic, payments=3, deliveries=3)
    with pytest.raises(PolicyRefusal) as caught:
        town.product(town.person("clinic"), "种植", template="Sessions", paid_units=5)
    assert refused(caught) == "no-application"
    shop = town.merchant()
    gate.require_plan(town.context, shop.address, payments=1, deliveries=24)
    onboard.suspend(town.context, town.operator, shop.address)
    with pytest.raises(PolicyRefusal):
        gate.require_plan(town.context, shop.address, payments=1, deliveries=24)


def test_two_approvers_where_the_programme_says_so(town: Town) -> None:
    """An operator's own wish is one of them and stays on record; the same one twice is still one."""
    town.adopt(replace(STRICT, gate=replace(STRICT.gate, approvals=2)))
    shop = town.merchant(approved=False)
    for _ in range(2):
        with pytest.raises(PolicyRefusal) as caught:
            onboard.approve(town.context, town.operator, shop.address)
        assert refused(caught) == "approvals-missing"
        assert caught.value.values["has"] == 1
    with pytest.raises(PolicyRefusal) as caught:
        admission.endorse(town.context, town.person("anybody"), shop.address)
    assert refused(caught) == "not-your-part"
    admission.endorse(town.context, town.person("approver"), shop.address)
    assert onboard.approve(town.context, town.operator, shop.address).status == "approved"


def test_new_papers_need_new_approvals(town: Town) -> None:
    """What others endorsed was the old application; and papers on the chain must be those in the book."""
    town.adopt(replace(STRICT, gate=replace(STRICT.gate, approvals=2)))
    shop = town.merchant(approved=False)
    admission.endorse(town.context, town.person("approver"), shop.address)
    onboard.reject(town.context, town.operator, shop.address)
    with pytest.raises(PolicyRefusal) as caught:
        onboard.apply_to_sell(town.context, shop, "店1", "other papers")
    assert refused(caught) == "papers-differ"
    past = town.context.merchants.apply_to_sell("店1", keccak256(b"other papers"))
    send(town.context, shop, past, "apply past the gate")
    with pytest.raises(PolicyRefusal) as caught:
        onboard.approve(town.context, town.operator, shop.address)
    assert refused(caught) == "papers-differ"
    with pytest.raises(errors.MerchantRegistryWrongStatus):
        admission.apply(town.context, shop, papers(1, bank_account="6222 9999"))
    onboard.reject(town.context, town.operator, shop.address)
    admission.apply(town.context, shop, papers(1, bank_account="6222 9999"))
    with pytest.raises(PolicyRefusal) as caught:
        onboard.approve(town.context, town.operator, shop.address)
    assert refused(caught) == "approvals-missing"


def test_row_63_row_78_sectors_are_opened_in_phases(town: Town) -> None:
    """A sector that is not open: no application, no sale; opened, both."""
    phases = (Phase(sectors=("dental",)), Phase(sectors=("fitness", "catering")))
    town.adopt(replace(LOOSE, gate=replace(LOOSE.gate, phases=phases)))
    with pytest.raises(PolicyRefusal) as caught:
        town.merchant(1, sector="fitness")
    assert refused(caught) == "sector-not-open"
    dentist = town.merchant(2, sector="dental")
    supervise.open_phase(town.context, town.operator, 2)
    gym = town.merchant(1, sector="fitness")
    product = town.product(gym)
    alice = town.consumer()
    assert town.buy(alice, product).frozen == 100_000
    supervise.open_phase(town.context, town.operator, 1)
    with pytest.raises(PolicyRefusal) as caught:
        town.buy(alice, product)
    assert refused(caught) == "sector-not-open"
    assert town.buy(alice, town.product(dentist, "洁牙")).frozen == 100_000


def test_row_35_a_programme_can_be_limited_to_districts(town: Town) -> None:
    phases = (Phase(districts=("锦江",)), Phase(districts=("都江堰", "彭州")))
    town.adopt(replace(LOOSE, gate=replace(LOOSE.gate, phases=phases)))
    with pytest.raises(PolicyRefusal) as caught:
        town.merchant(1, district="彭州")
    assert refused(caught) == "district-not-open"
    assert may_sell(town, town.merchant(2, district="锦江").address)
    supervise.open_phase(town.context, town.operator, 2)
    assert may_sell(town, town.merchant(1, district="彭州").address)
    with pytest.raises(InvalidInput):
        supervise.open_phase(town.context, town.operator, 3)


def test_row_56_a_copied_licence_gets_one_merchant_admitted(town: Town) -> None:
    """Whoever applies with it, the second is refused; a merchant that applies again is no second one."""
    town.adopt()
    shop, copy = town.merchant(1, approved=False), town.merchant(2, approved=False, code=code(1))
    onboard.approve(town.context, town.operator, shop.address)
    with pytest.raises(PolicyRefusal) as caught:
        onboard.approve(town.context, town.operator, copy.address)
    assert refused(caught) == "licence-taken"
    assert [one.error_code for one in admission.standing(town.context, copy.address)[1]] == ["licence-taken"]
    with pytest.raises(PolicyRefusal) as caught:
        town.merchant(3, code=code(1))
    assert refused(caught) == "licence-taken"
    onboard.close(town.context, town.operator, shop.address)
    assert onboard.approve(town.context, town.operator, copy.address).status == "approved"


def test_row_29_regulator_operator_bank_and_merchant_are_different_parties(town: Town) -> None:
    """Nobody gets a second of these roles, and only the platform's first operator gives any."""
    town.adopt()
    for who, role in ((town.operator, "bank"), (town.bank, "government"), (town.market, "insurer")):
        with pytest.raises(PolicyRefusal) as caught:
            office.appoint(town.context, town.operator, who.address, role)
        assert refused(caught) == "roles-apart"
    for who in (town.operator, town.bank, town.market):
        with pytest.raises(PolicyRefusal) as caught:
            admission.apply(town.context, who, papers(9))
        assert refused(caught) == "not-your-part"
    with pytest.raises(PolicyRefusal):
        office.appoint(town.context, town.bank, town.person("x").address, "bank")
    with pytest.raises(InvalidInput):
        office.appoint(town.context, town.operator, town.person("x").address, "king")
    office.dismiss(town.context, town.operator, town.bank.address, "bank")
    with pytest.raises(PolicyRefusal):
        supervise.note_anomaly(town.context, town.bank, town.merchant().address, 1, "x")


def test_a_merchant_speaks_for_itself_only(town: Town) -> None:
    town.adopt()
    one, other = town.merchant(1), town.merchant(2)
    with pytest.raises(PolicyRefusal) as caught:
        admission.file(town.context, one, other.address, "备案 2")
    assert refused(caught) == "not-your-part"


def test_papers_with_invisible_or_endless_text_are_refused() -> None:
    for changes in (
        {"name": "店\u202e"},
        {"licence": "x" * 201},
        {"sector": "nothing"},
        {"last_year_revenue": -1},
    ):
        with pytest.raises(InvalidInput):
            Application(**{"name": "店", **changes})


def test_every_check_can_be_asked_for_by_name() -> None:
    assert Programme.from_dict(
        {"name": "x", "gate": {"checks": [str(one) for one in Check]}}
    ).gate.checks == (*Check,)
