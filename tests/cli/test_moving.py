"""Certificates, transfers, findings, shortfalls, disputes and farewells through the command line."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.cli.conftest import Run

Call = Callable[..., "Run"]

CERTIFIER = "dave"


@pytest.fixture
def implant(shop: Path, call: Call) -> str:
    """A treatment of 3,000 yuan in two steps at 示例口腔, certified by dave, bought by alice."""
    steps = ("--milestone", "2000", "--milestone", "1000", "--certifier", CERTIFIER)
    assert call("product", "publish", "种植", "--template", "Milestones", *steps).status == 0
    return str(call("card", "buy", "种植", "--yes", "--json").data["card"])


@pytest.fixture
def rival(shop: Path, call: Call) -> None:
    """Another clinic that may sell."""
    call("merchant", "apply", "乙诊所", "--licence", "2", "--as", "bob")
    assert call("merchant", "approve", "乙诊所").status == 0


def certified(call: Call, card: str, total: str) -> dict[str, object]:
    paper = call("card", "certify", card, total, "--words", "复查合格", "--as", CERTIFIER, "--yes", "--json")
    return dict(call("card", "submit", paper.data["file"], "--json").data)


def test_progress_is_certified_confirmed_and_paid(implant: str, call: Call) -> None:
    paper = call(
        "card", "certify", implant, "1", "--words", "种植体植入", "--as", CERTIFIER, "--yes", "--json"
    ).data
    assert "no money moves before the consumer confirms" in paper["sentence"]
    assert call("card", "submit", paper["file"], "--json").data["paid"] == 0
    assert "waits for confirmation" in call("card", "show", implant).out
    assert "待确认" in call("card", "show", implant, "--lang", "zh").out

    signed = call("card", "confirm", implant, "--yes", "--json").data
    assert signed["sentence"].startswith("Pay for the certified progress of card")
    assert call("card", "consume", signed["file"], "--json").data["paid"] == 200_000
    assert call("card", "show", implant, "--json").data["unconfirmed"] is False
    assert call("card", "confirm", implant, "--yes", "--json").code == "nothing-certified"
    told = [entry["event"] for entry in call("card", "history", implant, "--json").data]
    assert told == ["opened", "certified", "consumed"]
    assert "已认证" in call("card", "history", implant, "--lang", "zh").out


def test_nothing_is_certified_unread(implant: str, call: Call) -> None:
    """A signature needs a yes; the wrong person, total or paper is one clear error."""
    words = ("card", "certify", implant, "1", "--words", "合格", "--as", CERTIFIER, "--json")
    assert call(*words).code == "not-confirmed"
    assert (
        call("card", "certify", implant, "1", "--words", "合格", "--yes", "--json").code == "other-certifier"
    )
    assert (
        call("card", "certify", implant, "x", "--words", "合格", "--yes", "--json").code == "invalid-amount"
    )
    paper = call(*words, "--yes").data["file"]
    altered = json.loads(Path(paper).read_text("utf-8")) | {"used_after": 20_000}
    Path("altered.json").write_text(json.dumps(altered), "utf-8")
    assert call("card", "submit", "altered.json", "--json").code == "certificate-signature"
    assert call("card", "authorise", paper, "--yes", "--json").code == "invalid-document"


def test_a_card_moves_to_another_merchant(implant: str, rival: None, call: Call) -> None:
    certified(call, implant, "1")
    call("product", "publish", "续种植", "--price", "1100", "--as", "bob")
    refused = call("card", "transfer", implant, "续种植", "--json")
    assert refused.code == "not-confirmed"
    assert "1000.00 yuan move over, you add 100.00 yuan" in refused.envelope["error"]["message"]
    moved = call("card", "transfer", implant, "续种植", "--carrier", "merchant", "--yes", "--json").data
    assert (moved["moved"], moved["top_up"], moved["to_collect"]) == (100_000, 10_000, 200_000)
    shown = call("card", "show", moved["new_card"], "--json").data
    assert (shown["frozen"], shown["merchant_name"]) == (110_000, "乙诊所")
    assert call("card", "show", implant, "--json").data["status"] == "owing"
    assert "moved=1000.00" in call("card", "history", implant).out


def test_a_dispute_from_complaint_to_a_wider_refund(shop: Path, call: Call) -> None:
    """Skipping the merchant is refused by name; the ruling counts once the card has taken it over."""
    call("product", "publish", "依法", "--price", "1000", "--bonus", "300", "--set", "consumer_formula=1")
    card = call("card", "buy", "依法", "--yes", "--json").data["card"]
    asked = call("card", "charge", card, "300", "--number", "1", "--json").data["file"]
    signed = call("card", "authorise", asked, "--yes", "--json").data["file"]
    call("card", "consume", signed)
    assert call("dispute", "escalate", card, "--yes", "--json").code == "disputes-not-raised"

    raised = call(
        "dispute", "raise", card, "--ground", "relocation", "--words", "搬走了", "--yes", "--json"
    ).data
    assert (raised["step"], raised["ground"]) == ("negotiating", "relocation")
    early = call("dispute", "escalate", card, "--yes", "--json")
    assert (early.status, early.code) == (3, "disputes-merchant-not-heard")
    answer = call("dispute", "refuse", card, "--words", "距离很近", "--json").data
    assert (
        call("dispute", "escalate", card, "--to", "authority", "--yes", "--json").data["step"] == "escalated"
    )
    ruling = ("dispute", "rule", card, "--not-consumer", "--words", "查实", "--as", "erin", "--yes", "--json")
    assert call(*ruling).code == "access-control-unauthorized-account"
    assert "erin" in call("dispute", "appoint", "erin").out
    ruled = call(*ruling).data
    assert (ruled["upheld"], ruled["waits"]) == (True, True)

    for paper, kind in ((raised["file"], "complaint"), (answer["file"], "answer"), (ruled["file"], "ruling")):
        assert call("dispute", "show", card, "--paper", paper, "--json").data["paper"]["kind"] == kind
    assert "by an arbiter" in call("dispute", "show", card).out
    assert "由裁定人认定" in call("dispute", "show", card, "--lang", "zh").out

    applied = call("card", "finding", card, "--json").data
    assert applied["owed_now"] > applied["owed_before"] == 70_000
    assert call("card", "finding", card, "--json").code == "no-finding"
    shown = call("card", "show", card).out
    assert "as found" in shown
    assert "ruled" in shown
    assert call("card", "terminate", card, "--yes", "--json").data["refund"] == applied["owed_now"]


def test_a_gift_given_back_is_conceded(shop: Path, call: Call) -> None:
    card = call("card", "buy", "储值", "--yes", "--json").data["card"]
    assert call("dispute", "concede", card, "--yes", "--json").code == "disputes-nothing-conceded"
    conceded = call("dispute", "concede", card, "--listed-at-most", "0", "--yes", "--json").data
    assert (conceded["listed_at_most"], conceded["waits"]) == (0, False)
    assert "this cannot be withdrawn" in conceded["sentence"]
    assert call("dispute", "raise", card, "--ground", "weather", "--words", "x", "--yes", "--json").code == (
        "unknown-choice"
    )
    assert call("dispute", "settle", card, "--yes", "--json").code == "disputes-wrong-step"


def test_a_merchant_pays_what_its_card_was_short(shop: Path, call: Call) -> None:
    call(
        "product", "publish", "预支", "--price", "1000", "--set", "custody_bps=4000", "--set", "advance=60000"
    )
    card = call("card", "buy", "预支", "--yes", "--json").data["card"]
    call("merchant", "stop", "示例口腔")
    assert call("card", "terminate", card, "--yes", "--json").data["shortfall"] == 60_000
    paid = call("card", "shortfall", card, "250", "--yes", "--json").data
    assert (paid["amount"], paid["left"]) == (25_000, 35_000)
    assert call("card", "shortfall", card, "400", "--yes", "--json").code == "too-much"
    assert call("card", "shortfall", card, "--yes", "--json").data["left"] == 0
    assert call("card", "shortfall", card, "--yes", "--json").code == "no-shortfall"


def test_leaving_for_good_ends_every_card(shop: Path, call: Call) -> None:
    for _ in range(2):
        call("card", "buy", "储值", "--yes")
    assert call("card", "end-all", "--json").code == "not-confirmed"
    left = call("card", "end-all", "--carrier", "merchant", "--yes", "--json").data
    assert (len(left["cards"]), left["refund"], left["frozen"]) == (2, 200_000, 0)
    assert call("account", "balance", "alice", "--json").data[0]["frozen"] == 0
    assert call("card", "end-all", "--yes", "--json").code == "no-open-card"


def test_operators_are_agreed_on_and_revoked(shop: Path, call: Call) -> None:
    """Who deployed alone is its own approver; it can admit others and revoke them."""
    listed = call("operator", "list", "--json").data
    assert (listed["quorum"], len(listed["approvers"]), listed["operators"][0]["works"]) == (1, 1, True)
    assert call("operator", "agree", "bob", "--notice", "试点通知", "--as", "bob", "--json").code == (
        "operators-not-approver"
    )
    assert "bob may operate" in call("operator", "agree", "bob", "--notice", "试点通知").out
    assert call("merchant", "suspend", "示例口腔", "--as", "bob").status == 0
    assert "admitted" in call("operator", "list").out
    assert call("operator", "revoke", "bob", "--reason", "期满", "--json").data["works"] is False
    assert call("merchant", "reopen", "示例口腔", "--as", "bob", "--json").status == 3
    assert (
        call("operator", "withdraw", "bob", "--notice", "试点通知", "--json").code == "operators-not-agreed"
    )
