"""An in-process chain for contract tests: pyrevm with contracts, events and custom errors by name.

Knows Solidity's ABI and nothing of prepaid cards; `tests.contracts.harness` does. Gas figures from here are
too low (slots stay warm between transactions): measure gas on anvil. Each transaction is its own message
call with a block's gas limit; time stands still unless it is moved.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from pyrevm import EVM, AccountInfo, BlockEnv, CfgEnv, Env

from wallet.bindings.abi import decode, encode
from wallet.compiler import Artefact
from wallet.eip712 import keccak256, to_checksum

CHAIN_ID = 31337
GAS = 30_000_000
START = 1_800_000_000  # 2027-01-15 16:00 in UTC+8
_OUTPUT = re.compile(r"output: 0x([0-9a-f]*)")
_HALT = re.compile(r"reason: (\w+)")


class Refused(Exception):
    """A call that reverted. `name` and `args` of its custom error; "Error" and the text for a plain reason,
    "Panic" and the number, "Halt" and the machine's reason, or "" for a revert without data."""

    def __init__(self, name: str, args: tuple[Any, ...], data: bytes) -> None:
        super().__init__(f"{name}{args!r}")
        self.name, self.values, self.data = name, args, data


@dataclass(frozen=True, slots=True)
class Event:
    """One decoded log; `args` by name. A log that no known ABI explains has the name ""."""

    address: str
    name: str
    args: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Function:
    """What a call needs of one function's ABI."""

    name: str
    selector: bytes
    inputs: str
    outputs: str
    view: bool


class Interface:
    """Functions of one ABI by name (the first of an overloaded name; the others by signature)."""

    def __init__(self, abi: Sequence[dict[str, Any]]) -> None:
        self.functions: dict[str, Function] = {}
        self.constructor = "()"
        for entry in abi:
            if entry["type"] == "constructor":
                self.constructor = types(entry["inputs"])
            elif entry["type"] == "function":
                signature = entry["name"] + types(entry["inputs"])
                found = Function(
                    entry["name"],
                    keccak256(signature.encode())[:4],
                    types(entry["inputs"]),
                    types(entry["outputs"]),
                    entry["stateMutability"] in ("view", "pure"),
                )
                self.functions.setdefault(found.name, found)
                self.functions[signature] = found


class Contract:
    """A contract at an address. `contract.transfer(to, 5, sender=alice)` sends a transaction, or asks if the
    function is a view; both return the decoded answer (one value bare, several as a tuple) or raise Refused.
    """

    def __init__(self, chain: Chain, address: str, interface: Interface) -> None:
        self.chain, self.address, self.interface = chain, address, interface

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_") or name not in self.interface.functions:
            raise AttributeError(f"no function {name!r} in this contract")

        def call(*args: Any, sender: Any = None, gas: int = GAS) -> Any:
            return self.send(name, *args, sender=sender, gas=gas)

        return call

    def encode(self, name: str, *args: Any) -> bytes:
        """Calldata of one call."""
        function = self.interface.functions[name]
        return function.selector + encode(function.inputs, plain(args))

    def send(self, name: str, *args: Any, sender: Any = None, gas: int = GAS) -> Any:
        """The same as `contract.name(*args)`; `name` may be a full signature."""
        function = self.interface.functions[name]
        data = function.selector + encode(function.inputs, plain(args))
        run = self.chain.ask if function.view else self.chain.transact
        answer = run(self.address, data, sender=sender, gas=gas)
        values = decode(function.outputs, answer)
        return values[0] if len(values) == 1 else values or None


