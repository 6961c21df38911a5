"""What the generated bindings stand on: a call, an event, a custom error.

A `Call` is data, not an action: whoever holds a chain and a signer decides whether to ask, to
estimate or to send it. Nothing here signs, sends or knows what a card is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, ClassVar, Generic, Protocol, Self, TypeVar

from wallet.bindings.abi import decode
from wallet.bindings.hints import explain
from wallet.chain.base import BadAnswer, CallRequest, Log, Reverted
from wallet.errors import ContractError, UnknownRevert

if TYPE_CHECKING:
    from wallet.chain.base import Chain

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Call(Generic[T]):
    """One call of one contract: where to, the calldata, and how to read the answer."""

    to: str
    data: bytes
    name: str
    read: Callable[[bytes], T]

    def request(self, sender: str | None = None, *, gas: int | None = None) -> CallRequest:
        """The same as a request to a chain, in the name of `sender`."""
        return CallRequest(to=self.to, data=self.data, sender=sender, gas=gas)


def ask(chain: Chain, call: Call[T], *, sender: str | None = None, block: int | None = None) -> T:
    """Run `call` on `chain` without sending anything and return its answer.

    Raises the typed ContractError if the contract refuses, BadAnswer if what comes back is not
    what the interface promises (an address without code answers nothing).
    """
    try:
        answer = chain.call(call.request(sender), block)
    except Reverted as refused:
        raise decode_revert(refused.data) from refused
    try:
        return call.read(answer)
    except BadAnswer as wrong:
        raise BadAnswer(
            f"{call.name} at {call.to}: {wrong.message}", hint=wrong.hint, address=call.to, **wrong.values
        ) from wrong


class CustomError(ContractError):
    """Base of the generated errors: the Solidity error's values are attributes of the same names."""

    selector: ClassVar[bytes]
    types: ClassVar[str]

    def __init__(self, **values: Any) -> None:
        plain = {key: "0x" + v.hex() if isinstance(v, bytes) else v for key, v in values.items()}
        message, hint = explain(self.name, plain)
        super().__init__(message, hint=hint, **plain)

    @classmethod
    def read(cls, data: bytes) -> Self:
        """The error from its ABI-encoded values (without the selector)."""
        return cls(*decode(cls.types, data))


class Event(Protocol):
    """A generated event class: a frozen dataclass with the topic that marks it."""

    TOPIC: ClassVar[bytes]
    INDEXED: ClassVar[int]

    @classmethod
    def decode(cls, log: Log) -> Self:
        """Read `log`; BadAnswer if it is another event or malformed."""
        ...


def event_values(name: str, topic: bytes, indexed: str, plain: str, log: Log) -> tuple[Any, ...]:
    """The values of `log`, indexed ones first; BadAnswer if it is not the event `name`."""
    if not log.topics or log.topics[0] != topic:
        raise BadAnswer(f"this log is no {name}", hint="", topics=[t.hex() for t in log.topics])
    return decode(indexed, b"".join(log.topics[1:])) + decode(plain, log.data)


_ERROR = bytes.fromhex("08c379a0")
_PANIC = bytes.fromhex("4e487b71")
_PANICS = {
    0x01: "an assertion failed",
    0x11: "a number left its range",
    0x12: "division by zero",
    0x21: "no such value in an enum",
    0x22: "storage bytes are malformed",
    0x31: "an empty array was popped",
    0x32: "an index is outside its array",
    0x41: "too much memory was asked for",
    0x51: "an uninitialised function was called",
}


def decode_revert(data: bytes) -> ContractError:
    """The typed error in a revert's bytes; UnknownRevert where they match nothing we know."""
    selector, rest = data[:4], data[4:]
    try:
        known = _errors().get(selector)
        if known is not None:
            return known.read(rest)
        if selector == _ERROR:
            (text,) = decode("(string)", rest)
            return ContractError(f"refused: {text}", data="0x" + data.hex(), reason=text)
        if selector == _PANIC:
            (number,) = decode("(uint256)", rest)
            what = _PANICS.get(number, f"panic {number:#x}")
            return ContractError(f"the contract stopped: {what}", code="reverted-panic", panic=number)
    except BadAnswer:
        pass  # A known selector with other bytes behind it: only the bytes are the truth.
    if not data:
        return UnknownRevert(
            "refused without a reason",
            hint="the address may hold another contract, or the gas ran out",
            data="0x",
        )
    return UnknownRevert(f"refused with unknown data 0x{data[:36].hex()}", data="0x" + data.hex())


def decode_log(log: Log) -> Event | None:
    """The event in `log` if it is one of ours, else None; a malformed one counts as not ours."""
    for known in _events().get(log.topics[0], ()) if log.topics else ():
        if len(log.topics) - 1 == known.INDEXED:
            try:
                return known.decode(log)
            except BadAnswer:
                return None
    return None


def decode_logs(logs: Iterable[Log]) -> list[tuple[Log, Event]]:
    """Those of `logs` that are ours, each beside its event."""
    return [(log, event) for log in logs if (event := decode_log(log)) is not None]


@cache
def _errors() -> dict[bytes, type[CustomError]]:
    from wallet.bindings import errors

    return errors.BY_SELECTOR


@cache
def _events() -> dict[bytes, tuple[type[Event], ...]]:
    from wallet.bindings import events

    return events.BY_TOPIC
