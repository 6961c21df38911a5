"""Our digests against eth_account's, and the typed-data document there and back."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from eth_account.messages import _hash_eip191_message, encode_typed_data
from hypothesis import given

from tests.eip712.strategies import ALL_MESSAGES, addresses, domains, messages, words
from wallet.eip712 import (
    Consume,
    Domain,
    Message,
    Redirect,
    Schema,
    Terminate,
    sub_wallet_domain,
)
from wallet.eip712.typed_data import from_typed_data, to_typed_data
from wallet.errors import InvalidInput
from wallet.terms import Terms

CARD = bytes(range(32))
DOMAIN = sub_wallet_domain(31337, "0x" + "12" * 20)
CONTRACTS = Path(__file__).resolve().parents[2] / "contracts"


@given(messages, domains)
def test_digest_is_the_one_eth_account_signs(message: Message, domain: Domain) -> None:
    """An independent Python implementation, fed with the JSON document, hashes every message alike."""
    theirs = _hash_eip191_message(encode_typed_data(full_message=to_typed_data(message, domain)))
    assert message.digest(domain) == theirs


@given(messages, domains)
def test_document_survives_json(message: Message, domain: Domain) -> None:
    """Writing the document, passing it as text and reading it back gives the same message and domain."""
    document = json.loads(json.dumps(to_typed_data(message, domain)))
    assert from_typed_data(document) == (message, domain)


@given(messages, domains, addresses)
def test_another_wallet_or_chain_has_another_digest(message: Message, domain: Domain, other: str) -> None:
    """Replay on another chain or clone: the domain is part of what is signed."""
    elsewhere = Domain(domain.name, domain.version, domain.chain_id + 1, domain.verifying_contract)
    assert message.digest(domain) != message.digest(elsewhere)
    if other != domain.verifying_contract:
        clone = Domain(domain.name, domain.version, domain.chain_id, other)
        assert message.digest(domain) != message.digest(clone)


@given(words, words)
def test_messages_of_different_types_never_share_a_digest(first: bytes, second: bytes) -> None:
    """The same words under another type name are another message."""
    assert Terminate(first, 1, 2, 3).digest(DOMAIN) != Consume(first, 1, 2, 3, second, 4, 5).digest(DOMAIN)


def test_type_strings_are_those_in_the_contracts() -> None:
    """Every type hash in Messages.sol belongs to one of our schemas, spelt the same."""
    source = (CONTRACTS / "libraries" / "Messages.sol").read_text()
    theirs = set(re.findall(r'"([A-Z]\w*\((?:address|bytes32|uint256) [^"]*\))"', source))
    ours = {kind.SCHEMA.type_string for kind in ALL_MESSAGES}
    assert len(theirs) >= 6
    assert theirs <= ours


@pytest.mark.parametrize(
    ("message", "field"),
    [
        (Consume(CARD[:31], 1, 2, 3, CARD, 4, 5), "card"),
        (Consume(CARD, -1, 2, 3, CARD, 4, 5), "usedAfter"),
        (Consume(CARD, 1, 1 << 256, 3, CARD, 4, 5), "listedAfter"),
        (Consume(CARD, 1, 2, True, CARD, 4, 5), "maxPay"),
        (Redirect(CARD, "0x12", 4), "address"),
    ],
)
def test_refuses_values_that_do_not_fit(message: Message, field: str) -> None:
    """A value that does not fit its type is named instead of being cut or wrapped."""
    with pytest.raises(InvalidInput, match=field):
        message.digest(DOMAIN)


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"primaryType": "Steal"}, "primaryType"),
        ({"types": {}}, "types"),
        ({"message": {}}, "message"),
        ({"domain": {}}, "document"),
    ],
)
def test_refuses_documents_of_other_shapes(change: dict[str, object], where: str) -> None:
    """A document with another type, renamed or reordered fields would be signed as something else."""
    document = {**to_typed_data(Terminate(CARD, 1, 2, 3), DOMAIN), **change}
    with pytest.raises(InvalidInput, match=where):
        from_typed_data(document)


def test_refuses_reordered_fields() -> None:
    """The order of fields is part of the type hash."""
    document = to_typed_data(Terminate(CARD, 1, 2, 3), DOMAIN)
    document["types"]["Terminate"].reverse()
    with pytest.raises(InvalidInput, match="types"):
        from_typed_data(document)


@pytest.mark.parametrize("value", ["1e3", "-1", "１２", " 1", "0x1", 1.0, True, None, str(1 << 256)])
def test_refuses_numbers_that_are_not_plain(value: object) -> None:
    """Numbers in a document are plain ASCII digits or JSON integers below 2**256."""
    document = to_typed_data(Terminate(CARD, 1, 2, 3), DOMAIN)
    document["message"]["minRefund"] = value
    with pytest.raises(InvalidInput, match="minRefund"):
        from_typed_data(document)


def test_card_id_is_the_digest_of_the_purchase() -> None:
    """The card's id is what the consumer signs, so ERC-3009 can use it as nonce."""
    terms = Terms.build(
        token="0x" + "01" * 20, merchant="0x" + "02" * 20, template="0x" + "03" * 20, principal=1
    )
    assert terms.card_id(DOMAIN) == terms.digest(DOMAIN)
    assert terms.SCHEMA.name == "Purchase"


def test_schema_knows_only_atomic_types() -> None:
    """Arrays and strings are refused: implementations disagree on hashing arrays."""
    with pytest.raises(KeyError):
        Schema.parse("Bad(uint256[] list)")
