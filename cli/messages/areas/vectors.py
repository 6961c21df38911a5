"""Words about worked examples (vectors)."""

from __future__ import annotations

from typing import Final

TEXT: Final[dict[str, tuple[str, str]]] = {
    "cmd.vectors.run": ("Play every example in a file on real cards.", "在真实的卡上逐条演算文件中的例子。"),
    "arg.vectors.run.file": ("File of examples (prepaid.vectors/1).", "例子文件（prepaid.vectors/1）。"),
    "vectors.pass": ("pass", "相符"),
    "vectors.fail": ("fail", "不符"),
    "vectors.unsupported": ("unsupported", "不支持"),
    "vectors.group": ("group", "类别"),
    "vectors.expected": ("expected", "应得"),
    "vectors.actual": ("actual", "实得"),
    "vectors.done": (
        "{of} example{of:s}: {pass} as expected, {fail} not, {unsupported} cannot be played here "
        "(fen, bps, days)",
        "共 {of} 例：{pass} 例相符，{fail} 例不符，{unsupported} 例无法演算（单位：分、基点、天）",
    ),
    "vectors.failed": ("{count} of {of} example{of:s} came out otherwise", "{of} 例中有 {count} 例结果不符"),
    "vectors.failed-hint": (
        "the rows marked ✗ say what was expected and what moved",
        "标 ✗ 的各行列出应得与实得",
    ),
    "product.gap.not-consumer": (
        "warning: settled this way, custody falls short. When {used} is used, {settled} yuan is settled and "
        "{held} is held; if the merchant stops then, {owed} is owed (art. 18): {gap} is missing. Settling by "
        "ratio (settlement_formula=0) leaves no gap.",
        "提示：这种结算方式使托管不足。用去 {used} 时已结算 {settled} 元，托管 {held} 元；"
        "此时商户停业，应退 {owed} 元（解释第十八条），缺 {gap} 元。"
        "按比例结算（settlement_formula=0）则无缺口。",
    ),
    "product.gap.consumer": (
        "warning: settled this way, custody falls short. When {used} is used, {settled} yuan is settled and "
        "{held} is held; if the consumer leaves then, the terms owe {owed}: {gap} is missing. Settle by the "
        "formula of the refund (settlement_formula = consumer_formula).",
        "提示：这种结算方式使托管不足。用去 {used} 时已结算 {settled} 元，托管 {held} 元；"
        "此时消费者退卡，按条款应退 {owed} 元，缺 {gap} 元。请按退款公式结算"
        "（settlement_formula 与 consumer_formula 一致）。",
    ),
    "product.gap.cooling-off": (
        "warning: settled this way, custody falls short. When {used} is used, {settled} yuan is settled and "
        "{held} is held; in cooling-off {owed} is owed then: {gap} is missing.",
        "提示：这种结算方式使托管不足。用去 {used} 时已结算 {settled} 元，托管 {held} 元；"
        "冷静期内退卡应退 {owed} 元，缺 {gap} 元。",
    ),
}

_FORMAT = "格式为 prepaid.vectors/1：以整数表示分、基点和天数"

ERRORS: Final[dict[str, tuple[tuple[str, str], ...]]] = {
    "invalid-vectors": (
        ("{file} 第 {line} 行：{place} 不能是 {value}", _FORMAT),
        ("{file} 第 {line} 行不合格式", _FORMAT),
    ),
    "vector-custody": (
        (
            "{principal:yuan} 元中退回 {refund:yuan} 元，商户得 {merchant_keeps:yuan} 元，"
            "缺 {shortfall:yuan} 元",
            "结算方式使托管不足，见 `prepaid product publish` 的提示",
        ),
    ),
    "vector-overdrawn": (("超出卡面的用量 {used} 竟被接受", "这不应发生，请报告此问题"),),
}
