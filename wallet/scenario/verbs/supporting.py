"""What bank and platform do for merchants and take from them; interest on what comes back late."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, ClassVar, Literal

from wallet.address import ZERO_ADDRESS
from wallet.errors import InvalidInput
from wallet.law.fees import FeePlan
from wallet.law.finance import Credit, Loan
from wallet.scenario.values import Count, Flag, Money, Name, Share
from wallet.scenario.verb import Verb
from wallet.scenario.world import World
from wallet.services import fees, interest, support
from wallet.systems.offers import fee_plan_of, support_of


class OpenAccount(Verb):
    """A settlement account for a merchant, under the system's fees and days: `account of clinic`.

    Name it as a product's `payee` to let the cards pay there.
    """

    word: ClassVar[str] = "open-account"
    of: Name
    service_fee: Share | None = None
    levy: Share | None = None
    fast_fee: Share | None = None
    days: Count | None = None
    fast: Flag | None = None

    def title(self) -> tuple[str, str]:
        return f"{self.of} gets a settlement account", f"为 {self.of} 开立结算账户"

    def play(self, world: World) -> fees.Account:
        usual = fee_plan_of(world.stage.preset.system) or FeePlan()
        said: dict[str, Any] = {
            "service_fee_bps": self.service_fee,
            "levy_bps": self.levy,
            "fast_fee_bps": self.fast_fee,
            "settle_days": self.days,
            "fast": self.fast,
        }
        plan = replace(usual, **{name: value for name, value in said.items() if value is not None})
        account = fees.open_account(
            world.context,
            world.operator,
            world.address(self.of),
            plan,
            platform=world.address("platform"),
            fund=world.address("fund") if plan.levy_bps else ZERO_ADDRESS,
            bank=world.address("bank") if plan.fast_fee_bps else ZERO_ADDRESS,
            beyond_rules=True,
        )
        world.contracts[f"account of {self.of}"] = account.account
        return account


class EnterAccount(Verb):
    """What arrived in a settlement account begins its days, fees taken."""

    word: ClassVar[str] = "enter-account"
    short: ClassVar[str] = "of"
    of: Name

    def title(self) -> tuple[str, str]:
        return f"what arrived for {self.of} is entered", f"{self.of} 账户入账"

    def play(self, world: World) -> fees.Account:
        return fees.enter(world.context, world.operator, world.address(f"account of {self.of}"))


class Withdraw(Verb):
    """A merchant takes settled money out of its account; `fast: yes` before its day, for the fee."""

    word: ClassVar[str] = "withdraw-settled"
    by: Name
    of: Name | None = None
    """Whose account; else its own."""
    amount: Money | None = None
    fast: Flag = False

    def title(self) -> tuple[str, str]:
        return f"{self.by} withdraws settled money", f"{self.by}提取结算资金"

    def play(self, world: World) -> fees.Moved:
        take = fees.withdraw_fast if self.fast else fees.withdraw
        account = world.address(f"account of {self.of or self.by}")
        return take(world.context, world.signer(self.by), account, self.amount)


class PayFees(Verb):
    """A receiver of fees gets what is due to it from an account."""

    word: ClassVar[str] = "pay-fees"
    of: Name
    to: Name = "platform"

    def title(self) -> tuple[str, str]:
        return f"fees of {self.of} go to {self.to}", f"{self.of} 的费用付给 {self.to}"

    def play(self, world: World) -> fees.Moved:
        account = world.address(f"account of {self.of}")
        return fees.pay_fees(world.context, world.operator, account, world.address(self.to))


class Borrow(Verb):
    """A merchant draws on what the bank offers it: credit or loan."""

    word: ClassVar[str] = "borrow"
    by: Name
    kind: Literal["credit", "loan"] = "credit"
    amount: Money

    def title(self) -> tuple[str, str]:
        return (
            f"{self.by} draws a {self.kind}",
            f"{self.by}支用{'信用额度' if self.kind == 'credit' else '贷款'}",
        )

    def play(self, world: World) -> support.Draw:
        offered = support_of(world.stage.preset.system)
        offer: Credit | Loan | None = offered.credit if self.kind == "credit" else offered.loan
        bank, merchant = world.signer("bank"), world.address(self.by)
        return support.draw(world.context, bank, merchant, self.amount, offer)


class PayBack(Verb):
    """A merchant pays back everything it has drawn, with interest."""

    word: ClassVar[str] = "pay-back"
    short: ClassVar[str] = "by"
    by: Name

    def title(self) -> tuple[str, str]:
        return f"{self.by} pays the bank back", f"{self.by}归还银行资金"

    def play(self, world: World) -> dict[str, int]:
        bank, merchant = world.address("bank"), world.signer(self.by)
        entries: list[Any] = []
        for kind in (support.CREDIT, support.LOAN):
            for one in support.draws(world.context, bank, merchant.address, kind):
                if one.outstanding or one.interest_due:
                    entries += support.repay(world.context, merchant, bank, one.draw)
        return {"paid": sum(one.amount for one in entries), "payments": len(entries)}


class DepositInterest(Verb):
    """The bank pays a merchant interest on what lies in custody for its cards."""

    word: ClassVar[str] = "pay-deposit-interest"
    short: ClassVar[str] = "to"
    to: Name

    def title(self) -> tuple[str, str]:
        return f"the bank pays {self.to} deposit interest", f"银行向 {self.to} 支付存款利息"

    def play(self, world: World) -> Any:
        bonus = support_of(world.stage.preset.system).deposit
        return support.pay_deposit_interest(
            world.context, world.signer("bank"), world.address(self.to), bonus
        )


class RefundInterest(Verb):
    """Whoever refunds late pays interest on it: `gives: {amount: ¥1.23}`."""

    word: ClassVar[str] = "pay-interest"
    card: Name
    by: Name | None = None
    """The merchant; else the card's own."""

    def title(self) -> tuple[str, str]:
        return f"interest on {self.card} is paid", f"支付卡 {self.card} 的逾期利息"

    def play(self, world: World) -> Any:
        held = world.card(self.card)
        start = world.stage.preset.system.refund.interest_from.value
        due = interest.interest_due(world.context, held.id, start=start)
        if not due.merchant_owed:
            raise InvalidInput(
                f"no interest is due on {self.card}",
                hint="it is owed once money comes back late",
                code="scenario-nothing-due",
                card=self.card,
            )
        return interest.pay_interest(world.context, world.signer(self.by or held.merchant), due)
