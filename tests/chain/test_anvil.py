"""Anvil as ours: joined by others, killed, hung, cut off in its own file, stopped and started again."""

from __future__ import annotations

import os
import signal
import threading
import time
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from probe import ALICE, BUMP, BUMPED, READ, deploy, send, sign

from wallet.chain import anvil
from wallet.chain.anvil import AnvilChain
from wallet.chain.anvil_process import AnvilMissing
from wallet.chain.base import (
    CallRequest,
    ChainBusy,
    ChainError,
    ChainOptions,
    ChainUnreachable,
    Refused,
    StateDamaged,
    TransactionUnknown,
    Unsupported,
)
from wallet.home import FileLock

pytestmark = pytest.mark.anvil


def count(chain: AnvilChain, probe: str) -> int:
    return int.from_bytes(chain.call(CallRequest(probe, READ)))


def kill(chain: AnvilChain) -> None:
    os.kill(chain.pid, signal.SIGKILL)


def saved(folder: Path) -> None:
    """Wait until anvil has written its state at least once more."""
    state, began = folder / "state.json", time.time()
    while not state.exists() or state.stat().st_mtime < began + 1:
        assert time.time() < began + 30, "anvil does not save its state"
        time.sleep(0.05)
    time.sleep(0.2)


def test_is_left_running_and_joined(own_anvil: Path, run: Any) -> None:
    """Closing leaves it running; another process finds the same chain, at once and at the same time."""
    with AnvilChain(own_anvil) as chain:
        probe, pid = deploy(chain), chain.pid
    child = run(
        """
        import sys
        from pathlib import Path
        from probe import *
        from wallet.chain.anvil import AnvilChain
        with AnvilChain(Path(sys.argv[1])) as chain:
            assert send(chain, BUMP, sys.argv[2]).ok
            print(chain.pid, chain.snapshot())
        """,
        own_anvil,
        probe,
    )
    out, err = child.communicate(timeout=60)
    assert child.returncode == 0, err
    other_pid, snapshot = out.split()
    assert int(other_pid) == pid
    with AnvilChain(own_anvil) as chain:
        assert count(chain, probe) == 1
        send(chain, BUMP, probe)
        chain.revert(snapshot)  # taken by the other process
        assert count(chain, probe) == 1
    assert anvil.stop(own_anvil)
    assert not anvil.stop(own_anvil)
    assert anvil.status(own_anvil) is None


def test_two_first_commands_start_one_anvil(own_anvil: Path, run: Any) -> None:
    source = """
        import sys
        from pathlib import Path
        from wallet.chain.anvil import AnvilChain
        with AnvilChain(Path(sys.argv[1])) as chain:
            print(chain.pid, chain.identity())
    """
    children = [run(source, own_anvil) for _ in range(3)]
    outs = [child.communicate(timeout=60) for child in children]
    assert len({out for out, _ in outs}) == 1, outs
    assert outs[0][0]


def test_keeps_its_state_when_stopped(own_anvil: Path) -> None:
    with AnvilChain(own_anvil) as chain:
        probe = deploy(chain)
        receipt = send(chain, BUMP, probe)
        identity, pid = chain.identity(), chain.pid
        head = chain.advance(100_000)
        snapshot = chain.snapshot()
        chain.stop()
    with AnvilChain(own_anvil, ChainOptions(expect=identity)) as chain:
        assert chain.pid != pid
        assert chain.notices == []
        assert chain.head() == head
        assert chain.receipt(receipt.tx_hash) == receipt
        assert chain.logs(probe, [BUMPED]) == list(receipt.logs)
        assert head.timestamp <= chain.now() <= head.timestamp + 30
        with pytest.raises(ChainError, match="no snapshot"):
            chain.revert(snapshot)  # anvil's own snapshots end with it, and their numbers begin again
        with pytest.raises(Unsupported):
            chain.call(CallRequest(probe, READ), receipt.block_number - 1)
        assert send(chain, BUMP, probe).ok


def test_killed_between_commands_is_started_again_with_a_notice(own_anvil: Path) -> None:
    with AnvilChain(own_anvil) as chain:
        probe = deploy(chain)
        saved(own_anvil)
        kill(chain)
    with AnvilChain(own_anvil) as chain:
        assert len(chain.notices) == 1
        assert "without being asked" in chain.notices[0]
        assert count(chain, probe) == 0


