"""Whatever is altered in a file is noticed, and named: every byte, every field, every order of records."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.evidence.tale import (
    CONTRACT,
    DIRECT,
    PERMIT,
    SIGNED,
    Path,
    Tale,
    at,
    block_hashes,
    changed,
    dotted,
    every,
    other,
    read,
    resealed,
    sign_anew,
    write,
)
from tests.services.world import World
from wallet.eip712.signature import public_address
from wallet.evidence.findings import Finding, Report, Verdict
from wallet.evidence.messages import by_type, digest_of
from wallet.evidence.verify import verify

pytestmark = pytest.mark.anvil

ALL = (SIGNED, PERMIT, DIRECT, CONTRACT)
QUICK = settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])


def judge(value: dict[str, Any], trusted: dict[str, Any]) -> Report:
    return verify(write(value), block_hashes=block_hashes(trusted))


def first(report: Report) -> Finding:
    assert report.verdict is Verdict.ALTERED
    return report.findings[0]


@pytest.mark.parametrize("name", ALL)
def test_an_unaltered_file_is_verified_by_its_blocks_hashes(tale: Tale, name: str) -> None:
    """Also the direct purchase, which no message signs, and the contract's, whose signatures it took."""
    data = tale.files[name]
    report = verify(data, block_hashes=block_hashes(read(data)))
    assert (report.verdict, report.findings, report.notes) == (Verdict.VERIFIED, (), ())
    assert report.facts["card"] == tale.cards[name]
    assert write(read(data)) == data


@pytest.mark.parametrize(("name", "step"), [(SIGNED, 5), (PERMIT, 19), (DIRECT, 19), (CONTRACT, 19)])
def test_every_altered_field_is_named(tale: Tale, name: str, step: int) -> None:
    """Fields, hashes, headers and nodes of a file in turn; others of them in each run."""
    value = read(tale.files[name])
    for path in list(every(value))[int(tale.cards[name][-2:], 16) % step :: step]:
        found = first(judge(changed(value, path, other(at(value, path))), value))
        if path[0] == "records":
            assert found.record == path[1], path
            field = {"body": dotted(path[3:]), "seals": path[-1]}.get(str(path[2]), path[2])
            assert found.field == field, path
        else:
            assert found.field == dotted(path), (path, found)
            assert (found.record is None) == (path[0] == "format"), path


@given(data=st.data())
@QUICK
def test_row_61_any_altered_byte_is_placed(tale: Tale, data: st.DataObject) -> None:
    """Structure and spelling count too: a space is not what was exported."""
    whole = tale.files[SIGNED]
    place = data.draw(st.integers(0, len(whole) - 1))
    bad = bytearray(whole)
    bad[place] = data.draw(st.integers(0, 255).filter(lambda one: one != whole[place]))
    found = first(verify(bytes(bad), block_hashes=block_hashes(read(whole))))
    records = whole.index(b'"records":[\n') + len(b'"records":[\n')
    if place >= records and whole[place : place + 1] != b"\n":
        line = whole[records:place].count(b"\n")
        assert found.record in (line, None), (found, line)
    assert found.field


@given(data=st.data())
@QUICK
def test_a_removed_or_added_byte_is_noticed(tale: Tale, data: st.DataObject) -> None:
    whole = tale.files[SIGNED]
    place = data.draw(st.integers(0, len(whole)))
    extra = data.draw(st.binary(max_size=3))
    cut = place if extra else min(place + 1, len(whole))
    bad = whole[:place] + extra + whole[cut:]
    if bad != whole:
        assert first(verify(bad, block_hashes=block_hashes(read(whole)))).field


def test_removed_and_added_fields_are_named(tale: Tale) -> None:
    value = read(tale.files[SIGNED])
    bodies = [path for path in every(value) if path[0] == "records" and path[2] == "body"]
    for path in bodies[::17]:
        bad = changed(value, path, at(value, path))
        holder = at(bad, path[:-1])
        gone = (*path[:-1], len(holder) - 1) if isinstance(holder, list) else path
        holder.pop(gone[-1])
        found = first(judge(bad, value))
        assert (found.record, found.field) == (path[1], dotted(gone[3:]))
        found = first(judge(changed(value, (*path[:3], "extra"), "1"), value))
        assert (found.record, found.field) == (path[1], "extra")


