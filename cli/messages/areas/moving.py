"""Words about certified progress, transfers, shortfalls, leaving for good, and operators."""

from __future__ import annotations

from typing import Final

_SHOW = "用 `prepaid card show` 查看卡的状态"

TEXT: Final[dict[str, tuple[str, str]]] = {
    "cmd.card.certify": (
        "As the certifier named in the terms: sign progress or documented cost.",
        "由条款指定的认证人：签署进度或有凭据的费用。",
    ),
    "cmd.card.submit": ("Carry a certificate to the chain.", "把认证书提交上链。"),
    "cmd.card.confirm": (
        "As the consumer: confirm what was certified, so that it is paid.",
        "由消费者：确认已认证的进度，使其付款。",
    ),
    "cmd.card.transfer": (
        "As the consumer: move what is left into a card of another merchant.",
        "由消费者：把余额转入另一商户的卡。",
    ),
    "cmd.card.finding": (
        "Let a card take over what was found about it; anyone may.",
        "使卡采纳对它的认定；任何人都可以。",
    ),
    "cmd.card.shortfall": (
        "Pay what an ended card is short, straight to its consumer.",
        "把已终止的卡所缺的款项直接付给消费者。",
    ),
    "cmd.card.end-all": (
        "As the consumer: leave for good; ends every open card.",
        "由消费者：注销；终止所有有效的卡。",
    ),
    "cmd.operator.agree": ("As an approver: agree that somebody operates.", "由审定方：同意某方担任运营方。"),
    "cmd.operator.withdraw": (
        "As an approver: take an agreement back before it has led to anything.",
        "由审定方：在获准之前撤回同意。",
    ),
    "cmd.operator.revoke": ("As an approver: revoke an operator's credential.", "由审定方：撤销运营方资格。"),
    "cmd.operator.list": ("List operators, approvers and open proposals.", "列出运营方、审定方和待定事项。"),
    "arg.total": (
        "Total since the card was opened, in its own unit.",
        "自开卡以来的累计，以卡的计量单位计。",
    ),
    "arg.words": ("What it rests on; the chain keeps its hash only.", "依据；链上只留其哈希。"),
    "arg.certificate": ("File or picture of the certificate.", "认证书的文件或图片。"),
    "arg.card.certify.listed": (
        "Total at list price or documented cost, if it is another.",
        "按原价或凭据的累计，如有不同。",
    ),
    "arg.card.confirm.number": ("A reference of your own.", "您自己的编号。"),
    "arg.card.transfer.product": (
        "The other merchant's product: id, start of it, or exact name.",
        "另一商户的产品：编号、其开头或准确名称。",
    ),
    "arg.card.transfer.min_moved": (
        "Do nothing if less would come out of the old card.",
        "若从原卡转出的少于此数则不执行。",
    ),
    "arg.card.shortfall.amount": ("Yuan; all that is missing by default.", "元；默认为所缺的全部。"),
    "arg.deploy.approver": (
        "Somebody who must agree on operators; may be repeated. Nobody operates until all have agreed.",
        "须同意运营方的审定方；可重复。全部同意之前没有运营方。",
    ),
    "arg.operator": ("Operator: a name or an address.", "运营方：名称或地址。"),
    "arg.notice": ("Text of the notice that admits it, and of its plaque.", "准入通知与牌匾的文字。"),
    "arg.reason": ("Text of the reasons; the chain keeps its hash.", "理由的文字；链上只留其哈希。"),
    "moving.certified": (
        "Signed: {path}. {paid} yuan would move with it. Anyone may carry it: prepaid card submit {path}",
        "已签署：{path}。随之划转 {paid} 元。任何人可提交：prepaid card submit {path}",
    ),
    "moving.submitted": (
        "Card {card}: certified up to {used}; {paid} yuan went to the merchant.",
        "卡 {card}：已认证至 {used}；付给商户 {paid} 元。",
    ),
    "moving.moved": (
        "Card {new} at {merchant}: {moved} yuan moved over, {top_up} added, {cash_back} came back.",
        "{merchant}的卡 {new}：转入 {moved} 元，另付 {top_up} 元，退回 {cash_back} 元。",
    ),
    "moving.found": (
        "Card {card}: {before} yuan were owed, now {after}. What was signed for it before is void.",
        "卡 {card}：原应退 {before} 元，现应退 {after} 元。此前所签的均已作废。",
    ),
    "moving.paid": (
        "{amount} yuan went to {consumer}; {left} are still missing.",
        "已付 {amount} 元给 {consumer}；尚缺 {left} 元。",
    ),
    "moving.left": (
        "{count} cards have ended: {refund} yuan came back, {frozen} stay frozen.",
        "已终止 {count} 张卡：退回 {refund} 元，仍冻结 {frozen} 元。",
    ),
    "moving.some-stay": (
        "{refused} of {total} cards could not be ended as they were shown",
        "{total} 张卡中有 {refused} 张未能按所示终止",
    ),
    "moving.some-stay-hint": (
        "a use may have come in between: run the command again",
        "期间可能有过消费：请再运行一次",
    ),
    "moving.certifier": ("Certified by", "认证人"),
    "moving.waits": ("certified, waits for confirmation", "已认证，待确认"),
    "moving.cause": ("Cause", "原因"),
    "moving.found-cause": ("not the consumer's, as found", "已认定不在消费者"),
    "moving.dispute": ("Dispute", "争议"),
    "operator.head.credential": ("Credential", "资格凭证"),
    "operator.head.agreed": ("Agreed", "已同意"),
    "operator.admitted": ("admitted", "已获准"),
    "operator.founder": ("since the beginning", "自始"),
    "operator.open": ("proposed", "待定"),
    "operator.idle": ("does not operate", "不在运营"),
    "operator.quorum": (
        "{quorum} of {count} approvers have to agree: {names}",
        "{count} 个审定方中须有 {quorum} 个同意：{names}",
    ),
    "operator.agreed": (
        "{name}: {agreed} of {quorum} have agreed.",
        "{name}：{quorum} 个中已有 {agreed} 个同意。",
    ),
    "operator.now": ("{name} may operate from now on.", "{name} 自此可以运营。"),
    "operator.withdrawn": ("The agreement on {name} is withdrawn.", "对 {name} 的同意已撤回。"),
    "operator.revoked": ("{name} operates no longer.", "{name} 不再运营。"),
    "event.certified": ("certified", "已认证"),
    "event.transferred": ("transferred", "已转移"),
    "event.findingapplied": ("finding applied", "已采纳认定"),
    "event.shortfallpaid": ("shortfall paid", "补付缺口"),
}