def test_killed_in_the_middle_of_a_command_goes_on(own_anvil: Path) -> None:
    """The next question starts it again; a transaction it lost can be sent again, and is not paid twice."""
    with AnvilChain(own_anvil) as chain:
        probe = deploy(chain)
        send(chain, BUMP, probe)
        raw = sign(chain, BUMP, probe)
        saved(own_anvil)
        kill(chain)
        receipt = chain.wait(chain.send_raw(raw), 20)
        assert receipt.ok
        assert chain.notices
        assert count(chain, probe) == 2
        assert chain.send_raw(raw) == receipt.tx_hash
        assert count(chain, probe) == 2


def test_says_when_a_transaction_was_forgotten(own_anvil: Path) -> None:
    """Mined, but killed before it was saved: `knows` says no and `wait` gives up at once, and says why."""
    with AnvilChain(own_anvil) as chain:
        probe = deploy(chain)
        saved(own_anvil)
        # Sent right after a save, so that the next one is a second away.
        receipt = send(chain, BUMP, probe)
        kill(chain)
        began = time.monotonic()
        if chain.knows(receipt.tx_hash):
            pytest.skip("anvil happened to save in between")
        with pytest.raises(TransactionUnknown) as caught:
            chain.wait(receipt.tx_hash, timeout=30)
        assert time.monotonic() - began < 5
        assert "sent again" in caught.value.hint
        assert chain.receipts([receipt.tx_hash]) == [None]


def test_killed_before_it_saved_anything_is_the_same_empty_chain(own_anvil: Path) -> None:
    with AnvilChain(own_anvil) as chain:
        identity = chain.identity()
        kill(chain)
        (own_anvil / "state.json").unlink(missing_ok=True)
        assert chain.identity() == identity
        assert "before it saved anything" in chain.notices[0] or "saved last" in chain.notices[0]


