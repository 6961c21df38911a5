"""Limits of cards, consumers and wallets, and what has to be deposited: the figures of public rules."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wallet.law.dates import DAY, Period, day_at, months_after, months_of, overdue, start_of
from wallet.law.deposit import (
    GENERAL_STANDARD,
    SPECIAL_MOST,
    balance_alerts,
    required_deposit,
    special_standard,
)
from wallet.law.licence import credit_code_check, credit_code_fault, organisation_check
from wallet.law.limits import RULES, WALLET_CLASSES, Sale, accepts, card_breach, wallet_breach

FEN = st.integers(0, 10**10)
DAYS = st.dates(date(2020, 1, 1), date(2060, 12, 31))


@pytest.mark.parametrize(
    ("asked", "taken"),
    [
        ({"card_fen": 500_000}, True),
        ({"card_fen": 500_001}, False),
        ({"registered": False, "card_fen": 100_000}, True),
        ({"registered": False, "card_fen": 100_001}, False),
        ({"wallet_class": 1, "single_payment_fen": 10**9}, True),
        ({"wallet_class": 2, "single_payment_fen": 5_000_000, "paid_today_fen": 5_000_000}, True),
        ({"wallet_class": 2, "single_payment_fen": 5_000_000, "paid_today_fen": 5_000_001}, False),
        ({"wallet_class": 2, "single_payment_fen": 5_000_001}, False),
        ({"wallet_class": 2, "single_payment_fen": 1, "balance_fen": 50_000_001}, False),
        ({"wallet_class": 3, "single_payment_fen": 500_000, "paid_today_fen": 500_001}, False),
        ({"wallet_class": 4, "single_payment_fen": 200_001}, False),
        ({"wallet_class": 4, "paid_today_fen": 350_000, "single_payment_fen": 150_000}, True),
        ({"wallet_class": 4, "paid_today_fen": 350_000, "single_payment_fen": 150_001}, False),
        ({"rule": "sh_sport", "kind": "session", "principal": 2_000_000, "sessions": 61}, False),
        ({"rule": "sh_sport", "kind": "period", "principal": 500_000, "term_months": 24}, True),
        ({"rule": "sh_sport", "kind": "period", "principal": 500_001, "term_months": 24}, False),
        ({"rule": "sh_sport", "kind": "stored_value", "principal": 500_001}, False),
        ({"rule": "sh_sport", "kind": "milestone", "principal": 2_000_001}, False),
        ({"rule": "bj_youth_sport", "principal": 500_000, "lessons": 61, "term_months": 3}, False),
        ({"rule": "bj_youth_sport", "principal": 500_000, "lessons": 60, "term_months": 4}, False),
        ({"rule": "bj_youth_sport", "principal": 500_001, "lessons": 10}, False),
        ({}, True),
    ],
)
def test_what_public_rules_accept(asked: dict[str, object], taken: bool) -> None:
    """Right at each limit, and one beyond it; what is left out limits nothing."""
    assert accepts(**asked) is taken


@given(st.sampled_from(sorted(RULES)), st.sampled_from(["", "session", "period", "stored_value"]), FEN, FEN,
       st.integers(0, 100), st.integers(0, 100), st.booleans())  # fmt: skip
def test_less_is_never_refused_where_more_is_taken(
    name: str, kind: str, principal: int, others: int, sessions: int, months: int, registered: bool
) -> None:
    """A limit is a bound: taking a little off a sale that passes leaves one that passes."""
    sale = Sale(kind, principal, sessions, months, registered, others)
    if card_breach(name, RULES[name], sale) is None:
        smaller = Sale(kind, principal // 2, sessions // 2, months // 2, registered, others // 2)
        assert card_breach(name, RULES[name], smaller) is None


@given(st.sampled_from(sorted(WALLET_CLASSES)), FEN, FEN, FEN)
def test_a_wallet_of_a_better_class_pays_whatever_a_lesser_one_pays(
    number: int, single: int, paid: int, balance: int
) -> None:
    """Classes are nested; class 1 is not limited."""
    if wallet_breach(number, single=single, paid_today=paid, balance=balance) is None:
        for better in range(1, number):
            assert wallet_breach(better, single=single, paid_today=paid, balance=balance) is None


def test_a_breach_names_its_source_and_says_what_nobody_has_confirmed() -> None:
    """Only the daily limit of class 3 is general knowledge."""
    daily = wallet_breach(3, single=500_000, paid_today=600_000)
    assert daily is not None
    assert (daily.what, daily.value, daily.most, daily.source.unverified) == ("daily", 1_100_000, 10**6, True)
    for rule in RULES.values():
        assert all(cap.source.text and not cap.source.unverified for cap in rule.caps)
    sources = [one.source for one in WALLET_CLASSES.values()]
    assert all(one.address and not one.unverified for one in sources)


@pytest.mark.parametrize(
    ("asked", "due"),
    [
        ({"last_quarter_balance": 123_456_789, "issuer": "scale"}, 24_691_358),
        ({"last_quarter_balance": 123_456_789, "issuer": "group", "ratio_bps": 3_000}, 37_037_037),
        ({"last_quarter_balance": 123_456_789, "rule": "mofcom_brand"}, 49_382_716),
        ({"rule": "shanghai_impl_art11", "balance": 20_000_000, "last_year_revenue": 3 * 10**8}, 0),
        ({"rule": "shanghai_impl_art11", "balance": 20_000_001, "last_year_revenue": 3 * 10**8}, 8_000_001),
        ({"rule": "shanghai_impl_art11", "balance": 60_000_000, "last_year_revenue": 3 * 10**8}, 24_000_000),
        ({"rule": "shanghai_impl_art11", "balance": 60_000_001, "last_year_revenue": 3 * 10**8}, 60_000_001),
        ({"rule": "shanghai_impl_art11", "balance": 20_000_001}, 20_000_001),
        ({}, 0),
    ],
)
def test_what_has_to_be_deposited(asked: dict[str, object], due: int) -> None:
    """MOFCOM Order 9/2012 art. 26 and Shanghai's implementing rule art. 11, to the fen, rounded up."""
    assert required_deposit(**asked) == due


