"""The format's page is enough: a checker written from it in another language agrees with ours."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

from tests.evidence.tale import (
    CONTRACT,
    DIRECT,
    PERMIT,
    SIGNED,
    Tale,
    at,
    block_hashes,
    changed,
    every,
    other,
    read,
    resealed,
    write,
)
from tests.services.world import World
from wallet.bindings.events import BY_TOPIC
from wallet.chain.base import Log
from wallet.eip712.typed_data import _types
from wallet.evidence.blocks import RawLog
from wallet.evidence.bodies import SHAPES
from wallet.evidence.events import DECLARED, declarations
from wallet.evidence.findings import Verdict
from wallet.evidence.messages import CARD_DOMAIN, by_type, values_of
from wallet.evidence.verify import verify
from wallet.services.evidence import export
from wallet.terms import Terms

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "evidence.md").read_text("utf-8")
CHECKER = Path(__file__).with_name("checker.js")


def checked(files: list[bytes], trusted: list[str], folder: Path) -> list[dict[str, Any]]:
    """What the stranger's checker says of each file."""
    node = shutil.which("node")
    if node is None or not (ROOT / "node_modules" / "js-sha3").is_dir():
        pytest.skip("node or js-sha3 is not installed")
    bundle = folder / "files"
    bundle.write_bytes(b"\0".join(files))
    done = subprocess.run(
        [node, str(CHECKER), str(bundle), *trusted], capture_output=True, text=True, timeout=120, cwd=ROOT
    )
    assert done.returncode == 0, done.stderr
    found: list[dict[str, Any]] = json.loads(done.stdout)
    return found


def test_the_page_lists_every_message_event_and_field() -> None:
    for kind in by_type().values():
        domain = "card" if kind.domain == CARD_DOMAIN else "token"
        row = f"| `{kind.schema.type_string}` | {kind.stage} | {kind.signer} | {domain} |"
        assert row in PAGE.splitlines()
    for contract, stage, declaration in DECLARED:
        assert f"| {contract} | {stage} | `{declaration}` |" in PAGE.splitlines()
    told = set(re.findall(r"`(\w+)`", PAGE))
    for kind_name, shape in SHAPES.items():
        assert kind_name in told
        assert {name.rstrip("?") for name in shape} <= told


def test_every_message_that_anybody_signs_can_be_evidence() -> None:
    """A new one that is missing here could not be sealed, and so not be signed."""
    assert {kind.SCHEMA.type_string for kind in _types().values()} == set(by_type())


def test_declarations_are_the_contracts_own() -> None:
    """Same topics, and the same values out of the same words; and no event about a card is left out."""
    for topic, declared in declarations().items():
        (binding,) = BY_TOPIC[topic]
        assert binding.__name__ == declared.name
        assert sum(field.indexed for field in declared.fields) == binding.INDEXED
        words = [(n % 2).to_bytes(32) for n, _ in enumerate(declared.fields)]
        placed = list(zip(words, declared.fields, strict=True))
        topics = (topic, *(word for word, field in placed if field.indexed))
        data = b"".join(word for word, field in placed if not field.indexed)
        ours = declared.read(RawLog(bytes(20), topics, data))
        theirs = binding.decode(Log("0x" + "0" * 40, topics, data, 0, bytes(32), 0))
        for (name, value), field in zip(ours.items(), fields(theirs), strict=True):
            told = getattr(theirs, field.name)
            if isinstance(told, Terms):
                assert value == values_of(told)
            elif isinstance(told, bytes):
                assert value == "0x" + told.hex()
            else:
                assert value == (told.lower() if isinstance(told, str) else str(int(told))), name
    about_cards = {one for classes in BY_TOPIC.values() for one in classes if "card" in one.__annotations__}
    left_out = {one.__name__ for one in about_cards} - {one.name for one in declarations().values()}
    assert left_out == set(), "not kept as evidence"


@pytest.mark.anvil
@pytest.mark.parametrize("name", [SIGNED, PERMIT, DIRECT, CONTRACT])
def test_row_61_a_stranger_verifies_a_real_nodes_file_offline(tale: Tale, tmp_path: Path, name: str) -> None:
    """With the page, node and a keccak: unaltered by the right block hashes, untied by none."""
    data = tale.files[name]
    hashes = block_hashes(read(data))
    assert checked([data], hashes, tmp_path) == [{"verdict": "verified", "record": None, "field": ""}]
    assert checked([data], [], tmp_path)[0]["verdict"] == "untied"


@pytest.mark.anvil
def test_the_last_blocks_hash_is_enough_where_all_headers_are_there(
    tale: Tale, anvil_world: World, tmp_path: Path
) -> None:
    """Also with the other hash, where both have it."""
    card = tale.cards[SIGNED]
    file = export(anvil_world.context, card, headers=True, algorithm="sm3")
    data = file.file.to_bytes()
    value = read(data)
    events = [one["body"] for one in value["records"] if one["body"]["kind"] == "event"]
    last = max(events, key=lambda one: int(one["block"]))["block_hash"]
    assert verify(data, block_hashes=[last]).verdict is Verdict.VERIFIED
    assert checked([data], [last], tmp_path)[0]["verdict"] == "verified"
    first = min(events, key=lambda one: int(one["block"]))["block_hash"]
    report = verify(data, block_hashes=[first])
    assert (report.verdict, len(report.trust.tied)) == (Verdict.UNTIED, 1)


@pytest.mark.anvil
@pytest.mark.parametrize("name", [SIGNED, CONTRACT])
def test_the_stranger_finds_the_same_alterations(tale: Tale, tmp_path: Path, name: str) -> None:
    """Both name the same record, and unless a signature alone speaks, the same field."""
    value = read(tale.files[name])
    places = list(every(value))
    bad = [changed(value, path, other(at(value, path))) for path in places[:: len(places) // 25]]
    bodies = [path for path in places if path[0] == "records" and path[2] == "body" and path[3] == "values"]
    bad += [resealed(changed(value, path, other(at(value, path)))) for path in bodies[::6]]
    files = [write(one) for one in bad]
    answers = checked(files, block_hashes(value), tmp_path)
    for data, answer in zip(files, answers, strict=True):
        report = verify(data, block_hashes=block_hashes(value))
        assert answer["verdict"] == report.verdict == "altered"
        ours = report.findings[0]
        assert answer["record"] == ours.record or ours.field == "format", (answer, ours)
        # Where the stranger is less precise.
        whole = {"signature", "reference", "terms", "card", "sub_wallet", "values"}
        named = {one.field for one in report.findings}
        same = ours.field.split(".")[:2] == answer["field"].split(".")[:2]
        assert answer["field"] in named | whole or same, (answer, ours)
