"""The story that every programme runs: a happy year at one merchant, and one that fails.

Seven consumers buy the same card. At the steady merchant one uses it up, one leaves on day 100, one changes
her mind on day 5. At the failing merchant one asks for the money back while it still pretends, and three have
used part of their cards when it is gone on day 120: they get refunds, or go on elsewhere, as the programme
lets them. What each action does is decided by services and contracts, never here.

Assumed, and the same for all systems: an honest merchant pays what it owes on the last day it may; a failing
one pays nothing that it does not have to.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from wallet.address import ZERO_ADDRESS
from wallet.law.dates import Period, day_at, months_after, start_of
from wallet.services import authorise, buy, charge, complaint, consume, notice, supervise, watch
from wallet.services.cards import CardView, show_card
from wallet.services.certify import certify, preview_certificate, sign_certificate
from wallet.services.collect import collect
from wallet.services.custody import balance_at, cards_money, owed_if_stopped
from wallet.services.reporting import report
from wallet.services.terminate import preview_termination, terminate
from wallet.services.transfer import preview_transfer, transfer
from wallet.signing.policy import Policy
from wallet.stories.backing import Backing
from wallet.stories.bankruptcy import MERCHANT, PLATFORM, bankrupt
from wallet.stories.finance import DRAWN_FOR, Finance
from wallet.stories.report import AFTER, BEFORE, DURING, Asked, Capital, Party, Scene, Story
from wallet.stories.stage import Stage

if TYPE_CHECKING:
    from wallet.services.publish import Listing
    from wallet.systems.model import Product

PRICE: Final = 200_000
BONUS: Final = 60_000
USE: Final = 26_000
"""The card of the story: 2,000 yuan that spend as 2,600, in uses of 260."""

GONE: Final = 120
"""Day on which the failing merchant is gone."""

PEOPLE: Final = {"anna": "steady", "bo": "steady", "chen": "steady",
                 "dai": "failing", "er": "failing", "fang": "failing", "gu": "failing"}  # fmt: skip
USES: Final = {
    30: ("anna", "bo", "dai", "er"), 60: ("anna", "bo", "dai"), 90: ("anna", "dai"), 110: ("anna", "dai"),
    140: ("anna", "er"), 170: ("anna",), 200: ("anna",), 230: ("anna",), 260: ("anna",), 300: ("anna",),
}  # fmt: skip
"""Day -> who uses 260 yuan of a card."""
TURNS: Final = (5, 10, 10 + DRAWN_FOR, 80, 100, 105, GONE)
"""Days on which something else happens."""
ALWAYS: Final = ("steady", "failing", "successor", "platform", "bank")
"""Parties that are reported even if they end as they began."""
SAMPLES: Final = range(15, 361, 30)
"""Days on which the steady merchant's working capital is looked at."""


def play(stage: Stage) -> Story:
    """The whole year, on a stage that nobody has used."""
    return _Director(stage).play()


