"""Jinan, rows 19 to 22: a trust account for all of it, settled use by use, and four merchant supports."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.rows.counter import Counter, counter
from wallet.chain.base import ChainOptions
from wallet.chain.revm import RevmChain
from wallet.services import onboard, settle
from wallet.stories.bankruptcy import MERCHANT, PLATFORM, bankrupt
from wallet.stories.finance import Finance
from wallet.stories.stage import staged
from wallet.systems import find_system, load_system, systems
from wallet.systems.load import FOLDER


@pytest.fixture(scope="module")
def shop() -> Iterator[Counter]:
    with counter("jinan") as opened:
        yield opened


def test_row_19_the_preset_exists_with_its_date_and_sponsor() -> None:
    system = find_system("jinan").system
    assert "jinan" in systems()
    assert system.since is not None
    assert system.since.isoformat() == "2025-02-26"
    assert system.parties[0].role == "regulator"


def test_row_20_all_of_it_is_in_trust_and_no_bankruptcy_reaches_it(shop: Counter) -> None:
    """Held in full at sale; nothing that merchant or platform can do or owe touches it."""
    before, platform = shop.money(), shop.stage.money(shop.stage.people["platform"].address)
    bought = shop.buy("ai", "amount-card")
    assert (bought.frozen, shop.money() - before) == (50_000, 0)
    vehicle = find_system("jinan").system.custody.vehicle.value
    for party in (MERCHANT, PLATFORM):
        reached = bankrupt(vehicle, party, bought.frozen)
        assert (reached.held, reached.attached, reached.contested) == (50_000, 0, 0)
    onboard.stop(shop.context, shop.stage.operator, shop.merchant.address)
    done = settle.settle(shop.context, shop.stage.operator, bought.card)
    onboard.approve(shop.context, shop.stage.operator, shop.merchant.address)
    assert (done.cause, done.refund, done.shortfall) == ("not-consumer", 50_000, 0)
    assert shop.stage.money(shop.stage.people["platform"].address) == platform


def test_row_21_n_uses_are_n_settlements_each_of_its_price(shop: Counter) -> None:
    """Ten sessions at 120 yuan: ten payments of 120; amounts as they are spent."""
    card = shop.buy("bai", "sessions-prepaid").card
    assert [shop.use("bai", card, 1).paid for _ in range(10)] == [12_000] * 10
    amount = shop.buy("bai", "amount-card").card
    assert [shop.use("bai", amount, fen).paid for fen in (1, 4_999, 20_000)] == [1, 4_999, 20_000]
    assert shop.show(amount).released == 25_000


SWITCHES = {
    "deposit": ("deposit_rate = { value = 120", "deposit_rate = { value = 0"),
    "credit": ("credit_line = { value = 5000", "credit_line = { value = 0"),
    "fast": ("fast_withdrawal = { value = true", "fast_withdrawal = { value = false"),
    "loan": ("loan_line = { value = 3000", "loan_line = { value = 0"),
}


def _supported(file: Path) -> tuple[dict[str, int], int]:
    """What each support moved for a merchant with one card in a year, and what its consumer got back."""
    with staged(load_system(file), RevmChain(ChainOptions())) as stage:
        finance = Finance(stage)
        account = finance.payee_of("steady")
        stage.payees["steady"] = account
        shop = Counter(stage)
        card = shop.buy("ci", "sessions-prepaid").card
        stage.to_day(10)
        finance.borrow("steady")
        shop.use("ci", card, 3)
        finance.withdraw_early("steady")
        stage.to_day(70)
        finance.pay_back("steady")
        refund = shop.leave("ci", card).refund
        finance.end_of_year("steady")
        return finance.supports, refund


def test_row_22_four_supports_each_with_its_entries_and_switched_off_by_itself(tmp_path: Path) -> None:
    """Interest, credit, fast withdrawal and loan leave their traces; without one, only its trace is gone."""
    text = (FOLDER / "jinan.toml").read_text("utf-8")
    (tmp_path / "all.toml").write_text(text, encoding="utf-8")
    moved, refund = _supported(tmp_path / "all.toml")
    assert set(moved) == set(SWITCHES)
    assert all(moved.values())
    assert refund == 84_000
    for support, (on, off) in SWITCHES.items():
        assert on in text
        (tmp_path / "less.toml").write_text(text.replace(on, off), encoding="utf-8")
        rest = {kind: fen for kind, fen in moved.items() if kind != support}
        assert _supported(tmp_path / "less.toml") == (rest, refund)
