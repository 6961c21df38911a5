"""What one search knows: cards, merchants, surplus; and its judgement of a call before it is sent.

A judgement has two voices. `faults` come from the guarantees alone: who signed what, until when, in which
epoch, over which totals. `rule` is what the reference rules (`wallet.rules`) foretell: the exact next state,
or the error. The search can be run with the first voice only.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.contracts.harness import NONE, OPEN, OWING, CardState, calldata
from tests.contracts.invariants.books import LIMIT, Book, Standing
from tests.contracts.invariants.forging import Sig
from tests.contracts.invariants.setting import Consumer, Setting
from wallet.eip712 import (
    NO_COVER,
    ZERO_ADDRESS,
    BumpEpoch,
    Consume,
    Message,
    Redirect,
    Terminate,
    Voucher,
)
from wallet.rules import Card, Closing, WouldRevert, close_card, consume, open_card, settle
from wallet.rules.model import FOUND, UNCONFIRMED, Status
from wallet.terms import Terms

GAS = 30_000_000
MAX_EXIT_FEE = 1_000
UNCOVERED = ("open", "openBySig", "openWithPermit", "openWithAuthorization")
"""Ways to open that take no card with a cover."""


@dataclass(frozen=True, slots=True)
class Act:
    """What a call is entitled to do to one card: the fen it may release, the totals it sets, whether it may
    end the card (and for how much at least), whom a collection pays, what is paid of a shortfall."""

    book: Book
    kind: str
    may_release: int = 0
    most_released: int | None = None
    totals: tuple[int, int] | None = None
    epoch: int | None = None
    min_refund: int = 0
    to: str = ""
    amount: int = 0


@dataclass(slots=True)
class Call:
    """One call of one sub-wallet, judged. `soft` calls may fail for reasons of their own (a hostile token,
    starved of gas); `after` is None where no prediction is made."""

    consumer: Consumer
    function: str
    args: tuple[Any, ...]
    sender: str
    text: str
    acts: list[Act] = field(default_factory=list)
    faults: set[str] = field(default_factory=set)
    rule: str = ""
    after: dict[Book, CardState] = field(default_factory=dict)
    cause: int | None = None
    soft: bool = False
    gas: int = GAS
    opens: Book | None = None
    sweeps: int | None = None

    def settled(self) -> dict[Book, CardState]:
        """Next states if the call succeeds as predicted."""
        return {} if self.faults or self.rule else self.after


class Ledger:
    """State of the model, and judgements over it."""

    def __init__(self, setting: Setting) -> None:
        self.setting = setting
        self.world = setting.world
        self.books: list[Book] = []
        self.by_id: dict[tuple[str, bytes], Book] = {}
        self.standing = {merchant.address: Standing() for merchant in setting.merchants}
        self.surplus = {consumer.address: 0 for consumer in setting.consumers}
        self.overlay: dict[Book, CardState] = {}
        self.registry_says = "Performs"

    @property
    def now(self) -> int:
        """Time of the chain."""
        return self.world.now

    def state(self, book: Book) -> CardState:
        """The card as it stands, or will stand after the calls already planned for the same transaction."""
        return self.overlay.get(book, book.state)

    def stopped_at(self, terms: Terms, opened_at: int) -> int | None:
        """When the merchant first stopped while the card was open, 0 if not, None if nobody can say."""
        if not self.setting.unreliable:
            return self.standing[terms.merchant].stopped_since(opened_at)
        said = {"Future": self.now + 86_400, "Ancient": 1, "Huge": (1 << 256) - 1}
        silent = ("Reverts", "BurnsGas", "TooShort")
        return None if self.registry_says in silent else said.get(self.registry_says, 0)

    def tier_of(self, terms: Terms) -> int | None:
        """The merchant's credit tier now, None if nobody can say."""
        if not self.setting.unreliable:
            return self.standing[terms.merchant].tier if terms.merchant in self.standing else 0
        return None if self.registry_says in ("Reverts", "BurnsGas", "TooShort") else 0

    def signed_by(self, who: Consumer, sig: Sig, message: Message) -> bool:
        """Whether it is this consumer's signature, with the key in force, over exactly this message."""
        return sig.signer == who.signer.address and sig.digest == message.digest(who.domain)

    # ------------------------------------------------------------------------------------------- judgements

    def judge_consume(
        self, who: Consumer, terms: Terms, uses: Sequence[tuple[Consume, Sig]], many: bool
    ) -> Call:
        """`consume`, or `consumeMany` if `many`."""
        values = [calldata(message) for message, _ in uses]
        signatures = [sig.data for _, sig in uses]
        args = (terms, values, signatures) if many else (terms, values[0], signatures[0])
        call, book = self._about(who, terms, "consumeMany" if many else "consume", args)
        state = self.state(book) if book else None
        for message, sig in uses:
            if book is None or state is None or state.status != OPEN:
                break
            message = about_card(message, book.id)
            self._fresh(call, state, message.deadline, message.epoch)
            if not self.signed_by(who, sig, message):
                call.faults.add("SubWallet_SignatureInvalid")
            if terms.certifier != ZERO_ADDRESS:
                self._confirmed(call, state, message.used_after, message.listed_after)
            else:
                self._totals(call, state, message.used_after, message.listed_after)
            state = self._predict_use(call, book, state, message, max_pay=message.max_pay)
            totals = (message.used_after, message.listed_after)
            call.acts.append(Act(book, "use", may_release=message.max_pay, totals=totals))
            if call.faults or call.rule:
                break
        if book is not None and state is not None and uses:
            call.after[book] = state
        return call

    def judge_redeem(self, who: Consumer, terms: Terms, message: Voucher, sig: Sig) -> Call:
        """`redeem`."""
        call, book = self._about(who, terms, "redeem", (terms, calldata(message), sig.data))
        if book is None or call.faults:
            return call
        state, message = self.state(book), about_card(message, book.id)
        if not terms.takes_vouchers:
            call.faults.add("SubWallet_VouchersOff")
        self._fresh(call, state, message.deadline, message.epoch)
        if not self.signed_by(who, sig, message):
            call.faults.add("SubWallet_SignatureInvalid")
        self._totals(call, state, message.used_after, message.listed_after)
        call.after[book] = self._predict_use(call, book, state, message, max_released=message.max_released)
        allowed = max(message.max_released - state.released, 0)
        totals = (message.used_after, message.listed_after)
        call.acts.append(Act(book, "use", allowed, message.max_released, totals))
        return call

    def judge_terminate(self, who: Consumer, terms: Terms, min_refund: int, sender: str) -> Call:
        """`terminate`, by whoever calls."""
        call, book = self._about(who, terms, "terminate", (terms, min_refund), sender)
        if sender != who.address:
            call.faults.add("SubWallet_NotConsumer")
        return self._ending(call, book, min_refund)

    def judge_terminate_by_sig(self, who: Consumer, terms: Terms, message: Terminate, sig: Sig) -> Call:
        """`terminateBySig`; the epoch signed is one since the consumer's own last bump."""
        args = (terms, message.min_refund, message.deadline, sig.data)
        call, book = self._about(who, terms, "terminateBySig", args)
        if book is None or call.faults:
            return call
        self._deadline(call, message.deadline)
        meant = (
            Terminate(book.id, message.min_refund, message.deadline, epoch) for epoch in self.epochs(book)
        )
        if not any(self.signed_by(who, sig, each) for each in meant):
            call.faults.add("SubWallet_SignatureInvalid")
        return self._ending(call, book, message.min_refund)

    def judge_settle(self, who: Consumer, terms: Terms) -> Call:
        """`settle`: for anyone, whatever the terms let happen by themselves."""
        call, book = self._about(who, terms, "settle", (terms,))
        if book is None or call.faults:
            return call
        state = self.state(book)
        stopped = self.stopped_at(terms, state.opened_at)
        try:
            card, tier = card_of(state), self.tier_of(terms)
            found = settle(book.template, terms, card, self.now, stopped, tier=tier)
        except WouldRevert as refused:
            call.rule = refused.values["error"]
            found = (card_of(state), 0)
        if isinstance(found, Closing):
            call.after[book], call.cause = state_of(found.card), found.cause
        else:
            call.after[book] = state_of(found[0])
        call.acts.append(Act(book, "settle"))
        return call

    def judge_collect(self, who: Consumer, terms: Terms) -> Call:
        """`collect`: for anyone."""
        call, book = self._about(who, terms, "collect", (terms,), status=OWING)
        return self._collecting(call, book, terms.recipient)

    def judge_collect_to(self, who: Consumer, terms: Terms, message: Redirect, sig: Sig, sender: str) -> Call:
        """`collectTo`: by the recipient, or with its signature."""
        args = (terms, message.to, message.deadline, sig.data)
        call, book = self._about(who, terms, "collectTo", args, sender, status=OWING)
        if sender != terms.recipient:
            self._deadline(call, message.deadline)
            meant = Redirect(terms.card_id(who.domain), message.to, message.deadline)
            if sig.signer != terms.recipient or sig.digest != meant.digest(who.domain):
                call.faults.add("SubWallet_SignatureInvalid")
        return self._collecting(call, book, message.to)

    def judge_bump(self, who: Consumer, book: Book, epoch: int, sender: str) -> Call:
        """`bumpEpoch`, by whoever calls."""
        call, _ = self._about(who, book.terms, "bumpEpoch", (book.id, epoch), sender)
        if sender != who.address:
            call.faults.add("SubWallet_NotConsumer")
        return self._bumping(call, book, epoch)

    def judge_bump_by_sig(self, who: Consumer, book: Book, message: BumpEpoch, sig: Sig) -> Call:
        """`bumpEpochBySig`."""
        args = (book.id, message.epoch, message.deadline, sig.data)
        call, _ = self._about(who, book.terms, "bumpEpochBySig", args)
        self._deadline(call, message.deadline)
        if not self.signed_by(who, sig, BumpEpoch(book.id, message.epoch, message.deadline)):
            call.faults.add("SubWallet_SignatureInvalid")
        return self._bumping(call, book, message.epoch)

    def judge_open(
        self, who: Consumer, terms: Terms, function: str, args: tuple[Any, ...], sender: str
    ) -> Call:
        """Any of the ways to open: what the terms, the clock and the merchant's standing say against it."""
        text = f"{who.name}: {function} {short(terms)}"
        call = Call(who, function, args, sender, text)
        card = terms.card_id(who.domain)
        if (who.address, card) in self.by_id:
            call.faults.add("SubWallet_CardExists")
        if terms.cover != NO_COVER and function in UNCOVERED:
            call.faults.add("SubWallet_TermsInvalid")
        self._deadline(call, terms.buy_by)
        if (
            terms.advance > terms.principal
            or terms.exit_fee_bps > MAX_EXIT_FEE
            or terms.recipient == who.wallet.address
        ):
            call.faults.add("SubWallet_TermsInvalid")
        merchant = self.standing.get(terms.merchant)
        if merchant is None or merchant.status != "approved":
            call.faults.add("SubWallet_MerchantMayNotSell")
        template = self.setting.templates.get(terms.template)
        if template is None:
            call.faults.add("SubWallet_TemplateNotAdmitted")
            return call
        honest = terms.token == self.setting.yuan.address
        call.soft = not honest
        blank = CardState(0, 0, 0, terms.principal, self.now, OPEN, 0, 0)
        book = Book(0, len(self.books), who, terms, card, template, honest, blank._replace(status=NONE))
        call.opens = book
        try:
            opened, _ = open_card(template, terms, self.now, tier=self.tier_of(terms))
            call.after[book] = state_of(opened)
        except WouldRevert as refused:
            call.rule = refused.values["error"]
        return call

    # ----------------------------------------------------------------------------------------------- pieces

    def _about(
        self,
        who: Consumer,
        terms: Terms,
        function: str,
        args: tuple[Any, ...],
        sender: str = "",
        status: int = OPEN,
    ) -> tuple[Call, Book | None]:
        """A call about a card, at fault if the card is not in that status."""
        book = self.by_id.get((who.address, terms.card_id(who.domain)))
        number = f"card {book.number}" if book else "no card"
        call = Call(
            who, function, args, sender or self.world.stranger.address, f"{who.name}: {function} {number}"
        )
        call.soft = book is not None and not book.honest
        if book is None or self.state(book).status != status:
            call.faults.add("SubWallet_CardNotOpen" if status == OPEN else "SubWallet_NothingToCollect")
        return call, book

    def epochs(self, book: Book) -> range:
        """Epochs in which the consumer may have said that it leaves: findings since do not void its word."""
        state = self.state(book)
        return range(book.own_epoch if state.marks & FOUND else state.epoch, state.epoch + 1)

    def _confirmed(self, call: Call, state: CardState, used: int, listed: int) -> None:
        if (used, listed) != (state.used, state.listed):
            call.faults.add("SubWallet_NotCertified")
        elif not state.marks & UNCONFIRMED:
            call.faults.add("SubWallet_TotalsNotGrowing")

    def _deadline(self, call: Call, deadline: int) -> None:
        if self.now > deadline:
            call.faults.add("SubWallet_DeadlinePassed")

    def _fresh(self, call: Call, state: CardState, deadline: int, epoch: int) -> None:
        self._deadline(call, deadline)
        if epoch != state.epoch:
            call.faults.add("SubWallet_EpochVoided")

    def _totals(self, call: Call, state: CardState, used: int, listed: int) -> None:
        falls = used < state.used or listed < state.listed
        if falls or (used, listed) == (state.used, state.listed):
            call.faults.add("SubWallet_TotalsNotGrowing")
        if max(used, listed) >= LIMIT:
            call.faults.add("SubWallet_NumberTooLarge")

    def _predict_use(
        self, call: Call, book: Book, state: CardState, message: Consume | Voucher, **limit: int
    ) -> CardState:
        try:
            card, _ = consume(
                book.template,
                book.terms,
                card_of(state),
                used_after=message.used_after,
                listed_after=message.listed_after,
                now=self.now,
                tier=self.tier_of(book.terms),
                **limit,
            )
        except WouldRevert as refused:
            call.rule = refused.values["error"]
            return state
        return state_of(card)

    def _ending(self, call: Call, book: Book | None, min_refund: int) -> Call:
        if book is None or call.faults & {"SubWallet_CardNotOpen"}:
            return call
        state = self.state(book)
        stopped = self.stopped_at(book.terms, state.opened_at)
        try:
            closing = close_card(
                book.template, book.terms, card_of(state), self.now, min_refund=min_refund, stopped_at=stopped
            )
            call.after[book], call.cause = state_of(closing.card), closing.cause
        except WouldRevert as refused:
            call.rule = refused.values["error"]
        call.acts.append(Act(book, "end", min_refund=min_refund))
        return call

    def _collecting(self, call: Call, book: Book | None, to: str) -> Call:
        if book is not None and not call.faults:
            call.after[book] = self.state(book)._replace(held=0, status=int(Status.CLOSED))
            call.acts.append(Act(book, "collect", to=to))
        return call

    def _bumping(self, call: Call, book: Book, epoch: int) -> Call:
        state = self.state(book)
        call.soft = False
        if epoch <= state.epoch:
            call.faults.add("SubWallet_EpochNotGrowing")
        if epoch >= 1 << 16:
            call.faults.add("SubWallet_NumberTooLarge")
        if not call.faults:
            call.after[book] = state._replace(epoch=epoch, marks=state.marks & ~FOUND)
            call.acts.append(Act(book, "bump", epoch=epoch))
        return call


def about_card(message: Any, card: bytes) -> Any:
    """The message as the sub-wallet reads it: about the card whose terms came with it."""
    return type(message)(card, *message.values()[1:])


def card_of(state: CardState) -> Card:
    return Card(*state[:5], Status(state.status), state.marks, state.epoch)


def state_of(card: Card) -> CardState:
    return CardState(
        *(card.used, card.listed, card.released, card.held),
        *(card.opened_at, int(card.status), card.marks, card.epoch),
    )


def short(terms: Terms) -> str:
    shown = {name: value for name, value in terms.numbers().items() if value and name != "salt"}
    return f"template {terms.template[:8]} params0 {terms.params0:#x} {shown}"
