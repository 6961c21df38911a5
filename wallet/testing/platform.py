"""A deployed platform with its people, put back to its beginning for each test.

`Lab` is one chain with everything deployed; `Lab.fresh` hands out a `Platform` on it, and undoes afterwards
what was done. Every step goes through the services, so a test sees what a command would do. Knows no pytest.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Final

from wallet.bindings.digital_yuan import DigitalYuan
from wallet.bindings.events import Transfer
from wallet.bindings.runtime import ask
from wallet.chain import open_chain, stop_chain
from wallet.chain.base import ChainOptions
from wallet.compiler import compile_folder
from wallet.errors import InvalidInput
from wallet.home import Home
from wallet.law.dates import DAY, day_at, start_of
from wallet.money import MAX_FEN
from wallet.rules import Status
from wallet.services.authorise import authorise, preview_charge
from wallet.services.buy import buy, preview_purchase
from wallet.services.cards import CardView, show_card
from wallet.services.charge import make_charge
from wallet.services.consume import consume
from wallet.services.context import Context, open_context
from wallet.services.deploy import deploy
from wallet.services.fund import fund
from wallet.services.onboard import apply_to_sell, approve
from wallet.services.publish import Listing, publish, terms_for
from wallet.services.records import cards_of, find_card, state_of
from wallet.services.register_template import register_template
from wallet.services.terminate import Ended, preview_termination, terminate
from wallet.signing.dev import dev_signer
from wallet.signing.policy import Policy

if TYPE_CHECKING:
    from wallet.chain.base import Chain
    from wallet.signing.signer import KeySigner
    from wallet.terms import Terms

NOON: Final = 12 * 3600
BEGINNING: Final = start_of(date(2029, 1, 1)) + NOON - 3600
"""Before noon in UTC+8 of a Monday; chains that can be told begin here, so that runs are alike."""
RICH: Final = MAX_FEN
"""Fen that each consumer begins with."""
PEOPLE: Final = ("operator", "merchant", "other_merchant", "consumer", "other_consumer", "certifier")


@dataclass(frozen=True, slots=True)
class Platform:
    """Two merchants that may sell, two consumers with money, and what one does with a card. Money is fen.

    `operator` runs the platform, issues its money and carries what consumers sign; `context` is what every
    service in `wallet.services` takes.
    """

    context: Context
    operator: KeySigner
    merchant: KeySigner
    other_merchant: KeySigner
    consumer: KeySigner
    other_consumer: KeySigner
    certifier: KeySigner

    # ----------------------------------------------------------------------------------------- products

    def template(self, source: Path | str, contract: str | None = None) -> str:
        """Compile a rule's Solidity file and let the registry admit it; its address, good as `template`."""
        path = Path(source).absolute()
        home = Home.locate(start=path.parent)
        cache = self.context.deployments.parent / "cache" if home is None else home.cache
        made = compile_folder(path.parent, only=[path], cache=cache)
        found = [one for one in made.artefacts if one.bytecode and contract in (None, one.name)]
        if len(found) != 1:
            raise InvalidInput(
                f"{path.name}: {len(found)} contracts fit",
                hint="name the one that is meant",
                code="no-contract",
                name=contract or path.stem,
            )
        return register_template(self.context, self.operator, found[0]).template

    def terms(
        self,
        template: str = "StoredValue",
        principal: int = 100_000,
        *,
        merchant: KeySigner | None = None,
        **fields: Any,
    ) -> Terms:
        """Terms of a product; `template` by name or address, `fields` as in `terms_for` and `Terms.build`."""
        seller = (merchant or self.merchant).address
        return terms_for(self.context, merchant=seller, template=template, principal=principal, **fields)

    def buy(self, terms: Terms, consumer: KeySigner | None = None) -> str:
        """Put the product on its merchant's list, if it is not there, and buy it; the card's id."""
        context, buyer = self.context, consumer or self.consumer
        sellers = {one.address: one for one in (self.merchant, self.other_merchant)}
        listing = Listing(terms.product_id, terms, "0x" + terms.product_id.hex()[:16])
        if not ask(context.chain, context.catalogue.is_on_sale(listing.key)):
            publish(context, sellers[terms.merchant], terms, listing.name)
        purchase = preview_purchase(context, buyer.address, listing)
        return buy(context, buyer, purchase, carrier=self.operator).card

    # -------------------------------------------------------------------------------------------- cards

    def use(self, card: str, used: int, *, listed: int | None = None) -> int:
        """One consumption: charged by the merchant, signed by the consumer, carried; fen that moved.

        `used` in the card's unit, `listed` at list price (by default what the card kind says).
        """
        context, record = self.context, find_card(self.context, card)
        merchant, owner = self._who(record.terms.merchant), self._who(record.owner)
        charge = make_charge(context, merchant, card, used, "test", listed=listed).document
        request = preview_charge(context, owner.address, charge, Policy())
        signed = authorise(context, owner, request).document
        return consume(context, self.operator, signed).paid

    def leave(self, card: str) -> Ended:
        """The consumer ends the card; signed, and carried by the operator."""
        owner = self._who(find_card(self.context, card).owner)
        leaving = preview_termination(self.context, card)
        return terminate(self.context, owner, leaving, carrier=self.operator)

    def show(self, card: str) -> CardView:
        """Everything about the card, as `prepaid card show` has it."""
        return show_card(self.context, card)

    # ----------------------------------------------------------------------------------- time and money

    def advance(self, days: int = 0, seconds: int = 0) -> None:
        """Let time pass. A test begins at noon in UTC+8, so days are whole calendar days."""
        self.context.chain.advance(days * DAY + seconds)

    def money(self, who: KeySigner | str) -> int:
        """Fen on hand of a person or address."""
        address = who if isinstance(who, str) else who.address
        return ask(self.context.chain, DigitalYuan(self.context.platform.token).balance_of(address))

    def assert_conserved(self) -> None:
        """For each consumer: the sub-wallet has what its cards hold, an open card has released what it does
        not hold, and no fen ever went anywhere but home or to the payees of the cards."""
        for consumer in (self.consumer, self.other_consumer):
            self._assert_sound(consumer.address)

    def _assert_sound(self, owner: str) -> None:
        context, wallet = self.context, self.context.wallet_of(owner).address
        due, payees = 0, {owner}
        for record in cards_of(context, owner):
            state, card = state_of(context, record), "0x" + record.card.hex()
            payees.add(record.terms.recipient)
            if state.status is Status.OPEN:
                both = state.released + state.held
                assert both == record.terms.principal, (
                    f"card {card}: {state.released} released and {state.held} held are not "
                    f"the {record.terms.principal} paid"
                )
            if state.status in (Status.OPEN, Status.OWING):
                due += state.held
        has = self.money(wallet)
        assert has == due, f"the sub-wallet of {owner} has {has} fen, its cards hold {due}"
        moves = context.chain.logs(context.platform.token, [Transfer.TOPIC], context.platform.block)
        for event in map(Transfer.decode, moves):
            if event.from_ == wallet:
                assert event.to in payees, f"{event.value} fen went from {wallet} to {event.to}"

    def _who(self, address: str) -> KeySigner:
        people: list[KeySigner] = [getattr(self, name) for name in PEOPLE]
        return next(one for one in people if one.address == address)


