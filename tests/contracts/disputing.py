"""One card and the disputes about it, for the tests of `Disputes`.

case = case_in(world)
case.raise_()                       # alice complains, the shop refuses, alice goes on
case.rule(not_consumer=True)        # the arbiter finds
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from tests.contracts.harness import Contract, World
from wallet.eip712 import DisputeStep
from wallet.terms import Terms

NONE, NEGOTIATING, REFUSED, ESCALATED, RULED, SETTLED = range(6)
RELOCATION, MOVED, UNAVAILABLE, HEALTH, CIRCUMSTANCES, PRICE, OTHER = range(7)
AUTHORITY, ASSOCIATION = range(2)
ANY = 2**256 - 1
DAYS = 7
REASON, ANSWER, RULING = (bytes([byte]) * 32 for byte in (7, 8, 9))


@dataclass
class Case:
    """One card of alice's, its disputes, and whoever speaks."""

    world: World
    disputes: Contract
    arbiter: Any
    terms: Terms
    said: list[Any] = field(default_factory=list)

    @property
    def card(self) -> tuple[Any, bytes]:
        return self.world.wallet(self.world.alice), self.world.card_id(self.world.alice, self.terms)

    @property
    def key(self) -> tuple[Any, Terms]:
        return self.card[0], self.terms

    def step(self) -> int:
        return int(self.disputes.disputeOf(*self.card)[0])

    def upheld(self) -> bool:
        return bool(self.disputes.disputeOf(*self.card)[3])

    def finding(self) -> tuple[bool, int, int, int]:
        return tuple(self.disputes.findingOf(*self.card))

    def raise_(self, ground: int = HEALTH, sender: Any = None) -> None:
        self.disputes.send("raise", *self.key, ground, REASON, sender=sender or self.world.alice)

    def refuse(self, sender: Any = None) -> None:
        self.disputes.refuse(*self.key, ANSWER, sender=sender or self.world.shop)

    def escalate(self, forum: int = ASSOCIATION, sender: Any = None) -> None:
        self.disputes.escalate(*self.key, forum, sender=sender or self.world.alice)

    def settle(self, sender: Any = None) -> None:
        self.disputes.settle(*self.key, sender=sender or self.world.alice)

    def concede(self, not_consumer: bool = True, listed: int = ANY, sender: Any = None) -> None:
        self.disputes.concede(*self.key, not_consumer, listed, sender=sender or self.world.shop)

    def rule(self, not_consumer: bool = True, listed: int = ANY, sender: Any = None) -> None:
        self.disputes.rule(*self.key, not_consumer, listed, RULING, sender=sender or self.arbiter)

    def signed(self, step: int, what: int = 0, round_: int = 1, **fields: Any) -> DisputeStep:
        base = {"reason": REASON if step == NEGOTIATING else bytes(32), "deadline": self.world.now + 3600}
        return DisputeStep(
            **{"card": self.card[1], "step": step, "what": what, "round": round_, **base, **fields}
        )

    def carry(self, message: DisputeStep, signer: Any = None, signature: bytes = b"") -> None:
        """Anyone takes it there."""
        signature = signature or self.world.sign(signer or self.world.alice, self.world.alice, message)
        self.disputes.takeSigned(*self.key, message.values()[1:], signature, sender=self.world.stranger)

    def escalated(self) -> None:
        self.raise_()
        self.refuse()
        self.escalate()


def case_in(world: World) -> Case:
    """A fresh card of alice's under the platform's rules, nothing said about it."""
    arbiter, terms = world.account("arbiter"), world.terms()
    world.open(world.alice, terms)
    return Case(world, world.deploy("Disputes", world.operator, arbiter, DAYS), arbiter, terms)
