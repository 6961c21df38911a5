"""What the law's formulas say, each in a line or two, written apart from everything they are compared with.

Sources: Supreme People's Court interpretation Fa Shi (2025) No. 4, art. 14-22. Each function takes the
`input` of one vector and returns what must come out. Only plain whole-number arithmetic.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Input = dict[str, Any]


def _refund(principal: int, keeps: int) -> dict[str, int]:
    keeps = max(0, min(principal, keeps))
    return {"refund": principal - keeps, "merchant_keeps": keeps, "consumer_owes": 0}


def _by_face(order: str, p: int, b: int, used: int) -> int:
    if order == "principal_first":
        return min(p, used)
    if order == "bonus_first":
        return min(p, max(0, used - b))
    return min(p, p * used // (p + b))


def stored_value(i: Input) -> dict[str, int]:
    """Art. 18(2) by ratio; art. 19 principal first; bonus first where the terms are better."""
    p = i["principal"]
    return _refund(p, _by_face(i["formula"], p, i.get("bonus", 0), i.get("consumed_face", 0)))


def discount_card(i: Input) -> dict[str, int]:
    """Art. 18(1): the reduced price; art. 19: the price before, the market's where it is unreasonable."""
    p, consumer = i["principal"], i["cause"] == "consumer"
    if "used_normal" in i:
        n, h, unit = i["used_normal"], i["used_half_price"], i["unit"]
        return _refund(p, unit * (n + h) if consumer else unit * n + unit * h // 2)
    if "sessions" in i:
        unit = min(i["claimed_list_unit"], i.get("market_unit", i["claimed_list_unit"]))
        return _refund(p, unit * i["used"] if consumer else p * i["used"] // i["sessions"])
    listed, b = i.get("consumed_list", 0), i.get("bonus", 0)
    reduced = listed * i.get("discount_bps", 10_000) // 10_000
    return _refund(p, listed if consumer else p * reduced // (p + b))


def session_card(i: Input) -> dict[str, int]:
    p, n, g, used = i["principal"], i["paid_sessions"], i.get("gift_sessions", 0), i.get("used", 0)
    keeps = {
        "ratio": p * used // (n + g),
        "list": i.get("list_unit", 0) * used,
        "paid_first": p * min(used, n) // n,
        "gift_first": p * max(0, used - g) // n,
    }[i["formula"]]
    return _refund(p, keeps)


def period_card(i: Input) -> dict[str, int]:
    """Art. 22: remaining time over the whole; who did not use it in the term gets nothing."""
    p = i["principal"]
    if "term_months" in i:
        return _refund(p, p * i["months_redeemed"] // i["term_months"])
    if i.get("cause") == "consumer_never_used":
        return _refund(p, p)
    return _refund(p, p * i["base_day"] // i["term_days"])


def milestone(i: Input) -> dict[str, int]:
    if "new_merchant_quote" in i:
        left, quote = i["remaining_obligation"], i["new_merchant_quote"]
        return {
            "custody_moved": min(left, quote),
            "consumer_topup": max(0, quote - left),
            "consumer_cash_back": max(0, left - quote),
        }
    if "visits" in i:
        return _refund(i["principal"], i["first"] + i["visit"] * i["done_visits"])
    prices, done = i["milestones"], i["done"]
    keeps = sum(prices[:done])
    if done < len(prices):
        keeps += prices[done] * i.get("in_progress_bps", 0) // 10_000
    if i["cause"] == "consumer":
        keeps += i.get("documented_custom_cost", 0)
    return _refund(i["principal"], keeps)


def cooling_off(i: Input) -> dict[str, Any]:
    """Art. 14: within the days and not for what one had before; later the consumer is the cause (art. 19)."""
    p, b, used = i["principal"], i.get("bonus", 0), i.get("consumed_face", 0)
    inside = i["days_since_pay"] <= i["cooling_days"] and not i.get("prior_same_goods", False)
    by_ratio = inside and i.get("partial_use") == "deduct_ratio"
    keeps = _by_face("ratio" if by_ratio else "principal_first", p, b, used)
    if not i.get("gift_returned", False):
        keeps += i.get("gift_item_value", 0)
    return {**_refund(p, keeps), "path": "cooling_off" if inside else "ordinary_refund"}


def settlement_gap(i: Input) -> dict[str, int]:
    p, b, used, q = i["principal"], i.get("bonus", 0), i.get("consumed_face", 0), i["custody_ratio_bps"]
    settled = _by_face(i["settlement_order"], p, b, used)
    custody = -(-q * (p - settled) // 10_000)
    owed = p - _by_face("ratio", p, b, used)
    return {
        "settled_to_merchant": p - custody,
        "custody": custody,
        "merchant_cause_entitlement": owed,
        "gap": max(0, owed - custody),
        "surplus_to_merchant": max(0, custody - owed),
    }


def runaway_waterfall(i: Input) -> dict[str, Any]:
    """Held first, then each guarantor in turn pays what is missing, up to what it has."""
    q = i["custody_ratio_bps"]
    if "entitlements" in i:
        owed = i["entitlements"]
        custody = [-(-q * each // 10_000) for each in owed]
        missing = [each - held for each, held in zip(owed, custody, strict=True)]
        paid = _pro_rata(missing, i["insurer_aggregate_limit"])
        return {
            "custody": custody,
            "insurance": paid,
            "consumer_loss": [need - got for need, got in zip(missing, paid, strict=True)],
        }
    p, u = i["principal"], i["entitlement"]
    advance_first = i["release_schedule"] == "advance_first"
    custody = min(-(-q * p // 10_000), u) if advance_first else -(-q * u // 10_000)
    answer, left = {"custody": custody}, u - custody
    for key, source in (
        ("insurance", "insurance_available"), ("platform_advance", "platform_available"),
        ("guarantee_fund", "fund_available"),
    ):  # fmt: skip
        answer[key] = min(left, i.get(source, 0))
        left -= answer[key]
    return {**answer, "consumer_loss": left, "merchant_received": p - custody}


def _pro_rata(missing: list[int], limit: int) -> list[int]:
    whole = sum(missing)
    if whole <= limit:
        return list(missing)
    shares = [each * limit // whole for each in missing]
    order = sorted(range(len(missing)), key=lambda k: (-(missing[k] * limit % whole), k))
    for k in order[: limit - sum(shares)]:
        shares[k] += 1
    return shares


def interest(i: Input) -> dict[str, int]:
    """Art. 16: 365 days a year, each part rounded down."""
    days = i["days"]
    if "supervised" in i or "unsupervised" in i:
        parts = [
            (i.get("supervised", 0), i.get("supervised_bps", 0)),
            (i.get("unsupervised", 0), i.get("unsupervised_bps", 0)),
        ]
    else:
        parts = [(i["amount"], i["rate_bps"])]
    return {"interest": sum(a * r * days // (10_000 * 365) for a, r in parts)}


def deposit_ratio(i: Input) -> dict[str, int]:
    """MOFCOM Order 9/2012 art. 26; Shanghai implementing rules art. 11."""
    if i.get("rule") == "shanghai_impl_art11":
        balance, special = i["balance"], min(i["last_year_revenue"] * 2_000 // 10_000, 5_000_000_000)
        if balance <= 20_000_000:
            return {"required_deposit": 0}
        return {"required_deposit": balance if balance > special else -(-balance * 4_000 // 10_000)}
    return {"required_deposit": -(-i["last_quarter_balance"] * i["ratio_bps"] // 10_000)}


def fees(i: Input) -> dict[str, int]:
    if "insured_amount" in i:
        return {"premium": i["insured_amount"] * i["premium_bps"] // 10_000}
    if "settled" in i:
        fee = i["settled"] * i["fee_bps"] // 10_000
        return {"fee": fee, "merchant_net": i["settled"] - fee}
    refund = i["gross_refund"] - min(i["gross_refund"] * i["exit_fee_bps"] // 10_000, i["cap"])
    return {"refund": refund, "merchant_keeps": i["principal"] - refund}


def finance(i: Input) -> dict[str, int]:
    line = i["custody"] * i["advance_bps"] // 10_000
    days = max(0, i["days_drawn"] - i["free_days"])
    return {"credit_line": line, "interest": line * i["apr_bps"] * days // (10_000 * 365)}


ORACLES: dict[str, Callable[[Input], dict[str, Any]]] = {
    one.__name__: one
    for one in (
        stored_value, discount_card, session_card, period_card, milestone, cooling_off, settlement_gap,
        runaway_waterfall, interest, deposit_ratio, fees, finance,
    )
}  # fmt: skip
"""All groups but `limits`, whose figures are tables and no formula."""
