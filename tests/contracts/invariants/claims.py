"""Moves around a real guarantor: claims filed, decided and paid, by the right ones and others.

Which claims are due is the guarantor's business, and searched for itself (`test_waterfall_invariants.py`).
Here it is one more pocket: it pays the consumer and nobody else, never more than it promised or than is
missing, and nothing it does touches a card otherwise.
"""

from __future__ import annotations

from random import Random
from typing import Any

from tests.contracts.harness import SHORT, Refused
from tests.contracts.invariants.books import Book, require
from tests.contracts.invariants.ledger import Act, Call
from tests.contracts.invariants.player import WRONG
from tests.contracts.invariants.quarrels import Quarreller

CLOSURE, DISPUTE, FRAUD = 3, 4, 5
"""Triggers of a claim."""

PROMISE = "a guarantor pays no more than it promised"


class Claimant(Quarreller):
    """Claims what cards are short."""

    def __init__(self, *args: object, **options: bool) -> None:
        super().__init__(*args, **options)
        self.paid_by_fund: dict[Book, int] = {}

    def claim(self, random: Random, tag: int) -> None:
        """A claim against the fund, step by step or all at once; at times by somebody who has no say."""
        covered = [book for book in self.books if self._limit(book)]
        short = [book for book in covered if book.state.status == SHORT]
        if not covered:
            return
        book = random.choice(short if short and random.random() < 0.8 else covered)
        steps = (
            ("file", "confirm", "pay")
            if random.random() < 0.7
            else ("file", "confirm", "pay", "refuse", "release")
        )
        for step in steps if random.random() < 0.6 else (random.choice(steps),):
            self._step_of_claim(random, book, step)

    def _step_of_claim(self, random: Random, book: Book, step: str) -> None:
        wallet, terms = book.consumer.wallet, book.terms
        likely = CLOSURE if self.stopped_at(terms, book.state.opened_at) else FRAUD
        trigger = random.choice((likely, likely, likely, CLOSURE, DISPUTE, FRAUD))
        arguments: dict[str, tuple[Any, ...]] = {
            "file": (wallet, terms, book.pledges, trigger),
            "confirm": (book.id,),
            "refuse": (book.id, bytes(32)),
            "pay": (wallet, terms),
            "release": (wallet, terms),
        }
        assessor = self.world.operator.address
        right = {"file": book.consumer.address, "confirm": assessor, "refuse": assessor}
        by = right.get(step, self.world.stranger.address)
        sender = self.someone(random, by) if random.random() < WRONG else by
        call = Call(book.consumer, step, arguments[step], sender, f"{step} a claim for {book}", soft=True)
        if step in ("confirm", "refuse") and sender != assessor:
            call.faults.add("Guarantor_NotAssessor")
        if step == "file" and trigger == FRAUD and sender != book.consumer.address:
            call.faults.add("Guarantor_NotTriggered")
        self.calls += 1
        try:
            self.setting.send(sender, self.setting.fund, step, *call.args)
        except Refused as refused:
            self._refused(call, refused)
            return
        paid = sum(event.args["amount"] for event in self.world.named("ShortfallPaid"))
        if step == "pay":
            call.acts.append(Act(book, "repay", pays=paid, payer=self.setting.fund.address))
            self.paid_by_fund[book] = self.paid_by_fund.get(book, 0) + paid
            text = f"{book}: {self.paid_by_fund[book]} paid, {self._limit(book)} promised"
            require(self.paid_by_fund[book] <= self._limit(book), PROMISE, text)
        self._accepted(call)
        self._look([call])

    def _limit(self, book: Book) -> int:
        """Fen that the fund promised for the card at most."""
        return dict(book.pledges).get(self.setting.fund.address, 0)
