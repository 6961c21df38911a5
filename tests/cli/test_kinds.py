"""Every card kind from the shelf to the exit, as typed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Run

Call = Callable[..., Run]

KINDS: dict[str, tuple[list[str], dict[str, Any], str]] = {
    "discount": (
        ["--template", "DiscountCard", "--price", "2000", "--discount", "8000"],
        {"discount": 8_000},
        "everything at 80 % of its price",
    ),
    "months": (
        ["--template", "Period", "--price", "1200", "--months", "12"],
        {"months": 12},
        "12 months, redeemed one by one",
    ),
    "year": (
        ["--template", "Period", "--price", "3650", "--term-days", "365", "--release-days", "30"],
        {"term_days": 365, "release_days": 30},
        "365 days without limit, released every 30 days",
    ),
    "braces": (
        ["--template", "Milestones", "--milestone", "4800", "--milestone", "24x800.00", "--cost-cap", "550"],
        {"milestones": [[480_000, 1], [80_000, 24]], "cost_cap": 550},
        "milestones: 4800.00, 24 × 800.00; documented cost up to 5.5 %",
    ),
}


def buy(call: Call, name: str) -> str:
    """The kind's product on the shelf, and one card of it."""
    call("product", "publish", name, *KINDS[name][0])
    return str(call("card", "buy", name, "--yes", "--json").data["card"])


def pay(call: Call, card: str, amount: str, number: str, *more: str) -> int:
    """Charged, authorised and carried to the chain; fen moved."""
    charge = call("card", "charge", card, amount, "--number", number, *more, "--json").data["file"]
    signed = call("card", "authorise", charge, "--yes", "--json").data["file"]
    return int(call("card", "consume", signed, "--json").data["paid"])


@pytest.mark.parametrize("name", KINDS)
def test_a_product_says_what_it_promises(name: str, shop: Path, call: Call) -> None:
    options, kind, words = KINDS[name]
    assert call("product", "publish", name, *options, "--json").data["kind"] == kind
    assert words in call("product", "show", name).out


def test_who_is_paid_is_said_before_the_consumer_signs(shop: Path, call: Call) -> None:
    """On the shelf and in the sentence, in full, where it is not the merchant."""
    done = call("product", "publish", "elsewhere", "--price", "100", "--payee", "erin", "--json").data
    assert done["payee"] in call("product", "show", "elsewhere").out
    bought = call("card", "buy", "elsewhere", "--yes", "--json").data
    assert f"the money goes to {done['payee']}" in bought["sentence"]


def test_a_discount_card_takes_the_reduced_price(shop: Path, call: Call) -> None:
    card = buy(call, "discount")
    assert call("card", "charge", card, "72", "--number", "0", "--listed", "80", "--json").code == (
        "template-not-discounted"
    )
    charge = call("card", "charge", card, "72", "--number", "1", "--json").data["file"]
    signed = call("card", "authorise", charge, "--yes", "--json").data
    assert "; 90.00 at list price;" in signed["sentence"]
    assert call("card", "consume", signed["file"], "--json").data["paid"] == 7_200
    assert call("card", "show", card, "--json").data["listed"] == 9_000
    # Half price for once, and then the law's two answers.
    assert pay(call, card, "50", "2", "--listed", "100") == 5_000
    assert call("card", "terminate", card, "--yes", "--json").data["refund"] == 200_000 - 12_200


def test_row_46_sessions_and_months_are_redeemed_and_the_rest_comes_back(shop: Path, call: Call) -> None:
    call("product", "publish", "ten", "--template", "Sessions", "--price", "1200", "--sessions", "10")
    lessons = call("card", "buy", "ten", "--yes", "--json").data["card"]
    assert pay(call, lessons, "3", "0") == 36_000
    assert call("card", "terminate", lessons, "--yes", "--json").data["refund"] == 84_000
    card = buy(call, "months")
    assert call("card", "charge", card, "0.5", "--number", "1", "--json").code == "invalid-amount"
    assert pay(call, card, "2", "1") == 20_000
    assert "2 of 12 months" in call("card", "show", card).out
    assert "2 / 12 个月" in call("card", "show", card, "--lang", "zh").out
    assert "used=2" in call("card", "history", card).out
    assert call("card", "terminate", card, "--yes", "--json").data["refund"] == 100_000