def covered(value: dict[str, Any], path: Path) -> bool:
    """Whether something besides the hashes speaks for this field.

    When a message was signed, and what an export says of itself, is the word of whoever made the file.
    """
    kind = at(value, (*path[:3], "kind"))
    return path[3] in ("kind", "receipts") if kind == "export" else path[3] not in ("signed_at", "number")


@pytest.mark.parametrize("name", ALL)
def test_every_altered_field_is_named_also_after_all_hashes_were_made_anew(tale: Tale, name: str) -> None:
    """Signatures and receipts' proofs hold what hashes no longer do."""
    value = read(tale.files[name])
    misses = []
    bodies = [path for path in every(value) if path[0] == "records" and path[2] == "body"]
    for path in [path for path in bodies if covered(value, path)][int(tale.cards[name][-2:], 16) % 3 :: 3]:
        bad = resealed(changed(value, path, other(at(value, path))))
        report = judge(bad, value)
        if report.verdict is not Verdict.ALTERED:
            misses.append((path, at(value, path), report.verdict, report.notes))
            continue
        named = {one.field for one in report.findings if one.record == path[1]}
        field = "reference" if path[3] == "reference" else dotted(path[3:])
        if report.findings[0].record != path[1] or field not in named:
            misses.append((path, report.findings))
    assert not misses


def test_what_is_only_the_sealers_word_is_held_by_a_hash_kept_elsewhere(tale: Tale) -> None:
    """The time of signing can be made anew with all hashes; not so once the file's last hash is deposited."""
    value = read(tale.files[SIGNED])
    seal = value["records"][-1]["hash"]
    path: Path = ("records", 1, "body", "signed_at")
    bad = resealed(changed(value, path, at(value, path) - 86_400))
    assert judge(bad, value).verdict is Verdict.VERIFIED
    report = verify(write(bad), block_hashes=block_hashes(value), deposited=seal)
    assert (first(report).field, first(report).code) == ("seal", "deposit")
    for spelling in (seal, "0x" + seal.upper()):
        same = verify(write(value), block_hashes=block_hashes(value), deposited=spelling)
        assert same.verdict is Verdict.VERIFIED


@pytest.mark.parametrize("again", [False, True], ids=["hashes as they were", "hashes made anew"])
def test_records_that_are_dropped_doubled_or_swapped(tale: Tale, again: bool) -> None:
    """A dropped payment leaves a gap in the totals; what is counted twice is recognised by its place."""
    value = read(tale.files[SIGNED])
    records = value["records"]
    mend = resealed if again else dict
    events = {
        name: [n for n, one in enumerate(records) if one["body"].get("event") == name]
        for name in ("Opened", "Consumed", "Closed")
    }
    use, later = events["Consumed"]
    dropped = mend({**value, "records": [*records[:use], *records[use + 1 :]]})
    found = first(judge(dropped, value))
    if again:
        assert (found.record, found.field, found.code) == (later - 1, "values.released", "gap")
    else:
        assert (found.record, found.field) == (use, "previous")
    for number in range(1, len(records) - 1):
        doubled = mend({**value, "records": [*records[: number + 1], *records[number:]]})
        found = first(judge(doubled, value))
        assert found.record == number + 1
        assert found.code == ("repeated" if again else "link")
    if not again:
        swapped = [*records[:2], records[3], records[2], *records[4:]]
        assert first(judge({**value, "records": swapped}, value)).record == 2
    last = mend({**value, "records": records[:-1]})
    assert first(judge(last, value)).record == len(records) - 2


def test_a_dropped_exit_is_missed_by_whoever_asks_the_chain(tale: Tale, anvil_world: World) -> None:
    """No total comes after it; but the chain still has the event."""
    value = read(tale.files[SIGNED])
    records = [one for one in value["records"] if one["body"].get("event") not in ("Closed", "Collected")]
    bad = resealed({**value, "records": records})
    assert judge(bad, value).verdict is Verdict.VERIFIED
    found = first(verify(write(bad), chain=anvil_world.context.chain))
    assert (found.code, found.values["event"]) == ("missing", "Closed")


