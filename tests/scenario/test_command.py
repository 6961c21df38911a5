"""`prepaid scenario`: what a tester sees, in which language, with which exit status."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from cli.main import main
from wallet.scenario.schema import shipped_schema

GOOD = """\
scenario: Anna buys
zh: 安娜买卡
tags: [good]
actors: {anna: consumer, clinic: {role: merchant, name: 示例口腔}}
products: {card: {of: clinic, price: ¥1000}}
steps:
- buy: {by: anna, product: card, as: a}
  expect:
    changes: {anna: -¥1000}
"""
BAD = GOOD.replace("Anna buys", "Anna pays too much").replace("-¥1000", "-¥999").replace("good", "bad")
WRONG = "scenario: W\nsteps:\n- byu: {by: anna}\n- advance: soon\n"
BROKEN = GOOD.replace("Anna buys", "Nobody buys").replace("by: anna", "by: bo").replace("good", "broken")

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Run:
    """Runs `prepaid scenario …` in a folder with four files; answers status, stdout, stderr."""
    monkeypatch.chdir(tmp_path)
    for name in ("PREPAID_CHAIN", "PREPAID_HOME", "PREPAID_LANG", "PREPAID_RPC"):
        monkeypatch.delenv(name, raising=False)
    for name, text in {"good": GOOD, "bad": BAD, "wrong": WRONG, "broken": BROKEN}.items():
        Path(f"{name}.scenario.yaml").write_text(text, "utf-8")

    def call(*words: str) -> tuple[int, str, str]:
        status = main(["scenario", *words])
        captured = capfd.readouterr()
        return status, captured.out, captured.err

    return call


def test_a_run_that_holds(run: Run) -> None:
    status, out, err = run("run", "good.scenario.yaml")
    assert (status, err) == (0, "")
    assert out.startswith("✓ anna-buys\n")
    assert "seed 1" in out


def test_a_failure_is_told_completely(run: Run) -> None:
    """Place, sentence, expected, actual, chain time, whose money changed, events, and how to repeat it."""
    status, out, err = run("run", "bad.scenario.yaml", "--seed", "7")
    assert status == 1
    assert "1 of 1" in err
    assert "bad.scenario.yaml:9" in out
    assert "anna buys card" in out
    assert re.search(r"expected +-¥999\n.*actual +-¥1000\.00", out)
    assert "2030-01-01 12:00" in out
    table = out[out.index("money") :]
    assert re.search(r"anna +\d+\.00 +\d+\.00 +-1000\.00", table)
    assert re.search(r"wallet of anna +0\.00 +1000\.00 +\+1000\.00", table)
    assert "clinic " not in table.partition("events")[0], "only whose money changed"
    assert "Opened(" in out
    repeat = re.search(r"prepaid (scenario run '?(.*)::(.*?)'? --chain revm --seed 7)", out)
    assert repeat is not None
    assert (repeat[2], repeat[3]) == ("bad.scenario.yaml", "anna-pays-too-much")


def test_in_chinese(run: Run) -> None:
    status, out, err = run("run", "bad.scenario.yaml", "--lang", "zh")
    assert status == 1
    assert "预期" in out
    assert "安娜买卡" in out
    assert err.startswith("错误：")


def test_stops_at_the_first_failure(run: Run) -> None:
    status, out, _ = run("run", "bad.scenario.yaml", "good.scenario.yaml", "-x")
    assert status == 1
    assert "✓" not in out
    assert "1 left out" in out


def test_wrong_files_are_named_before_anything_is_played(run: Run) -> None:
    status, out, err = run("run", "good.scenario.yaml", "wrong.scenario.yaml")
    assert (status, out) == (2, "")
    assert "wrong.scenario.yaml:3" in err
    assert "did you mean buy?" in err
    assert "wrong.scenario.yaml:4" in err


def test_a_file_that_asks_for_what_is_not_there_is_the_files_fault(run: Run) -> None:
    status, out, _ = run("run", "broken.scenario.yaml")
    assert status == 2
    assert "scenario-unknown-name" in out
    assert "broken.scenario.yaml:7" in out


def test_an_unknown_chain_is_refused(run: Run) -> None:
    assert run("run", "good.scenario.yaml", "--chain", "moon")[0] == 2


@pytest.mark.parametrize(
    "words",
    [
        ["-n", "0"],
        ["-n", "many"],
        ["-n", "2", "--rpc", "http://127.0.0.1:1"],
        ["--seed", "-1"],
        ["-I", "--json"],
    ],
)
def test_options_that_make_no_sense_are_refused(run: Run, words: list[str]) -> None:
    assert run("run", "good.scenario.yaml", *words)[0] == 2


def test_a_node_that_is_not_there_is_the_machines_fault(run: Run) -> None:
    assert run("run", "good.scenario.yaml", "--rpc", "http://127.0.0.1:1")[0] == 4


def _timeless(value: Any) -> Any:
    """Without how long it took."""
    if isinstance(value, dict):
        return {key: _timeless(held) for key, held in value.items() if key != "seconds"}
    return [_timeless(one) for one in value] if isinstance(value, list) else value


def test_json_repeats_to_the_byte_but_for_seconds(run: Run, tmp_path: Path) -> None:
    """With both reports written."""
    outputs = []
    for _ in range(2):
        words = [
            "good.scenario.yaml",
            "bad.scenario.yaml",
            "--json",
            "--junit",
            "r/j.xml",
            "--html",
            "h.html",
        ]
        status, out, _ = run("run", *words)
        body = json.loads(out)
        assert (status, body["ok"], body["error"]["code"]) == (1, False, "scenarios-failed")
        outputs.append(json.dumps(_timeless(body["data"]), sort_keys=True))
        assert [case["status"] for case in body["data"]["cases"]] == ["passed", "failed"]
        assert body["data"]["schema"] == "prepaid.scenario-run/1"
    assert outputs[0] == outputs[1]
    assert len(ElementTree.parse(tmp_path / "r/j.xml").findall(".//testcase")) == 2
    assert "anna" in (tmp_path / "h.html").read_text("utf-8")


def test_the_console_opens_at_the_failing_step(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Chain, people, cards and what there is to look with are at hand; input may come from a pipe."""
    said = "print('held', cards['a'].owner, look().balances['wallet of anna'], chain.head().number > 0)\n"
    more = "print(sorted(people)[0], len(tree()) >= 0, step.word)\n1/0\nexit()\n"
    monkeypatch.setattr("sys.stdin", io.StringIO(said + more))
    status, out, err = run("run", "bad.scenario.yaml", "-I")
    assert status == 1
    assert "held anna 100000 True" in out
    assert "anna True buy" in out
    assert "ZeroDivisionError" in err
    assert "bad.scenario.yaml:7" in err
    assert out.index("expected -¥999") < out.index("held anna"), "what is wrong is told before"
    assert out.count("expected -¥999") > 1, "and afterwards as ever"


