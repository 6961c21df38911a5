"""A World with guarantors in it, and a merchant that can be made to vanish.

    world = Guaranteed()
    line = world.write_line(aggregate=1_000_000)
    terms = world.buy(world.alice, [(world.pool, 80_000)], custody_bps=2_000, advance=80_000)
    world.leave_short(world.alice, terms)              # the merchant stops, the consumer ends the card
    world.file(world.pool, world.alice, terms)
    world.advance(days=world.PATIENCE)                 # silence: the claim counts
    assert world.pay(world.pool, world.alice, terms) == 80_000

All guarantors are rich and fresh; `settle` brings a claim to its end in one call. Money is fen.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tests.contracts.harness import SHORT, Contract, World
from wallet.eip712 import keccak256
from wallet.terms import Terms

NONE, PROMISED, FILED, CONFIRMED, REFUSED, PAID, RELEASED = range(7)
"""Stages of a guarantee."""

RUNAWAY, BANKRUPTCY, LICENCE_REVOKED, CLOSURE, DISPUTE, FRAUD = range(6)
"""Triggers of a claim."""

ZERO = "0x" + "00" * 20
FORM = keccak256(b"form of a covered card")

STOPPED, ALL = 0b001111, 0b111111
"""Sets of triggers: those that are the registry's stop; every one."""


