"""One round of supervision: raise what is wrong, stop and reopen sales, set tiers, close what was announced.

A round brings the chain in line with the book; it can be run at any time, by anybody who is an operator, and
running it twice changes nothing. A block is written down before it reaches the chain and lifted there before
that is written down, so a round that was cut short is finished by the next one. Only new sales are stopped:
nothing here touches a card, and every exit stays open.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from wallet.services import onboard
from wallet.services.admission import dossiers
from wallet.services.context import Context
from wallet.services.custody import CardMoney, balance_at, every_card, totals_of, unperformed
from wallet.services.office import Office, need_office
from wallet.services.reporting import last_quarter
from wallet.signing.signer import Signer
from wallet.supervision.dossier import Dossier
from wallet.supervision.findings import Alert, Findings, Position, find

_SELLING = ("approved", "suspended")


@dataclass(frozen=True, slots=True)
class Raised:
    """An alert that is on for a merchant."""

    merchant: str
    name: str
    alert: Alert


@dataclass(frozen=True, slots=True)
class Step:
    """Something a round did to a merchant on the chain: "blocked", "lifted", "tier" or "closed"."""

    what: str
    merchant: str
    name: str
    values: dict[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Round:
    """What one round found and did. `alerts` are all that are on, `new` those it raised."""

    at: int
    merchants: int
    alerts: tuple[Raised, ...]
    new: tuple[Raised, ...]
    steps: tuple[Step, ...]


def watch(context: Context, operator: Signer) -> Round:
    """Go through all merchants of the programme once; NotAllowed if `operator` is none."""
    with need_office(context) as office:
        office.require("alert", operator)
        money: dict[str, list[CardMoney]] = {}
        for card in every_card(context):
            money.setdefault(card.record.terms.merchant, []).append(card)
        alerts: list[Raised] = []
        new: list[Raised] = []
        steps: list[Step] = []
        seen = dossiers(office)
        known = {one.address: one for one in onboard.list_merchants(context)}
        for number, dossier in enumerate(seen, 1):
            context.on_progress(number, len(seen), "watch")
            merchant = known.get(dossier.merchant)
            if merchant is None or merchant.status not in _SELLING:
                continue
            desk = _Desk(office, operator, dossier, money.get(dossier.merchant, []))
            steps += desk.go_through(merchant)
            alerts += desk.alerts
            new += desk.new
        return Round(office.now, len(seen), tuple(alerts), tuple(new), tuple(steps))


def position_of(office: Office, cards: list[CardMoney]) -> Position:
    """What the chain says of a merchant's cards now."""
    deposits = office.programme.watch.deposit_rule.startswith("mofcom")
    return Position(
        balance=unperformed(office.context, cards, office.now),
        last_quarter=balance_at(office.context, cards, last_quarter(office.context)) if deposits else 0,
        held=totals_of(cards).held,
    )


def findings_of(office: Office, dossier: Dossier, cards: list[CardMoney]) -> Findings:
    """What is wrong with a merchant now."""
    listed = office.listed(dossier)
    return find(dossier, position_of(office, cards), office.programme, office.now, listed=listed)


class _Desk:
    """One merchant in one round."""

    def __init__(self, office: Office, operator: Signer, dossier: Dossier, cards: list[CardMoney]) -> None:
        self.office, self.operator, self.dossier, self.cards = office, operator, dossier, cards
        self.merchant = dossier.merchant
        self.alerts: list[Raised] = []
        self.new: list[Raised] = []

    def go_through(self, known: onboard.Merchant) -> list[Step]:
        """Everything in its order: alerts first, then what stops or moves anything."""
        if not self.dossier.approved_at:  # the command that approved it did not come so far as to note it
            self._say("approved")
        found = findings_of(self.office, self.dossier, self.cards)
        self._alert(found)
        steps = [*self._sales(found, known.status), *self._tier(found, known.tier)]
        return [*steps, *self._closing()]

    def _alert(self, found: Findings) -> None:
        before = dict(self.dossier.alerts)
        for alert in found.alerts:
            raised = Raised(self.merchant, self.dossier.name, alert)
            self.alerts.append(raised)
            if alert.key not in before:
                self._say("alert", alert=alert.key, code=alert.code, **dict(alert.values))
                self.new.append(raised)
        for key in before.keys() - {alert.key for alert in found.alerts}:
            self._say("alert-over", alert=key)

    def _sales(self, found: Findings, status: str) -> list[Step]:
        context = self.office.context
        if found.blocks:
            if found.blocks != self.dossier.blocked:
                self._say("sale-blocked", reasons=list(found.blocks))
            if status == "approved":
                onboard.suspend(context, self.operator, self.merchant)
                return [self._step("blocked", reasons=found.blocks)]
            return []
        if not self.dossier.blocked:
            return []  # suspended by hand, or not at all: not this round's business
        if status == "suspended":
            onboard.approve(context, self.operator, self.merchant)
        self._say("sale-lifted")
        return [self._step("lifted")]

    def _tier(self, found: Findings, tier: int) -> list[Step]:
        if not self.office.programme.credit.tiers or tier == found.tier:
            return []
        onboard.set_tier(self.office.context, self.operator, self.merchant, found.tier)
        self._say("tier-set", before=tier, tier=found.tier, risk=found.risk)
        return [self._step("tier", before=tier, tier=found.tier)]

    def _closing(self) -> list[Step]:
        due = self.dossier.closing_at
        if not due or self.office.now < due:
            return []
        onboard.close(self.office.context, self.operator, self.merchant)
        self._say("closed")
        return [self._step("closed")]

    def _say(self, kind: str, **data: object) -> None:
        self.office.say(kind, self.merchant, self.operator, **data)

    def _step(self, what: str, **values: object) -> Step:
        return Step(what, self.merchant, self.dossier.name, values)
