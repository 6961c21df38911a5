"""Supervision: reports, complaints, the three feeds, rounds of watching, and what each reader may see."""

from __future__ import annotations

from typing import Any, ClassVar

from wallet.law.dates import Period, day_at, months_after, start_of
from wallet.scenario.values import Count, Money, Name, Words
from wallet.scenario.verb import Verb
from wallet.scenario.world import World
from wallet.services import complaint, custody, notice, regulator, reporting, supervise
from wallet.services import watch as rounds
from wallet.services.credit import credit_of
from wallet.services.office import need_office


class Report(Verb):
    """A merchant reports the period that has ended; figures are right unless the step says otherwise."""

    word: ClassVar[str] = "report"
    who: Name
    period: Words = ""
    """`2030-01`, `2030-Q1` or `2030`; else the last one that is over."""
    balance: Money | None = None
    cards: Count | None = None

    def title(self) -> tuple[str, str]:
        return f"{self.who} reports", f"{self.who}报送情况"

    def play(self, world: World) -> reporting.Filed:
        merchant = world.signer(self.who)
        with need_office(world.context) as office:
            months = office.programme.watch.report_months or 3
        this = Period.of(day_at(world.now), months)
        last = Period(months_after(this.start, -months), months)
        sold = custody.cards_money(world.context, merchant.address)
        end = start_of(this.start) - 1
        new = sum(start_of(last.start) <= one.state.opened_at <= end for one in sold)
        return reporting.report(
            world.context, merchant, self.period or last.name,
            balance=custody.balance_at(world.context, sold, end) if self.balance is None else self.balance,
            cards=new if self.cards is None else self.cards,
        )  # fmt: skip


class Complain(Verb):
    """A consumer complains about a merchant."""

    word: ClassVar[str] = "complain"
    by: Name
    about: Name
    why: Words = "约不到服务，电话无人接听"

    def title(self) -> tuple[str, str]:
        return f"{self.by} complains about {self.about}", f"{self.by}投诉 {self.about}"

    def play(self, world: World) -> Any:
        by, about = world.signer(self.by), world.address(self.about)
        return complaint.complain(world.context, by, about, self.why)


class Tip(Verb):
    """Anybody of the public says what was seen at a merchant."""

    word: ClassVar[str] = "tip"
    by: Name
    about: Name
    why: Words = "店内搬空"

    def title(self) -> tuple[str, str]:
        return f"{self.by} gives a tip about {self.about}", f"{self.by}举报 {self.about}"

    def play(self, world: World) -> Any:
        return complaint.tip(world.context, world.signer(self.by), world.address(self.about), self.why)


class Feed(Verb):
    """A feed says something about a merchant: violation (authority) or anomaly (bank)."""

    word: ClassVar[str] = "observe"
    about: Name
    what: Name = "violation"
    points: Count
    by: Name | None = None
    why: Words = "检查发现问题"

    def title(self) -> tuple[str, str]:
        return f"a {self.what} of {self.about} is noted", f"记录 {self.about} 的异常：{self.what}"

    def play(self, world: World) -> Any:
        is_bank = self.what == "anomaly"
        say = supervise.note_anomaly if is_bank else supervise.note_violation
        by = world.signer(self.by or ("bank" if is_bank else "government"))
        return say(world.context, by, world.address(self.about), self.points, self.why)


class Risk(Verb):
    """A risk is declared about a merchant: its withdrawals stop, its consumers are paid."""

    word: ClassVar[str] = "declare-risk"
    about: Name
    by: Name = "government"
    why: Words = "经营风险"

    def title(self) -> tuple[str, str]:
        return f"a risk is declared about {self.about}", f"认定 {self.about} 存在风险"

    def play(self, world: World) -> Any:
        by, about = world.signer(self.by), world.address(self.about)
        return supervise.declare_risk(world.context, by, about, self.why)


class ReturnCustody(Verb):
    """Whoever has open cards at a stopped merchant gets what is held."""

    word: ClassVar[str] = "return-custody"
    short: ClassVar[str] = "of"
    of: Name

    def title(self) -> tuple[str, str]:
        return f"what is held for cards of {self.of} goes back", f"退还 {self.of} 名下冻结资金"

    def play(self, world: World) -> dict[str, int]:
        done = notice.return_custody(world.context, world.operator, world.address(self.of))
        return {"cards": len(done), "refund": sum(one.refund for one in done)}


