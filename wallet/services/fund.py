"""Digital yuan for an account, from the platform's issuer; on a local chain also coin for gas.

A contract gets no coin: it sends no transactions, and may refuse it.
"""

from __future__ import annotations

from dataclasses import dataclass

from wallet.bindings.digital_yuan import DigitalYuan
from wallet.bindings.runtime import ask
from wallet.chain.base import Capability
from wallet.money import check_fen
from wallet.services.context import Context
from wallet.services.once import BegunBefore
from wallet.services.sending import Item, send, send_all, succeeded
from wallet.signing.signer import Signer

COIN = 10**18
"""Wei that an account without coin receives on a laboratory chain."""


@dataclass(frozen=True, slots=True)
class Funded:
    """An account's money after funding: fen on hand, and coin for gas in wei."""

    address: str
    amount: int
    on_hand: int
    coin: int
    transaction: str


def fund(context: Context, issuer: Signer, address: str, amount: int) -> Funded:
    """Put `amount` fen into `address`; raises DigitalYuanNotIssuer if `issuer` is not the issuer.

    Raises BegunBefore if an earlier command began to fund `address` and this one found it finished.
    """
    check_fen(amount)
    earlier = context.begun_before(f"fund {address}")
    if earlier is not None:
        raise BegunBefore(f"funding {address}", earlier)
    token = DigitalYuan(context.platform.token)
    receipt = send(context, issuer, token.mint(address, amount), f"fund {address}").receipt
    chain = context.chain
    if chain.is_local and chain.balance(address) == 0 and not chain.code(address):
        _give_coin(context, issuer, address)
    return Funded(
        address=address,
        amount=amount,
        on_hand=ask(chain, token.balance_of(address)),
        coin=chain.balance(address),
        transaction="0x" + receipt.tx_hash.hex(),
    )


def _give_coin(context: Context, issuer: Signer, address: str) -> None:
    """Coin for gas out of nothing where the chain can, else out of the issuer's own."""
    if Capability.SET_BALANCE in context.chain.capabilities:
        context.chain.set_balance(address, COIN)
        return
    items = [Item(address, b"", f"coin for {address}", value=COIN)]
    for receipt in send_all(context, issuer, items, "fund"):
        succeeded(context, receipt)
