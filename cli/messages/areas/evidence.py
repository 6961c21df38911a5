"""Words about evidence: its export, its examination, and what may be found."""

from __future__ import annotations

from typing import Final

TEXT: Final[dict[str, tuple[str, str]]] = {
    "cmd.evidence.export": (
        "Write what happened to a card, with signatures and proofs, into one file.",
        "把一张卡的全过程连同签名与证明写入一个文件。",
    ),
    "cmd.evidence.verify": (
        "Check an evidence file; offline, unless a chain is named.",
        "检验存证文件；不指定链则离线进行。",
    ),
    "arg.evidence.export.out": ("File to write; a new one by default.", "写入的文件；默认新建。"),
    "arg.evidence.export.headers": (
        "Add the headers in between: the last block's hash then ties down all.",
        "附上其间各区块头：只凭最后一个区块的哈希即可锚定全部。",
    ),
    "arg.evidence.export.hash_": ("Hash of the records' chain.", "存证链所用的哈希算法。"),
    "arg.evidence.export.retention": (
        "Days to keep the file, 1095 at least.",
        "文件的保存天数，至少 1095。",
    ),
    "arg.evidence.export.from_chain": (
        "Leave aside what is kept here; take what the chain alone can tell.",
        "不用本机所存，只取链上能证实的。",
    ),
    "arg.evidence.verify.file": ("File that `evidence export` wrote.", "`evidence export` 写出的文件。"),
    "arg.block_hash": (
        "A block's hash you believe in; may be given again.",
        "您所信任的区块哈希；可多次给出。",
    ),
    "arg.seal": ("The file's last hash as kept elsewhere.", "另行保存的文件末尾哈希。"),
    "evidence.exported": (
        "{file}: {records} record{records:s}, {events} events of the chain among them.",
        "{file}：{records} 条记录，其中链上事件 {events} 条。",
    ),
    "evidence.seal": (
        "Last hash: {seal} — deposit it elsewhere, and no later edit of the file can hide.",
        "末尾哈希：{seal}。另行存放后，文件的任何改动都无所遁形。",
    ),
    "evidence.no-tries": (
        "The {backend} chain keeps no receipts trie: events are not proven in this file (weaker evidence).",
        "{backend} 链没有收据树：本文件不能证明链上事件（证明力较弱）。",
    ),
    "evidence.not-given": (
        "The chain no longer gives the blocks of records {records}: those are not proven.",
        "链已不再提供记录 {records} 的区块：这些记录未获证明。",
    ),
    "evidence.late": (
        "Records {records} were not seen here when they happened; they were read from the chain now.",
        "记录 {records} 发生时本机未见，现从链上读取。",
    ),
    "evidence.unsigned": (
        "Record {record} ({event}): the signature it rests on is not kept here.",
        "记录 {record}（{event}）：所依据的签名不在本机。",
    ),
    "evidence.two-roots": (
        "--block-hash and a chain to ask are two roots of trust",
        "--block-hash 与所指定的链是两个信任根",
    ),
    "evidence.two-roots-hint": ("give only one of them", "请只给其一"),
    "evidence.fact.card": ("Card", "卡"),
    "evidence.fact.owner": ("Consumer", "消费者"),
    "evidence.fact.merchant": ("Merchant", "商户"),
    "evidence.fact.sub_wallet": ("Sub-wallet", "子钱包"),
    "evidence.fact.factory": ("Factory", "工厂合约"),
    "evidence.fact.chain_id": ("Chain id", "链编号"),
    "evidence.fact.backend": ("Exported from", "导出自"),
    "evidence.fact.algorithm": ("Hash", "哈希算法"),
    "evidence.fact.seal": ("Last hash", "末尾哈希"),
    "evidence.head.number": ("No.", "序号"),
    "evidence.head.stage": ("Stage", "环节"),
    "evidence.head.what": ("Record", "记录"),
    "evidence.head.time": ("Time", "时间"),
    "evidence.head.behind": ("Behind it", "依据"),
    "evidence.behind.proof": ("receipt proven under its block's header", "收据已在区块头下证明"),
    "evidence.behind.no-proof": ("not proven", "未获证明"),
    "evidence.behind.signature": ("signed by {signer}", "{signer} 签名"),
    "evidence.behind.nothing": ("the sealer's word", "封存者的陈述"),
    "evidence.stage.sign": ("sign", "签约"),
    "evidence.stage.pay": ("pay", "付费"),
    "evidence.stage.consume": ("consume", "消费"),
    "evidence.stage.refund": ("refund", "退款"),
    "evidence.stage.release": ("release", "划转"),
    "evidence.stage.collect": ("collect", "收取余款"),
    "evidence.stage.certify": ("certify", "认证进度"),
    "evidence.stage.guarantee": ("guarantee", "保障"),
    "evidence.stage.claim": ("claim", "理赔"),
    "evidence.stage.transfer": ("transfer", "转移"),
    "evidence.stage.dispute": ("dispute", "争议"),
    "evidence.stage.finding": ("finding", "认定"),
    "evidence.stage.void": ("void", "作废"),
    "evidence.stage.merchant": ("merchant's status", "商户状态"),
    "evidence.stage.tier": ("tier", "信用等级"),
    "evidence.kind.card": ("which card", "所涉的卡"),
    "evidence.kind.export": ("this export", "本次导出"),
    "evidence.kind.withdrawn": ("taken back by the chain", "被链撤回"),
    "evidence.at": ("✗ record {record}, field `{field}`: ", "✗ 记录 {record}，字段 `{field}`："),
    "evidence.at-file": ("✗ `{field}`: ", "✗ `{field}`："),
    "evidence.why.unreadable": ("cannot be read: {why}", "无法读取：{why}"),
    "evidence.why.respelt": (
        "spelt otherwise than it was exported, though it says the same",
        "内容相同，但写法与导出时不同",
    ),
    "evidence.why.shape": (
        "missing, too much, or not of its type",
        "缺失、多余或类型不符",
    ),
    "evidence.why.unknown": ("{is} means nothing here", "{is} 在此没有含义"),
    "evidence.why.number": ("says {is}, it is number {should}", "写作 {is}，实为第 {should} 条"),
    "evidence.why.seal": ("altered: it does not fit its hash", "已被改动：与其哈希不符"),
    "evidence.why.hash": (
        "does not follow from the hashes of the record's fields",
        "与本记录各字段的哈希不符",
    ),
    "evidence.why.link": (
        "is not the hash of the record before: something was altered, left out or put in",
        "不是上一条记录的哈希：有记录被改动、删除或插入",
    ),
    "evidence.why.deposit": (
        "is not {should}, which was deposited",
        "与另行存放的 {should} 不符",
    ),
    "evidence.why.repeated": ("counts record {other} a second time", "重复计入记录 {other}"),
    "evidence.why.differs": ("says {is}, but it is {should}", "写作 {is}，实为 {should}"),
    "evidence.why.signature": (
        "is not what was signed ({is})",
        "不是当时所签（{is}）",
    ),
    "evidence.why.header": (
        "is not the header of that block: it hashes to {is}",
        "不是该区块的头：其哈希为 {is}",
    ),
    "evidence.why.continuity": (
        "does not follow the header before it (block {block}): not of one chain",
        "与前一区块头不相接（区块 {block}）：不属于同一条链",
    ),
    "evidence.why.absent": ("{is}: its header or proof is missing", "{is}：缺少区块头或证明"),
    "evidence.why.proof": ("proves nothing: {why}", "证明不成立：{why}"),
    "evidence.why.other-block": (
        "{is} is not on the chain that was asked (there: {should})",
        "所询问的链上没有 {is}（该处为 {should}）",
    ),
    "evidence.why.other-chain": (
        "this is evidence of chain {is}; the chain that was asked is {should}",
        "本存证属于链 {is}，所询问的是链 {should}",
    ),
    "evidence.why.gap": (
        "says {is}, but the records before account for {should}: one is missing",
        "写作 {is}，而此前记录合计为 {should}：缺少记录",
    ),
    "evidence.why.missing": (
        "the chain has {event} in block {block} ({transaction}), which is left out",
        "链上区块 {block} 有 {event}（{transaction}），文件中缺少",
    ),
    "evidence.note.no-tries": (
        "! The {backend} chain keeps no receipts trie: the events rest on hashes and signatures alone.",
        "! {backend} 链没有收据树：事件只有哈希链与签名为据。",
    ),
    "evidence.note.unproven": (
        "! Record {record}: the event is not proven.",
        "! 记录 {record}：事件未获证明。",
    ),
    "evidence.note.transaction-unproven": (
        "! Record {record}: the event is proven, the hash of its transaction is not.",
        "! 记录 {record}：事件已获证明，交易哈希未获证明。",
    ),
    "evidence.note.unchecked": (
        "! Record {record}: only the contract account {signer} can say whether it signed; ask a chain.",
        "! 记录 {record}：是否由合约账户 {signer} 签署只有它自己能答；请询问链。",
    ),
    "evidence.note.unsigned": (
        "! Record {record} ({event}): the file does not hold the signature it rests on.",
        "! 记录 {record}（{event}）：文件中没有其所依据的签名。",
    ),
    "evidence.note.withdrawn": (
        "! Record {record}: the chain took its block back; it does not count.",
        "! 记录 {record}：所在区块已被链撤回，不计入。",
    ),
    "evidence.note.hash-unused": (
        "! {hash} is no block of this file.",
        "! {hash} 不是本文件中的区块。",
    ),
    "evidence.root.hashes": (
        "Root of trust: the {given} block hashes given; they tie down {tied} of {total} blocks. "
        "That they are of the chain you mean is yours to know.",
        "信任根：所给的 {given} 个区块哈希，锚定 {total} 个区块中的 {tied} 个。"
        "它们是否属于您所指的链，由您判断。",
    ),
    "evidence.root.chain": (
        "Root of trust: the chain asked, {where}; it has {tied} of {total} blocks.",
        "信任根：所询问的链 {where}，其上有 {total} 个区块中的 {tied} 个。",
    ),
    "evidence.root.none": (
        "Root of trust: none was given. Nothing here ties the file to a chain.",
        "信任根：未给出。没有任何东西把本文件与某条链联系起来。",
    ),
    "evidence.root.factory": (
        "The events are the words of the platform whose factory is {factory}: "
        "compare it with the one its operator publishes.",
        "事件出自工厂合约为 {factory} 的平台：请与其运营方公布的地址核对。",
    ),
    "evidence.verdict.verified": (
        "Verified: {records} records unaltered, {proven} of {events} events proven, "
        "{checked} of {messages} signatures good.",
        "检验通过：{records} 条记录未被改动，{events} 个事件中 {proven} 个已证明，"
        "{messages} 个签名中 {checked} 个有效。",
    ),
    "evidence.verdict.weaker": (
        "Unaltered, but not all of it is proven: {proven} of {events} events, "
        "{checked} of {messages} signatures.",
        "未被改动，但并非全部获得证明：{events} 个事件中 {proven} 个，{messages} 个签名中 {checked} 个。",
    ),
    "evidence.verdict.untied": (
        "Unaltered, but not tied to a chain: {proven} of {events} events proven under headers "
        "that nothing vouches for.",
        "未被改动，但未与任何链锚定：{events} 个事件中 {proven} 个在无人担保的区块头下获得证明。",
    ),
    "evidence.verdict.altered": (
        "Altered. The first place is the one named first.",
        "已被改动。最先列出的即第一处。",
    ),
}

