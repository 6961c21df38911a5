"""Records are sealed when things happen, survive what may happen next, and cannot be edited unnoticed."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.evidence.tale import leave, read, resealed
from tests.services.world import World
from wallet.chain.base import Chain
from wallet.chain.revm import RevmChain
from wallet.errors import EnvironmentFault, InvalidInput
from wallet.evidence.findings import Root, Verdict
from wallet.evidence.intact import check_chain
from wallet.evidence.record import read_record
from wallet.evidence.verify import verify
from wallet.ledger import Journal, Seal
from wallet.ledger.store import JOURNAL, connect
from wallet.services import consume
from wallet.services.context import open_context
from wallet.services.evidence import export
from wallet.services.sealing import sealed
from wallet.services.stream import Order, pay_many
from wallet.signing.dev import dev_signer
from wallet.signing.policy import Policy


class Killed(Exception):
    """Stands for a kill: nothing after it runs."""


def reopened(world: World, folder: Path, on_step: Callable[[str], None] | None = None) -> World:
    """What the next command finds: the same chain, the journal opened anew."""
    chain: Chain = world.context.chain
    world.context.journal.close()
    context, recovery = open_context(
        chain, ledger=folder / "ledger.sqlite", deployments=folder / "deployments", on_step=on_step
    )
    people = [dev_signer(n, chain_id=chain.chain_id(), endpoint=None) for n in range(4)]
    return World(context, recovery, *people)


def bodies(world: World, card: str) -> list[dict[str, Any]]:
    rows = world.context.journal.sealed(world.context.identity, bytes.fromhex(card[2:]))
    return [json.loads(row)["body"] for row in rows]


def told(world: World, card: str) -> list[str]:
    """What the records say, by type or event."""
    return [
        str(one.get("event") or one.get("type") or one["kind"]).split("(")[0] for one in bodies(world, card)
    ]


def edit(folder: Path, change: Callable[[list[dict[str, Any]]], list[dict[str, Any]]]) -> None:
    """What somebody with the file and SQLite can do."""
    db = sqlite3.connect(folder / "ledger.sqlite")
    rows = db.execute("SELECT number, record FROM seal ORDER BY number").fetchall()
    records = change([json.loads(row[1]) for row in rows])
    db.execute("DELETE FROM seal WHERE number >= ?", (len(records),))
    for number, record in enumerate(records):
        values = json.dumps(record), record["hash"], number
        db.execute("UPDATE seal SET record = ?, hash = ? WHERE number = ?", values)
    db.commit()
    db.close()


def test_each_act_is_sealed_when_it_is_done(revm_world: World) -> None:
    """Sign, pay, consume, refund: the record is there as soon as the service returns."""
    world, card = revm_world, revm_world.buy().card
    start = ["card", "ReceiveWithAuthorization", "Opened"]
    assert told(world, card) == start
    charge = world.charge(card).document
    assert told(world, card) == [*start, "Charge"]
    words = bodies(world, card)[-1]["reference"]
    assert (words["number"], words["merchant_name"]) == (charge.number, charge.merchant_name)
    document = world.authorise(card, number="C-18")
    assert told(world, card)[4:] == ["Charge", "Consume"]
    world.consume(document)
    assert told(world, card)[6:] == ["Consumed"]
    leave(world, card)
    assert told(world, card)[7:] == ["Terminate", "Closed"]
    assert [one["number"] for one in bodies(world, card)] == list(range(9))


def test_many_uses_are_sealed_in_order(revm_world: World) -> None:
    world = revm_world
    cards = [world.buy().card, world.buy().card]
    orders = [Order(cards[n % 2], 100, f"C-{n}") for n in range(6)]
    done = pay_many(world.context, world.merchant, world.consumer, orders, Policy())
    assert not any(one.error for one in done)
    for card in cards:
        assert sorted(told(world, card)[3:]) == ["Charge"] * 3 + ["Consume"] * 3 + ["Consumed"] * 3
        assert verify(export(world.context, card).file.to_bytes()).verdict is Verdict.UNTIED


def test_a_carrier_seals_what_it_was_given(revm_world: World, tmp_path: Path) -> None:
    """The merchant's machine has the consumer's signature as evidence, one use or several at once."""
    world, card = revm_world, revm_world.buy().card
    documents = [world.authorise(card, 3000, "C-17"), world.authorise(card, 5000, "C-18")]
    other = Journal.open(tmp_path / "merchant.sqlite")
    merchant = World(
        open_context(
            world.context.chain, ledger=tmp_path / "merchant.sqlite", deployments=tmp_path / "deployments"
        )[0],
        world.recovery, world.operator, world.merchant, world.consumer, world.other,
    )  # fmt: skip
    other.close()
    merchant.consume(documents[0])
    assert told(merchant, card) == ["card", "Consume", "Consumed"]
    (done,) = consume.consume_card(merchant.context, world.merchant, documents[1:])
    assert done.paid == 1539
    assert told(merchant, card)[3:] == ["Consumed", "Consume"]
    file = export(merchant.context, card)
    assert [(one.record, one.values["event"]) for one in file.unsigned] == [(5, "Opened")]
    merchant.context.journal.close()


@pytest.mark.parametrize("moment", ["authorisation-recorded", "sent", "marked-sent", "mined"])
def test_a_kill_loses_no_record(revm_world: World, tmp_path: Path, moment: str) -> None:
    """Whatever was signed or sent before it is sealed by the end of the next command's opening."""

    def die(step: str) -> None:
        if step == moment and armed:
            raise Killed

    armed: list[bool] = []
    world = reopened(revm_world, tmp_path, die)
    card = world.buy().card
    document = world.authorise(card)
    armed.append(True)
    with pytest.raises(Killed):
        world.authorise(card, number="C-18") if moment == "authorisation-recorded" else world.consume(
            document
        )
    world = reopened(world, tmp_path)
    wanted = "Charge" if moment == "authorisation-recorded" else "Consumed"
    assert told(world, card)[-1] == wanted
    assert told(world, card).count(wanted) == (2 if wanted == "Charge" else 1)
    assert verify(export(world.context, card).file.to_bytes()).findings == ()


