"""The journal on its own: what it keeps, what it gives out under the lock, and what breaks it."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import textwrap
from dataclasses import replace
from pathlib import Path

import pytest

from wallet.errors import EnvironmentFault, InvalidInput
from wallet.ledger import Authorisation, Journal, KnownCard, State

CHAIN = "31337-0011223344556677"
ALICE, BOB = "0x" + "a" * 40, "0x" + "b" * 40


def drafts(*purposes: str, tag: bytes = b"") -> list:
    """Drafts whose bytes tell purpose and nonce, and whose hash is made of them."""

    def sign(purpose: str):
        return lambda nonce: (raw := f"{purpose}/{nonce}/".encode() + tag, raw.ljust(32, b"\0"))

    return [(purpose, sign(purpose)) for purpose in purposes]


def authorisation(number: int = 1, **changes: object) -> Authorisation:
    """One signed consumption of 23.07 yuan."""
    made = Authorisation(
        digest=number.to_bytes(32), chain=CHAIN, kind="Consume", card=b"\1" * 32, signer=ALICE, pays=2307,
        deadline=1_800_000_000, signed_at=1_700_000_000 + number, signature=b"\2" * 65,
        message={"reference": "示例口腔 C-17", "used_after": 3000},
    )  # fmt: skip
    return replace(made, **changes)


@pytest.fixture
def journal(tmp_path: Path):
    with Journal.open(tmp_path / "ledger.sqlite") as opened:
        yield opened


def test_what_was_signed_is_there_after_reopening(tmp_path: Path) -> None:
    """Authorisations come back whole, oldest first, by card, signer and time."""
    path = tmp_path / "deep" / "ledger.sqlite"
    first, second = authorisation(1), authorisation(2, card=b"\3" * 32, signer=BOB)
    with Journal.open(path) as journal:
        journal.record_authorisations([second, first])
    with Journal.open(path) as journal:
        assert journal.authorisations(CHAIN) == [first, second]
        assert journal.authorisations(CHAIN, card=b"\3" * 32) == [second]
        assert journal.authorisations(CHAIN, signer=ALICE) == [first]
        assert journal.authorisations(CHAIN, since=second.signed_at) == [second]
        assert journal.authorisations("another") == []


def test_a_day_counts_each_authorisation_once(journal: Journal) -> None:
    """Signing the same message again adds nothing to the day; a termination is no spending."""
    journal.record_authorisations(
        [authorisation(1), authorisation(1), authorisation(2, kind="Terminate", pays=9)]
    )
    journal.record_authorisations([authorisation(1), authorisation(3, pays=100)])
    assert journal.authorised(CHAIN, ALICE, since=0) == 2407
    assert journal.authorised(CHAIN, ALICE, since=1_700_000_003) == 100
    assert journal.authorised(CHAIN, BOB, since=0) == 0


def test_an_amount_that_no_column_holds_is_refused(journal: Journal) -> None:
    """SQLite counts to 2^63: more is an error, not a float."""
    with pytest.raises(InvalidInput):
        journal.record_authorisations([authorisation(pays=1 << 63)])
    assert journal.authorisations(CHAIN) == []


def test_nonces_follow_the_chain_and_skip_what_is_under_way(journal: Journal) -> None:
    """A batch takes consecutive nonces; gaps are filled, nonces in use are not given out twice."""
    made = journal.prepare(CHAIN, ALICE, lambda: 5, drafts("a", "b", "c"))
    assert [t.nonce for t in made] == [5, 6, 7]
    journal.mark_lost(CHAIN, [made[1].hash], State.FORGOTTEN, "gone")
    assert [t.nonce for t in journal.prepare(CHAIN, ALICE, lambda: 5, drafts("d", "e"))] == [6, 8]
    assert [t.nonce for t in journal.prepare(CHAIN, BOB, lambda: 0, drafts("x"))] == [0]
    assert [t.nonce for t in journal.prepare("another", ALICE, lambda: 5, drafts("y"))] == [5]


def test_the_chains_nonce_is_asked_under_the_lock(journal: Journal) -> None:
    """Otherwise a transaction mined in between would make two commands take one nonce."""
    with pytest.raises(EnvironmentFault, match="locked"):
        journal.prepare(CHAIN, ALICE, lambda: _write_elsewhere(journal.path), drafts("a"))
    assert journal.pending(CHAIN) == []


def _write_elsewhere(path: Path) -> int:
    other = sqlite3.connect(path, timeout=0)
    try:
        other.execute("BEGIN IMMEDIATE")
    finally:
        other.close()
    return 0


def test_a_failed_signature_leaves_nothing_behind(journal: Journal) -> None:
    """All of a batch is written down, or none of it."""

    def fail(nonce: int) -> tuple[bytes, bytes]:
        raise RuntimeError("no key")

    with pytest.raises(RuntimeError):
        journal.prepare(CHAIN, ALICE, lambda: 0, [*drafts("a"), ("b", fail)])
    assert journal.pending(CHAIN) == []
    assert journal.prepare(CHAIN, ALICE, lambda: 0, drafts("c"))[0].nonce == 0


def test_states_go_forward_only(journal: Journal) -> None:
    """A late `mark_sent` of one process does not undo what another has seen mined."""
    (tx,) = journal.prepare(CHAIN, ALICE, lambda: 0, drafts("a"))
    assert tx.state is State.PREPARED
    journal.mark_mined(CHAIN, [(tx.hash, True, 7, b"\7" * 32)], final=False)
    journal.mark_sent(CHAIN, [tx.hash])
    found = journal.transaction(CHAIN, tx.hash)
    assert found is not None
    assert (found.state, found.block, found.raw) == (State.MINED, 7, tx.raw)
    journal.mark_final(CHAIN, 6)
    assert journal.mined(CHAIN, limit=9)[0].state is State.MINED
    journal.mark_final(CHAIN, 7)
    assert journal.mined(CHAIN, limit=9)[0].state is State.FINAL


def test_a_reverted_transaction_is_failed_and_frees_nothing(journal: Journal) -> None:
    """It stands in a block, so its nonce is used; it is no longer pending."""
    (tx,) = journal.prepare(CHAIN, ALICE, lambda: 0, drafts("a"))
    journal.mark_mined(CHAIN, [(tx.hash, False, 7, b"\7" * 32)], final=True)
    assert journal.pending(CHAIN) == []
    found = journal.transaction(CHAIN, tx.hash)
    assert found is not None
    assert found.state is State.FAILED


def test_the_same_bytes_on_another_chain_are_another_transaction(journal: Journal) -> None:
    """After a reset the same deployment may be signed again, byte for byte: both rows stand."""
    (old,) = journal.prepare(CHAIN, ALICE, lambda: 0, drafts("deploy"))
    (new,) = journal.prepare("fresh", ALICE, lambda: 0, drafts("deploy"))
    assert old.hash == new.hash
    journal.mark_mined("fresh", [(new.hash, True, 1, b"\1" * 32)], final=True)
    assert [t.state for t in journal.pending(CHAIN)] == [State.PREPARED]


def test_meeting_a_chain_tells_whether_another_stood_there(journal: Journal) -> None:
    """First meeting and the same chain again say nothing; a change names the old one, once."""
    assert journal.meet("anvil", "one") is None
    assert journal.meet("anvil", "one") is None
    assert journal.meet("rpc", "two") is None
    assert journal.meet("anvil", "two") == "one"
    assert journal.meet("anvil", "two") is None


def test_cards_keep_their_label(journal: Journal) -> None:
    """Rebuilding from the chain brings no label and must not wipe out a known one."""
    card = KnownCard(b"\1" * 32, CHAIN, ALICE, BOB, b"\0" * 384, "1000 送 300")
    journal.remember_cards([card])
    journal.remember_cards([replace(card, label="")])
    assert journal.cards(CHAIN) == [card]
    assert journal.cards(CHAIN, owner=BOB) == []


# ----------------------------------------------------------------------------------------- broken files


def _fill(path: Path, rows: int = 300) -> None:
    with Journal.open(path) as journal:
        journal.record_authorisations([authorisation(n) for n in range(rows)])


@pytest.mark.parametrize("damage", ["garbage", "text", "truncated", "page"])
def test_a_damaged_file_is_named_with_the_way_out(tmp_path: Path, damage: str) -> None:
    """No traceback, no empty journal in its place: the file stays, and the hint says what is lost."""
    path = tmp_path / "ledger.sqlite"
    _fill(path)
    whole = path.read_bytes()
    bad = {
        "garbage": os.urandom(len(whole)),
        "text": b"not a database",
        "truncated": whole[: len(whole) // 2],
        "page": whole[:4096] + os.urandom(4096) + whole[8192:],
    }[damage]
    path.write_bytes(bad)
    with pytest.raises(EnvironmentFault) as caught:
        _read_all(path)
    assert caught.value.error_code == "ledger-corrupt"
    assert str(path) in caught.value.message
    assert "rebuilt from the chain" in caught.value.hint
    assert path.exists()


def _read_all(path: Path) -> None:
    with Journal.open(path) as journal:
        journal.authorisations(CHAIN)
        journal.check()


def test_a_newer_schema_is_left_alone(tmp_path: Path) -> None:
    """A journal of a later release is refused, not rewritten."""
    path = tmp_path / "ledger.sqlite"
    _fill(path, 1)
    db = sqlite3.connect(path)
    db.execute("PRAGMA user_version = 9")
    db.close()
    with pytest.raises(EnvironmentFault, match="schema 9"):
        Journal.open(path)


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    """A file where the folder should be."""
    (tmp_path / "file").write_text("")
    with pytest.raises(EnvironmentFault) as caught:
        Journal.open(tmp_path / "file" / "ledger.sqlite")
    assert caught.value.error_code == "ledger-unwritable"


def test_a_busy_journal_says_so_after_the_stated_time(tmp_path: Path) -> None:
    """Another command holds the lock: no endless wait, and no half-written row."""
    path = tmp_path / "ledger.sqlite"
    _fill(path, 1)
    holder = sqlite3.connect(path)
    holder.execute("BEGIN IMMEDIATE")
    with Journal.open(path, busy_seconds=0.1) as journal:
        assert len(journal.authorisations(CHAIN)) == 1  # reading never waits
        with pytest.raises(EnvironmentFault) as caught:
            journal.record_authorisations([authorisation(2)])
    holder.close()
    assert caught.value.error_code == "ledger-busy"


def test_a_full_disk_loses_nothing_that_was_written(tmp_path: Path) -> None:
    """With a file-size limit each record is there whole or refused; afterwards the journal goes on."""
    path = tmp_path / "ledger.sqlite"
    _fill(path, 1)
    script = f"""
        import resource, sys
        from pathlib import Path
        from tests.ledger.test_journal import Journal, authorisation
        from wallet.errors import EnvironmentFault
        resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))
        journal = Journal.open(Path({str(path)!r}))
        for n in range(2, 10_000):
            try:
                journal.record_authorisations([authorisation(n)])
            except EnvironmentFault as fault:
                print(n, fault.error_code)
                break
    """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(script)],
        capture_output=True, text=True, timeout=60, cwd=Path(__file__).parents[2],
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    count, code = done.stdout.split()
    assert code == "ledger-full"
    with Journal.open(path) as journal:
        journal.check()
        assert len(journal.authorisations(CHAIN)) == int(count) - 1
        journal.record_authorisations([authorisation(20_000)])


def test_two_processes_never_take_one_nonce(tmp_path: Path) -> None:
    """Four commands of one account at once: every nonce from 0 on is given out exactly once."""
    path = tmp_path / "ledger.sqlite"
    script = f"""
        import sys
        from pathlib import Path
        from tests.ledger.test_journal import ALICE, CHAIN, Journal, drafts
        with Journal.open(Path({str(path)!r})) as journal:
            for n in range(25):
                made = drafts(f"{{sys.argv[1]}}-{{n}}", "second" + sys.argv[1])
                journal.prepare(CHAIN, ALICE, lambda: 0, made)
    """
    running = [
        subprocess.Popen(
            [sys.executable, "-c", textwrap.dedent(script), str(n)], cwd=Path(__file__).parents[2]
        )
        for n in range(4)
    ]
    assert [process.wait(timeout=60) for process in running] == [0] * 4
    with Journal.open(path) as journal:
        assert [t.nonce for t in journal.pending(CHAIN, sender=ALICE)] == list(range(200))
