"""The in-process EVM: fast, repeatable, and open about where it differs."""

from __future__ import annotations

from pathlib import Path

import pytest
from probe import ALICE, BOB, BUMP, CREATION, CUSTOM, FAIL, READ, deploy, send, sign

from wallet.address import to_checksum
from wallet.chain.base import CallRequest, Capability, ChainOptions, Refused, Unsupported
from wallet.chain.primitives import address_bytes, created_address
from wallet.chain.revm import RevmChain

STRANGER = to_checksum(b"\x42" * 20)


def count(chain: RevmChain, probe: str) -> int:
    return int.from_bytes(chain.call(CallRequest(probe, READ)))


def test_admits_what_it_is_not() -> None:
    assert Capability.REAL_GAS not in RevmChain.capabilities
    assert Capability.PERSISTENT not in RevmChain.capabilities
    chain = RevmChain()
    chain.mine()
    with pytest.raises(Unsupported, match="newest state only"):
        chain.call(CallRequest(STRANGER, b""), 0)


def test_executes_without_a_signature() -> None:
    """For property tests: any sender, no key, no fee; failures are receipts as ever."""
    chain = RevmChain()
    created = chain.execute(CallRequest(None, CREATION, STRANGER))
    assert created.contract == to_checksum(created_address(address_bytes(STRANGER), 0))
    probe = created.contract
    assert chain.execute(CallRequest(probe, BUMP, STRANGER)).ok
    failed = chain.execute(CallRequest(probe, FAIL, STRANGER))
    assert not failed.ok
    assert chain.revert_data(failed.tx_hash) == CUSTOM
    assert chain.nonce(STRANGER) == 3
    assert count(chain, probe) == 1
    assert chain.execute(CallRequest(None, CREATION, STRANGER)).contract == to_checksum(
        created_address(address_bytes(STRANGER), 3)
    )
    with pytest.raises(Refused):
        chain.execute(CallRequest(probe, b"", STRANGER, value=1))
    assert chain.nonce(STRANGER) == 4


def test_nested_reverts_do_not_drift() -> None:
    """pyrevm forgets nested checkpoints when it goes back past them; a thousand rounds must not add up."""
    chain = RevmChain()
    probe = deploy(chain)
    base = chain.snapshot()
    for turn in range(400):
        chain.execute(CallRequest(probe, BUMP, ALICE.address))
        inner = chain.snapshot()
        chain.execute(CallRequest(probe, BUMP, ALICE.address))
        chain.snapshot()
        chain.execute(CallRequest(None, CREATION, BOB.address))
        if turn % 2:
            chain.revert(inner)
            assert count(chain, probe) == 1
        chain.revert(base)
        assert count(chain, probe) == 0
        assert chain.nonce(BOB.address) == 0
    assert send(chain, BUMP, probe).ok
    assert chain.balance(BOB.address) == chain.balance(ALICE.address)


def test_a_creation_after_reverts_has_the_right_address() -> None:
    chain = RevmChain()
    for _ in range(5):
        send(chain, b"", BOB.address, gas=21_000)
    mark = chain.snapshot()
    first = deploy(chain)
    chain.revert(mark)
    assert chain.code(first) == b""
    assert deploy(chain) == first == to_checksum(created_address(address_bytes(ALICE.address), 5))
    assert chain.balance(ALICE.address) == 10**24


def test_runs_repeat_themselves_when_time_goes_by_steps() -> None:
    def story() -> tuple[object, ...]:
        chain = RevmChain(ChainOptions(genesis_time=1_700_000_000, clock="steps"))
        probe = deploy(chain)
        chain.advance(1_000)
        return chain.identity(), chain.execute(CallRequest(probe, BUMP, STRANGER)), chain.head()

    assert story() == story()
    assert RevmChain().identity() != RevmChain().identity()


def test_unsigned_transactions_are_saved_too(tmp_path: Path) -> None:
    chain = RevmChain()
    probe = chain.execute(CallRequest(None, CREATION, STRANGER)).contract
    assert probe is not None
    chain.set_balance(STRANGER, 5)
    chain.execute(CallRequest(BOB.address, b"", STRANGER, value=5))
    receipt = chain.execute(CallRequest(probe, BUMP, STRANGER))
    chain.save(tmp_path / "saved")
    other = RevmChain()
    other.load(tmp_path / "saved")
    assert other.head() == chain.head()
    assert other.receipt(receipt.tx_hash) == receipt
    assert other.balance(STRANGER) == 0
    assert count(other, probe) == 1


def test_long_searches_keep_every_event() -> None:
    """Thousands of transactions in one chain, as a search makes them."""
    chain = RevmChain()
    probe = deploy(chain)
    request = CallRequest(probe, BUMP, STRANGER)
    for _ in range(4_000):
        chain.execute(request)
    assert count(chain, probe) == len(chain.logs(probe)) == 4_000


def test_sends_signed_batches() -> None:
    chain = RevmChain()
    probe = deploy(chain)
    nonce = chain.nonce(ALICE.address)
    raws = [sign(chain, BUMP, probe, nonce=nonce + i) for i in range(300)]
    chain.send_many(raws)
    assert count(chain, probe) == 300
