"""Accounts with a key and a guardian, slips and redirects through the command line."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.cli.conftest import Run

Call = Callable[..., "Run"]


@pytest.fixture
def account(shop: Path, call: Call) -> str:
    """An account of alice's key, guarded by bob, with 2000 yuan; its address."""
    made = call("account", "recoverable", "new", "alice", "--guardian", "bob", "--json").data
    call("account", "fund", made["address"], "2000")
    return str(made["address"])


def _spend(call: Call, card: str, who: str, number: str) -> int:
    charge = call("card", "charge", card, "30", "--number", number, "--json").data["file"]
    signed = call("card", "authorise", charge, "--as", who, "--yes", "--json").data["file"]
    return int(call("card", "consume", signed, "--json").data["paid"])


def test_a_lost_key(account: str, call: Call) -> None:
    """alice buys and loses her key; bob proposes carol's, who spends and leaves after three days."""
    card = call("card", "buy", "储值", "--as", account, "--yes", "--json").data["card"]
    assert _spend(call, card, account, "C-1") == 2307
    proposed = call("account", "recoverable", "propose", account, "carol", "--as", "bob", "--json").data
    assert proposed["ready_at"] > 0
    early = call("account", "recoverable", "complete", account, "--json")
    assert (early.status, early.code) == (3, "recoverable-owner-not-ready")
    call("chain", "advance", "3d")
    done = call("account", "recoverable", "complete", account, "--json").data
    assert (done["key"], done["ready_at"]) == (proposed["proposed"], 0)
    assert _spend(call, card, account, "C-2") == 2308
    ended = call("card", "terminate", card, "--as", account, "--yes", "--json").data
    assert ended["consumer"] == account
    pay = ("account", "recoverable", "pay", account, "dave", "50", "--json", "--as")
    assert call(*pay, "carol").data["on_hand"] == 200_000 - 100_000 + ended["refund"] - 5_000
    assert call("account", "balance", "dave", "--json").data[0]["on_hand"] == 5_000
    # Alice's key is nobody's now.
    assert call(*pay, "alice").code == "recoverable-owner-not-key"
    refused = call("account", "recoverable", "change", account, "alice", "--as", "alice", "--json")
    assert (refused.status, refused.code) == (3, "recoverable-owner-not-key")


def test_a_key_that_is_not_lost(account: str, call: Call) -> None:
    call("account", "recoverable", "propose", account, "carol", "--as", "bob")
    assert call("account", "recoverable", "refuse", account, "--json").data["ready_at"] == 0
    wrong = call("account", "recoverable", "propose", account, "carol", "--as", "alice", "--json")
    assert wrong.code == "recoverable-owner-not-guardian"
    assert (
        call("account", "recoverable", "new", "alice", "--guardian", "alice", "--json").code
        == "invalid-owner"
    )
    assert call("account", "recoverable", "show", "0x" + "11" * 20, "--json").code == "not-recoverable"


def test_a_slip_comes_home(shop: Path, call: Call) -> None:
    """What was sent to the sub-wallet by mistake; nothing that is frozen."""
    wallet = call("card", "buy", "储值", "--yes", "--json").data["sub_wallet"]
    assert call("account", "sweep", "--json").code == "nothing-to-sweep"
    call("account", "fund", wallet, "12.34")
    assert call("account", "sweep", "--json").data["amount"] == 1_234
    call("account", "fund", wallet, "1")
    assert "1.00 元" in call("account", "sweep", "--lang", "zh").out
    assert call("account", "balance", "alice", "--json").data[0]["frozen"] == 100_000


def test_the_share_goes_where_the_payee_signed(shop: Path, call: Call) -> None:
    """Signed by the merchant, carried by dave; nobody else can have it sent elsewhere."""
    publish = ("product", "publish", "按价", "--price", "1000", "--bonus", "300")
    call(*publish, "--set", "consumer_formula=1")
    card = call("card", "buy", "按价", "--yes", "--json").data["card"]
    _spend(call, card, "alice", "C-1")
    left = call("card", "terminate", card, "--yes", "--json").data["to_collect"]
    assert left == 693
    collect = ("card", "collect", card, "--json")
    assert call(*collect, "--signed-by", "merchant").code == "usage"
    assert call(*collect, "--to", "erin", "--signed-by", "dave", "--as", "dave").code == "other-payee"
    assert call(*collect, "--to", "erin", "--as", "dave").code == "other-payee"
    done = call(*collect, "--to", "erin", "--signed-by", "merchant", "--as", "dave")
    assert done.data["amount"] == left
    assert call("account", "balance", "erin", "--json").data[0]["on_hand"] == left
