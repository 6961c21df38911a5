"""A merchant's stores, what was redeemed in which, and the two ways to look up a balance there.

A card is good in all of its merchant's stores. Which store a redemption happened in stands in the salted
reference of its charge, so the chain's readers do not learn it, and in the book beside the charge's hash.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from wallet.bindings.events import Consumed
from wallet.bindings.runtime import decode_logs
from wallet.errors import InvalidInput
from wallet.exchange.store_sign import StoreSign
from wallet.rules import Status
from wallet.services import charge, onboard
from wallet.services.context import Context
from wallet.services.office import need_office, open_office
from wallet.services.records import cards_of, cards_sold, state_of
from wallet.signing.signer import Signer
from wallet.supervision.dossier import Store

MAX_NAME = 40


@dataclass(frozen=True, slots=True)
class Redeemed:
    """One redemption: the card, when, fen that moved, the merchant's number and the store's name."""

    card: str
    at: int
    paid: int
    number: str
    store: str


@dataclass(frozen=True, slots=True)
class BalanceThere:
    """What a consumer has frozen at one merchant: in all its stores and through all channels the same."""

    merchant: str
    name: str
    cards: tuple[str, ...]
    frozen: int
    store: str = ""


def open_store(context: Context, merchant: Signer, name: str, district: str = "") -> Store:
    """Add a store; its number is one more than the last one's."""
    with need_office(context) as office:
        dossier = office.dossier(merchant.address)
        if not name.strip() or len(name) > MAX_NAME or not name.isprintable():
            raise InvalidInput(
                f"store: {name!r} is empty or longer than {MAX_NAME} characters",
                hint="use the name over its door",
                code="invalid-name",
                value=name,
                most=MAX_NAME,
            )
        number = max((one.number for one in dossier.stores), default=0) + 1
        office.say(
            "store-opened", merchant.address, merchant,
            store=number, name=name.strip(), district=district or dossier.district,
        )  # fmt: skip
        return office.dossier(merchant.address).stores[-1]


def close_store(context: Context, merchant: Signer, number: int) -> Store:
    """Close one store; cards go on in the others."""
    with need_office(context) as office:
        find_store(office.dossier(merchant.address).stores, number)
        office.say("store-closed", merchant.address, merchant, store=number)
        return find_store(office.dossier(merchant.address).stores, number)


def charge_at(
    context: Context, merchant: Signer, store: int, card: str, used: int, number: str, *, item: str = ""
) -> charge.Charged:
    """`charge.make_charge` in one of the merchant's stores, which the reference and the book name."""
    with need_office(context) as office:
        found = find_store(office.dossier(merchant.address).stores, store)
        if found.closed:
            raise _no_store(store, "is closed")
        made = charge.make_charge(context, merchant, card, used, number, item=item, store=found.name)
        reference = "0x" + made.document.reference.hash.hex()
        office.say("charged", merchant.address, merchant, charge=reference, store=store, number=number)
        return made


def redemptions(context: Context, merchant: str) -> list[Redeemed]:
    """Everything redeemed on a merchant's cards, each with its store; empty where no store was named."""
    with need_office(context) as office:
        names = {one.number: one.name for one in office.dossier(merchant).stores}
        charged = {
            bytes.fromhex(fact.data["charge"][2:]): fact.data
            for fact in office.book.facts(subject=merchant, kinds=("charged",))
        }
    found = []
    for record in cards_sold(context, merchant):
        logs = context.chain.logs(record.wallet, [Consumed.TOPIC, record.card], context.platform.block)
        for log, event in decode_logs(logs):
            if isinstance(event, Consumed):
                block = context.chain.block(log.block_number)
                said = charged.get(event.charge, {})
                found.append(
                    Redeemed(
                        card="0x" + record.card.hex(),
                        at=0 if block is None else block.timestamp,
                        paid=event.paid,
                        number=str(said.get("number", "")),
                        store=names.get(said.get("store", 0), ""),
                    )
                )
    return found


def balance_by_name(context: Context, consumer: str, name: str) -> BalanceThere:
    """What a consumer has at the merchant of this name; InvalidInput if there is none or more than one."""
    found = [address for address, own in onboard.names_of(context).items() if own == name]
    if len(found) != 1:
        raise InvalidInput(
            f"merchant: {name!r} is the name of {len(found) or 'nobody'}",
            hint="`prepaid merchant list` shows the names",
            code="unknown-merchant",
            value=name,
        )
    return _balance(context, consumer, found[0], "")


def balance_by_sign(context: Context, consumer: str, sign: StoreSign | Path) -> BalanceThere:
    """The same by the code at a store's door, or a picture of it."""
    sign = StoreSign.read_png(sign) if isinstance(sign, Path) else sign
    if sign.chain_id != context.platform.chain_id:
        raise InvalidInput(
            f"this store's code is for chain {sign.chain_id}, and this is {context.platform.chain_id}",
            hint="name the store's chain with --chain or --rpc",
            code="other-chain",
            found=sign.chain_id,
            chain=context.platform.chain_id,
        )
    with open_office(context) as office:
        stores = () if office is None else office.dossier(sign.merchant).stores
    name = next((one.name for one in stores if one.number == sign.store), "")
    return _balance(context, consumer, sign.merchant, name)


def sign_of(context: Context, merchant: str, store: int = 0) -> StoreSign:
    """The code for a store's door; store 0 is the merchant as a whole."""
    if store:
        with need_office(context) as office:
            find_store(office.dossier(merchant).stores, store)
    return StoreSign(context.platform.chain_id, merchant, store)


def find_store(stores: tuple[Store, ...], number: int) -> Store:
    """The store of this number; InvalidInput `unknown-store`."""
    for one in stores:
        if one.number == number:
            return one
    raise _no_store(number, "is not known")


def _no_store(number: int, why: str) -> InvalidInput:
    return InvalidInput(
        f"store {number} {why}",
        hint="`prepaid supervise show` lists the stores",
        code="unknown-store",
        value=number,
    )


def _balance(context: Context, consumer: str, merchant: str, store: str) -> BalanceThere:
    cards, frozen = [], 0
    for record in cards_of(context, consumer):
        if record.terms.merchant == merchant:
            state = state_of(context, record)
            if state.status is Status.OPEN:
                cards.append("0x" + record.card.hex())
                frozen += state.held
    return BalanceThere(merchant, onboard.name_of(context, merchant), tuple(cards), frozen, store)