def test_proofs_and_headers_of_something_else_prove_nothing(tale: Tale) -> None:
    """Another block's header, another transaction's proof, another card's event."""
    value, foreign = read(tale.files[SIGNED]), read(tale.files[PERMIT])
    trusted = {**value, "headers": {**value["headers"], **foreign["headers"]}}
    events = [n for n, one in enumerate(value["records"]) if one["body"]["kind"] == "event"]
    opened, used = events[:2]
    body, other_body = (value["records"][n]["body"] for n in (opened, used))

    proofs = {**value["proofs"], body["transaction"]: value["proofs"][other_body["transaction"]]}
    found = first(judge({**value, "proofs": proofs}, value))
    assert (found.record, found.field) == (opened, f"proofs.{body['transaction']}.receipt.0")

    headers = {**value["headers"], body["block_hash"]: value["headers"][other_body["block_hash"]]}
    found = first(judge({**value, "headers": headers}, value))
    assert (found.record, found.field) == (opened, f"headers.{body['block_hash']}")

    alien = next(one for one in foreign["records"] if one["body"].get("event") == "Redeemed")
    mixed = {
        "format": value["format"],
        "records": [*value["records"][: used + 1], alien, *value["records"][used + 1 :]],
        "headers": {**value["headers"], **foreign["headers"]},
        "proofs": {**value["proofs"], **foreign["proofs"]},
    }
    found = first(judge(resealed(mixed), trusted))
    assert (found.record, found.field) == (used + 1, "values.card")


def test_an_event_moved_to_another_block_is_not_in_that_block(tale: Tale) -> None:
    value = read(tale.files[SIGNED])
    number = next(n for n, one in enumerate(value["records"]) if one["body"].get("event") == "Consumed")
    opened = next(one["body"] for one in value["records"] if one["body"].get("event") == "Opened")
    bad = changed(value, ("records", number, "body", "block_hash"), opened["block_hash"])
    bad = resealed(changed(bad, ("records", number, "body", "block"), opened["block"]))
    found = first(judge(bad, value))
    assert found.record == number
    assert found.field.startswith("proofs.")


def test_a_signature_by_another_key_is_not_the_consumers(tale: Tale) -> None:
    """Also a perfectly good one: the signer is the card's owner or nobody."""
    value = read(tale.files[SIGNED])
    number = next(n for n, one in enumerate(value["records"]) if one["body"].get("stage") == "sign")
    body = value["records"][number]["body"]
    kind = by_type()[body["type"]]
    digest = digest_of(kind.schema, body["domain"], body["values"])
    forged = changed(value, ("records", number, "body", "signature"), sign_anew(digest))
    found = first(judge(resealed(forged), value))
    assert (found.record, found.field) == (number, "signature")
    stranger = public_address((7).to_bytes(32)).lower()
    forged = changed(forged, ("records", number, "body", "signer"), stranger)
    found = first(judge(resealed(forged), value))
    assert (found.record, found.field) == (number, "signer")


def test_a_signature_declared_a_contracts_is_still_checked(tale: Tale) -> None:
    """Calling it a contract's does not save a wrong one: at most it stays unchecked."""
    value = read(tale.files[SIGNED])
    number = next(n for n, one in enumerate(value["records"]) if one["body"].get("stage") == "refund")
    forged = changed(value, ("records", number, "body", "by"), "contract")
    found = first(judge(resealed(forged), value))
    assert (found.record, found.field) == (number, "by")
    wrong = changed(forged, ("records", number, "body", "signature"), "0x" + "11" * 65)
    report = judge(resealed(wrong), value)
    assert report.verdict is Verdict.WEAKER
    assert [(one.record, one.code) for one in report.notes] == [(number, "unchecked")]


@given(rubbish=st.binary(max_size=200))
@settings(max_examples=30)
def test_rubbish_is_no_evidence(rubbish: bytes) -> None:
    """Nor is a file of somebody else's JSON; and nothing breaks."""
    for data in (rubbish, b'{"format":' + rubbish, b"[" * 3000, b'{"format":"prepaid.evidence/1"}', b"{}"):
        report = verify(data)
        assert report.verdict is Verdict.ALTERED
        assert report.findings[0].code == "unreadable"
