"""The shape of one typed message and its struct hash.

Only the atomic types our messages use are known: address, bytes32, uint256. There are no arrays, strings
or nested structs on purpose: implementations are known to disagree about them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import ClassVar, TypeAlias

from wallet.address import address_bytes
from wallet.eip712.domain import Domain
from wallet.errors import InvalidInput
from wallet.keccak import keccak256

Value: TypeAlias = str | bytes | int

_PAD = bytes(12)
_KEYWORDS = {"from"}


def _encode_address(value: Value) -> bytes:
    if not isinstance(value, str):
        raise TypeError("an address is a str")
    return _PAD + address_bytes(value)


def _encode_bytes32(value: Value) -> bytes:
    if not isinstance(value, bytes) or len(value) != 32:
        raise TypeError("bytes32 takes exactly 32 bytes")
    return value


def _encode_uint256(value: Value) -> bytes:
    if not isinstance(value, int) or isinstance(value, bool):
        raise TypeError("uint256 takes an int")
    return value.to_bytes(32, "big")


_ENCODERS: dict[str, Callable[[Value], bytes]] = {
    "address": _encode_address,
    "bytes32": _encode_bytes32,
    "uint256": _encode_uint256,
}


def _attribute(name: str) -> str:
    snake = "".join("_" + c.lower() if c.isupper() else c for c in name)
    return snake + "_" if snake in _KEYWORDS else snake


@dataclass(frozen=True, slots=True)
class Schema:
    """A struct's name and its fields in signing order, as `(solidity name, type)` pairs."""

    name: str
    fields: tuple[tuple[str, str], ...]
    type_string: str = field(init=False)
    type_hash: bytes = field(init=False, repr=False)
    attributes: tuple[str, ...] = field(init=False, repr=False)
    _encoders: tuple[Callable[[Value], bytes], ...] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        text = f"{self.name}({','.join(f'{kind} {name}' for name, kind in self.fields)})"
        object.__setattr__(self, "type_string", text)
        object.__setattr__(self, "type_hash", keccak256(text.encode()))
        object.__setattr__(self, "attributes", tuple(_attribute(name) for name, _ in self.fields))
        object.__setattr__(self, "_encoders", tuple(_ENCODERS[kind] for _, kind in self.fields))

    @classmethod
    def parse(cls, type_string: str) -> Schema:
        """The schema of a Solidity type string such as `Redirect(bytes32 card,address to)`."""
        name, _, rest = type_string.partition("(")
        pairs = [part.split(" ") for part in rest.removesuffix(")").split(",")]
        return cls(name, tuple((field_name, kind) for kind, field_name in pairs))

    def encode(self, values: tuple[Value, ...]) -> bytes:
        """The abi words of `values`, 32 bytes each. InvalidInput names the field that does not fit."""
        try:
            return b"".join([encode(v) for encode, v in zip(self._encoders, values, strict=True)])
        except (TypeError, OverflowError, InvalidInput):
            raise self._explain(values) from None

    def _explain(self, values: tuple[Value, ...]) -> InvalidInput:
        for (name, kind), encode, value in zip(self.fields, self._encoders, values, strict=True):
            try:
                encode(value)
            except InvalidInput as error:
                return error
            except (TypeError, OverflowError) as error:
                return InvalidInput(
                    f"{self.name}.{name}: {value!r} does not fit {kind} ({error})",
                    code="invalid-message",
                    field=name,
                    value=value,
                )
        raise AssertionError("encode failed but every field fits")


class Message:
    """Base of all typed messages: subclasses are frozen dataclasses whose attributes follow `SCHEMA`."""

    __slots__ = ()
    SCHEMA: ClassVar[Schema]

    def values(self) -> tuple[Value, ...]:
        """The field values in signing order."""
        return tuple([getattr(self, name) for name in self.SCHEMA.attributes])

    def encode(self) -> bytes:
        """The abi words of the fields, without the type hash."""
        return self.SCHEMA.encode(self.values())

    def struct_hash(self) -> bytes:
        """hashStruct of EIP-712: keccak of the type hash followed by the words."""
        return keccak256(self.SCHEMA.type_hash + self.encode())

    def digest(self, domain: Domain) -> bytes:
        """The 32 bytes that are signed: keccak of 0x1901, the domain separator and the struct hash."""
        return keccak256(b"\x19\x01" + domain.separator + self.struct_hash())
