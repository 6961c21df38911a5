"""Reading vector files: what is not of the format is an error that says where; what is unknown is marked."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from wallet.errors import InvalidInput
from wallet.vectors import read_vectors

GOOD = {
    "id": "A",
    "group": "stored_value",
    "input": {"principal": 100, "formula": "ratio"},
    "expect": {"refund": 100},
}


def written(folder: Path, *vectors: Any, schema: str = "prepaid.vectors/1") -> Path:
    """A file of these vectors, one a line."""
    path = folder / "some.json"
    body = ",\n".join(json.dumps(one, ensure_ascii=False) for one in vectors)
    path.write_text(f'{{"schema": "{schema}",\n"vectors": [\n{body}\n]}}', "utf-8")
    return path


def test_a_vector_is_read_with_its_line(tmp_path: Path) -> None:
    first, second = read_vectors(written(tmp_path, GOOD, {**GOOD, "id": "B", "note": "例", "source": "s"}))
    assert (first.id, first.line, first.unsupported) == ("A", 3, "")
    assert (second.line, second.note, second.source) == (4, "例", "s")
    assert second.input == {"principal": 100, "formula": "ratio"}


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"id": ""}, "id is missing"),
        ({"group": 3}, "group is missing"),
        ({"input": []}, "input is missing or no object"),
        ({"expect": {}}, "expects nothing"),
        ({"note": 7}, "note is no text"),
        ({"input": {"principal": 1.5}}, "input.principal: 1.5 is not a whole number"),
        ({"input": {"principal": -1}}, "input.principal: -1 is not a whole number"),
        ({"input": {"principal": "100"}}, 'input.principal: "100" is not a whole number'),
        ({"input": {"principal": True}}, "input.principal: true is not a whole number"),
        ({"input": {"principal": [1]}}, "input.principal: [1] is not a whole number"),
        ({"input": {"formula": 1}}, "input.formula: 1 is not one of ratio"),
        ({"expect": {"refund": None}}, "expect.refund: null"),
        ({"group": "milestone", "input": {"milestones": [1, "2"]}}, "input.milestones"),
        ({"group": "limits", "input": {"registered": 1}, "expect": {"accept": True}}, "is not true or false"),
        ({"group": "odd", "input": {"deep": {"er": 1}}}, "input.deep"),
    ],
)
def test_what_is_not_of_the_format_is_an_error_that_says_where(
    tmp_path: Path, change: dict[str, Any], reason: str
) -> None:
    """File, line, vector and key."""
    path = written(tmp_path, {**GOOD, "id": "first"}, {**GOOD, **change})
    with pytest.raises(InvalidInput) as caught:
        read_vectors(path)
    assert caught.value.error_code == "invalid-vectors"
    assert reason in caught.value.message
    assert caught.value.message.startswith(f"{path}:{3 if 'id' in change else 4}: vector ")


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        ("", 1, "not JSON"),
        ('{"schema":\n "prepaid.vectors/1",\n "vectors": [}', 3, "not JSON"),
        ("[]", 1, "not an object"),
        ('{"schema": "prepaid.vectors/2", "vectors": []}', 1, "its schema is 'prepaid.vectors/2'"),
        ('{"schema": "prepaid.vectors/1", "vectors": {}}', 1, "vectors is not a list"),
        ('{"schema": "prepaid.vectors/1", "vectors": [5]}', 1, "vector 1: not an object"),
        ('{"schema": "prepaid.vectors/1", "schema": 1}', 1, "stands twice"),
        ("[" * 100_000, 1, "nested too deeply"),
    ],
)
def test_a_file_that_is_none_says_what_and_where(tmp_path: Path, text: str, line: int, reason: str) -> None:
    path = tmp_path / "some.json"
    path.write_text(text, "utf-8")
    with pytest.raises(InvalidInput) as caught:
        read_vectors(path)
    assert reason in caught.value.message
    assert caught.value.values["line"] == line


def test_bytes_that_are_no_text(tmp_path: Path) -> None:
    path = tmp_path / "some.json"
    path.write_bytes(b'{"schema":\n"\xff"}')
    with pytest.raises(InvalidInput, match=":2: the file is not UTF-8"):
        read_vectors(path)


def test_one_id_twice(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match=":4: vector A: its id stands in the file twice"):
        read_vectors(written(tmp_path, GOOD, GOOD))


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"group": "weather"}, "the group 'weather' is not known"),
        ({"input": {"principal": 1, "mood": "good"}}, "input.mood is not a key of this group"),
        ({"expect": {"joy": 1}}, "expect.joy is not a key of this group"),
        ({"input": {"formula": "best"}}, "input.formula is 'best', not one of ratio"),
    ],
)
def test_what_is_unknown_is_marked_with_the_reason(
    tmp_path: Path, change: dict[str, Any], reason: str
) -> None:
    """It is reported as unsupported, never passed over, and the others are played."""
    marked, plain = read_vectors(written(tmp_path, {**GOOD, **change}, {**GOOD, "id": "B"}))
    assert reason in marked.unsupported
    assert plain.unsupported == ""


def test_principal_and_bonus_may_stand_anywhere_and_null_is_left_out(tmp_path: Path) -> None:
    one = {**GOOD, "group": "interest", "input": {"principal": 0, "amount": 5, "days": None}}
    (read,) = read_vectors(written(tmp_path, {**one, "expect": {"interest": 0}}))
    assert (read.input, read.unsupported) == ({"principal": 0, "amount": 5}, "")
