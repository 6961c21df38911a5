"""What a preset's bank and platform offer merchants and take from them, in the form the services use."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wallet.law.fees import FeePlan
from wallet.law.finance import Credit, DepositBonus, FastWithdrawal, Loan, Support

if TYPE_CHECKING:
    from wallet.systems.model import System


def support_of(system: System) -> Support:
    """The four supports (row 22); a line, a rate or a switch that is off leaves its support out."""
    offer = system.support
    rate, credit, loan = offer.deposit_rate.value, offer.credit_line.value, offer.loan_line.value
    return Support(
        deposit=DepositBonus(rate) if rate else None,
        credit=Credit(credit, offer.free_days.value, offer.apr.value) if credit else None,
        fast=FastWithdrawal(offer.fast_fee.value) if offer.fast_withdrawal.value else None,
        loan=Loan(loan, offer.loan_rate.value) if loan else None,
    )


def fee_plan_of(system: System) -> FeePlan | None:
    """How a merchant's money is settled; None where it goes straight to the merchant."""
    offer = system.support
    plan = FeePlan(
        service_fee_bps=offer.service_fee.value,
        levy_bps=sum(one.levy.value for one in system.guarantors if one.kind == "fund"),
        fast_fee_bps=offer.fast_fee.value,
        settle_days=system.custody.settle_delay.value,
        fast=offer.fast_withdrawal.value,
    )
    return plan if plan.service_fee_bps or plan.levy_bps or plan.settle_days else None
