"""The contract tests' World on anvil, where a receipt's gas is what a public chain would charge.

Everything but the machine underneath is the harness's: the same accounts, terms and signatures. Senders are
impersonated, so that any account can carry any message.
"""

from __future__ import annotations

import json
import socket
import subprocess
import time
from pathlib import Path
from typing import Any, Self
from urllib.request import Request, urlopen

from tests.contracts.evm import CHAIN_ID, GAS, START, address_of, parse
from tests.contracts.harness import World

ANVIL = Path(__file__).resolve().parents[2] / "node_modules" / ".bin" / "anvil"


class AnvilWorld(World):
    """A World whose `gas` is that of the last transaction's receipt. Close it, or use it as a context."""

    def __init__(self) -> None:
        self.gas = 0
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        self._url = f"http://127.0.0.1:{port}"
        chain = ["--chain-id", str(CHAIN_ID), "--hardfork", "cancun", "--timestamp", str(START - 1)]
        node = ["--port", str(port), "--gas-limit", str(GAS), "--auto-impersonate", "--silent"]
        self._process = subprocess.Popen([ANVIL, *node, *chain])
        try:
            self._wait()
            # A second for each block, whatever the machine's clock says: a use in the very second of the
            # opening skips the calendar and costs 436 less, so figures would depend on how fast we are.
            self._rpc("anvil_setBlockTimestampInterval", 1)
            super().__init__()
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """End the node."""
        self._process.terminate()
        self._process.wait(10)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def create(self, creation: bytes) -> str:
        request = {"from": self._deployer, "data": "0x" + creation.hex()}
        return parse(self._send(request)["contractAddress"])

    def transact(self, to: Any, data: bytes, *, sender: Any = None, gas: int = GAS) -> bytes:
        request = {
            "from": self._sender(sender),
            "to": address_of(to),
            "data": "0x" + data.hex(),
            "gas": hex(gas),
        }
        answer = self._rpc("eth_call", request, "latest")
        self._send(request)
        return bytes.fromhex(answer[2:])

    def ask(self, to: Any, data: bytes, *, sender: Any = None, gas: int = GAS) -> bytes:
        request = {
            "from": self._sender(sender),
            "to": address_of(to),
            "data": "0x" + data.hex(),
            "gas": hex(gas),
        }
        return bytes.fromhex(self._rpc("eth_call", request, "latest")[2:])

    def code(self, address: str) -> bytes:
        return bytes.fromhex(self._rpc("eth_getCode", address, "latest")[2:])

    def warp(self, moment: int) -> None:
        self.now = moment
        self._rpc("anvil_setTime", moment)
        self._rpc("evm_setNextBlockTimestamp", moment)
        self._rpc("evm_mine")

    def _request(self, to: Any, data: bytes, sender: Any, gas: int) -> dict[str, str]:
        return {
            "from": self._sender(sender),
            "to": address_of(to),
            "data": "0x" + data.hex(),
            "gas": hex(gas),
        }

    def _send(self, request: dict[str, str]) -> dict[str, Any]:
        self._rpc("anvil_setBalance", request["from"], hex(10**20))
        sent = self._rpc("eth_sendTransaction", request)
        receipt: dict[str, Any] | None = None
        for _ in range(1_000):  # anvil answers before it has mined
            if (receipt := self._rpc("eth_getTransactionReceipt", sent)) is not None:
                break
            time.sleep(0.005)
        assert receipt is not None, f"{sent} was not mined"
        assert receipt["status"] == "0x1", receipt
        self.gas = int(receipt["gasUsed"], 16)
        return receipt

    def _rpc(self, method: str, *params: Any) -> Any:
        body = json.dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": params}).encode()
        request = Request(self._url, body, {"Content-Type": "application/json"})
        with urlopen(request, timeout=20) as reply:
            answer = json.load(reply)
        if "error" in answer:
            data = answer["error"].get("data")
            if isinstance(data, str):
                raise self.explain(bytes.fromhex(data[2:]))
            raise RuntimeError(f"{method}: {answer['error']}")
        return answer["result"]

    def _wait(self) -> None:
        for _ in range(100):
            try:
                self._rpc("eth_chainId")
            except OSError:
                time.sleep(0.05)
            else:
                return
        raise RuntimeError("anvil did not answer within five seconds")
