"""Money that changes hands outside cards, and what becomes of a merchant."""

from __future__ import annotations

from typing import Any, ClassVar

from wallet.bindings.digital_yuan import DigitalYuan
from wallet.scenario.cast import admit
from wallet.scenario.values import Count, Money, Name, Words
from wallet.scenario.verb import Verb
from wallet.scenario.verbs.common import Sending
from wallet.scenario.world import World
from wallet.services import notice, onboard
from wallet.services.sending import send


class Give(Verb):
    """New digital yuan from the issuer, for anybody and any place of money."""

    word: ClassVar[str] = "give"
    to: Name
    amount: Money

    def title(self) -> tuple[str, str]:
        return f"{self.to} is given money", f"{self.to} 获得数字人民币"

    def play(self, world: World) -> None:
        world.give(self.to, self.amount)


class PayTo(Sending):
    """Plain money from one to another, past every card; to a `wallet of anna` too."""

    word: ClassVar[str] = "pay-to"
    by: Name
    to: Name
    amount: Money

    def title(self) -> tuple[str, str]:
        return f"{self.by} pays {self.to}", f"{self.by} 付款给 {self.to}"

    def play(self, world: World) -> Any:
        world.give_coin(world.person(self.by).key.address)
        call = DigitalYuan(world.context.platform.token).transfer(world.address(self.to), self.amount)
        return send(world.context, world.signer(self.by), call, f"pay {self.amount} fen").answer


class Onboard(Verb):
    """A merchant applies with papers that are in order, and is approved by as many as it takes."""

    word: ClassVar[str] = "onboard"
    short: ClassVar[str] = "who"
    who: Name

    def title(self) -> tuple[str, str]:
        return f"{self.who} is admitted", f"{self.who} 入驻"

    def play(self, world: World) -> onboard.Merchant:
        admit(world, self.who)
        return onboard.merchant_of(world.context, world.address(self.who))


class _ByOperator(Verb):
    short: ClassVar[str] = "who"
    who: Name
    by: Name = "operator"


class Approve(_ByOperator):
    """An operator lets a merchant sell that has applied."""

    word: ClassVar[str] = "approve"

    def title(self) -> tuple[str, str]:
        return f"{self.who} is approved", f"批准 {self.who}"

    def play(self, world: World) -> onboard.Merchant:
        return onboard.approve(world.context, world.signer(self.by), world.address(self.who))


class Reject(_ByOperator):
    """An operator turns an application down."""

    word: ClassVar[str] = "reject"

    def title(self) -> tuple[str, str]:
        return f"{self.who} is turned down", f"驳回 {self.who}"

    def play(self, world: World) -> onboard.Merchant:
        return onboard.reject(world.context, world.signer(self.by), world.address(self.who))


class Suspend(_ByOperator):
    """An operator stops a merchant's sales; its cards go on."""

    word: ClassVar[str] = "suspend"

    def title(self) -> tuple[str, str]:
        return f"{self.who} is suspended", f"暂停 {self.who} 售卡"

    def play(self, world: World) -> onboard.Merchant:
        return onboard.suspend(world.context, world.signer(self.by), world.address(self.who))


class Reopen(_ByOperator):
    """An operator lets a suspended merchant sell again."""

    word: ClassVar[str] = "reopen"

    def title(self) -> tuple[str, str]:
        return f"{self.who} may sell again", f"恢复 {self.who} 售卡"

    def play(self, world: World) -> onboard.Merchant:
        return onboard.approve(world.context, world.signer(self.by), world.address(self.who))


class Closing(Verb):
    """A merchant announces that it will close; `gives` says when it may."""

    word: ClassVar[str] = "closing"
    short: ClassVar[str] = "who"
    who: Name
    why: Words = "停业"

    def title(self) -> tuple[str, str]:
        return f"{self.who} announces that it will close", f"{self.who} 公告停业"

    def play(self, world: World) -> int:
        return notice.announce_closing(world.context, world.signer(self.who), self.why)


class Stop(Verb):
    """It goes on record that a merchant no longer performs, said by itself or an operator."""

    word: ClassVar[str] = "stop"
    short: ClassVar[str] = "who"
    who: Name
    by: Name | None = None

    def title(self) -> tuple[str, str]:
        return f"{self.who} no longer performs", f"{self.who} 停止履约"

    def play(self, world: World) -> onboard.Merchant:
        by = world.signer(self.by or self.who)
        return onboard.stop(world.context, by, world.address(self.who))


class Close(Verb):
    """A merchant closes for good: by itself after due notice, or by an operator."""

    word: ClassVar[str] = "close"
    short: ClassVar[str] = "who"
    who: Name
    by: Name | None = None

    def title(self) -> tuple[str, str]:
        return f"{self.who} closes for good", f"{self.who} 关闭"

    def play(self, world: World) -> onboard.Merchant:
        by = world.signer(self.by or self.who)
        return onboard.close(world.context, by, world.address(self.who))


class Runaway(_ByOperator):
    """An operator puts on record that a merchant is gone."""

    word: ClassVar[str] = "runaway"
    evidence: Words = "人去楼空"

    def title(self) -> tuple[str, str]:
        return f"{self.who} is gone", f"{self.who} 卷款跑路"

    def play(self, world: World) -> notice.Runaway:
        by = world.signer(self.by)
        return notice.declare_runaway(world.context, by, world.address(self.who), self.evidence)


class Tier(Verb):
    """An operator sets a merchant's credit tier, 0 (none) to 3 (best)."""

    word: ClassVar[str] = "tier"
    who: Name
    to: Count
    by: Name = "operator"

    def title(self) -> tuple[str, str]:
        return f"{self.who} gets tier {self.to}", f"{self.who} 信用等级 {self.to}"

    def play(self, world: World) -> onboard.Merchant:
        return onboard.set_tier(world.context, world.signer(self.by), world.address(self.who), self.to)


class Merchant(Verb):
    """Look at a merchant: `gives: {status: approved, tier: 2}`."""

    word: ClassVar[str] = "merchant"
    short: ClassVar[str] = "who"
    who: Name

    def title(self) -> tuple[str, str]:
        return f"{self.who} is looked at", f"查看 {self.who}"

    def play(self, world: World) -> onboard.Merchant:
        return onboard.merchant_of(world.context, world.address(self.who))
