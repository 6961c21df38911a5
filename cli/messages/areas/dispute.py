"""Words about disputes: with the merchant, before an authority or an association, ruled."""

from __future__ import annotations

from typing import Final

_SHOW = "用 `prepaid dispute show` 查看可以做什么"

TEXT: Final[dict[str, tuple[str, str]]] = {
    "cmd.dispute.raise": ("As the consumer: complain to the merchant.", "由消费者：向商户提出争议。"),
    "cmd.dispute.refuse": ("As the merchant: refuse, with reasons.", "由商户：拒绝并说明理由。"),
    "cmd.dispute.concede": (
        "As the merchant: give way, dispute or not.",
        "由商户：让步，有无争议均可。",
    ),
    "cmd.dispute.escalate": (
        "As the consumer: go to an authority or a consumer association.",
        "由消费者：提交主管部门或消费者协会。",
    ),
    "cmd.dispute.rule": ("As an arbiter: rule on an escalated dispute.", "由裁定人：裁定已提交的争议。"),
    "cmd.dispute.settle": ("As the consumer: let the dispute rest.", "由消费者：了结争议。"),
    "cmd.dispute.show": ("Show where a dispute stands and what was found.", "查看争议的进展与认定。"),
    "cmd.dispute.appoint": ("As the operator: let somebody rule on disputes.", "由运营方：指定裁定人。"),
    "arg.ground": (
        "relocation, moved-to-third-party, not-available, health, circumstances, price or other.",
        "relocation（搬迁）、moved-to-third-party（转由第三方）、not-available（无法获得）、"
        "health（健康）、circumstances（情势）、price（价格）或 other（其他）。",
    ),
    "arg.forum": ("authority or association.", "authority（主管部门）或 association（消费者协会）。"),
    "arg.not_consumer": ("The consumer is not the cause.", "责任不在消费者。"),
    "arg.listed_at_most": (
        "What was used counts at most so much before discount.",
        "按原价计的消费总额不超过此数。",
    ),
    "arg.paper": ("A statement's file: checked against the chain.", "陈述文件：与链上核对。"),
    "arg.dispute.appoint.arbiter": ("Arbiter: a name or an address.", "裁定人：名称或地址。"),
    "dispute.head.step": ("Dispute", "争议"),
    "dispute.head.ground": ("Ground", "事由"),
    "dispute.head.forum": ("Before", "受理方"),
    "dispute.head.since": ("Since", "时间"),
    "dispute.head.answer-by": ("The consumer may go on from", "消费者可自此时起继续"),
    "dispute.head.cause": ("Found: not the consumer's cause", "已认定责任不在消费者"),
    "dispute.head.listed": ("Found: list-price total at most", "已认定原价总额不超过"),
    "dispute.head.found": ("Found at", "认定时间"),
    "dispute.yes": ("yes", "是"),
    "dispute.by-arbiter": ("yes, by an arbiter", "是，由裁定人认定"),
    "dispute.kept": (
        "Your words are in {path}: keep it, the chain has their hash only.",
        "您的陈述在 {path} 中：请保存，链上只有其哈希。",
    ),
    "dispute.genuine": (
        "{path} is the {kind} of this card, word for word.",
        "{path} 就是此卡的{kind}，一字不差。",
    ),
    "dispute.kind.complaint": ("complaint", "争议陈述"),
    "dispute.kind.answer": ("merchant's answer", "商户答复"),
    "dispute.kind.ruling": ("ruling", "裁定"),
    "dispute.apply": (
        "Let the card take it over: prepaid card finding {card}",
        "使卡采纳：prepaid card finding {card}",
    ),
    "dispute.appointed": ("{name} may rule on disputes from now on.", "{name} 自此可以裁定争议。"),
    "ground.relocation": ("the shop has moved", "经营场所搬迁"),
    "ground.moved-to-third-party": ("passed to somebody else without consent", "未经同意转由第三方"),
    "ground.not-available": ("the unlimited service cannot be had", "不限次服务无法获得"),
    "ground.health": ("health", "健康原因"),
    "ground.circumstances": ("circumstances nobody caused", "不可归责于双方的情势"),
    "ground.price": ("unreasonable price before discount", "折扣前价格不合理"),
    "ground.other": ("another reason", "其他原因"),
    "forum.authority": ("the authority in charge", "主管部门"),
    "forum.association": ("a consumer association", "消费者协会"),
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
    "operators-not-admitted": (("{operator} 不是运营方", "用 `prepaid operator list` 查看"),),
    "no-words": (("没有写明内容", "用 --words 写明"),),
    "words-unknown": (("链上关于卡 {card} 的记录中没有这段文字的哈希", "文字被改动，或属于另一争议"),),
    "unknown-choice": (("{where}：{value!r} 不在 {known} 之中", "请从中选择"),),
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
