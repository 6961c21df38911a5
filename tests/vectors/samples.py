"""Random vectors of each group, inside the format and at its edges; what they expect the oracle says."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any

from tests.vectors.oracle import ORACLES, Input

CENT, MOST = 1, 10**9


def fen(r: Random, most: int = MOST) -> int:
    """An amount: round, odd, tiny or as large as it gets."""
    return r.choice([1, 3, 99, 10_000, 123_457, 1_000_000, most, r.randint(1, most), r.randint(1, 1_000)])


def part(r: Random, whole: int) -> int:
    """Something of a whole: none, all, more than all, or in between."""
    return r.choice([0, whole, whole + 1, 2 * whole + 7, r.randint(0, whole), r.randint(0, whole)])


def bps(r: Random) -> int:
    return r.choice([0, 1, 2_000, 3_333, 5_000, 9_999, 10_000, r.randint(0, 10_000)])


def stored_value(r: Random) -> Input:
    p, b = fen(r), r.choice([0, 0, 1, fen(r), fen(r)])
    formula = r.choice(["ratio", "principal_first", "bonus_first"])
    return {"principal": p, "bonus": b, "consumed_face": part(r, p + b), "formula": formula}


def discount_card(r: Random) -> Input:
    p, cause = fen(r), r.choice(["merchant", "consumer"])
    shape = r.randrange(3)
    if shape == 0:
        return {
            "principal": p, "bonus": r.choice([0, 0, fen(r)]), "discount_bps": max(1, bps(r)),
            "consumed_list": part(r, 2 * p), "cause": cause,
        }  # fmt: skip
    count = r.randint(1, 60)
    if shape == 1:
        given = {
            "principal": p, "sessions": count, "used": part(r, count),
            "claimed_list_unit": r.choice([fen(r), p // count + 1]), "cause": cause,
        }  # fmt: skip
        return given | ({"market_unit": fen(r, 2 * (p // count) + 1)} if r.random() < 0.7 else {})
    return {
        "principal": p, "sessions": count, "unit": max(1, p // count + r.randint(-3, 3)),
        "used_normal": r.randint(0, count), "used_half_price": r.randint(0, 6), "cause": cause,
    }  # fmt: skip


def session_card(r: Random) -> Input:
    p, n, g = fen(r), r.choice([1, 2, 3, 7, 10, 1_000]), r.choice([0, 0, 1, 2, 5, 1_000])
    return {
        "principal": p, "paid_sessions": n, "gift_sessions": g, "used": part(r, n + g),
        "list_unit": r.choice([0, p // n, p // n + 1, p // (2 * n), fen(r)]),
        "formula": r.choice(["ratio", "list", "paid_first", "gift_first"]),
    }  # fmt: skip


def period_card(r: Random) -> Input:
    p = fen(r)
    if r.random() < 0.3:
        months = r.choice([1, 3, 12, 24])
        return {"principal": p, "term_months": months, "months_redeemed": part(r, months)}
    term = r.choice([1, 7, 30, 365, 1_095])
    given = {"principal": p, "term_days": term, "base_day": part(r, term)}
    return given | ({"cause": "consumer_never_used"} if r.random() < 0.2 else {})


def milestone(r: Random) -> Input:
    shape = r.randrange(4)
    if shape == 0:
        left = fen(r)
        return {
            "principal": left + r.choice([0, fen(r, 10**8)]), "remaining_obligation": left,
            "new_merchant_quote": r.choice([left, fen(r), left + 1]),
        }  # fmt: skip
    if shape == 1:
        first, visits, visit = fen(r, 10**7), r.randint(1, 40), fen(r, 10**6)
        return {
            "principal": first + visits * visit, "first": first, "visits": visits, "visit": visit,
            "done_visits": r.randint(0, visits), "cause": r.choice(["merchant", "consumer", "either"]),
        }  # fmt: skip
    prices = [fen(r, r.choice([10**8, 10**11])) for _ in range(r.randint(1, r.choice([10, 40])))]
    done = r.randint(0, len(prices))
    given = {
        "principal": sum(prices), "milestones": prices, "done": done,
        "cause": r.choice(["merchant", "consumer", "either"]),
    }  # fmt: skip
    if done < len(prices):
        given["in_progress_bps"] = bps(r)
    if given["cause"] == "consumer" and r.random() < 0.5:
        given["documented_custom_cost"] = fen(r)
    return given


def cooling_off(r: Random) -> Input:
    p, days = fen(r), r.choice([1, 7, 15, 30])
    given: Input = {
        "principal": p, "bonus": r.choice([0, fen(r)]), "cooling_days": days,
        "days_since_pay": r.choice([0, 1, days - 1, days, days + 1, 2 * days]),
    }  # fmt: skip
    if r.random() < 0.6:
        given["consumed_face"] = part(r, p)
        given["partial_use"] = r.choice(["deduct_list", "deduct_ratio"])
    if r.random() < 0.4:
        given |= {"gift_item_value": fen(r), "gift_returned": r.random() < 0.5}
    if r.random() < 0.2:
        given["prior_same_goods"] = r.random() < 0.7
    return given


def settlement_gap(r: Random) -> Input:
    p, b = fen(r), r.choice([0, fen(r)])
    order = r.choice(["ratio", "principal_first", "bonus_first"])
    return {
        "principal": p, "bonus": b, "consumed_face": part(r, p + b), "settlement_order": order,
        "custody_ratio_bps": bps(r),
    }  # fmt: skip


def runaway_waterfall(r: Random) -> Input:
    if r.random() < 0.3:
        owed = [fen(r, 10**7) for _ in range(r.randint(1, 5))]
        return {
            "entitlements": owed, "custody_ratio_bps": bps(r),
            "insurer_aggregate_limit": r.choice([0, 1, sum(owed), r.randint(0, sum(owed))]),
        }  # fmt: skip
    p, b = fen(r), r.choice([0, fen(r)])
    used = min(part(r, p + b), p + b)
    owed_now = p - p * used // (p + b)
    return {
        "principal": p, "bonus": b, "consumed_face": used, "entitlement": owed_now,
        "custody_ratio_bps": bps(r), "release_schedule": r.choice(["proportional", "advance_first"]),
        "insurance_available": r.choice([0, part(r, owed_now)]),
        "platform_available": r.choice([0, part(r, owed_now)]),
        "fund_available": r.choice([0, part(r, owed_now)]),
    }  # fmt: skip


def interest(r: Random) -> Input:
    days = r.choice([0, 1, 30, 365, 366, 1_000])
    if r.random() < 0.5:
        return {"amount": r.choice([0, fen(r)]), "rate_bps": r.choice([0, 20, 150, 310, 2_400]), "days": days}
    return {
        "supervised": r.choice([0, fen(r)]), "supervised_bps": r.choice([0, 20, 35]),
        "unsupervised": r.choice([0, fen(r)]), "unsupervised_bps": r.choice([0, 310]), "days": days,
    }  # fmt: skip


def deposit_ratio(r: Random) -> Input:
    if r.random() < 0.5:
        issuer, ratio = r.choice([("scale", 2_000), ("group", 3_000), ("brand", 4_000)])
        return {"last_quarter_balance": r.choice([0, fen(r)]), "issuer": issuer, "ratio_bps": ratio}
    balance = r.choice([0, 19_999_999, 20_000_000, 20_000_001, 60_000_000, 60_000_001, fen(r)])
    revenue = r.choice([0, 100_000_000, 300_000_000, fen(r, 10**11)])
    return {"balance": balance, "last_year_revenue": revenue, "rule": "shanghai_impl_art11"}


def fees(r: Random) -> Input:
    shape = r.randrange(2)
    if shape == 0:
        return {"settled": r.choice([0, fen(r)]), "fee_bps": r.choice([0, 30, 100, 300])}
    p = fen(r)
    return {
        "principal": p, "gross_refund": r.randint(0, p), "exit_fee_bps": r.choice([0, 1, 500, 1_000]),
        "cap": r.choice([0, 1, fen(r), MOST]),
    }  # fmt: skip


def finance(r: Random) -> Input:
    return {
        "custody": r.choice([0, fen(r)]), "advance_bps": bps(r), "free_days": r.choice([0, 1, 30, 60]),
        "apr_bps": r.choice([0, 435, 2_400]), "days_drawn": r.choice([0, 1, 30, 31, 40, 400]),
    }  # fmt: skip


SAMPLES: dict[str, Callable[[Random], Input]] = {
    one.__name__: one
    for one in (
        stored_value, discount_card, session_card, period_card, milestone, cooling_off, settlement_gap,
        runaway_waterfall, interest, deposit_ratio, fees, finance,
    )
}  # fmt: skip


def sample(group: str, seed: int) -> dict[str, Any]:
    """One vector of a group."""
    given = SAMPLES[group](Random(f"{group} {seed}"))
    return {"id": f"{group}-{seed}", "group": group, "input": given, "expect": ORACLES[group](given)}
