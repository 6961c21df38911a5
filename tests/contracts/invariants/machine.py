"""Sends judged calls and compares what happened with what may happen.

After every call: each card of every sub-wallet that was touched, everybody's digital yuan, the events, and an
exit from open cards, tried and undone. What must hold is in `books`; who may do what in `judging` and
`openings`.
"""

from __future__ import annotations

from collections.abc import Sequence

from tests.contracts.harness import CLOSED, OPEN, OWING, SHORT, CardState, Event, Refused
from tests.contracts.invariants.books import (
    MAX_EPOCH,
    Book,
    accrued_at_most,
    check_card,
    check_conserved,
    days,
    least_refund,
    on_conditions_at_most,
    require,
)
from tests.contracts.invariants.exits import Exits
from tests.contracts.invariants.ledger import Act, Call
from tests.contracts.invariants.setting import Setting
from wallet.rules import FOUND, NOT_CONSUMER, UNCONFIRMED

RULE_ERRORS = {
    "SubWallet_PaysTooMuch",
    "SubWallet_RefundTooLow",
    "SubWallet_TemplateFailed",
    "SubWallet_NothingDue",
}
"""What depends on a template's answer, so that the guarantees alone cannot foretell it."""

RELAY_GAS = 2_000_000
FULL_CHECK = 16
TOTALS = ("used", "listed", "released", "epoch")


