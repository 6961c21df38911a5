"""Judgements on what others say and pay: certificates, findings, transfers into another card, shortfalls.

As in `ledger`, each has two voices: what the guarantees allow, and what the reference rules foretell.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from tests.contracts.harness import OPEN, SHORT, calldata
from tests.contracts.invariants.books import Book
from tests.contracts.invariants.forging import Sig
from tests.contracts.invariants.ledger import Act, Call, Ledger, about_card, card_of, state_of
from tests.contracts.invariants.setting import Consumer
from wallet.eip712 import ZERO_ADDRESS, Certificate, Transfer, cover_hash
from wallet.rules import (
    NOT_CONSUMER,
    WouldRevert,
    apply_finding,
    certify,
    close_card,
    pay_shortfall,
)
from wallet.terms import Terms

Pledges = Sequence[tuple[str, int]]
NOTHING = (1 << 256) - 1
"""A limit that is none."""


class Dealings(Ledger):
    """The ledger, with what has been found about cards: (not the consumer, limit, epoch)."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.findings: dict[Book, tuple[bool, int, int]] = {}

    def concede(self, book: Book, not_consumer: bool, limit: int) -> None:
        """The merchant gives way, in the registry of disputes; findings of one epoch only improve."""
        merchant = book.terms.merchant
        wallet = book.consumer.wallet
        self.world.disputes.concede(wallet, book.terms, not_consumer, limit, sender=merchant)
        known, before, epoch = self.findings.get(book, (False, NOTHING, -1))
        if epoch == book.state.epoch:
            limit = min(limit, before)
        self.findings[book] = (known or not_consumer, limit, book.state.epoch)

    def judge_finding(self, who: Consumer, terms: Terms) -> Call:
        """`applyFinding`: for anyone, what was found and changes the card; a limit only in its own epoch."""
        call, book = self._about(who, terms, "applyFinding", (terms,))
        if book is None or call.faults:
            return call
        state = self.state(book)
        not_consumer, limit, epoch = self.findings.get(book, (False, NOTHING, -1))
        limit = limit if epoch == state.epoch else NOTHING
        if limit >= state.listed and not (not_consumer and not state.marks & NOT_CONSUMER):
            call.faults.add("SubWallet_NoFinding")
            return call
        at_most = None if limit == NOTHING else limit
        card = apply_finding(card_of(state), not_consumer=not_consumer, listed_at_most=at_most, epoch=epoch)
        call.after[book] = state_of(card)
        totals = (state.used, min(state.listed, limit))
        call.acts.append(Act(book, "find", totals=totals, epoch=min(state.epoch + 1, (1 << 16) - 1)))
        return call

    def judge_certify(self, who: Consumer, terms: Terms, message: Certificate, sig: Sig) -> Call:
        """`certify`: the certifier's word on totals that grow."""
        call, book = self._about(who, terms, "certify", (terms, calldata(message), sig.data))
        if book is None or call.faults:
            return call
        state, message = self.state(book), about_card(message, book.id)
        if terms.certifier == ZERO_ADDRESS:
            call.faults.add("SubWallet_NoCertifier")
        self._fresh(call, state, message.deadline, message.epoch)
        if sig.signer != terms.certifier or sig.digest != message.digest(who.domain):
            call.faults.add("SubWallet_SignatureInvalid")
        self._totals(call, state, message.used_after, message.listed_after)
        try:
            card, _ = certify(
                book.template,
                terms,
                card_of(state),
                used_after=message.used_after,
                listed_after=message.listed_after,
                now=self.now,
                stopped_at=self.stopped_at(terms, state.opened_at),
                tier=self.tier_of(terms),
            )
            call.after[book] = state_of(card)
        except WouldRevert as refused:
            call.rule = refused.values["error"]
        totals = (message.used_after, message.listed_after)
        call.acts.append(Act(book, "certify", totals=totals))
        return call

    def judge_payment(self, who: Consumer, terms: Terms, amount: int) -> Call:
        """`payShortfall`, by somebody with money and an allowance."""
        payer = self.setting.payer.address
        call, book = self._about(who, terms, "payShortfall", (terms, amount), payer)
        call.faults.clear()
        if book is None or self.state(book).status != SHORT:
            call.faults.add("SubWallet_NoShortfall")
        elif not 0 < amount <= self.state(book).held:
            call.faults.add("SubWallet_PaymentUnfit")
        else:
            call.after[book] = state_of(pay_shortfall(card_of(self.state(book)), amount))
            call.acts.append(Act(book, "pay", to=payer, amount=amount))
        return call

    def judge_transfer(
        self, who: Consumer, old: Terms, new: Terms, pledges: Pledges, min_moved: int, sender: str
    ) -> Call:
        """`transferCard`, by whoever calls."""
        args = (old, new, pledges, min_moved)
        call = self._moving(who, old, new, pledges, min_moved, "transferCard", args, sender)
        if sender != who.address:
            call.faults.add("SubWallet_NotConsumer")
        return call

    def judge_transfer_by_sig(
        self, who: Consumer, old: Terms, new: Terms, pledges: Pledges, message: Transfer, sig: Sig
    ) -> Call:
        """`transferCardBySig`; the epoch signed is one since the consumer's own last bump."""
        args = (old, new, pledges, message.min_moved, message.deadline, sig.data)
        sender = self.world.stranger.address
        call = self._moving(who, old, new, pledges, message.min_moved, "transferCardBySig", args, sender)
        book = self.by_id.get((who.address, old.card_id(who.domain)))
        if book is None:
            return call
        self._deadline(call, message.deadline)
        meant = Transfer(book.id, new.card_id(who.domain), message.min_moved, message.deadline, 0)
        said = (replace(meant, epoch=epoch) for epoch in self.epochs(book))
        if not any(self.signed_by(who, sig, each) for each in said):
            call.faults.add("SubWallet_SignatureInvalid")
        return call

    def _moving(
        self,
        who: Consumer,
        old: Terms,
        new: Terms,
        pledges: Pledges,
        min_moved: int,
        function: str,
        args: tuple[Any, ...],
        sender: str,
    ) -> Call:
        """The old card ends as by any exit, the new one opens as by any opening, or neither."""
        ending, book = self._about(who, old, function, args, sender)
        call = self.judge_open(who, new, function, args, sender)
        call.text = f"{ending.text} into {call.text}"
        call.faults |= ending.faults
        call.soft |= ending.soft
        if old.token != new.token:
            call.faults.add("SubWallet_TermsInvalid")
        if cover_hash(pledges) != new.cover:
            call.faults.add("SubWallet_CoverMismatch")
        opened, opening = call.opens, call.after
        call.after = {}
        if book is None or self.state(book).status != OPEN:
            return call
        state = self.state(book)
        stopped = self.stopped_at(old, state.opened_at)
        try:
            card = card_of(state)
            closing = close_card(book.template, old, card, self.now, min_refund=min_moved, stopped_at=stopped)
            call.after, call.cause = {book: state_of(closing.card), **opening}, closing.cause
        except WouldRevert as refused:
            call.rule = refused.values["error"]
        if opened is not None:
            call.acts.append(Act(book, "end", min_refund=min_moved))
        return call
