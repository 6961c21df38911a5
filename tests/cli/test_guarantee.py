"""Guarantors on the command line: an insured card from the line to the last fen, and what is refused."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.cli.conftest import Run

Call = Callable[..., "Run"]
SHOP = "示例口腔"
FIFTH = ("--set", "custody_bps=2000", "--set", "advance=80000")


@pytest.fixture
def data(shop: Path, call: Call) -> Callable[..., Any]:
    """A command's data, in the furnished folder."""
    return lambda *words: call(*words, "--json").data


@pytest.fixture
def insured(data: Callable[..., Any]) -> Callable[..., Any]:
    """A line for the shop, 5000 yuan on it, its premium account filled, and an insured product."""
    data("account", "fund", "operator", "20000")
    data("account", "fund", "merchant", "1000")
    data("guarantee", "fund", "InsurancePool", "10000")
    line = data(
        "guarantee", "line", SHOP, "--aggregate", "5000", "--share", "8000", "--rate", "100",
        "--payer", "merchant=7000", "--payer", "bank:dave=3000", "--assessor", "bob",
    )  # fmt: skip
    assert (line["line"], line["room"], line["shared"]) == (1, 500_000, False)
    data("account", "fund", "dave", "100")
    for payer, who in (("merchant", "merchant"), ("bank", "dave")):
        data("guarantee", "fund", "InsurancePool", "10", "--line", "1", "--payer", payer, "--as", who)
    data("product", "publish", "保险卡", "--price", "1000", *FIFTH, "--pledge", "InsurancePool=800")
    return data


def test_an_insured_card_from_the_line_to_the_last_fen(insured: Callable[..., Any], call: Call) -> None:
    assert "InsurancePool: 800.00" in call("product", "show", "保险卡").out
    bought = insured("card", "buy", "保险卡", "--yes")
    assert bought["unprotected"] == 0
    assert "InsurancePool: 800.00" in bought["sentence"]
    card = bought["card"]
    (promised,) = insured("guarantee", "claims", "--card", card)
    assert (promised["stage"], promised["promised"]) == ("promised", 80_000)
    assert insured("guarantee", "show", "InsurancePool")["lines"][0]["accounts"] == {
        "merchant": 1_000 - 560,
        "bank": 1_000 - 240,
    }
    assert "Behind it   InsurancePool 800.00 (promised)" in call("card", "show", card).out
    assert call("guarantee", "claim", card, "--json").code == "guarantor-card-not-short"
    insured("merchant", "stop", SHOP, "--as", "operator")
    left = call("card", "terminate", card, "--yes").out
    assert "200.00 yuan came back" in left
    assert "Behind it: InsurancePool 800.00 (promised)." in left
    assert f"`prepaid guarantee claim {card[:10]}`" in left
    filed = insured("guarantee", "claim", card)
    assert (filed["stage"], filed["claimed"]) == ("filed", 80_000)
    assert call("guarantee", "verify", card, "--confirm", "--json").code == "guarantor-not-assessor"
    assert insured("guarantee", "verify", card, "--confirm", "--as", "bob")["stage"] == "confirmed"
    assert call("guarantee", "pay", card, "--json").code == "guarantor-too-early"
    call("chain", "advance", "8d")
    paid = insured("guarantee", "pay", card)
    assert (paid["amount"], paid["left"]) == (80_000, 0)
    assert insured("account", "balance", "alice")[0]["on_hand"] == 500_000
    assert insured("guarantee", "claims", "--stage", "paid", "--merchant", SHOP)[0]["card"] == card
    back = insured("guarantee", "fund", "InsurancePool", "300", "--owed-by", SHOP)
    assert back["capital"] == 1_000_000 + 800 - 80_000 + 30_000
    said = call("guarantee", "claims", "--lang", "zh").out
    assert "已赔付" in said
    assert "InsurancePool" in said


def test_the_platform_pays_first_under_its_label(data: Callable[..., Any], call: Call) -> None:
    data("account", "fund", "operator", "20000")
    data("guarantee", "fund", "platform", "10000")
    data("guarantee", "accept", "platform", "StoredValue", "Sessions")
    data("product", "publish", "安心卡", "--price", "1000", *FIFTH, "--pledge", "platform=800")
    assert call("card", "buy", "安心卡", "--yes", "--json").code == "platform-advance-not-labelled"
    data("guarantee", "label", "安心卡")
    card = data("card", "buy", "安心卡", "--yes")["card"]
    data("guarantee", "label", "安心卡", "--off")
    assert call("card", "buy", "安心卡", "--yes", "--json").code == "platform-advance-not-labelled"
    data("merchant", "stop", SHOP, "--as", "operator")
    data("card", "terminate", card, "--yes")
    data("guarantee", "claim", card)
    call("chain", "advance", "13d")
    assert data("guarantee", "pay", card)["amount"] == 80_000


