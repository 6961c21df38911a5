"""Money of guarantors: capital in and out, levies, and what merchants pay back. Claims are paid elsewhere."""

from __future__ import annotations

from wallet.bindings.digital_yuan import DigitalYuan
from wallet.bindings.errors import ERC20InsufficientBalance
from wallet.bindings.guarantee_fund import GuaranteeFund
from wallet.bindings.insurance_pool import InsurancePool
from wallet.bindings.runtime import Call, ask
from wallet.errors import InvalidInput
from wallet.money import check_fen
from wallet.services.context import Context
from wallet.services.guarantee import FUND, Guarantor, find_guarantor, read_guarantor
from wallet.services.once import BegunBefore
from wallet.services.sending import send
from wallet.signing.signer import Signer


def pay_in(context: Context, payer: Signer, wanted: str, amount: int) -> Guarantor:
    """Capital for an insurer or the platform, or a levy for a fund; anyone may pay. BegunBefore if an earlier
    command began the same and this one found it finished."""
    found = find_guarantor(context, wanted)
    call = GuaranteeFund(found.address).pay_in if found.kind == FUND else InsurancePool(found.address).deposit
    transaction = pay_to(context, payer, found.address, call(amount), amount, f"capital {found.address}")
    return read_guarantor(context, found.address, found.name, transaction)


def repay(context: Context, payer: Signer, wanted: str, merchant: str, amount: int) -> Guarantor:
    """Pay back what a guarantor paid in a merchant's place; raises GuarantorNotOwed beyond what is owed."""
    found = find_guarantor(context, wanted)
    call = InsurancePool(found.address).repay(merchant, amount)
    purpose = f"repay {found.address} for {merchant}"
    transaction = pay_to(context, payer, found.address, call, amount, purpose)
    return read_guarantor(context, found.address, found.name, transaction)


def owed_by(context: Context, guarantor: str, merchant: str) -> int:
    """Fen that a merchant owes a guarantor for what it paid in its place."""
    return ask(context.chain, InsurancePool(guarantor).owed_by(merchant))


def withdraw(context: Context, keeper: Signer, wanted: str, amount: int, to: str | None = None) -> Guarantor:
    """Take out capital that backs no promise; raises GuarantorCapitalTooLow beyond it. A fund lets nobody."""
    found = find_guarantor(context, wanted)
    if found.kind == FUND:
        raise InvalidInput(
            "what was paid into a fund stays there for consumers",
            hint="an insurer or the platform may take out what backs no promise",
            code="fund-keeps",
            name=found.name,
        )
    call = InsurancePool(found.address).withdraw(check_fen(amount), to or keeper.address)
    receipt = send(context, keeper, call, f"withdraw from {found.address}").receipt
    return read_guarantor(context, found.address, found.name, "0x" + receipt.tx_hash.hex())


def pay_to(context: Context, payer: Signer, where: str, call: Call[None], amount: int, purpose: str) -> str:
    """Allow `where` to take `amount` and let `call` take it; the transaction.

    Killed in between, an allowance stays that only the repeated command uses.
    """
    check_fen(amount)
    earlier = context.begun_before(purpose)
    if earlier is not None and earlier.sender == payer.address:
        raise BegunBefore(purpose, earlier)
    token = DigitalYuan(context.platform.token)
    has = ask(context.chain, token.balance_of(payer.address))
    if has < amount:
        raise ERC20InsufficientBalance(payer.address, has, amount)
    if ask(context.chain, token.allowance(payer.address, where)) < amount:
        send(context, payer, token.approve(where, amount), f"allow {amount} fen")
    return "0x" + send(context, payer, call, purpose).receipt.tx_hash.hex()
