"""What happened on the chain in one step: its events, transactions and signatures, readable by name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, is_dataclass, replace
from enum import Enum
from typing import TYPE_CHECKING, Any

from wallet.address import to_checksum
from wallet.bindings.calldata import function_of
from wallet.bindings.runtime import decode_logs, decode_revert
from wallet.chain.base import Log, TransactionUnknown, Unsupported
from wallet.chain.primitives import read_transaction
from wallet.rules import Cause
from wallet.scenario.result import Event, Sent, Signed
from wallet.terms import Terms

if TYPE_CHECKING:
    from wallet.scenario.world import World


@dataclass(frozen=True, slots=True)
class Seen:
    """One step's traces. `logs` are all, `events` those that are ours."""

    logs: tuple[Log, ...]
    events: tuple[Event, ...]
    signed: tuple[Signed, ...]
    sent: tuple[Sent, ...]


class Watcher:
    """Looks at what comes between `begin` and `end`."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.begin()

    def begin(self) -> None:
        """From here on."""
        self._block = self._world.chain.head().number
        self._cards = set(self._world.cards)
        self._signed, self._sent = len(self._world.signed), len(self._world.ground.post.sent)

    def end(self) -> Seen:
        """All since `begin`."""
        world, names = self._world, self._world.everything()
        logs = tuple(world.chain.logs(None, (), self._block + 1)) if self._is_ahead() else ()
        cards = {one.record.card: name for name, one in world.cards.items()}
        events = tuple(
            Event(names.get(log.address, log.address), type(event).__name__, _values(event, names, cards))
            for log, event in decode_logs(logs)
        )
        return Seen(logs, events, self._signatures(), self._transactions(names))

    def _is_ahead(self) -> bool:
        return self._world.chain.head().number > self._block

    def _signatures(self) -> tuple[Signed, ...]:
        """Those of a purchase were given before its card had a name."""
        world, given = self._world, self._world.signed[self._signed :]
        made = [name for name in world.cards if name not in self._cards]
        only = made[0] if len(made) == 1 else ""
        return tuple(replace(one, card=one.card or only) for one in given)

    def _transactions(self, names: dict[str, str]) -> tuple[Sent, ...]:
        world = self._world
        raws = world.ground.post.sent[self._sent :]
        read = [read_transaction(raw) for raw in raws]
        receipts = world.chain.receipts([one.hash for one in read])
        found = []
        for tx, receipt in zip(read, receipts, strict=True):
            noted = world.context.journal.transaction(world.context.identity, tx.hash)
            to = "(new contract)" if tx.to is None else _target(tx.to, tx.data, names)
            found.append(
                Sent(
                    hash="0x" + tx.hash.hex(),
                    by=_name(tx.sender, names),
                    to=to,
                    purpose="" if noted is None else noted.purpose,
                    gas=0 if receipt is None else receipt.gas_used,
                    ok=receipt is not None and receipt.ok,
                    error=self._error(tx.hash, receipt is None, receipt is None or receipt.ok),
                )
            )
        return tuple(found)

    def _error(self, tx_hash: bytes, is_lost: bool, is_ok: bool) -> str:
        if is_lost:
            return "not on the chain"
        if is_ok:
            return ""
        try:
            error = decode_revert(self._world.chain.revert_data(tx_hash))
        except (Unsupported, TransactionUnknown):
            return "reverted"
        return error.name or error.error_code


def _name(address: bytes, names: dict[str, str]) -> str:
    return names.get(to_checksum(address), to_checksum(address))


def _target(address: bytes, data: bytes, names: dict[str, str]) -> str:
    name = _name(address, names)
    known = function_of(data)
    if known is None:
        return f"{name}.0x{data[:4].hex()}" if data else name
    return f"{name}.{known.name}"


def _values(event: Any, names: dict[str, str], cards: dict[bytes, str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for place in fields(event):
        value = getattr(event, place.name)
        if place.name == "cause" and isinstance(value, int):
            value = Cause(value)
        if isinstance(value, bytes) and value in cards:
            value = cards[value]
        if isinstance(value, Terms):
            value = value.product_id  # twelve words say little to people; the product they are of does
        found[place.name.rstrip("_").replace("_", "-")] = plainly(value, names, "")
    return found


def plainly(value: Any, names: dict[str, str], key: str | None = None) -> Any:
    """A value as reports and `gives` show it: enums and addresses by name, bytes as hex, no objects.

    Without a `key` it is a step's whole answer, which is always a mapping: a bare one is under "".
    """
    if key is None:
        shown = plainly(value, names, "")
        return shown if isinstance(shown, dict) else {} if shown is None else {"": shown}
    if isinstance(value, Enum):
        return value.name.lower().replace("_", "-")
    if isinstance(value, bytes):
        return "0x" + value.hex()
    if isinstance(value, str):
        return names.get(value, str(value))
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, dict):
        return {str(name): plainly(one, names, "") for name, one in value.items()}
    if is_dataclass(value):
        return {
            place.name.replace("_", "-"): plainly(getattr(value, place.name), names, "")
            for place in fields(value)
            if not place.name.startswith("_")
        }
    if isinstance(value, Sequence | set | frozenset):
        return [plainly(one, names, "") for one in value]
    return str(value)
