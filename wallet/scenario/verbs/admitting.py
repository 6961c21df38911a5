"""The gate: papers, endorsements, filing, lists and phases, before a merchant may sell."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any, ClassVar

from pydantic import Field

from wallet.law.dates import day_at
from wallet.scenario.values import Count, Flag, Moment, Money, Name, Words
from wallet.scenario.verb import Verb
from wallet.scenario.world import World
from wallet.services import admission, onboard, operators, supervise
from wallet.services.office import appoint, need_office
from wallet.supervision.application import Application
from wallet.supervision.dossier import Dossier


class Apply(Verb):
    """A merchant applies with papers, which are in order unless the step says otherwise."""

    word: ClassVar[str] = "apply"
    who: Name
    name: Words = ""
    """The shop's name; else the merchant's in this file."""
    code: Words | None = None
    """Unified social credit code; else one that is right."""
    licence: Words | None = None
    licence_until: Moment | None = None
    licence_from: Moment | None = None
    bank_account: Words | None = None
    sector: Name | None = None
    district: Words | None = None
    lease_until: Moment | None = None
    last_year_revenue: Money | None = None

    def title(self) -> tuple[str, str]:
        return f"{self.who} applies", f"{self.who}申请入驻"

    def play(self, world: World) -> onboard.Merchant:
        merchant = world.signer(self.who)
        return admission.apply(world.context, merchant, self.papers(world))

    def papers(self, world: World) -> Application:
        """What it applies with."""
        stage = world.stage
        districts = stage.preset.system.districts
        good = stage.application(
            self.name or self.who, self.sector or stage.sector, districts[0].name.zh if districts else ""
        )
        said: dict[str, Any] = {
            "code": self.code,
            "licence": self.licence,
            "licence_from": _day(self.licence_from),
            "licence_until": _day(self.licence_until),
            "bank_account": self.bank_account,
            "district": self.district,
            "lease_until": _day(self.lease_until),
            "last_year_revenue": self.last_year_revenue,
        }
        return replace(good, **{name: value for name, value in said.items() if value is not None})


class Endorse(Verb):
    """One of several approvers says that a merchant is in order."""

    word: ClassVar[str] = "endorse"
    by: Name
    who: Name

    def title(self) -> tuple[str, str]:
        return f"{self.by} endorses {self.who}", f"{self.by}审核通过 {self.who}"

    def play(self, world: World) -> Dossier:
        return admission.endorse(world.context, world.signer(self.by), world.address(self.who))


class FilePapers(Verb):
    """A merchant's filing with the authority goes on record."""

    word: ClassVar[str] = "file-with-authority"
    who: Name
    by: Name = "government"
    number: Words = "备案-示例"

    def title(self) -> tuple[str, str]:
        return f"{self.who} is filed", f"{self.who}完成备案"

    def play(self, world: World) -> Dossier:
        by = world.signer(self.by)
        return admission.file(world.context, by, world.address(self.who), self.number)


class WithdrawFiling(Verb):
    """A filing is taken back."""

    word: ClassVar[str] = "withdraw-filing"
    who: Name
    by: Name = "government"
    why: Words = "备案撤销"

    def title(self) -> tuple[str, str]:
        return f"the filing of {self.who} is withdrawn", f"撤销 {self.who} 的备案"

    def play(self, world: World) -> Any:
        by = world.signer(self.by)
        return admission.withdraw_filing(world.context, by, world.address(self.who), self.why)


class LookUpFiling(Verb):
    """Anybody asks whether a merchant is filed: `gives: {0.filed: yes}`."""

    word: ClassVar[str] = "look-up-filing"
    short: ClassVar[str] = "name"
    name: Words

    def title(self) -> tuple[str, str]:
        return f"somebody looks up whether {self.name} is filed", f"查询“{self.name}”是否备案"

    def play(self, world: World) -> dict[str, Any]:
        found = admission.filings(world.context, self.name)
        return {"count": len(found), **{str(number): one for number, one in enumerate(found)}}