class Guaranteed(World):
    """Pool, platform and fund with a million yuan each; an underwriter, an assessor, an arbiter."""

    WAIT, VERIFY = 7, 5
    PATIENCE = WAIT + VERIFY + 1
    """Days after which an assessor's silence is over."""
    COVER_DAYS = 730
    CAPITAL = 100_000_000

    def __init__(self) -> None:
        super().__init__()
        names = ("underwriter", "platform", "steward", "assessor", "bank", "town")
        self.underwriter, self.platform, self.steward, self.assessor = map(self.account, names[:4])
        self.bank, self.town = map(self.account, names[4:])
        self.catalogue.registerForm(FORM, "a covered card", sender=self.operator)
        self.parts = (self.yuan, self.factory, self.merchants, self.disputes, self.catalogue)
        parts = self.parts
        self.pool = self.deploy("InsurancePool", self.underwriter, *parts)
        self.platform_advance = self.deploy("PlatformAdvance", self.platform, *parts, self.limits())
        self.guarantee_fund = self.deploy("GuaranteeFund", self.steward, *parts, self.limits())
        self.party_pool = self.deploy("PartyPool", self.underwriter, self.yuan)
        self.give(self.pool, "deposit", self.underwriter, self.CAPITAL)
        self.give(self.party_pool, "deposit", self.underwriter, self.CAPITAL)
        self.give(self.platform_advance, "deposit", self.platform, self.CAPITAL)
        self.give(self.guarantee_fund, "payIn", self.steward, self.CAPITAL)
        self.platform_advance.listTemplate(self.stored_value, True, sender=self.platform)
        self.guarantee_fund.listTemplate(self.stored_value, True, sender=self.steward)

    # ------------------------------------------------------------------------------------------- guarantors

    def limits(self, **fields: Any) -> tuple[Any, ...]:
        """What a platform or fund allows itself, in the order of the contract's struct."""
        base = {
            "assessor": self.assessor.address,
            "triggers": STOPPED,
            "wait_days": self.WAIT,
            "verify_days": self.VERIFY,
            "cover_days": self.COVER_DAYS,
            "card": 500_000,
            "merchant": 2_000_000,
            "total": 50_000_000,
        }
        return tuple({**base, **fields}.values())

    def give(self, to: Contract, how: str, giver: Any, fen: int, *before: Any) -> None:
        """Fund an account and let it pay in."""
        self.fund(giver, fen)
        self.yuan.approve(to, fen, sender=giver)
        to.send(how, *before, fen, sender=giver)

    def line(self, **fields: Any) -> tuple[Any, ...]:
        """A line in the order of the contract's struct: all that is unperformed, no premium, ten thousand
        yuan's aggregate, every promise backed in full."""
        aggregate = fields.get("aggregate", 1_000_000)
        base = {
            "merchant": self.shop.address,
            "share_bps": 10_000,
            "deductible_bps": 0,
            "triggers": ALL,
            "wait_days": self.WAIT,
            "verify_days": self.VERIFY,
            "cover_days": self.COVER_DAYS,
            "assessor": self.assessor.address,
            "deductible_fen": 0,
            "consumer_most": 10**9,
            "aggregate": aggregate,
            "promised_most": aggregate,
        }
        rate = fields.pop("rate_bps", 0)
        split = fields.pop("split_bps", (10_000, 0, 0, 0))
        return (*{**base, **fields}.values(), self.premium(rate, split))

    def premium(self, rate_bps: int, split_bps: Sequence[int]) -> tuple[Any, ...]:
        """What a line costs; the payers are shop, platform, bank and town where their share is not zero."""
        people = zip((self.shop, self.platform, self.bank, self.town), split_bps, strict=True)
        payers = [who.address if part else ZERO for who, part in people]
        return (rate_bps, tuple(split_bps), tuple(payers))

    def write_line(self, *, templates: Sequence[str] | None = None, **fields: Any) -> int:
        """Write a line in the pool; its number."""
        listed = (self.stored_value,) if templates is None else tuple(templates)
        return int(self.pool.writeLine(self.line(**fields), listed, sender=self.underwriter))

    def label(self, on: bool = True) -> None:
        """Give the shop the platform's label, or take it away."""
        subject = bytes(12) + bytes.fromhex(self.shop.address[2:])
        self.platform_advance.label(subject, on, sender=self.platform)

    # ------------------------------------------------------------------------------------------------ cards

    def buy(self, consumer: Any, pledges: Sequence[tuple[Any, int]], **fields: Any) -> Terms:
        """A covered card, opened; unless `fields` say otherwise, the merchant has all of it at once."""
        terms = self.terms(**{"custody_bps": 0, "advance": 100_000, **fields}, pledges=pledges)
        self.open(consumer, terms)
        return terms

    def terms(self, *, pledges: Sequence[tuple[Any, int]] = (), **fields: Any) -> Terms:
        """As ever; covered ones under a registered form, so that the shop can offer them."""
        form = {"form": FORM} if pledges else {}
        return super().terms(pledges=pledges, **{**form, **fields})

    def offer(self, terms: Terms) -> None:
        """Let the merchant have such cards on sale: guarantors accept no others."""
        if not self.catalogue.isOnSale(terms.product_id):
            self.catalogue.publish(terms.product(), "a covered card", sender=terms.merchant)

    def open(self, consumer: Any, terms: Terms, via: str = "open", **how: Any) -> bytes:
        """As ever; what is covered is put on sale first."""
        if self.pledges_of(terms):
            self.offer(terms)
        return super().open(consumer, terms, via, **how)

    def runaway(self) -> None:
        """The shop is gone, and an operator says so."""
        self.merchants.stop(self.shop, sender=self.operator)

    def leave_short(self, consumer: Any, terms: Terms) -> int:
        """The merchant is gone and the consumer ends the card; what it is short."""
        if self.merchants.maySell(self.shop):
            self.runaway()
        self.wallet(consumer).terminate(terms, 0, sender=consumer)
        card = self.card(consumer, terms)
        assert card.status == SHORT
        return card.held

    # ----------------------------------------------------------------------------------------------- claims

    def file(
        self,
        guarantor: Contract,
        consumer: Any,
        terms: Terms,
        *,
        trigger: int = RUNAWAY,
        sender: Any = None,
    ) -> None:
        """Claim for the consumer; a stranger may."""
        pledges = self.pledges_of(terms)
        guarantor.file(self.wallet(consumer), terms, pledges, trigger, sender=sender or self.stranger)

    def confirm(self, guarantor: Contract, consumer: Any, terms: Terms) -> None:
        """The assessor says yes."""
        guarantor.confirm(self.card_id(consumer, terms), sender=self.assessor)

    def refuse(self, guarantor: Contract, consumer: Any, terms: Terms) -> None:
        """The assessor says no."""
        guarantor.refuse(self.card_id(consumer, terms), b"\x0f" * 32, sender=self.assessor)

    def pay(self, guarantor: Contract, consumer: Any, terms: Terms) -> int:
        """Let a stranger trigger the payment; fen paid."""
        return int(guarantor.pay(self.wallet(consumer), terms, sender=self.stranger))

    def release(self, guarantor: Contract, consumer: Any, terms: Terms) -> None:
        """Let a stranger free what nobody can claim."""
        guarantor.release(self.wallet(consumer), terms, sender=self.stranger)

    def settle(self, guarantor: Contract, consumer: Any, terms: Terms) -> int:
        """File, confirm, wait, pay; fen paid."""
        self.file(guarantor, consumer, terms)
        self.confirm(guarantor, consumer, terms)
        self.advance(days=self.WAIT + 1)
        return self.pay(guarantor, consumer, terms)

    def free(self, guarantor: Contract) -> int:
        """Capital that is not set aside."""
        capital, reserved = guarantor.books()
        return int(capital - reserved)

    def stage(self, guarantor: Contract, consumer: Any, terms: Terms) -> int:
        """Where the guarantee for a card stands."""
        return int(guarantor.guaranteeOf(self.card_id(consumer, terms))[3])

    def rule(self, consumer: Any, terms: Terms, *, for_consumer: bool = True) -> None:
        """A dispute from complaint to ruling."""
        wallet = self.wallet(consumer)
        self.disputes.send("raise", wallet, terms, 2, bytes(32), sender=consumer)
        self.disputes.refuse(wallet, terms, bytes(32), sender=self.shop)
        self.disputes.escalate(wallet, terms, 0, sender=consumer)
        self.disputes.rule(wallet, terms, for_consumer, 2**256 - 1, bytes(32), sender=self.arbiter)


def short(world: Guaranteed, fen: int = 80_000, **fields: Any) -> Terms:
    """Alice's card, 80 % of it with a merchant that is gone; the pool promised `fen`."""
    terms = world.buy(world.alice, [(world.pool, fen)], **{"custody_bps": 2_000, "advance": 80_000, **fields})
    world.leave_short(world.alice, terms)
    return terms
