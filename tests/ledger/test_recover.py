"""Transactions whose place is taken, whose predecessor is gone, or which the chain refuses."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from wallet.chain import open_chain
from wallet.chain.anvil import AnvilChain
from wallet.chain.anvil_process import AnvilMissing, find_anvil
from wallet.chain.base import Chain, Refused
from wallet.chain.reorganise import reorganise
from wallet.ledger import Draft, Journal, Outbox, State, recover
from wallet.signing.dev import dev_signer
from wallet.signing.transaction import Transaction, transaction_hash

TO = "0x" + "11" * 20


class Desk:
    """A chain, a journal and somebody who pays wei, one each time."""

    def __init__(self, chain: Chain, journal: Journal) -> None:
        self.chain, self.journal, self.identity = chain, journal, str(chain.identity())
        self.signer = dev_signer(0, chain_id=chain.chain_id(), endpoint=chain.endpoint)
        self.outbox = Outbox(chain, journal, self.identity)

    def raw(self, nonce: int, *, value: int = 1, fee: int | None = None) -> tuple[bytes, bytes]:
        fee = 2 * self.chain.base_fee() if fee is None else fee
        raw = self.signer.sign_transaction(
            Transaction(self.chain.chain_id(), nonce, TO, b"", 21_000, fee, 0, value)
        )
        return raw, transaction_hash(raw)

    def draft(self, purpose: str = "pay", **how: int) -> Draft:
        return Draft(purpose, lambda nonce: self.raw(nonce, **how))

    def prepare(self, count: int = 1, **how: int) -> list:
        """Written down, and the process dies."""
        drafts = [self.draft(f"pay {n}", **how) for n in range(count)]
        return self.journal.prepare(
            self.identity, self.signer.address, lambda: self.chain.nonce(self.signer.address),
            [(d.purpose, d.sign) for d in drafts],
        )  # fmt: skip

    def recover(self):
        return recover(self.chain, self.journal, self.identity)


@pytest.fixture(params=["eth-tester", "revm"])
def desk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Desk]:
    with open_chain(request.param) as chain, Journal.open(tmp_path / "ledger.sqlite") as journal:
        yield Desk(chain, journal)


def states(desk: Desk, made: list) -> list[State]:
    found = [desk.journal.transaction(desk.identity, t.hash) for t in made]
    return [t.state for t in found if t is not None]


def test_nothing_to_do_is_quiet(desk: Desk) -> None:
    """An empty journal, and one in which everything is done."""
    assert desk.recover().quiet
    (receipt,) = desk.outbox.run(desk.signer.address, [desk.draft()], timeout=10)
    assert receipt.ok
    assert desk.recover().quiet


def test_a_batch_that_was_only_written_down_is_sent_in_order(desk: Desk) -> None:
    """Exactly the journalled bytes: the same hashes, each once."""
    made = desk.prepare(3)
    found = desk.recover()
    assert [t.hash for t in found.finished] == [t.hash for t in made] == list(found.resent)
    assert desk.chain.balance(TO) == 3
    assert desk.recover().quiet
    assert desk.chain.balance(TO) == 3


def test_a_batch_of_which_half_arrived(desk: Desk) -> None:
    """Those that the chain has are found, the others follow."""
    made = desk.prepare(4)
    desk.chain.send_many([t.raw for t in made[:2]])
    found = desk.recover()
    assert list(found.resent) == [t.hash for t in made[2:]]
    assert len(found.finished) == 4
    assert desk.chain.balance(TO) == 4


def test_a_transaction_whose_place_is_taken(desk: Desk) -> None:
    """Another program used the nonce: said, not repeated under another nonce."""
    made = desk.prepare(2)
    desk.chain.send_raw(desk.raw(0, value=50)[0])
    found = desk.recover()
    (lost,) = found.forgotten
    assert (lost.hash, lost.state) == (made[0].hash, State.FORGOTTEN)
    assert "took its place" in lost.note
    assert [t.hash for t in found.finished] == [made[1].hash]
    assert desk.chain.balance(TO) == 51


def test_a_transaction_whose_predecessor_is_gone(desk: Desk) -> None:
    """It could never be taken: given up, so that later ones are not stuck behind it."""
    made = desk.prepare(2)
    desk.journal.mark_lost(desk.identity, [made[0].hash], State.FORGOTTEN, "given up")
    found = desk.recover()
    assert [t.hash for t in found.forgotten] == [made[1].hash]
    (receipt,) = desk.outbox.run(desk.signer.address, [desk.draft()], timeout=10)
    assert receipt.ok
    assert desk.journal.pending(desk.identity) == []


def test_a_transaction_that_the_chain_refuses(desk: Desk) -> None:
    """More than the account has: failed, the nonce is free again."""
    made = desk.prepare(1, value=10**30)
    found = desk.recover()
    assert [t.hash for t in found.failed] == [made[0].hash]
    assert found.failed[0].note
    with pytest.raises(Refused):
        desk.outbox.run(desk.signer.address, [desk.draft(value=10**30)], timeout=10)
    assert desk.journal.pending(desk.identity) == []
    (receipt,) = desk.outbox.run(desk.signer.address, [desk.draft()], timeout=10)
    assert receipt.ok


def test_sending_what_somebody_else_has_sent_for_us(desk: Desk) -> None:
    """A second command's recovery was faster: that is no error."""
    made = desk.prepare(2)
    assert len(desk.recover().finished) == 2
    desk.outbox.deliver(made)
    assert states(desk, made) == [State.FINAL, State.FINAL]
    assert desk.chain.balance(TO) == 2


