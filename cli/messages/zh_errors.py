"""Chinese for every error a person can meet, by its code; English the errors bring along themselves.

A code has one row, or several where errors of one code say different things: the first row all of whose
values the error carries is taken, so rows that name more come first. `{…:yuan}` shows fen as yuan, `{…:time}`
unix seconds as a time, `{…:card}` and `{…:merchant}` a status in words. Errors that the command line
words in the user's language itself (`usage`, `not-confirmed`, …) need no row.
"""

from __future__ import annotations

import errno
from typing import Final

from cli.messages import area_modules
from cli.messages.zh_reverts import REVERTS, Row

_STALE = "请让商户重新发起收款请求"
_AGAIN = "请让消费者重新授权"
_SHOW = "用 `prepaid card show` 查看卡的状态"
_DIGITS = "用 `prepaid card list` 查看编号；至少写四位"
_OWN = "请用 `prepaid account new` 建立自己的账户"
_SENDER = "请向发送方要一份新的"
_NODE = "这是以太坊 JSON-RPC 节点的地址吗？"
_DOCTOR = "用 `prepaid doctor` 检查"
_SOLC = "在项目文件夹运行 `npm install`，或用 --solc 指定编译器；" + _DOCTOR
_PATH = "请检查路径及其权限"
_ROOM = "请腾出空间（或放宽文件大小限制）后重新运行"
_ELSEWHERE = "等它完成，或用 --home 另用一个文件夹"
_REPORT = "这不应发生，请报告此问题"

