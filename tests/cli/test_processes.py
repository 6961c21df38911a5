"""Several processes on one folder: waiting, being killed, and a chain behind its own process."""

from __future__ import annotations

import os
import re
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.cli.conftest import Run

Environment = Callable[..., dict[str, str]]
Call = Callable[..., "Run"]
ROOT = Path(__file__).resolve().parents[2]

HOLD = "import sys, time; from cli.session import Session, Settings; from cli.messages import Messages;" \
       "Session(Messages('en')).open_chain(); print('held', flush=True); time.sleep(60)"  # fmt: skip


@pytest.fixture
def holder(shop: Path, clean_environment: Environment) -> subprocess.Popen[str]:
    """A process that holds the chain of this folder."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD], cwd=shop, env=clean_environment(), stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    yield process
    process.kill()
    process.wait()
    process.stdout.close()


def test_a_second_command_waits_and_then_names_the_holder(
    holder: subprocess.Popen[str], shop: Path, prepaid: Callable[..., Run]
) -> None:
    config = shop / ".prepaid" / "config.toml"
    config.write_text(config.read_text() + "lock_wait = 1\n")
    started = time.monotonic()
    done = prepaid("card", "list", "--json")
    assert (done.status, done.code) == (4, "chain-busy")
    assert 1 <= time.monotonic() - started < 10
    assert f"process {holder.pid}" in done.envelope["error"]["message"]
    assert prepaid("chain", "status", "--json").code == "chain-busy"


def test_a_second_command_goes_on_when_the_first_is_killed(
    holder: subprocess.Popen[str], prepaid: Callable[..., Run]
) -> None:
    os.kill(holder.pid, signal.SIGKILL)
    assert prepaid("card", "list", "--json").status == 0


def test_two_commands_at_once_both_come_through(shop: Path, clean_environment: Environment) -> None:
    """Neither loses, neither pays twice: one waits for the other."""
    command = [sys.executable, "-m", "cli.main", "card", "buy", "储值", "--yes", "--json"]
    running = [
        subprocess.Popen(command, cwd=shop, env=clean_environment(), stdout=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    cards = {re.search(r'"card": "(0x[0-9a-f]{64})"', one.communicate(timeout=120)[0])[1] for one in running}
    assert [one.returncode for one in running] == [0, 0]
    assert len(cards) == 2


def test_interrupted_while_working_leaves_the_folder_usable(
    shop: Path, clean_environment: Environment, call: Call
) -> None:
    """Ctrl-C at any moment of a purchase: 130 or done, one line, and the next command tells the truth."""
    for delay in (0.4, 0.8):
        process = subprocess.Popen(
            [sys.executable, "-m", "cli.main", "card", "buy", "储值", "--yes"], cwd=shop,
            env=clean_environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        time.sleep(delay)
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=60)
        # A shell shows 130 for both: CPython ends itself by the signal if it met it inside an exec().
        assert process.returncode in (0, 130, -signal.SIGINT), err
        # What Python itself says before it reads our first line, on a busy machine, is not ours.
        assert "Traceback" not in err or "main.py" not in err, err
        bought = call("card", "list", "--json").data
        (alice,) = call("account", "balance", "alice", "--json").data
        assert alice["on_hand"] == 500_000 - 100_000 * len(bought)
        assert alice["frozen"] == 100_000 * len(bought)


def test_a_truncated_chain_or_journal_is_said(shop: Path, call: Call) -> None:
    journal = shop / ".prepaid" / "ledger.sqlite"
    whole = journal.read_bytes()
    journal.write_bytes(whole[: len(whole) // 3])
    done = call("card", "list", "--json")
    assert done.status == 4
    assert str(journal) in done.envelope["error"]["message"] + done.envelope["error"]["hint"]
    journal.unlink()
    assert call("card", "list", "--json").status == 0
    chain = shop / ".prepaid" / "chains" / "eth-tester.sqlite"
    chain.write_bytes(chain.read_bytes()[:20_000])
    done = call("card", "list", "--json")
    assert (done.status, done.code) == (4, "chain-damaged")
    assert "chain reset" in done.envelope["error"]["hint"]
    assert call("chain", "reset", "--yes", "--json").status == 0
    assert call("deploy", "--json").status == 0


def test_a_full_disk_is_said_and_loses_nothing(
    shop: Path, clean_environment: Environment, call: Call
) -> None:
    """A file-size limit stands for a full disk."""
    script = f"ulimit -f 8; exec {shlex.quote(sys.executable)} -m cli.main card buy 储值 --yes --json"
    done = subprocess.run(
        ["bash", "-c", script], cwd=shop, env=clean_environment(), capture_output=True, text=True,
        timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 4, (done.stdout, done.stderr)
    assert '"code": "bug"' not in done.stdout
    assert call("card", "list", "--json").status == 0
    assert call("card", "buy", "储值", "--yes", "--json").status == 0


@pytest.mark.anvil
def test_the_same_on_anvil(call: Call, prepaid: Callable[..., Run]) -> None:
    """Started by the first command, joined by the next, stopped and found again with its state."""
    if not (ROOT / "node_modules" / ".bin" / "anvil").exists():
        pytest.skip("anvil is not installed")
    call("init")
    anvil = ("--chain", "anvil", "--json")
    try:
        assert prepaid("deploy", *anvil).status == 0
        call("merchant", "apply", "店", *anvil)
        call("merchant", "approve", "店", *anvil)
        call("product", "publish", "卡", "--price", "100", *anvil)
        call("account", "fund", "alice", "100", *anvil)
        card = prepaid("card", "buy", "卡", "--yes", *anvil).data["card"]
        assert prepaid("chain", "stop", *anvil).data["stopped"] is True
        assert prepaid("card", "show", card, *anvil).data["frozen"] == 10_000
        assert prepaid("chain", "status", *anvil).data["pid"]
        assert prepaid("card", "terminate", card, "--yes", *anvil).data["refund"] == 10_000
    finally:
        prepaid("chain", "stop", *anvil)
