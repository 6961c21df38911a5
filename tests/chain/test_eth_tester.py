"""The embedded chain on disk: kept between processes, killed, disturbed, truncated, out of room."""

from __future__ import annotations

import os
import random
import signal
import sqlite3
import threading
import time
from pathlib import Path
from typing import Any

import pytest
from probe import ALICE, BOB, BUMP, BUMPED, FAIL, READ, deploy, send, sign

from wallet.chain.base import (
    CallRequest,
    ChainBusy,
    ChainOptions,
    StateDamaged,
    StateUnwritable,
)
from wallet.chain.eth_tester import EthTesterChain, discard, holder
from wallet.keccak import keccak256


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "a home" / "chain.sqlite"


def count(chain: EthTesterChain, probe: str) -> int:
    return int.from_bytes(chain.call(CallRequest(probe, READ)))


def test_is_the_same_chain_in_the_next_process(path: Path, run: Any) -> None:
    """Head, receipts, events, revert data, past states, snapshots and clock."""
    child = run(
        """
        import sys
        from pathlib import Path
        from probe import *
        from wallet.chain.eth_tester import EthTesterChain
        with EthTesterChain(Path(sys.argv[1])) as chain:
            probe = deploy(chain)
            first = send(chain, BUMP, probe)
            snapshot = chain.snapshot()
            failed = send(chain, FAIL, probe)
            head = chain.advance(86_400)
            print(probe, first.tx_hash.hex(), snapshot, failed.tx_hash.hex(), head.hash.hex())
            print(chain.identity())
        """,
        path,
    )
    out, err = child.communicate(timeout=60)
    assert child.returncode == 0, err
    probe, first, snapshot, failed, head, identity = out.split()
    with EthTesterChain(path) as chain:
        assert str(chain.identity()) == identity
        assert chain.head().hash.hex() == head
        assert chain.now() - int(time.time()) > 86_000
        receipt = chain.receipt(bytes.fromhex(first))
        assert receipt is not None
        assert chain.logs(probe, [BUMPED]) == list(receipt.logs)
        assert chain.revert_data(bytes.fromhex(failed)) == FAIL[1:]
        assert count(chain, probe) == 1
        assert int.from_bytes(chain.call(CallRequest(probe, READ), receipt.block_number - 1)) == 0
        chain.revert(snapshot)
        assert chain.receipt(bytes.fromhex(failed)) is None
        assert abs(chain.now() - int(time.time())) < 60
    with EthTesterChain(path) as chain:
        assert chain.head().number == receipt.block_number
        assert send(chain, BUMP, probe).ok
        assert count(chain, probe) == 2


def test_events_of_blocks_reverted_away_do_not_show(path: Path) -> None:
    """Not after going back, not after building another future, and again after returning to the first."""
    with EthTesterChain(path) as chain:
        probe = deploy(chain)
        before = chain.snapshot()
        ours = [send(chain, BUMP, probe) for _ in range(3)]
        chain.revert(before)
        assert chain.logs() == []
        send(chain, b"", BOB.address, gas=21_000, value=1)
        other = send(chain, BUMP, probe)
        assert chain.logs() == list(other.logs)
        assert chain.receipts([r.tx_hash for r in ours]) == [None] * 3
    with EthTesterChain(path) as chain:
        assert chain.logs() == list(other.logs)
        assert chain.head().number == other.block_number
        assert [chain.block(n) is None for n in range(other.block_number + 2)] == [False] * (
            other.block_number + 1
        ) + [True]


def test_the_same_block_may_be_made_again_after_a_revert(tmp_path: Path) -> None:
    """With a chain of fixed times the second future is the first one, hash for hash."""
    options = ChainOptions(genesis_time=1_700_000_000, clock="steps")
    with EthTesterChain(tmp_path / "c", options) as chain:
        probe = deploy(chain)
        before, raw = chain.snapshot(), sign(chain, BUMP, probe)
        first = chain.wait(chain.send_raw(raw))
        chain.revert(before)
        assert chain.wait(chain.send_raw(raw)) == first
        assert chain.logs(probe) == list(first.logs)


