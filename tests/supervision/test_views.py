"""What regulators, bank, insurer and public see: one custody, each its own fields, as the chain has it."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from tests.supervision.town import LOOSE, STRICT, Town, papers
from wallet.bindings.digital_yuan import DigitalYuan
from wallet.bindings.runtime import ask
from wallet.errors import InvalidInput, PolicyRefusal
from wallet.exchange.store_sign import StoreSign
from wallet.law.programme import SECTORS, Gate, Programme, Role
from wallet.services import (
    admission,
    buy,
    cards,
    chronicle,
    complaint,
    notice,
    office,
    onboard,
    records,
    regulator,
    reporting,
    stores,
    supervise,
    terminate,
    watch,
)
from wallet.services.custody import every_card
from wallet.services.sending import Item, send, send_all
from wallet.supervision.roles import CUSTODY, FIELDS, USUAL


def test_row_15_two_regulators_see_one_custody_and_each_its_own_fields(town: Town) -> None:
    """Market sees licences and no bank account, finance the other way round; the sums are the same ones."""
    town.adopt()
    shop, alice = town.merchant(), town.consumer()
    town.spend(alice, shop, town.buy(alice, town.product(shop, bonus=30_000)).card, 13_000)
    market = regulator.view(town.context, town.market.address)
    finance = regulator.view(town.context, town.person("finance").address)
    assert (market.role, finance.role) == ("market", "finance")
    assert market.custody == finance.custody
    assert market.custody is not None
    assert (market.custody.held, market.custody.released) == (90_000, 10_000)
    assert all(market.rows[0][one] == finance.rows[0][one] for one in CUSTODY)
    assert market.rows[0]["code"] == papers(1).code
    assert "bank_account" not in market.rows[0]
    assert finance.rows[0]["bank_account"] == papers(1).bank_account
    assert "code" not in finance.rows[0]
    with pytest.raises(PolicyRefusal) as caught:
        regulator.view(town.context, town.market.address, fields=("name", "bank_account"))
    assert caught.value.error_code == "field-not-permitted"
    only = regulator.view(town.context, town.market.address, fields=("held",), district="海曙")
    assert only.rows == ({"held": 90_000},)
    assert regulator.view(town.context, town.market.address, sector="beauty").rows == ()


def test_the_public_sees_no_papers_and_no_money(town: Town) -> None:
    """Name, place, status, filing, stores and badge; whoever has no office is the public."""
    town.adopt()
    town.merchant()
    assert set(regulator.view(town.context, town.operator.address).fields) == set(FIELDS)
    for who in ("anybody", "bank", "approver"):
        seen = regulator.view(town.context, town.person(who).address)
        assert (seen.role, seen.custody) == ("public", None)
        assert set(seen.rows[0]) == {"name", "district", "sector", "status", "filing", "stores", "badge"}
    with pytest.raises(PolicyRefusal):
        regulator.view(town.context, town.person("anybody").address, fields=("held",))
    office.dismiss(town.context, town.operator, town.market.address, "government")
    assert regulator.view(town.context, town.market.address).role == "public"


def test_every_usual_role_has_fields_that_exist() -> None:
    for role in USUAL:
        assert set(role.fields) <= set(FIELDS)
    assert len({role.name for role in USUAL}) == len(USUAL) >= 2


def test_a_programme_can_name_its_own_regulators(town: Town) -> None:
    own = Programme("own", gate=Gate(checks=()), roles=(Role("health", "卫生健康", ("name", "complaints")),))
    office.adopt(town.context, town.operator, own)
    office.appoint(town.context, town.operator, town.market.address, "government", "health")
    town.merchant()
    assert set(regulator.view(town.context, town.market.address).fields) == {"name", "complaints", *CUSTODY}
    office.appoint(town.context, town.operator, town.person("y").address, "government", "nobody")
    with pytest.raises(PolicyRefusal) as caught:
        regulator.view(town.context, town.person("y").address)
    assert caught.value.error_code == "unknown-regulator"


@pytest.mark.parametrize("seed", range(2))
def test_row_17_districts_add_up_to_the_chain_to_the_fen(seed: int, town: Town) -> None:
    """Merchants in several districts, cards bought, spent, ended and left owing at random, a donation."""
    chance = random.Random(seed)
    town.adopt(LOOSE)
    districts = ["福田", "南山", "宝安", ""]
    shops = [town.merchant(n, district=districts[n % 4]) for n in range(4)]
    products = [
        town.product(shop, f"卡{n}", principal=chance.randrange(1, 300_000), bonus=chance.randrange(40_000))
        for n, shop in enumerate(shops)
    ]
    people = [town.consumer(f"consumer {n}", 10_000_000) for n in range(3)]
    bought = []
    for _ in range(10):
        who, n = chance.choice(people), chance.randrange(4)
        bought.append((who, shops[n], town.buy(who, products[n]).card))
    for who, shop, card in chance.sample(bought, 7):
        face = cards.show_card(town.context, card)
        town.spend(who, shop, card, chance.randrange(1, (face.principal + face.bonus) // 2 + 2))
    for who, _, card in chance.sample(bought, 4):
        exit_ = terminate.preview_termination(town.context, card)
        terminate.terminate(town.context, who, exit_, carrier=town.operator)
    token = DigitalYuan(town.context.platform.token)
    seen = regulator.dashboard(town.context)
    assert seen.whole.difference == 0
    assert {one.name for one in seen.districts} == set(districts)
    for name in ("cards", "open", "new_money", "released", "refunded", "held", "due", "shortfall"):
        assert sum(getattr(one.totals, name) for one in seen.districts) == getattr(seen.whole.totals, name)
    assert all(one.totals.balanced for one in seen.districts)
    assert all(one.balanced for one in every_card(town.context))
    wallets = {town.context.wallet_of(who.address).address for who in people}
    assert seen.whole.totals.held + seen.whole.totals.due == sum(
        ask(town.chain, token.balance_of(one)) for one in wallets
    )
    assert sum(one.merchants for one in seen.districts) == 4
    send(town.context, people[0], token.transfer(bought[0][0].address, 0), "nothing")
    gift = token.transfer(next(iter(sorted(wallets))), 77)
    send(town.context, people[0], gift, "a donation")
    assert regulator.dashboard(town.context).whole.difference == 77


def test_row_17_twenty_two_districts_in_one_pass(town: Town) -> None:
    """The table's number of districts; sixty-six merchants stand for its three thousand."""
    town.adopt(LOOSE)
    with office.need_office(town.context) as desk:
        people = [town.person(f"shop {n}") for n in range(66)]
        said = [
            desk.fact("applied", one.address, desk.require("applied", one, one.address), one.address,
                      papers(n, district=f"商圈{n % 22}").to_dict())
            for n, one in enumerate(people)
        ]  # fmt: skip
        desk.book.say(said)
    for n, one in enumerate(people):
        send_all(
            town.context, one,
            [Item.of(town.context.merchants.apply_to_sell(f"店{n}", papers(n).hash), "apply")], "apply",
        )  # fmt: skip
    approvals = [Item.of(town.context.merchants.approve(one.address), "approve") for one in people]
    send_all(town.context, town.operator, approvals, "approve")
    seen = regulator.dashboard(town.context)
    assert len(seen.districts) == 22
    assert {one.merchants for one in seen.districts} == {3}
    assert watch.watch(town.context, town.operator).merchants == 66


