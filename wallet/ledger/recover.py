"""What became of everything that was under way when a command ended, by asking the chain.

Run at the start of every command. It only ever re-sends the very bytes that were journalled: a nonce serves
once, so nothing can be paid twice. A transaction that had been in a block and is gone, because the chain was
rolled back or started anew, is reported and not repeated: that may have been somebody's wish. One that a
reorganisation put back among those to be mined is waiting, as it was before.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from wallet.chain.base import ChainTimeout, Receipt, Refused, Reverted
from wallet.ledger.journal import Journal
from wallet.ledger.records import State, Transaction

if TYPE_CHECKING:
    from wallet.chain.base import Chain


_MOMENTS = 5.0
"""Seconds to wait for a local chain's receipt."""


@dataclass(frozen=True, slots=True)
class Recovery:
    """What was found. Each transaction carries its state after recovery, and a note where it needs one."""

    finished: tuple[Transaction, ...] = ()
    """Found in a block, or sent again and now in one."""
    failed: tuple[Transaction, ...] = ()
    """In a block but reverted, or refused by the chain: nothing moved."""
    waiting: tuple[Transaction, ...] = ()
    """With the chain, not yet in a block."""
    forgotten: tuple[Transaction, ...] = ()
    """No longer in the chain and not sent again."""
    resent: tuple[bytes, ...] = ()
    """Hashes of those that were sent again."""
    previous: str | None = None
    """Identity of the chain that stood at this place before, if this is another one."""

    @property
    def quiet(self) -> bool:
        """Whether there is nothing to tell."""
        return not (self.finished or self.failed or self.waiting or self.forgotten or self.previous)


def recover(chain: Chain, journal: Journal, identity: str, *, confirmations: int = 0) -> Recovery:
    """Bring the journal in line with `chain` and finish what was under way. Raises only if it cannot ask."""
    # Two nodes reached by URL are two places; a chain of ours is one place, whatever its port today.
    place = f"{chain.name} {chain.endpoint}" if chain.name == "rpc" else chain.name
    previous = journal.meet(place, identity)
    forgotten = [] if previous is None else _abandon(journal, previous, "another chain stands here now")
    forgotten += _rolled_back(chain, journal, identity)
    journal.mark_final(identity, chain.head().number - confirmations)

    pending = journal.pending(identity)
    if not pending:
        return Recovery(forgotten=tuple(forgotten), previous=previous)

    resent, lost, failed = _resend(chain, journal, identity, pending)
    forgotten += lost
    gone = {t.hash for t in (*lost, *failed)}
    rest = [t for t in pending if t.hash not in gone]
    finished, waiting = list[Transaction](), list[Transaction]()
    seen = []
    for t, found in zip(rest, chain.receipts([t.hash for t in rest]), strict=True):
        receipt = found or _soon(chain, t)
        if receipt is None:
            waiting.append(replace(t, state=State.SENT))
            continue
        seen.append((t.hash, receipt.ok, receipt.block_number, receipt.block_hash))
        (finished if receipt.ok else failed).append(_seen(t, receipt))
    journal.mark_mined(identity, seen, final=confirmations == 0)
    return Recovery(
        tuple(finished),
        tuple(failed),
        tuple(waiting),
        tuple(forgotten),
        tuple(t.hash for t in resent),
        previous,
    )


def _soon(chain: Chain, t: Transaction) -> Receipt | None:
    """A chain of this machine mines within moments what it was sent; others take their time."""
    if not chain.is_local:
        return None
    try:
        return chain.wait(t.hash, _MOMENTS, 0)
    except ChainTimeout:
        return None


def _seen(t: Transaction, receipt: Receipt) -> Transaction:
    state, note = (State.MINED, "") if receipt.ok else (State.FAILED, "the contract refused")
    return replace(t, state=state, block=receipt.block_number, block_hash=receipt.block_hash, note=note)


def _abandon(journal: Journal, identity: str, note: str) -> list[Transaction]:
    left = journal.pending(identity)
    journal.mark_lost(identity, [t.hash for t in left], State.FORGOTTEN, note)
    return [replace(t, state=State.FORGOTTEN, note=note) for t in left]


def _rolled_back(chain: Chain, journal: Journal, identity: str) -> list[Transaction]:
    """Transactions seen in blocks that the chain no longer has, newest first; none costs one question."""
    gone: list[Transaction] = []
    newest = journal.mined(identity, limit=1)
    while newest and newest[0].block is not None:
        here = chain.block(newest[0].block)
        if here is not None and here.hash == newest[0].block_hash:
            break
        # All of one block stand or fall together, except that another block may hold them by now.
        batch = journal.in_block(identity, newest[0].block)
        lost, moved, waiting = [], [], []
        for t, receipt in zip(batch, chain.receipts([t.hash for t in batch]), strict=True):
            if receipt is not None:
                moved.append((t.hash, receipt.ok, receipt.block_number, receipt.block_hash))
            elif chain.knows(t.hash):  # a reorganisation put it back among those to be mined
                waiting.append(t.hash)
            else:
                lost.append(t)
        note = "the chain was rolled back and no longer has it"
        journal.mark_lost(identity, [t.hash for t in lost], State.FORGOTTEN, note)
        journal.mark_waiting(identity, waiting)
        journal.mark_mined(identity, moved, final=False)
        gone += [replace(t, state=State.FORGOTTEN, note=note, block=None, block_hash=None) for t in lost]
        newest = journal.mined(identity, limit=1, before=newest[0].block)
    return gone


def _resend(
    chain: Chain, journal: Journal, identity: str, pending: Sequence[Transaction]
) -> tuple[list[Transaction], list[Transaction], list[Transaction]]:
    """Send again what the chain does not know: (sent again, forgotten, failed).

    The command that prepared them may still be running and sending, so the chain is asked afresh each time,
    and a transaction counts as lost only if the chain still does not know it after its nonce was taken.
    """
    resent: list[Transaction] = []
    lost: list[Transaction] = []
    failed: list[Transaction] = []
    alive = {(t.sender, t.nonce) for t in pending}
    for t in pending:  # in the order of their nonces
        if chain.knows(t.hash):
            journal.mark_sent(identity, [t.hash])
            continue
        nonce = chain.nonce(t.sender)
        note = ""
        if t.nonce < nonce:
            note = "another transaction took its place"
        elif any((t.sender, n) not in alive for n in range(nonce, t.nonce)):
            note = "one before it is gone, so it cannot be taken"
        if note:
            if not chain.knows(t.hash):
                lost.append(_lose(journal, t, State.FORGOTTEN, note))
                alive.discard((t.sender, t.nonce))
            continue
        try:
            chain.send_raw(t.raw)
        except (Reverted, Refused) as problem:
            if not chain.knows(t.hash):
                failed.append(_lose(journal, t, State.FAILED, problem.message))
                alive.discard((t.sender, t.nonce))
            continue
        journal.mark_sent(identity, [t.hash])
        resent.append(t)
    return resent, lost, failed


def _lose(journal: Journal, t: Transaction, state: State, note: str) -> Transaction:
    journal.mark_lost(t.chain, [t.hash], state, note)
    return replace(t, state=state, note=note)
