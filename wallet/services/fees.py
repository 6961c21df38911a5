"""Settlement accounts: where a merchant's cards pay to, so that fees are taken and money waits its days.

An account is opened once for a plan that nobody can change; the merchant names it as payee of its products.
Who may have what is the contract's rule, read here and never decided. Nothing here reaches a card.
"""

from __future__ import annotations

from dataclasses import dataclass

from wallet.address import ZERO_ADDRESS
from wallet.bindings.abi import encode
from wallet.bindings.events import AccountOpened, FeesPaid, MoneyEntered, MoneyWithdrawnFast
from wallet.bindings.runtime import ask, decode_logs
from wallet.bindings.settlement_account import SettlementAccount
from wallet.bindings.settlements import Settlements
from wallet.bindings.structs import SettlementPlan
from wallet.chain.base import BadAnswer
from wallet.errors import ContractError, InvalidInput
from wallet.law.fees import FeePlan
from wallet.services.context import Context
from wallet.services.sending import send
from wallet.signing.signer import Signer

OPENING_GAS = 2_500_000
"""Gas for creating an account."""


@dataclass(frozen=True, slots=True)
class Account:
    """A settlement account now. Fen: `ready` and `waiting` are the merchant's, the rest is due to others.

    Bps and calendar days as in the plan; what has arrived and is not entered yet is counted.
    """

    account: str
    merchant: str
    platform: str
    fund: str
    bank: str
    service_fee_bps: int
    levy_bps: int
    fast_fee_bps: int
    settle_days: int
    fast: bool
    ready: int
    waiting: int
    platform_due: int
    fund_due: int
    bank_due: int


@dataclass(frozen=True, slots=True)
class Moved:
    """Fen that left an account: `amount` to `to`, after `fee` for not waiting."""

    account: str
    to: str
    amount: int
    fee: int
    transaction: str


@dataclass(frozen=True, slots=True)
class Takings:
    """What an account took in and took off so far, fen; `fast` is what merchants paid for not waiting."""

    arrived: int
    service_fees: int
    levies: int
    fast_fees: int


def open_account(
    context: Context,
    by: Signer,
    merchant: str,
    plan: FeePlan,
    *,
    platform: str,
    fund: str = ZERO_ADDRESS,
    bank: str = ZERO_ADDRESS,
    beyond_rules: bool = False,
) -> Account:
    """Open the account of this plan, or find it if it is open already.

    Raises InvalidInput (`invalid-fee-plan`) for more than a programme may take, unless `beyond_rules`;
    SettlementAccountPlanInvalid for what no account can have.
    """
    if not beyond_rules:
        plan.checked()
    words = SettlementPlan(
        token=context.platform.token,
        merchant=merchant,
        platform=platform,
        fund=fund,
        bank=bank,
        fee_bps=plan.service_fee_bps,
        levy_bps=plan.levy_bps,
        fast_fee_bps=plan.fast_fee_bps,
        settle_days=plan.settle_days,
        fast=plan.fast,
    )
    settlements = _settlements(context)
    address = ask(context.chain, settlements.account_of(words))
    if not context.chain.code(address):
        send(context, by, settlements.open(words), f"open account of {merchant}", gas=OPENING_GAS)
    return show_account(context, address)


def accounts_of(context: Context, merchant: str | None = None) -> list[Account]:
    """Accounts opened on this platform, oldest first, for one merchant or all."""
    about = None if merchant is None else encode("(address)", (merchant,))
    topics = [AccountOpened.TOPIC, None, about]
    logs = context.chain.logs(_settlements(context).address, topics, context.platform.block)
    return [show_account(context, AccountOpened.decode(log).account) for log in logs]


