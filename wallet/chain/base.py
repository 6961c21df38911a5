"""What every chain backend offers, and the values that pass between a chain and the rest.

Addresses are checksummed text, hashes and data are bytes, amounts of the chain's own coin are wei, times are
unix seconds of the chain's clock. Signing is somebody else's: a chain takes signed transactions only. Nothing
here knows what a prepaid card is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, auto
from ipaddress import ip_address
from pathlib import Path
from typing import Any, Final, Literal, Protocol, Self, TypeAlias
from urllib.parse import urlsplit

from wallet.chain.errors import (
    BadAnswer,
    BatchRefused,
    ChainBusy,
    ChainChanged,
    ChainError,
    ChainTimeout,
    ChainUnreachable,
    Refused,
    Reverted,
    StateDamaged,
    StateUnwritable,
    TransactionUnknown,
    Unsupported,
)

__all__ = [
    "DEV_ADDRESSES",
    "DEV_BALANCE",
    "LOCAL_CHAIN_IDS",
    "BadAnswer",
    "BatchRefused",
    "CallRequest",
    "Capability",
    "Chain",
    "ChainBusy",
    "ChainChanged",
    "ChainError",
    "ChainIdentity",
    "ChainOptions",
    "ChainTimeout",
    "ChainUnreachable",
    "Head",
    "Log",
    "RawBlock",
    "Receipt",
    "Refused",
    "Reverted",
    "StateDamaged",
    "StateUnwritable",
    "Topics",
    "TransactionUnknown",
    "Unsupported",
    "is_local_chain",
    "raise_if_reverted",
]

Topics: TypeAlias = Sequence[bytes | Sequence[bytes] | None]
"""A filter by position: None matches anything, bytes exactly that, a sequence any one of it."""


class Capability(Enum):
    """What not every backend can do."""

    SNAPSHOT = auto()
    TIME_TRAVEL = auto()
    MINE = auto()
    SET_BALANCE = auto()
    RESET = auto()
    SAVE = auto()
    TRACE = auto()
    PERSISTENT = auto()
    """The chain is still there in the next process."""
    DURABLE_SNAPSHOTS = auto()
    """A snapshot taken in one process can be reverted to in a later one, even after the chain was stopped."""
    SHARED = auto()
    """Several processes may use it at once."""
    REAL_GAS = auto()
    """Gas used and gas estimates are those of the public chain's rules."""
    PAST_STATE = auto()
    """Calls at an earlier block are answered from the state of that block."""
    UNSIGNED = auto()
    """`execute` runs a call as a transaction without a signature."""
    MAY_FORGET = auto()
    """A mined transaction can be lost (process killed before its state was saved, or a reorganisation)."""
    RESTART = auto()
    """What serves the chain can be ended and started again: `restart`."""
    RECEIPTS = auto()
    """Blocks have a header with the roots of tries over their transactions and receipts: `raw_block`."""


@dataclass(frozen=True, slots=True)
class Head:
    """A block, seen from outside. `timestamp` in unix seconds."""

    number: int
    hash: bytes
    timestamp: int


@dataclass(frozen=True, slots=True)
class Log:
    """One event as the chain keeps it. `index` counts within its block."""

    address: str
    topics: tuple[bytes, ...]
    data: bytes
    block_number: int
    tx_hash: bytes
    index: int


@dataclass(frozen=True, slots=True)
class Receipt:
    """A mined transaction's outcome. `contract` is the address it created, if it created one."""

    tx_hash: bytes
    ok: bool
    block_number: int
    block_hash: bytes
    gas_used: int
    logs: tuple[Log, ...]
    contract: str | None = None


@dataclass(frozen=True, slots=True)
class RawBlock:
    """A block as it was hashed, so that what is in it can be proven to others.

    `header` is its RLP, and keccak256 of that the block's hash; receipts and transactions are the values of
    the tries whose roots it names (EIP-2718). Without `transactions` the node does not give them.
    """

    header: bytes
    receipts: tuple[bytes, ...]
    transactions: tuple[bytes, ...] | None = None


@dataclass(frozen=True, slots=True)
class CallRequest:
    """A message to a contract (or, with `to` None, the creation of one). `value` in wei."""

    to: str | None
    data: bytes
    sender: str | None = None
    value: int = 0
    gas: int | None = None


