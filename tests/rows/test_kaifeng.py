"""Kaifeng, rows 37 and 40: nothing of it is in force, and what a merchant gains by it is a parameter."""

from __future__ import annotations

from wallet.supervision.score import premium
from wallet.systems import find_system


def test_row_37_the_preset_is_marked_as_a_proposal() -> None:
    """Three parties are to work together; none of its figures claims to be in force."""
    system = find_system("kaifeng").system
    assert system.status == "proposal"
    assert [one.role for one in system.parties] == ["platform", "bank", "insurer"]
    own = {f"row {row}" for row in system.rows}
    assert all(
        figure.mark in ("proposal", "design") for _, figure in system.figures() if own & set(figure.source)
    )


def test_row_40_the_incentive_for_merchants_is_a_parameter() -> None:
    """Still open in the report: so a marked figure that a file may change, no fee at present; and a merchant
    of less risk is asked a lower premium for the same cover."""
    system = find_system("kaifeng").system
    fee = system.support.service_fee
    assert (fee.value, fee.unit, fee.mark, fee.source) == (0, "bps", "design", ("row 40",))
    assert fee.note is not None
    assert "incentive" in fee.note.en
    base = system.guarantors[0].premium.value
    rates = [premium(base, risk) for risk in (0, 2_500, 5_000, 10_000)]
    assert rates == sorted(rates)
    assert base == rates[0] < rates[-1]