def test_a_state_cut_off_by_a_kill_is_replaced_by_the_good_copy(own_anvil: Path) -> None:
    """Anvil does not write its state atomically; what a kill cuts off must not be the end of the chain."""
    with AnvilChain(own_anvil) as chain:
        probe = deploy(chain)
        saved(own_anvil)
    with AnvilChain(own_anvil) as chain:
        kill(chain)
    state = own_anvil / "state.json"
    os.truncate(state, state.stat().st_size // 2)
    with AnvilChain(own_anvil) as chain:
        assert "cut off" in chain.notices[0]
        assert count(chain, probe) == 0


def test_without_any_whole_state_it_names_file_and_way_out(own_anvil: Path) -> None:
    with AnvilChain(own_anvil) as chain:
        deploy(chain)
        saved(own_anvil)
        chain.stop()
    for name in ("state.json", "state.good.json"):
        os.truncate(own_anvil / name, 100)
    for _ in range(2):
        with pytest.raises(StateDamaged, match=r"state\.json") as caught:
            AnvilChain(own_anvil)
        assert "prepaid chain reset" in caught.value.hint
    anvil.discard(own_anvil, 1)
    with AnvilChain(own_anvil) as chain:
        assert chain.head().number == 0


def test_a_state_that_anvil_rejects_is_told_in_its_words(own_anvil: Path) -> None:
    own_anvil.mkdir()
    with AnvilChain(own_anvil) as chain:
        chain.stop()
    (own_anvil / "state.json").write_text('{"nonsense": 1, "historical_states": null}')
    with pytest.raises(ChainError, match="does not start") as caught:
        AnvilChain(own_anvil)
    assert "anvil.log" in caught.value.hint
    assert anvil.status(own_anvil) is None


def test_one_that_hangs_is_told_with_its_process(own_anvil: Path) -> None:
    chain = AnvilChain(own_anvil, ChainOptions(timeout=0.6))
    os.kill(chain.pid, signal.SIGSTOP)
    time.sleep(0.3)  # its threads stop one after the other
    try:
        with pytest.raises(ChainUnreachable, match=r"within 0\.6 s"):
            chain.head()
        with pytest.raises(ChainUnreachable, match=f"process {chain.pid}"):
            AnvilChain(own_anvil, ChainOptions(timeout=0.5))
    finally:
        os.kill(chain.pid, signal.SIGCONT)
        chain.close()
    assert chain.head().number == 0
    chain.close()


def test_killed_while_a_batch_is_under_way_pays_nothing_twice(own_anvil: Path) -> None:
    """Each transaction ends up mined once or unknown; sending all again completes them, in order."""
    with AnvilChain(own_anvil) as chain:
        probe = deploy(chain)
        nonce = chain.nonce(ALICE.address)
        raws = [sign(chain, BUMP, probe, nonce=nonce + i, fee=10**11) for i in range(900)]
        saved(own_anvil)
        killer = threading.Timer(0.15, kill, [chain])
        killer.start()
        with suppress(Refused, ChainUnreachable):
            chain.send_many(raws)
        killer.join()
        hashes = chain.send_many(raws)
        chain.wait(hashes[-1], 30)
        assert count(chain, probe) == 900
        assert all(r is not None and r.ok for r in chain.receipts(hashes))


def test_a_number_used_again_is_not_taken_for_anvil(own_anvil: Path) -> None:
    """The recorded process number may belong to somebody else by now; nobody else is ever stopped."""
    with AnvilChain(own_anvil) as chain:
        kill(chain)
        record = chain._process.record()
        assert record is not None
        chain._process.remember(replace(record, pid=os.getpid()))
        assert anvil.status(own_anvil) is None
        assert not anvil.stop(own_anvil)
        assert chain.head().number == 0
        assert chain.pid != os.getpid()


def test_starting_waits_for_whoever_starts_it_already(own_anvil: Path) -> None:
    with FileLock(own_anvil / "lock"), pytest.raises(ChainBusy, match=f"process {os.getpid()}"):
        AnvilChain(own_anvil, ChainOptions(lock_wait=0.1))


def test_a_missing_binary_is_told_with_the_fix(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PREPAID_ANVIL", str(tmp_path / "none"))
    with pytest.raises(AnvilMissing, match="PREPAID_ANVIL"):
        AnvilChain(tmp_path / "a")
    (tmp_path / "none").write_text("not a program")
    with pytest.raises(AnvilMissing, match="cannot run"):
        AnvilChain(tmp_path / "a")


def test_listens_on_loopback_only(shared_anvil: AnvilChain) -> None:
    line = Path(f"/proc/{shared_anvil.pid}/net/tcp")
    if not line.exists():
        pytest.skip("needs /proc")
    assert shared_anvil.endpoint is not None
    port = int(shared_anvil.endpoint.rpartition(":")[2])
    listening = [row.split()[1] for row in line.read_text().splitlines()[1:] if row.split()[3] == "0A"]
    assert [a for a in listening if a.endswith(f":{port:04X}")] == [f"0100007F:{port:04X}"]


def test_runs_repeat_themselves_when_time_goes_by_steps(own_anvil: Path) -> None:
    options = ChainOptions(genesis_time=1_700_000_000, clock="steps")
    with AnvilChain(own_anvil, options) as chain:
        times = [chain.mine().timestamp for _ in range(3)]
        assert times == [1_700_000_001, 1_700_000_002, 1_700_000_003]
        assert chain.advance(1_000).timestamp == 1_700_001_004
        assert chain.mine().timestamp == 1_700_001_005


def test_large_batches_are_mined_whole(shared_anvil: AnvilChain) -> None:
    probe = deploy(shared_anvil)
    nonce = shared_anvil.nonce(ALICE.address)
    raws = [sign(shared_anvil, BUMP, probe, nonce=nonce + i, fee=10**11) for i in range(600)]
    hashes = shared_anvil.send_many(raws)
    shared_anvil.wait(hashes[-1], 20)
    receipts = shared_anvil.receipts(hashes)
    assert all(r is not None and r.ok for r in receipts)


def test_a_process_whose_record_is_lost_is_ended_and_not_left_writing(own_anvil: Path) -> None:
    """It would go on writing its state over that of the next one."""
    with AnvilChain(own_anvil) as chain:
        deploy(chain)
        saved(own_anvil)
        lost = chain.pid
    (own_anvil / "process.json").write_text("")
    with pytest.raises(StateDamaged):
        AnvilChain(own_anvil)
    with suppress(FileNotFoundError):  # not even a zombie of it need be left
        assert Path(f"/proc/{lost}/cmdline").read_bytes() == b""
    anvil.discard(own_anvil, 1)
    with AnvilChain(own_anvil) as chain:
        assert chain.head().number == 0


def test_earlier_states_lie_in_its_folder_and_do_not_outlive_a_kill(own_anvil: Path) -> None:
    """Left where anvil puts them, those of killed ones fill the disk."""
    past = own_anvil / "past"
    with AnvilChain(own_anvil) as chain:
        chain.mine(1_200)
        left = set(past.rglob("*.json"))
        assert left, "anvil has taken states out of memory"
        os.kill(chain.pid, signal.SIGKILL)
        chain.mine()
        assert not left & set(past.rglob("*"))
