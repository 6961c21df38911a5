"""A charge that is not what was bought is refused, and each reason has its own code."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.eip712.strategies import addresses, words
from wallet.eip712 import sub_wallet_domain
from wallet.eip712.signature import public_address, sign_digest
from wallet.errors import PolicyRefusal
from wallet.exchange import Authorisation, ChargeRequest, Document, VoucherAuthorisation
from wallet.rules import Card, Status
from wallet.signing.checks import (
    BoughtCard,
    Outcome,
    check_answer,
    check_authorisation,
    check_charge,
    check_outcome,
)
from wallet.terms import Terms

MERCHANT_KEY, CONSUMER_KEY = bytes(31) + b"\x05", bytes(31) + b"\x06"
MERCHANT, CONSUMER = public_address(MERCHANT_KEY), public_address(CONSUMER_KEY)
DOMAIN = sub_wallet_domain(31337, "0x" + "12" * 20)
NOW = 1_800_000_000
TERMS = Terms.build(
    token="0x" + "01" * 20,
    merchant=MERCHANT,
    template="0x" + "03" * 20,
    principal=100_000,
    bonus=30_000,
    takes_vouchers=1,
).bought(salt=7, buy_by=NOW)
STATE = Card(
    used=10_000, listed=10_000, released=7_692, held=92_308, opened_at=NOW, status=Status.OPEN, epoch=2
)
BOUGHT = BoughtCard(TERMS.card_id(DOMAIN), TERMS, DOMAIN, CONSUMER, STATE, capacity=130_000)


def sign(document: Any, key: bytes) -> Any:
    """The document with a fresh signature over its present fields."""
    return replace(document, signature=sign_digest(key, document.message.digest(document.domain)))


CHARGE: ChargeRequest = sign(
    ChargeRequest(
        31337,
        DOMAIN.verifying_contract,
        MERCHANT,
        BOUGHT.card_id,
        10_000,
        10_000,
        13_000,
        13_000,
        2_308,
        NOW + 300,
        "C-17",
        "示例口腔",
        "洁牙",
        "",
        bytes(16),
        b"",
    ),
    MERCHANT_KEY,
)
ANSWER: Authorisation = sign(
    Authorisation.of(CHARGE.message.consume(epoch=2), domain=DOMAIN, consumer=CONSUMER, signature=b""),
    CONSUMER_KEY,
)
VOUCHER: VoucherAuthorisation = sign(
    VoucherAuthorisation(
        31337, DOMAIN.verifying_contract, CONSUMER, BOUGHT.card_id, 13_000, 13_000, 10_000, NOW + 300, 2, b""
    ),
    CONSUMER_KEY,
)


def refusal(check: Any, *args: Any, **options: Any) -> str:
    """The code with which something is refused."""
    with pytest.raises(PolicyRefusal) as caught:
        check(*args, **options)
    assert caught.value.exit_status == 5
    assert caught.value.hint
    return caught.value.error_code


def test_what_was_bought_passes() -> None:
    """The honest charge, its answer, and a voucher."""
    check_charge(CHARGE, BOUGHT, now=NOW)
    check_authorisation(ANSWER, BOUGHT, now=NOW)
    check_authorisation(VOUCHER, BOUGHT, now=NOW)
    check_answer(ANSWER, CHARGE)
    check_outcome(CHARGE.max_pay, BOUGHT, Outcome(2_308, 90_000))


@pytest.mark.parametrize(("now", "late"), [(NOW + 299, False), (NOW + 300, False), (NOW + 301, True)])
def test_the_last_second_still_counts(now: int, late: bool) -> None:
    """The same predicate as on chain: valid up to and including the deadline."""
    for check, document in ((check_charge, CHARGE), (check_authorisation, ANSWER)):
        if late:
            assert refusal(check, document, BOUGHT, now=now) == "expired"
        else:
            check(document, BOUGHT, now=now)


SIGNED_CHANGES = [
    ({"chain_id": 1}, "foreign-chain"),
    ({"sub_wallet": "0x" + "13" * 20}, "foreign-wallet"),
    ({"card": bytes(32)}, "other-card"),
    ({"deadline": NOW - 1}, "expired"),
    ({"used_after": 9_999}, "totals-not-growing"),
    ({"listed_after": 9_999}, "totals-not-growing"),
    ({"used_after": 130_001}, "over-draw"),
]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        *SIGNED_CHANGES,
        ({"used_after": 10_000, "listed_after": 10_000}, "totals-not-growing"),
        ({"used_before": 9_999}, "totals-differ"),
        ({"listed_before": 0}, "totals-differ"),
    ],
)
def test_a_charge_about_something_else_is_refused(change: dict[str, Any], code: str) -> None:
    """Even if the merchant really signed it."""
    assert refusal(check_charge, sign(replace(CHARGE, **change), MERCHANT_KEY), BOUGHT, now=NOW) == code


@pytest.mark.parametrize(
    ("change", "code"),
    [
        *SIGNED_CHANGES,
        ({"used_after": 10_000, "listed_after": 10_000}, "already-used"),
        ({"epoch": 1}, "stale-epoch"),
        ({"epoch": 3}, "stale-epoch"),
        ({"consumer": MERCHANT}, "other-consumer"),
    ],
)
def test_an_authorisation_that_would_fail_is_refused(change: dict[str, Any], code: str) -> None:
    """A merchant or relayer learns why before sending it."""
    for document in (ANSWER, VOUCHER):
        changed = sign(replace(document, **change), CONSUMER_KEY)
        assert refusal(check_authorisation, changed, BOUGHT, now=NOW) == code


@given(st.sampled_from([name for name, _ in ChargeRequest.LAYOUT if name != "signature"]), st.data())
def test_any_altered_field_is_noticed(name: str, data: st.DataObject) -> None:
    """A relay that changes one field of a signed charge gets it refused."""
    old = getattr(CHARGE, name)
    if isinstance(old, bytes):
        new: Any = data.draw(st.binary(min_size=len(old), max_size=len(old)))
    elif isinstance(old, int):
        new = data.draw(st.integers(0, 2**48 - 1))
    else:
        new = data.draw(addresses if old.startswith("0x") else st.text(max_size=5))
    if new != old:
        assert refusal(check_charge, replace(CHARGE, **{name: new}), BOUGHT, now=NOW)


@given(addresses)
def test_another_merchant_is_refused(other: str) -> None:
    """Even with a good signature of its own, and even if it claims to be the right one."""
    for merchant, code in ((CONSUMER, "other-merchant"), (MERCHANT, "charge-signature")):
        charge = sign(replace(CHARGE, merchant=merchant), CONSUMER_KEY)
        assert refusal(check_charge, charge, BOUGHT, now=NOW) == code
    if other != MERCHANT:
        assert refusal(check_charge, replace(CHARGE, merchant=other), BOUGHT, now=NOW) == "other-merchant"


@given(words)
def test_a_wrong_key_is_refused(key: bytes) -> None:
    """Whoever signs, only the account in the terms or the owner counts."""
    if int.from_bytes(key, "big") == 0 or key in (MERCHANT_KEY, CONSUMER_KEY) or key[0] == 255:
        return
    assert refusal(check_charge, sign(CHARGE, key), BOUGHT, now=NOW) == "charge-signature"
    assert refusal(check_authorisation, sign(ANSWER, key), BOUGHT, now=NOW) == "authorisation-signature"


def test_contract_accounts_are_decided_by_the_caller() -> None:
    """The answer of the ERC-1271 call replaces the key's signature, both ways."""
    forged = replace(CHARGE, signature=b"contract")
    check_charge(forged, BOUGHT, now=NOW, signed=True)
    assert refusal(check_charge, CHARGE, BOUGHT, now=NOW, signed=False) == "charge-signature"
    check_authorisation(replace(ANSWER, signature=b"contract"), BOUGHT, now=NOW, signed=True)
    assert refusal(check_authorisation, ANSWER, BOUGHT, now=NOW, signed=False) == "authorisation-signature"