def test_runs_repeat_themselves_when_time_goes_by_steps(tmp_path: Path) -> None:
    options = ChainOptions(genesis_time=1_700_000_000, clock="steps")

    def story(name: str) -> tuple[Any, ...]:
        with EthTesterChain(tmp_path / name, options) as chain:
            probe = deploy(chain)
            chain.advance(86_400)
            return chain.identity(), send(chain, BUMP, probe), chain.head()

    assert story("one") == story("two")


def test_two_chains_of_one_second_are_two_chains(tmp_path: Path) -> None:
    options = ChainOptions(genesis_time=1_700_000_000)
    with EthTesterChain(tmp_path / "1", options) as one, EthTesterChain(tmp_path / "2", options) as two:
        assert one.identity() != two.identity()


def test_lives_in_memory_without_a_path(tmp_path: Path) -> None:
    with EthTesterChain(None) as chain:
        probe = deploy(chain)
        send(chain, BUMP, probe)
        chain.save(tmp_path / "saved")
        send(chain, BUMP, probe)
        chain.load(tmp_path / "saved")
        assert count(chain, probe) == 1
        chain.reset()
        assert chain.head().number == 0


# ------------------------------------------------------------------------- two at once


@pytest.mark.once
def test_a_second_command_waits_then_names_the_holder(path: Path, run: Any) -> None:
    child = run(
        """
        import sys
        from pathlib import Path
        from wallet.chain.eth_tester import EthTesterChain
        chain = EthTesterChain(Path(sys.argv[1]))
        print("open", flush=True)
        sys.stdin.readline()
        chain.close()
        """,
        path,
    )
    assert child.stdout.readline() == "open\n"
    assert holder(path) == child.pid
    began = time.monotonic()
    with pytest.raises(ChainBusy, match=rf"process {child.pid} holds .*waited 0\.2 s") as caught:
        EthTesterChain(path, ChainOptions(lock_wait=0.2))
    assert 0.15 < time.monotonic() - began < 10
    assert caught.value.pid == child.pid
    assert caught.value.exit_status == 4
    assert caught.value.hint
    ending = threading.Timer(0.3, child.communicate, ["\n"])
    ending.start()
    with EthTesterChain(path, ChainOptions(lock_wait=30)) as chain:  # the holder ends meanwhile
        assert chain.head().number == 0
    ending.join()
    assert holder(path) is None


def test_a_failed_opening_lets_go_of_the_lock(path: Path) -> None:
    EthTesterChain(path).close()
    path.write_bytes(b"nonsense")
    for _ in range(2):
        with pytest.raises(StateDamaged):
            EthTesterChain(path, ChainOptions(lock_wait=0))


# ------------------------------------------------------------------------- killed


@pytest.mark.once
def test_survives_being_killed_at_any_moment(path: Path, run: Any) -> None:
    """A writer that sends, batches, mines, reverts and moves time is killed with SIGKILL at random moments;
    each time the chain opens, its tables agree with its EVM, and what was confirmed is there."""
    writer = """
        import sys
        from pathlib import Path
        from probe import *
        from wallet.chain.eth_tester import EthTesterChain
        chain = EthTesterChain(Path(sys.argv[1]))
        probe = sys.argv[2]
        print("open", flush=True)
        turn = 0
        while True:
            receipt = send(chain, BUMP, probe)
            print(receipt.tx_hash.hex(), flush=True)
            turn += 1
            if turn % 3 == 0:
                snapshot = chain.snapshot()
                chain.send_many([sign(chain, BUMP, probe, sender=BOB, nonce=chain.nonce(BOB.address) + i)
                                 for i in range(5)])
                chain.advance(3_600)
                chain.revert(snapshot)
    """
    with EthTesterChain(path) as chain:
        probe = deploy(chain)
    dice = random.Random(7)
    for _ in range(5):
        child = run(writer, path, probe)
        assert child.stdout.readline() == "open\n"
        first = child.stdout.readline()
        time.sleep(dice.uniform(0, 0.3))
        child.send_signal(signal.SIGKILL)
        lines = [first, *child.communicate()[0].split()]
        confirmed = [bytes.fromhex(line) for line in lines if len(line.strip()) == 64]
        assert confirmed, "the writer did not get to write"
        with EthTesterChain(path, ChainOptions(lock_wait=1)) as chain:
            assert all(r is not None and r.ok for r in chain.receipts(confirmed))
            numbers = [int.from_bytes(log.data) for log in chain.logs(probe)]
            assert numbers == list(range(1, count(chain, probe) + 1))
            head = chain.head()
            evm_head = chain._vm.chain.get_canonical_head()
            assert (evm_head.block_number, evm_head.hash) == (head.number, head.hash)
            assert send(chain, BUMP, probe).ok


