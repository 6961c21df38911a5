"""Carry consumers' signatures to the chain: one, many of one card in one transaction, or many side by side.

Whoever carries them pays the gas and can change nothing: each sub-wallet checks what it is given. Everything
is simulated first; among many, one that its consumer has overtaken does not hold up the others.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from wallet.bindings.events import Consumed, Redeemed, RelayFailed
from wallet.bindings.relay import Relay
from wallet.bindings.runtime import decode_logs, decode_revert
from wallet.bindings.structs import Voucher
from wallet.chain.base import Receipt
from wallet.errors import ContractError, InvalidInput
from wallet.exchange import Authorisation, VoucherAuthorisation
from wallet.services.asking import bought
from wallet.services.authorise import consumption, signed_by_contract
from wallet.services.context import Context
from wallet.services.records import CardRecord, find_card, state_of
from wallet.services.sending import GAS, Item, send, send_all, succeeded
from wallet.signing.checks import check_authorisation
from wallet.signing.signer import Signer

GAS_EACH = 350_000
"""Gas for one consumption inside a batch: the 200,000 that must be left for the template, and the rest."""


@dataclass(frozen=True, slots=True)
class Consumption:
    """One consumption on chain: fen moved, totals after it. `error` is the code of a refusal, if refused."""

    card: str
    charge: str
    paid: int
    used: int
    listed: int
    released: int
    transaction: str
    gas: int
    error: str = ""
    message: str = ""


def consume(context: Context, carrier: Signer, document: Authorisation) -> Consumption:
    """Carry one authorisation. Raises PolicyRefusal or the contract's typed error; nothing moves then."""
    record = find_card(context, "0x" + document.card.hex())
    check(context, record, document)
    call = record.contract.consume(record.terms, consumption(document), document.signature)
    sent = send(context, carrier, call, f"consume {_short(document.card)}")
    return _of_receipt(sent.receipt)[0]


def consume_card(context: Context, carrier: Signer, documents: Sequence[Authorisation]) -> list[Consumption]:
    """Carry several authorisations of one card, in order, in one transaction: all or none."""
    cards = {document.card for document in documents}
    if len(cards) != 1:
        raise InvalidInput(
            f"{len(cards)} cards in one batch",
            hint="use one card, or carry them side by side",
            code="many-cards",
        )
    record = find_card(context, "0x" + documents[0].card.hex())
    call = record.contract.consume_many(
        record.terms, [consumption(d) for d in documents], [d.signature for d in documents]
    )
    gas = GAS + 60_000 * len(documents)
    sent = send(context, carrier, call, f"consume {len(documents)} of {_short(documents[0].card)}", gas=gas)
    return _of_receipt(sent.receipt)


def consume_many(context: Context, carrier: Signer, documents: Sequence[Authorisation]) -> list[Consumption]:
    """Carry authorisations of any cards, one transaction each, all under way at once.

    Returns one entry for each, in order. A refused one says why in `error`; it moved nothing and the others
    went on. Authorisations of one card must come in the order of their totals.
    """
    records = {card: find_card(context, "0x" + card.hex()) for card in {d.card for d in documents}}
    items = []
    for document in documents:
        record = records[document.card]
        call = record.contract.consume(record.terms, consumption(document), document.signature)
        items.append(Item.of(call, f"consume {_short(document.card)}", GAS_EACH))
    receipts = send_all(context, carrier, items, "consume")
    return [
        _of_receipt(receipt)[0] if receipt.ok else _refused(context, document, receipt)
        for document, receipt in zip(documents, receipts, strict=True)
    ]


def consume_relayed(
    context: Context, carrier: Signer, documents: Sequence[Authorisation]
) -> list[Consumption]:
    """Carry authorisations of several consumers in one transaction; one that fails holds up no other."""
    relay = Relay(context.platform.relay)
    wallets, messages = [], []
    for document in documents:
        record = find_card(context, "0x" + document.card.hex())
        call = record.contract.consume(record.terms, consumption(document), document.signature)
        wallets.append(record.wallet)
        messages.append(call.data)
    gas = GAS + GAS_EACH * len(documents)
    call_all = relay.relay(wallets, messages, GAS_EACH)
    receipt = send(context, carrier, call_all, f"relay {len(documents)} consumptions", gas=gas).receipt
    failed = {
        event.index: event.reason for _, event in decode_logs(receipt.logs) if isinstance(event, RelayFailed)
    }
    done = iter(_of_receipt(receipt))
    return [
        _failed(document, decode_revert(failed[at]), receipt) if at in failed else next(done)
        for at, document in enumerate(documents)
    ]


def redeem(context: Context, carrier: Signer, document: VoucherAuthorisation) -> Consumption:
    """Carry the newest voucher of a card whose terms take them."""
    record = find_card(context, "0x" + document.card.hex())
    check(context, record, document)
    voucher = Voucher(
        document.used_after, document.listed_after, document.max_released, document.deadline, document.epoch
    )
    call = record.contract.redeem(record.terms, voucher, document.signature)
    return _of_receipt(send(context, carrier, call, f"redeem {_short(document.card)}").receipt)[0]


def check(context: Context, record: CardRecord, document: Authorisation | VoucherAuthorisation) -> None:
    """Raise PolicyRefusal if the sub-wallet would not take the document now, with the exact reason."""
    signed = None
    if not document.is_signed():
        digest = document.message.digest(document.domain)
        signed = signed_by_contract(context, record.owner, digest, document.signature)
    card = bought(context, record, state_of(context, record))
    check_authorisation(document, card, now=context.chain.now(), signed=signed)


def _of_receipt(receipt: Receipt) -> list[Consumption]:
    found = []
    for _, event in decode_logs(receipt.logs):
        if isinstance(event, Consumed | Redeemed):
            charge = "0x" + event.charge.hex() if isinstance(event, Consumed) else ""
            found.append(
                Consumption(
                    card="0x" + event.card.hex(),
                    charge=charge,
                    paid=event.paid,
                    used=event.used,
                    listed=event.listed,
                    released=event.released,
                    transaction="0x" + receipt.tx_hash.hex(),
                    gas=receipt.gas_used,
                )
            )
    return found


def _refused(context: Context, document: Authorisation, receipt: Receipt) -> Consumption:
    try:
        succeeded(context, receipt)
    except ContractError as error:
        return _failed(document, error, receipt)
    raise AssertionError("a receipt that is not ok has a reason")


def _failed(document: Authorisation, error: ContractError, receipt: Receipt) -> Consumption:
    return Consumption(
        card="0x" + document.card.hex(),
        charge="0x" + document.charge.hex(),
        paid=0,
        used=0,
        listed=0,
        released=0,
        transaction="0x" + receipt.tx_hash.hex(),
        gas=receipt.gas_used,
        error=error.error_code,
        message=error.message,
    )


def _short(card: bytes) -> str:
    return card.hex()[:8]
