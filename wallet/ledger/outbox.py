"""Moves transactions from "written down" to "in a block", a batch at a time.

prepare (one commit) → send (one batch) → mark sent → wait → mark mined. Killed anywhere in between, the
next command's `recover` goes on with the very same bytes. Which contract is called and whether that is wise
is the caller's business; a transaction that reverts is reported by its receipt, not raised.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from wallet.chain.base import ChainError, Receipt, Refused, Reverted
from wallet.ledger.journal import Journal
from wallet.ledger.records import Seal, State, Transaction

if TYPE_CHECKING:
    from wallet.chain.base import Chain


@dataclass(frozen=True, slots=True)
class Draft:
    """A transaction without its nonce: `sign(nonce)` returns (raw bytes, hash)."""

    purpose: str
    sign: Callable[[int], tuple[bytes, bytes]]


def nothing_to_seal(receipts: Sequence[Receipt]) -> Sequence[Seal]:
    """No evidence is kept."""
    return ()


@dataclass(frozen=True, slots=True)
class Outbox:
    """Sends through one chain and keeps one journal. `identity` is the chain's, as text.

    `seals` says what of the receipts that arrive is evidence.
    """

    chain: Chain
    journal: Journal
    identity: str
    confirmations: int = 0
    seals: Callable[[Sequence[Receipt]], Sequence[Seal]] = nothing_to_seal

    def run(self, sender: str, drafts: Sequence[Draft], *, timeout: float) -> list[Receipt]:
        """Send `drafts` in order and wait for their receipts, each for at most `timeout` seconds.

        Raises Refused or Reverted if the node does not take one, ChainTimeout if a receipt does not
        come (the transaction stays in the journal, and the next command asks again).
        """
        return self.settle(self.send(sender, drafts), timeout=timeout)

    def send(self, sender: str, drafts: Sequence[Draft]) -> list[Transaction]:
        """Write `drafts` down and send them; returns what was sent, not yet in a block."""
        if not drafts:
            return []
        made = self.journal.prepare(
            self.identity, sender, lambda: self.chain.nonce(sender), [(d.purpose, d.sign) for d in drafts]
        )
        self.deliver(made)
        return made

    def deliver(self, made: Sequence[Transaction]) -> None:
        """Send what the journal holds. A transaction the chain knows already counts as sent.

        One that the chain refuses for good is marked failed, so that its nonce is free again, and the
        refusal is raised; where the chain cannot be reached all stay as they are.
        """
        try:
            if len(made) == 1:
                self.chain.send_raw(made[0].raw)
            else:
                self.chain.send_many([t.raw for t in made])
        except (Refused, Reverted) as problem:
            if self._sort_out(made, problem):
                raise
        self.journal.step("sent")
        self.journal.mark_sent(self.identity, [t.hash for t in made])

    def settle(self, sent: Sequence[Transaction], *, timeout: float) -> list[Receipt]:
        """Wait for the receipts of `sent`, transactions of one account in order, and mark them."""
        if not sent:
            return []
        whole: list[Receipt] = []
        try:
            whole = self._wait(sent, timeout, 0)
        except ChainError:
            whole = [r for r in self.chain.receipts([t.hash for t in sent]) if r is not None]
            raise
        finally:
            self.journal.step("mined")
            self._mark(whole, final=self.confirmations == 0)
        if self.confirmations:
            whole = self._wait(sent, timeout, self.confirmations)
            self._mark(whole, final=True)
        return whole

    def _mark(self, receipts: Sequence[Receipt], *, final: bool) -> None:
        rows = [_row(receipt) for receipt in receipts]
        self.journal.mark_mined(self.identity, rows, final=final, seals=self.seals(receipts))

    def _wait(self, sent: Sequence[Transaction], timeout: float, confirmations: int) -> list[Receipt]:
        # Nonces follow one another: with the last in a block, the others are there too, for one question.
        self.chain.wait(sent[-1].hash, timeout, confirmations)
        found = self.chain.receipts([t.hash for t in sent])
        return [
            r or self.chain.wait(t.hash, timeout, confirmations) for t, r in zip(sent, found, strict=True)
        ]

    def _sort_out(self, made: Sequence[Transaction], problem: Refused | Reverted) -> bool:
        """Mark what got through and free the nonces of the rest; False if all did, by another's hand."""
        lost = [t for t in made if not self.chain.knows(t.hash)]
        self.journal.mark_sent(self.identity, [t.hash for t in made if t not in lost])
        self.journal.mark_lost(self.identity, [t.hash for t in lost], State.FAILED, problem.message)
        return bool(lost)


def _row(receipt: Receipt) -> tuple[bytes, bool, int, bytes]:
    return receipt.tx_hash, receipt.ok, receipt.block_number, receipt.block_hash
