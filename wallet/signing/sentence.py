"""The one true sentence a person reads before signing, in English or Chinese.

It is computed from the simulated outcome, never from what the other side claims, and it refuses to be written
when signature and outcome disagree. Names come from the consumer's own records, not from the charge.
`explain` gives every field and hash behind it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone

from wallet.address import ZERO_ADDRESS
from wallet.eip712.domain import Domain
from wallet.eip712.messages import BumpEpoch, Consume, Terminate, Voucher
from wallet.eip712.schema import Message
from wallet.errors import PolicyRefusal
from wallet.exchange.documents import Reference, visible
from wallet.money import format_yuan
from wallet.rules.model import Unit
from wallet.rules.quantities import format_quantity
from wallet.rules.refund_math import custody_share
from wallet.signing.checks import Outcome
from wallet.terms import FULL, ON_CONDITIONS, Terms

CHINA = timezone(timedelta(hours=8))
LANGUAGES = ("en", "zh")
MAX_NAME = 40


@dataclass(frozen=True, slots=True)
class Shown:
    """What the sentences need besides the message: the merchant's name on record, language, chain time.

    The name was chosen by the merchant, so what could bend the sentence is cut out of it.
    """

    merchant: str
    now: int
    language: str = "en"
    unit: Unit = Unit.YUAN
    tier: int | None = None
    """The merchant's credit tier, by which terms with a ladder let it have money early; None: not known."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "merchant", visible(self.merchant, MAX_NAME))


def short(card: bytes) -> str:
    """A card's id as people see it: the first four digits."""
    return card.hex()[:4] + "…"


def clock(time: int, now: int) -> str:
    """Wall-clock time in UTC+8 of a chain time; with its date unless that is today's."""
    moment = datetime.fromtimestamp(time, UTC).astimezone(CHINA)
    same_day = moment.date() == datetime.fromtimestamp(now, UTC).astimezone(CHINA).date()
    return moment.strftime("%H:%M" if same_day else "%Y-%m-%d %H:%M")


def consume_sentence(
    message: Consume, outcome: Outcome, shown: Shown, *, used_before: int, listed_before: int, number: str
) -> str:
    """The sentence for one charge. `number` is the charge's, the two totals are the card's now.

    What counts at list price is told where it is another amount: it is what a consumer who leaves is charged.
    Raises PolicyRefusal (`pays-too-much`) if the outcome exceeds what the message allows.
    """
    _require(outcome.to_merchant <= message.max_pay, outcome.to_merchant, message.max_pay)
    used, listed = message.used_after - used_before, message.listed_after - listed_before
    quantity = _quantity(used, listed, shown)
    also = "" if used == 0 or listed == (used if shown.unit is Unit.YUAN else 0) else format_yuan(listed)
    paid, frozen = format_yuan(outcome.to_merchant), format_yuan(outcome.still_frozen)
    until, card = clock(message.deadline, shown.now), short(message.card)
    loose = message.max_pay > outcome.to_merchant
    if shown.language == "zh":
        most = f"（最多 {format_yuan(message.max_pay)} 元）" if loose else ""
        at_list = f"；按原价计 {also} 元" if also else ""
        return (
            f"在{shown.merchant}使用卡 {card} {quantity}（单号 {number}）：现付商户 {paid} 元{most}，"
            f"仍冻结 {frozen} 元{at_list}；{until} 前有效"
        )
    most = f" (at most {format_yuan(message.max_pay)})" if loose else ""
    at_list = f"; {also} at list price" if also else ""
    return (
        f"{quantity} of card {card} at {shown.merchant} (charge {number}): "
        f"{paid} yuan go to the merchant now{most}, {frozen} stay frozen{at_list}; valid until {until}"
    )


def voucher_sentence(message: Voucher, outcome: Outcome, shown: Shown, *, released_before: int) -> str:
    """The sentence for a voucher; `released_before` is what the merchant has had so far (fen)."""
    after = released_before + outcome.to_merchant
    _require(after <= message.max_released, after, message.max_released)
    total, frozen = format_yuan(message.max_released), format_yuan(outcome.still_frozen)
    more = format_yuan(message.max_released - released_before)
    until, card = clock(message.deadline, shown.now), short(message.card)
    if shown.language == "zh":
        return (
            f"允许{shown.merchant}从卡 {card} 累计收取至多 {total} 元（比目前多 {more} 元），"
            f"届时仍冻结 {frozen} 元；{until} 前有效"
        )
    return (
        f"Let {shown.merchant} have at most {total} yuan of card {card} in all ({more} more than so far), "
        f"{frozen} then stay frozen; valid until {until}"
    )


