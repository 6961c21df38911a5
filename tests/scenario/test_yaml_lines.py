"""Files become text with lines, and what hides meaning from a reader is refused with its line."""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from wallet.errors import InvalidInput
from wallet.scenario.yaml_lines import MOST_BYTES, Block, Listing, Text, parse_tree, read_tree

WORD = st.text(
    st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\x85\u2028\u2029\ufeff"), max_size=9
)
TREES: Any = st.recursive(
    WORD, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(WORD, inner, max_size=4), max_leaves=12
)


def plain(node: Any) -> Any:
    """The tree in Python's own types."""
    if isinstance(node, Block):
        return {str(key): plain(held) for key, held in node.items()}
    return [plain(one) for one in node] if isinstance(node, Listing) else str(node)


@settings(max_examples=40)
@given(TREES.filter(lambda tree: "<<" not in repr(tree)))
def test_reads_whatever_yaml_writes(tree: Any) -> None:
    """Any tree of texts comes back as it was, from either style of YAML."""
    for style in (True, False):
        text = yaml.safe_dump(tree, allow_unicode=True, default_flow_style=style, width=40)
        assert plain(parse_tree(text, "f")) == tree


def test_every_scalar_is_the_text_that_was_written() -> None:
    written = [
        "30.00",
        "18:05",
        "0x3f2a",
        "0o17",
        "1e3",
        "yes",
        "null",
        "~",
        "2030-02-30",
        "=",
        "1_000",
        ".inf",
    ]
    assert plain(parse_tree("\n".join(f"- {one}" for one in written), "f")) == written


def test_everything_knows_its_line() -> None:
    tree = parse_tree("a: 1\nb:\n  - {c: x,\n     d: y}\n", "some/f.yaml")
    assert [key.place.line for key in tree] == [1, 2]
    (row,) = tree["b"]
    assert [held.place.line for held in row.values()] == [3, 4]
    assert str(row["d"].place) == "some/f.yaml:4"
    assert tree.place_of_key("b").line == 2


def test_places_cross_to_another_process() -> None:
    text = parse_tree("- x", "f")[0]
    there = pickle.loads(pickle.dumps(text))
    assert (there, there.place, type(there)) == ("x", text.place, Text)


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("a: 1\nb: 2\na: 3", 3, "a second time"),
        ("a: &x 1", 1, "anchors"),
        ("a: 1\nb: *a", 2, "anchors"),
        ("a: !secret 1", 1, "tags"),
        ("a: !!python/object/apply:os.system [x]", 1, "tags"),
        ("a: 1\n<<: {b: 1}", 2, "merge keys"),
        ("a:\n\tb: 1", 2, "tab"),
        ("a: [1,\n  2", 2, "not YAML"),
        ("a: b: c", 1, "not YAML"),
        ("a: 'x", 1, "not YAML"),
        ("? [a]\n: 1", 1, "a key is one word"),
        ("a: 1\n---\nb: 1", 2, "not YAML"),
        ("a: 1\nb: \x07", 2, "U+0007"),
        ('a: "\\0"', 1, "U+0000"),
        ('a: "\\ud800"', 1, "U+D800"),
        ("- " * 60 + "x", 1, "nested deeper"),
        ("[" * 100_000, 1, "nested deeper"),
    ],
)
def test_what_hides_meaning_is_refused_with_its_line(text: str, line: int, said: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        parse_tree(text, "f.yaml")
    error = caught.value
    assert (error.error_code, error.values["file"], error.values["line"]) == ("scenario-file", "f.yaml", line)
    assert said in error.message
    assert error.hint


@pytest.mark.parametrize(
    ("content", "said"),
    [(b"a: \xff", "UTF-8"), (b"#" * (MOST_BYTES + 1), "larger"), (None, "cannot be read")],
)
def test_files_that_are_no_text_are_refused(tmp_path: Path, content: bytes | None, said: str) -> None:
    path = tmp_path / "f.yaml"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(InvalidInput, match=said):
        read_tree(path, "f.yaml")


def test_an_empty_file_is_nothing() -> None:
    assert parse_tree("# only words\n", "f") is None
