"""Feeds, score, tier, early share: each feed by itself, nothing the wrong way round."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wallet.errors import InvalidInput
from wallet.law.dates import DAY
from wallet.law.programme import Credit, Gate, OwnCap, Phase, Programme, Role, Selling, Watch
from wallet.supervision.dossier import Complaint, Dossier, Mark
from wallet.supervision.score import early_share, feeds, has_badge, premium, tier_for

NOW = 1_800_000_000
POINTS = st.integers(1, 10_000)
MARKS = st.lists(st.builds(Mark, st.just(NOW - DAY), POINTS, st.just("")), max_size=4)
STEPS = st.lists(st.integers(3_000, 7_000), min_size=3, max_size=3).map(lambda x: tuple(sorted(x)))


@st.composite
def weights(draw: st.DrawFn) -> Watch:
    first = draw(st.integers(0, 10_000))
    second = draw(st.integers(0, 10_000 - first))
    return Watch(violation_weight_bps=first, anomaly_weight_bps=second,
                 complaint_weight_bps=10_000 - first - second)  # fmt: skip


def complaints(count: int) -> tuple[Complaint, ...]:
    return tuple(Complaint(n, NOW - DAY, "0x", "") for n in range(count))


@given(weights(), MARKS, MARKS, st.integers(0, 12))
def test_row_64_each_feed_counts_by_itself_with_its_own_weight(
    watch: Watch, violations: list[Mark], anomalies: list[Mark], count: int
) -> None:
    """Three feeds: each one alone gives its weighted share, and together no more than the sum of them."""
    all_three = Dossier(
        "0x", violations=(*violations,), anomalies=(*anomalies,), complaints=complaints(count)
    )
    found = feeds(all_three, watch, NOW)
    alone = (
        feeds(Dossier("0x", violations=(*violations,)), watch, NOW),
        feeds(Dossier("0x", anomalies=(*anomalies,)), watch, NOW),
        feeds(Dossier("0x", complaints=complaints(count)), watch, NOW),
    )
    assert alone[0].risk(watch) == found.violations * watch.violation_weight_bps // 10_000
    assert alone[1].risk(watch) == found.anomalies * watch.anomaly_weight_bps // 10_000
    assert alone[2].risk(watch) == found.complaints * watch.complaint_weight_bps // 10_000
    assert 0 <= found.risk(watch) - sum(one.risk(watch) for one in alone) <= 2  # what rounding takes
    assert found.risk(watch) <= 10_000


@given(MARKS, MARKS, st.integers(0, 12), st.sampled_from(["violations", "anomalies", "complaints"]), POINTS)
def test_more_trouble_never_lowers_the_risk(
    violations: list[Mark], anomalies: list[Mark], count: int, kind: str, points: int
) -> None:
    """And so never raises a tier, an early share, or lowers a premium."""
    watch, credit = Watch(), Credit(ladder=(3_000, 5_000, 7_000))
    mark = (Mark(NOW, points, ""),)
    before = Dossier("0x", violations=(*violations,), anomalies=(*anomalies,), complaints=complaints(count))
    after = Dossier(
        "0x",
        violations=(*violations, *mark) if kind == "violations" else (*violations,),
        anomalies=(*anomalies, *mark) if kind == "anomalies" else (*anomalies,),
        complaints=complaints(count + (kind == "complaints")),
    )
    first, second = (feeds(one, watch, NOW).risk(watch) for one in (before, after))
    assert first <= second
    assert tier_for(first, True, credit) >= tier_for(second, True, credit)
    assert premium(100, first) <= premium(100, second)


@given(STEPS, st.integers(0, 10_000), st.integers(0, 10_000), st.booleans())
def test_row_31_better_credit_never_gives_a_lower_share(
    ladder: tuple[int, int, int], first: int, second: int, listed: bool
) -> None:
    credit = Credit(ladder=ladder, ladder_low=3_000, ladder_high=7_000)
    worse, better = max(first, second), min(first, second)
    shares = [early_share(tier_for(risk, listed, credit), credit) for risk in (worse, better)]
    assert shares[0] <= shares[1]


@given(STEPS, st.integers(0, 10_000), st.booleans())
def test_row_30_only_the_whitelist_has_money_early_and_within_its_range(
    ladder: tuple[int, int, int], risk: int, listed: bool
) -> None:
    """Not on the list: nothing. On it: nothing, or 30 to 70 per cent."""
    programme = Programme("chengdu", credit=Credit(ladder=ladder, ladder_low=3_000, ladder_high=7_000))
    share = early_share(tier_for(risk, listed, programme.credit), programme.credit)
    assert share == 0 or (listed and 3_000 <= share <= 7_000)


def test_row_30_a_step_of_7001_is_refused() -> None:
    with pytest.raises(InvalidInput, match="7001"):
        Programme("x", credit=Credit(ladder=(3_000, 5_000, 7_001), ladder_low=3_000, ladder_high=7_000))


@given(st.integers(0, 3), st.integers(0, 3))
def test_row_34_the_badge_goes_with_the_tier(tier: int, needed: int) -> None:
    assert has_badge(tier, Credit(badge_tier=needed)) == (0 < needed <= tier)


def test_feeds_forget_what_is_older_than_the_window() -> None:
    watch = Watch(window_days=30)
    old = Dossier(
        "0x",
        violations=(Mark(NOW - 31 * DAY, 9_000, ""),),
        complaints=(Complaint(1, NOW - 31 * DAY, "", ""),),
    )
    assert feeds(old, watch, NOW).risk(watch) == 0
    assert feeds(old, watch, NOW - 5 * DAY).violations == 9_000


def test_a_dismissed_complaint_counts_no_longer() -> None:
    one, other = complaints(2)
    dismissed = Complaint(2, NOW - DAY, "0x", "", dismissed=True)
    watch = Watch()
    assert feeds(Dossier("0x", complaints=(one, other)), watch, NOW).complaints == 2_000
    assert feeds(Dossier("0x", complaints=(one, dismissed)), watch, NOW).complaints == 1_000


@given(st.integers(1, 1_000), st.integers(0, 10_000))
def test_a_premium_lies_between_the_base_rate_and_twice_that(base: int, risk: int) -> None:
    assert min(base, 1_000) <= premium(base, risk) <= min(2 * base, 1_000)


# ----------------------------------------------------------------------------------- programmes


def test_a_programme_comes_back_from_its_plain_form() -> None:
    programme = Programme(
        "x",
        gate=Gate(phases=(Phase(("dental",), ("锦江",)), Phase(("education",), ("锦江", "都江堰")))),
        selling=Selling(limits={"*": "mofcom"}, caps=(OwnCap("own words", kind="session", sessions=48),)),
        roles=(Role("market", "市场监管", ("name",)),),
        uplift_bps=500,
        uplift_source="a survey",
    )
    assert Programme.from_dict(programme.to_dict()) == programme
    assert programme.opened(1) == Phase(("dental",), ("锦江",))
    assert programme.opened(2) == Phase(("dental", "education"), ("锦江", "都江堰"))
    assert Programme("y").opened(1) == Phase()
    assert list(programme.rules_for("dental")) == ["mofcom", "x"]


@pytest.mark.parametrize(
    ("raw", "where"),
    [
        ({}, "programme"),
        ({"name": 1}, "programme.name"),
        ({"name": "x", "more": 1}, "programme"),
        ({"name": "x", "gate": []}, "programme.gate"),
        ({"name": "x", "gate": {"checks": ["papers"]}}, "programme.gate.checks[1]"),
        ({"name": "x", "gate": {"checks": "licence"}}, "programme.gate.checks"),
        ({"name": "x", "gate": {"approvals": True}}, "programme.gate.approvals"),
        ({"name": "x", "gate": {"approvals": 0}}, "gate.approvals"),
        ({"name": "x", "gate": {"phases": [{"sectors": ["nothing"]}]}}, "gate.phases[1].sectors"),
        ({"name": "x", "selling": {"limits": {"*": "nothing"}}}, "selling.limits.*"),
        ({"name": "x", "selling": {"limits": {"nothing": "mofcom"}}}, "selling.limits"),
        ({"name": "x", "selling": {"caps": [{"source": "s", "kind": "?"}]}}, "selling.caps.kind"),
        ({"name": "x", "watch": {"report_months": 2}}, "watch.report_months"),
        ({"name": "x", "watch": {"violation_weight_bps": 5_000}}, "watch.…_weight_bps"),
        ({"name": "x", "watch": {"deposit_rule": "nothing"}}, "watch.deposit_rule"),
        ({"name": "x", "credit": {"cut_offs": [3, 2, 1]}}, "credit.cut_offs"),
        ({"name": "x", "credit": {"ladder": [1, 2]}}, "credit.ladder"),
        ({"name": "x", "runaway_paths": ["police"]}, "runaway_paths"),
        ({"name": "x", "uplift_bps": 1}, "uplift_bps"),
    ],
)  # fmt: skip
def test_a_programme_that_makes_no_sense_is_refused_with_its_place(
    raw: dict[str, object], where: str
) -> None:
    """Row 71 among them: a promotion's uplift needs a source, or is zero."""
    with pytest.raises(InvalidInput) as caught:
        Programme.from_dict(raw)
    assert caught.value.error_code == "invalid-programme"
    assert caught.value.values["where"] == where


def test_row_71_the_uplift_of_a_promotion_is_an_input_with_a_source_or_zero() -> None:
    assert Programme("x").uplift_bps == 0
    assert Programme("x", uplift_bps=300, uplift_source="footfall survey of the operator").uplift_bps == 300
    with pytest.raises(InvalidInput, match="uplift"):
        Programme("x", uplift_bps=300)
