"""The layouts behind the pictures: what is drawn is what was, and nothing leaves the frame."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.scenario.report import sample
from wallet.scenario.report import chart as charting
from wallet.scenario.report.chart import BOTTOM, LEFT, TOP, Chart, charts
from wallet.scenario.report.plain import units
from wallet.scenario.report.sequence import sequence
from wallet.scenario.result import CaseResult, Sent, Signed, StepResult

FEN = st.integers(0, 10**9)


def money_case(rows: list[tuple[int, int, int, int]]) -> CaseResult:
    """A case whose one card goes through (seconds later, held, released, entitled)."""
    told = sample.Telling()
    told.buy()
    card = told.cards["a"]
    steps: list[StepResult] = []
    before = told.look()
    for later, held, released, entitled in rows:
        told.at += later
        told.cards["a"] = replace(
            card, held=held, released=released, entitled=entitled, shortfall=max(0, entitled - held)
        )
        after = told.look()
        steps.append(StepResult(len(steps) + 1, "f", 1, "x", ("x", "x"), True, before, after))
        before = after
    return replace(sample.passed(), steps=tuple(steps))


def levels(path: str) -> list[tuple[int, int]]:
    """Corners of a step line as (x, y)."""
    x, y = (int(n) for n in re.match(r"M(\d+) (\d+)", path).groups())
    corners = [(x, y)]
    for kind, number in re.findall(r"([HV])(-?\d+)", path):
        x, y = (int(number), y) if kind == "H" else (x, int(number))
        corners.append((x, y))
    return corners


def columns(path: str) -> dict[int, int]:
    """Height of a step line in every column; where it falls, that to the right."""
    found: dict[int, int] = {}
    for (x1, y1), (x2, _) in pairwise(levels(path)):
        found.update(dict.fromkeys(range(x1, x2), y1))
    return found


def only(case: CaseResult) -> Chart:
    ((drawn, _),) = charts(case)
    return drawn


@settings(max_examples=40)
@given(st.lists(st.tuples(st.integers(-(10**6), 10**8), FEN, FEN, FEN), min_size=1, max_size=12))
def test_every_line_stays_in_the_frame_and_goes_to_the_right(rows: list[tuple[int, int, int, int]]) -> None:
    """Even where the chain forgot blocks and the clock went back."""
    drawn = only(money_case(rows))
    for path in (drawn.held, drawn.released, drawn.entitled):
        corners = levels(path)
        assert all(LEFT <= x <= charting.RIGHT and TOP <= y <= BOTTOM for x, y in corners)
        assert [x for x, _ in corners] == sorted(x for x, _ in corners)
    for gap in drawn.gaps:
        assert gap.width > 0
        assert gap.height >= 0
        assert gap.y >= TOP
        assert gap.y + gap.height <= BOTTOM
    assert len(drawn.up) <= 6
    for one, other in pairwise(drawn.across):
        assert other.at - one.at >= 50


@settings(max_examples=40)
@given(st.lists(st.tuples(st.integers(1, 10**7), FEN, FEN, FEN), min_size=2, max_size=12))
def test_there_is_a_gap_exactly_where_money_is_missing(rows: list[tuple[int, int, int, int]]) -> None:
    """In every column of the picture in which less is held than owed, and in no other."""
    drawn = only(money_case(rows))
    held, owed = columns(drawn.held), columns(drawn.entitled)
    missing = {x: (owed[x], held[x] - owed[x]) for x in held if held[x] > owed[x]}
    shaded = {x: (gap.y, gap.height) for gap in drawn.gaps for x in range(gap.x, gap.x + gap.width)}
    assert shaded == missing


def test_the_chart_says_in_words_what_it_shows() -> None:
    english, chinese = only(sample.short()).told
    assert "missing at worst ¥300.00" in english
    assert "最大缺口 ¥300.00" in chinese
    assert [tick.label for tick in only(sample.short()).up] == ["¥0", "¥500", "¥1,000"]
    assert only(sample.short()).across[0].label == "0"


def test_a_card_that_a_reorganisation_took_away_is_still_shown() -> None:
    case = sample.passed()
    last = case.steps[-1]
    gone = replace(last, after=replace(last.after, cards={}, at=sample.NOON))
    ((drawn, card),) = charts(replace(case, steps=(*case.steps[:-1], gone)))
    assert (drawn.name, card.status) == ("a", "closed")


def test_every_signature_and_every_transaction_is_an_arrow() -> None:
    case = sample.passed()
    drawn = sequence(case)
    assert drawn is not None
    kinds = [arrow.kind for arrow in drawn.arrows]
    assert kinds.count("signed") == sum(len(step.signed) for step in case.steps)
    assert kinds.count("sent") + kinds.count("refused") == sum(len(step.sent) for step in case.steps)
    assert kinds.count("refused") == 1
    (crossed,) = (arrow for arrow in drawn.arrows if arrow.kind == "refused")
    assert crossed.label == "consume · SubWallet_CardNotOpen"


def test_a_signature_goes_to_whoever_had_it_next() -> None:
    """The merchant's charge to the consumer, hers to whoever sent the transaction, or nowhere yet."""
    drawn = sequence(sample.passed())
    assert drawn is not None
    lane = {one.name: one.x for one in drawn.lanes}
    use = [a for a in drawn.arrows if a.label.startswith(("Charge", "Consume"))][:2]
    assert [(a.x1, a.x2) for a in use] == [
        (lane["示例口腔"], lane["anna"]),
        (lane["anna"], lane["示例口腔"]),
    ]
    refused = [a for a in drawn.arrows if a.label.startswith("Charge")][2]
    assert refused.x1 == refused.x2 == lane["示例口腔"]


def test_people_stand_left_of_contracts_and_a_refusal_without_transaction_is_told() -> None:
    drawn = sequence(sample.passed())
    assert drawn is not None
    assert [(lane.name, lane.person) for lane in drawn.lanes] == [
        ("anna", True),
        ("relay", True),
        ("示例口腔", True),
        ("SubWalletFactory", False),
        ("wallet of anna", False),
    ]
    assert [band.refused for band in drawn.bands if band.refused] == ["card-balance"]


def test_nothing_signed_and_nothing_sent_needs_no_picture() -> None:
    assert sequence(sample.skipped()) is None


NAME = st.sampled_from(["anna", "bo", "示例口腔", "c", "d", "e", "wallet of anna"]) | st.text(max_size=90)


@settings(max_examples=40)
@given(st.lists(st.tuples(NAME, NAME, st.booleans()), min_size=1, max_size=8))
def test_names_and_labels_of_any_length_stay_in_the_picture(names: list[tuple[str, str, bool]]) -> None:
    sent = tuple(Sent("0x", by, to, "open", 1, ok, to) for by, to, ok in names)
    signed = tuple(Signed(who, what) for who, what, _ in names)
    step = replace(sample.passed().steps[0], sent=sent, signed=signed)
    drawn = sequence(replace(sample.passed(), steps=(step,)))
    assert drawn is not None
    assert len(drawn.arrows) == 2 * len(names)
    for arrow in drawn.arrows:
        wide = units(arrow.label) * 6
        left = arrow.at - {"start": 0, "middle": wide // 2, "end": wide}[arrow.anchor]
        assert left >= 0
        assert left + wide <= drawn.width
        assert 0 < arrow.y < drawn.height
