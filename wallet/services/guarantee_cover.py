"""What stands behind a card: the pledges behind the hash in its terms, and what they are worth at least."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from wallet.bindings.abi import encode
from wallet.bindings.events import CoverAnnounced
from wallet.bindings.runtime import ask
from wallet.bindings.structs import Pledge
from wallet.eip712 import cover_hash
from wallet.errors import InvalidInput
from wallet.law.waterfall import insured
from wallet.services.context import Context
from wallet.services.guarantee import INSURANCE, admitted, book_of, find_guarantor, kind_of
from wallet.services.guarantee_lines import line_for
from wallet.services.sending import send
from wallet.signing.signer import Signer
from wallet.terms import FULL, GIFT_FIRST, RATIO, Terms

NO_COVER = bytes(32)


@dataclass(frozen=True, slots=True)
class Promise:
    """One guarantor's part of a cover, in fen: `limit` is what it promises at most, `worth` what it pays at
    least when the merchant is gone, 0 for a contract that no operator has admitted."""

    guarantor: str
    name: str
    kind: str
    limit: int
    worth: int
    shared: bool = False
    """Whether its pot may have to be shared with others, so that less than the limit is paid."""


def announce(context: Context, by: Signer, pledges: Sequence[tuple[str, int]]) -> bytes:
    """Put pledges, (guarantor, fen) in order, on record and return the cover that terms name.

    A guarantor is an address, a name or a kind. Raises CoverBookPledgesUnsound for one that is not admitted,
    for one named twice or without a limit.
    """
    named = [(find_guarantor(context, who).address, fen) for who, fen in pledges]
    cover = cover_hash(named)
    book = book_of(context)
    if not ask(context.chain, book.is_announced(cover)):
        send(
            context, by, book.announce([Pledge(*each) for each in named]), f"announce cover {cover.hex()[:8]}"
        )
    return cover


def pledges_of(context: Context, cover: bytes) -> tuple[Pledge, ...]:
    """The pledges behind a cover, none for no cover; InvalidInput (`cover-unknown`) if never announced."""
    if cover == NO_COVER:
        return ()
    topics = [CoverAnnounced.TOPIC, encode("(bytes32)", (cover,))]
    logs = context.chain.logs(book_of(context).address, topics, context.platform.block)
    if not logs:
        raise InvalidInput(
            f"nobody has announced what the cover 0x{cover.hex()} stands for",
            hint="do not buy what nobody explains; the merchant announces it when it publishes",
            code="cover-unknown",
            cover="0x" + cover.hex(),
        )
    return CoverAnnounced.decode(logs[0]).pledges


def promises(context: Context, terms: Terms) -> tuple[Promise, ...]:
    """Who stands behind a card with these terms, in order, and what each is worth if it accepts the card.

    Empty for a cover that nobody announced: what is not known counts for nothing.
    """
    if terms.cover == NO_COVER:
        return ()
    names = admitted(context)
    try:
        pledges = pledges_of(context, terms.cover)
    except InvalidInput:
        return ()
    return tuple(_promise(context, terms, one, names) for one in pledges)


def covered(promised: Sequence[Promise], at_risk: int) -> int:
    """What of `at_risk` fen somebody else pays at least."""
    return min(at_risk, sum(one.worth for one in promised))


def worst_shortfall(terms: Terms) -> int:
    """Most that the card can be short at its end, as contracts/guarantee/CoverMath.sol reads plain fields."""
    settled = terms.settlement_formula
    refunds = (terms.not_consumer_formula, terms.consumer_formula)
    if settled != GIFT_FIRST and (settled != RATIO or GIFT_FIRST in refunds):
        return terms.principal
    share = max(map(terms.ladder, (1, 2, 3))) if terms.has_ladder else FULL - terms.custody_bps
    return min(max(-(-terms.principal * share // FULL), terms.advance), terms.principal)


def _promise(context: Context, terms: Terms, pledge: Pledge, names: dict[str, str]) -> Promise:
    kind = kind_of(context, pledge.guarantor) if pledge.guarantor in names else ""
    limit = min(pledge.limit, worst_shortfall(terms))
    line = line_for(context, pledge.guarantor, terms.merchant) if kind == INSURANCE else None
    if not kind or (kind == INSURANCE and line is None):
        return Promise(pledge.guarantor, names.get(pledge.guarantor, ""), kind, limit, 0)
    worth = limit
    if line is not None:
        due = insured(
            worst_shortfall(terms),
            terms.principal,
            share_bps=line.share_bps,
            deductible_bps=line.deductible_bps,
            deductible_fen=line.deductible_fen,
            promised=limit,
        )
        worth = due * line.aggregate // line.promised_most
    return Promise(
        pledge.guarantor, names[pledge.guarantor], kind, limit, worth, line is not None and line.shared
    )
