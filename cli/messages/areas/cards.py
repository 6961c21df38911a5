"""Words about card kinds: their units, the options that sell them, what each card promises."""

from __future__ import annotations

from typing import Final

TEXT: Final[dict[str, tuple[str, str]]] = {
    "unit.yuan": ("{amount}", "{amount}"),
    "unit.session": ("{amount} session{amount:s}", "{amount} 次"),
    "unit.month": ("{amount} month{amount:s}", "{amount} 个月"),
    "unit.visit": ("{amount} visit{amount:s}", "到店 {amount} 次"),
    "unit.milestone": ("{amount} milestone{amount:s}", "{amount} 个阶段"),
    "head.promise": ("promises", "内容"),
    "head.certifier": ("certifier", "认证人"),
    "card.behind": ("Behind it", "保障"),
    "card.backer": ("{name} {amount} ({stage})", "{name} {amount} 元（{stage}）"),
    "card.claim": (
        "Behind it: {backed}. Once the merchant has stopped: `prepaid guarantee claim {card}`",
        "保障：{backed}。商户停业后：`prepaid guarantee claim {card}`",
    ),
    "head.payee": ("paid to", "收款方"),
    "kind.sessions": ("{sessions} session{sessions:s} and {gift} given", "{sessions} 次，另赠 {gift} 次"),
    "kind.discount": ("everything at {discount} of its price", "一律按原价的 {discount}"),
    "kind.months": ("{months} month{months:s}, redeemed one by one", "{months} 个月，按月核销"),
    "kind.unlimited": (
        "{term_days} day{term_days:s} without limit, released every {release_days} day{release_days:s}",
        "{term_days} 天内不限次，每 {release_days} 天划转一次",
    ),
    "kind.unlimited-end": (
        "{term_days} day{term_days:s} without limit, released at the end",
        "{term_days} 天内不限次，期满划转",
    ),
    "kind.milestones": ("milestones: {prices}", "分阶段：{prices}"),
    "kind.cost-cap": (
        "documented cost up to {cap} of the price if the consumer leaves",
        "消费者自行终止时另扣有据定制费用，不超过价款的 {cap}",
    ),
    "arg.discount": (
        "What is paid of each price, in bps: 8000 for 80 % (DiscountCard).",
        "按原价的多少付款，万分比：八折为 8000（DiscountCard）。",
    ),
    "arg.months": ("Months, redeemed one by one (Period).", "月数，按月核销（Period）。"),
    "arg.release_days": (
        "Days between two releases of an unlimited card; 0 is once, at the end (Period).",
        "不限次卡每隔多少天划转一次；0 为期满一次划转（Period）。",
    ),
    "arg.milestones": (
        "Price of the next milestone in yuan, or 24x750.00 for 24 of them (Milestones).",
        "下一阶段的价格（元）；24x750.00 为 24 个相同阶段（Milestones）。",
    ),
    "arg.cost_cap": (
        "Most of documented custom cost, in bps of the price (Milestones).",
        "有据定制费用的上限，占价款的万分比（Milestones）。",
    ),
    "arg.certifier": ("Who certifies progress: a name or an address.", "谁来认证进度：名称或地址。"),
}

ERRORS: Final[dict[str, tuple[tuple[str, str], ...]]] = {
    "no-price": (("{template} 卡须有价格", "请写明价格：--price"),),
    "template-terms-invalid": (
        ("该卡种不能用这些条款：{what:what} 为 {value}", "请更正后重新上架，或选择其他产品"),
    ),
    "template-not-discounted": (
        (
            "收费累计将达 {used:yuan} 元，按此卡折扣最多 {most:yuan} 元",
            "请少收，或用 --listed 写明折扣前的价格",
        ),
    ),
}
