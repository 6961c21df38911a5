"""What creditors can reach, by whose the held money is: the five custody vehicles of the programmes.

On the chain the money lies in consumers' sub-wallets in every case, and nobody's bankruptcy moves it. What a
court would make of a trust, an escrow account or a platform's balance sheet is data here: the vehicle says
it, and where lawyers would argue both answers are given.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from wallet.stories.report import Bankruptcy

if TYPE_CHECKING:
    from wallet.systems.model import Vehicle

MERCHANT, PLATFORM = "merchant", "platform"

REMOTE: frozenset[Vehicle] = frozenset({"consumer-subwallet", "trust"})
"""Vehicles that no bankruptcy reaches (rows 7 and 20): the money is the consumer's own, or a trust's."""

_OWNER: dict[Vehicle, str] = {"merchant-account": MERCHANT, "platform-balance": PLATFORM}
"""Vehicles in which the money is simply somebody's."""


def bankrupt(vehicle: Vehicle, party: str, held: int) -> Bankruptcy:
    """What the creditors of `party` can take of `held` fen.

    An escrow account is earmarked for the consumers by agreement; whether that holds against a merchant's
    creditors is contested, so its money is neither safe nor simply lost.
    """
    attached = held if _OWNER.get(vehicle) == party else 0
    contested = held if vehicle == "escrow-account" and party == MERCHANT else 0
    return Bankruptcy(party, held, attached, contested)
