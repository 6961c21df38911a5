"""An insurer, a platform and a fund on the stage, each with more capital than any card can need.

What each pays at most is the pledge a card is sold with, or what the insurer's line for the merchant sets
aside. They pay when a merchant that stopped leaves a card short, their assessor has confirmed it, and it is
their turn.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from wallet.address import ZERO_ADDRESS
from wallet.bindings.guarantee_fund import GuaranteeFund
from wallet.bindings.insurance_pool import InsurancePool
from wallet.bindings.platform_advance import PlatformAdvance
from wallet.bindings.structs import Limits, Line, Pledge, Premium
from wallet.compiler.artefacts import load_artefact
from wallet.law.waterfall import last_with_more
from wallet.rules import Status
from wallet.services.payments import about_address
from wallet.services.sending import GAS, create
from wallet.vectors.card import MOST, PlayedCard
from wallet.vectors.stage import Stage

CAPITAL: Final = 10**15
TEMPLATE: Final = "StoredValue"
COVER_DAYS: Final = 365
RUNAWAY, RUNAWAY_ONLY = 0, 1
"""The trigger, as in contracts/types/Guarantee.sol, and the set of it alone."""
FULL: Final = 10_000
_GAS: Final = 3 * GAS
"""For calls in which a guarantor asks a card, a registry, and those who come before it."""
_AT_ONCE: Final = 50
"""Claims of a round counted in one transaction."""

Guarantor = InsurancePool | PlatformAdvance | GuaranteeFund


class Guarantors:
    """The three, ready to stand behind cards of the stage's merchant."""

    def __init__(self, stage: Stage) -> None:
        place = stage.context.platform
        common = (
            stage.operator.address, place.token, place.factory, place.merchant_registry,
            stage.disputes.address, place.catalogue,
        )  # fmt: skip
        limits = Limits(stage.operator.address, RUNAWAY_ONLY, 0, 0, COVER_DAYS, MOST, MOST, MOST)
        template = place.templates[TEMPLATE]
        self.stage = stage
        self.pool = InsurancePool(self._create("InsurancePool", InsurancePool.creation, *common))
        self.advance = PlatformAdvance(
            self._create("PlatformAdvance", PlatformAdvance.creation, *common, limits)
        )
        self.fund = GuaranteeFund(self._create("GuaranteeFund", GuaranteeFund.creation, *common, limits))
        stage.give(stage.operator.address, 4 * CAPITAL)
        for call in (
            self.pool.deposit(CAPITAL), self.advance.deposit(CAPITAL), self.fund.pay_in(CAPITAL),
        ):  # fmt: skip
            stage.do(stage.token.approve(call.to, CAPITAL), call)
        stage.do(
            self.advance.list_template(template, True),
            self.advance.label(about_address(stage.merchant.address), True),
            self.fund.list_template(template, True),
        )

    def insure(self, aggregate: int, *, promised_most: int = 0, premium_bps: int = 0) -> None:
        """Write the merchant's line: at most `aggregate` for all claims, shared if more is promised.

        The merchant pays the premium in advance.
        """
        stage, nobody = self.stage, ZERO_ADDRESS
        premium = Premium(premium_bps, (FULL, 0, 0, 0), (stage.merchant.address, nobody, nobody, nobody))
        line = Line(
            merchant=stage.merchant.address, share_bps=FULL, deductible_bps=0, triggers=RUNAWAY_ONLY,
            wait_days=0, verify_days=0, cover_days=COVER_DAYS, assessor=stage.operator.address,
            deductible_fen=0, consumer_most=MOST, aggregate=min(aggregate, MOST),
            promised_most=min(max(aggregate, promised_most), MOST), premium=premium,
        )  # fmt: skip
        stage.do(self.pool.write_line(line, [stage.context.platform.templates[TEMPLATE]]))
        if premium_bps:
            stage.do(
                stage.token.approve(self.pool.address, CAPITAL),
                self.pool.fund_premium(self.line, 0, CAPITAL),
            )

    @property
    def line(self) -> int:
        """Number of the merchant's line."""
        return self.stage.ask(self.pool.line_of(self.stage.merchant.address))

    def premium_left(self) -> int:
        """Fen in the account from which the merchant pays premiums."""
        return self.stage.ask(self.pool.premium_of(self.line, 0))

    def claim(self, by: Guarantor, card: PlayedCard) -> None:
        """Claim what the card is short and have it confirmed."""
        call = by.file(card.wallet.address, card.terms, card.pledges, RUNAWAY)
        self.stage.do(call, by.confirm(card.id), gas=_GAS)

    def pay(self, by: Guarantor, card: PlayedCard) -> int:
        """Have a confirmed claim paid; fen that reached the consumer."""
        had = self.stage.balance(card.consumer.address)
        self.stage.do(by.pay(card.wallet.address, card.terms), gas=_GAS)
        return self.stage.balance(card.consumer.address) - had

    def share_out(self, cards: Sequence[PlayedCard]) -> None:
        """Share the insurer's line among the cards that claimed from it, once all had their day."""
        stage = self.stage
        claimed = [stage.ask(self.pool.guarantee_of(card.id)).claimed for card in cards]
        stage.wait_until(stage.now + 86_400)
        pot = min(sum(claimed), stage.ask(self.pool.line_book(self.line)).set_aside)
        least, last = last_with_more(claimed, pot) if sum(claimed) else (0, 0)
        if sum(claimed) <= pot:  # enough for everybody: nothing has to be counted
            stage.do(self.pool.allot(self.line, 0, least, last, 0))
            return
        for start in range(0, len(cards), _AT_ONCE):
            count = min(_AT_ONCE, len(cards) - start)
            stage.do(self.pool.allot(self.line, 0, least, last, count), gas=_GAS)

    def _create(self, name: str, creation: Any, *arguments: Any) -> str:
        data = creation(load_artefact(name).bytecode, *arguments)
        made = create(self.stage.context, self.stage.operator, data, f"vector {name}").contract
        assert made is not None
        return made


def is_short(card: PlayedCard) -> bool:
    """Whether the consumer still misses something."""
    return card.state.status is Status.SHORT


def pledge(by: Guarantor, limit: int) -> Pledge:
    """A promise of at most `limit` fen for a card."""
    return Pledge(by.address, limit)
