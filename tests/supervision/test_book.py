"""The book: nothing said is lost or changed, a crash leaves all or nothing, and it follows its chain."""

from __future__ import annotations

import json
import os
import sqlite3
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.supervision.town import STRICT, Town
from wallet.errors import EnvironmentFault, PolicyRefusal
from wallet.services import admission, onboard, supervise
from wallet.services.office import adopt, need_office
from wallet.supervision.book import Book
from wallet.supervision.dossier import add_up
from wallet.supervision.facts import APPOINTED, MAY_SAY, PHASES, Fact, Phase, Role

ROOT = Path(__file__).resolve().parents[2]


def fact(kind: str = "violation", subject: str = "0xA", at: int = 1, **data: object) -> Fact:
    return Fact(kind, subject, Role.GOVERNMENT, "0xB", at, at, bytes([at % 256]) * 32, data)


FACTS = st.builds(
    fact,
    st.sampled_from(["violation", "bank-anomaly", "tip"]),
    st.sampled_from(["0xA", "0xB", ""]),
    st.integers(0, 200),
    points=st.integers(1, 10_000),
    why=st.text(max_size=20),
)


@settings(max_examples=25)
@given(st.lists(st.lists(FACTS, max_size=4), max_size=5))
def test_what_was_said_is_read_back_in_order(batches: list[list[Fact]]) -> None:
    """By subject, kind and time too; after closing and opening as before."""
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "book.sqlite"
        with Book.open(path, "chain") as book:
            said = [one for batch in batches for one in book.say(batch)]
        with Book.open(path, "chain") as book:
            assert book.facts() == said
            assert [one.number for one in said] == sorted({one.number for one in said})
            assert book.facts(subject="0xA") == [one for one in said if one.subject == "0xA"]
            assert book.facts(kinds=("tip",), since=100) == [
                one for one in said if one.kind == "tip" and one.at >= 100
            ]
            assert book.facts(newest=2) == said[-2:]
        with Book.open(path, "another chain") as book:
            assert book.facts() == []


@settings(max_examples=25)
@given(st.lists(st.integers(0, 50), max_size=12).map(sorted), st.integers(0, 51))
def test_what_stood_on_lost_blocks_is_set_aside(blocks: list[int], kept: int) -> None:
    """A chain loses blocks from its end; the book lets go of exactly what was said on them, once."""
    import tempfile

    with tempfile.TemporaryDirectory() as folder, Book.open(Path(folder) / "b.sqlite", "chain") as book:
        book.say(fact(at=one) for one in blocks)
        lost = sum(one >= kept for one in blocks)
        assert book.follow(lambda number, _: number < kept) == lost
        assert [one.block for one in book.facts()] == [one for one in blocks if one < kept]
        assert book.follow(lambda number, _: number < kept) == 0


def test_a_batch_is_written_whole_or_not_at_all(tmp_path: Path) -> None:
    with Book.open(tmp_path / "b.sqlite", "chain") as book:
        book.say([fact()])
        with pytest.raises(TypeError):
            book.say([fact(), fact(why=object())])
        assert len(book.facts()) == 1
        book.check()


def test_a_process_killed_while_writing_leaves_a_sound_book(tmp_path: Path) -> None:
    """Facts come in pairs; whenever the writer dies, there is an even number of them."""
    path = tmp_path / "b.sqlite"
    script = (
        "import sys\n"
        "from pathlib import Path\n"
        "from wallet.supervision.book import Book\n"
        "from wallet.supervision.facts import Fact, Role\n"
        "book = Book.open(Path(sys.argv[1]), 'chain')\n"
        "fact = Fact('tip', '', Role.PUBLIC, '0xB', 1, 1, b'x')\n"
        "print('ready', flush=True)\n"
        "while True:\n"
        "    book.say([fact, fact])\n"
    )
    command = [sys.executable, "-c", script, str(path)]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, env={**os.environ, "PYTHONPATH": str(ROOT)}
    ) as writer:
        assert writer.stdout is not None
        writer.stdout.readline()
        time.sleep(0.15)
        writer.kill()
    with Book.open(path, "chain") as book:
        book.check()
        assert book.facts()
        assert len(book.facts()) % 2 == 0