def test_row_61_an_edited_store_is_refused_with_the_record_and_the_field(
    revm_world: World, tmp_path: Path
) -> None:
    world, card = revm_world, revm_world.buy().card
    world.consume(world.authorise(card))

    def cheaper(records: list[dict[str, Any]]) -> list[dict[str, Any]]:
        records[4]["body"]["values"]["maxPay"] = "1"
        return records

    edit(tmp_path, cheaper)
    with pytest.raises(EnvironmentFault) as caught:
        export(world.context, card)
    assert caught.value.error_code == "evidence-altered"
    assert (caught.value.values["record"], caught.value.values["field"]) == (4, "values.maxPay")
    # What the chain alone can tell is still to be had.
    file = export(world.context, card, from_chain=True)
    assert [one.values["event"] for one in file.unsigned] == ["Opened", "Consumed"]


def test_an_edited_store_whose_hashes_were_made_anew_is_caught_by_the_signatures(
    revm_world: World, tmp_path: Path
) -> None:
    """Even without tries: the other side's signature names the field."""
    world, card = revm_world, revm_world.buy().card
    world.consume(world.authorise(card))

    def dearer(records: list[dict[str, Any]]) -> list[dict[str, Any]]:
        records[4]["body"]["values"]["usedAfter"] = "9000"
        return resealed({"records": records})["records"]

    edit(tmp_path, dearer)
    with pytest.raises(EnvironmentFault) as caught:
        export(world.context, card)
    assert (caught.value.values["record"], caught.value.values["field"]) == (4, "values.usedAfter")


@pytest.mark.parametrize("broken", ["{", '{"body":{}}', "[]"])
def test_an_unreadable_record_is_named(revm_world: World, tmp_path: Path, broken: str) -> None:
    world, card = revm_world, revm_world.buy().card
    db = sqlite3.connect(tmp_path / "ledger.sqlite")
    db.execute("UPDATE seal SET record = ? WHERE number = 1", (broken,))
    db.commit()
    db.close()
    with pytest.raises(EnvironmentFault) as caught:
        export(world.context, card)
    assert (caught.value.error_code, caught.value.values["record"]) == ("evidence-altered", 1)


def test_a_lost_ledger_costs_the_signatures_and_nothing_else(revm_world: World, tmp_path: Path) -> None:
    """The events come back from the chain; what is missing is said, by the file and by its examination."""
    world, card = revm_world, revm_world.buy().card
    world.consume(world.authorise(card))
    leave(world, card)
    world.context.journal.close()
    (tmp_path / "ledger.sqlite").unlink()
    world = reopened(world, tmp_path)
    assert bodies(world, card) == []
    file = export(world.context, card)
    assert file.late == (1, 2, 3)
    assert [one.values["event"] for one in file.unsigned] == ["Opened", "Consumed", "Closed"]
    report = verify(file.file.to_bytes())
    assert [one.values["event"] for one in report.notes if one.code == "unsigned"] == [
        "Opened", "Consumed", "Closed",
    ]  # fmt: skip
    # From now on they are kept here again, and what is signed next joins them.
    assert told(world, card) == ["card", "Opened", "Consumed", "Closed"]
    assert export(world.context, card).late == ()


