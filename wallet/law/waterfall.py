"""Who bears what when a merchant is gone: custody first, then each guarantor in turn, then the consumer.

The reference for the contracts below `contracts/guarantee/`, which are tested against it. Pure functions of
whole fen; which guarantors stand behind a card, and what they may still pay, is asked elsewhere. What is held
is rounded up (the consumer's), what an insurer insures down; a pot too small for all is shared by the largest
remainder, so that the parts add up to the fen.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

FULL: Final = 10_000
PROPORTIONAL, ADVANCE_FIRST = "proportional", "advance_first"


@dataclass(frozen=True, slots=True)
class Losses:
    """One card's end, in fen: `custody` was still held, `paid` came from each guarantor in its order."""

    custody: int
    paid: tuple[int, ...]
    consumer_loss: int


def in_custody(principal: int, unperformed: int, custody_bps: int, schedule: str = PROPORTIONAL) -> int:
    """What is held of an unperformed value: the same share at all times, or the held share spent last."""
    if schedule == ADVANCE_FIRST:
        return min(-(-custody_bps * principal // FULL), unperformed)
    return -(-custody_bps * unperformed // FULL)


def waterfall(entitlement: int, custody: int, available: Sequence[int]) -> Losses:
    """What each source pays of an entitlement: custody, then each of `available` up to what it has."""
    held = min(custody, entitlement)
    missing, paid = entitlement - held, []
    for most in available:
        paid.append(min(missing, most))
        missing -= paid[-1]
    return Losses(held, tuple(paid), missing)


def insured(
    shortfall: int,
    entitlement: int,
    *,
    share_bps: int = FULL,
    deductible_bps: int = 0,
    deductible_fen: int = 0,
    promised: int | None = None,
) -> int:
    """What a line pays on a card: the insured share of what was unperformed, less the larger deductible."""
    loss = min(shortfall, entitlement * share_bps // FULL)
    due = max(0, loss - max(loss * deductible_bps // FULL, deductible_fen))
    return due if promised is None else min(due, promised)


def premium_parts(sum_insured: int, rate_bps: int, split_bps: Sequence[int]) -> list[int]:
    """The premium, payer by payer, each part rounded down; the last payer with a share takes the rest."""
    premium = sum_insured * rate_bps // FULL
    parts = [premium * share // FULL for share in split_bps]
    last = max((place for place, share in enumerate(split_bps) if share), default=None)
    if last is not None:
        parts[last] += premium - sum(parts)
    return parts


def share_out(claims: Sequence[int], pot: int) -> list[int]:
    """Each claim's part of a pot: all of it if there is enough, else pro rata with the largest remainder."""
    whole = sum(claims)
    if whole <= pot:
        return list(claims)
    least, last = last_with_more(claims, pot)
    return [
        claim * pot // whole + ((claim * pot % whole, -place) >= (least, -last))
        for place, claim in enumerate(claims)
    ]


def last_with_more(claims: Sequence[int], pot: int) -> tuple[int, int]:
    """Remainder and place of the last claim that gets a fen beyond its share rounded down.

    Among equal remainders the earlier claims come first. Where nobody gets more, the remainder is one that no
    claim has.
    """
    whole = sum(claims)
    order = sorted((-(claim * pot % whole), place) for place, claim in enumerate(claims))
    more = pot - sum(claim * pot // whole for claim in claims)
    return (-order[more - 1][0], order[more - 1][1]) if more else (whole, 0)
