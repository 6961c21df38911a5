"""Chinese for the library's own errors, by code; English they bring along themselves.

`{where}` is the place an English message names before its colon; `{…:yuan}` shows fen as yuan. A template
whose values an error does not carry gives way to the error's own words.
"""

from __future__ import annotations

from typing import Final

_STALE = "请让商户重新发起收款请求"
_AGAIN = "请让消费者重新授权"
_SHOW = "用 `prepaid card show` 查看卡的状态"
_OPERATOR = "须由平台运营方操作"
_DIGITS = "用 `prepaid card list` 查看编号；至少写四位"

ERRORS: Final[dict[str, tuple[str, str]]] = {
    # what people type
    "invalid-amount": (
        "{where}：{value!r} 不是可接受的金额",
        "以元为单位，大于零，最多两位小数，例如 30 或 30.00；单卡最多一千万元",
    ),
    "invalid-address": ("{where}：{value!r} 不是正确的地址", "地址是 0x 加 40 位十六进制；请核对校验大小写"),
    "invalid-span": ("{where}：{value!r} 不是时间长度", "例如 3d、12h 或 90m"),
    "unknown-account": ("没有这个账户：{message}", "用 `prepaid account list` 查看所有账户"),
    "unknown-card": ("卡 {value!r} 不存在", _DIGITS),
    "ambiguous-card": ("{value!r} 对应多张卡", "请多写几位"),
    "unknown-product": ("产品 {value!r} 没有上架", "用 `prepaid product list` 查看编号或准确名称"),
    "ambiguous-product": ("{value!r} 对应多个产品", "请多写几位或写准确名称"),
    "not-on-sale": ("该产品的商户目前不能售卡", "用 `prepaid merchant show` 查看商户状态"),
    "card-not-open": ("这张卡已不是有效状态", _SHOW),
    "account-exists": ("账户 {account!r} 已存在", "请换个名称；没有改动任何内容"),
    "invalid-account": ("{account!r} 不能作为账户名称", "1 至 32 个小写字母、数字、- 或 _"),
    "wrong-password": ("密码错误", "请重试；密码区分大小写"),
    "no-password": ("没有密码", "请用 --password-file、变量 PREPAID_PASSWORD 或在提示时输入"),
    "no-key": ("这里没有 {value} 的密钥", "用 `prepaid account import NAME` 导入，或用 --as 指定其他账户"),
    "unknown-chain": ("没有这种链：{message}", "可用 eth-tester、anvil、revm 与 rpc:URL"),
    "invalid-language": ("不支持语言 {value!r}", "请用 en 或 zh"),
    "invalid-document": ("文件不可接受：{message}", "请向发送方要一份新的"),
    "file-unreadable": ("无法读取 {file}", "请检查收到的文件路径"),
    "compile-failed": ("编译失败：{message}", "{hint}"),
    # the wallet refuses
    "policy-refused": ("钱包策略拒绝：{message}", "用 `prepaid policy set` 修改策略"),
    "policy-unconfirmed": ("钱包策略要求确认：{message}", "请确认，或用 `prepaid policy set` 修改策略"),
    "dev-account-elsewhere": (
        "开发账户只能在本地链上使用，其密钥人人皆知",
        "请用 `prepaid account new` 建立自己的账户",
    ),
    "public-key-known": ("{address} 是密钥人人皆知的开发账户", "本地链上无需文件即可使用"),
    "charge-signature": ("收款请求不是由该商户签署：被改动或伪造", "不要付款；" + _STALE),
    "authorisation-signature": ("授权不是由该消费者签署：被改动或伪造", _AGAIN),
    "already-used": ("此授权已使用过", "不会再有资金变动；见 `prepaid card history`"),
    "totals-differ": ("收款请求的起点与卡的现状不同", "等进行中的操作完成后，" + _STALE),
    "totals-not-growing": ("已被更新的消费超过", _STALE),
    "over-draw": ("超过卡内余额", "请减少金额或另行支付"),
    "expired": ("已过有效期", "请重新发起"),
    "stale-epoch": ("消费者已作废此授权", _AGAIN),
    "foreign-chain": ("这是为另一条链签的", "请选择对应的链"),
    "foreign-wallet": ("这是为另一个子钱包签的", "它属于另一位消费者"),
    "refund-too-low": (
        "将退回 {refund:yuan} 元，低于要求的 {min_refund:yuan} 元",
        "请重新查看卡；期间有过消费",
    ),
    # contracts refuse
    "sub-wallet-signature-invalid": ("签名不是 {signer} 对此内容所签", "是否用错账户、链，或之后被改动？"),
    "sub-wallet-deadline-passed": ("已过有效期", _STALE),
    "sub-wallet-epoch-voided": ("此授权已被作废", _STALE),
    "sub-wallet-card-not-open": ("这张卡已不是有效状态", _SHOW),
    "sub-wallet-totals-not-growing": ("已使用过或已被超过，不能再次使用", _STALE),
    "sub-wallet-pays-too-much": ("将付 {pay:yuan} 元，而消费者最多签了 {max_pay:yuan} 元", _STALE),
    "sub-wallet-refund-too-low": (
        "只能退回 {refund:yuan} 元，低于要求的 {min_refund:yuan} 元：期间有过消费",
        "请重新查看卡后再终止",
    ),
    "sub-wallet-merchant-may-not-sell": ("商户 {merchant} 目前不能售卡", "须先核准"),
    "sub-wallet-not-consumer": ("{caller} 不是此子钱包的消费者", "请由消费者签署"),
    "sub-wallet-nothing-due": ("这张卡目前没有自动到期的事项", _SHOW),
    "sub-wallet-nothing-to-collect": ("这张卡没有待领取的款项", _SHOW),
    "template-overdrawn": (
        "超过卡内余额：总计将达 {used}，而卡只有 {most}",
        "请减少；余额见 `prepaid card show`",
    ),
    "template-registry-not-pure": (
        "模板不是纯函数：第 {offset} 字节的操作码 {opcode}",
        "模板只能计算，不能读写状态或时间",
    ),
    "merchant-registry-wrong-status": ("商户目前的状态不允许这一步", "用 `prepaid merchant show` 查看状态"),
    "merchant-registry-not-allowed": ("{caller} 无权这样做", _OPERATOR),
    "product-catalogue-merchant-may-not-sell": (
        "商户 {merchant} 目前不能售卡",
        "须先核准：`prepaid merchant approve`",
    ),
    "product-catalogue-template-unfit": (
        "模板 {template} 未登记或不适合这些条款",
        "未使用时不得付款，且须退回全部本金",
    ),
    "product-catalogue-already-listed": ("该产品已上架", "用 `prepaid product list` 查看"),
    "access-control-unauthorized-account": ("{account} 没有此权限", _OPERATOR),
    "digital-yuan-not-issuer": ("{caller} 不是数字人民币的发行方", "请用发行方账户"),
    "erc20-insufficient-balance": (
        "余额不足：有 {balance:yuan} 元，需要 {needed:yuan} 元",
        "用 `prepaid account fund` 充值",
    ),
    # the machine
    "home-missing": ("这里没有实验室文件夹", "用 `prepaid init` 建立"),
    "home-unreadable": ("实验室文件夹无法读取：{message}", "{hint}"),
    "not-deployed": ("这条链上还没有平台", "先运行 `prepaid deploy`"),
    "chain-busy": ("链 {path} 正被进程 {pid} 占用", "等它完成，或用 --home 另用一个文件夹"),
    "chain-damaged": (
        "链文件 {path} 已损坏",
        "`prepaid chain reset` 重新开始，或 `prepaid chain load FILE` 恢复",
    ),
    "chain-unwritable": ("无法写入链文件 {path}", "没有丢失任何内容：腾出空间后重新运行"),
    "chain-unreachable": ("链没有回应：{message}", "{hint}"),
    "chain-unsupported": ("{backend} 链做不到这一点", "{hint}"),
    "file-unwritable": ("无法写入 {path}", "{hint}"),
    "compiler-missing": ("找不到所需版本的 solc", "{hint}"),
}
"""Code -> (message, hint)."""

TABLE: Final = {
    f"{part}.{code}": text
    for code, texts in ERRORS.items()
    for part, text in zip(("error", "hint"), texts, strict=True)
}