ERRORS: Final[dict[str, tuple[tuple[str, str], ...]]] = {
    "no-certifier": (("卡 {card} 的条款没有指定认证人", "按商户的收款请求办理：`prepaid card charge`"),),
    "certified-card": (
        ("卡 {card} 的进度由 {certifier} 认证", "由消费者确认后付款：`prepaid card confirm`"),
    ),
    "other-certifier": (("卡 {card} 由 {certifier} 认证，不是 {value}", "请用条款指定的认证人签署"),),
    "certificate-signature": (("该认证书不是认证人 {certifier} 所签：被改动或伪造", "请认证人重新出具"),),
    "not-certified": (
        (
            "所写累计为 {used_after}/{listed_after}，已认证的是 {used}/{listed}",
            "确认已认证的：`prepaid card confirm`",
        ),
    ),
    "nothing-certified": (("卡 {card} 没有待您确认的认证", _SHOW),),
    "no-finding": (("对卡 {card} 没有它尚未采纳的认定", "用 `prepaid dispute show` 查看认定"),),
    "no-shortfall": (("卡 {card} 没有缺口（{status:card}）", _SHOW),),
    "too-much": (("{fen:yuan} 元不在 0.01 元到所缺的 {missing:yuan} 元之间", "不写金额即付全部"),),
    "no-open-card": (("{value} 没有有效的卡", "用 `prepaid card list` 查看"),),
    "approvers-differ": (("运营方须由这些审定方同意：{approvers}", "部署后不能更换；请不写审定方"),),
    "part-missing": (("本链上的平台没有合约 {name}", "由运营方用 `prepaid deploy` 补齐"),),
}