def test_what_the_chain_took_back_stays_and_is_marked(revm_world: World) -> None:
    """An append-only store forgets nothing; a withdrawn use is no longer counted."""
    world, card = revm_world, revm_world.buy().card
    document = world.authorise(card)
    mark = world.context.chain.snapshot()
    world.consume(document)
    world.context.chain.revert(mark)
    world.context.chain.mine()
    file = export(world.context, card)
    assert told(world, card)[5:] == ["Consumed", "withdrawn"]
    report = verify(file.file.to_bytes())
    assert report.findings == ()
    assert [(one.record, one.code) for one in report.notes if one.record] == [
        (2, "unproven"), (5, "withdrawn"),
    ]  # fmt: skip
    world.consume(document)
    file = export(world.context, card)
    assert told(world, card)[7:] == ["Consumed"]
    assert verify(file.file.to_bytes()).findings == ()


def test_a_chain_without_tries_gives_weaker_evidence_and_the_file_says_so(revm_world: World) -> None:
    world, card = revm_world, revm_world.buy().card
    world.consume(world.authorise(card))
    file = export(world.context, card)
    assert not file.proven
    last = read(file.file.to_bytes())["records"][-1]["body"]
    assert (last["backend"], last["receipts"]) == ("revm", "none")
    report = verify(file.file.to_bytes())
    assert (report.verdict, report.trust.root) == (Verdict.UNTIED, Root.NONE)
    assert [(one.code, one.values.get("backend", "")) for one in report.notes if one.record is None] == [
        ("no-tries", "revm")
    ]
    # The chain itself, while it lasts, can be asked for the events.
    report = verify(file.file.to_bytes(), chain=world.context.chain)
    assert (report.verdict, report.findings) == (Verdict.VERIFIED, ())
    report = verify(file.file.to_bytes(), chain=RevmChain())
    assert report.verdict is Verdict.ALTERED
    assert report.findings[0].code == "other-block"


@pytest.mark.parametrize(
    ("wanted", "code"),
    [
        ({"algorithm": "md5"}, "evidence-algorithm"),
        ({"retention_days": 1094}, "evidence-retention"),
        ({"retention_days": 10**9}, "evidence-retention"),
    ],
)
def test_what_cannot_be_exported_is_refused(revm_world: World, wanted: dict[str, Any], code: str) -> None:
    """A hash nobody checks; records given up before three years are over (Beijing's card rules, art. 19)."""
    card = revm_world.buy().card
    with pytest.raises(InvalidInput) as caught:
        export(revm_world.context, card, **wanted)
    assert caught.value.error_code == code


def test_two_commands_at_once_make_one_chain(tmp_path: Path) -> None:
    """Numbers and hashes are given under the journal's lock; the same thing is sealed once."""

    def one(name: int) -> Seal:
        def make(number: int, previous: str) -> tuple[str, str]:
            return sealed({"number": number, "name": str(name)}, previous)

        return Seal("chain", bytes(32), str(name).encode(), make)

    with Journal.open(tmp_path / "l.sqlite") as left, Journal.open(tmp_path / "l.sqlite") as right:
        assert [left.seal([one(1), one(2), one(1)]), right.seal([one(2), one(3)]), left.seal([one(3)])] == [
            2,
            1,
            0,
        ]
        assert right.seal([one(4)]) == 1
        records = [read_record(text) for text in left.sealed("chain", bytes(32))]
    assert [record.body["name"] for record in records] == ["1", "2", "3", "4"]
    assert list(check_chain(records, "sha256")) == []


def test_a_python_without_sm3_says_so(revm_world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both ways: such a file is neither made nor taken for altered."""
    card = revm_world.buy().card
    data = export(revm_world.context, card, algorithm="sm3").file.to_bytes()
    assert verify(data).verdict is Verdict.UNTIED

    def without(name: str, *args: Any) -> Any:
        raise ValueError(f"unsupported hash type {name}")

    monkeypatch.setattr(hashlib, "new", without)
    for attempt in (lambda: export(revm_world.context, card, algorithm="sm3"), lambda: verify(data)):
        with pytest.raises(EnvironmentFault) as caught:
            attempt()
        assert caught.value.error_code == "evidence-hash"


def test_an_older_journal_gains_the_place_for_records(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite"
    connect(path, scripts=JOURNAL[:1]).close()
    with Journal.open(path) as journal:
        assert journal.sealed("chain", bytes(32)) == []


def test_every_service_writes_signatures_down_through_the_one_place_that_seals_them() -> None:
    """A service that wrote to the journal by itself would leave no evidence."""
    services = Path(__file__).resolve().parents[2] / "wallet" / "services"
    assert services.is_dir()
    direct = [one.name for one in services.glob("*.py") if "record_authorisations(" in one.read_text()]
    assert direct == ["sealing.py"]
    # A purchase has no card yet, and a charge is sealed in the words of whoever gets it.
    signing = sorted(one.name for one in services.glob("*.py") if "sign_message(" in one.read_text())
    assert signing == ["buy.py", "charge.py", "sealing.py"]


def test_nothing_is_told_of_a_card_nobody_knows(revm_world: World) -> None:
    with pytest.raises(InvalidInput) as caught:
        export(revm_world.context, "0x1234")
    assert caught.value.error_code == "unknown-card"