def test_row_02_row_75_operators_hold_no_custody_money(town: Town) -> None:
    """Whatever is sold, spent and refunded, nothing stays with an operator, a regulator or the bank."""
    town.adopt()
    shop, alice = town.merchant(), town.consumer()
    parties = (town.operator.address, town.market.address, town.bank.address)
    before = regulator.operator_money(town.context, parties)
    card = town.buy(alice, town.product(shop)).card
    town.spend(alice, shop, card, 20_000)
    supervise.declare_risk(town.context, town.operator, shop.address, "风险")
    watch.watch(town.context, town.operator)
    notice.declare_runaway(town.context, town.operator, shop.address, "失联")
    exit_ = terminate.preview_termination(town.context, card)
    terminate.terminate(town.context, alice, exit_, carrier=town.operator)
    assert regulator.operator_money(town.context, parties) == before == dict.fromkeys(parties, 0)


# ------------------------------------------------------------------- stores, balances, channels


def test_row_77_a_card_is_good_in_all_stores_and_each_redemption_names_its_own(town: Town) -> None:
    """Three stores, one card; the chain shows a hash, this machine the store."""
    town.adopt()
    shop, alice = town.merchant(), town.consumer()
    opened = [stores.open_store(town.context, shop, name, "鄞州") for name in ("天一店", "万达店", "东门店")]
    assert [one.number for one in opened] == [1, 2, 3]
    card = town.buy(alice, town.product(shop)).card
    for one in opened:
        asked = stores.charge_at(town.context, shop, one.number, card, 10_000, f"N-{one.number}")
        assert town.pay(alice, shop, asked.document) == 10_000
    told = [(one.number, one.store, one.paid) for one in stores.redemptions(town.context, shop.address)]
    assert told == [("N-1", "天一店", 10_000), ("N-2", "万达店", 10_000), ("N-3", "东门店", 10_000)]
    logs = town.chain.logs(town.context.wallet_of(alice.address).address)
    assert not any("店".encode() in log.data for log in logs if log.block_number)
    stores.close_store(town.context, shop, 2)
    for number in (2, 9):
        with pytest.raises(InvalidInput) as caught:
            stores.charge_at(town.context, shop, number, card, 1, "x")
        assert caught.value.error_code == "unknown-store"
    assert cards.show_card(town.context, card).held == 70_000
    with pytest.raises(InvalidInput):
        stores.open_store(town.context, shop, " ")


