"""Words about settlement accounts, merchant support and interest."""

from __future__ import annotations

from typing import Final

TEXT: Final[dict[str, tuple[str, str]]] = {}

ERRORS: Final[dict[str, tuple[tuple[str, str], ...]]] = {
    "settlement-account-plan-invalid": (("没有账户能有这样的方案：{what} 为 {value}", "请修改方案"),),
    "settlement-account-not-merchant": (
        (
            "{caller} 不是此结算账户的商户 {merchant}",
            "由商户提款；各项费用用 `prepaid support pay-fees` 付给收取者",
        ),
    ),
    "settlement-account-too-much": (
        (
            "要提 {asked:yuan} 元，现在这样最多可提 {most:yuan} 元",
            "用 `prepaid support account` 查看可提与待结金额",
        ),
    ),
    "settlement-account-fast-off": (("此账户不允许提前提款", "请等到结算日，或另开一个可快速提款的账户"),),
    "settlement-account-nothing-due": (("没有应付给 {receiver} 的款项", "有款项入账后才会产生费用"),),
    "payment-book-nothing-paid": (("金额为零的付款不入账", "至少付一分"),),
}
