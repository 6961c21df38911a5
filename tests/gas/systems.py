"""What a card of each programme costs, from anvil receipts; with `--write` it makes docs/gas-systems.md anew.

The card of the stories, under each preset's custody and refund rules, with the preset's guarantors accepting
it. Figures hold for steady state, as in docs/gas.md.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from tests.contracts.guaranteed import STOPPED, Guaranteed
from tests.contracts.harness import Contract
from tests.gas.anvil_world import AnvilWorld
from wallet.eip712.signature import compact
from wallet.services.guarantee import mask_of
from wallet.services.guarantee_lines import PLACES
from wallet.stories.script import PRICE, USE, story_product
from wallet.systems import find_system, systems
from wallet.systems.load import Preset
from wallet.systems.model import Guarantor
from wallet.systems.numbers import numbers_of
from wallet.terms import FULL, Terms

FILE = Path(__file__).resolve().parents[2] / "docs" / "gas-systems.md"


class Row(NamedTuple):
    """One programme: gas of opening, one use, the exit, and of each guarantor's claim with its payment."""

    system: str
    open: int
    consume: int
    terminate: int
    claims: tuple[tuple[str, int], ...]


class City(Guaranteed, AnvilWorld):
    """Guarantors and cards on anvil, with every balance above zero, and another card in the sub-wallet."""

    def __init__(self) -> None:
        super().__init__()
        for holder in (self.shop, self.stranger, self.alice):
            self.fund(holder, 10_000_000)
        self.open(self.alice, self.terms())
        self.merchants.setTier(self.shop, 2, sender=self.operator)

    @contextmanager
    def undone(self) -> Iterator[None]:
        """Everything as before when the `with` ends, time and salts included."""
        mark, now, salt = self._rpc("evm_snapshot"), self.now, self._salt
        yield
        self._rpc("evm_revert", mark)
        self.now, self._salt = now, salt

    def measure(self, preset: Preset) -> Row:
        """One programme, each figure from the second of its kind."""
        system = preset.system
        numbers = numbers_of(system, story_product(preset, system.sectors[0].key)).numbers
        standing = [self._stand(one) for one in system.guarantors if one.line.value == "consumer"]
        ahead = numbers["advance"] > 0
        pledges = [(who, PRICE * one.share.value // FULL) for who, one in standing] if ahead else []
        self._open(self.terms(**numbers, pledges=pledges))
        terms = self.terms(**numbers, pledges=pledges)
        opened = self._open(terms)
        self._use(terms, USE)
        used = self._use(terms, 2 * USE)
        self.wallet(self.alice).terminate(terms, 0, sender=self.alice)
        ended = self.gas
        return Row(system.name, opened, used, ended, self._claims(numbers, pledges, standing))

    def _open(self, terms: Terms) -> int:
        signature = compact(self.sign_authorization(self.alice, self.alice, terms))
        wallet, pledges = self.wallet(self.alice), self.pledges_of(terms)
        if pledges:
            self.offer(terms)
            wallet.openCoveredWithAuthorization(terms, pledges, signature, sender=self.stranger)
        else:
            wallet.openWithAuthorization(terms, signature, sender=self.stranger)
        return self.gas

    def _use(self, terms: Terms, used: int) -> int:
        charge = used.to_bytes(4) * 8
        message = self.consumption(self.alice, terms, used, max_pay=PRICE, charge=charge, epoch=0)
        self.send_consume(self.alice, terms, message, compact(self.sign(self.alice, self.alice, message)))
        return self.gas

    def _claims(
        self,
        numbers: dict[str, int],
        pledges: list[tuple[Contract, int]],
        standing: list[tuple[Contract, Guarantor]],
    ) -> tuple[tuple[str, int], ...]:
        """A second card of a merchant that is gone, claimed from each guarantor in turn."""
        if not pledges:
            return ()
        terms = self.terms(**numbers, pledges=pledges)
        self._open(terms)
        self._use(terms, USE)
        self.leave_short(self.alice, terms)
        found = []
        for who, rule in standing:
            self.file(who, self.alice, terms)
            filed = self.gas
            self.confirm(who, self.alice, terms)
            self.advance(days=rule.wait_days.value + 1)
            self.pay(who, self.alice, terms)
            found.append((rule.kind, filed + self.gas))
        return tuple(found)

    def _stand(self, rule: Guarantor) -> tuple[Contract, Guarantor]:
        """A guarantor with the preset's rules, rich and ready for the shop's cards."""
        days = {"wait_days": rule.wait_days.value, "verify_days": rule.verify_days.value}
        if rule.kind == "insurance":
            split = tuple(rule.payers.value.get(place, 0) for place in PLACES)
            line = self.write_line(
                share_bps=rule.share.value, deductible_bps=rule.deductible.value, aggregate=10_000_000,
                triggers=mask_of(rule.triggers.value), rate_bps=rule.premium.value, split_bps=split, **days,
            )  # fmt: skip
            for place, share in enumerate(split):
                if share:
                    self.give(self.pool, "fundPremium", self.stranger, 1_000_000, line, place)
            return self.pool, rule
        limits = self.limits(triggers=mask_of(rule.triggers.value) & STOPPED, **days)
        parts = (*self.parts, limits)
        if rule.kind == "platform":
            made = self.deploy("PlatformAdvance", self.platform, *parts)
            self.give(made, "deposit", self.platform, self.CAPITAL)
            made.listTemplate(self.stored_value, True, sender=self.platform)
            subject = bytes(12) + bytes.fromhex(self.shop.address[2:])
            made.label(subject, True, sender=self.platform)
        else:
            made = self.deploy("GuaranteeFund", self.steward, *parts)
            self.give(made, "payIn", self.steward, self.CAPITAL)
            made.listTemplate(self.stored_value, True, sender=self.steward)
        return made, rule


def measure() -> list[Row]:
    """Every preset that comes along, each from the same beginning."""
    rows = []
    with City() as city:
        for name in systems():
            with city.undone():
                rows.append(city.measure(find_system(name)))
    return rows


def render(rows: list[Row]) -> str:
    """The page."""
    lines = [
        "<!-- Generated by tests/gas/systems.py from anvil receipts; do not edit. Anew with: make gas -->",
        "# Gas of each programme",
        "",
        "Receipt `gasUsed` on anvil, compiled and measured as in [gas.md](gas.md): a card of 2,000 "
        "yuan with 600 on top under each preset's rules. Opened by ERC-3009 with the preset's "
        "guarantors accepting it, the merchant's part released at once; used once; ended by its "
        "consumer. A claim is filing and payment together; where nothing can be short there is none.",
        "",
        "| system | open | consume | terminate | claim and payment |",
        "|---|---:|---:|---:|---|",
    ]
    for row in rows:
        claims = ", ".join(f"{kind} {gas:,}" for kind, gas in row.claims) or "–"
        lines.append(f"| {row.system} | {row.open:,} | {row.consume:,} | {row.terminate:,} | {claims} |")
    return "\n".join([*lines, ""])


if __name__ == "__main__":
    page = render(measure())
    if "--write" in sys.argv[1:]:
        FILE.write_text(page, encoding="utf-8")
    else:
        print(page)
