"""Carry consumers' signatures to the chain: one, many of one card in one transaction, or many side by side.

Whoever carries them pays the gas and can change nothing: each sub-wallet checks what it is given. Everything
is simulated first; among many, one that its consumer has overtaken does not hold up the others.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from wallet.bindings.events import Consumed, Redeemed, RelayFailed
from wallet.bindings.relay import Relay
from wallet.bindings.runtime import Call, decode_logs, decode_revert
from wallet.chain.base import Receipt, Reverted
from wallet.errors import ContractError, InvalidInput, PolicyRefusal, PrepaidError
from wallet.exchange import Authorisation, VoucherAuthorisation
from wallet.ledger import Transaction
from wallet.rules import Card
from wallet.services.asking import bought
from wallet.services.authorise import consumption, signed_by_contract
from wallet.services.context import Context
from wallet.services.records import CardRecord, find_card, find_cards, state_of
from wallet.services.sealing import answer_of, write_down
from wallet.services.sending import CHUNK, GAS, Fee, Item, send, start_chunk, succeeded
from wallet.services.voucher import voucher_struct
from wallet.signing.checks import BoughtCard, check_authorisation, check_signature
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
    values: dict[str, Any] = field(default_factory=dict)
    """What the refusal is about, by name, for words in another language."""


def consume(context: Context, carrier: Signer, document: Authorisation) -> Consumption:
    """Carry one authorisation. Raises PolicyRefusal or the contract's typed error; nothing moves then."""
    record = find_card(context, "0x" + document.card.hex())
    check(context, record, document)
    write_down(context, (), [answer_of(record, document)])
    call = record.contract.consume(record.terms, consumption(document), document.signature)
    sent = send(context, carrier, call, _purpose(document))
    return _of_receipt(sent.receipt)[0]


def consume_card(context: Context, carrier: Signer, documents: Sequence[Authorisation]) -> list[Consumption]:
    """Carry several authorisations of one card, in order, in one transaction: all or none."""
    cards = {document.card for document in documents}
    if len(cards) != 1:
        raise InvalidInput(
            f"{len(cards)} cards in one batch",
            hint="use one card, or carry them side by side",
            code="many-cards",
            count=len(cards),
        )
    record = find_card(context, "0x" + documents[0].card.hex())
    call = record.contract.consume_many(
        record.terms, [consumption(d) for d in documents], [d.signature for d in documents]
    )
    gas = GAS + 60_000 * len(documents)
    sent = send(context, carrier, call, f"consume {len(documents)} of {_short(documents[0].card)}", gas=gas)
    write_down(context, (), [answer_of(record, document) for document in documents])
    return _of_receipt(sent.receipt)


def consume_many(context: Context, carrier: Signer, documents: Sequence[Authorisation]) -> list[Consumption]:
    """Carry authorisations of any cards, one transaction each, a batch of them under way at once.

    Signatures are checked and each batch is simulated before it is written down and sent. Returns one entry
    for each, in order. A refused one says why in `error`; it moved nothing and the others went on.
    Authorisations of one card must come in the order of their totals.
    """
    fee, now = Fee.of(context), context.chain.now()
    records = find_cards(context, {document.card for document in documents})
    batches = (
        _checked(context, documents[start : start + CHUNK], records, now)
        for start in range(0, len(documents), CHUNK)
    )
    done: list[Consumption] = []
    context.on_progress(0, len(documents), "consume")
    batch = next(batches, None)
    while batch is not None:
        sent = _send(context, carrier, batch, fee)
        following = next(batches, None)  # its signatures are checked while the chain works
        done += _finish(context, carrier, batch, sent)
        context.on_progress(len(done), len(documents), "consume")
        batch = following
    return done


@dataclass(slots=True)
class _Batch:
    """Documents carried together; by their place in it, those that are ready and those already refused."""

    documents: Sequence[Authorisation]
    records: Mapping[bytes, CardRecord]
    ready: dict[int, Call[int]] = field(default_factory=dict)
    done: dict[int, Consumption] = field(default_factory=dict)
    going: list[int] = field(default_factory=list)


def _checked(
    context: Context, documents: Sequence[Authorisation], records: Mapping[bytes, CardRecord], now: int
) -> _Batch:
    batch = _Batch(documents, records)
    for at, document in enumerate(documents):
        record = records[document.card]
        try:
            _check_signature(context, record, document, now)
        except PolicyRefusal as refused:
            batch.done[at] = _failed(document, refused)
        else:
            batch.ready[at] = record.contract.consume(record.terms, consumption(document), document.signature)
    return batch


def _send(context: Context, carrier: Signer, batch: _Batch, fee: Fee) -> list[Transaction]:
    """Simulate the batch and send what passes."""
    passed = _simulate_all(context, carrier, list(batch.ready.values()))
    batch.going = [at for at, fine in zip(batch.ready, passed, strict=True) if fine]
    going = [batch.documents[at] for at in batch.going]
    write_down(context, (), [answer_of(batch.records[document.card], document) for document in going])
    items = [Item.of(batch.ready[at], _purpose(batch.documents[at]), GAS_EACH) for at in batch.going]
    return start_chunk(context, carrier, items, fee)


