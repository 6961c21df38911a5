"""Texts that reports show: nothing unseen, money to the fen, days as China counts them."""

from __future__ import annotations

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from tests.scenario.report.sample import NOON
from wallet.scenario.report.plain import change, clock, day, day_number, fit, inert, units, used, value, yuan

BIDI_CONTROLS = {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}


@given(st.text(st.characters(), max_size=60))
def test_nothing_unseen_is_left_and_everything_seen_is_kept(text: str) -> None:
    shown = inert(text)
    shown.encode("utf-8")
    for one in shown:
        assert unicodedata.category(one) not in ("Cc", "Cs", "Zl", "Zp") or one in "\t\n"
        assert unicodedata.bidirectional(one) not in BIDI_CONTROLS
    assert inert(shown) == shown
    rest = iter(shown)
    assert all(one in rest for one in text if unicodedata.category(one)[0] in "LNPS")


def test_a_right_to_left_override_is_written_out() -> None:
    assert inert("¥\u202e00.1") == "¥⟨U+202E⟩00.1"
    assert inert("\x00\x1b[31m\r\n") == "⟨U+0000⟩⟨U+001B⟩[31m⟨U+000D⟩\n"
    assert inert("\U0001f469\u200d\U0001f680 mañana 卡 مرحبا") == "\U0001f469\u200d\U0001f680 mañana 卡 مرحبا"


@given(st.integers(-(10**15), 10**15))
def test_money_is_exact_to_the_fen(fen: int) -> None:
    text = yuan(fen)
    whole, cents = text.lstrip("−¥").replace(",", "").split(".")
    assert (int(whole) * 100 + int(cents)) * (-1 if text[0] == "−" else 1) == fen
    assert len(cents) == 2
    assert change(fen).startswith("+" if fen > 0 else "−" if fen < 0 else "0")


def test_days_are_those_of_china() -> None:
    """Noon of 1 January there is four in the morning in Greenwich; the day ends at 16:00 UTC."""
    assert (day(NOON), clock(NOON)) == ("2030-01-01", "12:00")
    assert (day(NOON + 12 * 3600), clock(NOON + 12 * 3600 + 7)) == ("2030-01-02", "00:00:07")
    assert day_number(NOON + 12 * 3600) - day_number(NOON + 12 * 3600 - 1) == 1


def test_what_was_used_is_said_in_its_unit() -> None:
    assert used(3_000, "yuan") == ("¥30.00", "¥30.00")
    assert used(1, "session") == ("1 session", "1 次")
    assert used(12, "month") == ("12 months", "12 个月")
    assert used(15_000, "milestone") == ("1.5 milestones", "1.5 步")


def test_values_are_readable() -> None:
    assert value({"who": b"\x12", "paid": [1, True, None]}) == "{who: 0x12, paid: [1, yes, —]}"


@given(st.text(max_size=80), st.integers(2, 40))
def test_a_cut_text_fits(text: str, most: int) -> None:
    assert units(fit(text, most)) <= most