def test_an_unlimited_card_counts_visits_and_time(shop: Path, call: Call) -> None:
    card = buy(call, "year")
    assert pay(call, card, "1", "1") == 0
    assert "1 visit\n" in call("card", "show", card).out
    call("chain", "advance", "30d")
    call("card", "settle", card)
    assert call("card", "show", card, "--json").data["released"] == 30_000
    call("chain", "advance", "10d")
    assert call("card", "terminate", card, "--yes", "--json").data["refund"] == 365_000 - 40_000


def test_milestones_are_paid_by_progress(shop: Path, call: Call) -> None:
    call("account", "fund", "alice", "20000")
    card = buy(call, "braces")
    assert pay(call, card, "1.5", "1") == 520_000
    assert "1.5 of 25 milestones" in call("card", "show", card).out
    assert "1.5 / 25 个阶段" in call("card", "show", card, "--lang", "zh").out
    assert pay(call, card, "0", "2", "--listed", "200") == 0
    assert call("card", "terminate", card, "--yes", "--json").data["refund"] == 2_400_000 - 540_000


def test_goods_given_along_are_paid_for_by_a_consumer_who_leaves(shop: Path, call: Call) -> None:
    card = call("card", "buy", "储值", "--yes", "--json").data["card"]
    assert call("card", "charge", card, "0", "--number", "0", "--json").code == "invalid-amount"
    charge = call("card", "charge", card, "0", "--number", "1", "--listed", "50", "--json").data["file"]
    signed = call("card", "authorise", charge, "--yes", "--json").data
    assert signed["sentence"].startswith("Put goods or cost of 50.00 on the list price of card")
    assert call("card", "consume", signed["file"], "--json").data["paid"] == 0
    assert call("card", "terminate", card, "--yes", "--json").data["refund"] == 95_000


BAD = {
    "a price that is missing": ["--template", "DiscountCard", "--discount", "8000"],
    "no discount": ["--template", "DiscountCard", "--price", "100"],
    "another kind's option": ["--price", "100", "--months", "3"],
    "no term": ["--template", "Period", "--price", "100"],
    "no milestones": ["--template", "Milestones"],
    "milestones that cost something else": ["--template", "Milestones", "--milestone", "5", "--price", "6"],
    "a milestone without a price": ["--template", "Milestones", "--milestone", "3x"],
    "too many runs": [
        "--template", "Milestones", *[word for n in range(1, 12) for word in ("--milestone", str(n))]
    ],
    "a certifier that is paid": ["--price", "100", "--payee", "erin", "--certifier", "erin"],
    "a formula that is none": ["--price", "100", "--set", "consumer_formula=9"],
    "a formula of another kind": ["--price", "100", "--set", "settlement_formula=3"],
    "a schedule that is none": ["--price", "100", "--set", "schedule=5"],
    "custody short of the advance": ["--price", "100", "--set", "custody_bps=7000"],
}  # fmt: skip


@pytest.mark.parametrize("words", BAD.values(), ids=list(BAD))
def test_what_makes_no_card_is_refused_with_the_way_out(words: list[str], shop: Path, call: Call) -> None:
    done = call("product", "publish", "bad", *words, "--json")
    assert done.status == 2, done
    assert done.code in ("invalid-terms", "invalid-amount", "no-price")
    assert done.envelope["error"]["hint"]
    chinese = call("product", "publish", "bad", *words, "--lang", "zh", "--json").envelope["error"]
    assert chinese["message"] != done.envelope["error"]["message"]
