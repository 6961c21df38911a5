"""What the commands of supervision share: whom a name means, dates, and alerts and reasons in words."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Annotated, Any

from typer import Argument

from cli.desk import Desk
from cli.messages import Messages
from wallet.errors import InvalidInput
from wallet.money import format_yuan

if TYPE_CHECKING:
    from wallet.supervision.findings import Alert

Who = Annotated[str, Argument(metavar="MERCHANT")]
Why = Annotated[str, Argument(metavar="WORDS")]

MONEY = frozenset({"balance", "standard", "required", "missing", "chain"})
"""Values of alerts that are fen."""


def find_merchant(desk: Desk, who: str) -> str:
    """An account's name, an address, or the public name of a merchant."""
    from wallet.services.onboard import names_of

    named = [address for address, name in names_of(desk.context).items() if name == who]
    if len(named) == 1:
        return named[0]
    return desk.address(who, where="MERCHANT")


def parse_date(text: str | None, *, where: str) -> date | None:
    """`2027-03-01` as a day; InvalidInput `invalid-date`."""
    if text is None:
        return None
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise InvalidInput(
            f"{where}: {text!r} is no date",
            hint="write it like 2027-03-01",
            code="invalid-date",
            where=where,
            value=text,
        ) from None


def alert_words(t: Messages, alert: Alert) -> str:
    """One alert as a person reads it."""
    values: dict[str, Any] = dict(alert.values)
    shown = {name: format_yuan(one) if name in MONEY else one for name, one in values.items()}
    return t(f"alert.{alert.code}", **shown)


def reason_words(t: Messages, reason: str) -> str:
    """Why sales are stopped; an unknown reason stays as it is."""
    return t.first(f"reason.{reason}") or reason
