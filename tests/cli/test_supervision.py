"""Gate and watch through the command line: one merchant's life under a programme, and what is refused."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.cli.conftest import Run

Call = Callable[..., "Run"]

PAPERS = (
    "supervise", "apply", "姑苏口腔", "--code", "91350100M000100Y43", "--licence", "苏 0001",
    "--since", "2020-01-01", "--bank", "6222 0001", "--sector", "dental",
    "--district", "姑苏", "--lease-until", "2039-12-31", "--as", "frank",
)  # fmt: skip


def refused(done: Run) -> str:
    """The code of a refusal, which exits with 5."""
    assert done.status == 5, (done.out, done.err)
    return done.code


@pytest.fixture
def programme(shop: Path, call: Call) -> Path:
    """Suzhou's rules in force, an authority, a bank and an insurer appointed."""
    assert "suzhou" in call("supervise", "adopt", "suzhou").out
    for who, role, office in (
        ("carol", "government", "market"),
        ("dave", "bank", ""),
        ("erin", "insurer", ""),
    ):
        assert call("supervise", "appoint", who, role, "--office", office).status == 0
    return shop


def test_a_merchants_life_under_a_programme(programme: Path, call: Call, tmp_path: Path) -> None:
    """Papers, filing, approval, a sale, a store, a complaint, a risk, a round, a runaway; each step told."""
    assert refused(call(*PAPERS, "--code", "91350100M000100Y44", "--json")) == "licence-forged"
    assert refused(call(*PAPERS, "--bank", "", "--json")) == "bank-account-missing"
    assert call(*PAPERS, "--json").data["status"] == "applied"
    assert call("regulator", "filing", "姑苏口腔").out == "姑苏口腔: not filed.\n"
    assert refused(call("merchant", "approve", "姑苏口腔", "--json")) == "not-filed"
    assert "not filed" in call("supervise", "show", "姑苏口腔").out
    assert call("supervise", "file", "姑苏口腔", "备案 7", "--as", "frank").status == 0
    assert call("merchant", "approve", "姑苏口腔", "--json").data["status"] == "approved"
    assert call("regulator", "filing", "姑苏口腔", "--quiet").out == "备案 7\n"

    card = ("product", "publish", "洁牙卡", "--price", "1000", "--as", "frank", "--json")
    for less in (["--cooling-days", "0"], ["--set", "exit_fee_bps=1000", "--set", "exit_fee_cap=100"]):
        assert refused(call(*card, *less)) == "refund-below-programme"
    assert call(*card).data["numbers"]["cooling_days"] == 15  # what nobody says is as the programme has it
    assert call("card", "buy", "洁牙卡", "--yes", "--json").data["frozen"] == 100_000
    assert call("supervise", "store", "观前店", "--as", "frank", "--quiet").out == "1\n"
    door = str(tmp_path / "door.png")
    assert call("supervise", "sign", "姑苏口腔", "--store", "1", "--out", door).status == 0
    assert call("supervise", "balance", "姑苏口腔", "--quiet").out == "1000.00\n"
    scanned = call("supervise", "balance", "--scan", door, "--json").data
    assert (scanned["frozen"], scanned["store"]) == (100_000, "观前店")

    number = call("supervise", "complain", "姑苏口腔", "约不到号", "--quiet").out.strip()
    assert call("supervise", "answer", "姑苏口腔", number, "已安排", "--as", "frank").status == 0
    assert call("supervise", "tip", "姑苏口腔", "在搬设备", "--as", "bob").status == 0
    assert "1 complaints (0 dismissed, 0 unanswered) on 1 cards" in call("regulator", "complaints").out
    assert (
        call(
            "supervise", "note", "姑苏口腔", "anomaly", "大额转出", "--points", "3000", "--as", "dave"
        ).status
        == 0
    )
    assert call("regulator", "premium", "姑苏口腔", "--as", "erin", "--quiet").out == "114\n"
    assert call("supervise", "note", "姑苏口腔", "risk", "老板失联", "--as", "carol").status == 0
    round_ = call("supervise", "watch").out
    assert "! 姑苏口腔  major risk: 老板失联" in round_
    assert "→ 姑苏口腔  sales stopped: major risk" in round_
    assert call("card", "buy", "洁牙卡", "--yes", "--json").code == "not-on-sale"
    assert refused(call("merchant", "reopen", "姑苏口腔", "--json")) == "sales-stopped"

    declared = call("supervise", "runaway", "姑苏口腔", "人去楼空", "--json").data
    (offer,) = declared["offers"]
    assert (offer["refund"], offer["shortfall"], offer["paths"]) == (100_000, 0, ["refund"])
    assert call("supervise", "choose", offer["card"], "refund").status == 0
    assert call("card", "terminate", offer["card"], "--yes", "--json").data["refund"] == 100_000

    board = call("regulator", "dashboard", "--json").data
    assert board["difference"] == 0
    assert [one["name"] for one in board["districts"]] == ["姑苏"]
    told = call("regulator", "log", "--lang", "zh").out
    assert (
        told.index("事前")
        < told.index("提交申请")
        < told.index("事中")
        < told.index("事后")
        < told.index("认定跑路")
    )
    roles = call("regulator", "log", "--by", "role", "--json").data
    assert {"government", "bank", "merchant", "public", "insurer", "operator"} <= set(roles)


