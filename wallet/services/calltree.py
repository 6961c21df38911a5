"""Who called whom in one transaction, in our own words: contracts, functions, arguments, errors.

Made from the tree of calls that geth's callTracer gives, which only some chains can (Capability.TRACE), for
transactions that were mined, well or not. A clone that hands a call on to what it is a copy of is one call.
Nothing here prints.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Final

from wallet.address import to_checksum
from wallet.bindings.calldata import function_of
from wallet.bindings.runtime import CustomError, decode_revert
from wallet.errors import UnknownRevert
from wallet.services.deployment import Deployment

if TYPE_CHECKING:
    from wallet.chain.base import Chain

_ECRECOVER: Final = 1
_PRECOMPILES: Final = {_ECRECOVER: "ecrecover", 2: "sha256", 3: "ripemd160", 4: "identity", 5: "modexp"}
_LAST_PRECOMPILE: Final = 0xFF
_PROXY: Final = bytes.fromhex("363d3d373d3d3d363d73")
"""How a minimal proxy (EIP-1167) begins; the original's address follows."""
_PROXY_LENGTH: Final = 45
"""A sub-wallet's owner stands right behind it."""
_LONGEST: Final = 6
"""Fields of a struct that are shown; more would fill the screen."""


@dataclass(frozen=True, slots=True)
class Call:
    """One call and the calls it made. `gas` includes theirs.

    `function` is empty for a mere payment, "constructor" where a contract is made, a selector (0x…) if it is
    none of ours. `error` is empty if all went well, else the error with its values.
    """

    contract: str
    address: str
    function: str
    arguments: dict[str, Any]
    answer: dict[str, Any]
    gas: int
    error: str
    calls: tuple[Call, ...]

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return asdict(self)

    def walk(self) -> Iterator[Call]:
        """This call and all below it, in the order in which they were made."""
        yield self
        for call in self.calls:
            yield from call.walk()


class Names:
    """What addresses are called: the platform's contracts, sub-wallets by owner, and whoever is named."""

    def __init__(
        self, chain: Chain, platform: Deployment | None, named: Mapping[str, str] | None = None
    ) -> None:
        """`named` maps further addresses to names, people's among them, and goes before all others."""
        self._chain = chain
        contracts = {} if platform is None else platform.contracts()
        self._kinds = {address: name for name, address in contracts.items()}
        self._names = {**self._kinds, **(named or {})}

    def kind_of(self, address: str) -> str:
        """The contract's name in the sources, of a copy that of its original; empty if it is none of ours."""
        self(address)
        return self._kinds.get(address, "")

    def __call__(self, address: str) -> str:
        """How `address` is shown: by itself if nothing is known of it."""
        if address not in self._names:
            self._names[address] = self._look_up(address)
        return self._names[address]

    def _look_up(self, address: str) -> str:
        number = int(address, 16)
        if number <= _LAST_PRECOMPILE:
            return _PRECOMPILES.get(number, "nobody" if number == 0 else address)
        code = self._chain.code(address)
        if not code.startswith(_PROXY):
            return address
        original, owner = code[10:30], code[_PROXY_LENGTH:]
        kind = self._kinds.get(to_checksum(original), "")
        if not kind:
            return address
        self._kinds[address] = kind
        return f"{kind} of {self(to_checksum(owner))}" if len(owner) == 20 else f"{kind} {address}"


def call_tree(
    chain: Chain, tx_hash: bytes, platform: Deployment | None, named: Mapping[str, str] | None = None
) -> Call:
    """The calls of a mined transaction. Raises Unsupported where the chain cannot trace it."""
    return tree_of(chain.trace(tx_hash), Names(chain, platform, named))


