"""Chinese for what an error is about where the error itself carries only a name: `{what:what}` in a row.

The names are those that contracts and limits use. What is not here is shown as it stands.
"""

from __future__ import annotations

from typing import Final

WHAT: Final[dict[str, str]] = {
    # ---- fields of terms
    "principal": "价款",
    "advance": "预付额",
    "custodyBps": "托管比例（基点）",
    "exitFeeBps": "退卡手续费（基点）",
    "pauseMaxDays": "停卡天数",
    "confirmHours": "确认时限",
    "expiryPolicy": "到期处理",
    "schedule": "划转方式",
    "settlementFormula": "结算算法",
    "notConsumerFormula": "非消费者原因的退款算法",
    "consumerFormula": "消费者原因的退款算法",
    "coolingUse": "冷静期内使用的处理",
    "giftRule": "赠送规则",
    "listSource": "原价来源",
    "transferable": "可转让",
    "ladder": "分级比例（基点）",
    "trigger": "划转条件",
    "certifier": "认证人",
    "accrualDays": "按期划转的天数",
    "takesVouchers": "接受凭证",
    "token": "代币",
    "payee": "收款方",
    "cover": "保障",
    "buyBy": "购买期限",
    "milestones": "各阶段合计",
    "discount": "折扣",
    "term": "期限",
    # ---- fields of a guarantor's rules
    "assessor": "核赔人",
    "triggers": "理赔事由",
    "coverDays": "保障天数",
    "payers": "保费付款人",
    "splitBps": "保费分摊（基点）",
    "rateBps": "费率（基点）",
    "insured": "被保险人",
    "beneficiary": "受益人",
    "aggregate": "总保额",
    "promisedMost": "承诺总额",
    "shareBps": "赔付比例（基点）",
    "deductibleBps": "免赔比例（基点）",
    # ---- what a guarantor's limit is of
    "card": "单卡限额",
    "consumer": "单个消费者限额",
    "merchant": "商户",
    "line": "保险余额",
    "total": "总限额",
    "loss": "损失金额",
    # ---- fields of a settlement plan
    "feeBps": "手续费与提成（基点）",
    "fastFeeBps": "提前到账费（基点）",
    "settleDays": "结算天数",
    "receiver": "收款方",
    # ---- what a legal limit is of
    "sessions": "次数",
    "months": "月数",
    "consumer_total": "同一消费者在该商户的总额",
    "single": "单笔支付",
    "daily": "当日支付",
    "balance": "余额",
    "mofcom": "单用途卡全国限额",
    "zhejiang_other": "浙江非公司主体限额",
    "sh_sport": "上海体育健身限额",
    "bj_youth_sport": "北京青少年体育培训限额",
    "wallet_class_2": "二类钱包",
    "wallet_class_3": "三类钱包",
    "wallet_class_4": "四类钱包",
}
"""Name -> Chinese."""