def test_rolled_back_blocks_are_found_newest_first(desk: Desk) -> None:
    """Only what the chain no longer has is given up; what stands below stays."""
    first = desk.outbox.send(desk.signer.address, [desk.draft()])
    desk.outbox.settle(first, timeout=10)
    mark = desk.chain.snapshot()
    later = []
    for n in range(3):
        later += desk.outbox.send(desk.signer.address, [desk.draft(f"later {n}", value=2)])
    desk.outbox.settle(later, timeout=10)
    desk.chain.revert(mark)
    found = desk.recover()
    assert [t.hash for t in found.forgotten] == [t.hash for t in reversed(later)]
    assert states(desk, first) == [State.FINAL]
    assert desk.recover().quiet
    assert desk.chain.balance(TO) == 1


def test_after_a_reorganisation_somebody_else_may_have_brought_it_back(desk: Desk) -> None:
    """It stands in another block now: nothing to tell, nothing sent, and final again in its new place."""
    mark = desk.chain.snapshot()
    sent = desk.outbox.send(desk.signer.address, [desk.draft()])
    desk.outbox.settle(sent, timeout=10)
    reorganise(desk.chain, mark)
    desk.chain.send_raw(sent[0].raw)
    found = desk.recover()
    assert (found.forgotten, found.resent) == ((), ())
    assert states(desk, sent) in ([State.MINED], [State.FINAL])
    assert desk.recover().quiet
    assert desk.chain.balance(TO) == 1


@pytest.mark.anvil
def test_after_a_reorganisation_it_may_wait_to_be_mined_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The node holds it: it is said to be waiting, not forgotten, and found when it is in a block again."""
    try:
        find_anvil()
    except AnvilMissing as missing:
        pytest.skip(str(missing))
    monkeypatch.setattr(sys.modules[recover.__module__], "_MOMENTS", 0.05)
    with AnvilChain(tmp_path / "anvil") as chain, Journal.open(tmp_path / "ledger.sqlite") as journal:
        try:
            desk = Desk(chain, journal)
            mark = chain.snapshot()
            sent = desk.outbox.send(desk.signer.address, [desk.draft()])
            desk.outbox.settle(sent, timeout=10)
            reorganise(chain, mark)
            chain._ask("evm_setAutomine", False)
            chain.send_raw(sent[0].raw)
            found = desk.recover()
            assert found.forgotten == ()
            assert [t.hash for t in found.waiting] == [sent[0].hash]
            assert states(desk, sent) == [State.SENT]
            chain.mine()
            assert [t.hash for t in desk.recover().finished] == [sent[0].hash]
            assert desk.recover().quiet
            assert chain.balance(TO) == 1
        finally:
            chain.stop()