def test_row_73_a_balance_is_found_by_name_and_by_the_code_at_the_door(town: Town, tmp_path: Path) -> None:
    """Both give what the chain holds, before and after spending."""
    town.adopt()
    shop, alice = town.merchant(1, name="明眸口腔"), town.consumer()
    stores.open_store(town.context, shop, "天一店")
    product = town.product(shop)
    first, second = town.buy(alice, product).card, town.buy(alice, product).card
    picture = tmp_path / "door.png"
    stores.sign_of(town.context, shop.address, 1).write_png(picture)
    for spent in (0, 30_000):
        if spent:
            town.spend(alice, shop, first, spent)
        named = stores.balance_by_name(town.context, alice.address, "明眸口腔")
        scanned = stores.balance_by_sign(town.context, alice.address, picture)
        token = DigitalYuan(town.context.platform.token)
        wallet = town.context.wallet_of(alice.address).address
        assert named.frozen == scanned.frozen == 200_000 - spent == ask(town.chain, token.balance_of(wallet))
        assert set(named.cards) == set(scanned.cards) == {first, second}
        assert (named.store, scanned.store) == ("", "天一店")
    with pytest.raises(InvalidInput):
        stores.balance_by_name(town.context, alice.address, "没有")
    elsewhere = StoreSign(1, shop.address)
    with pytest.raises(InvalidInput) as caught:
        stores.balance_by_sign(town.context, alice.address, elsewhere)
    assert caught.value.error_code == "other-chain"
    with pytest.raises(InvalidInput):
        stores.sign_of(town.context, shop.address, 5)


@pytest.mark.parametrize(
    "text", ["", "prepaid:store/1/1/0x00/0", "prepaid:store/2/1/" + "0x" + "11" * 20 + "/0", "http://x"]
)
def test_a_code_that_is_no_stores_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput):
        StoreSign.parse(text)


def test_a_stores_code_comes_back_from_its_text() -> None:
    sign = StoreSign(31337, "0x70997970C51812dc3A010C7d01b50e0d17dc79C8", 7)
    assert StoreSign.parse(sign.text) == sign


def test_row_70_one_card_through_all_channels(town: Town) -> None:
    """Bought through any of four entries the terms are the same but for the entry, and so is the balance."""
    town.adopt(LOOSE)
    shop, alice = town.merchant(), town.consumer()
    product = town.product(shop)
    previews = [
        buy.preview_purchase(town.context, alice.address, product, channel=n, salt=1) for n in range(1, 5)
    ]
    assert len({one.terms.change(channel=0, buy_by=0).values() for one in previews}) == 1
    bought = [town.buy(alice, product, channel=n) for n in range(1, 5)]
    sold = records.cards_of(town.context, alice.address)
    assert [one.terms.channel for one in sold] == [1, 2, 3, 4]
    town.spend(alice, shop, bought[2].card, 10_000)
    assert stores.balance_by_name(town.context, alice.address, "店1").frozen == 390_000
    assert cards.balance(town.context, alice.address).frozen == 390_000


