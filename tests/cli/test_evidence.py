"""`prepaid evidence`: a card's life on the embedded chain, checked by somebody who has only the file."""

from __future__ import annotations

import io
import json
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

import pytest

from cli.main import main
from tests.cli.conftest import Run
from wallet.chain.eth_tester import CHAIN_ID

STAGES = ["sign", "pay", "consume", "consume", "consume", "refund"]


@pytest.fixture(scope="session")
def _lived(_furnished: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A state folder in which a card was bought, used once and ended."""
    folder = tmp_path_factory.mktemp("lived")
    shutil.copytree(_furnished / ".prepaid", folder / ".prepaid")
    end = ["--home", str(folder / ".prepaid"), "--quiet"]
    charge, answer = str(folder / "c.json"), str(folder / "a.json")
    said = io.StringIO()
    with redirect_stdout(said):
        assert main(["card", "buy", "储值", "--yes", *end]) == 0
    card = said.getvalue().strip()
    (folder / "card").write_text(card)
    for words in (
        ["card", "charge", card, "30", "--number", "C-17", "--item", "洁牙", "--out", charge],
        ["card", "authorise", charge, "--out", answer, "--yes"],
        ["card", "consume", answer],
        ["card", "terminate", card, "--yes"],
    ):
        assert main([*words, *end]) == 0, words
    return folder


@pytest.fixture
def home(_lived: Path, tmp_path: Path) -> Path:
    """A copy of it in the test's own folder."""
    return Path(shutil.copytree(_lived / ".prepaid", tmp_path / ".prepaid"))


@pytest.fixture
def ended(_lived: Path, home: Path) -> str:
    """The card's id."""
    return (_lived / "card").read_text()


@pytest.fixture
def file(call: Callable[..., Run], ended: str, tmp_path: Path) -> Path:
    """Its evidence."""
    path = tmp_path / "evidence.json"
    assert call("evidence", "export", ended, "--out", str(path)).status == 0
    return path


def hashes(path: Path) -> list[str]:
    """`--block-hash` for each block, as somebody who knows the chain would give them."""
    return [word for one in json.loads(path.read_text())["headers"] for word in ("--block-hash", one)]


def records(path: Path) -> list[dict[str, Any]]:
    return [one["body"] for one in json.loads(path.read_text())["records"]]


def test_row_61_the_four_stages_are_sealed_and_chained(call: Callable[..., Run], file: Path) -> None:
    """Sign, pay, consume and refund, each with what stands behind it."""
    report = call("evidence", "verify", str(file), *hashes(file), "--json")
    assert [one["stage"] for one in report.data["lines"] if one["stage"]] == STAGES
    assert report.data["verdict"] == "verified"
    assert report.data["facts"]["proven"] == report.data["facts"]["events"] == "3"
    assert report.data["trust"]["root"] == "block-hashes"
    assert report.data["trust"]["untied"] == []
    assert records(file)[3]["reference"]["item"] == "洁牙"
    assert records(file)[0]["chain_id"] == str(CHAIN_ID)


def test_row_61_a_changed_byte_is_located(call: Callable[..., Run], file: Path) -> None:
    """23.07 yuan become 23.08: record, field and an exit status that scripts see."""
    file.write_text(file.read_text().replace('"paid":"2307"', '"paid":"2308"'))
    said = call("evidence", "verify", str(file), *hashes(file), "--json")
    assert (said.status, said.code) == (1, "evidence-file-altered")
    body = said.envelope
    assert body["data"]["findings"][0]["record"] == 5
    assert body["data"]["findings"][0]["field"] == "values.paid"
    people = call("evidence", "verify", str(file), "--lang", "zh")
    assert people.status == 1
    assert "✗ 记录 5，字段 `values.paid`：已被改动：与其哈希不符" in people.out
    assert "存证已被改动：记录 5，字段 `values.paid`" in people.err


def test_without_a_root_of_trust_nothing_ties_the_file_to_a_chain(
    call: Callable[..., Run], file: Path
) -> None:
    """Said in so many words, and no success."""
    said = call("evidence", "verify", str(file))
    assert said.status == 1
    assert "Root of trust: none was given. Nothing here ties the file to a chain." in said.out
    assert "unaltered, but nothing ties all of it to a chain" in said.err
    assert call("evidence", "verify", str(file), "--json").code == "evidence-untied"
    strange = call("evidence", "verify", str(file), "--block-hash", "0x" + "ab" * 32)
    assert strange.status == 1
    assert f"0x{'ab' * 32} is no block of this file" in strange.out
    first = next(one["block_hash"] for one in records(file) if one["kind"] == "event")
    some = call("evidence", "verify", str(file), "--block-hash", first)
    assert some.status == 1
    assert "they tie down 1 of 3 blocks" in some.out


def test_a_chain_can_be_asked_instead(call: Callable[..., Run], file: Path) -> None:
    said = call("evidence", "verify", str(file), "--chain", "eth-tester")
    assert said.status == 0
    assert "Root of trust: the chain asked, eth-tester; it has 3 of 3 blocks." in said.out
    assert call("evidence", "verify", str(file), "--chain", "eth-tester", "-q").out == "verified\n"
    both = call("evidence", "verify", str(file), "--chain", "eth-tester", *hashes(file), "--json")
    assert (both.status, both.code) == (2, "usage")
    assert call("chain", "reset", "--yes").status == 0
    other = call("evidence", "verify", str(file), "--chain", "eth-tester", "--json")
    assert other.code == "evidence-file-altered"
    assert other.envelope["data"]["findings"][0]["code"] == "other-block"


def test_no_state_folder_is_needed_to_verify(
    call: Callable[..., Run], file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    words = [*hashes(file), "--json"]
    monkeypatch.chdir("/")
    assert call("evidence", "verify", str(file), *words).data["verdict"] == "verified"


def test_the_last_hash_is_worth_depositing(call: Callable[..., Run], ended: str, file: Path) -> None:
    """It is printed for that; what does not end in it is not the file that was deposited."""
    seal = json.loads(file.read_text())["records"][-1]["hash"]
    good = call("evidence", "verify", str(file), *hashes(file), "--seal", seal, "--json")
    assert good.data["seal"] == seal
    bad = call("evidence", "verify", str(file), *hashes(file), "--seal", "0x" + "00" * 32, "--json")
    assert bad.envelope["data"]["findings"][0]["code"] == "deposit"


def test_what_export_says(call: Callable[..., Run], ended: str, tmp_path: Path) -> None:
    """A new file each time, in the folder one works in; the other hash and all headers on demand."""
    first = call("evidence", "export", ended)
    assert first.status == 0
    name = f"evidence-{ended[2:10]}.json"
    assert f"{name}: 8 records, 3 events of the chain among them." in first.out
    assert call("evidence", "export", ended[:10], "--quiet").out == f"{Path(name).stem}-2.json\n"
    data = call(
        "evidence", "export", ended, "--hash", "sm3", "--headers", "--retention", "2000", "--json"
    ).data
    path = Path(data["file"])
    assert (data["late"], data["unproven"], data["unsigned"], data["proven"]) == ([], [], [], True)
    assert records(path)[0]["hash_algorithm"] == "sm3"
    assert records(path)[-1]["retention_days"] == 2000
    last = max((one for one in records(path) if one["kind"] == "event"), key=lambda one: int(one["block"]))
    assert call("evidence", "verify", str(path), "--block-hash", last["block_hash"]).status == 0


def test_a_lost_ledger_is_told_in_both_languages(call: Callable[..., Run], ended: str, home: Path) -> None:
    (home / "ledger.sqlite").unlink()
    said = call("evidence", "export", ended, "--lang", "zh")
    assert said.status == 0
    assert "记录 1, 2, 3 发生时本机未见，现从链上读取。" in said.out
    assert "记录 2（Consumed）：所依据的签名不在本机。" in said.out
    again = call("evidence", "export", ended, "--from-chain", "--json")
    # What alice sent herself, buying and leaving, needs no message: the transaction is her signature.
    assert [one["event"] for one in again.data["unsigned"]] == ["Consumed"]


@pytest.mark.parametrize(
    ("words", "status", "code"),
    [
        (["export", "0x1234"], 2, "unknown-card"),
        (["verify", "nowhere.json"], 4, "file"),
        (["verify", "x.json", "--block-hash", "12"], 2, "invalid-hash"),
        (["verify", "x.json", "--seal", "12"], 2, "invalid-hash"),
        (["verify", "x.json"], 1, "evidence-file-altered"),
    ],
)
def test_what_cannot_be(
    call: Callable[..., Run], home: Path, tmp_path: Path, words: list[str], status: int, code: str
) -> None:
    (tmp_path / "x.json").write_text("{")
    said = call("evidence", *words, "--json")
    assert (said.status, said.code) == (status, code)


def test_an_edited_store_is_refused_by_the_export(call: Callable[..., Run], ended: str, home: Path) -> None:
    db = sqlite3.connect(home / "ledger.sqlite")
    db.execute('UPDATE seal SET record = replace(record, \'"usedAfter":"3000"\', \'"usedAfter":"9000"\')')
    db.commit()
    db.close()
    said = call("evidence", "export", ended, "--lang", "zh")
    assert said.status == 4
    assert "的存证已被改动：记录 3，字段 `values.usedAfter`" in said.err
