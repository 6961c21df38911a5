"""Moves that end a card, and what comes after: exits, time, collections, shortfalls; and voiding."""

from __future__ import annotations

from functools import partial
from random import Random

from tests.contracts.harness import OWING, SHORT
from tests.contracts.invariants.books import MAX_EPOCH
from tests.contracts.invariants.forging import signature
from tests.contracts.invariants.player import WRONG
from tests.contracts.invariants.using import User
from wallet.eip712 import BumpEpoch, Redirect, Terminate


class Leaver(User):
    """Ends cards, and settles what is left of them."""

    def terminate(self, random: Random, tag: int) -> None:
        """The consumer's exit, direct or carried; at times starved of gas, at times by somebody else."""
        if (book := self.book(random)) is None:
            return
        who, terms, fault = book.consumer, book.terms, random.random() < WRONG
        minimum = random.choice((0, 0, book.state.held // 2, book.state.held, book.state.held + 1))
        if random.random() < 0.4:
            sender = self.someone(random, who.address) if fault else who.address
            call = self.judge_terminate(who, terms, minimum, sender)
        else:
            late, forged = fault and random.random() < 0.3, fault and random.random() < 0.5
            epoch = book.state.epoch + int(fault and not late and not forged)
            message = Terminate(book.id, minimum, self.deadline(random, late), epoch)
            sig = self.sign(random, who, message, honest=not forged)
            judge = partial(self.judge_terminate_by_sig, who, terms, message, sig)
            self.keep(random, book, judge)
            if random.random() < 0.25:  # kept back: the consumer's word for later
                return
            call = judge()
        self.send(self.starved(random, call, 0.15))

    def settle(self, random: Random, tag: int) -> None:
        """Anybody lets happen what the terms let happen."""
        book = self.book(random)
        if book is not None and not book.terms.accrual and random.random() < 0.6:
            book = self.book(random)
        if book is not None:
            judge = partial(self.judge_settle, book.consumer, book.terms)
            self.keep(random, book, judge)
            self.send(self.starved(random, judge(), 0.1))

    def collect(self, random: Random, tag: int) -> None:
        """The merchant's share of an ended card, to the payee or where the payee sends it."""
        owing = [book for book in self.books if book.state.status == OWING]
        book = random.choice(owing) if owing and random.random() < 0.8 else self.book(random)
        if book is None:
            return
        who, terms = book.consumer, book.terms
        if random.random() < 0.5:
            self.send(self.judge_collect(who, terms))
            return
        fault, to = random.random() < WRONG, self.someone(random)
        message = Redirect(book.id, to, self.deadline(random, fault and random.random() < 0.4))
        right = self.setting.signer_of(terms.recipient)
        signer = who if right is None or (fault and random.random() < 0.6) else right
        sig = signature(random, signer.signer, message.digest(who.domain))
        may = right is not None and random.random() < 0.3
        sender = terms.recipient if may else self.someone(random, terms.recipient)
        self.send(self.judge_collect_to(who, terms, message, sig, sender))

    def repay(self, random: Random, tag: int) -> None:
        """The merchant, a stranger or whoever pays what a card is short, or a part, or tries too much."""
        short = [book for book in self.books if book.state.status == SHORT]
        book = random.choice(short) if short and random.random() < 0.85 else self.book(random)
        if book is None:
            return
        missing, fault = book.state.held, random.randrange(1, 3) if random.random() < WRONG else 0
        fen = random.choice((missing, missing, missing // 2, 1)) or 1
        if fault == 1:
            fen = random.choice((0, 0, missing + 1, (1 << 256) - 1))
        payer = random.choice((book.terms.merchant, book.terms.merchant, self.someone(random)))
        token = self.setting.yuan if book.honest else self.setting.token
        self.approve(payer, token, book.consumer, fen - 1 if fault == 2 and fen else fen)
        self.send(self.judge_repay(book.consumer, book.terms, fen, payer))
        if random.random() < 0.7:  # else what a payer allowed stays, for nobody else to take
            self.approve(payer, token, book.consumer, 0)

    def bump(self, random: Random, tag: int) -> None:
        """Void what is outstanding on a card."""
        if (book := self.book(random)) is None:
            return
        who, current, fault = book.consumer, book.state.epoch, random.random() < WRONG
        step = random.choice((1, 1, 1, 7, 7, max(MAX_EPOCH - current, 1)))
        if fault and random.random() < 0.5:
            step = random.choice((0, -1, MAX_EPOCH + 1))
        epoch = max(current + step, 0)
        if random.random() < 0.5:
            sender = self.someone(random, who.address) if fault else who.address
            self.send(self.judge_bump(who, book, epoch, sender))
            return
        message = BumpEpoch(book.id, epoch, self.deadline(random, fault and random.random() < 0.3))
        sig = self.sign(random, who, message, honest=not fault)
        judge = partial(self.judge_bump_by_sig, who, book, message, sig)
        self.deliver(random, book, judge)
