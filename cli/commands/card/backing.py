"""Who stands behind a card and how far each has come, in one line; `prepaid guarantee claims` says more."""

from __future__ import annotations

from cli.desk import Desk
from cli.messages.errors import message_of
from wallet.errors import InvalidInput
from wallet.money import format_yuan


def behind(desk: Desk, card: str) -> str:
    """`InsurancePool 800.00 (promised), GuaranteeFund 200.00 (promised)`; empty where nobody stands there."""
    from wallet.services.claim_view import guarantees_of

    t = desk.session.t
    try:
        found = guarantees_of(desk.context, card)
    except InvalidInput as unknown:  # a cover that nobody explains must not hide the card
        return message_of(unknown.error_code, unknown.values, t, unknown.message)
    return ", ".join(
        t(
            "card.backer",
            name=one.name or one.guarantor[:10],
            amount=format_yuan(one.promised),
            stage=t(f"stage.{one.stage}") if one.stage else "?",
        )
        for one in found
    )