@pytest.mark.once
def test_killed_while_the_chain_is_created_leaves_none(path: Path, run: Any) -> None:
    child = run(
        """
        import os, signal, sys
        from pathlib import Path
        from wallet.chain.eth_tester import EthTesterChain
        real = Path.replace
        Path.replace = lambda *a: os.kill(os.getpid(), signal.SIGKILL)
        EthTesterChain(Path(sys.argv[1]))
        """,
        path,
    )
    assert child.wait(timeout=60) == -signal.SIGKILL
    assert not path.exists()
    with EthTesterChain(path) as chain:
        assert chain.head().number == 0


# ------------------------------------------------------------------------- damaged


def _bumped(path: Path, times: int = 30) -> str:
    with EthTesterChain(path) as chain:
        probe = deploy(chain)
        nonce = chain.nonce(ALICE.address)
        chain.send_many([sign(chain, BUMP, probe, nonce=nonce + i) for i in range(times)])
        return probe


@pytest.mark.once
@pytest.mark.parametrize("keep", [0, 7, 100, 4_096, 0.5, 0.95])
def test_a_truncated_file_is_one_clear_error(path: Path, keep: float) -> None:
    """At any length: it names the file and the way out, and is never taken for a new chain."""
    probe = _bumped(path)
    size = path.stat().st_size
    os.truncate(path, keep if isinstance(keep, int) else int(size * keep))
    with pytest.raises(StateDamaged) as caught, EthTesterChain(path) as chain:  # noqa: PT012 (either may find it)
        chain.logs(probe)
        count(chain, probe)
    assert str(path) in caught.value.message
    assert "prepaid chain reset" in caught.value.hint
    discard(path, 0)
    with EthTesterChain(path) as chain:
        assert chain.head().number == 0


@pytest.mark.parametrize("content", [b"nonsense" * 1_000, b"SQLite format 3\0" + b"\xff" * 5_000])
def test_a_file_of_another_kind_is_refused(path: Path, content: bytes) -> None:
    path.parent.mkdir()
    path.write_bytes(content)
    with pytest.raises(StateDamaged, match="is damaged"):
        EthTesterChain(path)
    assert path.read_bytes() == content


def test_a_database_of_somebody_else_is_refused(path: Path) -> None:
    path.parent.mkdir()
    with sqlite3.connect(path) as db:
        db.execute("CREATE TABLE mine (x)")
    db.close()
    with pytest.raises(StateDamaged, match="not a chain's"):
        EthTesterChain(path)


def test_a_newer_format_is_refused(path: Path) -> None:
    _bumped(path, 1)
    with sqlite3.connect(path) as db:
        db.execute("PRAGMA user_version = 99")
    db.close()
    with pytest.raises(StateDamaged, match="format 99"):
        EthTesterChain(path)


