"""What consumers, merchants' carriers and attackers do: random calls of sub-wallets, right and wrong.

A move is a kind and a number; everything it chooses follows from the number and from the cards at hand, so a
sequence can be replayed, and shortened by leaving moves out. Cards are chosen by their tags, not by position,
so that leaving one out changes little for the others.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from random import Random

from tests.contracts.harness import OPEN, OWING, Contract
from tests.contracts.invariants.books import LIMIT, Book
from tests.contracts.invariants.dealings import Pledges
from tests.contracts.invariants.forging import Sig, forgery, signature
from tests.contracts.invariants.ledger import Call
from tests.contracts.invariants.machine import Machine
from tests.contracts.invariants.offers import draw_terms
from tests.contracts.invariants.setting import Consumer
from wallet.eip712 import (
    NO_COVER,
    ZERO_ADDRESS,
    BumpEpoch,
    Consume,
    Domain,
    Message,
    Permit,
    ReceiveWithAuthorization,
    Redirect,
    Terminate,
    Voucher,
    cover_hash,
)
from wallet.terms import Terms

MAX_LIVE = 14
ARCHIVE = 60
DIRECT = ("open", "openCovered")
"""Ways to open in which the consumer calls."""
WRONG = 0.2
"""Share of moves that carry a deliberate mistake."""


class Player(Machine):
    """The machine with hands: `play(kind, number)`."""

    def __init__(self, *args: object, **options: bool) -> None:
        super().__init__(*args, **options)  # type: ignore[arg-type]
        self.archive: list[tuple[int, Callable[[], Call]]] = []

    # ---------------------------------------------------------------------------------------------- choosing

    def book(self, random: Random, *, live: float = 0.93) -> Book | None:
        """A card, mostly an open one."""
        books = self.books
        if random.random() < live:
            books = [book for book in books if book.state.status == OPEN] or books
        salt = random.getrandbits(32)
        return min(books, key=lambda book: (book.tag ^ salt) * 0x9E3779B1 % 2**32, default=None)

    def someone(self, random: Random, *but: str) -> str:
        """Anybody's address but those given."""
        setting = self.setting
        people = [c.address for c in setting.consumers]
        people += [a.address for a in (*setting.merchants, *setting.payees, *setting.outsiders)]
        return random.choice([address for address in people if address not in but])

    def keep(self, random: Random, judge: Callable[[], Call]) -> None:
        """Remember a signed message, to be sent (again) later."""
        entry = (random.getrandbits(32), judge)
        if len(self.archive) < ARCHIVE:
            self.archive.append(entry)
        else:
            self.archive[random.randrange(ARCHIVE)] = entry

    def sign(self, random: Random, who: Consumer, message: Message, *, honest: bool = True) -> Sig:
        """The consumer's signature in either form, or one that must not count."""
        if honest:
            return signature(random, who.signer, message.digest(who.domain))
        return forgery(random, self.setting, who, message)

    def deadline(self, random: Random, wrong: bool) -> int:
        """The last second of a message: soon, far, or this very second; if wrong, just or long past."""
        if wrong:
            return self.now - random.choice((1, 1, 3600))
        return self.now + random.choice((0, 1, 600, 3_600, 86_400, 10**8))

    # ----------------------------------------------------------------------------------------------- opening

    def open(self, random: Random, tag: int) -> None:
        """Buy a card in one of four ways, or fail to."""
        who = random.choice(self.setting.consumers)
        live = [book for book in self.books if book.state.status == OPEN]
        if len(live) >= MAX_LIVE:
            return
        wrong = random.randrange(1, 9) if random.random() < WRONG else 0
        selling = [m for m in self.setting.merchants if self.standing[m.address].status == "approved"]
        anyone = not selling or random.random() < 0.1
        terms = draw_terms(random, self.setting, who, self.setting.merchants if anyone else selling)
        if live and random.random() < 0.15:  # the same terms in another wallet, or once more in this one
            terms = min(live, key=lambda book: book.tag).terms
        terms = self._spoilt(random, terms, wrong, who)
        yuan = terms.token == self.setting.yuan.address
        token = self.setting.yuan if yuan else self.setting.token
        way = self._way(random, who, terms)
        allowance = 0 if wrong == 1 else terms.principal
        if way in (*DIRECT, "openBySig"):
            self._approve(who, token, allowance)
        sender = who.address if way in DIRECT else self.world.stranger.address
        if wrong == 2 and way in DIRECT:
            sender = self.someone(random, who.address)
        sig, args = self._papers(
            random, who, terms, way, honest=wrong != 2 or way in DIRECT, funded=wrong != 1
        )
        call = self.judge_open(who, terms, way, args, sender)
        if way.startswith("openCovered"):
            self._covered(call, terms, args[1])
        if way in DIRECT:
            if sender != who.address:
                call.faults.add("SubWallet_NotConsumer")
        elif way.endswith("WithAuthorization"):
            if not self._authorised(who, terms, sig):
                call.faults |= {"ERC3009InvalidSignature", "SubWallet_SignatureInvalid"}
        elif not self.signed_by(who, sig, terms):
            call.faults.add("SubWallet_SignatureInvalid")
        if yuan and not way.endswith("WithAuthorization") and wrong == 1:
            call.faults.add("ERC20InsufficientAllowance")
        self.send(call, tag)
        if wrong == 1 and yuan:
            self._approve(who, token, 0)

    def _approve(self, who: Consumer, token: Contract, fen: int) -> None:
        self.setting.send(who.address, token, "approve", who.wallet, fen)

    def _way(self, random: Random, who: Consumer, terms: Terms) -> str:
        if terms.cover != NO_COVER and random.random() < 0.95:
            return random.choice(("openCovered", "openCoveredWithAuthorization"))
        way = random.choice(("open", "openBySig", "openWithPermit", "openWithAuthorization"))
        return "openBySig" if who.contract is not None and way == "openWithPermit" else way

    def _covered(self, call: Call, terms: Terms, pledges: Pledges) -> None:
        """Faults of a list of guarantors."""
        if cover_hash(pledges) != terms.cover:
            call.faults.add("SubWallet_CoverMismatch")

    def _pledges(self, random: Random, terms: Terms) -> Pledges:
        """Those behind the terms, at times others."""
        right = self.setting.pledges[terms.cover]
        if random.random() < 0.9:
            return right
        return random.choice((right[1:], right[::-1], [(name, limit + 1) for name, limit in right]))

    def _spoilt(self, random: Random, terms: Terms, wrong: int, who: Consumer) -> Terms:
        if wrong == 3:
            return terms.change(buy_by=self.now - 1)
        if wrong == 4:
            return terms.change(exit_fee_bps=1_001)
        if wrong == 5 and terms.principal < 10**9:
            return terms.change(advance=terms.principal + 1)
        if wrong == 6:
            values = list(terms.values())
            values[4] = self.someone(random)  # a template without code, or a contract nobody admitted
            return Terms(*values)
        if wrong == 7:
            values = list(terms.values())
            values[2] = who.wallet.address  # the sub-wallet paying itself
            return Terms(*values)
        return terms

    def _papers(
        self, random: Random, who: Consumer, terms: Terms, way: str, *, honest: bool, funded: bool
    ) -> tuple[Sig, tuple[object, ...]]:
        """The signature that matters for a way of opening, and the call's arguments."""
        nothing = Sig(b"", "", b"")
        cover = (self._pledges(random, terms),) if way.startswith("openCovered") else ()
        if way in DIRECT:
            return nothing, (terms, *cover)
        if way.endswith("WithAuthorization"):
            message = self._authorization(who, terms)
            domain = self._token_domain(terms)
            signer = who.signer if honest else self.world.stranger
            sig = signature(random, signer, message.digest(domain))
            return sig, (terms, *cover, sig.data)
        sig = self.sign(random, who, terms, honest=honest)
        if way == "openBySig":
            return sig, (terms, sig.data)
        token = self.setting.yuan
        nonce = token.nonces(who.address)
        if not funded:
            nonce += 1
            self._approve(who, token, 0)
        elif terms.token != token.address:
            self._approve(who, self.setting.token, terms.principal)
        permit = Permit(who.address, who.wallet.address, terms.principal, nonce, self.now)
        made = who.signer.sign(permit, self.setting.yuan_domain)
        return sig, (terms, self.now, made[64], made[:32], made[32:64], sig.data)

    def _authorization(self, who: Consumer, terms: Terms) -> ReceiveWithAuthorization:
        card = terms.card_id(who.domain)
        return ReceiveWithAuthorization(
            who.address, who.wallet.address, terms.principal, 0, terms.buy_by + 1, card
        )

    def _token_domain(self, terms: Terms) -> Domain:
        honest = terms.token == self.setting.yuan.address
        return self.setting.yuan_domain if honest else self.setting.token_domain

    def _authorised(self, who: Consumer, terms: Terms, sig: Sig) -> bool:
        digest = self._authorization(who, terms).digest(self._token_domain(terms))
        return sig.signer == who.signer.address and sig.digest == digest

    # --------------------------------------------------------------------------------------------- consuming

    def consume(self, random: Random, tag: int) -> None:
        """One signed charge."""
        if (book := self.book(random)) is not None:
            self._deliver(random, partial(self._one_use, random, book))

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
        who, terms = book.consumer, book.terms
        self._deliver(random, lambda: partial(self.judge_consume, who, terms, uses, True))

    def redeem(self, random: Random, tag: int) -> None:
        """One voucher, mostly for a card that takes them."""
        book = self.book(random)
        if book is not None and not book.terms.takes_vouchers and random.random() < 0.8:
            book = self.book(random)
        if book is None:
            return
        message, sig = self._use(random, book, book.state.used, book.state.listed, WRONG, voucher=True)
        who, terms = book.consumer, book.terms
        self._deliver(random, lambda: partial(self.judge_redeem, who, terms, message, sig))

    def _one_use(self, random: Random, book: Book) -> Callable[[], Call]:
        use = self._use(random, book, book.state.used, book.state.listed, WRONG)
        terms = book.terms
        if random.random() < 0.03:  # other terms than were bought
            terms = terms.change(principal=terms.principal % (10**9) + 1)
        return partial(self.judge_consume, book.consumer, terms, [use], False)

    def _deliver(self, random: Random, make: Callable[[], Callable[[], Call]]) -> None:
        """Judge and send what `make` prepared; keep it for a replay; or keep it back for later."""
        judge = make()
        self.keep(random, judge)
        if random.random() < 0.9:
            self.send(judge())

    def _use(
        self, random: Random, book: Book, used: int, listed: int, wrong: float, *, voucher: bool = False
    ) -> tuple[Consume | Voucher, Sig]:
        """A signed use that goes on from these totals, or one with a mistake in it."""
        fault = random.randrange(1, 9) if random.random() < wrong else 0
        used_after, listed_after = self._totals_after(random, book, used, listed, fault, voucher=voucher)
        epoch = book.state.epoch
        if fault == 1:
            epoch = random.choice([each for each in (epoch - 1, epoch + 1, 0) if 0 <= each != epoch])
        limit = random.choice((LIMIT, book.terms.principal, book.terms.principal, used_after - used))
        if fault == 2:
            limit = random.choice((0, 1, book.terms.principal // 50))
        deadline = self.deadline(random, fault == 3)
        limit = max(limit, 0)
        if voucher:
            limit = max(limit, book.state.released) if fault != 2 else limit
            message: Consume | Voucher = Voucher(book.id, used_after, listed_after, limit, deadline, epoch)
        else:
            charge = random.randbytes(32)
            message = Consume(book.id, used_after, listed_after, limit, charge, deadline, epoch)
        return message, self.sign(random, book.consumer, message, honest=fault not in (4, 5))

    def _totals_after(
        self, random: Random, book: Book, used: int, listed: int, fault: int, *, voucher: bool = False
    ) -> tuple[int, int]:
        if book.terms.certifier != ZERO_ADDRESS and not voucher and random.random() < 0.9:
            return used, listed  # the consumer confirms what was certified
        if fault == 6:
            return used, listed
        if fault == 7:
            return max(used - random.randint(1, 100), 0), listed + random.choice((0, 0, 5))
        if fault == 8:
            return random.choice(((LIMIT, listed), (used, LIMIT), (1 << 200, 1 << 255)))
        sessions = book.terms.template == self.world.sessions
        whole = book.terms.params0 & 0xFFFF if sessions else book.terms.face
        left = max(whole - used, 1)
        step = random.choice(
            (1, 1, left // 10 + 1, left // 3, left // 3, random.randint(0, left), left, left + 1)
        )
        price = step if not sessions else step * (book.terms.principal // max(whole, 1))
        return used + step, listed + random.choice((price, price, price, 0, 2 * price, 1))

    # ------------------------------------------------------------------------------------------------ ending

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
            self.keep(random, judge)
            call = judge()
        if random.random() < 0.15:
            call.gas, call.soft = random.randint(60_000, 700_000), True
        self.send(call)

    def settle(self, random: Random, tag: int) -> None:
        """Anybody lets happen what the terms let happen."""
        book = self.book(random)
        if book is not None and not book.terms.accrual and random.random() < 0.6:
            book = self.book(random)
        if book is not None:
            judge = partial(self.judge_settle, book.consumer, book.terms)
            self.keep(random, judge)
            call = judge()
            if random.random() < 0.1:
                call.gas, call.soft = random.randint(60_000, 700_000), True
            self.send(call)

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
        accounts = {a.address: a for a in (*self.setting.merchants, *self.setting.payees)}
        right = accounts.get(terms.recipient, self.world.stranger)
        signer = who.signer if fault and random.random() < 0.6 else right
        sig = signature(random, signer, message.digest(who.domain))
        may = terms.recipient in accounts and random.random() < 0.3
        sender = terms.recipient if may else self.someone(random, terms.recipient)
        self.send(self.judge_collect_to(who, terms, message, sig, sender))

    def bump(self, random: Random, tag: int) -> None:
        """Void what is outstanding on a card."""
        if (book := self.book(random)) is None:
            return
        who, current, fault = book.consumer, book.state.epoch, random.random() < WRONG
        step = (
            random.choice((0, -1, 1 << 16)) if fault and random.random() < 0.5 else random.choice((1, 1, 7))
        )
        epoch = max(current + step, 0)
        if random.random() < 0.5:
            sender = self.someone(random, who.address) if fault else who.address
            self.send(self.judge_bump(who, book, epoch, sender))
            return
        message = BumpEpoch(book.id, epoch, self.deadline(random, fault and random.random() < 0.3))
        sig = self.sign(random, who, message, honest=not fault)
        judge = partial(self.judge_bump_by_sig, who, book, message, sig)
        self.keep(random, judge)
        self.send(judge())

    def replay(self, random: Random, tag: int) -> None:
        """Send again, or at last, something that was signed before."""
        if self.archive:
            self.send(self._kept(random)())

    def relay_some(self, random: Random, tag: int) -> None:
        """Several kept messages in one transaction, the same one twice at times."""
        calls: list[Call] = []
        self.overlay = {}
        for _ in range(random.randint(1, 4) if self.archive else 0):
            judge = self._kept(random)
            for _ in range(random.choice((1, 1, 2))):
                call = judge()
                if not call.soft:
                    self.overlay.update(call.settled())
                    calls.append(call)
        self.overlay = {}
        if calls:
            self.relay(calls)

    def _kept(self, random: Random) -> Callable[[], Call]:
        salt = random.getrandbits(32)
        return min(self.archive, key=lambda entry: (entry[0] ^ salt) * 0x9E3779B1 % 2**32)[1]
