"""What bank and platform do for merchants in a story: settlement with its fees, and the four supports.

Each support is used once by the steady merchant where the preset has it, so that its entries can be seen; a
preset without any leaves no trace here. None of them takes a fen out of custody (row 22).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from wallet.address import ZERO_ADDRESS
from wallet.law.finance import Credit, Loan
from wallet.services.fees import enter, open_account, pay_fees, show_account, withdraw, withdraw_fast
from wallet.services.support import deposit_interest_due, draw, line_of, pay_deposit_interest, repay
from wallet.systems.offers import fee_plan_of, support_of

if TYPE_CHECKING:
    from wallet.stories.stage import Stage

BANK_CAPITAL: Final = 10_000_000
"""Fen of its own with which the bank starts."""
MERCHANT_CAPITAL: Final = 100_000
"""And the merchant that borrows: interest falls due before all its cards are used up."""
DRAWN_FOR: Final = 60
"""Days for which the merchant borrows."""


class Finance:
    """The bank, the platform's fees, and one merchant's use of what it is offered."""

    def __init__(self, stage: Stage, fund: str = "") -> None:
        """`fund` is the contract that levies are paid into."""
        self.stage, self.context = stage, stage.context
        self.offer, self.plan = support_of(stage.preset.system), fee_plan_of(stage.preset.system)
        self.accounts: dict[str, str] = {}
        self.drawn: list[str] = []
        self.levies = 0
        self.supports: dict[str, int] = {}
        """What each support moved, fen: interest received, credit and loan drawn, money withdrawn early."""
        self.fund = fund or stage.people["fund"].address
        stage.give("bank", BANK_CAPITAL)
        stage.give("steady", MERCHANT_CAPITAL)

    def payee_of(self, role: str) -> str:
        """Where a merchant's cards pay to: its settlement account, or zero for the merchant itself."""
        if self.plan is None:
            return ZERO_ADDRESS
        people = self.stage.people
        account = open_account(
            self.context,
            self.stage.operator,
            people[role].address,
            self.plan,
            platform=people["platform"].address,
            fund=self.fund if self.plan.levy_bps else ZERO_ADDRESS,
            bank=people["bank"].address if self.plan.fast_fee_bps else ZERO_ADDRESS,
            beyond_rules=True,
        )
        self.accounts[role] = account.account
        return account.account

    def borrow(self, role: str) -> None:
        """Draw half of each line that there is."""
        for kind, offer in (("credit", self.offer.credit), ("loan", self.offer.loan)):
            free = self._free(role, kind, offer)
            if free > 1:
                one = draw(self.context, self.stage.people["bank"], self._address(role), free // 2, offer)
                self.drawn.append(one.draw)
                self.supports[kind] = one.amount

    def pay_back(self, role: str) -> None:
        """Pay back all that was drawn, with its interest."""
        for one in self.drawn:
            repay(self.context, self.stage.people[role], self.stage.people["bank"].address, one)
        self.drawn = []

    def withdraw_early(self, role: str) -> None:
        """Take settled money before its day, where that is offered."""
        account = self.accounts.get(role)
        if account and self.offer.fast is not None:
            enter(self.context, self.stage.operator, account)
            if show_account(self.context, account).waiting:
                moved = withdraw_fast(self.context, self.stage.people[role], account)
                self.supports["fast"] = self.supports.get("fast", 0) + moved.amount

    def end_of_year(self, role: str) -> None:
        """Interest on custody; and what has arrived in the accounts begins its days."""
        if self.offer.deposit is not None and deposit_interest_due(
            self.context, self._address(role), self.offer.deposit
        ):
            entry = pay_deposit_interest(
                self.context, self.stage.people["bank"], self._address(role), self.offer.deposit
            )
            self.supports["deposit"] = entry.amount
        for account in self.accounts.values():
            enter(self.context, self.stage.operator, account)

    def bring_in(self, role: str) -> None:
        """Let a merchant take what is ready in its account."""
        account = self.accounts.get(role)
        if account and show_account(self.context, account).ready:
            withdraw(self.context, self.stage.people[role], account)

    def settle_up(self) -> None:
        """Whatever waits in the accounts: to merchants, platform, fund and bank."""
        for owner, account in self.accounts.items():
            self.bring_in(owner)
            there = show_account(self.context, account)
            for receiver, due in (
                (there.platform, there.platform_due),
                (there.fund, there.fund_due),
                (there.bank, there.bank_due),
            ):
                if due:
                    pay_fees(self.context, self.stage.operator, account, receiver)
                    self.levies += due if receiver == self.fund else 0

    def _free(self, role: str, kind: str, offer: Credit | Loan | None) -> int:
        if offer is None:
            return 0
        bank = self.stage.people["bank"].address
        return line_of(self.context, bank, self._address(role), offer, kind).free

    def _address(self, role: str) -> str:
        return self.stage.people[role].address
