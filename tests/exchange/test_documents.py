"""Charges and authorisations as JSON and compact bytes: there and back, and nothing else is accepted."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.eip712.strategies import keys
from tests.exchange.strategies import documents
from wallet.eip712 import keccak256, sign_digest, sub_wallet_domain
from wallet.eip712.signature import compact, public_address
from wallet.errors import EnvironmentFault, InvalidInput
from wallet.exchange import (
    Authorisation,
    ChargeRequest,
    Document,
    Reference,
    from_bytes,
    from_json,
    read_document,
    to_bytes,
    to_json,
    write_document,
)
from wallet.exchange.documents import MAX_REFERENCE_BYTES
from wallet.exchange.files import (
    MAX_FILE_BYTES,
    require_authorisation,
    require_certificate,
    require_charge,
    require_statement,
)
from wallet.exchange.statements import SignedCertificate, Statement, hash_of

KEY = bytes(31) + b"\x05"
WALLET = "0x" + "12" * 20


def charge(**change: object) -> ChargeRequest:
    """The charge of the story: 30.00 of a card at 示例口腔, signed by its merchant."""
    reference = Reference("C-17", "示例口腔", "洁牙", "人民路店", bytes(range(16)))
    made = ChargeRequest(
        chain_id=31337,
        sub_wallet=WALLET,
        merchant=public_address(KEY),
        card=b"\x3f\x2a" + bytes(30),
        used_before=0,
        listed_before=0,
        used_after=3_000,
        listed_after=3_000,
        max_pay=2_307,
        deadline=1_800_000_300,
        number=reference.number,
        merchant_name=reference.merchant_name,
        item=reference.item,
        store=reference.store,
        salt=reference.salt,
        signature=b"\0",
    )
    made = replace(made, **change)
    return replace(made, signature=compact(sign_digest(KEY, made.message.digest(made.domain))))


@given(documents())
def test_json_there_and_back(document: Document) -> None:
    """Text written is read as the same value."""
    assert from_json(to_json(document)) == document


@given(documents())
def test_bytes_there_and_back(document: Document) -> None:
    """Compact bytes are read as the same value, and there is only one spelling."""
    data = to_bytes(document)
    assert from_bytes(data) == document
    assert to_bytes(from_bytes(data)) == data


@given(documents(), st.data())
def test_a_damaged_byte_is_noticed(document: Document, data: st.DataObject) -> None:
    """Any single changed byte fails the checksum."""
    raw = bytearray(to_bytes(document))
    place = data.draw(st.integers(0, len(raw) - 1))
    raw[place] ^= data.draw(st.integers(1, 255))
    with pytest.raises(InvalidInput):
        from_bytes(bytes(raw))


@given(documents(), st.data())
def test_a_cut_document_is_noticed(document: Document, data: st.DataObject) -> None:
    """Cut anywhere, or with something behind it."""
    raw = to_bytes(document)
    with pytest.raises(InvalidInput):
        from_bytes(raw[: data.draw(st.integers(0, len(raw) - 1))])
    with pytest.raises(InvalidInput):
        from_bytes(raw + b"\0")


@given(st.binary(max_size=300))
def test_random_bytes_are_refused_politely(data: bytes) -> None:
    """Never a crash, also behind a right beginning and checksum."""
    import zlib

    for body in (data, b"PP\x01\x01" + data, b"PP\x01\x02" + data, b"PP\x01\x03" + data):
        with pytest.raises(InvalidInput):
            from_bytes(body + zlib.crc32(body).to_bytes(4, "big"))


def test_the_story_fits_a_small_code() -> None:
    """A charge with Chinese names takes at most 300 bytes, an authorisation less."""
    assert len(to_bytes(charge())) < 260
    message = charge().message.consume(epoch=0)
    made = Authorisation.of(
        message, domain=sub_wallet_domain(31337, WALLET), consumer=WALLET, signature=bytes(64)
    )
    assert len(to_bytes(made)) < 240


@given(documents(fits_qr=True))
def test_every_document_stays_small(document: Document) -> None:
    """Even the largest numbers and longest texts stay near 330 bytes."""
    assert len(to_bytes(document)) <= 335


@given(keys)
def test_a_charge_knows_who_signed_it(key: bytes) -> None:
    """Only the merchant's signature over these very fields counts."""
    made = charge()
    assert made.is_signed()
    assert not replace(made, max_pay=made.max_pay + 1).is_signed()
    assert not replace(made, salt=bytes(16)).is_signed()
    assert not replace(made, item="种植").is_signed()
    assert not replace(made, chain_id=1).is_signed()
    if key != KEY:
        assert not replace(made, merchant=public_address(key)).is_signed()


