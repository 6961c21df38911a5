"""Which system's offers a command goes by, and which of them are switched off."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from typer import Option

if TYPE_CHECKING:
    from cli.desk import Desk
    from wallet.law.fees import FeePlan
    from wallet.law.finance import Support

System = Annotated[str | None, Option("--system", metavar="SYSTEM")]
DEFAULT = "jinan"
"""The system whose bank offers support; see `prepaid system show jinan`."""


@dataclass(frozen=True, slots=True)
class Offered:
    """A bank's supports, and how merchants' money is settled (None: straight to them)."""

    support: Support
    plan: FeePlan | None


def offered(system: str | None) -> Offered:
    """What the system of this name offers; InvalidInput if there is none of that name."""
    from wallet.systems import find_system
    from wallet.systems.offers import fee_plan_of, support_of

    found = find_system(system or DEFAULT).system
    return Offered(support_of(found), fee_plan_of(found))


def find_merchant(desk: Desk, who: str) -> str:
    """The address of a merchant by its public name, or of an account."""
    from wallet.services.onboard import names_of

    named = [address for address, name in names_of(desk.context).items() if name == who]
    return named[0] if len(named) == 1 else desk.address(who, where="MERCHANT")
