"""Terms by name: what goes in comes out, out of range is refused, files are read strictly."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.eip712.strategies import addresses, messages_of, packed
from wallet.errors import InvalidInput
from wallet.terms import LAYOUT, Terms

A, B, C = ("0x" + digit * 40 for digit in "123")


def build(**numbers: Any) -> Terms:
    """Terms of an ordinary card with some numbers changed."""
    return Terms.build(**{"token": A, "merchant": B, "template": C, "principal": 100_000, **numbers})


@given(packed())
def test_numbers_come_back_as_they_went_in(numbers: dict[str, int]) -> None:
    """No number disturbs another."""
    assert build(**numbers).numbers() == numbers


@given(packed(), st.sampled_from(sorted(LAYOUT)), st.data())
def test_a_change_changes_one_number(numbers: dict[str, int], name: str, data: st.DataObject) -> None:
    """`change` replaces one number and leaves the rest."""
    new = data.draw(st.integers(1 if name == "principal" else 0, LAYOUT[name].limit))
    assert build(**numbers).change(**{name: new}).numbers() == {**numbers, name: new}


@given(messages_of(Terms))
def test_any_terms_survive_json(terms: Terms) -> None:
    """All twelve words, unassigned bits included, so that cards of other wallets can be read too."""
    assert Terms.from_dict(json.loads(json.dumps(terms.to_dict()))) == terms


@given(st.sampled_from(sorted(LAYOUT)))
def test_too_large_a_number_is_refused(name: str) -> None:
    """Numbers are never cut to their width."""
    with pytest.raises(InvalidInput, match=name):
        build(**{name: LAYOUT[name].limit + 1})


@pytest.mark.parametrize("value", [-1, 1.5, "7", None])
def test_what_is_no_whole_number_is_refused(value: Any) -> None:
    """No floats near money, no text."""
    with pytest.raises(InvalidInput, match="bonus"):
        build(bonus=value)


def test_an_unknown_name_is_refused() -> None:
    """A misspelt number must not be dropped."""
    with pytest.raises(InvalidInput, match="cooling_dayz"):
        build(cooling_dayz=7)


def test_a_card_costs_something() -> None:
    """The principal is at least one fen."""
    with pytest.raises(InvalidInput, match="principal"):
        build(principal=0)


def test_a_purchase_of_a_product_differs_only_in_its_order() -> None:
    """Two purchases of one product are two cards of the same product id."""
    product = build(bonus=30_000)
    first, second = product.bought(salt=1, buy_by=9), product.bought(salt=2, buy_by=9, declared=1)
    assert first != second
    assert first.product_id == second.product_id == product.product_id
    assert (first.product(), second.declared, first.buy_by) == (product, 1, 9)


@given(addresses)
def test_money_goes_to_the_payee_if_there_is_one(payee: str) -> None:
    """Address zero means the merchant."""
    assert build().recipient == build().merchant
    if int(payee, 16):
        assert build(payee=payee).recipient == payee


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"bonus": "0x1"}, "unknown"),
        ({"amounts": None}, "amounts"),
        ({"amounts": "0x00"}, "shortest"),
        ({"amounts": "0xZZ"}, "hexadecimal"),
        ({"amounts": "0x" + "f" * 65}, "2\\*\\*256"),
        ({"amounts": 5}, "hexadecimal"),
        ({"form": "0x12"}, "32 bytes"),
        ({"merchant": "0xF39fd6e51aad88F6F4ce6aB8827279cffFb92266"}, "checksum"),
    ],
)
def test_a_damaged_record_is_refused(change: dict[str, Any], reason: str) -> None:
    """Strict reading names the key."""
    with pytest.raises(InvalidInput, match=reason):
        Terms.from_dict({**build().to_dict(), **change})


def test_a_missing_word_is_refused() -> None:
    """All twelve words or none."""
    document = build().to_dict()
    del document["cover"]
    with pytest.raises(InvalidInput, match="cover"):
        Terms.from_dict(document)


def test_unassigned_bits_are_reported() -> None:
    """Terms with bits this layout knows nothing of should not be signed."""
    terms = build()
    assert terms.reserved_bits() == 0
    for word in ("amounts", "policy", "order"):
        document = {**terms.to_dict(), word: hex(getattr(terms, word) | 1 << 255)}
        assert Terms.from_dict(document).reserved_bits()