def test_records_that_do_not_match_the_card_are_refused() -> None:
    """If the ledger's terms are not those the card's id was made of, nothing is signed."""
    swapped = replace(BOUGHT, terms=TERMS.change(bonus=0))
    assert refusal(check_charge, CHARGE, swapped, now=NOW) == "terms-differ"
    assert refusal(check_authorisation, ANSWER, swapped, now=NOW) == "terms-differ"


@pytest.mark.parametrize("status", [Status.NONE, Status.CLOSED, Status.OWING, Status.SHORT])
def test_a_closed_card_is_refused(status: Status) -> None:
    """Nothing is authorised on a card that is not open."""
    closed = replace(BOUGHT, state=replace(STATE, status=status))
    assert refusal(check_charge, CHARGE, closed, now=NOW) == "card-not-open"
    assert refusal(check_authorisation, ANSWER, closed, now=NOW) == "card-not-open"


def test_vouchers_need_terms_that_take_them() -> None:
    """Off unless the terms switch them on."""
    terms = TERMS.change(takes_vouchers=0)
    bought = replace(BOUGHT, terms=terms, card_id=terms.card_id(DOMAIN))
    voucher = sign(replace(VOUCHER, card=bought.card_id), CONSUMER_KEY)
    assert refusal(check_authorisation, voucher, bought, now=NOW) == "vouchers-off"
    check_authorisation(sign(replace(ANSWER, card=bought.card_id), CONSUMER_KEY), bought, now=NOW)


@pytest.mark.parametrize(
    ("outcome", "code"),
    [
        (Outcome(2_309, 89_999), "pays-too-much"),
        (Outcome(2_308, 89_999), "outcome-differs"),
        (Outcome(2_308, 90_001), "outcome-differs"),
        (Outcome(-1, 92_309), "outcome-differs"),
    ],
)
def test_a_simulation_that_does_not_add_up_is_refused(outcome: Outcome, code: str) -> None:
    """A template or token that moves something else than the charge allows."""
    assert refusal(check_outcome, CHARGE.max_pay, BOUGHT, outcome) == code


@pytest.mark.parametrize(
    "change",
    [{"max_pay": 2_309}, {"used_after": 12_999}, {"charge": bytes(32)}, {"deadline": NOW}, {"chain_id": 1}],
)
def test_an_answer_to_another_charge_is_noticed(change: dict[str, Any]) -> None:
    """The merchant serves only what was authorised; a lower limit is the consumer's right."""
    changed = sign(replace(ANSWER, **change), CONSUMER_KEY)
    assert refusal(check_answer, changed, CHARGE) == "authorisation-altered"
    check_answer(sign(replace(ANSWER, max_pay=2_307), CONSUMER_KEY), CHARGE)


@pytest.mark.parametrize("document", [CHARGE, ANSWER, VOUCHER], ids=lambda d: type(d).__name__)
def test_documents_here_are_well_formed(document: Document) -> None:
    """The fixtures themselves pass the strict reader's bounds."""
    document.check()