class Renew(Verb):
    """A merchant brings its papers up to date."""

    word: ClassVar[str] = "renew"
    who: Name
    licence: Words | None = None
    licence_until: Moment | None = None
    lease_until: Moment | None = None
    bank_account: Words | None = None
    last_year_revenue: Money | None = None

    def title(self) -> tuple[str, str]:
        return f"{self.who} renews its papers", f"{self.who}更新材料"

    def play(self, world: World) -> Dossier:
        return admission.renew(
            world.context,
            world.signer(self.who),
            licence=self.licence,
            licence_until=_day(self.licence_until),
            lease_until=_day(self.lease_until),
            bank_account=self.bank_account,
            last_year_revenue=self.last_year_revenue,
        )


class PutOnList(Verb):
    """A regulator puts a merchant on a list: dishonest, abnormal or deregistering."""

    word: ClassVar[str] = "put-on-list"
    who: Name
    list_: Name = Field(default="dishonest", alias="list")
    by: Name = "government"
    off: Flag = False
    """Takes it off instead."""
    why: Words = "公示名单"

    def title(self) -> tuple[str, str]:
        way = ("leaves", "移出") if self.off else ("enters", "列入")
        return f"{self.who} {way[0]} the list {self.list_}", f"{self.who}{way[1]}名单 {self.list_}"

    def play(self, world: World) -> Any:
        with need_office(world.context) as office:
            application = office.dossier(world.address(self.who)).application
        code = "" if application is None else application.code
        code = code or world.stage.application(self.who, world.stage.sector).code
        say = supervise.take_off_list if self.off else supervise.put_on_list
        return say(world.context, world.signer(self.by), code, self.list_, self.why)


class Whitelist(Verb):
    """A merchant is put on the whitelist, or taken off it."""

    word: ClassVar[str] = "whitelist"
    who: Name
    by: Name = "government"
    off: Flag = False

    def title(self) -> tuple[str, str]:
        way = ("leaves", "移出") if self.off else ("enters", "列入")
        return f"{self.who} {way[0]} the whitelist", f"{self.who}{way[1]}白名单"

    def play(self, world: World) -> Any:
        by, who = world.signer(self.by), world.address(self.who)
        return supervise.whitelist(world.context, by, who, on=not self.off)


class OpenPhase(Verb):
    """The programme's next phase opens: more sectors and districts."""

    word: ClassVar[str] = "open-phase"
    short: ClassVar[str] = "phase"
    phase: Count
    by: Name = "government"

    def title(self) -> tuple[str, str]:
        return f"phase {self.phase} opens", f"第 {self.phase} 阶段开放"

    def play(self, world: World) -> Any:
        return supervise.open_phase(world.context, world.signer(self.by), self.phase)


class Appoint(Verb):
    """The operator gives somebody a role in the programme: government, bank, insurer, approver, …"""

    word: ClassVar[str] = "appoint"
    who: Name
    role: Name
    title_: Words = Field(default="", alias="as")
    """Which department, where the programme tells them apart: market, commerce, …"""
    by: Name = "operator"

    def title(self) -> tuple[str, str]:
        return f"{self.who} acts as {self.title_ or self.role}", f"{self.who} 担任 {self.title_ or self.role}"

    def play(self, world: World) -> Any:
        by, who = world.signer(self.by), world.address(self.who)
        return appoint(world.context, by, who, self.role, self.title_)


class AdmitOperator(Verb):
    """An approver agrees to another operator, by notice."""

    word: ClassVar[str] = "agree-on-operator"
    by: Name
    who: Name
    notice: Words = "第三方机构准入通知"

    def title(self) -> tuple[str, str]:
        return f"{self.by} agrees that {self.who} operates", f"{self.by}同意 {self.who} 参与运营"

    def play(self, world: World) -> operators.Operator:
        by, who = world.signer(self.by), world.address(self.who)
        return operators.agree(world.context, by, who, self.notice)


class RevokeOperator(Verb):
    """An approver takes an operator's credential away."""

    word: ClassVar[str] = "revoke-operator"
    by: Name
    who: Name
    why: Words = "违规"

    def title(self) -> tuple[str, str]:
        return f"{self.by} revokes {self.who}", f"{self.by}撤销 {self.who} 的运营资格"

    def play(self, world: World) -> operators.Operator:
        by, who = world.signer(self.by), world.address(self.who)
        return operators.revoke(world.context, by, who, self.why)


def _day(moment: int | None) -> date | None:
    return None if moment is None else day_at(moment)
