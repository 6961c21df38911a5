"""Random values for typed messages and terms, shared by several test folders."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from wallet.eip712 import (
    BumpEpoch,
    Certificate,
    Charge,
    Consume,
    DisputeStep,
    Domain,
    Message,
    Permit,
    ReceiveWithAuthorization,
    Redirect,
    Terminate,
    Transfer,
    Voucher,
    to_checksum,
)
from wallet.terms import LAYOUT, Terms

addresses = st.binary(min_size=20, max_size=20).map(to_checksum)
words = st.binary(min_size=32, max_size=32)
numbers = st.one_of(st.integers(0, 2**48 - 1), st.integers(0, 2**256 - 1))
keys = st.integers(1, 2**255).map(lambda n: n.to_bytes(32, "big"))
domains = st.builds(
    Domain, st.text(max_size=20), st.sampled_from(["1", "2"]), st.integers(1, 2**53 - 1), addresses
)

ALL_MESSAGES: tuple[type[Message], ...] = (
    BumpEpoch,
    Certificate,
    Charge,
    Consume,
    DisputeStep,
    Permit,
    ReceiveWithAuthorization,
    Redirect,
    Terminate,
    Terms,
    Transfer,
    Voucher,
)

_OF_KIND: dict[str, st.SearchStrategy[Any]] = {"address": addresses, "bytes32": words, "uint256": numbers}


def messages_of(kind: type[Message]) -> st.SearchStrategy[Message]:
    """Messages of one type with any values that fit."""
    fields = zip(kind.SCHEMA.attributes, (solidity for _, solidity in kind.SCHEMA.fields), strict=True)
    return st.builds(kind, **{name: _OF_KIND[solidity] for name, solidity in fields})


messages = st.one_of([messages_of(kind) for kind in ALL_MESSAGES])


@st.composite
def packed(draw: st.DrawFn) -> dict[str, int]:
    """A value within its limits for every packed number of the terms."""
    values = {name: draw(st.integers(0, place.limit)) for name, place in LAYOUT.items()}
    values["principal"] = max(1, values["principal"])
    return values
