"""A merchant's way: it applies, an operator approves, suspends or reopens it, either says that it stopped.

Everything is dated by the chain when it is said. Names are the merchants' own and stand only in events.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

from wallet.bindings.abi import encode
from wallet.bindings.events import MerchantApplied
from wallet.bindings.runtime import Call, ask
from wallet.errors import InvalidInput
from wallet.keccak import keccak256
from wallet.services import gate
from wallet.services.context import Context
from wallet.services.sending import send
from wallet.signing.signer import Signer

MAX_NAME_BYTES = 100


class MerchantStatus(IntEnum):
    """As in contracts/types/Merchant.sol."""

    NONE = 0
    APPLIED = 1
    APPROVED = 2
    SUSPENDED = 3
    STOPPED = 4
    CLOSED = 5


@dataclass(frozen=True, slots=True)
class Merchant:
    """One merchant as the registry knows it; `since` unix seconds, `licence` the hash it applied with."""

    address: str
    name: str
    status: str
    since: int
    tier: int
    licence: str
    transaction: str = ""
    """Hash of the transaction that brought it there, if this is the answer to one."""


def apply_to_sell(context: Context, merchant: Signer, name: str, licence: str) -> Merchant:
    """Ask for admission. `licence` is the text of licence and bank account; only its hash goes on chain."""
    if not 0 < len(name.encode()) <= MAX_NAME_BYTES:
        raise InvalidInput(
            f"merchant name: {name!r} is empty or longer than {MAX_NAME_BYTES} bytes",
            hint="use the name the public knows",
            code="invalid-name",
            value=name,
            most=MAX_NAME_BYTES,
        )
    papers = keccak256(licence.encode())
    gate.require_papers(context, merchant.address, papers)
    call = context.merchants.apply_to_sell(name, papers)
    return _say(context, merchant, merchant.address, call, "apply")


def approve(context: Context, operator: Signer, merchant: str) -> Merchant:
    """Let a merchant sell, at first or again; NotAllowed if a programme in force is against it."""
    gate.require_admission(context, operator, merchant)
    approved = _say(context, operator, merchant, context.merchants.approve(merchant), "approve")
    gate.note_approved(context, operator, merchant)
    return approved


def reject(context: Context, operator: Signer, merchant: str) -> Merchant:
    """Turn an application down; the merchant may apply again."""
    return _say(context, operator, merchant, context.merchants.reject(merchant), "reject")


def suspend(context: Context, operator: Signer, merchant: str) -> Merchant:
    """Stop its sales; its cards go on."""
    return _say(context, operator, merchant, context.merchants.suspend(merchant), "suspend")


def stop(context: Context, by: Signer, merchant: str) -> Merchant:
    """Put on record that it no longer performs; by the merchant or an operator."""
    return _say(context, by, merchant, context.merchants.stop(merchant), "stop")


def close(context: Context, by: Signer, merchant: str) -> Merchant:
    """Put on record that it has closed for good; by the merchant, after due notice, or an operator."""
    gate.require_notice(context, by, merchant)
    return _say(context, by, merchant, context.merchants.close(merchant), "close")


def set_tier(context: Context, operator: Signer, merchant: str, tier: int) -> Merchant:
    """Set its credit tier, 0 none to 3 highest; NotAllowed above what a programme in force gives."""
    gate.require_tier(context, merchant, tier)
    return _say(context, operator, merchant, context.merchants.set_tier(merchant, tier), "tier")


def merchant_of(context: Context, address: str) -> Merchant:
    """The merchant at `address`; status "none" if it never applied."""
    return _read(context, address, names_of(context, address).get(address, ""))


def list_merchants(context: Context) -> list[Merchant]:
    """All that ever applied, in the order of their first application."""
    return [_read(context, address, name) for address, name in names_of(context).items()]


def names_of(context: Context, address: str | None = None) -> dict[str, str]:
    """Address -> name of all merchants, or of one, by their latest applications."""
    only = None if address is None else encode("(address)", (address,))
    topics = [MerchantApplied.TOPIC, only]
    logs = context.chain.logs(context.platform.merchant_registry, topics, context.platform.block)
    return {event.merchant: event.name for event in map(MerchantApplied.decode, logs)}


def name_of(context: Context, address: str) -> str:
    """The merchant's own name; its address if it never gave one."""
    return names_of(context, address).get(address, address)


def _say(context: Context, by: Signer, merchant: str, call: Call[None], what: str) -> Merchant:
    receipt = send(context, by, call, f"merchant {what} {merchant}").receipt
    name = names_of(context, merchant).get(merchant, "")
    return _read(context, merchant, name, "0x" + receipt.tx_hash.hex())


def _read(context: Context, address: str, name: str, transaction: str = "") -> Merchant:
    registry = context.merchants
    status, since = ask(context.chain, registry.status_of(address))
    return Merchant(
        address=address,
        name=name,
        status=MerchantStatus(status).name.lower(),
        since=since,
        tier=ask(context.chain, registry.tier_of(address)),
        licence="0x" + ask(context.chain, registry.licence_of(address)).hex(),
        transaction=transaction,
    )