class Lab:
    """One chain with the platform deployed, merchants admitted and consumers funded."""

    def __init__(self, chain: Chain, folder: Path) -> None:
        """Deploy on a laboratory chain; `folder` keeps the deployment's addresses and compiled rules."""
        self.chain, self._folder = chain, folder
        people = [dev_signer(n, chain_id=chain.chain_id(), endpoint=chain.endpoint) for n in range(6)]
        self._people = dict(zip(PEOPLE, people, strict=True))
        with self._open(folder / "ledger.sqlite") as context:
            operator = self._people["operator"]
            context, _ = deploy(context, operator)
            for merchant, name in (("merchant", "甲店"), ("other_merchant", "乙店")):
                apply_to_sell(context, self._people[merchant], name, "示例执照")
                approve(context, operator, self._people[merchant].address)
            for consumer in ("consumer", "other_consumer"):
                fund(context, operator, self._people[consumer].address, RICH)
        passed = chain.now() - start_of(day_at(chain.now()))
        chain.advance((NOON - passed) % DAY)
        self._beginning = chain.snapshot()

    @contextmanager
    def fresh(self) -> Iterator[Platform]:
        """The platform as it was at first, with a journal of its own; all undone at the end.

        Cheap enough for every example of a property test.
        """
        self.chain.revert(self._beginning)
        with TemporaryDirectory(prefix="prepaid-test-") as passing:
            try:
                with self._open(Path(passing) / "ledger.sqlite") as context:
                    yield Platform(context, **self._people)
            finally:
                self.chain.revert(self._beginning)

    @contextmanager
    def _open(self, ledger: Path) -> Iterator[Context]:
        context, _ = open_context(self.chain, ledger=ledger, deployments=self._folder / "deployments")
        with context.journal:
            yield context


@contextmanager
def chain_in(folder: Path, spec: str) -> Iterator[Chain]:
    """The laboratory chain that `spec` names, as in `--chain`; ended afterwards."""
    home = Home(folder)
    chain = open_chain(spec, home, ChainOptions(genesis_time=BEGINNING, clock="steps"))
    try:
        yield chain
    finally:
        chain.close()
        stop_chain(spec, home)