def test_only_its_owner_can_read_it(tmp_path: Path) -> None:
    """It holds licences and bank accounts."""
    Book.open(tmp_path / "b.sqlite", "chain").close()
    assert stat.S_IMODE((tmp_path / "b.sqlite").stat().st_mode) == 0o600


def test_a_damaged_newer_or_foreign_file_is_named_with_a_way_out(tmp_path: Path) -> None:
    path = tmp_path / "b.sqlite"
    path.write_bytes(b"this is no database at all" * 100)
    with pytest.raises(EnvironmentFault) as caught:
        Book.open(path, "chain")
    assert caught.value.error_code == "book-corrupt"
    path.unlink()
    Book.open(path, "chain").close()
    with sqlite3.connect(path) as db:
        db.execute("PRAGMA user_version = 99")
    db.close()
    with pytest.raises(EnvironmentFault) as caught:
        Book.open(path, "chain")
    assert caught.value.error_code == "ledger-version"
    with sqlite3.connect(path) as db:
        db.execute("PRAGMA user_version = 1")
        values = ("chain", "unheard-of", "", "government", "0x", 1, 1, b"", "{}")
        db.execute(
            "INSERT INTO fact (chain, kind, subject, role, said_by, at, block, block_hash, data)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", values,
        )  # fmt: skip
    db.close()
    with Book.open(path, "chain") as book, pytest.raises(EnvironmentFault) as caught:
        book.facts()
    assert caught.value.error_code == "book-corrupt"


def test_a_chain_rolled_back_takes_the_book_with_it(town: Town) -> None:
    """What was said on blocks after the snapshot never happened, on the chain or in the book."""
    town.adopt()
    shop = town.merchant(approved=False)
    mark = town.chain.snapshot()
    onboard.approve(town.context, town.operator, shop.address)
    supervise.declare_risk(town.context, town.market, shop.address, "风险")
    town.chain.revert(mark)
    town.chain.mine()
    dossier, _ = admission.standing(town.context, shop.address)
    assert (dossier.major_risk, dossier.approved_at, dossier.filing) == ("", 0, "备案 1")
    with need_office(town.context) as office:
        said = {one.kind for one in office.book.facts(subject=shop.address)}
    assert said == {"applied", "filed", "endorsed"}  # endorsed before the approval made a block


def test_every_kind_has_a_phase_and_somebody_who_may_say_it() -> None:
    assert set(PHASES) == set(MAY_SAY)
    assert set(PHASES.values()) == set(Phase)
    assert all(who for who in MAY_SAY.values())
    said_by_somebody = {role for who in MAY_SAY.values() for role in who}
    assert said_by_somebody == set(Role)
    assert set(APPOINTED) <= set(Role)


@settings(max_examples=30)
@given(st.lists(FACTS, max_size=8), st.lists(FACTS, max_size=8))
def test_a_dossier_is_its_facts_added_up(first: list[Fact], second: list[Fact]) -> None:
    """Facts that add to a feed lose nothing and change nothing else; unknown ones are passed over."""
    whole = add_up("0xA", [*first, *second])
    for kind, got in (
        ("violation", whole.violations),
        ("bank-anomaly", whole.anomalies),
        ("tip", whole.tips),
    ):
        assert len(got) == sum(one.kind == kind for one in (*first, *second))
    assert whole == add_up("0xA", [*first, fact("premium-quoted", premium_bps=0), *second])


def test_a_programme_comes_into_force_by_the_first_operator_only(town: Town) -> None:
    with pytest.raises(PolicyRefusal):
        adopt(town.context, town.person("x"), STRICT)
    with pytest.raises(EnvironmentFault) as caught, need_office(town.context):
        pass
    assert caught.value.error_code == "no-programme"
    adopt(town.context, town.operator, STRICT)
    with need_office(town.context) as office:
        assert office.programme == STRICT
        (said,) = office.book.facts()
    assert json.loads(json.dumps(said.data)) == STRICT.to_dict()
