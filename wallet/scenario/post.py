"""The way to the chain, which can lose what is handed to it, or hand it over twice.

`chain` is the chain itself for everybody who asks and sends; only raw transactions pass through here.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal, cast

from wallet.chain.base import ChainTimeout, Receipt
from wallet.signing.transaction import transaction_hash

if TYPE_CHECKING:
    from wallet.chain.base import Chain

Mode = Literal["dropped", "doubled", "held", ""]


class Post:
    """One chain and how submissions reach it: as they should (""), not at all, twice, or with `release`."""

    def __init__(self, chain: Chain) -> None:
        self._chain = chain
        self.mode: Mode = ""
        self.lost: list[bytes] = []
        """Hashes of what was dropped and never sent again."""
        self.sent: list[bytes] = []
        """Every transaction that was handed over, in order."""
        self.held: list[bytes] = []
        """What waits for `release`."""

    def __getattr__(self, name: str) -> Any:
        return getattr(self._chain, name)

    @property
    def chain(self) -> Chain:
        """This, as a chain."""
        return cast("Chain", self)

    def send_raw(self, raw: bytes) -> bytes:
        """As the chain does, unless it is dropped; a second copy of the same is no other transaction."""
        if self.mode:
            return self.send_many([raw])[0]
        self.sent.append(raw)
        self._found([sent := self._chain.send_raw(raw)])
        return sent

    def send_many(self, raws: Sequence[bytes]) -> list[bytes]:
        self.sent += raws
        if self.mode in ("dropped", "held"):
            hashes = [transaction_hash(raw) for raw in raws]
            self.lost += hashes
            self.held += raws if self.mode == "held" else []
            return hashes
        sent = self._chain.send_many(raws)
        if self.mode == "doubled":
            self._chain.send_many(raws)
        self._found(sent)
        return sent

    def release(self) -> list[bytes]:
        """Hand over all that was held, at once and in the order that every chain keeps; their hashes."""
        raws, self.held = self.held, []
        sent = self._chain.send_many(raws)
        self._found(sent)
        return sent

    def wait(self, tx_hash: bytes, timeout: float = 60.0, confirmations: int | None = None) -> Receipt:
        """Nobody waits a minute for what never left."""
        if tx_hash in self.lost:
            raise ChainTimeout(tx_hash, 0)
        return self._chain.wait(tx_hash, timeout, confirmations)

    def _found(self, sent: Sequence[bytes]) -> None:
        self.lost = [one for one in self.lost if one not in sent]
