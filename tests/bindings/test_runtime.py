"""Reverts, events and calls: the same typed values whatever the node, and no surprise from a hostile one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wallet.bindings import errors, events
from wallet.bindings.abi import encode
from wallet.bindings.hints import HINTS, explain, words
from wallet.bindings.runtime import ask, decode_log, decode_revert
from wallet.bindings.sub_wallet import SubWallet
from wallet.chain.base import BadAnswer, Log
from wallet.errors import ContractError, UnknownRevert

CARD, ADDRESS = b"\x3f\x2a" + bytes(30), "0x" + "00" * 19 + "aA"


def test_a_custom_error_carries_its_values() -> None:
    """As attributes in their Python types, and as plain values for JSON; with message, hint, code, status."""
    cls = errors.SubWalletCardNotOpen
    error = decode_revert(cls.selector + encode("(bytes32,uint8)", (CARD, 2)))
    assert type(error) is cls
    assert (error.card, error.status) == (CARD, 2)
    assert error.values == {"card": "0x" + CARD.hex(), "status": 2}
    assert (error.error_code, error.exit_status, error.name) == (
        "sub-wallet-card-not-open", 3, "SubWallet_CardNotOpen",
    )  # fmt: skip
    assert "is not open" in error.message
    assert error.hint


def test_every_error_survives_the_way_through_its_bytes() -> None:
    """All selectors are their own, all types readable, every sentence can be made."""
    samples = {"address": ADDRESS, "bytes32": CARD, "bytes4": b"four", "string": "principal", "bool": True}
    for selector, cls in errors.BY_SELECTOR.items():
        kinds = [kind for kind in cls.types.strip("()").split(",") if kind]
        values = [samples.get(kind, 7) for kind in kinds]
        error = decode_revert(selector + encode(cls.types, values))
        assert type(error) is cls
        assert error.message
        assert "{" not in error.message


def test_every_hint_is_about_an_error_that_exists() -> None:
    """And uses only values that the error has."""
    by_name = {cls.name: cls for cls in errors.BY_SELECTOR.values()}
    assert set(HINTS) <= set(by_name)


def test_an_error_without_words_still_reads() -> None:
    """A new contract's error is a sentence made of its name and values; so is one with other values."""
    assert words("MyRule_TooManyCups") == "my rule: too many cups"
    assert explain("MyRule_TooManyCups", {"cups": 3}) == ("my rule: too many cups (cups 3)", "")
    message, hint = explain("SubWallet_CardNotOpen", {"other": 1})
    assert message == "sub wallet: card not open (other 1)"
    assert hint


@pytest.mark.parametrize(
    ("name", "status", "said"),
    [
        ("SubWallet_CardNotOpen", 2, "(ended)"),
        ("SubWallet_NothingToCollect", 1, "(open)"),
        ("MerchantRegistry_WrongStatus", 4, "“stopped”"),
        ("MerchantRegistry_WrongStatus", 9, "“9”"),
    ],
)
def test_a_status_is_said_in_words(name: str, status: int, said: str) -> None:
    """A number that has no word yet stays a number; the error's own value is the number always."""
    kind = next(cls for cls in errors.BY_SELECTOR.values() if cls.name == name)
    first = b"\x12" * 32 if name.startswith("SubWallet") else "0x" + "11" * 20
    error = kind(first, status)
    assert said in error.message
    assert error.values["status"] == status


def test_errors_that_solidity_makes() -> None:
    """`require` with a text, panics, and nothing at all."""
    assert "too late" in decode_revert(bytes.fromhex("08c379a0") + encode("(string)", ("too late",))).message
    panic = decode_revert(bytes.fromhex("4e487b71") + encode("(uint256)", (0x11,)))
    assert (panic.error_code, panic.values["panic"]) == ("reverted-panic", 0x11)
    assert isinstance(decode_revert(b""), UnknownRevert)
    unknown = decode_revert(b"\xde\xad\xbe\xef" + bytes(40))
    assert isinstance(unknown, UnknownRevert)
    assert unknown.values["data"].startswith("0xdeadbeef")


@given(st.sampled_from(sorted(errors.BY_SELECTOR)) | st.binary(max_size=4), st.binary(max_size=200))
def test_no_revert_data_breaks_the_reader(selector: bytes, rest: bytes) -> None:
    """Whatever bytes a contract gives, the answer is one ContractError."""
    assert isinstance(decode_revert(selector + rest), ContractError)


def _log(topics: tuple[bytes, ...], data: bytes) -> Log:
    return Log(ADDRESS, topics, data, 1, bytes(32), 0)


def test_an_event_is_read_by_its_topic() -> None:
    """Indexed and plain values land in their places."""
    data = encode("(uint256,uint256,uint256,uint256)", (3000, 3000, 2307, 2307))
    event = decode_log(_log((events.Consumed.TOPIC, CARD, b"\7" * 32), data))
    assert event == events.Consumed(CARD, b"\7" * 32, 3000, 3000, 2307, 2307)


def test_other_logs_are_not_ours() -> None:
    """Another topic, the same topic with other indices, cut data, no topic at all: left alone."""
    data = encode("(uint256,uint256,uint256,uint256)", (1, 2, 3, 4))
    topic = events.Consumed.TOPIC
    for topics, rest in (
        ((b"\1" * 32,), data),
        ((topic, CARD), data),
        ((topic, CARD, CARD), data[:-1]),
        ((), b""),
    ):
        assert decode_log(_log(topics, rest)) is None
    with pytest.raises(BadAnswer, match="no Consumed"):
        events.Consumed.decode(_log((events.Opened.TOPIC, CARD, CARD), data))


def test_asking_an_address_without_a_contract() -> None:
    """The answer is empty: it says which call at which address, and where to look."""
    from wallet.chain import open_chain

    with open_chain("revm") as chain, pytest.raises(BadAnswer) as caught:
        ask(chain, SubWallet(ADDRESS).owner())
    assert "SubWallet.owner" in caught.value.message
    assert ADDRESS in caught.value.message
    assert "contract" in caught.value.hint
