"""The platform that a story is played on: one preset in force, its merchants admitted, its people with money.

Everything goes through the services that a command would use, on whatever chain is given, in a folder of its
own that is thrown away. Only laboratory chains will do: a story needs a year, and keys that everybody knows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import copy
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final

from wallet.address import ZERO_ADDRESS
from wallet.bindings.digital_yuan import DigitalYuan
from wallet.bindings.runtime import ask
from wallet.chain.base import Capability, Unsupported
from wallet.keccak import keccak256
from wallet.law.dates import day_at, start_of
from wallet.law.licence import credit_code_check, organisation_check
from wallet.law.programme import Check
from wallet.services import admission, office, onboard, operators, supervise
from wallet.services.context import Context, open_context
from wallet.services.deploy import deploy
from wallet.services.fund import fund
from wallet.services.preset import product_terms, register_preset_form
from wallet.services.publish import Listing, publish
from wallet.signing.dev import dev_signer
from wallet.signing.signer import KeySigner, Signer
from wallet.supervision.application import Application
from wallet.systems.gate import programme_of
from wallet.systems.load import Preset
from wallet.terms import Terms

if TYPE_CHECKING:
    from wallet.chain.base import Chain
    from wallet.systems.model import Product, System

ROLES: Final = (
    "operator", "steady", "failing", "successor", "bank", "insurer", "platform", "fund", "government",
    "association", "certifier",
)  # fmt: skip
"""Development accounts 0, 1, … in order; consumers are further keys, which never hold coin."""

APPROVERS: Final = ("association", "government")
"""Who admits operators where the programme wants more than one to agree (row 67)."""

WATCHERS: Final = frozenset({"operator", "platform", "regulator", "association"})
DAY, _CHINA, _NOON = 86_400, 8 * 3600, 12 * 3600
WEALTH = 10_000_000
"""Fen with which every consumer starts."""


class Stage:
    """One programme on one chain, from its first day."""

    def __init__(self, context: Context, preset: Preset, *, start: date | None = None) -> None:
        """Deploy, put the preset into force and give the roles; merchants come with `admit`.

        The first day is `start`, or a new year where the chain is past it or none is named.
        """
        chain = context.chain
        self.preset = preset
        self.people: dict[str, Signer] = {
            role: dev_signer(number, chain_id=chain.chain_id(), endpoint=chain.endpoint)
            for number, role in enumerate(ROLES)
        }
        self.operator = self.people["operator"]
        approvers = APPROVERS[: preset.system.gate.operator_approvers.value]
        boards = [self.people[role].address for role in approvers] if len(approvers) > 1 else []
        self.context, _ = deploy(context, self.operator, approvers=boards)
        for role in approvers if boards else ():  # until all agree, nobody operates
            operators.agree(self.context, self.people[role], self.operator.address, "运营机构准入")
        self._to_first_day(start)
        self.first_day = self.context.chain.now()
        self.money_put_in = 0
        self.payees: dict[str, str] = {}
        """Where a merchant's cards pay to, if not to itself."""
        self.cover_of: Callable[[int], bytes] = lambda principal: bytes(32)
        """Who stands behind a card of this price, as its terms carry it."""
        register_preset_form(self.context, self.operator, preset)
        office.adopt(self.context, self.operator, programme_of(preset))
        for role, title in (("government", "主管部门"), ("bank", "存管银行"), ("insurer", "保险公司")):
            office.appoint(self.context, self.operator, self.people[role].address, role, title)
        office.appoint(self.context, self.operator, self.people["association"].address, "approver")

    def on(self, context: Context) -> Stage:
        """The same platform and people, with another journal and book; neither sees what the other does."""
        twin = copy(self)
        twin.context, twin.people, twin.payees = context, dict(self.people), dict(self.payees)
        return twin

    @property
    def sector(self) -> str:
        """The sector in which stories are set: the preset's variant if that is one, else its first."""
        sectors = [one.key for one in self.preset.system.sectors]
        return self.preset.variant if self.preset.variant in sectors else sectors[0]

    @property
    def is_watched(self) -> bool:
        """Whether anybody of the programme watches merchants."""
        return any(one.role in WATCHERS for one in self.preset.system.parties)

    # ------------------------------------------------------------------------------------------- people

    def consumer(self, name: str, *, wealth: int = WEALTH) -> Signer:
        """A consumer by name, with money on hand when first seen and never a coin for gas."""
        if name not in self.people:
            self.people[name] = KeySigner(keccak256(b"prepaid story " + name.encode()))
            self.give(name, wealth)
        return self.people[name]

    def give(self, name: str, fen: int) -> None:
        """Digital yuan from the issuer."""
        address = self.people[name].address
        token = DigitalYuan(self.context.platform.token)
        fund(self.context, self.operator, address, fen)
        self.money_put_in += fen
        assert ask(self.context.chain, token.balance_of(address)) >= fen

    def money(self, address: str) -> int:
        """Fen on hand at an address."""
        return ask(self.context.chain, DigitalYuan(self.context.platform.token).balance_of(address))

    # --------------------------------------------------------------------------------------------- time

    @property
    def day(self) -> int:
        """Calendar days since the first one."""
        return (self.context.chain.now() + _CHINA) // DAY - (self.first_day + _CHINA) // DAY

    def to_day(self, day: int) -> None:
        """Let time pass to noon of a day, counted from the first one; nothing if it is past."""
        ahead = self.first_day + day * DAY - self.context.chain.now()
        if ahead > 0:
            self.context.chain.advance(ahead)

    def _to_first_day(self, start: date | None) -> None:
        # Always the same dates, so that reports fall due on the same days of every story; and noon in UTC+8,
        # where a few seconds more never make another date.
        now = self.context.chain.now()
        if start is None or start_of(start) + _NOON <= now:
            start = date(day_at(now).year + 1, 1, 1)
        self.context.chain.advance(start_of(start) + _NOON - now)

    # ---------------------------------------------------------------------------------------- merchants

    def application(self, name: str, sector: str, district: str = "") -> Application:
        """Papers that are in order, of a firm that does not exist."""
        today = day_at(self.context.chain.now())
        number = int.from_bytes(keccak256(name.encode())[:4]) % 10**8
        organisation = f"{number:08d}"
        code = "91320500" + organisation + organisation_check(organisation)
        return Application(
            name=name,
            code=code + credit_code_check(code),
            licence="示例执照",
            licence_from=today - timedelta(days=2000),
            licence_until=today + timedelta(days=3000),
            bank_account="6222020000000000",
            sector=sector,
            district=district,
            lease_until=today + timedelta(days=2000),
            last_year_revenue=500_000_000,
        )

    def admit(self, role: str, name: str, sector: str, *, tier: int = 0) -> Signer:
        """Let somebody apply with papers, file, be approved by as many as it takes, and get its tier."""
        context, merchant = self.context, self.people[role]
        district = self.preset.system.districts[0].name.zh if self.preset.system.districts else ""
        admission.apply(context, merchant, self.application(name, sector, district))
        if Check.FILING in programme_of(self.preset).gate.checks:
            admission.file(context, self.people["government"], merchant.address, "备案-示例")
        onboard.approve(context, self.operator, merchant.address)
        if self.preset.system.custody.ladder is not None and tier:
            supervise.whitelist(context, self.people["government"], merchant.address)
            onboard.set_tier(context, self.operator, merchant.address, tier)
        return merchant

    # ----------------------------------------------------------------------------------------- products

    def terms(self, system: System, product: Product, role: str) -> Terms:
        """Terms of a product of one of the merchants."""
        certified = system.custody.trigger.value == "on-conditions"
        return product_terms(
            self.context,
            self.preset,
            system,
            product,
            merchant=self.people[role].address,
            payee=self.payees.get(role, ZERO_ADDRESS),
            certifier=self.people["certifier"].address if certified else ZERO_ADDRESS,
        )

    def sell(self, role: str, key: str, name: str) -> Listing:
        """Publish one of the preset's own products under `name`."""
        return self._publish(role, self.terms(*self.preset.product(key), role), name)

    def sell_product(self, role: str, product: Product, name: str) -> Listing:
        """Publish a product that is not the preset's own, under the preset's rules and guarantors."""
        terms = self.terms(self.preset.system, product, role)
        return self._publish(role, replace(terms, cover=self.cover_of(terms.principal)), name)

    def _publish(self, role: str, terms: Terms, name: str) -> Listing:
        publish(self.context, self.people[role], terms, name)
        return Listing(terms.product_id, terms, name)


@contextmanager
def staged(
    preset: Preset, chain: Chain, folder: Path | None = None, *, language: str = "en"
) -> Iterator[Stage]:
    """A stage on `chain`, its journal and book in `folder`, else in one that is thrown away.

    Raises Unsupported where time cannot be moved, PolicyRefusal where the chain is not certainly a
    laboratory's.
    """
    if Capability.TIME_TRAVEL not in chain.capabilities:
        raise Unsupported("let a year pass", chain.name)
    with TemporaryDirectory(prefix="prepaid-story-") as passing:
        home = folder or Path(passing)
        context, _ = open_context(
            chain,
            ledger=home / "ledger.sqlite",
            deployments=home / "deployments",
            language=language,
            durable=folder is not None,
        )
        try:
            yield Stage(context, preset)
        finally:
            context.journal.close()
