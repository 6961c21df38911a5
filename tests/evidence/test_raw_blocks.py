"""Blocks as they were hashed: from the embedded chain's tries, and from the JSON of nodes of all ages."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import rlp

from tests.services.world import start_anvil
from wallet.chain.base import Capability, Chain, Unsupported
from wallet.chain.eth_tester import EthTesterChain
from wallet.chain.jsonrpc import RpcError
from wallet.chain.raw_blocks import read_block, read_header
from wallet.chain.revm import RevmChain
from wallet.chain.rpc import RpcChain
from wallet.evidence.blocks import read_header as parse_header
from wallet.evidence.blocks import read_receipt
from wallet.evidence.tries import BlockTrie
from wallet.keccak import keccak256
from wallet.signing.dev import dev_signer
from wallet.signing.transaction import Transaction

HASH = {name: "0x" + keccak256(name.encode()).hex() for name in ("a", "b", "c")}
BLOOM = "0x" + "00" * 256


def send_some(chain: Chain, count: int) -> None:
    """`count` plain transfers, in one batch."""
    signer = dev_signer(0, chain_id=chain.chain_id(), endpoint=chain.endpoint)
    nonce, fee = chain.nonce(signer.address), 2 * chain.base_fee() + 1
    raws = [
        signer.sign_transaction(
            Transaction(chain.chain_id(), nonce + n, signer.address, b"", 30_000, fee, 0, 1)
        )
        for n in range(count)
    ]
    for tx in chain.send_many(raws):
        chain.wait(tx)


def check(chain: Chain) -> list[int]:
    """Every block's bytes give its hash and its roots; returns how many receipts each holds."""
    assert Capability.RECEIPTS in chain.capabilities
    found = []
    for number in range(chain.head().number + 1):
        block, head = chain.raw_block(number), chain.block(number)
        assert block is not None
        assert head is not None
        assert chain.raw_header(number) == block.header
        header = parse_header(block.header)
        assert (header.hash, header.number, header.timestamp) == (head.hash, number, head.timestamp)
        assert BlockTrie(block.receipts).root == header.receipts_root
        assert block.transactions is not None
        assert BlockTrie(block.transactions).root == header.transactions_root
        assert all(read_receipt(one).ok for one in block.receipts)
        found.append(len(block.receipts))
    assert chain.raw_block(len(found)) is None
    assert chain.raw_header(len(found)) is None
    return found


def test_the_embedded_chain_has_the_tries_in_process(tmp_path: Path) -> None:
    """A batch is one block; a balance that was set is a block without transactions."""
    with EthTesterChain(tmp_path / "chain.sqlite") as chain:
        send_some(chain, 17)
        send_some(chain, 1)
        chain.set_balance(dev_signer(5, chain_id=chain.chain_id(), endpoint=None).address, 5)
        assert check(chain) == [0, 17, 1, 0]


@pytest.mark.anvil
def test_anvils_json_gives_the_bytes_also_of_130_receipts_in_a_block() -> None:
    for url in start_anvil():
        with RpcChain(url) as chain:
            send_some(chain, 1)
            chain._ask("evm_setAutomine", False)
            signer = dev_signer(0, chain_id=chain.chain_id(), endpoint=url)
            nonce, fee = chain.nonce(signer.address), 2 * chain.base_fee() + 1
            chain.send_many(
                [
                    signer.sign_transaction(
                        Transaction(chain.chain_id(), nonce + n, signer.address, b"", 30_000, fee, 0, 1)
                    )
                    for n in range(130)
                ]
            )
            chain._ask("evm_mine")
            assert check(chain) == [0, 1, 130]


def test_revm_says_that_it_has_no_tries() -> None:
    chain = RevmChain()
    assert Capability.RECEIPTS not in chain.capabilities
    for question in (chain.raw_block, chain.raw_header):
        with pytest.raises(Unsupported, match="no tries"):
            question(0)


def block(**extra: str) -> dict[str, Any]:
    """A block from before London, or with what later forks added."""
    return {
        "parentHash": HASH["a"], "sha3Uncles": HASH["a"], "miner": "0x" + "11" * 20, "stateRoot": HASH["b"],
        "transactionsRoot": HASH["b"], "receiptsRoot": HASH["c"], "logsBloom": BLOOM, "difficulty": "0x20000",
        "number": "0x10", "gasLimit": "0x1388", "gasUsed": "0x0", "timestamp": "0x5", "extraData": "0x01",
        "mixHash": HASH["a"], "nonce": "0x0000000000000042", "transactions": [], **extra,
    }  # fmt: skip


