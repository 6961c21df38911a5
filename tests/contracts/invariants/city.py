"""What goes on around the sub-wallets: time, merchants that stop and come back, money sent by mistake, a
changed key, a token that turns nasty. And `play`, which turns a kind and a number into a move.
"""

from __future__ import annotations

from random import Random

from tests.contracts.harness import OPEN, Refused
from tests.contracts.invariants.books import CHINA, Book, require
from tests.contracts.invariants.ledger import Call
from tests.contracts.invariants.trading import Trader
from wallet.eip712 import Terminate

TRICKS = 10
NOTHING, REENTERS = 0, 7

MOVES = {
    "open": 26,
    "consume": 34,
    "consume_many": 6,
    "redeem": 12,
    "terminate": 7,
    "settle": 8,
    "certify": 14,
    "find": 5,
    "transfer": 6,
    "pay_shortfall": 3,
    "collect": 4,
    "bump": 4,
    "replay": 7,
    "relay_some": 4,
    "time": 9,
    "merchant": 5,
    "donate": 2,
    "sweep": 4,
    "change_key": 1,
    "trick": 3,
    "reenter": 3,
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


class City(Trader):
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
        self._say(f"time passes: {step} seconds")
        self.probe_all()

    def merchant(self, random: Random, tag: int) -> None:
        """The registry's record of a merchant changes, or somebody tries who may not. An unreliable registry
        changes its answer instead."""
        if self.setting.unreliable:
            self._registry_turns(random)
            return
        action = random.choice((*["approve"] * 6, "suspend", "stop", "stop", "close", "setTier"))
        merchants = self.setting.merchants
        idle = [each for each in merchants if self.standing[each.address].status != "approved"]
        choices = idle if idle and action == "approve" else merchants
        merchant = merchants[-1] if action == "close" else random.choice(choices)
        who = self.world.operator
        if random.random() < 0.25:
            who = random.choice((merchant, *self.setting.merchants, *self.setting.outsiders))
        standing = self.standing[merchant.address]
        may = who is self.world.operator or (who is merchant and action in ("stop", "close"))
        may = may and standing.status in FROM.get(action, (standing.status,))
        args = (merchant, random.randint(0, 3)) if action == "setTier" else (merchant,)
        self.calls += 1
        try:
            self.world.merchants.send(action, *args, sender=who)
            done = True
        except Refused:
            done = False
        self._say(f"{who.name}: {action} {merchant.name}: {done}")
        require(done == may, "only the platform and the merchant say who performs", f"{who} {action}: {done}")
        if done and action == "setTier":
            standing.tier = int(args[1])
        if done and action in TO:
            if action in ("stop", "close") and standing.status != "stopped":
                standing.stops.append(self.now)
            standing.status = TO[action]
        status, _ = self.world.merchants.statusOf(merchant)
        require(STATUS[status] == standing.status, "a merchant's record is kept", f"{merchant}: {status}")
        self.probe_all()

    def _registry_turns(self, random: Random) -> None:
        self.registry_says = random.choice(ANSWERS)
        self.calls += 1
        self.world.merchants.decide(ANSWERS.index(self.registry_says), sender=self.world.stranger)
        self._say(f"the registry now answers: {self.registry_says}")
        self.probe_all()

    def donate(self, random: Random, tag: int) -> None:
        """Digital yuan arrives at a sub-wallet by mistake."""
        who, fen = random.choice(self.setting.consumers), random.choice((1, 1_000, 10**9))
        self.calls += 1
        self.world.yuan.mint(who.wallet, fen, sender=self.world.issuer)
        self.surplus[who.address] += fen
        expected = dict(self.balances)
        expected[who.wallet.address] += fen
        self._say(f"{fen} arrive at {who.name}'s wallet by mistake")
        self.expect_balances(expected)

    def sweep(self, random: Random, tag: int) -> None:
        """The consumer takes back what no card holds; the list of cards may be wrong, or the caller."""
        who = random.choice(self.setting.consumers)
        mine = sorted((b for b in self.books if b.consumer is who), key=lambda book: book.id)
        token = self.setting.yuan if random.random() < 0.8 else self.setting.token
        fault = random.randrange(1, 6) if random.random() < 0.4 else 0
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
        self._say(f"{who.name} changes keys to {new.name}")
        self.probe_all()

    def trick(self, random: Random, tag: int) -> None:
        """The hostile token changes its ways. It never harms a card paid in anything else."""
        trick = random.choice([each for each in range(TRICKS) if each != REENTERS])
        self.setting.token.play(trick, sender=self.world.stranger)
        if trick == 6:
            self.setting.token.ban(self.someone(random), sender=self.world.stranger)
        self._say(f"the hostile token plays trick {trick}")

    def reenter(self, random: Random, tag: int) -> None:
        """While the hostile token moves, it calls back into the same sub-wallet with a message that would be
        good a moment earlier."""
        open_now = [book for book in self.books if book.state.status == OPEN]
        bad = [book for book in open_now if not book.honest]
        if not bad:
            return
        book, token = random.choice(bad), self.setting.token
        who = book.consumer
        inner = self._inner(random, random.choice([each for each in open_now if each.consumer is who]))
        payload = who.wallet.encode(inner.function, *inner.args)
        token.play(NOTHING, sender=self.world.stranger)
        token.reenter(who.wallet, payload, sender=self.world.stranger)
        self._say(f"the hostile token will send while it moves: {inner.text}")
        if random.random() < 0.5:
            self.send(self.judge_terminate(who, book.terms, 0, who.address))
        else:
            self.send(self._one_use(random, book)())
        require(not token.gotIn(), "nobody gets in while money moves", f"{book}: {inner.text}")
        token.play(NOTHING, sender=self.world.stranger)

    def _inner(self, random: Random, book: Book) -> Call:
        if random.random() < 0.4:
            return self._one_use(random, book)()
        message = Terminate(book.id, 0, self.now, book.state.epoch)
        return self.judge_terminate_by_sig(
            book.consumer, book.terms, message, self.sign(random, book.consumer, message)
        )

    def _say(self, text: str) -> None:
        if self.tracing:
            self.trace.append(text)