def tree_of(trace: Mapping[str, Any], names: Names) -> Call:
    """The same from a trace that is at hand already."""
    address = _address(trace.get("to"))
    inner, copy_of = _behind_clone(trace)
    data, output = _bytes(trace.get("input")), _bytes(trace.get("output"))
    function, arguments, answer = _said(trace, data, output, names.kind_of(copy_of or address))
    error = _error(trace, output)
    return Call(
        contract=names(address),
        address=address,
        function=function,
        arguments=arguments,
        answer={} if error else answer,
        gas=int(str(trace.get("gasUsed", "0x0")), 16),
        error=error,
        calls=tuple(tree_of(call, names) for call in inner.get("calls", ())),
    )


def _behind_clone(trace: Mapping[str, Any]) -> tuple[Mapping[str, Any], str]:
    """The call that does the work, and the contract whose code it runs, if `trace` only hands on to it."""
    calls = trace.get("calls", ())
    if (
        len(calls) == 1
        and calls[0].get("type") == "DELEGATECALL"
        and calls[0].get("input") == trace.get("input")
    ):
        return calls[0], _address(calls[0].get("to"))
    return trace, ""


def _said(
    trace: Mapping[str, Any], data: bytes, output: bytes, kind: str
) -> tuple[str, dict[str, Any], dict[str, Any]]:
    if str(trace.get("type", "")).startswith("CREATE"):
        return "constructor", {}, {}
    if _is_precompile(trace):
        signer = {"signer": to_checksum(output[-20:])} if len(output) == 32 else {}
        return "", {}, signer if int(str(trace["to"]), 16) == _ECRECOVER else {}
    found = function_of(data, kind)
    if found is not None:
        return found.name, found.arguments(data), found.answer(output)
    if not data:
        return "", {}, {}
    return "0x" + data[:4].hex(), {"data": "0x" + data[4:].hex()}, {"data": "0x" + output.hex()}


def _is_precompile(trace: Mapping[str, Any]) -> bool:
    return 0 < int(str(trace.get("to") or "0x0"), 16) <= _LAST_PRECOMPILE


def _error(trace: Mapping[str, Any], output: bytes) -> str:
    said = str(trace.get("error", ""))
    if not said:
        return ""
    problem = decode_revert(output)
    if isinstance(problem, CustomError):
        return f"{problem.name}({', '.join(f'{k}={_text(v, None)}' for k, v in problem.values.items())})"
    if isinstance(problem, UnknownRevert) and not output:
        return said
    return problem.message


def lines(call: Call, names: Names | None = None, *, full: bool = False) -> list[str]:
    """The tree as indented text, one line a call; `full` also writes out large structs and long bytes.

    With `names`, people and contracts among the arguments are shown by name.
    """
    return list(_lines(call, names, full, ""))


def _lines(call: Call, names: Names | None, full: bool, indent: str) -> Iterator[str]:
    said = ", ".join(f"{key}={_text(value, names, full)}" for key, value in call.arguments.items())
    answer = ", ".join(_text(value, names, full) for value in call.answer.values())
    what = f"{call.contract}.{call.function}" if call.function else call.contract
    end = f" ✗ {call.error}" if call.error else f" → {answer}" if answer else ""
    yield f"{indent}{what}({said}){end}  [{call.gas} gas]"
    for below in call.calls:
        yield from _lines(below, names, full, indent + "  ")


def _text(value: Any, names: Names | None, full: bool = False) -> str:
    if isinstance(value, dict):
        if len(value) > _LONGEST and not full:
            return "{…}"
        return "{" + ", ".join(f"{key}={_text(one, names, full)}" for key, one in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(_text(one, names, full) for one in value) + "]"
    if isinstance(value, str) and value.startswith("0x"):
        if names is not None and len(value) == 42:
            value = names(value)
        return value if full or len(value) <= 42 else f"{value[:10]}…{value[-8:]}"
    return str(value)


def _address(value: Any) -> str:
    return to_checksum(_bytes(value) or bytes(20))


def _bytes(value: Any) -> bytes:
    return bytes.fromhex(str(value or "0x").removeprefix("0x"))
