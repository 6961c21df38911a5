"""From a Call to a receipt: simulate, sign, journal, send, wait; one transaction or thousands.

The simulation runs with the same sender and gas as the transaction, so a refusal costs nothing and arrives
as the contract's typed error. A consumer that is a contract acts through its key, which pays the gas. Which
call to make is the services' business.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Generic, TypeVar

from wallet.bindings.runtime import Call, decode_revert
from wallet.chain.base import CallRequest, Receipt, Reverted, raise_if_reverted
from wallet.errors import ContractError, PolicyRefusal
from wallet.ledger import Draft
from wallet.ledger import Transaction as Pending
from wallet.services.context import Context
from wallet.signing.contract import ContractSigner
from wallet.signing.signer import Signer
from wallet.signing.transaction import Transaction, transaction_hash

T = TypeVar("T")

GAS = 600_000
"""Gas limit of a call: a sub-wallet wants 200,000 left whenever it asks a template."""
TIP = 1_000_000_000
"""Priority fee on chains other than our own machine's, wei per gas."""
CHUNK = 100
"""Transactions signed and written down in one commit, then sent in one batch."""


@dataclass(frozen=True, slots=True)
class Sent(Generic[T]):
    """What a call answered when simulated, and the receipt of the transaction that then did it."""

    answer: T
    receipt: Receipt


@dataclass(frozen=True, slots=True)
class Item:
    """One transaction to send: `to` None creates a contract. `purpose` is what the journal calls it.

    `value` is coin that goes with it, in wei.
    """

    to: str | None
    data: bytes
    purpose: str
    gas: int = GAS
    value: int = 0

    @classmethod
    def of(cls, call: Call[Any], purpose: str, gas: int = GAS) -> Item:
        """A call as a transaction."""
        return cls(call.to, call.data, purpose, gas)


def simulate(context: Context, call: Call[T], sender: str, *, gas: int = GAS) -> T:
    """What `call` would answer now; raises the contract's typed error if it would refuse."""
    try:
        return call.read(context.chain.call(call.request(sender, gas=gas)))
    except Reverted as refused:
        raise decode_revert(refused.data) from refused


def carrying(signer: Signer) -> str:
    """Who can send something for `signer`: a contract cannot, and some chains do not even pretend it did."""
    return signer.key.address if isinstance(signer, ContractSigner) else signer.address


def require_said(context: Context, call: Call[int], signer: Signer, said: int) -> None:
    """Have the chain confirm what `signer` signed before it is handed over.

    PolicyRefusal (`outcome-differs`) if `call` would move anything else than the `said` fen.
    """
    paid = simulate(context, call, carrying(signer))
    if paid != said:
        raise PolicyRefusal(
            f"the chain would move {paid} fen, the sentence says {said}",
            hint="do not hand it over; look at the card again",
            code="outcome-differs",
            paid=paid,
            said=said,
        )


def send(context: Context, signer: Signer, call: Call[T], purpose: str, *, gas: int = GAS) -> Sent[T]:
    """Simulate `call`, send it and wait; raises the typed error if it refuses, before or in the block."""
    if isinstance(signer, ContractSigner):
        call, signer = signer.through(call), signer.key
    answer = simulate(context, call, signer.address, gas=gas)
    (receipt,) = send_all(context, signer, [Item.of(call, purpose, gas)], purpose)
    return Sent(answer, succeeded(context, receipt))


def create(context: Context, signer: Signer, data: bytes, purpose: str) -> Receipt:
    """Create a contract from `data` (creation code and arguments); raises its typed error if it refuses."""
    try:
        gas = context.chain.estimate_gas(CallRequest(to=None, data=data, sender=signer.address))
    except Reverted as refused:
        raise decode_revert(refused.data) from refused
    (receipt,) = send_all(context, signer, [Item(None, data, purpose, gas)], purpose)
    return succeeded(context, receipt)


def send_all(context: Context, signer: Signer, items: Sequence[Item], what: str) -> list[Receipt]:
    """Send `items` in order, in batches, and wait for all; a receipt may say that its contract refused."""
    fee = Fee.of(context)
    receipts: list[Receipt] = []
    context.on_progress(0, len(items), what)
    for start in range(0, len(items), CHUNK):
        sent = start_chunk(context, signer, items[start : start + CHUNK], fee)
        receipts += context.outbox.settle(sent, timeout=context.timeout)
        context.on_progress(len(receipts), len(items), what)
    return receipts


def start_chunk(context: Context, signer: Signer, items: Sequence[Item], fee: Fee) -> list[Pending]:
    """Write up to CHUNK items down in one commit and send them in one batch; `outbox.settle` waits."""
    if isinstance(signer, ContractSigner):
        items = [_through(signer, item) for item in items]
        signer = signer.key
    return context.outbox.send(signer.address, [_draft(context, signer, item, fee) for item in items])


def succeeded(context: Context, receipt: Receipt) -> Receipt:
    """`receipt` itself if its contract did not refuse; else the typed error, with the transaction's hash."""
    try:
        return raise_if_reverted(context.chain, receipt)
    except Reverted as refused:
        raise refusal(refused.data, receipt) from refused


def refusal(data: bytes, receipt: Receipt) -> ContractError:
    """The typed error for a transaction that reverted in a block."""
    error = decode_revert(data)
    error.values["transaction"] = "0x" + receipt.tx_hash.hex()
    return error


@dataclass(frozen=True, slots=True)
class Fee:
    """What a transaction offers for gas, in wei, and on which chain."""

    chain_id: int
    most: int
    tip: int

    @classmethod
    def of(cls, context: Context) -> Fee:
        """What the chain asks for now, with room to wait."""
        tip = 0 if context.chain.is_local else TIP
        # Twice the base fee lasts through six full blocks in a row.
        return cls(context.chain.chain_id(), 2 * context.chain.base_fee() + tip, tip)


def _through(signer: ContractSigner, item: Item) -> Item:
    """What its key sends so that the contract does `item`."""
    if item.to is None:
        return item  # creating a contract needs nobody's name: the key does it itself
    return replace(item, to=signer.address, data=signer.executing(item.to, item.data).data)


def _draft(context: Context, signer: Signer, item: Item, fee: Fee) -> Draft:
    def sign(nonce: int) -> tuple[bytes, bytes]:
        raw = signer.sign_transaction(
            Transaction(fee.chain_id, nonce, item.to, item.data, item.gas, fee.most, fee.tip, item.value)
        )
        return raw, transaction_hash(raw)

    return Draft(item.purpose, sign)
