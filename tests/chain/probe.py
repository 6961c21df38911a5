"""A small contract for exercising chains, assembled by hand, and a signer for its transactions.

The first byte of the calldata says what it does:
00  adds one to slot 0, emits Bumped(topic0, new value), returns the new value
01  reverts with the rest of the calldata
02  returns block.timestamp          03  runs into an invalid opcode
04  returns block.number             05  returns slot 0
06  spends about 200,000 gas and emits nothing
"""

from __future__ import annotations

from typing import Any, Final

from eth_account import Account
from eth_account.signers.local import LocalAccount

from wallet.chain.base import Chain, Receipt
from wallet.keccak import keccak256

Account.enable_unaudited_hdwallet_features()
MNEMONIC: Final = "test test test test test test test test test test test junk"
ACCOUNTS: Final = [Account.from_mnemonic(MNEMONIC, account_path=f"m/44'/60'/0'/0/{i}") for i in range(4)]
ALICE, BOB, CAROL, DAVE = ACCOUNTS
BUMPED: Final = keccak256(b"Bumped(uint256)")
CUSTOM: Final = bytes.fromhex("deadbeef") + (7).to_bytes(32) + b"\x01" * 32
"""Revert data in the shape of a custom error with two values."""

BUMP, STAMP, HALT, NUMBER, READ, BURN = (bytes([n]) for n in (0, 2, 3, 4, 5, 6))
FAIL = b"\x01" + CUSTOM

_OPS: Final = {
    "STOP": 0x00, "ADD": 0x01, "SUB": 0x03, "LT": 0x10, "EQ": 0x14, "ISZERO": 0x15, "BYTE": 0x1A, "SHR": 0x1C,
    "KECCAK": 0x20, "CALLDATALOAD": 0x35, "CALLDATASIZE": 0x36, "CALLDATACOPY": 0x37, "CODECOPY": 0x39,
    "TIMESTAMP": 0x42, "BLOCKNUMBER": 0x43, "POP": 0x50, "MSTORE": 0x52, "SLOAD": 0x54, "SSTORE": 0x55,
    "JUMP": 0x56, "JUMPI": 0x57, "GAS": 0x5A, "JUMPDEST": 0x5B, "DUP1": 0x80, "DUP2": 0x81, "SWAP1": 0x90,
    "LOG2": 0xA2, "RETURN": 0xF3, "REVERT": 0xFD, "INVALID": 0xFE,
}  # fmt: skip


def assemble(source: str) -> bytes:
    """Opcodes by name, numbers as pushes, `name:` as a label and `@name` as its address."""
    code, labels, holes = bytearray(), dict[str, int](), list[tuple[int, str]]()
    for word in source.split():
        if word.endswith(":"):
            labels[word[:-1]] = len(code)
            code.append(_OPS["JUMPDEST"])
        elif word.startswith("@"):
            holes.append((len(code) + 1, word[1:]))
            code += b"\x61\0\0"
        elif word in _OPS:
            code.append(_OPS[word])
        else:
            value = int(word, 0)
            size = max(1, (value.bit_length() + 7) // 8)
            code += bytes([0x5F + size]) + value.to_bytes(size)
    for at, label in holes:
        code[at : at + 2] = labels[label].to_bytes(2)
    return bytes(code)


RUNTIME: Final = assemble(
    f"""
    0 CALLDATALOAD 248 SHR
    DUP1 0 EQ @bump JUMPI     DUP1 1 EQ @fail JUMPI      DUP1 2 EQ @stamp JUMPI    DUP1 3 EQ @halt JUMPI
    DUP1 4 EQ @number JUMPI   DUP1 5 EQ @read JUMPI      DUP1 6 EQ @burn JUMPI     STOP
    bump:   0 SLOAD 1 ADD DUP1 0 SSTORE DUP1 0 MSTORE 0x{BUMPED.hex()} 32 0 LOG2 32 0 RETURN
    fail:   1 CALLDATASIZE SUB DUP1 1 0 CALLDATACOPY 0 REVERT
    stamp:  TIMESTAMP 0 MSTORE 32 0 RETURN
    halt:   INVALID
    number: BLOCKNUMBER 0 MSTORE 32 0 RETURN
    read:   0 SLOAD 0 MSTORE 32 0 RETURN
    burn:   GAS
    loop:   32 0 KECCAK POP DUP1 GAS SWAP1 SUB 200000 LT ISZERO @loop JUMPI STOP
    """
)
CREATION: Final = assemble(f"{len(RUNTIME)} @end 1 ADD 0 CODECOPY {len(RUNTIME)} 0 RETURN end:") + RUNTIME


def sign(
    chain: Chain,
    data: bytes = b"",
    to: str | None = None,
    *,
    sender: LocalAccount = ALICE,
    nonce: int | None = None,
    gas: int = 300_000,
    value: int = 0,
    fee: int | None = None,
    chain_id: int | None = None,
) -> bytes:
    """A signed fee-market transaction, ready to send."""
    fields: dict[str, Any] = {
        "chainId": chain.chain_id() if chain_id is None else chain_id,
        "nonce": chain.nonce(sender.address) if nonce is None else nonce,
        "gas": gas,
        "maxFeePerGas": 10 * chain.base_fee() + 1 if fee is None else fee,
        "maxPriorityFeePerGas": 1 if fee is None else 0,
        "value": value,
        "data": data,
    }
    if to is not None:
        fields["to"] = to
    return bytes(sender.sign_transaction(fields).raw_transaction)


def send(chain: Chain, data: bytes = b"", to: str | None = None, **options: Any) -> Receipt:
    """Sign, send and wait."""
    return chain.wait(chain.send_raw(sign(chain, data, to, **options)), timeout=20)


def deploy(chain: Chain, sender: LocalAccount = ALICE) -> str:
    """The address of a fresh probe."""
    receipt = send(chain, CREATION, sender=sender)
    assert receipt.ok
    assert receipt.contract is not None
    return receipt.contract