@given(st.lists(FEN, min_size=2, max_size=20), FEN, st.sampled_from(["mofcom_scale", "shanghai_impl_art11"]))
def test_a_larger_balance_never_asks_for_less(balances: list[int], revenue: int, rule: str) -> None:
    """And never for more than all of it."""
    due = [required_deposit(balance=one, last_year_revenue=revenue, rule=rule) for one in sorted(balances)]
    assert all(first <= second for first, second in pairwise(due))
    assert all(one <= balance for one, balance in zip(due, sorted(balances), strict=True))
    assert GENERAL_STANDARD <= special_standard(revenue) <= SPECIAL_MOST


@given(FEN, FEN, st.integers(1, 10**9), st.integers(1, 10_000), st.integers(1, 10_000))
def test_an_alarm_comes_before_its_standard_is_passed(
    balance: int, revenue: int, standard: int, share: int, alert: int
) -> None:
    """At 80 % (or any share up to all of it) of a standard, which is passed only later."""
    found = balance_alerts(balance, revenue, standard=standard, share_bps=share, alert_bps=alert)
    names = {one.name for one in found}
    assert ("absolute" in names) == (balance * 10_000 >= standard * alert)
    if balance > standard:
        assert "absolute" in names
    assert all(one.at <= one.standard and one.exceeded == (balance > one.standard) for one in found)


def test_eighty_per_cent_of_two_hundred_thousand_yuan() -> None:
    """The one figure that Shanghai's rule names."""

    def alarms(fen: int) -> int:
        return len(balance_alerts(fen, 0, standard=20_000_000, share_bps=2_000, alert_bps=8_000))

    assert (alarms(15_999_999), alarms(16_000_000)) == (0, 1)


# ------------------------------------------------------------------------------- credit codes


@pytest.mark.parametrize("code", ["91350100M000100Y43", "9144030071526726XG", "91330100799655058B"])
def test_public_credit_codes_check(code: str) -> None:
    """The example of the national standard, and two that well-known firms print on their pages."""
    assert credit_code_fault(code) == ""


@given(st.integers(0, 17), st.sampled_from("0123456789ABCDEFGHJKLMNPQRTUWXY"))
def test_any_single_wrong_character_is_seen(place: int, wrong: str) -> None:
    """Each weight is invertible modulo 31, so no single slip goes through."""
    code = "91350100M000100Y43"
    changed = code[:place] + wrong + code[place + 1 :]
    assert (credit_code_fault(changed) == "") == (changed == code)


@given(st.text("0123456789ABCDEFGHJKLMNPQRTUWXY", min_size=10, max_size=10), st.integers(100_000, 999_999))
def test_a_code_made_by_the_rule_checks(letters: str, place: int) -> None:
    first = letters[:2] + str(place) + letters[2:]
    first += organisation_check(first[8:])
    assert credit_code_fault(first + credit_code_check(first)) == ""


@pytest.mark.parametrize(
    "code", ["", "91350100M000100Y4", "91350100M000100Y433", "9135O100M000100Y43", "９1350100M000100Y43"]
)
def test_what_is_no_code_at_all(code: str) -> None:
    assert credit_code_fault(code) != ""


# ---------------------------------------------------------------------------------------- dates


@given(st.integers(0, 4 * 10**9))
def test_a_day_begins_at_midnight_in_china(moment: int) -> None:
    start = start_of(day_at(moment))
    assert start <= moment < start + DAY
    assert (start + 8 * 3_600) % DAY == 0


@given(DAYS, st.integers(0, 120))
def test_months_are_counted_as_calendars_do(day: date, months: int) -> None:
    later = months_after(day, months)
    assert months_of(day, later) <= months
    assert later.day == day.day or later.day < day.day  # a short month ends early, never late
    assert months_of(day, later) == months or months_after(day, months_of(day, later)) == later


@given(DAYS, st.sampled_from([1, 3, 12]), st.integers(1, 28), st.integers(0, 900))
def test_reports_are_overdue_after_their_day(first: date, months: int, due: int, wait: int) -> None:
    """Periods follow one another without a gap; each is overdue from the day after its last one."""
    today = date.fromordinal(first.toordinal() + wait)
    periods = overdue(first, today, months, due)
    assert all(earlier.next == later for earlier, later in pairwise(periods))
    assert all(one.due(due) < today for one in periods)
    following = periods[-1].next if periods else Period.of(first, months)
    assert following.due(due) >= today
    assert Period.of(first, months).start <= first < Period.of(first, months).next.start