def test_each_office_sees_its_own_fields(programme: Path, call: Call) -> None:
    """Market sees the code, the public neither it nor money; nobody sees more by asking."""
    call(*PAPERS)
    seen = call("regulator", "view", "--as", "carol").out
    assert "91350100M000100Y43" in seen
    assert "6222" not in seen
    assert "6222" in call("regulator", "view").out  # who runs the platform keeps the book
    assert "daily limit unverified" in call("regulator", "limits").out
    public = call("regulator", "view", "--as", "bob", "--lang", "zh").out
    assert "群众" in public
    assert "91350100M000100Y43" not in public
    asked = call("regulator", "view", "--as", "bob", "--field", "bank_account", "--json")
    assert refused(asked) == "field-not-permitted"
    assert refused(call("regulator", "feed", "--as", "bob", "--json")) == "not-your-part"
    assert call("regulator", "feed", "--as", "dave").status == 0
    assert call("regulator", "deposit", "姑苏口腔", "--json").data["required"] == 0


WRONG = (
    ("supervise apply 店 --sector nothing", 2),
    ("supervise apply 店 --until tomorrow", 2),
    ("supervise apply 店", 5),
    ("supervise apply 店 --as dave", 5),
    ("supervise appoint bob king", 2),
    ("supervise appoint carol bank", 5),
    ("supervise adopt atlantis", 2),
    ("supervise open 9", 2),
    ("supervise endorse merchant", 5),
    ("supervise mark 123 dishonest x", 2),
    ("supervise mark 91350100M000100Y43 naughty x --as carol", 2),
    ("supervise note merchant nonsense x", 2),
    ("supervise note merchant violation x --points 0 --as carol", 2),
    ("supervise note merchant violation x --as bob", 5),
    ("supervise report 2020-Q9 --balance 0 --cards 0", 2),
    ("supervise watch --as bob", 5),
    ("supervise class alice 7", 2),
    ("supervise balance", 2),
    ("supervise balance nobody", 2),
    ("supervise balance --scan nothing.png", 4),
    ("supervise answer merchant 7 x", 2),
    ("regulator log --by colour", 2),
)


def test_what_cannot_be_done_is_said_in_chinese_with_a_way_out(programme: Path, call: Call) -> None:
    """One message and one hint, the right exit status, no stack; and nothing was changed by it."""
    before = (programme / ".prepaid" / "supervision.sqlite").read_bytes()
    for words, status in WRONG:
        done = call(*words.split(), "--lang", "zh", "--json")
        error = done.envelope["error"]
        assert (done.status, error["code"] != "bug") == (status, True), (words, error)
        assert any("\u4e00" <= letter <= "\u9fff" for letter in error["message"]), (words, error)
        assert error["hint"], words
    assert (programme / ".prepaid" / "supervision.sqlite").read_bytes() == before


def test_without_a_programme_there_is_nothing_to_supervise(shop: Path, call: Call) -> None:
    for words in (("supervise", "watch"), ("supervise", "show", "示例口腔"), ("regulator", "view")):
        done = call(*words, "--json")
        assert (done.status, done.code) == (4, "no-programme")
    assert call("merchant", "suspend", "示例口腔").status == 0
