"""Kaifeng, row 37: nothing of it is in force."""

from __future__ import annotations

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