def show_account(context: Context, account: str) -> Account:
    """One account; InvalidInput (`unknown-account`) if it was not opened on this platform."""
    contract = SettlementAccount(account)
    try:
        plan = ask(context.chain, contract.plan())
    except (BadAnswer, ContractError):  # another contract, or none
        plan = None
    if plan is None or ask(context.chain, _settlements(context).account_of(plan)) != account:
        raise InvalidInput(
            f"{account} is no settlement account of this platform",
            hint="`prepaid support accounts` lists them",
            code="unknown-settlement-account",
            account=account,
        )
    ready, waiting = ask(context.chain, contract.available())

    def due(receiver: str) -> int:
        return ask(context.chain, contract.due_to(receiver))

    return Account(
        account=account,
        merchant=plan.merchant,
        platform=plan.platform,
        fund=plan.fund,
        bank=plan.bank,
        service_fee_bps=plan.fee_bps,
        levy_bps=plan.levy_bps,
        fast_fee_bps=plan.fast_fee_bps,
        settle_days=plan.settle_days,
        fast=plan.fast,
        ready=ready,
        waiting=waiting,
        platform_due=due(plan.platform),
        fund_due=due(plan.fund),
        bank_due=due(plan.bank),
    )


def enter(context: Context, by: Signer, account: str) -> Account:
    """Enter what has arrived, so that its days begin; anybody may."""
    send(context, by, SettlementAccount(account).enter(), f"enter {account}")
    return show_account(context, account)


def withdraw(
    context: Context, merchant: Signer, account: str, amount: int | None = None, *, to: str | None = None
) -> Moved:
    """Pay the merchant `amount` of what is ready, all of it by default."""
    target = merchant.address if to is None else to
    if amount is None:
        amount = _something(account, show_account(context, account).ready)
    call = SettlementAccount(account).withdraw(target, amount)
    sent = send(context, merchant, call, f"withdraw {account}")
    return Moved(account, target, amount, 0, "0x" + sent.receipt.tx_hash.hex())


def withdraw_fast(
    context: Context, merchant: Signer, account: str, amount: int | None = None, *, to: str | None = None
) -> Moved:
    """Pay the merchant `amount` of what still waits, all of it by default, less the fee."""
    target = merchant.address if to is None else to
    if amount is None:
        amount = _something(account, show_account(context, account).waiting)
    call = SettlementAccount(account).withdraw_fast(target, amount)
    sent = send(context, merchant, call, f"withdraw fast {account}")
    return Moved(account, target, amount - sent.answer, sent.answer, "0x" + sent.receipt.tx_hash.hex())


def pay_fees(context: Context, by: Signer, account: str, to: str) -> Moved:
    """Pay platform, fund or bank what it is due; anybody may ask for it."""
    sent = send(context, by, SettlementAccount(account).pay_fees(to), f"pay fees {account}")
    return Moved(account, to, sent.answer, 0, "0x" + sent.receipt.tx_hash.hex())


def takings(context: Context, account: str) -> Takings:
    """Sums of the account's own entries so far."""
    logs = context.chain.logs(account, (), context.platform.block)
    arrived = service = levies = fast = 0
    for _, event in decode_logs(logs):
        if isinstance(event, MoneyEntered):
            arrived, service, levies = arrived + event.amount, service + event.fee, levies + event.levy
        elif isinstance(event, MoneyWithdrawnFast):
            fast += event.fee
    return Takings(arrived, service, levies, fast)


def fees_paid(context: Context, account: str) -> dict[str, int]:
    """Fen that each receiver was paid out of the account so far."""
    paid: dict[str, int] = {}
    for log in context.chain.logs(account, [FeesPaid.TOPIC], context.platform.block):
        event = FeesPaid.decode(log)
        paid[event.to] = paid.get(event.to, 0) + event.amount
    return paid


def _settlements(context: Context) -> Settlements:
    return Settlements(context.platform.parts["Settlements"])


def _something(account: str, amount: int) -> int:
    if amount == 0:
        raise InvalidInput(
            f"there is nothing to withdraw from {account} this way now",
            hint="`prepaid support account` tells what is ready and what still waits",
            code="nothing-to-withdraw",
            account=account,
        )
    return amount
