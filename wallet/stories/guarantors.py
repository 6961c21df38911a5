"""A preset's guarantors as contracts on the stage: created with its limits, filled with capital.

Each has a keeper of its own among the stage's people. What it accepts and pays is the contracts' to decide.
Lines for a merchant's or a public body's own loss are not in a card's cover and have no part in a story.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from wallet.address import ZERO_ADDRESS, address_bytes
from wallet.bindings.digital_yuan import DigitalYuan
from wallet.bindings.guarantee_fund import GuaranteeFund
from wallet.bindings.insurance_pool import InsurancePool
from wallet.bindings.platform_advance import PlatformAdvance
from wallet.bindings.runtime import Call, ask
from wallet.bindings.structs import Limits, Line, Pledge, Premium
from wallet.compiler.artefacts import load_artefact
from wallet.services.sending import create, send
from wallet.signing.signer import Signer
from wallet.terms import FULL

if TYPE_CHECKING:
    from wallet.stories.stage import Stage
    from wallet.systems.model import Guarantor

TRIGGERS: Final = ("runaway", "bankruptcy", "licence-revoked", "closure", "dispute", "fraud")
"""As in contracts/types/Guarantee.sol, in order."""
PAYERS: Final = ("merchant", "platform", "bank", "government")
"""Places of a premium, in order."""
KEEPERS: Final = {"insurance": "insurer", "platform": "platform", "fund": "fund"}
MOST: Final = (1 << 48) - 1
CAPITAL: Final = 100_000_000
PREMIUMS: Final = 200_000
"""Fen that each payer of a premium sets aside for it; what is not used comes back."""

Contract = InsurancePool | PlatformAdvance | GuaranteeFund


class Standing:
    """One guarantor of the preset's, at its contract."""

    def __init__(self, stage: Stage, rule: Guarantor) -> None:
        self.stage, self.rule, self.context = stage, rule, stage.context
        self.keeper_role = KEEPERS[rule.kind]
        self.keeper = stage.people[self.keeper_role]
        self.triggers = sum(1 << TRIGGERS.index(one) for one in rule.triggers.value)
        stage.give(self.keeper_role, CAPITAL)
        self.contract = self._create()
        self._fill()
        self.lines: dict[str, tuple[int, dict[int, str]]] = {}
        """Merchant's role -> number of its line, and who pays which part of its premium."""

    @property
    def address(self) -> str:
        return self.contract.address

    @property
    def trigger(self) -> int:
        """What a claim after a runaway rests on here: the first of its triggers that is a stop."""
        return next(number for number in range(4) if self.triggers >> number & 1)

    def pledge(self, principal: int) -> Pledge:
        """What it promises for a card of this price at most."""
        limit = principal * self.rule.share.value // FULL
        if self.rule.limit_card is not None:
            limit = min(limit, self.rule.limit_card.value)
        return Pledge(self.address, limit)

    def take_on(self, role: str) -> None:
        """Stand for a merchant: an insurer by a line with its premium paid in, others stand for all."""
        if isinstance(self.contract, InsurancePool):
            self._write_line(self.contract, role)

    def label(self, product: bytes) -> None:
        """Give a product the platform's label, where the preset wants one."""
        if isinstance(self.contract, PlatformAdvance):
            self._say(self.contract.label(product, True))

    def premiums_kept(self) -> dict[str, int]:
        """Fen set aside for premiums and not yet used, by whose it is."""
        found: dict[str, int] = {}
        for line, payers in self.lines.values():
            for place, role in payers.items():
                found[role] = found.get(role, 0) + self._kept(line, place)
        return found

    def premiums_used(self) -> int:
        """Fen of premium that this guarantor has taken."""
        paid_in = sum(PREMIUMS * len(payers) for _, payers in self.lines.values())
        return paid_in - sum(self.premiums_kept().values())

    def premiums_back(self) -> None:
        """Give back what no premium has used."""
        assert isinstance(self.contract, InsurancePool) or not self.lines
        for line, payers in self.lines.values():
            for place, role in payers.items():
                left, payer = self._kept(line, place), self.stage.people[role]
                if left and isinstance(self.contract, InsurancePool):
                    call = self.contract.withdraw_premium(line, place, left, payer.address)
                    send(self.context, payer, call, "premium back")

    def _kept(self, line: int, place: int) -> int:
        if not isinstance(self.contract, InsurancePool):
            return 0
        return ask(self.context.chain, self.contract.premium_of(line, place))

    # ----------------------------------------------------------------------------------------------- inside

    def _create(self) -> Contract:
        place = self.context.platform
        common = (
            self.keeper.address, place.token, place.factory, place.merchant_registry, place.part("Disputes"),
        )  # fmt: skip
        rule = self.rule
        limits = Limits(
            assessor=self.keeper.address,
            triggers=self.triggers,
            wait_days=rule.wait_days.value,
            verify_days=rule.verify_days.value,
            cover_days=rule.cover_days.value,
            card=MOST if rule.limit_card is None else rule.limit_card.value,
            merchant=MOST if rule.limit_merchant is None else rule.limit_merchant.value,
            total=MOST,
        )
        if rule.kind == "insurance":
            return InsurancePool(self._made("InsurancePool", InsurancePool.creation, *common))
        if rule.kind == "platform":
            return PlatformAdvance(self._made("PlatformAdvance", PlatformAdvance.creation, *common, limits))
        return GuaranteeFund(self._made("GuaranteeFund", GuaranteeFund.creation, *common, limits))

    def _made(self, name: str, creation: Any, *arguments: Any) -> str:
        data = creation(load_artefact(name).bytecode, *arguments)
        made = create(self.context, self.stage.operator, data, f"create {name}").contract
        assert made is not None
        return made

    def _fill(self) -> None:
        self._allow(self.keeper, CAPITAL)
        template = self.context.platform.templates["StoredValue"]
        if isinstance(self.contract, GuaranteeFund):
            self._say(self.contract.pay_in(CAPITAL))
        else:
            self._say(self.contract.deposit(CAPITAL))
        if not isinstance(self.contract, InsurancePool):
            self._say(self.contract.list_template(template, True))

    def _write_line(self, pool: InsurancePool, role: str) -> None:
        rule, people = self.rule, self.stage.people
        split = tuple(rule.payers.value.get(name, 0) for name in PAYERS)
        who = [role if name == "merchant" else name for name in PAYERS]
        paying = {place: who[place] for place, share in enumerate(split) if share}
        payers = tuple(
            people[name].address if share else ZERO_ADDRESS for name, share in zip(who, split, strict=True)
        )
        aggregate = CAPITAL // 4 if rule.limit_merchant is None else rule.limit_merchant.value
        line = Line(
            merchant=people[role].address,
            share_bps=rule.share.value,
            deductible_bps=rule.deductible.value,
            triggers=self.triggers,
            wait_days=rule.wait_days.value,
            verify_days=rule.verify_days.value,
            cover_days=rule.cover_days.value,
            assessor=self.keeper.address,
            deductible_fen=0,
            consumer_most=MOST,
            aggregate=min(aggregate, CAPITAL // 4),
            promised_most=min(aggregate, CAPITAL // 4),
            premium=Premium(rule.premium.value, split, payers),
        )
        self._say(pool.write_line(line, [self.context.platform.templates["StoredValue"]]))
        number = ask(self.context.chain, pool.line_of(people[role].address))
        for place, name in paying.items():
            if rule.premium.value:
                self.stage.give(name, PREMIUMS)
                self._allow(people[name], PREMIUMS)
                send(self.context, people[name], pool.fund_premium(number, place, PREMIUMS), "premium")
        self.lines[role] = (number, paying if rule.premium.value else {})

    def _allow(self, payer: Signer, amount: int) -> None:
        token = DigitalYuan(self.context.platform.token)
        send(self.context, payer, token.approve(self.address, amount), "allow a guarantor")

    def _say(self, call: Call[Any]) -> None:
        send(self.context, self.keeper, call, f"guarantor {call.name}")


def subject_of(merchant: str) -> bytes:
    """A merchant as the subject of a label."""
    return bytes(12) + address_bytes(merchant)
