"""A transaction that anvil forgot in its queue is mined after all, and so are those behind it."""

from __future__ import annotations

from pathlib import Path

import pytest
from probe import ALICE, deploy, sign

from wallet.chain.anvil import AnvilChain
from wallet.chain.base import ChainTimeout
from wallet.chain.rpc import RpcChain

pytestmark = pytest.mark.anvil


@pytest.mark.parametrize("by_url", [False, True])
def test_forgotten_in_the_queue(own_anvil: Path, by_url: bool) -> None:
    """Anvil is put into the state that it falls into by itself once in some thousand transactions."""
    with AnvilChain(own_anvil) as anvil, RpcChain(str(anvil.endpoint)) as same:
        chain = same if by_url else anvil
        deploy(chain)
        turn = chain.nonce(ALICE.address)
        raws = [sign(chain, to=ALICE.address, nonce=turn + 1 + n) for n in range(3)]
        hashes = chain.send_many(raws)
        anvil._ask("anvil_setNonce", ALICE.address, hex(turn + 1))
        assert anvil._ask("txpool_status") == {"pending": "0x0", "queued": "0x3"}

        assert chain.wait(hashes[-1], timeout=10).ok
        assert all(receipt and receipt.ok for receipt in chain.receipts(hashes))


def test_one_whose_turn_has_not_come_goes_on_waiting(own_anvil: Path) -> None:
    """With a nonce missing before it, it stays where it is."""
    with AnvilChain(own_anvil) as chain:
        turn = chain.nonce(ALICE.address)
        (early,) = chain.send_many([sign(chain, to=ALICE.address, nonce=turn + 1)])
        with pytest.raises(ChainTimeout):
            chain.wait(early, timeout=1.5)
        assert chain.knows(early)
        chain.send_raw(sign(chain, to=ALICE.address, nonce=turn))
        assert chain.wait(early, timeout=10).ok
