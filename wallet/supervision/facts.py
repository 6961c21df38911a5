"""One thing that somebody said of a merchant, a consumer or the programme, dated by the chain.

Each kind belongs to one of three phases (before, during, after: row 79) and to those who may say it (row 65).
A fact is never changed: what no longer holds is said anew.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Phase(StrEnum):
    """事前 / 事中 / 事后: before a merchant sells, while it sells, once something went wrong."""

    BEFORE = "before"
    DURING = "during"
    AFTER = "after"


class Role(StrEnum):
    """Who acts. The first five are those of row 65: government, bank, merchants, public, insurer."""

    GOVERNMENT = "government"
    BANK = "bank"
    MERCHANT = "merchant"
    PUBLIC = "public"
    INSURER = "insurer"
    OPERATOR = "operator"
    """Runs the platform; never holds anybody's money."""
    APPROVER = "approver"
    """Has a say in which merchants may sell, nothing else."""
    ADMIN = "admin"
    """Gives and takes roles."""


APPOINTED = (Role.GOVERNMENT, Role.BANK, Role.INSURER, Role.APPROVER)
"""Roles that the book gives. Operators have theirs from the chain, merchants by applying."""

APART = (Role.GOVERNMENT, Role.BANK, Role.INSURER, Role.MERCHANT, Role.OPERATOR)
"""Nobody has two of these (row 29: regulator, operator and bank are separate)."""

_STATE = (Role.GOVERNMENT, Role.OPERATOR)

_KINDS: dict[Phase, dict[str, tuple[Role, ...]]] = {
    Phase.BEFORE: {
        "programme-adopted": (Role.ADMIN,),
        "phase-opened": _STATE,
        "role-given": (Role.ADMIN,),
        "role-taken": (Role.ADMIN,),
        "applied": (Role.MERCHANT,),
        "licence-renewed": (Role.MERCHANT,),
        "endorsed": (Role.OPERATOR, Role.GOVERNMENT, Role.APPROVER),
        "approved": (Role.OPERATOR,),
        "filed": (Role.MERCHANT, *_STATE),
        "filing-withdrawn": _STATE,
        "listed": (Role.GOVERNMENT,),
        "unlisted": (Role.GOVERNMENT,),
        "whitelisted": _STATE,
        "unwhitelisted": _STATE,
        "store-opened": (Role.MERCHANT,),
        "store-closed": (Role.MERCHANT,),
        "wallet-class": (Role.BANK, Role.OPERATOR),
    },
    Phase.DURING: {
        "charged": (Role.MERCHANT,),
        "reported": (Role.MERCHANT,),
        "violation": (Role.GOVERNMENT,),
        "bank-anomaly": (Role.BANK, Role.OPERATOR),
        "complaint": (Role.PUBLIC,),
        "complaint-answered": (Role.MERCHANT, Role.GOVERNMENT, Role.APPROVER),
        "tip": (Role.PUBLIC,),
        "alert": (Role.OPERATOR,),
        "alert-over": (Role.OPERATOR,),
        "sale-blocked": (Role.OPERATOR,),
        "sale-lifted": (Role.OPERATOR,),
        "tier-set": (Role.OPERATOR,),
        "premium-quoted": (Role.INSURER,),
    },
    Phase.AFTER: {
        "major-risk": _STATE,
        "risk-over": _STATE,
        "closing-announced": (Role.MERCHANT,),
        "closed": (Role.MERCHANT, Role.OPERATOR),
        "runaway": (Role.OPERATOR,),
        "path-chosen": (Role.PUBLIC,),
    },
}

PHASES: dict[str, Phase] = {kind: phase for phase, kinds in _KINDS.items() for kind in kinds}
"""Kind of fact -> phase."""

MAY_SAY: dict[str, tuple[Role, ...]] = {kind: who for kinds in _KINDS.values() for kind, who in kinds.items()}
"""Kind of fact -> roles that may say it."""


@dataclass(frozen=True, slots=True)
class Fact:
    """`subject`: address or credit code it is about, empty for the programme. `by`: address that said it.

    `at` is the chain's time (unix seconds), `block` and `block_hash` the newest block then. `number` counts
    within the book, 0 before it is written down. `data` holds plain JSON values.
    """

    kind: str
    subject: str
    role: Role
    by: str
    at: int
    block: int
    block_hash: bytes
    data: Mapping[str, Any] = field(default_factory=dict)
    number: int = 0

    @property
    def phase(self) -> Phase:
        return PHASES[self.kind]
