"""What must be true before a wallet signs a charge, or a merchant relies on an authorisation.

Each refusal has its own code, since what a person should do next differs. The chain decides in the end; these
checks are what keeps a consumer from signing something that is not what was bought.
`signed` is for contract accounts: the answer of their ERC-1271 call; None means a key must have signed.
"""

from __future__ import annotations

from dataclasses import dataclass

from wallet.address import ZERO_ADDRESS
from wallet.eip712.domain import Domain
from wallet.errors import PolicyRefusal
from wallet.exchange.documents import Authorisation, ChargeRequest, VoucherAuthorisation
from wallet.money import format_yuan
from wallet.rules.model import UNCONFIRMED, Card, Status
from wallet.terms import Terms


@dataclass(frozen=True, slots=True)
class BoughtCard:
    """What the consumer bought, as its own records say, and the card's state on chain now.

    `capacity` is the largest `used` the card was sold for, None where the card kind is not known.
    """

    card_id: bytes
    terms: Terms
    domain: Domain
    consumer: str
    state: Card
    capacity: int | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a simulation said would happen: fen that move to the merchant, fen that stay frozen."""

    to_merchant: int
    still_frozen: int


def check_charge(charge: ChargeRequest, bought: BoughtCard, *, now: int, signed: bool | None = None) -> None:
    """Return if the charge is the merchant's own, in time, and about exactly what was bought.

    PolicyRefusal otherwise: `foreign-chain`, `foreign-wallet`, `other-card`, `terms-differ`,
    `other-merchant`, `charge-signature`, `expired`, `card-not-open`, `totals-differ`, `totals-not-growing`,
    `over-draw`, and `not-certified` for a card with a certifier.
    """
    _check_place(charge, bought)
    terms, state = bought.terms, bought.state
    if charge.merchant != terms.merchant:
        raise _refuse(
            "other-merchant",
            f"the charge comes from {charge.merchant}, the card was bought from {terms.merchant}",
            "do not pay; ask the shop which card it means",
            charge.card,
            found=charge.merchant,
            merchant=terms.merchant,
        )
    if not (charge.is_signed() if signed is None else signed):
        raise _refuse(
            "charge-signature",
            f"the charge is not signed by the merchant {terms.merchant}: it was altered or forged",
            "do not pay; ask the shop for a new charge",
            charge.card,
            merchant=terms.merchant,
        )
    _check_time(charge.deadline, now, charge.card)
    _check_open(state, charge.card)
    if (charge.used_before, charge.listed_before) != (state.used, state.listed):
        raise _refuse(
            "totals-differ",
            f"the charge starts from totals {charge.used_before}/{charge.listed_before}, "
            f"the card stands at {state.used}/{state.listed}",
            "let what is under way finish, then ask the shop for a new charge",
            charge.card,
            used_before=charge.used_before,
            listed_before=charge.listed_before,
            used=state.used,
            listed=state.listed,
        )
    if terms.certifier != ZERO_ADDRESS:
        _check_certified(charge, bought)
        return
    _check_growth(charge.used_after, charge.listed_after, bought, charge.card)


def check_outcome(max_pay: int, bought: BoughtCard, outcome: Outcome) -> None:
    """Return if the simulated outcome stays within `max_pay` and accounts for every fen held.

    PolicyRefusal otherwise: `pays-too-much`, `outcome-differs`.
    """
    if outcome.to_merchant > max_pay:
        raise _refuse(
            "pays-too-much",
            f"{format_yuan(outcome.to_merchant)} yuan would move, the charge allows {format_yuan(max_pay)}",
            "ask the shop for a new charge",
            bought.card_id,
            fen=outcome.to_merchant,
            limit=max_pay,
        )
    if outcome.to_merchant < 0 or outcome.to_merchant + outcome.still_frozen != bought.state.held:
        raise _refuse(
            "outcome-differs",
            f"of {format_yuan(bought.state.held)} yuan held, {format_yuan(outcome.to_merchant)} would move "
            f"and {format_yuan(outcome.still_frozen)} stay: that does not add up",
            "do not sign; the card's template or token is not what it seems",
            bought.card_id,
            held=bought.state.held,
            to_merchant=outcome.to_merchant,
            still_frozen=outcome.still_frozen,
        )


def check_signature(
    document: Authorisation | VoucherAuthorisation,
    bought: BoughtCard,
    *,
    now: int,
    signed: bool | None = None,
) -> None:
    """Return if the consumer signed exactly this for this card and it has not expired; no state is looked at.

    PolicyRefusal otherwise: `foreign-chain`, `foreign-wallet`, `other-card`, `terms-differ`,
    `other-consumer`, `authorisation-signature`, `expired`.
    """
    _check_place(document, bought)
    if document.consumer != bought.consumer:
        raise _refuse(
            "other-consumer",
            f"the authorisation names {document.consumer}, the card belongs to {bought.consumer}",
            "ask the consumer for a new one",
            document.card,
            found=document.consumer,
            consumer=bought.consumer,
        )
    if not (document.is_signed() if signed is None else signed):
        raise _refuse(
            "authorisation-signature",
            f"the authorisation is not signed by {bought.consumer}: it was altered or forged",
            "ask the consumer for a new one",
            document.card,
            consumer=bought.consumer,
        )
    _check_time(document.deadline, now, document.card)


def check_authorisation(
    document: Authorisation | VoucherAuthorisation,
    bought: BoughtCard,
    *,
    now: int,
    signed: bool | None = None,
) -> None:
    """Return if the authorisation would be accepted now, as far as signature, time, epoch and totals go.

    PolicyRefusal otherwise: those of `check_signature`, `card-not-open`, `stale-epoch`, `already-used`,
    `totals-not-growing`, `over-draw`, `vouchers-off`, and `not-certified` for a card with a certifier.
    """
    check_signature(document, bought, now=now, signed=signed)
    _check_open(bought.state, document.card)
    if document.epoch != bought.state.epoch:
        raise _refuse(
            "stale-epoch",
            f"the authorisation is of epoch {document.epoch}, the card is in epoch {bought.state.epoch}: "
            "the consumer has voided it",
            "ask the consumer for a new one",
            document.card,
            signed=document.epoch,
            current=bought.state.epoch,
        )
    if isinstance(document, VoucherAuthorisation) and not bought.terms.takes_vouchers:
        raise _refuse(
            "vouchers-off", "the card's terms take no vouchers", "authorise each charge", document.card
        )
    if bought.terms.certifier != ZERO_ADDRESS:
        _check_certified(document, bought)
        return
    if (document.used_after, document.listed_after) == (bought.state.used, bought.state.listed):
        raise _refuse(
            "already-used",
            "the card already stands at these totals: this authorisation has been used",
            "nothing more will move; see `prepaid card history`",
            document.card,
        )
    _check_growth(document.used_after, document.listed_after, bought, document.card)


def _check_certified(
    document: ChargeRequest | Authorisation | VoucherAuthorisation, bought: BoughtCard
) -> None:
    """Only the totals as certified can be confirmed, once for each certificate."""
    state = bought.state
    if (document.used_after, document.listed_after) != (state.used, state.listed):
        raise _refuse(
            "not-certified",
            f"it is about {document.used_after}/{document.listed_after}, certified are "
            f"{state.used}/{state.listed}",
            "confirm what is certified: `prepaid card confirm`",
            document.card,
            used=state.used,
            listed=state.listed,
            used_after=document.used_after,
            listed_after=document.listed_after,
        )
    if not state.marks & UNCONFIRMED:
        raise _refuse(
            "already-used",
            "what was certified is confirmed already",
            "nothing more will move; see `prepaid card history`",
            document.card,
        )


def check_answer(authorisation: Authorisation, charge: ChargeRequest) -> None:
    """Return if the authorisation answers this very charge, else PolicyRefusal (`authorisation-altered`)."""
    asked = charge.message.consume(epoch=authorisation.epoch, max_pay=authorisation.max_pay)
    same_place = (authorisation.chain_id, authorisation.sub_wallet) == (charge.chain_id, charge.sub_wallet)
    if not same_place or asked != authorisation.message or authorisation.max_pay > charge.max_pay:
        raise _refuse(
            "authorisation-altered",
            f"the authorisation does not answer charge {charge.number}",
            "ask the consumer to authorise this charge",
            charge.card,
            number=charge.number,
        )


def _refuse(code: str, message: str, hint: str, card: bytes, **values: object) -> PolicyRefusal:
    return PolicyRefusal(message, hint=hint, code=code, card="0x" + card.hex(), **values)


def _check_place(document: ChargeRequest | Authorisation | VoucherAuthorisation, bought: BoughtCard) -> None:
    domain = bought.domain
    if document.chain_id != domain.chain_id:
        raise _refuse(
            "foreign-chain",
            f"made for chain {document.chain_id}, the card is on chain {domain.chain_id}",
            "choose the chain it was made for",
            document.card,
            found=document.chain_id,
            chain_id=domain.chain_id,
        )
    if document.sub_wallet != domain.verifying_contract:
        raise _refuse(
            "foreign-wallet",
            f"made for sub-wallet {document.sub_wallet}, the card is in {domain.verifying_contract}",
            "it is meant for another consumer",
            document.card,
            found=document.sub_wallet,
            wallet=domain.verifying_contract,
        )
    if document.card != bought.card_id:
        raise _refuse(
            "other-card",
            f"made for card 0x{document.card.hex()}, this is card 0x{bought.card_id.hex()}",
            "choose the card it was made for",
            bought.card_id,
            found="0x" + document.card.hex(),
        )
    if bought.terms.card_id(domain) != bought.card_id:
        raise _refuse(
            "terms-differ",
            "the terms on record are not those the card was bought under",
            "rebuild the records from the chain: `prepaid card list`",
            document.card,
        )


def _check_time(deadline: int, now: int, card: bytes) -> None:
    if now > deadline:
        late = now - deadline
        raise _refuse("expired", f"it expired {late} s ago", "ask for a new one", card, late=late)


def _check_open(state: Card, card: bytes) -> None:
    if state.status != Status.OPEN:
        name = state.status.name.lower()
        message, hint = f"the card is not open ({name})", "see `prepaid card show`"
        raise _refuse("card-not-open", message, hint, card, status=name)


def _check_growth(used: int, listed: int, bought: BoughtCard, card: bytes) -> None:
    state = bought.state
    if used < state.used or listed < state.listed or (used == state.used and listed == state.listed):
        raise _refuse(
            "totals-not-growing",
            f"totals would go from {state.used}/{state.listed} to {used}/{listed}",
            "it was overtaken by a later one; ask for a new one",
            card,
            used=state.used,
            listed=state.listed,
            used_after=used,
            listed_after=listed,
        )
    if bought.capacity is not None and used > bought.capacity:
        raise _refuse(
            "over-draw",
            f"the card was sold for {bought.capacity}, the total would become {used}",
            "pay the rest another way, or ask for a smaller charge",
            card,
            capacity=bought.capacity,
            used_after=used,
        )