def story_product(stage: Stage, price: int = PRICE) -> Product:
    """The card of the story, in the stage's sector, with three tenths of the price on top.

    It has no term, so that no programme's longest term stands in its way.
    """
    from wallet.systems.figures import Figure, Words
    from wallet.systems.model import Product

    def fen(value: int) -> Figure[int]:
        return Figure[int](value=value, unit="fen", mark="design", source=("own",))

    name = Words(en="story card, 2,000 and 600", zh="故事卡 充2000送600")
    return Product(
        key="story",
        name=name,
        kind="stored-value",
        sector=stage.sector,
        source=("own",),
        principal=fen(price),
        bonus=fen(price * BONUS // PRICE),
        label="story" if any(one.label.value for one in stage.preset.system.guarantors) else "",
    )


class _Director:
    """Lets things happen in their order and writes down what came of them."""

    def __init__(self, stage: Stage) -> None:
        self.stage, self.context = stage, stage.context
        self.system = stage.preset.system
        self.backing, self.finance = Backing(stage), Finance(stage)
        self.scenes: list[Scene] = []
        self.asked: list[Asked] = []
        self.cards: dict[str, str] = {}
        self.old_cards: dict[str, str] = {}
        self.shop = dict(PEOPLE)
        self.gas: dict[str, list[int]] = {}
        self.capital: list[int] = []
        self.complaints = 0
        self.alert_day: int | None = None

    def play(self) -> Story:
        """Scene after scene, by the calendar."""
        shops = self._open_shops()
        start = self._money()
        for who, merchant in PEOPLE.items():
            self._buy(who, shops[merchant])
        held_at_fall, reports = 0, self._report_days()
        for day in sorted({*TURNS, *USES, *SAMPLES, *self._deadlines(), *reports}):
            self.stage.to_day(day)
            if day == GONE:
                held_at_fall = sum(one.held for one in cards_money(self.context, self._address("failing")))
            self._on(day)
            if day in reports:
                self._report()
        self.stage.to_day(365)
        self._collect()
        self.finance.end_of_year("steady")
        self.stage.to_day(375)
        self.finance.settle_up()
        return self._story(start, held_at_fall)

    def _deadlines(self) -> set[int]:
        """The last days on which an honest merchant pays what it owes."""
        return {5 + self.system.refund.days_cooling.value, 100 + self.system.refund.days_other.value}

    def _report_days(self) -> set[int]:
        """A few days into every month, where the programme wants reports."""
        if self.system.gate.report_months is None:
            return set()
        first = day_at(self.stage.first_day)
        starts = [months_after(first, months) for months in range(1, 12)]
        return {(start - first).days + 3 for start in starts}

    def _report(self) -> None:
        """Merchants report the period that has just ended; the failing one has stopped doing so by day 60."""
        assert self.system.gate.report_months is not None
        today = day_at(self.context.chain.now())
        last = Period.of(today - timedelta(days=10), self.system.gate.report_months.value)
        if last.next.start > today:
            return
        roles = ("steady", "successor") if self.stage.day > 60 else ("steady", "failing", "successor")
        for role in roles:
            cards = cards_money(self.context, self._address(role))
            end = start_of(last.next.start) - 1
            sold = sum(start_of(last.start) <= one.state.opened_at <= end for one in cards)
            balance = balance_at(self.context, cards, end)
            report(self.context, self.stage.people[role], last.name, balance=balance, cards=sold)
            self._scene(DURING, role, "reported", period=last.name, balance=balance)

    def _on(self, day: int) -> None:
        for who in USES.get(day, ()):
            self._use(who)
        if day == 10 + DRAWN_FOR:
            self.finance.pay_back("steady")
        match day:
            case 5:
                self._leave("chen", "changed-mind")
            case 10:
                self.finance.borrow("steady")
            case 30:
                self.finance.withdraw_early("steady")
            case 80:
                self._grumble()
            case 100:
                self._leave("bo", "own-wish")
            case 105:
                self._leave("gu", "distrust")
            case 120:
                self._fall()
        self._settle_debts(day)
        if day in SAMPLES:
            self.capital.append(self._ahead("steady"))
            if day < GONE:
                self._watch()

    # -------------------------------------------------------------------------------------------- before

    def _open_shops(self) -> dict[str, Listing]:
        """Three merchants of one sector; the third is there for whoever goes on elsewhere."""
        shops = {}
        for role, name in (("steady", "常青店"), ("failing", "流星店"), ("successor", "接力店")):
            self.stage.admit(role, name, self.stage.sector, tier=2)
            self.backing.stand_for(role)
            payee = self.finance.payee_of(role)
            if payee != ZERO_ADDRESS:
                self.stage.payees[role] = payee
            shops[role] = self.stage.sell_product(role, story_product(self.stage), f"{name} 2000+600")
            self._scene(BEFORE, role, "admitted", name=name)
        for who in PEOPLE:
            self.stage.consumer(who)
        return shops

    # -------------------------------------------------------------------------------------------- during

    def _buy(self, who: str, listing: Listing) -> None:
        consumer = self.stage.people[who]
        purchase = buy.preview_purchase(self.context, consumer.address, listing)
        bought = self.backing.buy(consumer, purchase, carrier=self.stage.operator)
        self.cards[who] = bought.card
        self._gas("open", bought.gas)
        card = self._card(who)
        self._scene(DURING, who, "bought", paid=bought.paid, frozen=card.held, ahead=card.released)

    def _use(self, who: str) -> None:
        card = self._card(who)
        if card.status != "open" or (card.capacity or 0) - card.used < USE:
            return
        if self.system.custody.trigger.value == "on-conditions":
            self._certify(who, card.used + USE)
            return
        merchant = self.stage.people[self.shop[who]]
        document = charge.make_charge(
            self.context, merchant, self.cards[who], USE, f"{who}-{self.stage.day}",
            valid=self.system.custody.confirm_hours.value * 3600,
        ).document  # fmt: skip
        consumer = self.stage.people[who]
        request = authorise.preview_charge(self.context, consumer.address, document, Policy())
        signed = authorise.authorise(self.context, consumer, request).document
        done = consume.consume(self.context, self.stage.operator, signed)
        self._gas("consume", done.gas)
        self._scene(DURING, who, "used", face=USE, paid=done.paid)

    def _certify(self, who: str, used: int) -> None:
        """Where agreed conditions release: somebody independent certifies the use, and the price moves."""
        certifier = self.stage.people["certifier"]
        draft = preview_certificate(self.context, certifier.address, self.cards[who], used, "服务已完成")
        signed = sign_certificate(self.context, certifier, draft)
        done = certify(self.context, self.stage.operator, signed)
        self._gas("certify", done.gas)
        self._scene(DURING, who, "certified", face=USE, paid=done.paid)

    def _grumble(self) -> None:
        """Consumers complain, the bank sees something: two feeds before the loss."""
        if not self.stage.is_watched:
            return
        failing = self._address("failing")
        for who in ("dai", "er", "fang"):
            complaint.complain(self.context, self.stage.people[who], failing, "约不到服务，电话无人接听")
        self.complaints += 3
        supervise.note_anomaly(self.context, self.stage.people["bank"], failing, 8_000, "账户异常支出")
        supervise.note_violation(self.context, self.stage.people["government"], failing, 6_000, "拒绝检查")
        self._scene(DURING, "failing", "complained-about", count=3)

    def _watch(self) -> None:
        if not self.stage.is_watched:
            return
        found = watch.watch(self.context, self.stage.operator)
        raised = tuple(one.alert for one in found.new if one.merchant == self._address("failing"))
        if raised and self.alert_day is None:
            self.alert_day = self.stage.day
            self._scene(DURING, "failing", "alert", alerts=raised)

    # --------------------------------------------------------------------------------------------- exits

    def _leave(self, who: str, why: str) -> Asked:
        """End a card and note what its consumer was owed, wherever it comes from."""
        consumer, day = self.stage.people[who], self.stage.day
        leaving = preview_termination(self.context, self.cards[who], owner=consumer.address)
        entitled = leaving.refund + leaving.shortfall
        ended = terminate(self.context, consumer, leaving, carrier=self.stage.operator)
        self._gas("terminate", ended.gas)
        whole = ended.shortfall == 0
        asked = Asked(who, PEOPLE[who], why, day, entitled, ended.refund, done=day if whole else None)
        self.asked.append(asked)
        phase = AFTER if day >= GONE else DURING
        self._scene(phase, who, "left", why=why, refund=ended.refund, missing=ended.shortfall)
        return asked

    def _fall(self) -> None:
        """The merchant is gone: said on the chain, and each consumer goes the way it chooses."""
        failing = self._address("failing")
        notice.declare_runaway(self.context, self.stage.operator, failing, "人去楼空")
        self._scene(AFTER, "failing", "runaway")
        for who in ("dai", "er", "fang"):
            if who != "er" or self.system.transfer.service.value == "off" or not self._move(who):
                self._leave(who, "runaway")

    def _move(self, who: str) -> bool:
        """Go on at the third merchant, for just what the old card still holds; False if that is nothing."""
        consumer = self.stage.people[who]
        leaving = preview_termination(self.context, self.cards[who], owner=consumer.address)
        if not leaving.refund:
            return False
        listing = self.stage.sell_product(
            "successor", story_product(self.stage, leaving.refund), f"接力店 {leaving.refund}"
        )
        move = preview_transfer(self.context, consumer.address, self.cards[who], listing)
        moved = transfer(self.context, consumer, move, carrier=self.stage.operator)
        self._gas("transfer", moved.gas)
        entitled, day = leaving.refund + leaving.shortfall, self.stage.day
        done = None if moved.shortfall else day
        self.asked.append(Asked(who, "failing", "runaway", day, entitled, moved=moved.moved, done=done))
        self.old_cards[who], self.cards[who] = self.cards[who], moved.new_card
        self.shop[who] = "successor"
        self._scene(AFTER, who, "moved", moved=moved.moved, missing=moved.shortfall)
        return True

    def _settle_debts(self, day: int) -> None:
        """An honest merchant pays what it owes on the last day that the rules leave it."""
        for number, one in enumerate(self.asked):
            if one.lost and one.merchant == "steady" and day >= one.day + self._days_for(one):
                self.finance.bring_in(one.merchant)
                paid = self.backing.pay_by_merchant(one.merchant, self.cards[one.who], one.lost)
                done = day if paid == one.lost else None
                self.asked[number] = replace(one, merchant_paid=one.merchant_paid + paid, done=done)
                self._scene(DURING, one.merchant, "paid-back", to=one.who, amount=paid)

    def _days_for(self, asked: Asked) -> int:
        refund = self.system.refund
        return (refund.days_cooling if asked.why == "changed-mind" else refund.days_other).value

    def _collect(self) -> None:
        """Merchants take what ended cards left for them; the one that is gone does not come back for it."""
        for who, role in PEOPLE.items():
            if role == "steady" and self._card(who).status == "owing":
                collect(self.context, self.stage.operator, self.cards[who])

    # --------------------------------------------------------------------------------------------- money

    def _ahead(self, role: str) -> int:
        """What a merchant was paid on its open cards before it performed for it."""
        now = self.context.chain.now()
        return sum(
            max(0, one.released - (one.paid_in - owed_if_stopped(self.context, one.record, one.state, now)))
            for one in cards_money(self.context, self._address(role))
            if one.held or one.state.status.name == "OPEN"
        )

    def _money(self) -> dict[str, int]:
        return {name: self.stage.money(signer.address) for name, signer in self.stage.people.items()}

    def _story(self, start: dict[str, int], held: int) -> Story:
        end = self._money()
        parties = [Party("consumers", *(sum(book[who] for who in PEOPLE) for book in (start, end)))]
        parties += [
            Party(name, start[name], end[name])
            for name in self.stage.people
            if name not in PEOPLE and (name in ALWAYS or start[name] + end[name])
        ]
        wallets = {self.context.wallet_of(self._address(who)).address for who in PEOPLE}
        parties.append(Party("sub-wallets", 0, sum(map(self.stage.money, sorted(wallets)))))
        vehicle = self.system.custody.vehicle.value
        return Story(
            system=self.stage.preset.label,
            hypothetical=not self.system.in_force,
            chain=self.context.chain.name,
            scenes=tuple(self.scenes),
            asked=tuple(self.asked),
            parties=(*parties, *self.backing.parties()),
            capital=Capital(sum(self.capital) // len(self.capital), max(self.capital)),
            bankruptcies=tuple(bankrupt(vehicle, party, held) for party in (MERCHANT, PLATFORM)),
            premiums=self.backing.premiums,
            levies=self.backing.levies,
            guaranteed=self.backing.paid,
            supports=self.finance.supports,
            complaints=self.complaints,
            alert_day=self.alert_day,
            failed_day=GONE,
            gas=self._average_gas(),
        )

    def _average_gas(self) -> dict[str, int] | None:
        """Only anvil counts gas as a real chain does: in-process chains keep storage warm."""
        if self.context.chain.name != "anvil":
            return None
        return {kind: sum(used) // len(used) for kind, used in self.gas.items()}

    # -------------------------------------------------------------------------------------------- helpers

    def _address(self, role: str) -> str:
        return self.stage.people[role].address

    def _card(self, who: str) -> CardView:
        return show_card(self.context, self.cards[who])

    def _gas(self, kind: str, used: int) -> None:
        self.gas.setdefault(kind, []).append(used)

    def _scene(self, phase: str, who: str, what: str, **values: object) -> None:
        self.scenes.append(Scene(self.stage.day, phase, who, what, values))