@dataclass(frozen=True, slots=True)
class ChainIdentity:
    """What tells one chain from another: its id and its first block."""

    chain_id: int
    genesis: bytes

    def __str__(self) -> str:
        return f"{self.chain_id}-{self.genesis.hex()[:16]}"


@dataclass(frozen=True, slots=True)
class ChainOptions:
    """How to open a chain. What does not concern a backend is ignored by it.

    genesis_time and clock count only when a chain is created: with clock "wall" a block's time is the
    machine's (plus what was advanced), with "steps" each block comes one second after the one before, so
    that two runs are alike.
    """

    lock_wait: float = 10.0
    """Seconds to wait for another process that holds the chain."""
    timeout: float = 10.0
    """Seconds a node may take to answer one request."""
    confirmations: int = 0
    """Blocks to wait for on top of a transaction's own, where `wait` is not told."""
    genesis_time: int | None = None
    clock: Literal["wall", "steps"] = "wall"
    expect: ChainIdentity | None = None
    """The identity met last time; a different one raises ChainChanged."""


class Chain(Protocol):
    """One chain. Not safe for use by two threads at once."""

    name: str
    capabilities: frozenset[Capability]
    is_local: bool
    """True only for a chain of our own machine with a well-known development chain id."""
    notices: list[str]
    """What happened to the chain that its user should be told (restarted, lost blocks); may be emptied."""

    @property
    def endpoint(self) -> str | None:
        """The node's URL without secrets; None for a chain inside this process."""

    def identity(self) -> ChainIdentity: ...

    def chain_id(self) -> int: ...

    def head(self) -> Head:
        """The newest block."""

    def block(self, number: int) -> Head | None: ...

    def now(self) -> int:
        """The time a transaction sent now would see: the next block's where known, else the newest's."""

    def base_fee(self) -> int:
        """Base fee of the next block, in wei per gas."""

    def balance(self, address: str) -> int: ...

    def nonce(self, address: str) -> int:
        """Number of the account's next transaction, those in waiting included."""

    def code(self, address: str) -> bytes: ...

    def call(self, request: CallRequest, block: int | None = None) -> bytes:
        """Answer of a call that changes nothing; at the next block (`now`), or in the state after `block`.

        Raises Reverted; Unsupported if the state of `block` is no longer there.
        """

    def estimate_gas(self, request: CallRequest) -> int:
        """A gas limit with which the request succeeds. Raises Reverted."""

    def send_raw(self, raw: bytes) -> bytes:
        """Hand over a signed transaction and return its hash; one that the chain has already is no error.

        Raises Refused, or Reverted if a node refuses with revert data. That it is mined, and well, only
        `wait` can tell.
        """

    def send_many(self, raws: Sequence[bytes]) -> list[bytes]:
        """The same for many, in order and fast. Raises BatchRefused; what it does not name was taken."""

    def receipt(self, tx_hash: bytes) -> Receipt | None: ...

    def receipts(self, hashes: Sequence[bytes]) -> list[Receipt | None]: ...

    def wait(self, tx_hash: bytes, timeout: float = 60.0, confirmations: int | None = None) -> Receipt:
        """The receipt, once the transaction is mined with `confirmations` blocks on top; `ok` may be False.

        Local chains know no reorganisation and ignore confirmations. Raises ChainTimeout.
        """

    def knows(self, tx_hash: bytes) -> bool:
        """True if the transaction is mined or waiting to be."""

    def revert_data(self, tx_hash: bytes) -> bytes:
        """What a mined transaction reverted with; empty if it gave nothing (out of gas) or succeeded.

        Raises TransactionUnknown if it is not mined, Unsupported if the chain cannot tell any more.
        """

    def logs(
        self,
        addresses: str | Sequence[str] | None = None,
        topics: Topics = (),
        from_block: int = 0,
        to_block: int | None = None,
    ) -> list[Log]:
        """Events in chain order, both blocks included."""

    def raw_block(self, number: int) -> RawBlock | None:
        """A block as it was hashed, None if there is none; Unsupported where `capabilities` lacks RECEIPTS.

        Also Unsupported if the node's header does not hash to the block's hash. Whether receipts and
        transactions give the roots in it is for the asker to see.
        """

    def raw_header(self, number: int) -> bytes | None:
        """The header of `raw_block` alone."""

    def close(self) -> None: ...

    def __enter__(self) -> Self: ...

    def __exit__(self, *exc: object) -> None: ...

    # What only a laboratory has. Each raises Unsupported where `capabilities` lacks it.

    def snapshot(self) -> str:
        """Mark this moment; the id can be reverted to any number of times."""

    def revert(self, snapshot: str) -> None:
        """Go back to a snapshot: blocks, state and clock. Snapshots taken after it are gone."""

    def advance(self, seconds: int) -> Head:
        """Move the clock on and mine one empty block at the new time."""

    def mine(self, blocks: int = 1) -> Head: ...

    def set_balance(self, address: str, wei: int) -> None: ...

    def reset(self) -> None:
        """Start a new, empty chain in this one's place. Its identity is a new one."""

    def restart(self) -> None:
        """End what serves the chain and start it again, as a power cut does that comes at a good moment.

        All that was mined is there again, and the clock goes on. Gone are what waited to be mined, snapshots
        that are not durable, and perhaps the state of past blocks.
        """

    def save(self, path: Path) -> None:
        """Write the chain to a file that `load` of the same backend reads."""

    def load(self, path: Path) -> None: ...

    def trace(self, tx_hash: bytes) -> dict[str, Any]:
        """The tree of calls of a mined transaction, as geth's callTracer gives it."""


