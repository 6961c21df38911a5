"""Chinese for what contracts refuse, by the code of the custom error; see `zh_errors`, which takes it in."""

from __future__ import annotations

from typing import Final

Row = tuple[str, str]
"""Message and hint."""

_STALE = "请让商户重新发起收款请求"
_SHOW = "用 `prepaid card show` 查看卡的状态"
_OPERATOR = "须由平台运营方操作"
_REPORT = "这不应发生，请报告此问题"

REVERTS: Final[dict[str, tuple[Row, ...]]] = {
    # ---- the sub-wallet
    "reverted": (
        ("被拒绝：{reason}", "没有资金变动"),
        ("合约拒绝了（数据 {data}）", "没有资金变动"),
        ("合约拒绝了", "没有资金变动"),
    ),
    "reverted-unknown": (("被拒绝，原因未知（数据 {data}）", "该地址可能是别的合约，或燃料不足"),),
    "reverted-panic": (("合约中止（panic {panic:#x}）", _REPORT),),
    "would-revert": (("合约会拒绝：{error}", "没有资金变动"),),
    "sub-wallet-not-consumer": (
        ("{caller} 不是此子钱包的消费者 {consumer}", "请由消费者签署，或带上消费者的签名"),
    ),
    "sub-wallet-signature-invalid": (("签名不是 {signer} 对此内容所签", "是否用错账户、链，或之后被改动？"),),
    "sub-wallet-deadline-passed": (("已过有效期：{deadline:time} 前有效，链上时间是 {now_at:time}", _STALE),),
    "sub-wallet-epoch-voided": (("此授权已作废（属第 {signed} 期，卡已是第 {current} 期）", _STALE),),
    "sub-wallet-card-not-open": (("卡 {card} 不是有效状态（{status:card}）", _SHOW),),
    "sub-wallet-card-exists": (("卡 {card} 已开过；一张卡只能开一次", "请重新购买：会得到新的编号"),),
    "sub-wallet-totals-not-growing": (
        ("已使用过或已被超过：卡现在是 {used}/{listed}，授权写的是 {used_after}/{listed_after}", _STALE),
    ),
    "sub-wallet-pays-too-much": (
        ("将付 {pay:yuan} 元，而消费者最多签了 {max_pay:yuan} 元", "卡应付的比收款请求所写的多；" + _STALE),
    ),
    "sub-wallet-refund-too-low": (
        ("只能退回 {refund:yuan} 元，低于要求的 {min_refund:yuan} 元：期间有过消费", "请重新查看卡后再终止"),
    ),
    "sub-wallet-terms-invalid": (("条款不可开卡：{what:what} 为 {value}", "请选择其他产品"),),
    "sub-wallet-template-failed": (
        ("模板 {template} 出错或答非所问", "终止照样可行，至少退回尚未付出的部分"),
    ),
    "sub-wallet-template-not-admitted": (
        ("模板 {template} 未在本平台登记", "用 `prepaid template register` 登记"),
    ),
    "sub-wallet-merchant-may-not-sell": (
        ("商户 {merchant} 目前不能售卡", "须先核准：`prepaid merchant show` 查看状态"),
    ),
    "sub-wallet-token-has-no-code": (("{token} 处没有代币", "是这条链吗？"),),
    "sub-wallet-token-delivered-wrongly": (
        ("代币 {token} 到账 {delivered:yuan} 元，应为 {expected:yuan} 元", "收手续费的代币不能用来购卡"),
    ),
    "sub-wallet-gas-too-low": (("燃料不足：剩 {left}，需要 {needed}", "请提高燃料上限"),),
    "sub-wallet-vouchers-off": (("卡 {card} 的条款不允许凭证", "请逐笔授权"),),
    "sub-wallet-nothing-due": (("卡 {card} 目前没有应付的款项", _SHOW),),
    "sub-wallet-nothing-to-collect": (("卡 {card} 没有待领取的款项（{status:card}）", _SHOW),),
    "sub-wallet-epoch-not-growing": (("第 {proposed} 期没有超过现在的第 {current} 期", "请用下一个数"),),
    "sub-wallet-card-list-incomplete": (
        ("卡的清单不完整：{given} / {opened}", "请按编号升序列出此子钱包开过的每一张卡"),
    ),
    "sub-wallet-number-too-large": (("{value} 超出卡的范围", "请用较小的数值"),),
    "sub-wallet-cover-mismatch": (
        ("担保方与条款不符（名单哈希 {given}，条款写的是 {cover}）", "请按原顺序列出相同的担保方和限额"),
    ),
    "sub-wallet-pledge-unfit": (
        (
            "第 {position} 个担保方 {guarantor}（限额 {limit} 分）不能为卡担保",
            "须是合约，只列一次，限额至少一分",
        ),
    ),
    "sub-wallet-no-certifier": (("卡 {card} 的条款没有指定认证人", "由消费者逐笔签署"),),
    "sub-wallet-not-certified": (
        (
            "已认证的是 {used}/{listed}，授权写的是 {used_after}/{listed_after}",
            "请按已认证的数额确认；超出部分须先认证",
        ),
    ),
    "sub-wallet-no-finding": (
        ("没有可改变卡 {card}（第 {epoch} 期）的认定", "认定只对作出时的那一期有效；换期后须重新作出"),
    ),
    "sub-wallet-no-shortfall": (("卡 {card} 没有缺口（{status:card}）", _SHOW),),
    "sub-wallet-payment-unfit": (
        ("缺口为 {shortfall:yuan} 元，不能付 {amount:yuan} 元", "至少一分，至多补足缺口"),
    ),
    "sub-wallet-factory-owner-zero": (("零地址不属于任何人", "请写消费者的地址"),),
    "template-overdrawn": (
        ("超过卡内余额：累计将达 {used}，而售出时只有 {most}", "请减少；余额见 `prepaid card show`"),
    ),
    # ---- the platform
    "template-registry-no-code": (("{source} 处没有可登记的代码", "请先部署模板"),),
    "template-registry-not-pure": (
        (
            "模板不是纯函数：第 {offset} 字节的操作码 {opcode:#x}",
            "模板只能计算，不能用存储、时间、余额、调用或日志；两个函数都写成 `pure`",
        ),
    ),
    "template-registry-nothing-pending": (("没有正在登记的模板", _REPORT),),
    "merchant-registry-wrong-status": (
        ("商户 {merchant} 的状态（{status:merchant}）不允许这一步", "用 `prepaid merchant show` 查看"),
    ),
    "merchant-registry-no-such-tier": (("没有等级 {tier}", "等级为 0（无）至 3（最高）"),),
    "merchant-registry-not-allowed": (("{caller} 无权对该商户这样做", _OPERATOR),),
    "product-catalogue-merchant-may-not-sell": (
        ("商户 {merchant} 目前不能售卡", "须先核准：`prepaid merchant approve`"),
    ),
    "product-catalogue-not-allowed": (("{caller} 无权上架或下架该产品", "请由其商户签署"),),
    "product-catalogue-order-not-zero": (("这是购买的条款，不是产品的条款", "`order` 须为零"),),
    "product-catalogue-form-unknown": (("标准合同 {form} 未登记", _OPERATOR),),
    "product-catalogue-template-unfit": (
        ("模板 {template} 未登记或不适合这些条款", "未使用时至多划转预付额，且须退回全部本金"),
    ),
    "product-catalogue-product-unknown": (("产品 {product} 没有上架", "用 `prepaid product list` 查看"),),
    "product-catalogue-already-listed": (("产品 {product} 已上架", "用 `prepaid product list` 查看"),),
    "access-control-unauthorized-account": (("{account} 没有此权限", _OPERATOR),),
    "access-control-bad-confirmation": (("只能放弃自己的权限", "请用该账户操作"),),
    "recoverable-owner-not-key": (("{caller} 不是现任密钥", "请用最近设定的密钥"),),
    "recoverable-owner-not-guardian": (("{caller} 不是监护人", "只有监护人可提议新密钥"),),
    "recoverable-owner-not-ready": (
        ("现在还不能完成恢复（最早 {ready_at:time}）", "监护人提议之后须满三天"),
    ),
    # ---- money and libraries
    "digital-yuan-not-issuer": (("{caller} 不是数字人民币的发行方", "请用发行方账户"),),
    "erc20-insufficient-balance": (
        (
            "余额不足：{sender} 有 {balance:yuan} 元，需要 {needed:yuan} 元",
            "本地链上用 `prepaid account fund` 充值，或减少金额",
        ),
    ),
    "erc20-insufficient-allowance": (
        (
            "{spender} 只获准支取 {allowance:yuan} 元，需要 {needed:yuan} 元",
            "请先授权子钱包支取，或用签名付款",
        ),
    ),
    "erc20-invalid-approver": (("{approver} 不能授权支取", "请用另一个地址"),),
    "erc20-invalid-receiver": (("{receiver} 不能收款", "请用另一个地址"),),
    "erc20-invalid-sender": (("{sender} 不能付款", "请用另一个地址"),),
    "erc20-invalid-spender": (("{spender} 不能支取", "请用另一个地址"),),
    "erc2612-expired-signature": (("支取授权已过期（{deadline:time} 前有效）", "请重新购买"),),
    "erc2612-invalid-signer": (("支取授权由 {signer} 签署，而不是 {owner}", "请由付款人签署"),),
    "erc3009-used-authorization": (("这笔付款已使用或已撤销", "请重新购买：会得到新的编号"),),
    "erc3009-invalid-signature": (("付款的签名不是付款人对这笔付款所签", "是否用错账户或链？"),),
    "erc3009-invalid-authorization-time": (("这笔付款已过期或尚未生效", "请重新购买"),),
    "invalid-account-nonce": (("{account} 的签名序号不符，现为 {current_nonce}", "请重新签署"),),
    "ecdsa-invalid-signature": (("签名无效", "请重新签署"),),
    "ecdsa-invalid-signature-length": (("签名长 {length} 字节，不是 64 或 65", "请重新签署"),),
    "ecdsa-invalid-signature-s": (("签名的 s 值不在下半区", "请用最新版本的钱包重新签署"),),
    "safe-erc20-failed-operation": (("代币 {token} 没有完成转账", "该代币可能有问题"),),
    "safe-cast-overflowed-uint-downcast": (("{value} 超出 {bits} 位", "请用较小的数值"),),
    "insufficient-balance": (("合约余额不足：有 {balance}，需要 {needed}", _REPORT),),
    "address-empty-code": (("{target} 处没有合约", "是这条链吗？"),),
    "failed-call": (("合约中的调用失败，没有给出原因", "该地址可能是别的合约"),),
    "failed-deployment": (("合约无法创建：该处可能已有合约", _SHOW),),
    "create2-empty-bytecode": (("没有可创建的代码", _REPORT),),
    "clone-arguments-too-long": (("克隆合约的参数过长", _REPORT),),
    "reentrancy-guard-reentrant-call": (("合约拒绝了重入调用", "该代币或合约可能有恶意"),),
    "invalid-short-string": (("短字符串无效", _REPORT),),
    "string-too-long": (("字符串过长：{str_}", "请缩短"),),
}
"""Code -> rows."""