ERRORS: Final[dict[str, tuple[Row, ...]]] = {
    # ---- what people type
    "invalid-input": (("参数不可接受", "若缺少实验室文件夹，先运行 `prepaid init` 或用 --home 指定"),),
    "invalid-amount": (
        ("{where}：{value:yuan} 元超过上限 {limit:yuan} 元", "最多 {limit:yuan} 元"),
        ("{where}：{value:yuan} 元不大于零", "最小金额为 {least:yuan} 元"),
        ("{where}：{value!r} 不是以元为单位的金额", "请写元，最多两位小数，例如 30 或 30.00"),
        ("{name}：{value} 太大，无法记录", "请用较小的数值"),
        ("用量 {used} 不大于零", "请写大于零的用量"),
        ("{where}：{count!r} 不是数目", "此卡按次或按月计：请写整数"),
        ("{where}：{progress!r} 不是阶段数", "请写阶段数，至多四位小数，例如 1 或 0.5"),
    ),
    "invalid-address": (
        ("{where}：地址 {value} 的校验大小写有误", "可能抄错了一位；按这些数字应写作 {right}"),
        ("{where}：{value!r} 不是地址", "地址是 0x 加 40 位十六进制数字"),
    ),
    "invalid-span": (
        ("{where}：{value!r} 不是时间长度", "写大于零的数加 s、m、h、d 或 w，最长四十年，例如 3d 或 90m"),
    ),
    "invalid-name": (
        ("名称 {value!r} 为空或超过 {most} 字节", "请用公众所知的名称"),
        ("{name!r} 不能作为合约名称", "可用字母、数字与 _，不以数字开头，例如 MyRule"),
    ),
    "invalid-method": (("没有付款方式 {value!r}（可用：{known}）", "不写即为一次签名付款"),),
    "invalid-cover": (("担保方名单不可接受", "一至四个担保方，每个只列一次，限额至少一分"),),
    "invalid-terms": (
        ("条款 {field}：{value!r} 不可接受", "参见 contracts/types/Terms.sol"),
        ("付费 {paid} 次、赠送 {given} 次不合一张卡", "至少售一次"),
        ("{option} 只用于 {kind}，不用于 {template}", "请去掉，或改用该模板"),
        ("只有次卡（Sessions）按次计，{template} 不是", "请去掉次数，或改用 Sessions"),
        ("折扣 {discount} 不在 1 至 {limit} 之间", "按原价的万分比：八折为 8000"),
        ("{term_days} 天、每 {release_days} 天划转一次，不成期限", "请写天数；0 天即期满一次划转"),
        ("{months} 个月不合一张卡", "至少售一个月"),
        ("{count} 个 {price:yuan} 元的阶段不合一张卡", "各阶段合计须大于零"),
        ("{runs} 组相同阶段不合一张卡", "一张卡可有 1 至 10 组"),
        ("定制费用上限 {cap} 不在 0 至 10000 之间", "按价款的万分比"),
        ("各阶段合计 {total:yuan} 元，而价格为 {price:yuan} 元", "请去掉价格：即各阶段之和"),
        ("该卡种不能有这些条款：{reason}", "参见 contracts/templates"),
        (
            "使用之前就会划转 {released:yuan} 元，而预付额为 {advance:yuan} 元",
            "请全额存管（custody_bps=10000），或用 --set advance=… 写明预付额（分）",
        ),
        ("条款中有无意义的位", "参见 contracts/types/Terms.sol"),
    ),
    "invalid-language": (("不支持语言 {value!r}", "请用 en 或 zh（选项 --lang 或变量 PREPAID_LANG）"),),
    "invalid-setting": (("{file}：{name} = {value!r} 不可接受", "请更正该文件"),),
    "two-chains": (("--chain 与 --rpc 指的是两条不同的链", "请只用其中一个"),),
    "story": (("演示没有照所述进行", _REPORT),),
    "usage": (
        ("--over：没有 {outcome!r} 这种结果", "请写 ask（询问）或 refuse（拒绝）"),
        (
            "--set：{setting!r} 不是 NAME=NUMBER",
            "例如 --set custody_bps=10000；名称见 `prepaid product show`",
        ),
    ),
    "unknown-account": (
        ("没有名为 {value!r} 的账户", "用 `prepaid account list` 查看所有账户，或直接写地址"),
        ("没有账户 {account!r}", "用 `prepaid account new NAME` 新建"),
        ("没有第 {index} 号开发账户", "编号为 0 至 {last}"),
    ),
    "unknown-card": (("没有卡 {value!r}", _DIGITS), ("该地址上已没有这张卡", "链可能被回退过：" + _DIGITS)),
    "ambiguous-card": (("{value!r} 对应多张卡", "请多写几位"),),
    "unknown-product": (("产品 {value!r} 没有上架", "用 `prepaid product list` 查看编号或准确名称"),),
    "ambiguous-product": (("{value!r} 对应多个产品", "请多写几位，或写准确名称"),),
    "unknown-template": (("没有模板 {template!r}", "已知：{known}；也可写其他模板的地址"),),
    "not-on-sale": (("产品“{name}”目前不可售：其商户不能售卡", "用 `prepaid merchant show` 查看商户状态"),),
    "card-not-open": (("卡 {card} 不是有效状态（{status:card}）", _SHOW),),
    "many-cards": (("一批中有 {count} 张卡", "请每批一张卡，或逐笔提交"),),
    "nothing-to-sweep": (
        ("子钱包 {wallet} 中除冻结的钱外没有别的", "冻结的钱在卡终止时退回：`prepaid card terminate`"),
    ),
    "other-payee": (("卡 {card} 的余款应付给 {payee}，不是 {value}", "只有条款所写的收款方可以改付他处"),),
    # ---- accounts
    "account-exists": (("账户 {account!r} 已存在", "请换个名称；没有改动任何内容"),),
    "invalid-account": (
        ("{account!r} 不能作为账户名称", "用 1 至 32 个小写字母、数字、- 或 _，以字母或数字开头"),
    ),
    "wrong-password": (("{file} 的密码错误", "请重试；没有密码谁也打不开该文件"),),
    "no-password": (
        ("{account} 的密码为空", "请在提示时输入，或用变量 PREPAID_PASSWORD_FILE 或 PREPAID_PASSWORD"),
    ),
    "password-file": (("无法读取密码文件 {file}", "密码写在第一行，UTF-8 编码"),),
    "no-key": (("这里没有 {value} 的密钥", "用 `prepaid account import NAME` 导入，或用 --as 指定其他账户"),),
    "invalid-key": (("这不是私钥", "私钥是 64 位十六进制数字"),),
    "no-such-file": (("没有文件 {file}", "请检查路径"),),
    "keystore-damaged": (("{file} 不是可读的密钥库文件", "请从备份恢复"),),
    "public-key-known": (("{address} 是密钥人人皆知的开发账户", "本地链上无需文件即可使用"),),
    "dev-account-elsewhere": (
        ("{address} 是开发账户，不能在链 {chain_id} 上签署：其密钥人人皆知", _OWN),
        ("链 {chain_id} 上不能使用开发账户：其密钥人人皆知", _OWN),
    ),
    "invalid-owner": (
        ("密钥为 {key}、监护人为 {guardian} 的账户无法恢复", "请指定两个不同的人：密钥丢失时由监护人帮忙"),
    ),
    "not-recoverable": (("{address} 在这条链上不是可恢复账户", "用 `prepaid account recoverable new` 新建"),),
    "contract-cannot-send": (("{address} 是合约，自己不能发送此交易", "请由另一个账户发送"),),
    # ---- the wallet refuses
    "policy-refused": (("钱包规则拒绝：{reasons}", "用 `prepaid policy set` 修改规则"),),
    "policy-unconfirmed": (("钱包规则要求确认：{reasons}", "请确认，或用 `prepaid policy set` 修改规则"),),
    "policy-unreadable": (("无法读取规则文件 {file}", "在能读取之前不签署任何内容；请恢复或删除该文件"),),
    "invalid-policy": (("{file} 第 {line} 行不可接受", "请更正该文件；在能读取之前不签署任何内容"),),
    "other-merchant": (
        ("收款请求来自 {found}，而卡购自 {merchant}", "不要付款；请问清店家是哪张卡"),
        ("卡 {card} 由 {merchant} 售出，不是 {value}", "请用售卡商户的账户收款"),
    ),
    "charge-signature": (("收款请求不是商户 {merchant} 所签：被改动或伪造", "不要付款；" + _STALE),),
    "authorisation-signature": (("授权不是 {consumer} 所签：被改动或伪造", _AGAIN),),
    "authorisation-altered": (("授权不是对单号 {number} 的答复", "请让消费者授权这笔收款"),),
    "other-consumer": (
        ("授权写的是 {found}，而卡属于 {consumer}", _AGAIN),
        ("这笔购买属于 {owner}，不是 {value}", "须由购卡人自己签署"),
    ),
    "other-token": (("该产品以代币 {token} 付款，不是本平台的数字人民币", "不要购买：别的代币未必守信"),),
    "terms-unknown": (("该产品的条款含有目前无意义、以后可能有意义的位", "读不懂的条款不要签"),),
    "terms-differ": (("记录的条款与购卡时的条款不同", "从链上重建记录：`prepaid card list`"),),
    "already-used": (
        ("卡已到达这一累计用量：此授权已使用过", "不会再有资金变动；见 `prepaid card history`"),
    ),
    "totals-differ": (
        (
            "收款请求从累计 {used_before}/{listed_before} 算起，而卡现在是 {used}/{listed}",
            "等进行中的操作完成后，" + _STALE,
        ),
    ),
    "totals-not-growing": (
        (
            "累计用量将从 {used}/{listed} 变为 {used_after}/{listed_after}，没有增长",
            "已被后来的消费超过；请重新发起",
        ),
        ("累计 {used_after} 没有超过已结算的 {used}", "凭证写的是开卡以来的累计用量"),
    ),
    "over-draw": (("累计将达 {used_after}，而这张卡售出时只有 {capacity}", "请减少金额，余下的另行支付"),),
    "pays-too-much": (("将付 {fen:yuan} 元，而最多允许 {limit:yuan} 元", "不要签署；" + _STALE),),
    "refund-too-low": (
        ("将退回 {refund:yuan} 元，低于要求的 {min_refund:yuan} 元", "请重新查看卡；期间有过消费"),
    ),
    "outcome-differs": (
        ("链上将付 {paid:yuan} 元，而算得的是 {said:yuan} 元", "不要签署或交出；请重新查看卡与模板"),
        ("已付 {moved:yuan} 元，而提示写的是 {said:yuan} 元", "链上的规则与参考规则不同，请报告此问题"),
        (
            "冻结的 {held:yuan} 元中将付 {to_merchant:yuan} 元、留 {still_frozen:yuan} 元，数目不符",
            "不要签署；该卡的模板或代币有问题",
        ),
    ),
    "expired": (("已过期 {late} 秒", "请重新发起"),),
    "stale-epoch": (("此授权属第 {signed} 期，卡已是第 {current} 期：消费者已将其作废", _AGAIN),),
    "vouchers-off": (("卡 {card} 的条款不允许凭证", "请逐笔授权"),),
    "foreign-chain": (("这是为链 {found} 签的，而卡在链 {chain_id} 上", "请选择对应的链"),),
    "foreign-wallet": (("这是为子钱包 {found} 签的，而卡在 {wallet}", "它属于另一位消费者"),),
    "other-card": (("这是为卡 {found} 签的，而这张卡是 {card}", "请选择对应的卡"),),
    "invalid-signature": (("签名无效：{value}", "请用最新版本的钱包重新签署"),),
    "invalid-message": (("签名内容的字段 {field} 不可接受", "请检查该字段"),),
    # ---- files
    "invalid-document": (("{file} 第 {line} 行：{field} 不可接受", _SENDER), ("{field} 不可接受", _SENDER)),
    "invalid-picture": (("{file} 不是可读的 PNG 图片", "请把图片存为 PNG"),),
    "file-unreadable": (("无法读取 {file}", "请检查收到的文件路径"),),
    "file-unwritable": (("无法写入 {path}", "请检查磁盘空间、文件大小限制与文件夹权限"),),
    "file": (("{path}：{errno:reason}", _PATH), ("{errno:reason}", _PATH)),
    "disk-full": (("{path}：{errno:reason}", _ROOM), ("{errno:reason}", _ROOM)),
    "home-missing": (("这里没有实验室文件夹", "用 `prepaid init` 建立"),),
    "home-unreadable": (
        ("{path} 由较新的版本写成（格式 {schema}）", "请升级 prepaid-lab，或用 --home 另选文件夹"),
        ("{path} 不完整或无法读取", "用 `prepaid init` 补全，或更正该文件，或用 --home 另选文件夹"),
    ),
    "busy": (
        ("{path} 正被进程 {pid} 占用", _ELSEWHERE),
        ("{path} 正被另一进程占用", _ELSEWHERE),
    ),
    "ledger-busy": (("另一条命令正在写 {path}", "等它完成或结束它，然后重试"),),
    "ledger-full": (("无法写入 {path}：空间不足", "请腾出空间后重新运行；没有发送任何未记录的内容"),),
    "ledger-unwritable": (("无法打开 {path}", "请检查磁盘与文件夹权限"),),
    "ledger-version": (("{path} 由较新的版本写成（格式 {version}）", "请用写它的那个版本，或移走该文件"),),
    "ledger-corrupt": (
        (
            "{path} 已损坏",
            "请移走该文件；`prepaid card list` 从链上重建各卡，`prepaid card void` 作废在外的授权",
        ),
    ),
    "begun-before": (
        (
            "先前的命令已开始的操作（交易 {transaction}）刚刚完成或仍在进行；没有重复执行",
            "请先查看结果；确实还要再做一次时才重新运行",
        ),
    ),
    "deployment-damaged": (
        ("{path} 不是可读的部署文件", "删除它并重新运行 `prepaid deploy`：链上已有的会被找到并使用"),
    ),
    # ---- chains
    "deployment-unfit": (
        ("{file} 属于链 {found}，而这条链是 {chain}", "请用 --chain 或 --rpc 指明平台所在的链"),
        ("{file} 写有 {address}，而这条链上该处没有合约", "链被回退过，或节点落后？否则请要一份新的文件"),
        ("{file} 不是可读的部署文件", "请索取 `prepaid deploy --out FILE` 写出的文件"),
        ("这里已有另一个平台：{path}", "请用 --home 另用一个文件夹，或移走该文件"),
    ),
    "not-deployed": (
        (
            "这条链（{chain}）上还没有平台",
            "先运行 `prepaid deploy`；已由别的机器部署的，用其文件 `prepaid deploy --join FILE`",
        ),
    ),
    "deployed-by-another": (
        ("这条链上的平台属于 {operator}", "请用该账户，或在自己的链上运行 `prepaid chain reset`"),
    ),
    "unknown-chain": (("没有这种链", "可用 eth-tester、anvil、revm、hardhat 或 rpc:URL"),),
    "chain": (("链出了问题", _DOCTOR),),
    "chain-busy": (
        ("链 {path} 正被进程 {pid} 占用", _ELSEWHERE),
        ("链 {path} 正被另一进程占用", _ELSEWHERE),
    ),
    "chain-changed": (
        (
            "这不是上次那条链（现为 {found}，上次是 {expected}）",
            "被清除或替换了吗？请指明正确的链，或用 --home 为它另用一个文件夹",
        ),
    ),
    "chain-damaged": (
        ("链文件 {path} 已损坏", "`prepaid chain reset` 重新开始，或 `prepaid chain load FILE` 载入已存的链"),
    ),
    "chain-unwritable": (("无法写入链文件 {path}", "没有丢失任何内容；" + _ROOM),),
    "chain-unreachable": (
        ("{url} 没有回应", "节点在运行吗？地址对吗？可稍后重试，或换一个节点"),
        ("anvil（进程 {pid}）在运行但没有回应", "用 `prepaid chain stop` 结束它；下一条命令会重新启动它"),
    ),
    "chain-answer": (
        ("{url} 的回答是 HTTP 状态 {status}", _NODE),
        ("{url} 的回答不像一个节点", _NODE),
        ("链没有说明在哪里创建了 {created}", _DOCTOR),
        ("{address} 处的合约回答不合接口", "这条链上该地址有合约吗？" + _DOCTOR),
        ("链的回答不完整或不正确", _DOCTOR),
    ),
    "chain-rpc": (("{url} 对 {method} 报错", "可稍后重试，或换一个节点"),),
    "chain-url": (("节点地址不是网址", "以 http:// 或 https:// 开头并写明主机，例如 http://127.0.0.1:8545"),),
    "chain-unknown": (("该节点不提供首个区块，无法与其他链区分", "请用保留第 0 块的节点"),),
    "chain-unsupported": (("{backend} 链做不到这一点", "可改用 --chain anvil 或 --chain eth-tester"),),
    "chain-timeout": (("仍未等到交易 {transaction} 的结果", "它可能还会上链：再查询，不要重复发送"),),
    "transaction-unknown": (
        ("链上没有交易 {transaction}", "它从未发到这里，或链被回退、清除过；已签的交易可以再发"),
    ),
    "transaction-refused": (("链拒绝了这笔交易：{reason}", "没有资金变动，也没有花费"),),
    "no-such-snapshot": (
        ("没有这个快照", "请用 `prepaid chain snapshot` 给出的编号；停止或回退会使之后的快照失效"),
    ),
    "no-such-block": (("没有这个区块", "用 `prepaid chain status` 查看最新区块"),),
    "time-travel": (("链上时间不能这样拨动", "只能向前，一次最多两百年"),),
    "anvil-missing": (
        ("找不到或无法运行 anvil", "在此文件夹运行 `npm install @foundry-rs/anvil`，或用 PREPAID_ANVIL 指定"),
    ),
    "hardhat-missing": (
        (
            "没有安装 hardhat，或没有 node",
            "在本文件夹运行 `npm install hardhat@2.29.1`，需要 Node 20 或更高版本",
        ),
    ),
    "hardhat-start": (("hardhat 无法启动", "运行 `npm install` 可修复；" + _DOCTOR),),
    "anvil-start": (("anvil 无法启动", "`prepaid chain reset` 重新开始一条链；" + _DOCTOR),),
    # ---- compiling and templates
    "compile-failed": (
        ("{where}：{errors[0][message]}", "{errors[0][excerpt]}"),
        ("编译失败：{errors[0][message]}", "请更正源文件后重试"),
    ),
    "compiler-missing": (("找不到编译器 solc {wanted}", _SOLC),),
    "compiler-refused": (
        ("编译器 {path} 是 {version} 版，不是所需的版本", _SOLC),
        ("编译器 {path} 不能使用", _SOLC),
    ),
    "artefact-missing": (
        ("没有合约 {name!r} 的编译结果", "用 `prepaid compile` 编译"),
        ("{file} 不是可读的编译结果", "请重新安装，或在源码中运行 `make artefacts`"),
    ),
    "ambiguous-contract": (("有两个合约都叫 {name}", "编译结果按名称读取，请改用不同的名称"),),
    "no-contract": (("没有合约 {name!r}，或不止一个", "请检查文件中的合约名称"),),
    "no-template": (("没有模板 {name!r}", "用 `prepaid template list` 查看"),),
    "no-sources": (
        ("{folder} 中没有 Solidity 文件", "请指明含 .sol 的文件夹，或用 `prepaid template new` 复制模板"),
    ),
    "outside-folder": (("{file} 不在所编译的文件夹中", "请编译它所在的文件夹"),),
    "unreadable-source": (("无法读取 {file}", "请检查路径、权限与 UTF-8 编码"),),
    "unlinked": (("合约 {name} 须与库链接", "把库函数改为 internal，它们就成为合约的一部分"),),
    "invalid-abi": (("数值不合合约接口", _REPORT),),
    # ---- contracts refuse
    **REVERTS,
    **{code: rows for area in area_modules() for code, rows in getattr(area, "ERRORS", {}).items()},
}
"""Code -> rows."""

REASONS: Final[dict[int, str]] = {
    0: "无法读写",
    errno.ENOENT: "没有这个文件或文件夹",
    errno.EACCES: "没有权限",
    errno.EPERM: "没有权限",
    errno.EISDIR: "这是文件夹，不是文件",
    errno.ENOTDIR: "路径中有一段不是文件夹",
    errno.EEXIST: "已存在",
    errno.EROFS: "磁盘只读",
    errno.ENAMETOOLONG: "名称过长",
    errno.ENOSPC: "磁盘已满",
    errno.EDQUOT: "磁盘配额已用完",
    errno.EFBIG: "超过文件大小限制",
}
"""The operating system's complaints by number; 0 for all others."""
