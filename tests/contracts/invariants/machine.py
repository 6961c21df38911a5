"""Sends judged calls and compares what happened with what may happen.

After every call: each card of every sub-wallet that was touched, everybody's digital yuan, the events, and an
exit from open cards, tried and undone. What must hold is in `books`; who may do what in `ledger`.
"""

from __future__ import annotations

from collections.abc import Sequence

from tests.contracts.harness import CLOSED, OPEN, OWING, SHORT, CardState, Event, Refused
from tests.contracts.invariants.books import (
    Book,
    Violation,
    accrued_at_most,
    check_card,
    check_conserved,
    conditional_at_most,
    days,
    least_refund,
    require,
)
from tests.contracts.invariants.dealings import Dealings
from tests.contracts.invariants.ledger import Act, Call, card_of
from tests.contracts.invariants.setting import Setting
from wallet.rules import FOUND, WouldRevert, close_card
from wallet.rules.model import TIER
from wallet.terms import Terms

RULE_ERRORS = {
    "SubWallet_PaysTooMuch",
    "SubWallet_RefundTooLow",
    "SubWallet_TemplateFailed",
    "SubWallet_NothingDue",
}
"""What depends on a template's answer, so that the guarantees alone cannot foretell it."""

RELAY_GAS = 2_000_000
EXIT_GAS = 1_000_000
FULL_CHECK = 16


