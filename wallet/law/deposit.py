"""What a merchant has to deposit or insure for the prepaid money it holds, and when to raise an alarm.

Two bodies of rules: the Ministry of Commerce's share of last quarter's balance, and Shanghai's standards.
Pure functions in fen and bps; what is required is rounded up. Whether the deposit is there is not asked here.
"""

from __future__ import annotations

from dataclasses import dataclass

from wallet.law.limits import Source

FULL = 10_000

MOFCOM = Source(
    "单用途商业预付卡管理办法(试行), MOFCOM Order 9/2012, art. 26",
    "baiyin.gov.cn/zwgk/zcwdpt/SSWJ0042/art/2022/art_1e7a7bfe6ed44b9e911b8ce3dd9f2f11.html",
)
SHANGHAI = Source(
    "Shanghai implementing rules on prepaid cards, art. 11", "sficc.com/article.php?id=3568&p=2"
)

ISSUERS = {"scale": 2_000, "group": 3_000, "brand": 4_000}
"""Kind of issuer -> least share of last quarter's balance (bps), by MOFCOM."""

GENERAL_STANDARD = 20_000_000
"""Shanghai: above 200,000 yuan of prepaid balance 40 % of all of it is due."""
GENERAL_SHARE = 4_000
SPECIAL_SHARE = 2_000
"""Shanghai: above this share of last year's main revenue all of it is due."""
SPECIAL_MOST = 5_000_000_000
"""Shanghai: the special standard is at most 50 million yuan, and never below the general one."""


@dataclass(frozen=True, slots=True)
class BalanceAlert:
    """A standard that a balance has come near: `at` is where the alarm starts. Fen."""

    name: str
    balance: int
    standard: int
    at: int

    @property
    def exceeded(self) -> bool:
        """Whether the standard itself is passed already."""
        return self.balance > self.standard


def mofcom_deposit(balance: int, issuer: str = "", ratio_bps: int = 0) -> int:
    """Deposit on last quarter's `balance`: at least the issuer's share, more if `ratio_bps` says so."""
    return _up(balance, max(ISSUERS.get(issuer, 0), ratio_bps))


def special_standard(last_year_revenue: int) -> int:
    """Shanghai's second standard. A firm without a full year (revenue 0) has only the general one."""
    return min(max(last_year_revenue * SPECIAL_SHARE // FULL, GENERAL_STANDARD), SPECIAL_MOST)


def shanghai_deposit(balance: int, last_year_revenue: int) -> int:
    """Deposit on the present `balance` by Shanghai's two standards."""
    if balance > special_standard(last_year_revenue):
        return balance
    return _up(balance, GENERAL_SHARE) if balance > GENERAL_STANDARD else 0


def required_deposit(
    *,
    last_quarter_balance: int = 0,
    issuer: str = "",
    ratio_bps: int = 0,
    balance: int = 0,
    last_year_revenue: int = 0,
    rule: str = "",
) -> int:
    """The deposit by the rule that is named, by MOFCOM's if none is; what is left out is 0."""
    if rule == "shanghai_impl_art11":
        return shanghai_deposit(balance, last_year_revenue)
    return mofcom_deposit(last_quarter_balance or balance, issuer or rule.removeprefix("mofcom_"), ratio_bps)


def balance_alerts(
    balance: int, last_year_revenue: int, *, standard: int, share_bps: int, alert_bps: int
) -> list[BalanceAlert]:
    """The standards of which `balance` has reached `alert_bps`, the absolute one first; 0 turns one off."""
    share = last_year_revenue * share_bps // FULL
    found = []
    for name, bound in (("absolute", standard), ("revenue", share)):
        at = _up(bound, alert_bps)
        if bound and balance >= at:
            found.append(BalanceAlert(name, balance, bound, at))
    return found


def _up(amount: int, bps: int) -> int:
    return -(-amount * bps // FULL)
