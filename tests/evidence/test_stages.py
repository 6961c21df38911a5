"""What else may happen to a card is sealed too: progress, disputes, findings, transfers, shortfalls."""

from __future__ import annotations

import pytest

from tests.evidence.tale import read, resealed, write
from tests.moving.conftest import built as built
from tests.moving.conftest import street as street
from tests.moving.street import Street
from wallet.evidence.findings import Report, Verdict
from wallet.evidence.verify import verify
from wallet.services import finding, onboard, shortfall, transfer
from wallet.services.evidence import export

STEP = 10_000


def told(street: Street, card: str) -> tuple[list[str], Report]:
    """What the records of a card say, in order, and what the examination makes of them."""
    data = export(street.context, card).file.to_bytes()
    report = verify(data, chain=street.context.chain)
    return [line.name for line in report.lines if line.stage], report


@pytest.fixture
def implant(street: Street) -> str:
    """A treatment in steps, the first one certified and confirmed."""
    card = street.buy(street.implant())
    street.certify(card, STEP)
    street.confirm(card)
    return card


def test_certified_progress_and_the_words_it_rests_on(street: Street, implant: str) -> None:
    """Who certified, on what ground, and that the consumer confirmed exactly that."""
    names, report = told(street, implant)
    assert names[2:] == ["Certificate", "Certified", "Consume", "Consumed"]
    assert (report.verdict, report.findings, [one.code for one in report.notes]) == (
        Verdict.VERIFIED, (), ["no-tries"],
    )  # fmt: skip
    value = read(export(street.context, implant).file.to_bytes())
    body = value["records"][3]["body"]
    assert body["reference"]["words"] == "复查合格"
    assert body["signer"] == street.certifier.address.lower()
    body["reference"]["words"] = "复查不合格"
    found = verify(write(resealed(value))).findings[0]
    assert (found.record, found.field) == (3, "reference")


def test_a_transfer_stands_in_the_evidence_of_both_cards(street: Street, implant: str) -> None:
    """One signature, one event, two stories; totals and terms fit in each."""
    rest = street.implant(by=street.other, prices=(330_000, 330_000), name="续种植")
    move = transfer.preview_transfer(street.context, street.alice.address, implant, rest)
    moved = transfer.transfer(street.context, street.alice, move, carrier=street.carrier)
    names, report = told(street, implant)
    assert names[6:] == ["Permit", "Transfer", "Closed", "Transferred"]
    assert (report.verdict, report.findings) == (Verdict.VERIFIED, ())
    assert [one.code for one in report.notes] == ["no-tries"]
    names, report = told(street, moved.new_card)
    assert sorted(names) == ["Opened", "Transfer", "Transferred"]
    assert (report.verdict, report.findings) == (Verdict.VERIFIED, ())
    assert [one.code for one in report.notes] == ["no-tries"]


def test_a_dispute_step_by_step(street: Street) -> None:
    """Complaint with its words, answer, escalation, ruling, and what the card took over."""
    card = street.buy(street.sell("储值"))
    street.complain(card)
    street.refuse(card)
    street.escalate(card)
    street.rule(card)
    finding.apply_finding(street.context, street.carrier, card)
    names, report = told(street, card)
    assert names[2:] == [
        "DisputeStep", "DisputeRaised", "DisputeRefused", "DisputeStep", "DisputeEscalated", "DisputeRuled",
        "Found", "FindingApplied",
    ]  # fmt: skip
    assert report.findings == ()
    value = read(export(street.context, card).file.to_bytes())
    complaint = next(one["body"] for one in value["records"] if one["body"].get("stage") == "dispute")
    assert complaint["reference"]["words"] == "医生建议停止"


def test_a_shortfall_that_is_paid_and_tiers_on_the_way(street: Street) -> None:
    """Partial custody: the advance, the exit that is short, the payment from the merchant's own pocket."""
    card = street.buy(street.sell("半存管", custody_bps=5_000, advance=50_000))
    onboard.set_tier(street.context, street.town.operator, street.clinic.address, 2)
    onboard.stop(street.context, street.town.operator, street.clinic.address)
    ended = street.leave(card)
    assert ended.shortfall > 0
    debt = shortfall.preview_shortfall(street.context, street.clinic.address, card)
    shortfall.pay_shortfall(street.context, street.clinic, debt)
    names, report = told(street, card)
    assert set(names) >= {
        "Opened", "Advanced", "Closed", "ShortfallPaid", "MerchantTierChanged", "MerchantStatusChanged",
    }  # fmt: skip
    assert (report.verdict, report.findings) == (Verdict.VERIFIED, ())
