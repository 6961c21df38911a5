"""What the stories say, in English and Chinese, and the money they are about; shared with Brownie's telling.

Amounts are whole fen, and are written as yuan wherever a sentence names them. No story is told here.
"""

from __future__ import annotations

from typing import Final

from wallet.money import format_yuan

CLINIC: Final = "示例口腔"
OTHER: Final = "邻家口腔"
MONEY: Final = 2_000_00
"""Every consumer begins with this much on hand."""

# The Suzhou card: the preset's own product "cleaning".
CLEANINGS, CLEANING, CLEANING_CARD = 3, 200_00, 600_00

# A merchant that has most of the money in advance, and fails.
PRICE: Final = 1_000_00
IN_CUSTODY, IN_ADVANCE = 2_000, 800_00
"""A fifth (bps) is held, four fifths are the merchant's at once."""
USED: Final = 100_00
HELD_AFTER_USE, SHORT = 180_00, 720_00
"""Of the 900.00 that are left to the consumer a fifth is held; the fund owes the rest."""
CAPITAL: Final = 5_000_00

# A charge signed and not yet carried while the consumer leaves: 1000.00 for 1300.00.
BONUS: Final = 300_00
CHARGED, CHARGE_PAYS = 30_00, 23_07

# A card taken elsewhere.
DEARER: Final = 1_200_00
LEFT, ADDED = 900_00, 300_00

TEXT: Final[dict[str, tuple[str, str]]] = {
    "platform": (
        "A platform stands, {merchant} may sell, the consumer has {money} on hand.",
        "平台已就绪，{merchant}获准销售，消费者手头有 {money} 元。",
    ),
    "money": (
        "    frozen {held}, merchant {merchant}, consumer {consumer}",
        "    冻结 {held}，商户 {merchant}，消费者 {consumer}",
    ),
    "card.bought": (
        "Three cleanings bought for {paid}; the money is frozen in the consumer's own sub-wallet.",
        "购买三次洁牙，付 {paid} 元；钱冻结在消费者自己的子钱包中。",
    ),
    "card.used": (
        "One cleaning, authorised by the consumer: {paid} go to the clinic.",
        "洁牙一次，经消费者授权：{paid} 元划给诊所。",
    ),
    "card.replayed": (
        "The clinic hands the same authorisation in again: refused ({error}), nothing moves.",
        "诊所再次提交同一授权：被拒绝（{error}），没有划款。",
    ),
    "card.later": (
        "Twenty days later cooling-off is long over, and the consumer is moving away.",
        "二十天后，冷静期早已结束，消费者要搬走。",
    ),
    "card.left": (
        "The consumer leaves, asking nobody: {refund} come back at once.",
        "消费者自行退出，无需任何人同意：{refund} 元立即退回。",
    ),
    "failing.fund": (
        "A guarantee fund with {capital} promises up to {limit} for each such card.",
        "保障基金有 {capital} 元，对每张此类卡最多担保 {limit} 元。",
    ),
    "failing.bought": (
        "A card for {paid}: {advance} go to the merchant at once, only {held} stay frozen.",
        "购卡 {paid} 元：{advance} 元立即给商户，只有 {held} 元冻结。",
    ),
    "failing.used": (
        "The consumer uses {used}, and then the shop is locked and empty.",
        "消费者消费 {used} 元，之后店铺人去楼空。",
    ),
    "failing.left": (
        "The consumer leaves: {refund} come back, {short} are missing.",
        "消费者退出：退回 {refund} 元，尚缺 {short} 元。",
    ),
    "failing.claimed": (
        "A claim is filed, and the fund's assessor confirms it.",
        "提出理赔，基金评审员确认。",
    ),
    "failing.paid": (
        "The fund pays {paid} straight to the consumer; the merchant owes it to the fund now.",
        "基金直接向消费者支付 {paid} 元；商户转而欠基金这笔钱。",
    ),
    "race.signed": (
        "The consumer has signed a charge that pays {pays}; before it is carried, the consumer also leaves.",
        "消费者已签署一笔付 {pays} 元的消费；尚未提交时，消费者又要退出。",
    ),
    "race.consume-first": (
        "FIRST ORDER: the charge is carried before the exit.",
        "第一种顺序：消费先于退出。",
    ),
    "race.stale": (
        "The exit promised {shown}, which is not there any more: refused ({error}), and the card stays open.",
        "退出时显示应退 {shown} 元，现已不足：被拒绝（{error}），卡仍有效。",
    ),
    "race.again": (
        "Looked at again, the exit says {refund}, and that is what comes back.",
        "重新查看，退出应退 {refund} 元，实退相同。",
    ),
    "race.terminate-first": (
        "SECOND ORDER: the exit is carried before the charge.",
        "第二种顺序：退出先于消费。",
    ),
    "race.gone": (
        "All {refund} came back; the charge finds a closed card and is refused ({error}).",
        "{refund} 元已全部退回；消费遇到已终止的卡，被拒绝（{error}）。",
    ),
    "transfer.bought": ("A card for {paid} at {merchant}, of which {used} are used.",
                        "在{merchant}购卡 {paid} 元，已用 {used} 元。"),
    "transfer.offer": (
        "{other} sells a card for {price}: {moved} come from the old card, {added} from the purse.",
        "{other}的卡售价 {price} 元：旧卡转入 {moved} 元，另付 {added} 元。",
    ),
    "transfer.done": (
        "In one transaction the old card ends and the new one opens; it holds {held}.",
        "同一笔交易中旧卡终止、新卡开立，新卡冻结 {held} 元。",
    ),
    "transfer.used": (
        "{other} serves the consumer and is paid {paid}; {merchant} keeps what it earned.",
        "{other}提供服务，收到 {paid} 元；{merchant}保留已赚取的部分。",
    ),
}  # fmt: skip
"""(English, Chinese). Whole numbers are fen."""

LANGUAGES: Final = ("en", "zh")


def tell(language: str, key: str, **values: int | str) -> str:
    """One sentence in "en" or "zh"; whole numbers among the values are fen and come out as yuan."""
    shown = {name: format_yuan(value) if isinstance(value, int) else value for name, value in values.items()}
    return TEXT[key][LANGUAGES.index(language)].format(**shown)