def raise_if_reverted(chain: Chain, receipt: Receipt) -> Receipt:
    """The receipt itself if its transaction succeeded; else Reverted with the contract's own data."""
    if receipt.ok:
        return receipt
    try:
        data = chain.revert_data(receipt.tx_hash)
    except (Unsupported, TransactionUnknown):
        data = b""
    raise Reverted(data, receipt.tx_hash)


DEV_BALANCE: Final = 1_000_000 * 10**18
"""Wei in each development account at the start of a local chain."""

DEV_ADDRESSES: Final = (
    "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266",
    "0x70997970C51812dc3A010C7d01b50e0d17dc79C8",
    "0x3C44CdDdB6a900fa2b585dd299e03d12FA4293BC",
    "0x90F79bf6EB2c4f870365E785982E1f101E93b906",
    "0x15d34AAf54267DB7D7c367839AAf71A00a2C6A65",
    "0x9965507D1a55bcC2695C58ba16FB37d819B0A4dc",
    "0x976EA74026E726554dB657fA54763abd0C3a0aa9",
    "0x14dC79964da2C08b23698B3D3cc7Ca32193d9955",
    "0x23618e81E3f5cdF7f54C3d65f7FBc0aBf5B21E8f",
    "0xa0Ee7A142d267C1f36714E4a8F75612F20a79720",
    "0xBcd4042DE499D14e55001CcbB24a551F3b954096",
    "0x71bE63f3384f5fb98995898A86B02Fb2426c5788",
    "0xFABB0ac9d68B0B445fB7357272Ff202C5651694a",
    "0x1CBd3b2770909D4e10f157cABC84C7264073C9Ec",
    "0xdF3e18d64BC6A983f673Ab319CCaE4f1a57C7097",
    "0xcd3B766CCDd6AE721141F452C550Ca635964ce71",
    "0x2546BcD3c84621e976D8185a91A922aE77ECEc30",
    "0xbDA5747bFD65F08deb54cb465eB87D40e51B197E",
    "0xdD2FD4581271e230360230F9337D5c0430Bf44C0",
    "0x8626f6940E2eb28930eFb4CeF49B2d1F2C9C1199",
)
"""The first accounts of the mnemonic "test test … junk", m/44'/60'/0'/0; local chains start with these."""

LOCAL_CHAIN_IDS: Final = frozenset({1337, 31337, 131277322940537})
"""geth --dev and ganache; anvil, hardhat and the in-process revm; eth-tester."""


def is_local_chain(chain_id: int, endpoint: str | None) -> bool:
    """Whether a chain is certainly one of this machine's own; `endpoint` None means inside this process.

    A well-known id on another machine, or another id on this one (a fork, a tunnel), is not local.
    """
    if chain_id not in LOCAL_CHAIN_IDS:
        return False
    if endpoint is None:
        return True
    try:
        host = urlsplit(endpoint).hostname or ""
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False
