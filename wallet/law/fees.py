"""What is taken from money that changes hands: service fee, levy, premium. Pure functions in fen and bps.

All of them are rounded down, on the running total where money comes in pieces, so that splitting a payment
changes nothing. Rates are a programme's choice within the limits below; no public source states one.
"""

from __future__ import annotations

from dataclasses import dataclass

from wallet.errors import InvalidInput

FULL = 10_000

MOST_SERVICE_FEE, MOST_LEVY, MOST_FAST_FEE, MOST_SETTLE_DAYS = 300, 200, 100, 7
"""Most that a programme may take: 3 % as service fee, 2 % as levy, 1 % for fast withdrawal; T+7."""


@dataclass(frozen=True, slots=True)
class FeePlan:
    """What a merchant's settlement account takes (bps) and how long its money waits (calendar days)."""

    service_fee_bps: int = 0
    levy_bps: int = 0
    fast_fee_bps: int = 0
    settle_days: int = 0
    fast: bool = True

    def checked(self) -> FeePlan:
        """Itself if a programme may have it; InvalidInput (`invalid-fee-plan`) names what is too much."""
        for name, most in (
            ("service_fee_bps", MOST_SERVICE_FEE), ("levy_bps", MOST_LEVY),
            ("fast_fee_bps", MOST_FAST_FEE), ("settle_days", MOST_SETTLE_DAYS),
        ):  # fmt: skip
            value = getattr(self, name)
            if not 0 <= value <= most:
                raise InvalidInput(
                    f"{name} {value} is not a whole number from 0 to {most}",
                    hint="fees are bps of what comes in, days are calendar days",
                    code="invalid-fee-plan",
                    name=name,
                    value=value,
                    most=most,
                )
        return self


def share(amount: int, bps: int) -> int:
    """`bps` of an amount, rounded down."""
    return amount * bps // FULL