def test_overwritten_pages_are_told_not_computed_with(path: Path) -> None:
    """Garbage over the middle half of the file: whatever meets it says so."""
    probe = _bumped(path, 120)
    size = path.stat().st_size
    with path.open("r+b") as file:
        file.seek(size // 4)
        file.write(random.Random(1).randbytes(size // 2))
    with pytest.raises(StateDamaged), EthTesterChain(path) as chain:  # noqa: PT012 (either may find it)
        chain.logs(probe)
        chain.receipts([keccak256(b"x")])
        count(chain, probe)
        send(chain, BUMP, probe)


def test_missing_trie_data_is_told_as_damage(path: Path) -> None:
    probe = _bumped(path, 5)
    with sqlite3.connect(path) as db:
        db.execute("DELETE FROM kv WHERE length(key) = 32 AND length(value) BETWEEN 60 AND 90")
    db.close()
    with EthTesterChain(path) as chain, pytest.raises(StateDamaged, match="missing"):
        count(chain, probe)


def test_a_leftover_log_never_meets_a_new_chain(path: Path) -> None:
    """Somebody deletes the chain's file but not what SQLite keeps beside it."""
    _bumped(path, 1)
    path.rename(path.with_name(path.name + "-wal"))
    with EthTesterChain(path) as chain:
        assert chain.head().number == 0


# ------------------------------------------------------------------------- disk full


@pytest.mark.once
def test_a_full_disk_is_told_and_loses_nothing(path: Path, run: Any) -> None:
    """With a real file-size limit: earlier transactions stay, the failed one left no trace, and when there is
    room again the same chain goes on."""
    probe = _bumped(path, 3)
    child = run(
        """
        import resource, sys
        from pathlib import Path
        from probe import *
        from wallet.chain.eth_tester import EthTesterChain
        from wallet.chain.base import StateUnwritable
        path, probe = Path(sys.argv[1]), sys.argv[2]
        with EthTesterChain(path) as chain:
            room = path.stat().st_size + 60_000
            resource.setrlimit(resource.RLIMIT_FSIZE, (room, room))
            done = 0
            try:
                while True:
                    before = chain.head(), chain.nonce(ALICE.address)
                    send(chain, BUMP, probe)
                    done += 1
            except StateUnwritable as full:
                assert (chain.head(), chain.nonce(ALICE.address)) == before
                assert len(chain.logs(probe)) == done + 3
                assert int.from_bytes(chain.call(CallRequest(probe, READ))) == done + 3
                print(done, "|", full, "|", full.hint)
        """.replace("from wallet.chain.base import", "from wallet.chain.base import CallRequest,"),
        path,
        probe,
    )
    out, err = child.communicate(timeout=60)
    assert child.returncode == 0, err
    done, message, hint = out.split("|")
    assert int(done) > 0
    assert str(path) in message
    assert "make room" in hint
    with EthTesterChain(path) as chain:
        assert count(chain, probe) == len(chain.logs(probe)) == int(done) + 3
        assert send(chain, BUMP, probe).ok


@pytest.mark.once
def test_a_full_disk_leaves_no_half_chain(path: Path, run: Any) -> None:
    child = run(
        """
        import resource, sys
        from pathlib import Path
        from wallet.chain.base import StateUnwritable
        from wallet.chain.eth_tester import EthTesterChain
        resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))
        try:
            EthTesterChain(Path(sys.argv[1]))
        except StateUnwritable as full:
            print(full)
        """,
        path,
    )
    out, err = child.communicate(timeout=60)
    assert "cannot write" in out, err
    with EthTesterChain(path) as chain:
        assert chain.head().number == 0


def test_saving_to_a_place_that_cannot_be_written(path: Path, tmp_path: Path) -> None:
    with EthTesterChain(path) as chain:
        with pytest.raises(StateUnwritable):
            chain.save(tmp_path / "no such folder" / "x")
        assert send(chain, b"", BOB.address, gas=21_000).ok


# ------------------------------------------------------------------------- speed and neighbours


def test_reading_history_needs_no_evm(path: Path, run: Any) -> None:
    """py-evm takes most of a second to import; head, receipts and events must not wait for it."""
    probe = _bumped(path, 5)
    child = run(
        """
        import sys
        from pathlib import Path
        from wallet.chain.eth_tester import EthTesterChain
        with EthTesterChain(Path(sys.argv[1])) as chain:
            assert len(chain.logs(sys.argv[2])) == 5
            assert chain.receipt(chain.logs()[0].tx_hash).ok
            chain.head(), chain.now(), chain.identity()
        heavy = {"eth", "eth_tester", "eth_account", "eth_utils", "web3"}
        print(sorted(heavy & {m.split(".")[0] for m in sys.modules}))
        """,
        path,
        probe,
    )
    out, err = child.communicate(timeout=60)
    assert out.strip() == "[]", err


@pytest.mark.once
@pytest.mark.slow
def test_a_chain_of_two_thousand_transactions_reopens_with_all_of_them(path: Path) -> None:
    """How fast is for the benchmark to say."""
    with EthTesterChain(path) as chain:
        probes = [deploy(chain), deploy(chain)]
        nonce, fee = chain.nonce(ALICE.address), 10**12
        for start in range(0, 2_000, 500):
            raws = [
                sign(chain, BUMP, probes[i % 2], nonce=nonce + i, fee=fee, gas=60_000)
                for i in range(start, start + 500)
            ]
            chain.send_many(raws)
        assert chain.head().number >= 6
    with EthTesterChain(path) as chain:
        logs = chain.logs(probes[0], [BUMPED])
        receipts = chain.receipts([log.tx_hash for log in logs])
    assert len(logs) == 1_000
    assert all(receipts)


def test_web3_sees_the_same_chain(path: Path) -> None:
    """Through eth-tester's own provider; what it sends lands in the same file and index."""
    with EthTesterChain(path) as chain:
        probe = deploy(chain)
        web3 = chain.web3()
        assert web3.eth.chain_id == chain.chain_id()
        assert web3.eth.accounts[0] == ALICE.address
        sent = web3.eth.send_transaction(
            {"from": ALICE.address, "to": probe, "data": BUMP, "gas": 100_000, "gasPrice": 10**10}
        )
        receipt = chain.receipt(bytes(sent))
        assert receipt is not None
        assert web3.eth.get_transaction_receipt(sent)["blockNumber"] == receipt.block_number
        assert chain.logs(probe) == list(receipt.logs)
        assert web3.eth.block_number == chain.head().number
        assert web3.eth.get_block("latest")["hash"] == chain.head().hash
    with EthTesterChain(path) as chain:
        assert count(chain, probe) == 1


def test_altered_data_is_called_damage_and_not_run(path: Path) -> None:
    """Code that no longer fits the hash it is filed under must not answer for a contract."""
    with EthTesterChain(path) as chain:
        probe = deploy(chain)
        code = chain.code(probe)
    with sqlite3.connect(path) as db:
        db.execute("UPDATE kv SET value = ? WHERE key = ?", (b"\x00" + code[1:], keccak256(code)))
    db.close()
    with EthTesterChain(path) as chain, pytest.raises(StateDamaged):
        chain.call(CallRequest(probe, READ))


def test_saving_to_no_folder_names_that_file_and_not_the_chain(path: Path, tmp_path: Path) -> None:
    """The chain is well; the place to save it is not."""
    place = tmp_path / "nowhere" / "saved"
    with EthTesterChain(path) as chain:
        with pytest.raises(StateUnwritable) as caught:
            chain.save(place)
        assert caught.value.values["path"] == str(place)
        send(chain, BUMP, deploy(chain))


def test_loading_another_format_changes_nothing(path: Path, tmp_path: Path) -> None:
    """A file of a later version is refused before anything is replaced."""
    saved = tmp_path / "saved"
    with EthTesterChain(path) as chain:
        probe = deploy(chain)
        chain.save(saved)
        with sqlite3.connect(saved) as db:
            db.execute("PRAGMA user_version = 99")
        db.close()
        with pytest.raises(StateDamaged, match="format 99"):
            chain.load(saved)
        assert count(chain, probe) == 0
        assert [file.name for file in path.parent.glob("*.new")] == []


@pytest.mark.once
def test_a_full_disk_while_loading_leaves_no_half_copy(path: Path, tmp_path: Path, run: Any) -> None:
    """What there was goes on, and the disk is not fuller than before."""
    saved = tmp_path / "saved"
    with EthTesterChain(path) as chain:
        probe = deploy(chain)
        chain.save(saved)
    child = run(
        """
        import resource, sys
        from pathlib import Path
        from wallet.chain.base import StateUnwritable
        from wallet.chain.eth_tester import EthTesterChain
        with EthTesterChain(Path(sys.argv[1])) as chain:
            resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))
            try:
                chain.load(Path(sys.argv[2]))
            except StateUnwritable:
                print("told")
        """,
        path,
        saved,
    )
    said, failed = child.communicate(timeout=60)
    assert said.strip() == "told", failed
    assert list(path.parent.glob("*.new")) == []
    with EthTesterChain(path) as chain:
        assert count(chain, probe) == 0
