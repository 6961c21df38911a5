"""What a person reads before certifying, confirming, transferring or paying what is missing.

Figures come from the chain's own answer, simulated; like every sentence it refuses to be written where the
signature allows something else.
"""

from __future__ import annotations

from dataclasses import dataclass

from wallet.eip712.messages import Certificate, Transfer
from wallet.errors import PolicyRefusal
from wallet.money import format_yuan
from wallet.rules.quantities import format_quantity
from wallet.signing.checks import Outcome
from wallet.signing.sentence import Shown, at_risk, clock, paid_to, short
from wallet.terms import Terms


@dataclass(frozen=True, slots=True)
class Difference:
    """Where the money of a transferred card goes, in fen: out of the old card `moved` go into the new one and
    `cash_back` to the consumer, who adds `top_up`; the old merchant may collect `to_merchant`; `shortfall` is
    missing in the old card and stays owed.
    """

    moved: int
    top_up: int
    cash_back: int
    to_merchant: int
    shortfall: int


def certificate_sentence(
    message: Certificate,
    shown: Shown,
    *,
    used_before: int,
    listed_before: int,
    pays: int,
    by_itself: bool,
) -> str:
    """The sentence for a certifier.

    Where the terms let a certificate pay `by_itself`, `pays` fen would move now; carried later it may be
    more, since the terms' limit grows with time.
    """
    used = format_quantity(message.used_after, shown.unit)
    before = format_quantity(used_before, shown.unit)
    listed, earlier = format_yuan(message.listed_after), format_yuan(listed_before)
    card, until = short(message.card), clock(message.deadline, shown.now)
    if shown.language == "zh":
        moves = "不划转资金，待消费者确认"
        if by_itself:
            moves = (
                f"无需消费者确认：现在提交付给商户 {format_yuan(pays)} 元，以后提交可能更多，以条款限额为止"
            )
        return (
            f"认证{shown.merchant}的卡 {card} 的进度：累计 {used}（此前 {before}），按原价 {listed} 元"
            f"（此前 {earlier} 元）；{moves}；{until} 前有效"
        )
    moves = "no money moves before the consumer confirms"
    if by_itself:
        moves = (
            f"without the consumer, {format_yuan(pays)} yuan go to the merchant if it is carried now, "
            "perhaps more later, up to what the terms allow by then"
        )
    return (
        f"Certify the progress of card {card} at {shown.merchant}: {used} in all (so far {before}), "
        f"{listed} yuan at list price (so far {earlier}); {moves}; valid until {until}"
    )


def transfer_sentence(
    message: Transfer, shown: Shown, difference: Difference, *, to: Shown, terms: Terms, opening: Outcome
) -> str:
    """The sentence before moving a card to another merchant; `opening` is what the new card's opening does.

    Raises PolicyRefusal (`refund-too-low`) if less would come out of the old card than the message demands.
    """
    out = difference.moved + difference.cash_back
    if out < message.min_moved:
        raise PolicyRefusal(
            f"{format_yuan(out)} yuan would come out of the card, "
            f"{format_yuan(message.min_moved)} are demanded",
            hint="look at the card again; a consumption may have come first",
            code="refund-too-low",
            refund=out,
            min_refund=message.min_moved,
        )
    chinese = shown.language == "zh"
    parts = [
        (difference.top_up, "you add {} yuan", "您另付 {} 元"),
        (difference.cash_back, "{} yuan come back to you", "退给您 {} 元"),
        (difference.to_merchant, "{} yuan more go to the old merchant", "原商户另得 {} 元"),
        (difference.shortfall, "{} yuan are missing in the old card and owed by its merchant",
         "原卡尚缺 {} 元，由原商户欠付"),
        (opening.to_merchant, "{} yuan go to the new merchant now", "现付新商户 {} 元"),
    ]  # fmt: skip
    said = [(zh if chinese else en).format(format_yuan(fen)) for fen, en, zh in parts if fen]
    price, moved, risk = (
        format_yuan(fen) for fen in (terms.principal, difference.moved, at_risk(terms, opening, to.tier))
    )
    old, new, until = short(message.card), short(message.new_card), clock(message.deadline, shown.now)
    if chinese:
        first = f"把{shown.merchant}的卡 {old} 转到{to.merchant}的新卡 {new}（{price} 元）：转入 {moved} 元"
        last = f"新商户跑路时的风险 {risk} 元{paid_to(terms, to)}；原卡终止；{until} 前有效"
        return "，".join([first, *said]) + "；" + last
    first = (
        f"Move card {old} at {shown.merchant} to a new card {new} of {price} yuan at {to.merchant}: "
        f"{moved} yuan move over"
    )
    risks = f"at risk if the new merchant disappears: {risk}{paid_to(terms, to)}"
    last = f"{risks}; the old card ends; valid until {until}"
    return ", ".join([first, *said]) + "; " + last


def shortfall_sentence(card: bytes, shown: Shown, *, amount: int, missing: int) -> str:
    """The sentence before paying what an ended card is short, out of one's own pocket (fen)."""
    pays, left = format_yuan(amount), format_yuan(missing - amount)
    if shown.language == "zh":
        return f"为{shown.merchant}已终止的卡 {short(card)} 向其消费者补付 {pays} 元，之后尚缺 {left} 元"
    return (
        f"Pay {pays} yuan of what card {short(card)} of {shown.merchant} is short, straight to its consumer; "
        f"{left} stay missing"
    )


def farewell_sentence(shown: Shown, *, cards: int, refund: int, to_merchants: int, shortfall: int) -> str:
    """The sentence before ending every card of a wallet; `shown.merchant` is the sub-wallet."""
    back, kept, missing = format_yuan(refund), format_yuan(to_merchants), format_yuan(shortfall)
    if shown.language == "zh":
        owed = f"，尚缺 {missing} 元，由商户欠付" if shortfall else ""
        return f"注销：终止子钱包中全部 {cards} 张卡，立即退回共 {back} 元，各商户另得 {kept} 元{owed}"
    owed = f", {missing} are missing and owed by merchants" if shortfall else ""
    which = "the one open card" if cards == 1 else f"all {cards} open cards"
    return (
        f"End {which} of your sub-wallet: {back} yuan come back to you at once, {kept} more go to the "
        f"merchants{owed}"
    )
