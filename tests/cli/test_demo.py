"""The story that `prepaid demo` tells, in every form."""

from __future__ import annotations

import os
import pty
import select
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.cli.conftest import Run

Environment = Callable[..., dict[str, str]]
MONEY = ("paid_in", "held", "released", "refunded")


@pytest.fixture(scope="module")
def places(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Where the story is told, and where it may put what it needs meanwhile."""
    return tmp_path_factory.mktemp("here"), tmp_path_factory.mktemp("scratch")


@pytest.fixture(scope="module")
def told(places: tuple[Path, Path]) -> dict[str, Any]:
    """The story's data, from a real process."""
    import json

    here, scratch = places
    root = Path(__file__).resolve().parents[2]
    done = subprocess.run(
        [sys.executable, "-m", "cli.main", "demo", "--json"], cwd=here,
        env={**os.environ, "PYTHONPATH": str(root), "TMPDIR": str(scratch)},
        capture_output=True, text=True, timeout=120, check=True,
    )  # fmt: skip
    assert done.stderr == ""
    body: dict[str, Any] = json.loads(done.stdout)
    assert body["ok"] is True
    return dict(body["data"])


def test_two_consumptions_move_what_was_signed_and_the_end_brings_the_rest_back(told: dict[str, Any]) -> None:
    steps = {step["name"]: tuple(step[key] for key in MONEY) for step in told["steps"]}
    assert steps["buy"] == (100_000, 100_000, 0, 0)
    assert steps["consume C-17"] == (100_000, 97_693, 2_307, 0)
    assert steps["consume C-18"] == (100_000, 91_039, 8_961, 0)
    assert steps["replay"] == steps["consume C-18"]
    assert steps["terminate"] == (100_000, 0, 8_961, 91_039)
    assert tuple(told[key] for key in MONEY) == steps["terminate"]


def test_every_step_conserves_every_fen(told: dict[str, Any]) -> None:
    for step in told["steps"]:
        assert step["paid_in"] == step["held"] + step["released"] + step["refunded"], step


def test_steps_carry_addresses_and_transaction_hashes(told: dict[str, Any]) -> None:
    hashes = [one for step in told["steps"] for one in step["transactions"]]
    assert len(hashes) == len(set(hashes)) >= 8
    assert all(len(one) == 66 for one in hashes)
    places = {name: one for step in told["steps"] for name, one in step["addresses"].items()}
    assert {"token", "factory", "merchant", "consumer", "sub_wallet"} <= places.keys()
    assert told["home"] is None


def test_the_sentences_are_true(told: dict[str, Any]) -> None:
    """What the wallet said before each signature is what the chain showed after it."""
    said = {step["name"]: step["sentence"] for step in told["steps"]}
    assert "23.07 yuan go to the merchant now, 976.93 stay frozen" in said["consume C-17"]
    assert "66.54 yuan go to the merchant now, 910.39 stay frozen" in said["consume C-18"]
    assert "910.39 yuan come back to you at once" in said["terminate"]


def test_it_is_told_in_chinese_and_twice_in_one_home(call: Callable[..., Run], tmp_path: Path) -> None:
    home = tmp_path / "a home with spaces"
    first = call("demo", "--home", str(home), "--lang", "zh")
    assert first.status == 0
    assert "正好 23.07 元付给商户" in first.out
    again = call("demo", "--home", str(home), "--json")
    assert again.data["refunded"] == 91_039
    assert again.data["home"] == str(home)
    assert len(call("card", "list", "--home", str(home), "--json").data) == 2


def test_it_leaves_nothing_behind(told: dict[str, Any], places: tuple[Path, Path]) -> None:
    assert told["released"]
    assert [list(place.iterdir()) for place in places] == [[], []]


def test_a_speaker_sets_the_pace(clean_environment: Environment, tmp_path: Path) -> None:
    """--step waits for a key after each scene, and q ends the story; on the quickest chain."""
    master, slave = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "cli.main", "--chain", "revm", "demo", "--step"], stdin=slave, stdout=slave,
        stderr=slave, env=clean_environment(), cwd=tmp_path, close_fds=True,
    )  # fmt: skip
    os.close(slave)
    try:
        seen = _read_until(master, "q ends", 60)
        assert "1. " in seen
        assert "2. " not in seen
        os.write(master, b" ")
        assert "2. " in _read_until(master, "q ends", 60)
        os.write(master, b"q")
        assert process.wait(timeout=30) == 130
    finally:
        process.kill()
        process.wait()
        os.close(master)


def _read_until(master: int, wanted: str, seconds: float) -> str:
    seen, end = "", time.monotonic() + seconds
    while wanted not in seen and time.monotonic() < end:
        if select.select([master], [], [], 0.2)[0]:
            seen += os.read(master, 4096).decode("utf-8", "replace")
    assert wanted in seen, seen[-300:]
    return seen


def test_step_and_json_exclude_each_other(call: Callable[..., Run]) -> None:
    done = call("demo", "--step", "--json")
    assert (done.status, done.code) == (2, "usage")
