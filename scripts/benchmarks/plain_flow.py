"""The flow of flow.scenario.yaml as one writes it with web3.py; the node's own snapshot undoes it."""

from __future__ import annotations

from typing import Any

from web3.exceptions import ContractLogicError
from web3.logs import DISCARD

from benchmarks.plain import PlainTill, Sale

PRICE, USED = 100_000, 3_000


class PlainFlow:
    """One consumer with money, one merchant on the platform; everything else happens each time anew."""

    def __init__(self, w3: Any, abis: dict[str, list[Any]], keys: dict[str, bytes], wallet: str, yuan: str):
        self.w3 = w3
        self.till = PlainTill(w3, abis["SubWallet"], keys, None)
        self.wallet = w3.eth.contract(address=wallet, abi=abis["SubWallet"])
        self.yuan = w3.eth.contract(address=yuan, abi=abis["DigitalYuan"])
        self.people = self.till.consumer, self.till.merchant

    def play(self, terms: tuple[Any, ...]) -> None:
        """Once, from a card's purchase to its end, asserting every balance; then it never happened."""
        before = self.w3.provider.make_request("evm_snapshot", [])["result"]
        consumer, merchant = (one.address for one in self.people)
        start = [self._money(one) for one in (consumer, merchant, self.wallet.address)]

        self._send(self.yuan.functions.approve(self.wallet.address, PRICE))
        receipt = self._send(self.wallet.functions.open(terms))
        (opened,) = self.wallet.events.Opened().process_receipt(receipt, errors=DISCARD)
        assert self._money(consumer) == start[0] - PRICE
        assert self._money(self.wallet.address) == start[2] + PRICE

        sale = Sale(self.wallet.address, opened["args"]["card"], terms, USED, USED, USED, "C-17")
        self.till.nonce = self.w3.eth.get_transaction_count(self.till.carrier.address)
        assert self.till.consume(sale) == USED
        assert self._money(merchant) == start[1] + USED
        try:
            self.till.consume(sale)
        except ContractLogicError:
            pass
        else:
            raise AssertionError("used twice")

        self.w3.provider.make_request("evm_increaseTime", [20 * 86_400])
        self.w3.provider.make_request("evm_mine", [])
        self._send(self.wallet.functions.terminate(terms, PRICE - USED))
        assert self._money(consumer) == start[0] - USED
        assert self._money(self.wallet.address) == start[2]
        self.w3.provider.make_request("evm_revert", [before])

    def _money(self, address: str) -> int:
        fen: int = self.yuan.functions.balanceOf(address).call()
        return fen

    def _send(self, call: Any) -> Any:
        consumer = self.people[0]
        transaction = call.build_transaction(
            {
                "from": consumer.address,
                "nonce": self.w3.eth.get_transaction_count(consumer.address),
                "chainId": self.till.chain_id,
                **self.till.fees,
            }
        )
        raw = consumer.sign_transaction(transaction)
        sent = self.w3.eth.send_raw_transaction(raw.raw_transaction)
        receipt = self.w3.eth.wait_for_transaction_receipt(sent, timeout=30, poll_latency=0.005)
        assert receipt["status"] == 1
        return receipt
