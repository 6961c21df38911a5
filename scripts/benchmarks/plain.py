"""The same consumption as one writes it with web3.py and eth_account, one after the other.

What a careful person writes from those libraries' documentation, with nothing from this project: chain id
and fees are asked once and nonces counted; the gas estimate, which runs the call, stands for the simulation;
both signatures are recovered before they are relied on; a small journal remembers each transaction before it
leaves.
"""

from __future__ import annotations

import secrets
import sqlite3
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from eth_account import Account
from eth_account.messages import encode_typed_data
from web3 import Web3
from web3.logs import DISCARD

WAIT = 0.005
"""Seconds between two looks for a receipt; web3.py's own choice of 0.1 would only make it slower."""

_DOMAIN = [
    {"name": "name", "type": "string"},
    {"name": "version", "type": "string"},
    {"name": "chainId", "type": "uint256"},
    {"name": "verifyingContract", "type": "address"},
]
_TOTALS = [
    {"name": "card", "type": "bytes32"},
    {"name": "usedAfter", "type": "uint256"},
    {"name": "listedAfter", "type": "uint256"},
    {"name": "maxPay", "type": "uint256"},
    {"name": "charge", "type": "bytes32"},
    {"name": "deadline", "type": "uint256"},
]
_TYPES = {"Charge": _TOTALS, "Consume": [*_TOTALS, {"name": "epoch", "type": "uint256"}]}


@dataclass(frozen=True, slots=True)
class Sale:
    """What is to be consumed: the card, its terms as a tuple, its totals afterwards and the fen to move."""

    wallet: str
    card: bytes
    terms: tuple[Any, ...]
    used_after: int
    listed_after: int
    pays: int
    number: str


class PlainTill:
    """The merchant's and the consumer's keys in one program."""

    def __init__(self, w3: Any, abi: list[Any], keys: dict[str, bytes], journal: Path | None) -> None:
        """`keys` are those of "merchant", "consumer" and "carrier"; without `journal` nothing is written."""
        self.w3, self.abi = w3, abi
        self.merchant, self.consumer, self.carrier = (
            Account.from_key(keys[name]) for name in ("merchant", "consumer", "carrier")
        )
        self.chain_id = w3.eth.chain_id
        self.nonce = w3.eth.get_transaction_count(self.carrier.address)
        base = w3.eth.get_block("latest")["baseFeePerGas"]
        self.fees = {"maxFeePerGas": 2 * base + 1, "maxPriorityFeePerGas": 0}
        self.db = None if journal is None else _open(journal)

    def consume(self, sale: Sale) -> int:
        """One consumption, from the merchant's charge to the event in the receipt; fen that moved."""
        charge = {
            "card": sale.card,
            "usedAfter": sale.used_after,
            "listedAfter": sale.listed_after,
            "maxPay": sale.pays,
            "charge": bytes(Web3.keccak(secrets.token_bytes(16) + sale.number.encode())),
            "deadline": int(time.time()) + 900,
        }
        asked = self._typed("Charge", sale.wallet, charge)
        self._check(asked, self.merchant.sign_typed_data(full_message=asked), self.merchant)
        answered = self._typed("Consume", sale.wallet, {**charge, "epoch": 0})
        signed = self.consumer.sign_typed_data(full_message=answered)
        self._check(answered, signed, self.consumer)

        contract = self.w3.eth.contract(address=sale.wallet, abi=self.abi)
        # The contract's struct names them in the same order, without the card.
        consumption = (*list(charge.values())[1:], 0)
        call = contract.functions.consume(sale.terms, consumption, bytes(signed.signature))
        transaction = call.build_transaction(
            {
                "from": self.carrier.address,
                "nonce": self.nonce,
                "chainId": self.chain_id,
                # With the bare estimate the next block may run out: what is cold changes with each use.
                "gas": call.estimate_gas({"from": self.carrier.address}) * 5 // 4,
                **self.fees,
            }
        )
        raw = self.carrier.sign_transaction(transaction)
        self._write("INSERT INTO sent VALUES (?, ?, ?, 'ready')", raw.hash, self.nonce, raw.raw_transaction)
        tx_hash = self.w3.eth.send_raw_transaction(raw.raw_transaction)
        self.nonce += 1
        receipt = self.w3.eth.wait_for_transaction_receipt(tx_hash, timeout=30, poll_latency=WAIT)
        assert receipt["status"] == 1, "refused"
        (event,) = contract.events.Consumed().process_receipt(receipt, errors=DISCARD)
        self._write("UPDATE sent SET state = 'mined' WHERE hash = ?", raw.hash)
        paid: int = event["args"]["paid"]
        return paid

    def _typed(self, name: str, wallet: str, message: dict[str, Any]) -> dict[str, Any]:
        domain = {
            "name": "Prepaid SubWallet",
            "version": "1",
            "chainId": self.chain_id,
            "verifyingContract": wallet,
        }
        types = {"EIP712Domain": _DOMAIN, name: _TYPES[name]}
        return {"types": types, "primaryType": name, "domain": domain, "message": message}

    @staticmethod
    def _check(message: dict[str, Any], signed: Any, signer: Any) -> None:
        found = Account.recover_message(encode_typed_data(full_message=message), signature=signed.signature)
        assert found == signer.address, "signed by somebody else"

    def _write(self, statement: str, *values: Any) -> None:
        if self.db is not None:
            with self.db:
                self.db.execute(statement, [bytes(v) if isinstance(v, bytes) else v for v in values])


def _open(path: Path) -> sqlite3.Connection:
    db = sqlite3.connect(path)
    db.execute("PRAGMA journal_mode = WAL")
    db.execute("PRAGMA synchronous = FULL")
    db.execute("CREATE TABLE IF NOT EXISTS sent (hash BLOB PRIMARY KEY, nonce INTEGER, raw BLOB, state TEXT)")
    return db
