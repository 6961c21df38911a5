"""Who stood behind a card, and what it paid: believed of those alone whom the terms name by their hash."""

from __future__ import annotations

import pytest

from tests.evidence.tale import changed, read, resealed, write
from tests.services.street import Street
from tests.services.street import built as built
from tests.services.street import street as street
from wallet.evidence.findings import Verdict
from wallet.evidence.verify import verify
from wallet.services import buy, claim, guarantee_lines
from wallet.services.evidence import export

PAID = ["CardAccepted", "Closed", "ClaimFiled", "ClaimConfirmed", "ClaimPaid", "ShortfallPaid"]


@pytest.fixture
def insured(street: Street) -> str:
    """A card of which a fifth was held, its merchant gone, made whole by the insurer."""
    context = street.context
    street.line(rate_bps=100, share_bps=8_000)
    guarantee_lines.fund_premium(context, street.clinic, 1, "merchant", 1_000, wanted="跑路险")
    preview = buy.preview_purchase(context, street.person("alice").address, street.sell([("跑路险", 80_000)]))
    card = buy.buy(context, street.person("alice"), preview, carrier=street.clinic).card
    street.runaway()
    assert street.leave(street.person("alice"), card) == 80_000
    return card


def test_a_guarantee_from_its_promise_to_its_payment(street: Street, insured: str) -> None:
    context, card = street.context, insured
    claim.file_claim(context, street.operator, card)
    claim.verify_claim(context, street.bank, card, due=True)
    street.wait(8)
    claim.pay_claim(context, street.operator, card)
    made = export(context, card)
    data = made.file.to_bytes()
    report = verify(data, chain=context.chain)
    assert (report.verdict, report.findings) == (Verdict.VERIFIED, ())
    names = [line.name for line in report.lines]
    assert set(PAID) <= set(names)
    # All of it was sealed when it happened, but what was said about the merchant and the card's acceptance.
    assert {names[number] for number in made.late} <= {"MerchantStatusChanged", "CardAccepted"}

    value = read(data)
    last = len(value["records"]) - 1
    (pledge,) = value["records"][last]["body"]["cover"]
    assert pledge["limit"] == "80000"
    dearer = changed(value, ("records", last, "body", "cover", 0, "limit"), "90000")
    found = verify(write(resealed(dearer))).findings[0]
    assert (found.record, found.field) == (last, "cover")
    stranger = next(n for n, one in enumerate(value["records"]) if one["body"].get("event") == "ClaimPaid")
    forged = changed(value, ("records", stranger, "body", "address"), "0x" + "77" * 20)
    found = verify(write(resealed(forged))).findings[0]
    assert (found.record, found.field) == (stranger, "address")
