"""What goes on around the sub-wallets: time, merchants that stop, come back, rise and fall, guarantors that
think again, money sent by mistake, a changed key, a token that turns nasty. And `play`, which turns a kind
and a number into a move.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from random import Random

from tests.contracts.harness import Account, Refused, calldata
from tests.contracts.invariants.books import CHINA, LIMIT, Book, require
from tests.contracts.invariants.claims import Claimant
from tests.contracts.invariants.forging import Sig
from tests.contracts.invariants.ledger import ACCEPTS, BURNS_GAS, REFUSES, Call
from tests.contracts.invariants.offers import TOP, draw_ladder, draw_offer
from tests.contracts.invariants.setting import Consumer
from wallet.eip712 import ZERO_ADDRESS, Consume, Terminate, cover_hash
from wallet.terms import Terms

TRICKS = 10
NOTHING, REENTERS = 0, 7

MOVES = {
    "open": 26,
    "consume": 23,
    "consume_many": 4,
    "redeem": 6,
    "certify": 17,
    "terminate": 6,
    "transfer": 14,
    "settle": 6,
    "collect": 4,
    "repay": 4,
    "claim": 2,
    "bump": 3,
    "find": 3,
    "quarrel": 10,
    "replay": 6,
    "relay_some": 4,
    "time": 8,
    "merchant": 6,
    "late": 2,
    "compare_tiers": 2,
    "guarantor": 2,
    "donate": 2,
    "sweep": 4,
    "change_key": 1,
    "trick": 3,
    "reenter": 4,
}
"""Kinds of moves and how often they are made."""

FROM = {
    "approve": ("applied", "suspended", "stopped"),
    "suspend": ("approved",),
    "stop": ("approved", "suspended"),
    "close": ("approved", "suspended", "stopped"),
}
TO = {"approve": "approved", "suspend": "suspended", "stop": "stopped", "close": "closed"}
ANSWERS = ("Performs", "Reverts", "BurnsGas", "TooShort", "TooMuch", "Future", "Ancient", "Huge")
STATUS = ("none", "applied", "approved", "suspended", "stopped", "closed")


class City(Claimant):
    """A whole search: every kind of move."""

    def play(self, kind: str, number: int) -> None:
        """Make one move. Raises Violation."""
        random = Random(number)
        if self.tracing:
            self.trace.append(f"-- {kind} {number}")
        getattr(self, kind)(random, number)

    def time(self, random: Random, tag: int) -> None:
        """Let time pass: a little, to the end of a day, past a deadline, or long."""
        midnight = 86_400 - (self.now + int(CHINA.utcoffset(None).total_seconds())) % 86_400
        steps = (1, 60, 600, 3_601, midnight - 1, midnight, midnight + 1, 86_400, 8 * 86_400, 31 * 86_400)
        step = random.choice(steps) if random.random() < 0.97 else 400 * 86_400
        self.world.advance(max(step, 1))
        self.say(f"time passes: {step} seconds")
        self.probe_all()

    def merchant(self, random: Random, tag: int) -> None:
        """The registry's record of a merchant changes, or somebody tries who may not. An unreliable registry
        changes its answer instead."""
        if self.setting.unreliable:
            self._registry_turns(random)
            return
        action = random.choice((*["approve"] * 6, "suspend", "stop", "stop", "close", *["setTier"] * 4))
        merchants = self.setting.merchants
        idle = [each for each in merchants if self.standing[each.address].status != "approved"]
        choices = idle if idle and action == "approve" else merchants
        merchant = merchants[-1] if action == "close" else random.choice(choices)
        who = self.world.operator
        if random.random() < 0.25:
            who = random.choice((merchant, *self.setting.merchants, *self.setting.outsiders))
        self._record(action, merchant, who, random.randint(0, 3))
        self.probe_all()

    def late(self, random: Random, tag: int) -> None:
        """A merchant stops, time goes on, and only then is asked for what time or a certificate releases."""
        timed = [book for book in self.live() if book.terms.accrual_days]
        book = self.book(random, [each for each in timed if each.terms.trigger] or timed, live=1)
        if book is None or self.setting.unreliable:
            return
        merchant = next(each for each in self.setting.merchants if each.address == book.terms.merchant)
        if self.standing[merchant.address].status in FROM["stop"]:
            self._record("stop", merchant, self.world.operator, 0)
        self.world.advance(random.choice((1, 8, 31)) * 86_400)
        self.say("days pass")
        if book.terms.trigger:
            self.certificate(random, book, 0)
        self.send(self.judge_settle(book.consumer, book.terms))
        if self.standing[merchant.address].status == "stopped" and random.random() < 0.7:
            self._record("approve", merchant, self.world.operator, 0)

    def _record(self, action: str, merchant: Account, who: Account, tier: int) -> None:
        """Somebody wants the merchant's record changed; it is, if they may."""
        standing = self.standing[merchant.address]
        may = who is self.world.operator or (who is merchant and action in ("stop", "close"))
        may = may and standing.status in FROM.get(action, (standing.status,))
        args = (merchant, tier) if action == "setTier" else (merchant,)
        self.calls += 1
        try:
            self.world.merchants.send(action, *args, sender=who)
            done = True
        except Refused:
            done = False
        self.say(f"{who.name}: {action} {merchant.name}: {done}")
        require(done == may, "only the platform and the merchant say who performs", f"{who} {action}: {done}")
        if done and action in TO:
            if action in ("stop", "close") and standing.status != "stopped":
                standing.stops.append(self.now)
            standing.status = TO[action]
        if done and action == "setTier":
            standing.tier = tier
        status, _ = self.world.merchants.statusOf(merchant)
        require(STATUS[status] == standing.status, "a merchant's record is kept", f"{merchant}: {status}")

    def _registry_turns(self, random: Random) -> None:
        self.registry_says = random.choice(ANSWERS)
        self.registry_ranks = random.choice((0, 1, 2, 3, 3, 4, 12, 255, 1 << 255))
        self.calls += 1
        self.world.merchants.decide(ANSWERS.index(self.registry_says), sender=self.world.stranger)
        self.world.merchants.rank(self.registry_ranks, sender=self.world.stranger)
        self.say(f"the registry now answers: {self.registry_says}, tier {self.registry_ranks}")
        self.probe_all()

    def donate(self, random: Random, tag: int) -> None:
        """Digital yuan arrives at a sub-wallet by mistake."""
        who, fen = random.choice(self.setting.consumers), random.choice((1, 1_000, 10**9))
        self.calls += 1
        self.world.yuan.mint(who.wallet, fen, sender=self.world.issuer)
        self.surplus[who.address] += fen
        expected = dict(self.balances)
        expected[who.wallet.address] += fen
        self.say(f"{fen} arrive at {who.name}'s wallet by mistake")
        self.expect_balances(expected)

    def sweep(self, random: Random, tag: int) -> None:
        """The consumer takes back what no card holds; the list of cards may be wrong, or the caller."""
        who = random.choice(self.setting.consumers)
        mine = sorted((b for b in self.books if b.consumer is who), key=lambda book: book.id)
        token = self.setting.yuan if random.random() < 0.8 else self.setting.token
        fault = random.randrange(1, 6) if random.random() < 0.3 else 0
        terms = [book.terms for book in self._listed(random, mine, fault)]
        sender = self.someone(random, who.address) if fault == 5 else who.address
        call = Call(who, "sweep", (token, terms), sender, f"{who.name}: sweep")
        if sender != who.address:
            call.faults.add("SubWallet_NotConsumer")
        if terms != [book.terms for book in mine]:
            call.faults.add("SubWallet_CardListIncomplete")
        call.soft = token is self.setting.token
        call.sweeps = None if call.soft else self.surplus[who.address]
        self.send(call)

    def _listed(self, random: Random, mine: list[Book], fault: int) -> list[Book]:
        if fault == 1:
            return mine[1:]
        if fault == 2 and mine:  # one twice, in place of another
            return sorted([*mine[1:], mine[-1]], key=lambda book: book.id)
        if fault == 3:
            return mine[::-1]
        if fault == 4:
            return [*mine, *(book for book in self.books if book not in mine)][: len(mine)] or self.books[:1]
        return mine

    def change_key(self, random: Random, tag: int) -> None:
        """The consumer that is a contract gets another key; what the old one signed is void."""
        who = self.setting.consumers[-1]
        new = self.world.account(f"key {random.randrange(3)} of {who.name}")
        assert who.contract is not None
        self.calls += 1
        who.contract.changeKey(new, sender=who.signer)
        who.signer = new
        self.say(f"{who.name} changes keys to {new.name}")
        self.probe_all()

    def trick(self, random: Random, tag: int) -> None:
        """The hostile token changes its ways. It never harms a card paid in anything else."""
        trick = random.choice([each for each in range(TRICKS) if each != REENTERS])
        self.setting.token.play(trick, sender=self.world.stranger)
        if trick == 6:
            self.setting.token.ban(self.someone(random), sender=self.world.stranger)
        self.say(f"the hostile token plays trick {trick}")

    def guarantor(self, random: Random, tag: int) -> None:
        """A guarantor thinks again; the first one always accepts."""
        guarantor = random.choice(self.setting.guarantors[1:])
        mood = random.choice((ACCEPTS, ACCEPTS, REFUSES, BURNS_GAS))
        guarantor.decide(mood, sender=self.world.stranger)
        self.moods[guarantor.address] = mood
        self.say(f"guarantor {guarantor.address[:8]} now: {mood}")

    def reenter(self, random: Random, tag: int) -> None:
        """While the hostile token moves, or a guarantor is asked, it calls back into the same sub-wallet with
        a message that would be good a moment earlier."""
        live = self.live()
        books = [book for book in live if not book.honest] if random.random() < 0.6 else live
        if not books:
            return
        book = random.choice(books)
        who = book.consumer
        inner = self._inner(random, random.choice([each for each in live if each.consumer is who]))
        payload = who.wallet.encode(inner.function, *inner.args)
        if books is live:
            self._asked_back(random, tag, who, payload, inner)
        else:
            self._moved_back(random, tag, book, payload, inner)

    def _moved_back(self, random: Random, tag: int, book: Book, payload: bytes, inner: Call) -> None:
        token, who = self.setting.token, book.consumer
        token.play(NOTHING, sender=self.world.stranger)
        token.reenter(who.wallet, payload, sender=self.world.stranger)
        self.say(f"the hostile token will send while it moves: {inner.text}")
        kind = random.random()
        if kind < 0.4:
            self.send(self.judge_terminate(who, book.terms, 0, who.address))
        elif kind < 0.6:
            offer = draw_offer(random, self.setting, who, self.setting.merchants, token.address)
            self.approve(who.address, token, who, TOP)
            moving = (who, book.terms, offer.terms, offer.pledges, 0, who.address)
            self.send(self.judge_transfer(*moving), tag)
        else:
            self.send(self.one_use(random, book)())
        require(not token.gotIn(), "nobody gets in while money moves", f"{book}: {inner.text}")
        token.play(NOTHING, sender=self.world.stranger)

    def _asked_back(self, random: Random, tag: int, who: Consumer, payload: bytes, inner: Call) -> None:
        guarantor = self.setting.guarantors[0]
        offer = draw_offer(random, self.setting, who, self.setting.merchants, self.setting.yuan.address)
        pledges = ((guarantor.address, 1),)
        terms = replace(offer.terms, cover=cover_hash(pledges))
        guarantor.reenter(payload, sender=self.world.stranger)
        self.say(f"guarantor {guarantor.address[:8]} will send when asked: {inner.text}")
        self.approve(who.address, self.setting.yuan, who, terms.principal)
        self.send(self.judge_open(who, terms, "openCovered", (terms, pledges), who.address, pledges), tag)
        require(not guarantor.gotIn(), "nobody gets in while money moves", f"{who.name}: {inner.text}")
        guarantor.decide(ACCEPTS, sender=self.world.stranger)

    def _inner(self, random: Random, book: Book) -> Call:
        kind = random.random()
        kept = [entry for entry in self.archive if entry[1].consumer is book.consumer]
        if kind < 0.3:
            return self.one_use(random, book)()
        if kind < 0.6 and kept:
            return random.choice(kept)[2]()
        message = Terminate(book.id, 0, self.now, book.state.epoch)
        return self.judge_terminate_by_sig(
            book.consumer, book.terms, message, self.sign(random, book.consumer, message)
        )

    def compare_tiers(self, random: Random, tag: int) -> None:
        """A card of a merchant that rose or fell after it was opened releases what it would, had the merchant
        always stood where that card counts it: at its opening, or lower where the terms say so."""
        selling = [
            each for each in self.setting.merchants if self.standing[each.address].status == "approved"
        ]
        if self.setting.unreliable or not selling:
            return
        who = random.choice(self.setting.consumers[:3])
        terms = draw_offer(random, self.setting, who, selling, self.setting.yuan.address).terms
        terms = replace(
            terms.change(advance=0, **draw_ladder(random)), cover=bytes(32), certifier=ZERO_ADDRESS
        )
        opened, later = random.randint(0, 3), random.randint(0, 3)
        counts = min(opened, later) if terms.ladder_for_all else opened
        kind = self.setting.templates[terms.template]
        used = random.randint(1, kind.capacity(terms) or 10)
        listed = max(kind.list_price(terms, used), 1)
        use = Consume(terms.card_id(who.domain), used, listed, LIMIT, bytes(32), self.now, 0)
        sig = self.sign(random, who, use)
        self.calls += 1
        is_so = self._released(who, terms, use, sig, opened, later)
        must = self._released(who, terms, use, sig, counts, counts)
        text = f"{terms.numbers()}: tier {opened}, then {later}: {is_so}; always {counts}: {must}"
        require(is_so == must, "a tier is the platform's word, and only lowers", text)

    def _released(
        self, who: Consumer, terms: Terms, use: Consume, sig: Sig, opened: int, later: int
    ) -> int | str:
        """Fen released by one use of a card bought at one tier and used at another, or why not; undone."""
        setting, rank = self.setting, partial(self.world.merchants.setTier, terms.merchant)
        with setting.undone():
            try:
                rank(opened, sender=self.world.operator)
                self.approve(who.address, setting.yuan, who, terms.principal)
                setting.send(who.address, who.wallet, "open", terms)
                rank(later, sender=self.world.operator)
                setting.send(who.address, who.wallet, "consume", terms, calldata(use), sig.data)
                return setting.cards([(who, use.card)])[0].released
            except Refused as refused:
                return refused.name
