"""Three feeds into one risk score, and what follows: credit, tier, early share, premium, badge.

Each feed goes from 0 to 10000 by itself and counts with its own weight (row 64); more trouble never lowers
the risk, better credit never a share (row 31). Points and cut-offs are design choices of a programme.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from wallet.law.dates import DAY
from wallet.law.programme import FULL, Credit, Watch
from wallet.supervision.dossier import Dossier, Mark

HIGHEST_TIER = 3
LEAST_PREMIUM, MOST_PREMIUM = 1, 1_000
"""Bounds of a premium in bps (parameter 38 of the contract rules)."""


@dataclass(frozen=True, slots=True)
class Feeds:
    """How bad each feed is, 0 to 10000."""

    violations: int = 0
    anomalies: int = 0
    complaints: int = 0

    def risk(self, watch: Watch) -> int:
        """The weighted score: 0 none, 10000 worst; rounded down."""
        weighted = (
            self.violations * watch.violation_weight_bps
            + self.anomalies * watch.anomaly_weight_bps
            + self.complaints * watch.complaint_weight_bps
        )
        return weighted // FULL


def feeds(dossier: Dossier, watch: Watch, now: int) -> Feeds:
    """What the feeds tell at `now` (unix seconds); entries older than the programme's window are over."""
    since = now - watch.window_days * DAY
    complaints = [one for one in dossier.complaints if one.at >= since and not one.dismissed]
    return Feeds(
        _level(dossier.violations, since),
        _level(dossier.anomalies, since),
        min(FULL, len(complaints) * watch.complaint_points),
    )


def tier_for(risk: int, whitelisted: bool, credit: Credit) -> int:
    """The tier (0 none to 3 highest) that a risk score gives."""
    if credit.whitelist_only and not whitelisted:
        return 0
    return sum(1 for bound in credit.cut_offs if FULL - risk >= bound)


def early_share(tier: int, credit: Credit) -> int:
    """Share of the principal (bps) that a merchant of `tier` may have before it performs."""
    return 0 if tier == 0 else credit.ladder[tier - 1]


def has_badge(tier: int, credit: Credit) -> bool:
    """Whether the trust badge shows; it goes with the tier, at the same step (row 34)."""
    return 0 < credit.badge_tier <= tier


def premium(base_bps: int, risk: int) -> int:
    """An insurer's rate: the base rate for no risk, twice that for the worst; rounded up."""
    asked = -(-base_bps * (FULL + risk) // FULL)
    return max(LEAST_PREMIUM, min(MOST_PREMIUM, asked))


def _level(marks: Iterable[Mark], since: int) -> int:
    return min(FULL, sum(one.points for one in marks if one.at >= since))
