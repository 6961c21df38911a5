"""What a person reads before a step in a dispute: the consumer's, the merchant's or an arbiter's.

Names stand in the order in which the contracts number them. None of these steps moves money; a finding
can change what comes back when the card ends, in the consumer's favour only.
"""

from __future__ import annotations

from typing import Final

from wallet.eip712.messages import DisputeStep
from wallet.money import format_yuan
from wallet.signing.sentence import Shown, clock, short

STEPS: Final = ("none", "negotiating", "refused", "escalated", "ruled", "settled")
GROUNDS: Final = (
    "relocation",
    "moved-to-third-party",
    "not-available",
    "health",
    "circumstances",
    "price",
    "other",
)
"""Fa Shi (2025) No. 4, art. 13; `price` is art. 19."""
FORUMS: Final = ("authority", "association")

_GROUNDS: Final = {
    "en": (
        "the shop has moved",
        "the service was passed to somebody else without consent",
        "the unlimited service cannot be had",
        "health no longer allows it",
        "circumstances nobody caused",
        "the price before discount is unreasonable",
        "another reason",
    ),
    "zh": (
        "经营场所搬迁",
        "未经同意转由第三方提供服务",
        "不限次服务实际无法获得",
        "身体健康原因",
        "不可归责于双方的情势",
        "折扣前价格不合理",
        "其他原因",
    ),
}
_FORUMS: Final = {
    "en": ("the authority in charge", "a consumer association"),
    "zh": ("主管部门", "消费者协会"),
}


def step_sentence(message: DisputeStep, shown: Shown) -> str:
    """The sentence for a consumer's own step: a complaint, an escalation or letting it rest."""
    card, until = short(message.card), clock(message.deadline, shown.now)
    chinese = shown.language == "zh"
    if message.step == STEPS.index("negotiating"):
        ground = _GROUNDS[shown.language][message.what]
        said = (
            f"就卡 {card} 向{shown.merchant}提出争议：{ground}"
            if chinese
            else f"Bring a dispute about card {card} before {shown.merchant}: {ground}"
        )
    elif message.step == STEPS.index("escalated"):
        forum = _FORUMS[shown.language][message.what]
        said = (
            f"将卡 {card} 与{shown.merchant}的争议提交{forum}"
            if chinese
            else f"Take the dispute about card {card} with {shown.merchant} to {forum}"
        )
    else:
        said = (
            f"了结卡 {card} 与{shown.merchant}的争议；已作的认定仍然有效"
            if chinese
            else f"Let the dispute about card {card} with {shown.merchant} rest; what was found stays"
        )
    return f"{said}；{until} 前有效" if chinese else f"{said}; valid until {until}"


def concession_sentence(card: bytes, shown: Shown, *, not_consumer: bool, listed: int | None) -> str:
    """The sentence before a merchant gives way. `listed` is the most for the list-price total, in fen."""
    found = "；".join(_found(not_consumer, listed, "zh"))
    if shown.language == "zh":
        return f"{shown.merchant}就卡 {short(card)} 让步：{found}。不能撤回"
    found = " and ".join(_found(not_consumer, listed, "en"))
    return f"{shown.merchant} gives way about card {short(card)}: {found}; this cannot be withdrawn"


def ruling_sentence(card: bytes, shown: Shown, *, not_consumer: bool, listed: int | None) -> str:
    """The sentence before an arbiter rules. `listed` is the most for the list-price total, in fen."""
    if shown.language == "zh":
        found = "；".join(_found(not_consumer, listed, "zh")) or "不作有利于消费者的认定"
        return f"裁定卡 {short(card)} 与{shown.merchant}的争议：{found}。不能撤回"
    found = " and ".join(_found(not_consumer, listed, "en")) or "nothing is found for the consumer"
    return f"Rule on card {short(card)} at {shown.merchant}: {found}; this cannot be withdrawn"


def _found(not_consumer: bool, listed: int | None, language: str) -> list[str]:
    said = []
    if not_consumer:
        said.append("责任不在消费者" if language == "zh" else "the consumer is not the cause")
    if listed is not None:
        amount = format_yuan(listed)
        said.append(
            f"按原价计的消费总额不超过 {amount} 元"
            if language == "zh"
            else f"what was used counts at most {amount} yuan before discount"
        )
    return said