# -------------------------------------------------------------------- the shared log, the report


def test_row_39_platform_bank_and_insurer_read_one_log_and_the_insurer_prices_from_it(town: Town) -> None:
    """The same facts in the same order; one more bad one, and the premium rises."""
    town.adopt()
    shop = town.merchant()
    insurer = town.person("insurer")
    assert regulator.quote_premium(town.context, insurer, shop.address, 100) == 100
    supervise.note_anomaly(town.context, town.bank, shop.address, 6_000, "大额转出")
    complaint.complain(town.context, town.consumer(), shop.address, "约不到")
    told = [
        regulator.feed(town.context, who.address) for who in (town.operator, town.bank, insurer, town.market)
    ]
    assert all(one == told[0] for one in told)
    assert [one.kind for one in told[0]] == ["premium-quoted", "bank-anomaly", "complaint"]
    assert regulator.quote_premium(town.context, insurer, shop.address, 100) == 124  # ⌈100 × 1.2333⌉
    with pytest.raises(PolicyRefusal):
        regulator.feed(town.context, shop.address)
    with pytest.raises(PolicyRefusal):
        regulator.quote_premium(town.context, town.bank, shop.address, 100)
    assert regulator.feed(town.context, insurer.address, merchant=town.person("x").address) == []


def test_row_65_row_79_five_roles_act_and_the_report_is_grouped_by_phase(town: Town) -> None:
    """Government, bank, merchant, public and insurer in one story; before, during and after in the report."""
    town.adopt()
    shop, alice = town.merchant(), town.consumer()
    town.buy(alice, town.product(shop))
    town.wait(120)
    reporting.report(town.context, shop, "2026-Q1", balance=100_000, cards=1)
    supervise.note_anomaly(town.context, town.bank, shop.address, 9_000, "大额转出")
    complaint.tip(town.context, town.person("neighbour"), shop.address, "搬空了")
    regulator.quote_premium(town.context, town.person("insurer"), shop.address, 50)
    supervise.note_violation(town.context, town.market, shop.address, 9_500, "停业未公告")
    watch.watch(town.context, town.operator)
    notice.declare_runaway(town.context, town.operator, shop.address, "失联")
    lines = chronicle.chronicle(town.context)
    assert [one.at for one in lines] == sorted(one.at for one in lines)
    phases = chronicle.by_group(lines, "phase")
    assert list(phases) == ["before", "during", "after"]
    assert [one.kind for one in phases["after"]] == ["runaway", "registry-stopped"]
    assert {"applied", "filed", "registry-approved"} <= {one.kind for one in phases["before"]}
    assert {"reported", "bank-anomaly", "tip", "violation", "sale-blocked"} <= {
        one.kind for one in phases["during"]
    }
    roles = chronicle.by_group(lines, "role")
    assert {"government", "bank", "merchant", "public", "insurer"} <= set(roles)
    assert sum(map(len, roles.values())) == sum(map(len, phases.values())) == len(lines)
    assert not any("6222" in str(one.values) or papers(1).code in str(one.values) for one in lines)
    with pytest.raises(InvalidInput):
        chronicle.by_group(lines, "colour")
    assert chronicle.chronicle(town.context, merchant=town.person("x").address) == []


def test_row_52_the_sectors_are_listed_in_two_languages() -> None:
    assert {"catering", "fitness", "beauty", "education"} <= set(SECTORS)
    assert all(english and chinese for english, chinese in SECTORS.values())


def test_row_51_and_everything_is_dated_by_the_chain(town: Town) -> None:
    """No fact carries the machine's clock: years later by the chain is years later in the book."""
    town.adopt(STRICT)
    shop = town.merchant(filed=False, approved=False)
    town.wait(3 * 365)
    admission.file(town.context, shop, shop.address, "备案 1")
    (filing,) = admission.filings(town.context, "店1")
    assert abs(filing.since - town.chain.now()) <= 5
    assert onboard.merchant_of(town.context, shop.address).since < filing.since - 3 * 364 * 86_400
