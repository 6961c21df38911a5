"""How much one card, one consumer and one e-CNY wallet may carry, with the public source of every figure.

Pure functions of whole numbers: each returns the first limit that is broken, or None. Who is asked, what was
paid today and which rule a programme names is the services' business. Money in fen.
"""

from __future__ import annotations

from dataclasses import dataclass

ANONYMOUS, REGISTERED = "anonymous", "registered"


@dataclass(frozen=True, slots=True)
class Source:
    """Where a figure stands. `unverified`: general knowledge, not found in a public copy."""

    text: str
    address: str = ""
    unverified: bool = False


@dataclass(frozen=True, slots=True)
class Breach:
    """A limit that a sale would break: `value` against the most that is allowed, and who says so."""

    rule: str
    what: str
    value: int
    most: int
    source: Source


@dataclass(frozen=True, slots=True)
class Cap:
    """The most of one kind of card. `kind` empty: every kind; None: not limited."""

    kind: str
    source: Source
    principal: int | None = None
    sessions: int | None = None
    months: int | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """One body of limits; `consumer_total` over all of one consumer's cards at one merchant."""

    caps: tuple[Cap, ...]
    consumer_total: int | None = None


@dataclass(frozen=True, slots=True)
class Sale:
    """What is about to be sold. `kind` as cards are spoken of: stored_value, discount_card, session, period,
    milestone; 0 sessions or months say nothing about them. `others` is what the consumer holds there already.
    """

    kind: str = ""
    principal: int = 0
    sessions: int = 0
    months: int = 0
    registered: bool = True
    others: int = 0


_NATIONAL = Source(
    "国办发〔2011〕25号 and MOFCOM Order 9/2012: registered cards up to 5,000 yuan, anonymous 1,000",
    "fsou.net.cn/html/text/lar/173275/17327552_1.html",
)
_ZHEJIANG = Source(
    "Zhejiang measures on the consumer law (2017) art. 10: issuers that are no companies, 2,000 and 500 yuan",
    "浙江省实施《消费者权益保护法》办法(2017-03-31)",
)
_SHANGHAI_SPORT = Source("Shanghai sport rules in force 2025-03-01, art. 8", "tyj.sh.gov.cn/zcfg/20250116")
_BEIJING_SPORT = Source(
    "Beijing sport rules 京体产业字〔2023〕12号: youth training up to 3 months or 60 lessons and 5,000 yuan",
    "qingjuwang.com.cn/zc/28631.html",
)

RULES: dict[str, Rule] = {
    "mofcom": Rule(
        (Cap(REGISTERED, _NATIONAL, principal=500_000), Cap(ANONYMOUS, _NATIONAL, principal=100_000))
    ),
    "zhejiang_other": Rule(
        (Cap(REGISTERED, _ZHEJIANG, principal=200_000), Cap(ANONYMOUS, _ZHEJIANG, principal=50_000))
    ),
    "sh_sport": Rule(
        (
            Cap("period", _SHANGHAI_SPORT, principal=500_000, months=24),
            Cap("session", _SHANGHAI_SPORT, principal=2_000_000, sessions=60),
            Cap("stored_value", _SHANGHAI_SPORT, principal=500_000),
            Cap("", _SHANGHAI_SPORT, principal=2_000_000),
        ),
        consumer_total=2_000_000,
    ),
    "bj_youth_sport": Rule((Cap("", _BEIJING_SPORT, principal=500_000, sessions=60, months=3),)),
}
"""Rules by the name under which a programme asks for them."""


@dataclass(frozen=True, slots=True)
class WalletClass:
    """What an e-CNY wallet of one class may hold, pay at once and pay in a day; None is no limit."""

    number: int
    balance: int | None
    single: int | None
    daily: int | None
    source: Source
    daily_source: Source


_CLASSES_FOUND = Source(
    "specifications of e-CNY wallet classes, reposted",
    "forkast.news/china-reveals-e-cny-wallet-specifications; shine.cn/biz/economy/2106110507",
)
_CLASSES_GUESSED = Source("general knowledge about e-CNY wallets of class 3", unverified=True)

WALLET_CLASSES: dict[int, WalletClass] = {
    1: WalletClass(1, None, None, None, _CLASSES_FOUND, _CLASSES_FOUND),
    2: WalletClass(2, 50_000_000, 5_000_000, 10_000_000, _CLASSES_FOUND, _CLASSES_FOUND),
    3: WalletClass(3, 2_000_000, 500_000, 1_000_000, _CLASSES_FOUND, _CLASSES_GUESSED),
    4: WalletClass(4, 1_000_000, 200_000, 500_000, _CLASSES_FOUND, _CLASSES_FOUND),
}
"""Class 1 is opened face to face, class 4 with a phone number only."""


def card_breach(name: str, rule: Rule, sale: Sale) -> Breach | None:
    """The first limit of `rule`, which goes by `name`, that `sale` breaks."""
    who = REGISTERED if sale.registered else ANONYMOUS
    for cap in rule.caps:
        if cap.kind in ("", who, sale.kind):
            for what, value, most in (
                ("principal", sale.principal, cap.principal),
                ("sessions", sale.sessions, cap.sessions),
                ("months", sale.months, cap.months),
            ):
                if most is not None and value > most:
                    return Breach(name, what, value, most, cap.source)
    total = sale.others + sale.principal
    if rule.consumer_total is not None and total > rule.consumer_total:
        return Breach(name, "consumer_total", total, rule.consumer_total, rule.caps[0].source)
    return None


def wallet_breach(number: int, *, single: int, paid_today: int = 0, balance: int = 0) -> Breach | None:
    """The first limit of a wallet of class `number` that paying `single` would break.

    `paid_today` before it, on the same calendar day in UTC+8; `balance` what the wallet holds before it.
    """
    wallet = WALLET_CLASSES[number]
    for what, value, most, source in (
        ("single", single, wallet.single, wallet.source),
        ("daily", paid_today + single, wallet.daily, wallet.daily_source),
        ("balance", balance, wallet.balance, wallet.source),
    ):
        if most is not None and value > most:
            return Breach(f"wallet_class_{number}", what, value, most, source)
    return None


def accepts(
    *,
    registered: bool = True,
    card_fen: int = 0,
    wallet_class: int = 0,
    single_payment_fen: int = 0,
    paid_today_fen: int = 0,
    balance_fen: int = 0,
    rule: str = "",
    kind: str = "",
    principal: int = 0,
    sessions: int = 0,
    lessons: int = 0,
    term_months: int = 0,
) -> bool:
    """Whether nothing is broken. Whatever is left out is neutral: no class and no rule limit nothing.

    `card_fen` is measured against the national limits, `principal` against `rule`; lessons are sessions.
    """
    sale = Sale(kind, principal, max(sessions, lessons), term_months, registered)
    return (
        card_breach("mofcom", RULES["mofcom"], Sale(principal=card_fen, registered=registered)) is None
        and (rule == "" or card_breach(rule, RULES[rule], sale) is None)
        and (
            wallet_class == 0
            or wallet_breach(
                wallet_class, single=single_payment_fen, paid_today=paid_today_fen, balance=balance_fen
            )
            is None
        )
    )
