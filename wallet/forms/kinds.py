"""The ten kinds of banned clause, with the article that bans each and what to write instead.

Seven stand in art. 9 of the Supreme People's Court interpretation Fa Shi (2025) No. 4, whose last item is
open; three in the Beijing draft for medical institutions (row 25 of the programme table: no refund, no
re-issue, interpretation reserved), of which two are also among the seven. The open item is split here into
what is met in practice: forfeiture at expiry (art. 24, and Zhejiang's rules art. 10), deductions beyond what
was delivered (art. 15), and the rest.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of banned clause. `source` names the rule; `instead` says in both languages what is fair."""

    name: str
    english: str
    chinese: str
    source: str
    instead: tuple[str, str]


_SPC: Final = "法释〔2025〕4号第九条"
_OPEN: Final = _SPC + "(七)"

KINDS: Final[dict[str, Kind]] = {
    kind.name: kind
    for kind in (
        Kind(
            "no-refund",
            "what was prepaid is never given back",
            "概不退款",
            _SPC + "(一)",
            ("say how and when the rest is refunded", "写明何时、按什么算法退还余款"),
        ),
        Kind(
            "no-reissue",
            "a lost registered card is not replaced",
            "记名卡遗失不补",
            _SPC + "(三); 第二十四条",
            ("say how a lost registered card is reported and replaced", "写明记名卡如何挂失、补办"),
        ),
        Kind(
            "interpretation",
            "the merchant alone says what the contract means",
            "最终解释权归经营者",
            "第八条 (疑义时作有利于消费者的解释); 北京市医疗机构预付式消费资金管理办法(征求意见稿)",
            ("leave it out: doubts are read for the consumer", "删去；有歧义时按有利于消费者的意思解释"),
        ),
        Kind(
            "no-transfer",
            "the claim may not be passed on, or only at an unreasonable price",
            "不合理限制转让",
            _SPC + "(二); 第十一条",
            ("let the claim pass on notice", "写明通知到达商户即可转让"),
        ),
        Kind(
            "unilateral-change",
            "the merchant alone changes price, kind, quality or quantity",
            "单方变更价格、种类、质量、数量",
            _SPC + "(四)",
            ("change only by agreement", "写明变更须经双方协商一致"),
        ),
        Kind(
            "liability-waiver",
            "the merchant answers for nothing",
            "免除经营者责任",
            _SPC + "(五)",
            ("answer for what the law makes you answer for", "依法承担责任"),
        ),
        Kind(
            "forum",
            "disputes only where it suits the merchant, or not at all",
            "加重消费者维权成本的争议解决",
            _SPC + "(六)",
            (
                "leave the consumer the courts and complaints the law gives",
                "消费者可依法投诉、向有管辖权的法院起诉",
            ),
        ),
        Kind(
            "expiry-forfeit",
            "what is left lapses when the card expires",
            "过期作废",
            _OPEN + "; 第二十四条",
            ("extend, re-activate or refund at expiry", "到期可延期、重新激活或退款"),
        ),
        Kind(
            "excess-deduction",
            "the refund is cut by more than was delivered",
            "超额扣款",
            _OPEN + "; 第十五条",
            ("deduct only the price of what was delivered", "只扣除已提供商品或者服务的价款"),
        ),
        Kind(
            "other-unfair",
            "another burden the law does not allow",
            "其他不公平条款",
            _OPEN,
            ("leave it out", "删去"),
        ),
    )
}