def words(fields: dict[str, Any], *names: str) -> list[bytes]:
    every = (*list(block())[:15], *names)
    texts = [fields[name] for name in every]
    numbers = {
        "difficulty", "number", "gasLimit", "gasUsed", "timestamp", "baseFeePerGas", "blobGasUsed"
    }  # fmt: skip
    return [
        rlp.sedes.big_endian_int.serialize(int(text, 16)) if name in numbers else bytes.fromhex(text[2:])
        for name, text in zip(every, texts, strict=True)
    ]


def node(answers: dict[str, Any]) -> Callable[..., Any]:
    """What a node says, by method; an RpcError for what it does not know."""

    def ask(method: str, *params: Any) -> Any:
        if method not in answers:
            raise RpcError(method, {"code": -32601, "message": "Method not found"}, "here")
        return answers[method]

    return ask


def many(answers: dict[str, Any]) -> Callable[..., list[Any]]:
    def ask(calls: Any) -> list[Any]:
        found: list[Any] = []
        for method, params in calls:
            try:
                found.append(node(answers)(method)[params[0]])
            except RpcError as error:
                found.append(error)
        return found

    return ask


@pytest.mark.parametrize(
    "later",
    [
        {},
        {"baseFeePerGas": "0x7"},
        {"baseFeePerGas": "0x7", "withdrawalsRoot": HASH["c"], "blobGasUsed": "0x0"},
    ],
    ids=["frontier", "london", "later"],
)
def test_a_header_has_what_its_fork_gave_it(later: dict[str, str]) -> None:
    fields = block(**later)
    raw = rlp.encode(words(fields, *later))
    answer = {"eth_getBlockByNumber": {**fields, "hash": "0x" + keccak256(raw).hex(), "uncles": []}}
    assert read_header(node(answer), 16, "rpc") == raw
    assert parse_header(raw).receipts_root.hex() == HASH["c"][2:]


def test_a_header_with_parts_nobody_knows_is_asked_for_as_bytes() -> None:
    """A later fork's field is neither guessed nor left out."""
    raw = rlp.encode([*words(block()), b"future"])
    answer = {"eth_getBlockByNumber": {**block(), "hash": "0x" + keccak256(raw).hex(), "future": "0x01"}}
    with pytest.raises(Unsupported, match="block 16"):
        read_header(node(answer), 16, "rpc")
    assert read_header(node({**answer, "debug_getRawHeader": "0x" + raw.hex()}), 16, "rpc") == raw
    with pytest.raises(Unsupported):
        read_header(node({**answer, "debug_getRawHeader": "0x01"}), 16, "rpc")
    assert read_header(node({"eth_getBlockByNumber": None}), 16, "rpc") is None


def test_receipts_of_every_age_and_nodes_that_lack_a_question() -> None:
    """Before Byzantium a receipt held a state root; types came with EIP-2718; few nodes give raw bytes."""
    raws = [b"\xc0first", b"\x02second"]
    hashes = ["0x" + keccak256(raw).hex() for raw in raws]
    fields = {**block(), "transactions": hashes}
    header = rlp.encode(words(block()))
    log = {"address": "0x" + "22" * 20, "topics": [HASH["a"]], "data": "0x1234"}
    old = {"root": HASH["b"], "cumulativeGasUsed": "0x5208", "logsBloom": BLOOM, "logs": []}
    new = {"type": "0x2", "status": "0x1", "cumulativeGasUsed": "0xa410", "logsBloom": BLOOM, "logs": [log]}
    answers = {
        "eth_getBlockByNumber": {**fields, "hash": "0x" + keccak256(header).hex()},
        "eth_getTransactionReceipt": dict(zip(hashes, (old, new), strict=True)),
    }
    found = read_block(node(answers), many(answers), 16, "rpc")
    assert found is not None
    assert found.transactions is None
    legacy, typed = found.receipts
    assert legacy == rlp.encode([bytes.fromhex(HASH["b"][2:]), b"\x52\x08", bytes(256), []])
    assert typed[0] == 2
    assert read_receipt(typed).logs[0].data == b"\x12\x34"
    assert not read_receipt(legacy).ok

    answers["debug_getRawTransaction"] = dict(zip(hashes, ("0x" + raw.hex() for raw in raws), strict=True))
    found = read_block(node(answers), many(answers), 16, "rpc")
    assert found is not None
    assert found.transactions == tuple(raws)
    answers["eth_getBlockReceipts"] = None  # pruned
    found = read_block(node(answers), many(answers), 16, "rpc")
    assert found is not None
    assert found.receipts == ()