class ChoosePath(Verb):
    """After a runaway the consumer says which way it goes: refund or transfer."""

    word: ClassVar[str] = "choose-path"
    card: Name
    path: Name

    def title(self) -> tuple[str, str]:
        return f"{self.path} is chosen for {self.card}", f"卡 {self.card} 选择：{self.path}"

    def play(self, world: World) -> Any:
        card = world.card(self.card)
        return notice.choose_path(world.context, world.signer(card.owner), card.id, self.path)


class Watch(Verb):
    """One round of supervision; `gives: {alerts: contains overdue, steps: contains suspended}`."""

    word: ClassVar[str] = "watch"
    by: Name = "operator"

    def title(self) -> tuple[str, str]:
        return "the platform looks at everybody", "平台巡查一轮"

    def play(self, world: World) -> dict[str, Any]:
        seen = rounds.watch(world.context, world.signer(self.by))
        return {
            "count": len(seen.alerts),
            "alerts": " ".join(f"{world.name_of(one.merchant)}:{one.alert.code}" for one in seen.alerts),
            "new": " ".join(f"{world.name_of(one.merchant)}:{one.alert.code}" for one in seen.new),
            "steps": " ".join(f"{world.name_of(one.merchant)}:{one.what}" for one in seen.steps),
        }


class CreditOf(Verb):
    """Look at a merchant's standing: `gives: {tier: 2, badge: yes, early-share: 30 %}`."""

    word: ClassVar[str] = "credit"
    short: ClassVar[str] = "of"
    of: Name

    def title(self) -> tuple[str, str]:
        return f"the standing of {self.of}", f"查看 {self.of} 的信用"

    def play(self, world: World) -> Any:
        return credit_of(world.context, world.address(self.of))


class View(Verb):
    """What a reader of the shared view sees: `gives: {rows: 1, fields: contains held}`."""

    word: ClassVar[str] = "view"
    short: ClassVar[str] = "by"
    by: Name

    def title(self) -> tuple[str, str]:
        return f"{self.by} looks at the shared view", f"{self.by}查看监管视图"

    def play(self, world: World) -> dict[str, Any]:
        seen = regulator.view(world.context, world.address(self.by))
        return {"role": seen.role, "rows": len(seen.rows), "fields": " ".join(seen.fields)}


class Dashboard(Verb):
    """Sums over all cards, held against the token: `gives: {held: ¥970, agrees: yes}`."""

    word: ClassVar[str] = "dashboard"

    def title(self) -> tuple[str, str]:
        return "the dashboard adds everything up", "汇总看板"

    def play(self, world: World) -> dict[str, Any]:
        whole = regulator.dashboard(world.context).whole
        sums = whole.totals
        return {
            "cards": sums.cards,
            "open": sums.open,
            "new-money": sums.new_money,
            "held": sums.held,
            "released": sums.released,
            "refunded": sums.refunded,
            "due": sums.due,
            "shortfall": sums.shortfall,
            "on-chain": whole.on_chain,
        }


class Complaints(Verb):
    """How many complaints there were: `gives: {complaints: 3}`."""

    word: ClassVar[str] = "complaints"

    def title(self) -> tuple[str, str]:
        return "complaints are counted", "统计投诉"

    def play(self, world: World) -> complaint.Count:
        return complaint.count(world.context)


class WalletClass(Verb):
    """A consumer's wallet gets a class, which limits what it may pay."""

    word: ClassVar[str] = "wallet-class"
    who: Name
    number: Count
    by: Name = "operator"

    def title(self) -> tuple[str, str]:
        return f"{self.who} has a wallet of class {self.number}", f"{self.who}的钱包为 {self.number} 类"

    def play(self, world: World) -> Any:
        by, who = world.signer(self.by), world.address(self.who)
        return supervise.set_wallet_class(world.context, by, who, self.number)


class OperatorMoney(Verb):
    """Digital yuan that operators hold: `gives: {operator: 0}`."""

    word: ClassVar[str] = "operator-money"

    def title(self) -> tuple[str, str]:
        return "what operators hold", "查看运营方持有资金"

    def play(self, world: World) -> dict[str, int]:
        seen = regulator.operator_money(world.context, (world.operator.address,))
        return {world.name_of(address): fen for address, fen in seen.items()}
