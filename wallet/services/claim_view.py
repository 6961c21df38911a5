"""Where cards stand with those behind them: promised, claimed, verified, paid; read from the chain alone."""

from __future__ import annotations

from dataclasses import dataclass

from wallet.bindings.abi import encode
from wallet.bindings.events import CardAccepted
from wallet.bindings.guarantee_fund import GuaranteeFund
from wallet.bindings.insurance_pool import InsurancePool
from wallet.bindings.runtime import ask
from wallet.bindings.structs import Pledge
from wallet.rules import day_of
from wallet.services.context import Context
from wallet.services.guarantee import INSURANCE, STAGES, TRIGGERS, admitted, kind_of
from wallet.services.guarantee_cover import NO_COVER, pledges_of
from wallet.services.guarantee_lines import line_of
from wallet.services.records import CardRecord, find_card

NONE, PROMISED, FILED, CONFIRMED, REFUSED, PAID, RELEASED = STAGES
_CHINA, _DAY = 8 * 3600, 86_400


@dataclass(frozen=True, slots=True)
class GuaranteeView:
    """One guarantor's promise for a card, fen and unix seconds. `place` is its turn, from 1.

    `decide_by` ends the assessor's days (0 if nothing is filed), `pay_from` is when the claim can be paid if
    nobody refuses it (0 once somebody has); in a shared pot both run from its round's first claim.
    """

    card: str
    place: int
    guarantor: str
    name: str
    kind: str
    stage: str
    promised: int
    claimed: int
    trigger: str
    until: int
    filed_at: int
    decide_by: int
    pay_from: int
    assessor: str
    line: int
    round: int | None
    transaction: str = ""


def guarantees_of(context: Context, card: str) -> list[GuaranteeView]:
    """Every guarantor of a card in its order, and where each stands; empty for a card without cover."""
    return guarantees_for(context, find_card(context, card))


def list_claims(
    context: Context, *, merchant: str | None = None, stage: str | None = None
) -> list[GuaranteeView]:
    """Every promise of every admitted guarantor, oldest first; of one merchant, or at one stage."""
    names = admitted(context)
    if not names:
        return []
    by = None if merchant is None else encode("(address)", (merchant,))
    logs = context.chain.logs(list(names), [CardAccepted.TOPIC, None, None, by], context.platform.block)
    cards = dict.fromkeys(CardAccepted.decode(log).card for log in logs)
    found = [view for card in cards for view in guarantees_of(context, "0x" + card.hex())]
    return [view for view in found if stage in (None, view.stage)]


def guarantees_for(context: Context, record: CardRecord) -> list[GuaranteeView]:
    """The same for a card in hand."""
    if record.terms.cover == NO_COVER:
        return []
    names = admitted(context)
    return [
        view_of(context, record, place, pledge, names.get(pledge.guarantor, ""))
        for place, pledge in enumerate(pledges_of(context, record.terms.cover), start=1)
    ]


def view_of(context: Context, record: CardRecord, place: int, pledge: Pledge, name: str) -> GuaranteeView:
    """Where one of its guarantors stands, by its pledge and the name it was admitted under."""
    kind = kind_of(context, pledge.guarantor)
    card = "0x" + record.card.hex()
    if not kind:  # none of ours: nothing is known but the promise
        return GuaranteeView(
            card, place, pledge.guarantor, name, "", "", pledge.limit, 0, "", 0, 0, 0, 0, "", 0, None
        )
    pool = InsurancePool(pledge.guarantor)
    found = ask(context.chain, pool.guarantee_of(record.card))
    shared = False
    if kind == INSURANCE:
        line = line_of(context, pledge.guarantor, found.line)
        assessor, wait, verify, shared = line.assessor, line.wait_days, line.verify_days, line.shared
    else:
        limits = ask(context.chain, GuaranteeFund(pledge.guarantor).limits())
        assessor, wait, verify = limits.assessor, limits.wait_days, limits.verify_days
    stage, begun = STAGES[found.stage], found.filed_at
    number = found.round_ if shared and begun else None
    if number is not None:
        begun = ask(context.chain, pool.round_at(found.line, number))[0].opened_at
    waits = stage == FILED or (number is not None and stage == CONFIRMED)
    pay_from = _day_after(begun, wait + verify) if waits else _day_after(begun, wait) if wait else begun
    return GuaranteeView(
        card=card,
        place=place,
        guarantor=pledge.guarantor,
        name=name,
        kind=kind,
        stage=stage,
        promised=found.promised,
        claimed=found.claimed,
        trigger=TRIGGERS[found.trigger] if begun else "",
        until=found.until,
        filed_at=found.filed_at,
        decide_by=_day_after(begun, wait + verify) - 1 if begun else 0,
        pay_from=pay_from if begun and stage != REFUSED else 0,
        assessor=assessor,
        line=found.line,
        round=number,
    )


def _day_after(moment: int, days: int) -> int:
    """Unix time at which the calendar day after so many whole days begins."""
    return (day_of(moment) + days + 1) * _DAY - _CHINA
