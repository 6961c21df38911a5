"""Words of `prepaid demo`: the story of one card."""

from __future__ import annotations

from typing import Final

TEXT: Final[dict[str, tuple[str, str]]] = {
    "demo.step.platform": (
        "A platform starts on a fresh chain: digital yuan, registries, a factory of sub-wallets.",
        "平台在一条链上就位：数字人民币、各登记处、子钱包工厂。",
    ),
    "demo.step.merchant": (
        "{merchant} applies, and the operator approves it.",
        "{merchant} 申请入驻，运营方核准。",
    ),
    "demo.step.product": (
        "It lists a card, “{name}”: pay {price}, {bonus} given on top.",
        "它上架“{name}”：付 {price} 元，另赠 {bonus} 元。",
    ),
    "demo.step.money": ("Alice has {amount} yuan in her own account.", "Alice 自己的账户里有 {amount} 元。"),
    "demo.step.buy": (
        "Alice buys. {frozen} yuan are frozen in her own sub-wallet {wallet}, not at the merchant, "
        "not at the platform.",
        "Alice 购卡。{frozen} 元冻结在她自己的子钱包 {wallet} 里，不在商户，也不在平台。",
    ),
    "demo.step.consume": (
        "Charge {number}: Alice signs, and exactly {paid} yuan go to the merchant.",
        "单号 {number}：Alice 签署，正好 {paid} 元付给商户。",
    ),
    "demo.step.replay": (
        "The merchant tries {number} once more: refused, nothing moves ({reason}).",
        "商户再次提交 {number}：被拒绝，没有资金变动（{reason}）。",
    ),
    "demo.step.terminate": (
        "Alice ends the card, asking nobody: {refund} yuan come back at once.",
        "Alice 终止这张卡，无须任何人同意：{refund} 元立即退回。",
    ),
    "demo.step.accounts": (
        "Paid in {paid_in} = {released} to the merchant + {refunded} back. Alice has {on_hand} yuan on hand.",
        "已付 {paid_in} = 商户所得 {released} + 退回 {refunded}。Alice 现有 {on_hand} 元。",
    ),
    "demo.wallet-says": ("her wallet says: ", "钱包提示："),
    "demo.money": (
        "with the merchant {released}   frozen {held}   back {refunded}",
        "已付商户 {released}   冻结 {held}   已退回 {refunded}",
    ),
    "demo.press-key": ("(any key goes on, q ends)", "（按任意键继续，q 结束）"),
    "demo.end": (
        "That is the whole story. Your own: prepaid init, then prepaid deploy.",
        "故事到此结束。自己动手：先 prepaid init，再 prepaid deploy。",
    ),
    "demo.step-json": (
        "--step waits for a key, and with --json nobody is there",
        "--step 要等待按键，而 --json 时无人在场",
    ),
    "demo.step-json-hint": ("leave one of them out", "请去掉其中一个"),
}
