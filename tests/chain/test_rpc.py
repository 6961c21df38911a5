"""A node by URL that is slow, wrong, cut off, absent or another one: a real server that misbehaves."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from wallet.chain.anvil import AnvilChain
from wallet.chain.base import (
    BadAnswer,
    CallRequest,
    ChainChanged,
    ChainError,
    ChainIdentity,
    ChainOptions,
    ChainTimeout,
    ChainUnreachable,
    Refused,
    Reverted,
    TransactionUnknown,
    Unsupported,
)
from wallet.chain.jsonrpc import JsonRpc, RpcError
from wallet.chain.rpc import RpcChain
from wallet.errors import InvalidInput
from wallet.keccak import keccak256

HASH = "0x" + "ab" * 32
BLOCK = {"number": "0x5", "hash": HASH, "timestamp": "0x64", "baseFeePerGas": "0x7"}
TO = "0x" + "11" * 20

Behaviour = Callable[[socket.socket, Any], None]


class Node:
    """An HTTP server whose every answer is up to the test.

    `answers` maps a method to its result, to a function of its parameters, or to an RpcFault. `behaviour`
    replaces the whole exchange after the request was read.
    """

    def __init__(self) -> None:
        self.answers: dict[str, Any] = {"eth_chainId": "0x7a69"}
        self.behaviour: Behaviour | None = None
        self.asked: list[str] = []
        self.headers: list[str] = []
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                peer, _ = self._socket.accept()
            except OSError:
                return
            threading.Thread(target=self._talk, args=(peer,), daemon=True).start()

    def _talk(self, peer: socket.socket) -> None:
        with peer:
            stream = peer.makefile("rb")
            while True:
                head = []
                while line := stream.readline().strip():
                    head.append(line.decode())
                if not head:
                    return
                self.headers = head
                length = next(int(h.split(":")[1]) for h in head if h.lower().startswith("content-length"))
                asked = json.loads(stream.read(length))
                try:
                    if self.behaviour is not None:
                        self.behaviour(peer, asked)
                        return
                    answer = [self._one(a) for a in asked] if isinstance(asked, list) else self._one(asked)
                    peer.sendall(http(json.dumps(answer).encode()))
                except OSError:
                    return

    def _one(self, asked: dict[str, Any]) -> dict[str, Any]:
        self.asked.append(asked["method"])
        answer = self.answers.get(asked["method"], Fault(-32601, "Method not found"))
        if callable(answer):
            answer = answer(*asked["params"])
        body = {"jsonrpc": "2.0", "id": asked["id"]}
        if isinstance(answer, Fault):
            return body | {"error": {"code": answer.code, "message": answer.message, **answer.extra}}
        return body | {"result": answer}

    def close(self) -> None:
        self._socket.close()


class Fault:
    """A JSON-RPC error to answer with."""

    def __init__(self, code: int, message: str, **extra: Any) -> None:
        self.code, self.message, self.extra = code, message, extra


def http(body: bytes, status: str = "200 OK", extra: str = "") -> bytes:
    return f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\n{extra}\r\n".encode() + body


@pytest.fixture
def node() -> Iterator[Node]:
    made = Node()
    yield made
    made.close()


Open = Callable[..., RpcChain]


@pytest.fixture
def opened() -> Iterator[Open]:
    """Opens chains on a node, impatiently, and closes them after the test."""
    with ExitStack() as stack:

        def start(node: Node, url: str = "", **options: Any) -> RpcChain:
            return stack.enter_context(RpcChain(url or node.url, ChainOptions(timeout=0.5, **options)))

        yield start


# ------------------------------------------------------------------------- slow, wrong, half, absent


def test_absent() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with pytest.raises(ChainUnreachable, match="Connection refused") as caught:
        RpcChain(f"http://127.0.0.1:{port}")
    assert f"http://127.0.0.1:{port}" in caught.value.message
    assert "eth_chainId" in caught.value.message
    assert caught.value.hint
    assert caught.value.exit_status == 4


def test_no_such_host() -> None:
    with pytest.raises(ChainUnreachable, match="cannot be reached"):
        RpcChain("http://no-such-host.invalid:8545", ChainOptions(timeout=5))


def test_never_answers(node: Node, opened: Open) -> None:
    node.behaviour = lambda peer, asked: time.sleep(3)
    began = time.monotonic()
    with pytest.raises(ChainUnreachable, match=r"within 0\.5 s"):
        opened(node)
    assert time.monotonic() - began < 2


def test_answers_drop_by_drop(node: Node, opened: Open) -> None:
    """Each drop comes within the time limit, the whole does not."""

    def drip(peer: socket.socket, asked: Any) -> None:
        peer.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
        for _ in range(1_000):
            peer.sendall(b" ")
            time.sleep(0.1)

    node.behaviour = drip
    began = time.monotonic()
    with pytest.raises(ChainUnreachable, match=r"within 0\.5 s"):
        opened(node)
    assert time.monotonic() - began < 2


@pytest.mark.parametrize(
    ("sent", "says"),
    [
        (b"", "closed the connection"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n" + b'{"jsonrpc"', "part of an answer"),
        (b'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{"js', "part of an answer"),
        (b"220 smtp.example.com ESMTP\r\n", "closed the connection|not HTTP"),
        (http(b"<html>It works!</html>"), "not JSON"),
        (http(b""), "not JSON"),
        (http(b"[]"), "no answer to this request"),
        (http(b'"0x1"'), "no answer to this request"),
        (http(b'{"jsonrpc":"2.0","id":999,"result":"0x1"}'), "answer to another request"),
        (http(b'{"jsonrpc":"2.0","id":1}'), "neither a result nor an error"),
        (http(b'{"jsonrpc":"2.0","id":1,"result":"latest"}'), "where a number belongs"),
        (http(b'{"jsonrpc":"2.0","id":1,"result":null}'), "where a number belongs"),
        (http(b'{"jsonrpc":"2.0","id":1,"result":5}'), "where a number belongs"),
        (http(b"no", "401 Unauthorized"), "status 401"),
        (http(b"slow down", "429 Too Many Requests"), "status 429"),
        (http(b"<h1>Bad gateway</h1>", "502 Bad Gateway"), "status 502"),
        (http(b"", "301 Moved", "Location: http://elsewhere/\r\n"), "status 301"),
    ],
)
def test_wrong_answers(node: Node, sent: bytes, says: str, opened: Open) -> None:
    """Whatever comes back, it is one ChainError with the address, the question and a hint."""
    node.behaviour = lambda peer, asked: peer.sendall(sent)
    with pytest.raises((BadAnswer, ChainUnreachable), match=says) as caught:
        opened(node)
    assert "eth_chainId" in caught.value.message
    assert caught.value.hint


def test_a_wrong_answer_does_not_spoil_the_next_question(node: Node, opened: Open) -> None:
    chain = opened(node)
    node.behaviour = lambda peer, asked: peer.sendall(http(b"garbage")[:-3])
    with pytest.raises(BadAnswer):
        chain.balance(TO)
    node.behaviour = None
    node.answers["eth_getBalance"] = "0x5"
    assert chain.balance(TO) == 5


def test_a_connection_closed_in_between_is_opened_again(node: Node, opened: Open) -> None:
    """Nodes drop idle connections; that is nobody's fault and nobody should notice."""
    node.answers["eth_getBalance"] = "0x5"
    chain = opened(node)

    def answer_and_hang_up(peer: socket.socket, asked: Any) -> None:
        peer.sendall(http(json.dumps({"id": asked["id"], "result": "0x6"}).encode()))

    node.behaviour = answer_and_hang_up
    assert chain.balance(TO) == 6
    assert chain.balance(TO) == 6
    node.behaviour = None
    assert chain.balance(TO) == 5


