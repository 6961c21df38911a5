"""Words about disputes: with the merchant, before an authority or an association, ruled."""

from __future__ import annotations

from typing import Final

_SHOW = "用 `prepaid dispute show` 查看可以做什么"

TEXT: Final[dict[str, tuple[str, str]]] = {
    "dispute-step.none": ("none", "无争议"),
    "dispute-step.negotiating": ("with the merchant", "与商户协商中"),
    "dispute-step.refused": ("refused by the merchant", "商户已拒绝"),
    "dispute-step.escalated": ("escalated", "已提交主管部门或消费者协会"),
    "dispute-step.ruled": ("ruled", "已裁定"),
    "dispute-step.settled": ("settled", "已了结"),
}

ERRORS: Final[dict[str, tuple[tuple[str, str], ...]]] = {
    "operators-not-approver": (("{caller} 不是审定方", "须由平台的审定方操作"),),
    "operators-quorum-unfit": (("{approvers} 个审定方中不能以 {quorum} 个为定数", "至少一个，至多全部"),),
    "operators-approver-unfit": (("{approver} 不能作为审定方", "每个只列一次，且不能是零地址"),),
    "operators-nothing-to-agree": (
        ("没有可同意的内容：运营方 {operator}，资格凭证 {credential}", "请指明运营方和它尚未持有的凭证"),
    ),
    "operators-agreed-before": (("{approver} 已同意过 {operator}，只计一次", "现在须由其他审定方同意"),),
    "operators-not-agreed": (("{approver} 没有对 {operator} 的可撤回的同意", "它是否已获准？"),),
    "operators-not-admitted": (("{operator} 不是运营方", "用 `prepaid operator show` 查看"),),
    "disputes-not-consumer": (("{caller} 不是此卡的消费者 {consumer}", "须由该卡的消费者操作"),),
    "disputes-not-merchant": (("{caller} 不是此卡的商户 {merchant}", "须由该卡的商户操作"),),
    "disputes-signature-invalid": (
        ("这一步不是 {signer} 为本链和此子钱包所签的原样", "是否用错账户、链，或之后被改动？"),
    ),
    "disputes-deadline-passed": (
        ("已过有效期：{deadline:time} 前有效，链上时间是 {now_at:time}", "请重新签署"),
    ),
    "disputes-round-passed": (("所签的是卡 {card} 的第 {signed} 次争议，现在是第 {current} 次", _SHOW),),
    "disputes-card-unknown": (("子钱包 {wallet} 中没有开过卡 {card}", "用 `prepaid card list` 查看"),),
    "disputes-not-raised": (("尚未就卡 {card} 向商户提出", "须先与商户协商：`prepaid dispute raise`"),),
    "disputes-merchant-not-heard": (
        ("卡 {card} 的商户尚未答复，期限也未满（还有 {days_left} 天）", "请等商户答复，或等期限过后的次日"),
    ),
    "disputes-not-escalated": (
        ("卡 {card} 的争议处于“{step:step}”；只裁定已提交的争议", "由消费者提交：`prepaid dispute escalate`"),
    ),
    "disputes-wrong-step": (("卡 {card} 的争议处于“{step:step}”，不能进行这一步", _SHOW),),
    "disputes-nothing-conceded": (
        ("没有向卡 {card} 的消费者让步", "请承认责任不在消费者，或给出更低的原价总额"),
    ),
}