ERRORS: Final[dict[str, tuple[tuple[str, str], ...]]] = {
    "evidence-algorithm": (("哈希算法 {value!r} 不在 {known} 之中", "不写即用 sha256"),),
    "evidence-retention": (("保存 {days} 天不在 {least} 天到 36500 天之间", "预付卡的记录至少保存三年"),),
    "evidence-altered": (
        (
            "本机所存卡 {card} 的存证已被改动：记录 {record}，字段 `{field}`",
            "请用备份恢复账本；`--from-chain` 可导出仅凭链上可证的内容",
        ),
    ),
    "evidence-hash": (("本机的 Python 没有哈希算法 {algorithm}", "请换用支持它的 Python，或用 sha256"),),
    "evidence-file": (("{path}：比任何存证文件都大", "请给出 `prepaid evidence export` 写出的文件"),),
    "evidence-file-altered": (
        ("存证已被改动：记录 {record}，字段 `{field}`", "请向导出者重新索取文件"),
        ("存证已被改动：`{field}`", "请向导出者重新索取文件"),
    ),
    "evidence-untied": (
        (
            "未被改动，但并非全部与链锚定",
            "用 --block-hash 给出其区块的哈希，或用 --chain、--rpc 指定可询问的链",
        ),
    ),
    "evidence-weaker": (("未被改动，但并非全部获得证明", "附注说明哪些只凭制作者的陈述"),),
    "invalid-hash": (("{where}：{value!r} 不是 32 字节的哈希", "写 64 位十六进制数字，可带 0x"),),
}
