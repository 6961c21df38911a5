"""Moves around findings: disputes step by step, who says what was found, and the card that is told.

The steps are those of `contracts/platform/Disputes.sol`, kept once more here: only a merchant about its own
card, or an arbiter about a dispute that went so far, may say anything.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from random import Random

from tests.contracts.harness import NEGOTIATION_DAYS, Refused
from tests.contracts.invariants.books import LIMIT, MAX_EPOCH, Book, days, require
from tests.contracts.invariants.leaving import Leaver
from tests.contracts.invariants.ledger import Finding, to_card
from tests.contracts.invariants.player import WRONG
from wallet.eip712 import Terminate
from wallet.rules import NOT_CONSUMER, Cause, TemplateFailed

NONE, NEGOTIATING, REFUSED, ESCALATED, RULED, SETTLED = range(6)
ANYTHING = (1 << 256) - 1
SAYS, SILENT = 0, (1, 2, 3, 4)
"""Answers of HostileDisputes."""

NAME = "only the merchant and an arbiter find anything"


@dataclass(slots=True)
class Case:
    """The dispute about a card, as the registry should keep it."""

    step: int = NONE
    raised_at: int = 0


class Quarreller(Leaver):
    """Complains, answers, rules, and applies what was found."""

    def __init__(self, *args: object, **options: bool) -> None:
        super().__init__(*args, **options)
        self.cases: dict[Book, Case] = {}

    def find(self, random: Random, tag: int) -> None:
        """Anybody tells a card what was found about it; then, at times, an old message comes late."""
        told = [book for book in self.live() if self.finding(book) != Finding()]
        new = [book for book in told if not self.judge_find(book.consumer, book.terms).faults]
        if (new or random.random() < 0.2) and (book := self.book(random, new or told)) is not None:
            if random.random() < 0.2:  # what was found about an epoch that is over
                self._bump(random, book)
            self._tell(random, tag, book)

    def quarrel(self, random: Random, tag: int) -> None:
        """Somebody takes a step in a dispute about a card, or says what was found, or tries to."""
        if (book := self.book(random, self._worth_it(random))) is None:
            return
        if self.setting.unreliable:
            self._registry_errs(random, book)
            return
        if random.random() < 0.12:  # a whole dispute at once
            for action in ("raise", "refuse", "escalate", "rule"):
                self._step(random, book, action)
        else:
            if random.random() < 0.2:  # what was signed before is void, whatever is found
                self._bump(random, book)
            actions = (*["concede"] * 9, "raise", "refuse", "escalate", "settle", "rule")
            self._step(random, book, random.choice(actions))
        news = not self.judge_find(book.consumer, book.terms).faults
        if random.random() < (0.9 if news else 0.1):
            self._tell(random, tag, book)
            if news and random.random() < 0.5:  # and more is found
                self._step(random, book, "concede", all_of_it=random.random() < 0.7)
                self._tell(random, tag, book)

    def _worth_it(self, random: Random) -> list[Book]:
        """Cards for which it makes a difference whose cause their end is: a fee, or a formula that would be
        the worse for the consumer."""
        live, kind = self.live(), random.random()
        unmarked = [book for book in live if not book.state.marks & NOT_CONSUMER]
        if kind < 0.25:
            return [book for book in unmarked if book.terms.exit_fee_bps and book.terms.exit_fee_cap]
        return [book for book in unmarked if self._is_worse(book)] if kind < 0.7 else live

    def _is_worse(self, book: Book) -> bool:
        """Whether the consumer would get less for not being the cause, if the worse refund applied."""
        usage, terms = to_card(book.state).usage(book.terms, self.now), book.terms
        try:
            owed = [book.template.entitlement(terms, usage, cause) for cause in Cause]
        except TemplateFailed:
            return False
        return owed[Cause.NOT_CONSUMER] < min(owed[Cause.CONSUMER], book.state.held)

    def _bump(self, random: Random, book: Book) -> None:
        epoch = max(random.choice((1, 1, MAX_EPOCH)), book.state.epoch + 1)
        self.send(self.judge_bump(book.consumer, book, epoch, book.consumer.address))

    def _tell(self, random: Random, tag: int, book: Book) -> None:
        """Apply the finding. The consumer's word to leave, on its way by then, still counts unless it was
        void already; what was signed on use does not."""
        who, epoch, since = book.consumer, book.state.epoch, book.leaves_since
        word = Terminate(book.id, 0, self.now + 60, random.choice((epoch, since, since, max(since - 1, 0))))
        leave = partial(self.judge_terminate_by_sig, who, book.terms, word, self.sign(random, who, word))
        judge = partial(self.judge_find, who, book.terms)
        if random.random() < 0.3:
            self.keep(random, book, judge)
        if self.send(judge()):
            late = random.random()
            if late < (0.35 if epoch == since else 0.7):
                self.send(leave())
            elif late < 0.8:
                self.send_again(random, tag, book)

    def _step(self, random: Random, book: Book, action: str, *, all_of_it: bool = False) -> None:
        """One call of the registry of disputes by the right one or another, compared with what may happen."""
        terms, case = book.terms, self.cases.setdefault(book, Case())
        arbiter = self.world.arbiter.address
        right = {"refuse": terms.merchant, "concede": terms.merchant, "rule": arbiter}
        by = right.get(action, book.consumer.address)
        who = self.someone(random, by) if random.random() < WRONG else by
        limit = random.choice((ANYTHING, LIMIT - 1, book.state.listed // 2, book.state.used, 0))
        not_consumer = random.random() < (0.9 if self._is_worse(book) else 0.5)
        if all_of_it:
            not_consumer, limit = True, 0
        answer, what = bytes(32), random.randrange(2)
        arguments: dict[str, tuple[object, ...]] = {
            "raise": (what, answer),
            "refuse": (answer,),
            "escalate": (what,),
            "settle": (),
            "concede": (not_consumer, limit),
            "rule": (not_consumer, limit, answer),
        }
        heard = case.step == REFUSED or days(case.raised_at, self.now) > NEGOTIATION_DAYS
        may = (
            who == by
            and {
                "raise": case.step in (NONE, RULED, SETTLED),
                "refuse": case.step == NEGOTIATING,
                "escalate": case.step in (NEGOTIATING, REFUSED) and heard,
                "settle": case.step in (NEGOTIATING, REFUSED, ESCALATED),
                "concede": not_consumer or limit < LIMIT - 1,
                "rule": case.step == ESCALATED,
            }[action]
        )
        self.calls += 1
        wallet = book.consumer.wallet
        try:
            self.setting.send(who, self.world.disputes, action, wallet, terms, *arguments[action])
            done = True
        except Refused:
            done = False
        self.say(f"{who[:8]}: {action} about {book}: {done}")
        require(done == may, NAME, f"{who} {action} about {book}: {done}")
        if done:
            after = {"raise": NEGOTIATING, "refuse": REFUSED, "escalate": ESCALATED, "settle": SETTLED}
            case.step = after.get(action, RULED if action == "rule" else case.step)
            case.raised_at = self.now if action == "raise" else case.raised_at
            if action in ("concede", "rule"):
                self._found(book, not_consumer, limit)
        self._compare_finding(book)

    def _found(self, book: Book, not_consumer: bool, limit: int) -> None:
        """What is found about the card from now on: within an epoch it only ever gets better."""
        limit = limit if limit < LIMIT - 1 else ANYTHING
        if not (not_consumer or limit < ANYTHING):
            return
        before, epoch = self.findings.get(book, Finding()), book.state.epoch
        if before.at and before.epoch == epoch:
            limit = min(limit, before.listed_at_most)
        self.findings[book] = Finding(before.not_consumer or not_consumer, limit, epoch, self.now)

    def _compare_finding(self, book: Book) -> None:
        says = Finding(*self.world.disputes.findingOf(book.consumer.wallet, book.id))
        require(says == self.findings.get(book, Finding()), NAME, f"{book}: {says}")

    def _registry_errs(self, random: Random, book: Book) -> None:
        """A registry that finds anything about everything, or fails; the card is told at once."""
        registry = self.world.disputes
        self.calls += 1
        if random.random() < 0.2:
            self.disputes_say = None
            registry.decide(random.choice(SILENT), sender=self.world.stranger)
        else:
            limit = random.choice(
                (ANYTHING, 1 << 100, LIMIT, book.state.listed + 1, book.state.listed // 2, 0)
            )
            epoch = random.choice((book.state.epoch, book.state.epoch, book.state.epoch + 1, 0))
            at = random.choice((0, 1, self.now, self.now, self.now + 10**6))
            self.disputes_say = Finding(random.random() < 0.5, limit, epoch, at)
            says = self.disputes_say
            registry.decide(SAYS, sender=self.world.stranger)
            values = (says.not_consumer, says.listed_at_most, says.epoch, says.at)
            registry.say(*values, sender=self.world.stranger)
        self.say(f"the registry of disputes now says: {self.disputes_say}")
        self._tell(random, 0, book)