def test_json_errors_are_told_in_the_nodes_words(node: Node, opened: Open) -> None:
    node.answers["eth_getBalance"] = Fault(-32000, "header not found")
    with pytest.raises(RpcError, match="header not found") as caught:
        opened(node).balance(TO)
    assert node.url in caught.value.message


@pytest.mark.parametrize("status", ["200 OK", "400 Bad Request", "500 Internal Server Error"])
def test_json_errors_count_whatever_the_http_status(node: Node, status: str, opened: Open) -> None:
    def fail(peer: socket.socket, asked: Any) -> None:
        body = {"id": asked["id"], "error": {"code": -32000, "message": "too busy"}}
        peer.sendall(http(json.dumps(body).encode(), status))

    node.behaviour = fail
    with pytest.raises(RpcError, match="too busy"):
        opened(node)


@pytest.mark.parametrize(
    "url",
    ["ws://127.0.0.1:1", "127.0.0.1:8545", "", "http://", "http://127.0.0.1:99999", "file:///etc/passwd"],
)
def test_not_a_url(url: str) -> None:
    """What was typed is wrong, not the environment."""
    with pytest.raises(InvalidInput) as caught:
        RpcChain(url)
    assert "http://host:port" in caught.value.hint
    assert caught.value.exit_status == 2


