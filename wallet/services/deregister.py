"""Leave for good: end every open card of a consumer's sub-wallet, so that nothing stays frozen in it.

The sub-wallet itself cannot be closed and need not be: empty, it is an address. What sits there by mistake
comes back with `sweep`.
"""

from __future__ import annotations

from dataclasses import dataclass

from wallet.errors import ContractError, InvalidInput
from wallet.rules import Status
from wallet.services.context import Context
from wallet.services.records import cards_of, state_of
from wallet.services.terminate import Ended, Exit, preview_termination, terminate
from wallet.signing.moving import farewell_sentence
from wallet.signing.sentence import Shown
from wallet.signing.signer import Signer


@dataclass(frozen=True, slots=True)
class Farewell:
    """What ending all open cards would bring, card by card; not yet signed. Sums in fen."""

    sentence: str
    consumer: str
    exits: tuple[Exit, ...]
    refund: int
    to_merchants: int
    shortfall: int


@dataclass(frozen=True, slots=True)
class Left:
    """Cards ended, and those whose contract refused, with why. Fen: what came back, what merchants may
    collect, what is missing, and what is still frozen (0 unless a card refused or was bought meanwhile).
    """

    consumer: str
    sub_wallet: str
    cards: tuple[Ended, ...]
    refused: dict[str, ContractError]
    refund: int
    to_collect: int
    shortfall: int
    frozen: int


def preview_farewell(context: Context, consumer: str) -> Farewell:
    """The refunds of all open cards now. Raises InvalidInput (`no-open-card`) if there is none."""
    exits = tuple(
        preview_termination(context, card, owner=consumer) for card in _open_cards(context, consumer)
    )
    if not exits:
        raise InvalidInput(
            f"{consumer} has no open card",
            hint="`prepaid card list` shows all of them",
            code="no-open-card",
            value=consumer,
        )
    refund, kept = sum(one.refund for one in exits), sum(one.to_merchant for one in exits)
    missing = sum(one.shortfall for one in exits)
    wallet = context.wallet_of(consumer).address
    shown = Shown(wallet, context.chain.now(), context.language)
    sentence = farewell_sentence(shown, cards=len(exits), refund=refund, to_merchants=kept, shortfall=missing)
    return Farewell(sentence, consumer, exits, refund, kept, missing)


def leave(context: Context, consumer: Signer, farewell: Farewell, *, carrier: Signer | None = None) -> Left:
    """End them one after the other; one that is refused holds up no other. Repeated, it goes on."""
    done: list[Ended] = []
    refused: dict[str, ContractError] = {}
    for number, exit_ in enumerate(farewell.exits):
        context.on_progress(number, len(farewell.exits), "end cards")
        try:
            done.append(terminate(context, consumer, exit_, carrier=carrier))
        except ContractError as error:
            refused[exit_.card] = error
    context.on_progress(len(farewell.exits), len(farewell.exits), "end cards")
    states = [state_of(context, record) for record in cards_of(context, consumer.address)]
    return Left(
        consumer=consumer.address,
        sub_wallet=context.wallet_of(consumer.address).address,
        cards=tuple(done),
        refused=refused,
        refund=sum(one.refund for one in done),
        to_collect=sum(one.to_collect for one in done),
        shortfall=sum(one.shortfall for one in done),
        frozen=sum(state.held for state in states if state.status is Status.OPEN),
    )


def _open_cards(context: Context, consumer: str) -> list[str]:
    return [
        "0x" + record.card.hex()
        for record in cards_of(context, consumer)
        if state_of(context, record).status is Status.OPEN
    ]