@given(keys, st.integers(0, 2**48 - 1), st.integers(0, 2**16 - 1))
def test_answers_carry_their_message(key: bytes, amount: int, epoch: int) -> None:
    """The signed message comes back out of the document, and its signature holds."""
    domain = sub_wallet_domain(31337, WALLET)
    message = charge().message.consume(epoch=epoch, max_pay=amount)
    signature = sign_digest(key, message.digest(domain))
    made = Authorisation.of(message, domain=domain, consumer=public_address(key), signature=signature)
    assert made.message == message
    assert made.is_signed()
    assert not replace(made, epoch=epoch + 1).is_signed()


def test_the_reference_is_hashed_with_its_salt() -> None:
    """keccak256(salt ‖ text): the same words under another salt have another hash."""
    reference = Reference.new("C-17", "示例口腔", item="洁牙")
    assert reference.hash == keccak256(reference.salt + "C-17\n示例口腔\n洁牙\n".encode())
    assert reference.hash != Reference.new("C-17", "示例口腔", item="洁牙").hash
    assert Reference("a", "b", "", "c", bytes(16)).hash != Reference("a", "b", "c", "", bytes(16)).hash


def spoil(text: str, old: str, new: str) -> str:
    """The text with one piece replaced; the piece must be there."""
    assert old in text
    return text.replace(old, new, 1)


@pytest.mark.parametrize(
    ("old", "new", "field", "line"),
    [
        ('"chain_id": 31337', '"chain_id": 31337.0', "chain_id", 3),
        ('"chain_id": 31337', '"chain_id": "31337"', "chain_id", 3),
        ('"chain_id": 31337', '"chain_id": true', "chain_id", 3),
        ('"max_pay": 2307', '"max_pay": -1', "max_pay", 11),
        ('"max_pay": 2307', '"max_pay": 1e3', "max_pay", 11),
        ('"max_pay": 2307', '"max_pay": 281474976710656', "max_pay", 11),
        ('"max_pay": 2307', '"max_pay": NaN', "JSON", 1),
        ('"max_pay": 2307', '"max_pay": 2307, "tip": 5', "tip", 11),
        ('"max_pay": 2307', '"max_pay": 2307,\n  "max_pay": 2307', "max_pay", 12),
        ('"max_pay": 2307', '"maxPay": 2307', "maxPay", 11),
        ('"used_before": 0', '"used_before": 00', "JSON", 7),
        ('"schema": "prepaid.charge/1"', '"schema": "prepaid.charge/2"', "schema", 2),
        ("示例口腔", "示例口腔\\u202e", "merchant_name", 14),
        ("示例口腔", "示例口腔\\n", "merchant_name", 14),
        ("示例口腔", "示" * 34, "merchant_name", 14),
        ("洁牙", "洗牙", "charge", 19),
        ("0x000102", "0x000202", "charge", 19),
        ("0x0001020304", "0x00010203", "salt", 17),
        ("0x3f2a", "0x3F2A", "card", 6),
    ],
)
def test_refuses_and_says_where(old: str, new: str, field: str, line: int) -> None:
    """Each refusal names the line and the key."""
    text = spoil(to_json(charge()), old, new)
    with pytest.raises(InvalidInput) as caught:
        from_json(text, where="charge.json")
    assert caught.value.values["field"] == field
    assert caught.value.values["line"] == line
    assert caught.value.message.startswith(f"charge.json, line {line}: {field}")


def test_a_wrong_checksum_is_refused() -> None:
    """The address of somebody else, one letter apart."""
    text = to_json(charge(merchant="0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266"))
    with pytest.raises(InvalidInput, match=r"line 5: merchant: .*checksum"):
        from_json(spoil(text, "0xf39Fd6", "0xf39fd6"))


