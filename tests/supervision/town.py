"""A town on an in-process chain: a platform, its offices, merchants and consumers, and a book."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from wallet.chain.base import ChainOptions
from wallet.chain.revm import RevmChain
from wallet.errors import PolicyRefusal, PrepaidError
from wallet.keccak import keccak256
from wallet.law.dates import DAY, start_of
from wallet.law.licence import credit_code_check, organisation_check
from wallet.law.programme import Check, Credit, Gate, Programme, Watch
from wallet.services import (
    admission,
    authorise,
    buy,
    charge,
    consume,
    deploy,
    fund,
    office,
    onboard,
    publish,
    watch,
)
from wallet.services.context import Context, open_context
from wallet.services.office import need_office
from wallet.signing.policy import Policy
from wallet.signing.signer import KeySigner
from wallet.supervision.application import Application
from wallet.supervision.facts import Fact

START = start_of(date(2026, 1, 5)) + 9 * 3_600
"""A Monday at nine."""


def code(number: int) -> str:
    """A genuine unified social credit code, another one for each number."""
    first = "91330200" + f"MA{number:06d}"
    first += organisation_check(first[8:])
    return first + credit_code_check(first)


def papers(number: int = 1, **changes: Any) -> Application:
    """Papers with nothing wrong in them at START."""
    values: dict[str, Any] = {
        "name": f"店{number}",
        "code": code(number),
        "licence": f"浙商 {number:04d}",
        "licence_from": date(2024, 3, 1),
        "licence_until": date(2030, 2, 28),
        "bank_account": f"6222 {number:04d}",
        "sector": "dental",
        "district": "海曙",
        "lease_until": date(2028, 12, 31),
        "last_year_revenue": 300_000_000,
    }
    return Application(**{**values, **changes})


STRICT = Programme(
    "strict",
    gate=Gate(checks=tuple(Check), min_licence_months=6),
    watch=Watch(report_months=3, report_grace_days=10, stop_sale_at_score=6_000),
    credit=Credit(
        tiers=True, ladder=(3_000, 5_000, 7_000), ladder_low=3_000, ladder_high=7_000, badge_tier=2
    ),
)
"""Every check, quarterly reports, tiers by score."""

LOOSE = Programme("loose", gate=Gate(checks=()))
"""Papers, and nothing else."""


@dataclass
class Town:
    """A context and everybody in it."""

    context: Context
    chain: RevmChain
    people: dict[str, KeySigner] = field(default_factory=dict)

    def person(self, name: str) -> KeySigner:
        """Somebody with a key and coin for gas."""
        if name not in self.people:
            signer = KeySigner(keccak256(b"town " + name.encode()))
            self.chain.set_balance(signer.address, 10**21)
            self.people[name] = signer
        return self.people[name]

    @property
    def operator(self) -> KeySigner:
        return self.person("operator")

    @property
    def market(self) -> KeySigner:
        return self.person("market")

    @property
    def bank(self) -> KeySigner:
        return self.person("bank")

    def adopt(self, programme: Programme = STRICT) -> Programme:
        """Put a programme into force and give the offices their roles."""
        office.adopt(self.context, self.operator, programme)
        for name, role in (("market", "government"), ("commerce", "government"), ("finance", "government")):
            office.appoint(self.context, self.operator, self.person(name).address, role, name)
        for name in ("bank", "insurer", "approver"):
            office.appoint(self.context, self.operator, self.person(name).address, name)
        return programme

    def merchant(
        self, number: int = 1, *, filed: bool = True, approved: bool = True, **changes: Any
    ) -> KeySigner:
        """A merchant that applied, filed and was approved."""
        shop = self.person(f"shop {number}")
        admission.apply(self.context, shop, papers(number, **changes))
        if filed:
            admission.file(self.context, shop, shop.address, f"备案 {number}")
        if approved:
            onboard.approve(self.context, self.operator, shop.address)
        return shop

    def product(
        self, shop: KeySigner, name: str = "储值", *, template: str = "StoredValue", **numbers: int
    ) -> str:
        """A product of that merchant; 1000 yuan unless told otherwise. Returns its id."""
        terms = publish.terms_for(
            self.context, merchant=shop.address, template=template, **{"principal": 100_000, **numbers}
        )
        return publish.publish(self.context, shop, terms, name).product

    def consumer(self, name: str = "alice", fen: int = 3_000_000) -> KeySigner:
        """A consumer with money."""
        who = self.person(name)
        fund.fund(self.context, self.operator, who.address, fen)
        return who

    def buy(self, who: KeySigner, product: str, *, channel: int = 0) -> buy.Bought:
        """Preview and buy in one go; the operator carries."""
        preview = buy.preview_purchase(self.context, who.address, product, channel=channel)
        return buy.buy(self.context, who, preview, carrier=self.operator)

    def spend(self, who: KeySigner, shop: KeySigner, card: str, used: int, *, store: str = "") -> int:
        """One consumption, charged, authorised and carried; the fen that moved."""
        asked = charge.make_charge(self.context, shop, card, used, "C-1", store=store)
        return self.pay(who, shop, asked.document)

    def pay(self, who: KeySigner, shop: KeySigner, document: Any) -> int:
        """The consumer's part, and the chain's."""
        request = authorise.preview_charge(self.context, who.address, document, Policy())
        signed = authorise.authorise(self.context, who, request)
        return consume.consume(self.context, shop, signed.document).paid

    def wait(self, days: int) -> None:
        """Let days go by."""
        self.chain.advance(days * DAY)


def build(folder: Path) -> tuple[RevmChain, str]:
    """A chain with the platform on it, and the snapshot to return to."""
    chain = RevmChain(ChainOptions(genesis_time=START, clock="steps"))
    context, _ = open_context(chain, ledger=folder / "ledger.sqlite", deployments=folder / "deployments")
    town = Town(context, chain)
    deploy.deploy(context, town.operator)
    context.journal.close()
    return chain, chain.snapshot()


def enter(chain: RevmChain, snapshot: str, deployments: Path, folder: Path) -> Town:
    """The town as it was built, with a journal and a book of its own in `folder`."""
    chain.revert(snapshot)
    context, _ = open_context(chain, ledger=folder / "ledger.sqlite", deployments=deployments)
    return Town(context, chain)


def status(town: Town, merchant: str) -> str:
    """A merchant's status in the registry, in words."""
    return onboard.merchant_of(town.context, merchant).status


def go_round(town: Town) -> tuple[list[str], list[str]]:
    """Codes of the new alerts and names of the steps of one round."""
    done = watch.watch(town.context, town.operator)
    return [one.alert.code for one in done.new], [one.what for one in done.steps]


def events(town: Town) -> list[Fact]:
    """All that was said."""
    with need_office(town.context) as office:
        return office.book.facts()


def refused(caught: pytest.ExceptionInfo[PrepaidError]) -> str:
    """The code of a refusal that tells a way out."""
    assert isinstance(caught.value, PolicyRefusal)
    assert caught.value.hint
    return caught.value.error_code
