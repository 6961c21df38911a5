"""Who gains and who risks what around one merchant: consumers, merchant, platform, bank, those who stand by.

Row 23 of the programme table. Every figure is a sum of transfers read from the chain, so that over all
parties and what still lies in custody they come to nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

from wallet.bindings.events import ShortfallPaid
from wallet.rules import Status
from wallet.services.context import Context
from wallet.services.custody import CardMoney, cards_money, owed_if_stopped, totals_of
from wallet.services.fees import accounts_of, takings
from wallet.services.payments import (
    ACCOUNT_INTEREST,
    DEPOSIT_INTEREST,
    REFUND_INTEREST,
    about_address,
    entries,
)
from wallet.services.support import CREDIT, LOAN, draws


@dataclass(frozen=True, slots=True)
class Party:
    """One party's transfers (fen; minus is paid out) and their sum, money lent and borrowed left out.

    `at_risk` is what it loses if the merchant is gone tomorrow, `owes` what it has borrowed.
    """

    name: str
    items: dict[str, int]
    at_risk: int = 0
    owes: int = 0

    @property
    def result(self) -> int:
        """Gained or lost so far."""
        return sum(self.items.values())


@dataclass(frozen=True, slots=True)
class Report:
    """The parties of one merchant's cards; `custody` still lies frozen or waits to be collected."""

    merchant: str
    custody: int
    parties: tuple[Party, ...]

    @property
    def balanced(self) -> bool:
        """Whether no fen came from nowhere or went there."""
        return self.custody + sum(party.result for party in self.parties) == 0

    def party(self, name: str) -> Party:
        return next(one for one in self.parties if one.name == name)


def report(context: Context, merchant: str, bank: str) -> Report:
    """Consumers, merchant, platform, bank, fund and guarantors of one merchant's cards, from the chain."""
    cards = cards_money(context, merchant)
    money = totals_of(cards)
    stood_in = _stood_in(context, cards)
    ids = {"0x" + one.record.card.hex() for one in cards}
    by_card = [one for one in entries(context) if one.about in ids]
    refund_interest = sum(one.amount for one in by_card if one.what == REFUND_INTEREST)
    account_interest = sum(one.amount for one in by_card if one.what == ACCOUNT_INTEREST)
    deposit = entries(context, what=DEPOSIT_INTEREST, about=about_address(merchant), payer=bank)
    to_merchant = sum(one.amount for one in deposit if one.payee == merchant)
    to_others = sum(one.amount for one in deposit) - to_merchant
    lent = [one for kind in (CREDIT, LOAN) for one in draws(context, bank, merchant, kind)]
    financing = {kind: sum(one.interest_paid for one in lent if one.kind == kind) for kind in (CREDIT, LOAN)}
    outstanding = sum(one.outstanding for one in lent)
    taken = [takings(context, one.account) for one in accounts_of(context, merchant)]
    service = sum(one.service_fees for one in taken)
    levies = sum(one.levies for one in taken)
    fast = sum(one.fast_fees for one in taken)
    parties = (
        Party(
            "consumers",
            {
                "prepaid": -money.new_money,
                "refunded": money.refunded,
                "guaranteed": stood_in,
                "interest": refund_interest + account_interest,
            },
            at_risk=money.shortfall + _uncovered(context, cards),
        ),
        Party(
            "merchant",
            {
                "settled": money.released,
                "service_fee": -service,
                "levy": -levies,
                "fast_withdrawal": -fast,
                "credit_interest": -financing[CREDIT],
                "loan_interest": -financing[LOAN],
                "deposit_interest": to_merchant,
                "refund_interest": -refund_interest,
            },
            owes=outstanding,
        ),
        Party("platform", {"service_fee": service, "deposit_interest": to_others}),
        Party(
            "bank",
            {
                "fast_withdrawal": fast,
                "credit_interest": financing[CREDIT],
                "loan_interest": financing[LOAN],
                "deposit_interest": -(to_merchant + to_others),
                "account_interest": -account_interest,
            },
            at_risk=outstanding,
        ),
        Party("fund", {"levy": levies}),
        Party("guarantors", {"guaranteed": -stood_in}),
    )
    return Report(merchant, money.held + money.due, parties)


def _stood_in(context: Context, cards: list[CardMoney]) -> int:
    """What others paid consumers of what these cards were short."""
    wallets = sorted({one.record.wallet for one in cards})
    ids = {one.record.card for one in cards}
    if not wallets:
        return 0
    logs = context.chain.logs(wallets, [ShortfallPaid.TOPIC], context.platform.block)
    return sum(one.amount for one in map(ShortfallPaid.decode, logs) if one.card in ids)


def _uncovered(context: Context, cards: list[CardMoney]) -> int:
    """What consumers would be short if the merchant stopped now, card by card; guarantors not counted."""
    now = context.chain.now()
    return sum(
        max(0, owed_if_stopped(context, one.record, one.state, now) - one.held)
        for one in cards
        if one.state.status is Status.OPEN
    )
