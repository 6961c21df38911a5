"""`prepaid vectors run` in every form."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.cli.conftest import Run

GOOD: dict[str, Any] = {
    "id": "half",
    "group": "stored_value",
    "input": {"principal": 100_000, "bonus": 30_000, "consumed_face": 52_000, "formula": "ratio"},
    "expect": {"refund": 60_000, "merchant_keeps": 40_000},
}
WRONG = {**GOOD, "id": "wrong", "expect": {"refund": 1}}
ODD = {**GOOD, "id": "odd", "group": "weather"}
STOPPED = {
    "id": "stopped", "group": "period_card", "expect": {"refund": 219_000},
    "input": {"principal": 365_000, "term_days": 365, "base_day": 146},
}  # fmt: skip


@pytest.fixture
def file(tmp_path: Path) -> Callable[..., str]:
    """A file of vectors."""

    def write(*vectors: Any) -> str:
        path = tmp_path / "some.json"
        path.write_text(json.dumps({"schema": "prepaid.vectors/1", "vectors": vectors}), "utf-8")
        return str(path)

    return write


def test_all_as_expected(call: Callable[..., Run], file: Callable[..., str]) -> None:
    """No state folder is needed or left behind."""
    done = call("vectors", "run", file(GOOD, STOPPED), "--json")
    assert (done.status, done.data["pass"], done.data["fail"], done.data["unsupported"]) == (0, 2, 0, 0)
    first = done.data["results"][0]
    assert (first["id"], first["status"]) == ("half", "pass")
    assert first["expected"] == first["actual"] == GOOD["expect"]


def test_one_that_fails_fails_the_run_and_is_shown(
    call: Callable[..., Run], file: Callable[..., str]
) -> None:
    done = call("vectors", "run", file(GOOD, WRONG, ODD))
    assert done.status == 1
    assert "✗ wrong" in done.out
    assert "refund=60000" in done.out
    assert "the group 'weather' is not known" in done.out
    assert "1 of 3 examples came out otherwise" in done.err
    as_json = call("vectors", "run", file(GOOD, WRONG, ODD), "--json")
    body = json.loads(as_json.out)
    assert (body["ok"], body["error"]["code"], as_json.status) == (False, "vectors-failed", 1)
    assert [one["status"] for one in body["data"]["results"]] == ["pass", "fail", "unsupported"]
    assert body["data"]["results"][1]["actual"] == {"refund": 60_000}


def test_in_chinese_and_in_brief(call: Callable[..., Run], file: Callable[..., str]) -> None:
    done = call("vectors", "run", file(WRONG), "--lang", "zh")
    assert "不符" in done.out
    assert "1 例结果不符" in done.err
    assert call("vectors", "run", file(GOOD), "--quiet").out.count("\n") == 1


def test_another_chain_and_a_home_of_one_s_own(
    call: Callable[..., Run], file: Callable[..., str], tmp_path: Path
) -> None:
    """On the embedded chain of a named home, which stays and is put back. Its journal knows of nothing, else
    the next command would tell of every transaction that the chain has forgotten."""
    home = ("--home", str(tmp_path / ".prepaid"))
    done = call("vectors", "run", file(STOPPED), "--chain", "eth-tester", *home, "--json")
    assert done.data["pass"] == 1
    there = call("chain", "status", *home, "--json").data
    assert there["time"] - time.time() < 2 * 86_400
    assert there["block"] == 0
    assert not (tmp_path / ".prepaid" / "ledger.sqlite").exists()


@pytest.mark.parametrize("words", [[], ["nothing.json"]])
def test_no_file(call: Callable[..., Run], words: list[str]) -> None:
    done = call("vectors", "run", *words, "--json")
    assert done.status in (2, 4)
    assert done.code in ("usage", "file")


def test_a_file_that_is_none(call: Callable[..., Run], tmp_path: Path) -> None:
    (tmp_path / "bad.json").write_text("{")
    done = call("vectors", "run", str(tmp_path / "bad.json"), "--json", "--lang", "zh")
    assert (done.status, done.code) == (2, "invalid-vectors")
    assert "第 1 行" in done.envelope["error"]["message"]
