"""What can go wrong between us and a chain. Nothing here knows what a contract means by its revert.

ChainError
├── Reverted            a contract refused; `.data` holds its revert data, the same bytes on every backend
├── Refused             the node would not take a transaction (nonce, funds, fee, chain id, form)
│   └── BatchRefused    some transactions of a batch were not taken; the others were
├── ChainTimeout        waited in vain for a receipt
│   └── TransactionUnknown   and will for ever: the chain neither mined it nor holds it
├── ChainBusy           another process holds the chain's file; `.pid` says which
├── ChainChanged        not the chain that was met here before
├── ChainUnreachable    nobody answers, or too slowly
├── BadAnswer           somebody answers, but not as a node should
├── StateDamaged        the chain's file is truncated, altered or of another version
├── StateUnwritable     the chain's file cannot grow (disk full, file-size limit, no permission)
└── Unsupported         this backend cannot do that
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, ClassVar, Final

from wallet.errors import EnvironmentFault

_NO_COIN: Final = re.compile(r"insufficient (funds|balance)|may need|LackOfFund", re.IGNORECASE)


class ChainError(EnvironmentFault):
    """Base of everything that goes wrong between us and a chain."""

    code = "chain"


class Reverted(ChainError):
    """A contract refused. `data` is what it gave as the reason (empty when it gave none)."""

    code = "reverted"
    exit_status = 3

    def __init__(self, data: bytes, tx_hash: bytes | None = None) -> None:
        what = f"with data 0x{data.hex()}" if data else "without saying why"
        where = f" in transaction 0x{tx_hash.hex()}" if tx_hash else ""
        super().__init__(f"the contract reverted {what}{where}", data="0x" + data.hex())
        self.data = data
        self.tx_hash = tx_hash


class Refused(ChainError):
    """The node would not take a transaction. It changed nothing and cost nothing."""

    code = "transaction-refused"

    def __init__(self, reason: str, tx_hash: bytes | None = None, *, hint: str = "") -> None:
        which = f" 0x{tx_hash.hex()}" if tx_hash else ""
        if not hint and _NO_COIN.search(reason):
            hint = "whoever sends it has no coin for gas: let another account carry it, or give this one some"
        super().__init__(f"the chain refused transaction{which}: {reason}", hint=hint, reason=reason)
        self.reason = reason
        self.tx_hash = tx_hash


class BatchRefused(Refused):
    """Some transactions of a batch were refused; all others of the batch were taken.

    `refusals` maps the position in the batch to its Refused.
    """

    def __init__(self, refusals: dict[int, Refused], total: int) -> None:
        first = min(refusals)
        super().__init__(
            f"{len(refusals)} of {total} were not taken; number {first} because: {refusals[first].reason}",
            hint=refusals[first].hint,
        )
        self.refusals = refusals


class ChainTimeout(ChainError):
    """Waited in vain for a transaction's receipt."""

    code = "chain-timeout"

    def __init__(self, tx_hash: bytes, seconds: float, *, detail: str = "", hint: str = "") -> None:
        super().__init__(
            detail or f"no receipt for transaction 0x{tx_hash.hex()} after {seconds:g} s",
            hint=hint or "it may still be mined: ask again before sending anything twice",
            transaction="0x" + tx_hash.hex(),
        )
        self.tx_hash = tx_hash


class TransactionUnknown(ChainTimeout):
    """The chain neither mined this transaction nor holds it: never sent, reverted away, or forgotten."""

    code = "transaction-unknown"

    def __init__(self, tx_hash: bytes, chain: str) -> None:
        super().__init__(
            tx_hash,
            0,
            detail=f"the {chain} chain does not know transaction 0x{tx_hash.hex()}",
            hint="it was never sent here, or the chain was reverted, reset or lost its last blocks; "
            "the signed transaction can be sent again",
        )


class ChainBusy(ChainError):
    """Another process holds the chain. `pid` is None when the holder left no number."""

    code = "chain-busy"

    def __init__(self, path: Path, pid: int | None, waited: float) -> None:
        holder = f"process {pid}" if pid else "another process"
        super().__init__(
            f"{holder} holds the chain {path} (waited {waited:g} s)",
            hint="let that command finish, or use a home of its own with --home",
            pid=pid,
            path=str(path),
        )
        self.pid = pid


class ChainChanged(ChainError):
    """The chain behind the same name is not the one met before."""

    code = "chain-changed"


class ChainUnreachable(ChainError):
    """Nobody answers at the chain's address, or not in time."""

    code = "chain-unreachable"


class BadAnswer(ChainError):
    """What came back is not what a node answers: cut off, not JSON, of the wrong kind, or an error."""

    code = "chain-answer"


class StateDamaged(ChainError):
    """The chain's file cannot be read as what it should be."""

    code = "chain-damaged"

    def __init__(self, path: Path, why: str, hint: str = "") -> None:
        super().__init__(
            f"the chain kept in {path} is damaged: {why}",
            hint=hint or "`prepaid chain reset` starts a new chain, `prepaid chain load FILE` a saved one",
            path=str(path),
        )


class StateUnwritable(ChainError):
    """The chain's file cannot be written. What was on disk before is still whole."""

    code = "chain-unwritable"

    def __init__(self, path: Path, why: str) -> None:
        super().__init__(
            f"cannot write the chain kept in {path}: {why}",
            hint="nothing was lost: make room (or lift the file-size limit) and run the command again",
            path=str(path),
        )


class Unsupported(ChainError):
    """This backend cannot do that. `alternatives` names those that can."""

    code = "chain-unsupported"
    exit_status: ClassVar[int] = 2

    def __init__(self, what: str, backend: str, *, hint: str = "", **values: Any) -> None:
        super().__init__(f"the {backend} chain cannot {what}", hint=hint, backend=backend, **values)
