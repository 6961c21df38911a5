"""Judgements of what brings a new card: a purchase in any of six ways, or a transfer out of another card."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tests.contracts.harness import NONE, OPEN, CardState
from tests.contracts.invariants.books import Book
from tests.contracts.invariants.forging import Sig
from tests.contracts.invariants.judging import Judge
from tests.contracts.invariants.ledger import ACCEPTS, BURNS_GAS, REFUSES, Call, to_card, to_state
from tests.contracts.invariants.setting import Consumer
from wallet.bindings.abi import encode
from wallet.eip712 import ZERO_ADDRESS, Transfer, keccak256
from wallet.rules import WouldRevert, open_card, transfer_card
from wallet.terms import LAYOUT, ON_CONDITIONS, Terms

MAX_EXIT_FEE = 1_000
MOST_GUARANTORS = 4
NOBODY = -1
CHOICES = (
    *("custody_bps", "expiry_policy", "schedule", "settlement_formula", "not_consumer_formula"),
    *("consumer_formula", "cooling_use", "gift_rule", "list_source", "ladder1", "ladder2", "ladder3"),
)
"""Numbers of the terms of which some mean nothing."""

Pledges = Sequence[tuple[str, int]]


class Openings(Judge):
    """The judge, for cards that are not there yet."""

    def judge_open(
        self,
        who: Consumer,
        terms: Terms,
        function: str,
        args: tuple[Any, ...],
        sender: str,
        pledges: Pledges = (),
    ) -> Call:
        """Any of the ways to open: what the terms, the clock, the merchant's standing and the guarantors say
        against it."""
        call = Call(who, function, args, sender, f"{who.name}: {function} {_short(terms)}")
        covered = function in ("openCovered", "openCoveredWithAuthorization")
        if covered:
            self._covered(call, terms, pledges)
        elif any(terms.cover):
            call.faults.add("SubWallet_TermsInvalid")
        book = self._opens(call, terms, pledges if covered else ())
        try:
            if book is not None:
                opened, _ = open_card(book.template, terms, self.now, tier=self.tier(terms))
                call.after[book] = to_state(opened)
        except WouldRevert as refused:
            call.rule = refused.values["error"]
        return call

    def judge_transfer(
        self, who: Consumer, old: Terms, new: Terms, pledges: Pledges, min_moved: int, sender: str
    ) -> Call:
        """`transferCard`, by whoever calls."""
        args = (old, new, pledges, min_moved)
        call, book = self.about(who, old, "transferCard", args, sender)
        if sender != who.address:
            call.faults.add("SubWallet_NotConsumer")
        return self._moves(call, book, new, pledges, min_moved)

    def judge_transfer_by_sig(
        self, who: Consumer, old: Terms, new: Terms, pledges: Pledges, message: Transfer, sig: Sig
    ) -> Call:
        """`transferCardBySig`: the consumer's word, about exactly this new card."""
        args = (old, new, pledges, message.min_moved, message.deadline, sig.data)
        call, book = self.about(who, old, "transferCardBySig", args)
        if book is None or call.faults:
            return call
        self.in_time(call, message.deadline)
        meant = Transfer(book.id, new.card_id(who.domain), message.min_moved, message.deadline, message.epoch)
        if not self.leaves(book, meant, sig):
            call.faults.add("SubWallet_SignatureInvalid")
        return self._moves(call, book, new, pledges, message.min_moved)

    def _moves(self, call: Call, old: Book | None, new: Terms, pledges: Pledges, min_moved: int) -> Call:
        """One card ends, another opens, in the same money."""
        if old is None or "SubWallet_CardNotOpen" in call.faults:
            return call
        call.text += f" into {_short(new)}"
        if new.token != old.terms.token:
            call.faults.add("SubWallet_TermsInvalid")
        if pledges or any(new.cover):
            self._covered(call, new, pledges)
        closing, book = self.ends(call, old, min_moved), self._opens(call, new, pledges)
        if closing is None or book is None:
            return call
        lacks = new.principal - closing.refund
        if not call.soft and lacks > 0 and lacks > self.allowance(call.consumer.address, call.consumer):
            call.rule = "ERC20InsufficientAllowance"
            return call
        state = self.state(old)
        try:
            move = transfer_card(
                (old.template, old.terms, to_card(state)),
                (book.template, new),
                self.now,
                min_moved=min_moved,
                stopped_at=self.stopped_at(old.terms, state.opened_at),
                tier=self.tier(new),
            )
            call.after = {old: to_state(move.closing.card), book: to_state(move.card)}
        except WouldRevert as refused:
            call.rule = refused.values["error"]
        return call

    def _opens(self, call: Call, terms: Terms, pledges: Pledges) -> Book | None:
        """What stands against the new card whatever brings it; the book that it would have."""
        who = call.consumer
        card = terms.card_id(who.domain)
        if (who.address, card) in self.by_id:
            call.faults.add("SubWallet_CardExists")
        self.in_time(call, terms.buy_by)
        if not _sound(terms) or terms.recipient == who.wallet.address:
            call.faults.add("SubWallet_TermsInvalid")
        merchant = self.standing.get(terms.merchant)
        if merchant is None or merchant.status != "approved":
            call.faults.add("SubWallet_MerchantMayNotSell")
        template = self.setting.templates.get(terms.template)
        if template is None:
            call.faults.add("SubWallet_TemplateNotAdmitted")
            return None
        honest = terms.token == self.setting.yuan.address
        call.soft |= not honest
        marks = self.tier_at_opening(terms)
        blank = CardState(0, 0, 0, terms.principal, self.now, OPEN, marks, 0)._replace(status=NONE)
        call.opens = Book(0, len(self.books), who, terms, card, template, honest, blank, tuple(pledges))
        return call.opens

    def _covered(self, call: Call, terms: Terms, pledges: Pledges) -> None:
        """The guarantors that the terms name, and only they, stand behind the card, each by its own word."""
        if raw_cover(pledges) != terms.cover:
            call.faults.add("SubWallet_CoverMismatch")
        if not 0 < len(pledges) <= MOST_GUARANTORS:
            call.faults.add("SubWallet_TermsInvalid")
        named = [guarantor for guarantor, _ in pledges]
        for guarantor, limit in pledges:
            if guarantor == self.setting.fund.address:  # has its own reasons
                call.soft, mood = True, ACCEPTS
            else:
                mood = self.moods.get(guarantor, NOBODY)
            if mood == NOBODY or not limit or named.count(guarantor) > 1:
                call.faults.add("SubWallet_PledgeUnfit")
            if mood == REFUSES:
                call.faults.add("NotThisOne")
            if mood == BURNS_GAS:
                call.faults |= {"Halt", "FailedCall", ""}  # the last through a consumer that is a contract


def raw_cover(pledges: Pledges) -> bytes:
    """Hash of the list's ABI encoding, whatever it says."""
    return keccak256(encode("((address,uint256)[])", (list(pledges),)))


def _sound(terms: Terms) -> bool:
    """Whether the sub-wallet can keep what the terms say, and nobody certifies for their own purse."""
    kept = not (terms.pause_max_days or terms.confirm_hours or terms.transferable)
    bounded = terms.advance <= terms.principal and terms.exit_fee_bps <= MAX_EXIT_FEE
    bounded = bounded and all(getattr(terms, name) <= LAYOUT[name].limit for name in CHOICES)
    certified = terms.certifier != ZERO_ADDRESS
    if terms.trigger:
        kept = kept and terms.trigger == ON_CONDITIONS and certified and bool(terms.accrual_days)
    if certified:
        paid = (terms.merchant, terms.payee)
        kept = kept and terms.certifier not in paid and not terms.takes_vouchers
    return kept and bounded


def _short(terms: Terms) -> str:
    shown = {name: value for name, value in terms.numbers().items() if value and name != "salt"}
    return f"template {terms.template[:8]} params0 {terms.params0:#x} {shown}"