class Machine(Exits):
    """One search over one chain. `reference` also compares every result with the reference rules."""

    def __init__(self, setting: Setting, *, reference: bool = True, tracing: bool = False) -> None:
        super().__init__(setting, reference=reference)
        self.tracing = tracing
        self.trace: list[str] = []
        self.calls = self.succeeded = 0
        self.coverage: dict[str, int] = {}
        self.balances = setting.balances()

    # ---------------------------------------------------------------------------------------------- sending

    def send(self, call: Call, tag: int = 0) -> bool:
        """Send one judged call; whether it succeeded. Raises Violation."""
        self.calls += 1
        found = [act.book for act in call.acts if act.kind == "find" and self._is_plain(act.book)]
        before = [self.refund_now(book) for book in found]
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
        for book, least in zip(found, before, strict=True):
            text = f"{book}: {self.refund_now(book)} would come back, {least} before"
            require(self.refund_now(book) >= least, "a finding only helps the consumer", text)
        return True

    def relay(self, calls: Sequence[Call], tag: int = 0) -> None:
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
                if call.opens is not None:
                    self._add(call, tag)
            else:
                self._refused(call, self.world.explain(next(reasons)))
        self._look(done)

    def _is_plain(self, book: Book) -> bool:
        """Whether the card is open, paid in honest money, and its rules are ours."""
        fair = book.terms.template != self.setting.hostile_template
        return fair and book.honest and book.state.status == OPEN

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
        reasons = call.faults | ({call.rule} - {""})
        if not self.reference:
            if call.rule and call.function == "consumeMany":  # what comes after was not judged
                return
            reasons |= RULE_ERRORS
        text = f"{call.text} was refused: {refused}; expected {sorted(reasons) or 'success'}"
        name = "refused for the right reason" if call.faults or call.rule else "what is signed goes through"
        require(refused.name in reasons, name, text)

    def _note(self, call: Call, result: str) -> None:
        key = f"{call.function} {result}"
        self.coverage[key] = self.coverage.get(key, 0) + 1
        self.say(f"{call.text} [{call.sender[:8]}]: {result}")

    def say(self, text: str) -> None:
        """One line of the trace."""
        if self.tracing:
            self.trace.append(text)

    def _add(self, call: Call, tag: int) -> None:
        book = call.opens
        assert book is not None
        book.tag = tag
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
        seen = [book for book in self.books if everything or book.consumer in touched]
        states = self.setting.cards([(book.consumer, book.id) for book in seen])
        for book, now in zip(seen, states, strict=True):
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
            if call.opens is not None:
                self._stood_for(call.opens)
        self.expect_balances(expected)
        self._told(events, acts)
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
        was, kinds = book.state, {act.kind for act in acts}
        if acts[0].kind == "open":
            was = book.state = self._opened(book, now, expected)
        check_card(book, now, kinds)
        self._entitled(book, was, now, acts)
        self._pay(book, book.terms.recipient, now.released - was.released, expected)
        refund = self._refunded(book, events)
        self._give(book, book.consumer.address, refund, expected)
        if was.status == OPEN != now.status:
            self._ended(book, was, now, acts, refund)
            book.shortfall = now.held if now.status == SHORT else 0
        for act in acts:
            if act.kind == "collect":
                left = book.terms.principal - now.released - book.refunded - book.moved
                self._pay(book, act.to, left, expected)
                require(now.status == CLOSED, "a collection ends it", f"{book}: {now}")
            elif act.kind == "repay":
                book.made_good += act.pays
                expected[act.payer] -= act.pays * book.honest
                expected[book.consumer.address] += act.pays * book.honest
            elif act.kind == "bump" and act.epoch is not None:
                book.leaves_since = act.epoch
        book.state = now
        check_conserved(book)

    def _opened(self, book: Book, now: CardState, expected: dict[str, int]) -> CardState:
        """The card before anything was released from it."""
        text = f"{book}: {now} at {self.now}"
        require(now.status == OPEN and now.opened_at == self.now, "a card opens once, now", text)
        tier = self.tier_at_opening(book.terms)
        require(now.marks == tier, "a tier is the platform's word, and only lowers", f"{text}, tier {tier}")
        if book.honest:
            expected[book.consumer.address] -= book.terms.principal
            expected[book.consumer.wallet.address] += book.terms.principal
        return now._replace(used=0, listed=0, released=0, held=book.terms.principal, epoch=0)

    def _pay(self, book: Book, to: str, fen: int, expected: dict[str, int]) -> None:
        book.paid += fen
        self._give(book, to, fen, expected)
        for consumer in self.setting.consumers if book.honest else ():
            if to == consumer.wallet.address:
                self.surplus[consumer.address] += fen

    def _give(self, book: Book, to: str, fen: int, expected: dict[str, int]) -> None:
        if book.honest:
            expected[book.consumer.wallet.address] -= fen
            expected[to] += fen

    def _refunded(self, book: Book, events: list[Event]) -> int:
        """Fen that came out of the card as it ended, into another card or home."""
        wallet = book.consumer.wallet.address
        mine = [each for each in events if each.args.get("card") == book.id and each.address == wallet]
        refund = sum(event.args["refund"] for event in mine if event.name == "Closed")
        moved = sum(event.args["moved"] for event in mine if event.name == "Transferred")
        book.moved += moved
        book.refunded += refund - moved
        return int(refund)

    def _entitled(self, book: Book, was: CardState, now: CardState, acts: list[Act]) -> None:
        """The change is one that the calls' signatures, or the terms' plain fields, allow."""
        kinds = {act.kind for act in acts}
        used, listed, epoch, marks, most = was.used, was.listed, was.epoch, was.marks, was.released
        for act in acts:
            if act.kind in ("settle", "certify"):
                most = max(most, self._by_itself(book, was, act.kind))
            most += act.may_release
            used, listed = act.totals or (used, listed)
            epoch = epoch if act.epoch is None else act.epoch
            if act.kind == "find":
                listed, epoch = min(listed, act.listed_at_most), min(epoch + 1, MAX_EPOCH)
                marks |= FOUND | NOT_CONSUMER * act.not_consumer
            elif act.kind == "bump":
                marks &= ~FOUND
            elif act.kind == "certify":
                marks |= UNCONFIRMED
            elif act.kind == "confirm":
                marks &= ~UNCONFIRMED
            if act.most_released is not None and now.released > was.released:
                text = f"{book}: {now.released} released, signed {act.most_released}"
                require(now.released <= act.most_released, "the merchant gets no more than was signed", text)
        name = "the merchant gets no more than was signed"
        if kinds <= {"settle", "certify"}:
            name = "time earns no more than the terms state"
        require(now.released <= most, name, f"{book}: {now.released} released, of {most}; {was} -> {now}")
        if kinds == {"confirm"}:
            require(now.released > was.released, "a confirmation moves money", f"{book}: {was} -> {now}")
        text = f"{book}: {now.used}, {now.listed} instead of {used}, {listed}"
        require((now.used, now.listed) == (used, listed), "totals are those that were signed", text)
        require(now.epoch == epoch, "the epoch is the one signed", f"{book}: {now.epoch} instead of {epoch}")
        require(now.marks == marks, "marks tell what happened", f"{book}: {now.marks} instead of {marks}")

    def _by_itself(self, book: Book, was: CardState, kind: str) -> int:
        """The most that may have been released without the consumer's signature on it."""
        stopped = self.stopped_at(book.terms, was.opened_at)
        if stopped is None:  # nobody can say whether the merchant still performs
            return 0
        bound = accrued_at_most if kind == "settle" else on_conditions_at_most
        return bound(book.terms, was.opened_at, min(stopped or self.now, self.now))

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

    def _stood_for(self, book: Book) -> None:
        """Every guarantor that the terms name was asked, once, about a card with all its money in it."""
        for guarantor, limit in book.pledges:
            if guarantor == self.setting.fund.address:
                wallet, promised = self.setting.fund.guaranteeOf(book.id)[:2]
                text = f"{book}: the fund promised {promised} to {wallet}, not {limit} at most"
                right = wallet == book.consumer.wallet.address and 0 < promised <= limit
                require(right, "a covered card stands only with all its guarantors", text)
                continue
            contract = self.setting.guarantor(guarantor)
            self.asked[guarantor] += 1
            whole = CardState(0, 0, 0, book.terms.principal, self.now, OPEN, book.state.marks, 0)
            was_asked = (self.asked[guarantor], book.id, limit, tuple(whole))
            says = (contract.asked(), contract.lastCard(), contract.lastLimit(), contract.seen())
            text = f"{book}: guarantor was asked {says}, not {was_asked}"
            require(says == was_asked, "a covered card stands only with all its guarantors", text)

    # ---------------------------------------------------------------------------------------------- events

    def _told(self, events: list[Event], acts: dict[Book, list[Act]]) -> None:
        """Every opening has one event, every end one, every transfer one, with the numbers that are true."""
        ours = {consumer.wallet.address: consumer.address for consumer in self.setting.consumers}
        last: dict[tuple[Book, str], int] = {}
        for event in events:
            if event.address not in ours or "card" not in event.args:
                continue
            book = self.by_id.get((ours[event.address], event.args["card"]))
            require(book is not None and book in acts, "events tell the truth", f"{event}")
            assert book is not None
            last |= {(book, name): event.args[name] for name in TOTALS if name in event.args}
            if event.name == "Opened":
                same = event.args["terms"] == book.terms.values() and acts[book][0].kind == "open"
                require(same, "events tell the truth", f"{book}: {event}")
            elif event.name == "Closed":
                book.closed_events += 1
                state = book.state
                left = state.held if state.status == OWING else event.args["toCollect"]
                true = (event.args["toCollect"], event.args["shortfall"]) == (left, book.shortfall)
                require(true, "events tell the truth", f"{book}: {event}, {state}")
            elif event.name == "Transferred":
                self._transferred(book, event, events, acts)
            elif event.name == "ShortfallPaid":
                act = acts[book][-1]
                true = (event.args["payer"], event.args["amount"]) == (act.payer, act.pays)
                require(true and event.args["left"] == book.state.held, "events tell the truth", f"{event}")
        for (book, name), value in last.items():
            require(value == getattr(book.state, name), "events tell the truth", f"{book}: {name} {value}")
        for book in acts:
            ends = int(book.state.status != OPEN)
            text = f"{book}: {book.closed_events} ends, {book.state}"
            require(book.closed_events == ends, "every opening has one end", text)

    def _transferred(
        self, book: Book, event: Event, events: list[Event], acts: dict[Book, list[Act]]
    ) -> None:
        """What came out of one card is in the other as far as it goes; the difference is the consumer's."""
        new = self.by_id.get((book.consumer.address, event.args["newCard"]))
        refund = sum(e.args["refund"] for e in events if e.name == "Closed" and e.args["card"] == book.id)
        opened = new is not None and new in acts and acts[new][0].kind == "open"
        principal = new.terms.principal if new else 0
        moved = min(refund, principal)
        says = tuple(event.args[name] for name in ("moved", "topUp", "cashBack"))
        true = opened and says == (moved, principal - moved, refund - moved)
        require(true, "a transfer's fens add up", f"{book} into {new}: {refund} came out; {event}")

    def _compare(self, call: Call, last: Call) -> None:
        if not self.reference:
            return
        for book, state in call.after.items():
            if call is last or book not in last.after:
                text = f"{call.text}: {book.state}, foretold {state}"
                require(book.state == state, "as the reference rules say", text)
        if call.cause is not None:
            causes = [event.args["cause"] for event in self.world.named("Closed")]
            text = f"{call.text}: cause {causes}, foretold {call.cause!r}"
            require(call.cause in causes, "as the reference rules say", text)

    def _name(self, address: str) -> str:
        for consumer in self.setting.consumers:
            if address in (consumer.address, consumer.wallet.address):
                return consumer.name if address == consumer.address else f"{consumer.name}'s wallet"
        party = self.setting.signer_of(address)
        return party.name if party else address
