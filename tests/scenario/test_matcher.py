"""What a scenario expects of a value, held against values that were seen."""

from __future__ import annotations

import pickle
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wallet.errors import InvalidInput
from wallet.money import format_yuan
from wallet.rules import Unit
from wallet.scenario.matcher import Expected, Kind, shown_as

FEN = st.integers(-(10**12), 10**12)


@given(FEN, FEN)
def test_comparisons_are_those_of_whole_numbers(seen: int, said: int) -> None:
    text = shown_as(said, "signed")
    for form, truth in {
        "": seen == said,
        "not ": seen != said,
        "at least ": seen >= said,
        "at most ": seen <= said,
        "more than ": seen > said,
        "less than ": seen < said,
    }.items():
        assert Expected.read(form + text).check(seen, "signed") is truth
        assert Expected.read(form + text).check(seen) is truth


@given(FEN, FEN, FEN)
def test_between_takes_both_ends(seen: int, low: int, high: int) -> None:
    said = f"between {shown_as(low, 'signed')} and {shown_as(high, 'signed')}"
    assert Expected.read(said).check(seen, "signed") is (low <= seen <= high)


@given(st.integers(0, 10**12))
def test_what_is_shown_can_be_expected(fen: int) -> None:
    for kind in ("money", "signed", "any"):
        assert Expected.read(shown_as(fen, kind)).check(fen, kind)
    assert shown_as(fen, "money") == f"¥{format_yuan(fen)}"


@pytest.mark.parametrize(
    ("text", "seen", "kind"),
    [
        ("any", 0, "any"),
        ("open", "open", "text"),
        ("one of open, owing", "owing", "text"),
        ("one of ¥1, ¥2", 200, "money"),
        ("contains ended", "the card ended", "any"),
        ("starts with the", "the card", "text"),
        ("70 %", 7000, "any"),
        ("70 %", 7000, "share"),
        ("3 times", 3, "count"),
        ("2030-03-01", 1_898_524_800, "moment"),
        ("at least 2030-03-01", 1_898_524_801, "moment"),
        ("30d", 2_592_000, "duration"),
        ("yes", True, "any"),
        ("no", False, "flag"),
        ("0x3f", b"\x3f", "any"),
        ("3", 3, "any"),
        ("anna", "anna", "any"),
        ("none", None, "any"),
    ],
)
def test_holds(text: str, seen: Any, kind: Kind) -> None:
    assert Expected.read(text).check(seen, kind)


@pytest.mark.parametrize(
    ("text", "seen"),
    [("any", None), ("¥3", 3), ("3", 300), ("yes", False), ("0x3f", b"\x3e"), ("open", "owing"), ("3", "4")],
)
def test_does_not_hold(text: str, seen: Any) -> None:
    assert not Expected.read(text).check(seen)


def test_a_quantity_is_compared_as_the_card_counts() -> None:
    assert Expected.read("at least 3").check(4, "quantity", Unit.SESSION)
    assert Expected.read("¥30").check(3000, "quantity", Unit.YUAN)
    with pytest.raises(InvalidInput):
        Expected.read("3").check(3, "quantity", Unit.YUAN)


@pytest.mark.parametrize(
    "text", ["at least", "between ¥1", "between ¥1 and ¥2 and ¥3", "one of", "not", "any of", "", "contains"]
)
def test_half_a_sentence_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        Expected.read(text)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("3000", "money"),
        ("at least 3000", "money"),
        ("owing", "money"),
        ("contains 3", "money"),
        ("soon", "moment"),
    ],
)
def test_what_cannot_be_said_of_its_kind_is_found_before_playing(text: str, kind: Kind) -> None:
    with pytest.raises(ValueError):
        Expected.read(text).fits(kind)


@pytest.mark.parametrize("text", ["not closed", "at least 1 %", "at most 2030-01-01", "closed"])
def test_a_number_is_not_compared_with_what_it_cannot_be(text: str) -> None:
    """Such an expectation would hold, or fail, whatever the money was."""
    with pytest.raises(ValueError, match="cannot be compared"):
        Expected.read(text).check(97_000)


def test_words_are_not_compared_by_size() -> None:
    with pytest.raises(ValueError, match="compares numbers"):
        Expected.read("at least open").check("owing")


def test_keeps_the_words_it_was_written_in_across_processes() -> None:
    there = pickle.loads(pickle.dumps(Expected.read("at least ¥1,000")))
    assert there.text == "at least ¥1,000"
