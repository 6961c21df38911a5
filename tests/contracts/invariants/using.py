"""Moves that use a card: charges, vouchers, certificates and their confirmation."""

from __future__ import annotations

from functools import partial
from random import Random

from tests.contracts.invariants.books import LIMIT, Book
from tests.contracts.invariants.buying import Buyer
from tests.contracts.invariants.forging import Sig
from tests.contracts.invariants.player import WRONG, Judgement
from wallet.eip712 import ZERO_ADDRESS, Certificate, Consume, Voucher
from wallet.rules import UNCONFIRMED


class User(Buyer):
    """Uses cards, and has their use certified."""

    def consume(self, random: Random, tag: int) -> None:
        """One signed charge, or the confirmation of what was certified."""
        live, certified = self.live(), random.random() < 0.2
        among = [book for book in live if (book.terms.certifier != ZERO_ADDRESS) == certified]
        if certified and random.random() < 0.85:
            among = [book for book in among if book.state.marks & UNCONFIRMED]
        if (book := self.book(random, among)) is not None:
            self.deliver(random, book, self.one_use(random, book))

    def consume_many(self, random: Random, tag: int) -> None:
        """Up to five signed charges in one transaction, or none."""
        if (book := self.book(random)) is None:
            return
        uses: list[tuple[Consume, Sig]] = []
        used, listed = book.state.used, book.state.listed
        for _ in range(random.choice((0, 1, 2, 2, 3, 5))):
            message, sig = self._use(random, book, used, listed, WRONG / 3)
            uses.append((message, sig))
            used, listed = message.used_after, message.listed_after
        self.deliver(random, book, partial(self.judge_consume, book.consumer, book.terms, uses, True))

    def redeem(self, random: Random, tag: int) -> None:
        """One voucher, mostly for a card that takes them."""
        book = self.book(random)
        if book is not None and not book.terms.takes_vouchers and random.random() < 0.8:
            book = self.book(random, [each for each in self.live() if each.terms.takes_vouchers])
        if book is None:
            return
        used, listed = self._totals_after(random, book, book.state.used, book.state.listed, 0)
        message, sig = self._voucher(random, book, used, listed)
        self.deliver(random, book, partial(self.judge_redeem, book.consumer, book.terms, message, sig))

    def certify(self, random: Random, tag: int) -> None:
        """A certificate of progress or cost, mostly for a card whose terms name who may say so."""
        among = [each for each in self.live() if each.terms.certifier != ZERO_ADDRESS]
        if random.random() < 0.35:
            among = [each for each in among if each.terms.trigger] or among
        if random.random() < 0.3:  # bought a moment ago
            among = sorted(among, key=lambda book: book.state.opened_at)[-2:]
        if (book := self.book(random, among)) is not None:
            self.certificate(random, book, random.randrange(1, 9) if random.random() < 0.24 else 0)

    def certificate(self, random: Random, book: Book, fault: int) -> None:
        """One for this card, right or with that mistake."""
        used, listed = self._totals_after(random, book, book.state.used, book.state.listed, fault)
        epoch = self._epoch(random, book, fault)
        deadline = self.deadline(random, fault == 3)
        message = Certificate(book.id, used, listed, random.randbytes(32), deadline, epoch)
        by = self.setting.signer_of(book.terms.certifier)
        sig = self.sign(random, book.consumer, message, honest=fault not in (4, 5), by=by)
        self.deliver(random, book, partial(self.judge_certify, book.consumer, book.terms, message, sig))

    def one_use(self, random: Random, book: Book) -> Judgement:
        """A charge for the card, or for terms like the card's."""
        use = self._use(random, book, book.state.used, book.state.listed, WRONG)
        terms = book.terms
        if random.random() < 0.03:  # other terms than were bought
            terms = terms.change(principal=terms.principal % (10**9) + 1)
        return partial(self.judge_consume, book.consumer, terms, [use], False)

    # ---------------------------------------------------------------------------------------------- messages

    def _use(self, random: Random, book: Book, used: int, listed: int, wrong: float) -> tuple[Consume, Sig]:
        """A signed use that goes on from these totals, or one with a mistake in it."""
        fault = random.randrange(1, 9) if random.random() < wrong else 0
        used_after, listed_after = self._totals_after(random, book, used, listed, fault)
        if book.terms.certifier != ZERO_ADDRESS and fault not in (6, 7, 8):
            used_after, listed_after = used, listed + (random.random() < 0.1)
        limit = random.choice((LIMIT, book.terms.principal, book.terms.principal, used_after - used))
        if fault == 2:
            limit = random.choice((0, 1, book.terms.principal // 50))
        deadline, charge = self.deadline(random, fault == 3), random.randbytes(32)
        epoch = self._epoch(random, book, fault)
        message = Consume(book.id, used_after, listed_after, max(limit, 0), charge, deadline, epoch)
        return message, self.sign(random, book.consumer, message, honest=fault not in (4, 5))

    def _voucher(self, random: Random, book: Book, used: int, listed: int) -> tuple[Voucher, Sig]:
        fault = random.randrange(1, 9) if random.random() < WRONG else 0
        if fault in (6, 7, 8):
            used, listed = self._totals_after(random, book, book.state.used, book.state.listed, fault)
        principal = book.terms.principal
        limit = max(random.choice((LIMIT, principal, principal, used)), book.state.released)
        if fault == 2:
            limit = random.choice((0, 1, principal // 50))
        deadline = self.deadline(random, fault == 3)
        message = Voucher(book.id, used, listed, limit, deadline, self._epoch(random, book, fault))
        return message, self.sign(random, book.consumer, message, honest=fault not in (4, 5))

    def _epoch(self, random: Random, book: Book, fault: int) -> int:
        epoch = book.state.epoch
        if fault != 1:
            return epoch
        return random.choice([each for each in (epoch - 1, epoch + 1, 0) if 0 <= each != epoch])

    def _totals_after(
        self, random: Random, book: Book, used: int, listed: int, fault: int
    ) -> tuple[int, int]:
        """Running totals after a further use, as large as a card of this kind may see, or a little larger."""
        if fault == 6:
            return used, listed
        if fault == 7:
            return max(used - random.randint(1, 100), 0), listed + random.choice((0, 0, 5))
        if fault == 8:
            return random.choice(((LIMIT, listed), (used, LIMIT), (1 << 200, 1 << 255)))
        kind, terms = book.template, book.terms
        whole = kind.capacity(terms) or 100
        left = max(whole - used, 1)
        if used >= whole and random.random() < 0.8:  # used up: there may still be cost, or goods given along
            return used, listed + random.choice((1, terms.principal // 9 + 1))
        step = random.choice((0, 1, 1, left // 20 + 1, left // 10 + 1, left // 3, random.randint(0, left)))
        if random.random() < 0.08:
            step = left + random.randint(0, 1)
        price = kind.list_price(terms, used + step) - kind.list_price(terms, used)
        return used + step, listed + random.choice(
            (price, price, price + 1, 0, 2 * price, 1, terms.principal // 9)
        )