def test_secrets_in_the_address_are_used_and_never_shown(node: Node, opened: Open) -> None:
    url = f"http://alice:s3cret%21@127.0.0.1:{node.port}/v3/k3y?token=t0ken"
    chain = opened(node, url)
    assert any(h.startswith("POST /v3/k3y?token=t0ken") for h in node.headers)
    assert "Authorization: Basic YWxpY2U6czNjcmV0IQ==" in node.headers
    node.close()
    node.behaviour = lambda peer, asked: peer.sendall(http(b"x"))
    with pytest.raises(ChainError) as caught:
        chain.head()
    assert chain.endpoint == node.url
    told = f"{caught.value.message} {caught.value.hint} {caught.value.values} {chain.endpoint}"
    for secret in ("alice", "s3cret", "k3y", "t0ken"):
        assert secret not in told


# ------------------------------------------------------------------------- another chain


def test_another_chain_than_last_time(node: Node, opened: Open) -> None:
    node.answers["eth_getBlockByNumber"] = lambda number, full: {**BLOCK, "number": "0x0"}
    mine = ChainIdentity(0x7A69, bytes.fromhex(HASH[2:]))
    assert opened(node, expect=mine).identity() == mine
    with pytest.raises(ChainChanged, match="first block"):
        opened(node, expect=ChainIdentity(0x7A69, bytes(32)))
    with pytest.raises(ChainChanged, match="chain id"):
        opened(node, expect=ChainIdentity(1, mine.genesis))


def test_local_is_only_a_known_id_on_this_machine(node: Node, opened: Open) -> None:
    assert opened(node).is_local
    node.answers["eth_chainId"] = "0x1"
    assert not opened(node).is_local


# ------------------------------------------------------------------------- reverts in every dialect


@pytest.mark.parametrize(
    ("fault", "data"),
    [
        (Fault(3, "execution reverted: custom error", data="0xdeadbeef"), "deadbeef"),
        (Fault(3, "execution reverted"), ""),
        (Fault(-32000, "execution reverted", data="0xdeadbeef"), "deadbeef"),
        (Fault(-32015, "VM execution error.", data="Reverted 0xdeadbeef"), "deadbeef"),
        (
            Fault(-32603, "VM Exception while processing", data={"message": "x", "data": "0xdeadbeef"}),
            "deadbeef",
        ),
        (Fault(-32000, "revert", data={"0xabc": {"error": "revert", "return": "0xdeadbeef"}}), "deadbeef"),
        (Fault(-32000, "invalid opcode: INVALID"), ""),
        (Fault(-32000, "out of gas"), ""),
    ],
    ids=["anvil", "bare", "besu", "nethermind", "hardhat", "ganache", "halt", "gas"],
)
def test_a_revert_is_a_revert_in_every_dialect(node: Node, fault: Fault, data: str, opened: Open) -> None:
    node.answers["eth_call"] = node.answers["eth_estimateGas"] = fault
    chain = opened(node)
    for ask in (chain.call, chain.estimate_gas):
        with pytest.raises(Reverted) as caught:
            ask(CallRequest(TO, b""))
        assert caught.value.data.hex() == data


