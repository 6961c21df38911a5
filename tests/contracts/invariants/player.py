"""Hands for the machine: whom and what to choose, how to sign, what to keep and send again.

A move is a kind and a number; everything it chooses follows from the number and from the cards at hand, so a
sequence can be replayed, and shortened by leaving moves out. Cards are chosen by their tags, not by position,
so that leaving one out changes little for the others.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from random import Random

from tests.contracts.harness import OPEN, Contract
from tests.contracts.invariants.books import Book
from tests.contracts.invariants.forging import Sig, forgery, signature
from tests.contracts.invariants.ledger import Call
from tests.contracts.invariants.machine import Machine
from tests.contracts.invariants.setting import Consumer, Party
from wallet.eip712 import Message

ARCHIVE = 60
WRONG = 0.2
"""Share of moves that carry a deliberate mistake."""

Judgement = Callable[[], Call]


class Player(Machine):
    """What all moves need; the moves themselves are in the classes made from it."""

    def __init__(self, *args: object, **options: bool) -> None:
        super().__init__(*args, **options)
        self.archive: list[tuple[int, Book, Judgement]] = []

    def book(self, random: Random, among: Sequence[Book] = (), *, live: float = 0.93) -> Book | None:
        """A card, mostly an open one, and of those mostly one among the given ones if there are any."""
        books: Sequence[Book] = self.books
        if random.random() < live:
            books = among or [book for book in books if book.state.status == OPEN] or books
        salt = random.getrandbits(32)
        return min(books, key=lambda book: (book.tag ^ salt) * 0x9E3779B1 % 2**32, default=None)

    def live(self) -> list[Book]:
        """All open cards."""
        return [book for book in self.books if book.state.status == OPEN]

    def someone(self, random: Random, *but: str) -> str:
        """Anybody's address but those given."""
        setting = self.setting
        people = [each.address for each in (*setting.consumers, *setting.accounts)]
        return random.choice([address for address in people if address not in but])

    def approve(self, payer: str, token: Contract, who: Consumer, fen: int) -> None:
        """Let the consumer's sub-wallet pull so much from a payer."""
        self.setting.send(payer, token, "approve", who.wallet, fen)

    def sign(
        self, random: Random, who: Consumer, message: Message, *, honest: bool = True, by: Party | None = None
    ) -> Sig:
        """The consumer's signature (or that of `by`) in either form, or one that must not count."""
        signer = (by or who).signer
        if honest:
            return signature(random, signer, message.digest(who.domain))
        return forgery(random, self.setting, signer, who, message)

    def deadline(self, random: Random, wrong: bool) -> int:
        """The last second of a message: soon, far, or this very second; if wrong, just or long past."""
        if wrong:
            return self.now - random.choice((1, 1, 3600))
        return self.now + random.choice((0, 1, 600, 3_600, 86_400, 10**8))

    # ---------------------------------------------------------------------------------------------- archive

    def keep(self, random: Random, book: Book, judge: Judgement) -> None:
        """Remember a signed message about a card, to be sent (again) later."""
        entry = (random.getrandbits(32), book, judge)
        if len(self.archive) < ARCHIVE:
            self.archive.append(entry)
        else:
            self.archive[random.randrange(ARCHIVE)] = entry

    def deliver(self, random: Random, book: Book, judge: Judgement, tag: int = 0) -> None:
        """Keep what was signed, and mostly send it, at times with too little gas; or hold it back."""
        self.keep(random, book, judge)
        if random.random() < 0.9:
            self.send(self.starved(random, judge(), 0.05), tag)

    def starved(self, random: Random, call: Call, share: float) -> Call:
        """The call, in that share of cases with so little gas that it may fail for that alone."""
        if random.random() < share:
            call.gas, call.soft = random.randint(60_000, 900_000), True
        return call

    def replay(self, random: Random, tag: int) -> None:
        """Send again, or at last, something that was signed before."""
        self.send_again(random, tag)

    def send_again(self, random: Random, tag: int, about: Book | None = None) -> None:
        """The same, about one card if given."""
        kept = [entry for entry in self.archive if about is None or entry[1] is about]
        if kept:
            self.send(self._choose(random, kept)(), tag)

    def relay_some(self, random: Random, tag: int) -> None:
        """Several kept messages in one transaction, the same one twice at times."""
        calls: list[Call] = []
        for _ in range(random.randint(1, 4) if self.archive else 0):
            judge = self._choose(random, self.archive)
            for _ in range(random.choice((1, 1, 2))):
                call = judge()
                if not call.soft:
                    self.overlay.update(call.settled())
                    bumps = {act.book: act.epoch for act in call.acts if act.epoch is not None}
                    self.leaving.update(bumps if not call.faults else {})
                    calls.append(call)
        self.overlay, self.leaving = {}, {}
        if calls:
            self.relay(calls, tag)

    def _choose(self, random: Random, kept: Sequence[tuple[int, Book, Judgement]]) -> Judgement:
        salt = random.getrandbits(32)
        return min(kept, key=lambda entry: (entry[0] ^ salt) * 0x9E3779B1 % 2**32)[2]