class Machine(Dealings):
    """One search over one chain. `reference` also compares every result with the reference rules."""

    def __init__(self, setting: Setting, *, reference: bool = True, tracing: bool = False) -> None:
        super().__init__(setting)
        self.reference = reference
        self.tracing = tracing
        self.trace: list[str] = []
        self.calls = self.succeeded = 0
        self.coverage: dict[str, int] = {}
        self.balances = setting.balances()
        self._exits: dict[Book, bytes] = {}

    # ---------------------------------------------------------------------------------------------- sending

    def send(self, call: Call, tag: int = 0) -> bool:
        """Send one judged call; whether it succeeded. Raises Violation."""
        self.calls += 1
        try:
            self.setting.send(call.sender, call.consumer.wallet, call.function, *call.args, gas=call.gas)
        except Refused as refused:
            self._refused(call, refused)
            if self.calls % FULL_CHECK == 0:
                self._look([])
            return False
        self._accepted(call)
        if call.opens is not None:
            self._add(call, tag)
        self._look([call])
        return True

    def relay(self, calls: Sequence[Call]) -> None:
        """Send several calls in one transaction through the relay; each was judged after those before it."""
        self.calls += 1
        wallets = [call.consumer.wallet for call in calls]
        messages = [call.consumer.wallet.encode(call.function, *call.args) for call in calls]
        relay = self.world.relay
        flags = relay.relay(wallets, messages, RELAY_GAS, sender=self.world.stranger, gas=10**9)
        reasons = iter([event.args["reason"] for event in self.world.named("RelayFailed")])
        done = []
        for call, ok in zip(calls, flags, strict=True):
            if ok:
                self._accepted(call)
                done.append(call)
            else:
                self._refused(call, self.world.explain(next(reasons)))
        self._look(done)

    def _accepted(self, call: Call) -> None:
        self.succeeded += 1
        self._note(call, "done")
        require(not call.faults, "nothing without a signature", f"{call.text} succeeded though {call.faults}")
        if self.reference and not call.soft:
            require(not call.rule, "as the reference rules say", f"{call.text} succeeded though {call.rule}")

    def _refused(self, call: Call, refused: Refused) -> None:
        self._note(call, refused.name)
        if call.soft:
            return
        reasons = call.faults | {call.rule}
        if not self.reference:
            reasons |= RULE_ERRORS
        text = f"{call.text} was refused: {refused}; expected {sorted(reasons - {''}) or 'success'}"
        name = "refused for the right reason" if call.faults or call.rule else "what is signed goes through"
        require(refused.name in reasons, name, text)

    def _note(self, call: Call, result: str) -> None:
        key = f"{call.function} {result}"
        self.coverage[key] = self.coverage.get(key, 0) + 1
        if self.tracing:
            self.trace.append(f"{call.text} [{call.sender[:8]}]: {result}")

    def _add(self, call: Call, tag: int) -> None:
        book = call.opens
        assert book is not None
        book.tag = tag
        book.state = book.state._replace(held=book.terms.principal)
        self.books.append(book)
        self.by_id[(book.consumer.address, book.id)] = book
        call.acts.append(Act(book, "open", may_release=book.terms.advance))

    # ---------------------------------------------------------------------------------------------- looking

    def _look(self, calls: Sequence[Call]) -> None:
        """Everything that must hold after the calls of one transaction that succeeded."""
        acts: dict[Book, list[Act]] = {}
        for call in calls:
            for act in call.acts:
                acts.setdefault(act.book, []).append(act)
        expected = dict(self.balances)
        touched = {call.consumer for call in calls}
        events = self.world.events if calls else []
        everything = self.calls % FULL_CHECK == 0
        for book in self.books:
            if not everything and book.consumer not in touched:
                continue
            now = self.setting.card(book.consumer, book.id)
            if book in acts:
                self._changed(book, now, acts[book], events, expected)
            else:
                require(
                    now == book.state, "a call touches only its own card", f"{book}: {book.state} -> {now}"
                )
        for call in calls:
            self._compare(call, calls[-1])
            if call.sweeps is not None:
                expected[call.consumer.wallet.address] -= call.sweeps
                expected[call.consumer.address] += call.sweeps
                self.surplus[call.consumer.address] -= call.sweeps
        self.expect_balances(expected)
        self._opened_and_closed(events, acts)
        for book in acts:
            self.probe(book)
        if self.books and self.calls % 4 == 0:
            self.probe(self.books[self.calls // 4 % len(self.books)])

    def expect_balances(self, expected: dict[str, int]) -> None:
        """Everybody has exactly this much digital yuan, and every sub-wallet what its cards hold."""
        actual = self.setting.balances()
        for holder, fen in actual.items() if actual != expected else ():
            text = f"{self._name(holder)} has {fen}, expected {expected[holder]}"
            require(fen == expected[holder], "money goes only to the payee or the consumer", text)
        self.balances = actual
        frozen = dict.fromkeys(self.surplus, 0)
        for book in self.books:
            if book.honest and book.state.status in (OPEN, OWING):
                frozen[book.consumer.address] += book.state.held
        for consumer in self.setting.consumers:
            has = actual[consumer.wallet.address]
            want = frozen[consumer.address] + self.surplus[consumer.address]
            text = f"{consumer.name}'s wallet has {has}, cards hold {frozen[consumer.address]} of {want}"
            require(has == want, "what cards hold is there", text)

    def _changed(
        self, book: Book, now: CardState, acts: list[Act], events: list[Event], expected: dict[str, int]
    ) -> None:
        was, wallet = book.state, book.consumer.wallet.address
        if acts[0].kind == "open":
            was = book.state = now._replace(used=0, listed=0, released=0, epoch=0)
            self._opened(book, now, expected)
        found = any(act.kind == "find" for act in acts)
        if found and not was.marks & FOUND:
            book.own_epoch = was.epoch
        check_card(book, now, found=found, paid=self._paid_in(book, acts, expected))
        self._entitled(book, was, now, acts)
        moved = now.released - was.released
        self._pay(book, book.terms.recipient, moved, expected)
        refund = sum(e.args["refund"] for e in events if e.name == "Closed" and e.args["card"] == book.id)
        book.refunded += refund
        if book.honest:
            expected[book.consumer.address] += refund
            expected[wallet] -= refund
        if was.status == OPEN != now.status:
            self._ended(book, was, now, acts, refund)
        collected = [act for act in acts if act.kind == "collect"]
        if collected:
            left = book.terms.principal - now.released - book.refunded
            self._pay(book, collected[0].to, left, expected)
            require(now.status == CLOSED, "a collection ends it", f"{book}: {now}")
        book.state = now
        check_conserved(book)

    def _paid_in(self, book: Book, acts: list[Act], expected: dict[str, int]) -> int:
        """What was paid of a shortfall: from the payer straight to the consumer."""
        for act in acts if book.honest else ():
            if act.kind == "pay":
                expected[act.to] -= act.amount
                expected[book.consumer.address] += act.amount
        return sum(act.amount for act in acts)

    def _opened(self, book: Book, now: CardState, expected: dict[str, int]) -> None:
        text = f"{book}: {now} at {self.now}"
        require(now.status == OPEN and now.opened_at == self.now, "a card opens once, now", text)
        tier = (self.tier_of(book.terms) or 0) if book.terms.has_ladder else 0
        require(now.marks == tier <= TIER, "a card keeps the tier at opening", text)
        if book.honest:
            expected[book.consumer.address] -= book.terms.principal
            expected[book.consumer.wallet.address] += book.terms.principal

    def _pay(self, book: Book, to: str, fen: int, expected: dict[str, int]) -> None:
        book.paid += fen
        if not book.honest:
            return
        expected[book.consumer.wallet.address] -= fen
        expected[to] += fen
        for consumer in self.setting.consumers:
            if to == consumer.wallet.address:
                self.surplus[consumer.address] += fen

    def _entitled(self, book: Book, was: CardState, now: CardState, acts: list[Act]) -> None:
        """The change is one that the calls' signatures, or the terms' plain fields, allow."""
        terms, kinds = book.terms, {act.kind for act in acts}
        moved = now.released - was.released
        signed = sum(act.may_release for act in acts)
        if kinds & {"settle", "certify"} and moved > signed:
            stopped = self.stopped_at(terms, was.opened_at)
            as_of = min(stopped or self.now, self.now)
            most = accrued_at_most(terms, was.opened_at, as_of) if "settle" in kinds else 0
            if "certify" in kinds:
                most = max(most, conditional_at_most(terms, was.opened_at, as_of))
            most = 0 if stopped is None else most  # nobody can say whether the merchant still performs
            text = f"{book}: {now.released} released, time may have earned {most}"
            require(
                now.released <= max(most, was.released + signed),
                "time earns no more than the terms state",
                text,
            )
        else:
            text = f"{book}: {moved} moved, signed {signed}"
            require(moved <= signed, "the merchant gets no more than was signed", text)
        for act in acts:
            if act.most_released is not None and moved:
                text = f"{book}: {now.released} released, signed {act.most_released}"
                require(now.released <= act.most_released, "the merchant gets no more than was signed", text)
        totals = [act.totals for act in acts if act.totals is not None] or [(was.used, was.listed)]
        text = f"{book}: {now.used}, {now.listed} instead of {totals[-1]}"
        require((now.used, now.listed) == totals[-1], "totals are those that were signed", text)
        epochs = [act.epoch for act in acts if act.epoch is not None] or [was.epoch]
        require(now.epoch == epochs[-1], "the epoch is the one signed", f"{book}: {now.epoch}, {epochs}")

    def _ended(self, book: Book, was: CardState, now: CardState, acts: list[Act], refund: int) -> None:
        terms, kinds = book.terms, {act.kind for act in acts}
        stopped = self.stopped_at(terms, was.opened_at)
        if "end" not in kinds:
            expired = 0 < terms.term_days < days(was.opened_at, self.now) and terms.expiry_policy != 0
            due = expired or (stopped and terms.refund_on_closure)
            require("settle" in kinds and bool(due), "a card ends only as signed", f"{book}: {was} -> {now}")
        before = now._replace(held=terms.principal - now.released, status=OPEN)
        least = max(least_refund(terms, before, self.now, stopped), *(act.min_refund for act in acts))
        text = f"{book}: {refund} came back, at least {least} was due; {before} -> {now}"
        require(refund >= least, "the refund is at least what is due", text)
        require(refund <= before.held, "no refund beyond what is held", text)

    def _opened_and_closed(self, events: list[Event], acts: dict[Book, list[Act]]) -> None:
        """Every opening has one event, every end one, with the numbers that are true."""
        ours = {consumer.wallet.address: consumer.address for consumer in self.setting.consumers}
        self._transferred(events)
        for event in events:
            if event.name not in ("Opened", "Closed") or event.address not in ours:
                continue
            book = self.by_id.get((ours[event.address], event.args["card"]))
            require(book is not None and book in acts, "events tell the truth", f"{event}")
            assert book is not None
            if event.name == "Opened":
                same = event.args["terms"] == book.terms.values() and acts[book][0].kind == "open"
                require(same, "events tell the truth", f"{book}: {event}")
            else:
                book.closed_events += 1
                state, left = book.state, event.args["toCollect"]
                short = event.args["shortfall"]
                true = (left == state.held if state.status == OWING else True) and (
                    short == (state.held if state.status == SHORT else 0)
                )
                require(true, "events tell the truth", f"{book}: {event}, {state}")
        for book in acts:
            ends = int(book.state.status != OPEN)
            text = f"{book}: {book.closed_events} ends, {book.state}"
            require(book.closed_events == ends, "every opening has one end", text)

    def _transferred(self, events: list[Event]) -> None:
        """What came out of the one card went into the other or back; what the other lacked came on top."""
        refunds = {event.args["card"]: event.args["refund"] for event in events if event.name == "Closed"}
        prices = {
            event.args["card"]: Terms(*event.args["terms"]).principal
            for event in events
            if event.name == "Opened"
        }
        for told in (event.args for event in events if event.name == "Transferred"):
            refund, price, moved = refunds[told["card"]], prices[told["newCard"]], told["moved"]
            whole = (moved + told["topUp"], moved + told["cashBack"]) == (price, refund)
            true = whole and moved == min(refund, price)
            require(true, "what is moved is neither lost nor made", f"{told}: {refund}, {price}")

    def _compare(self, call: Call, last: Call) -> None:
        if not self.reference or (call.soft and call.function.startswith("open")):
            return
        for book, state in call.after.items():
            if call is last or book not in last.after:
                text = f"{call.text}: {book.state}, foretold {state}"
                require(book.state == state, "as the reference rules say", text)
        if call.cause is not None:
            causes = [event.args["cause"] for event in self.world.named("Closed")]
            text = f"{call.text}: cause {causes}, foretold {call.cause!r}"
            require(call.cause in causes, "as the reference rules say", text)

    # ------------------------------------------------------------------------------------------------ exits

    def probe_all(self) -> None:
        """Try the exit of every open card."""
        for book in self.books:
            self.probe(book)

    def probe(self, book: Book) -> None:
        """The consumer can end the card now, alone, for at least what is due; tried and undone."""
        state, terms = book.state, book.terms
        if not book.honest or state.status != OPEN:
            return
        caller, to, data = self._exit(book)
        stopped = self.stopped_at(terms, state.opened_at)
        evm = self.world.evm
        evm.reset_transient_storage()
        with self.setting.undone():
            try:
                answer = evm.message_call(caller, to, data, gas=EXIT_GAS)
            except RuntimeError as error:
                raise Violation("the exit always works", f"{book}: {error}") from None
        refund = int.from_bytes(answer[-32:])
        least = least_refund(terms, state, self.now, stopped)
        text = f"{book}: {refund} would come back, at least {least} is due, {state.held} held"
        require(least <= refund <= state.held, "the refund is at least what is due", text)
        if self.reference:
            card = card_of(state)
            try:
                foretold = close_card(book.template, terms, card, self.now, stopped_at=stopped).refund
            except WouldRevert as refused:
                foretold = refused.values["error"]
            text = f"{book}: {refund} would come back, foretold {foretold}"
            require(refund == foretold, "as the reference rules say", text)

    def _exit(self, book: Book) -> tuple[str, str, bytes]:
        """Caller, callee and calldata of the consumer's exit; a contract's key acts through the contract."""
        who = book.consumer
        data = self._exits.get(book)
        if data is None:
            data = who.wallet.encode("terminate", book.terms, 0)
            if who.contract is not None:
                data = who.contract.encode("execute", who.wallet, data)
            self._exits[book] = data
        if who.contract is None:
            return who.address, who.wallet.address, data
        return who.signer.address, who.contract.address, data

    def _name(self, address: str) -> str:
        for consumer in self.setting.consumers:
            if address in (consumer.address, consumer.wallet.address):
                return consumer.name if address == consumer.address else f"{consumer.name}'s wallet"
        accounts = (*self.setting.merchants, *self.setting.payees, *self.setting.outsiders)
        return next((account.name for account in accounts if account.address == address), address)
