"""Templates made of words: the same bytes that the contracts' own tests assemble."""

from __future__ import annotations

import pytest

from tests.contracts import craft
from wallet.errors import InvalidInput
from wallet.scenario.handmade import creation, runtime
from wallet.scenario.verbs.references import spelt

ANSWERS = {
    "reverts": craft.REVERT,
    "burns": craft.INVALID,
    "loops": craft.LOOP,
    "says nothing": craft.STOP,
    "half a word": craft.short(31, 9),
    "a flood": craft.short(90_000, 9),
    "listed": craft.field(craft.LISTED),
    "¥10": craft.word(1_000),
    "0": craft.word(0),
    "2^255": craft.word(2**255),
    "¥1 for each elapsed": craft.push(craft.ELAPSED) + b"\x35" + craft.push(100) + b"\x02" + craft.RETURN_TOP,
}


@pytest.mark.parametrize("words", ANSWERS)
def test_words_make_the_bytes_that_were_assembled_by_hand(words: str) -> None:
    """In either place, whatever stands in the other."""
    assert runtime(words, "reverts") == craft.template(ANSWERS[words], craft.REVERT)
    assert runtime("¥10", words) == craft.template(craft.word(1_000), ANSWERS[words])


@pytest.mark.parametrize("words", ["", "everything", "¥1 for each friend", "2^", "-¥1"])
def test_other_words_are_refused_by_name(words: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        runtime(words, "0")
    assert refused.value.error_code == "scenario-template"


def test_creation_code_ends_in_the_code_that_it_leaves_behind() -> None:
    """Ten bytes before it, which say how long it is and where it begins."""
    code = runtime("loops", "a flood")
    made = creation(code)
    assert (made[10:], int.from_bytes(made[1:3]), made[5]) == (code, len(code), 10)


def test_a_spelling_that_nobody_knows_is_refused() -> None:
    with pytest.raises(InvalidInput):
        spelt(bytes(64) + b"\x1b", "prettier signature")
