"""A card's life through the command line, and everything a user can get wrong on the way."""

from __future__ import annotations

import json
import os
import pty
import re
import select
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from cli.main import main

if TYPE_CHECKING:
    from tests.cli.conftest import Run

Call = Callable[..., "Run"]

WRONG_CHECKSUM = "0x3c44CdDdB6a900fa2b585dd299e03d12FA4293BC"
BAD_AMOUNTS = ["1e3", "-1", "0", "0.001", "１２", "1000000000", "1,5", "", " ", "0x1F", "1 000", "nan"]


def _state(folder: Path) -> tuple[object, ...]:
    """The chain's head, and how many signatures and transactions the journal knows."""
    with sqlite3.connect(folder / ".prepaid" / "chains" / "eth-tester.sqlite") as chain:
        tables = [name for (name,) in chain.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        blocks = [(name, chain.execute(f"SELECT count(*) FROM {name}").fetchone()) for name in sorted(tables)]
    with sqlite3.connect(folder / ".prepaid" / "ledger.sqlite") as ledger:
        tables = [name for (name,) in ledger.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        rows = [(name, ledger.execute(f"SELECT count(*) FROM {name}").fetchone()) for name in sorted(tables)]
    keys = sorted(path.name for path in folder.iterdir())
    return blocks, rows, keys


@pytest.fixture(scope="module")
def _sold(_furnished: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """The furnished folder after one sale, and the card; the EVM takes its time for each."""
    folder = Path(shutil.copytree(_furnished, tmp_path_factory.mktemp("sold"), dirs_exist_ok=True))
    with redirect_stdout(StringIO()) as said:
        assert main(["card", "buy", "储值", "--yes", "--json", "--home", str(folder / ".prepaid")]) == 0
    return folder, str(json.loads(said.getvalue())["data"]["card"])


@pytest.fixture
def card(_sold: tuple[Path, str], shop: Path) -> str:
    """A card of 1000 with 300 given, bought by alice."""
    folder, card = _sold
    shutil.rmtree(shop / ".prepaid")
    shutil.copytree(folder / ".prepaid", shop / ".prepaid")
    return card


def _authorised(call: Call, card: str, amount: str, number: str) -> str:
    charge = call("card", "charge", card, amount, "--number", number, "--json").data
    return str(call("card", "authorise", charge["file"], "--yes", "--json").data["file"])


def test_a_card_from_purchase_to_the_end(shop: Path, call: Call) -> None:
    """Every figure adds up to the fen at every step."""
    bought = call("card", "buy", "储值", "--yes", "--json").data
    card = bought["card"]
    assert (bought["paid"], bought["frozen"], bought["consumer"][:6]) == (100_000, 100_000, "0x3C44")
    assert bought["sentence"].startswith("Pay 1000.00 yuan")

    charge = call("card", "charge", card[:8], "30.00", "--number", "C-17", "--json").data
    assert (charge["pays"], charge["stays"], charge["number"]) == (2_307, 97_693, "C-17")
    signed = call("card", "authorise", charge["file"], "--yes", "--explain", "--json").data
    assert "23.07 yuan go to the merchant now, 976.93 stay frozen" in signed["sentence"]
    assert signed["explanation"]["digest"].startswith("0x")
    moved = call("card", "consume", signed["file"], "--json").data
    assert moved["paid"] == 2_307

    second = _authorised(call, card, "86.50", "C-18")
    assert call("card", "consume", second, "--json").data["paid"] == 6_654

    shown = call("card", "show", card, "--json").data
    assert (shown["paid_in"], shown["released"], shown["frozen"], shown["refunded"]) == (
        100_000,
        8_961,
        91_039,
        0,
    )
    ended = call("card", "terminate", card, "--yes", "--json").data
    assert (ended["refund"], ended["to_collect"], ended["shortfall"]) == (91_039, 0, 0)
    shown = call("card", "show", card, "--json").data
    assert (shown["status"], shown["frozen"], shown["refunded"]) == ("closed", 0, 91_039)
    (alice,) = call("account", "balance", "alice", "--json").data
    assert (alice["on_hand"], alice["frozen"]) == (500_000 - 8_961, 0)
    told = [entry["event"] for entry in call("card", "history", card, "--json").data]
    assert told == ["opened", "consumed", "consumed", "closed"]


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_picture_shows_what_is_frozen_released_and_owed(card: str, lang: str, call: Call) -> None:
    call("card", "consume", _authorised(call, card, "650", "1"))
    out = call("card", "show", card, "--lang", lang).out
    bar = next(line.strip() for line in out.splitlines() if "▒▒" in line)
    assert bar == "█" * 25 + "▒" * 25
    assert out.count("500.00") >= 3
    assert ("If it ended now, 500.00 yuan would come back." if lang == "en" else "将退回 500.00 元") in out
    assert "示例口腔 · 储值" in out
    call("card", "terminate", card, "--yes")
    assert "░" * 25 in call("card", "show", card).out


def test_lists_show_consumers_and_merchants_their_cards(card: str, call: Call) -> None:
    assert [one["card"] for one in call("card", "list", "--json").data] == [card]
    assert [one["card"] for one in call("card", "list", "--sold-by", "merchant", "--json").data] == [card]
    assert call("card", "list", "--as", "bob", "--json").data == []
    assert card[:10] in call("card", "list").out


@pytest.mark.parametrize("amount", BAD_AMOUNTS)
def test_a_bad_amount_is_one_clear_error_and_changes_nothing(
    amount: str, card: str, shop: Path, call: Call
) -> None:
    """Wherever an amount is typed: value, place and way out are named."""
    before = _state(shop)
    for words, place in (
        (("card", "charge", card, amount, "--number", "1"), "AMOUNT"),
        (("account", "fund", "alice", amount), "YUAN"),
        (("product", "publish", "x", "--price", amount), "--price"),
    ):
        done = call(*words, "--json")
        error = done.envelope["error"]
        assert (done.status, error["code"]) == (2, "invalid-amount"), words
        assert place in error["message"] or amount in error["message"]
        assert error["hint"]
    assert _state(shop) == before


def test_min_refund_and_bonus_may_be_zero_but_not_nonsense(card: str, call: Call) -> None:
    assert call("card", "terminate", card, "--min-refund", "1e3", "--yes", "--json").code == "invalid-amount"
    assert call("product", "publish", "x", "--price", "1", "--bonus", "0", "--json").status == 0
    done = call("card", "terminate", card, "--min-refund", "2000", "--yes", "--json")
    assert done.status in (3, 5)
    assert call("card", "terminate", card, "--min-refund", "0", "--yes", "--json").data["refund"] == 100_000


@pytest.mark.parametrize("address", [WRONG_CHECKSUM, "0x3C44", "0xZZ", "0x" + "g" * 40, "nobody", ""])
def test_a_bad_address_is_named(address: str, shop: Path, call: Call) -> None:
    before = _state(shop)
    for words in (
        ("account", "fund", address, "1"),
        ("merchant", "approve", address),
        ("card", "list", "--as", address),
    ):
        if words[0] == "card" and not address:
            continue
        done = call(*words, "--json")
        assert (done.status, done.code) in ((2, "invalid-address"), (2, "unknown-account"))
        assert (
            repr(address) in done.envelope["error"]["message"] or address in done.envelope["error"]["message"]
        )
    assert _state(shop) == before


@pytest.mark.parametrize("prefix", ["0xffffffff", "ffff", "ab", "", "zzzz", "0x" + "0" * 70])
def test_an_unknown_card_is_named(prefix: str, shop: Path, call: Call) -> None:
    before = _state(shop)
    for words in (("card", "show", prefix), ("card", "charge", prefix, "1", "--number", "1"),
                  ("card", "terminate", prefix, "--yes"), ("card", "history", prefix)):  # fmt: skip
        done = call(*words, "--json")
        assert (done.status, done.code) == (2, "unknown-card")
        assert done.envelope["error"]["hint"]
    assert _state(shop) == before


def test_an_ambiguous_start_asks_for_more_digits(shop: Path, call: Call) -> None:
    """Cards are bought until two begin alike; four digits are the fewest that are taken."""
    call("account", "fund", "alice", "9000000")
    call("product", "publish", "small", "--price", "0.01")
    seen: dict[str, str] = {}
    import wallet.services.records as records

    shortest, records.SHORTEST = records.SHORTEST, 1
    try:
        for _ in range(17):
            card = call("card", "buy", "small", "--yes", "--json").data["card"]
            if card[2] in seen:
                break
            seen[card[2]] = card
        done = call("card", "show", card[2], "--json")
    finally:
        records.SHORTEST = shortest
    assert (done.status, done.code) == (2, "ambiguous-card")
    assert "more digits" in done.envelope["error"]["hint"]


@pytest.mark.parametrize("file", ["nowhere.json", "folder", "empty.json", "list.json", "picture.png"])
def test_a_bad_file_is_named(file: str, card: str, shop: Path, call: Call) -> None:
    (shop / "folder").mkdir()
    (shop / "empty.json").write_text("")
    (shop / "list.json").write_text("[]")
    (shop / "picture.png").write_bytes(b"\x89PNG")
    before = _state(shop)
    for words in (("card", "authorise", file, "--yes"), ("card", "consume", file)):
        done = call(*words, "--json")
        assert done.status in (2, 4)
        assert done.code in ("invalid-document", "file-unreadable", "invalid-picture")
        assert file in done.envelope["error"]["message"]
    assert _state(shop) == before


def test_a_charge_is_no_authorisation_and_the_other_way_round(card: str, shop: Path, call: Call) -> None:
    charge = call("card", "charge", card, "1", "--number", "1", "--json").data["file"]
    assert call("card", "consume", charge, "--json").code == "invalid-document"
    signed = call("card", "authorise", charge, "--yes", "--json").data["file"]
    assert call("card", "authorise", signed, "--yes", "--json").code == "invalid-document"


def test_what_travels_is_drawn_and_read_back_as_qr(card: str, shop: Path, call: Call) -> None:
    """Merchant to consumer and back by pictures alone."""
    drawn = call("card", "charge", card, "30", "--number", "C-17", "--qr", "--png", "charge.png")
    assert drawn.out.count("█") > 300
    assert max(len(line) for line in drawn.out.splitlines()) <= 110
    call("card", "authorise", "charge.png", "--png", "signed.png", "--out", "x.json", "--yes")
    assert call("card", "consume", "signed.png", "--json").data["paid"] == 2_307


@pytest.mark.parametrize(
    ("change", "statuses"),
    [("max_pay", (5,)), ("used_after", (5,)), ("card", (2, 5)), ("merchant", (5,)), ("deadline", (5,))],
)
def test_an_altered_charge_is_refused(
    change: str, statuses: tuple[int, ...], card: str, shop: Path, call: Call
) -> None:
    path = Path(call("card", "charge", card, "30", "--number", "C-17", "--json").data["file"])
    fields = json.loads(path.read_text())
    values = {"card": "0x" + "11" * 32, "merchant": "0x90F79bf6EB2c4f870365E785982E1f101E93b906"}
    fields[change] = values.get(change) or fields[change] + 1
    path.write_text(json.dumps(fields))
    before = _state(shop)
    done = call("card", "authorise", str(path), "--yes", "--json")
    assert done.status in statuses, done
    assert _state(shop) == before


def test_replayed_expired_and_voided_authorisations_are_refused(card: str, shop: Path, call: Call) -> None:
    first = _authorised(call, card, "30", "1")
    assert call("card", "consume", first, "--json").status == 0
    replayed = call("card", "consume", first, "--json")
    assert replayed.status in (3, 5)
    second = _authorised(call, card, "30", "2")
    call("chain", "advance", "1d")
    late = call("card", "consume", second, "--json")
    assert late.status in (3, 5)
    third = _authorised(call, card, "30", "3")
    call("card", "void", card)
    assert call("card", "consume", third, "--json").status in (3, 5)
    assert call("card", "show", card, "--json").data["released"] == 2_307


def test_an_over_draw_an_unapproved_merchant_and_a_closed_card_are_refused(
    card: str, shop: Path, call: Call
) -> None:
    over = call("card", "charge", card, "1300.01", "--number", "1", "--json")
    assert over.status == 3
    assert over.envelope["error"]["revert"]["name"]
    refused = call("product", "publish", "x", "--price", "1", "--as", "bob", "--json")
    assert refused.status == 3
    signed = _authorised(call, card, "30", "1")
    assert call("card", "terminate", card, "--yes", "--json").status == 0
    again = call("card", "terminate", card, "--yes", "--json")
    assert (again.status, again.code) == (2, "card-not-open")
    assert call("card", "consume", signed, "--json").status in (2, 3, 5)
    assert call("card", "charge", card, "1", "--number", "2", "--json").code == "card-not-open"


def test_only_its_own_consumer_ends_or_spends_a_card(card: str, shop: Path, call: Call) -> None:
    assert call("card", "terminate", card, "--yes", "--as", "bob", "--json").status in (2, 3, 5)
    charge = call("card", "charge", card, "30", "--number", "1", "--json").data["file"]
    assert call("card", "authorise", charge, "--yes", "--as", "bob", "--json").status in (2, 5)
    other = call("card", "charge", card, "30", "--number", "1", "--as", "bob", "--json")
    assert (other.status, other.code) == (2, "other-merchant")
    assert call("card", "buy", "储值", "--yes", "--as", "bob", "--json").status == 3


def test_the_policy_asks_or_refuses_before_anything_is_signed(card: str, shop: Path, call: Call) -> None:
    call("policy", "set", "--per-charge", "20", "--over", "refuse")
    charge = call("card", "charge", card, "30", "--number", "1", "--json").data["file"]
    before = _state(shop)
    done = call("card", "authorise", charge, "--yes", "--json")
    assert (done.status, done.code) == (5, "policy-refused")
    assert "20.00" in done.envelope["error"]["message"]
    assert _state(shop) == before
    call("policy", "set", "--over", "ask")
    assert call("card", "authorise", charge, "--json").code == "not-confirmed"
    assert call("card", "authorise", charge, "--yes", "--json").status == 0


@pytest.mark.parametrize("words", [("buy", "储值"), ("terminate", "CARD"), ("authorise", "CHARGE")])
def test_nothing_is_signed_without_a_yes(words: tuple[str, ...], card: str, shop: Path, call: Call) -> None:
    """Without a terminal and without --yes, the answer is no; the sentence is in the refusal."""
    charge = call("card", "charge", card, "30", "--number", "1", "--json").data["file"]
    given = [{"CARD": card, "CHARGE": charge}.get(word, word) for word in words]
    before = _state(shop)
    done = call("card", *given, "--json")
    assert (done.status, done.code) == (5, "not-confirmed")
    assert "yuan" in done.envelope["error"]["message"]
    assert _state(shop) == before


def test_several_authorisations_are_carried_side_by_side_or_together(shop: Path, call: Call) -> None:
    """One that was overtaken holds up no other, and the exit status says that one was refused."""
    cards = [call("card", "buy", "储值", "--yes", "--json").data["card"] for _ in range(2)]
    files = [_authorised(call, card, "30", f"a{n}") for n, card in enumerate(cards)]
    done = call("card", "consume", *files, "--json")
    assert done.data["paid"] == 4_614
    late = _authorised(call, cards[0], "30", "b")
    mixed = call("card", "consume", files[1], late, "--json")
    assert mixed.status == 3
    assert mixed.envelope["data"]["paid"] == 2_308
    more = [_authorised(call, card, "30", f"c{n}") for n, card in enumerate(cards)]
    assert call("card", "consume", "--together", *more, "--json").data["paid"] == 2_308 + 2_308


def test_a_sessions_card_counts_sessions(shop: Path, call: Call) -> None:
    call(
        "product",
        "publish",
        "ten",
        "--template",
        "Sessions",
        "--price",
        "1200",
        "--sessions",
        "10",
        "--gift",
        "2",
    )
    card = call("card", "buy", "ten", "--yes", "--json").data["card"]
    assert call("card", "charge", card, "1.5", "--number", "1", "--json").code == "invalid-amount"
    assert call("card", "charge", card, "2", "--number", "1", "--json").data["pays"] == 20_000
    assert "0 of 12" in call("card", "show", card).out


def test_a_changed_template_is_registered_and_sold(shop: Path, call: Call) -> None:
    """What a rule developer does: copy, change the formula, register, publish, buy."""
    path = Path(call("template", "new", "Half", "--json").data["path"])
    formula = "RefundMath.byRatio(principal, used, principal + terms.bonus())"
    assert formula in path.read_text()
    path.write_text(path.read_text().replace(formula, f"{formula} / 2"))
    registered = call("template", "register", str(path), "--json")
    assert registered.status == 0, registered
    assert registered.data["new"] is True
    assert call("template", "register", str(path), "--json").data["new"] is False
    product = call("product", "publish", "half", "--price", "100", "--template", str(path), "--json").data
    assert product["template"] == registered.data["template"]
    card = call("card", "buy", "half", "--yes", "--json").data["card"]
    assert call("card", "charge", card, "30", "--number", "1", "--json").data["pays"] == 1_500
    assert call("card", "consume", _authorised(call, card, "30", "2"), "--json").data["paid"] == 1_500
    assert call("card", "terminate", card, "--yes", "--json").data["refund"] == 8_500


def test_a_template_that_does_not_compile_or_is_not_pure_is_refused(shop: Path, call: Call) -> None:
    path = Path(call("template", "new", "Bad", "--json").data["path"])
    good = path.read_text()
    path.write_text(good.replace("contract Bad", "contract Bad nonsense"))
    done = call("template", "register", str(path), "--json")
    assert (done.status, done.code) == (2, "compile-failed")
    assert "Bad.sol:" in done.envelope["error"]["message"]
    body = re.search(r"contract Bad[^{]*\{", good)
    assert body is not None
    path.write_text(good[: body.end()] + "\n    function when() external view returns (uint256) "
                    "{ return block.timestamp; }\n" + good[body.end() :])  # fmt: skip
    done = call("template", "register", str(path), "--json")
    assert done.status == 3, done
    assert done.envelope["error"]["revert"]["name"]


def test_the_merchants_way(shop: Path, call: Call) -> None:
    assert call("merchant", "suspend", "示例口腔", "--json").data["status"] == "suspended"
    assert call("card", "buy", "储值", "--yes", "--json").code == "not-on-sale"
    assert call("merchant", "reopen", "示例口腔", "--json").data["status"] == "approved"
    assert call("merchant", "stop", "merchant", "--as", "merchant", "--json").data["status"] == "stopped"
    assert "stopped" in call("merchant", "show", "merchant").out
    assert call("merchant", "close", "merchant", "--json").data["status"] == "closed"
    assert [one["name"] for one in call("merchant", "list", "--json").data] == ["示例口腔"]
    assert call("merchant", "approve", "bob", "--as", "alice", "--json").status == 3
    assert call("product", "list", "--json").data[0]["on_sale"] is False
    call("product", "withdraw", "储值")
    assert call("product", "list", "--json").data == []
    assert call("product", "show", "储值", "--json").code == "unknown-product"


def test_the_chain_is_moved_marked_saved_and_begun_anew(shop: Path, call: Call) -> None:
    before = call("chain", "status", "--json").data
    assert before["name"] == "eth-tester"
    mark = call("chain", "snapshot", "--json").data["snapshot"]
    assert call("chain", "advance", "3d", "--json").data["time"] >= before["time"] + 259_200
    saved = call("chain", "save", "saved.chain", "--json").data["file"]
    assert call("chain", "revert", mark, "--json").data["block"] == before["block"]
    assert call("chain", "revert", "0x12", "--json").status == 4
    assert call("chain", "load", saved, "--json").code == "not-confirmed"
    assert call("chain", "load", saved, "--yes", "--json").data["time"] >= before["time"] + 259_200
    assert call("chain", "reset", "--json").code == "not-confirmed"
    call("chain", "reset", "--yes")
    assert call("card", "list", "--json").code == "not-deployed"
    assert call("chain", "stop", "--json").data["stopped"] is False
    assert call("chain", "advance", "-1d", "--json").status == 2
    assert call("chain", "advance", "5y", "--json").code == "invalid-span"


@pytest.mark.parametrize(
    "words", [("--chain", "ganache"), ("--chain", "rpc"), ("--chain", "anvil", "--rpc", "http://x"),
              ("--rpc", "http://127.0.0.1:1"), ("--rpc", "not a url")],
)  # fmt: skip
def test_a_chain_that_is_not_there_is_said(words: tuple[str, ...], shop: Path, call: Call) -> None:
    before = _state(shop)
    done = call("card", "list", *words, "--json")
    assert done.status in (2, 4)
    assert done.envelope["error"]["code"] not in ("bug", "usage-bug")
    assert done.envelope["error"]["hint"]
    assert _state(shop) == before


def test_settings_are_read_from_the_folder(shop: Path, call: Call) -> None:
    config = shop / ".prepaid" / "config.toml"
    text = config.read_text()
    config.write_text(text + 'chain = "revm"\n')
    assert call("chain", "start", "--json").data["name"] == "revm"
    config.write_text(text + "lock_wait = true\n")
    assert call("card", "list", "--json").code == "invalid-setting"
    config.write_text(text + "chain = 1\n")
    assert call("card", "list", "--json").code == "invalid-setting"


def test_quiet_prints_only_what_was_asked_for(shop: Path, call: Call) -> None:
    """What a script wants to catch: an id, a path, an amount."""
    card = call("-q", "card", "buy", "储值", "--yes").out.strip()
    assert re.fullmatch(r"0x[0-9a-f]{64}", card)
    charge = call("-q", "card", "charge", card, "30", "--number", "1").out.strip()
    signed = call("-q", "card", "authorise", charge, "--yes").out.strip()
    assert Path(signed).exists()
    done = call("-q", "card", "consume", signed)
    assert (done.status, done.err) == (0, "")
    assert call("-q", "card", "terminate", card, "--yes").out.strip() == "97693"


def test_who_acts_may_come_from_the_environment(
    shop: Path, call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    call("account", "fund", "bob", "1000")
    monkeypatch.setenv("PREPAID_AS", "bob")
    bought = call("card", "buy", "储值", "--yes", "--json").data
    monkeypatch.delenv("PREPAID_AS")
    assert [one["card"] for one in call("card", "list", "--as", "bob", "--json").data] == [bought["card"]]
    assert call("card", "list", "--json").data == []


def test_a_person_with_a_key_of_their_own_buys_without_coin(
    shop: Path, call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A keystore account signs; the merchant carries and pays the gas."""
    monkeypatch.setenv("PREPAID_PASSWORD", "correct horse")
    call("account", "new", "mei")
    call("account", "fund", "mei", "1000")
    bought = call("card", "buy", "储值", "--as", "mei", "--carrier", "merchant", "--yes", "--json").data
    ended = call("card", "terminate", bought["card"], "--as", "mei", "--carrier", "bob", "--yes", "--json")
    assert ended.data["refund"] == 100_000
    monkeypatch.setenv("PREPAID_PASSWORD", "wrong")
    done = call("card", "buy", "储值", "--as", "mei", "--yes", "--json")
    assert (done.status, done.code) == (2, "wrong-password")


@pytest.mark.parametrize("method", ["signature", "permit", "direct"])
def test_every_way_of_paying(method: str, shop: Path, call: Call) -> None:
    assert call("card", "buy", "储值", "--method", method, "--yes", "--json").data["method"] == method
    assert call("card", "buy", "储值", "--method", "cash", "--yes", "--json").code == "invalid-method"


def test_the_picture_stays_on_the_screen(
    card: str, shop: Path, clean_environment: Callable[..., dict[str, str]]
) -> None:
    """--watch follows the chain while other commands work on it, and leaves the cursor as it was."""
    master, slave = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "cli.main", "card", "show", card, "--watch"], stdin=slave, stdout=slave,
        stderr=slave, env=clean_environment(), cwd=shop,
    )  # fmt: skip
    os.close(slave)
    try:
        _read_until(master, "1000.00 yuan would come back")
        command = [sys.executable, "-m", "cli.main", "card", "terminate", card, "--yes"]
        assert (
            subprocess.run(
                command, cwd=shop, env=clean_environment(), capture_output=True, check=False
            ).returncode
            == 0
        )
        _read_until(master, "ended")
        process.send_signal(signal.SIGINT)
        _read_until(master, "\x1b[?25h")
        assert process.wait(timeout=30) == 0
    finally:
        process.kill()
        process.wait()
        os.close(master)


def _read_until(master: int, wanted: str) -> None:
    seen, end = b"", time.monotonic() + 60
    while wanted.encode() not in seen and time.monotonic() < end:
        if select.select([master], [], [], 0.2)[0]:
            seen += os.read(master, 4096)
    assert wanted.encode() in seen, seen[-300:]


def test_watching_needs_a_screen(card: str, call: Call) -> None:
    assert call("card", "show", card, "--watch").status == 2
    assert call("card", "show", card, "--watch", "--json").code == "usage"


def test_vouchers_settle_many_uses_with_the_newest(shop: Path, call: Call) -> None:
    call("product", "publish", "v", "--price", "100", "--set", "takes_vouchers=1")
    card = call("card", "buy", "v", "--yes", "--json").data["card"]
    first = call("card", "voucher", card, "10", "--yes", "--json").data
    second = call("card", "voucher", card, "25", "--yes", "--json").data
    assert (first["adds"], second["adds"]) == (1_000, 1_500)
    assert call("card", "consume", second["file"], "--json").data["paid"] == 2_500
    assert call("card", "consume", first["file"], "--json").status == 5
    assert call("card", "voucher", card, "20", "--yes", "--json").code == "totals-not-growing"
    assert call("card", "voucher", card, "1e3", "--yes", "--json").code == "invalid-amount"
    plain = call("card", "buy", "储值", "--yes", "--json").data["card"]
    assert call("card", "voucher", plain, "20", "--yes", "--json").code == "vouchers-off"
