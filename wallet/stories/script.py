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
from typing import TYPE_CHECKING, Final

from wallet.address import ZERO_ADDRESS
from wallet.services import authorise, buy, charge, consume, notice
from wallet.services.cards import CardView, show_card
from wallet.services.certify import certify, preview_certificate, sign_certificate
from wallet.services.collect import collect
from wallet.services.custody import cards_money, owed_if_stopped
from wallet.services.guarantee_cover import pledges_of
from wallet.services.interest import interest_due, pay_interest
from wallet.services.terminate import preview_termination, terminate
from wallet.services.transfer import preview_transfer, transfer
from wallet.signing.policy import Policy
from wallet.stories.backing import Backing
from wallet.stories.bankruptcy import MERCHANT, PLATFORM, bankrupt
from wallet.stories.finance import DRAWN_FOR, Finance
from wallet.stories.oversight import Oversight
from wallet.stories.report import AFTER, BEFORE, DURING, Asked, Capital, Party, Scene, Story
from wallet.stories.stage import Stage

if TYPE_CHECKING:
    from wallet.services.publish import Listing
    from wallet.systems.load import Preset
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


def story_product(preset: Preset, sector: str, price: int = PRICE) -> Product:
    """The card of the story, in one of the preset's sectors, with three tenths of the price on top.

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
        sector=sector,
        source=("own",),
        principal=fen(price),
        bonus=fen(price * BONUS // PRICE),
        label="story" if any(one.label.value for one in preset.system.guarantors) else "",
    )


class _Director:
    """Lets things happen in their order and writes down what came of them."""

    def __init__(self, stage: Stage) -> None:
        self.stage, self.context = stage, stage.context
        self.system = stage.preset.system
        self.backing = Backing(stage)
        stage.cover_of = self.backing.cover
        funds = [one.address for one in self.backing.standing if one.rule.kind == "fund"]
        self.finance = Finance(stage, *funds[:1])
        self.scenes: list[Scene] = []
        self.asked: list[Asked] = []
        self.cards: dict[str, str] = {}
        self.old_cards: dict[str, str] = {}
        self.shop = dict(PEOPLE)
        self.gas: dict[str, list[int]] = {}
        self.capital: list[int] = []
        self.oversight = Oversight(stage)

    def play(self) -> Story:
        """Scene after scene, by the calendar."""
        shops = self._open_shops()
        start = self._money()
        for who, merchant in PEOPLE.items():
            self._buy(who, shops[merchant])
        held_at_fall, reports = 0, self.oversight.report_days()
        days = {*TURNS, *USES, *SAMPLES, *self._deadlines(), *reports}
        while days:
            day = min(days)
            self.stage.to_day(day)
            if day == GONE:
                held_at_fall = sum(one.held for one in cards_money(self.context, self._address("failing")))
            self._on(day)
            if day in reports:
                self.scenes += self.oversight.report()
            self._go_on_claiming()
            days = {one for one in days | self.backing.days() if one > day}
        self.stage.to_day(365)
        self._collect()
        self.finance.end_of_year("steady")
        self.stage.to_day(375)
        self.finance.settle_up()
        return self._story(start, held_at_fall)

    def _deadlines(self) -> set[int]:
        """The last days on which an honest merchant pays what it owes."""
        return {5 + self.system.refund.days_cooling.value, 100 + self.system.refund.days_other.value}

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
                self.scenes += self.oversight.grumble()
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
                self.scenes += self.oversight.look()

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
            shops[role] = self.stage.sell_product(role, self._product(), f"{name} 2000+600")
            self.backing.listed(shops[role].key)
            self._scene(BEFORE, role, "admitted", name=name)
        for who in PEOPLE:
            self.stage.consumer(who)
        return shops

    # -------------------------------------------------------------------------------------------- during

    def _buy(self, who: str, listing: Listing) -> None:
        consumer = self.stage.people[who]
        purchase = buy.preview_purchase(self.context, consumer.address, listing)
        bought = buy.buy(self.context, consumer, purchase, carrier=self.stage.operator)
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

    def _go_on_claiming(self) -> None:
        """Guarantors take their days, then pay what is due."""
        for paid in self.backing.go_on():
            number, one = next((n, one) for n, one in enumerate(self.asked) if one.who == paid.who)
            one = replace(one, guarantors=one.guarantors + paid.amount)
            self.asked[number] = one if one.lost else replace(one, done=self.stage.day)
            self._gas("claim", paid.gas)
            self._scene(AFTER, paid.who, "claimed", amount=paid.amount, party=paid.by)

    def _fall(self) -> None:
        """The merchant is gone: said on the chain, and each consumer goes the way it chooses."""
        failing = self._address("failing")
        notice.declare_runaway(self.context, self.stage.operator, failing, "人去楼空")
        self._scene(AFTER, "failing", "runaway")
        for who in ("dai", "er", "fang"):
            if who != "er" or self.system.transfer.service.value == "off" or not self._move(who):
                self._leave(who, "runaway")
        for one in self.asked:
            if one.lost and one.merchant == "failing":
                self.backing.claim(one.who, self.old_cards.get(one.who, self.cards[one.who]))

    def _move(self, who: str) -> bool:
        """Go on at the third merchant, for just what the old card still holds; False if that is nothing."""
        consumer = self.stage.people[who]
        leaving = preview_termination(self.context, self.cards[who], owner=consumer.address)
        if not leaving.refund:
            return False
        listing = self.stage.sell_product(
            "successor", self._product(leaving.refund), f"接力店 {leaving.refund}"
        )
        self.backing.listed(listing.key)
        pledges = pledges_of(self.context, listing.terms.cover)
        move = preview_transfer(self.context, consumer.address, self.cards[who], listing, cover=pledges)
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
                late = self._pay_interest(one)
                self.asked[number] = replace(
                    one,
                    merchant_paid=one.merchant_paid + paid,
                    interest=late,
                    done=day if paid == one.lost else None,
                )
                self._scene(DURING, one.merchant, "paid-back", to=one.who, amount=paid, interest=late)

    def _pay_interest(self, asked: Asked) -> int:
        """What an honest merchant owes on top for having paid late; fen."""
        start = self.system.refund.interest_from.value
        due = interest_due(self.context, self.cards[asked.who], start=start)
        if not due.merchant_due:
            return 0
        return pay_interest(self.context, self.stage.people[asked.merchant], due).amount

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
        """What everybody has, at hand or in a guarantor's contract."""
        there = {name: self.stage.money(signer.address) for name, signer in self.stage.people.items()}
        for role, fen in self.backing.holdings().items():
            there[role] += fen
        return there

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
            parties=tuple(parties),
            capital=Capital(sum(self.capital) // len(self.capital), max(self.capital)),
            bankruptcies=tuple(bankrupt(vehicle, party, held) for party in (MERCHANT, PLATFORM)),
            premiums=self.backing.premiums(),
            levies=self.finance.levies,
            guaranteed=self.backing.paid,
            subrogated=self.backing.owed_by(self._address("failing")),
            supports=self.finance.supports,
            complaints=self.oversight.complaints,
            alert_day=self.oversight.alert_day,
            failed_day=GONE,
            gas=self._average_gas(),
        )

    def _average_gas(self) -> dict[str, int] | None:
        """Only anvil counts gas as a real chain does: in-process chains keep storage warm."""
        if self.context.chain.name != "anvil":
            return None
        return {kind: sum(used) // len(used) for kind, used in self.gas.items()}

    # -------------------------------------------------------------------------------------------- helpers

    def _product(self, price: int = PRICE) -> Product:
        return story_product(self.stage.preset, self.stage.sector, price)

    def _address(self, role: str) -> str:
        return self.stage.people[role].address

    def _card(self, who: str) -> CardView:
        return show_card(self.context, self.cards[who])

    def _gas(self, kind: str, used: int) -> None:
        self.gas.setdefault(kind, []).append(used)

    def _scene(self, phase: str, who: str, what: str, **values: object) -> None:
        self.scenes.append(Scene(self.stage.day, phase, who, what, values))
