"""The consumer's way out, tried from every state a card gets into and undone again."""

from __future__ import annotations

from tests.contracts.harness import OPEN
from tests.contracts.invariants.books import Book, Violation, least_refund, require
from tests.contracts.invariants.ledger import to_card
from tests.contracts.invariants.openings import Openings
from tests.contracts.invariants.setting import Setting
from wallet.rules import WouldRevert, close_card

EXIT_GAS = 1_000_000


class Exits(Openings):
    """Tries exits. `reference` also compares each with the reference rules."""

    def __init__(self, setting: Setting, *, reference: bool = True) -> None:
        super().__init__(setting)
        self.reference = reference
        self._exits: dict[Book, bytes] = {}

    def probe_all(self) -> None:
        """Try the exit of every open card."""
        for book in self.books:
            self.probe(book)

    def probe(self, book: Book) -> None:
        """The consumer can end the card now, alone, for at least what is due."""
        state, terms = book.state, book.terms
        if not book.honest or state.status != OPEN:
            return
        stopped = self.stopped_at(terms, state.opened_at)
        refund = self.refund_now(book)
        least = least_refund(terms, state, self.now, stopped)
        text = f"{book}: {refund} would come back, at least {least} is due, {state.held} held"
        require(least <= refund <= state.held, "the refund is at least what is due", text)
        if self.reference:
            try:
                foretold = close_card(
                    book.template, terms, to_card(state), self.now, stopped_at=stopped
                ).refund
            except WouldRevert as refused:
                foretold = refused.values["error"]
            text = f"{book}: {refund} would come back, foretold {foretold}"
            require(refund == foretold, "as the reference rules say", text)

    def refund_now(self, book: Book) -> int:
        """Fen that come back if the consumer ends the open card now; tried and undone."""
        caller, to, data = self._exit(book)
        evm = self.world.evm
        evm.reset_transient_storage()
        with self.setting.undone():
            try:
                answer = evm.message_call(caller, to, data, gas=EXIT_GAS)
            except RuntimeError as error:
                raise Violation("the exit always works", f"{book}: {error}") from None
        return int.from_bytes(answer[-32:])

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
