"""A preset's guarantors on the stage: opened with its limits, admitted, filled with capital, run by a keeper.

What they accept and pay is the contracts' to decide. Lines for a merchant's or a public body's own loss are
in no card's cover and have no part in a story.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from wallet.services.guarantee import (
    FUND,
    INSURANCE,
    PLATFORM,
    STOPPED,
    Rules,
    admit,
    label,
    list_template,
    open_guarantor,
)
from wallet.services.guarantee_lines import PLACES, Offer, fund_premium, line_of, write_line
from wallet.services.guarantee_money import owed_by, pay_in
from wallet.terms import FULL

if TYPE_CHECKING:
    from wallet.stories.stage import Stage
    from wallet.systems.model import Guarantor

KEEPERS: Final = {INSURANCE: "insurer", PLATFORM: "platform", FUND: "fund"}
CAPITAL: Final = 100_000_000
UNLIMITED: Final = CAPITAL // 4
"""What a preset without a limit gets for one merchant."""
PREMIUMS: Final = 200_000
"""Fen that each payer of a premium pays in beforehand; what no premium uses stays its own."""


class Standing:
    """One guarantor of the preset's, with the rule it follows."""

    def __init__(self, stage: Stage, rule: Guarantor, name: str) -> None:
        self.stage, self.rule, self.context = stage, rule, stage.context
        self.keeper_role = KEEPERS[rule.kind]
        self.keeper = stage.people[self.keeper_role]
        self.lines: dict[str, int] = {}
        """Merchant's role -> number of its line at an insurer."""
        stage.give(self.keeper_role, CAPITAL)
        rules = Rules(
            assessor=self.keeper.address,
            triggers=rule.triggers.value,
            wait_days=rule.wait_days.value,
            verify_days=rule.verify_days.value,
            cover_days=rule.cover_days.value,
            card=CAPITAL if rule.limit_card is None else rule.limit_card.value,
            merchant=self._merchant_most,
        )
        self.address = open_guarantor(self.context, self.keeper, rule.kind, rules).address
        admit(self.context, stage.operator, self.address, name)
        pay_in(self.context, self.keeper, self.address, CAPITAL)
        self.allow(self.context.platform.templates["StoredValue"])

    @property
    def trigger(self) -> str:
        """What a claim after a runaway rests on here: the first of its triggers that is a stop."""
        return next(one for one in STOPPED if one in self.rule.triggers.value)

    def pledge(self, principal: int) -> tuple[str, int]:
        """What it promises for a card of this price at most, fen."""
        limit = principal * self.rule.share.value // FULL
        if self.rule.limit_card is not None:
            limit = min(limit, self.rule.limit_card.value)
        return self.address, limit

    def take_on(self, role: str) -> None:
        """Stand for a merchant: an insurer by a line whose premium is paid in, others stand for all."""
        if self.rule.kind != INSURANCE:
            return
        rule, people = self.rule, self.stage.people
        paying = {place: role if place == PLACES[0] else place for place in rule.payers.value}
        offer = Offer(
            merchant=people[role].address,
            aggregate=self._merchant_most,
            assessor=self.keeper.address,
            share_bps=rule.share.value,
            deductible_bps=rule.deductible.value,
            triggers=rule.triggers.value,
            wait_days=rule.wait_days.value,
            verify_days=rule.verify_days.value,
            cover_days=rule.cover_days.value,
            rate_bps=rule.premium.value,
            payers={place: (people[who].address, rule.payers.value[place]) for place, who in paying.items()},
        )
        line = write_line(self.context, self.keeper, offer, wanted=self.address).line
        self.lines[role] = line
        for place, who in paying.items():
            self.stage.give(who, PREMIUMS)
            fund_premium(self.context, people[who], line, place, PREMIUMS, wanted=self.address)

    def allow(self, template: str) -> None:
        """List a kind of card; an insurer's lines name none and so take all."""
        if self.rule.kind != INSURANCE:
            list_template(self.context, self.keeper, self.address, template)

    def listed(self, product: str) -> None:
        """A product was listed: it gets the platform's label where the preset has one."""
        if self.rule.kind == PLATFORM and self.rule.label.value:
            label(self.context, self.keeper, product, wanted=self.address)

    def premiums_kept(self) -> dict[str, int]:
        """Fen paid in for premiums and not used yet, by whose it is."""
        found: dict[str, int] = {}
        for role, number in self.lines.items():
            for place, fen in line_of(self.context, self.address, number).accounts.items():
                who = role if place == PLACES[0] else place
                found[who] = found.get(who, 0) + fen
        return found

    def premiums_used(self) -> int:
        """Fen of premium that this guarantor has taken."""
        paid_in = PREMIUMS * len(self.lines) * len(self.rule.payers.value)
        return paid_in - sum(self.premiums_kept().values())

    def owed_by(self, merchant: str) -> int:
        """Fen that it may ask back from a merchant."""
        return owed_by(self.context, self.address, merchant)

    @property
    def _merchant_most(self) -> int:
        limit = self.rule.limit_merchant
        return UNLIMITED if limit is None else min(limit.value, UNLIMITED)
