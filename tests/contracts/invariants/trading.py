"""What certifiers, merchants that give way, and guarantors do; and a consumer that moves to another card."""

from __future__ import annotations

from functools import partial
from random import Random

from tests.contracts.harness import OPEN, SHORT
from tests.contracts.invariants.books import Book
from tests.contracts.invariants.dealings import NOTHING
from tests.contracts.invariants.forging import forgery, signature
from tests.contracts.invariants.moves import WRONG, Player
from tests.contracts.invariants.offers import draw_terms
from wallet.eip712 import ZERO_ADDRESS, Certificate, Transfer
from wallet.terms import Terms


class Trader(Player):
    """The player, with the moves that others make about a card."""

    def certify(self, random: Random, tag: int) -> None:
        """A certifier states progress; at times another signs, or the card has none."""
        named = [each for each in self.books if each.terms.certifier != ZERO_ADDRESS]
        live = [each for each in named if each.state.status == OPEN] or named
        book = random.choice(live) if live and random.random() < 0.95 else self.book(random)
        if book is None:
            return
        fault = random.randrange(1, 9) if random.random() < WRONG else 0
        used, listed = self._totals_after(
            random, book, book.state.used, book.state.listed, fault, voucher=True
        )
        epoch = book.state.epoch + int(fault == 1)
        message = Certificate(
            book.id, used, listed, random.randbytes(32), self.deadline(random, fault == 3), epoch
        )
        who, bureaus = book.consumer, self.setting.certifiers
        right = next((each for each in bureaus if each.address == book.terms.certifier), bureaus[0])
        if fault == 4:
            others = [who.signer, *self.setting.merchants, *(each for each in bureaus if each is not right)]
            sig = signature(random, random.choice(others), message.digest(who.domain))
        elif fault == 5:
            sig = forgery(random, self.setting, who, message)
        else:
            sig = signature(random, right, message.digest(who.domain))
        judge = partial(self.judge_certify, who, book.terms, message, sig)
        self.keep(random, judge)
        if random.random() < 0.9:
            self.send(judge())

    def find(self, random: Random, tag: int) -> None:
        """A merchant gives way and anybody applies it; at times nothing was said, or nothing new."""
        book = self.book(random)
        if book is None or book.terms.merchant not in self.standing:
            return
        if random.random() < 0.85:
            not_consumer = random.random() < 0.4
            limits = (NOTHING, 0, book.state.listed // 2, max(book.state.listed - 1, 0), book.state.listed)
            limit = random.choice(limits)
            if not_consumer or limit != NOTHING:
                self.calls += 1
                self.concede(book, not_consumer, limit)
        self.send(self.judge_finding(book.consumer, book.terms))

    def transfer(self, random: Random, tag: int) -> None:
        """The consumer ends one card and opens another with its refund."""
        if (book := self.book(random)) is None:
            return
        who, fault = book.consumer, random.randrange(1, 8) if random.random() < WRONG else 0
        new = self._onward(random, book, fault)
        pledges = self._pledges(random, new)
        least = random.choice((0, 0, book.state.held // 2, book.state.held, book.state.held + 1))
        token = self.setting.yuan if new.token == self.setting.yuan.address else self.setting.token
        self._approve(who, token, new.principal)
        if random.random() < 0.5:
            sender = self.someone(random, who.address) if fault == 2 else who.address
            self.send(self.judge_transfer(who, book.terms, new, pledges, least, sender), tag)
        else:
            epoch = random.choice([*self.epochs(book), book.state.epoch + 1]) if fault == 3 else None
            said = random.choice(self.epochs(book)) if epoch is None else epoch
            deadline = self.deadline(random, fault == 4)
            message = Transfer(book.id, new.card_id(who.domain), least, deadline, said)
            sig = self.sign(random, who, message, honest=fault != 5)
            self.send(self.judge_transfer_by_sig(who, book.terms, new, pledges, message, sig), tag)
        self._approve(who, token, 0)

    def _onward(self, random: Random, book: Book, fault: int) -> Terms:
        """Terms of the next card: in the same money, mostly."""
        who = book.consumer
        selling = [m for m in self.setting.merchants if self.standing[m.address].status == "approved"]
        merchants = selling if selling and fault != 6 else self.setting.merchants
        new = draw_terms(random, self.setting, who, merchants)
        if fault == 1:
            return random.choice(self.books).terms
        if fault != 7:
            new = Terms(book.terms.token, *new.values()[1:])  # type: ignore[arg-type]
        return new

    def pay_shortfall(self, random: Random, tag: int) -> None:
        """Somebody pays what a card is short, or part of it; too much, or nothing, or of another card."""
        short = [book for book in self.books if book.state.status == SHORT]
        book = random.choice(short) if short and random.random() < 0.9 else self.book(random)
        if book is None:
            return
        missing = book.state.held
        amount = random.choice((missing, missing, 1, missing // 2, missing + 1, 0, 1 << 60))
        self.send(self.judge_payment(book.consumer, book.terms, amount))