def _finish(
    context: Context, carrier: Signer, batch: _Batch, sent: Sequence[Transaction]
) -> list[Consumption]:
    receipts = context.outbox.settle(sent, timeout=context.timeout)
    for at, receipt in zip(batch.going, receipts, strict=True):
        batch.done[at] = _of_one(context, batch.documents[at], receipt)
    # What did not pass is tried by itself, after the others: that tells why, and costs nothing.
    for at, call in batch.ready.items():
        if at not in batch.done:
            batch.done[at] = _alone(context, carrier, batch.documents[at], call)
    return [batch.done[at] for at in range(len(batch.documents))]


def _simulate_all(context: Context, carrier: Signer, calls: Sequence[Call[int]]) -> Sequence[bool]:
    """Which of `calls`, each done after the ones before, would pass: one question to the chain."""
    if not calls:
        return ()
    relayed = Relay(context.platform.relay).relay(
        [call.to for call in calls], [call.data for call in calls], GAS_EACH
    )
    try:
        return relayed.read(context.chain.call(relayed.request(carrier.address)))
    except Reverted:  # say because all together need more gas than the node gives a question
        return [False] * len(calls)


def _alone(context: Context, carrier: Signer, document: Authorisation, call: Call[int]) -> Consumption:
    try:
        sent = send(context, carrier, call, _purpose(document), gas=GAS_EACH)
        return _of_one(context, document, sent.receipt)
    except ContractError as error:
        return _failed(document, error)


def consume_relayed(
    context: Context, carrier: Signer, documents: Sequence[Authorisation]
) -> list[Consumption]:
    """Carry authorisations of several consumers in one transaction; one that fails holds up no other."""
    relay = Relay(context.platform.relay)
    wallets, messages, received = [], [], []
    for document in documents:
        record = find_card(context, "0x" + document.card.hex())
        received.append(answer_of(record, document))
        call = record.contract.consume(record.terms, consumption(document), document.signature)
        wallets.append(record.wallet)
        messages.append(call.data)
    gas = GAS + GAS_EACH * len(documents)
    call_all = relay.relay(wallets, messages, GAS_EACH)
    receipt = send(context, carrier, call_all, f"relay {len(documents)} consumptions", gas=gas).receipt
    failed = {
        event.index: event.reason for _, event in decode_logs(receipt.logs) if isinstance(event, RelayFailed)
    }
    write_down(context, (), [one for at, one in enumerate(received) if at not in failed])
    done = iter(_of_receipt(receipt))
    return [
        _failed(document, decode_revert(failed[at]), receipt) if at in failed else next(done)
        for at, document in enumerate(documents)
    ]


def redeem(context: Context, carrier: Signer, document: VoucherAuthorisation) -> Consumption:
    """Carry the newest voucher of a card whose terms take them."""
    record = find_card(context, "0x" + document.card.hex())
    check(context, record, document)
    write_down(context, (), [answer_of(record, document)])
    call = record.contract.redeem(record.terms, voucher_struct(document), document.signature)
    return _of_receipt(send(context, carrier, call, f"redeem {_short(document.card)}").receipt)[0]


def check(context: Context, record: CardRecord, document: Authorisation | VoucherAuthorisation) -> None:
    """Raise PolicyRefusal if the sub-wallet would not take the document now, with the exact reason."""
    card = bought(context, record, state_of(context, record))
    signed = _is_signed(context, record, document)
    check_authorisation(document, card, now=context.chain.now(), signed=signed)


def _check_signature(context: Context, record: CardRecord, document: Authorisation, now: int) -> None:
    # The card's state is left to the simulation, which knows what comes before in the same batch.
    card = BoughtCard(record.card, record.terms, record.domain(context), record.owner, Card())
    check_signature(document, card, now=now, signed=_is_signed(context, record, document))


def _is_signed(
    context: Context, record: CardRecord, document: Authorisation | VoucherAuthorisation
) -> bool | None:
    if document.is_signed():
        return True
    digest = document.message.digest(document.domain)
    return signed_by_contract(context, record.owner, digest, document.signature)


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


def _of_one(context: Context, document: Authorisation, receipt: Receipt) -> Consumption:
    """What came of one transaction."""
    if not receipt.ok:
        try:
            succeeded(context, receipt)
        except ContractError as error:
            return _failed(document, error, receipt)
    found = _of_receipt(receipt)
    if found:
        return found[0]
    lost = ContractError("there is no such card at that address any more", code="unknown-card")
    return _failed(document, lost, receipt)


def _failed(document: Authorisation, error: PrepaidError, receipt: Receipt | None = None) -> Consumption:
    transaction = str(error.values.get("transaction", ""))
    return Consumption(
        card="0x" + document.card.hex(),
        charge="0x" + document.charge.hex(),
        paid=0,
        used=0,
        listed=0,
        released=0,
        transaction=transaction if receipt is None else "0x" + receipt.tx_hash.hex(),
        gas=0 if receipt is None else receipt.gas_used,
        error=error.error_code,
        message=error.message,
        values=error.values,
    )


def _purpose(document: Authorisation) -> str:
    return f"consume {_short(document.card)}"


def _short(card: bytes) -> str:
    return card.hex()[:8]
