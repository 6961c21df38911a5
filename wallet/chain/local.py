"""What the chains inside our own process have in common: they mine on arrival, so nobody ever waits."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any, Literal, Self

from wallet.chain.base import (
    BatchRefused,
    ChainChanged,
    ChainError,
    ChainIdentity,
    RawBlock,
    Receipt,
    TransactionUnknown,
    Unsupported,
)

MAX_ADVANCE = 200 * 366 * 86_400
"""Two centuries; beyond, timestamps no longer fit the 40 bits that contracts give them."""


class InstantChain:
    """Base of the in-process backends. They hold no transaction back and know no reorganisation."""

    name: str
    endpoint: str | None = None
    is_local = True
    notices: list[str]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def close(self) -> None:
        raise NotImplementedError

    def send_many(self, raws: Sequence[bytes]) -> list[bytes]:
        raise NotImplementedError

    def receipts(self, hashes: Sequence[bytes]) -> list[Receipt | None]:
        raise NotImplementedError

    def send_raw(self, raw: bytes) -> bytes:
        try:
            return self.send_many([raw])[0]
        except BatchRefused as batch:
            raise batch.refusals[0] from None

    def receipt(self, tx_hash: bytes) -> Receipt | None:
        return self.receipts([tx_hash])[0]

    def wait(self, tx_hash: bytes, timeout: float = 60.0, confirmations: int | None = None) -> Receipt:
        receipt = self.receipt(tx_hash)
        if receipt is None:
            raise TransactionUnknown(tx_hash, self.name)
        return receipt

    def restart(self) -> None:
        hint = "one that is kept can: --chain eth-tester or --chain anvil"
        raise Unsupported("be restarted: it ends with its process", self.name, hint=hint)

    def raw_block(self, number: int) -> RawBlock | None:
        hint = "anvil and the embedded chain can: --chain anvil"
        raise Unsupported("show a block as it was hashed: it has no tries", self.name, hint=hint)

    def raw_header(self, number: int) -> bytes | None:
        block = self.raw_block(number)
        return None if block is None else block.header

    def trace(self, tx_hash: bytes) -> dict[str, Any]:
        raise Unsupported("trace transactions", self.name, hint="anvil can: --chain anvil")


class Clock:
    """The time of blocks to come: the machine's plus an offset, or one second a block."""

    def __init__(self, mode: Literal["wall", "steps"], offset: int = 0) -> None:
        self.mode = mode
        self.offset = offset

    def next(self, parent: int) -> int:
        """The timestamp of a block made now on a block of time `parent`; always later than that."""
        if self.mode == "steps":
            return parent + 1
        return max(parent + 1, int(time.time()) + self.offset)

    def set(self, now: int) -> None:
        """From here on, time goes on from `now`."""
        self.offset = now - int(time.time())


def check_seconds(seconds: int) -> None:
    """Refuse a step of time that cannot be taken, before anything has moved."""
    if not 0 < seconds <= MAX_ADVANCE:
        raise ChainError(
            f"cannot move the clock by {seconds} s",
            hint="a chain's time only goes forward, by at most two centuries at once",
            code="time-travel",
        )


def check_identity(found: ChainIdentity, expected: ChainIdentity | None, name: str) -> None:
    """Raise ChainChanged unless `found` is what was expected (None expects nothing)."""
    if expected is None or found == expected:
        return
    which = "chain id" if found.chain_id != expected.chain_id else "first block"
    raise ChainChanged(
        f"the {name} chain is not the one met last time: its {which} is another ({found}, was {expected})",
        hint="was it reset or replaced? Name the right chain, or use another folder with --home for this one",
        expected=str(expected),
        found=str(found),
    )
