"""Which regulator sees which field of a merchant (row 15).

All of them see the same custody figures; the rest is by need. This is a permission of the service that shows
them: what stands on the chain is public anyway.
"""

from __future__ import annotations

from wallet.law.programme import Programme, Role
from wallet.supervision.refusal import NotAllowed

CUSTODY = ("cards", "paid_in", "held", "released", "refunded")
"""Fields that every regulator sees."""

FIELDS: dict[str, tuple[str, str]] = {
    "name": ("name", "名称"),
    "address": ("address", "链上地址"),
    "district": ("district", "区域"),
    "sector": ("sector", "行业"),
    "status": ("status", "状态"),
    "cards": ("cards sold", "售出卡数"),
    "paid_in": ("paid in", "预收"),
    "held": ("held", "存管余额"),
    "released": ("released", "已划付商户"),
    "refunded": ("refunded", "已退消费者"),
    "balance": ("to perform", "待履约余额"),
    "code": ("credit code", "统一社会信用代码"),
    "licence": ("licence", "营业执照"),
    "licence_until": ("licence until", "执照有效期至"),
    "bank_account": ("bank account", "银行账户"),
    "revenue": ("last year's revenue", "上年营业收入"),
    "filing": ("filing", "备案号"),
    "reports": ("reports", "定期报告"),
    "stores": ("stores", "门店"),
    "tier": ("tier", "信用等级"),
    "badge": ("badge", "诚信标识"),
    "risk": ("risk", "风险分"),
    "violations": ("violations", "违规"),
    "anomalies": ("bank anomalies", "存管异常"),
    "complaints": ("complaints", "投诉"),
    "open_complaints": ("open complaints", "未处理投诉"),
    "alerts": ("alerts", "预警"),
    "blocked": ("sales stopped for", "停售原因"),
    "deposit": ("deposit required", "应存资金"),
}
"""Every field there is, in English and Chinese, in the order in which they are shown."""

_COMMON = ("name", "address", "district", "sector", "status", *CUSTODY)

USUAL = (
    Role(
        "market", "市场监督管理",
        (*_COMMON, "code", "licence", "licence_until", "tier", "badge", "risk", "violations", "complaints",
         "open_complaints", "alerts", "blocked"),
    ),
    Role(
        "commerce", "商务",
        (*_COMMON, "balance", "revenue", "filing", "reports", "stores", "deposit", "alerts", "blocked"),
    ),
    Role("finance", "金融监管", (*_COMMON, "balance", "bank_account", "anomalies", "deposit", "risk")),
    Role("sector", "行业主管", (*_COMMON, "filing", "licence_until", "stores", "complaints", "violations")),
    Role("consumers", "消费者组织", (*_COMMON, "complaints", "open_complaints", "badge")),
)  # fmt: skip
"""Roles of a programme that names none."""

PUBLIC = Role("public", "群众", ("name", "district", "sector", "status", "filing", "stores", "badge"))
"""What anybody may see."""

OPERATOR = Role("operator", "平台运营", tuple(FIELDS))
"""Who runs the platform keeps the book, and so sees all of it."""


def roles_of(programme: Programme) -> dict[str, Role]:
    """The programme's regulators by name."""
    return {one.name: one for one in programme.roles or USUAL}


def role_of(programme: Programme, name: str) -> Role:
    """The role of this name or title; NotAllowed `unknown-regulator` if the programme has none."""
    roles = roles_of(programme)
    name = next((key for key, one in roles.items() if one.title == name), name)
    if name not in roles:
        known = ", ".join(roles)
        raise NotAllowed(
            f"{programme.name} knows no regulator {name!r}",
            hint=f"known: {known}",
            code="unknown-regulator",
            value=name,
            known=known,
        )
    return roles[name]


def require_fields(role: Role, wanted: tuple[str, ...]) -> tuple[str, ...]:
    """`wanted`, or all of the role's fields if nothing is; NotAllowed `field-not-permitted`."""
    fields = role.fields if role is PUBLIC else tuple(dict.fromkeys((*role.fields, *CUSTODY)))
    for one in wanted:
        if one not in fields:
            raise NotAllowed(
                f"{role.name} may not see {one!r}",
                hint="it may see: " + ", ".join(fields),
                code="field-not-permitted",
                role=role.name,
                value=one,
                known=", ".join(fields),
            )
    return wanted or fields
