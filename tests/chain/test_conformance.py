"""What every backend must do alike, and what each says it cannot."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from probe import (
    ALICE,
    BOB,
    BUMP,
    BUMPED,
    BURN,
    CAROL,
    CREATION,
    CUSTOM,
    DAVE,
    FAIL,
    HALT,
    READ,
    RUNTIME,
    STAMP,
    deploy,
    send,
    sign,
)

from wallet.address import to_checksum
from wallet.chain.base import (
    DEV_ADDRESSES,
    BatchRefused,
    CallRequest,
    Capability,
    Chain,
    ChainChanged,
    ChainError,
    ChainIdentity,
    ChainOptions,
    ChainTimeout,
    Refused,
    Reverted,
    TransactionUnknown,
    Unsupported,
    raise_if_reverted,
)
from wallet.chain.eth_tester import EthTesterChain
from wallet.chain.primitives import address_bytes, created_address
from wallet.chain.reorganise import reorganise
from wallet.chain.revm import RevmChain
from wallet.chain.rpc import RpcChain
from wallet.errors import EnvironmentFault
from wallet.keccak import keccak256

NOBODY = to_checksum(b"\x77" * 20)


def count(chain: Chain, probe: str, block: int | None = None) -> int:
    return int.from_bytes(chain.call(CallRequest(probe, READ), block))


def needs(chain: Chain, capability: Capability) -> None:
    if capability not in chain.capabilities:
        pytest.skip(f"{chain.name} says it cannot: tested below")


def test_is_a_local_chain_with_funded_accounts(chain: Chain) -> None:
    assert chain.is_local
    assert chain.identity() == ChainIdentity(
        chain.chain_id(), first.hash if (first := chain.block(0)) else b""
    )
    assert [a.address for a in (ALICE, BOB, CAROL, DAVE)] == list(DEV_ADDRESSES[:4])
    assert chain.balance(DEV_ADDRESSES[19]) >= 10**23
    assert chain.balance(NOBODY) == chain.nonce(NOBODY) == 0
    assert chain.code(NOBODY) == b""
    assert chain.block(chain.head().number + 1_000) is None


def test_creates_a_contract_where_its_sender_and_nonce_say(chain: Chain) -> None:
    """Also after failed and ordinary transactions, which count as well."""
    first = deploy(chain)
    assert chain.code(first) == RUNTIME
    send(chain, BUMP, first)
    send(chain, FAIL, first)
    nonce = chain.nonce(ALICE.address)
    again = deploy(chain)
    assert again == to_checksum(created_address(address_bytes(ALICE.address), nonce))
    assert chain.code(again) == RUNTIME
    assert chain.nonce(ALICE.address) == nonce + 1


def test_receipt_block_and_event_agree(chain: Chain) -> None:
    probe = deploy(chain)
    receipt = send(chain, BUMP, probe, sender=BOB)
    assert receipt.ok
    assert receipt.contract is None
    assert 21_000 < receipt.gas_used < 100_000
    block = chain.block(receipt.block_number)
    assert block is not None
    assert block.hash == receipt.block_hash
    assert chain.head() == block
    (log,) = receipt.logs
    assert (log.address, log.topics, log.data) == (probe, (BUMPED, (1).to_bytes(32)), (1).to_bytes(32))
    assert (log.block_number, log.tx_hash, log.index) == (receipt.block_number, receipt.tx_hash, 0)
    assert chain.logs(probe) == [log]
    assert chain.receipts([keccak256(b"?"), receipt.tx_hash]) == [None, receipt]
    assert chain.knows(receipt.tx_hash)
    assert not chain.knows(keccak256(b"?"))


def test_a_custom_error_carries_the_same_bytes_everywhere(chain: Chain) -> None:
    """From a call, from an estimate, and from a transaction that was mined nevertheless."""
    probe = deploy(chain)
    with pytest.raises(Reverted) as by_call:
        chain.call(CallRequest(probe, FAIL, ALICE.address))
    with pytest.raises(Reverted) as by_estimate:
        chain.estimate_gas(CallRequest(probe, FAIL, ALICE.address))
    receipt = send(chain, FAIL, probe)
    assert not receipt.ok
    assert receipt.logs == ()
    with pytest.raises(Reverted) as by_receipt:
        raise_if_reverted(chain, receipt)
    assert by_call.value.data == by_estimate.value.data == by_receipt.value.data == CUSTOM
    assert chain.revert_data(receipt.tx_hash) == CUSTOM
    assert by_receipt.value.tx_hash == receipt.tx_hash
    assert by_receipt.value.exit_status == 3


def test_a_halt_is_a_revert_without_data(chain: Chain) -> None:
    probe = deploy(chain)
    for ask in (chain.call, chain.estimate_gas):
        with pytest.raises(Reverted) as caught:
            ask(CallRequest(probe, HALT, ALICE.address))
        assert caught.value.data == b""
    receipt = send(chain, HALT, probe)
    assert not receipt.ok
    assert receipt.gas_used == 300_000
    assert chain.revert_data(receipt.tx_hash) == b""


def test_success_has_no_revert_data_and_the_unknown_is_unknown(chain: Chain) -> None:
    receipt = send(chain, b"", BOB.address, value=5, gas=21_000)
    assert raise_if_reverted(chain, receipt) is receipt
    assert chain.revert_data(receipt.tx_hash) == b""
    with pytest.raises(TransactionUnknown):
        chain.revert_data(keccak256(b"?"))


def test_calls_and_estimates_leave_nothing_behind(chain: Chain) -> None:
    probe = deploy(chain)
    send(chain, BUMP, probe)
    before = (chain.head(), chain.nonce(ALICE.address), chain.balance(ALICE.address))
    for _ in range(3):
        assert int.from_bytes(chain.call(CallRequest(probe, BUMP, ALICE.address))) == 2
        chain.estimate_gas(CallRequest(probe, BUMP, ALICE.address))
        chain.call(CallRequest(None, CREATION, ALICE.address))
    assert before == (chain.head(), chain.nonce(ALICE.address), chain.balance(ALICE.address))
    assert count(chain, probe) == 1


@pytest.mark.parametrize("data", [BUMP, BURN])
def test_an_estimate_suffices(chain: Chain, data: bytes) -> None:
    probe = deploy(chain)
    gas = chain.estimate_gas(CallRequest(probe, data, ALICE.address))
    receipt = send(chain, data, probe, gas=gas)
    assert receipt.ok
    assert receipt.gas_used <= gas < 4_000_000


def test_moves_its_own_coin(chain: Chain) -> None:
    before = chain.balance(DAVE.address)
    assert send(chain, b"", DAVE.address, value=12_345, gas=21_000).ok
    assert chain.balance(DAVE.address) == before + 12_345


def test_sending_twice_is_sending_once(chain: Chain) -> None:
    probe = deploy(chain)
    raw = sign(chain, BUMP, probe)
    tx_hash = chain.send_raw(raw)
    assert tx_hash == keccak256(raw)
    assert chain.send_raw(raw) == tx_hash
    chain.wait(tx_hash, 10)
    assert chain.send_raw(raw) == tx_hash
    assert chain.send_many([raw, raw]) == [tx_hash, tx_hash]
    assert count(chain, probe) == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"nonce": 0},
        {"chain_id": 1},
        {"fee": 1},
        {"value": 10**30},
        {"gas": 20_999},
        {"gas": 10**9},
    ],
    ids=["spent nonce", "foreign chain", "no fee", "poor", "no gas", "too much gas"],
)
def test_refuses_what_cannot_be_mined_and_changes_nothing(chain: Chain, wrong: dict[str, Any]) -> None:
    send(chain, b"", BOB.address, gas=21_000, value=1)
    before = (chain.head(), chain.nonce(ALICE.address))
    with pytest.raises(Refused) as caught:
        chain.send_raw(sign(chain, b"", BOB.address, **wrong))
    assert caught.value.reason
    assert (chain.head(), chain.nonce(ALICE.address)) == before


@pytest.mark.parametrize("raw", [b"\x12\x34", b"\xc0", b"\x02" + b"\xff" * 40, b"\x7f\xc0"])
def test_refuses_what_is_no_transaction(chain: Chain, raw: bytes) -> None:
    with pytest.raises(Refused):
        chain.send_raw(raw)


def test_a_batch_is_mined_in_order(chain: Chain) -> None:
    """More than fits one block, from two senders."""
    probe = deploy(chain)
    mine, theirs = chain.nonce(ALICE.address), chain.nonce(BOB.address)
    fee = 20 * chain.base_fee() + 10**9
    raws = []
    for i in range(70):
        raws.append(sign(chain, BUMP, probe, nonce=mine + i, gas=400_000, fee=fee))
        raws.append(sign(chain, BUMP, probe, nonce=theirs + i, gas=400_000, sender=BOB, fee=fee))
    hashes = chain.send_many(raws)
    assert hashes == [keccak256(raw) for raw in raws]
    for tx_hash in hashes[-2:]:
        chain.wait(tx_hash, 20)
    receipts = chain.receipts(hashes)
    assert all(r is not None and r.ok for r in receipts)
    assert count(chain, probe) == 140
    logs = chain.logs(probe, [BUMPED])
    assert [int.from_bytes(log.data) for log in logs] == list(range(1, 141))
    places = [(log.block_number, log.index) for log in logs]
    assert places == sorted(set(places))
    assert {log for r in receipts if r for log in r.logs} == set(logs)


def test_a_batch_says_what_it_did_not_take(chain: Chain) -> None:
    probe = deploy(chain)
    nonce = chain.nonce(ALICE.address)
    good = [sign(chain, BUMP, probe, nonce=nonce + i) for i in range(2)]
    raws = [good[0], sign(chain, BUMP, probe, chain_id=5), b"\x01\x02", good[1]]
    with pytest.raises(BatchRefused) as caught:
        chain.send_many(raws)
    assert sorted(caught.value.refusals) == [1, 2]
    for raw in good:
        assert chain.wait(keccak256(raw), 10).ok
    assert count(chain, probe) == 2


def test_filters_events(chain: Chain) -> None:
    probe, other = deploy(chain), deploy(chain)
    first, second, third = (send(chain, BUMP, probe).logs[0] for _ in range(3))
    elsewhere = send(chain, BUMP, other).logs[0]
    values = [n.to_bytes(32) for n in range(4)]
    assert chain.logs(probe) == [first, second, third]
    assert chain.logs([probe, other]) == [first, second, third, elsewhere]
    assert chain.logs([]) == []
    assert chain.logs(probe, [BUMPED, values[2]]) == [second]
    assert chain.logs(probe, [None, [values[1], values[3]]]) == [first, third]
    assert chain.logs([other, probe], [BUMPED, values[1]]) == [first, elsewhere]
    assert chain.logs(probe, [keccak256(b"Other()")]) == []
    assert chain.logs(probe, [None, None, None]) == []
    assert chain.logs(probe, from_block=second.block_number) == [second, third]
    assert chain.logs(probe, to_block=second.block_number) == [first, second]
    assert chain.logs(None, [BUMPED], from_block=first.block_number) == [first, second, third, elsewhere]


def test_waiting_for_the_unknown_ends(chain: Chain) -> None:
    began = time.monotonic()
    with pytest.raises(ChainTimeout) as caught:
        chain.wait(keccak256(b"never sent"), timeout=0.3)
    assert time.monotonic() - began < 3
    assert caught.value.tx_hash == keccak256(b"never sent")
    assert caught.value.hint


def test_now_is_what_a_transaction_sees(chain: Chain) -> None:
    """Of the next block, so that a deadline set today holds on a chain last used yesterday."""
    probe = deploy(chain)
    before = chain.now()
    seen = int.from_bytes(chain.call(CallRequest(probe, STAMP)))
    assert before <= seen <= before + 2 or chain.name == "rpc"
    receipt = send(chain, BUMP, probe)
    block = chain.block(receipt.block_number)
    assert block is not None
    assert before <= block.timestamp <= before + 3


def test_answers_for_past_blocks_or_says_it_cannot(chain: Chain) -> None:
    probe = deploy(chain)
    first, second = send(chain, BUMP, probe), send(chain, BUMP, probe)
    if Capability.PAST_STATE in chain.capabilities:
        assert count(chain, probe, first.block_number) == 1
        assert count(chain, probe, second.block_number) == 2
        stamp = int.from_bytes(chain.call(CallRequest(probe, STAMP), first.block_number))
        assert stamp == chain.block(first.block_number).timestamp
        with pytest.raises(ChainError):
            chain.call(CallRequest(probe, READ), second.block_number + 1_000)
    else:
        with pytest.raises(Unsupported):
            count(chain, probe, first.block_number)


def test_gas_is_the_same_wherever_it_is_real(chain: Chain) -> None:
    needs(chain, Capability.REAL_GAS)
    probe = deploy(chain)
    assert [send(chain, BUMP, probe).gas_used for _ in range(3)] == [44_562, 27_462, 27_462]


def open_again(chain: Chain, folder: Path, options: ChainOptions) -> Chain:
    """A second look at the same chain (for revm: another one, since it ends with its object)."""
    if chain.name == "revm":
        return RevmChain(options)
    if chain.endpoint is None:
        chain.close()
        return EthTesterChain(folder / "chain.sqlite", options)
    return RpcChain(chain.endpoint, options)


def test_another_chain_than_last_time_is_told(chain: Chain, tmp_path: Path) -> None:
    identity = chain.identity()
    for wrong in (replace(identity, genesis=bytes(32)), replace(identity, chain_id=1)):
        with pytest.raises(ChainChanged) as caught:
            open_again(chain, tmp_path, ChainOptions(expect=wrong))
        assert str(wrong) in caught.value.message
        assert caught.value.hint


# ------------------------------------------------------------------------- laboratory


def test_goes_back_to_a_snapshot_as_often_as_wanted(chain: Chain) -> None:
    """State, blocks, events, nonces and clock; a later snapshot is gone, an earlier one stays."""
    needs(chain, Capability.SNAPSHOT)
    probe = deploy(chain)
    outer = chain.snapshot()
    kept = send(chain, BUMP, probe)
    chain.advance(1_000)
    snapshot = chain.snapshot()
    head, nonce = chain.head(), chain.nonce(ALICE.address)
    for _ in range(2):
        lost = send(chain, BUMP, probe)
        later = chain.snapshot()
        deploy(chain)
        chain.advance(100_000)
        chain.revert(snapshot)
        assert (chain.head(), chain.nonce(ALICE.address)) == (head, nonce)
        assert count(chain, probe) == 1
        assert chain.logs(probe) == list(kept.logs)
        assert chain.receipt(lost.tx_hash) is None
        assert not chain.knows(lost.tx_hash)
        assert chain.receipt(kept.tx_hash) == kept
        assert head.timestamp <= chain.now() <= head.timestamp + 60
        with pytest.raises(ChainError, match="no snapshot"):
            chain.revert(later)
    assert deploy(chain) == to_checksum(created_address(address_bytes(ALICE.address), nonce))
    chain.revert(outer)
    assert count(chain, probe) == 0
    with pytest.raises(ChainError, match="no snapshot"):
        chain.revert(snapshot)
    with pytest.raises(ChainError, match="no snapshot"):
        chain.revert("0xnonsense")


def test_a_transaction_reverted_away_can_be_mined_again(chain: Chain) -> None:
    needs(chain, Capability.SNAPSHOT)
    probe = deploy(chain)
    snapshot = chain.snapshot()
    raw = sign(chain, BUMP, probe)
    first = chain.wait(chain.send_raw(raw), 10)
    chain.revert(snapshot)
    send(chain, b"", BOB.address, sender=CAROL, gas=21_000)
    second = chain.wait(chain.send_raw(raw), 10)
    assert second.tx_hash == first.tx_hash
    assert second.block_number == first.block_number + 1
    assert chain.logs(probe) == list(second.logs)


def test_time_only_moves_forward_and_only_when_it_can(chain: Chain) -> None:
    needs(chain, Capability.TIME_TRAVEL)
    probe = deploy(chain)
    before = chain.now()
    year = 365 * 86_400
    head = chain.advance(year)
    assert chain.head() == head
    assert before + year <= head.timestamp <= before + year + 3
    assert head.timestamp <= int.from_bytes(chain.call(CallRequest(probe, STAMP))) <= head.timestamp + 3
    assert send(chain, BUMP, probe).ok
    for wrong in (0, -5, 10**12):
        with pytest.raises(ChainError):
            chain.advance(wrong)
    assert head.timestamp <= chain.now() <= head.timestamp + 30


def test_mines_blocks_on_demand(chain: Chain) -> None:
    needs(chain, Capability.MINE)
    before = chain.head()
    assert chain.mine(3).number == before.number + 3
    times = [b.timestamp for n in range(before.number, before.number + 4) if (b := chain.block(n))]
    assert times == sorted(times)
    assert chain.mine() == chain.head()


def test_other_blocks_take_the_place_of_the_newest(chain: Chain) -> None:
    """A reorganisation: longer, other hashes, a clock that goes on; what gave way can be mined again."""
    needs(chain, Capability.SNAPSHOT)
    probe = deploy(chain)
    snapshot = chain.snapshot()
    raw = sign(chain, BUMP, probe)
    lost = chain.wait(chain.send_raw(raw), 10)
    chain.advance(1_000)
    before = chain.head()
    head = reorganise(chain, snapshot)
    assert head == chain.head()
    assert head.number == before.number + 1
    assert before.timestamp < head.timestamp <= chain.now()
    for number in range(lost.block_number, before.number + 1):
        block = chain.block(number)
        assert block is not None
        assert block.hash not in (lost.block_hash, before.hash)
    assert count(chain, probe) == 0
    assert not chain.knows(lost.tx_hash)
    again = chain.wait(chain.send_raw(raw), 10)
    assert (again.tx_hash, again.block_number) == (lost.tx_hash, head.number + 1)
    assert count(chain, probe) == 1


def test_a_restarted_chain_has_all_that_was_mined(chain: Chain) -> None:
    needs(chain, Capability.RESTART)
    probe = deploy(chain)
    kept, failed = send(chain, BUMP, probe), send(chain, FAIL, probe)
    head, identity = chain.advance(50_000), chain.identity()
    chain.restart()
    assert (chain.head(), chain.identity()) == (head, identity)
    assert head.timestamp <= chain.now() <= head.timestamp + 30
    assert chain.receipts([kept.tx_hash, failed.tx_hash]) == [kept, failed]
    assert chain.logs(probe) == list(kept.logs)
    assert count(chain, probe) == 1
    assert send(chain, BUMP, probe).ok
    assert count(chain, probe) == 2


def test_sets_a_balance(chain: Chain) -> None:
    needs(chain, Capability.SET_BALANCE)
    chain.set_balance(NOBODY, 7)
    assert chain.balance(NOBODY) == 7
    chain.mine()
    assert chain.balance(NOBODY) == 7
    chain.set_balance(NOBODY, 0)


def test_saves_and_loads_the_whole_chain(chain: Chain, tmp_path: Path) -> None:
    needs(chain, Capability.SAVE)
    probe = deploy(chain)
    kept = send(chain, BUMP, probe)
    failed = send(chain, FAIL, probe)
    chain.advance(5_000)
    identity, head, now = chain.identity(), chain.head(), chain.now()
    chain.save(tmp_path / "saved")
    lost = send(chain, BUMP, probe)
    chain.advance(50_000)
    chain.load(tmp_path / "saved")
    assert (chain.identity(), chain.head()) == (identity, head)
    assert now - 2 <= chain.now() <= now + 60  # clocks are kept in whole seconds
    assert chain.receipts([kept.tx_hash, failed.tx_hash, lost.tx_hash]) == [kept, failed, None]
    assert chain.logs(probe) == list(kept.logs)
    assert count(chain, probe) == 1
    assert send(chain, BUMP, probe).ok
    assert count(chain, probe) == 2


@pytest.mark.parametrize("content", [b"", b"nonsense", b"{}", b'{"schema": "prepaid.anvil/1"', None])
def test_refuses_a_file_that_is_no_saved_chain(chain: Chain, tmp_path: Path, content: bytes | None) -> None:
    needs(chain, Capability.SAVE)
    head = chain.head()
    path = tmp_path / "wrong"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(EnvironmentFault) as caught:
        chain.load(path)
    assert str(path) in caught.value.message
    assert chain.head() == head


def test_a_reset_chain_is_another_chain(chain: Chain) -> None:
    needs(chain, Capability.RESET)
    probe = deploy(chain)
    before = chain.identity()
    chain.reset()
    assert chain.identity() != before
    assert chain.head().number == 0
    assert chain.code(probe) == b""
    assert chain.nonce(ALICE.address) == 0
    assert deploy(chain)


def test_traces_a_transaction(chain: Chain) -> None:
    needs(chain, Capability.TRACE)
    probe = deploy(chain)
    tree = chain.trace(send(chain, BUMP, probe).tx_hash)
    assert to_checksum(bytes.fromhex(tree["to"][2:])) == probe
    assert tree["type"] == "CALL"


ABILITIES: list[tuple[Capability, Callable[[Chain], object]]] = [
    (Capability.SNAPSHOT, lambda c: c.snapshot()),
    (Capability.SNAPSHOT, lambda c: c.revert("1")),
    (Capability.TIME_TRAVEL, lambda c: c.advance(1)),
    (Capability.MINE, lambda c: c.mine()),
    (Capability.SET_BALANCE, lambda c: c.set_balance(NOBODY, 1)),
    (Capability.RESET, lambda c: c.reset()),
    (Capability.RESTART, lambda c: c.restart()),
    (Capability.SAVE, lambda c: c.save(Path("/nonexistent"))),
    (Capability.SAVE, lambda c: c.load(Path("/nonexistent"))),
]


def test_says_what_it_cannot_do(chain: Chain) -> None:
    """Each missing ability is an Unsupported that names the backend and where to go instead."""
    for capability, use in ABILITIES:
        if capability not in chain.capabilities:
            with pytest.raises(Unsupported, match=f"the {chain.name} chain cannot") as caught:
                use(chain)
            assert caught.value.hint
    if Capability.TRACE not in chain.capabilities and chain.name != "rpc":
        with pytest.raises(Unsupported, match=chain.name):
            chain.trace(bytes(32))