def purchase_sentence(
    terms: Terms,
    outcome: Outcome,
    shown: Shown,
    *,
    sub_wallet: str,
    backers: Sequence[tuple[str, int]] = (),
) -> str:
    """The sentence before paying: what is frozen where, and what could be lost if the merchant disappears.

    `outcome` is that of the opening: fen advanced to the merchant, fen frozen. `backers` are who has promised
    how much of what could be lost, in the order in which they are asked. Raises PolicyRefusal
    (`pays-too-much`) if more is advanced than the terms allow.
    """
    _require(outcome.to_merchant <= terms.advance, outcome.to_merchant, terms.advance)
    price, frozen = format_yuan(terms.principal), format_yuan(outcome.still_frozen)
    paid, risk = format_yuan(outcome.to_merchant), format_yuan(at_risk(terms, outcome, shown.tier))
    wallet, until = sub_wallet[:6] + "…", clock(terms.buy_by, shown.now)
    gift, face = format_yuan(terms.bonus), format_yuan(terms.face)
    if shown.language == "zh":
        given = f"（面值 {face} 元，含赠送 {gift} 元）" if terms.bonus else ""
        cooling = f"，{terms.cooling_days} 天内可无理由退" if terms.cooling_days else ""
        return (
            f"支付 {price} 元购买{shown.merchant}的预付卡{given}：{frozen} 元冻结在您自己的子钱包 {wallet}，"
            f"现付商户 {paid} 元；商户跑路时最多可能损失 {risk} 元{_backed(backers, shown)}{cooling}"
            f"{_by_itself(terms, shown)}{paid_to(terms, shown)}；"
            f"{until} 前有效"
        )
    given = f" (face value {face}, {gift} of it given)" if terms.bonus else ""
    cooling = f", {terms.cooling_days} days to change your mind" if terms.cooling_days else ""
    return (
        f"Pay {price} yuan for a card at {shown.merchant}{given}: {frozen} are frozen in your own sub-wallet "
        f"{wallet}, {paid} go to the merchant now; at risk if the merchant disappears: {risk}"
        f"{_backed(backers, shown)}{cooling}"
        f"{_by_itself(terms, shown)}{paid_to(terms, shown)}; valid until {until}"
    )


def _backed(backers: Sequence[tuple[str, int]], shown: Shown) -> str:
    """Who stands in for the merchant, and for how much; their names were given by an operator."""
    each = [(visible(name, MAX_NAME), format_yuan(fen)) for name, fen in backers]
    if not each:
        return ""
    if shown.language == "zh":
        return "，由" + "、".join(f"{name}保障 {fen} 元" for name, fen in each)
    return " (backed by " + ", ".join(f"{name}: {fen}" for name, fen in each) + ")"


def paid_to(terms: Terms, shown: Shown) -> str:
    """Who receives what is released, in full, where that is not the merchant itself."""
    if terms.recipient == terms.merchant:
        return ""
    return f"；款项付至 {terms.payee}" if shown.language == "zh" else f"; the money goes to {terms.payee}"


def _by_itself(terms: Terms, shown: Shown) -> str:
    """What happens later without another signature of the consumer's: what time or a certifier may do."""
    chinese, certifier = shown.language == "zh", terms.certifier[:6] + "…"
    days, most = terms.accrual_days, format_yuan(terms.accrual)
    pays = days and terms.accrual
    often = ("每天" if days == 1 else f"每 {days} 天") if chinese else "day" if days == 1 else f"{days} days"
    if terms.certifier == ZERO_ADDRESS:
        if not pays:
            return ""
        return (
            f"；{often}自动付商户至多 {most} 元"
            if chinese
            else f"; every {often} up to {most} go to the merchant by themselves"
        )
    if terms.trigger != ON_CONDITIONS:
        return (
            f"；退卡时计入 {certifier} 已认证的部分"
            if chinese
            else f"; what {certifier} certifies counts when you leave"
        )
    least = format_yuan(terms.advance)
    return (
        f"；{certifier} 认证后自动付商户，{often}至多 {most} 元（或共 {least} 元，取较大者）"
        if chinese
        else f"; what {certifier} certifies goes to the merchant by itself, up to {most} for every {often} "
        f"(or {least} in all, if that is more)"
    )