@pytest.mark.parametrize(
    "text", ["", "[]", "null", "{", '"x"', "[" * 100_000, '{"schema": []}', "{}", "1" * 5000]
)
def test_other_json_is_refused(text: str) -> None:
    """Never a crash."""
    with pytest.raises(InvalidInput):
        from_json(text)


@given(documents(), st.data())
def test_every_key_is_needed(document: Document, data: st.DataObject) -> None:
    """A missing key is named."""
    fields = json.loads(to_json(document))
    gone = data.draw(st.sampled_from(sorted(fields)))
    del fields[gone]
    with pytest.raises(InvalidInput, match=gone):
        from_json(json.dumps(fields))


def test_texts_together_are_bounded() -> None:
    """Each text may fit alone and still be too much together."""
    half = "x" * (MAX_REFERENCE_BYTES // 2)
    assert to_bytes(charge(merchant_name=half, item=half, number="", store=""))
    with pytest.raises(InvalidInput, match="together"):
        to_bytes(charge(merchant_name=half, item=half, number="1", store=""))


@given(documents(), st.sampled_from(["json", "binary"]))
def test_files_there_and_back(
    tmp_path_factory: pytest.TempPathFactory, document: Document, form: str
) -> None:
    """A file in either form is recognised by its content."""
    path = tmp_path_factory.mktemp("exchange") / "document"
    if form == "json":
        write_document(path, document)
    else:
        path.write_bytes(to_bytes(document))
    assert read_document(path) == document


def test_file_faults(tmp_path: Path) -> None:
    """Missing, too long, and of no form at all."""
    with pytest.raises(EnvironmentFault, match=r"nothing\.json"):
        read_document(tmp_path / "nothing.json")
    for content in (b" " * (MAX_FILE_BYTES + 1), b"\xff\xfe{}", b"\x00"):
        path = tmp_path / "document"
        path.write_bytes(content)
        with pytest.raises(InvalidInput, match="document"):
            read_document(path)
    with pytest.raises(EnvironmentFault):
        write_document(tmp_path / "document" / "below a file", charge())


def test_a_failed_write_leaves_the_old_file(tmp_path: Path) -> None:
    """Nothing half written, and no draft left behind."""
    path = tmp_path / "charge.json"
    write_document(path, charge())
    with pytest.raises(InvalidInput):
        write_document(path, replace(charge(), number="\n"))
    assert read_document(path) == charge()
    assert [each.name for each in tmp_path.iterdir()] == ["charge.json"]


@given(documents())
def test_one_kind_is_not_taken_for_another(document: Document) -> None:
    """A merchant's charge is no authorisation, a certificate no statement, and so on."""
    readers = {
        ChargeRequest: require_charge,
        Authorisation: require_authorisation,
        SignedCertificate: require_certificate,
        Statement: require_statement,
    }
    for kind, read in readers.items():
        if isinstance(document, kind):
            assert read(document) is document
        else:
            with pytest.raises(InvalidInput, match=document.SCHEMA):
                read(document)


def test_a_certificate_knows_who_signed_it_and_what_it_rests_on() -> None:
    """The words are signed through their hash; nobody finds them without the salt."""
    unsigned = SignedCertificate(
        chain_id=31337,
        sub_wallet=WALLET,
        card=b"\x3f\x2a" + bytes(30),
        certifier=public_address(KEY),
        used_after=10_000,
        listed_after=600_000,
        deadline=1_800_000_300,
        epoch=1,
        words="种植体植入，复查合格",
        salt=bytes(range(16)),
        signature=b"\0",
    )
    made = replace(unsigned, signature=sign_digest_of(unsigned))
    assert made.is_signed()
    for other in (
        replace(made, used_after=20_000),
        replace(made, epoch=2),
        replace(made, words="种植体植入"),
        replace(made, salt=bytes(16)),
        replace(made, certifier=WALLET),
    ):
        assert not other.is_signed()
    assert made.evidence == hash_of(made.words, made.salt) != hash_of(made.words, bytes(16))


def sign_digest_of(document: SignedCertificate) -> bytes:
    return compact(sign_digest(KEY, document.message.digest(document.domain)))
