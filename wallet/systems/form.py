"""The standard form of a programme, in Chinese: what a consumer signs for, and where it comes from.

Made from the preset, so that figures in the text are those in the terms; registered by its hash, so that no
word of it can change afterwards. The lint for banned clauses has nothing to find in it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from wallet.systems.sources import find_references
from wallet.terms import FULL

if TYPE_CHECKING:
    from wallet.systems.load import Preset
    from wallet.systems.model import Custody

_VEHICLE = {
    "consumer-subwallet": "消费者本人的子钱包，归消费者所有",
    "trust": "信托监管账户，作为独立的信托财产",
    "escrow-account": "存管专户，仅用于本合同约定的结算与退款",
    "merchant-account": "商户账户",
    "platform-balance": "平台账户",
}
_FORMULA = {
    "ratio": "按已付款占卡面价值的比例计算",
    "list-price": "按折扣前价格计算",
    "bonus-first": "先用赠送部分计算",
    "principal-first": "先用本金计算",
}
_COOLING = {
    "deny": "未使用的，全额退还预付款",
    "deduct-list": "退还预付款，已使用部分按折扣前价格扣除",
    "deduct-ratio": "退还预付款，已使用部分按比例扣除",
}


def title_of(preset: Preset) -> str:
    """The form's name, short enough to be registered."""
    return f"预付式消费标准合同 {preset.label}"


def form_of(preset: Preset) -> str:
    """The whole text."""
    system = preset.system
    custody, refund = system.custody, system.refund
    clauses = [
        _held(system.custody),
        "每次消费经消费者确认后结算，签名只能用一次，逾期失效。"
        if custody.trigger.value == "consumer-confirms"
        else "每次服务经第三方认证后，在条款所写限额内结算。",
        f"自付款之日起{refund.cooling_days.value}日内，消费者可以无理由退款：{_COOLING[refund.cooling_use.value]}。",
        f"此后消费者可以随时终止合同。因消费者原因退款的，已消费部分{_FORMULA[refund.consumer.value]}，"
        f"余款在{refund.days_other.value}日内退还，退款总额不低于法律规定。",
        f"因商户停业、迁址或者不能履行等非消费者原因退款的，已消费部分{_FORMULA[refund.not_consumer.value]}。",
        "剩余服务转由其他商户提供的，须经消费者同意；消费者也可以选择退款。",
        *(f"{one.name.zh}按其条款赔付不足部分，上限见产品条款。" for one in system.guarantors),
        "本合同与链上登记的产品条款一并构成双方约定。",
    ]
    lines = [f"{system.title.zh}（{system.place.zh}）预付式消费标准合同", ""]
    lines += [f"{number}、{clause}" for number, clause in enumerate(clauses, 1)]
    return "\n".join([*lines, "", "依据：", *_grounds(preset), ""])


def _held(custody: Custody) -> str:
    place = _VEHICLE[custody.vehicle.value]
    if custody.ladder is not None:
        least, most = _percent(min(filter(None, custody.ladder.value))), _percent(max(custody.ladder.value))
        return f"预付款存于{place}；名单内的商户可以按信用档预支{least}至{most}，名单外的不得预支。"
    if custody.ratio.value == 0:
        return "预付款在售卡时付给商户。"
    rest = "" if custody.ratio.value == FULL else "；其余部分在售卡时付给商户"
    return f"预付款的{_percent(custody.ratio.value)}冻结于{place}{rest}。"


def _percent(bps: int) -> str:
    whole, part = divmod(bps, 100)
    return f"{whole}.{part:02d}%" if part else f"{whole}%"


def _grounds(preset: Preset) -> list[str]:
    """The programme's own sources, and those of the figures in the text."""
    custody, refund = preset.system.custody, preset.system.refund
    texts = [*preset.system.source, *custody.ratio.source, *refund.cooling_days.source]
    texts += [*refund.consumer.source, *refund.not_consumer.source]
    named = dict.fromkeys(texts)
    lines = []
    for one in find_references(named, preset.sources):
        if one.source is None:
            lines.append(f"项目表第{one.row}行")
        else:
            lines.append(
                " ".join([one.source.zh, one.place.replace("art. ", "第") + "条" if one.place else ""])
            )
            lines += [f"  {address}" for address in one.source.addresses]
    return [line.rstrip() for line in lines]