def terminate_sentence(
    message: Terminate, shown: Shown, *, refund: int, to_merchant: int, shortfall: int = 0
) -> str:
    """The sentence before ending a card; amounts in fen as simulated.

    Raises PolicyRefusal (`refund-too-low`) if less would come back than the message demands.
    """
    if refund < message.min_refund:
        raise PolicyRefusal(
            f"{format_yuan(refund)} yuan would come back, {format_yuan(message.min_refund)} are demanded",
            hint="demand what `prepaid card show` says would come back; a consumption may have come first",
            code="refund-too-low",
            refund=refund,
            min_refund=message.min_refund,
        )
    least, back, kept = format_yuan(message.min_refund), format_yuan(refund), format_yuan(to_merchant)
    until, card = clock(message.deadline, shown.now), short(message.card)
    if shown.language == "zh":
        missing = f"，尚缺 {format_yuan(shortfall)} 元，由商户欠付" if shortfall else ""
        return (
            f"终止{shown.merchant}的卡 {card}：立即退回 {back} 元（不少于 {least} 元），"
            f"商户另得 {kept} 元{missing}；{until} 前有效"
        )
    missing = f", {format_yuan(shortfall)} are missing and owed by the merchant" if shortfall else ""
    return (
        f"End card {card} at {shown.merchant}: {back} yuan come back to you at once (at least {least}), "
        f"{kept} more go to the merchant{missing}; valid until {until}"
    )


def bump_sentence(message: BumpEpoch, shown: Shown) -> str:
    """The sentence before voiding all that was signed for a card and not used."""
    until, card = clock(message.deadline, shown.now), short(message.card)
    if shown.language == "zh":
        return f"作废卡 {card}（{shown.merchant}）此前所有未使用的授权；{until} 前有效"
    return f"Void everything signed so far for card {card} at {shown.merchant}; valid until {until}"


def at_risk(terms: Terms, outcome: Outcome, tier: int | None = None) -> int:
    """Fen the consumer could lose to a merchant that disappears before performing anything more.

    What is advanced at opening, or the share outside custody if that is larger (of a ladder, the rung of
    the merchant's `tier`, or the top one where that is not known).
    """
    custody = min(custody_share(terms, one) for one in (range(4) if tier is None else (tier,)))
    outside = terms.principal - -(-custody * terms.principal // FULL)
    return max(outcome.to_merchant, outside)


def explain(message: Message, domain: Domain, *, reference: Reference | None = None) -> list[tuple[str, str]]:
    """Every field and hash behind a sentence, as pairs of label and value in reading order."""
    rows = [
        ("type", message.SCHEMA.type_string),
        ("domain name", domain.name),
        ("domain version", domain.version),
        ("chain id", str(domain.chain_id)),
        ("verifying contract", domain.verifying_contract),
    ]
    for (name, _), value in zip(message.SCHEMA.fields, message.values(), strict=True):
        rows.append((name, "0x" + value.hex() if isinstance(value, bytes) else str(value)))
    if reference is not None:
        rows += [
            ("charge reference", reference.text.replace("\n", " | ")),
            ("charge salt", "0x" + reference.salt.hex()),
            ("charge hash", "0x" + reference.hash.hex()),
        ]
    return [
        *rows,
        ("domain separator", "0x" + domain.separator.hex()),
        ("struct hash", "0x" + message.struct_hash().hex()),
        ("digest", "0x" + message.digest(domain).hex()),
    ]


_QUANTITY = {
    Unit.YUAN: ("Spend {}", "{} 元"),
    Unit.SESSION: ("Use {} session", "{} 次"),
    Unit.MONTH: ("Redeem {} month", "{} 个月"),
    Unit.VISIT: ("Record {} visit", "到店 {} 次"),
    Unit.MILESTONE: ("Confirm {} milestone", "{} 个阶段"),
}


def _quantity(used: int, listed: int, shown: Shown) -> str:
    """What is used. A charge that uses nothing hands over goods or states a cost, at list price alone; one
    that changes no total pays for what a certifier has certified.
    """
    if used == 0 and listed == 0:
        return "已认证的进度" if shown.language == "zh" else "Pay for the certified progress"
    if used == 0:
        worth = format_yuan(listed)
        if shown.language == "zh":
            return f"价值 {worth} 元的附送物品或费用"
        return f"Put goods or cost of {worth} on the list price"
    english, chinese = _QUANTITY[shown.unit]
    amount = format_quantity(used, shown.unit)
    if shown.language == "zh":
        return chinese.format(amount)
    return english.format(amount) + ("" if shown.unit is Unit.YUAN or amount == "1" else "s")


def _require(holds: bool, fen: int, limit: int) -> None:
    if not holds:
        raise PolicyRefusal(
            f"{format_yuan(fen)} yuan would move, {format_yuan(limit)} are allowed",
            hint="do not sign; ask for a new charge",
            code="pays-too-much",
            fen=fen,
            limit=limit,
        )
