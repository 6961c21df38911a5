"""Consumers that survive a lost key: a contract account with one key and one guardian (`RecoverableOwner`).

The contract owns the sub-wallet and the cards; the key signs for it (ERC-1271) or sends through it. Whoever
loses the key asks the guardian to propose another, which follows after three days unless the key in force
refuses. Which machine holds which key is not known here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from wallet.address import ZERO_ADDRESS
from wallet.bindings.digital_yuan import DigitalYuan
from wallet.bindings.errors import RecoverableOwnerNotKey
from wallet.bindings.recoverable_owner import RecoverableOwner
from wallet.bindings.runtime import Call, ask
from wallet.chain.base import BadAnswer
from wallet.compiler.artefacts import load_artefact
from wallet.errors import ContractError, EnvironmentFault, InvalidInput
from wallet.money import check_fen
from wallet.services.context import Context
from wallet.services.sending import create, send
from wallet.signing.contract import ContractSigner
from wallet.signing.signer import Signer

if TYPE_CHECKING:
    from wallet.chain.base import Chain


@dataclass(frozen=True, slots=True)
class Owner:
    """A recoverable account. `ready_at` is when the proposed key may follow, 0 with no recovery under way."""

    address: str
    key: str
    guardian: str
    proposed: str
    ready_at: int
    transaction: str = ""
    """Hash of the transaction that brought it there, if this is the answer to one."""


def create_owner(context: Context, carrier: Signer, *, key: str, guardian: str) -> Owner:
    """Create an account that `key` controls and `guardian` can help to recover; `carrier` pays the gas.

    Raises InvalidInput (`invalid-owner`) if one of the two is nobody, or both are one.
    """
    if ZERO_ADDRESS in (key, guardian) or key == guardian:
        raise InvalidInput(
            f"an account with key {key} and guardian {guardian} could not be recovered",
            hint="name two different people: the guardian helps when the key is lost",
            code="invalid-owner",
            key=key,
            guardian=guardian,
        )
    data = RecoverableOwner.creation(load_artefact("RecoverableOwner").bytecode, key, guardian)
    receipt = create(context, carrier, data, f"create recoverable account of {key}")
    if receipt.contract is None:
        raise EnvironmentFault(
            "the chain does not say where it created the account",
            code="chain-answer",
            created="RecoverableOwner",
        )
    return show_owner(context, receipt.contract, transaction="0x" + receipt.tx_hash.hex())


def show_owner(context: Context, address: str, *, transaction: str = "") -> Owner:
    """Who may act for the account now. InvalidInput (`not-recoverable`) if it is no such account."""
    contract = RecoverableOwner(address)
    try:
        return Owner(
            address=address,
            key=ask(context.chain, contract.key()),
            guardian=ask(context.chain, contract.guardian()),
            proposed=ask(context.chain, contract.proposed()),
            ready_at=ask(context.chain, contract.ready_at()),
            transaction=transaction,
        )
    except (BadAnswer, ContractError) as problem:
        raise InvalidInput(
            f"{address} is not a recoverable account on this chain",
            hint="`prepaid account recoverable new` makes one",
            code="not-recoverable",
            address=address,
        ) from problem


def owner_signer(context: Context, address: str, key: Signer) -> ContractSigner:
    """A signer for the account. Raises RecoverableOwnerNotKey if `key` is not the one in force."""
    if key.address != show_owner(context, address).key:
        raise RecoverableOwnerNotKey(key.address)
    return ContractSigner(address, key)


def key_behind(chain: Chain, address: str) -> str | None:
    """The key in force of the recoverable account at `address`, None if there is no such account."""
    if not chain.code(address):
        return None
    try:
        return ask(chain, RecoverableOwner(address).key())
    except (BadAnswer, ContractError):
        return None


def pass_on(context: Context, key: Signer, address: str, to: str, amount: int) -> int:
    """Send `amount` fen of the account's money to `to`, say what was refunded; returns what it has left."""
    token = DigitalYuan(context.platform.token)
    signer = owner_signer(context, address, key)
    send(context, signer, token.transfer(to, check_fen(amount)), f"pass on {amount} fen")
    return ask(context.chain, token.balance_of(address))


def change_key(context: Context, key: Signer, address: str, new_key: str) -> Owner:
    """Hand over to `new_key` at once; ends a recovery that was under way."""
    return _do(context, key, address, RecoverableOwner(address).change_key(new_key), "change key of")


def propose_recovery(context: Context, guardian: Signer, address: str, new_key: str) -> Owner:
    """Guardian: the key is lost, `new_key` shall follow in three days."""
    call = RecoverableOwner(address).propose_recovery(new_key)
    return _do(context, guardian, address, call, "propose a new key for")


def refuse_recovery(context: Context, key: Signer, address: str) -> Owner:
    """Key: it is not lost; the proposal falls."""
    return _do(context, key, address, RecoverableOwner(address).refuse_recovery(), "refuse a new key for")


def complete_recovery(context: Context, carrier: Signer, address: str) -> Owner:
    """Anyone, after the three days: the proposed key follows. Raises RecoverableOwnerNotReady before."""
    return _do(context, carrier, address, RecoverableOwner(address).complete_recovery(), "recover")


def _do(context: Context, signer: Signer, address: str, call: Call[None], what: str) -> Owner:
    show_owner(context, address)  # an address without code would take any call and do nothing
    receipt = send(context, signer, call, f"{what} {address}").receipt
    return show_owner(context, address, transaction="0x" + receipt.tx_hash.hex())