def test_a_guarantor_of_ones_own_is_admitted_funded_and_dismissed(
    data: Callable[..., Any], call: Call
) -> None:
    opened = data("guarantee", "open", "fund", "--as", "carol", "--assessor", "bob", "--card", "100")
    assert (opened["kind"], opened["limits"]["card"]) == ("fund", 10_000)
    pledge = ("product", "publish", "基金卡", "--price", "1000", *FIFTH, "--json", "--pledge")
    assert call(*pledge, f"{opened['address']}=100").code == "cover-book-pledges-unsound"
    data("guarantee", "admit", opened["address"], "放心基金")
    data("account", "fund", "dave", "500")
    assert data("guarantee", "fund", "放心基金", "200", "--as", "dave")["free"] == 20_000
    assert call("guarantee", "withdraw", "放心基金", "1", "--as", "carol", "--json").code == "fund-keeps"
    assert "放心基金" in call("guarantee", "show", "--lang", "zh").out
    data("guarantee", "dismiss", "放心基金")
    assert "放心基金" not in call("guarantee", "show").out
    assert call(*pledge, "放心基金=100").code == "unknown-guarantor"


def test_a_town_insures_itself(data: Callable[..., Any], tmp_path: Path, call: Call) -> None:
    data("account", "fund", "operator", "10000")
    data("account", "fund", "dave", "1000")
    data("guarantee", "party", "fund", "5000")
    written = (
        "guarantee", "party", "line", "government", "dave", "--merchant", SHOP, "--aggregate", "4000",
        "--assessor", "bob", "--rate", "80", "--share", "5000",
    )  # fmt: skip
    line = data(*written)
    assert (line["premium"], line["insured"]) == (3_200, "government")
    data("guarantee", "party", "start", "1", "--payer", "government", "--as", "dave")
    shown = tmp_path / "救助支出.txt"
    shown.write_text("清单", "utf-8")
    claim = ("guarantee", "party", "claim", "1", "1000", "--evidence", str(shown))
    assert call(*claim, "--as", "bob", "--json").code == "insurance-pool-not-beneficiary"
    assert data(*claim, "--as", "dave")["amount"] == 50_000
    data("guarantee", "party", "verify", "1", "--confirm", "400", "--as", "bob")
    call("chain", "advance", "8d")
    assert data("guarantee", "party", "pay", "1")["stage"] == "paid"
    assert data("account", "balance", "dave")[0]["on_hand"] == 100_000 - 3_200 + 40_000
    assert [one["claimed"] for one in data("guarantee", "party", "list")] == [0]


def test_what_is_typed_wrongly_is_said(insured: Callable[..., Any], call: Call) -> None:
    publish = ("product", "publish", "x", "--price", "10", "--pledge")
    line = ("guarantee", "line", SHOP, "--aggregate", "10")
    wrong = {
        (*publish, "InsurancePool"): "pledge-unreadable",
        (*publish, "谁=10"): "unknown-guarantor",
        (*publish, "fund=0"): "invalid-amount",
        (*line, "--payer", "uncle"): "payer-unreadable",
        (*line, "--payer", "merchant=9000"): "invalid-payers",
        (*line, "--trigger", "earthquake"): "unknown-trigger",
        (*line, "--payer", "merchant=10000", "--payer", "merchant=0"): "payer-twice",
        (*line, "--trigger", "dispute"): "trigger-without-stop",
        (*line, "--share", "0"): "line-figure",
        (*line, "--wait", "300"): "line-figure",
        ("guarantee", "line", SHOP, "--aggregate", "20000"): "guarantor-capital-too-low",
        ("guarantee", "stop", "9"): "insurance-pool-line-not-open",
        ("guarantee", "fund", "InsurancePool", "1", "--line", "1", "--owed-by", SHOP): "usage",
        ("guarantee", "fund", "InsurancePool", "1", "--line", "1", "--payer", "uncle"): "unknown-payer",
        ("guarantee", "fund", "InsurancePool", "1", "--line", "7"): "insurance-pool-not-payer",
        ("guarantee", "open", "charity"): "unknown-guarantor-kind",
        ("guarantee", "accept", "fund", "Nothing"): "unknown-template",
        ("guarantee", "verify", "0x12345678"): "usage",
        ("guarantee", "claim", "0x12345678"): "unknown-card",
    }
    for words, code in wrong.items():
        assert call(*words, "--json").code == code, words
    card = insured("card", "buy", "储值", "--yes")["card"]
    assert call("guarantee", "claim", card, "--json").code == "no-guarantee"
    assert call("guarantee", "release", card, "--json").code == "no-guarantee"
    assert insured("guarantee", "claims", "--card", card) == []
    refused = call("card", "buy", "保险卡", "--method", "permit", "--yes", "--json")
    assert refused.code == "method-covered"
