"""The groups limits and deposit_ratio, by the services that enforce them.

A programme with the rules in question is adopted and a merchant admitted under it; then a consumer tries to
buy such a card, or the office is asked what the merchant has to deposit for the cards it has sold.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from wallet.law.dates import Period as Quarter
from wallet.law.dates import day_at, months_after, start_of
from wallet.law.deposit import ISSUERS, required_deposit
from wallet.law.limits import accepts
from wallet.law.programme import Gate, Programme, Selling, Watch
from wallet.money import MAX_FEN
from wallet.rules import Period, Sessions
from wallet.services import buy, onboard, publish
from wallet.services.admission import apply
from wallet.services.custody import cards_money
from wallet.services.office import adopt, need_office
from wallet.services.supervise import set_wallet_class
from wallet.services.watch import findings_of
from wallet.signing.signer import KeySigner
from wallet.supervision.application import Application
from wallet.supervision.refusal import NotAllowed
from wallet.terms import FULL
from wallet.vectors.card import PlayedCard, product
from wallet.vectors.given import Given
from wallet.vectors.refunds import Answer
from wallet.vectors.stage import Stage

KNOWN: Final = 2
"""Class of a wallet whose owner is known; one of class 4 is opened with a phone number only."""
ANONYMOUS: Final = 4


def limits(stage: Stage, given: Given) -> Answer:
    """Whether a consumer can buy such a card, by each body of limits that the vector speaks of."""
    by_name = KNOWN if given.flag("registered", True) else ANONYMOUS
    tries = []
    if given.has("card_fen", "registered"):
        tries.append(_Try("mofcom", given.number("card_fen"), by_name))
    if given.has("rule"):
        tries.append(_Try(given.word("rule"), given.number("principal"), by_name))
    if given.number("wallet_class"):
        amount, today = given.number("single_payment_fen"), given.number("paid_today_fen")
        tries.append(_Try("", amount, given.number("wallet_class"), today))
    accept = True
    for one in tries:
        stage.clear()
        accept = accept and one.bought(stage, given)
    return {"accept": accept}


@dataclass(frozen=True, slots=True)
class _Try:
    """One purchase under one body of limits; without a rule, under those of the consumer's wallet class."""

    rule: str
    amount: int
    wallet_class: int
    paid_today: int = 0

    def bought(self, stage: Stage, given: Given) -> bool:
        """Publish the product and buy a card of it; False if a limit is in the way."""
        if self._is_beyond_products(given):
            return self._allowed(given)
        selling = Selling(limits={"*": self.rule} if self.rule else {}, wallet_classes=not self.rule)
        merchant = _admitted(stage, Programme("limits", gate=_OPEN, selling=selling))
        consumer = stage.another_consumer(0, money=0)
        set_wallet_class(stage.context, stage.operator, consumer.address, self.wallet_class)
        if self.paid_today:
            stage.give(consumer.address, self.paid_today)
            PlayedCard(stage, product(stage, "StoredValue", self.paid_today), consumer)
        principal = max(1, self.amount)  # nothing is sold for nothing
        stage.give(consumer.address, principal)
        template, params0, term_days = _kind(stage, given)
        terms = publish.terms_for(
            stage.context, merchant=merchant.address, template=template, principal=principal,
            params0=params0, term_days=term_days,
        )  # fmt: skip
        try:
            publish.publish(stage.context, merchant, terms, "card")
            purchase = buy.preview_purchase(stage.context, consumer.address, "card")
            buy.buy(stage.context, consumer, purchase, carrier=stage.operator)
        except NotAllowed as refusal:
            if refusal.error_code != "over-limit":
                raise
            return False
        return True

    def _is_beyond_products(self, given: Given) -> bool:
        """Whether no product can be so dear, so long or so large, whatever the rules."""
        return (
            max(self.amount, self.paid_today) > MAX_FEN
            or given.number("term_months") > _MONTHS
            or max(given.number("sessions"), given.number("lessons")) >= 1 << 32
        )

    def _allowed(self, given: Given) -> bool:
        """What the rule itself says, where there is nothing to buy."""
        if not self.rule:
            return accepts(
                wallet_class=self.wallet_class, single_payment_fen=self.amount,
                paid_today_fen=self.paid_today,
            )  # fmt: skip
        return accepts(
            rule=self.rule, registered=self.wallet_class == KNOWN, principal=self.amount,
            kind=_SAME.get(given.word("kind"), given.word("kind")), sessions=given.number("sessions"),
            lessons=given.number("lessons"), term_months=given.number("term_months"),
        )  # fmt: skip


def deposit_ratio(stage: Stage, given: Given) -> Answer:
    """What the office asks of a merchant that has sold one card for the whole balance."""
    rule, issuer = given.word("rule"), given.word("issuer")
    if not rule:
        ratio = given.number("ratio_bps", ISSUERS.get(issuer, 0))
        balance = given.number("last_quarter_balance", given.number("balance"))
        issuer = next((name for name, share in ISSUERS.items() if share == ratio), "")
        if not issuer:  # a share that no programme can name: the rule itself is asked
            return {"required_deposit": required_deposit(last_quarter_balance=balance, ratio_bps=ratio)}
        rule = f"mofcom_{issuer}"
    programme = Programme("deposits", gate=_OPEN, watch=Watch(deposit_rule=rule))
    merchant = _admitted(stage, programme, last_year_revenue=given.number("last_year_revenue"))
    balance = given.number("last_quarter_balance", given.number("balance"))
    if balance:
        PlayedCard(stage, product(stage, "StoredValue", balance), merchant=merchant)
    if rule.startswith("mofcom"):
        stage.wait_until(start_of(Quarter.of(day_at(stage.now), 3).next.start) + _NOON)
    with need_office(stage.context) as office:
        cards = cards_money(stage.context, merchant.address)
        found = findings_of(office, office.dossier(merchant.address), cards)
    return {"required_deposit": found.deposit}


_OPEN: Final = Gate(checks=())
"""Nothing is asked of merchants: what they may sell is the question."""
_NOON: Final = 12 * 3600
_MONTHS: Final = 1_200
"""No product runs longer."""
_SAME: Final = {"lesson": "session", "membership": "period"}
"""Words for kinds of cards, and the kind that rules know."""


def _admitted(stage: Stage, programme: Programme, *, last_year_revenue: int = 0) -> KeySigner:
    """A merchant that applied to the programme and was approved under it."""
    adopt(stage.context, stage.operator, programme)
    papers = Application("丙店", licence="示例执照", last_year_revenue=last_year_revenue)
    apply(stage.context, stage.newcomer, papers)
    onboard.approve(stage.context, stage.operator, stage.newcomer.address)
    return stage.newcomer


def _kind(stage: Stage, given: Given) -> tuple[str, int, int]:
    """Template, `params0` and days of the card that is spoken of."""
    months, count = given.number("term_months"), given.number("sessions", given.number("lessons"))
    today = day_at(stage.now)
    days = (months_after(today, months) - today).days
    kind = given.word("kind") or ("session" if count else "period" if months else "discount_card")
    if kind in ("period", "membership"):
        return "Period", Period.unlimited(1, max(1, days))["params0"], max(1, days)
    if kind in ("session", "lesson"):
        return "Sessions", Sessions.params(max(1, count), 0), days
    if kind == "stored_value":
        return "StoredValue", 0, days
    return "DiscountCard", FULL, days  # the kind for which no rule has figures of its own
