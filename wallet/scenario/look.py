"""Everything that a scenario can expect, seen at one moment: money, cards, and where merchants stand.

Read from the chain each time, never remembered from before. Places of money that nobody named are found
through the token's own events, so that no fen can leave the picture.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from wallet.address import to_checksum
from wallet.bindings.digital_yuan import DigitalYuan
from wallet.bindings.events import Transfer
from wallet.bindings.runtime import ask
from wallet.chain.base import BadAnswer
from wallet.errors import ContractError
from wallet.rules import Status
from wallet.scenario.result import CardLook, Look
from wallet.services.onboard import MerchantStatus
from wallet.services.publish import unit_of
from wallet.services.records import state_of

if TYPE_CHECKING:
    from wallet.scenario.held import HeldCard
    from wallet.scenario.world import World


def look(world: World) -> Look:
    """How everything stands now."""
    token = DigitalYuan(world.context.platform.token)
    merchants = [one for one in world.people.values() if one.role == "merchant"]
    return Look(
        at=world.chain.head().timestamp,
        balances={name: ask(world.chain, token.balance_of(at)) for at, name in money_places(world).items()},
        cards={name: _card(world, card) for name, card in world.cards.items()},
        merchants={one.name: _standing(world, one.signer.address) for one in merchants},
    )


def money_places(world: World) -> dict[str, str]:
    """Address -> name of all that can have money: everybody, their sub-wallets, and wherever else it went."""
    found, strange = world.places(), set[str]()
    for log in world.chain.logs(world.context.platform.token, [Transfer.TOPIC], world.first_block):
        strange |= {to_checksum(topic[12:]) for topic in log.topics[1:3] if any(topic)} - found.keys()
    if strange:
        known = world.everything()
        found |= {address: known.get(address, address) for address in sorted(strange)}
    return found


def _standing(world: World, address: str) -> str:
    status, _ = ask(world.chain, world.context.merchants.status_of(address))
    return MerchantStatus(status).name.lower()


def _card(world: World, card: HeldCard) -> CardLook:
    record = card.record
    terms, unit = record.terms, unit_of(world.context, record.terms).value
    try:
        state = state_of(world.context, record)
    except BadAnswer:  # its sub-wallet is not there: the chain went back to before
        return CardLook("none", unit, terms.principal, 0, 0, 0, 0, 0, 0, 0, 0)
    owed = 0
    if state.status is Status.OPEN:
        try:
            owed, _ = ask(world.chain, record.contract.quote(terms))
        except ContractError:  # where its template fails, all that was not released is owed
            owed = state.held
    lies_there = state.status in (Status.OPEN, Status.OWING)
    return CardLook(
        status=state.status.name.lower(),
        unit=unit,
        principal=terms.principal,
        used=state.used,
        listed=state.listed,
        released=state.released,
        held=state.held if lies_there else 0,
        entitled=owed,
        shortfall=state.held if state.status is Status.SHORT else max(0, owed - state.held),
        due=state.held if state.status is Status.OWING else 0,
        epoch=state.epoch,
    )
