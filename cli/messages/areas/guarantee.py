"""Words about guarantors: insurance, the platform's advance, the fund; claims and what becomes of them."""

from __future__ import annotations

from typing import Final

_CLAIMS = "用 `prepaid guarantee claims` 查看进展"
_SHOW = "用 `prepaid guarantee show` 查看"

TEXT: Final[dict[str, tuple[str, str]]] = {
    "stage.none": ("not accepted", "未承保"),
    "stage.promised": ("promised", "已承保"),
    "stage.filed": ("filed", "已报案"),
    "stage.confirmed": ("confirmed", "已核实"),
    "stage.refused": ("refused", "已拒赔"),
    "stage.paid": ("paid", "已赔付"),
    "stage.released": ("released", "已解除"),
    "trigger.runaway": ("the merchant is gone", "商户跑路"),
    "trigger.bankruptcy": ("bankruptcy", "破产"),
    "trigger.licence-revoked": ("licence revoked", "吊销执照"),
    "trigger.closure": ("closure", "关店"),
    "trigger.dispute": ("an arbiter's ruling", "争议裁定"),
    "trigger.fraud": ("fraud", "欺诈"),
}

ERRORS: Final[dict[str, tuple[tuple[str, str], ...]]] = {
    "guarantor-not-our-wallet": (("{wallet} 不是本平台的子钱包", "保障方只接受消费者自己子钱包开的卡"),),
    "guarantor-other-token": (("保障方不持有 {token}", "它只为以其自有货币支付的卡担保"),),
    "guarantor-nothing-to-cover": (("按条款卡 {card} 不会出现缺口，或承诺金额为零", "请不带该保障方出售"),),
    "guarantor-template-not-listed": (("保障方不接受规则为 {template} 的卡", _SHOW),),
    "guarantor-term-too-long": (
        ("服务期 {term_days} 天，保障期 {cover_days} 天，其中 60 天留作报案", "缩短服务期，或选更长的保障"),
    ),
    "guarantor-beyond-limit": (("{asked:yuan} 元超出限额（{what}），尚余 {left:yuan} 元", _SHOW),),
    "guarantor-capital-too-low": (
        ("需要 {asked:yuan} 元，未被占用的只有 {free:yuan} 元", "用 `prepaid guarantee fund` 注资"),
    ),
    "guarantor-not-standing": (("该保障方没有为 {wallet} 的卡 {card} 担保", _CLAIMS),),
    "guarantor-wrong-stage": (("对 {card} 的保障处于“{stage:stage}”，不能进行这一步", _CLAIMS),),
    "guarantor-card-not-short": (("卡 {card} 没有缺口（{status:card}）", "只有缺口可以索赔"),),
    "guarantor-other-cover": (("这些不是卡 {card} 的保障承诺", "请按保障的顺序给出全部承诺"),),
    "guarantor-not-our-turn": (("{earlier} 在前，仍可能赔付", _CLAIMS),),
    "guarantor-not-triggered": (
        (
            "保障方不保这一情形，或它尚未发生：{trigger:trigger}",
            "商户停业见商户登记，裁定见争议；欺诈须由消费者报案",
        ),
    ),
    "guarantor-too-late": (("已过期：{until:time} 前可以报案，现在是 {now_at:time}", "保障到期后不再受理"),),
    "guarantor-too-early": (("该赔案还须等待 {days_left} 天", "届时再赔付，不受影响"),),
    "guarantor-not-verified": (("该赔案尚未核实（{stage:stage}），核实期限也未满", _CLAIMS),),
    "guarantor-still-stands": (("卡 {card} 仍可能索赔（{stage:stage}）", _CLAIMS),),
    "guarantor-not-owed": (
        ("商户 {merchant} 在此欠 {owed:yuan} 元，不是 {amount:yuan} 元", "请按所欠金额偿还"),
    ),
    "guarantor-not-assessor": (("{caller} 不是核赔人 {assessor}", "由核赔人决定"),),
    "guarantor-not-keeper": (("{caller} 不是该保障方的管理者 {keeper}", "须由其管理者操作"),),
    "guarantor-rules-invalid": (("规则自相矛盾：{what} 为 {value}", "请修改"),),
    "insurance-pool-no-line": (
        ("商户 {merchant} 没有可承保新卡的保险", "由承保人用 `prepaid guarantee line` 开立"),
    ),
    "insurance-pool-line-not-open": (("保险 {line} 不能进行这一步", _SHOW),),
    "insurance-pool-line-not-over": (("保险 {line} 仍在保险期内，到 {until:time}", "请等到最后一天"),),
    "insurance-pool-premium-missing": (
        (
            "保险 {line} 的付款人 {place} 应付保费 {needed:yuan} 元，账上只有 {there:yuan} 元",
            "用 `prepaid guarantee fund --line` 充值",
        ),
    ),
    "insurance-pool-not-payer": (("{caller} 不是保险 {line} 的付款人 {place}", _SHOW),),
    "insurance-pool-not-beneficiary": (("{caller} 不是保险 {line} 的被保险人", "由被保险人索赔"),),
    "insurance-pool-round-open": (
        ("保险 {line} 的第 {round_} 轮仍在受理或核实（{undecided} 件）", "期满后再分配"),
    ),
    "insurance-pool-round-closed": (("保险 {line} 的第 {round_} 轮已分配", "请赔付各案"),),
    "insurance-pool-allotment-wrong": (
        (
            "保险 {line} 第 {round_} 轮的分配合计 {parts:yuan} 元，应为 {pot:yuan} 元",
            "`prepaid guarantee pay` 会给出正确的分配",
        ),
    ),
    "insurance-pool-not-allotted": (
        ("保险 {line} 的第 {round_} 轮尚未分配", "期满后用 `prepaid guarantee pay` 分配"),
    ),
    "platform-advance-not-labelled": (
        ("商户 {merchant} 与该产品都没有平台标签", "由平台用 `prepaid guarantee label` 授予"),
    ),
    "cover-book-not-operator": (("{caller} 不是本平台的运营方", "须由平台运营方操作"),),
    "cover-book-pledges-unsound": (
        ("这些承诺不能构成保障（第 {place} 项）", "一至四个已准入的保障方，各一次，各有限额"),
    ),
    # ---- what the services refuse
    "unknown-trigger": (("理赔事由：{value!r} 不在 {known} 之中", "商户跑路用 `runaway`"),),
    "unknown-guarantor": (("保障方：{value!r} 在此未知", "已知：{known}；或给出地址"),),
    "ambiguous-guarantor": (("保障方：{value!r} 对应多个", "已知：{known}；或给出地址"),),
    "other-guarantor": (("{value} 的类型是 {kind}，不是 {needed}", _SHOW),),
    "unknown-guarantor-kind": (
        ("类型：{value!r} 不在 {known} 之中", "insurance 保险，platform 平台先行赔付，fund 保障基金"),
    ),
    "fund-keeps": (("缴入基金 {name} 的钱只用于消费者", "承保人或平台可取出未占用的资本"),),
    "invalid-payers": (
        (
            "保费付款人：{value} 不是由商户、平台、银行、政府组成的 10000 基点",
            "例如 merchant=7000、platform=3000",
        ),
    ),
    "unknown-payer": (("付款人：{value!r} 不在 {known} 之中", "多数保险由商户付费"),),
    "unknown-insured": (("被保险人：{value!r} 不在 {known} 之中", "消费者由 `prepaid guarantee line` 承保"),),
    "unknown-line": (("该承保人没有第 {line} 号保险", _SHOW),),
    "cover-unknown": (("没有人公布过保障 {cover} 的内容", "不要购买无人说明的保障；商户发布商品时会公布"),),
    "no-guarantee": (("卡 {card} 没有可在此操作的保障方", _CLAIMS),),
    "method-covered": (("有保障方的卡不能以 {value} 方式购买", "不给方式，或用 direct"),),
}
