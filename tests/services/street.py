"""A clinic, its consumers and guarantors with capital, for tests of cover and claims.

A test module takes the fixtures over: `from tests.services.street import built as built, street as street`.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.supervision.town import Town, build, enter
from wallet.services import (
    cards,
    dispute,
    guarantee,
    guarantee_cover,
    guarantee_lines,
    guarantee_money,
    onboard,
    publish,
    terminate,
)
from wallet.signing.signer import KeySigner


class Street(Town):
    """A clinic, consumers, and guarantors with ten thousand yuan each."""

    @property
    def clinic(self) -> KeySigner:
        return self.person("clinic")

    @property
    def insurer(self) -> KeySigner:
        return self.person("insurer")

    def rich(self, name: str, fen: int = 1_000_000) -> KeySigner:
        """Somebody with money."""
        return self.consumer(name, fen)

    def line(self, **fields: Any) -> guarantee_lines.LineView:
        """The clinic's line of 5000.00, assessed by the bank."""
        base = {"merchant": self.clinic.address, "aggregate": 500_000, "assessor": self.bank.address}
        offer = guarantee_lines.Offer(**{**base, **fields})
        return guarantee_lines.write_line(self.context, self.insurer, offer, wanted="跑路险")

    def sell(self, pledges: list[tuple[str, int]], name: str = "卡", **numbers: int) -> str:
        """A product of 1000.00 with these guarantors, a fifth of it held; its name."""
        cover = guarantee_cover.announce(self.context, self.clinic, pledges)
        terms = publish.terms_for(
            self.context,
            merchant=self.clinic.address,
            template="StoredValue",
            cover=cover,
            **{"principal": 100_000, "custody_bps": 2_000, "advance": 80_000, **numbers},
        )
        publish.publish(self.context, self.clinic, terms, name)
        return name

    def runaway(self) -> None:
        onboard.stop(self.context, self.operator, self.clinic.address)

    def rule_for(self, who: KeySigner, card: str) -> None:
        """A dispute from complaint to a ruling for the consumer."""
        context = self.context
        words = dispute.statement(context, who.address, card, "商户已停业")
        complaint = dispute.preview_complaint(context, who.address, card, "other", words)
        dispute.take_step(context, who, complaint)
        answer = dispute.statement(context, self.clinic.address, card, "不予退款")
        dispute.refuse(context, self.clinic, card, answer)
        going_on = dispute.preview_escalation(context, who.address, card, "authority")
        dispute.take_step(context, who, going_on)
        dispute.appoint(context, self.operator, self.bank.address)
        reasons = dispute.statement(context, self.bank.address, card, "非消费者原因")
        word = dispute.preview_word(context, card, not_consumer=True, words=reasons)
        dispute.rule(context, self.bank, word)

    def leave(self, who: KeySigner, card: str) -> int:
        """The consumer ends the card; fen it is short."""
        return terminate.terminate(
            self.context, who, terminate.preview_termination(self.context, card)
        ).shortfall


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Any, str, Path]:
    folder = tmp_path_factory.mktemp("guaranteed")
    chain, snapshot = build(folder)
    street = Street(enter(chain, snapshot, folder / "deployments", folder).context, chain)
    onboard.apply_to_sell(street.context, street.clinic, "甲诊所", "执照")
    onboard.approve(street.context, street.operator, street.clinic.address)
    for name in ("insurer", "operator", "clinic", "alice", "bob", "town"):
        street.rich(name, 3_000_000)
    pool = guarantee.open_guarantor(street.context, street.insurer, "insurance")
    guarantee.admit(street.context, street.operator, pool.address, "跑路险")
    guarantee_money.pay_in(street.context, street.insurer, "跑路险", 1_000_000)
    for wanted in ("platform", "fund"):
        guarantee_money.pay_in(street.context, street.operator, wanted, 1_000_000)
        template = street.context.platform.templates["StoredValue"]
        guarantee.list_template(street.context, street.operator, wanted, template)
    street.context.journal.close()
    return chain, chain.snapshot(), folder / "deployments"


@pytest.fixture
def street(built: tuple[Any, str, Path], tmp_path: Path) -> Iterator[Street]:
    chain, snapshot, deployments = built
    entered = Street(enter(chain, snapshot, deployments, tmp_path).context, chain)
    yield entered
    entered.context.journal.close()


def money(street: Street, who: KeySigner) -> int:
    return cards.balance(street.context, who.address).on_hand
