"""The codec against eth-abi, and against everything a hostile or broken node could answer."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import eth_abi
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wallet.address import to_checksum
from wallet.bindings.abi import decode, encode, split
from wallet.chain.errors import BadAnswer
from wallet.errors import InvalidInput

ADDRESS = to_checksum(bytes(range(20)))

_LEAVES: dict[str, st.SearchStrategy[Any]] = {
    "uint256": st.integers(0, 2**256 - 1),
    "uint48": st.integers(0, 2**48 - 1),
    "uint8": st.integers(0, 255),
    "int64": st.integers(-(2**63), 2**63 - 1),
    "bool": st.booleans(),
    "address": st.binary(min_size=20, max_size=20).map(to_checksum),
    "bytes32": st.binary(min_size=32, max_size=32),
    "bytes4": st.binary(min_size=4, max_size=4),
    "bytes": st.binary(max_size=70),
    "string": st.text(max_size=40).filter(lambda s: s.isprintable() or not s),
}


def _freeze(value: Any) -> Any:
    return tuple(_freeze(v) for v in value) if isinstance(value, list | tuple) else value


@st.composite
def _typed(draw: st.DrawFn, depth: int = 3) -> tuple[str, Any]:
    shape = draw(st.sampled_from(["leaf", "leaf", "tuple", "array", "fixed"])) if depth else "leaf"
    if shape == "leaf":
        kind = draw(st.sampled_from(sorted(_LEAVES)))
        return kind, draw(_LEAVES[kind])
    if shape == "tuple":
        parts = draw(st.lists(_typed(depth - 1), min_size=1, max_size=3))
        return f"({','.join(k for k, _ in parts)})", tuple(v for _, v in parts)
    kind, first = draw(_typed(depth - 1))
    count = draw(st.integers(0, 3)) if shape == "array" else draw(st.integers(1, 3))
    return f"{kind}[{'' if shape == 'array' else count}]", (first,) * count


@settings(max_examples=200, deadline=None)
@given(st.lists(_typed(), min_size=1, max_size=4))
def test_what_we_write_and_read_is_what_eth_abi_does(parts: list[tuple[str, Any]]) -> None:
    """Any mixture of static, dynamic and nested values is encoded byte for byte alike, and comes back."""
    kinds, values = [k for k, _ in parts], [v for _, v in parts]
    whole = f"({','.join(kinds)})"
    data = encode(whole, values)
    assert data == eth_abi.encode(kinds, values)
    assert decode(whole, data) == _freeze(values)


@settings(max_examples=200, deadline=None)
@given(_typed(), st.data())
def test_a_damaged_answer_is_an_error_or_another_value_never_a_crash(
    typed: tuple[str, Any], data: Any
) -> None:
    """Cutting or flipping any byte gives BadAnswer or a value of the right shape: no other exception."""
    kind, value = typed
    good = encode(f"({kind})", (value,))
    cut = data.draw(st.integers(0, len(good)))
    bad = bytearray(good[:cut] if data.draw(st.booleans()) else good)
    if bad:
        bad[data.draw(st.integers(0, len(bad) - 1))] ^= data.draw(st.integers(1, 255))
    with suppress(BadAnswer):
        assert len(decode(f"({kind})", bytes(bad))) == 1


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("uint8", 256),
        ("uint8", -1),
        ("uint256", 2**256),
        ("uint256", True),
        ("uint256", "1"),
        ("uint256", 1.0),
        ("int8", 128),
        ("bytes32", b"\x00" * 31),
        ("bytes32", "0x" + "00" * 32),
        ("address", "0x12"),
        ("address", "0x" + "zz" * 20),
        ("address", "0x" + "0 " * 20),
        ("address", bytes(20)),
        ("bool", 1),
        ("string", b"x"),
        ("bytes", "x"),
    ],
)
def test_a_value_that_does_not_fit_is_refused(kind: str, value: object) -> None:
    """Nothing is truncated or converted silently on its way into calldata."""
    with pytest.raises(InvalidInput):
        encode(f"({kind})", (value,))


@pytest.mark.parametrize(
    ("kind", "answer"),
    [
        ("uint256", b""),
        ("uint48", (1 << 48).to_bytes(32)),
        ("uint8", (256).to_bytes(32)),
        ("bool", (2).to_bytes(32)),
        ("address", bytes([1]) + bytes(31)),
        ("bytes4", bytes(4) + b"\x01" + bytes(27)),
        ("bytes", (32).to_bytes(32) + (1 << 200).to_bytes(32)),
        ("uint256[]", (32).to_bytes(32) + (1 << 19).to_bytes(32)),
        ("uint256[]", (1 << 255).to_bytes(32)),
    ],
)
def test_an_answer_that_is_not_the_type_is_refused(kind: str, answer: bytes) -> None:
    """Dirty padding, numbers out of range and claimed lengths without bytes are not believed."""
    with pytest.raises(BadAnswer):
        decode(f"({kind})", answer)


def test_no_answer_says_that_there_may_be_no_contract() -> None:
    """An address without code answers nothing: the hint says where to look."""
    with pytest.raises(BadAnswer) as caught:
        decode("(uint256)", b"")
    assert "contract at this address" in caught.value.hint


def test_types_are_split_at_the_outer_commas_only() -> None:
    """A nested tuple stays in one piece."""
    assert split("(uint8,bytes)[],address") == ["(uint8,bytes)[]", "address"]
    assert split("") == []


def test_unknown_types_are_named() -> None:
    """Fixed point and function pointers are refused instead of half supported."""
    for kind in ("fixed128x18", "function", "uint"):
        with pytest.raises(InvalidInput, match=kind):
            encode(f"({kind})", (1,))