@pytest.mark.parametrize("text", ["insufficient funds for gas * price + value", "the method is disabled"])
def test_not_every_error_is_a_revert(node: Node, text: str, opened: Open) -> None:
    node.answers["eth_call"] = Fault(-32000, text)
    with pytest.raises((Refused, RpcError)):
        opened(node).call(CallRequest(TO, b""))


def _receipt(status: str, block: int = 5) -> dict[str, Any]:
    return {
        "transactionHash": HASH,
        "status": status,
        "blockNumber": hex(block),
        "blockHash": HASH,
        "gasUsed": "0x5208",
        "logs": [],
        "contractAddress": None,
    }


def test_revert_data_without_a_tracer_comes_from_a_replay(node: Node, opened: Open) -> None:
    node.answers["eth_getTransactionReceipt"] = _receipt("0x0")
    node.answers["eth_getTransactionByHash"] = {
        "from": TO,
        "to": TO,
        "input": "0x12",
        "gas": "0x5208",
        "value": "0x0",
    }
    node.answers["eth_call"] = lambda fields, block: (
        Fault(3, "execution reverted", data="0xdeadbeef") if block == "0x4" else "0x"
    )
    chain = opened(node)
    tx_hash = bytes.fromhex(HASH[2:])
    assert chain.revert_data(tx_hash).hex() == "deadbeef"
    node.answers["eth_call"] = Fault(-32000, "missing trie node")
    with pytest.raises(Unsupported):
        chain.revert_data(tx_hash)
    with pytest.raises(Unsupported):
        chain.trace(tx_hash)
    node.answers["eth_getTransactionReceipt"] = None
    with pytest.raises(TransactionUnknown):
        chain.revert_data(tx_hash)


def test_a_pruned_state_is_unsupported(node: Node, opened: Open) -> None:
    node.answers["eth_call"] = Fault(-32000, "missing trie node abc")
    with pytest.raises(Unsupported):
        opened(node).call(CallRequest(TO, b""), block=1)


# ------------------------------------------------------------------------- waiting and sending


def test_waits_for_confirmations(node: Node, opened: Open) -> None:
    heights = iter([5, 6, 7, 8, 9])
    node.answers["eth_getTransactionReceipt"] = _receipt("0x1")
    node.answers["eth_getBlockByNumber"] = lambda tag, full: {**BLOCK, "number": hex(next(heights))}
    chain = opened(node, confirmations=3)
    assert chain.wait(bytes.fromhex(HASH[2:]), 5).block_number == 5
    assert next(heights) == 9


def test_waiting_ends_and_says_what_is_missing(node: Node, opened: Open) -> None:
    tx_hash = bytes.fromhex(HASH[2:])
    node.answers["eth_getTransactionReceipt"] = None
    node.answers["eth_getTransactionByHash"] = None
    node.answers["eth_getBlockByNumber"] = BLOCK
    chain = opened(node)
    with pytest.raises(TransactionUnknown):
        chain.wait(tx_hash, 0.2)
    node.answers["eth_getTransactionByHash"] = {"hash": HASH}
    with pytest.raises(ChainTimeout, match="no receipt") as caught:
        chain.wait(tx_hash, 0.2)
    assert "has not mined it" in caught.value.hint
    node.answers["eth_getTransactionReceipt"] = _receipt("0x1")
    with pytest.raises(ChainTimeout, match="not 6 blocks deep"):
        chain.wait(tx_hash, 0.2, confirmations=6)


def test_a_receipt_of_another_transaction_is_no_receipt(node: Node, opened: Open) -> None:
    node.answers["eth_getTransactionReceipt"] = _receipt("0x1")
    with pytest.raises(BadAnswer):
        opened(node).receipt(bytes(32))