class Chain:
    """pyrevm with names. `events` are those of the last transaction that succeeded, in order."""

    def __init__(self, *, now: int = START) -> None:
        self.evm = EVM(env=Env(cfg=CfgEnv(chain_id=CHAIN_ID)), spec_id="CANCUN")
        self.events: list[Event] = []
        self.now = now
        self._number = 1
        self._topics: dict[bytes, tuple[str, list[dict[str, Any]]]] = {}
        self._errors: dict[bytes, tuple[str, str]] = {}
        self._deployer = "0x" + "d0" * 20
        self.warp(now)

    def learn(self, abi: Sequence[dict[str, Any]]) -> None:
        """Remember events and errors of an ABI, so that they are shown by name."""
        for entry in abi:
            if entry["type"] in ("event", "error"):
                key = keccak256((entry["name"] + types(entry["inputs"])).encode())
                if entry["type"] == "event":
                    self._topics[key] = (entry["name"], entry["inputs"])
                else:
                    self._errors[key[:4]] = (entry["name"], types(entry["inputs"]))

    def deploy(self, artefact: Artefact, *args: Any) -> Contract:
        """Create a contract from its artefact and constructor arguments."""
        self.learn(artefact.abi)
        interface = Interface(artefact.abi)
        return Contract(
            self, self.create(artefact.bytecode + encode(interface.constructor, plain(args))), interface
        )

    def create(self, creation: bytes) -> str:
        """Run creation code; the new address. Raises Refused."""
        self.evm.reset_transient_storage()
        try:
            return parse(self.evm.deploy(self._deployer, creation, gas=GAS))
        except RuntimeError as error:
            raise self._refused(str(error)) from None

    def put_code(self, address: str, runtime: bytes) -> str:
        """Set an account's code without running anything; `address` again."""
        self.evm.insert_account_info(address, AccountInfo(code=runtime))
        return address

    def code(self, address: str) -> bytes:
        """Runtime code of an account."""
        return bytes(self.evm.get_code(address) or b"")

    def at(self, address: str, artefact: Artefact) -> Contract:
        """A contract that stands at `address`, under an artefact's ABI."""
        self.learn(artefact.abi)
        return Contract(self, address, Interface(artefact.abi))

    def transact(self, to: Any, data: bytes, *, sender: Any = None, gas: int = GAS) -> bytes:
        """Send a transaction; its return data. Raises Refused, and then nothing has changed."""
        self.evm.reset_transient_storage()
        try:
            answer = self.evm.message_call(self._sender(sender), address_of(to), data, gas=gas)
        except RuntimeError as error:
            raise self._refused(str(error)) from None
        self.events = [self._event(log) for log in self.evm.result.logs]
        return bytes(answer)

    def ask(self, to: Any, data: bytes, *, sender: Any = None, gas: int = GAS) -> bytes:
        """A static call; its return data. Raises Refused."""
        self.evm.reset_transient_storage()
        try:
            return bytes(
                self.evm.message_call(self._sender(sender), address_of(to), data, gas=gas, is_static=True)
            )
        except RuntimeError as error:
            raise self._refused(str(error)) from None

    @contextmanager
    def rollback(self) -> Iterator[None]:
        """Undo at the end of the block whatever happens inside, time included. May be nested."""
        point, now, number, events = self.evm.snapshot(), self.now, self._number, self.events
        try:
            yield
        finally:
            self.evm.revert(point)
            self._number = number
            self.warp(now)
            self.events = events

    def warp(self, moment: int) -> None:
        """Set the next block's unix time."""
        self.now = moment
        self._number += 1
        self.evm.set_block_env(
            BlockEnv(number=self._number, timestamp=moment, gas_limit=GAS, prevrandao=bytes(32))
        )

    def advance(self, seconds: int = 0, *, days: int = 0) -> int:
        """Let time pass; the new time."""
        self.warp(self.now + seconds + days * 86_400)
        return self.now

    def named(self, name: str) -> list[Event]:
        """Events of that name in the last transaction."""
        return [event for event in self.events if event.name == name]

    def explain(self, data: bytes) -> Refused:
        """What a revert's bytes say, by the errors learnt so far."""
        name, kinds = self._errors.get(data[:4], ("", ""))
        if data[:4] == bytes.fromhex("08c379a0"):
            name, kinds = "Error", "(string)"
        elif data[:4] == bytes.fromhex("4e487b71"):
            name, kinds = "Panic", "(uint256)"
        return Refused(name, decode(kinds, data[4:]) if name else (), data)

    def _refused(self, text: str) -> Refused:
        if (output := _OUTPUT.search(text)) is not None:
            return self.explain(bytes.fromhex(output[1]))
        halt = _HALT.search(text)
        return Refused("Halt", (halt[1] if halt else text,), b"")

    def _sender(self, sender: Any) -> str:
        return self._deployer if sender is None else address_of(sender)

    def _event(self, log: Any) -> Event:
        topics, data = log.data
        name, inputs = self._topics.get(topics[0] if topics else b"", ("", []))
        if not name:
            return Event(parse(log.address), "", {"topics": topics, "data": data})
        args: dict[str, Any] = {}
        indexed = iter(topics[1:])
        rest = decode(types([each for each in inputs if not each["indexed"]]), data)
        following = iter(rest)
        for each in inputs:
            if each["indexed"]:
                args[each["name"]] = decode(f"({each['type']})", next(indexed))[0]
            else:
                args[each["name"]] = next(following)
        return Event(parse(log.address), name, args)


@contextmanager
def raises(name: str, *values: Any) -> Iterator[Refused]:
    """Expect a refusal with this custom error and, if given, its first values (`...` matches any).

    Yields an object that has the error's `values` after the block.
    """
    caught = Refused("", (), b"")
    try:
        yield caught
    except Refused as refused:
        caught.name, caught.values, caught.data = refused.name, refused.values, refused.data
        problem = _mismatch(refused, name, plain(values))
    else:
        problem = f"expected {name}, but the call succeeded"
    if problem:
        raise AssertionError(problem)


def _mismatch(refused: Refused, name: str, values: tuple[Any, ...]) -> str:
    if refused.name != name:
        return f"expected {name}, got {refused}"
    for position, (want, got) in enumerate(zip(values, refused.values, strict=False)):
        if want is not ... and want != got:
            return f"{name}, value {position}: expected {want!r}, got {got!r}"
    return ""


def types(inputs: Sequence[dict[str, Any]]) -> str:
    """Canonical type of an ABI parameter list, such as "(address,(uint256,bytes)[])"."""
    return f"({','.join(_type(each) for each in inputs)})"


def _type(entry: dict[str, Any]) -> str:
    kind = str(entry["type"])
    return types(entry["components"]) + kind.removeprefix("tuple") if kind.startswith("tuple") else kind


def parse(address: str) -> str:
    """Checksum form of a hexadecimal address."""
    return to_checksum(bytes.fromhex(address[2:]))


def address_of(thing: Any) -> str:
    """The address of an account or contract, or the address itself."""
    return thing if isinstance(thing, str) else thing.address


def plain(value: Any) -> Any:
    """Accounts and contracts as addresses, typed messages as tuples, inside lists and tuples too."""
    if isinstance(value, list | tuple):
        return tuple(plain(each) for each in value)
    if hasattr(value, "SCHEMA"):
        return value.values()
    return value.address if hasattr(value, "address") and not isinstance(value, str) else value
