"""Judgements of what is done with a card once it is there: use, certificates, time, exits, what comes after.

Each is made before the call is sent; see `ledger` for its two voices.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from tests.contracts.harness import OPEN, OWING, SHORT, CardState, calldata
from tests.contracts.invariants.books import LIMIT, Book
from tests.contracts.invariants.forging import Sig
from tests.contracts.invariants.ledger import Act, Call, Ledger, about_card, to_card, to_state
from tests.contracts.invariants.setting import Consumer
from wallet.eip712 import (
    ZERO_ADDRESS,
    BumpEpoch,
    Certificate,
    Consume,
    Redirect,
    Terminate,
    Transfer,
    Voucher,
)
from wallet.rules import (
    FOUND,
    UNCONFIRMED,
    Closing,
    WouldRevert,
    apply_finding,
    certify,
    close_card,
    consume,
    pay_shortfall,
    settle,
)
from wallet.rules.model import Status
from wallet.terms import Terms


class Judge(Ledger):
    """The ledger with an opinion about cards that are there."""

    # ------------------------------------------------------------------------------------------------ using

    def judge_consume(
        self, who: Consumer, terms: Terms, uses: Sequence[tuple[Consume, Sig]], many: bool
    ) -> Call:
        """`consume`, or `consumeMany` if `many`."""
        values = [calldata(message) for message, _ in uses]
        signatures = [sig.data for _, sig in uses]
        args = (terms, values, signatures) if many else (terms, values[0], signatures[0])
        call, book = self.about(who, terms, "consumeMany" if many else "consume", args)
        state = self.state(book) if book else None
        for message, sig in uses:
            if book is None or state is None or state.status != OPEN:
                break
            message = about_card(message, book.id)
            self.fresh(call, state, message.deadline, message.epoch)
            if not self.signed_by(who, sig, message):
                call.faults.add("SubWallet_SignatureInvalid")
            confirms = terms.certifier != ZERO_ADDRESS
            (self._confirms if confirms else self.counts_up)(
                call, state, message.used_after, message.listed_after
            )
            state = self._predict_use(call, book, state, message, max_pay=message.max_pay)
            totals = (message.used_after, message.listed_after)
            kind = "confirm" if confirms else "use"
            call.acts.append(Act(book, kind, may_release=message.max_pay, totals=totals))
            if call.faults or call.rule:
                break
        if book is not None and state is not None and uses:
            call.after[book] = state
        return call

    def judge_redeem(self, who: Consumer, terms: Terms, message: Voucher, sig: Sig) -> Call:
        """`redeem`."""
        call, book = self.about(who, terms, "redeem", (terms, calldata(message), sig.data))
        if book is None or call.faults:
            return call
        state, message = self.state(book), about_card(message, book.id)
        if not terms.takes_vouchers:
            call.faults.add("SubWallet_VouchersOff")
        self.fresh(call, state, message.deadline, message.epoch)
        if not self.signed_by(who, sig, message):
            call.faults.add("SubWallet_SignatureInvalid")
        self.counts_up(call, state, message.used_after, message.listed_after)
        if not call.faults:
            call.after[book] = self._predict_use(
                call, book, state, message, max_released=message.max_released
            )
        allowed = max(message.max_released - state.released, 0)
        totals = (message.used_after, message.listed_after)
        call.acts.append(Act(book, "use", allowed, message.max_released, totals))
        return call

    def judge_certify(self, who: Consumer, terms: Terms, message: Certificate, sig: Sig) -> Call:
        """`certify`: by the certifier in the terms, whoever carries it."""
        call, book = self.about(who, terms, "certify", (terms, calldata(message), sig.data))
        if book is None or call.faults:
            return call
        state, message = self.state(book), about_card(message, book.id)
        if terms.certifier == ZERO_ADDRESS:
            call.faults.add("SubWallet_NoCertifier")
        self.fresh(call, state, message.deadline, message.epoch)
        if not self.signed_for(terms.certifier, who, sig, message):
            call.faults.add("SubWallet_SignatureInvalid")
        self.counts_up(call, state, message.used_after, message.listed_after)
        totals = (message.used_after, message.listed_after)
        if not call.faults:
            try:
                card, _ = certify(
                    book.template,
                    terms,
                    to_card(state),
                    used_after=message.used_after,
                    listed_after=message.listed_after,
                    now=self.now,
                    stopped_at=self.stopped_at(terms, state.opened_at),
                    tier=self.tier(terms),
                )
                call.after[book] = to_state(card)
            except WouldRevert as refused:
                call.rule = refused.values["error"]
        call.acts.append(Act(book, "certify", totals=totals))
        return call

    def _confirms(self, call: Call, state: CardState, used: int, listed: int) -> None:
        """On a card with a certifier the consumer confirms what was certified, each certificate once."""
        if (used, listed) != (state.used, state.listed):
            call.faults.add("SubWallet_NotCertified")
        if not state.marks & UNCONFIRMED:
            call.faults.add("SubWallet_TotalsNotGrowing")

    def _predict_use(
        self, call: Call, book: Book, state: CardState, message: Consume | Voucher, **limit: int
    ) -> CardState:
        try:
            card, _ = consume(
                book.template,
                book.terms,
                to_card(state),
                used_after=message.used_after,
                listed_after=message.listed_after,
                now=self.now,
                tier=self.tier(book.terms),
                **limit,
            )
        except WouldRevert as refused:
            call.rule = refused.values["error"]
            return state
        return to_state(card)

    def judge_settle(self, who: Consumer, terms: Terms) -> Call:
        """`settle`: for anyone, whatever the terms let happen by themselves."""
        call, book = self.about(who, terms, "settle", (terms,))
        if book is None or call.faults:
            return call
        state = self.state(book)
        stopped = self.stopped_at(terms, state.opened_at)
        try:
            found = settle(book.template, terms, to_card(state), self.now, stopped, tier=self.tier(terms))
        except WouldRevert as refused:
            call.rule = refused.values["error"]
            found = (to_card(state), 0)
        if isinstance(found, Closing):
            call.after[book], call.cause = to_state(found.card), found.cause
        else:
            call.after[book] = to_state(found[0])
        call.acts.append(Act(book, "settle"))
        return call

    # ----------------------------------------------------------------------------------------------- ending

    def judge_terminate(self, who: Consumer, terms: Terms, min_refund: int, sender: str) -> Call:
        """`terminate`, by whoever calls."""
        call, book = self.about(who, terms, "terminate", (terms, min_refund), sender)
        if sender != who.address:
            call.faults.add("SubWallet_NotConsumer")
        self.ends(call, book, min_refund)
        return call

    def judge_terminate_by_sig(self, who: Consumer, terms: Terms, message: Terminate, sig: Sig) -> Call:
        """`terminateBySig`: the consumer's word, which only the consumer can void."""
        args = (terms, message.min_refund, message.deadline, sig.data)
        call, book = self.about(who, terms, "terminateBySig", args)
        if book is None or call.faults:
            return call
        self.in_time(call, message.deadline)
        if not self.leaves(book, about_card(message, book.id), sig):
            call.faults.add("SubWallet_SignatureInvalid")
        self.ends(call, book, message.min_refund)
        return call

    def leaves(self, book: Book, message: Terminate | Transfer, sig: Sig) -> bool:
        """Whether it is the consumer's word to leave the card: said in any epoch since the consumer last
        voided what was said before. A finding does not void it."""
        since = self.leaving.get(book, book.leaves_since)
        epochs = range(since, self.state(book).epoch + 1)
        return any(self.signed_by(book.consumer, sig, replace(message, epoch=epoch)) for epoch in epochs)

    def ends(self, call: Call, book: Book | None, min_refund: int) -> Closing | None:
        """The end of the card as part of the call, as the reference rules foretell it."""
        if book is None or "SubWallet_CardNotOpen" in call.faults:
            return None
        call.acts.append(Act(book, "end", min_refund=min_refund))
        state = self.state(book)
        stopped = self.stopped_at(book.terms, state.opened_at)
        try:
            closing = close_card(
                book.template,
                book.terms,
                to_card(state),
                self.now,
                min_refund=min_refund,
                stopped_at=stopped,
            )
        except WouldRevert as refused:
            call.rule = refused.values["error"]
            return None
        call.after[book], call.cause = to_state(closing.card), closing.cause
        return closing

    def judge_collect(self, who: Consumer, terms: Terms) -> Call:
        """`collect`: for anyone."""
        call, book = self.about(who, terms, "collect", (terms,), status=OWING)
        return self._collecting(call, book, terms.recipient)

    def judge_collect_to(self, who: Consumer, terms: Terms, message: Redirect, sig: Sig, sender: str) -> Call:
        """`collectTo`: by the recipient, or with its signature."""
        args = (terms, message.to, message.deadline, sig.data)
        call, book = self.about(who, terms, "collectTo", args, sender, status=OWING)
        if sender != terms.recipient:
            self.in_time(call, message.deadline)
            meant = Redirect(terms.card_id(who.domain), message.to, message.deadline)
            if not self.signed_for(terms.recipient, who, sig, meant):
                call.faults.add("SubWallet_SignatureInvalid")
        return self._collecting(call, book, message.to)

    def _collecting(self, call: Call, book: Book | None, to: str) -> Call:
        if book is not None and not call.faults:
            call.after[book] = self.state(book)._replace(held=0, status=int(Status.CLOSED))
            call.acts.append(Act(book, "collect", to=to))
        return call

    def judge_repay(self, who: Consumer, terms: Terms, fen: int, payer: str) -> Call:
        """`payShortfall`: anybody pays what an ended card is short, as far as the payer allowed it."""
        call, book = self.about(who, terms, "payShortfall", (terms, fen), payer, status=SHORT)
        if book is None or call.faults:
            return call
        state = self.state(book)
        if not 0 < fen <= state.held:
            call.faults.add("SubWallet_PaymentUnfit")
        elif book.honest and fen > self.allowance(payer, who):
            call.faults.add("ERC20InsufficientAllowance")
        else:
            call.after[book] = to_state(pay_shortfall(to_card(state), fen))
            call.acts.append(Act(book, "repay", pays=fen, payer=payer))
        return call

    # ------------------------------------------------------------------------------------ voiding, finding

    def judge_bump(self, who: Consumer, book: Book, epoch: int, sender: str) -> Call:
        """`bumpEpoch`, by whoever calls."""
        call, _ = self.about(who, book.terms, "bumpEpoch", (book.id, epoch), sender)
        if sender != who.address:
            call.faults.add("SubWallet_NotConsumer")
        return self._bumping(call, book, epoch)

    def judge_bump_by_sig(self, who: Consumer, book: Book, message: BumpEpoch, sig: Sig) -> Call:
        """`bumpEpochBySig`."""
        args = (book.id, message.epoch, message.deadline, sig.data)
        call, _ = self.about(who, book.terms, "bumpEpochBySig", args)
        self.in_time(call, message.deadline)
        if not self.signed_by(who, sig, BumpEpoch(book.id, message.epoch, message.deadline)):
            call.faults.add("SubWallet_SignatureInvalid")
        return self._bumping(call, book, message.epoch)

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

    def judge_find(self, who: Consumer, terms: Terms) -> Call:
        """`applyFinding`: anybody lets the card know what was found about it as it stands."""
        call, book = self.about(who, terms, "applyFinding", (terms,))
        call.soft = False
        if book is None or call.faults:
            return call
        state, said = self.state(book), self.finding(book)
        if said is None:  # they fail, each in their own way
            call.faults |= {"NoComment", "Halt", ""}
            return call
        if not said.at:
            call.faults.add("SubWallet_NoFinding")
            return call
        # A limit counts in the epoch about which it was said; a cause stays true.
        limit = said.listed_at_most if said.epoch == state.epoch else LIMIT
        call.acts.append(Act(book, "find", listed_at_most=limit, not_consumer=said.not_consumer))
        try:
            card = apply_finding(
                to_card(state),
                not_consumer=said.not_consumer,
                listed_at_most=said.listed_at_most,
                epoch=said.epoch,
            )
            call.after[book] = to_state(card)
        except WouldRevert as refused:  # nothing new: the guarantees say as much
            call.faults.add(refused.values["error"])
        return call
