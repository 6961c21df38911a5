"""Cards as the chain tells them: whose, under which terms, where they stand.

`Opened` carries the complete terms, so everything here is rebuilt from the chain alone; the journal only
remembers it. Events of an address are believed only if the factory derives that address from its owner.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from wallet.bindings.abi import decode, encode
from wallet.bindings.events import Opened
from wallet.bindings.runtime import ask
from wallet.bindings.structs import TERMS
from wallet.bindings.sub_wallet import SubWallet
from wallet.chain.base import BadAnswer, Log, Reverted
from wallet.eip712.domain import Domain
from wallet.errors import ContractError, InvalidInput
from wallet.ledger import KnownCard
from wallet.rules import Card, Status
from wallet.services.context import Context
from wallet.terms import Terms

SHORTEST = 4
"""Fewest digits by which a card may be called."""


@dataclass(frozen=True, slots=True)
class CardRecord:
    """What never changes about a card."""

    card: bytes
    owner: str
    wallet: str
    terms: Terms

    @property
    def contract(self) -> SubWallet:
        """The sub-wallet that holds it."""
        return SubWallet(self.wallet)

    def domain(self, context: Context) -> Domain:
        """What messages about it are signed for."""
        return context.domain_of(self.owner)


def state_of(context: Context, record: CardRecord) -> Card:
    """Where the card stands now."""
    raw = ask(context.chain, record.contract.card_of(record.card))
    totals = (raw.used, raw.listed, raw.released, raw.held)
    return Card(*totals, raw.opened_at, Status(raw.status), raw.marks, raw.epoch)


def require_open(record: CardRecord, state: Card) -> None:
    """Raise InvalidInput (`card-not-open`) unless the card is open."""
    if state.status is not Status.OPEN:
        name, card = state.status.name.lower(), "0x" + record.card.hex()
        raise InvalidInput(
            f"card {card} is not open ({name})",
            hint="`prepaid card show` tells where it stands",
            code="card-not-open",
            status=name,
            card=card,
        )


def cards_of(context: Context, owner: str) -> list[CardRecord]:
    """Every card the consumer ever opened, oldest first, read from the chain alone."""
    wallet = context.wallet_of(owner).address
    logs = context.chain.logs(wallet, [Opened.TOPIC], context.platform.block)
    found = [_record(log, owner) for log in logs]
    _remember(context, found)
    return found


def cards_sold(context: Context, merchant: str) -> list[CardRecord]:
    """Every card a merchant ever sold on this platform, oldest first, read from the chain alone."""
    by = encode("(address)", (merchant,))
    return believed(context, context.chain.logs(None, [Opened.TOPIC, None, by], context.platform.block))


def find_card(context: Context, wanted: str, *, owner: str | None = None) -> CardRecord:
    """The card with this id or start of an id (0x…, four digits or more).

    Raises InvalidInput (`unknown-card`, `ambiguous-card`). Asks the journal first, the chain if need be.
    """
    start = _start(wanted)
    hits = [card for card in _remembered(context, start, owner) if state_of_or_none(context, card)]
    if len(hits) != 1:
        every = cards_of(context, owner) if owner else _search(context, start)
        hits = [card for card in every if card.card.hex().startswith(start)]
    if len(hits) > 1:
        raise InvalidInput(
            f"card: {wanted!r} fits {len(hits)} cards",
            hint="give more digits",
            code="ambiguous-card",
            value=wanted,
        )
    if not hits:
        raise _not_found(wanted, "is not known on this chain")
    return hits[0]


def remembered_card(context: Context, wanted: str, *, owner: str | None = None) -> CardRecord | None:
    """The card of `find_card` if the journal alone can tell it; whether the chain has it is not asked."""
    known = _remembered(context, _start(wanted), owner)
    return known[0] if len(known) == 1 else None


def find_cards(context: Context, cards: Iterable[bytes]) -> dict[bytes, CardRecord]:
    """The cards with these ids; those in the journal are taken from there without asking the chain."""
    wanted = set(cards)
    known = {
        card.card: _known(card) for card in context.journal.cards(context.identity) if card.card in wanted
    }
    return known | {card: find_card(context, "0x" + card.hex()) for card in wanted - known.keys()}


def state_of_or_none(context: Context, record: CardRecord) -> Card | None:
    """The card's state, None if the chain does not have it (any more)."""
    try:
        state = state_of(context, record)
    except (BadAnswer, ContractError):
        return None
    return state if state.status is not Status.NONE else None


def _start(wanted: str) -> str:
    start = wanted.strip().lower().removeprefix("0x").rstrip("…")
    if len(start) < SHORTEST or set(start) - set("0123456789abcdef"):
        raise _not_found(wanted, "is not a card's id")
    return start


def _remembered(context: Context, start: str, owner: str | None) -> list[CardRecord]:
    if len(start) > 64:
        return []
    return [_known(card) for card in context.journal.cards(context.identity, owner=owner, start=start)]


def _search(context: Context, start: str) -> list[CardRecord]:
    whole = bytes.fromhex(start) if len(start) == 64 else None
    logs = context.chain.logs(None, [Opened.TOPIC, whole], context.platform.block)
    return believed(context, [log for log in logs if log.topics[1].hex().startswith(start)])


def believed(context: Context, logs: Iterable[Log]) -> list[CardRecord]:
    """Records of those logs that come from sub-wallets of this platform."""
    owners: dict[str, str | None] = {}
    found = []
    for log in logs:
        if log.address not in owners:
            owners[log.address] = _owner(context, log.address)
        owner = owners[log.address]
        if owner is not None:
            found.append(_record(log, owner))
    _remember(context, found)
    return found


def _owner(context: Context, wallet: str) -> str | None:
    try:
        owner = ask(context.chain, SubWallet(wallet).owner())
        return owner if context.wallet_of(owner).address == wallet else None
    except (BadAnswer, ContractError, Reverted):
        return None


def _record(log: Log, owner: str) -> CardRecord:
    event = Opened.decode(log)
    return CardRecord(event.card, owner, log.address, event.terms)


def _known(card: KnownCard) -> CardRecord:
    (values,) = decode(f"({TERMS})", card.terms)
    return CardRecord(card.card, card.owner, card.wallet, Terms(*values))


def _remember(context: Context, found: list[CardRecord]) -> None:
    context.journal.remember_cards(
        KnownCard(one.card, context.identity, one.owner, one.wallet, one.terms.encode()) for one in found
    )


def _not_found(wanted: str, why: str) -> InvalidInput:
    return InvalidInput(
        f"card: {wanted!r} {why}",
        hint="`prepaid card list` shows the ids; four digits or more",
        code="unknown-card",
        value=wanted,
    )