def test_list(run: Run) -> None:
    status, out, _ = run("list", "good.scenario.yaml", "bad.scenario.yaml", "--tag", "not-bad", "--json")
    data = json.loads(out)["data"]
    assert (status, [one["id"] for one in data]) == (0, ["good.scenario.yaml::anna-buys"])
    assert run("list", "good.scenario.yaml", "-q")[1] == "good.scenario.yaml::anna-buys\n"


def test_the_starter_runs_green_and_is_not_overwritten(run: Run) -> None:
    status, _, _ = run("new", "first.scenario.yaml")
    assert status == 0
    status, out, err = run("run", "first.scenario.yaml")
    assert (status, err, out.count("✓")) == (0, "", 2), out
    assert run("new", "first.scenario.yaml")[0] == 2
    assert run("new", "first.yaml")[0] == 2


def test_the_schema_can_be_shown_and_written(run: Run) -> None:
    assert json.loads(run("schema")[1]) == shipped_schema()
    assert run("schema", "--write", "s.json")[0] == 0
    assert json.loads(Path("s.json").read_text("utf-8")) == shipped_schema()


@pytest.mark.parametrize(
    ("words", "status"),
    [
        (("--html", "good.scenario.yaml"), 2),
        (("--junit", "./good.scenario.yaml"), 2),
        (("--html", "other.scenario.yaml"), 2),
        (("--junit", "same.xml", "--html", "same.xml"), 2),
        (("--junit", "."), 4),
        (("--html", "good.scenario.yaml/report.html"), 4),
    ],
)
def test_a_report_never_replaces_a_scenario_and_is_looked_at_before_anything_is_played(
    run: Run, words: tuple[str, ...], status: int
) -> None:
    before = sorted(Path().iterdir())
    done, out, err = run("run", "good.scenario.yaml", *words)
    assert (done, out) == (status, "")
    assert words[0] in err or words[-2] in err
    assert sorted(Path().iterdir()) == before
    assert Path("good.scenario.yaml").read_text("utf-8") == GOOD