def test_already_known_is_not_an_error(node: Node, opened: Open) -> None:
    """Whatever words a node has for it: what counts is that it knows the hash."""
    raw = b"\x02\x01"
    node.answers["eth_sendRawTransaction"] = Fault(-32000, "déjà vu")
    node.answers["eth_getTransactionByHash"] = {"hash": HASH}
    chain = opened(node)
    assert chain.send_raw(raw) == keccak256(raw)
    node.answers["eth_getTransactionByHash"] = None
    with pytest.raises(Refused, match="déjà vu"):
        chain.send_raw(raw)
    node.answers["eth_sendRawTransaction"] = Fault(3, "execution reverted", data="0xdeadbeef")
    with pytest.raises(Reverted) as caught:
        chain.send_raw(raw)
    assert caught.value.data.hex() == "deadbeef"


def test_a_node_without_batches_is_asked_one_by_one(node: Node, opened: Open) -> None:
    plain = node._one

    def refuse_batches(peer: socket.socket, asked: Any) -> None:
        if isinstance(asked, list):
            peer.sendall(http(b'{"jsonrpc":"2.0","id":null,"error":{"code":-32600,"message":"no batches"}}'))
        else:
            peer.sendall(http(json.dumps(plain(asked)).encode()))

    node.answers["eth_sendRawTransaction"] = HASH
    node.behaviour = refuse_batches
    assert len(opened(node).send_many([b"\x02\x01", b"\x02\x02"])) == 2


def test_batch_answers_may_come_in_any_order_but_must_come(node: Node) -> None:
    client = JsonRpc(node.url, 0.5)
    plain = node._one
    node.answers["m"] = lambda n: n

    def shuffle(peer: socket.socket, asked: Any) -> None:
        peer.sendall(http(json.dumps([plain(a) for a in reversed(asked)]).encode()))

    node.behaviour = shuffle
    assert client.batch([("m", [n]) for n in range(5)]) == [0, 1, 2, 3, 4]
    node.behaviour = lambda peer, asked: peer.sendall(http(json.dumps([plain(asked[0])]).encode()))
    with pytest.raises(BadAnswer, match="no answer to this request"):
        client.batch([("m", [1]), ("m", [2])])
    client.close()


def test_wide_questions_for_events_are_divided(node: Node, opened: Open) -> None:
    """Public nodes limit the range; the events come back whole and in order."""

    def logs(asked: dict[str, Any]) -> Any:
        first, last = int(asked["fromBlock"], 16), int(asked["toBlock"], 16)
        if last - first > 10:
            return Fault(-32005, "query returned more than 10000 results")
        return [
            {
                "address": TO,
                "topics": [HASH],
                "data": "0x",
                "blockNumber": hex(n),
                "transactionHash": HASH,
                "logIndex": "0x0",
            }
            for n in range(first, last + 1)
        ]

    node.answers["eth_getLogs"] = logs
    found = opened(node).logs(TO, from_block=3, to_block=100)
    assert [log.block_number for log in found] == list(range(3, 101))


def test_an_error_for_events_that_is_not_about_width_is_told(node: Node, opened: Open) -> None:
    node.answers["eth_getLogs"] = Fault(-32000, "database closed")
    with pytest.raises(RpcError, match="database closed"):
        opened(node).logs(TO, to_block=1_000)
    assert node.asked.count("eth_getLogs") == 1


def test_a_chain_without_base_fee_has_a_gas_price(node: Node, opened: Open) -> None:
    node.answers["eth_getBlockByNumber"] = {k: v for k, v in BLOCK.items() if k != "baseFeePerGas"}
    node.answers["eth_gasPrice"] = "0x9"
    assert opened(node).base_fee() == 9


def test_now_is_of_the_pending_block_where_there_is_one(node: Node, opened: Open) -> None:
    node.answers["eth_getBlockByNumber"] = lambda tag, full: {
        **BLOCK,
        "timestamp": "0xc8" if tag == "pending" else "0x64",
    }
    assert opened(node).now() == 200
    node.answers["eth_getBlockByNumber"] = lambda tag, full: None if tag == "pending" else BLOCK
    assert opened(node).now() == 100


@pytest.mark.anvil
def test_offers_web3_on_the_same_node(shared_anvil: AnvilChain) -> None:
    assert shared_anvil.endpoint is not None
    with RpcChain(shared_anvil.endpoint) as chain:
        assert chain.web3().eth.chain_id == chain.chain_id() == 31337
