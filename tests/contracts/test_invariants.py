"""No sequence of calls breaks a guarantee; INVARIANTS.md says in words which and how they are looked for."""

from __future__ import annotations

from collections import Counter
from functools import cache

import pytest

from tests.contracts.broken.variants import SOUGHT, Variant, broken
from tests.contracts.invariants.city import MOVES
from tests.contracts.invariants.search import SHARD, Found, Report, Stage, search

pytestmark = pytest.mark.slow

SHARDS = 20
CALLS = SHARDS * SHARD

SUCCEEDS = (
    *("open", "openBySig", "openWithPermit", "openWithAuthorization"),
    *("consume", "consumeMany", "redeem", "terminate", "terminateBySig", "settle"),
    *("collect", "collectTo", "bumpEpoch", "bumpEpochBySig", "sweep"),
    *("openCovered", "openCoveredWithAuthorization", "certify", "applyFinding", "payShortfall"),
    *("transferCard", "transferCardBySig"),
)
REFUSALS = (
    *("CardExists", "CardListIncomplete", "CardNotOpen", "DeadlinePassed", "EpochNotGrowing", "EpochVoided"),
    *("GasTooLow", "MerchantMayNotSell", "NotConsumer", "NothingDue", "NothingToCollect", "NumberTooLarge"),
    *("PaysTooMuch", "RefundTooLow", "SignatureInvalid", "TemplateFailed", "TemplateNotAdmitted"),
    *("TermsInvalid", "TokenDeliveredWrongly", "TotalsNotGrowing", "VouchersOff"),
    *("CoverMismatch", "NoCertifier", "NoFinding", "NoShortfall", "NotCertified", "PaymentUnfit"),
    *("PledgeUnfit", "NotThisOne"),
)


@cache
def whole() -> Report:
    """The search that every `make test` makes; always the same one."""
    total = Report()
    for seed in range(SHARDS):
        report = search(seed, SHARD)
        total.calls += report.calls
        total.succeeded += report.succeeded
        total.cards += report.cards
        total.coverage += report.coverage
    return total


def test_no_sequence_of_calls_breaks_a_guarantee() -> None:
    """Twenty thousand random calls, right and wrong ones, with every property checked after each."""
    assert whole().calls >= CALLS


def test_no_registry_that_fails_or_lies_breaks_a_guarantee() -> None:
    """The same, beside registries that revert, burn gas, name stops and tiers that never were, or find
    anything about everything."""
    stage = Stage(unreliable=True)
    assert sum(search(1_000 + seed, SHARD, stage).calls for seed in range(4)) >= 4 * SHARD


def test_the_search_reaches_every_function_and_every_refusal() -> None:
    """A search that never gets anywhere would prove nothing."""
    report = whole()
    assert report.succeeded > CALLS // 4
    assert report.cards > 50 * SHARDS
    rare = {
        name: report.coverage[f"{name} done"] for name in SUCCEEDS if report.coverage[f"{name} done"] < 20
    }
    assert not rare, f"hardly ever succeeded: {rare}"
    seen = Counter(key.split(" ", 1)[1].removeprefix("SubWallet_") for key in report.coverage)
    assert not [name for name in REFUSALS if not seen[name]], "never refused for these reasons"


def test_the_search_is_the_same_every_time() -> None:
    """A seed is enough to see a finding again."""
    assert search(7, 200) == search(7, 200)


def test_broken_variants_share_a_contract_that_is_sound() -> None:
    """With no variant in force the shared contract passes: what is found is the variant, not the switch."""
    assert search(1, SHARD, Stage(broken()[""])).calls >= SHARD


@pytest.mark.parametrize("variant", SOUGHT, ids=lambda variant: variant.name.replace(" ", "-"))
def test_the_search_finds_a_sub_wallet_that(variant: Variant) -> None:
    """Each broken sub-wallet is caught by the guarantees alone, without the reference rules, and for the
    right reason."""
    with pytest.raises(Found) as caught:
        search_shards(variant)
    assert caught.value.finding.violation.name in variant.breaks, str(caught.value.finding.violation)


def search_shards(variant: Variant) -> None:
    """A small budget: 8,000 calls."""
    stage = Stage(broken()[variant.name], reference=False, unreliable=variant.unreliable)
    for seed in range(8):
        search(seed, SHARD, stage, shrink=0)


def test_a_finding_is_shortened_to_what_matters() -> None:
    """The shortest sequence against the variant that forgets what was paid: open, and use twice."""
    forgetful = Stage(broken()["forgets what was already paid"], reference=False)
    with pytest.raises(Found) as caught:
        search(0, SHARD, forgetful, shrink=60)
    finding = caught.value.finding
    assert len(finding.sequence) <= 3, str(finding)
    assert {kind for kind, _ in finding.sequence} <= set(MOVES)
    assert "replay:" in str(finding)
