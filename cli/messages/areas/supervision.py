"""Words of the gate, of supervision and of the limits of cards and wallets."""

from __future__ import annotations

from typing import Final

TEXT: Final[dict[str, tuple[str, str]]] = {}

ERRORS: Final[dict[str, tuple[tuple[str, str], ...]]] = {
    "approvals-missing": (
        (
            "{name} 需要 {needs} 方审批，目前只有 {has} 方",
            "您的意见已记录；请另一审批方运行 `prepaid supervise endorse`",
        ),
    ),
    "bank-account-missing": (("{name} 没有提供银行账户", "请连同营业执照和银行账户一起申请"),),
    "book-corrupt": (("{path} 已损坏", "请恢复备份；或移走该文件重新开始"),),
    "district-not-open": (("{name} 所在区域“{district}”尚未开放（第 {phase} 期）", "已开放：{known}"),),
    "field-not-permitted": (("{role} 无权查看 {value}", "可以查看：{known}"),),
    "invalid-application": (("{where}：{value} 不能接受", "请写成一行可见文字；金额以分为单位"),),
    "invalid-programme": (
        ("方案参数 {where} 不能是 {value}", "请对照参数说明修改；多余或缺少的名称也会被拒绝"),
    ),
    "ladder-out-of-range": (("提前释放 {value}（万分比）不在 {least} 至 {most} 之间", "请按允许范围设定"),),
    "licence-expired": (("{name} 的营业执照已于 {until} 到期", "请更新：`prepaid supervise renew`"),),
    "licence-forged": (
        ("{name} 的统一社会信用代码 {value} 不成立", "请照营业执照抄写 18 位代码（GB 32100-2015）"),
    ),
    "licence-missing": (("{name} 没有提供营业执照", "请填写执照编号和统一社会信用代码"),),
    "licence-too-young": (("{name} 的营业执照未满 {months} 个月", "期满后再申请"),),
    "merchant-listed": (("{name} 在名单“{list}”上", "请向列入的机关申请移出"),),
    "must-onboard": (
        (
            "一次预付 {payments} 笔、分 {deliveries} 次交付的方案必须在平台上销售",
            "请商户先申请入驻：`prepaid supervise apply`",
        ),
    ),
    "no-application": (
        (
            "{merchant} 没有向方案 {programme} 提出申请",
            "请凭营业执照和银行账户申请：`prepaid supervise apply`",
        ),
    ),
    "no-programme": (("这条链上没有正在实施的方案", "请先实施一个：`prepaid supervise adopt`"),),
    "not-filed": (("{name} 没有备案", "请先备案：`prepaid supervise file`"),),
    "not-your-part": (
        ("{who} 无权作此记录（{kind}），只有 {roles} 可以", "请换有权的人（--as），或请平台运营者授予角色"),
    ),
    "notice-too-short": (
        (
            "{name} 须在公告 {days} 天后才能关闭",
            "请先公告：`prepaid supervise closing`；已停业则用 `prepaid merchant stop`",
        ),
    ),
    "over-limit": (("超过限额（{rule}）：{what} 为 {value}，最多 {most}", "依据：{source}"),),
    "papers-differ": (("{name} 在链上申请的材料与登记的不一致", "请重新申请：`prepaid supervise apply`"),),
    "roles-apart": (("{who} 已是 {other}，不能兼任 {role}", "监管、运营、银行、保险与商户须各自独立"),),
    "sales-stopped": (
        ("{name} 已停止售卡：{reasons}", "`prepaid supervise show` 说明缺什么；已售的卡照常使用"),
    ),
    "sector-not-open": (("{name} 所属行业“{sector}”尚未开放（第 {phase} 期）", "已开放：{known}"),),
    "term-beyond-lease": (
        ("卡的期限到 {end}，{name} 的租期到 {until}", "请缩短期限，或更新租约：`prepaid supervise renew`"),
    ),
    "unknown-regulator": (("没有监管部门 {value}", "已有：{known}"),),
    "unknown-role": (("没有角色 {value}", "请写 {known}"),),
    "unknown-sector": (("没有行业 {value}", "已有：{known}"),),
    "invalid-credit-code": (("信用代码 {value} 不成立", "请照营业执照抄写 18 位代码（GB 32100-2015）"),),
    "invalid-period": (("报告期 {value} 不能接受", "按方案要求写成 2026-07、2026-Q3 或 2026，且须已结束"),),
    "invalid-points": (("{value} 不在 1 至 {most} 之间", "{most} 为最高"),),
    "invalid-words": (("说明为空或超过 {most} 字", "请用一句话写明发生了什么"),),
    "nothing-to-choose": (("{name} 未被认定跑路，无需选择", "可随时用 `prepaid card terminate` 终止"),),
    "other-chain": (("该门店码属于链 {found}，当前是 {chain}", "请用 --chain 或 --rpc 指定门店所在的链"),),
    "unknown-complaint": (("没有关于 {merchant} 的第 {value} 号投诉", "用 `prepaid supervise show` 查看"),),
    "unknown-group": (("不能按 {value} 归类", "请写 phase（阶段）或 role（角色）"),),
    "unknown-list": (("没有名单 {value}", "请写 {known}"),),
    "unknown-merchant": (("没有或不止一家商户叫 {value}", "用 `prepaid merchant list` 查看名称"),),
    "unknown-path": (("没有提供 {value} 这条路", "可选：{known}"),),
    "unknown-phase": (("{programme} 没有第 {value} 期", "请写 1 至 {most}"),),
    "unknown-store": (("没有可用的第 {value} 号门店", "用 `prepaid supervise show` 查看门店"),),
    "unknown-wallet-class": (("没有第 {value} 类钱包", "数字人民币钱包分 1 至 4 类"),),
}
