"""Money, counts, spans, moments and shares as a scenario writes them: read exactly, or refused by name."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wallet.errors import InvalidInput
from wallet.rules import Unit
from wallet.scenario import values
from wallet.scenario.values import Quantity

FEN = st.integers(0, values.MOST_FEN)
READERS: list[tuple[Callable[[Any], Any], str]] = [
    (values.read_money, values.MONEY_PATTERN),
    (values.read_count, values.COUNT_PATTERN),
    (values.read_share, values.SHARE_PATTERN),
    (values.read_hex, values.HEX_PATTERN),
]
LIKELY = st.text("0123456789.,¥ -+%xabefnyu元分次", max_size=9)


def _reads(read: Callable[[Any], Any], text: str) -> bool:
    try:
        read(text)
    except ValueError as refused:
        # Too much of it is no matter of form.
        return "more money" in str(refused)
    return True


@given(FEN, st.booleans())
def test_money_reads_back_in_every_form(fen: int, grouped: bool) -> None:
    yuan = f"{fen // 100:,}" if grouped else str(fen // 100)
    forms = [f"¥{yuan}.{fen % 100:02}", f"{yuan}.{fen % 100:02}", f"{yuan}.{fen % 100:02} yuan"]
    forms += [f"{yuan}.{fen % 100:02}元", f"{fen} fen", f"{fen:,}分"]
    forms += [f"¥{yuan}", f"{yuan} 元"] if fen % 100 == 0 else []
    assert {values.read_money(form) for form in forms if len(f"{fen}") <= 13 or "f" not in form} == {fen}
    assert values.read_signed_money(f"-{forms[0]}") == -fen
    assert values.read_signed_money(f"+{forms[0]}") == fen


@pytest.mark.parametrize("reader", READERS, ids=lambda one: one[0].__name__)
def test_the_schema_accepts_what_the_reader_does(reader: tuple[Callable[[Any], Any], str]) -> None:
    """An editor's check and ours never disagree but for bounds."""
    read, pattern = reader

    @settings(max_examples=40)
    @given(st.one_of(LIKELY, st.from_regex(re.compile(pattern), fullmatch=True)))
    def check(text: str) -> None:
        fits = re.fullmatch(pattern, text.strip()) is not None
        assert _reads(read, text) in ((fits,) if read is not values.read_share else (fits, False))

    check()


@pytest.mark.parametrize(
    "text",
    [
        "30.005",
        "¥30.005",
        "1e3",
        "¥１",
        "３０.00",
        "¥1,23",
        "¥ -3",
        "¥",
        "",
        "30 dollars",
        "0.5",
        "-¥3",
        "1_000.00",
    ],
)
def test_money_that_could_mean_two_things_is_refused_with_the_forms(text: str) -> None:
    with pytest.raises(ValueError, match=values.MONEY_FORMS.replace(".", "[.]")) as caught:
        values.read_money(text)
    assert repr(text) in str(caught.value)


def test_a_bare_number_where_money_belongs_asks_for_its_unit() -> None:
    with pytest.raises(ValueError, match="yuan or fen"):
        values.read_money("3000")
    assert values.read_money("0") == 0


@pytest.mark.parametrize("value", [1.5, 30.0, True, None, [], {}])
@pytest.mark.parametrize(
    "read", [values.read_money, values.read_count, values.read_share, values.read_duration]
)
def test_nothing_but_text_and_whole_numbers_is_read(read: Callable[[Any], Any], value: Any) -> None:
    with pytest.raises(ValueError):
        read(value)


def test_whole_numbers_from_python_are_taken_as_they_are() -> None:
    assert values.read_money(3000) == 3000
    assert values.read_signed_money(-3000) == -3000
    assert values.read_duration(60) == 60


@given(st.integers(0, 10_000))
def test_shares_read_back(bps: int) -> None:
    assert values.read_share(f"{bps} bps") == bps
    assert values.read_share(f"{bps // 100}.{bps % 100:02} %") == bps


@given(st.integers(1, 300), st.integers(0, 23), st.integers(0, 59))
def test_spans_add_up(days: int, hours: int, minutes: int) -> None:
    seconds = days * 86_400 + hours * 3_600 + minutes * 60
    assert values.read_duration(f"{days}d {hours}h {minutes}m") == seconds
    assert values.read_duration(f"{days} days {hours} hours {minutes} minutes") == seconds


@pytest.mark.parametrize("text", ["0d", "d", "3", "1.5h", "3 months", "41 years", "100000d", "３d", "3d4h"])
def test_no_other_span_is_read(text: str) -> None:
    with pytest.raises(ValueError, match="is not a span of time"):
        values.read_duration(text)


@given(st.datetimes(datetime(2001, 1, 1), datetime(2199, 12, 31)))
def test_moments_are_chinas(when: datetime) -> None:
    when = when.replace(second=0, microsecond=0)
    expected = int((when - datetime(1970, 1, 1) - timedelta(hours=8)).total_seconds())
    assert values.read_moment(f"{when:%Y-%m-%d %H:%M}") == expected


@pytest.mark.parametrize(
    "text", ["2030-02-30", "2030-1-1", "30-01-01", "18:05", "2030-01-01 24:00", "2030-01-01Z"]
)
def test_no_other_moment_is_read(text: str) -> None:
    with pytest.raises(ValueError, match="is not a moment"):
        values.read_moment(text)


@pytest.mark.parametrize(
    "text", ["anna", "wallet of anna", "安娜", "SubWallet_CardNotOpen", "card-ended", "a.b"]
)
def test_names(text: str) -> None:
    assert values.read_name(text) == text


@pytest.mark.parametrize("text", ["", "3a", "-a", "a  b", "a\nb", "a" * 81, "a$b", "_a"])
def test_no_other_name(text: str) -> None:
    with pytest.raises(ValueError, match="is not a name"):
        values.read_name(text)


@pytest.mark.parametrize(
    ("text", "unit", "amount"),
    [
        ("¥30", Unit.YUAN, 3000),
        ("30.00", Unit.YUAN, 3000),
        ("0", Unit.YUAN, 0),
        ("3", Unit.SESSION, 3),
        ("3 times", Unit.SESSION, 3),
        ("3次", Unit.SESSION, 3),
        ("1 month", Unit.MONTH, 1),
        ("2 visits", Unit.VISIT, 2),
        ("2", Unit.MILESTONE, 20_000),
        ("0.5 milestones", Unit.MILESTONE, 5_000),
    ],
)
def test_a_quantity_is_what_its_card_counts(text: str, unit: Unit, amount: int) -> None:
    assert Quantity.read(text).of(unit) == amount


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("3", Unit.YUAN),
        ("¥30", Unit.SESSION),
        ("1 month", Unit.SESSION),
        ("0.5 milestones", Unit.YUAN),
        ("3 times", Unit.MILESTONE),
    ],
)
def test_a_quantity_of_another_card_is_refused(text: str, unit: Unit) -> None:
    with pytest.raises(InvalidInput) as caught:
        Quantity.read(text).of(unit)
    assert caught.value.error_code == "scenario-quantity"
    assert text in caught.value.message
